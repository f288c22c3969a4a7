// l4d2ctl doctor: each check is seen red on a host where that one thing is wrong,
// and not red after it is mended. What the kernel has is not namespaced and never
// changed here: those checks look at files of a private mount namespace.

#include "doctor_report.hpp"
#include "packet_rules.hpp"
#include "support.hpp"

#include <filesystem>
#include <format>
#include <fstream>
#include <gmock/gmock.h>
#include <optional>

namespace left4me::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::ContainsRegex;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr int found_problem = 65;

const std::vector<std::string> ids = {
    "kernel",  "systemd", "ptrace",   "apparmor", "bpf",      "packet-rules", "units", "sandbox",
    "servers", "jobs",    "programs", "sudo",     "settings", "loader",       "game",  "sdk32",
    "layers",  "modes",   "rcon",     "room",     "quota",    "leftovers"};

/// As of a kernel that has Yama, whatever this one has.
std::string with_ptrace_scope(int scope)
{
    return std::format("mount -t tmpfs none /proc/sys/kernel && mkdir /proc/sys/kernel/yama && "
                       "echo {} >/proc/sys/kernel/yama/ptrace_scope",
                       scope);
}

std::string with_apparmor(const std::string& profiles)
{
    return std::format(
        "mount -t tmpfs none /sys/module && mkdir -p /sys/module/apparmor/parameters && "
        "echo Y >/sys/module/apparmor/parameters/enabled && "
        "mount -t tmpfs none /sys/kernel/security && mkdir /sys/kernel/security/apparmor && "
        "echo '{}' >/sys/kernel/security/apparmor/profiles",
        profiles);
}

struct Doctor : ServerTest {
    void TearDown() override
    {
        for (const auto& path : planted_)
            remove_all(path);
        run({"systemctl", "daemon-reload"});
    }

    void plant(const std::string& path, const std::string& text)
    {
        write_file(path, text);
        planted_.push_back(path);
        if (const auto parent = fs::path(path).parent_path(); parent.extension() == ".d")
            planted_.push_back(parent);
    }

    /// A drop-in or a unit, which systemd has read.
    void plant_unit(const std::string& path, const std::string& text)
    {
        plant(path, text);
        ASSERT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
    }

    [[nodiscard]] std::string own_drop_in() const
    {
        return std::format("/run/systemd/system/{}.d/90-doctor.conf", server_unit());
    }

private:
    std::vector<std::string> planted_;
};

// --- the whole ------------------------------------------------------------------

TEST_F(Doctor, FindsNoProblemOnAGoodHost)
{
    start_with(std::format("overlays: [{{path: {}}}]\n", make_layer("base")));
    const auto done = doctor_after(with_ptrace_scope(2));
    EXPECT_EQ(done.status, 0) << done.out;
    for (const auto& id : ids)
        EXPECT_THAT(findings(done, id), Each(Not(StartsWith("problem")))) << id;
    for (const auto* id : {"kernel", "systemd", "ptrace", "packet-rules", "units", "sandbox", "programs",
                           "sudo", "loader", "game", "sdk32", "layers", "leftovers"})
        EXPECT_THAT(findings(done, id), is_ok()) << id;
}

TEST_F(Doctor, ShowsPeopleOneLineACheckAndASummary)
{
    const auto done = l4d2ctl({"doctor"});
    const auto json = nlohmann::json::parse(l4d2ctl({"doctor", "--json"}).out);
    EXPECT_EQ(std::ranges::count(done.out, '\n'), static_cast<std::ptrdiff_t>(json.size()) + 2);
    EXPECT_THAT(done.out, ContainsRegex("(^|\n)ok           kernel        Linux [0-9]"));
    EXPECT_THAT(done.out, ContainsRegex("\n\n(no|[0-9]+) problems?, .* ok\n$"));
    EXPECT_EQ(done.status, done.out.contains("\nno problem,") ? 0 : found_problem);
}

