// Layers that are made anew each day: the examples of docs/examples against a server of
// the tests' own, what the cache of downloads keeps, and what goes wrong on the way. The
// server is at a public address on a wire of the test, for a script reaches no other.

#include "neighbour.hpp"
#include "terminal.hpp"
#include "tracer.hpp"

#include <csignal>
#include <filesystem>
#include <format>
#include <future>
#include <gmock/gmock.h>
#include <regex>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr int ok = 0;
constexpr int bad_data = 65;
constexpr int not_found = 66;

const std::string place = "/tmp/left4me-daily";
const std::string cache = state + "/global_overlay_cache";
constexpr int port_of_site = 8081;
constexpr std::size_t large = 2 << 20;

Outcome overlay(Words words)
{
    words.insert(words.begin(), "overlay");
    return l4d2ctl(words);
}

struct Daily : ServerTest {
    void SetUp() override
    {
        remove_all(place);
        neighbour_.there([&] {
            server_ = fork();
            if (server_ == 0) {
                execl((tests_dir + "/stand_in/file_server").c_str(), "file_server",
                      player_address.c_str(), std::to_string(port_of_site).c_str(),
                      (place + "/site").c_str(), (place + "/log").c_str(), nullptr);
                _exit(127);
            }
        });
        ASSERT_TRUE(eventually([] {
            return run({"bash", "-c",
                        std::format("exec 3<>/dev/tcp/{}/{}", player_address, port_of_site)})
                       .status == 0;
        }));
    }

    void TearDown() override
    {
        kill(server_, SIGKILL);
        waitpid(server_, nullptr, 0);
        EXPECT_EQ(l4d2ctl({"delete", name}).status, ok);
        for (const auto& layer : {ref, ref + "-2"})
            if (exists(state + "/overlays/" + layer)) {
                EXPECT_EQ(overlay({"delete", layer}).status, ok);
            }
        EXPECT_THAT(files_below(cache), IsEmpty());
        remove_all(place);
    }

    static std::string address(const std::string& file)
    {
        return std::format("http://{}:{}/{}", player_address, port_of_site, file);
    }
    static void serve(const std::string& file, const std::string& content)
    {
        write_file(place + "/site/" + file, content);
    }
    /// A .zip with one addon.
    static void serve_archive(const std::string& file, const std::string& addon,
                              const std::string& content)
    {
        remove_all(place + "/in");
        write_file(place + "/in/some/folder/" + addon, content);
        write_file(place + "/in/readme.txt", "read me");
        write_file(place + "/site/" + file, "");
        remove_all(place + "/site/" + file);
        output({"bsdtar", "-C", place + "/in", "-acf", place + "/site/" + file, "some", "readme.txt"});
    }
    static std::string sum_line(const std::string& file)
    {
        return std::format("{}  {}\n", output({"sha256sum", place + "/site/" + file}).substr(0, 64),
                           address(file));
    }

    /// What was asked since the last time: status and path.
    static std::vector<std::string> requests()
    {
        auto lines = lines_of(read_file(place + "/log"));
        remove_all(place + "/log");
        return lines;
    }

    /// An example with the address of its list, as an operator changes it.
    static std::string example(const std::string& file, const std::string& list)
    {
        const auto text = std::regex_replace(read_file(tests_dir + "/" + file),
                                             std::regex("\nlist=[^ ]+"), "\nlist=" + address(list));
        EXPECT_THAT(text, HasSubstr(address(list)));
        auto changed = place + "/" + file;
        write_file(changed, text);
        return changed;
    }

    [[nodiscard]] Outcome build_daily(const std::string& script) const
    {
        return overlay({"build", ref, "-f", script, "--daily"});
    }
    /// Of a script's text.
    [[nodiscard]] Outcome build_text(const std::string& layer, const std::string& script) const
    {
        return l4d2ctl({"overlay", "build", layer, "-f", "-", "--daily"}, script);
    }

