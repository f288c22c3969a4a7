// What `apt install` leaves on the booted host, and what the package does to
// running servers and to the state over its life.

#include "next_package.hpp"
#include "support.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <elf.h>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <optional>
#include <ranges>
#include <sstream>
#include <sys/stat.h>

namespace left4me::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;

/// A parameter's name: letters and digits of a text.
std::string test_name(std::string_view text)
{
    std::string name;
    for (const char c : text)
        name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    return name;
}

// --- files -------------------------------------------------------------------

struct Entry {
    std::string path;
    std::string is; ///< "owner:group mode type", of the path itself
};

void PrintTo(const Entry& entry, std::ostream* out)
{
    *out << entry.path;
}

const std::string helpers = "/usr/libexec/left4me/";
const std::string units = "/usr/lib/systemd/system/";
const std::string skeleton = "/usr/lib/left4me/root";
constexpr auto program = "root:root 755 regular file";
constexpr auto plain = "root:root 644 regular file";
constexpr auto directory = "root:root 755 directory";
constexpr auto link_itself = "root:root 777 symbolic link";
constexpr auto open_state = "left4me:left4me 755 directory";
constexpr auto private_state = "left4me:left4me 700 directory";

std::vector<Entry> layout()
{
    std::vector<Entry> entries = {
        {"/usr/bin/l4d2ctl", program},
        {helpers + "left4me-systemctl", program},
        {helpers + "left4me-journalctl", program},
        {helpers + "left4me-network-rules", program},
        {helpers + "left4me-overlay", program},
        {helpers + "left4me-launch", program},
        {helpers + "left4me-broker", program},
        {helpers + "left4me-hung", program},
        {helpers + "left4me-inspect", program},
        {helpers + "left4me-job", program},
        {helpers + "left4me-run-script", program},
        {helpers + "left4me-run-steamcmd", program},
        {helpers + "left4me-script-sandbox", program},
        {helpers + "left4me-workcopy", program},
        {helpers + "left4me-share", program},
        {helpers + "left4me-unpack", program},
        {helpers + "left4me-watch", program},
        {helpers + "left4me-web", program},
        {"/usr/share/left4me/web/style.css", plain},
        {"/usr/share/left4me/web/live.js", plain},
        {helpers + "left4me-workshop", program},
        {"/usr/libexec/left4me", directory},
        {"/usr/lib/left4me", directory},
        {"/usr/lib/left4me/nftables.nft", plain},
        {"/usr/lib/left4me/sudoers", plain},
        {"/etc/left4me/events.d", directory},
        {"/etc/left4me/nftables.d", directory},
        {"/etc/apparmor.d/left4me-build", plain},
        {"/etc/apparmor.d/left4me-server", plain},
        {skeleton, directory},
        {units + "l4d2.slice", plain},
        {units + "l4d2-game.slice", plain},
        {units + "l4d2-build.slice", plain},
        {units + "left4me-server@.service", plain},
        {units + "left4me-overlay@.service", plain},
        {units + "left4me-purge@.service", plain},
        {units + "left4me-released@.service", plain},
        {units + "left4me-retry@.timer", plain},
        {units + "left4me-broker.socket", plain},
        {units + "left4me-broker@.service", plain},
        {units + "left4me-broker-logs.socket", plain},
        {units + "left4me-broker-logs@.service", plain},
        {units + "left4me-build@.service", plain},
        {units + "left4me-build-import@.service", plain},
        {units + "left4me-build-multiarch@.service", plain},
        {units + "left4me-steamcmd.service", plain},
        {units + "left4me-workcopy@.service", plain},
        {units + "left4me-event@.service", plain},
        {units + "left4me-hung@.service", plain},
        {units + "left4me-inspect.service", plain},
        {units + "left4me-watch.service", plain},
        {units + "left4me-web.service", plain},
        {units + "left4me-web.socket", plain},
        {units + "left4me-installation.service", plain},
        {units + "left4me-job-layers@.service", plain},
        {units + "left4me-job-servers@.service", plain},
        {units + "left4me-job-steam@.service", plain},
        {units + "left4me-job-workshop@.service", plain},
        {units + "left4me-layers-refresh.service", plain},
        {units + "left4me-layers-refresh.timer", plain},
        {units + "left4me-nftables.service", plain},
        {units + "left4me-workshop-refresh.service", plain},
        {units + "left4me-workshop-refresh.timer", plain},
        {"/usr/lib/sysctl.d/99-left4me-ptrace.conf", plain},
        {"/usr/share/dbus-1/system.d/left4me.conf", plain},
        {"/usr/lib/sysusers.d/left4me.conf", plain},
        {"/usr/lib/systemd/system-preset/80-left4me.preset", plain},
        {"/usr/lib/tmpfiles.d/left4me.conf", plain},
        {"/etc/sudoers.d/left4me", "root:root 440 regular file"},
        {"/etc/left4me", directory},
        {"/etc/left4me/host.env", "root:left4me 640 regular file"},
        {"/etc/left4me/web.env", "root:root 600 regular file"},
        {"/etc/left4me/sandbox-resolv.conf", plain},
        {state, "root:left4me 750 directory"},
        {state + "/installation", open_state},
        {state + "/installation.next", open_state},
        {state + "/installation.old-1", open_state},
        {state + "/installation.old-2", open_state},
        {state + "/overlays", open_state},
        {state + "/workshop_cache", open_state},
        {state + "/global_overlay_cache", open_state},
        {state + "/steam", open_state},
        {state + "/steamcmd", private_state},
        {state + "/builds", private_state},
        {state + "/versions", private_state},
        {state + "/instances", private_state},
        {state + "/live", private_state},
        {state + "/runtime", directory},
        {state + "/jobs", directory},
        {"/run/left4me", directory},
        {"/run/left4me/lock", private_state},
        {"/run/left4me/mounts", directory},
        {state + "/history", "left4me:left4me 750 directory"},
        {state + "/web", private_state},
        {state + "/waiting", "left4me:left4me 750 directory"},
        {state + "/hung", "root:left4me 2750 directory"},
        {"/run/left4me/conf", "root:left4me 2750 directory"},
        {"/run/left4me/watch", "root:left4me 2750 directory"},
        {"/run/left4me/jobs", "root:root 700 directory"},
        {"/run/left4me-build", "root:root 700 directory"},
        {"/run/left4me-steamcmd", "root:root 700 directory"},
        {"/usr/lib/left4me/build-root/overlay", directory},
        {"/usr/lib/left4me/build-root/var/lib/left4me", directory},
    };
    for (const auto* name : {"dev", "etc", "home", "proc", "root", "run", "sys", "tmp", "usr", "var",
                             "var/lib", "var/lib/left4me", "var/tmp"})
        entries.push_back({skeleton + "/" + name, directory});
    for (const auto* name : {"bin", "lib", "lib32", "lib64", "sbin"})
        entries.push_back({skeleton + "/" + name, link_itself});
    return entries;
}

