#include "doctor/package_facts.hpp"

#include "doctor/package_findings.hpp"
#include "host/helper_call.hpp"
#include "host/places.hpp"
#include "system/directory.hpp"
#include "system/path_parts.hpp"

#include <cerrno>
#include <pwd.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr std::size_t max_output = 64 * 1024;

ProgramFile look_at(const std::string& path)
{
    struct stat status = {};
    if (lstat(path.c_str(), &status) != 0)
        return {path, std::nullopt, 0};
    return {path, status.st_mode, status.st_uid};
}

bool is_service_user()
{
    const passwd* user = getpwnam(service_user);
    return user != nullptr && geteuid() == user->pw_uid;
}

/// One call of each kind that l4d2ctl makes.
Result<std::vector<std::string>> refused_by_sudo()
{
    if (!is_service_user())
        return fail(ExitStatus::not_permitted, "only root can ask what sudo lets user left4me do");
    const std::string systemctl = program_path("left4me-systemctl");
    const std::vector<std::vector<std::string>> calls = {
        {systemctl, "show", "x"},
        {systemctl, "restart", "x"},
        {systemctl, "inspect"},
        {systemctl, "publish-installation"},
        {program_path("left4me-journalctl"), "x", "--lines", "1", "--no-follow"},
        {program_path("left4me-journalctl"), "x", "--lines", "1", "--no-follow", "--since", "0"},
        {program_path("left4me-script-sandbox"), "x", "x"},
    };
    std::vector<std::string> refused;
    for (const auto& call : calls) {
        if (access(call.front().c_str(), X_OK) != 0)
            continue; // sudo finds no command then: see the check of programs
        std::vector<std::string> command = {"/usr/bin/sudo", "-n", "-l", "--"};
        command.insert(command.end(), call.begin(), call.end());
        if (output_of(command, max_output))
            continue;
        std::string words = last_part(call.front());
        for (std::size_t i = 1; i < call.size(); ++i)
            words += " " + call[i];
        refused.push_back(std::move(words));
    }
    return refused;
}

SettingsFacts read_settings(const Host& host)
{
    SettingsFacts facts = {host.settings_file(), host.settings()};
    if (!facts.settings)
        return facts;
    facts.has_steamcmd = access(facts.settings->steamcmd.c_str(), F_OK) == 0 || errno == EACCES;
    return facts;
}

LoaderFacts read_loader()
{
    const std::string loader = "/lib/ld-linux.so.2";
    const bool there = access(loader.c_str(), F_OK) == 0;
    return {there, there && output_of({loader, "--version"}, max_output).has_value()};
}

Result<GameFacts> read_game(const Host& host)
{
    return host.open_state().transform([](const Directory& state) {
        const auto has = [&](const char* path) { return state.contains(path).value_or(false); };
        return GameFacts{has("installation/srcds_linux") || has("installation/srcds_run"),
                         has("installation/left4dead2")};
    });
}

} // namespace

Result<SudoersFile> read_sudoers_file()
{
    const std::string path = "/etc/sudoers.d/left4me";
    if (geteuid() != 0)
        return fail(ExitStatus::not_permitted, "only root can ask what sudo lets user left4me do");
    const auto file = look_at(path);
    if (!file.mode)
        return SudoersFile{std::nullopt, 0, false};
    const bool parses = output_of({"/usr/sbin/visudo", "-c", "-q", "-f", path}, max_output).has_value();
    return SudoersFile{*file.mode & 07777U, file.uid, parses};
}

Findings look_at_programs()
{
    std::vector<ProgramFile> files;
    for (const auto name : programs)
        files.push_back(look_at(program_path(name)));
    return judge_programs(files);
}

Findings look_at_sudo(const Result<SudoersFile>& file)
{
    return judged(Check::sudo, file, [](const SudoersFile& there) {
        // sudo complains of such a file by itself.
        if (auto fault = judge_sudo(there, {}); has_problem(fault))
            return fault;
        return judged(Check::sudo, refused_by_sudo(),
                      [&](const auto& refused) { return judge_sudo(there, refused); });
    });
}

Findings look_at_settings(const Host& host)
{
    const auto settings = read_settings(host);
    return is_service_user() || settings.settings
               ? judge_settings(settings)
               : Findings{not_checked(Check::settings, settings.settings.error())};
}

Findings look_at_installation(const Host& host)
{
    return judged(Check::game, read_game(host),
                  [&](const GameFacts& facts) { return judge_game(host, facts); });
}

Findings look_at_game(const Host& host)
{
    auto findings = look_at_settings(host);
    append(findings, judge_loader(read_loader()));
    append(findings, look_at_installation(host));
    return findings;
}

} // namespace left4me
