#include "web/first_steps.hpp"

#include "system/format.hpp"
#include "verbs/installed_game.hpp"
#include "verbs/known_names.hpp"
#include "web/links.hpp"

namespace left4me::web {
namespace {

Markup done(std::string_view what)
{
    return html(R"(<li><span class="good">Done:</span> {}</li>)", what);
}

Markup game_step(const FirstSteps& steps)
{
    if (steps.game)
        return done(steps.build ? formatted("the game is installed, build {}", *steps.build)
                                : "the game is installed");
    return steps.admin
               ? html(
                     R"(<li>Install the game: on the page of the <a href="{}">host</a>, or there by <code>{}</code>.</li>)",
                     Links::host(), "sudo l4d2ctl install")
               : html(
                     "<li>The game is not installed on this host yet: an administrator does that.</li>");
}

Markup layer_step(const FirstSteps& steps)
{
    if (steps.layers > 0)
        return done(steps.layers == 1 ? "there is a layer"
                                      : formatted("there are {} layers", steps.layers));
    const auto how =
        steps.admin ? html(R"( On the host, <code>{}</code> makes one.)", "sudo l4d2ctl overlay import")
                    : Markup();
    return html("<li>If you like, bring plugins and maps as a layer. None is needed to play the game as "
                "it is.{}</li>",
                how);
}

Markup blueprint_step(const FirstSteps& steps)
{
    if (steps.blueprints > 0)
        return done(steps.blueprints == 1 ? "you have a blueprint"
                                          : formatted("you have {} blueprints", steps.blueprints));
    return html(
        R"(<li>Make a <a href="{}">blueprint</a>: its layers, the game's arguments, and the lines of server.cfg. An empty one will do.</li>)",
        Links::new_blueprint());
}

} // namespace

Result<FirstSteps> look_for_first_steps(const Host& host, FirstSteps of_user)
{
    const auto game = find_installed_game(host);
    const auto layers = layer_names(host);
    if (!game || !layers)
        return std::unexpected(!game ? game.error() : layers.error());
    of_user.game = game->is_there;
    of_user.build = game->build;
    of_user.layers = layers->size();
    return of_user;
}

Markup first_steps(const FirstSteps& steps)
{
    const auto begin = steps.admin ? "There is no server yet. In this order:"
                                   : "No server is yours yet. Somebody may share one with you, or you "
                                     "make one, in this order:";
    const auto last =
        html(R"(<li>Make a <a href="{}">server</a> of it, and start it.</li>)", Links::new_server());
    return html(R"(<div class="empty"><p>{}</p><ol>{}{}{}{}</ol></div>)", begin, game_step(steps),
                layer_step(steps), blueprint_step(steps), last);
}

} // namespace left4me::web
