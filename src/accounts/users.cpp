#include "accounts/users.hpp"

#include "accounts/password.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

namespace left4me {
namespace {

/// A link that lives for longer than so much above its time was made while the clock was ahead.
constexpr std::chrono::hours clocks_are_set_by{1};

constexpr const char* end_sessions = "DELETE FROM sessions WHERE user = ?";

/// Layers of a user's own lie beneath a directory by the user's number.
Result<bool> has_layers(const Host& host, UserId user)
{
    const auto path = formatted("overlays/users/{}", user.number());
    return host.open_state().and_then([&](const Directory& state) -> Result<bool> {
        const auto own = state.subdirectory(path);
        if (!own && own.error().status == ExitStatus::not_found)
            return false;
        return own.and_then([](const Directory& directory) { return directory.entries(); })
            .transform([](const std::vector<std::string>& entries) { return !entries.empty(); });
    });
}

/// What a user owns, as words.
Result<std::vector<std::string>> possessions(Database& database, const Host& host, UserId user)
{
    auto owned = database.all("SELECT name FROM servers WHERE owner = ? ORDER BY name", {user.number()},
                              [](const Row& row) { return formatted("server {}", quote(row.text(0))); });
    const auto layers = has_layers(host, user);
    if (!layers)
        return std::unexpected(layers.error());
    if (owned && *layers)
        owned->push_back(formatted("layers beneath users/{}", user.number()));
    return owned;
}

/// Nothing changed, of a statement that names a user.
Result<void> one_user(std::int64_t changed)
{
    if (changed == 0)
        return fail(ExitStatus::not_found, "there is no such user");
    return {};
}

} // namespace

Result<std::vector<User>> Users::list()
{
    return database_.all("SELECT * FROM known_users ORDER BY name", {}, User::in);
}

Result<User> Users::find(const UserName& name)
{
    return database_
        .one("SELECT * FROM known_users WHERE name = ?", {std::string_view(name.str())}, User::in)
        .and_then([&](std::optional<User> user) -> Result<User> {
            if (!user)
                return fail(ExitStatus::not_found, formatted("there is no user {}", quote(name.str())));
            return std::move(*user);
        });
}

Result<User> Users::find(UserId id)
{
    return database_.one("SELECT * FROM known_users WHERE id = ?", {id.number()}, User::in)
        .and_then([&](std::optional<User> user) -> Result<User> {
            if (!user)
                return fail(ExitStatus::not_found, "there is no such user");
            return std::move(*user);
        });
}

Result<UserId> Users::insert(const UserName& name, Role role, AccountTime now)
{
    return database_
        .run("INSERT INTO users (name, role, created) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
             {std::string_view(name.str()), role_word(role), seconds_of(now)})
        .and_then([&](std::int64_t added) -> Result<UserId> {
            if (added == 0)
                return fail(ExitStatus::bad_data,
                            formatted("there is a user {} already", quote(name.str())));
            return find(name).transform([](const User& user) { return user.id; });
        });
}

Result<Token> Users::make_link(UserId user, AccountTime now)
{
    return Token::make().and_then([&](Token link) {
        const auto hash = link.hash();
        return database_
            .run("INSERT OR REPLACE INTO links (user, hash, until) VALUES (?, ?, ?)",
                 {user.number(), Blob{hash}, seconds_of(now + one_time_link_life)})
            .transform([&](std::int64_t) { return std::move(link); });
    });
}

Result<Token> Users::add(const UserName& name, Role role, AccountTime now)
{
    return database_.in_transaction([&] {
        return insert(name, role, now).and_then([&](UserId user) { return make_link(user, now); });
    });
}

Result<void> Users::add(const UserName& name, Role role, const Secret& password, AccountTime now)
{
    const auto hash = check_new_password(password).and_then([&] { return hash_password(password); });
    if (!hash)
        return std::unexpected(hash.error());
    return database_.in_transaction([&] {
        return insert(name, role, now).and_then([&](UserId user) {
            return store_password(user, *hash);
        });
    });
}

/// Who has a new password need not wait for what was tried with the one before.
Result<void> Users::store_password(UserId user, const std::string& hash)
{
    return database_
        .run("UPDATE users SET password = ? WHERE id = ?", {std::string_view(hash), user.number()})
        .and_then(one_user)
        .and_then([&] {
            return run_each(user, {end_sessions, "DELETE FROM links WHERE user = ?",
                                   "DELETE FROM failures WHERE kind = 'user' AND "
                                   "key = (SELECT name FROM users WHERE id = ?)"});
        });
}

Result<void> Users::forget_access(UserId user)
{
    return run_each(user, {"UPDATE users SET password = NULL WHERE id = ?",
                           "DELETE FROM second_factors WHERE user = ?", end_sessions,
                           "DELETE FROM links WHERE user = ?"});
}

Result<void> Users::run_each(UserId user, std::initializer_list<const char*> statements)
{
    for (const auto* statement : statements)
        if (auto done = database_.run(statement, {user.number()}); !done)
            return std::unexpected(done.error());
    return {};
}

Result<Token> Users::reset(const UserName& name, AccountTime now)
{
    return database_.in_transaction([&] {
        return find(name).and_then([&](const User& user) {
            return forget_access(user.id).and_then([&] { return make_link(user.id, now); });
        });
    });
}

Result<void> Users::reset(const UserName& name, const Secret& password)
{
    const auto hash = check_new_password(password).and_then([&] { return hash_password(password); });
    if (!hash)
        return std::unexpected(hash.error());
    return database_.in_transaction([&] {
        return find(name).and_then([&](const User& user) {
            return forget_access(user.id).and_then([&] { return store_password(user.id, *hash); });
        });
    });
}

Result<std::optional<User>> Users::find_by_link(const Token& link, AccountTime now)
{
    const auto hash = link.hash();
    return database_.one(
        "SELECT k.* FROM links JOIN known_users k ON k.id = links.user "
        "WHERE hash = ? AND until > ? AND until <= ? AND active",
        {Blob{hash}, seconds_of(now), seconds_of(now + one_time_link_life + clocks_are_set_by)},
        User::in);
}

Result<std::optional<User>> Users::accept_link(const Token& link, const Secret& password,
                                               AccountTime now)
{
    const auto known = find_by_link(link, now);
    if (!known || !*known)
        return known; // before the work of a hash
    const auto hash = check_new_password(password).and_then([&] { return hash_password(password); });
    if (!hash)
        return std::unexpected(hash.error());
    return database_.in_transaction([&]() -> Result<std::optional<User>> {
        const auto user = find_by_link(link, now); // another may have used it meanwhile
        if (!user || !*user)
            return user;
        return store_password((*user)->id, *hash)
            .and_then([&] { return find((*user)->id); })
            .transform([](User changed) { return std::optional(std::move(changed)); });
    });
}

Result<void> Users::set_password(UserId user, const Secret& password)
{
    const auto hash = check_new_password(password).and_then([&] { return hash_password(password); });
    if (!hash)
        return std::unexpected(hash.error());
    return database_.in_transaction([&] { return store_password(user, *hash); });
}

Result<void> Users::check_an_admin_stays(const User& user)
{
    if (user.role != Role::admin || !user.active)
        return {};
    return database_
        .number("SELECT count(*) FROM users WHERE role = 'admin' AND active AND id != ?",
                {user.id.number()})
        .and_then([&](std::int64_t others) -> Result<void> {
            if (others == 0)
                return fail(ExitStatus::bad_data,
                            formatted("user {} is the last active admin, and stays one",
                                      quote(user.name.str())));
            return {};
        });
}

Result<void> Users::set_role(const UserName& name, Role role)
{
    return database_.in_transaction([&] {
        return find(name).and_then([&](const User& user) -> Result<void> {
            if (user.role == role)
                return {};
            if (auto others = check_an_admin_stays(user); !others)
                return others;
            return database_
                .run("UPDATE users SET role = ? WHERE id = ?", {role_word(role), user.id.number()})
                .and_then([&](std::int64_t) { return run_each(user.id, {end_sessions}); });
        });
    });
}

Result<void> Users::set_may_build(const UserName& name, bool may)
{
    return database_.in_transaction([&] {
        return find(name).and_then([&](const User& user) {
            return database_
                .run("UPDATE users SET may_build = ? WHERE id = ?",
                     {std::int64_t{may}, user.id.number()})
                .and_then([&](std::int64_t) {
                    return user.may_build && !may && user.role != Role::admin
                               ? run_each(user.id, {end_sessions})
                               : Result<void>();
                });
        });
    });
}

Result<void> Users::set_active(const UserName& name, bool active)
{
    return database_.in_transaction([&] {
        return find(name).and_then([&](const User& user) -> Result<void> {
            if (user.active == active)
                return {};
            if (auto others = check_an_admin_stays(user); !others)
                return others;
            return database_
                .run("UPDATE users SET active = ? WHERE id = ?",
                     {std::int64_t{active}, user.id.number()})
                .and_then([&](std::int64_t) { return run_each(user.id, {end_sessions}); });
        });
    });
}

Result<void> Users::remove(const Host& host, const UserName& name)
{
    return database_.in_transaction([&] {
        return find(name).and_then([&](const User& user) -> Result<void> {
            if (auto others = check_an_admin_stays(user); !others)
                return others;
            const auto owned = possessions(database_, host, user.id);
            if (!owned)
                return std::unexpected(owned.error());
            if (!owned->empty())
                return fail(ExitStatus::bad_data,
                            formatted("user {} owns {}: give it to another, or delete it first",
                                      quote(name.str()), join(*owned)));
            return database_.run("DELETE FROM users WHERE id = ?", {user.id.number()})
                .transform([](std::int64_t) {});
        });
    });
}

} // namespace left4me
