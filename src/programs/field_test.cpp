#include "programs/field_test.hpp"

#include "console/terminal_report.hpp"
#include "doctor/kernel_facts.hpp"
#include "doctor/seccomp_record.hpp"
#include "host/audit_records.hpp"
#include "host/privilege_drop.hpp"
#include "root/traced_unit.hpp"
#include "steam/installation.hpp"
#include "system/child_process.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/plain_text.hpp"
#include "system/shown_text.hpp"
#include "verbs/play_test.hpp"
#include "verbs/play_trace.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

namespace left4me {
namespace {

namespace fs = std::filesystem;

/// What a child has to say: in memory that both have open.
Result<void> put_played(const FileDescriptor& memory, const Played& played)
{
    const auto findings = format_findings_json(played.findings);
    return write_all(memory, "the findings",
                     formatted("{}\n{}{}", findings.size(), findings, played.log));
}

Result<Played> take_played(const FileDescriptor& memory)
{
    constexpr std::size_t limit = std::size_t{16} << 20;
    if (lseek(memory.get(), 0, SEEK_SET) != 0)
        return fail_errno("cannot read the findings", errno);
    return read_stream(memory, "the findings", limit).and_then([](const std::string& text) {
        const auto line = text.find('\n');
        const auto size = parse_number<std::size_t>(std::string_view(text).substr(0, line));
        if (line == std::string::npos || !size || text.size() - line - 1 < *size)
            return Result<Played>(fail(ExitStatus::internal, "the findings are cut"));
        return parse_findings_json(text.substr(line + 1, *size)).transform([&](Findings findings) {
            return Played{std::move(findings), text.substr(line + 1 + *size)};
        });
    });
}

/// The host, for who does not know it: as user left4me sees it.
std::string describe_host(const Host& host)
{
    auto systemd = Systemd::connect();
    auto text = format_findings(look_at_kernel(systemd));
    const auto build = host.open_state().and_then(
        [](const Directory& state) { return state.subdirectory("installation").transform(build_of); });
    const auto known = build.value_or(std::nullopt);
    return text + formatted("The game's build: {}\n", known ? escaped(*known) : "unknown");
}

/// One that tells people what is done, unless programs read.
class FieldReport {
public:
    explicit FieldReport(bool json) : subject_(terminal_, "doctor-play"), json_(json) {}
    [[nodiscard]] Report& report() { return json_ ? static_cast<Report&>(none_) : subject_; }

private:
    TerminalReport terminal_;
    SubjectReport subject_;
    NoReport none_;
    bool json_;
};

class FieldRun {
public:
    FieldRun(const Host& host, const FieldTestOrder& order)
        : host_(host), order_(order), told_(order.json)
    {
    }

    Result<Played> run()
    {
        auto records = AuditRecords::open(); // before there is anything to be killed
        auto played = as_left4me([&](Report& report) { return play_once(report); });
        if (!played)
            return played;
        append(played->findings, killed(records));
        auto traced = trace();
        if (!traced)
            return traced;
        append(played->findings, std::move(traced->findings));
        played->log += "\n" + traced->log;
        return played;
    }

    /// In a session of its own, and whatever signals have come: a second Ctrl-C ends it no sooner.
    void clear_away()
    {
        std::fflush(nullptr);
        const pid_t child = fork();
        if (child == 0) {
            setsid();
            forget_interruptions();
            const auto done =
                as_quiet_user().and_then([&] { return remove_play_server(host_, told_.report()); });
            if (!done && !done.error().message.empty())
                complain("l4d2ctl", done.error().message);
            std::fflush(nullptr);
            _exit(done ? 0 : 1);
        }
        const bool removed = child > 0 && wait_for_end(child) == 0;
        const auto cleared = Systemd::connect().and_then(
            [](Systemd systemd) { return TracedUnit::clear(systemd, play_name()); });
        if (!removed || !cleared)
            complain("l4d2ctl",
                     formatted("not all of {0} could be removed: l4d2ctl delete {0}, or this again",
                               play_name().str()));
    }

private:
    /// With --json only the findings go to standard output, and nothing that helpers say there.
    [[nodiscard]] Result<void> as_quiet_user() const
    {
        const FileDescriptor nowhere(open("/dev/null", O_WRONLY | O_CLOEXEC));
        if (order_.json && (!nowhere || dup2(nowhere.get(), STDOUT_FILENO) < 0))
            return fail_errno("cannot put standard output away", errno);
        return become_service_user();
    }

    Result<Played> play_once(Report& report) const
    {
        return make_play_server(host_, order_.like, report)
            .and_then(
                [&](const PlayServer& server) { return play(host_, server, order_.patience, report); })
            .transform([&](Played played) {
                played.log = formatted("{}\nIts log:\n\n{}", describe_host(host_), played.log);
                return played;
            });
    }