    [[nodiscard]] std::string addon(const std::string& file) const
    {
        return state + "/overlays/" + ref + "/left4dead2/addons/" + file;
    }
    [[nodiscard]] nlohmann::json shown() const
    {
        return nlohmann::json::parse(overlay({"show", ref, "--json"}).out);
    }

    const std::string ref = "daily/" + name;

private:
    Neighbour neighbour_;
    pid_t server_ = -1;
};

// --- the examples ------------------------------------------------------------------

TEST_F(Daily, MapsFromAList)
{
    const std::string map(large, 'm');
    serve_archive("one.zip", "one.vpk", map);
    serve_archive("two.7z", "two.vpk", "small");
    serve("maps.txt", std::format("# maps\n{}\n\n{}\n", address("one.zip"), address("two.7z")));
    const auto script = example("maps-from-list.sh", "maps.txt");
    const auto built = build_daily(script);
    ASSERT_EQ(built.status, ok) << built.out << built.err;
    EXPECT_EQ(read_file(addon("one.vpk")), map);
    EXPECT_EQ(read_file(addon("two.vpk")), "small");
    EXPECT_TRUE(fs::is_symlink(addon("one.vpk")));
    EXPECT_FALSE(fs::is_symlink(addon("two.vpk")));
    EXPECT_TRUE(shown()["daily"]);

    // A server reads it through the link, in its unit.
    start_with(std::format("overlays: [{{path: {}}}]\n", ref));
    EXPECT_EQ(run({"nsenter", "-t", pid(), "-m", "cat", merged() + "/left4dead2/addons/one.vpk"}).out,
              map);

    // Nothing is new: nothing is fetched, nothing published.
    (void)requests();
    const auto again = overlay({"refresh", ref});
    EXPECT_EQ(again.status, ok) << again.err;
    EXPECT_THAT(again.out, HasSubstr("nothing has changed"));
    EXPECT_THAT(requests(),
                testing::UnorderedElementsAre("200 /maps.txt", "304 /one.zip", "304 /two.7z"));
    EXPECT_EQ(shown()["version"], 1);
    EXPECT_FALSE(status()["needs_restart"]);

    // One changed, one left the list; the running server keeps what it has.
    serve_archive("one.zip", "newer.vpk", std::string(large, 'n'));
    serve("maps.txt", address("one.zip") + "\n");
    const auto changed = overlay({"refresh"});
    EXPECT_EQ(changed.status, ok) << changed.err;
    EXPECT_EQ(read_file(addon("newer.vpk")), std::string(large, 'n'));
    EXPECT_FALSE(exists(addon("one.vpk")));
    EXPECT_FALSE(exists(addon("two.vpk")));
    EXPECT_EQ(run({"nsenter", "-t", pid(), "-m", "cat", merged() + "/left4dead2/addons/one.vpk"}).out,
              map);
    EXPECT_TRUE(status()["needs_restart"]);
}

TEST_F(Daily, MapsFromAListThatCannotBeHadChangeNothing)
{
    serve_archive("one.zip", "one.vpk", "one");
    serve("maps.txt", address("one.zip") + "\n");
    ASSERT_EQ(build_daily(example("maps-from-list.sh", "maps.txt")).status, ok);

    serve("maps.txt", std::format("{}\n{}\n", address("one.zip"), address("gone.zip")));
    const auto gone = overlay({"refresh", ref});
    EXPECT_EQ(gone.status, bad_data);
    EXPECT_THAT(gone.out + gone.err, AllOf(HasSubstr("404"), HasSubstr("stays as it was")));

    serve("maps.txt", address("bad.zip") + "\n");
    serve("bad.zip", "PK this is no archive");
    EXPECT_EQ(overlay({"refresh", ref}).status, bad_data);
    remove_all(place + "/site/maps.txt");
    EXPECT_EQ(overlay({"refresh", ref}).status, bad_data);
    EXPECT_EQ(read_file(addon("one.vpk")), "one");
    EXPECT_EQ(shown()["version"], 1);
}

