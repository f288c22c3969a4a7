#pragma once

#include "accounts/database.hpp"
#include "system/error.hpp"
#include "web/http.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

#include <functional>
#include <string_view>

namespace left4me::web {

/// A change that the password guards; on the pool.
using GuardedChange = std::function<Result<Response>(Database&)>;

/// The page of the form with why nothing was done; on the pool.
using RefusedPage = std::function<Response(Database&, std::string_view why, unsigned status)>;

/// Makes the change where the form's field "password" is the password of whoever is signed in;
/// else, and where a rule refuses it (bad_data), the page says why.
Answer with_password(Site& site, const SignedVisit& visit, GuardedChange change, RefusedPage page);

} // namespace left4me::web
