#include "build_stage.hpp"

#include <filesystem>
#include <format>
#include <unistd.h>

namespace left4me::escape {
namespace {

namespace fs = std::filesystem;

const Words places = {"/overlay"}; // to bind on, where the unit sees the host's root
const std::string script_place = "/run/script";

void reload()
{
    EXPECT_EQ(test::run({"systemctl", "daemon-reload"}).status, 0);
}

} // namespace

std::string BuildStage::drop_in() const
{
    return std::format("/run/systemd/system/left4me-build{}@.service.d/60-flip.conf",
                       unit_ == BuildUnit::multiarch ? "-multiarch" : "");
}

std::string BuildStage::probe_words() const
{
    return std::format("/overlay/probe64 --out /overlay/probe64.txt {} --from /overlay/attempts.txt",
                       unit_ == BuildUnit::multiarch ? "--also /overlay/probe32 /overlay/probe32.txt"
                                                     : "");
}

BuildStage::BuildStage(BuildUnit unit)
    : unit_(unit), abis_(unit == BuildUnit::multiarch ? Words{"32", "64"} : Words{"64"}),
      copy_("escape-build")
{
    for (const auto* bits : {"32", "64"})
        fs::copy_file(test::tests_dir + "/probe" + bits, copy_.path() + "/probe" + bits,
                      fs::copy_options::overwrite_existing);
    for (const auto& place : places)
        fs::create_directories(place);
    test::write_file(script_place, "");
}

BuildStage::~BuildStage()
{
    test::remove_all(drop_in());
    reload();
    for (const auto& place : places)
        rmdir(place.c_str());
    test::remove_all(script_place);
}

Answers BuildStage::run_script(const Words& attempts)
{
    std::string text;
    for (const auto& attempt : attempts)
        text += fill_in(attempt) + '\n';
    test::write_file(copy_.path() + "/attempts.txt", text);
    for (const auto& abi : abis_)
        test::remove_all(std::format("{}/probe{}.txt", copy_.path(), abi));
    const auto ended =
        copy_.run(probe_words(), unit_ == BuildUnit::multiarch ? Words{"--multiarch"} : Words());
    EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
    Answers answers;
    for (const auto& abi : abis_)
        answers[abi] =
            test::ProbeReport(test::read_file(std::format("{}/probe{}.txt", copy_.path(), abi)));
    return answers;
}

Answers BuildStage::in_the_unit(const Words& attempts)
{
    test::remove_all(drop_in());
    reload();
    return run_script(attempts);
}

Answers BuildStage::in_the_unit_with(const std::string& settings, const Words& attempts)
{
    test::write_file(drop_in(),
                     std::format("[Service]\nExecStart=\nExecStart={}\n{}", probe_words(), settings));
    reload();
    return run_script(attempts);
}

} // namespace left4me::escape
