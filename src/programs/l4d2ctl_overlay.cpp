#include "console/terminal_report.hpp"
#include "host/privilege_drop.hpp"
#include "model/layer_ref.hpp"
#include "programs/each_name.hpp"
#include "programs/import_words.hpp"
#include "programs/json_text.hpp"
#include "programs/l4d2ctl_table.hpp"
#include "programs/layer_text.hpp"
#include "programs/service_user_act.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "verbs/file_verbs.hpp"
#include "verbs/import_verbs.hpp"
#include "verbs/layer_verbs.hpp"

namespace left4me {
namespace {

// l4d2ctl overlay VERB: what is done with layers.

Result<LayerRef> layer_of(const Arguments& arguments)
{
    return LayerRef::parse(arguments.text("REF"));
}

/// To say which version a verb has made.
auto tell_version(const LayerRef& ref)
{
    return [&ref](std::uint64_t version) {
        print(formatted("{}: published as version {}\n", ref.str(), version));
        return 0;
    };
}

Result<int> show_layers(const Host& host, bool json)
{
    TerminalReport report;
    return list_layers(host, report).transform([&](const Listing<LayerState>& layers) {
        if (json)
            print(format_layer_json(layers.items));
        else if (!layers.items.empty())
            print(format_layer_table(layers.items));
        else if (layers.unread == 0)
            print("There is no layer yet. To make one: l4d2ctl overlay create, import or build\n");
        return layers.status();
    });
}

Result<Act> layer_list_act(const Arguments& arguments)
{
    return as_service_user(
        [json = arguments.flag("--json")](const Host& host) { return show_layers(host, json); });
}

/// A layer that cannot be read to its end is shown all the same.
void add_digest(const Host& host, LayerState& layer)
{
    TerminalReport report;
    const auto digest = layer_digest(host, layer.ref, report);
    report.clear();
    if (digest)
        layer.sha256 = *digest;
    else
        report.warning(digest.error().message);
    if (auto view = layer_view(host, layer.ref))
        layer.seen = std::move(*view);
}

Result<Act> show_act(const Arguments& arguments)
{
    return layer_of(arguments).transform([&](LayerRef ref) {
        return as_service_user(
            [ref = std::move(ref), json = arguments.flag("--json")](const Host& host) {
                return show_layer(host, ref).transform([&](LayerState layer) {
                    add_digest(host, layer);
                    print(json ? format_layer_json(layer) : format_layer_details(layer));
                    return 0;
                });
            });
    });
}

Result<Act> create_act(const Arguments& arguments)
{
    return layer_of(arguments).transform([](LayerRef ref) {
        return as_service_user([ref = std::move(ref)](const Host& host) {
            return create_layer(host, ref).transform(tell_version(ref));
        });
    });
}

struct ScriptOrder {
    LayerRef layer;
    std::string file;
    BuildAbi abi;
    bool daily;
};

Result<int> build(const ScriptOrder& order)
{
    catch_interruptions();
    const auto file = open_file(order.file);
    if (!file)
        return std::unexpected(file.error());
    return become_service_user()
        .and_then([&] { return read_stream(*file, name_of_file(order.file), max_script_size); })
        .and_then([&](std::string script) {
            TerminalReport terminal;
            SubjectReport report(terminal, order.layer.str());
            return change_by_script(Host::installed(),
                                    {order.layer, {order.abi, std::move(script)}, order.daily}, report);
        });
}

Result<Act> build_act(const Arguments& arguments)
{
    return layer_of(arguments).transform([&](LayerRef ref) -> Act {
        const ScriptOrder order = {std::move(ref), arguments.text("--file"),
                                   arguments.flag("--multiarch") ? BuildAbi::multiarch
                                                                 : BuildAbi::native,
                                   arguments.flag("--daily")};
        return [order] { return build(order); };
    });
}

Result<Act> layer_refresh_act(const Arguments& arguments)
{
    return names_of<LayerRef>(arguments, "REF").transform([](std::vector<LayerRef> refs) {
        return as_service_user([refs = std::move(refs)](const Host& host) {
            TerminalReport report;
            return rebuild_daily_layers(host, refs, report).transform([] { return 0; });
        });
    });
}

Result<Act> forget_act(const Arguments& arguments)
{
    return layer_of(arguments).transform([](LayerRef ref) {
        return as_service_user([ref = std::move(ref)](const Host& host) {
            return forget_daily(host, ref).transform([&] {
                print(formatted("{}: is not a daily layer any more; its files stay\n", ref.str()));
                return 0;
            });
        });
    });
}

struct ImportWords {
    LayerRef layer;
    ImportOrder order;
    ImportMode mode;
    bool plan;
    bool json;
};

Result<int> plan_file(const ImportWords& words, const FileDescriptor& file)
{
    const PlanView view = {.show = [&](const LayoutPlan& plan) { print_import_plan(plan, words.json); },
                           .words = words.json ? std::vector<std::string>{"--plan", "--json"}
                                               : std::vector<std::string>{"--plan"},
                           .print = [](const std::string& said) { print(said); }};
    return plan_layer_import(Host::installed(), words.layer, file, words.order, view).transform([] {
        return 0;
    });
}

Result<int> import_file(const ImportWords& words)
{
    catch_interruptions();
    const auto& name = words.order.name;
    // "-" is a file of that name here: an archive is not read from a pipe.
    const auto file = open_file(name == "-" ? "./-" : name);
    if (!file)
        return std::unexpected(file.error());
    return become_service_user().and_then([&]() -> Result<int> {
        if (words.plan)
            return plan_file(words, *file);
        TerminalReport terminal;
        SubjectReport report(terminal, words.layer.str());
        const auto made =
            import_into_layer(Host::installed(), words.layer, *file, words.order, words.mode, report);
        terminal.clear();
        return made.transform(tell_version(words.layer));
    });
}

Result<Act> import_act(const Arguments& arguments)
{
    return layer_of(arguments).and_then([&](LayerRef ref) {
        return import_order_of(arguments, arguments.text("ARCHIVE"))
            .transform([&](ImportOrder order) -> Act {
                ImportWords words = {std::move(ref), std::move(order),
                                     arguments.flag("--replace") ? ImportMode::replace : ImportMode::add,
                                     arguments.flag("--plan"), arguments.flag("--json")};
                return [words = std::move(words)] { return import_file(words); };
            });
    });
}

Result<Act> layer_delete_act(const Arguments& arguments)
{
    return names_of<LayerRef>(arguments, "REF").transform([](std::vector<LayerRef> refs) {
        return as_service_user([refs = std::move(refs)](const Host& host) {
            return act_on_each(refs, [&](const LayerRef& ref) {
                return delete_layer(host, ref).transform([&] {
                    print(formatted("{}: deleted\n", ref.str()));
                    return 0;
                });
            });
        });
    });
}

Result<Act> history_act(const Arguments& arguments)
{
    return layer_of(arguments).transform([&](LayerRef ref) {
        return as_service_user(
            [ref = std::move(ref), json = arguments.flag("--json")](const Host& host) {
                return layer_past(host, ref).transform([&](const LayerPast& past) {
                    print(json ? format_history_json(past) : format_history_table(past));
                    return 0;
                });
            });
    });
}

Result<int> roll_back(const Host& host, const LayerRef& ref, std::optional<std::uint64_t> version)
{
    TerminalReport report;
    const auto made = roll_back_layer(host, ref, version, report);
    report.clear();
    return made.transform(tell_version(ref));
}

Result<Act> rollback_act(const Arguments& arguments)
{
    const auto version =
        arguments.has("VERSION") ? std::optional(arguments.number("VERSION")) : std::nullopt;
    return layer_of(arguments).transform([&](LayerRef ref) {
        return as_service_user(
            [ref = std::move(ref), version](const Host& host) { return roll_back(host, ref, version); });
    });
}

Parameter layer()
{
    return {.name = "REF",
            .help = "The layer, as specs name it: standard, competitive/base",
            .value = Value::layer,
            .required = true};
}

std::vector<Parameter> build_parameters()
{
    return {layer(),
            {.name = "--file",
             .help = "The script, for bash; '-' is standard input",
             .value = Value::file,
             .required = true,
             .letter = "-f",
             .called = "SCRIPT"},
            {.name = "--multiarch", .help = "Let it run 32-bit programs, too"},
            {.name = "--daily",
             .help = "Make it a daily layer: keep the script, which rebuilds it each day"}};
}

Parameter daily_layers()
{
    return {.name = "REF",
            .help = "The daily layers to rebuild; all of them if none is given",
            .value = Value::layer,
            .many = true};
}

Parameter layers_to_delete()
{
    return {.name = "REF",
            .help = "The layers, as specs name them: standard, competitive/base",
            .value = Value::layer,
            .required = true,
            .many = true};
}

Parameter archive()
{
    return {
        .name = "ARCHIVE",
        .help =
            "A .zip, .7z, .rar or .tar.*, a .vpk, .bsp (.bsp.bz2), .nav, .smx or .cfg, or a directory",
        .value = Value::file,
        .required = true};
}

std::vector<Parameter> import_parameters()
{
    std::vector<Parameter> parameters = {
        layer(), archive(), {.name = "--replace", .help = "Let the layer have this and nothing else"}};
    const auto options = import_options();
    parameters.insert(parameters.end(), options.begin(), options.end());
    return parameters;
}

Parameter version()
{
    return {.name = "VERSION",
            .help = "The version's number; the newest that is kept if none is given",
            .value = Value::number,
            .min = 1};
}

} // namespace

std::vector<Verb> layer_table()
{
    return {{.words = "overlay list",
             .help = "Show all layers",
             .parameters = {json_flag()},
             .example = "sudo l4d2ctl overlay list",
             .function = layer_list_act},
            {.words = "overlay show",
             .help = "Show one layer",
             .parameters = {layer(), json_flag()},
             .example = "sudo l4d2ctl overlay show maps/custom",
             .function = show_act},
            {.words = "overlay create",
             .help = "Make an empty layer",
             .parameters = {layer()},
             .example = "sudo l4d2ctl overlay create maps/custom",
             .function = create_act},
            {.words = "overlay build",
             .help = "Change a layer by a script, in a sandbox",
             .parameters = build_parameters(),
             .example = "sudo l4d2ctl overlay build maps/custom -f fetch-maps.sh --daily",
             .function = build_act},
            {.words = "overlay refresh",
             .help = "Rebuild daily layers now, as left4me-layers-refresh.timer does each day",
             .parameters = {daily_layers()},
             .example = "sudo l4d2ctl overlay refresh maps/custom",
             .function = layer_refresh_act},
            {.words = "overlay forget",
             .help = "Make a daily layer an ordinary one: forget its script, keep its files",
             .parameters = {layer()},
             .example = "sudo l4d2ctl overlay forget maps/custom",
             .function = forget_act},
            {.words = "overlay import",
             .help = "Add an archive, a directory or a file to a layer, where the game looks for it",
             .parameters = import_parameters(),
             .example = "sudo l4d2ctl overlay import maps/custom maps.zip",
             .function = import_act},
            {.words = "overlay delete",
             .help = "Remove layers that no server names",
             .parameters = {layers_to_delete()},
             .example = "sudo l4d2ctl overlay delete maps/custom",
             .function = layer_delete_act},
            {.words = "overlay history",
             .help = "Show the changes of a layer, the newest first",
             .parameters = {layer(), json_flag()},
             .example = "sudo l4d2ctl overlay history maps/custom",
             .function = history_act},
            {.words = "overlay rollback",
             .help = "Go back to an older version of a layer",
             .parameters = {layer(), version()},
             .example = "sudo l4d2ctl overlay rollback maps/custom 3",
             .function = rollback_act}};
}

} // namespace left4me
