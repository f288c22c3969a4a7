#include "programs/left4me_journalctl.hpp"

#include "console/command_line.hpp"

#include <csignal>

namespace left4me {

Result<JournalRequest> parse_journal_request(int argc, const char* const* argv)
{
    CLI::App app("Prints the messages of one server's unit. l4d2ctl calls it through sudo.",
                 "left4me-journalctl");
    set_up(app);
    std::string name;
    std::size_t lines = 0;
    bool follow = false;
    constexpr std::size_t most_lines = 1'000'000;
    app.add_option("NAME", name, "The server's name")->required();
    app.add_option("--lines", lines, "How many of the past messages")
        ->required()
        ->check(CLI::Range(std::size_t{0}, most_lines));
    app.add_flag("--follow,!--no-follow", follow, "Go on with new messages as they come")->required();
    return parse_command_line(app, argc, argv)
        .and_then([&] { return InstanceName::parse(name); })
        .transform([&](InstanceName parsed) {
            return JournalRequest{std::move(parsed), lines, follow ? Follow::yes : Follow::no};
        });
}

Result<int> run_journal_request(const JournalRequest& request)
{
    // A reader that has seen enough ends it without a word, even when the caller
    // ignores SIGPIPE, as services do.
    std::signal(SIGPIPE, SIG_DFL);
    return print_journal(request).transform([] { return 0; });
}

} // namespace left4me
