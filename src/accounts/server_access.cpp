#include "accounts/server_access.hpp"

#include "accounts/web_database.hpp"
#include "system/format.hpp"

namespace left4me {
namespace {

constexpr ServerRight shared_right(std::string_view word)
{
    return word == "operate" ? ServerRight::operate : ServerRight::view;
}

} // namespace

std::string_view right_word(ServerRight right)
{
    switch (right) {
    case ServerRight::view:
        return "view";
    case ServerRight::operate:
        return "operate";
    case ServerRight::own:
        break;
    }
    return "own";
}

Result<std::optional<ServerRight>> ServerAccess::right(const User& user, const InstanceName& server)
{
    if (user.role == Role::admin)
        return ServerRight::own;
    return database_.one("SELECT 'own' FROM servers WHERE name = ?1 AND owner = ?2 UNION ALL "
                         "SELECT level FROM shares WHERE server = ?1 AND user = ?2",
                         {sql_text(server), user.id.number()}, [](const Row& row) {
                             const auto word = row.text(0);
                             return word == "own" ? ServerRight::own : shared_right(word);
                         });
}

Result<std::vector<InstanceName>> ServerAccess::servers_of(const User& user)
{
    return rights_of(user).transform([](const std::map<InstanceName, ServerRight>& rights) {
        std::vector<InstanceName> names;
        for (const auto& [name, right] : rights)
            names.push_back(name);
        return names;
    });
}

Result<std::map<InstanceName, ServerRight>> ServerAccess::rights_of(const User& user)
{
    std::map<InstanceName, ServerRight> rights;
    return database_
        .all("SELECT name, 'own' FROM servers WHERE owner = ?1 UNION ALL "
             "SELECT server, level FROM shares WHERE user = ?1",
             {user.id.number()},
             [&](const Row& row) {
                 const auto word = row.text(1);
                 return InstanceName::parse(row.text(0)).transform([&](InstanceName name) {
                     // Of a share of what is their own, too, that comes first.
                     rights.emplace(std::move(name),
                                    word == "own" ? ServerRight::own : shared_right(word));
                 });
             })
        .and_then(
            [&](const std::vector<Result<void>>& rows) -> Result<std::map<InstanceName, ServerRight>> {
                for (const auto& row : rows)
                    if (!row)
                        return std::unexpected(row.error());
                return std::move(rights);
            });
}

Result<std::optional<UserName>> ServerAccess::owner(const InstanceName& server)
{
    return database_.one("SELECT u.name FROM servers s JOIN users u ON u.id = s.owner WHERE s.name = ?",
                         {sql_text(server)},
                         [](const Row& row) { return UserName::parse(row.text(0)).value(); });
}

Result<void> ServerAccess::set_owner(const InstanceName& server, UserId owner)
{
    return database_
        .run("INSERT INTO servers (name, owner) VALUES (?, ?) "
             "ON CONFLICT DO UPDATE SET blueprint = iif(owner = excluded.owner, blueprint, NULL), "
             "owner = excluded.owner",
             {sql_text(server), owner.number()})
        .transform([](std::int64_t) {});
}

Result<std::vector<ServerShare>> ServerAccess::shares(const InstanceName& server)
{
    return database_.all("SELECT u.name, level FROM shares s JOIN users u ON u.id = s.user "
                         "WHERE s.server = ? ORDER BY u.name",
                         {sql_text(server)}, [](const Row& row) {
                             return ServerShare{UserName::parse(row.text(0)).value(),
                                                shared_right(row.text(1))};
                         });
}

Result<void> ServerAccess::share(const InstanceName& server, UserId with, ServerRight right)
{
    if (right == ServerRight::own)
        return fail(ExitStatus::bad_data, "to own a server is not shared: give it another owner");
    return database_
        .run("INSERT INTO shares (server, user, level) SELECT name, ?, ? FROM servers WHERE name = ? "
             "ON CONFLICT DO UPDATE SET level = excluded.level",
             {with.number(), right_word(right), sql_text(server)})
        .and_then([&](std::int64_t changed) -> Result<void> {
            if (changed == 0)
                return fail(ExitStatus::bad_data,
                            formatted("server {} has no owner yet", quote(server.str())));
            return {};
        });
}

Result<void> ServerAccess::unshare(const InstanceName& server, UserId with)
{
    return database_
        .run("DELETE FROM shares WHERE server = ? AND user = ?", {sql_text(server), with.number()})
        .transform([](std::int64_t) {});
}

Result<void> ServerAccess::forget(const InstanceName& server)
{
    return database_.in_transaction([&] {
        return database_.run("DELETE FROM console WHERE server = ?", {sql_text(server)})
            .and_then([&](std::int64_t) {
                return database_.run("DELETE FROM servers WHERE name = ?", {sql_text(server)});
            })
            .transform([](std::int64_t) {});
    });
}

Result<void> forget_server(const Host& host, const InstanceName& server)
{
    return host.open_state()
        .and_then([](const Directory& state) {
            return state.contains(formatted("{}/{}", web_directory, web_database_file));
        })
        .and_then([&](bool there) -> Result<void> {
            if (!there)
                return {};
            return open_web_database(host).and_then(
                [&](Database database) { return ServerAccess(database).forget(server); });
        });
}

} // namespace left4me