TEST_F(Doctor, EndsWithItsStatusWhenThereIsAProblem)
{
    EXPECT_EQ(doctor_after(with_ptrace_scope(0)).status, found_problem);
}

TEST_F(Doctor, ShowsOthersWhatTheyCannotCheck)
{
    start_with();
    for (const auto* user : {"nobody", "left4me"}) {
        const auto done = run({"runuser", "-u", user, "--", "l4d2ctl", "doctor", "--json"});
        for (const auto* id : {"kernel", "systemd", "units"})
            EXPECT_THAT(findings(done, id), Contains(StartsWith("ok: "))) << user << id;
        for (const auto* id : {"packet-rules", "sandbox"})
            EXPECT_THAT(findings(done, id), Contains(StartsWith("not_checked: "))) << user << id;
        EXPECT_THAT(done.out, HasSubstr(R"("action": "run this as root")"));
    }
    const auto stranger = run({"runuser", "-u", "nobody", "--", "l4d2ctl", "doctor", "--json"});
    for (const auto* id :
         {"layers", "units", "jobs", "sudo", "settings", "game", "sdk32", "modes", "leftovers"})
        EXPECT_THAT(findings(stranger, id), Contains(StartsWith("not_checked: "))) << id;
    EXPECT_THAT(findings(stranger, "rcon"), ElementsAre(HasSubstr(std::format("0.0.0.0:{}", port))));
}

// --- the kernel -----------------------------------------------------------------

TEST_F(Doctor, TellsTheKernelsPtraceScope)
{
    const auto file = "/proc/sys/kernel/yama/ptrace_scope";
    const auto actual = read_file(file);
    EXPECT_THAT(
        findings("ptrace"),
        ElementsAre(HasSubstr(exists(file) ? "ptrace_scope is " + actual.substr(0, 1) : "no Yama")));
    for (const int scope : {0, 1, 2, 3})
        EXPECT_THAT(findings(doctor_after(with_ptrace_scope(scope)), "ptrace"),
                    ElementsAre(StartsWith(std::format("{}: kernel.yama.ptrace_scope is {}",
                                                       scope < 2 ? "problem" : "ok", scope))));
}

TEST_F(Doctor, TellsWhetherTheBpfSecurityModuleIsOn)
{
    const auto with = [](const std::string& modules) {
        return doctor_after("mount -t tmpfs none /sys/kernel/security && echo " + modules +
                            " >/sys/kernel/security/lsm");
    };
    EXPECT_THAT(findings(with("lockdown,capability,bpf,ipe"), "bpf"), is_ok());
    EXPECT_THAT(findings(with("lockdown,capability,apparmor"), "bpf"),
                ElementsAre(StartsWith("note: the BPF security module is off")));
}

TEST_F(Doctor, TellsWhetherAppArmorHasTheProfile)
{
    if (!exists("/sys/module/apparmor/parameters/enabled"))
        EXPECT_THAT(findings("apparmor"), ElementsAre(StartsWith("warning: AppArmor is off")));
    EXPECT_THAT(findings(doctor_after(with_apparmor("left4me-server (enforce)")), "apparmor"), is_ok());
    EXPECT_THAT(findings(doctor_after(with_apparmor("left4me-server (complain)")), "apparmor"),
                ElementsAre(problem("complain")));
    EXPECT_THAT(findings(doctor_after(with_apparmor("other (enforce)")), "apparmor"),
                ElementsAre(problem("is not loaded")));
}

// --- packet rules ---------------------------------------------------------------

struct DoctorPacketRules : Doctor {
    void SetUp() override { start_with(); }
    void TearDown() override
    {
        unowned_.reset();
        EXPECT_EQ(run({"systemctl", "reload", packet_rules_unit}).status, 0);
        EXPECT_THAT(findings("packet-rules"), is_ok());
        Doctor::TearDown();
    }

