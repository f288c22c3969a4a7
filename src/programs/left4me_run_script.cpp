#include "programs/left4me_run_script.hpp"

#include "console/command_line.hpp"
#include "sandbox/script_runner.hpp"

namespace left4me {

Result<void> parse_run_script_request(int argc, const char* const* argv)
{
    CLI::App app("Runs the script of one build, inside the sandbox of its unit.", "left4me-run-script");
    set_up(app);
    return parse_command_line(app, argc, argv);
}

Result<int> run_script_request()
{
    return run_script().transform_error([](Error error) {
        error.status = ExitStatus::launch_failed;
        return error;
    });
}

} // namespace left4me