struct Layout : testing::TestWithParam<Entry> {};

TEST_P(Layout, HasItsOwnerModeAndType)
{
    EXPECT_EQ(output({"stat", "-c", "%U:%G %a %F", GetParam().path}), GetParam().is);
}

INSTANTIATE_TEST_SUITE_P(Host, Layout, testing::ValuesIn(layout()),
                         [](const auto& row) { return test_name(row.param.path); });

TEST(Install, TheSkeletonIsEmptyAndItsLinksLeadIntoUsr)
{
    for (const auto* name : {"bin", "lib", "lib32", "lib64", "sbin"})
        EXPECT_EQ(fs::read_symlink(skeleton + "/" + name), std::string("usr/") + name);
    for (const auto& entry : fs::recursive_directory_iterator(skeleton))
        EXPECT_TRUE(entry.is_symlink() || entry.is_directory()) << entry.path();
}

TEST(Install, NoFileOfThePackageIsAnotherUsersToChange)
{
    for (const auto& path : lines_of(output({"dpkg", "-L", "left4me"}))) {
        struct stat status = {};
        // Minimal images leave documentation out.
        if (path == "/." || lstat(path.c_str(), &status) != 0)
            continue;
        EXPECT_EQ(status.st_uid, 0U) << path;
        EXPECT_TRUE(S_ISLNK(status.st_mode) || (status.st_mode & 022U) == 0) << path;
        EXPECT_EQ(status.st_mode & 07000U, 0U) << path << ": no setuid, setgid or sticky bit";
    }
}

