#pragma once

#include "accounts/blueprints.hpp"
#include "accounts/user.hpp"
#include "model/game_port.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace left4me {

/// A server that is made of a blueprint, and follows it.
struct LinkedServer {
    InstanceName name;
    GamePort port;
    BlueprintId blueprint;
    std::string blueprint_name;
    std::int64_t edition; ///< of the blueprint
    std::int64_t applied; ///< the edition that it was last initialised from; 0: of none

    [[nodiscard]] bool follows() const { return applied == edition; }
};

/// What a server is initialised from.
struct LinkedSpec {
    std::string text;
    std::int64_t edition;
};

/// The lowest port of the range that is none of these; none where all are.
std::optional<GamePort> free_port(const PortRange& range, const std::set<GamePort>& taken);

/// Servers that are made of blueprints. bad_data where a rule refuses.
class LinkedServers {
public:
    explicit LinkedServers(Database& database) : database_(database) {}

    /// A new one of its owner's. The user's servers are counted, and name and port looked for, in the
    /// transaction that adds it; most: of that user, who may have more by other ways.
    [[nodiscard]] Result<void> add(const User& owner, const KnownBlueprint& blueprint,
                                   const InstanceName& name, GamePort port, std::int64_t most);

    /// Has one that somebody owns follow that blueprint from its next start on.
    [[nodiscard]] Result<void> link(const InstanceName& name, const KnownBlueprint& blueprint,
                                    GamePort port);

    [[nodiscard]] Result<std::optional<LinkedServer>> find(const InstanceName& name);
    [[nodiscard]] Result<std::map<InstanceName, LinkedServer>> all();
    [[nodiscard]] Result<std::vector<LinkedServer>> made_of(BlueprintId blueprint);

    /// None for one that is made of no blueprint.
    [[nodiscard]] Result<std::optional<LinkedSpec>> spec(const InstanceName& name);

    /// It was initialised from that edition; 0: it was reset.
    [[nodiscard]] Result<void> set_applied(const InstanceName& name, std::int64_t edition);

    [[nodiscard]] Result<std::set<GamePort>> ports();

private:
    [[nodiscard]] Result<std::vector<LinkedServer>> rows(const char* statement, SqlValues values);
    [[nodiscard]] Result<void> check_port(GamePort port, const InstanceName& except);

    Database& database_;
};

} // namespace left4me