TEST_F(Daily, MapsByChecksum)
{
    const std::string map(large, 'm');
    serve("one.vpk", map);
    serve("two.vpk", "two");
    serve("maps.sha256", sum_line("one.vpk") + sum_line("two.vpk"));
    const auto built = build_daily(example("maps-by-checksum.sh", "maps.sha256"));
    ASSERT_EQ(built.status, ok) << built.out << built.err;
    EXPECT_EQ(read_file(addon("one.vpk")), map);
    EXPECT_EQ(read_file(addon("two.vpk")), "two");

    (void)requests();
    EXPECT_THAT(overlay({"refresh", ref}).out, HasSubstr("nothing has changed"));
    EXPECT_THAT(requests(), ElementsAre("200 /maps.sha256"));

    // What is not what the list says is not published.
    serve("maps.sha256", std::string(64, '0') + "  " + address("two.vpk") + "\n");
    EXPECT_EQ(overlay({"refresh", ref}).status, bad_data);
    EXPECT_EQ(read_file(addon("two.vpk")), "two");
    serve("maps.sha256", "not a sum\n");
    EXPECT_EQ(overlay({"refresh", ref}).status, bad_data);

    serve("maps.sha256", sum_line("two.vpk"));
    const auto fewer = overlay({"refresh", ref});
    EXPECT_EQ(fewer.status, ok) << fewer.err;
    EXPECT_FALSE(exists(addon("one.vpk")));
    EXPECT_EQ(read_file(addon("two.vpk")), "two");
}

TEST_F(Daily, AListMayComeFromWindowsAndHaveNoLastEnd)
{
    serve_archive("one.zip", "one.vpk", "one");
    serve_archive("two.tar.gz", "two.vpk", "two");
    serve("maps.txt", std::format("# maps\r\n\r\n{}\r\n{}", address("one.zip"), address("two.tar.gz")));
    const auto built = build_daily(example("maps-from-list.sh", "maps.txt"));
    ASSERT_EQ(built.status, ok) << built.out << built.err;
    EXPECT_EQ(read_file(addon("one.vpk")), "one");
    EXPECT_EQ(read_file(addon("two.vpk")), "two");

    serve("three.vpk", "three");
    auto sums = "# maps\r\n\r\n" + sum_line("three.vpk");
    sums.pop_back();
    serve("maps.sha256", sums + "\r");
    const auto by_sum = build_daily(example("maps-by-checksum.sh", "maps.sha256"));
    ASSERT_EQ(by_sum.status, ok) << by_sum.out << by_sum.err;
    EXPECT_EQ(read_file(addon("three.vpk")), "three");
}

TEST_F(Daily, AnEmptyListTakesNothingAway)
{
    serve_archive("one.zip", "one.vpk", "one");
    serve("maps.txt", address("one.zip") + "\n");
    ASSERT_EQ(build_daily(example("maps-from-list.sh", "maps.txt")).status, ok);
    serve("maps.txt", "# nothing\n");
    const auto refreshed = overlay({"refresh", ref});
    EXPECT_EQ(refreshed.status, bad_data);
    EXPECT_THAT(refreshed.out, HasSubstr("the list is empty"));
    EXPECT_EQ(read_file(addon("one.vpk")), "one");

    serve("two.vpk", "two");
    serve("maps.sha256", sum_line("two.vpk"));
    ASSERT_EQ(build_daily(example("maps-by-checksum.sh", "maps.sha256")).status, ok);
    serve("maps.sha256", "\n");
    EXPECT_EQ(overlay({"refresh", ref}).status, bad_data);
    EXPECT_EQ(read_file(addon("two.vpk")), "two");
}