TEST(Install, TheConffilesAreTheOnesAnOperatorEdits)
{
    std::vector<std::string> paths;
    for (const auto& line : lines_of(output({"dpkg-query", "-W", "-f", "${Conffiles}", "left4me"})))
        if (std::istringstream words(line); !line.empty())
            words >> paths.emplace_back();
    EXPECT_THAT(paths,
                UnorderedElementsAre("/etc/apparmor.d/left4me-build", "/etc/apparmor.d/left4me-server",
                                     "/etc/left4me/host.env", "/etc/left4me/sandbox-resolv.conf",
                                     "/etc/sudoers.d/left4me"));
}

TEST(Install, TheSecretIsRandomAndWhole)
{
    EXPECT_THAT(read_file("/etc/left4me/web.env"), MatchesRegex("SECRET_KEY=[0-9a-f]{64}\n"));
    // Nothing half written beside it.
    for (const auto& entry : fs::directory_iterator("/etc/left4me"))
        EXPECT_THAT(entry.path().filename().string(), Not(StartsWith("web.env."))) << entry.path();
}

TEST(Install, TracingIsForRootAlone)
{
    EXPECT_THAT(lines_of(read_file("/usr/lib/sysctl.d/99-left4me-ptrace.conf")),
                Contains("kernel.yama.ptrace_scope = 2"));
    // The last one wins: no other file may be it.
    const auto all = lines_of(output({"systemd-analyze", "cat-config", "sysctl.d"}));
    const auto last = std::ranges::find_last_if(
        all, [](const auto& line) { return line.starts_with("kernel.yama.ptrace_scope"); });
    ASSERT_FALSE(last.empty());
    EXPECT_EQ(last.front(), "kernel.yama.ptrace_scope = 2");
}

TEST(Install, ManualPageAndCompletionAreInThePackage)
{
    // dpkg -L: an image may leave documentation out by path-exclude.
    const auto files = lines_of(output({"dpkg", "-L", "left4me"}));
    EXPECT_THAT(files, Contains("/usr/share/man/man1/l4d2ctl.1.gz"));
    EXPECT_THAT(files, Contains("/usr/share/bash-completion/completions/l4d2ctl"));
}

// --- user and sudo -----------------------------------------------------------

TEST(Install, TheUserHasNoShellAndIsNotExpired)
{
    EXPECT_THAT(output({"getent", "passwd", "left4me"}),
                testing::EndsWith(":/var/lib/left4me/steam:/usr/sbin/nologin"));
    // An expired account could not use sudo: shadow's eighth field is empty. No
    // password either.
    EXPECT_THAT(output({"getent", "shadow", "left4me"}), MatchesRegex("left4me:![!*]*:.*::"));
    EXPECT_EQ(output({"id", "-nG", "left4me"}), "left4me");
    EXPECT_NE(run({"su", "left4me", "-c", "true"}).status, 0);
}

TEST(Install, SudoGrantsTheHelpersAndNothingElse)
{
    EXPECT_EQ(run({"visudo", "--check", "--strict"}).status, 0);
    const auto listing = output({"sudo", "-l", "-U", "left4me"});
    EXPECT_THAT(listing, Not(HasSubstr("not allowed")));
    const auto commands = listing.substr(listing.find("may run the following"));
    EXPECT_EQ(lines_of(commands).size(), 2U) << commands; // the heading and one rule
    EXPECT_THAT(commands, Not(HasSubstr("ALL")));
    const std::string rule = "    (root) NOPASSWD: ";
    EXPECT_EQ(lines_of(commands).at(1),
              rule + helpers +
                  "left4me-systemctl ^(enable|disable|restart|purge|show) [a-z0-9][a-z0-9_-]{0,63}$, " +
                  helpers + "left4me-systemctl ^(publish-installation|fetch|inspect)$, " + helpers +
                  "left4me-journalctl ^[a-z0-9][a-z0-9_-]{0,63} --lines [0-9]{1,7} --(no-)?follow"
                  "( --cursors)?( --since [0-9]{1,10}| --after "
                  "s\\=[0-9a-f]{32};i\\=[0-9a-f]{1,16};b\\=[0-9a-f]{32};m\\=[0-9a-f]{1,16};"
                  "t\\=[0-9a-f]{1,16};x\\=[0-9a-f]{1,16})?$, " +
                  helpers +
                  "left4me-script-sandbox ^(--multiarch "
                  ")?[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)* "
                  "[a-z0-9]{1,32}$");
}

