#include "steam/steamcmd_output.hpp"

#include "system/plain_text.hpp"

#include <algorithm>
#include <utility>

namespace left4me {
namespace {

/// Without colours, carriage returns, blanks around it and steamcmd's own prompt.
std::string plain(std::string_view line)
{
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\x1b' && i + 1 < line.size() && line[i + 1] == '[') {
            i += 2;
            while (i < line.size() && (line[i] < '@' || line[i] > '~'))
                ++i;
        } else if (line[i] != '\r')
            text += line[i];
    }
    constexpr std::string_view blanks = " \t";
    constexpr std::string_view console = "Steam>";
    const auto trim = [&] { text.erase(0, std::min(text.find_first_not_of(blanks), text.size())); };
    for (trim(); text.starts_with(console); trim())
        text.erase(0, console.size());
    text.erase(text.find_last_not_of(blanks) + 1);
    return text;
}

/// What stands between two texts; none where one of them is missing.
std::optional<std::string_view> between(std::string_view text, std::string_view before,
                                        std::string_view after)
{
    const auto begin = text.find(before);
    if (begin == std::string_view::npos)
        return std::nullopt;
    text.remove_prefix(begin + before.size());
    const auto end = text.find(after);
    if (end == std::string_view::npos)
        return std::nullopt;
    return text.substr(0, end);
}

/// "Update state (0x61) downloading, progress: 12.34 (123 / 456)"
std::optional<SteamEvent> parse_progress(std::string_view line)
{
    const auto phase = between(line, ") ", ", progress: ");
    const auto done = between(line.substr(std::min(line.find("progress: "), line.size())), "(", " / ");
    const auto total = between(line, " / ", ")");
    if (!phase || !done || !total)
        return std::nullopt;
    const auto bytes_done = parse_number<std::uint64_t>(*done);
    const auto bytes = parse_number<std::uint64_t>(*total);
    if (!bytes_done || !bytes)
        return std::nullopt;
    return SteamProgress{std::string(*phase), std::min(*bytes_done, *bytes), *bytes};
}

/// "ERROR! Failed to install app '222860' (Disk write failure)" and its like.
SteamFailure parse_error(const std::string& line)
{
    const auto state = parse_steam_state(line);
    return {state ? state->trouble : trouble_of_update(line), line};
}

/// "Logging in user 'x' to Steam Public...FAILED (Rate Limit Exceeded)" and its like.
/// A login for which a code is missing is no failure: a prompt follows.
std::optional<SteamEvent> parse_login(const std::string& line)
{
    for (const std::string_view mark : {"FAILED (", "ERROR (", "FAILED login", "Login Failure: "}) {
        const auto found = line.find(mark);
        if (found == std::string::npos)
            continue;
        const auto reason = std::string_view(line).substr(found);
        if (contains_ignoring_case(reason, "logon denied") || contains_ignoring_case(reason, "need two"))
            return std::nullopt;
        return SteamFailure{trouble_of_login(reason), line};
    }
    return std::nullopt;
}

/// What is told before the login, where steamcmd brings itself up to date.
std::optional<SteamEvent> parse_start(const std::string& line)
{
    if (line.starts_with("[") && line.contains("] Downloading update"))
        return SteamMilestone::updating_itself;
    if (const auto directory = between(line, "Logging directory: '", "'"))
        return SteamLogs{std::string(*directory)};
    if (line.contains("250MB of free disk space"))
        return SteamFailure{SteamTrouble::no_room, line};
    // A web page in the place of its list of files does it, and threads that do not start.
    for (const auto* words :
         {"needs to be online to update", "Thread failed to initialize", "Thread creation failed"})
        if (line.contains(words))
            return SteamFailure{SteamTrouble::transient, line};
    if (line.contains("Fatal Error"))
        return SteamFailure{SteamTrouble::unknown, line};
    return std::nullopt;
}

std::optional<SteamEvent> parse_login_step(const std::string& line)
{
    if (line.starts_with("Logging in using cached credentials") ||
        line.starts_with("Using cached credentials"))
        return SteamMilestone::uses_kept_login;
    if (line.contains("confirm the login in the Steam Mobile app"))
        return SteamMilestone::waits_for_phone;
    if (line == "Logged in OK" || line.starts_with("Waiting for user info...OK"))
        return SteamMilestone::logged_in;
    constexpr std::string_view end = "Login token expires at ";
    if (const auto found = line.find(end); found != std::string::npos)
        return SteamLoginEnd{line.substr(found + end.size())};
    return parse_login(line);
}

} // namespace

std::optional<SteamEvent> parse_steam_line(std::string_view raw)
{
    const auto line = plain(raw);
    if (line.starts_with("Update state ("))
        return parse_progress(line);
    if (line.starts_with("Success! App '"))
        return SteamMilestone::installed;
    if (line.starts_with("ERROR!") || line.starts_with("Error!"))
        return parse_error(line);
    if (auto event = parse_start(line))
        return event;
    return parse_login_step(line);
}

std::optional<SteamPrompt> parse_steam_prompt(std::string_view unfinished)
{
    const auto line = plain(unfinished);
    const auto ends = [&](std::string_view question) {
        return line.size() >= question.size() &&
               contains_ignoring_case(std::string_view(line).substr(line.size() - question.size()),
                                      question);
    };
    if (ends("password:"))
        return SteamPrompt::password;
    if (ends("steam guard code:") || ends("two-factor code:"))
        return SteamPrompt::guard_code;
    return std::nullopt;
}

} // namespace left4me