TEST_F(Daily, ArchivesOfOneNameAndAddonsOfOneNameAreToldApart)
{
    serve_archive("a/latest.zip", "one.vpk", "one");
    serve_archive("b/latest.zip", "two.vpk", "two");
    serve_archive("other.zip", "one.vpk", "other");
    serve("maps.txt", std::format("{}\n{}\n{}\n", address("a/latest.zip"), address("b/latest.zip"),
                                  address("other.zip")));
    const auto built = build_daily(example("maps-from-list.sh", "maps.txt"));
    ASSERT_EQ(built.status, ok) << built.out << built.err;
    EXPECT_THAT(built.out, HasSubstr("one.vpk is there already"));
    EXPECT_EQ(read_file(addon("one.vpk")), "one");
    EXPECT_EQ(read_file(addon("two.vpk")), "two");

    // The one that has it goes: now it is the other's.
    serve("maps.txt", std::format("{}\n{}\n", address("b/latest.zip"), address("other.zip")));
    const auto refreshed = overlay({"refresh", ref});
    EXPECT_EQ(refreshed.status, ok) << refreshed.err;
    EXPECT_EQ(read_file(addon("one.vpk")), "other");
    EXPECT_EQ(read_file(addon("two.vpk")), "two");
    EXPECT_THAT(overlay({"refresh", ref}).out, HasSubstr("nothing has changed"));
}

TEST_F(Daily, AListWithAFileTwiceIsRefused)
{
    serve("one.vpk", "one");
    serve("a/one.vpk", "another");
    serve("maps.sha256", sum_line("one.vpk") + sum_line("a/one.vpk"));
    const auto built = build_daily(example("maps-by-checksum.sh", "maps.sha256"));
    EXPECT_EQ(built.status, 1);
    EXPECT_THAT(built.out, HasSubstr("two files with the name one.vpk"));
    EXPECT_FALSE(exists(state + "/overlays/" + ref));
}

// --- the mark ------------------------------------------------------------------------

TEST_F(Daily, IsForgottenAndRefused)
{
    EXPECT_EQ(overlay({"refresh", ref}).status, not_found);
    ASSERT_EQ(build_text(ref, "date +%N >now\n").status, ok);
    ASSERT_EQ(overlay({"refresh"}).status, ok);
    EXPECT_EQ(shown()["version"], 2);
    EXPECT_EQ(overlay({"forget", ref}).status, ok);
    EXPECT_FALSE(shown()["daily"]);
    EXPECT_EQ(overlay({"forget", ref}).status, not_found);
    EXPECT_EQ(overlay({"refresh", ref}).status, not_found);
    EXPECT_THAT(overlay({"refresh"}).out, HasSubstr("There is no daily layer"));
    EXPECT_EQ(shown()["version"], 2);
}

TEST_F(Daily, AScriptThatFailedIsNotKept)
{
    ASSERT_EQ(build_text(ref, "echo 1 >one\n").status, ok);
    EXPECT_EQ(build_text(ref, "exit 3\n").status, 3);
    EXPECT_EQ(overlay({"refresh", ref}).status, ok); // by the first one
    EXPECT_TRUE(exists(state + "/overlays/" + ref + "/one"));
}

TEST_F(Daily, OneThatFailsStopsNoOther)
{
    // The first fails from its second time on.
    ASSERT_EQ(build_text(ref, "[ ! -e once ] && touch once\n").status, ok);
    ASSERT_EQ(build_text(ref + "-2", "date +%N >now\n").status, ok);
    const auto done = overlay({"refresh"});
    EXPECT_EQ(done.status, bad_data);
    EXPECT_THAT(done.err, AllOf(HasSubstr("1 of 2 daily layers"), HasSubstr("status 1")));
    EXPECT_EQ(shown()["version"], 1);
    EXPECT_THAT(overlay({"show", ref + "-2", "--json"}).out, HasSubstr("\"version\": 2"));
}

