#include "doctor/state_findings.hpp"

#include "host/places.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <cmath>
#include <sys/stat.h>
#include <utility>

namespace left4me {

namespace {

constexpr std::string_view sudoers_path = "/etc/sudoers.d/left4me";
constexpr std::string_view restore_sudoers =
    "install -m 0440 /usr/lib/left4me/sudoers /etc/sudoers.d/left4me";

/// Why sudo passes over the file: what it says of one goes to the log alone.
std::string fault_of(const SudoersFile& file)
{
    if (!file.mode)
        return "is not there";
    if (file.uid != 0 || (*file.mode & (S_IWGRP | S_IWOTH)) != 0)
        return formatted("is not root's alone (owner {}, mode {:04o}), so sudo passes over it", file.uid,
                         *file.mode);
    return file.parses ? "" : "cannot be read by sudo, which passes over it";
}

} // namespace

Findings judge_sudo(const SudoersFile& file, const std::vector<std::string>& refused)
{
    if (const auto fault = fault_of(file); !fault.empty()) {
        const bool own = !file.mode || !file.parses;
        return {{Check::sudo, Verdict::problem, formatted("{} {}", sudoers_path, fault),
                 own ? std::string(restore_sudoers)
                     : formatted("chown root:root {0} && chmod 0440 {0}", sudoers_path)}};
    }
    constexpr mode_t shipped = 0440;
    if (refused.empty() && *file.mode != shipped)
        return {{Check::sudo, Verdict::warning,
                 formatted("{} has mode {:04o}, and the package's is 0440", sudoers_path, *file.mode),
                 formatted("chmod 0440 {}", sudoers_path)}};
    if (refused.empty())
        return {{Check::sudo, Verdict::ok, "user left4me may call the helpers"}};
    const auto more = refused.size() == 1 ? "" : formatted(" (and {} more)", refused.size() - 1);
    return {{Check::sudo, Verdict::problem,
             formatted("sudo does not let user left4me run {}{}", refused.front(), more),
             formatted("{}, which is the package's own; or bring what you changed in line with it",
                       restore_sudoers)}};
}

Findings judge_sdk32(const Host& host, Sight sight)
{
    const auto file = host.steam_home() + "/.steam/sdk32/steamclient.so";
    switch (sight) {
    case Sight::there:
        return {{Check::sdk32, Verdict::ok, "servers see steamclient.so"}};
    case Sight::gone:
        return {{Check::sdk32, Verdict::problem,
                 formatted("{} is not there: servers register as LAN-only", quote(file)),
                 "l4d2ctl install"}};
    case Sight::hidden:
        return {
            {Check::sdk32, Verdict::problem,
             formatted("{} leads to where servers see nothing: they register as LAN-only", quote(file)),
             formatted("rm -r {}/.steam/sdk32 && l4d2ctl install, which puts the files themselves there",
                       host.steam_home())}};
    }
    std::unreachable();
}

namespace {

/// One finding for a layer: its first dead link, and how many there are.
Finding finding_of(const LayerFacts::Links& layer)
{
    // What leads out is lost for certain: it is the one to name.
    const auto& first = *std::ranges::min_element(layer.dead, {}, &DeadLink::stays);
    const auto why = first.sight == Sight::hidden ? "which servers do not see" : "which is not there";
    const auto more = layer.dead.size() == 1 ? "" : formatted(" (and {} more)", layer.dead.size() - 1);
    return {Check::layers, first.stays ? Verdict::warning : Verdict::problem,
            formatted("layer {}: {} leads to {}, {}{}", quote(layer.layer), quote(first.path.string()),
                      quote(first.target.string()), why, more),
            first.sight == Sight::hidden ? "put the file into a cache or the layer"
                                         : "put the file there, or remove the link"};
}

std::optional<Finding> finding_of(const LayerFacts::View& view)
{
    const auto& unseen = view.seen.unseen();
    const bool nothing = view.seen.finds_nothing();
    if (unseen.empty() && !nothing)
        return std::nullopt;
    auto what = formatted("layer {}: the game ", quote(view.layer));
    if (nothing)
        what += unseen.empty() ? "finds nothing in it: its files belong into left4dead2/"
                               : "finds nothing in it: ";
    if (!unseen.empty())
        what += formatted("{}{}: {}", nothing ? "" : "does not find ", quote(unseen.front().path),
                          unseen.front().why);
    if (view.seen.unseen_count() > 1)
        what += formatted(", and {} more", view.seen.unseen_count() - 1);
    return Finding{Check::layers, Verdict::warning, what,
                   formatted("put them where it looks; l4d2ctl overlay show {} names them", view.layer)};
}

} // namespace

Findings judge_layers(const LayerFacts& facts)
{
    ServerFindings broken(Check::layers);
    for (const auto& [server, why] : facts.broken)
        broken.add(server, Verdict::problem, why,
                   "mend the layer, or give another spec to l4d2ctl initialize #");
    auto findings = broken.all();
    for (const auto& layer : facts.links)
        if (!layer.dead.empty())
            findings.push_back(finding_of(layer));
    for (const auto& view : facts.views)
        if (auto finding = finding_of(view))
            findings.push_back(std::move(*finding));
    if (!facts.complete)
        findings.push_back(
            {Check::layers, Verdict::not_checked,
             formatted("what is beyond the first {} files was not looked at", max_entries)});
    return or_ok(std::move(findings), Check::layers,
                 formatted("{} there, with all that their links lead to",
                           facts.links.size() == 1 ? "1 layer is"
                                                   : formatted("{} layers are", facts.links.size())));
}

Findings judge_modes(const Host& host, const ModeFacts& facts)
{
    Findings findings;
    if (!facts.top.empty())
        findings.push_back(
            {Check::modes, Verdict::problem,
             formatted(
                 "{} is not closed to others and root's ({}): they could read layers and specs, or "
                 "put other things in their places",
                 host.state(), facts.top),
             formatted("chown root:left4me {0} && chmod 0750 {0}", host.state())});
    if (facts.has_access_list)
        findings.push_back({Check::modes, Verdict::problem,
                            formatted("{} has an access list, which lets other users in", host.state()),
                            formatted("setfacl --remove-all {}", host.state())});
    if (!facts.members.empty())
        findings.push_back({Check::modes, Verdict::warning,
                            formatted("users in the group left4me can read layers and the game: {}",
                                      join(facts.members, ", ", quote)),
                            formatted("gpasswd --delete {} left4me", facts.members.front())});
    const auto tell = [&](const ModeFacts::Kind& kind, std::string_view what, std::string action) {
        if (kind.count == 0)
            return;
        const auto more = kind.count == 1 ? "" : formatted(" (and {} more)", kind.count - 1);
        findings.push_back({Check::modes, Verdict::problem, formatted("{}{}{}", kind.first, what, more),
                            std::move(action)});
    };
    tell(facts.writable, " can be written by others than its owner",
         formatted("sudo -u {0} chmod -R go-w {1}/overlays {1}/versions {1}/installation", service_user,
                   host.state()));
    tell(facts.foreign, "", "remove it, and import or build the layer anew");
    tell(facts.closed, "", "remove it, as root, or give it to user left4me");
    if (!facts.complete)
        findings.push_back(
            {Check::modes, Verdict::not_checked,
             formatted("the modes beyond the first {} files were not looked at", max_entries)});
    return or_ok(std::move(findings), Check::modes, "what is published can be changed by nobody else");
}

Findings judge_rcon(const std::vector<Listener>& of_games,
                    const std::map<std::uint16_t, std::string>& names)
{
    std::string open;
    for (const auto& listener : of_games) {
        if (listener.loopback)
            continue;
        const auto name = names.find(listener.port);
        open += formatted("{}{} {}:{}", open.empty() ? "" : ", ",
                          name == names.end() ? "a server" : quote(name->second),
                          listener.address.contains(':') ? formatted("[{}]", listener.address)
                                                         : listener.address,
                          listener.port);
    }
    if (open.empty())
        return {{Check::rcon, Verdict::ok, "no server listens for RCON on an address of the outside"}};
    return {{Check::rcon, Verdict::note,
             formatted("RCON can be reached from outside, if no firewall closes it: {}", open),
             "see \"RCON\" in l4d2ctl(1) for the rule that does"}};
}

Findings judge_room(const Host& host, const Room& room)
{
    constexpr double low = 10;
    constexpr double too_low = 2;
    const auto least = std::min(room.bytes_percent, room.files_percent.value_or(room.bytes_percent));
    const auto verdict = least < too_low ? Verdict::problem
                         : least < low   ? Verdict::warning
                                         : Verdict::ok;
    const auto what = formatted(
        "{} has {:.0f} % of its bytes free and {}", host.state(), std::floor(room.bytes_percent),
        room.files_percent ? formatted("{:.0f} % of its files", std::floor(*room.files_percent))
                           : "no limit of files");
    return {{Check::room, verdict, what,
             verdict == Verdict::ok ? "" : "remove layers or servers that nobody needs, or enlarge it"}};
}

Findings judge_quota(const Host& host, bool limits_projects)
{
    if (limits_projects)
        return {{Check::quota, Verdict::ok, "what a server writes is limited"}};
    return {{Check::quota, Verdict::note,
             formatted("a server may fill {}: its file system has no project quotas", host.state()),
             "see \"Quotas\" in the guide for operators"}};
}

namespace {

/// What is wrong with one server's live state.
void judge_live_state(const LiveState& server, ServerFindings& findings)
{
    const bool orphan = server.initialised == false;
    const std::string remove = "l4d2ctl delete #";
    const auto found = [&](Verdict verdict, std::string what, std::string action) {
        findings.add(server.server, verdict, std::move(what), std::move(action));
    };
    if (server.mounted && !server.overlay_active)
        return found(Verdict::problem, "still mounted, and down", orphan ? remove : "l4d2ctl stop @");
    if (!server.mounted && server.overlay_active)
        return found(Verdict::problem, "up, and its layers are not mounted",
                     "l4d2ctl stop @, and l4d2ctl start @");
    if (orphan && (server.tree || server.overlay_active))
        return found(Verdict::warning, "it has no configuration, and what it wrote is there", remove);
    if (server.record && !server.mounted && !server.holder.empty())
        return found(Verdict::problem,
                     formatted("unmounted, but {} keeps its file system, so that it cannot be started",
                               server.holder),
                     "end that process");
    if (server.record && !server.mounted)
        return found(Verdict::warning, "unmounted, and nobody saw its file system end",
                     orphan ? remove : "l4d2ctl stop # says who keeps it");
}

} // namespace

Findings judge_leftovers(const std::vector<LiveState>& servers, const std::vector<std::string>& unused)
{
    Findings findings;
    for (const auto& tree : unused)
        findings.push_back(
            {Check::leftovers, Verdict::note,
             formatted("no server runs on the older installation in {} any more", quote(tree)),
             "l4d2ctl update removes it, as the next stop of a server does"});
    ServerFindings live(Check::leftovers);
    for (const auto& server : servers)
        judge_live_state(server, live);
    append(findings, live.all());
    findings =
        or_ok(std::move(findings), Check::leftovers, "nothing is mounted or kept without its server");
    if (!std::ranges::all_of(servers, [](const auto& server) { return server.initialised.has_value(); }))
        findings.push_back(
            not_checked(Check::leftovers, {ExitStatus::not_permitted,
                                           "only root can see which servers have a configuration"}));
    return findings;
}

} // namespace left4me
