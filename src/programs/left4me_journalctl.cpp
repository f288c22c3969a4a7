#include "programs/programs.hpp"
#include "programs/server_words.hpp"
#include "programs/unit_act.hpp"
#include "root/journal_reader.hpp"

#include <csignal>

namespace left4me {
namespace {

Result<Act> journal_act(const Arguments& arguments)
{
    return server_of(arguments).transform([&](InstanceName name) {
        const JournalRequest request = {std::move(name), arguments.number("--lines"),
                                        arguments.flag("--follow") ? Follow::yes : Follow::no};
        return as_helper([request] {
            // A reader that has seen enough ends it without a word, even when the caller
            // ignores SIGPIPE, as services do.
            std::signal(SIGPIPE, SIG_DFL);
            return print_journal(request).transform([] { return 0; });
        });
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
             .opposite = "--no-follow"}};
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
