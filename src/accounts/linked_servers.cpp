#include "accounts/linked_servers.hpp"

#include "accounts/server_access.hpp"
#include "system/format.hpp"

namespace left4me {
namespace {

Result<GamePort> port_of(std::int64_t number)
{
    return GamePort::parse(formatted("{}", number));
}

Result<LinkedServer> server_in(const Row& row)
{
    auto name = InstanceName::parse(row.text(0));
    if (!name)
        return std::unexpected(name.error());
    return port_of(row.integer(1)).transform([&](GamePort port) {
        return LinkedServer{.name = std::move(*name),
                            .port = port,
                            .blueprint = BlueprintId::in(row, 2),
                            .blueprint_name = row.text(3),
                            .edition = row.integer(4),
                            .applied = row.integer(5)};
    });
}

} // namespace

std::optional<GamePort> free_port(const PortRange& range, const std::set<GamePort>& taken)
{
    for (int number = range.first.number(); number <= range.last.number(); ++number)
        if (const auto port = port_of(number); port && !taken.contains(*port))
            return *port;
    return std::nullopt;
}

Result<void> LinkedServers::check_port(GamePort port, const InstanceName& except)
{
    return database_
        .one("SELECT name FROM servers WHERE port = ? AND name != ?",
             {std::int64_t{port.number()}, sql_text(except)}, [](const Row& row) { return row.text(0); })
        .and_then([&](const std::optional<std::string>& other) -> Result<void> {
            // Whose it is is not told: it may be nobody's to see.
            if (other)
                return fail(ExitStatus::bad_data,
                            formatted("port {} is another server's", port.number()));
            return {};
        });
}

Result<void> LinkedServers::add(const User& owner, const KnownBlueprint& blueprint,
                                const InstanceName& name, GamePort port, std::int64_t most)
{
    return database_.in_transaction([&]() -> Result<void> {
        const auto has =
            database_.number("SELECT count(*) FROM servers WHERE owner = ?", {owner.id.number()});
        const auto there =
            database_.number("SELECT count(*) FROM servers WHERE name = ?", {sql_text(name)});
        if (!has || !there)
            return std::unexpected(!has ? has.error() : there.error());
        if (*has >= most)
            return fail(ExitStatus::bad_data,
                        formatted("you have {} servers, and may have no more than {}", *has, most));
        if (*there > 0)
            return fail(ExitStatus::bad_data,
                        formatted("there is a server {} already", quote(name.str())));
        return check_port(port, name)
            .and_then([&] {
                return database_.run(
                    "INSERT INTO servers (name, owner, port, blueprint) VALUES (?, ?, ?, ?)",
                    {sql_text(name), owner.id.number(), std::int64_t{port.number()},
                     blueprint.id.number()});
            })
            .transform([](std::int64_t) {});
    });
}

Result<void> LinkedServers::link(const InstanceName& name, const KnownBlueprint& blueprint,
                                 GamePort port)
{
    return database_.in_transaction([&] {
        return check_port(port, name)
            .and_then([&] {
                return database_.run(
                    "UPDATE servers SET port = ?1, edition = 0, blueprint = ?2 "
                    "WHERE name = ?3 AND (blueprint, port) IS NOT (?2, ?1)",
                    {std::int64_t{port.number()}, blueprint.id.number(), sql_text(name)});
            })
            .transform([](std::int64_t) {});
    });
}

Result<std::vector<LinkedServer>> LinkedServers::rows(const char* statement, SqlValues values)
{
    return database_.all(statement, values, server_in).and_then(all_or_why<LinkedServer>);
}

Result<std::optional<LinkedServer>> LinkedServers::find(const InstanceName& name)
{
    return rows("SELECT s.name, port, b.id, b.name, b.edition, s.edition FROM servers s "
                "JOIN blueprints b ON b.id = s.blueprint WHERE s.name = ?",
                {sql_text(name)})
        .transform([](std::vector<LinkedServer> found) {
            return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
        });
}

Result<std::map<InstanceName, LinkedServer>> LinkedServers::all()
{
    return rows("SELECT s.name, port, b.id, b.name, b.edition, s.edition FROM servers s "
                "JOIN blueprints b ON b.id = s.blueprint",
                {})
        .transform([](std::vector<LinkedServer> found) {
            std::map<InstanceName, LinkedServer> servers;
            for (auto& server : found)
                servers.emplace(server.name, std::move(server));
            return servers;
        });
}

Result<std::vector<LinkedServer>> LinkedServers::made_of(BlueprintId blueprint)
{
    return rows("SELECT s.name, port, b.id, b.name, b.edition, s.edition FROM servers s "
                "JOIN blueprints b ON b.id = s.blueprint WHERE b.id = ? ORDER BY s.name",
                {blueprint.number()});
}

Result<std::optional<LinkedSpec>> LinkedServers::spec(const InstanceName& name)
{
    struct Parts {
        BlueprintText text;
        std::int64_t port;
        std::int64_t edition;
    };
    return database_
        .one("SELECT layers, hide, arguments, config, port, b.edition FROM servers s "
             "JOIN blueprints b ON b.id = s.blueprint WHERE s.name = ?",
             {sql_text(name)},
             [](const Row& row) {
                 return Parts{.text = {.layers = row.text(0),
                                       .hide = row.text(1),
                                       .arguments = row.text(2),
                                       .config = row.text(3)},
                              .port = row.integer(4),
                              .edition = row.integer(5)};
             })
        .and_then([](const std::optional<Parts>& parts) -> Result<std::optional<LinkedSpec>> {
            if (!parts)
                return std::nullopt;
            return port_of(parts->port).and_then([&](GamePort port) {
                return Blueprint::parse(parts->text).transform([&](const Blueprint& blueprint) {
                    return std::optional(
                        LinkedSpec{.text = blueprint.spec(port), .edition = parts->edition});
                });
            });
        });
}

Result<void> LinkedServers::set_applied(const InstanceName& name, std::int64_t edition)
{
    return database_.run("UPDATE servers SET edition = ? WHERE name = ?", {edition, sql_text(name)})
        .transform([](std::int64_t) {});
}

Result<std::set<GamePort>> LinkedServers::ports()
{
    std::set<GamePort> ports;
    return database_
        .all("SELECT port FROM servers WHERE port IS NOT NULL", {},
             [&](const Row& row) {
                 if (const auto port = port_of(row.integer(0)))
                     ports.insert(*port);
                 return 0;
             })
        .transform([&](const std::vector<int>&) { return std::move(ports); });
}

} // namespace left4me
