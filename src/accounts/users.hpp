#pragma once

#include "accounts/token.hpp"
#include "accounts/user.hpp"
#include "host/host.hpp"

#include <initializer_list>
#include <optional>
#include <vector>

namespace left4me {

constexpr std::chrono::hours one_time_link_life{24};

/// Who may use the web program, in its database. not_found where a user is none; bad_data where
/// a rule refuses (the last active admin stays one; a name is taken; a user owns something).
class Users {
public:
    explicit Users(Database& database) : database_(database) {}

    /// A new one, active, with a one-time link and without a password.
    [[nodiscard]] Result<Token> add(const UserName& name, Role role, AccountTime now);

    /// A new one with a password, for machines.
    [[nodiscard]] Result<void> add(const UserName& name, Role role, const Secret& password,
                                   AccountTime now);

    /// Forgets password, second factor, sessions and an older link; gives a new link.
    [[nodiscard]] Result<Token> reset(const UserName& name, AccountTime now);

    /// The same with a new password.
    [[nodiscard]] Result<void> reset(const UserName& name, const Secret& password);

    [[nodiscard]] Result<std::vector<User>> list(); ///< by name
    [[nodiscard]] Result<User> find(const UserName& name);
    [[nodiscard]] Result<User> find(UserId id);

    /// Whose one-time link it is; none where it is nobody's, was used, or is too old.
    [[nodiscard]] Result<std::optional<User>> find_by_link(const Token& link, AccountTime now);

    /// Uses the link: the user has that password from now on, and no session. none as above.
    /// Makes a hash: not for an event loop.
    [[nodiscard]] Result<std::optional<User>> accept_link(const Token& link, const Secret& password,
                                                          AccountTime now);

    /// A new password in place of the old one, which the caller has checked. Ends all sessions of
    /// the user: the handler starts a new one. Makes a hash: not for an event loop.
    [[nodiscard]] Result<void> set_password(UserId user, const Secret& password);

    /// Rights of a role are lost with all sessions.
    [[nodiscard]] Result<void> set_role(const UserName& name, Role role);

    /// Whether they may build layers by scripts of their own, beneath overlays/users/ID; admins may
    /// either way. Who loses the right loses all sessions.
    [[nodiscard]] Result<void> set_may_build(const UserName& name, bool may);

    /// Who is not active cannot sign in, and has no session; all else stays.
    [[nodiscard]] Result<void> set_active(const UserName& name, bool active);

    /// bad_data for who owns servers, or layers beneath overlays/users/ID of that host.
    [[nodiscard]] Result<void> remove(const Host& host, const UserName& name);

private:
    [[nodiscard]] Result<Token> make_link(UserId user, AccountTime now);
    [[nodiscard]] Result<UserId> insert(const UserName& name, Role role, AccountTime now);
    [[nodiscard]] Result<void> forget_access(UserId user);
    [[nodiscard]] Result<void> run_each(UserId user, std::initializer_list<const char*> statements);
    [[nodiscard]] Result<void> store_password(UserId user, const std::string& hash);
    [[nodiscard]] Result<void> check_an_admin_stays(const User& user);

    Database& database_;
};

} // namespace left4me
