#include "doctor/package_findings.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <sys/stat.h>

namespace left4me {
namespace {

constexpr mode_t executable = 0755;

/// What keeps a program from being started, or lets others change it; "": nothing.
std::string fault_of(const ProgramFile& file)
{
    if (!file.mode)
        return "is not there";
    if (!S_ISREG(*file.mode))
        return "is no file";
    if (file.uid != 0)
        return formatted("belongs to user {} and not to root", file.uid);
    if ((*file.mode & ALLPERMS) != executable)
        return formatted("has mode {:04o} and not 0755", *file.mode & ALLPERMS);
    return "";
}

} // namespace

Findings judge_programs(const std::vector<ProgramFile>& files)
{
    Findings findings;
    for (const auto& file : files) {
        const auto fault = fault_of(file);
        if (fault.empty())
            continue;
        const bool can_be_mended = file.mode && S_ISREG(*file.mode);
        findings.push_back({Check::programs, Verdict::problem, formatted("{} {}", file.path, fault),
                            can_be_mended
                                ? formatted("chown root:root {0} && chmod 0755 {0}", file.path)
                                : "install the package again: apt-get install --reinstall left4me"});
    }
    return or_ok(std::move(findings), Check::programs,
                 formatted("the package's {} programs can be started", files.size()));
}

Findings judge_settings(const SettingsFacts& facts)
{
    const auto& [file, settings, has_steamcmd] = facts;
    if (!settings && settings.error().status == ExitStatus::bad_data)
        return {{Check::settings, Verdict::problem, settings.error().message,
                 formatted("mend that line of {}, or take it out", file)}};
    if (!settings && settings.error().status == ExitStatus::not_permitted)
        return {{Check::settings, Verdict::problem,
                 formatted("user left4me cannot read its settings: {}", settings.error().message),
                 formatted("chown root:left4me {0} && chmod 0640 {0}", file)}};
    if (!settings)
        return {not_checked(Check::settings, settings.error())};
    Findings findings;
    if (!settings->unknown.empty())
        findings.push_back({Check::settings, Verdict::warning,
                            formatted("{} has what is no setting: {}", file, join(settings->unknown)),
                            "mend the name, or take the line out: it has no effect"});
    if (!has_steamcmd)
        findings.push_back(
            {Check::settings, Verdict::warning,
             formatted("there is no steamcmd in {}, which {} names", quote(settings->steamcmd), file),
             "install it (see \"The game\" in the guide for operators), or mend LEFT4ME_STEAMCMD"});
    return or_ok(std::move(findings), Check::settings, formatted("{} can be used", file));
}

Findings judge_loader(const LoaderFacts& facts)
{
    if (!facts.there)
        return {{Check::loader, Verdict::problem,
                 "this host has no 32-bit loader, /lib/ld-linux.so.2: no game can start",
                 "apt-get install libc6-i386"}};
    if (!facts.runs)
        return {{Check::loader, Verdict::problem,
                 "32-bit programs do not run here: /lib/ld-linux.so.2 is there, and does not",
                 "boot a kernel that runs them, as Debian's does, without ia32_emulation=0; or "
                 "apt-get install --reinstall libc6-i386"}};
    return {{Check::loader, Verdict::ok, "32-bit programs run"}};
}

Findings judge_game(const Host& host, const GameFacts& facts)
{
    const auto place = host.state_path("installation");
    if (!facts.program && !facts.content)
        return {{Check::game, Verdict::problem, formatted("the game is not in {}", place),
                 "l4d2ctl install"}};
    if (!facts.program || !facts.content)
        return {{Check::game, Verdict::problem,
                 formatted("the game in {} is not whole: it has no {}", place,
                           facts.content ? "srcds_linux" : "left4dead2"),
                 "l4d2ctl install --validate"}};
    return {{Check::game, Verdict::ok, "the game is installed"}};
}

} // namespace left4me
