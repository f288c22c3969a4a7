#include "model/layer.hpp"

#include "system/format.hpp"

namespace left4me {
namespace {

constexpr std::string_view installation_path = "installation";
constexpr std::string_view overlays_prefix = "overlays/";

} // namespace

Result<Layer> Layer::parse(std::string_view path)
{
    if (path == installation_path)
        return installation();
    if (!path.starts_with(overlays_prefix))
        return fail(ExitStatus::bad_data,
                    formatted("{} is not a layer: it must be 'installation' or lie below overlays/",
                              quote(path)));
    return LayerRef::parse(path.substr(overlays_prefix.size())).transform(overlay);
}

std::string Layer::path() const
{
    return ref_ ? formatted("{}{}", overlays_prefix, ref_->str()) : std::string(installation_path);
}

std::string Layer::name() const
{
    return ref_ ? ref_->str() : std::string(installation_path);
}

} // namespace left4me
