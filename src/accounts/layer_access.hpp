#pragma once

#include "accounts/user.hpp"
#include "model/layer_ref.hpp"

#include <string>
#include <vector>

namespace left4me {

// Whose a layer is, its name says: what lies beneath users/ID is that user's, all others are the
// administrators', and everybody's to take.

/// "users/7/", what the names of that user's own layers begin with.
std::string own_layers(UserId user);

/// Whether they may see it, and put it into a blueprint. An admin may see all.
bool may_take_layer(const User& user, const LayerRef& layer);

/// Whether it is theirs to build, to take back and to delete; an admin's are all.
bool may_change_layer(const User& user, const LayerRef& layer);

/// The layers that a blueprint of that user may take, of all there are: their own, and those that are
/// nobody's.
std::vector<std::string> layers_for(UserId owner, const std::vector<std::string>& all);

} // namespace left4me
