// spec.yaml: what is accepted means the same when it is written again, and
// becomes an instance.conf and a server.cfg that are accepted, too.
#include "model/instance_spec.hpp"

#include "model/game_arguments.hpp"
#include "model/spec_files.hpp"
#include "property.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

namespace left4me {
namespace {

/// In double quotes, as YAML has them.
std::string yaml_word(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text)
        if (c == '"' || c == '\\')
            out += {'\\', c};
        else if ((c >= 0 && c < ' ') || c == '\x7f')
            out += std::format("\\x{:02x}", static_cast<unsigned>(c));
        else
            out += c;
    return out + '"';
}

std::string list_of(std::string_view key, const std::vector<std::string>& items)
{
    std::string text = std::format("{}:\n", key);
    for (const auto& item : items)
        text += std::format("- {}\n", yaml_word(item));
    return text;
}

/// A list, which may have any characters, or a block, where a quote needs no partner: what a spec had
/// is one of them.
std::string config_of(const std::vector<std::string>& lines)
{
    if (std::ranges::none_of(lines, has_open_quote))
        return list_of("config", lines);
    std::string text = "config: |2+\n";
    for (const auto& line : lines)
        text += std::format("  {}\n", line);
    return text;
}

std::string yaml_of(const InstanceSpec& spec)
{
    std::string text = std::format("port: {}\noverlays:\n", spec.port.number());
    for (const auto& overlay : spec.overlays) {
        text += std::format("- path: {}\n", yaml_word(overlay.ref.str()));
        if (overlay.alias)
            text += std::format("  alias: {}\n", yaml_word(overlay.alias->str()));
    }
    text += std::format("query: {}\nhang_after: {}\n", query_word(spec.watch.query),
                        spec.watch.hang_after.count());
    return text + list_of("arguments", spec.arguments) + config_of(spec.config);
}

void check_yaml(const InstanceSpec& spec)
{
    const auto text = yaml_of(spec);
    if (text.size() > max_instance_spec_size)
        return; // its aliases are written out
    const auto again = parse_instance_spec("f", text);
    require(again.has_value(), "a spec that is written again is read again");
    require(yaml_of(*again) == text, "a spec that is written again means the same");
}

void check_overlays(const InstanceSpec& spec)
{
    std::set<LayerAlias> aliases;
    for (const auto& overlay : spec.overlays) {
        require(stays_beneath(Layer::overlay(overlay.ref).path()),
                "a layer lies in the state directory");
        require(!overlay.alias || aliases.insert(*overlay.alias).second, "an alias is there once");
    }
}

/// The files made of a spec are what their readers take.
void check_files(const InstanceSpec& spec)
{
    const auto config = instance_config_of(spec);
    const auto text = format_instance_config(config);
    require(text.size() <= max_instance_config_size, "instance.conf is not too large to be read");
    const auto read = parse_instance_config("f", text);
    require(read.has_value(), "instance.conf is read again");
    require(read->port == spec.port && read->arguments == spec.arguments &&
                read->lowerdirs == config.lowerdirs && read->watch == spec.watch,
            "instance.conf has what the spec has");
    const auto server_cfg = server_cfg_of(spec);
    require(server_cfg.size() <= max_server_cfg_size, "server.cfg is not too large to be read");
    require(!server_cfg.contains('\0') && !server_cfg.contains('\r') &&
                std::cmp_equal(std::ranges::count(server_cfg, '\n'), spec.config.size()),
            "server.cfg has a line for each of config");
}

/// "f: …" of the file, or "f:LINE: …" with a line that is there.
void check_refusal(const Error& error, std::string_view text)
{
    require_refusal(error, ExitStatus::bad_data);
    std::string_view message = error.message;
    require(message.starts_with("f:"), "a refusal names the file");
    message.remove_prefix(2);
    if (message.starts_with(' '))
        return;
    std::size_t line = 0;
    const auto [end, problem] = std::from_chars(message.begin(), message.end(), line);
    require(problem == std::errc() && std::string_view(end, message.end()).starts_with(": "),
            "a refusal has a line and a reason");
    require(line >= 1 && std::cmp_less_equal(line, std::ranges::count(text, '\n') + 1),
            "a refusal's line is one of the file");
}

} // namespace
} // namespace left4me

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace left4me;
    const auto text = text_of(data, size);
    const auto spec = parse_instance_spec("f", text);
    if (!spec) {
        check_refusal(spec.error(), text);
        return 0;
    }
    check_yaml(*spec);
    check_overlays(*spec);
    check_files(*spec);
    return 0;
}
