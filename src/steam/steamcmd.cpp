#include "steam/steamcmd.hpp"

#include "host/helper_door.hpp"
#include "host/steamcmd_start.hpp"
#include "host/systemd.hpp"
#include "host/unit_names.hpp"
#include "system/child_process.hpp"
#include "system/directory.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/pseudo_terminal.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace left4me {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto max_silence = std::chrono::minutes(15);

/// steamcmd and all that it starts.
class SteamcmdProcess {
public:
    static Result<SteamcmdProcess> start(const Host& host, const SteamcmdOrder& order)
    {
        return order.place == SteamcmdPlace::unit ? start_in_unit(order.run) : start_here(host, order);
    }

    SteamcmdProcess(SteamcmdProcess&& other) noexcept
        : child_(std::exchange(other.child_, -1)), terminal_(std::move(other.terminal_)),
          helper_(std::exchange(other.helper_, std::nullopt)), input_(std::move(other.input_))
    {
    }
    SteamcmdProcess& operator=(SteamcmdProcess&&) = delete;
    SteamcmdProcess(const SteamcmdProcess&) = delete;
    SteamcmdProcess& operator=(const SteamcmdProcess&) = delete;
    ~SteamcmdProcess()
    {
        // Its own way to end: it writes down how far it came.
        if (child_ >= 0 || helper_)
            end(std::chrono::seconds(5), SIGINT);
    }

    [[nodiscard]] const FileDescriptor& terminal() const noexcept { return terminal_; }

    /// Waits for the end that it is about to come to; its exit status as a shell has it.
    int finish() { return end(std::chrono::seconds(10), 0); }

private:
    SteamcmdProcess(pid_t child, FileDescriptor terminal) : child_(child), terminal_(std::move(terminal))
    {
    }
    SteamcmdProcess(RunningHelper helper, FileDescriptor input, FileDescriptor terminal)
        : child_(-1), terminal_(std::move(terminal)), helper_(std::move(helper)),
          input_(std::move(input))
    {
    }

    /// What it says, to read, and the end that it says it to.
    static Result<Pipe> make_stage(HelperDoor door)
    {
        // The broker takes pipes alone: the helper makes a terminal itself, on which nobody answers.
        if (door == HelperDoor::broker)
            return make_pipe();
        return make_pseudo_terminal().transform([](PseudoTerminal terminal) {
            return Pipe{std::move(terminal.ours), std::move(terminal.theirs)};
        });
    }

    static Result<SteamcmdProcess> start_in_unit(const SteamcmdRun& run)
    {
        const auto door = helper_door();
        auto input = make_pipe();
        if (!input)
            return std::unexpected(input.error());
        auto stage = make_stage(door);
        if (!stage)
            return std::unexpected(stage.error());
        // While we hold both ends of it, so that nothing waits and nobody is gone.
        if (auto written =
                write_all(input->write_end, "what steamcmd is to do", format_steamcmd_run(run));
            !written)
            return std::unexpected(written.error());
        HelperStandards standards = {input->read_end.get(), stage->write_end.get(), -1};
        if (door == HelperDoor::broker)
            standards.errors = standards.output;
        return RunningHelper::start(door, {"left4me-systemctl", {"fetch"}}, standards)
            .transform([&](RunningHelper helper) {
                return SteamcmdProcess(std::move(helper), std::move(input->write_end),
                                       std::move(stage->read_end));
            });
    }

    static Result<SteamcmdProcess> start_here(const Host& host, const SteamcmdOrder& order)
    {
        auto terminal = make_pseudo_terminal();
        if (!terminal)
            return std::unexpected(terminal.error());
        // What its own start script leaves behind becomes ours to end.
        if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
            return fail_errno("cannot become the reaper of steamcmd", errno);
        return start_steamcmd(host, order.program, order.run, terminal->theirs)
            .transform([&](pid_t child) { return SteamcmdProcess(child, std::move(terminal->ours)); });
    }

    int end(Clock::duration patience, int signal_first)
    {
        if (helper_)
            return end_unit(signal_first == 0 ? patience : Clock::duration::zero());
        return end_here(patience, signal_first);
    }

    /// The helper ends with the unit, and the unit once the helper is let go of.
    int end_unit(Clock::duration patience)
    {
        const auto deadline = Clock::now() + patience;
        auto helper = std::exchange(helper_, std::nullopt);
        while (true) {
            const auto status = helper->ended();
            if (!status)
                return static_cast<int>(ExitStatus::launch_failed);
            if (*status)
                return **status;
            if (Clock::now() >= deadline)
                input_.close();
            poll(nullptr, 0, pause_ms);
        }
    }

    int end_here(Clock::duration patience, int signal_first)
    {
        const auto deadline = Clock::now() + patience;
        const pid_t child = std::exchange(child_, -1);
        if (signal_first != 0)
            kill(-child, signal_first);
        int status = 0;
        pid_t ended = 0;
        while ((ended = waitpid(child, &status, WNOHANG)) == 0 && Clock::now() < deadline)
            poll(nullptr, 0, pause_ms);
        kill(-child, SIGKILL); // whoever is left in its group
        while (ended == 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        kill_the_rest();
        return shell_status(status);
    }

    /// Those that left its process group are this program's children by now.
    static void kill_the_rest()
    {
        constexpr int rounds = 100; // each may have left more
        for (int round = 0; round < rounds; ++round) {
            std::ifstream list(formatted("/proc/self/task/{}/children", getpid()));
            bool any = false;
            for (pid_t pid = 0; list >> pid; any = true) {
                kill(pid, SIGKILL);
                waitpid(pid, nullptr, 0);
            }
            if (!any)
                return;
        }
    }

    static constexpr int pause_ms = 20;

    pid_t child_; ///< steamcmd; -1: it runs in its unit
    FileDescriptor terminal_; ///< what it says, and where it is answered
    std::optional<RunningHelper> helper_; ///< which waits for its unit
    FileDescriptor input_; ///< the helper's
};

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

std::optional<std::string> find_steam_client(const std::string& program, const std::string& home_path,
                                             std::string_view bits)
{
    namespace fs = std::filesystem;
    std::error_code problem;
    const auto beside = fs::canonical(program, problem).parent_path();
    const fs::path home = home_path;
    for (const auto& folder : {beside, home / ".steam/steamcmd", home / ".local/share/Steam/steamcmd",
                               home / "Steam/steamcmd", home / "Steam"}) {
        const auto file = folder / formatted("linux{}", bits) / "steamclient.so";
        if (fs::is_regular_file(file, problem))
            return file.string();
    }
    return std::nullopt;
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
