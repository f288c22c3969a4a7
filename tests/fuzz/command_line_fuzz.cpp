// The command lines of all programs: the words of an input end with NUL, as in
// /proc/PID/cmdline, and the first is the program.
#include "console/command_line.hpp"

#include "programs/l4d2ctl.hpp"
#include "programs/left4me_journalctl.hpp"
#include "programs/left4me_launch.hpp"
#include "programs/left4me_overlay.hpp"
#include "programs/left4me_script_sandbox.hpp"
#include "programs/left4me_systemctl.hpp"
#include "programs/left4me_workcopy.hpp"
#include "property.hpp"

#include <concepts>
#include <map>
#include <utility>

namespace left4me {
namespace {

using Words = std::vector<std::string>;

// The words that ask for a request, in one way of many. A verb or a name is a
// word of its own; a value stands behind its option's '='.

Words words_of(const InitializeRequest& request)
{
    if (request.file.empty())
        return {"initialize", request.name.str(), "--file", ""};
    return {"initialize", request.name.str(), "--file=" + request.file};
}
Words words_of(const StartRequest& request)
{
    return {"start", request.name.str()};
}
Words words_of(const StopRequest& request)
{
    return {"stop", request.name.str()};
}
Words words_of(const DeleteRequest& request)
{
    return {"delete", request.name.str()};
}
Words words_of(const ResetRequest& request)
{
    return {"reset", request.name.str()};
}
Words words_of(const StatusRequest& request)
{
    Words words = {"status"};
    if (request.name)
        words.push_back(request.name->str());
    if (request.json)
        words.push_back("--json");
    return words;
}
Words words_of(const LogsRequest& request)
{
    return {"logs", request.name.str(), std::format("--lines={}", request.lines),
            request.follow ? "--follow" : "--no-follow"};
}
Words words_of(const InstallRequest& request)
{
    Words words = {request.order.verb == InstallationVerb::install ? "install" : "update",
                   "--user=" + request.order.account.str()};
    if (request.order.validate)
        words.push_back("--validate");
    return words;
}
Words with_flag(Words words, const char* flag, bool set)
{
    if (set)
        words.emplace_back(flag);
    return words;
}
Words words_of(const DoctorRequest& request)
{
    return with_flag({"doctor"}, "--json", request.json);
}
Words words_of(const LayerListRequest& request)
{
    return with_flag({"overlay", "list"}, "--json", request.json);
}
Words words_of(const LayerShowRequest& request)
{
    return with_flag({"overlay", "show", request.ref.str()}, "--json", request.json);
}
Words words_of(const LayerCreateRequest& request)
{
    return {"overlay", "create", request.ref.str()};
}
Words words_of(const LayerBuildRequest& request)
{
    return with_flag(with_flag({"overlay", "build", "--file=" + request.file, request.ref.str()},
                               "--multiarch", request.abi == BuildAbi::multiarch),
                     "--daily", request.daily);
}
Words words_of(const LayerRefreshRequest& request)
{
    Words words = {"overlay", "refresh"};
    for (const auto& ref : request.refs)
        words.push_back(ref.str());
    return words;
}
Words words_of(const LayerForgetRequest& request)
{
    return {"overlay", "forget", request.ref.str()};
}
Words words_of(const LayerImportRequest& request)
{
    return {"overlay", "import", "--", request.ref.str(), request.file};
}
Words words_of(const LayerDeleteRequest& request)
{
    return {"overlay", "delete", request.ref.str()};
}
Words words_of(const LayerHistoryRequest& request)
{
    return with_flag({"overlay", "history", request.ref.str()}, "--json", request.json);
}
Words words_of(const LayerRollbackRequest& request)
{
    Words words = {"overlay", "rollback", request.ref.str()};
    if (request.version)
        words.push_back(std::to_string(*request.version));
    return words;
}

// Templates, for which nothing is converted: a verb without a function of its own would
// be made the variant that it is in, and that be visited, for ever.

template <std::same_as<LayerRequest> Request>
Words words_of(const Request& request)
{
    return std::visit([](const auto& chosen) { return words_of(chosen); }, request);
}
Words words_of(const WorkshopWords& request)
{
    Words words = {"workshop"};
    words.insert(words.end(), request.words.begin(), request.words.end());
    return words;
}
template <std::same_as<ControlRequest> Request>
Words words_of(const Request& request)
{
    return std::visit([](const auto& chosen) { return words_of(chosen); }, request);
}
Words words_of(const JournalRequest& request)
{
    return {request.name.str(), std::format("--lines={}", request.lines),
            request.follow == Follow::yes ? "--follow" : "--no-follow"};
}
Words words_of(const InstanceName& name)
{
    return {name.str()};
}

std::string word_of(OverlayVerb verb)
{
    switch (verb) {
    case OverlayVerb::mount:
        return "mount";
    case OverlayVerb::umount:
        return "umount";
    case OverlayVerb::purge:
        return "purge";
    case OverlayVerb::exchange_installation:
        return "exchange-installation";
    }
    std::unreachable();
}

std::string word_of(LayerRoute route)
{
    switch (route) {
    case LayerRoute::automatic:
        return "auto";
    case LayerRoute::descriptor:
        return "descriptor";
    case LayerRoute::path:
        return "path";
    }
    std::unreachable();
}

Words words_of(const OverlayRequest& request)
{
    Words words = {word_of(request.verb)};
    if (request.name)
        words.push_back(request.name->str());
    if (request.verb == OverlayVerb::mount)
        words.push_back("--layers-by=" + word_of(request.route));
    if (request.print)
        words.push_back("--print");
    return words;
}

Words words_of(const UnitRequest& request)
{
    switch (request.verb) {
    case UnitVerb::enable:
        return {"enable", request.name->str()};
    case UnitVerb::disable:
        return {"disable", request.name->str()};
    case UnitVerb::purge:
        return {"purge", request.name->str()};
    case UnitVerb::show:
        return {"show", request.name->str()};
    case UnitVerb::publish_installation:
        return {"publish-installation"};
    case UnitVerb::inspect:
        return {"inspect"};
    }
    std::unreachable();
}

Words words_of(const SandboxRequest& request)
{
    return with_flag({request.copy.layer.str(), request.copy.id.str()}, "--multiarch",
                     request.abi == BuildAbi::multiarch);
}

Words words_of(const WorkCopyRequest& request)
{
    return {request.verb == WorkCopyVerb::mount ? "mount" : "umount", request.run.str()};
}

using Parser = Result<Words> (*)(const Words&);

template <auto parse>
Result<Words> parser(const Words& words)
{
    std::vector<const char*> argv = {"program"};
    for (const auto& word : words)
        argv.push_back(word.c_str());
    const int argc = static_cast<int>(argv.size());
    argv.push_back(nullptr);
    return parse(argc, argv.data()).transform([](const auto& request) { return words_of(request); });
}

const std::map<std::string, Parser, std::less<>> programs = {
    {"l4d2ctl", parser<parse_control_request>},
    {"left4me-journalctl", parser<parse_journal_request>},
    {"left4me-launch", parser<parse_launch_request>},
    {"left4me-overlay", parser<parse_overlay_request>},
    {"left4me-script-sandbox", parser<parse_sandbox_request>},
    {"left4me-systemctl", parser<parse_unit_request>},
    {"left4me-workcopy", parser<parse_work_copy_request>},
};

Words words_in(std::string_view text)
{
    Words words;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find('\0'));
        words.emplace_back(word);
        text.remove_prefix(std::min(word.size() + 1, text.size()));
    }
    return words;
}

void check_accepted(Parser parse, const Words& given, const Words& asked)
{
    for (const auto& word : asked)
        require(word.starts_with('-') || std::ranges::contains(given, word),
                "a verb or a name is a word of the command line, as it is");
    const auto again = parse(asked);
    require(again.has_value() && *again == asked, "the same request in other words is the same");
}

void check_refused(const Error& error)
{
    if (error.status == ExitStatus::ok)
        require(error.message.ends_with('\n'), "what was asked for is whole lines");
    else
        require_refusal(error, ExitStatus::usage);
}

} // namespace
} // namespace left4me

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace left4me;
    auto words = words_in(text_of(data, size));
    const auto program = words.empty() ? programs.end() : programs.find(words.front());
    if (program == programs.end())
        return -1;
    words.erase(words.begin());
    if (const auto request = program->second(words))
        check_accepted(program->second, words, *request);
    else
        check_refused(request.error());
    return 0;
}
