// instance.conf: whatever user left4me writes into it, the root helper and the
// launcher see nothing but a port, words for the game, and layers.
#include "model/instance_config.hpp"

#include "host/places.hpp"
#include "model/game_arguments.hpp"
#include "property.hpp"
#include "root/overlay_plan.hpp"
#include "sandbox/launcher.hpp"

#include <ranges>
#include <strings.h>

namespace left4me {
namespace {

void check_round_trip(const InstanceConfig& config)
{
    const auto text = format_instance_config(config);
    require(text.size() <= max_instance_config_size, "what is written is not too large to be read");
    const auto again = parse_instance_config("f", text);
    require(again.has_value(), "what is written is read again");
    require(again->port == config.port, "the port is read again");
    require(again->arguments == config.arguments, "the arguments are read again");
    require(again->lowerdirs == config.lowerdirs, "the layers are read again");
    require(again->watch == config.watch, "how it is watched is read again");
    require(format_instance_config(*again) == text, "what is written again is the same");
}

/// The engine takes the last of what is given twice, and compares without case.
void check_command(const InstanceConfig& config)
{
    const auto command = game_command(config, GameProgram::srcds_linux).words;
    const auto count = [&](const char* word) {
        return std::ranges::count_if(
            command, [&](const std::string& other) { return strcasecmp(word, other.c_str()) == 0; });
    };
    for (const auto* word : {"-game", "+ip", "+hostport"})
        require(count(word) == 1, "what left4me sets is set once");
    require(count("-port") == 0, "the port is set by +hostport alone");
    constexpr std::size_t own = 7;
    const auto kept = without_wrapper_words(config.arguments).kept;
    require(std::ranges::equal(command | std::views::drop(own) | std::views::take(kept.size()), kept),
            "an argument is a word of the command, as it is");
    for (const auto& word : command)
        require(!word.contains('\0') && !word.contains('\n'), "a word has no NUL and no newline");
}

void check_layers(const std::vector<Layer>& layers)
{
    require(layers.back().is_installation(), "the installation is last");
    for (auto layer = layers.begin(); layer != layers.end(); ++layer)
        require(std::none_of(layers.begin(), layer,
                             [&](const Layer& above) {
                                 return above.is_installation() ||
                                        (layer->ref() && above.ref()->overlaps(*layer->ref()));
                             }),
                "no layer is inside another, and the installation is there once");
}

void check_plan(const InstanceConfig& config)
{
    const auto plan = plan_overlay(InstanceName::parse("coop1").value(), "live/coop1", config);
    require(stays_beneath(plan.configuration), "the configuration lies in the state directory");
    const auto again = parse_instance_config("f", plan.instance_conf);
    require(again && format_instance_config(*again) == format_instance_config(config),
            "the launcher is given what was read");
    for (const auto& layer : plan.lowerdirs)
        require(stays_beneath(layer.path()), "a layer lies in the state directory");
    const std::string printed = describe({"/state", "/run", "/etc"}, plan);
    std::size_t paths = 0;
    for (const auto line : std::views::split(std::string_view(printed), '\n'))
        paths += std::string_view(line).contains("  /state/") ? 1 : 0;
    constexpr std::size_t own = 4; // merged, upper, work and the configuration
    require(paths == own + config.lowerdirs.size(), "the plan as printed names no more than these");
}

} // namespace
} // namespace left4me

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace left4me;
    const auto config = parse_instance_config("f", text_of(data, size));
    if (!config) {
        require_refusal(config.error(), ExitStatus::bad_data);
        return 0;
    }
    check_round_trip(*config);
    check_command(*config);
    check_layers(config->lowerdirs);
    check_plan(*config);
    return 0;
}
