#include "programs/left4me_launch.hpp"

#include "console/command_line.hpp"
#include "sandbox/launcher.hpp"

namespace left4me {

Result<InstanceName> parse_launch_request(int argc, const char* const* argv)
{
    CLI::App app("Runs the game of one server, inside the sandbox of its unit.", "left4me-launch");
    set_up(app);
    std::string name;
    app.add_option("NAME", name, "The server's name")->required();
    return parse_command_line(app, argc, argv).and_then([&] { return InstanceName::parse(name); });
}

Result<int> run_launch(const InstanceName& name)
{
    return launch(Host::installed(), name).transform_error([](Error error) {
        error.status = ExitStatus::launch_failed;
        return error;
    });
}

} // namespace left4me
