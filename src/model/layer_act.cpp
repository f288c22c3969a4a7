#include "model/layer_act.hpp"

#include "model/act_words.hpp"
#include "system/format.hpp"

#include <array>

namespace left4me {
namespace {

constexpr std::array<ActWords<LayerAct>, 5> layer_acts = {{
    {LayerAct::build, "build", "overlay\nbuild"},
    {LayerAct::rebuild, "rebuild", "overlay\nrefresh"},
    {LayerAct::forget, "forget", "overlay\nforget"},
    {LayerAct::roll_back, "rollback", "overlay\nrollback"},
    {LayerAct::remove, "delete", "overlay\ndelete"},
}};

std::string request_words(LayerAct act, const LayerRef& layer)
{
    return formatted("{}\n{}\n", words_of(layer_acts, act).verb, layer.str());
}

constexpr std::string_view multiarch_word = "--multiarch";
constexpr std::string_view daily_word = "--daily";

} // namespace

std::string_view word_for(LayerAct act)
{
    return words_of(layer_acts, act).word;
}

std::optional<LayerAct> parse_layer_act(std::string_view word)
{
    return act_of(layer_acts, word);
}

Result<JobRequest> build_request(const LayerRef& layer, const LayerScript& script)
{
    auto words = request_words(LayerAct::build, layer);
    if (script.multiarch)
        words += formatted("{}\n", multiarch_word);
    if (script.daily)
        words += formatted("{}\n", daily_word);
    return JobRequest::parse(JobKind::layers, formatted("{}\n{}", words, script.text));
}

LayerScript script_of(const JobRequest& request)
{
    return {.text = request.text(),
            .multiarch = request.has_option(multiarch_word),
            .daily = request.has_option(daily_word)};
}

Result<JobRequest> request_for(LayerAct act, const LayerRef& layer, std::optional<std::uint64_t> version)
{
    auto words = request_words(act, layer);
    if (act == LayerAct::roll_back && version)
        words += formatted("{}\n", *version);
    return JobRequest::parse(JobKind::layers, words);
}

} // namespace left4me