/// While a refresh is at the layer before.
struct RefreshUnderWay : Daily {
    void SetUp() override
    {
        Daily::SetUp();
        serve("other", ""); // the server's log is beside its files
        // Waits for the test, but the first time.
        ASSERT_EQ(build_text(ref, std::format("[ ! -e now ] || until curl -fsS {}; do sleep 0.1; done\n"
                                              "date +%N >now\n",
                                              address("go")))
                      .status,
                  ok);
        ASSERT_EQ(build_text(second, "echo first >by; date +%N >now\n").status, ok);
        (void)requests();
        refresh_ = std::async(std::launch::async, [] { return overlay({"refresh"}); });
        ASSERT_TRUE(eventually([] { return read_file(place + "/log").contains("/go"); }));
    }

    Outcome finished()
    {
        serve("go", "");
        return refresh_.get();
    }

    const std::string second = ref + "-2";

private:
    std::future<Outcome> refresh_;
};

TEST_F(RefreshUnderWay, OneThatIsForgottenIsLeftAlone)
{
    EXPECT_EQ(overlay({"forget", second}).status, ok);
    const auto done = finished();
    EXPECT_EQ(done.status, ok) << done.err;
    const auto shown = nlohmann::json::parse(overlay({"show", second, "--json"}).out);
    EXPECT_FALSE(shown["daily"]);
    EXPECT_EQ(shown["version"], 1);
}

TEST_F(RefreshUnderWay, OneThatIsDeletedStaysDeleted)
{
    EXPECT_EQ(overlay({"delete", second}).status, ok);
    const auto done = finished();
    EXPECT_EQ(done.status, ok) << done.err;
    for (const auto* tree : {"/overlays/", "/builds/", "/versions/"})
        EXPECT_FALSE(exists(state + tree + second)) << tree;
}

TEST_F(RefreshUnderWay, OneWithAnotherScriptIsMadeByThat)
{
    EXPECT_EQ(build_text(second, "echo second >by; date +%N >now\n").status, ok);
    const auto done = finished();
    EXPECT_EQ(done.status, ok) << done.err;
    EXPECT_EQ(read_file(state + "/overlays/" + second + "/by"), "second\n");
    EXPECT_EQ(nlohmann::json::parse(overlay({"show", second, "--json"}).out)["version"], 3);
    EXPECT_EQ(overlay({"refresh", second}).status, ok);
    EXPECT_EQ(read_file(state + "/overlays/" + second + "/by"), "second\n");
}

TEST_F(Daily, ABadRecipeIsItsOwnLayersAlone)
{
    ASSERT_EQ(build_text(ref, "date +%N >now\n").status, ok);
    ASSERT_EQ(build_text(ref + "-2", "date +%N >now\n").status, ok);
    const auto recipe = state + "/versions/" + ref + "/recipe";
    ASSERT_TRUE(exists(recipe));
    write_file(recipe, "nonsense");
    const auto done = overlay({"refresh"});
    EXPECT_EQ(done.status, bad_data);
    EXPECT_THAT(done.err, AllOf(HasSubstr(ref + ": the script that was kept"), HasSubstr("1 of 2")));
    EXPECT_THAT(overlay({"show", ref + "-2", "--json"}).out, HasSubstr("\"version\": 2"));
    EXPECT_TRUE(shown()["daily"]);
    EXPECT_EQ(overlay({"list"}).status, ok);
    EXPECT_EQ(overlay({"forget", ref}).status, ok);
    EXPECT_EQ(overlay({"refresh"}).status, ok);
}

TEST_F(Daily, TheListTellsWhichAreDaily)
{
    ASSERT_EQ(build_text(ref, "echo 1 >one\n").status, ok);
    ASSERT_EQ(overlay({"create", ref + "-2"}).status, ok);
    // Names as long as these have a line of their own.
    const auto listed = overlay({"list"}).out;
    EXPECT_THAT(listed, testing::ContainsRegex(ref + "\n +1 +1 +[0-9]+ B +yes +"));
    EXPECT_THAT(listed, testing::ContainsRegex(ref + "-2\n +1 +0 +[0-9]+ B +- +"));
}

