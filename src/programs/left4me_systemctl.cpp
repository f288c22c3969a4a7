#include "programs/left4me_systemctl.hpp"

#include "console/command_line.hpp"
#include "host/host.hpp"
#include "host/systemd.hpp"
#include "host/unit_names.hpp"
#include "root/server_units.hpp"

#include <cstdio>
#include <format>

namespace left4me {
namespace {

Result<void> show(Systemd& systemd, const InstanceName& name)
{
    return systemd.status(server_unit(name)).transform([](const UnitStatus& status) {
        std::fputs(
            std::format("ActiveState={}\nSubState={}\n", status.active_state, status.sub_state).c_str(),
            stdout);
    });
}

Result<void> disable(Systemd& systemd, const InstanceName& name)
{
    return disable_now(Host::installed(), systemd, name).transform([](const std::string& remark) {
        if (!remark.empty())
            std::fputs((remark + '\n').c_str(), stdout);
    });
}

Result<void> act_on(Systemd& systemd, const UnitRequest& request)
{
    switch (request.verb) {
    case UnitVerb::enable:
        return enable_now(systemd, *request.name);
    case UnitVerb::disable:
        return disable(systemd, *request.name);
    case UnitVerb::purge:
        return purge(systemd, *request.name);
    case UnitVerb::show:
        return show(systemd, *request.name);
    case UnitVerb::publish_installation:
        return publish_installation(systemd);
    case UnitVerb::inspect:
        return start_inspection(systemd);
    }
    std::unreachable();
}

} // namespace

Result<UnitRequest> parse_unit_request(int argc, const char* const* argv)
{
    CLI::App app("Starts, stops and shows the units of one server, publishes a new installation of\n"
                 "the game, looks at running servers, and nothing else. l4d2ctl calls it through sudo.",
                 "left4me-systemctl");
    set_up(app);
    std::string name;
    const auto add = [&](const char* verb, const char* help) {
        app.add_subcommand(verb, help)->add_option("NAME", name, "The server's name")->required();
    };
    add("enable", "Enable and start the server, and wait until it is started");
    add("disable", "Disable and stop the server, and wait until it is unmounted");
    add("purge", "Remove all that the stopped server wrote, and wait");
    add("show", "Print ActiveState and SubState");
    const auto* publish = app.add_subcommand(
        "publish-installation", "Put the new installation of the game in the old one's place, and wait");
    const auto* inspect = app.add_subcommand(
        "inspect", "Look at what running servers have mapped of what was upgraded since, and wait");
    app.require_subcommand(1);
    if (auto parsed = parse_command_line(app, argc, argv); !parsed)
        return std::unexpected(parsed.error());
    if (app.got_subcommand(publish))
        return UnitRequest{UnitVerb::publish_installation, std::nullopt};
    if (app.got_subcommand(inspect))
        return UnitRequest{UnitVerb::inspect, std::nullopt};
    return InstanceName::parse(name).transform([&](InstanceName parsed) {
        const auto verb = app.got_subcommand("enable")    ? UnitVerb::enable
                          : app.got_subcommand("disable") ? UnitVerb::disable
                          : app.got_subcommand("purge")   ? UnitVerb::purge
                                                          : UnitVerb::show;
        return UnitRequest{verb, std::move(parsed)};
    });
}

Result<int> run_unit_request(const UnitRequest& request)
{
    return Systemd::connect()
        .and_then([&](Systemd systemd) { return act_on(systemd, request); })
        .transform([] { return 0; });
}

} // namespace left4me
