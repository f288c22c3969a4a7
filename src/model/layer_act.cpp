#include "model/layer_act.hpp"

#include "system/format.hpp"

#include <algorithm>
#include <array>

namespace left4me {
namespace {

struct Words {
    LayerAct act;
    std::string_view word;
    std::string_view verb; ///< of l4d2ctl overlay
};

using enum LayerAct;
constexpr std::array<Words, 5> all_words = {{
    {build, "build", "build"},
    {rebuild, "rebuild", "refresh"},
    {forget, "forget", "forget"},
    {roll_back, "rollback", "rollback"},
    {remove, "delete", "delete"},
}};

const Words& words_for(LayerAct act)
{
    return *std::ranges::find(all_words, act, &Words::act);
}

constexpr std::string_view multiarch_word = "--multiarch";
constexpr std::string_view daily_word = "--daily";

} // namespace

std::string_view word_for(LayerAct act)
{
    return words_for(act).word;
}

std::optional<LayerAct> parse_layer_act(std::string_view word)
{
    const auto found = std::ranges::find(all_words, word, &Words::word);
    return found == all_words.end() ? std::nullopt : std::optional(found->act);
}

Result<JobRequest> build_request(const LayerRef& layer, const LayerScript& script)
{
    std::string words = formatted("overlay\n{}\n{}\n", words_for(build).verb, layer.str());
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
    const auto words = formatted("overlay\n{}\n{}\n", words_for(act).verb, layer.str());
    return JobRequest::parse(JobKind::layers,
                             act == roll_back && version ? formatted("{}{}\n", words, *version) : words);
}

} // namespace left4me
