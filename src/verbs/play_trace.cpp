#include "verbs/play_trace.hpp"

#include "doctor/redacted_log.hpp"
#include "doctor/traced_calls.hpp"
#include "game/query_conversation.hpp"
#include "host/helper_call.hpp"
#include "host/instance_store.hpp"
#include "system/child_process.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/plain_text.hpp"
#include "verbs/play_server.hpp"
#include "verbs/server_verbs.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

using TraceClock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// What strace says, line by line.
class TraceReader {
public:
    explicit TraceReader(FileDescriptor output) : output_(std::move(output))
    {
        (void)fcntl(output_.get(), F_SETFL, O_NONBLOCK);
    }

    /// -1 once it has ended.
    [[nodiscard]] int descriptor() const { return output_ ? output_.get() : -1; }
    [[nodiscard]] const TracedCalls& calls() const { return calls_; }

    /// Takes what is there, and never waits.
    void take()
    {
        constexpr std::size_t longest_line = 64 * 1024;
        const auto got = read(output_.get(), buffer_.data(), buffer_.size());
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            output_.close();
        if (got <= 0)
            return;
        part_.append(buffer_.data(), static_cast<std::size_t>(got));
        std::string_view rest = part_;
        for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
            calls_.take_line(rest.substr(0, end));
            rest.remove_prefix(end + 1);
        }
        part_ = rest.size() > longest_line ? std::string() : std::string(rest);
    }

private:
    FileDescriptor output_;
    std::array<char, 64 * 1024> buffer_ = {};
    std::string part_;
    TracedCalls calls_;
};

/// Reads until that is true, strace has ended, or the time has come.
Result<void> read_until(TraceReader& reader, TraceClock::time_point end,
                        const std::function<bool()>& is_done, std::optional<QueryConversation>& query)
{
    constexpr milliseconds ask_again(500);
    while (reader.descriptor() >= 0 && TraceClock::now() < end && !is_done()) {
        if (query && TraceClock::now() >= query->asked() + ask_again)
            query->ask();
        const auto wake = query ? std::min(end, query->asked() + ask_again) : end;
        const auto left =
            std::max(std::chrono::ceil<milliseconds>(wake - TraceClock::now()), milliseconds(0));
        std::array<pollfd, 2> watched = {
            {{reader.descriptor(), POLLIN, 0}, {query ? query->descriptor() : -1, POLLIN, 0}}};
        (void)poll_or_interruption(watched, static_cast<int>(left.count()));
        if (auto go_on = check_interruption(); !go_on)
            return go_on;
        if (watched[0].revents != 0)
            reader.take();
    }
    return {};
}

/// Whether it has answered.
Result<bool> read_until_answer(TraceReader& reader, GamePort port, seconds patience)
{
    auto opened = QueryConversation::open(port, Query::info);
    if (!opened)
        return std::unexpected(opened.error());
    std::optional query(std::move(*opened));
    bool answers = false;
    const auto is_answered = [&] {
        const auto answer = query->take();
        answers = answers || (answer && *answer);
        return answers;
    };
    return read_until(reader, TraceClock::now() + patience, is_answered, query).transform([&] {
        return answers;
    });
}

/// Somebody has to read while it is stopped: the game waits for strace, and strace for its reader.
Result<void> stop_and_read(TraceReader& reader, const std::function<Result<void>()>& stop)
{
    constexpr seconds until_it_is_gone{60};
    const pid_t stopper = fork();
    if (stopper < 0)
        return fail_errno("cannot start a child", errno);
    if (stopper == 0)
        _exit(stop() ? 0 : 1);
    std::optional<QueryConversation> nobody;
    const auto read =
        read_until(reader, TraceClock::now() + until_it_is_gone, [] { return false; }, nobody);
    const auto status = wait_for_end(stopper);
    if (read && status != 0)
        return fail(ExitStatus::internal, "the game that was traced could not be stopped");
    return read;
}

