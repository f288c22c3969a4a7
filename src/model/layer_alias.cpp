#include "model/layer_alias.hpp"

#include "model/name_grammar.hpp"
#include "system/format.hpp"

namespace left4me {

Result<LayerAlias> LayerAlias::parse(std::string_view text)
{
    constexpr std::size_t max_size = 32;
    if (const auto rule = broken_name_rule(text, max_size))
        return fail(ExitStatus::bad_data, formatted("{} is not an alias: {}", quote(text), *rule));
    return LayerAlias(text);
}

} // namespace left4me
