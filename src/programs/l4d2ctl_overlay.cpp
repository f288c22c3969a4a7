#include "programs/l4d2ctl_overlay.hpp"

#include "console/terminal_report.hpp"
#include "programs/json_text.hpp"
#include "programs/layer_text.hpp"
#include "system/directory.hpp"
#include "verbs/layer_verbs.hpp"

#include <cerrno>
#include <fcntl.h>
#include <format>
#include <unistd.h>

namespace left4me {
namespace {

Result<int> act(const Host& host, const LayerListRequest& request, const FileDescriptor& /*file*/)
{
    return list_layers(host).transform([&](const std::vector<LayerState>& layers) {
        if (request.json)
            print(format_layer_json(layers));
        else
            print(layers.empty()
                      ? "There is no layer yet: l4d2ctl overlay create, import and build make some.\n"
                      : format_layer_table(layers));
        return 0;
    });
}

Result<int> act(const Host& host, const LayerShowRequest& request, const FileDescriptor& /*file*/)
{
    return show_layer(host, request.ref).transform([&](const LayerState& layer) {
        print(request.json ? format_layer_json(layer) : format_layer_details(layer));
        return 0;
    });
}

/// To tell of the version that a verb has made.
auto tell_version(const LayerRef& ref)
{
    return [&ref](std::uint64_t version) {
        print(std::format("{}: published as version {}\n", ref.str(), version));
        return 0;
    };
}

Result<int> act(const Host& host, const LayerCreateRequest& request, const FileDescriptor& /*file*/)
{
    return create_layer(host, request.ref).transform(tell_version(request.ref));
}

Result<int> act(const Host& host, const LayerImportRequest& request, const FileDescriptor& file)
{
    TerminalReport terminal;
    SubjectReport report(terminal, request.ref.str());
    return import_into_layer(host, request.ref, file, request.file, report)
        .transform(tell_version(request.ref));
}

Result<int> act(const Host& host, const LayerBuildRequest& request, const FileDescriptor& file)
{
    TerminalReport terminal;
    SubjectReport report(terminal, request.ref.str());
    return read_stream(file, request.file == "-" ? "standard input" : quote(request.file),
                       longest_script)
        .and_then([&](std::string script) {
            return change_by_script(host, {request.ref, {request.abi, std::move(script)}, request.daily},
                                    report);
        });
}

Result<int> act(const Host& host, const LayerRefreshRequest& request, const FileDescriptor& /*file*/)
{
    TerminalReport report;
    return refresh_layers(host, request.refs, report).transform([] { return 0; });
}

Result<int> act(const Host& host, const LayerForgetRequest& request, const FileDescriptor& /*file*/)
{
    return forget_daily(host, request.ref).transform([&] {
        print(std::format("{}: is not made anew daily any more\n", request.ref.str()));
        return 0;
    });
}

Result<int> act(const Host& host, const LayerDeleteRequest& request, const FileDescriptor& /*file*/)
{
    return delete_layer(host, request.ref).transform([&] {
        print(std::format("{}: deleted\n", request.ref.str()));
        return 0;
    });
}

Result<int> act(const Host& host, const LayerHistoryRequest& request, const FileDescriptor& /*file*/)
{
    return layer_past(host, request.ref).transform([&](const LayerPast& past) {
        print(request.json ? format_history_json(past) : format_history_table(past));
        return 0;
    });
}

Result<int> act(const Host& host, const LayerRollbackRequest& request, const FileDescriptor& /*file*/)
{
    TerminalReport terminal;
    SubjectReport report(terminal, request.ref.str());
    auto version = roll_back_layer(host, request.ref, request.version, report);
    terminal.clear();
    return version.transform(tell_version(request.ref));
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

Result<int> run_layer_request(const Host& host, const LayerRequest& request, const FileDescriptor& file)
{
    return std::visit([&](const auto& chosen) { return act(host, chosen, file); }, request);
}

} // namespace left4me
