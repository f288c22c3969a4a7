#include "model/steamcmd_run.hpp"

#include "system/format.hpp"

namespace left4me {
namespace {

constexpr std::string_view app_of_the_game = "222860";

std::string_view word_for(SteamPlatform platform)
{
    return platform == SteamPlatform::of_linux ? "linux" : "windows";
}

std::string_view word_for_check(bool validate)
{
    return validate ? "validate" : "trust";
}

} // namespace

std::string format_steamcmd_run(const SteamcmdRun& run)
{
    return formatted("{} {} {}\n", word_for(run.platform), run.account.str(),
                     word_for_check(run.validate));
}

Result<SteamcmdRun> parse_steamcmd_run(std::string_view line)
{
    for (const auto platform : {SteamPlatform::of_linux, SteamPlatform::of_windows})
        for (const bool validate : {false, true}) {
            const auto begin = formatted("{} ", word_for(platform));
            const auto end = formatted(" {}\n", word_for_check(validate));
            if (line.size() <= begin.size() + end.size() || !line.starts_with(begin) ||
                !line.ends_with(end))
                continue;
            line.remove_prefix(begin.size());
            line.remove_suffix(end.size());
            return SteamAccount::parse(line).transform([&](SteamAccount account) {
                return SteamcmdRun{platform, std::move(account), validate};
            });
        }
    return fail(ExitStatus::bad_data, formatted("{} does not say what steamcmd is to do", quote(line)));
}

std::vector<std::string> steamcmd_words(const std::string& program, const std::string& directory,
                                        const SteamcmdRun& run)
{
    // The directory and the platform come before the login, or they do not count.
    std::vector<std::string> words = {program,
                                      "+@ShutdownOnFailedCommand",
                                      "1",
                                      "+@sSteamCmdForcePlatformType",
                                      std::string(word_for(run.platform)),
                                      "+force_install_dir",
                                      directory,
                                      "+login",
                                      run.account.str(),
                                      "+app_update",
                                      std::string(app_of_the_game)};
    if (run.validate)
        words.emplace_back("validate");
    words.emplace_back("+quit");
    return words;
}

} // namespace left4me
