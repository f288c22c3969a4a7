#include "web/password_again.hpp"

#include "accounts/sign_in.hpp"
#include "system/format.hpp"
#include "web/frame.hpp"

#include <memory>

namespace left4me::web {
namespace {

/// What outlives the visit. It has a password in it, so it is shared and not copied.
struct Asked {
    WebSession session;
    Secret password;
    AccountTime now;
    GuardedChange change;
    RefusedPage page;
};

Response answer_to(Database& database, const Asked& asked)
{
    const auto refused = check_password(database, asked.session, asked.password, asked.now);
    if (!refused)
        return trouble_page(refused.error());
    if (*refused) {
        const auto& wait = (*refused)->retry_after;
        return asked.page(database,
                          wait ? formatted("Too many tries. Try again in {} seconds.", wait->count())
                               : "That is not your password. Nothing was changed.",
                          wait ? too_many_tries : unprocessable);
    }
    auto response = asked.change(database);
    if (response)
        return std::move(*response);
    if (response.error().status == ExitStatus::bad_data)
        return asked.page(database, response.error().message, unprocessable);
    return trouble_page(response.error());
}

} // namespace

Answer with_password(Site& site, const SignedVisit& visit, GuardedChange change, RefusedPage page)
{
    auto asked = std::make_shared<const Asked>(
        visit.session, Secret(std::string(value_of(visit.visit.form, "password"))), visit.visit.now,
        std::move(change), std::move(page));
    return Work{[open = site.open_database, asked = std::move(asked)] {
        auto database = open();
        return giving(database ? answer_to(*database, *asked) : trouble_page(database.error()));
    }};
}

} // namespace left4me::web
