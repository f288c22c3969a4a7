#pragma once

#include "accounts/user.hpp"
#include "host/host.hpp"
#include "model/instance_name.hpp"

#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace left4me {

/// What somebody may do with a server, each with all that is before it. The console is of
/// operate; the log of view.
enum class ServerRight { view, operate, own };
std::string_view right_word(ServerRight right); ///< "view", "operate", "own"

/// As statements take it.
inline std::string_view sql_text(const InstanceName& server)
{
    return server.str();
}

struct ServerShare {
    UserName user;
    ServerRight right; ///< view or operate
};

/// Who may do what with which server. One that nobody owns is the admins' alone.
class ServerAccess {
public:
    explicit ServerAccess(Database& database) : database_(database) {}

    /// What that user may; none: for them there is no such server. An admin has own of all,
    /// whether the server exists or not.
    [[nodiscard]] Result<std::optional<ServerRight>> right(const User& user, const InstanceName& server);

    /// The user's own and shared ones: of an admin, too, these alone.
    [[nodiscard]] Result<std::vector<InstanceName>> servers_of(const User& user);

    /// What the user may do with each of these.
    [[nodiscard]] Result<std::map<InstanceName, ServerRight>> rights_of(const User& user);

    [[nodiscard]] Result<std::optional<UserName>> owner(const InstanceName& server);
    /// What it is made of stays with the owner before, and the server as it is.
    [[nodiscard]] Result<void> set_owner(const InstanceName& server, UserId owner);

    [[nodiscard]] Result<std::vector<ServerShare>> shares(const InstanceName& server);
    /// view or operate; bad_data: own is not shared, and what nobody owns is not either.
    [[nodiscard]] Result<void> share(const InstanceName& server, UserId with, ServerRight right);
    [[nodiscard]] Result<void> unshare(const InstanceName& server, UserId with);

    /// Of a server that is deleted: owner and shares, so that another one of its name is nobody's, and
    /// what was said at its console.
    [[nodiscard]] Result<void> forget(const InstanceName& server);

private:
    Database& database_;
};

/// The same, on the database of a host; where that has none, nobody knows of a server.
Result<void> forget_server(const Host& host, const InstanceName& server);

} // namespace left4me
