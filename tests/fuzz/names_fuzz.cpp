// Names, aliases, refs, layers and ports: each parser takes exactly what its
// grammar says, which is written here a second time, in other words.
#include "host/host.hpp"
#include "host/places.hpp"
#include "host/unit_names.hpp"
#include "model/build_run.hpp"
#include "model/game_port.hpp"
#include "model/instance_name.hpp"
#include "model/layer.hpp"
#include "model/layer_alias.hpp"
#include "property.hpp"

#include <cctype>
#include <ranges>

namespace left4me {
namespace {

// The locale is "C": these know ASCII alone.
bool is_lower_or_digit(unsigned char c)
{
    return std::islower(c) != 0 || std::isdigit(c) != 0;
}
bool is_letter_or_digit(unsigned char c)
{
    return std::isalnum(c) != 0;
}

bool consists_of(std::string_view text, bool (*is_first)(unsigned char), std::string_view marks)
{
    const auto is_later = [&](char c) {
        return is_first(static_cast<unsigned char>(c)) || marks.contains(c);
    };
    return std::ranges::all_of(text.substr(0, 1), is_first) && std::ranges::all_of(text, is_later);
}

bool is_name(std::string_view text, std::size_t longest)
{
    return !text.empty() && text.size() <= longest && consists_of(text, is_lower_or_digit, "_-");
}

bool is_ref(std::string_view text)
{
    return !text.empty() && text.size() <= 3900 &&
           std::ranges::all_of(std::views::split(text, '/'), [](auto part) {
               return !part.empty() && part.size() <= 255 &&
                      consists_of(std::string_view(part), is_letter_or_digit, "._-");
           });
}

bool is_port(std::string_view text)
{
    return text.size() >= 4 && text.size() <= 5 && text.front() != '0' &&
           text.find_first_not_of("0123456789") == std::string_view::npos &&
           std::stoi(std::string(text)) >= 1024 && std::stoi(std::string(text)) <= 65535;
}

/// Accepted is what the grammar has, and kept as it is; text gives it back.
template <class T>
void require_grammar(const Result<T>& parsed, bool in_grammar, ExitStatus refusal,
                     std::string_view given, auto text)
{
    require(parsed.has_value() == in_grammar, "what is accepted is what the grammar has");
    if (parsed)
        require(text(*parsed) == given, "what is accepted is kept as it is");
    else
        require_refusal(parsed.error(), refusal);
}

constexpr auto str = [](const auto& value) { return value.str(); };
constexpr auto path_of = [](const Layer& layer) { return layer.path(); };
constexpr auto digits = [](GamePort port) { return std::format("{}", port.number()); };

void check_name(std::string_view text)
{
    const auto name = InstanceName::parse(text);
    require_grammar(name, is_name(text, 64), ExitStatus::usage, text, str);
    if (!name)
        return;
    for (const auto& path :
         {instance_path(*name), live_path(*name), live_path_before(*name), runtime_path(*name)})
        require(stays_beneath(path) && path.contains(text), "an instance's paths are its own");
    require(Host("/state", "/run", "/etc").merged_path(*name) ==
                std::format("/state/runtime/{}/merged", text),
            "the merged tree lies in the state directory");
    require(server_unit(*name) == std::format("left4me-server@{}.service", text),
            "a unit's name needs no escaping");
}

void check_layer(std::string_view text)
{
    constexpr std::string_view overlays = "overlays/";
    const auto layer = Layer::parse(text);
    const bool is_overlay = text.starts_with(overlays) && is_ref(text.substr(overlays.size()));
    require_grammar(layer, text == "installation" || is_overlay, ExitStatus::bad_data, text, path_of);
    if (layer)
        require(stays_beneath(layer->path()), "a layer lies in the state directory");
}

bool is_build_id(std::string_view text)
{
    return !text.empty() && text.size() <= 32 && consists_of(text, is_lower_or_digit, "");
}

bool is_build_run(std::string_view text)
{
    const auto dash = text.find('-');
    return dash != std::string_view::npos && is_build_id(text.substr(0, dash)) &&
           text.size() - dash == 17 &&
           text.find_first_not_of("0123456789abcdef", dash + 1) == std::string_view::npos;
}

void check_build(std::string_view text)
{
    require_grammar(BuildId::parse(text), is_build_id(text), ExitStatus::usage, text, str);
    const auto run = BuildRun::parse(text);
    require_grammar(run, is_build_run(text), ExitStatus::usage, text, str);
    if (run)
        require(workcopy_unit(*run) == std::format("left4me-workcopy@{}.service", text),
                "a unit's name needs no escaping");
    const auto copy = parse_work_copy(text);
    const auto blank = text.find(' ');
    const auto line = text.substr(0, text.size() - (text.ends_with('\n') ? 1 : 0));
    const bool names_one = blank != std::string_view::npos && is_ref(text.substr(0, blank)) &&
                           is_build_id(line.substr(std::min(blank + 1, line.size())));
    require(copy.has_value() == names_one, "a work copy is a ref, a blank and an id");
    if (copy)
        require(stays_beneath(work_copy_path(*copy)) &&
                    format_work_copy(*copy) == std::string(line) + '\n',
                "a work copy lies in the state directory, and its line is given back");
}

void check_refs(std::string_view a, std::string_view b)
{
    const auto first = LayerRef::parse(a);
    const auto second = LayerRef::parse(b);
    require_grammar(first, is_ref(a), ExitStatus::bad_data, a, str);
    require_grammar(second, is_ref(b), ExitStatus::bad_data, b, str);
    if (first)
        require(stays_beneath(first->str()), "a ref stays below overlays/");
    if (!first || !second)
        return;
    const auto x = std::format("{}/", a);
    const auto y = std::format("{}/", b);
    require(first->overlaps(*second) == (x.starts_with(y) || y.starts_with(x)),
            "refs overlap where one's directory is in the other's");
    require(first->overlaps(*second) == second->overlaps(*first), "an overlap is mutual");
}

} // namespace
} // namespace left4me

/// The text, and for a pair of refs its first line and the rest.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace left4me;
    const auto text = text_of(data, size);
    const auto line = text.substr(0, text.find('\n'));
    check_name(text);
    require_grammar(LayerAlias::parse(text), is_name(text, 32), ExitStatus::bad_data, text, str);
    require_grammar(GamePort::parse(text), is_port(text), ExitStatus::bad_data, text, digits);
    check_layer(text);
    check_build(text);
    check_refs(line, text.substr(std::min(line.size() + 1, size)));
    check_refs(text, text);
    return 0;
}
