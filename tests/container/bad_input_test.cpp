// What an operator can get wrong, and what a script can feed to the programs:
// each ends with its status and one line that tells what is wrong and where,
// and nothing on disk is changed.

#include "support.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <format>
#include <fstream>
#include <gmock/gmock.h>
#include <map>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr int usage = 64;
constexpr int bad_data = 65;
constexpr int not_found = 66;
constexpr int unavailable = 69;
constexpr int busy = 75;
constexpr int not_permitted = 77;
constexpr int cancelled = 130;

/// Of every file: type and mode, owner, size, time of its last change.
using Snapshot = std::map<std::string, std::string>;

void add_to(Snapshot& snapshot, const std::string& path)
{
    struct stat s = {};
    if (lstat(path.c_str(), &s) == 0)
        snapshot[path] = std::format("{:o} {}:{} {} {}.{:09}", s.st_mode, s.st_uid, s.st_gid, s.st_size,
                                     s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
}

Snapshot snapshot()
{
    Snapshot all;
    for (const auto* root : {"/var/lib/left4me", "/etc/systemd/system", "/etc/left4me"}) {
        add_to(all, root);
        for (const auto& entry : fs::recursive_directory_iterator(root))
            add_to(all, entry.path());
    }
    return all;
}

/// Runs it, and expects this end, one line that has all parts, and no change.
void expect_refusal(const std::function<Outcome()>& call, int status,
                    const std::vector<std::string>& parts)
{
    const auto before = snapshot();
    const auto refused = call();
    EXPECT_EQ(refused.status, status) << refused.err;
    for (const auto& part : parts)
        EXPECT_THAT(refused.err, HasSubstr(part));
    EXPECT_EQ(std::ranges::count(refused.err, '\n'), 1) << refused.err;
    EXPECT_TRUE(refused.err.ends_with('\n'));
    EXPECT_TRUE(std::ranges::none_of(refused.err, [](char c) { return c != '\n' && c >= 0 && c < ' '; }))
        << refused.err;
    EXPECT_EQ(snapshot(), before);
}

// --- command lines -----------------------------------------------------------

struct BadCommand {
    std::string name;
    Words words;
    int status;
    std::string says;
};

void PrintTo(const BadCommand& row, std::ostream* out)
{
    *out << testing::PrintToString(row.words);
}

const auto name_of_row = [](const auto& row) { return row.param.name; };

struct Command : testing::TestWithParam<BadCommand> {};

TEST_P(Command, IsRefused)
{
    const auto& row = GetParam();
    expect_refusal([&] { return run(row.words); }, row.status,
                   {fs::path(row.words.front()).filename().string() + ": ", row.says});
}

const std::string helpers = "/usr/libexec/left4me/";

const std::vector<BadCommand> bad_commands = {
    {"NoVerb", {"l4d2ctl"}, usage, "--help"},
    {"UnknownVerb", {"l4d2ctl", "vanish", "x"}, usage, "there is no verb 'vanish'"},
    {"EmptyVerb", {"l4d2ctl", ""}, usage, "there is no verb ''"},
    {"VerbWithNewline", {"l4d2ctl", "start\nx"}, usage, "'start\\nx'"},
    {"VerbWithEscape", {"l4d2ctl", "\033[31m"}, usage, "'\\x1b[31m'"},
    {"TwoVerbs", {"l4d2ctl", "spec", "x", "stop", "x"}, usage, "not expected"},
    {"UnknownOption", {"l4d2ctl", "--force", "stop", "x"}, usage, "--force"},
    {"InitializeWithoutName", {"l4d2ctl", "initialize", "-f", "-"}, usage, "NAME"},
    {"InitializeWithoutSpec", {"l4d2ctl", "initialize", "x"}, usage, "--file"},
    {"InitializeWithoutFileName", {"l4d2ctl", "initialize", "x", "-f"}, usage, "--file"},
    {"StartWithoutName", {"l4d2ctl", "start"}, usage, "NAME"},
    {"StopWithoutName", {"l4d2ctl", "stop"}, usage, "NAME"},
    {"DeleteWithoutName", {"l4d2ctl", "delete"}, usage, "NAME"},
    {"ResetWithoutName", {"l4d2ctl", "reset"}, usage, "NAME"},
    {"LogsWithoutName", {"l4d2ctl", "logs"}, usage, "NAME"},
    {"LogsOfTwo", {"l4d2ctl", "logs", "x", "y"}, usage, "not expected"},
    {"DeleteOfABadOne", {"l4d2ctl", "delete", "x", "../y"}, usage, "'../y'"},
    {"SpecOfTwo", {"l4d2ctl", "spec", "x", "y"}, usage, "not expected"},
    {"StatusOfTwo", {"l4d2ctl", "status", "x", "y"}, usage, "not expected"},
    {"StatusUnknownOption", {"l4d2ctl", "status", "--yaml"}, usage, "--yaml"},
    {"LogsLinesNoNumber", {"l4d2ctl", "logs", "x", "--lines", "all"}, usage, "--lines"},
    {"LogsLinesNegative", {"l4d2ctl", "logs", "x", "--lines", "-1"}, usage, "--lines"},
    {"LogsLinesTooMany", {"l4d2ctl", "logs", "x", "--lines", "1000001"}, usage, "--lines"},
    {"LogsLinesOverflow",
     {"l4d2ctl", "logs", "x", "--lines", "99999999999999999999999"},
     usage,
     "--lines"},
    {"LogsLinesEmpty", {"l4d2ctl", "logs", "x", "--lines"}, usage, "--lines"},
    {"StartOfNothing", {"l4d2ctl", "start", "nosuch"}, not_found, "there is no server 'nosuch'"},
    {"StopOfNothing", {"l4d2ctl", "stop", "nosuch"}, not_found, "there is no server 'nosuch'"},
    {"StatusOfNothing", {"l4d2ctl", "status", "nosuch"}, not_found, "there is no server 'nosuch'"},
    {"StatusJsonOfNothing",
     {"l4d2ctl", "status", "nosuch", "--json"},
     not_found,
     "there is no server 'nosuch'"},
    {"LogsOfNothing", {"l4d2ctl", "logs", "nosuch"}, not_found, "there is no server 'nosuch'"},
    {"SpecMissing",
     {"l4d2ctl", "initialize", "x", "-f", "/nowhere/spec.yaml"},
     not_found,
     "'/nowhere/spec.yaml'"},
    {"SpecIsADirectory", {"l4d2ctl", "initialize", "x", "-f", "/etc"}, bad_data, "'/etc'"},
    {"SpecNameWithNewline",
     {"l4d2ctl", "initialize", "x", "-f", "/no\nwhere"},
     not_found,
     "'/no\\nwhere'"},
    {"SpecIsEndless", {"l4d2ctl", "initialize", "x", "-f", "/dev/zero"}, bad_data, "larger than"},
    {"SpecIsEmptyDevice",
     {"l4d2ctl", "initialize", "x", "-f", "/dev/null"},
     bad_data,
     "/dev/null:1: a map is expected"},
    {"HelperWithoutVerb", {helpers + "left4me-systemctl"}, usage, "--help"},
    {"MountHelperWithoutVerb", {helpers + "left4me-overlay"}, usage, "--help"},
    {"MountHelperUnknownVerb",
     {helpers + "left4me-overlay", "remount", "x"},
     usage,
     "there is no verb 'remount'"},
    {"LauncherWithoutName", {helpers + "left4me-launch"}, usage, "NAME"},
};

INSTANTIATE_TEST_SUITE_P(Line, Command, testing::ValuesIn(bad_commands), name_of_row);

struct BadName {
    std::string name;
    std::string text;
};

void PrintTo(const BadName& bad, std::ostream* out)
{
    *out << bad.name;
}

struct Name : testing::TestWithParam<BadName> {};

TEST_P(Name, IsRefusedByEveryVerbOfEveryProgram)
{
    const auto& bad = GetParam().text;
    std::vector<Words> calls = {{"l4d2ctl", "initialize", bad, "-f", "-"},
                                {helpers + "left4me-journalctl", bad, "--lines", "1", "--no-follow"}};
    for (const auto* verb : {"start", "stop", "restart", "spec", "delete", "reset", "status", "logs"})
        calls.push_back({"l4d2ctl", verb, bad});
    for (const auto* verb : {"enable", "disable", "restart", "purge", "show"})
        calls.push_back({helpers + "left4me-systemctl", verb, bad});
    for (const auto* verb : {"mount", "umount", "purge"})
        calls.push_back({helpers + "left4me-overlay", verb, bad});
    for (const auto& call : calls) {
        SCOPED_TRACE(testing::PrintToString(call));
        expect_refusal([&] { return run(call, "port: 27015\n"); }, usage, {});
    }
}

INSTANTIATE_TEST_SUITE_P(
    Grammar, Name,
    testing::Values(BadName{"Empty", ""}, BadName{"UpperCase", "A"}, BadName{"Option", "-x"},
                    BadName{"Up", ".."}, BadName{"Here", "."}, BadName{"Path", "a/b"},
                    BadName{"AbsolutePath", "/etc"}, BadName{"UpPath", "../a"},
                    BadName{"Specifier", "%i"}, BadName{"At", "@"}, BadName{"TwoUnits", "a@b"},
                    BadName{"TooLong", std::string(65, 'a')}, BadName{"Blank", "a b"},
                    BadName{"Newline", "a\nb"}, BadName{"NewlineAtTheEnd", "a\n"},
                    BadName{"Underscore", "_a"}, BadName{"Suffix", "a.service"},
                    BadName{"Pattern", "a*"}, BadName{"NotAscii", "\xc3\xa4"},
                    BadName{"Escape", "a\033[31m"}),
    name_of_row);

TEST(Caller, MayUseTheLongestName)
{
    EXPECT_EQ(run({helpers + "left4me-systemctl", "show", std::string(64, 'a')}).status, 0);
}

// --- who may -----------------------------------------------------------------

TEST(Caller, OrdinaryUsersAreToldToUseSudo)
{
    for (const auto* user : {"nobody", "daemon"})
        for (const Words& words : {Words{"initialize", "x", "-f", "-"},
                                   {"start", "x"},
                                   {"delete", "x"},
                                   {"status"},
                                   {"logs", "x"}})
            expect_refusal(
                [&] {
                    Words all = {"runuser", "-u", user, "--", "l4d2ctl"};
                    all.insert(all.end(), words.begin(), words.end());
                    return run(all, "port: 27015\n");
                },
                not_permitted, {"l4d2ctl: ", "sudo"});
}

TEST(Caller, ASpecIsReadWithTheCallersRights)
{
    const std::string file = "/root/bad-input-spec.yaml";
    write_file(file, "port: 27015\n");
    chmod(file.c_str(), 0600);
    expect_refusal([&] { return run_as_left4me({"l4d2ctl", "initialize", "x", "-f", file}); },
                   not_permitted, {file});
    remove_all(file);
}

TEST(Caller, HelpersRefuseOrdinaryUsers)
{
    for (const auto* call : {"left4me-systemctl show x", "left4me-journalctl x --lines 1 --no-follow",
                             "left4me-overlay umount x"})
        expect_refusal(
            [&] {
                return run({"runuser", "-u", "nobody", "--", "sh", "-c",
                            std::format("sudo -n {}{}", helpers, call)});
            },
            1, {"sudo: a password is required"});
    for (const auto* verb : {"mount", "umount", "purge"})
        expect_refusal([&] { return run_as_left4me({helpers + "left4me-overlay", verb, "x"}); },
                       not_permitted, {"left4me-overlay: only root may do this"});
    for (const auto* verb : {"enable", "disable"})
        expect_refusal([&] { return run_as_left4me({helpers + "left4me-systemctl", verb, "x"}); },
                       not_permitted, {"left4me-systemctl: cannot ", "left4me-server@x.service"});
}

// --- specs -------------------------------------------------------------------

struct BadSpec {
    std::string name;
    std::string text;
    std::vector<std::string> says; ///< beside the file's name
};

void PrintTo(const BadSpec& row, std::ostream* out)
{
    *out << row.name;
}

const std::string layers = state + "/overlays/bad-input";

/// The layers that the rows name.
struct Spec : testing::TestWithParam<BadSpec> {
    static void SetUpTestSuite()
    {
        remove_all(layers);
        for (const auto* made : {"good/inner", "bad-cache", "bad-cache-relative/deep"})
            fs::create_directories(layers + "/" + made);
        write_file(layers + "/file", "not a directory");
        fs::create_symlink("nowhere", layers + "/dangling");
        fs::create_directory_symlink("/etc", layers + "/outside");
        fs::create_directory_symlink("good", layers + "/inside");
        fs::create_symlink(state + "/workshop_cache/gone.vpk", layers + "/bad-cache/a.vpk");
        fs::create_symlink("../../../../global_overlay_cache/gone.vpk",
                           layers + "/bad-cache-relative/deep/a.vpk");
        run({"chown", "-hR", "left4me:left4me", layers});
    }
    static void TearDownTestSuite() { remove_all(layers); }
};

TEST_P(Spec, IsRefused)
{
    const auto& row = GetParam();
    auto says = row.says;
    says.push_back("standard input");
    expect_refusal([&] { return l4d2ctl({"initialize", "bad-input", "-f", "-"}, row.text); }, bad_data,
                   says);
}

std::string repeated(std::string_view text, std::size_t times)
{
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

BadSpec port(const std::string& name, const std::string& value)
{
    return {"Port" + name, "config: []\nport: " + value + "\n", {":2: key 'port'"}};
}

BadSpec layer(const std::string& name, const std::string& path, const std::string& says)
{
    return {"Layer" + name, "port: 27015\noverlays:\n  - path: " + path + "\n", {":3: key ", says}};
}

std::vector<BadSpec> bad_specs()
{
    using namespace std::string_literals;
    const std::string ok = "port: 27015\n";
    const std::string list = "a list is expected";
    const std::string single = "a single value is expected";
    std::vector<BadSpec> rows = {
        {"Empty", "", {":1:", "a map is expected"}},
        {"OnlyAComment", "# nothing\n", {"a map is expected"}},
        {"Scalar", "hello\n", {":1:", "a map is expected"}},
        {"List", "- port: 27015\n", {":1:", "a map is expected"}},
        {"NotYaml", "port: 27015\nconfig: [unclosed\n", {":3:", "not YAML"}},
        {"NotYamlTab", "port: 27015\n\t- x\n", {":2:", "not YAML"}},
        {"UnknownAnchor", "port: *nothing\n", {":1:", "not YAML"}},
        {"TwoDocuments", ok + "---\n" + ok, {"a second document"}},
        {"CyclicArguments", ok + "arguments: &a [*a]\n", {":2:", "'arguments'"}},
        {"CyclicOverlays", ok + "overlays: &a [*a]\n", {":2:", "'overlays'"}},
        {"CyclicMap", "&a\nport: *a\n", {"'port'"}},
        {"CyclicKey", "? &a [*a]\n: 1\n", {"a key must be a word"}},
        {"Huge", ok + "config:\n" + repeated("  - say hello\n", 80'000), {"larger than"}},
        {"HugeOneByteTooMany", ok + "#" + std::string(1024 * 1024 - ok.size(), 'x'), {"larger than"}},
        {"DeepLists", ok + "config: " + repeated("[", 100'000), {"not YAML"}},
        {"DeepMaps", ok + "config: " + repeated("{a: ", 100'000), {"not YAML"}},
        {"DeepBlocks", repeated("- ", 100'000) + "x\n", {"not YAML"}},
        {"UnknownKey", ok + "colour: red\n", {":2: key 'colour': there is no such key"}},
        {"UnknownKeyWithEscape", ok + "\"a\\e[31m\\nb\": red\n", {":2:", "\\x1b[31m\\nb"}},
        {"UnknownKeyOfALayer",
         ok + "overlays:\n  - path: x\n    mode: ro\n",
         {":4: key 'mode': there is no such key"}},
        {"KeyTwice", ok + ok, {":2: key 'port': it is given twice"}},
        {"KeyInUpperCase", "PORT: 27015\n", {":1: key 'PORT'"}},
        {"PortMissing", "config: []\n", {"key 'port' is missing"}},
        {"PortOutsideTheHosts",
         "port: 28000\n",
         {":1: key 'port': 28000 is outside this host's ports", "27000", "27999", "host.env"}},
        {"PortBelowTheHosts", "port: 26999\n", {":1: key 'port': 26999 is outside this host's ports"}},
        {"OverlaysScalar", ok + "overlays: standard\n", {":2: key 'overlays': " + list}},
        {"OverlaysMap", ok + "overlays: {path: standard}\n", {":2: key 'overlays': " + list}},
        {"OverlaysOfWords", ok + "overlays: [standard]\n", {":2: key 'overlays'", "must be a map"}},
        {"OverlaysOfLists", ok + "overlays: [[standard]]\n", {":2: key 'overlays'", "must be a map"}},
        {"OverlayWithoutPath",
         ok + "overlays: [{alias: a}]\n",
         {":2: key 'overlays'", "'path' is missing"}},
        {"PathIsAList", ok + "overlays: [{path: [a]}]\n", {":2: key 'path': " + single}},
        {"PathIsNothing", ok + "overlays: [{path: }]\n", {":2: key 'path': " + single}},
        {"AliasIsAMap", ok + "overlays: [{path: a, alias: {}}]\n", {":2: key 'alias': " + single}},
        {"AliasOutsideTheGrammar",
         ok + "overlays: [{path: a, alias: ../b}]\n",
         {":2: key 'alias': '../b'"}},
        {"AliasTooLong",
         ok + "overlays: [{path: a, alias: " + std::string(33, 'a') + "}]\n",
         {":2: key 'alias'"}},
        {"AliasTwice",
         ok + "overlays:\n  - {path: a, alias: x}\n  - {path: b, alias: x}\n",
         {":4: key 'alias'", "line 3"}},
        {"LayerTwice", ok + "overlays:\n  - path: a\n  - path: a\n", {":4: key 'path'", "line 3"}},
        {"LayerInsideAnother",
         ok + "overlays:\n  - path: a\n  - path: a/b\n",
         {":4: key 'path'", "line 3"}},
        {"ArgumentsScalar", ok + "arguments: +map\n", {":2: key 'arguments': " + list}},
        {"ArgumentsMap", ok + "arguments: {a: b}\n", {":2: key 'arguments': " + list}},
        {"ArgumentIsAList", ok + "arguments: [[a]]\n", {":2: key 'arguments': " + single}},
        {"ArgumentIsAMap", ok + "arguments: [{a: b}]\n", {":2: key 'arguments': " + single}},
        {"ArgumentIsNothing", ok + "arguments: [~]\n", {":2: key 'arguments': " + single}},
        {"ArgumentWithNewline",
         ok + "arguments:\n  - \"a\\nb\"\n",
         {":3: key 'arguments': 'a\\nb' has a newline"}},
        {"ArgumentWithNul", ok + "arguments:\n  - \"a\\0b\"\n", {":3: key 'arguments'", "NUL"}},
        {"ArgumentOfManyLines",
         ok + "arguments:\n  - |\n    a\n    b\n",
         {":3: key 'arguments'", "newline"}},
        {"ConfigScalar", ok + "config: sv_lan 0\n", {":2: key 'config': " + list}},
        {"ConfigMap", ok + "config: {sv_lan: 0}\n", {":2: key 'config': " + list}},
        {"ConfigLineIsAMap", ok + "config:\n  - hostname: x\n", {":3: key 'config': " + single}},
        {"ConfigLineIsNothing", ok + "config:\n  -\n", {"key 'config': " + single}},
        {"ConfigWithNewline", ok + "config:\n  - x\n  - \"a\\nb\"\n", {":4: key 'config'", "newline"}},
        {"ConfigWithReturn", ok + "config: [\"a\\rb\"]\n", {":2: key 'config'", "newline"}},
        {"ConfigWithNul", ok + "config: [\"a\\0b\"]\n", {":2: key 'config'", "NUL"}},
        {"PortNothing",
         "port:\n",
         {"key 'port': " + single}}, // yaml-cpp has no line for what is not there
        port("Zero", "0"),
        port("BelowThePrivileged", "1023"),
        port("TooHigh", "65536"),
        port("Negative", "-27015"),
        port("Overflow", "18446744073709578631"),
        port("Signed", "+27015"),
        port("Hex", "0x6987"),
        port("Octal", "0o64607"),
        port("LeadingZero", "027015"),
        port("Fraction", "27015.0"),
        port("Exponent", "2.7015e4"),
        port("Word", "many"),
        port("Empty", "\"\""),
        port("Blank", "\"27015 \""),
        port("Null", "~"),
        port("List", "[27015]"),
        port("Map", "{a: 27015}"),
        layer("Missing", "bad-input/nowhere", "'bad-input/nowhere'"),
        layer("IsAFile", "bad-input/file", "'bad-input/file'"),
        layer("IsADanglingLink", "bad-input/dangling", "'bad-input/dangling'"),
        layer("IsALinkOutside", "bad-input/outside", "'bad-input/outside'"),
        layer("IsALinkInside", "bad-input/inside", "'bad-input/inside'"),
        layer("BehindALink", "bad-input/inside/inner", "a link in place of a directory"),
        layer("Absolute", "/etc", "it must be relative"),
        layer("Up", "../installation", "'..' is not allowed"),
        layer("UpInside", "bad-input/../standard", "'..' is not allowed"),
        layer("EmptyPart", "bad-input//good", "empty part"),
        layer("SlashAtTheEnd", "bad-input/good/", "empty part"),
        layer("Empty", "\"\"", "it is empty"),
        layer("Hidden", ".hidden", "begin with a letter or a digit"),
        layer("Comma", "\"a,b\"", "only letters, digits"),
        layer("Colon", "\"a:b\"", "only letters, digits"),
        layer("Newline", "\"a\\nb\"", "'a\\nb'"),
        layer("Nul", "\"a\\0b\"", "only letters, digits"),
        layer("TooLong", std::string(256, 'a'), "longer than"),
        layer("WithDanglingCacheLink", "bad-input/bad-cache",
              "a.vpk' leads to a file that is not in the cache"),
        layer("WithDanglingRelativeCacheLink", "bad-input/bad-cache-relative",
              "a.vpk' leads to a file that is not in the cache"),
    };
    for (const auto& [name, word] : std::map<std::string, std::string>{{"Port", "-port"},
                                                                       {"Hostport", "+hostport"},
                                                                       {"Ip", "+ip"},
                                                                       {"Game", "-game"},
                                                                       {"Norestart", "-norestart"},
                                                                       {"OtherCase", "+HostPort"}})
        rows.push_back({"Reserved" + name,
                        ok + "arguments:\n  - +map\n  - " + word + "\n",
                        {":4: key 'arguments': '" + word + "' is reserved"}});
    rows.push_back({"RawNul", "port: 27015\nconfig: [\"a\0b\"]\n"s, {}});
    return rows;
}

INSTANTIATE_TEST_SUITE_P(Text, Spec, testing::ValuesIn(bad_specs()), name_of_row);

// --- with a server there -----------------------------------------------------

struct BadInput : ServerTest {
    /// The three files, byte for byte.
    [[nodiscard]] std::vector<std::string> files() const
    {
        std::vector<std::string> all;
        for (const auto* file : {"spec.yaml", "instance.conf", "server.cfg"})
            all.push_back(read_file(instance() + "/" + file));
        return all;
    }
};

TEST_F(BadInput, APortOfAnotherServerNamesIt)
{
    initialize(spec());
    expect_refusal([&] { return l4d2ctl({"initialize", "another", "-f", "-"}, spec()); }, bad_data,
                   {"standard input:1: key 'port'", std::format("is the port of server '{}'", name)});
    initialize(spec("config: [x]\n")); // its own is no other's
}

TEST_F(BadInput, AFileIsNamedInTheMessage)
{
    const std::string file = "/tmp/bad-input spec.yaml";
    write_file(file, "port: 27015\nconfig: no\n");
    expect_refusal([&] { return l4d2ctl({"initialize", name, "-f", file}); }, bad_data,
                   {file + ":2: key 'config'"});
    remove_all(file);
}

TEST_F(BadInput, AFailedInitializeIsNoObstacleToTheNext)
{
    expect_refusal([&] { return l4d2ctl({"initialize", name, "-f", "-"}, spec("x: y\n")); }, bad_data,
                   {"'x'"});
    initialize(spec());
    const auto before = files();
    expect_refusal([&] { return l4d2ctl({"initialize", name, "-f", "-"}, spec("config: no\n")); },
                   bad_data, {"'config'"});
    EXPECT_EQ(files(), before);
    initialize(spec("config: [sv_lan 0]\n"));
    EXPECT_NE(files(), before);
}

TEST_F(BadInput, AFailedInitializeLeavesARunningServerAlone)
{
    start_with();
    const auto before = files();
    const auto process = pid();
    for (const auto* bad : {"config: no\n", "overlays: [{path: nowhere}]\n", "x: y\n"}) {
        const auto refused = l4d2ctl({"initialize", name, "-f", "-"}, spec(bad));
        EXPECT_EQ(refused.status, bad_data);
        EXPECT_EQ(std::ranges::count(refused.err, '\n'), 1) << refused.err;
    }
    EXPECT_EQ(files(), before);
    EXPECT_EQ(pid(), process);
    EXPECT_FALSE(status().at("needs_restart"));
}

TEST_F(BadInput, ALayerThatWentAwayIsFoundAtTheStart)
{
    const auto ref = make_layer("gone");
    initialize(spec(std::format("overlays:\n  - path: {}\n", ref)));
    remove_all(state + "/overlays/" + ref);
    expect_refusal([&] { return l4d2ctl({"start", "--no-wait", name}); }, bad_data,
                   {instance() + "/spec.yaml:3:", ref});
}

TEST_F(BadInput, ABusyServerSaysWhoIsAtIt)
{
    initialize(spec());
    const auto lock = "/run/left4me/lock/" + name;
    const std::string holder = std::format("l4d2ctl start {} (process 4711)", name);
    ASSERT_EQ(output({"stat", "-c", "%U", lock}), "left4me");
    const auto record = std::format("{}\n{}\n", holder, holder); // as the holder writes it
    write_file(lock, record);
    const int held = open(lock.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_EQ(flock(held, LOCK_EX | LOCK_NB), 0);
    for (const Words& words : {Words{"start", name},
                               {"stop", name},
                               {"delete", name},
                               {"reset", name},
                               {"initialize", name, "-f", "-"}})
        expect_refusal([&] { return l4d2ctl(words, spec()); }, busy, {name, holder});
    EXPECT_EQ(read_file(lock), record) << "the name of who holds it is not overwritten";
    EXPECT_EQ(l4d2ctl({"status", name}).status, 3) << "looking needs no lock";
    close(held);
    EXPECT_EQ(l4d2ctl({"stop", name}).status, 0);
}

/// host.env with other text for the length of a test; owner and mode stay.
class HostSettings {
public:
    explicit HostSettings(const std::string& text) { write_file(file, text); }
    ~HostSettings() { write_file(file, before_); }
    HostSettings(const HostSettings&) = delete;
    HostSettings& operator=(const HostSettings&) = delete;
    static constexpr auto file = "/etc/left4me/host.env";

private:
    std::string before_ = read_file(file);
};

TEST_F(BadInput, BadHostSettingsAreNamedWithTheirLine)
{
    const std::map<std::string, std::string> rows = {
        {"x=1\nLEFT4ME_PORT_RANGE_START=many\n", "/etc/left4me/host.env:2: LEFT4ME_PORT_RANGE_START"},
        {"LEFT4ME_PORT_RANGE_END=\n", "/etc/left4me/host.env:1: LEFT4ME_PORT_RANGE_END"},
        {"LEFT4ME_PORT_RANGE_END=99999\n", "/etc/left4me/host.env:1: LEFT4ME_PORT_RANGE_END"},
        {"LEFT4ME_PORT_RANGE_START=27500\nLEFT4ME_PORT_RANGE_END=27400\n",
         "/etc/left4me/host.env: LEFT4ME_PORT_RANGE_START is above"},
        {"# fine\n\nhello\n", "/etc/left4me/host.env:3: 'hello' is not KEY=value"},
        {"LEFT4ME_PORT_RANGE_START=27990\n", "standard input:1: key 'port'"},
    };
    for (const auto& [text, says] : rows) {
        SCOPED_TRACE(text);
        const HostSettings settings(text);
        expect_refusal([&] { return l4d2ctl({"initialize", name, "-f", "-"}, spec()); }, bad_data,
                       {says});
    }
    initialize(spec());
}

TEST_F(BadInput, WithoutSystemdItSaysSo)
{
    initialize(spec());
    for (const auto* verb : {"status", "start", "stop", "delete"})
        expect_refusal(
            [&] {
                // In a namespace of its own, where systemd's and the bus's sockets are hidden.
                return run({"unshare", "--mount", "sh", "-c",
                            std::format("mount -t tmpfs none /run/systemd && {{ [ ! -d /run/dbus ] || "
                                        "mount -t tmpfs none /run/dbus; }} && exec l4d2ctl {} {}",
                                        verb, name)});
            },
            unavailable, {"systemd"});
}

TEST_F(BadInput, CtrlCWhileItReadsTheSpecChangesNothing)
{
    const auto before = snapshot();
    std::array<int, 2> in = {};
    ASSERT_EQ(pipe2(in.data(), O_CLOEXEC), 0);
    const pid_t child = fork();
    if (child == 0) {
        dup2(in[0], STDIN_FILENO);
        signal(SIGINT, SIG_DFL);
        execlp("l4d2ctl", "l4d2ctl", "initialize", name.c_str(), "-f", "-", nullptr);
        _exit(127);
    }
    // It waits for the spec: in read, with its handler in place.
    ASSERT_TRUE(eventually([&] {
        return read_file(std::format("/proc/{}/comm", child)) == "l4d2ctl\n" &&
               read_file(std::format("/proc/{}/syscall", child)).starts_with("0 ");
    }));
    kill(child, SIGINT);
    int status = 0;
    EXPECT_TRUE(eventually([&] { return waitpid(child, &status, WNOHANG) == child; }))
        << "still waiting";
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == cancelled) << status;
    close(in[0]);
    close(in[1]);
    EXPECT_EQ(snapshot(), before);
    initialize(spec());
}

} // namespace
} // namespace left4me::test