    /// From now on they can be changed.
    void disown() { unowned_.emplace(); }

    std::optional<UnownedPacketRules> unowned_;
};

TEST_F(DoctorPacketRules, NamesThoseThatNobodyOwns)
{
    disown();
    EXPECT_THAT(findings("packet-rules"), ElementsAre(problem("table inet left4me has no owner")));
}

TEST_F(DoctorPacketRules, NamesADeletedTable)
{
    disown();
    ASSERT_EQ(run({"nft", "destroy", "table", "inet", "left4me"}).status, 0);
    EXPECT_THAT(findings("packet-rules"), ElementsAre(problem("table inet left4me is gone")));
}

TEST_F(DoctorPacketRules, NamesAnEmptiedChain)
{
    disown();
    ASSERT_EQ(run({"nft", "flush", "chain", "inet", "left4me", "local"}).status, 0);
    EXPECT_THAT(findings("packet-rules"), ElementsAre(problem("chain local")));
}

/// nft deletes no chain that a rule jumps to: the rule goes first.
TEST_F(DoctorPacketRules, NamesTheDeletedChainOfBuilds)
{
    disown();
    ASSERT_EQ(run({"nft", "flush", "chain", "inet", "left4me", "output"}).status, 0);
    ASSERT_EQ(run({"nft", "add rule inet left4me output socket cgroupv2 level 2 "
                          "\"l4d2.slice/l4d2-game.slice\" jump game"})
                  .status,
              0);
    EXPECT_THAT(findings("packet-rules"), ElementsAre(problem("does not match the builds' slice")));
    ASSERT_EQ(run({"nft", "delete", "chain", "inet", "left4me", "build"}).status, 0);
    EXPECT_THAT(findings("packet-rules"), ElementsAre(problem("chain build")));
}

TEST_F(DoctorPacketRules, NamesAFileThatWasChangedSinceTheRulesWereLoaded)
{
    const std::string file = "/etc/left4me/nftables.d/test.nft";
    write_file(file, "add element inet left4me local_tcp { 3306 }\n");
    EXPECT_THAT(findings("packet-rules"),
                ElementsAre(problem("older than their file /etc/left4me/nftables.d")));
    EXPECT_EQ(run({"systemctl", "reload", "left4me-nftables.service"}).status, 0);
    EXPECT_THAT(findings("packet-rules"), is_ok());
    remove_all(file); // one that is gone is a change of the folder
    EXPECT_THAT(findings("packet-rules"), ElementsAre(problem("older than their file")));
}

TEST_F(DoctorPacketRules, SeesRulesOfAnotherCgroup)
{
    disown();
    ASSERT_EQ(run({"nft", "flush", "chain", "inet", "left4me", "output"}).status, 0);
    ASSERT_EQ(run({"nft", "add rule inet left4me output socket cgroupv2 level 1 system.slice jump game"})
                  .status,
              0);
    EXPECT_THAT(findings("packet-rules"), ElementsAre(problem("does not match the servers' slice")));
}

// --- units ----------------------------------------------------------------------

TEST_F(Doctor, NamesADropInThatWeakensWhereverItLies)
{
    initialize(spec());
    for (const auto& folder :
         {std::string("/etc/systemd/system/left4me-server@.service.d"),
          std::string("/run/systemd/system/left4me-server@.service.d"),
          std::string("/etc/systemd/system/left4me-.service.d"),
          std::string("/run/systemd/system/service.d"), "/etc/systemd/system/" + server_unit() + ".d"}) {
        const auto file = folder + "/90-doctor.conf";
        plant_unit(file, "[Service]\nPrivatePIDs=no\n");
        EXPECT_THAT(findings("units"),
                    Contains(problem(std::format("'{}' sets PrivatePIDs=no, and left4me-server@.service "
                                                 "has yes",
                                                 file))));
        EXPECT_EQ(l4d2ctl({"doctor"}).status, found_problem);
        Doctor::TearDown();
        EXPECT_THAT(findings("units"), is_ok());
    }
}

