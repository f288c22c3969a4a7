#pragma once

#include "accounts/sessions.hpp"
#include "accounts/user.hpp"
#include "system/secret.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <variant>

namespace left4me {

/// What a browser's form says; hostile text all of it.
struct SignInForm {
    std::string name;
    Secret password;
    std::string code; ///< of the second factor; may be empty
};

/// One answer for all causes: who asks does not learn which.
struct Refused {
    std::optional<std::chrono::seconds> retry_after = {}; ///< was not tried at all: too many before
};

/// Signs in: name, password, and the code of who has a second factor. Failures are counted by
/// name and by address (see throttle.hpp); a name that nobody has takes as long, and is counted
/// alike. Takes some 20 ms of one core: by a thread that may block, with its own Database.
Result<std::variant<NewSession, Refused>> sign_in(Database& database, const SignInForm& form,
                                                  const Client& client, AccountTime now);

/// The password again, of who is signed in, before what it guards: users, second factor, a new
/// password. Its failures count for this session alone: nobody else can lock its user out.
/// none: it is right. As slow as sign_in().
Result<std::optional<Refused>> check_password(Database& database, const WebSession& session,
                                              const Secret& password, AccountTime now);

} // namespace left4me
