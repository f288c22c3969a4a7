#pragma once

#include "model/steam_account.hpp"
#include "steam/steamcmd_output.hpp"
#include "system/error.hpp"
#include "system/secret.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

/// Asks whoever has called for what nobody else may see. not_permitted where nobody can be
/// asked, cancelled where nobody answers.
using AskSecret = std::function<Result<Secret>(std::string_view question)>;

/// Answers what steamcmd asks, and keeps a password for as long as steamcmd may be run
/// again. Both live as long as this does.
class SteamcmdAnswers {
public:
    SteamcmdAnswers(const SteamAccount& account, const AskSecret& ask) : account_(account), ask_(ask) {}

    /// attempt counts from 1 for each kind of question; not_permitted after three.
    Result<Secret> answer(SteamPrompt prompt, int attempt);

    /// Asks for the password now: steamcmd will.
    Result<void> ask_password();

private:
    [[nodiscard]] Result<Secret> ask(const std::string& question) const;

    const SteamAccount& account_;
    const AskSecret& ask_;
    std::optional<Secret> password_;
};

} // namespace left4me