TEST_F(Doctor, NamesWhatWeakensTheOtherUnits)
{
    const std::string folder = "/run/systemd/system/";
    plant_unit(folder + "left4me-overlay@.service.d/90.conf",
               "[Service]\nEnvironmentFile=-/var/lib/left4me/x\n");
    plant_unit(folder + "l4d2-game.slice.d/90.conf", "[Slice]\nIPAddressAllow=any\n");
    plant_unit(folder + "left4me-build@.service.d/90.conf", "[Service]\nPrivatePIDs=no\n");
    plant_unit(folder + "left4me-workcopy@.service.d/90.conf", "[Service]\nNoNewPrivileges=no\n");
    plant_unit(folder + "left4me-nftables.service.d/90.conf", "[Service]\nExecStart=\nExecStart=true\n");
    EXPECT_THAT(findings("units"),
                AllOf(Contains(problem("sets EnvironmentFile=-/var/lib/left4me/x")),
                      Contains(problem("l4d2-game.slice.d/90.conf' sets IPAddressAllow=any")),
                      Contains(problem("left4me-build@.service.d/90.conf' sets PrivatePIDs=no")),
                      Contains(problem("left4me-workcopy@.service.d/90.conf' sets NoNewPrivileges=no")),
                      Contains(problem("left4me-nftables.service.d/90.conf' sets ExecStart=true"))));
}

TEST_F(Doctor, LetsOperatorsMakeTheDropInsThatAreDocumented)
{
    plant_unit("/run/systemd/system/left4me-server@.service.d/90.conf",
               "[Service]\nIPAddressAllow=192.168.1.0/24\nMemoryHigh=3G\nMemoryMax=4G\n");
    plant_unit("/run/systemd/system/l4d2-game.slice.d/90.conf", "[Slice]\nAllowedCPUs=0-1\n");
    EXPECT_THAT(findings("units"),
                ElementsAre(AllOf(StartsWith("note: "), HasSubstr("IPAddressAllow=192.168.1.0/24"))));
}

TEST_F(Doctor, NamesAReplacedUnit)
{
    const std::string file = "/etc/systemd/system/left4me-server@.service";
    auto text = read_file("/usr/lib/systemd/system/left4me-server@.service");
    plant_unit(file, text);
    EXPECT_THAT(findings("units"),
                ElementsAre(AllOf(StartsWith("warning: "), HasSubstr("replaces"), HasSubstr(file))));
    text.replace(text.find("\nPrivateUsers=yes\n"), 1, "\n#");
    plant_unit(file, text);
    EXPECT_THAT(findings("units"),
                Contains(problem("sets PrivateUsers=, and left4me-server@.service has yes")));
}

TEST_F(Doctor, NamesAMaskedUnit)
{
    ASSERT_EQ(run({"systemctl", "mask", "--runtime", "left4me-purge@.service"}).status, 0);
    EXPECT_THAT(findings("units"), Contains(problem("left4me-purge@-.service is masked")));
    ASSERT_EQ(run({"systemctl", "unmask", "--runtime", "left4me-purge@.service"}).status, 0);
    EXPECT_THAT(findings("units"), is_ok());
}

TEST_F(Doctor, SeesThatSystemdHasNotReadAUnitAgain)
{
    start_with();
    plant(own_drop_in(), "[Service]\nMemoryMax=4G\n");
    EXPECT_THAT(findings("units"), Contains(AllOf(StartsWith("warning: "), HasSubstr(server_unit()),
                                                  HasSubstr("changed"))));
}

// --- running servers ------------------------------------------------------------

