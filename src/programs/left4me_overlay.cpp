#include "programs/left4me_overlay.hpp"

#include "console/command_line.hpp"
#include "host/host.hpp"
#include "host/places.hpp"
#include "root/installation_exchange.hpp"
#include "root/overlay_mount.hpp"
#include "root/overlay_purge.hpp"
#include "system/service_status.hpp"

#include <cstdio>
#include <format>
#include <map>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

Result<void> mount(const Host& host, const OverlayRequest& request)
{
    if (request.print)
        return read_overlay_plan(host, *request.name).transform([&](const OverlayPlan& plan) {
            std::fputs(describe(host, plan).c_str(), stdout);
        });
    return read_overlay_plan(host, *request.name).and_then([&](OverlayPlan plan) {
        plan.route = request.route;
        return mount_overlay(host, plan);
    });
}

Result<void> act_on(const Host& host, const OverlayRequest& request)
{
    switch (request.verb) {
    case OverlayVerb::mount:
        return mount(host, request);
    case OverlayVerb::umount:
        if (!request.print)
            return unmount_overlay(host, *request.name);
        std::fputs(std::format("unmount   {}\n", host.merged_path(*request.name)).c_str(), stdout);
        return {};
    case OverlayVerb::purge:
        if (!request.print)
            return purge_overlay(host, *request.name);
        std::fputs(std::format("remove    {}/{}\n", host.state(), runtime_path(*request.name)).c_str(),
                   stdout);
        return {};
    case OverlayVerb::exchange_installation:
        if (!request.print)
            return exchange_installation(host);
        std::fputs(std::format("exchange  {0}/{1}\nwith      {0}/{2}\n", host.state(),
                               entry::installation_next, entry::installation)
                       .c_str(),
                   stdout);
        return {};
    }
    std::unreachable();
}

} // namespace

Result<OverlayRequest> parse_overlay_request(int argc, const char* const* argv)
{
    CLI::App app("Mounts, unmounts and purges the layers of one server. The units of left4me\n"
                 "call it; operators use l4d2ctl.",
                 "left4me-overlay");
    set_up(app);
    std::string name;
    bool print = false;
    std::string route = "auto";
    const auto add = [&](const char* verb, const char* help) {
        auto* command = app.add_subcommand(verb, help);
        command->add_option("NAME", name, "The server's name")->required();
        command->add_flag("--print", print, "Show what would be done, and do nothing");
        return command;
    };
    const std::map<std::string, LayerRoute> routes = {{"auto", LayerRoute::automatic},
                                                      {"descriptor", LayerRoute::descriptor},
                                                      {"path", LayerRoute::path}};
    add("mount", "Mount the server's merged tree")
        ->add_option("--layers-by", route, "How the kernel is given the layers: auto, descriptor, path")
        ->check(CLI::IsMember(routes).description(""));
    add("umount", "Unmount it");
    add("purge", "Remove all that the server wrote; refused while it is mounted");
    auto* exchange = app.add_subcommand("exchange-installation",
                                        "Put the new installation of the game in the old one's place");
    exchange->add_flag("--print", print, "Show what would be done, and do nothing");
    app.require_subcommand(1);
    if (auto parsed = parse_command_line(app, argc, argv); !parsed)
        return std::unexpected(parsed.error());
    if (app.got_subcommand(exchange))
        return OverlayRequest{OverlayVerb::exchange_installation, std::nullopt, print,
                              LayerRoute::automatic};
    return InstanceName::parse(name).transform([&](InstanceName parsed) {
        const auto verb = app.got_subcommand("mount")    ? OverlayVerb::mount
                          : app.got_subcommand("umount") ? OverlayVerb::umount
                                                         : OverlayVerb::purge;
        return OverlayRequest{verb, std::move(parsed), print, routes.at(route)};
    });
}

Result<int> run_overlay(const OverlayRequest& request)
{
    if (geteuid() != 0)
        return fail(ExitStatus::not_permitted, "only root may do this: the units of left4me call it");
    umask(022); // what is written is for others to read, as far as its mode says so
    return act_on(Host::installed(), request)
        .transform([] { return 0; })
        .transform_error([](Error error) {
            // The unit's status text is what left4me-systemctl shows to the
            // operator; the journal has the same line from stderr.
            set_service_status(error.message);
            return error;
        });
}

} // namespace left4me
