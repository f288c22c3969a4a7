#include "web/status_board.hpp"

#include "system/file_times.hpp"
#include "watch/answer_record.hpp"
#include "web/gathered_warnings.hpp"

namespace left4me::web {
namespace {

/// Whether a server should be restarted for newer libraries can wait for so long.
constexpr std::chrono::seconds between_inspections{60};

} // namespace

BoardReader board_of(Host host)
{
    return [host = std::move(host)] {
        GatheredWarnings warnings;
        return read_statuses(host, warnings, between_inspections)
            .transform([&](std::vector<InstanceStatus> statuses) {
                return ServerBoard(std::move(statuses), std::move(warnings.all));
            });
    };
}

BoardMarks marks_of(Host host)
{
    return [host = std::move(host)] {
        std::vector<std::int64_t> marks = {open_answers(host) ? 1 : 0};
        for (const auto& place :
             {host.state_path("instances"), host.state_path("live"), host.run() + "/mounts"})
            marks.push_back(file_written(place).value_or(std::chrono::microseconds{}).count());
        return marks;
    };
}

StatusBoard::StatusBoard(BoardReader reader, BoardMarks marks, BoardAges ages)
    : reader_(std::move(reader)), marks_(std::move(marks)), ages_(ages),
      behind_([this](const std::stop_token& end) { read_behind(end); })
{
}

Result<std::shared_ptr<const ServerBoard>> StatusBoard::read()
{
    const auto now = Clock::now();
    const auto marks = marks_();
    auto begin = now - ages_.fresh;
    {
        const std::scoped_lock keep(keeping_);
        const auto age = now - begun_;
        const bool changed = marks != seen_marks_ || outdated_ >= begun_;
        if (last_ && !changed && age < ages_.usable) {
            if (age >= ages_.fresh) {
                is_asked_ = true;
                asked_.notify_one();
            }
            return last_;
        }
        if (changed)
            begin = now;
    }
    return read_begun_after(begin);
}

void StatusBoard::outdate()
{
    const std::scoped_lock keep(keeping_);
    outdated_ = Clock::now();
}

Result<std::shared_ptr<const ServerBoard>> StatusBoard::read_anew()
{
    return read_begun_after(Clock::now());
}

Result<std::shared_ptr<const ServerBoard>> StatusBoard::read_begun_after(Clock::time_point begin)
{
    const std::scoped_lock one(reading_);
    {
        const std::scoped_lock keep(keeping_);
        if (last_ && begun_ > begin)
            return last_; // somebody else read while this one waited
    }
    const auto begun = Clock::now();
    auto marks = marks_();
    return reader_().transform([&](ServerBoard board) {
        const std::scoped_lock keep(keeping_);
        begun_ = begun;
        seen_marks_ = std::move(marks);
        last_ = std::make_shared<const ServerBoard>(std::move(board));
        return last_;
    });
}

/// What it cannot read, the next one who looks hears of: what is known gets too old.
void StatusBoard::read_behind(const std::stop_token& end)
{
    std::unique_lock keep(keeping_);
    while (asked_.wait(keep, end, [this] { return is_asked_; })) {
        keep.unlock();
        (void)read_begun_after(Clock::now() - ages_.fresh);
        keep.lock();
        is_asked_ = false;
    }
}

} // namespace left4me::web