/// That of the unit as everybody's servers have it: this one's has none now.
Result<CallFilter> read_call_filter()
{
    constexpr std::size_t limit = 64 * 1024;
    return output_of({"/usr/bin/systemctl", "show", "--value", "--property=SystemCallFilter",
                      "left4me-server@without-drop-ins.service"},
                     limit)
        .and_then(parse_call_filter);
}

/// What the kernel makes anew for whoever looks is no file of the host's.
bool may_be_hidden(const std::string& path)
{
    constexpr std::array<std::string_view, 5> elsewhere = {"/proc/", "/sys/", "/dev/", "/run/", "/tmp/"};
    return path.starts_with('/') && std::ranges::none_of(elsewhere, [&](std::string_view place) {
               return path.starts_with(place);
           });
}

/// Those that user left4me finds on the host, outside of the sandbox.
std::set<std::string> hidden_of(const std::set<std::string>& missing)
{
    std::set<std::string> hidden;
    for (const auto& path : missing) {
        struct stat status = {};
        if (may_be_hidden(path) && lstat(path.c_str(), &status) == 0)
            hidden.insert(path);
    }
    return hidden;
}

std::string list_of(const TracedCalls& calls, const std::set<std::string>& missing)
{
    constexpr std::size_t most = 1000;
    std::string text = "Its system calls, and how often:\n";
    for (const auto& [name, times] : calls.made())
        text += formatted("  {} {}\n", name, times);
    text += formatted("Files that it looked for in vain, {}:\n", missing.size());
    std::size_t count = 0;
    for (const auto& file : missing)
        if (count++ < most)
            text += formatted("  {}\n", file);
    return text;
}

Played judge_trace(const TracedCalls& calls, bool answered)
{
    if (!calls.is_attached()) {
        const Error error = {ExitStatus::unavailable,
                             formatted("strace could not follow the game: {}", calls.complaint())};
        return {{not_checked(Check::calls, error), not_checked(Check::files, error)}, ""};
    }
    const auto filter = read_call_filter();
    const auto missing = calls.missing_files();
    Played played;
    played.findings =
        judged(Check::calls, filter, [&](const CallFilter& rules) { return judge_calls(calls, rules); });
    append(played.findings, judge_missing_files(missing.size(), hidden_of(missing)));
    if (!answered)
        played.findings.push_back(
            {Check::calls, Verdict::note,
             "it had not answered when that was looked at: a traced game is slow; see --timeout"});
    played.log = redacted_log(list_of(calls, missing), {});
    return played;
}

} // namespace

Result<void> begin_traced(const Host& host, Report& report)
{
    return restart(host, play_name(), StartEnd::begun, report).transform([](const BegunServer&) {});
}

Result<Played> read_trace(const Host& host, TraceEnds ends, seconds patience, Report& report)
{
    const auto config = InstanceStore::open(host).and_then(
        [](const InstanceStore& store) { return store.read_config(play_name()); });
    if (!config)
        return std::unexpected(config.error());
    constexpr seconds until_attached{10};
    TraceReader reader(std::move(ends.output));
    std::optional<QueryConversation> nobody;
    const auto heard = read_until(
        reader, TraceClock::now() + until_attached, [&] { return reader.calls().is_attached(); },
        nobody);
    const bool goes = heard && reader.calls().is_attached();
    const auto told = write_all(ends.go, "the game that waits", goes ? "go\n" : "no\n");
    if (!heard || !told)
        return std::unexpected(heard ? told.error() : heard.error());
    if (goes)
        report.step(formatted("waiting until the traced game answers, {} s at most", patience.count()));
    const auto answered = goes ? read_until_answer(reader, config->port, patience) : Result<bool>(false);
    if (!answered)
        return std::unexpected(answered.error());
    return stop_and_read(reader, [&] { return stop(host, play_name(), report); }).transform([&] {
        return judge_trace(reader.calls(), *answered);
    });
}

} // namespace left4me
