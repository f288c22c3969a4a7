#include "steamcmd_stage.hpp"

#include <filesystem>
#include <format>

namespace left4me::escape {
namespace {

namespace fs = std::filesystem;

const std::string unit = "left4me-steamcmd.service";
const std::string drop_in = "/run/systemd/system/" + unit + ".d/60-flip.conf";
const std::string host_env = "/etc/left4me/host.env";
const std::string folder = test::state + "/steamcmd/escape"; // it is in its view at this place

std::string probe_words()
{
    return std::format("{0}/probe64 --out {0}/probe64.txt --also {0}/probe32 {0}/probe32.txt --from "
                       "{0}/attempts.txt",
                       folder);
}

void reload()
{
    EXPECT_EQ(test::run({"systemctl", "daemon-reload"}).status, 0);
}

} // namespace

SteamcmdStage::SteamcmdStage() : settings_(test::read_file(host_env))
{
    fs::create_directories(folder);
    for (const auto* bits : {"32", "64"})
        fs::copy_file(test::tests_dir + "/probe" + bits, folder + "/probe" + bits,
                      fs::copy_options::overwrite_existing);
    test::write_file(folder + "/steamcmd", std::format("#!/bin/sh\nexec {}\n", probe_words()));
    fs::permissions(folder + "/steamcmd",
                    fs::perms::others_exec | fs::perms::group_exec | fs::perms::owner_exec,
                    fs::perm_options::add);
    EXPECT_EQ(test::run({"chown", "-R", "left4me:", folder}).status, 0);
    test::write_file(host_env, std::format("LEFT4ME_STEAMCMD={}/steamcmd\n", folder));
}

SteamcmdStage::~SteamcmdStage()
{
    test::write_file(host_env, settings_);
    test::remove_all(drop_in);
    reload();
    test::remove_all(folder);
}

void SteamcmdStage::write_down(const Words& attempts) const
{
    std::string text;
    for (const auto& attempt : attempts)
        text += fill_in(attempt) + '\n';
    test::write_file(folder + "/attempts.txt", text);
    for (const auto* abi : {"32", "64"})
        test::remove_all(std::format("{}/probe{}.txt", folder, abi));
}

Answers SteamcmdStage::answers()
{
    Answers all;
    for (const auto* abi : {"32", "64"})
        all[abi] = test::ProbeReport(test::read_file(std::format("{}/probe{}.txt", folder, abi)));
    return all;
}

/// As l4d2ctl calls the helper: its input stays open, and its output is a terminal that is
/// nobody's yet.
Answers SteamcmdStage::in_the_unit(const Words& attempts)
{
    test::remove_all(drop_in);
    reload();
    write_down(attempts);
    const auto ended = test::run({"python3", "-c", R"(
import os, pty, subprocess
ours, theirs = pty.openpty()
reader, writer = os.pipe()
os.write(writer, b"linux anonymous trust\n")
helper = subprocess.Popen(["runuser", "-u", "left4me", "--", "sudo", "-n",
                           "/usr/libexec/left4me/left4me-systemctl", "fetch"],
                          stdin=reader, stdout=theirs)
os.close(theirs)
try:
    while os.read(ours, 4096):
        pass
except OSError:
    pass
raise SystemExit(helper.wait())
)"});
    EXPECT_EQ(ended.status, 0) << ended.err;
    return answers();
}

Answers SteamcmdStage::in_the_unit_with(const std::string& settings, const Words& attempts)
{
    test::write_file(drop_in, std::format("[Service]\nType=oneshot\nStandardInput=null\nExecStart=\n"
                                          "ExecStart={}\n{}",
                                          probe_words(), settings));
    reload();
    write_down(attempts);
    test::run({"systemctl", "reset-failed", unit});
    const auto started = test::run({"systemctl", "start", unit});
    EXPECT_EQ(started.status, 0) << settings << started.err;
    return answers();
}

} // namespace left4me::escape
