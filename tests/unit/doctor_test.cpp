#include "doctor/kernel_findings.hpp"
#include "doctor/package_findings.hpp"
#include "doctor/state_findings.hpp"
#include "doctor/unit_findings.hpp"

#include "text_case.hpp"

#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

namespace left4me {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

constexpr auto ok = Verdict::ok;
constexpr auto note = Verdict::note;
constexpr auto warning = Verdict::warning;
constexpr auto problem = Verdict::problem;
constexpr auto unseen = Verdict::not_checked;

Host host()
{
    return {"/srv/left4me", "/run/left4me", "/etc/left4me"};
}

/// Facts and the one finding that they give.
struct Row {
    std::string name;
    Findings findings;
    Verdict verdict;
    std::string what; ///< part of what it says
    std::string action = {}; ///< part of what to do
};
void PrintTo(const Row& row, std::ostream* out)
{
    *out << row.name;
}

class Judgement : public testing::TestWithParam<Row> {};
TEST_P(Judgement, HasItsVerdict)
{
    const auto& row = GetParam();
    EXPECT_THAT(row.findings, ElementsAre(AllOf(Field(&Finding::verdict, row.verdict),
                                                Field(&Finding::what, HasSubstr(row.what)),
                                                Field(&Finding::action, HasSubstr(row.action)))));
    for (const auto& finding : row.findings) {
        EXPECT_EQ(finding.what.find('\n'), std::string::npos);
        // Whoever is told of a problem is told what to do.
        EXPECT_TRUE(finding.verdict != problem || !finding.action.empty());
        EXPECT_TRUE(finding.verdict != ok || finding.action.empty());
    }
}

const Error denied = {ExitStatus::not_permitted, "cannot open 'x': Permission denied"};
const Error broken = {ExitStatus::io, "cannot open 'x': Input/output error"};

INSTANTIATE_TEST_SUITE_P(
    Versions, Judgement,
    testing::Values(Row{"kernel_of_debian", judge_kernel("6.12.48+deb13-amd64"), ok, "6.12.48"},
                    Row{"kernel_short", judge_kernel("6.12"), ok, "6.12"},
                    Row{"kernel_later", judge_kernel("7.0.1"), ok, "7.0.1"},
                    Row{"kernel_two_digits", judge_kernel("6.9.0"), problem, "6.9.0", "6.12"},
                    Row{"kernel_before", judge_kernel("5.19.0"), problem, "5.19"},
                    Row{"kernel_unknown", judge_kernel("x"), problem, "x"},
                    Row{"systemd_of_debian", judge_systemd("257.8-1~deb13u2"), ok, "257.8"},
                    Row{"systemd_plain", judge_systemd("257"), ok, "257"},
                    Row{"systemd_later", judge_systemd("258~rc1"), ok, "258"},
                    Row{"systemd_before", judge_systemd("252.39-1~deb12u1"), problem, "252"},
                    Row{"systemd_unknown", judge_systemd(""), problem, "systemd"}),
    NameOfCase());

INSTANTIATE_TEST_SUITE_P(
    Ptrace, Judgement,
    testing::Values(Row{"ptrace_0", judge_ptrace("0"), problem, "ptrace_scope is 0", "sysctl --system"},
                    Row{"ptrace_1", judge_ptrace("1\n"), problem, "ptrace_scope is 1"},
                    Row{"ptrace_2", judge_ptrace("2\n"), ok, "ptrace_scope is 2"},
                    Row{"ptrace_3", judge_ptrace("3"), ok, "ptrace_scope is 3"},
                    Row{"ptrace_odd", judge_ptrace("22"), problem, "ptrace_scope is 22"},
                    Row{"ptrace_none", judge_ptrace(fail(ExitStatus::not_found, "no file")), problem,
                        "no Yama"},
                    Row{"ptrace_unread", judge_ptrace(std::unexpected(broken)), unseen, "Input/output"}),
    NameOfCase());

Findings apparmor(const std::string& profiles)
{
    return judge_apparmor({true, profiles});
}

INSTANTIATE_TEST_SUITE_P(
    AppArmor, Judgement,
    testing::Values(Row{"apparmor_off", judge_apparmor({false, std::unexpected(broken)}), warning,
                        "AppArmor is off"},
                    Row{"apparmor_unread", judge_apparmor({true, std::unexpected(denied)}), unseen,
                        "denied", "as root"},
                    Row{"apparmor_enforced",
                        apparmor("lsb_release (enforce)\nleft4me-server (enforce)\n"), ok,
                        "is enforced"},
                    Row{"apparmor_complains", apparmor("left4me-server (complain)\n"), problem,
                        "complain", "aa-enforce left4me-server"},
                    Row{"apparmor_longer_name", apparmor("left4me-server-2 (enforce)\n"), problem,
                        "not loaded", "apparmor_parser"},
                    Row{"apparmor_empty", apparmor(""), problem, "not loaded"}),
    NameOfCase());

PacketTable whole_table()
{
    return {
        .rules = {{"output", 3},
                  {"game", 2},
                  {"elsewhere", 2},
                  {"local", 5},
                  {"build", 2},
                  {"job", 2},
                  {"refused", 2},
                  {"marks", 3}},
        .jumps = {{"l4d2.slice/l4d2-game.slice", {"game"}}, {"l4d2.slice/l4d2-build.slice", {"build"}}},
        .accepts = {},
        .is_owned = true};
}

Findings packet_rules(const std::string& state, std::optional<PacketTable> table,
                      bool servers_run = true)
{
    return judge_packet_rules({state, servers_run, std::nullopt, std::move(table)});
}

PacketTable with(const std::string& chain, std::size_t rules)
{
    auto table = whole_table();
    table.rules[chain] = rules;
    return table;
}

PacketTable without_an_owner()
{
    auto table = whole_table();
    table.is_owned = false;
    return table;
}

PacketTable without(const std::string& chain)
{
    auto table = whole_table();
    table.rules.erase(chain);
    return table;
}

/// The table, but that the packets of a slice are sent to that chain, or nowhere ("").
PacketTable sending(const std::string& slice, const std::string& chain)
{
    auto table = whole_table();
    table.jumps.erase("l4d2.slice/" + slice);
    if (!chain.empty())
        table.jumps["l4d2.slice/" + slice] = {chain};
    return table;
}

INSTANTIATE_TEST_SUITE_P(
    Bpf, Judgement,
    testing::Values(Row{"bpf_last", judge_bpf("lockdown,capability,bpf\n"), ok, "is on"},
                    Row{"bpf_alone", judge_bpf("bpf"), ok, "is on"},
                    Row{"bpf_off", judge_bpf("lockdown,capability,bpfx\n"), note, "is off", "Debian"},
                    Row{"bpf_none", judge_bpf(""), note, "is off", "Debian"},
                    Row{"bpf_unread", judge_bpf(std::unexpected(broken)), unseen, broken.message}),
    NameOfCase());

PacketTable accepting(const std::string& chain, std::size_t count)
{
    auto table = whole_table();
    table.accepts[chain] = count;
    return table;
}

/// Those of the rules themselves.
TEST(ShippedPacketRules, AcceptWhatTheDoctorKnows)
{
    std::ifstream file(SOURCE_ROOT "/units/nftables.nft");
    std::map<std::string, std::size_t> accepts;
    std::string chain;
    for (std::string line; std::getline(file, line);) {
        if (line.contains("chain "))
            chain = line.substr(line.find("chain ") + 6, line.find(" {") - line.find("chain ") - 6);
        else if (line.ends_with(" accept") || line.contains(" return"))
            ++accepts[chain];
    }
    std::map<std::string, std::size_t> known;
    for (const auto& [name, count] : shipped_accepts)
        known.emplace(name, count);
    EXPECT_EQ(known, accepts);
}

INSTANTIATE_TEST_SUITE_P(
    PacketRules, Judgement,
    testing::Values(
        Row{"rules_whole", packet_rules("active", whole_table()), ok, "has its chains"},
        Row{"rules_gone", packet_rules("active", std::nullopt), problem, "is gone",
            "systemctl reload left4me-nftables.service"},
        Row{"rules_no_local", packet_rules("active", without("local")), problem, "chain local",
            "reload"},
        Row{"rules_no_output", packet_rules("active", without("output")), problem, "chain output"},
        Row{"rules_empty_chain", packet_rules("active", with("output", 0)), problem,
            "chain output of table inet left4me is empty"},
        Row{"rules_no_build", packet_rules("active", without("build")), problem, "chain build",
            "reload"},
        Row{"rules_other_slice", packet_rules("active", sending("l4d2-game.slice", "")), problem,
            "the servers' slice"},
        Row{"rules_other_build_slice", packet_rules("active", sending("l4d2-build.slice", "")), problem,
            "the builds' slice"},
        Row{"rules_builds_as_games", packet_rules("active", sending("l4d2-build.slice", "game")),
            problem, "the builds' slice"},
        Row{"rules_without_owner", packet_rules("active", without_an_owner()), problem, "has no owner",
            "systemctl reload left4me-nftables.service"},
        Row{"rules_own_accepts", packet_rules("active", accepting("local", 2)), ok, "has its chains"},
        Row{"rules_foreign_accept", packet_rules("active", accepting("local", 3)), problem,
            "accepts packets in chain local", "/etc/left4me/nftables.d"},
        Row{"rules_foreign_accept_first", packet_rules("active", accepting("output", 1)), problem,
            "accepts packets in chain output"},
        Row{"rules_unread", judge_packet_rules({"active", true, {}, std::unexpected(denied)}), unseen,
            "denied", "as root"},
        Row{"rules_older_than_their_file",
            judge_packet_rules({"active", true, "/etc/left4me/nftables.d/x.nft", whole_table()}),
            problem, "older than their file /etc/left4me/nftables.d/x.nft",
            "systemctl reload left4me-nftables.service"},
        Row{"rules_idle", packet_rules("inactive", std::nullopt, false), ok, "first server starts it"},
        Row{"rules_down", packet_rules("inactive", std::nullopt), problem, "is inactive",
            "systemctl start left4me-nftables.service"},
        Row{"rules_failed", packet_rules("failed", std::nullopt, false), problem, "is failed"}),
    NameOfCase());

UnitFacts unit(std::vector<UnitChange> changes = {})
{
    return {.unit = "left4me-server@coop1.service",
            .load_state = "loaded",
            .needs_reload = false,
            .shipped_path = "/usr/s",
            .fragment_path = "/usr/s",
            .changes = std::move(changes),
            .unread = {}};
}

UnitFacts changed_unit(auto change)
{
    auto facts = unit();
    change(facts);
    return facts;
}

const UnitChange weaker = {"/etc/d.conf", "PrivatePIDs", "no", "yes", Effect::weakens};

INSTANTIATE_TEST_SUITE_P(
    Units, Judgement,
    testing::Values(
        Row{"unit_as_shipped", judge_units({unit(), unit()}), ok, "as the package has it"},
        Row{"unit_weaker", judge_units({unit({weaker})}), problem,
            "'/etc/d.conf' sets PrivatePIDs=no, and left4me-server@.service has yes", "daemon-reload"},
        Row{"unit_weaker_for_all_is_said_once", judge_units({unit({weaker}), unit({weaker})}), problem,
            "PrivatePIDs=no"},
        Row{"unit_opening", judge_units({unit({{"/d", "ExecStartPre", "+/x", "", Effect::weakens}})}),
            problem, "sets ExecStartPre=+/x, and left4me-server@.service has none of it"},
        Row{"unit_long_list",
            judge_units({unit({{"/d", "A", "x", std::string(61, 'y'), Effect::weakens}})}), problem,
            "sets A=x, and left4me-server@.service has another list"},
        Row{"unit_lan",
            judge_units({unit({{"/d", "IPAddressAllow", "10.0.0.0/8", "", Effect::documented}})}), note,
            "'/d' sets IPAddressAllow=10.0.0.0/8"},
        Row{"unit_unknown", judge_units({unit({{"/d", "Foo", "x\n", "", Effect::unknown}})}), warning,
            "sets Foo=x\\n, which left4me-server@.service leaves alone"},
        Row{"unit_replaced", judge_units({changed_unit([](auto& u) { u.fragment_path = "/etc/s"; })}),
            warning, "'/etc/s' replaces '/usr/s'", "remove it"},
        Row{"unit_masked", judge_units({changed_unit([](auto& u) { u.load_state = "masked"; })}),
            problem, "left4me-server@coop1.service is masked", "systemctl revert"},
        Row{"unit_not_reloaded", judge_units({changed_unit([](auto& u) { u.needs_reload = true; })}),
            warning, "have changed", "daemon-reload"},
        Row{"unit_unread", judge_units({changed_unit([](auto& u) { u.unread = {denied}; })}), unseen,
            "denied", "as root"}),
    NameOfCase());

ServerProcess process()
{
    return {.server = "coop1",
            .shared = {},
            .status = "Name:\tleft4me-launch\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n"
                      "Seccomp:\t2\nSeccomp_filters:\t9\n",
            .label = {}};
}

Findings sandbox(auto change)
{
    auto facts = process();
    change(facts);
    return judge_sandbox({facts});
}

void put(std::string& text, const std::string& from, const std::string& to)
{
    text.replace(text.find(from), from.size(), to);
}

INSTANTIATE_TEST_SUITE_P(
    Sandbox, Judgement,
    testing::Values(
        Row{"sandbox_in_force", judge_sandbox({process(), process()}), ok, "2 running servers"},
        Row{"sandbox_of_nobody", judge_sandbox({}), ok, "no server runs"},
        Row{"sandbox_labelled", sandbox([](auto& p) { p.label = "left4me-server (enforce)"; }), ok, "1"},
        Row{"sandbox_unconfined", sandbox([](auto& p) { p.label = "unconfined"; }), problem,
            "label is 'unconfined'"},
        Row{"sandbox_complaining", sandbox([](auto& p) { p.label = "left4me-server (complain)"; }),
            problem, "(complain)"},
        Row{"sandbox_host_pids", sandbox([](auto& p) { p.shared = {"pid"}; }), problem,
            "server 'coop1': it is in the host's pid namespace", "restart coop1"},
        Row{"sandbox_two_things", sandbox([](auto& p) { p.shared = {"mnt", "ipc"}; }), problem,
            "mnt namespace, it is in the host's ipc"},
        Row{"sandbox_capability", sandbox([](auto& p) { put(p.status, "00\nNo", "01\nNo"); }), problem,
            "CapEff is 0000000000000001 and not"},
        Row{"sandbox_privileges", sandbox([](auto& p) { put(p.status, "Privs:\t1", "Privs:\t0"); }),
            problem, "NoNewPrivs is 0 and not 1"},
        Row{"sandbox_no_filter", sandbox([](auto& p) { put(p.status, "Seccomp:\t2", "Seccomp:\t0"); }),
            problem, "Seccomp is 0 and not 2"},
        Row{"sandbox_status_empty", sandbox([](auto& p) { p.status = ""; }), problem, "Seccomp is "},
        Row{"sandbox_of_many_unread", judge_sandbox({std::unexpected(denied), std::unexpected(denied)}),
            unseen, "denied"},
        Row{"sandbox_unread", judge_sandbox({std::unexpected(denied)}), unseen, "denied", "as root"}),
    NameOfCase());

TEST(ProcessStatus, HasFields)
{
    const std::string text = "Name:\ta b\nSeccomp_filters:\t9\nSeccomp:\t2\nEmpty:\nLast:  1";
    EXPECT_EQ(status_field(text, "Name"), "a b");
    EXPECT_EQ(status_field(text, "Seccomp"), "2");
    EXPECT_EQ(status_field(text, "Last"), "1");
    for (const auto* none : {"Empty", "None", "Las"})
        EXPECT_EQ(status_field(text, none), "") << none;
    EXPECT_EQ(status_field("Seccomp", "Seccomp"), "");
}

ProgramFile file(mode_t mode, uid_t uid = 0)
{
    return {"/usr/libexec/left4me/x", mode, uid};
}

INSTANTIATE_TEST_SUITE_P(Programs, Judgement,
                         testing::Values(Row{"programs_good", judge_programs({file(0100755)}), ok,
                                             "1 programs"},
                                         Row{"programs_gone", judge_programs({{"/x", std::nullopt, 0}}),
                                             problem, "/x is not there", "install the package again"},
                                         Row{"programs_closed", judge_programs({file(0100644)}), problem,
                                             "mode 0644 and not", "chmod 0755"},
                                         Row{"programs_open", judge_programs({file(0100757)}), problem,
                                             "mode 0757 and not", "chmod 0755"},
                                         Row{"programs_setuid", judge_programs({file(0104755)}), problem,
                                             "mode 4755 and not", "chmod 0755"},
                                         Row{"programs_anothers", judge_programs({file(0100755, 7)}),
                                             problem, "belongs to user 7", "chown root"},
                                         Row{"programs_link", judge_programs({file(0120777)}), problem,
                                             "is no file", "again"}),
                         NameOfCase());

/// The build's own list of them.
TEST(Programs, AreAllThatThePackageHas)
{
    std::ifstream build(SOURCE_ROOT "/src/meson.build");
    const std::string text(std::istreambuf_iterator<char>(build), {});
    std::set<std::string> built;
    const std::regex entry("'(left4me-[a-z-]+)': .libexecdir,");
    for (std::sregex_iterator at(text.begin(), text.end(), entry), end; at != end; ++at)
        built.insert((*at)[1].str());
    EXPECT_EQ(std::set<std::string>(programs.begin(), programs.end()), built);
}

INSTANTIATE_TEST_SUITE_P(
    Sudoers, Judgement,
    testing::Values(
        Row{"sudo_good", judge_sudo({0440, 0, true}, {}), ok, "may call"},
        Row{"sudo_gone", judge_sudo({std::nullopt, 0, false}, {"x", "y"}), problem, "is not there",
            "install -m 0440 /usr/lib/left4me/sudoers"},
        Row{"sudo_broken", judge_sudo({0440, 0, false}, {"x", "y"}), problem, "cannot be read by sudo",
            "install -m 0440"},
        Row{"sudo_open", judge_sudo({0666, 0, true}, {"x"}), problem, "mode 0666", "chmod 0440"},
        Row{"sudo_anothers", judge_sudo({0440, 7, true}, {"x"}), problem, "owner 7", "chown root"},
        Row{"sudo_readable", judge_sudo({0644, 0, true}, {}), warning, "mode 0644", "chmod 0440"},
        Row{"sudo_changed", judge_sudo({0440, 0, true}, {"left4me-x a", "y"}), problem,
            "run left4me-x a (and 1 more)", "the package's own"}),
    NameOfCase());

Result<HostSettings> settings(std::string_view text)
{
    return parse_host_settings("/etc/left4me/host.env", text);
}

INSTANTIATE_TEST_SUITE_P(
    Settings, Judgement,
    testing::Values(Row{"settings_good", judge_settings({"host.env", settings("")}), ok, "can be used"},
                    Row{"settings_broken",
                        judge_settings({"host.env", settings("LEFT4ME_LAYER_HISTORY=none\n")}), problem,
                        "host.env:1: LEFT4ME_LAYER_HISTORY", "mend that line of host.env"},
                    Row{"settings_closed", judge_settings({"host.env", std::unexpected(denied)}),
                        problem, "cannot read its settings", "chmod 0640 host.env"},
                    Row{"settings_misspelt", judge_settings({"host.env", settings("\n\nX=1\nY=1\n")}),
                        warning, "no setting: line 3: 'X', line 4: 'Y'", "mend the name"},
                    Row{"settings_no_steamcmd", judge_settings({"host.env", settings(""), false}),
                        warning, "no steamcmd in '/usr/games/steamcmd'", "LEFT4ME_STEAMCMD"}),
    NameOfCase());

TEST(UnknownSettings, AreAllButThoseThatWork)
{
    std::ifstream shipped(SOURCE_ROOT "/etc/host.env");
    std::string text(std::istreambuf_iterator<char>(shipped), {});
    for (const std::string_view off : {"#LEFT4ME_LAYER_HISTORY"})
        text.erase(text.find(off), 1);
    EXPECT_THAT(settings(text).value().unknown, testing::IsEmpty());
    EXPECT_THAT(settings("# X=1\n\nLEFT4ME_STEAMCDM=/x\nleft4me_steamcmd=/y\n").value().unknown,
                ElementsAre("line 3: 'LEFT4ME_STEAMCDM'", "line 4: 'left4me_steamcmd'"));
}

INSTANTIATE_TEST_SUITE_P(
    Game, Judgement,
    testing::Values(
        Row{"loader_good", judge_loader({true, true}), ok, "32-bit programs run"},
        Row{"loader_none", judge_loader({false, false}), problem, "no 32-bit loader", "libc6-i386"},
        Row{"loader_refused", judge_loader({true, false}), problem, "do not run", "ia32_emulation"},
        Row{"game_good", judge_game(host(), {true, true}), ok, "is installed"},
        Row{"game_none", judge_game(host(), {false, false}), problem,
            "is not in /srv/left4me/installation", "l4d2ctl install"},
        Row{"game_half", judge_game(host(), {true, false}), problem, "has no left4dead2", "--validate"},
        Row{"game_other_half", judge_game(host(), {false, true}), problem, "has no srcds_linux",
            "--validate"}),
    NameOfCase());

INSTANTIATE_TEST_SUITE_P(
    ServersAndJobs, Judgement,
    testing::Values(
        Row{"servers_none", judge_servers({}), ok, "no server is to run"},
        Row{"servers_good", judge_servers({{"a", ""}, {"b", ""}}), ok, "2 servers run as asked"},
        Row{"servers_failed", judge_servers({{"a", ""}, {"b", "failed 5 times"}}), problem,
            "server 'b': failed 5 times", "l4d2ctl logs b says why; l4d2ctl restart b"},
        Row{"servers_of_one_kind", judge_servers({{"b10", "looping"}, {"b9", "looping"}}), problem,
            "servers 'b9', 'b10': looping", "l4d2ctl logs NAME says why; l4d2ctl restart b9 b10"},
        Row{"jobs_good", judge_jobs(host(), {}, {}), ok, "no job and no timer"},
        Row{"jobs_unit", judge_jobs(host(), {"left4me-x.service"}, {}), problem,
            "left4me-x.service failed", "journalctl -u left4me-x.service"},
        Row{"jobs_failed", judge_jobs(host(), {}, {{"9", "ended with status 70"}, {"10", "ended"}}),
            warning, "job 9 ended with status 70; job 10 ended", "/srv/left4me/jobs/ID/log"}),
    NameOfCase());

DeadLink link(const std::string& path, Sight sight, bool stays)
{
    return {path, "/target", sight, stays};
}

Findings links(std::vector<DeadLink> dead)
{
    return judge_layers({{}, {{"standard", std::move(dead)}}, true});
}

INSTANTIATE_TEST_SUITE_P(
    Layers, Judgement,
    testing::Values(
        Row{"sdk32_there", judge_sdk32(host(), Sight::there), ok, "steamclient.so"},
        Row{"sdk32_gone", judge_sdk32(host(), Sight::gone), problem, "LAN-only", "l4d2ctl install"},
        Row{"sdk32_hidden", judge_sdk32(host(), Sight::hidden), problem, "LAN-only", "l4d2ctl install"},
        Row{"layers_none", judge_layers({{}, {}, true}), ok, "0 layers are there"},
        Row{"layers_good", links({}), ok, "1 layer is there"},
        Row{"layers_missing", judge_layers({{{"coop1", "there is no layer 'x'"}}, {}, true}), problem,
            "server 'coop1': there is no layer 'x'", "initialize coop1"},
        Row{"layers_missing_to_many", judge_layers({{{"coop10", "none"}, {"coop9", "none"}}, {}, true}),
            problem, "servers 'coop9', 'coop10': none", "initialize NAME"},
        Row{"layers_link_gone", links({link("a", Sight::gone, false)}), problem,
            "layer 'standard': 'a' leads to '/target', which is not there", "put the file there"},
        Row{"layers_link_hidden", links({link("a", Sight::hidden, false)}), problem,
            "which servers do not see", "into a cache"},
        Row{"layers_link_inside", links({link("a", Sight::gone, true)}), warning, "not there"},
        Row{"layers_worst_link_first",
            links({link("a", Sight::gone, true), link("b", Sight::gone, false)}), problem,
            "'b' leads to '/target', which is not there (and 1 more)"},
        Row{"layers_too_many", judge_layers({{}, {}, false}), unseen, "200000 files"}),
    NameOfCase());

INSTANTIATE_TEST_SUITE_P(
    Rcon, Judgement,
    testing::Values(Row{"rcon_none", judge_rcon({}, {}), ok, "no server listens"},
                    Row{"rcon_loopback", judge_rcon({{"127.0.0.1", 27015, 1, true}}, {}), ok,
                        "no server"},
                    Row{"rcon_open", judge_rcon({{"0.0.0.0", 27015, 1, false}}, {{27015, "coop1"}}),
                        note, "'coop1' 0.0.0.0:27015", "l4d2ctl(1)"},
                    Row{"rcon_of_an_unknown_server",
                        judge_rcon({{"::", 27015, 1, false}, {"0.0.0.0", 27016, 1, false}}, {}), note,
                        "a server [::]:27015, a server 0.0.0.0:27016"}),
    NameOfCase());

INSTANTIATE_TEST_SUITE_P(
    Room, Judgement,
    testing::Values(
        Row{"modes_closed", judge_modes(host(), {}), ok, "by nobody else"},
        Row{"modes_open", judge_modes(host(), {.top = "mode 0755, 0:0"}), problem, "(mode 0755, 0:0)",
            "chmod 0750"},
        Row{"modes_access_list", judge_modes(host(), {.has_access_list = true}), problem, "access list",
            "setfacl"},
        Row{"modes_members", judge_modes(host(), {.members = {"bob", "eve"}}), warning, "'bob', 'eve'",
            "gpasswd --delete bob left4me"},
        Row{"modes_writable", judge_modes(host(), {.writable = {"'/x/a'", 3}}), problem,
            "'/x/a' can be written by others than its owner (and 2 more)", "chmod -R go-w"},
        Row{"modes_foreign", judge_modes(host(), {.foreign = {"'/x/a' belongs to user 'bob'", 1}}),
            problem, "belongs to user 'bob'", "remove it"},
        Row{"modes_of_many", judge_modes(host(), {.complete = false}), unseen, "beyond the first"},
        Row{"room_enough", judge_room(host(), {10, 10}), ok, "10 % of its bytes free and 10 %"},
        Row{"room_few_bytes", judge_room(host(), {9.9, 50}), warning, "9 % of its bytes"},
        Row{"room_few_files", judge_room(host(), {50, 9.9}), warning, "9 % of its files"},
        Row{"room_low", judge_room(host(), {2, 2}), warning, "2 %"},
        Row{"room_no_bytes", judge_room(host(), {1.9, 50}), problem, "1 %", "remove"},
        Row{"room_no_files", judge_room(host(), {50, 0}), problem, "0 % of its files"},
        Row{"room_unlimited_files", judge_room(host(), {50, std::nullopt}), ok, "no limit of files"},
        Row{"quota_on", judge_quota(host(), true), ok, "is limited"},
        Row{"quota_off", judge_quota(host(), false), note, "may fill", "Quotas"}),
    NameOfCase());

Findings leftovers(auto change)
{
    LiveState state = {"coop1", true, true, true, true, true};
    change(state);
    return judge_leftovers({state}, {});
}

INSTANTIATE_TEST_SUITE_P(
    Leftovers, Judgement,
    testing::Values(Row{"leftovers_none", judge_leftovers({}, {}), ok, "nothing"},
                    Row{"leftovers_running", leftovers([](auto&) {}), ok, "nothing"},
                    Row{"leftovers_stopped",
                        leftovers([](auto& s) { s.mounted = s.overlay_active = s.record = false; }), ok,
                        "nothing"},
                    Row{"leftovers_mounted", leftovers([](auto& s) { s.overlay_active = false; }),
                        problem, "server 'coop1': still mounted", "l4d2ctl stop coop1"},
                    Row{"leftovers_mounted_orphan",
                        leftovers([](auto& s) { s.overlay_active = s.initialised.emplace(); }), problem,
                        "still mounted", "l4d2ctl delete coop1"},
                    Row{"leftovers_unmounted", leftovers([](auto& s) { s.mounted = false; }), problem,
                        "not mounted", "l4d2ctl stop coop1"},
                    Row{"leftovers_orphan_runs", leftovers([](auto& s) { s.initialised = false; }),
                        warning, "no configuration", "l4d2ctl delete coop1"},
                    Row{"leftovers_orphan_tree",
                        leftovers([](auto& s) { s = {"coop1", false, false, false, true, false}; }),
                        warning, "no configuration"},
                    Row{"leftovers_record",
                        leftovers([](auto& s) { s.mounted = s.overlay_active = false; }), warning,
                        "nobody saw its file system end", "l4d2ctl stop coop1"},
                    Row{"leftovers_kept", leftovers([](auto& s) {
                            s.mounted = s.overlay_active = false;
                            s.holder = "process 7 ('sleep')";
                        }),
                        problem, "process 7 ('sleep') keeps its file system", "end that process"},
                    Row{"leftovers_older_installation", judge_leftovers({}, {"/x/old-1"}), note,
                        "no server runs on the older installation in '/x/old-1'", "l4d2ctl update"}),
    NameOfCase());

/// Files by their paths in one layer.
LayerFacts viewed(const std::vector<std::string>& paths)
{
    LayerFacts facts = {{}, {{"maps", {}}}, true};
    facts.views.push_back({"maps", {}});
    for (const auto& path : paths)
        facts.views.back().seen.add(path);
    return facts;
}

TEST(Layers, WarnsOfWhatTheGameWouldNotFind)
{
    EXPECT_EQ(judge_layers(viewed({})).front().verdict, Verdict::ok);
    EXPECT_EQ(judge_layers(viewed({"left4dead2/maps/c1.bsp"})).front().verdict, Verdict::ok);
    const auto nothing = judge_layers(viewed({"addons/a.vpk"})).front();
    EXPECT_EQ(nothing.verdict, Verdict::warning);
    EXPECT_THAT(nothing.what, testing::HasSubstr("the game finds nothing in it"));
    const auto some = judge_layers(viewed({"left4dead2/maps/c1.bsp", "left4dead2/addons/x/a.vpk",
                                           "left4dead2/addons/x/b.vpk"}))
                          .front();
    EXPECT_THAT(some.what, testing::HasSubstr("'left4dead2/addons/x/a.vpk': an addon"));
    EXPECT_THAT(some.what, testing::EndsWith(", and 1 more"));
    EXPECT_THAT(some.action, testing::HasSubstr("l4d2ctl overlay show maps"));
}

TEST(LeftoversSeenByOthers, AreCheckedInPart)
{
    EXPECT_THAT(leftovers([](auto& s) { s.initialised.reset(); }),
                ElementsAre(Field(&Finding::verdict, ok), Field(&Finding::verdict, unseen)));
}

TEST(NotChecked, SaysWhyAndWhoMay)
{
    EXPECT_EQ(not_checked(Check::room, denied),
              (Finding{Check::room, unseen, denied.message, "run this as root"}));
    EXPECT_EQ(not_checked(Check::room, broken), (Finding{Check::room, unseen, broken.message, ""}));
}

const Findings some = {{Check::kernel, ok, "Linux 6.12"},
                       {Check::packet_rules, problem, "table is gone", "reload it"},
                       {Check::rcon, note, "open"},
                       {Check::room, unseen, "no"}};

TEST(FindingsForPeople, AreAlignedAndCounted)
{
    EXPECT_EQ(format_findings(some), "ok           kernel        Linux 6.12\n"
                                     "problem      packet-rules  table is gone; reload it\n"
                                     "note         rcon          open\n"
                                     "not checked  room          no\n"
                                     "\n"
                                     "1 problem, 0 warnings, 1 note, 1 not checked, 1 ok\n");
    EXPECT_TRUE(has_problem(some));
    EXPECT_THAT(format_findings({some.front()}),
                HasSubstr("\nno problem, 0 warnings, 0 notes, 0 not checked, 1 ok\n"));
    EXPECT_FALSE(has_problem({some[0], some[2], some[3], {Check::room, warning, "x", "y"}}));
}

TEST(FindingsForPrograms, AreAnArray)
{
    EXPECT_EQ(nlohmann::json::parse(format_findings_json(some)), nlohmann::json::parse(R"([
        {"id": "kernel", "verdict": "ok", "what": "Linux 6.12", "action": null},
        {"id": "packet-rules", "verdict": "problem", "what": "table is gone", "action": "reload it"},
        {"id": "rcon", "verdict": "note", "what": "open", "action": null},
        {"id": "room", "verdict": "not_checked", "what": "no", "action": null}])"));
    EXPECT_EQ(format_findings_json({}), "[]\n");
}

} // namespace
} // namespace left4me
