#include "unit_stage.hpp"

#include <format>

namespace left4me::escape {
namespace {

const std::string folder = "/run/left4me-escape"; // visible in each of the units

/// What an empty root has of the probe and of its work, and where.
const std::string view_of_empty_root =
    std::format("BindReadOnlyPaths={0} {1}:/run/left4me-tests\n", folder, test::tests_dir);

/// It binds its request, and has a place of its own.
const std::string instance = "escape-unit";
const std::string request = "/run/left4me/jobs/" + instance;
const std::string place = test::state + "/jobs/" + instance;

} // namespace

UnitStage::~UnitStage()
{
    leave();
    test::remove_all(folder);
}

void UnitStage::leave() const
{
    if (unit_.empty())
        return;
    test::run({"systemctl", "stop", unit_});
    test::remove_all(std::format("/run/systemd/system/{}.d/60-flip.conf", unit_));
    test::remove_all(request);
    test::remove_all(place);
    test::run({"systemctl", "daemon-reload"});
    // Stopping the last one empties the table.
    test::run({"systemctl", "restart", "left4me-nftables.service"});
}

void UnitStage::choose(const std::string& unit)
{
    leave();
    unit_ = unit + (unit.ends_with('@') ? instance + ".service" : ".service");
    if (is_job(unit))
        test::write_file(request, "none\n");
}

Answers UnitStage::in_the_unit(const Words& attempts)
{
    return in_the_unit_with("", attempts);
}

Answers UnitStage::in_the_unit_with(const std::string& settings, const Words& attempts)
{
    std::string text;
    for (const auto& attempt : attempts)
        text += fill_in(attempt) + '\n';
    test::write_file(folder + "/attempts.txt", text);
    test::write_file(
        std::format("/run/systemd/system/{}.d/60-flip.conf", unit_),
        std::format("[Unit]\nConditionDirectoryNotEmpty=\n[Service]\nType=oneshot\nRestart="
                    "no\nRestartMode=normal\n"
                    "ExecStart=\nExecStop=\nExecStopPost=\nStandardInput=null\n"
                    "ExecStart={0}/probe64 --from {1}/attempts.txt\n"
                    "StandardOutput=truncate:{1}/answers.txt\n{2}{3}",
                    has_empty_root(unit_) ? "/run/left4me-tests" : test::tests_dir, folder,
                    has_empty_root(unit_) ? view_of_empty_root + "RuntimeMaxSec=infinity\n" : "",
                    settings));
    EXPECT_EQ(test::run({"systemctl", "daemon-reload"}).status, 0);
    test::remove_all(folder + "/answers.txt");
    test::run({"systemctl", "reset-failed", unit_}); // its count of starts, too
    const auto started = test::run({"systemctl", "restart", unit_});
    EXPECT_EQ(started.status, 0) << unit_ << ' ' << settings << started.err;
    Answers answers;
    answers["64"] = test::ProbeReport(test::read_file(folder + "/answers.txt"));
    return answers;
}

} // namespace left4me::escape