// --- units -------------------------------------------------------------------

struct InstalledUnit : testing::TestWithParam<std::string> {};

TEST_P(InstalledUnit, LoadsWithoutComplaint)
{
    const auto& unit = GetParam();
    EXPECT_EQ(unit_property(unit, "LoadState"), "loaded");
    EXPECT_EQ(unit_property(unit, "LoadError"), "");
    EXPECT_EQ(unit_property(unit, "NeedDaemonReload"), "no");
    const auto verified = run({"systemd-analyze", "verify", "--man=no", unit});
    EXPECT_EQ(verified.status, 0);
    EXPECT_EQ(verified.out + verified.err, "");
}

INSTANTIATE_TEST_SUITE_P(
    Host, InstalledUnit,
    testing::Values("l4d2.slice", "l4d2-game.slice", "l4d2-build.slice", "left4me-nftables.service",
                    "left4me-server@x.service", "left4me-inspect.service", "left4me-watch.service",
                    "left4me-web.service", "left4me-web.socket", "left4me-hung@x.service",
                    "left4me-event@x.service", "left4me-installation.service",
                    "left4me-overlay@x.service", "left4me-purge@x.service", "left4me-released@x.service",
                    "left4me-broker@x.service", "left4me-broker-logs@x.service", "left4me-retry@x.timer",
                    "left4me-build@x.service", "left4me-build-import@x.service",
                    "left4me-build-multiarch@x.service", "left4me-steamcmd.service",
                    "left4me-workcopy@x.service", "left4me-job-servers@7.service",
                    "left4me-job-layers@7.service", "left4me-job-workshop@7.service",
                    "left4me-job-steam@7.service"),
    [](const auto& row) { return test_name(row.param); });

// --- programs ----------------------------------------------------------------

/// Enough of an ELF file to see how it was linked.
class Elf {
public:
    explicit Elf(const std::string& path) : bytes_(read_file(path)), header_(at<Elf64_Ehdr>(0)) {}

    [[nodiscard]] bool is_elf() const { return bytes_.starts_with(ELFMAG); }
    [[nodiscard]] unsigned type() const { return header_.e_type; }

    [[nodiscard]] std::optional<Elf64_Phdr> segment(std::uint32_t type) const
    {
        for (std::size_t i = 0; i < header_.e_phnum; ++i) {
            const auto segment = at<Elf64_Phdr>(header_.e_phoff + i * header_.e_phentsize);
            if (segment.p_type == type)
                return segment;
        }
        return std::nullopt;
    }

    [[nodiscard]] std::uint64_t dynamic(std::int64_t tag) const
    {
        const auto table = segment(PT_DYNAMIC);
        for (std::size_t i = 0; table && i < table->p_filesz / sizeof(Elf64_Dyn); ++i) {
            const auto entry = at<Elf64_Dyn>(table->p_offset + i * sizeof(Elf64_Dyn));
            if (entry.d_tag == tag)
                return entry.d_un.d_val;
        }
        return 0;
    }

    /// A symbol that it takes from a library.
    [[nodiscard]] bool mentions(std::string_view symbol) const { return bytes_.contains(symbol); }

private:
    template <typename Record>
    [[nodiscard]] Record at(std::size_t offset) const
    {
        Record record = {};
        if (offset + sizeof record <= bytes_.size())
            std::memcpy(&record, bytes_.data() + offset, sizeof record);
        return record;
    }

    std::string bytes_;
    Elf64_Ehdr header_;
};

