#include "steam/steam_failure.hpp"

#include "host/places.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "system/tree_walk.hpp"

#include <unistd.h>
#include <utility>

namespace left4me {
namespace {

/// Less than this is no room for anything.
constexpr std::uint64_t hardly_any = 1024 * 1024;

/// "; its own log is in '…'"
std::string log_place(const SteamFailureFacts& facts)
{
    return facts.logs.empty() ? formatted("; its own logs are beneath {}", quote(facts.home))
                              : formatted("; its own logs are in {}", quote(facts.logs));
}

std::string no_license(const SteamAccount& account, const std::string& words)
{
    return account.is_anonymous()
               ? formatted("Steam gives this game's server to nobody without an account: name one that "
                           "owns Left 4 Dead 2 with --user NAME ({})",
                           words)
               : formatted("Steam account {} may not have app 222860: does it own Left 4 Dead 2? ({})",
                           quote(account.str()), words);
}

/// A state is a number that says nothing to people.
std::string transient(const SteamFailure& failure, const SteamFailureFacts& facts)
{
    const auto state = parse_steam_state(failure.line);
    const auto meaning =
        state && !state->meaning.empty()
            ? formatted("{}, and {} are free on the disk; ", state->meaning, human_bytes(facts.free))
            : std::string();
    const auto* const remedy = meaning.empty() ? "" : "; if it stays so, --fresh makes its tree anew";
    return formatted("steamcmd did not get through: {}{}{}{}", meaning, quote(failure.line),
                     log_place(facts), remedy);
}

std::string stuck(const SteamFailure& failure, const SteamFailureFacts& facts)
{
    const auto state = parse_steam_state(failure.line);
    return formatted("steamcmd does not get on, with a tree that was made anew neither: {}{}{}{}",
                     state ? state->meaning : "", state ? "; " : "", quote(failure.line),
                     log_place(facts));
}

std::string not_written(const std::string& words, const SteamFailureFacts& facts)
{
    return formatted("steamcmd could not write, although {} are free for {} ({}): {}",
                     human_bytes(facts.free), quote(facts.directory), words,
                     facts.foreign.empty()
                         ? "look for faults of the disk with journalctl -k"
                         : formatted("{} is not user {}'s", facts.foreign, service_user));
}

std::string not_accessible(const std::string& words, const SteamFailureFacts& facts)
{
    return formatted(
        "steamcmd may not write where it has to ({}): all of {} and {} must be user {}'s{}{}", words,
        quote(facts.directory), quote(facts.home), service_user,
        facts.foreign.empty() ? std::string() : formatted(", and {} is not", facts.foreign),
        log_place(facts));
}

class ForeignEntry final : public TreeVisitor {
public:
    Result<void> visit(const TreeEntry& entry) override { return look_at(entry); }
    Result<void> enter(const TreeEntry& entry, const Directory& /*below*/) override
    {
        return look_at(entry);
    }
    Result<void> failed(Error error) override
    {
        if (found.empty())
            found = error.message;
        return std::unexpected(std::move(error));
    }

    std::string found;

private:
    Result<void> look_at(const TreeEntry& entry)
    {
        if (entry.status.st_uid == geteuid())
            return {};
        found = entry.shown();
        return fail(ExitStatus::not_permitted, found); // that is enough
    }
};

} // namespace

SteamFailure measured(SteamFailure failure, std::uint64_t free)
{
    if (free < hardly_any)
        failure.trouble = SteamTrouble::no_room;
    return failure;
}

Error explain(const SteamFailure& failure, const SteamFailureFacts& facts)
{
    const auto words = quote(failure.line);
    const auto& account = facts.account;
    switch (failure.trouble) {
    case SteamTrouble::transient:
        return {ExitStatus::io, transient(failure, facts)};
    case SteamTrouble::stuck:
        return {ExitStatus::io, stuck(failure, facts)};
    case SteamTrouble::withheld:
    case SteamTrouble::no_license:
        return {ExitStatus::not_permitted, no_license(account, words)};
    case SteamTrouble::wrong_password:
        return {ExitStatus::not_permitted,
                formatted("Steam refused the login of {}: {}", quote(account.str()), words)};
    case SteamTrouble::login_lapsed:
        return {ExitStatus::not_permitted,
                formatted("Steam no longer takes the login that steamcmd keeps for {}: on a terminal, "
                          "--user {} --new-login makes another ({})",
                          quote(account.str()), account.str(), words)};
    case SteamTrouble::wrong_code:
        return {ExitStatus::not_permitted, formatted("Steam refused the Steam Guard code: {}", words)};
    case SteamTrouble::rate_limit:
        return {ExitStatus::busy, formatted("Steam takes no logins from here for now: wait half an "
                                            "hour, each try makes it longer ({})",
                                            words)};
    case SteamTrouble::no_room:
        return {ExitStatus::io, formatted("{}: {} are free for {}; steamcmd says {}",
                                          facts.free < hardly_any ? "no room on the disk"
                                                                  : "too little room for steamcmd",
                                          human_bytes(facts.free), quote(facts.directory), words)};
    case SteamTrouble::not_written:
        return {ExitStatus::io, not_written(words, facts)};
    case SteamTrouble::not_accessible:
        return {ExitStatus::not_permitted, not_accessible(words, facts)};
    case SteamTrouble::unknown:
        return {ExitStatus::internal, formatted("steamcmd failed: {}{}", words, log_place(facts))};
    }
    std::unreachable();
}

std::string find_foreign(const Directory& tree)
{
    ForeignEntry foreign;
    (void)walk_tree(tree, foreign);
    return foreign.found;
}

} // namespace left4me
