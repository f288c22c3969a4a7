#include "web/links.hpp"

#include <algorithm>

namespace left4me::web {

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
