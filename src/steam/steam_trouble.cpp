#include "steam/steam_trouble.hpp"

#include "system/plain_text.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace left4me {
namespace {

using Meaning = std::pair<std::string_view, SteamTrouble>;

/// The first whose words are in text.
SteamTrouble find(std::span<const Meaning> meanings, std::string_view text, SteamTrouble otherwise)
{
    for (const auto& [words, trouble] : meanings)
        if (contains_ignoring_case(text, words))
            return trouble;
    return otherwise;
}

constexpr auto update_errors = std::to_array<Meaning>({
    {"invalid platform", SteamTrouble::withheld}, // what Steam tells anonymous users
    {"no subscription", SteamTrouble::no_license},
    {"no license", SteamTrouble::no_license},
    {"access denied", SteamTrouble::no_license},
    {"missing decryption key", SteamTrouble::no_license},
    {"not released", SteamTrouble::no_license},
    {"region restricted", SteamTrouble::no_license},
    {"purchase pending", SteamTrouble::no_license},
    {"parental control", SteamTrouble::no_license},
    {"disk space", SteamTrouble::no_room},
    {"disk quota", SteamTrouble::no_room},
    {"disk write failure", SteamTrouble::not_written},
    {"disk read failure", SteamTrouble::not_written},
    {"corrupt disk", SteamTrouble::not_written},
    {"file permissions", SteamTrouble::not_accessible},
    {"invalid install path", SteamTrouble::not_accessible},
    {"invalid file system", SteamTrouble::not_accessible},
    {"file locked", SteamTrouble::not_accessible},
    {"corrupt game files", SteamTrouble::stuck},
    {"corrupt update files", SteamTrouble::stuck},
    {"corrupt download", SteamTrouble::stuck},
    {"missing update files", SteamTrouble::stuck},
    {"missing configuration", SteamTrouble::transient}, // of the first run in a new home
    {"manifest unavailable", SteamTrouble::transient},
    {"content unavailable", SteamTrouble::transient},
    {"content servers", SteamTrouble::transient},
    {"corrupt depot cache", SteamTrouble::transient},
    {"invalid application configuration", SteamTrouble::transient},
    {"invalid content configuration", SteamTrouble::transient},
    {"download disabled", SteamTrouble::transient},
    {"client out of date", SteamTrouble::transient}, // it updates itself at its next start
    {"other session", SteamTrouble::transient},
    {"suspended", SteamTrouble::transient},
    {"no connection", SteamTrouble::transient},
    {"not online", SteamTrouble::transient},
    {"timeout", SteamTrouble::transient},
    {"timed out", SteamTrouble::transient},
    {"busy", SteamTrouble::transient},
    {"rate limit", SteamTrouble::rate_limit},
});

constexpr auto login_results = std::to_array<Meaning>({
    {"rate limit", SteamTrouble::rate_limit},
    {"too many", SteamTrouble::rate_limit},
    {"limit exceeded", SteamTrouble::rate_limit},
    {"throttle", SteamTrouble::rate_limit},
    {"auth code", SteamTrouble::wrong_code},
    {"two-factor", SteamTrouble::wrong_code},
    {"twofactor", SteamTrouble::wrong_code},
    {"two factor", SteamTrouble::wrong_code},
    // What becomes of a kept login after a change of the password, or half a year.
    {"access denied", SteamTrouble::login_lapsed},
    {"expired", SteamTrouble::login_lapsed},
    {"login token", SteamTrouble::login_lapsed},
    {"cached credential", SteamTrouble::login_lapsed},
    {"revoked", SteamTrouble::login_lapsed},
    {"no connection", SteamTrouble::transient},
    {"connection failed", SteamTrouble::transient},
    {"handshake", SteamTrouble::transient},
    {"timeout", SteamTrouble::transient},
    {"timed out", SteamTrouble::transient},
    {"unavailable", SteamTrouble::transient},
    {"try another", SteamTrouble::transient},
    {"busy", SteamTrouble::transient},
    {"pending", SteamTrouble::transient},
    {"remote call failed", SteamTrouble::transient},
    {"disconnected", SteamTrouble::transient},
    {"bad response", SteamTrouble::transient},
    {"unexpected error", SteamTrouble::transient},
    {"(failure)", SteamTrouble::transient},
});

/// The first row whose flags are all set. What each means in practice is from reports and
/// from docs.linuxgsm.com/steamcmd/errors: Valve tells it nowhere.
struct StateRow {
    unsigned flags;
    SteamState state;
};
constexpr unsigned update_required = 0x2;
constexpr unsigned files_missing = 0x20;
constexpr unsigned files_corrupt = 0x80;
constexpr unsigned update_running = 0x100;
constexpr unsigned update_paused = 0x200;
constexpr unsigned update_started = 0x400;
constexpr auto states = std::to_array<StateRow>({
    {update_running, {SteamTrouble::transient, "an update of it was still running"}},
    {files_corrupt, {SteamTrouble::stuck, "files of the update are damaged"}},
    {files_missing, {SteamTrouble::stuck, "files of the update are missing"}},
    {update_paused | update_started,
     {SteamTrouble::transient, "it stopped in the middle: for the network, or for the disk"}},
    {update_paused, {SteamTrouble::transient, "it did not begin: mostly for want of room"}},
    {update_started, {SteamTrouble::transient, "the connection to Steam was lost"}},
    {update_required, {SteamTrouble::stuck, "an update is due, and it did not begin"}},
});

} // namespace

SteamTrouble trouble_of_update(std::string_view text)
{
    return find(update_errors, text, SteamTrouble::unknown);
}

SteamTrouble trouble_of_login(std::string_view text)
{
    return find(login_results, text, SteamTrouble::wrong_password);
}

std::optional<SteamState> parse_steam_state(std::string_view line)
{
    constexpr std::string_view before = "tate is 0x"; // "State is", before 2014
    const auto found = line.find(before);
    if (found == std::string_view::npos)
        return std::nullopt;
    const auto digits = line.substr(found + before.size());
    const auto flags = parse_number<unsigned>(digits.substr(0, digits.find(' ')), 16);
    if (!flags)
        return std::nullopt;
    const auto* const row = std::ranges::find_if(
        states, [&](const StateRow& one) { return (*flags & one.flags) == one.flags; });
    return row == states.end() ? SteamState{SteamTrouble::unknown, ""} : row->state;
}

} // namespace left4me
