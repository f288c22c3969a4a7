#include "accounts/user.hpp"

#include "model/name_grammar.hpp"
#include "system/format.hpp"

namespace left4me {

Result<UserName> UserName::parse(std::string_view text)
{
    constexpr std::size_t max_size = 32;
    if (const auto rule = broken_name_rule(text, max_size))
        return fail(ExitStatus::usage, formatted("{} is not a user's name: {}", quote(text), *rule));
    return UserName(text);
}

std::string_view role_word(Role role)
{
    switch (role) {
    case Role::admin:
        return "admin";
    case Role::user:
        break;
    }
    return "user";
}

std::optional<Role> parse_role(std::string_view word)
{
    for (const auto role : {Role::admin, Role::user})
        if (word == role_word(role))
            return role;
    return std::nullopt;
}

AccountTime time_in(const Row& row, int column)
{
    return AccountTime(std::chrono::seconds(row.integer(column)));
}

std::int64_t seconds_of(AccountTime time)
{
    return time.time_since_epoch().count();
}

User User::in(const Row& row)
{
    const auto time_or_none = [&](int column) {
        return row.is_null(column) ? std::nullopt : std::optional(time_in(row, column));
    };
    // The table has the grammar of a name and the words of roles as its own rules.
    return {.id = UserId::in(row, 0),
            .name = UserName::parse(row.text(1)).value(),
            .role = parse_role(row.text(2)).value(),
            .active = row.boolean(3),
            .has_password = row.boolean(4),
            .has_second_factor = row.boolean(5),
            .created = time_in(row, 6),
            .signed_in = time_or_none(7),
            .link_until = time_or_none(8),
            .may_build = row.boolean(9)};
}

} // namespace left4me