    Result<Played> as_left4me(const std::function<Result<Played>(Report&)>& part)
    {
        const FileDescriptor memory(memfd_create("findings", MFD_CLOEXEC));
        if (!memory)
            return fail_errno("cannot keep findings", errno);
        return in_child([&] {
                   return as_quiet_user()
                       .and_then([&] { return part(told_.report()); })
                       .and_then([&](const Played& played) { return put_played(memory, played); })
                       .transform([] { return 0; });
               })
            .and_then([&](int status) -> Result<Played> {
                if (status != 0) // a helper has said why
                    return fail(own_exit_status(status), "");
                return take_played(memory);
            });
    }

    Findings killed(Result<AuditRecords>& records) const
    {
        const auto texts = records.and_then([](AuditRecords& listening) { return listening.take(); });
        const auto parsed = texts.transform([](const std::vector<std::string>& all) {
            std::vector<SeccompRecord> known;
            for (const auto& text : all)
                if (auto record = parse_seccomp_record(text))
                    known.push_back(std::move(*record));
            return known;
        });
        return judge_killed(parsed, host_.merged_path(play_name()) + "/");
    }

    static Played untraced(const Error& error)
    {
        return {{not_checked(Check::calls, error), not_checked(Check::files, error)}, ""};
    }

    /// What keeps it from being traced is a finding, and Ctrl-C is not.
    Result<Played> trace()
    {
        auto systemd = Systemd::connect();
        if (!systemd)
            return std::unexpected(systemd.error());
        auto unit = TracedUnit::make(*systemd, play_name());
        if (!unit)
            return untraced(unit.error());
        told_.report().step("starting it once more, followed by strace");
        const auto begun = as_left4me([&](Report& report) {
            return begin_traced(host_, report).transform([] { return Played(); });
        });
        if (!begun)
            return begun.error().status == ExitStatus::cancelled ? begun : untraced(begun.error());
        return follow(*systemd, *unit);
    }

    Result<Played> follow(Systemd& systemd, TracedUnit& unit)
    {
        auto pipe = make_pipe();
        if (!pipe)
            return std::unexpected(pipe.error());
        const auto strace = TracedUnit::follow(systemd, play_name(), pipe->write_end);
        if (!strace) {
            (void)write_all(unit.go(), "the game that waits", "no\n");
            return untraced(strace.error());
        }
        pipe->write_end.close();
        auto read = as_left4me([&](Report& report) {
            return read_trace(host_, {std::move(pipe->read_end), std::move(unit.go())}, order_.patience,
                              report);
        });
        pipe->read_end.close();
        (void)kill(*strace, SIGTERM); // it lets go of what it still follows
        (void)wait_for_end(*strace);
        return read;
    }

    const Host& host_;
    const FieldTestOrder& order_;
    FieldReport told_;
};

std::string report_text(const Played& played, std::chrono::microseconds now)
{
    return escaped_lines(formatted("left4me {}, l4d2ctl doctor --play, {}\n\n{}\nThis host:\n\n{}",
                                   LEFT4ME_VERSION, rfc3339(now), format_findings(played.findings),
                                   played.log));
}

/// Where the report goes: open before anything is done, so that nothing is done in vain.
struct ReportPlace {
    Directory directory;
    std::string file;
};

Result<ReportPlace> open_report_place(const std::string& file, std::chrono::microseconds now)
{
    auto time = rfc3339(now);
    std::erase(time, ':');
    std::error_code problem;
    const auto path =
        fs::absolute(file.empty() ? formatted("left4me-play-{}.txt", time) : file, problem);
    if (problem || !path.has_filename())
        return fail(ExitStatus::usage, formatted("{} is no name of a file", quote(file)));
    return Directory::open(path.parent_path().string()).transform([&](Directory directory) {
        return ReportPlace{std::move(directory), path.filename().string()};
    });
}

/// Held for as long as it is open. Nobody but root and user left4me can open the directory.
Result<Directory> lock_out_others(const Host& host)
{
    auto place = host.open_configurations();
    if (place && flock(place->descriptor(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return fail_errno("cannot lock out another doctor --play", errno);
        return fail(ExitStatus::busy, "another doctor --play is at work on this host");
    }
    return place;
}

} // namespace

Result<FieldTest> run_field_test(const Host& host, const FieldTestOrder& order)
{
    constexpr mode_t for_root_alone = 0600;
    if (geteuid() != 0)
        return fail(ExitStatus::not_permitted, "--play needs root: run it with sudo");
    catch_interruptions();
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    const auto place = open_report_place(order.report, now);
    if (!place)
        return std::unexpected(place.error());
    const auto lock = lock_out_others(host);
    if (!lock)
        return std::unexpected(lock.error());
    FieldRun run(host, order);
    auto played = run.run();
    run.clear_away();
    if (!played)
        return std::unexpected(played.error());
    return place->directory.replace_file(place->file, report_text(*played, now), for_root_alone)
        .transform([&] {
            return FieldTest{std::move(played->findings),
                             formatted("{}/{}", place->directory.path(), place->file)};
        });
}

} // namespace left4me
