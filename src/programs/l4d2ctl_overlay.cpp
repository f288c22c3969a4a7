#include "programs/l4d2ctl_overlay.hpp"

#include "console/progress.hpp"
#include "host/helper_call.hpp"
#include "layer/content_cache.hpp"
#include "layer/layer_store.hpp"
#include "programs/layer_text.hpp"
#include "verbs/layer_build.hpp"
#include "verbs/layer_state.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <format>
#include <unistd.h>

namespace left4me {
namespace {

void print(const std::string& text)
{
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout); // steps are for now, not for the end
}

/// Bytes of how many, which a walk does not know before it has ended.
TreeProgress shown(Progress& bar, std::string_view phase, std::uint64_t total)
{
    return [&bar, phase, total](const TreeSize& done) { bar.show(phase, done.bytes, total); };
}

/// The work copy of a layer as it is, with a bar while it is made.
Result<LayerChange> begin_change(const LayerStore& layers, const LayerRef& ref, const std::string& how,
                                 Progress& bar)
{
    const auto size = layers.layer(ref).and_then(measure_tree);
    auto change = layers.begin_from_present(ref, how, shown(bar, "copying", size ? size->bytes : 0));
    bar.clear();
    return change;
}

Result<int> publish(LayerChange& change)
{
    return change.publish().transform([&](std::uint64_t version) {
        print(std::format("{}: published as version {}\n", change.copy().layer.str(), version));
        return 0;
    });
}

Result<int> act(const LayerListRequest& request, const FileDescriptor& /*file*/,
                const LayerStore& layers)
{
    const auto refs = layers.refs();
    if (!refs)
        return std::unexpected(refs.error());
    std::vector<LayerState> states;
    for (const auto& ref : *refs) {
        auto state = read_layer_state(ref, layers);
        if (state)
            states.push_back(std::move(*state));
        else if (state.error().status != ExitStatus::not_found) // deleted meanwhile
            return std::unexpected(state.error());
    }
    if (request.json)
        print(format_layer_json(states));
    else
        print(states.empty()
                  ? "There is no layer yet: l4d2ctl overlay create, import and build make some.\n"
                  : format_layer_table(states));
    return 0;
}

Result<int> act(const LayerShowRequest& request, const FileDescriptor& /*file*/,
                const LayerStore& layers)
{
    return read_layer_state(request.ref, layers).transform([&](const LayerState& state) {
        print(request.json ? format_layer_json(state) : format_layer_details(state));
        return 0;
    });
}

Result<int> act(const LayerCreateRequest& request, const FileDescriptor& /*file*/,
                const LayerStore& layers)
{
    auto change = layers.begin_new(request.ref, "create");
    if (!change)
        return std::unexpected(change.error());
    return publish(*change);
}

Result<int> act(const LayerImportRequest& request, const FileDescriptor& file, const LayerStore& layers)
{
    Progress bar;
    auto change = begin_change(layers, request.ref, "import", bar);
    if (!change)
        return std::unexpected(change.error());
    print(std::format("{}: importing {}\n", request.ref.str(), quote(request.file)));
    // Another process, that could not become root, reads what a stranger has packed.
    const auto& copy = change->copy();
    const auto imported =
        call_program("left4me-unpack", {"--", copy.layer.str(), copy.id.str(), request.file}, file);
    if (!imported) {
        const Error why = {imported.error().status, std::format("{} was refused", quote(request.file))};
        (void)change->discard(why); // the first error is the one to tell
        return std::unexpected(imported.error());
    }
    return publish(*change);
}

Steps steps_of(const LayerRef& ref)
{
    return [name = ref.str()](std::string_view step) { print(std::format("{}: {}\n", name, step)); };
}

/// Of use to nobody any more, now or from before; what cannot be removed now is for the
/// next time.
void prune_downloads()
{
    if (const auto cache = ContentCache::open(ContentCache::downloads))
        (void)cache->prune();
}

Result<int> act(const LayerBuildRequest& request, const FileDescriptor& file,
                const LayerStore& /*layers*/)
{
    return read_stream(file, request.file == "-" ? "standard input" : quote(request.file),
                       longest_script)
        .and_then([&](std::string script) {
            return build_layer({request.ref, {request.abi, std::move(script)}, request.daily},
                               steps_of(request.ref));
        })
        .transform([&](int status) {
            if (request.daily)
                prune_downloads();
            return status;
        });
}

/// All that have a recipe, or those named, which must.
Result<std::vector<LayerRef>> daily_layers(const std::vector<LayerRef>& named, const LayerStore& layers)
{
    const auto candidates = named.empty() ? layers.refs() : Result<std::vector<LayerRef>>(named);
    if (!candidates)
        return std::unexpected(candidates.error());
    std::vector<LayerRef> daily;
    for (const auto& ref : *candidates) {
        const auto there = layers.has_recipe(ref);
        if (!there)
            return std::unexpected(there.error());
        if (*there)
            daily.push_back(ref);
        else if (!named.empty())
            return fail(ExitStatus::not_found,
                        std::format("layer {} is not made anew daily: l4d2ctl overlay build {} -f "
                                    "SCRIPT --daily has it made so",
                                    quote(ref.str()), ref.str()));
    }
    return daily;
}

Result<int> act(const LayerRefreshRequest& request, const FileDescriptor& /*file*/,
                const LayerStore& layers)
{
    const auto refs = daily_layers(request.refs, layers);
    if (!refs)
        return std::unexpected(refs.error());
    if (refs->empty())
        print("No layer is made anew daily: l4d2ctl overlay build REF -f SCRIPT --daily has one so.\n");
    std::size_t failed = 0;
    for (const auto& ref : *refs) {
        const auto status = rebuild_layer(ref, steps_of(ref));
        if (!status && status.error().status == ExitStatus::cancelled)
            return status;
        if (!status && !status.error().message.empty())
            std::fputs(std::format("l4d2ctl: {}: {}\n", ref.str(), status.error().message).c_str(),
                       stderr);
        failed += status && *status == 0 ? 0 : 1;
    }
    prune_downloads();
    if (failed > 0)
        return fail(ExitStatus::bad_data,
                    std::format("{} of {} layers could not be made anew", failed, refs->size()));
    return 0;
}

Result<int> act(const LayerForgetRequest& request, const FileDescriptor& /*file*/,
                const LayerStore& layers)
{
    return layers.layer(request.ref)
        .and_then([&](const Directory&) { return layers.forget_recipe(request.ref); })
        .transform([&] {
            print(std::format("{}: is not made anew daily any more\n", request.ref.str()));
            return 0;
        });
}

Result<int> act(const LayerDeleteRequest& request, const FileDescriptor& /*file*/,
                const LayerStore& layers)
{
    const auto users = layers.layer(request.ref).and_then([&](const Directory&) {
        return users_of(request.ref, layers);
    });
    if (!users)
        return std::unexpected(users.error());
    std::string servers;
    for (const auto& user : *users)
        servers += std::format("{}{}", servers.empty() ? "" : ", ", user.server.str());
    if (!servers.empty())
        return fail(ExitStatus::busy,
                    std::format("layer {} is used by {}: take it out of their specs, or delete them, "
                                "first",
                                quote(request.ref.str()), servers));
    return layers.remove(request.ref).transform([&] {
        prune_downloads();
        print(std::format("{}: deleted\n", request.ref.str()));
        return 0;
    });
}

Result<int> act(const LayerHistoryRequest& request, const FileDescriptor& /*file*/,
                const LayerStore& layers)
{
    return layers.layer(request.ref)
        .and_then([&](const Directory&) { return layers.versions(request.ref); })
        .transform([&](const std::vector<std::uint64_t>& kept) {
            const auto history = layers.history(request.ref);
            print(request.json ? format_history_json(history, kept)
                               : format_history_table(history, kept));
            return 0;
        });
}

Result<int> act(const LayerRollbackRequest& request, const FileDescriptor& /*file*/,
                const LayerStore& layers)
{
    const auto kept = layers.layer(request.ref).and_then([&](const Directory&) {
        return layers.versions(request.ref);
    });
    if (!kept)
        return std::unexpected(kept.error());
    if (!request.version && kept->empty())
        return fail(ExitStatus::not_found,
                    std::format("no older version of layer {} is kept", quote(request.ref.str())));
    const auto number = request.version.value_or(kept->empty() ? 0 : kept->back());
    const auto size = layers.version(request.ref, number).and_then(measure_tree);
    if (!size)
        return std::unexpected(size.error());
    Progress bar;
    auto change = layers.begin_from_version(request.ref, number, std::format("rollback to {}", number),
                                            shown(bar, "copying", size->bytes));
    bar.clear();
    if (!change)
        return std::unexpected(change.error());
    return publish(*change);
}

Result<std::vector<LayerRef>> parse_refs(const std::vector<std::string>& texts)
{
    std::vector<LayerRef> refs;
    for (const auto& text : texts) {
        auto ref = LayerRef::parse(text);
        if (!ref)
            return std::unexpected(ref.error());
        refs.push_back(std::move(*ref));
    }
    return refs;
}

} // namespace