struct InstalledProgram : testing::TestWithParam<std::string> {};

TEST_P(InstalledProgram, IsHardened)
{
    const Elf elf(GetParam());
    ASSERT_TRUE(elf.is_elf());
    EXPECT_EQ(elf.type(), unsigned{ET_DYN});
    EXPECT_NE(elf.dynamic(DT_FLAGS_1) & DF_1_PIE, 0U) << "position independent";
    EXPECT_NE(elf.dynamic(DT_FLAGS_1) & DF_1_NOW, 0U) << "bound at start";
    EXPECT_TRUE(elf.segment(PT_GNU_RELRO)) << "read-only relocations";
    ASSERT_TRUE(elf.segment(PT_GNU_STACK));
    EXPECT_EQ(elf.segment(PT_GNU_STACK)->p_flags & PF_X, 0U) << "no executable stack";
    EXPECT_TRUE(elf.mentions("__stack_chk_fail")) << "stack protector";
    // The small helpers make no call whose sizes need a check at run time.
    const bool is_small =
        GetParam().starts_with(helpers) &&
        (GetParam().ends_with("ctl") || GetParam().ends_with("launch") || GetParam().ends_with("rules"));
    EXPECT_TRUE(is_small || elf.mentions(std::string_view("_chk\0", 5))) << "fortified calls";
    EXPECT_EQ(elf.dynamic(DT_RUNPATH) + elf.dynamic(DT_RPATH), 0U) << "libraries are the system's";
}

TEST_P(InstalledProgram, ExplainsItselfToAnyone)
{
    for (const auto* user : {"root", "left4me", "nobody"})
        for (const auto* option : {"--help", "--version"}) {
            const auto told = run({"runuser", "-u", user, "--", GetParam(), option});
            EXPECT_EQ(told.status, 0) << user << option;
            EXPECT_THAT(told.out, Not(IsEmpty())) << user << option;
            EXPECT_EQ(told.err, "") << user << option;
        }
    EXPECT_THAT(run({GetParam(), "--version"}).out,
                StartsWith(fs::path(GetParam()).filename().string() + " "));
}

INSTANTIATE_TEST_SUITE_P(Host, InstalledProgram,
                         testing::Values("/usr/bin/l4d2ctl", helpers + "left4me-systemctl",
                                         helpers + "left4me-journalctl", helpers + "left4me-overlay",
                                         helpers + "left4me-launch", helpers + "left4me-network-rules"),
                         [](const auto& row) {
                             return test_name(fs::path(row.param).filename().string());
                         });

// --- the package's life ------------------------------------------------------

