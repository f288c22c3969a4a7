#include "steam/steamcmd_output.hpp"

#include "system/plain_text.hpp"

#include <algorithm>
#include <array>
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

bool contains_ignoring_case(std::string_view text, std::string_view part)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return !std::ranges::search(text, part, {}, lower, lower).empty();
}

/// The reason of a failure, as steamcmd words it, and what it means.
SteamTrouble trouble_of(std::string_view reason)
{
    constexpr std::array<std::pair<std::string_view, SteamTrouble>, 24> meanings = {{
        {"no subscription", SteamTrouble::no_license},
        {"invalid platform", SteamTrouble::no_license}, // what Steam tells anonymous users
        {"no license", SteamTrouble::no_license},
        {"access denied", SteamTrouble::no_license},
        {"rate limit", SteamTrouble::rate_limit},
        {"too many", SteamTrouble::rate_limit},
        {"account loginfailure throttle", SteamTrouble::rate_limit},
        {"auth code", SteamTrouble::wrong_code},
        {"two-factor", SteamTrouble::wrong_code},
        {"twofactor", SteamTrouble::wrong_code},
        {"two factor", SteamTrouble::wrong_code},
        {"invalid password", SteamTrouble::wrong_password},
        {"account not found", SteamTrouble::wrong_password},
        {"disk space", SteamTrouble::no_room},
        {"disk write", SteamTrouble::no_room},
        {"missing configuration", SteamTrouble::transient}, // of the first run in a new home
        {"timeout", SteamTrouble::transient},
        {"timed out", SteamTrouble::transient},
        {"no connection", SteamTrouble::transient},
        {"not online", SteamTrouble::transient},
        {"service unavailable", SteamTrouble::transient},
        {"try another", SteamTrouble::transient},
        {"busy", SteamTrouble::transient},
        {"content servers unreachable", SteamTrouble::transient},
    }};
    for (const auto& [words, trouble] : meanings)
        if (contains_ignoring_case(reason, words))
            return trouble;
    return SteamTrouble::unknown;
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

/// "Error! App '222860' state is 0x602 after update job." A state with the bit of
/// an update that is still required says that it was not finished.
SteamTrouble trouble_of_state(std::string_view line)
{
    constexpr unsigned update_required = 0x2;
    constexpr unsigned files_missing = 0x20;
    constexpr unsigned files_corrupt = 0x80;
    const auto digits = between(line, "state is 0x", " ");
    const auto state = digits ? parse_number<unsigned>(*digits, 16) : std::nullopt;
    const bool unfinished = state && (*state & (update_required | files_missing | files_corrupt)) != 0;
    return unfinished ? SteamTrouble::transient : SteamTrouble::unknown;
}

/// "Logging in user 'x' to Steam Public...FAILED (Rate Limit Exceeded)" and its like.
/// A login for which a code is missing is no failure: a prompt follows.
std::optional<SteamEvent> parse_login(const std::string& line)
{
    const auto failed_at = std::min(line.find("FAILED"), line.find("ERROR ("));
    const auto reason = failed_at != std::string::npos        ? std::string_view(line).substr(failed_at)
                        : line.starts_with("Login Failure: ") ? std::string_view(line)
                                                              : std::string_view();
    if (reason.empty() || contains_ignoring_case(reason, "logon denied") ||
        contains_ignoring_case(reason, "need two"))
        return std::nullopt;
    const auto trouble = trouble_of(reason);
    // "FAILED (Access Denied)" at a login is about the password.
    return SteamFailure{trouble == SteamTrouble::no_license ? SteamTrouble::wrong_password : trouble,
                        line};
}

} // namespace

std::optional<SteamEvent> parse_steam_line(std::string_view raw)
{
    const auto line = plain(raw);
    if (line.starts_with("Update state ("))
        return parse_progress(line);
    if (line.starts_with("Success! App '"))
        return SteamMilestone::installed;
    if (line.starts_with("Error! App '"))
        return SteamFailure{trouble_of_state(line), line};
    if (line.starts_with("ERROR!") || line.starts_with("Error!"))
        return SteamFailure{trouble_of(line), line};
    if (line.starts_with("[") && line.contains("] Downloading update"))
        return SteamMilestone::updating_itself;
    if (line.contains("250MB of free disk space"))
        return SteamFailure{SteamTrouble::no_room, line};
    if (line.contains("confirm the login in the Steam Mobile app"))
        return SteamMilestone::waits_for_phone;
    if (line == "Logged in OK" || line.starts_with("Waiting for user info...OK"))
        return SteamMilestone::logged_in;
    return parse_login(line);
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