TEST_F(Doctor, SeesANamespaceThatIsNotTheServersOwn)
{
    plant_unit(own_drop_in(), "[Service]\nPrivateIPC=no\n");
    start_with();
    EXPECT_THAT(findings("sandbox"), Contains(problem(name + "': it is in the host's ipc namespace")));
    EXPECT_THAT(findings("units"), Contains(problem("sets PrivateIPC=no")));
}

TEST_F(Doctor, SeesAServerWithoutItsSandbox)
{
    plant_unit("/run/systemd/system/" + server_unit(), "[Service]\nExecStart=sleep infinity\n");
    ASSERT_EQ(run({"systemctl", "start", server_unit()}).status, 0);
    const auto all = findings("sandbox");
    for (const auto* part : {"mnt namespace", "pid namespace", "user namespace", "ipc namespace",
                             "NoNewPrivs is 0", "Seccomp is 0", "CapEff is "})
        EXPECT_THAT(all, Contains(AllOf(problem(name), HasSubstr(part))));
    EXPECT_THAT(findings("units"), Contains(HasSubstr("replaces")));
    ASSERT_EQ(run({"systemctl", "stop", server_unit()}).status, 0);
}

TEST_F(Doctor, TellsWhoseRconCanBeReached)
{
    start_with();
    EXPECT_THAT(
        findings("rcon"),
        ElementsAre(AllOf(StartsWith("note: "), HasSubstr(std::format("'{}' 0.0.0.0:{}", name, port)))));
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    EXPECT_THAT(findings("rcon"), Each(Not(HasSubstr(name))));
}

// --- state ----------------------------------------------------------------------

TEST_F(Doctor, NamesALayerThatIsMissing)
{
    const auto layer = make_layer("base");
    initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
    EXPECT_THAT(findings("layers"), is_ok());
    fs::rename(state + "/overlays/" + layer, state + "/overlays/" + layer + "-away");
    EXPECT_THAT(findings("layers"),
                Contains(problem(std::format("server '{}': there is no layer '{}'", name, layer))));
    fs::rename(state + "/overlays/" + layer + "-away", state + "/overlays/" + layer);
    EXPECT_THAT(findings("layers"), is_ok());
}

TEST_F(Doctor, NamesFilesThatTheGameWouldNotFind)
{
    const auto layer = make_layer("base");
    const auto tree = state + "/overlays/" + layer;
    write_file(tree + "/left4dead2/addons/tour/Tour.vpk", "x");
    initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
    const auto named = [&](const std::string& part) {
        return Contains(AllOf(StartsWith("warning: "), HasSubstr(layer), HasSubstr(part)));
    };
    EXPECT_THAT(findings("layers"), named("'left4dead2/addons/tour/Tour.vpk': an addon is found in"));
    EXPECT_THAT(l4d2ctl({"overlay", "show", layer}).out,
                HasSubstr("tour/Tour.vpk: an addon is found in"));
    fs::rename(tree + "/left4dead2", tree + "/Left4Dead2");
    EXPECT_THAT(findings("layers"), named("the game finds nothing in it"));
    EXPECT_THAT(l4d2ctl({"overlay", "show", layer, "--json"}).out, HasSubstr("\"finds_nothing\": true"));
    fs::create_directory(tree + "/left4dead2");
    fs::rename(tree + "/Left4Dead2/addons", tree + "/left4dead2/addons");
    fs::rename(tree + "/left4dead2/addons/tour/Tour.vpk", tree + "/left4dead2/addons/Tour.vpk");
    EXPECT_THAT(findings("layers"), is_ok());
}

TEST_F(Doctor, NamesALayersLinksThatLeadToNothing)
{
    const auto layer = make_layer("base");
    const auto addons = state + "/overlays/" + layer + "/left4dead2/addons";
    const auto cached = state + "/workshop_cache/" + name + ".vpk";
    fs::create_directories(addons);
    initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
    write_file(cached, "x");
    fs::create_symlink(cached, addons + "/cached.vpk");
    EXPECT_THAT(findings("layers"), is_ok());
    fs::remove(cached);
    EXPECT_THAT(findings("layers"),
                Contains(problem(std::format("layer '{}': 'left4dead2/addons/cached.vpk' leads to '{}', "
                                             "which is not there",
                                             layer, cached))));
    fs::remove(addons + "/cached.vpk");
    // There, and out of what a server sees; /dev/zero would never end to be read.
    fs::create_symlink("/dev/zero", addons + "/outside.vpk");
    EXPECT_THAT(findings("layers"), Contains(problem("which servers do not see")));
}

