#include "accounts/blueprints.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "system/utf8.hpp"

#include <algorithm>

namespace left4me {
namespace {

/// A KnownBlueprint, column by column. ?1: who looks; ?2: whether it is an admin.
constexpr const char* list = "SELECT b.id, b.owner, u.name, b.name, shared, version, changed, "
                             "(SELECT count(*) FROM servers s WHERE s.blueprint = b.id), "
                             "'', '', '', '' FROM blueprints b JOIN users u ON u.id = b.owner "
                             "WHERE b.owner = ?1 OR shared OR ?2 ORDER BY b.owner != ?1, u.name, b.name";
constexpr const char* one = "SELECT b.id, b.owner, u.name, b.name, shared, version, changed, "
                            "(SELECT count(*) FROM servers s WHERE s.blueprint = b.id), "
                            "layers, hide, arguments, config "
                            "FROM blueprints b JOIN users u ON u.id = b.owner "
                            "WHERE (b.owner = ?1 OR shared OR ?2) AND b.id = ?3";

KnownBlueprint blueprint_in(const Row& row)
{
    return {.id = BlueprintId::in(row, 0),
            .owner = UserId::in(row, 1),
            .owner_name = UserName::parse(row.text(2)).value(),
            .name = row.text(3),
            .shared = row.boolean(4),
            .version = row.integer(5),
            .changed = time_in(row, 6),
            .servers = row.integer(7),
            .text = {.layers = row.text(8),
                     .hide = row.text(9),
                     .arguments = row.text(10),
                     .config = row.text(11)}};
}

std::int64_t is_admin(const User& user)
{
    return user.role == Role::admin ? 1 : 0;
}

} // namespace

Result<void> check_blueprint_name(std::string_view name)
{
    constexpr std::size_t longest = 64;
    std::size_t characters = 0;
    const bool is_text = all_characters(name, [&](char32_t) { return ++characters <= longest; });
    if (name.empty() || !is_text || escaped(name) != name || name.starts_with(' ') ||
        name.ends_with(' '))
        return fail(
            ExitStatus::bad_data,
            formatted("{} is no name of a blueprint: it has 1 to {} characters, and no blanks at "
                      "its ends",
                      quote(name), longest));
    return {};
}

Result<void> check_blueprint_layers(const Blueprint& blueprint, const std::vector<std::string>& allowed)
{
    std::size_t line = 0;
    for (const auto& layer : blueprint.layers()) {
        ++line;
        if (!std::ranges::contains(allowed, layer.ref.str()))
            return fail(ExitStatus::bad_data,
                        formatted("Layers, line {}: there is no layer {} that you may take", line,
                                  quote(layer.ref.str())));
    }
    return {};
}

Result<std::vector<KnownBlueprint>> Blueprints::seen_by(const User& user)
{
    return database_.all(list, {user.id.number(), is_admin(user)}, blueprint_in);
}

Result<std::int64_t> Blueprints::count_of(const User& owner)
{
    return database_.number("SELECT count(*) FROM blueprints WHERE owner = ?", {owner.id.number()});
}

Result<std::optional<KnownBlueprint>> Blueprints::find(const User& user, std::string_view number)
{
    const auto id = parse_number<std::int64_t>(number);
    if (!id || formatted("{}", *id) != number)
        return std::nullopt;
    return database_.one(one, {user.id.number(), is_admin(user), *id}, blueprint_in);
}

Result<void> Blueprints::check_free(UserId owner, const std::string& name, std::int64_t except)
{
    return database_
        .number("SELECT count(*) FROM blueprints WHERE owner = ? AND name = ? AND id != ?",
                {owner.number(), std::string_view(name), except})
        .and_then([&](std::int64_t others) -> Result<void> {
            if (others > 0)
                return fail(ExitStatus::bad_data,
                            formatted("there is a blueprint {} already", quote(name)));
            return {};
        });
}

Result<BlueprintId> Blueprints::add(const User& owner, const BlueprintDraft& draft, AccountTime now)
{
    return database_.in_transaction([&]() -> Result<BlueprintId> {
        const auto has = count_of(owner);
        if (!has)
            return std::unexpected(has.error());
        if (*has >= most_of_user)
            return fail(ExitStatus::bad_data, formatted("there are {} blueprints already, and no more "
                                                        "are kept of one user",
                                                        most_of_user));
        const auto& text = draft.content.text();
        return check_blueprint_name(draft.name)
            .and_then([&] { return check_free(owner.id, draft.name, 0); })
            .and_then([&] {
                return database_.one(
                    "INSERT INTO blueprints (owner, name, shared, changed, layers, hide, arguments, "
                    "config) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                    {owner.id.number(), std::string_view(draft.name), std::int64_t{draft.shared},
                     seconds_of(now), std::string_view(text.layers), std::string_view(text.hide),
                     std::string_view(text.arguments), std::string_view(text.config)},
                    [](const Row& row) { return BlueprintId::in(row, 0); });
            })
            .and_then([](const std::optional<BlueprintId>& id) -> Result<BlueprintId> {
                if (!id)
                    return fail(ExitStatus::internal, "a blueprint has got no number");
                return *id;
            });
    });
}

Result<void> Blueprints::change(const KnownBlueprint& before, const BlueprintDraft& draft,
                                AccountTime now)
{
    return database_.in_transaction([&]() -> Result<void> {
        const auto& text = draft.content.text();
        const auto changed =
            check_blueprint_name(draft.name)
                .and_then([&] { return check_free(before.owner, draft.name, before.id.number()); })
                .and_then([&] {
                    return database_.run(
                        "UPDATE blueprints SET name = ?1, shared = ?2, changed = ?3, "
                        "version = version + 1, "
                        "edition = edition + ((layers, hide, arguments, config) != (?4, ?5, ?6, ?7)), "
                        "layers = ?4, hide = ?5, arguments = ?6, config = ?7 "
                        "WHERE id = ?8 AND version = ?9",
                        {std::string_view(draft.name), std::int64_t{draft.shared}, seconds_of(now),
                         std::string_view(text.layers), std::string_view(text.hide),
                         std::string_view(text.arguments), std::string_view(text.config),
                         before.id.number(), before.version});
                });
        if (!changed)
            return std::unexpected(changed.error());
        if (*changed == 0)
            return fail(ExitStatus::busy, "somebody has changed it meanwhile");
        return {};
    });
}

Result<void> Blueprints::remove(const KnownBlueprint& blueprint)
{
    return database_
        .run("DELETE FROM blueprints WHERE id = ?1 AND NOT EXISTS "
             "(SELECT 1 FROM servers WHERE blueprint = ?1)",
             {blueprint.id.number()})
        .and_then([](std::int64_t removed) -> Result<void> {
            if (removed == 0)
                return fail(ExitStatus::bad_data, "Servers are made of it, so nothing was deleted.");
            return {};
        });
}

} // namespace left4me
