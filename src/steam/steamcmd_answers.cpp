#include "steam/installation.hpp"

#include "console/terminal.hpp"
#include "host/helper_call.hpp"
#include "host/host_lock.hpp"
#include "host/host_settings.hpp"
#include "host/mount_record.hpp"
#include "host/places.hpp"
#include "steam/steamcmd.hpp"
#include "system/directory.hpp"
#include "system/interruption.hpp"
#include "system/tree_copy.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <format>
#include <linux/fs.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr std::string_view manifest = "steamapps/appmanifest_222860.acf";
/// While the copy of the old installation is not whole.
const std::string copying = ".left4me-copying";

std::string next_path()
{
    return path::state + "/" + entry::installation_next;
}

/// Both trees, open.
struct Trees {
    Directory state;
    Directory present;
    Directory next;
};

Result<Trees> open_trees()
{
    auto state = Directory::open(path::state);
    if (!state)
        return std::unexpected(state.error());
    auto present = state->subdirectory(entry::installation);
    auto next = state->subdirectory(entry::installation_next);
    for (auto* tree : {&present, &next})
        if (!*tree)
            return std::unexpected(tree->error());
    return Trees{std::move(*state), std::move(*present), std::move(*next)};
}

std::string join(const std::vector<InstanceName>& names)
{
    std::string text;
    for (const auto& name : names)
        text += std::format("{}{}", text.empty() ? "" : ", ", name.str());
    return text;
}

Result<std::vector<InstanceName>> servers_on(const Directory& tree)
{
    return tree.status().and_then([](const struct stat& status) {
        return servers_on(MountedDirectory{status.st_dev, status.st_ino});
    });
}

/// What is mounted is never changed.
Result<void> require_unused(const Directory& next)
{
    return servers_on(next).and_then([](const std::vector<InstanceName>& servers) -> Result<void> {
        if (servers.empty())
            return {};
        return fail(ExitStatus::busy,
                    std::format("cannot change {}: these servers still run on it, the installation "
                                "before the present one: {} (l4d2ctl stop and start each of them)",
                                quote(next_path()), join(servers)));
    });
}

Result<bool> is_whole(const Directory& tree)
{
    for (const auto* name : {"srcds_run", "srcds_linux", "left4dead2"}) {
        const auto there = tree.contains(name);
        if (!there || !*there)
            return there;
    }
    return true;
}

std::optional<std::string> build_of(const Directory& tree)
{
    constexpr std::size_t limit = 1024 * 1024;
    const auto text = tree.read_file(manifest, limit);
    return text ? parse_build(*text) : std::nullopt;
}

// --- room --------------------------------------------------------------------

std::string human(std::uint64_t bytes)
{
    constexpr double mebi = 1024.0 * 1024.0;
    const double size = static_cast<double>(bytes) / mebi;
    return size < 1024 ? std::format("{:.1f} MiB", size) : std::format("{:.1f} GiB", size / 1024);
}

std::uint64_t size_of_files(const std::string& path)
{
    namespace fs = std::filesystem;
    std::uint64_t size = 0;
    std::error_code problem;
    for (fs::recursive_directory_iterator file(path, problem), end; !problem && file != end;
         file.increment(problem))
        if (std::error_code unknown; file->is_regular_file(unknown) && !file->is_symlink(unknown))
            size += file->file_size(unknown);
    return size;
}

Result<std::uint64_t> room_for(const Directory& tree)
{
    struct statvfs room = {};
    if (fstatvfs(tree.descriptor(), &room) != 0)
        return fail_errno(std::format("cannot ask for the room on {}", quote(tree.path())), errno);
    return std::uint64_t{room.f_bavail} * room.f_frsize;
}

Result<void> require_room(const Directory& next, std::uint64_t bytes, std::string_view what)
{
    return room_for(next).and_then([&](std::uint64_t free) -> Result<void> {
        if (bytes <= free)
            return {};
        return fail(ExitStatus::io, std::format("no room for {}: it takes {}, and {} are free for {}",
                                                what, human(bytes), human(free), quote(next.path())));
    });
}

// --- the copy ----------------------------------------------------------------

Result<void> empty(const Directory& tree, const std::string& but)
{
    const auto entries = tree.entries();
    if (!entries)
        return std::unexpected(entries.error());
    for (const auto& name : *entries)
        if (name != but)
            if (auto removed = tree.remove_tree(name); !removed)
                return removed;
    return {};
}