TEST_F(Doctor, SeesThatAServerWouldBeLanOnly)
{
    const auto folder = state + "/steam/.steam/sdk32";
    fs::rename(folder, folder + "-away");
    EXPECT_THAT(findings("sdk32"), ElementsAre(problem("is not there")));
    // The place that guides to dedicated servers name: no server sees it.
    fs::create_symlink("/home/steam/linux32", folder);
    EXPECT_THAT(findings("sdk32"), ElementsAre(problem("servers see nothing")));
    fs::remove(folder);
    fs::create_symlink(folder + "-away", folder);
    EXPECT_THAT(findings("sdk32"), is_ok());
    fs::remove(folder);
    fs::rename(folder + "-away", folder);
}

TEST_F(Doctor, FollowsNoLinkOfTheServiceUserAsRoot)
{
    initialize(spec());
    const auto config = instance() + "/instance.conf";
    fs::rename(config, config + ".away");
    fs::create_symlink("/etc/shadow", config);
    EXPECT_THAT(findings("layers"), Contains(AllOf(problem(name), HasSubstr("symbolic link"))));
    EXPECT_THAT(l4d2ctl({"doctor"}).out, Not(HasSubstr("root:")));
    fs::rename(config + ".away", config);
}

TEST_F(Doctor, WarnsBeforeTheDiskIsFull)
{
    const auto with_room = [](const std::string& options, const std::string& fill) {
        return findings(doctor_after(std::format("mount -t tmpfs -o {} none {} && cd {} && {} && cd /",
                                                 options, state, state, fill)),
                        "room");
    };
    EXPECT_THAT(with_room("size=1000K", "head -c 500K /dev/zero >x"), is_ok());
    EXPECT_THAT(with_room("size=1000K", "head -c 940K /dev/zero >x"),
                ElementsAre(StartsWith("warning: " + state)));
    EXPECT_THAT(with_room("size=1000K", "head -c 996K /dev/zero >x"), ElementsAre(problem(state)));
    EXPECT_THAT(with_room("nr_inodes=20", "touch $(seq 19)"), ElementsAre(problem("0 % of its files")));
}

// --- leftovers ------------------------------------------------------------------

TEST_F(Doctor, NamesAMountThatOutlivedItsUnit)
{
    start_with();
    const auto holder = "left4me-doctor-holder.service";
    ASSERT_EQ(run({"systemd-run", "-q", "--collect", std::string("--unit=") + holder,
                   "--working-directory=" + merged(), "sleep", "infinity"})
                  .status,
              0);
    EXPECT_NE(l4d2ctl({"stop", name}).status, 0);
    EXPECT_THAT(findings("leftovers"), Contains(problem(name + "': still mounted, and down")));
    ASSERT_EQ(run({"systemctl", "stop", holder}).status, 0);
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0); // as it says
    EXPECT_THAT(findings("leftovers"), Each(Not(HasSubstr(name))));
}

TEST_F(Doctor, NamesATreeWithoutItsServer)
{
    start_with();
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    remove_all(instance());
    EXPECT_THAT(findings("leftovers"), Contains(AllOf(StartsWith("warning: "), HasSubstr(name))));
    ASSERT_EQ(l4d2ctl({"delete", name}).status, 0); // as it says
    EXPECT_THAT(findings("leftovers"), Each(Not(HasSubstr(name))));
}

} // namespace
} // namespace left4me::test
