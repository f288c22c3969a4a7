#include "layer/layer_recipe.hpp"

namespace left4me {
namespace {

const std::string file_name = "recipe";

// The first line tells for which processors; the script follows as it is, whatever its
// bytes are.
constexpr std::string_view native_line = "native\n";
constexpr std::string_view multiarch_line = "multiarch\n";

} // namespace

std::string format_layer_recipe(const LayerRecipe& recipe)
{
    return std::string(recipe.abi == BuildAbi::native ? native_line : multiarch_line) + recipe.script;
}

Result<LayerRecipe> parse_layer_recipe(std::string_view text)
{
    for (const auto& [line, abi] :
         {std::pair(native_line, BuildAbi::native), std::pair(multiarch_line, BuildAbi::multiarch)})
        if (text.starts_with(line) && text.size() > line.size() &&
            text.size() - line.size() <= longest_script)
            return LayerRecipe{abi, std::string(text.substr(line.size()))};
    return fail(ExitStatus::bad_data, "the script that was kept of the layer is not as left4me keeps "
                                      "it: l4d2ctl overlay build with --daily keeps another");
}

Result<std::optional<LayerRecipe>> read_layer_recipe(const Directory& versions)
{
    const auto text = versions.read_file(file_name, longest_script + multiarch_line.size());
    if (!text && text.error().status == ExitStatus::not_found)
        return std::nullopt;
    return text.and_then(parse_layer_recipe).transform([](LayerRecipe recipe) {
        return std::optional(std::move(recipe));
    });
}

Result<bool> has_layer_recipe(const Directory& versions)
{
    return versions.contains(file_name);
}

Result<void> write_layer_recipe(const Directory& versions, const LayerRecipe& recipe)
{
    return versions.replace_file(file_name, format_layer_recipe(recipe), 0600);
}

Result<void> remove_layer_recipe(const Directory& versions)
{
    return versions.remove_file(file_name).and_then([&] { return versions.sync(); });
}

} // namespace left4me
