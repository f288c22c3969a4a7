#include "verbs/play_log.hpp"

#include "system/format.hpp"
#include "system/interruption.hpp"

namespace left4me {

Result<PlayLog> PlayLog::follow(const InstanceName& name)
{
    return LogFollower::start(name, std::size_t{0}).transform([](LogFollower follower) {
        return PlayLog(std::move(follower));
    });
}

Result<void> PlayLog::wait_for(const std::function<bool(std::string_view log)>& says,
                               std::chrono::milliseconds patience)
{
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + patience;
    while (true) {
        take();
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
        auto watched = follower_.watched();
        if (left.count() <= 0 || says(text_) || watched[0].fd < 0)
            return {};
        (void)poll_or_interruption(watched, static_cast<int>(left.count()));
        if (auto go_on = check_interruption(); !go_on)
            return go_on;
    }
}

void PlayLog::take()
{
    const auto lines = follower_.take();
    text_ += lines ? text_of(*lines) : formatted("[{}]\n", lines.error().message);
    if (text_.size() > max_size)
        text_.resize(max_size);
}

} // namespace left4me
