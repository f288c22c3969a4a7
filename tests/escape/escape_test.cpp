// The attack catalogue, tried: every attempt in the real unit, in a place where it
// must succeed, and in the unit without what held it. Writes escape.md beside the
// results.

#include "build_stage.hpp"
#include "directives.hpp"
#include "emulation.hpp"
#include "steamcmd_stage.hpp"
#include "unit_stage.hpp"
#include "verdict.hpp"

#include <algorithm>
#include <cctype>
#include <fnmatch.h>
#include <format>
#include <gmock/gmock.h>
#include <memory>
#include <sstream>

namespace left4me::escape {

using testing::HasSubstr;
using testing::Not;

void PrintTo(const Case& attack, std::ostream* stream)
{
    *stream << attack.row << ' ' << attack.attempt;
}

namespace {

/// All attacks from one place, found out once for its suite.
template <typename Place>
struct Attacked : testing::TestWithParam<Case> {
    static void SetUpTestSuite()
    {
        stage_ = Place::make_stage();
        findings_ = find_out(*stage_, Place::all_cases());
        test::write_file(std::string("/results/") + Place::page,
                         markdown(Place::all_cases(), findings_, *stage_));
    }
    static void TearDownTestSuite() { stage_.reset(); }

    static inline decltype(Place::make_stage()) stage_;
    static inline Findings findings_;
};

struct FromServer {
    static auto make_stage() { return std::make_unique<Stage>(); }
    static auto all_cases() { return cases(); }
    static constexpr const char* page = "escape.md";
};

struct Escape : Attacked<FromServer> {};

void expect_blocked(const Case& attack, const Findings& findings, const Stage& stage)
{
    // The old gate is there for 32-bit programs, and 64-bit ones find it, too.
    const bool of_32_bits = attack.abi == Abi::only32 || attack.attempt.starts_with("int80:");
    if (of_32_bits && !test::kernel_runs_32_bit())
        GTEST_SKIP() << test::emulated;
    for (const auto& verdict : judge(attack, findings, stage)) {
        if (verdict.kind == Verdict::Kind::not_here)
            GTEST_SKIP() << attack.attempt << ": this kernel does not have it";
        EXPECT_TRUE(verdict.kind == Verdict::Kind::holds)
            << std::format("{} {} bits, {}: in the unit {}, control {}, flip {}, without any layer {}",
                           attack.attempt, verdict.abi, name_of(verdict.kind), verdict.unit,
                           verdict.control, verdict.flip, verdict.all_layers);
    }
}

TEST_P(Escape, IsBlocked)
{
    expect_blocked(GetParam(), findings_, *stage_);
}

std::string test_name(const testing::TestParamInfo<Case>& info)
{
    std::string name = std::format("{}_{}", info.param.row, info.param.attempt);
    std::ranges::replace_if(name, [](unsigned char byte) { return std::isalnum(byte) == 0; }, '_');
    return name;
}

// Without a name before it: so that a suite has its tests without a parameter, too, and what
// it finds out is found out once for both.
INSTANTIATE_TEST_SUITE_P(, Escape, testing::ValuesIn(cases()), test_name);

/// Said once for all attempts that are tried in both ABIs.
TEST(Abis, Of32BitsAreTried)
{
    if (!test::kernel_runs_32_bit())
        GTEST_SKIP() << test::emulated << ": no attempt was tried by a 32-bit program";
}

/// Nobody was reached from inside; somebody was from outside, or it shows nothing.
void expect_nobody_reached(const Findings& findings)
{
    EXPECT_TRUE(findings.reached_outside);
    EXPECT_FALSE(findings.reached_inside);
    EXPECT_TRUE(findings.peer_plays);
}

TEST_F(Escape, ReachesNobody)
{
    expect_nobody_reached(findings_);
    EXPECT_EQ(test::unit_property(std::format("left4me-server@{}.service", taken), "StatusText"), "");
}

// --- from a build script --------------------------------------------------------------

/// In the unit as it is shipped, for each of the two.
template <BuildUnit unit>
struct FromScript {
    static auto make_stage() { return std::make_unique<BuildStage>(unit); }
    static auto all_cases() { return build_cases(unit); }
    static constexpr const char* page =
        unit == BuildUnit::native ? "escape-build.md" : "escape-build-multiarch.md";
};

struct EscapeBuild : Attacked<FromScript<BuildUnit::native>> {};

TEST_P(EscapeBuild, IsBlocked)
{
    expect_blocked(GetParam(), findings_, *stage_);
}

INSTANTIATE_TEST_SUITE_P(, EscapeBuild, testing::ValuesIn(build_cases(BuildUnit::native)), test_name);

struct EscapeMultiarchBuild : Attacked<FromScript<BuildUnit::multiarch>> {};

TEST_P(EscapeMultiarchBuild, IsBlocked)
{
    expect_blocked(GetParam(), findings_, *stage_);
}

INSTANTIATE_TEST_SUITE_P(, EscapeMultiarchBuild, testing::ValuesIn(build_cases(BuildUnit::multiarch)),
                         test_name);

TEST_F(EscapeMultiarchBuild, ReachesNobody)
{
    expect_nobody_reached(findings_);
}

TEST_F(EscapeBuild, ReachesNobodyButThePublicInternet)
{
    expect_nobody_reached(findings_);
    Words attempts;
    for (const auto& address : {test::player_address, test::player_address6})
        for (const auto* protocol : {"tcp", "udp"})
            attempts.push_back(std::format("connect:{}:{}:{}", protocol, address, listener_port));
    const auto answers = stage_->in_the_unit(attempts);
    for (const auto& attempt : attempts)
        for (const auto& [abi, report] : answers)
            EXPECT_EQ(report.result(attempt), "ok") << attempt << ' ' << abi;
}

/// What the README says of builds, by name.
TEST_F(EscapeBuild, UnshareMountPersonalityBpfAndSysctlWritesAreBlocked)
{
    std::size_t shown = 0;
    for (const auto& attack : build_cases(BuildUnit::native))
        for (const auto* claim :
             {"unshare", "mount", "personality", "bpf", "write:/proc/sys/net/ipv4/ip_forward"})
            if (attack.attempt == claim) {
                expect_blocked(attack, findings_, *stage_);
                ++shown;
            }
    EXPECT_EQ(shown, 5U);
}

// --- from steamcmd --------------------------------------------------------------------

struct FromSteamcmd {
    static auto make_stage() { return std::make_unique<SteamcmdStage>(); }
    static auto all_cases() { return steamcmd_cases(); }
    static constexpr const char* page = "escape-steamcmd.md";
};

struct EscapeSteamcmd : Attacked<FromSteamcmd> {};

TEST_P(EscapeSteamcmd, IsBlocked)
{
    expect_blocked(GetParam(), findings_, *stage_);
}

INSTANTIATE_TEST_SUITE_P(, EscapeSteamcmd, testing::ValuesIn(steamcmd_cases()), test_name);

TEST_F(EscapeSteamcmd, ReachesNobody)
{
    expect_nobody_reached(findings_);
}

// --- from the units of root's programs -------------------------------------------------

Words directives_of(const std::string& unit)
{
    return directives_in(test::read_file(std::format("/usr/lib/systemd/system/{}.service", unit)));
}

std::vector<Case> all_unit_cases()
{
    std::vector<Case> all;
    for (const auto& unit : other_units)
        for (auto& attack : unit_cases(unit, directives_of(unit)))
            all.push_back(std::move(attack));
    return all;
}

struct EscapeUnit : testing::TestWithParam<Case> {
    static void SetUpTestSuite()
    {
        stage_ = std::make_unique<UnitStage>();
        std::string report;
        for (const auto& unit : other_units) {
            stage_->choose(unit);
            const auto attacks = unit_cases(unit, directives_of(unit));
            findings_[unit] = find_out(*stage_, attacks);
            report += markdown(attacks, findings_[unit], *stage_);
        }
        test::write_file("/results/escape-units.md", report);
    }
    static void TearDownTestSuite() { stage_.reset(); }