/// Whether the file system can share the bytes of a file and its copy.
bool shares_bytes(const Trees& trees)
{
    const std::string probe = ".left4me-probe";
    const FileDescriptor from(
        openat(trees.present.descriptor(), "srcds_run", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    const FileDescriptor to(openat(trees.next.descriptor(), probe.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    const bool shared = from && to && ioctl(to.get(), FICLONE, from.get()) == 0;
    (void)trees.next.remove_file(probe); // else it goes with all the rest
    return shared;
}

Result<void> require_room_for_copy(const Trees& trees)
{
    if (shares_bytes(trees))
        return {};
    return require_room(trees.next, size_of_files(path::state + "/" + entry::installation),
                        "a copy of the installation");
}

/// Without a mark of its own, half of a copy would look to steamcmd like all of it:
/// it believes what its manifest says.
Result<void> copy_present(const Trees& trees, const InstallationReport& report)
{
    report.step("copying the present installation, so that only what is new is fetched");
    return empty(trees.next, "")
        .and_then([&] { return require_room_for_copy(trees); })
        .and_then([&] { return trees.next.create_file(copying, "", 0644); })
        .and_then([&] { return trees.next.sync(); })
        .and_then([&] { return measure_tree(trees.present); })
        .and_then([&](const TreeSize& all) {
            return copy_tree(trees.present, trees.next, [&](const TreeSize& done) {
                report.progress("copying", done.bytes, all.bytes);
            });
        })
        .or_else([&](const Error& error) -> Result<TreeSize> {
            (void)empty(trees.next, copying); // servers may need the room
            return std::unexpected(error);
        })
        .and_then([&](const TreeSize&) { return check_interruption(); })
        .and_then([&] { return trees.next.remove_file(entry::complete); })
        .and_then([&] { return trees.next.remove_file(copying); })
        .and_then([&] { return trees.next.sync(); });
}

Result<void> prepare(const Trees& trees, bool installed, const InstallationReport& report)
{
    const auto unfinished = trees.next.contains(copying);
    const auto entries = trees.next.entries();
    if (!unfinished || !entries)
        return std::unexpected(!unfinished ? unfinished.error() : entries.error());
    // From here on it is not to be published, whatever was left of it.
    if (auto unmarked = trees.next.remove_file(entry::complete); !unmarked)
        return unmarked;
    if (installed && (*unfinished || entries->empty()))
        return copy_present(trees, report);
    return *unfinished ? empty(trees.next, "") : Result<void>{};
}

// --- steamcmd ----------------------------------------------------------------

Error explain(const SteamFailure& failure, const SteamAccount& account)
{
    const auto words = quote(failure.line);
    switch (failure.trouble) {
    case SteamTrouble::transient:
        return {ExitStatus::io, std::format("steamcmd did not get through: {}", words)};
    case SteamTrouble::no_license:
        return {ExitStatus::not_permitted,
                account.is_anonymous()
                    ? std::format("Steam gives this game's server to nobody without an account: name "
                                  "one that owns Left 4 Dead 2 with --user NAME ({})",
                                  words)
                    : std::format("Steam account {} may not have app 222860: does it own "
                                  "Left 4 Dead 2? ({})",
                                  quote(account.str()), words)};
    case SteamTrouble::wrong_password:
        return {ExitStatus::not_permitted,
                std::format("Steam refused the login of {}: {}", quote(account.str()), words)};
    case SteamTrouble::wrong_code:
        return {ExitStatus::not_permitted, std::format("Steam refused the Steam Guard code: {}", words)};
    case SteamTrouble::rate_limit:
        return {ExitStatus::busy, std::format("Steam takes no logins from here for now: wait half an "
                                              "hour, each try makes it longer ({})",
                                              words)};
    case SteamTrouble::no_room:
        return {ExitStatus::io, std::format("no room on the disk: steamcmd says {}", words)};
    case SteamTrouble::unknown:
        return {ExitStatus::internal, std::format("steamcmd failed: {}", words)};
    }
    std::unreachable();
}

/// Asks the operator, and keeps a password for as long as steamcmd may be run again.
class Answers {
public:
    explicit Answers(const SteamAccount& account) : account_(account) {}

    Result<Secret> answer(SteamPrompt prompt, int attempt)
    {
        constexpr int most_attempts = 3;
        if (attempt > most_attempts)
            return fail(ExitStatus::not_permitted, std::format("Steam refused {} answers for {}",
                                                               most_attempts, quote(account_.str())));
        switch (prompt) {
        case SteamPrompt::password:
            if (attempt == 1 && password_)
                return Secret(std::string(password_->reveal()));
            return ask(std::format("Steam password of {}", account_.str())).transform([&](Secret typed) {
                password_.emplace(std::string(typed.reveal()));
                return typed;
            });
        case SteamPrompt::guard_code:
            return ask(attempt == 1 ? "Steam Guard code" : "Steam Guard code (the last was refused)");
        }
        std::unreachable();
    }

private:
    static Result<Secret> ask(const std::string& question)
    {
        return ask_on_terminal(question).transform_error([](Error error) {
            if (error.status == ExitStatus::not_permitted)
                error.message += " (run it on a terminal once: steamcmd keeps the login)";
            return error;
        });
    }

    const SteamAccount& account_;
    std::optional<Secret> password_;
};

/// The first phase that says how much is to come: is there room for it?
class RoomWatch {
public:
    explicit RoomWatch(const Directory& next) : next_(next) {}

    Result<void> look_at(const SteamProgress& progress)
    {
        const bool fetches = progress.phase == "preallocating" || progress.phase == "downloading";
        if (looked_ || !fetches || progress.total == 0)
            return {};
        looked_ = true;
        // An earlier run has room already for what it was to fetch.
        const auto there = size_of_files(next_path() + "/steamapps/downloading");
        const auto needed = progress.total - progress.done;
        return require_room(next_, needed - std::min(needed, there), "what Steam has to give");
    }

private:
    const Directory& next_;
    bool looked_ = false;
};

Result<std::optional<SteamFailure>> fetch_once(const InstallationOrder& order,
                                               const std::string& program, const Directory& next,
                                               Answers& answers, const InstallationReport& report)
{
    RoomWatch room(next);
    const SteamcmdDialogue dialogue{
        .answer = [&](SteamPrompt prompt, int attempt) { return answers.answer(prompt, attempt); },
        .progress =
            [&](const SteamProgress& progress) {
                report.progress(progress.phase, progress.done, progress.total);
                return room.look_at(progress);
            },
        .step = report.step,
    };
    return run_steamcmd({program, order.account, next_path(), order.validate}, dialogue);
}

Result<void> wait(std::chrono::seconds time)
{
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
        constexpr int tick_ms = 100;
        poll(nullptr, 0, tick_ms);
        if (auto going_on = check_interruption(); !going_on)
            return going_on;
    }
    return {};
}

/// What is known to pass by itself is tried again, each time after a longer wait.
Result<void> fetch(const InstallationOrder& order, const std::string& program, const Directory& next,
                   const InstallationReport& report)
{
    constexpr std::array<std::chrono::seconds, 4> waits = {
        std::chrono::seconds(2), std::chrono::seconds(6), std::chrono::seconds(20),
        std::chrono::seconds(60)};
    Answers answers(order.account);
    for (std::size_t attempt = 0;; ++attempt) {
        report.step(std::format("running steamcmd as Steam user {}", order.account.str()));
        const auto failure = fetch_once(order, program, next, answers, report);
        if (!failure)
            return std::unexpected(failure.error());
        if (!*failure)
            return {};
        constexpr std::uint64_t hardly_any = 1024 * 1024;
        if (const auto free = room_for(next); free && *free < hardly_any)
            return std::unexpected(explain({SteamTrouble::no_room, (*failure)->line}, order.account));
        if ((*failure)->trouble != SteamTrouble::transient || attempt == waits.size())
            return std::unexpected(explain(**failure, order.account));
        report.step(std::format("{}; trying again in {} seconds", quote((*failure)->line),
                                waits.at(attempt).count()));
        if (auto waited = wait(waits.at(attempt)); !waited)
            return waited;
    }
}

Result<std::string> steamcmd_program()
{
    return load_host_settings().and_then([](const HostSettings& settings) -> Result<std::string> {
        if (access(settings.steamcmd.c_str(), X_OK) == 0)
            return settings.steamcmd;
        return fail(ExitStatus::not_found,
                    std::format("there is no steamcmd at {}: install Debian's package steamcmd "
                                "(non-free), or name another in LEFT4ME_STEAMCMD of "
                                "/etc/left4me/host.env",
                                quote(settings.steamcmd)));
    });
}

// --- what servers need of steamcmd -----------------------------------------------

/// Servers see the home with .steam, but nothing of steamcmd's own, where its login
/// is. So this is a copy and no link.
Result<void> copy_steam_client(const std::string& file, const std::string& folder)
{
    constexpr std::size_t limit = 512 * 1024 * 1024;
    constexpr mode_t readable = 0755;
    const FileDescriptor source(open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!source)
        return fail_errno(std::format("cannot open {}", quote(file)), errno);
    const auto library = read_regular(source, quote(file), limit);
    if (!library)
        return std::unexpected(library.error());
    auto target =
        Directory::open(path::steam_home)
            .and_then([&](const Directory& home) { return home.make_subdirectory(".steam", readable); })
            .and_then([&](const Directory& steam) { return steam.make_subdirectory(folder, readable); });
    if (!target)
        return std::unexpected(target.error());
    if (const auto present = target->read_file("steamclient.so", limit); present && *present == *library)
        return {};
    return target->replace_file("steamclient.so", *library, 0644);
}

/// Nothing to stop at: the game is there without it, and doctor speaks of it, too.
void place_steam_clients(const std::string& program, const InstallationReport& report)
{
    for (const auto* bits : {"32", "64"}) {
        const auto file = find_steam_client(program, bits);
        if (!file && std::string_view(bits) == "32")
            report.step("found no linux32/steamclient.so of steamcmd's: servers would be LAN-only "
                        "(see l4d2ctl doctor)");
        if (!file)
            continue;
        if (auto placed = copy_steam_client(*file, std::format("sdk{}", bits)); !placed)
            report.step(
                std::format("cannot give servers Steam's client library: {}", placed.error().message));
    }
}

// --- publication ---------------------------------------------------------------

Result<void> publish(const Directory& next, const InstallationReport& report)
{
    report.step("putting it in the place of the old one");
    if (syncfs(next.descriptor()) != 0)
        return fail_errno(std::format("cannot write {} to the disk", quote(next.path())), errno);
    return check_interruption()
        .and_then([&] { return next.create_file(entry::complete, "", 0644); })
        .and_then([&] { return next.sync(); })
        .and_then([&] { return call_helper("left4me-systemctl", {"publish-installation"}); });
}

/// Who should be restarted; nothing to fail at.
void name_servers_to_restart(const Directory& old, const InstallationReport& report)
{
    if (const auto servers = servers_on(old); servers && !servers->empty())
        report.step(std::format("these servers run on the old one until they are restarted: {}",
                                join(*servers)));
}

Result<void> finish(const Trees& trees, const InstallationOrder& order, bool installed,
                    const InstallationReport& report)
{
    const auto whole = is_whole(trees.next);
    if (!whole)
        return std::unexpected(whole.error());
    if (!*whole)
        return fail(ExitStatus::bad_data,
                    std::format("steamcmd reports success, but there is no srcds_run, srcds_linux or "
                                "left4dead2 in {}",
                                quote(next_path())));
    const auto build = build_of(trees.next);
    if (installed && !order.validate && build && build == build_of(trees.present)) {
        report.step(std::format("build {} is the newest, and installed", *build));
        return {};
    }
    return publish(trees.next, report).transform([&] {
        report.step(std::format("build {} is installed", build.value_or("of unknown number")));
        name_servers_to_restart(trees.present, report);
    });
}

} // namespace

std::optional<std::string> parse_build(std::string_view text)
{
    constexpr std::string_view key = "\"buildid\"";
    const auto found = text.find(key);
    if (found == std::string_view::npos)
        return std::nullopt;
    text.remove_prefix(found + key.size());
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    if (!text.starts_with('"'))
        return std::nullopt;
    text.remove_prefix(1);
    const auto digits = text.substr(0, text.find('"'));
    constexpr std::size_t longest = 20;
    if (digits.empty() || digits.size() > longest || digits.size() == text.size() ||
        digits.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
    return std::string(digits);
}

Result<void> bring_up_to_date(const InstallationOrder& order, const InstallationReport& report)
{
    const bool install = order.verb == InstallationVerb::install;
    const auto lock = InstanceLock::take_installation(install ? "install" : "update");
    if (!lock)
        return std::unexpected(lock.error());
    const auto program = steamcmd_program();
    if (!program)
        return std::unexpected(program.error());
    const auto trees = open_trees();
    if (!trees)
        return std::unexpected(trees.error());
    const auto installed = is_whole(trees->present);
    if (!installed)
        return std::unexpected(installed.error());
    if (!*installed && !install)
        return fail(ExitStatus::not_found, "the game is not installed yet: run l4d2ctl install");
    if (*installed && install)
        report.step("the game is installed already: looking for what is new");
    return require_unused(trees->next)
        .and_then([&] { return prepare(*trees, *installed, report); })
        .and_then([&] { return fetch(order, *program, trees->next, report); })
        .and_then([&] {
            place_steam_clients(*program, report);
            return finish(*trees, order, *installed, report);
        });
}

} // namespace left4me