TEST_F(Daily, TheTimersUnitTellsTheJournalWhatFailed)
{
    // The first fails from its second time on.
    ASSERT_EQ(build_text(ref, "[ ! -e once ] && touch once || { echo no more >&2; exit 7; }\n").status,
              ok);
    ASSERT_EQ(build_text(ref + "-2", "date +%N >now; echo made again\n").status, ok);
    const auto began = output({"date", "+%F %T"});
    EXPECT_NE(run({"systemctl", "start", "left4me-layers-refresh.service"}).status, 0);
    EXPECT_EQ(unit_property("left4me-layers-refresh.service", "ExecMainStatus"),
              std::to_string(bad_data));
    output({"journalctl", "--sync"});
    const auto journal = lines_of(output({"journalctl", "-o", "cat", "--no-pager", "--since", began,
                                          "-u", "left4me-layers-refresh.service"}));
    EXPECT_THAT(journal, AllOf(Contains("no more"), Contains(HasSubstr("status 7")),
                               Contains("made again"), Contains(HasSubstr("1 of 2 daily layers")),
                               Contains(StartsWith(ref + "-2: version 2"))));
    run({"systemctl", "reset-failed", "left4me-layers-refresh.service"});
}

TEST_F(Daily, TheTimersUnitMakesLayersAnew)
{
    ASSERT_EQ(build_text(ref, "date +%N >now; echo made\n").status, ok);
    EXPECT_NE(run({"systemctl", "is-enabled", "left4me-layers-refresh.timer"}).status, 0);
    const auto done = run({"systemctl", "start", "left4me-layers-refresh.service"});
    EXPECT_EQ(done.status, 0) << output(
        {"journalctl", "-o", "cat", "-n", "30", "--no-pager", "-u", "left4me-layers-refresh.service"});
    EXPECT_EQ(shown()["version"], 2);
    run({"systemctl", "reset-failed", "left4me-layers-refresh.service"});
    EXPECT_EQ(run({"systemctl", "enable", "--now", "left4me-layers-refresh.timer"}).status, 0);
    EXPECT_NE(unit_property("left4me-layers-refresh.timer", "NextElapseUSecRealtime"), "");
    EXPECT_EQ(run({"systemctl", "disable", "--now", "left4me-layers-refresh.timer"}).status, 0);
}

/// A stop of the unit is a Ctrl-C: systemd 257 may not wait for the first process of a pid
/// namespace, and killed it then.
TEST_F(Daily, TheTimersUnitEndsWholeWhenItIsStopped)
{
    ASSERT_EQ(build_text(ref, "[ ! -e once ] && touch once || { echo sleeping; sleep 1000; }\n").status,
              ok);
    const auto unit = std::string("left4me-layers-refresh.service");
    const auto began = output({"date", "+%F %T"});
    const auto journal = [&] {
        output({"journalctl", "--sync"});
        return output({"journalctl", "-o", "cat", "--no-pager", "--since", began, "-u", unit});
    };
    output({"systemctl", "start", "--no-block", unit});
    ASSERT_TRUE(eventually([&] { return journal().contains("\nsleeping"); })) << journal();
    output({"systemctl", "stop", unit});
    EXPECT_TRUE(eventually([&] { return journal().contains("l4d2ctl: cancelled"); })) << journal();
    EXPECT_EQ(shown()["version"], 1);
    run({"systemctl", "reset-failed", unit});
}

/// S47: what a daily script writes goes to the journal, which all of the host shares.
TEST_F(Daily, TheTimersUnitWritesNoFloodIntoTheJournal)
{
    ASSERT_EQ(build_text(ref, "date +%N >now; line=$(head -c 40000 /dev/zero | tr '\\0' x)\n"
                              "for ((i = 0; i < 300; ++i)); do echo \"$line\"; done\n")
                  .status,
              ok);
    const auto cursor = output({"journalctl", "--quiet", "-n0", "--show-cursor"}).substr(11);
    EXPECT_EQ(run({"systemctl", "start", "left4me-layers-refresh.service"}).status, 0);
    run({"journalctl", "--sync"});
    const auto log = output({"journalctl", "--quiet", "-o", "cat", "--all", "--after-cursor=" + cursor,
                             "-u", "left4me-layers-refresh.service"});
    EXPECT_GT(log.size(), 1U << 20U);
    ASSERT_LT(log.size(), 3U << 20U);
    EXPECT_THAT(log, testing::ContainsRegex("lines of the script, [0-9]+ bytes, were left out"));
    run({"systemctl", "reset-failed", "left4me-layers-refresh.service"});
}

