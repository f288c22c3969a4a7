#include "console/terminal_report.hpp"
#include "doctor/facts.hpp"
#include "programs/field_test.hpp"
#include "programs/l4d2ctl_table.hpp"
#include "system/format.hpp"

#include <chrono>

namespace left4me {
namespace {

int status_of(const Findings& findings)
{
    return static_cast<int>(has_problem(findings) ? ExitStatus::bad_data : ExitStatus::ok);
}

/// For any user, and as root it looks at more. It changes nothing, so it may end anywhere.
Result<int> examine(bool json)
{
    return examine_host(Host::installed()).transform([&](const Findings& findings) {
        print(json ? format_findings_json(findings) : format_findings(findings));
        return status_of(findings);
    });
}

Result<Act> play_act(const Arguments& arguments)
{
    FieldTestOrder order = {.like = std::nullopt,
                            .report = arguments.text("--report"),
                            .patience = std::chrono::seconds(arguments.number("--timeout")),
                            .json = arguments.flag("--json")};
    if (arguments.has("--like")) {
        auto like = InstanceName::parse(arguments.text("--like"));
        if (!like)
            return std::unexpected(like.error());
        order.like = std::move(*like);
    }
    return [order = std::move(order)] {
        return run_field_test(Host::installed(), order).transform([&](const FieldTest& test) {
            print(order.json
                      ? format_findings_json(test.findings)
                      : formatted("\n{}\nreport: {}\n", format_findings(test.findings), test.report));
            return status_of(test.findings);
        });
    };
}

Result<Act> doctor_act(const Arguments& arguments)
{
    if (arguments.flag("--play"))
        return play_act(arguments);
    for (const auto* word : {"--like", "--report", "--timeout"})
        if (arguments.has(word))
            return fail(ExitStatus::usage, formatted("{} is for --play", word));
    return [json = arguments.flag("--json")] { return examine(json); };
}

} // namespace

Verb doctor_verb()
{
    return {.words = "doctor",
            .help = "Check this host, or with --play the game, for problems that the package cannot "
                    "prevent",
            .parameters = {{.name = "--play",
                            .help = "Play on a server that is thrown away, and write a report"},
                           {.name = "--like",
                            .help = "With --play: the server whose layers it has",
                            .value = Value::server,
                            .called = "NAME"},
                           {.name = "--report",
                            .help = "With --play: the report's file, else one in this directory",
                            .value = Value::file,
                            .called = "FILE"},
                           {.name = "--timeout",
                            .help = "With --play: how long the game may take until it answers",
                            .value = Value::number,
                            .called = "SECONDS",
                            .initial = "180",
                            .min = 1,
                            .max = 3600},
                           json_flag()},
            .example = "sudo l4d2ctl doctor",
            .function = doctor_act};
}

} // namespace left4me
