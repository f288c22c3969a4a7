#include "model/game_update.hpp"

#include "system/format.hpp"

namespace left4me {

Result<JobRequest> update_request(bool is_installed, const std::optional<SteamAccount>& account,
                                  bool validate)
{
    std::string text = is_installed ? "update\n" : "install\n";
    if (account)
        text += formatted("--user\n{}\n", account->str());
    if (validate)
        text += "--validate\n";
    return JobRequest::parse(JobKind::steam, text);
}

} // namespace left4me
