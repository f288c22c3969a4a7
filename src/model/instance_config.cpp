#include "model/instance_config.hpp"

#include "system/format.hpp"
#include "system/key_value_lines.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace left4me {
namespace {

/// Set by the launcher alone. The engine compares without case.
constexpr std::array<std::string_view, 5> reserved = {"-port", "+hostport", "+ip", "-game",
                                                      "-norestart"};

struct Partial {
    std::optional<GamePort> port;
    std::vector<std::string> arguments;
    std::vector<Layer> lowerdirs;
    std::optional<WatchSettings::Query> query;
    std::optional<std::chrono::seconds> hang_after;
};

Result<void> take_argument(Partial& partial, std::string_view value)
{
    if (partial.arguments.size() == max_arguments)
        return fail(ExitStatus::bad_data, formatted("there are more than {}", max_arguments));
    return check_argument(value).transform([&] { partial.arguments.emplace_back(value); });
}

Result<void> take_lowerdir(Partial& partial, std::string_view value)
{
    if (partial.lowerdirs.size() == max_lowerdirs)
        return fail(ExitStatus::bad_data, formatted("there are more than {}", max_lowerdirs));
    return Layer::parse(value).transform(
        [&](Layer layer) { partial.lowerdirs.push_back(std::move(layer)); });
}

Result<void> take(Partial& partial, const KeyValue& line)
{
    if (line.key == "L4D2_PORT")
        return take_once(partial.port, GamePort::parse(line.value));
    if (line.key == "L4D2_ARG")
        return take_argument(partial, line.value);
    if (line.key == "L4D2_LOWERDIR")
        return take_lowerdir(partial, line.value);
    if (line.key == "L4D2_QUERY")
        return take_once(partial.query, parse_query(line.value));
    if (line.key == "L4D2_HANG_AFTER")
        return take_once(partial.hang_after, parse_hang_after(line.value));
    return fail(ExitStatus::bad_data, "there is no such key");
}

} // namespace

Result<void> check_argument(std::string_view argument)
{
    if (argument.size() > max_argument_size)
        return fail(ExitStatus::bad_data,
                    formatted("an argument is longer than {} bytes", max_argument_size));
    if (argument.contains('\n') || argument.contains('\0'))
        return fail(ExitStatus::bad_data, formatted("{} has a newline or a NUL", quote(argument)));
    for (const auto word : reserved)
        if (equal_ignoring_case(word, argument))
            return fail(ExitStatus::bad_data,
                        formatted("{} is reserved: left4me sets it itself", quote(argument)));
    return {};
}

Result<void> check_lowerdirs(const std::vector<Layer>& lowerdirs)
{
    if (lowerdirs.size() > max_lowerdirs)
        return fail(ExitStatus::bad_data, formatted("there are {} layers, at most {} are possible",
                                                    lowerdirs.size(), max_lowerdirs));
    const auto installations = std::ranges::count_if(lowerdirs, &Layer::is_installation);
    if (installations != 1 || !lowerdirs.back().is_installation())
        return fail(ExitStatus::bad_data, "the installation must be the last layer, and be there once");
    // Sorted by parts, a layer comes right before what lies inside it.
    std::map<std::string, const LayerRef*> sorted;
    for (const auto& layer : lowerdirs)
        if (layer.ref()) {
            auto key = layer.ref()->str() + '/';
            std::ranges::replace(key, '/', '\1');
            if (!sorted.emplace(std::move(key), &*layer.ref()).second)
                return fail(ExitStatus::bad_data,
                            formatted("layer {} is there twice", quote(layer.ref()->str())));
        }
    const LayerRef* previous = nullptr;
    for (const auto& [key, ref] : sorted) {
        if (previous != nullptr && previous->overlaps(*ref))
            return fail(ExitStatus::bad_data, formatted("layer {} lies inside layer {}",
                                                        quote(ref->str()), quote(previous->str())));
        previous = ref;
    }
    return {};
}

Result<InstanceConfig> parse_instance_config(std::string_view file, std::string_view text)
{
    Partial partial;
    auto taken = for_each_key_value(file, text, LineRules::strict, [&](const KeyValue& line) {
        return take(partial, line).or_else([&](const Error& error) -> Result<void> {
            return fail_at_line(file, line.line, formatted("{}: {}", quote(line.key), error.message));
        });
    });
    if (!taken)
        return std::unexpected(taken.error());
    if (!partial.port)
        return fail(ExitStatus::bad_data, formatted("{}: there is no L4D2_PORT", file));
    if (auto checked = check_lowerdirs(partial.lowerdirs); !checked)
        return fail(ExitStatus::bad_data,
                    formatted("{}: L4D2_LOWERDIR: {}", file, checked.error().message));
    const WatchSettings usual;
    return InstanceConfig{
        *partial.port,
        std::move(partial.arguments),
        std::move(partial.lowerdirs),
        {partial.query.value_or(usual.query), partial.hang_after.value_or(usual.hang_after)}};
}

std::string format_instance_config(const InstanceConfig& config)
{
    std::string text = formatted("L4D2_PORT={}\n", config.port.number());
    for (const auto& argument : config.arguments)
        text += formatted("L4D2_ARG={}\n", argument);
    for (const auto& layer : config.lowerdirs)
        text += formatted("L4D2_LOWERDIR={}\n", layer.path());
    const WatchSettings usual;
    if (config.watch.query != usual.query)
        text += formatted("L4D2_QUERY={}\n", query_word(config.watch.query));
    if (config.watch.hang_after != usual.hang_after)
        text += formatted("L4D2_HANG_AFTER={}\n", config.watch.hang_after.count());
    return text;
}

} // namespace left4me
