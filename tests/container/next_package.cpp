#include "next_package.hpp"

#include "support.hpp"

#include <filesystem>
#include <format>
#include <regex>

namespace left4me::test {
namespace {

namespace fs = std::filesystem;

/// The text must be there: a package that is not changed tests nothing.
void replace_in(const std::string& path, const std::string& what, const std::string& with)
{
    const auto text = read_file(path);
    const auto changed = std::regex_replace(text, std::regex(what), with);
    ASSERT_NE(text, changed) << path << " has no " << what;
    write_file(path, changed);
}

void append_to(const std::string& path, const std::string& text)
{
    ASSERT_TRUE(fs::exists(path)) << path;
    write_file(path, read_file(path) + text);
}

} // namespace

std::string package_in(const std::string& folder)
{
    for (const auto& entry : fs::directory_iterator(folder))
        if (const auto name = entry.path().filename().string();
            name.starts_with("left4me_") && name.ends_with(".deb"))
            return entry.path();
    ADD_FAILURE() << "no left4me_*.deb in " << folder;
    return "";
}

std::string make_next_package(const std::string& deb)
{
    const std::string tree = "/var/tmp/left4me-next";
    const std::string units = tree + "/usr/lib/systemd/system/";
    const std::string helpers = tree + "/usr/libexec/left4me/";
    remove_all(tree);
    output({"dpkg-deb", "--raw-extract", deb, tree});
    replace_in(tree + "/DEBIAN/control", "Version: .*", "Version: " + next::version);
    replace_in(units + "left4me-server@.service", "TasksMax=256", "TasksMax=" + next::tasks_max);
    replace_in(units + "l4d2-game.slice", "CPUWeight=1000", "CPUWeight=" + next::game_weight);
    replace_in(tree + "/usr/lib/left4me/nftables.nft", "(table inet left4me \\{\n)",
               std::format("$1\tset {} {{ type inet_service; }}\n", next::packet_set));
    append_to(tree + "/etc/left4me/host.env", next::conffile_line + "\n");
    // What follows the last section of a program changes nothing that it does.
    for (const auto& program : {tree + "/usr/bin/l4d2ctl", helpers + "left4me-launch",
                                helpers + "left4me-overlay", helpers + "left4me-systemctl"})
        append_to(program, "next");
    const auto made = tree + ".deb";
    output({"dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", tree, made});
    remove_all(tree);
    return made;
}

} // namespace left4me::test
