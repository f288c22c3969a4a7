#include "verbs/known_names.hpp"

#include "host/instance_store.hpp"
#include "layer/layer_store.hpp"

namespace left4me {
namespace {

template <class Name>
std::vector<std::string> texts_of(const std::vector<Name>& names)
{
    std::vector<std::string> texts;
    for (const auto& name : names)
        texts.push_back(name.str());
    return texts;
}

} // namespace

Result<std::vector<std::string>> server_names(const Host& host)
{
    return InstanceStore::open(host)
        .and_then([](const InstanceStore& store) { return store.names(); })
        .transform(texts_of<InstanceName>);
}

Result<std::vector<std::string>> layer_names(const Host& host)
{
    return LayerStore::open(host)
        .and_then([](const LayerStore& store) { return store.refs(); })
        .transform(texts_of<LayerRef>);
}

} // namespace left4me
