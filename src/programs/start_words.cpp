#include "programs/start_words.hpp"

#include "console/terminal_report.hpp"
#include "programs/json_text.hpp"
#include "programs/l4d2ctl_table.hpp"
#include "system/format.hpp"

#include <algorithm>

namespace left4me {
namespace {

using std::chrono::seconds;

/// Steps are for people: with --json there are warnings alone.
class WarningReport final : public Report {
public:
    void step(std::string_view /*what*/) override {}
    void progress(std::string_view /*phase*/, std::uint64_t /*done*/, std::uint64_t /*total*/) override
    {
    }
    void line(std::string_view /*text*/) override {}
    void warning(std::string_view what) override { complain("l4d2ctl", what); }
};

/// Tells what becomes of each server, and keeps it.
class StartTeller final : public ReadinessReport {
public:
    StartTeller(const Host& host, bool json) : host_(host), json_(json) {}

    [[nodiscard]] Report& report() { return json_ ? static_cast<Report&>(quiet_) : terminal_; }

    void loads(const BegunServer& server, seconds left) override
    {
        report().step(formatted("{}: waits until its game {}, {} s at most", server.name.str(),
                                server.query == WatchSettings::Query::none ? "has its port" : "answers",
                                left.count()));
    }

    void ends(const BegunServer& server, const Result<ReadyGame>& outcome) override
    {
        keep({server.name, server.port, server.query, outcome});
        if (!outcome)
            return fail_with(outcome.error(), server.name);
        report().step(formatted("{}: {}", server.name.str(), describe(*outcome, server.port)));
    }

    /// One that was not begun.
    void cannot_begin(const InstanceName& name, const Error& error)
    {
        keep({name, std::nullopt, std::nullopt, std::unexpected(error)});
        fail_with(error, std::nullopt);
    }

    /// One that is not waited for.
    void is_begun(const BegunServer& server)
    {
        keep({server.name, server.port, server.query, std::nullopt});
    }

    /// In the order of the names.
    Result<int> end(const std::vector<InstanceName>& names)
    {
        if (json_) {
            std::ranges::sort(outcomes_, {}, [&](const StartOutcome& one) {
                return std::ranges::find(names, one.name) - names.begin();
            });
            print(format_start_json(outcomes_));
        }
        if (last_)
            return std::unexpected(*last_);
        return 0;
    }

private:
    void keep(StartOutcome outcome) { outcomes_.push_back(std::move(outcome)); }

    /// The last error is told by whoever ends with it. Of a game that ended its last lines are shown.
    void fail_with(const Error& error, const std::optional<InstanceName>& ended)
    {
        if (last_ && !last_->message.empty())
            complain("l4d2ctl", last_->message);
        last_ = error;
        if (!ended || json_ || error.status != ExitStatus::game_failed)
            return;
        report().step(formatted("{}: its last lines:", ended->str()));
        constexpr std::size_t lines = 10;
        (void)show_journal(host_, *ended, {lines, std::nullopt, false, TimeZone::of_host});
    }

    const Host& host_;
    bool json_;
    TerminalReport terminal_;
    WarningReport quiet_;
    std::vector<StartOutcome> outcomes_;
    std::optional<Error> last_;
};

} // namespace

std::vector<Parameter> start_parameters()
{
    return {{.name = "--timeout",
             .help = "How long the games may take until they answer",
             .value = Value::number,
             .called = "SECONDS",
             .initial = "180",
             .min = 1,
             .max = 3600},
            {.name = "--no-wait", .help = "Do not wait until they answer"},
            {.name = "--json", .help = "Tell at the end what each answers, as JSON"}};
}

Result<StartWords> start_words_of(const Arguments& arguments)
{
    const bool waits = !arguments.flag("--no-wait");
    if (!waits && arguments.has("--timeout"))
        return fail(ExitStatus::usage, "--timeout is of a start that waits, and not of --no-wait");
    return StartWords{seconds(arguments.number("--timeout")), waits, arguments.flag("--json")};
}

Result<int> begin_servers(const Host& host, const std::vector<InstanceName>& names,
                          const StartWords& words, const BeginServer& begin, std::string_view done)
{
    StartTeller teller(host, words.json);
    std::vector<BegunServer> begun;
    for (const auto& name : names) {
        SubjectReport report(teller.report(), name.str());
        auto server = begin(host, name, words.waits ? StartEnd::begun : StartEnd::seen, report);
        if (!server) {
            teller.cannot_begin(name, server.error());
            if (server.error().status == ExitStatus::cancelled)
                break;
            continue;
        }
        report.step(done);
        if (words.waits)
            begun.push_back(std::move(*server));
        else
            teller.is_begun(*server);
    }
    wait_until_ready(begun, words.patience, teller); // once it is cancelled, no longer
    return teller.end(names);
}

} // namespace left4me