// --- the cache ------------------------------------------------------------------------

const std::string make_large =
    std::format("mkdir -p left4dead2/addons && rm -f left4dead2/addons/one.vpk && "
                "yes map | head -c {} >left4dead2/addons/one.vpk\n",
                large);

TEST_F(Daily, TwoLayersKeepAFileOnce)
{
    ASSERT_EQ(build_text(ref, make_large).status, ok);
    ASSERT_EQ(build_text(ref + "-2", make_large).status, ok);
    ASSERT_EQ(files_below(cache).size(), 1U);
    EXPECT_EQ(fs::read_symlink(addon("one.vpk")), cache + "/" + files_below(cache).front());
    EXPECT_EQ(output({"stat", "-L", "-c", "%U %a %h", addon("one.vpk")}), "left4me 644 1");
    ASSERT_EQ(overlay({"delete", ref}).status, ok);
    EXPECT_EQ(files_below(cache).size(), 1U);
    ASSERT_EQ(overlay({"delete", ref + "-2"}).status, ok);
    EXPECT_THAT(files_below(cache), IsEmpty());
}

TEST_F(Daily, ShowsThatLargeFilesAreSummedUp)
{
    const auto script = place + "/large.sh";
    write_file(script, "yes large | head -c 64M >large.vpk\n");
    OnTerminal terminal({"l4d2ctl", "overlay", "build", ref, "-f", script, "--daily"});
    EXPECT_TRUE(terminal.shows("summing up"));
    EXPECT_TRUE(terminal.shows(" MiB"));
    EXPECT_TRUE(terminal.shows("1 large files are in the cache, 1 of them new"));
    EXPECT_EQ(terminal.wait(), 0) << terminal.screen();
}

TEST_F(Daily, OlderVersionsKeepTheirFiles)
{
    ASSERT_EQ(build_text(ref, make_large).status, ok);
    ASSERT_EQ(build_text(ref, "rm left4dead2/addons/one.vpk; touch other\n").status, ok);
    EXPECT_EQ(files_below(cache).size(), 1U);
    ASSERT_EQ(overlay({"rollback", ref}).status, ok);
    EXPECT_EQ(read_file(addon("one.vpk")).size(), large);
}

TEST_F(Daily, AScriptFindsItsFilesAndCannotChangeThem)
{
    ASSERT_EQ(build_text(ref, make_large).status, ok);
    const auto content = read_file(addon("one.vpk"));
    const auto tried = build_text(ref, "cd left4dead2/addons\n"
                                       "head -c 4 one.vpk\n"
                                       "echo changed >one.vpk; chmod 600 one.vpk\n"
                                       "echo new >/var/lib/left4me/global_overlay_cache/new\n"
                                       "rm -f /var/lib/left4me/global_overlay_cache/*\n"
                                       "echo new >small.vpk; true\n");
    EXPECT_EQ(tried.status, ok) << tried.err;
    EXPECT_THAT(tried.out, HasSubstr("map\n"));
    EXPECT_THAT(tried.out, HasSubstr("Read-only file system"));
    EXPECT_EQ(read_file(addon("one.vpk")), content);
    EXPECT_EQ(read_file(addon("small.vpk")), "new\n");
    // In the place of the link it may put a file.
    const auto replaced =
        build_text(ref, std::format("rm left4dead2/addons/one.vpk; yes new | head -c {} "
                                    ">left4dead2/addons/one.vpk\n",
                                    large));
    EXPECT_EQ(replaced.status, ok);
    EXPECT_THAT(read_file(addon("one.vpk")), StartsWith("new\n"));
}

