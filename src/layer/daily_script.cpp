#include "layer/daily_script.hpp"

#include "system/prepared_file.hpp"

namespace left4me {
namespace {

const std::string script_name = "recipe"; // as 0.1.0 called it

// The first line tells for which processors; the script follows as it is, whatever its
// bytes are.
constexpr std::string_view native_line = "native\n";
constexpr std::string_view multiarch_line = "multiarch\n";

} // namespace

std::string format_daily_script(const BuildScript& script)
{
    return std::string(script.abi == BuildAbi::native ? native_line : multiarch_line) + script.text;
}

Result<BuildScript> parse_daily_script(std::string_view text)
{
    for (const auto& [line, abi] :
         {std::pair(native_line, BuildAbi::native), std::pair(multiarch_line, BuildAbi::multiarch)})
        if (text.starts_with(line) && text.size() > line.size() &&
            text.size() - line.size() <= max_script_size)
            return BuildScript{abi, std::string(text.substr(line.size()))};
    return fail(ExitStatus::bad_data, "the script that was kept of the layer is not as left4me keeps "
                                      "it: l4d2ctl overlay build with --daily keeps another");
}

Result<std::optional<BuildScript>> read_daily_script(const Directory& versions)
{
    const auto text = versions.read_file(script_name, max_script_size + multiarch_line.size());
    if (!text && text.error().status == ExitStatus::not_found)
        return std::nullopt;
    return text.and_then(parse_daily_script).transform([](BuildScript script) {
        return std::optional(std::move(script));
    });
}

Result<bool> has_daily_script(const Directory& versions)
{
    return versions.contains(script_name);
}

Result<void> prepare_daily_script(const Directory& versions, const BuildScript& script)
{
    return prepare_file(versions, script_name, format_daily_script(script), 0600);
}

Result<void> put_daily_script(const Directory& versions)
{
    return put_prepared(versions, script_name);
}

void drop_daily_script(const Directory& versions)
{
    drop_prepared(versions, script_name);
}

Result<void> remove_daily_script(const Directory& versions)
{
    return versions.remove_file(script_name).and_then([&] { return versions.sync(); });
}

} // namespace left4me
