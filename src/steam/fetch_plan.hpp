#pragma once

#include "steam/steamcmd.hpp"
#include "steam/steamcmd_output.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace left4me {

enum class FetchAct {
    run,         ///< steamcmd, after the pause
    make_anew,   ///< the tree that steamcmd works on, then run
    log_in_anew, ///< forget the login that steamcmd keeps, then run
    finish,      ///< the game is there
    give_up,     ///< for the failure of the last run
    mixed,       ///< give up, too: two builds were fetched into one tree
};

struct FetchStep {
    FetchAct act;
    SteamPlatform platform = SteamPlatform::of_linux;
    std::chrono::seconds pause = {};
    bool operator==(const FetchStep&) const = default;
};

/// What is to be done until the game is there, one step after the other. Pure.
///
/// Steam gives the files for Linux to accounts alone. Who has none gets them in two passes
/// into one directory, Windows' files first (ValveSoftware/steam-for-linux#11522): tried
/// where the direct way is refused. What passes by itself is tried again four times, each
/// after a longer pause. A tree that makes steamcmd fail twice alike is made anew once, and
/// so is a login that is not taken any more.
class FetchPlan {
public:
    explicit FetchPlan(bool anonymous) : anonymous_(anonymous) {}

    /// After a run: its failure, and the build that the tree has by now.
    FetchStep after(const std::optional<SteamFailure>& failure, const std::optional<std::string>& build);

    /// Whether Windows' files are fetched first.
    [[nodiscard]] bool two_passes() const noexcept { return two_passes_; }

private:
    FetchStep after_success(const std::optional<std::string>& build);
    FetchStep after_failure(const SteamFailure& failure);
    FetchStep after_withheld();
    FetchStep after_stuck(bool alike);
    FetchStep run_again();
    [[nodiscard]] FetchStep start(FetchAct act);

    bool anonymous_;
    bool two_passes_ = false;
    bool made_anew_ = false;
    bool logged_in_anew_ = false;
    bool mixed_before_ = false;
    SteamPlatform platform_ = SteamPlatform::of_linux;
    std::size_t pauses_ = 0;
    std::optional<SteamFailure> before_;        ///< of the run before, of the same tree
    std::optional<std::string> windows_build_;
};

} // namespace left4me
