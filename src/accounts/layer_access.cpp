#include "accounts/layer_access.hpp"

#include "system/format.hpp"

#include <algorithm>
#include <iterator>

namespace left4me {
namespace {

bool is_for(UserId user, const std::string& layer)
{
    return !layer.starts_with("users/") || layer.starts_with(own_layers(user));
}

} // namespace

std::string own_layers(UserId user)
{
    return formatted("users/{}/", user.number());
}

bool may_take_layer(const User& user, const LayerRef& layer)
{
    return user.role == Role::admin || is_for(user.id, layer.str());
}

bool may_change_layer(const User& user, const LayerRef& layer)
{
    return user.role == Role::admin || layer.str().starts_with(own_layers(user.id));
}

std::vector<std::string> layers_for(UserId owner, const std::vector<std::string>& all)
{
    std::vector<std::string> allowed;
    std::ranges::copy_if(all, std::back_inserter(allowed),
                         [&](const std::string& layer) { return is_for(owner, layer); });
    return allowed;
}

} // namespace left4me
