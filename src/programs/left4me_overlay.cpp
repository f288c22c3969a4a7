#include "console/terminal_report.hpp"
#include "host/host.hpp"
#include "host/places.hpp"
#include "model/instance_name.hpp"
#include "programs/programs.hpp"
#include "programs/server_words.hpp"
#include "programs/unit_act.hpp"
#include "root/installation_exchange.hpp"
#include "root/overlay_mount.hpp"
#include "root/overlay_plan.hpp"
#include "root/overlay_purge.hpp"
#include "system/format.hpp"

#include <map>
#include <sys/stat.h>

namespace left4me {
namespace {

Act as_root(std::function<Result<void>(const Host&)> act)
{
    return [act = std::move(act)] {
        return act_as_root([&] {
            umask(022); // what is written is for others to read, as far as its mode says so
            return act(Host::installed());
        });
    };
}

Result<void> show(const std::string& plan)
{
    print(plan);
    return {};
}

const std::map<std::string, LayerRoute> routes = {
    {"auto", LayerRoute::automatic}, {"descriptor", LayerRoute::descriptor}, {"path", LayerRoute::path}};

Result<void> mount(const Host& host, const InstanceName& name, LayerRoute route, bool print)
{
    return read_overlay_plan(host, name).and_then([&](OverlayPlan plan) {
        plan.route = route;
        return print ? show(describe(host, plan)) : mount_overlay(host, plan);
    });
}

Result<Act> mount_act(const Arguments& arguments)
{
    return server_of(arguments).transform([&](InstanceName name) {
        return as_root([name = std::move(name), route = routes.at(arguments.text("--layers-by")),
                        print = arguments.flag("--print")](const Host& host) {
            return mount(host, name, route, print);
        });
    });
}

Result<void> unmount(const Host& host, const InstanceName& name, bool print)
{
    return print ? show(formatted("unmount   {}\n", host.merged_path(name)))
                 : unmount_overlay(host, name);
}

Result<void> purge(const Host& host, const InstanceName& name, bool print)
{
    return print ? show(formatted("remove    {}/{}\n", host.state(), runtime_path(name)))
                 : purge_overlay(host, name);
}

template <Result<void> (*verb)(const Host&, const InstanceName&, bool print)>
Result<Act> server_act(const Arguments& arguments)
{
    return server_of(arguments).transform([&](InstanceName name) {
        return as_root([name = std::move(name), print = arguments.flag("--print")](const Host& host) {
            return verb(host, name, print);
        });
    });
}

Result<void> see_released(const Host& host, const InstanceName& name, bool print)
{
    return print ? show(formatted("forget    {}\n", host.merged_path(name)))
                 : clean_up_unmounted(host, name);
}

Result<void> exchange(const Host& host, bool print)
{
    if (!print)
        return exchange_installation(host);
    return plan_installation_exchange(host).and_then([&](const InstallationExchange& plan) {
        return show(
            formatted("exchange  {0}/{1}\nwith      {0}/{2}\n", host.state(), plan.one, plan.other));
    });
}

Result<Act> exchange_act(const Arguments& arguments)
{
    return as_root(
        [print = arguments.flag("--print")](const Host& host) { return exchange(host, print); });
}

Parameter print_flag()
{
    return {.name = "--print", .help = "Show what would be done, and do nothing"};
}

Parameter route()
{
    return {.name = "--layers-by",
            .help = "How the kernel is given the layers: auto, descriptor, path",
            .value = Value::choice,
            .called = "ROUTE",
            .initial = "auto",
            .choices = {"auto", "descriptor", "path"}};
}

} // namespace

const Program left4me_overlay = {
    .name = "left4me-overlay",
    .help = "Mounts, unmounts and purges the layers of one server. The units of left4me\n"
            "call it; operators use l4d2ctl.",
    .groups = {},
    .verbs = {{.words = "mount",
               .help = "Mount the server's merged tree",
               .parameters = {server_word(), print_flag(), route()},
               .example = "left4me-overlay mount coop1 --print",
               .function = mount_act},
              {.words = "umount",
               .help = "Unmount it",
               .parameters = {server_word(), print_flag()},
               .example = "left4me-overlay umount coop1",
               .function = server_act<unmount>},
              {.words = "purge",
               .help = "Remove all that the server wrote; refused while it is mounted",
               .parameters = {server_word(), print_flag()},
               .example = "left4me-overlay purge coop1",
               .function = server_act<purge>},
              {.words = "released",
               .help = "Clear up after an unmount whose file system nobody saw end, once it has",
               .parameters = {server_word(), print_flag()},
               .example = "left4me-overlay released coop1",
               .function = server_act<see_released>},
              {.words = "exchange-installation",
               .help = "Put the new installation of the game in the old one's place",
               .parameters = {print_flag()},
               .example = "left4me-overlay exchange-installation --print",
               .function = exchange_act}},
};

} // namespace left4me