Outcome apt_get(Words arguments)
{
    Words words = {"env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-y",
                   "-o",  "Dpkg::Options::=--force-confold"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return run(words);
}

void install_package()
{
    const auto done = apt_get({"install", "--reinstall", package_in("/build")});
    ASSERT_EQ(done.status, 0) << done.out << done.err;
}

struct PackageUpgrade : ServerTest {};

TEST_F(PackageUpgrade, LeavesARunningServerAndTheSecretAlone)
{
    start_with();
    const auto before = pid();
    const auto mount = mount_line(name);
    const auto secret = read_file("/etc/left4me/web.env");
    const auto entered = unit_property("l4d2-game.slice", "ActiveEnterTimestampMonotonic");
    install_package();
    EXPECT_EQ(pid(), before);
    EXPECT_EQ(unit_property(server_unit(), "NRestarts"), "0");
    EXPECT_EQ(mount_line(name), mount);
    EXPECT_EQ(unit_property("l4d2-game.slice", "ActiveEnterTimestampMonotonic"), entered);
    EXPECT_EQ(read_file("/etc/left4me/web.env"), secret);
    EXPECT_EQ(output({"stat", "-c", "%U:%G %a", "/etc/left4me/web.env"}), "root:root 600");
    EXPECT_EQ(output({"stat", "-c", "%U:%G %a", "/etc/left4me/host.env"}), "root:left4me 640");
    EXPECT_TRUE(game_is_ready());
}

/// Run last and alone: the package is away in the middle, and back at the end.
struct PackageRemoval : ServerTest {
    void TearDown() override { install_package(); }

    static void expect_no_mount_process_or_cgroup()
    {
        EXPECT_THAT(lines_of(read_file("/proc/1/mountinfo")), Each(Not(HasSubstr(state + "/runtime/"))));
        EXPECT_EQ(run({"pgrep", "-u", "left4me"}).out, "");
        EXPECT_FALSE(exists("/sys/fs/cgroup/l4d2.slice/l4d2-game.slice/left4me-server@x.service"));
        EXPECT_EQ(run({"nft", "list", "table", "inet", "left4me"}).status, 1);
    }
};

TEST_F(PackageRemoval, RemoveStopsAndUnmountsAndGrantsNothing)
{
    start_with();
    const auto secret = read_file("/etc/left4me/web.env");
    const auto removed = apt_get({"remove", "left4me"});
    ASSERT_EQ(removed.status, 0) << removed.out << removed.err;
    expect_no_mount_process_or_cgroup();
    EXPECT_FALSE(exists("/usr/libexec/left4me"));

    // The conffile stays, and what it names is gone, in a place that is root's.
    EXPECT_TRUE(exists("/etc/sudoers.d/left4me"));
    EXPECT_EQ(run({"visudo", "--check", "--strict"}).status, 0);
    const auto tried = run_as_left4me({"sudo", "-n", helpers + "left4me-systemctl", "show", "x"});
    EXPECT_EQ(tried.status, 1);
    EXPECT_EQ(tried.out, "");
    EXPECT_NE(run_as_left4me({"mkdir", "/usr/libexec/left4me"}).status, 0);

    // What the operator made is there, and goes on where it was.
    EXPECT_TRUE(exists(instance() + "/spec.yaml"));
    EXPECT_EQ(read_file("/etc/left4me/web.env"), secret);
    install_package();
    EXPECT_EQ(read_file("/etc/left4me/web.env"), secret);
    start();
    EXPECT_TRUE(game_is_ready());
}

TEST_F(PackageRemoval, PurgeLeavesNothingButTheUser)
{
    start_with();
    for (const auto* timer : {"left4me-layers-refresh.timer", "left4me-workshop-refresh.timer"})
        EXPECT_EQ(run({"systemctl", "enable", "--now", timer}).status, 0);
    const auto secret = read_file("/etc/left4me/web.env");
    const auto purged = apt_get({"purge", "left4me"});
    ASSERT_EQ(purged.status, 0) << purged.out << purged.err;
    expect_no_mount_process_or_cgroup();

    // An empty mount point, which units of other tests on this host leave.
    run({"rmdir", "/run/left4me-tests"});
    // As a file system of its own, the state's directory is a mount point still.
    EXPECT_THAT(files_below(state), IsEmpty());
    const auto left =
        lines_of(run({"find", "/etc", "/run", "/usr", "/var", "/tmp", "-xdev", "(", "-name", "*left4me*",
                      "-o", "-name", "*l4d2*", ")", "-not", "-path", "/run/systemd/*"})
                     .out);
    const bool mounted = run({"mountpoint", "-q", state}).status == 0;
    EXPECT_THAT(left, mounted ? Each(state) : Each(std::string())) << "residue";
    EXPECT_EQ(run({"systemctl", "list-unit-files", "--no-legend", "left4me*", "l4d2*"}).out, "");
    EXPECT_EQ(run({"sudo", "-l", "-U", "left4me"}).out,
              "User left4me is not allowed to run sudo on left4me.\n");
    EXPECT_EQ(run({"getent", "passwd", "left4me"}).status, 0);

    install_package();
    EXPECT_THAT(read_file("/etc/left4me/web.env"), MatchesRegex("SECRET_KEY=[0-9a-f]{64}\n"));
    EXPECT_NE(read_file("/etc/left4me/web.env"), secret);
    EXPECT_EQ(output({"stat", "-c", "%U %a", state, state + "/instances"}), "root 750\nleft4me 700");
    EXPECT_EQ(l4d2ctl({"status"}).status, 0);
}

} // namespace
} // namespace left4me::test
