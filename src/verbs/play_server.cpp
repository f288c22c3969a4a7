#include "verbs/play_server.hpp"

#include "host/bound_ports.hpp"
#include "host/instance_store.hpp"
#include "host/places.hpp"
#include "model/rcon_password.hpp"
#include "steam/installation.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "verbs/server_verbs.hpp"

#include <nlohmann/json.hpp>

namespace left4me {
namespace {

constexpr std::string_view play_mark = "# Of l4d2ctl doctor --play, which removes it.\n";
constexpr std::string_view play_verb = "doctor --play";

Result<void> require_installation(const Host& host)
{
    const auto whole = host.open_state().and_then([](const Directory& state) {
        return state.subdirectory(entry::installation).and_then(is_whole);
    });
    if (whole.value_or(false))
        return {};
    if (!whole && whole.error().status != ExitStatus::not_found)
        return std::unexpected(whole.error());
    return fail(ExitStatus::not_found,
                "the game is not installed, so there is nothing to play: l4d2ctl install");
}

/// Of the earlier server of that name: none where there is none, false where it is the operator's.
Result<std::optional<bool>> is_thrown_away(const InstanceStore& store)
{
    const auto there = store.exists(play_name());
    if (!there)
        return std::unexpected(there.error());
    if (!*there)
        return std::nullopt;
    return store.read_spec_text(play_name()).transform([](const std::string& text) {
        return std::optional(is_play_spec(text));
    });
}

Result<GamePort> find_free_port(const InstanceStore& store)
{
    const auto settings = store.host().settings();
    if (!settings)
        return std::unexpected(settings.error());
    std::optional<Error> trouble;
    const auto port = highest_port(settings->ports, [&](GamePort candidate) {
        if (trouble)
            return false;
        const auto bound = is_bound(candidate);
        const auto owner = store.owner_of(candidate, play_name());
        if (!bound || !owner)
            trouble = bound ? owner.error() : bound.error();
        return !trouble && !*bound && !*owner;
    });
    if (trouble)
        return std::unexpected(*trouble);
    if (!port)
        return fail(ExitStatus::busy,
                    formatted("no port of {}–{} is free (LEFT4ME_PORT_RANGE_* in "
                              "/etc/left4me/host.env)",
                              settings->ports.first.number(), settings->ports.last.number()));
    return *port;
}

/// What it has of another server: layers, and what of them is hidden.
Result<void> take_layers(const InstanceStore& store, const InstanceName& like, PlaySpec& spec)
{
    const auto exists = store.exists(like);
    if (exists && !*exists)
        return fail(ExitStatus::not_found, formatted("there is no server {}", quote(like.str())));
    return store.read_spec(like).transform([&](const InstanceSpec& other) {
        for (const auto& overlay : other.overlays)
            spec.overlays.push_back(overlay.ref);
        for (const auto& hidden : other.hidden)
            spec.hidden.push_back(hidden.path);
    });
}

Result<PlaySpec> plan_play_spec(const InstanceStore& store, const std::optional<InstanceName>& like)
{
    return find_free_port(store).and_then([&](GamePort port) {
        return random_rcon_password().and_then([&](std::string password) -> Result<PlaySpec> {
            PlaySpec spec = {port, {}, {}, std::move(password)};
            if (like)
                if (auto taken = take_layers(store, *like, spec); !taken)
                    return std::unexpected(taken.error());
            return spec;
        });
    });
}

} // namespace

std::string play_spec(const PlaySpec& spec)
{
    // JSON's quotes are YAML's, too.
    const auto quoted = [](std::string_view text) { return nlohmann::json(text).dump(); };
    const auto one = [&](const auto& ref) { return formatted("{{path: {}}}", quoted(ref.str())); };
    const auto path = [&](const HiddenPath& hidden) { return quoted(hidden.str()); };
    return formatted("{}port: {}\noverlays: [{}]\nhide: [{}]\narguments: [\"+map\", {}]\nhang_after: 0\n"
                     "config:\n  - 'hostname \"left4me: doctor --play\"'\n  - 'sv_password \"{}\"'\n",
                     play_mark, spec.port.number(), join(spec.overlays, ", ", one),
                     join(spec.hidden, ", ", path), quoted(play_map), spec.password);
}

bool is_play_spec(std::string_view spec_text)
{
    return spec_text.starts_with(play_mark);
}

InstanceName play_name()
{
    return *InstanceName::parse("doctor-play");
}

Result<PlayServer> make_play_server(const Host& host, const std::optional<InstanceName>& like,
                                    Report& report)
{
    if (auto there = require_installation(host); !there)
        return std::unexpected(there.error());
    const auto store = InstanceStore::open(host);
    const auto earlier = store.and_then(is_thrown_away);
    if (!earlier)
        return std::unexpected(earlier.error());
    if (*earlier && !**earlier)
        return fail(ExitStatus::busy,
                    formatted("there is a server {}, as the one would be called that is to be thrown "
                              "away: rename it",
                              quote(play_name().str())));
    if (*earlier)
        report.step("removing what an earlier one has left");
    if (auto removed = remove_play_server(host, report); !removed)
        return std::unexpected(removed.error());
    return plan_play_spec(*store, like).and_then([&](const PlaySpec& spec) {
        return initialize(host, play_name(), "the spec", play_spec(spec), report).transform([&] {
            return PlayServer{play_name(), spec.port, {spec.password}};
        });
    });
}

Result<void> remove_play_server(const Host& host, Report& report)
{
    return InstanceStore::open(host)
        .and_then(is_thrown_away)
        .and_then([&](std::optional<bool> thrown_away) -> Result<void> {
            if (thrown_away && !*thrown_away)
                return {};
            return remove(host, play_name(), play_verb, report).transform([](bool) {});
        });
}

} // namespace left4me