    static inline std::unique_ptr<UnitStage> stage_;
    static inline std::map<std::string, Findings> findings_;
};

TEST_P(EscapeUnit, IsBlocked)
{
    expect_blocked(GetParam(), findings_.at(GetParam().row), *stage_);
}

INSTANTIATE_TEST_SUITE_P(, EscapeUnit, testing::ValuesIn(all_unit_cases()), test_name);

// --- rows that no probe can show --------------------------------------------------

/// SUITE.TEST of all programs.
Words known_tests()
{
    Words known;
    for (const auto* program :
         {"/container-tests", "/escape-tests", "/machine-tests", "/upgrade-tests"}) {
        std::string suite;
        std::istringstream list(test::output({test::tests_dir + program, "--gtest_list_tests"}));
        for (std::string line; std::getline(list, line);)
            if (!line.starts_with(' '))
                suite = line.substr(0, line.find_first_of(" #"));
            else
                known.push_back(suite + line.substr(2, line.find("  #") - 2));
    }
    return known;
}

void expect_known(const Words& patterns, const Words& known)
{
    for (const auto& pattern : patterns)
        EXPECT_TRUE(std::ranges::any_of(known, [&](const auto& name) {
            return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
        })) << pattern;
}

TEST(OtherRows, NameTestsThatExist)
{
    const auto known = known_tests();
    for (const auto& row : other_rows()) {
        EXPECT_NE(row.tests.empty(), row.reason.empty()) << row.row;
        expect_known(row.tests, known);
    }
}

/// As docs/directives.md has to be; the unit tier compares the two.
TEST(Directives, HaveAPage)
{
    std::map<std::string, std::string> files;
    for (const auto& unit : units())
        files[unit] = test::read_file(std::format("/usr/lib/systemd/system/{}.service", unit));
    const auto page = directives_page(files);
    EXPECT_THAT(page, HasSubstr("| `PrivateUsers=` |"));
    test::write_file("/results/directives.md", page);
}

/// A unit that nobody lists here would be attacked by nobody.
TEST(Directives, AreThoseOfEveryServiceOfThePackage)
{
    auto listed = units();
    // Made of left4me-build@.
    listed.insert(listed.end(), {"left4me-build-import@", "left4me-build-multiarch@"});
    Words shipped;
    for (const auto& file : test::lines_of(test::output({"dpkg", "-L", "left4me"})))
        if (const std::string folder = "/usr/lib/systemd/system/";
            file.starts_with(folder + "left4me-") && file.ends_with(".service"))
            shipped.push_back(file.substr(folder.size(), file.rfind('.') - folder.size()));
    EXPECT_THAT(shipped, testing::UnorderedElementsAreArray(listed));
}

TEST(Directives, NameTestsThatExist)
{
    const auto known = known_tests();
    for (const auto& reason : reasons())
        expect_known(reason.tests, known);
}

struct Secrets : test::ServerTest {};

/// L1: what root's secret is, and the operator's RCON password.
TEST_F(Secrets, AreNowhereToBeRead)
{
    const std::string password = "l1-open-sesame";
    start_with(std::format("config: ['rcon_password \"{}\"']\n", password));
    const auto environment = test::read_file("/etc/left4me/web.env");
    const auto secret = environment.substr(environment.find('=') + 1, 16);
    ASSERT_EQ(secret.size(), 16U);
    for (const auto& word : {password, secret}) {
        EXPECT_THAT(test::output({"sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"}),
                    Not(HasSubstr(word)));
        EXPECT_THAT(test::output({"journalctl", "-o", "cat", "--no-pager"}), Not(HasSubstr(word)));
        // To other users: not one of them can read a file that has it.
        EXPECT_EQ(test::run({"runuser", "-u", "nobody", "--", "grep", "-rlsIF", "--devices=skip", word,
                             "/etc/left4me", test::state, "/run"})
                      .out,
                  "");
    }
}

/// S34. Two tests with a server each: journald counts a unit's messages for a while.
struct Flood : test::ServerTest {
    /// Starts a game that writes many lines and ends, which the start may live to see.
    void flood(const std::string& settings)
    {
        drop_in("60-flood",
                std::format("ExecStart=\nExecStart=/usr/bin/seq -f flood-%%.0f {}\nRestart=no\n{}",
                            lines, settings));
        initialize(spec());
        (void)test::l4d2ctl({"start", "--no-wait", name});
        EXPECT_TRUE(test::eventually(
            [&] { return test::unit_property(server_unit(), "ActiveState") == "inactive"; }));
        test::run({"journalctl", "--sync"});
    }

    [[nodiscard]] std::ptrdiff_t lines_kept() const
    {
        const auto log =
            test::run({"journalctl", "-o", "cat", "--unit=" + server_unit(), "--grep=^flood-"}).out;
        return std::ranges::count(log, '\n');
    }

    static constexpr std::ptrdiff_t lines = 60'000;
};

TEST_F(Flood, OfLogLinesIsCutShort)
{
    constexpr std::ptrdiff_t burst = 5000; // LogRateLimitBurst=
    flood("");
    EXPECT_TRUE(test::eventually([&] { return lines_kept() >= burst - 10; }));
    // journald lets up to six times as many through where its disk has much room.
    EXPECT_LT(lines_kept(), lines);
}

TEST_F(Flood, WithoutTheLimitAllOfItIsKept)
{
    flood("LogRateLimitBurst=1000000\n"); // an interval of 0 leaves journald's own
    EXPECT_TRUE(test::eventually([&] { return lines_kept() == lines; }));
}

} // namespace
} // namespace left4me::escape

int main(int argc, char* argv[])
{
    testing::InitGoogleTest(&argc, argv);
    left4me::test::install_stand_in();
    return RUN_ALL_TESTS();
}
