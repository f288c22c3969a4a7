#include "programs/programs.hpp"
#include "programs/server_words.hpp"
#include "programs/unit_act.hpp"
#include "root/journal_reader.hpp"

#include <chrono>
#include <csignal>
#include <optional>

namespace left4me {
namespace {

Result<std::optional<JournalCursor>> cursor_of(const Arguments& arguments)
{
    if (!arguments.has("--after"))
        return std::nullopt;
    return JournalCursor::parse(arguments.text("--after"));
}

std::optional<std::chrono::sys_seconds> since_of(const Arguments& arguments)
{
    if (!arguments.has("--since"))
        return std::nullopt;
    return std::chrono::sys_seconds(std::chrono::seconds(arguments.number("--since")));
}

Result<Act> journal_act(const Arguments& arguments)
{
    auto name = server_of(arguments);
    if (!name)
        return std::unexpected(name.error());
    auto after = cursor_of(arguments);
    if (!after)
        return std::unexpected(after.error());
    if (*after && arguments.has("--since"))
        return fail(ExitStatus::usage, "--since and --after cannot go together");
    const JournalRequest request = {std::move(*name),
                                    arguments.number("--lines"),
                                    arguments.flag("--follow") ? Follow::yes : Follow::no,
                                    arguments.flag("--cursors") ? Cursors::yes : Cursors::no,
                                    since_of(arguments),
                                    std::move(*after)};
    return as_helper([request] {
        // A reader that has seen enough ends it without a word, even when the caller
        // ignores SIGPIPE, as services do.
        std::signal(SIGPIPE, SIG_DFL);
        return print_journal(request).transform([] { return 0; });
    });
}

std::vector<Parameter> journal_parameters()
{
    return {server_word(),
            {.name = "--lines",
             .help = "How many of the past messages",
             .value = Value::number,
             .required = true,
             .called = "N",
             .max = max_log_lines},
            {.name = "--follow",
             .help = "Show new messages as they come",
             .required = true,
             .opposite = "--no-follow"},
            {.name = "--cursors", .help = "Begin each line with its place in the journal and a tab"},
            {.name = "--since",
             .help = "None that is older: seconds since 1970, UTC",
             .value = Value::number,
             .called = "SECONDS",
             .max = max_log_since},
            {.name = "--after",
             .help = "The messages behind that place, in place of the last ones",
             .value = Value::text,
             .called = "CURSOR"}};
}

} // namespace

const Program left4me_journalctl = {
    .name = "left4me-journalctl",
    .help = "Prints the messages of one server's unit. l4d2ctl calls it through sudo.",
    .groups = {},
    .verbs = {{.words = "",
               .help = "",
               .parameters = journal_parameters(),
               .example = "left4me-journalctl coop1 --lines 100 --no-follow",
               .function = journal_act}},
};

} // namespace left4me
