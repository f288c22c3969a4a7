#include "programs/web_text.hpp"

#include "console/text_table.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <nlohmann/json.hpp>

namespace left4me {
namespace {

using nlohmann::ordered_json;

std::string access_of(const User& user, AccountTime now)
{
    if (!user.active)
        return "deactivated";
    if (user.has_password)
        return user.has_second_factor ? "password and code" : "password";
    if (!user.link_until || *user.link_until <= now)
        return "none: reset it";
    return formatted("link until {}", local_minute(user.link_until->time_since_epoch()));
}

ordered_json time_or_null(const std::optional<AccountTime>& time)
{
    return time ? ordered_json(rfc3339(time->time_since_epoch())) : ordered_json(nullptr);
}

} // namespace

std::string format_users(const std::vector<User>& users, AccountTime now)
{
    if (users.empty())
        return "There is no user yet: l4d2ctl web-user add NAME --admin\n";
    std::vector<std::vector<std::string>> rows = {{"NAME", "ROLE", "BUILDS", "ACCESS", "SIGNED IN"}};
    for (const auto& user : users)
        rows.push_back({user.name.str(), std::string(role_word(user.role)),
                        user.may_build ? "yes" : "no", access_of(user, now),
                        user.signed_in ? local_minute(user.signed_in->time_since_epoch()) : "never"});
    return format_table(rows);
}

std::string format_users_json(const std::vector<User>& users)
{
    ordered_json all = ordered_json::array();
    for (const auto& user : users)
        all.push_back({{"id", user.id.number()},
                       {"name", user.name.str()},
                       {"role", role_word(user.role)},
                       {"active", user.active},
                       {"may_build", user.may_build},
                       {"password", user.has_password},
                       {"second_factor", user.has_second_factor},
                       {"created", rfc3339(user.created.time_since_epoch())},
                       {"signed_in", time_or_null(user.signed_in)},
                       {"link_until", time_or_null(user.link_until)}});
    return all.dump(2) + '\n';
}

std::string welcome_address(std::string_view web_host, const Token& link)
{
    const auto host = web_host.empty() ? "http://127.0.0.1:8000" : formatted("https://{}", web_host);
    return formatted("{}/welcome#{}", host, link.text().reveal());
}

} // namespace left4me