OverlayVerbs::OverlayVerbs(CLI::App& app)
    : group_(app.add_subcommand("overlay", "Make, change and look at the layers of servers"))
{
    const auto add = [&](const char* verb, const char* help) {
        auto* command = group_->add_subcommand(verb, help);
        command->add_option("REF", ref_, "The layer, as specs name it: standard, competitive/base")
            ->required();
        return command;
    };
    group_->add_subcommand("list", "Show all layers")->add_flag("--json", json_, "Show them as JSON");
    add("show", "Show one layer")->add_flag("--json", json_, "Show it as JSON");
    add("create", "Make an empty layer");
    auto* build = add("build", "Change a layer by a script, in a sandbox");
    build->add_option("-f,--file", file_, "The script, for bash; '-' is standard input")->required();
    build->add_flag("--multiarch", multiarch_, "Let it run 32-bit programs, too");
    build->add_flag("--daily", daily_, "Keep the script, to make the layer anew by it each day");
    auto* refresh = group_->add_subcommand(
        "refresh", "Make layers anew by their scripts, as left4me-layers-refresh.timer does");
    // CLI11 would take "[a,b]" for two words; by this, each is looked at as it is.
    refresh->validate_positionals();
    refresh->add_option("REF", refs_, "These; all that are made anew daily if not given")
        ->check([](const std::string& word) {
            return word.starts_with('[') ? quote(word) + " is no layer" : std::string();
        });
    add("forget", "Make a layer anew daily no more");
    add("import", "Add the files of an archive or a directory to a layer")
        ->add_option("ARCHIVE", file_, "A .zip, .tar.*, .7z or .vpk file, or a directory")
        ->required();
    add("delete", "Remove a layer that no server names");
    add("history", "Show how a layer came to be")->add_flag("--json", json_, "Show it as JSON");
    add("rollback", "Make an older version the layer again")
        ->add_option("VERSION", version_, "Its number; the newest that is kept if not given")
        ->check(CLI::PositiveNumber);
    group_->require_subcommand(1);
}