TEST_F(Daily, WhatAScriptLeavesIsTakenAsItIs)
{
    const auto secret = "/etc/shadow";
    const auto built = build_text(
        ref, std::format("{}cd left4dead2/addons\n"
                         "ln -s {} link.vpk; mkfifo pipe.vpk; ln one.vpk hard.vpk\n"
                         "mkdir shut; yes | head -c {} >shut/two.vpk; chmod 0 shut/two.vpk shut\n"
                         "cp /usr/bin/bash tool\n",
                         make_large, secret, large));
    ASSERT_EQ(built.status, ok) << built.out << built.err;
    EXPECT_EQ(fs::read_symlink(addon("link.vpk")), secret);
    EXPECT_FALSE(exists(addon("pipe.vpk")));
    EXPECT_EQ(fs::read_symlink(addon("hard.vpk")), fs::read_symlink(addon("one.vpk")));
    EXPECT_EQ(read_file(addon("shut/two.vpk")).size(), large);
    // The cache has one mode for all: a program would be none in there.
    EXPECT_FALSE(fs::is_symlink(addon("tool")));
    EXPECT_EQ(output({"stat", "-c", "%a", addon("tool")}), "755");
    EXPECT_EQ(files_below(cache).size(), 2U);
}

TEST_F(Daily, AFileOfHolesIsNotRead)
{
    // To sum up and compare by bytes it would take hours.
    const auto script = make_large + "truncate -s 8T left4dead2/addons/sparse.vpk\n";
    const auto built = build_text(ref, script);
    ASSERT_EQ(built.status, ok) << built.out << built.err;
    EXPECT_FALSE(fs::is_symlink(addon("sparse.vpk")));
    EXPECT_EQ(fs::file_size(addon("sparse.vpk")), std::uintmax_t{8} << 40);
    EXPECT_TRUE(fs::is_symlink(addon("one.vpk")));
    const auto again = overlay({"refresh", ref});
    EXPECT_EQ(again.status, ok) << again.err;
    EXPECT_THAT(again.out, HasSubstr("nothing has changed"));
}

TEST_F(Daily, LinksAtPathsThatNoCallTakesKeepTheirFiles)
{
    const auto built = build_text(
        ref, std::format("for i in {{1..20}}; do d=$(printf 'd%.0s' {{1..250}}); mkdir $d; cd $d; done\n"
                         "yes deep | head -c {} >deep.vpk\n",
                         large));
    ASSERT_EQ(built.status, ok) << built.out << built.err;
    EXPECT_EQ(files_below(cache).size(), 1U);
    // find goes down step by step; with -xtype l it tells links that lead nowhere.
    const auto tree = state + "/overlays/" + ref;
    EXPECT_EQ(output({"find", tree, "-type", "l", "-printf", "%f\n"}), "deep.vpk");
    EXPECT_EQ(output({"find", tree, "-xtype", "l"}), "");
}

TEST_F(Daily, KilledAtAnyStepTheLayerIsTheOldOrTheNew)
{
    ASSERT_EQ(build_text(ref, "date +%s%N >now; " + make_large).status, ok);
    const Words refresh = {"l4d2ctl", "overlay", "refresh", ref};
    for (const auto& call : changing_calls(refresh)) {
        SCOPED_TRACE(call.text);
        EXPECT_EQ(run_killed_before(call, refresh).status, 128 + SIGKILL);
        EXPECT_TRUE(exists(state + "/overlays/" + ref + "/now"));
        EXPECT_EQ(read_file(addon("one.vpk")).size(), large);
        const auto next = overlay({"refresh", ref});
        EXPECT_EQ(next.status, ok) << next.err;
        EXPECT_TRUE(shown()["daily"]);
    }
    EXPECT_EQ(files_below(cache).size(), 1U);
}

} // namespace
} // namespace left4me::test
