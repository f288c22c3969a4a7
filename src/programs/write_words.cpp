// What is written from the tables of verbs when the package is built: the completion of a
// shell, and what a manual page says of them. Reads the frame or the page from standard
// input, and is not installed.
#include "console/command_line.hpp"
#include "console/completion.hpp"
#include "console/manual.hpp"
#include "console/terminal_report.hpp"
#include "host/places.hpp"
#include "programs/programs.hpp"
#include "system/directory.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"

#include <array>
#include <unistd.h>

namespace left4me {
namespace {

/// Those that have a manual page.
const std::array<const Program*, 9> documented = {
    &l4d2ctl,           &left4me_broker,  &left4me_journalctl,
    &left4me_launch,    &left4me_overlay, &left4me_script_sandbox,
    &left4me_systemctl, &left4me_watch,   &left4me_web,
};

Result<const Program*> find_program(const std::string& name)
{
    for (const auto* program : documented)
        if (program->name == name)
            return program;
    return fail(ExitStatus::usage, formatted("there is no program {}", quote(name)));
}

Result<std::string> text_of(const std::string& kind, const Program& program, const std::string& input)
{
    if (kind == "bash")
        return bash_completion(program, input);
    if (kind == "zsh")
        return zsh_completion(program, input);
    if (kind == "fish")
        return fish_completion(program, input);
    const bool helper = program.name != l4d2ctl.name;
    return fill_manual(program, helper ? program_path(program.name) : program.name, input);
}

Result<Act> write_act(const Arguments& arguments)
{
    return find_program(arguments.text("PROGRAM")).transform([&](const Program* program) -> Act {
        return [program, kind = arguments.text("KIND")] {
            constexpr std::size_t max_input = 1 << 20;
            return read_stream(FileDescriptor(dup(STDIN_FILENO)), "standard input", max_input)
                .and_then([&](const std::string& input) { return text_of(kind, *program, input); })
                .transform([](const std::string& text) {
                    print_file(text);
                    return 0;
                });
        };
    });
}

const Program write_words = {
    .name = "write-words",
    .help = "Writes the completion of a shell, or a manual page, from a program's table of verbs.",
    .groups = {},
    .verbs =
        {{.words = "",
          .help = "",
          .parameters = {{.name = "KIND",
                          .help = "bash, zsh, fish or manual",
                          .value = Value::choice,
                          .required = true,
                          .choices = {"bash", "zsh", "fish", "manual"}},
                         {.name = "PROGRAM", .help = "Whose", .value = Value::text, .required = true}},
          .example = "write-words bash l4d2ctl",
          .function = write_act}},
};

} // namespace
} // namespace left4me

int main(int argc, char* argv[])
{
    return left4me::run_program(left4me::write_words, argc, argv);
}
