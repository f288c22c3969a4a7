#include "model/spec_blueprint.hpp"

#include "model/rcon_password.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <string_view>

namespace left4me {
namespace {

/// It sets the password, and does nothing else.
bool is_rcon_password(std::string_view line)
{
    return names_rcon_password(line) && !line.contains(';');
}

std::vector<std::string> kept_config(const InstanceSpec& spec)
{
    auto lines = spec.config;
    std::erase_if(lines, is_rcon_password);
    while (!lines.empty() && lines.back().empty())
        lines.pop_back();
    return lines;
}

std::string layer_line(const InstanceSpec::Overlay& layer)
{
    return layer.alias ? formatted("{} {}", layer.ref.str(), layer.alias->str()) : layer.ref.str();
}

std::string argument_word(const std::string& argument)
{
    const bool plain = !argument.empty() && argument.find_first_of(" \t") == std::string::npos;
    return plain ? argument : formatted("\"{}\"", argument);
}

bool is_same_layer(const InstanceSpec::Overlay& a, const InstanceSpec::Overlay& b)
{
    return layer_line(a) == layer_line(b);
}

bool is_same_path(const InstanceSpec::Hidden& a, const InstanceSpec::Hidden& b)
{
    return a.path.str() == b.path.str();
}

std::unexpected<Error> no_blueprint(std::string_view why)
{
    return fail(ExitStatus::bad_data, formatted("no blueprint can say what its spec does: {}", why));
}

/// What the blueprint makes of it is what it was.
Result<void> check_same(const InstanceSpec& spec, const Blueprint& blueprint)
{
    const auto again = parse_instance_spec("blueprint", blueprint.spec(spec.port));
    if (!again)
        return std::unexpected(again.error());
    if (again->arguments != spec.arguments || again->config != kept_config(spec) ||
        !std::ranges::equal(again->overlays, spec.overlays, is_same_layer) ||
        !std::ranges::equal(again->hidden, spec.hidden, is_same_path))
        return no_blueprint("a word of its arguments has a quote, or the like");
    return {};
}

} // namespace

Result<Blueprint> blueprint_of(const InstanceSpec& spec)
{
    if (spec.watch != WatchSettings())
        return no_blueprint("it has query or hang_after");
    return Blueprint::parse(
               {.layers = join(spec.overlays, "\n", layer_line),
                .hide = join(spec.hidden, "\n", [](const auto& hidden) { return hidden.path.str(); }),
                .arguments = join(spec.arguments, "\n", argument_word),
                .config = join(kept_config(spec), "\n")})
        .and_then([&](Blueprint blueprint) {
            return check_same(spec, blueprint).transform([&] { return std::move(blueprint); });
        });
}

} // namespace left4me
