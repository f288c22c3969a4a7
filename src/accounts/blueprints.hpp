#pragma once

#include "accounts/user.hpp"
#include "model/blueprint.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

using BlueprintId = RowId<struct OfBlueprint>;

/// A blueprint as its row has it.
struct KnownBlueprint {
    BlueprintId id;
    UserId owner;
    UserName owner_name;
    std::string name;
    bool shared;          ///< everybody may see it, and make one of their own of it
    std::int64_t version; ///< another one with each change
    AccountTime changed;
    std::int64_t servers; ///< how many are made of it
    BlueprintText text;   ///< nothing in a list
};

/// What a form makes of it.
struct BlueprintDraft {
    std::string name; ///< see check_blueprint_name
    bool shared;
    Blueprint content;
};

/// 1 to 64 characters, without control characters or blanks at the ends; bad_data.
Result<void> check_blueprint_name(std::string_view name);

/// bad_data, with the line, where it takes another one.
Result<void> check_blueprint_layers(const Blueprint& blueprint, const std::vector<std::string>& allowed);

/// Blueprints, each private to its user until it is shared. bad_data where a rule refuses.
class Blueprints {
public:
    explicit Blueprints(Database& database) : database_(database) {}

    static constexpr std::int64_t most_of_user = 100;

    /// What that user may see, without the texts: their own first. An admin sees all.
    [[nodiscard]] Result<std::vector<KnownBlueprint>> seen_by(const User& user);

    /// How many are the user's own.
    [[nodiscard]] Result<std::int64_t> count_of(const User& owner);

    /// The one with that number, as an address has it, if the user may see it.
    [[nodiscard]] Result<std::optional<KnownBlueprint>> find(const User& user, std::string_view number);

    [[nodiscard]] Result<BlueprintId> add(const User& owner, const BlueprintDraft& draft,
                                          AccountTime now);

    /// busy where somebody has changed it since.
    [[nodiscard]] Result<void> change(const KnownBlueprint& before, const BlueprintDraft& draft,
                                      AccountTime now);

    /// bad_data for one that servers are made of.
    [[nodiscard]] Result<void> remove(const KnownBlueprint& blueprint);

    /// The owner's, and an admin's.
    static bool may_change(const User& user, const KnownBlueprint& blueprint)
    {
        return user.role == Role::admin || user.id == blueprint.owner;
    }

private:
    [[nodiscard]] Result<void> check_free(UserId owner, const std::string& name, std::int64_t except);

    Database& database_;
};

} // namespace left4me
