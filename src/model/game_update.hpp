#pragma once

#include "model/job_request.hpp"
#include "model/steam_account.hpp"
#include "system/error.hpp"

#include <optional>

namespace left4me {

/// What a job is to do that brings the game up to date, or installs it where there is none. account:
/// whose kept login is used; none: nobody's. validate: each file is to be checked.
Result<JobRequest> update_request(bool is_installed, const std::optional<SteamAccount>& account,
                                  bool validate);

} // namespace left4me
