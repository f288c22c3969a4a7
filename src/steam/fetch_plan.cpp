#include "steam/fetch_plan.hpp"

#include <array>
#include <utility>

namespace left4me {

FetchStep FetchPlan::after(const std::optional<SteamFailure>& failure,
                           const std::optional<std::string>& build)
{
    return failure ? after_failure(*failure) : after_success(build);
}

FetchStep FetchPlan::after_success(const std::optional<std::string>& build)
{
    before_.reset();
    if (platform_ == SteamPlatform::of_windows) {
        windows_build_ = build;
        platform_ = SteamPlatform::of_linux;
        return {FetchAct::run, platform_};
    }
    if (!two_passes_ || build == windows_build_)
        return {FetchAct::finish, platform_};
    // Valve published one between the two: the first pass has to be made again.
    if (std::exchange(mixed_before_, true))
        return {FetchAct::mixed, platform_};
    return start(FetchAct::run);
}

FetchStep FetchPlan::after_failure(const SteamFailure& failure)
{
    const bool alike = before_ == failure;
    before_ = failure;
    switch (failure.trouble) {
    case SteamTrouble::transient:
        return run_again();
    case SteamTrouble::stuck:
        return after_stuck(alike);
    case SteamTrouble::withheld:
        return after_withheld();
    case SteamTrouble::login_lapsed:
        return std::exchange(logged_in_anew_, true) ? FetchStep{FetchAct::give_up, platform_}
                                                    : FetchStep{FetchAct::log_in_anew, platform_};
    case SteamTrouble::no_license:
    case SteamTrouble::wrong_password:
    case SteamTrouble::wrong_code:
    case SteamTrouble::rate_limit:
    case SteamTrouble::no_room:
    case SteamTrouble::not_written:
    case SteamTrouble::not_accessible:
    case SteamTrouble::unknown:
        return {FetchAct::give_up, platform_};
    }
    std::unreachable();
}

FetchStep FetchPlan::after_withheld()
{
    if (!anonymous_ || std::exchange(two_passes_, true))
        return {FetchAct::give_up, platform_};
    return start(FetchAct::run);
}

FetchStep FetchPlan::after_stuck(bool alike)
{
    if (!alike)
        return run_again();
    return std::exchange(made_anew_, true) ? FetchStep{FetchAct::give_up, platform_}
                                           : start(FetchAct::make_anew);
}

FetchStep FetchPlan::run_again()
{
    using std::chrono::seconds;
    constexpr std::array<seconds, 4> pauses = {seconds(2), seconds(6), seconds(20), seconds(60)};
    if (pauses_ == pauses.size())
        return {FetchAct::give_up, platform_};
    return {FetchAct::run, platform_, pauses.at(pauses_++)};
}

/// With the first pass.
FetchStep FetchPlan::start(FetchAct act)
{
    before_.reset();
    platform_ = two_passes_ ? SteamPlatform::of_windows : SteamPlatform::of_linux;
    return {act, platform_};
}

} // namespace left4me
