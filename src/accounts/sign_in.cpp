#include "accounts/sign_in.hpp"

#include "accounts/password.hpp"
#include "accounts/second_factor.hpp"
#include "accounts/throttle.hpp"
#include "system/format.hpp"

namespace left4me {
namespace {

using Answer = Result<std::variant<NewSession, Refused>>;

struct Candidate {
    UserId id;
    std::string hash; ///< empty: may not sign in
};

/// What is no name that a user can have is counted as one of its own.
std::string key_of(std::string_view name)
{
    const auto parsed = UserName::parse(name);
    return parsed ? parsed->str() : "?";
}

Result<std::optional<Candidate>> candidate(Database& database, std::string_view name)
{
    return database.one("SELECT id, iif(active, password, NULL) FROM users WHERE name = ?", {name},
                        [](const Row& row) { return Candidate{UserId::in(row, 0), row.text(1)}; });
}

/// Who had the right password while it was changed, or the user was deactivated, has not signed in.
Result<bool> note_sign_in(Database& database, const Candidate& user, AccountTime now)
{
    return database
        .run("UPDATE users SET signed_in = ? WHERE id = ? AND active AND password = ?",
             {seconds_of(now), user.id.number(), std::string_view(user.hash)})
        .transform([](std::int64_t changed) { return changed > 0; });
}

/// At today's price, while the password is there to be hashed.
Result<void> renew_hash(Database& database, const Candidate& user, const Secret& password)
{
    if (!is_outdated_hash(user.hash))
        return {};
    return hash_password(password)
        .and_then([&](const std::string& hash) {
            return database.run("UPDATE users SET password = ? WHERE id = ? AND password = ?",
                                {std::string_view(hash), user.id.number(), std::string_view(user.hash)});
        })
        .transform([](std::int64_t) {});
}

Answer finish(Database& database, const Candidate& user, const SignInForm& form, const Client& client,
              AccountTime now)
{
    const ThrottleKey by_user{ThrottleKind::user, key_of(form.name)};
    const ThrottleKey by_address{ThrottleKind::address, throttled_address(client.address)};
    Throttle throttle(database);
    auto session = database.in_transaction([&]() -> Answer {
        const auto second = SecondFactors(database).use(user.id, form.code, now);
        const auto current = second ? note_sign_in(database, user, now) : second;
        if (!current)
            return std::unexpected(current.error());
        if (!*second || !*current)
            return Refused{};
        return throttle.forget(by_user)
            .and_then([&] { return throttle.take_back(by_address); })
            .and_then([&] { return Sessions(database).start(user.id, client, now); })
            .transform(
                [](NewSession made) { return std::variant<NewSession, Refused>(std::move(made)); });
    });
    if (session && std::holds_alternative<NewSession>(*session))
        if (auto renewed = renew_hash(database, user, form.password); !renewed)
            return std::unexpected(renewed.error());
    return session;
}

} // namespace

Answer sign_in(Database& database, const SignInForm& form, const Client& client, AccountTime now)
{
    const auto wait =
        Throttle(database).begin({{ThrottleKind::user, key_of(form.name)},
                                  {ThrottleKind::address, throttled_address(client.address)}},
                                 now);
    if (!wait)
        return std::unexpected(wait.error());
    if (*wait)
        return Refused{.retry_after = *wait};
    const auto user = candidate(database, form.name);
    if (!user)
        return std::unexpected(user.error());
    if (!is_password(form.password, *user ? (*user)->hash : "") || !*user)
        return Refused{};
    return finish(database, **user, form, client, now);
}

Result<std::optional<Refused>> check_password(Database& database, const WebSession& session,
                                              const Secret& password, AccountTime now)
{
    Throttle throttle(database);
    const ThrottleKey key{ThrottleKind::session, formatted("{}", session.id.number())};
    const auto wait = throttle.begin({key}, now);
    if (!wait)
        return std::unexpected(wait.error());
    if (*wait)
        return Refused{.retry_after = *wait};
    const auto user = candidate(database, session.user.name.str());
    if (!user)
        return std::unexpected(user.error());
    if (!is_password(password, *user ? (*user)->hash : ""))
        return Refused{};
    return throttle.forget(key).transform([] { return std::optional<Refused>(); });
}

} // namespace left4me
