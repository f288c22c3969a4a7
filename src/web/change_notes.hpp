#pragma once

#include "accounts/change_log.hpp"
#include "web/http.hpp"
#include "web/router.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace left4me::web {

/// One word for what a route changes, as it is kept with a change: "users".
std::string_view change_word(Changes changes);

/// The names of servers that a form has, a field "server.NAME" for each: hostile.
std::vector<std::string_view> named_servers(const Form& form);

/// A change that a request asks for, before anybody has decided on it.
struct ChangeNote {
    Change change;
    std::string line; ///< for the journal
};

/// named: what stands in the path for "{server}" or the like.
ChangeNote note_of(Database& database, const Route& route, const Visit& visit, std::string_view named);

/// The same answer, which tells the journal and the database whether the change was done.
Answer noted(Database& database, Answer answer, ChangeNote note);

} // namespace left4me::web
