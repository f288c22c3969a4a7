#include "programs/left4me_script_sandbox.hpp"

#include "console/command_line.hpp"

namespace left4me {

Result<SandboxRequest> parse_sandbox_request(int argc, const char* const* argv)
{
    CLI::App app("Runs the script on standard input in a sandbox that can change one work copy of\n"
                 "a layer. l4d2ctl calls it through sudo.",
                 "left4me-script-sandbox");
    set_up(app);
    std::string layer;
    std::string id;
    bool multiarch = false;
    app.add_flag("--multiarch", multiarch, "Let the script run 32-bit programs, too");
    app.add_option("REF", layer, "The layer")->required();
    app.add_option("BUILD-ID", id, "The work copy: builds/REF/BUILD-ID")->required();
    return parse_command_line(app, argc, argv)
        .and_then([&] { return LayerRef::parse(layer); })
        .and_then([&](LayerRef parsed) {
            return BuildId::parse(id).transform([&](BuildId parsed_id) {
                return SandboxRequest{{std::move(parsed), std::move(parsed_id)},
                                      multiarch ? BuildAbi::multiarch : BuildAbi::native};
            });
        })
        .transform_error([](Error error) {
            if (error.status == ExitStatus::bad_data) // a word of the command line, here
                error.status = ExitStatus::usage;
            return error;
        });
}

Result<int> run_sandbox_request(const SandboxRequest& request)
{
    return run_in_sandbox(request).transform_error([](Error error) {
        if (error.status != ExitStatus::cancelled)
            error.status = ExitStatus::launch_failed;
        return error;
    });
}

} // namespace left4me
