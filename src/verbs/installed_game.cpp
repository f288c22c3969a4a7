#include "verbs/installed_game.hpp"

#include "host/places.hpp"
#include "steam/installation.hpp"

namespace left4me {

Result<InstalledGame> find_installed_game(const Host& host)
{
    return host.open_state()
        .and_then([](const Directory& state) { return state.subdirectory(entry::installation); })
        .and_then([](const Directory& tree) {
            return is_whole(tree).transform(
                [&](bool whole) { return InstalledGame{.is_there = whole, .build = build_of(tree)}; });
        });
}

} // namespace left4me
