#include "steam/steamcmd_answers.hpp"

#include "system/format.hpp"

#include <utility>

namespace left4me {

Result<Secret> SteamcmdAnswers::answer(SteamPrompt prompt, int attempt)
{
    constexpr int max_attempts = 3;
    if (attempt > max_attempts)
        return fail(ExitStatus::not_permitted,
                    formatted("Steam refused {} answers for {}", max_attempts, quote(account_.str())));
    switch (prompt) {
    case SteamPrompt::password:
        if (attempt == 1 && password_)
            return Secret(std::string(password_->reveal()));
        return ask_password().transform([&] { return Secret(std::string(password_->reveal())); });
    case SteamPrompt::guard_code:
        return ask(attempt == 1 ? "Steam Guard code" : "Steam Guard code (the last was refused)");
    }
    std::unreachable();
}

Result<void> SteamcmdAnswers::ask_password()
{
    return ask(formatted("Steam password of {}", account_.str())).transform([&](const Secret& typed) {
        password_.emplace(std::string(typed.reveal()));
    });
}

Result<Secret> SteamcmdAnswers::ask(const std::string& question) const
{
    return ask_(question).transform_error([](Error error) {
        if (error.status == ExitStatus::not_permitted)
            error.message += " (run it on a terminal once: steamcmd keeps the login)";
        return error;
    });
}

} // namespace left4me