Result<LayerRequest> OverlayVerbs::request() const
{
    const auto chose = [&](const char* verb) { return group_->got_subcommand(verb); };
    if (chose("list"))
        return LayerListRequest{json_};
    const auto as_usage = [](Error error) {
        error.status = ExitStatus::usage; // a word of the command line, here
        return error;
    };
    if (chose("refresh"))
        return parse_refs(refs_)
            .transform([](std::vector<LayerRef> refs) -> LayerRequest {
                return LayerRefreshRequest{std::move(refs)};
            })
            .transform_error(as_usage);
    return LayerRef::parse(ref_)
        .transform([&](LayerRef ref) -> LayerRequest {
            if (chose("show"))
                return LayerShowRequest{std::move(ref), json_};
            if (chose("create"))
                return LayerCreateRequest{std::move(ref)};
            if (chose("build"))
                return LayerBuildRequest{std::move(ref), file_,
                                         multiarch_ ? BuildAbi::multiarch : BuildAbi::native, daily_};
            if (chose("forget"))
                return LayerForgetRequest{std::move(ref)};
            if (chose("import"))
                return LayerImportRequest{std::move(ref), file_};
            if (chose("delete"))
                return LayerDeleteRequest{std::move(ref)};
            if (chose("history"))
                return LayerHistoryRequest{std::move(ref), json_};
            return LayerRollbackRequest{std::move(ref),
                                        version_ == 0 ? std::nullopt : std::optional(version_)};
        })
        .transform_error(as_usage);
}

Result<FileDescriptor> open_file_of(const LayerRequest& request)
{
    const auto* build = std::get_if<LayerBuildRequest>(&request);
    const auto* import = std::get_if<LayerImportRequest>(&request);
    if (build == nullptr && import == nullptr)
        return FileDescriptor();
    const auto& name = build != nullptr ? build->file : import->file;
    FileDescriptor file(build != nullptr && name == "-"
                            ? dup(STDIN_FILENO)
                            : open(name.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC));
    if (!file)
        return fail_errno(std::format("cannot open {}", quote(name)), errno);
    return file;
}

Result<int> run_layer_request(const LayerRequest& request, const FileDescriptor& file)
{
    const auto layers = LayerStore::open();
    if (!layers)
        return std::unexpected(layers.error());
    return std::visit([&](const auto& chosen) { return act(chosen, file, *layers); }, request);
}

} // namespace left4me
