#include "web/status_board.hpp"

#include "system/report.hpp"

namespace left4me::web {
namespace {

constexpr std::chrono::seconds shown_for{1};

/// What a verb warns of, for a page to show.
class Warnings final : public Report {
public:
    void step(std::string_view /*what*/) override {}
    void progress(std::string_view /*phase*/, std::uint64_t /*done*/, std::uint64_t /*total*/) override
    {
    }
    void line(std::string_view /*text*/) override {}
    void warning(std::string_view what) override { all.emplace_back(what); }

    std::vector<std::string> all;
};

} // namespace

Result<std::shared_ptr<const ServerBoard>> StatusBoard::read()
{
    const std::scoped_lock one(reading_);
    const auto now = std::chrono::steady_clock::now();
    if (last_ && now - read_at_ < shown_for)
        return last_;
    Warnings warnings;
    return read_statuses(host_, warnings).transform([&](std::vector<InstanceStatus> statuses) {
        last_ = std::make_shared<const ServerBoard>(std::move(statuses), std::move(warnings.all));
        read_at_ = std::chrono::steady_clock::now();
        return last_;
    });
}

} // namespace left4me::web
