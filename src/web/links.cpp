#include "web/links.hpp"

#include <algorithm>

namespace left4me::web {

constexpr const char* assets_query = LEFT4ME_WEB_ASSETS;
const std::string_view Links::assets = assets_query;

Url Links::style()
{
    return Url(std::string("/style.css?") + assets_query);
}

Url Links::script()
{
    return Url(std::string("/live.js?") + assets_query);
}

Url Links::icon()
{
    return Url(std::string("/icon.svg?") + assets_query);
}

std::string part_of_layer(const LayerRef& ref)
{
    auto part = ref.str();
    std::ranges::replace(part, '/', '~');
    return part;
}

Result<LayerRef> layer_of_part(std::string_view part)
{
    std::string ref(part);
    std::ranges::replace(ref, '~', '/');
    return LayerRef::parse(ref);
}

} // namespace left4me::web
