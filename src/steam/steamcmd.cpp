#include "steam/steamcmd.hpp"

#include "host/systemd.hpp"
#include "host/unit_names.hpp"
#include "steam/steamcmd_process.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace left4me {
namespace {

constexpr auto max_silence = std::chrono::minutes(15);

/// Listens, answers and remembers what matters.
class Conversation {
public:
    Conversation(const SteamcmdProcess& process, const SteamcmdDialogue& dialogue)
        : process_(process), dialogue_(dialogue)
    {
    }

    /// Until steamcmd has closed its terminal.
    Result<void> hold()
    {
        while (true) {
            auto more = wait_and_read();
            if (!more)
                return std::unexpected(more.error());
            if (auto handled = handle(); !handled)
                return handled;
            if (!*more)
                return handle_line(std::exchange(unfinished_, {}));
        }
    }

    [[nodiscard]] bool heard_nothing() const { return last_lines_.empty(); }

    /// status: what steamcmd ended with.
    [[nodiscard]] SteamcmdEnd end(int status) const
    {
        SteamcmdEnd end = {installed_ ? std::nullopt : failure_, last_lines_, logs_};
        if (!installed_ && !failure_)
            end.failure = {SteamTrouble::unknown,
                           formatted("steamcmd ended with status {}{}{}", status,
                                     last_lines_.empty() ? "" : " after: ",
                                     last_lines_.empty() ? "" : last_lines_.back())};
        return end;
    }

private:
    Result<bool> wait_and_read()
    {
        std::array<pollfd, 1> ready = {{{process_.terminal().get(), POLLIN, 0}}};
        constexpr auto limit = std::chrono::milliseconds(max_silence);
        const int count = poll_or_interruption(ready, static_cast<int>(limit.count()));
        const int problem = errno;
        if (auto going_on = check_interruption(); !going_on)
            return std::unexpected(going_on.error());
        if (count < 0 && problem != EINTR)
            return fail_errno("cannot wait for steamcmd", problem);
        if (count == 0) {
            failure_ = {SteamTrouble::transient, "Timed out: steamcmd has said nothing for long"};
            return false;
        }
        if (count < 0)
            return true;
        std::array<char, 4096> buffer = {};
        const auto got = read(process_.terminal().get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            return true;
        if (got <= 0)
            return false; // EIO: the last process with this terminal is gone
        unfinished_.append(buffer.data(), static_cast<std::size_t>(got));
        return true;
    }

    Result<void> handle()
    {
        for (auto end = unfinished_.find('\n'); end != std::string::npos; end = unfinished_.find('\n')) {
            const auto line = unfinished_.substr(0, end);
            unfinished_.erase(0, end + 1);
            if (auto handled = handle_line(line); !handled)
                return handled;
        }
        constexpr std::size_t max_line_size = 16 * 1024;
        if (unfinished_.size() > max_line_size)
            unfinished_.clear();
        const auto prompt = parse_steam_prompt(unfinished_);
        if (!prompt)
            return {};
        unfinished_.clear();
        return reply(*prompt);
    }

    Result<void> reply(SteamPrompt prompt)
    {
        kept_login_ = false;
        auto& attempt = attempts_.at(static_cast<std::size_t>(prompt));
        return dialogue_.answer(prompt, ++attempt).and_then([&](const Secret& answer) {
            Secret line(answer.reveal() + '\n');
            return write_all(process_.terminal(), "steamcmd's terminal", line.reveal());
        });
    }

    Result<void> handle_line(const std::string& line)
    {
        const auto event = parse_steam_line(line);
        if (const auto* progress = event ? std::get_if<SteamProgress>(&*event) : nullptr)
            return dialogue_.progress(*progress);
        remember(line);
        if (!event)
            return {};
        if (const auto* failure = std::get_if<SteamFailure>(&*event))
            fail_with(*failure);
        else if (const auto* milestone = std::get_if<SteamMilestone>(&*event))
            reach(*milestone);
        else if (const auto* logs = std::get_if<SteamLogs>(&*event))
            logs_ = logs->directory;
        else if (const auto* login = std::get_if<SteamLoginEnd>(&*event))
            dialogue_.report.warning(
                formatted("the login that steamcmd keeps ends at {}: --new-login makes another, on a "
                          "terminal",
                          escaped(login->when)));
        return {};
    }

    void remember(const std::string& line)
    {
        constexpr std::size_t max_lines = 5;
        // It takes its leave after everything.
        if (line.find_first_not_of(" \r\t") == std::string::npos || line.starts_with("Unloading Steam"))
            return;
        if (last_lines_.size() == max_lines)
            last_lines_.erase(last_lines_.begin());
        last_lines_.push_back(line);
    }

    /// What comes after the first is mostly its consequence; but the network may fail and
    /// be back in time for the real reason.
    void fail_with(SteamFailure failure)
    {
        if (failure.trouble == SteamTrouble::wrong_password && kept_login_)
            failure.trouble = SteamTrouble::login_lapsed;
        if (!failure_ || failure_->trouble == SteamTrouble::transient)
            failure_ = std::move(failure);
    }

    void reach(SteamMilestone milestone)
    {
        switch (milestone) {
        case SteamMilestone::updating_itself:
            return tell_once(told_update_, "steamcmd brings itself up to date");
        case SteamMilestone::logged_in:
            failure_.reset(); // of an attempt before
            return tell_once(told_login_, "logged in to Steam");
        case SteamMilestone::uses_kept_login:
            kept_login_ = true;
            return;
        case SteamMilestone::waits_for_phone:
            return tell_once(told_phone_, "confirm the login in the Steam app on your phone");
        case SteamMilestone::installed:
            installed_ = true;
            return;
        }
    }

    void tell_once(bool& told, std::string_view what) const
    {
        if (!std::exchange(told, true))
            dialogue_.report.step(what);
    }

    const SteamcmdProcess& process_;
    const SteamcmdDialogue& dialogue_;
    std::string unfinished_;
    std::vector<std::string> last_lines_;
    std::string logs_;
    std::array<int, 2> attempts_ = {};
    std::optional<SteamFailure> failure_;
    bool installed_ = false;
    bool kept_login_ = false;
    bool told_update_ = false;
    bool told_login_ = false;
    bool told_phone_ = false;
};

} // namespace

Result<SteamcmdEnd> run_steamcmd(const Host& host, const SteamcmdOrder& order,
                                 const SteamcmdDialogue& dialogue)
{
    auto process = SteamcmdProcess::start(host, order);
    if (!process)
        return std::unexpected(process.error());
    Conversation conversation(*process, dialogue);
    if (auto held = conversation.hold(); !held)
        return std::unexpected(held.error());
    const int status = process->finish();
    if (status == 126 || status == 127)
        return fail(ExitStatus::not_found,
                    formatted("cannot run {}: it did not start (a program for 32 bits: it needs "
                              "libc6:i386 and libstdc++6:i386)",
                              quote(order.program)));
    // steamcmd says something before it ends with any status.
    if (order.place == SteamcmdPlace::unit && conversation.heard_nothing()) {
        if (status == 1)
            return fail(ExitStatus::not_permitted, "sudo did not run left4me-systemctl");
        if (status == static_cast<int>(ExitStatus::launch_failed))
            return fail(ExitStatus::internal, ""); // the helper has said why
    }
    return conversation.end(status);
}

Result<SteamcmdPlace> place_of_steamcmd(const std::string& program)
{
    return Systemd::connect()
        .and_then([](Systemd systemd) { return systemd.view(steamcmd_unit); })
        .transform([&](const UnitView& view) {
            return view.shows(program) ? SteamcmdPlace::unit : SteamcmdPlace::here;
        });
}

Result<void> forget_login(const std::string& home)
{
    // Where it lies depends on how steamcmd was installed (ValveSoftware/steam-for-linux#6976).
    for (const auto* folder : {".local/share/Steam/config", "Steam/config", ".steam/config",
                               ".steam/steam/config", ".steam/steamcmd/config"}) {
        const auto config = Directory::open(home).and_then(
            [&](const Directory& all) { return all.subdirectory(folder); });
        if (!config) // none, or one that is reached by a link from another of these
            continue;
        if (auto removed = config->remove_file("config.vdf"); !removed)
            return removed;
    }
    return {};
}

} // namespace left4me
