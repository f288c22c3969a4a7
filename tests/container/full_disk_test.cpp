// The state directory on a small file system of its own: full by bytes and by
// files, and read-only. Nothing is lost, every error says so, and what was freed
// can be used again.

#include "support.hpp"
#include "web_client.hpp"

#include <filesystem>
#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::HasSubstr;

namespace fs = std::filesystem;

constexpr int io_error = 74;

struct FullDisk : ServerTest {
    void SetUp() override
    {
        const auto game = output({"mktemp", "-d"});
        ASSERT_EQ(run({"cp", "-a", state + "/installation", state + "/steam", game}).status, 0);
        ASSERT_EQ(
            run({"mount", "-t", "tmpfs", "-o", "size=32M,nr_inodes=2000,mode=0755", "small", state})
                .status,
            0);
        mounted_ = true;
        ASSERT_EQ(run({"systemd-tmpfiles", "--create", "left4me.conf"}).status, 0);
        ASSERT_EQ(run({"cp", "-a", game + "/installation", game + "/steam", state}).status, 0);
        remove_all(game);
        fs::create_directory(filler);
        initialize(spec());
    }

    void TearDown() override
    {
        if (!mounted_)
            return;
        free_space();
        EXPECT_EQ(l4d2ctl({"delete", name}).status, 0);
        EXPECT_EQ(run({"umount", state}).status, 0);
    }

    /// Root's own files: those of left4me are not touched.
    static void fill_bytes()
    {
        EXPECT_NE(run({"dd", "if=/dev/zero", "of=" + filler + "/bytes", "bs=64K"}).status, 0);
        EXPECT_EQ(fs::space(state).available, 0U);
    }
    static void fill_inodes()
    {
        EXPECT_NE(
            run({"sh", "-c", std::format("i=0; while : >{}/$i; do i=$((i + 1)); done 2>&1", filler)})
                .status,
            0);
    }
    static void free_space()
    {
        run({"mount", "-o", "remount,rw", state});
        remove_all(filler);
        fs::create_directory(filler);
    }

    [[nodiscard]] std::string other_spec() const { return spec("arguments: [other]\n"); }

    static void expect_refused(const Outcome& done, const std::string& why)
    {
        EXPECT_EQ(done.status, io_error) << done.err;
        EXPECT_THAT(done.err, HasSubstr(why));
    }

    void expect_old_spec() const
    {
        EXPECT_EQ(read_file(instance() + "/spec.yaml"), spec());
        EXPECT_THAT(files_below(state + "/instances"), testing::Contains(name + "/instance.conf"));
        for (const auto& file : files_below(state + "/instances"))
            EXPECT_FALSE(file.starts_with(".")) << file;
    }

    void expect_life() const
    {
        const auto started = l4d2ctl({"start", "--no-wait", name});
        EXPECT_EQ(started.status, 0) << started.err;
        EXPECT_TRUE(game_is_ready());
        const auto stopped = l4d2ctl({"stop", name});
        EXPECT_EQ(stopped.status, 0) << stopped.err;
        EXPECT_EQ(mount_line(name), "");
    }

    static inline const std::string filler = state + "/filler";

private:
    bool mounted_ = false;
};

struct Filling {
    const char* how;
    void (*fill)();
    const char* why;
};

void remount_read_only()
{
    ASSERT_EQ(run({"mount", "-o", "remount,ro", state}).status, 0);
}

TEST_F(FullDisk, InitializeAndStartFailAndLoseNothing)
{
    for (const auto& [how, fill, why] : {
             Filling{"bytes", fill_bytes, "No space left on device"},
             Filling{"inodes", fill_inodes, "No space left on device"},
             Filling{"read-only", remount_read_only, "Read-only file system"},
         }) {
        SCOPED_TRACE(how);
        free_space();
        fill();
        expect_refused(l4d2ctl({"initialize", name, "-f", "-"}, other_spec()), why);
        expect_old_spec();
        expect_refused(l4d2ctl({"start", "--no-wait", name}), why);
        EXPECT_EQ(mount_line(name), "");
        free_space();
        expect_old_spec();
        expect_life();
    }
}

TEST_F(FullDisk, AServerThatFillsItStopsAndStartsAgain)
{
    initialize(spec(std::format("config: ['rcon_password \"{}\"']\n", rcon_password)));
    start();
    ASSERT_TRUE(game_is_ready());
    fill_bytes();
    EXPECT_THAT(rcon("write left4dead2/filled.txt full"), HasSubstr("ENOSPC"));
    EXPECT_TRUE(game_is_ready());
    const auto stopped = l4d2ctl({"stop", name});
    EXPECT_EQ(stopped.status, 0) << stopped.err;
    EXPECT_EQ(mount_line(name), "");
    free_space();
    expect_life();
}

TEST_F(FullDisk, ARestoreThatFindsNoRoomLeavesWhatThereIs)
{
    expect_life();
    const auto upper = runtime() + "/upper";
    const auto archive = "/tmp/" + name + ".tar";
    ASSERT_EQ(run_as_left4me({"sh", "-c",
                              std::format("echo old >{0}/old; head -c 1M /dev/zero | tr '\\0' x "
                                          ">{0}/large",
                                          upper)})
                  .status,
              0);
    ASSERT_EQ(l4d2ctl({"files", name, "--save", archive}).status, 0);
    fill_bytes();
    expect_refused(l4d2ctl({"files", name, "--restore", archive}), "No space left on device");
    EXPECT_EQ(read_file(upper + "/old"), "old\n");
    for (const auto& file : files_below(upper))
        EXPECT_FALSE(file.starts_with(".")) << file;
    free_space();
    EXPECT_EQ(l4d2ctl({"files", name, "--restore", archive}).status, 0);
    EXPECT_EQ(read_file(upper + "/old"), "old\n");
    remove_all(archive);
}

TEST_F(FullDisk, AReadOnlyDiskLetsServersStop)
{
    start();
    ASSERT_TRUE(game_is_ready());
    remount_read_only();
    const auto stopped = l4d2ctl({"stop", name});
    EXPECT_EQ(unit_property(server_unit(), "ActiveState"), "inactive");
    EXPECT_EQ(mount_line(name), "") << stopped.err;
    free_space();
    EXPECT_EQ(l4d2ctl({"stop", name}).status, 0);
    expect_life();
}

// --- histories -----------------------------------------------------------------------------

/// With the watch on the small file system, too.
struct FullDiskHistory : FullDisk {
    void SetUp() override
    {
        FullDisk::SetUp();
        output({"systemctl", "restart", watch_unit});
    }

    void TearDown() override
    {
        FullDisk::TearDown();
        output({"systemctl", "restart", watch_unit});
    }

    /// Within the next samples.
    [[nodiscard]] static bool watch_says(const std::string& word)
    {
        const auto run_of_it = "_SYSTEMD_INVOCATION_ID=" + unit_property(watch_unit, "InvocationID");
        return eventually(
            [&] { return run({"journalctl", "--output=cat", run_of_it}).out.contains(word); },
            std::chrono::seconds(90));
    }

    static inline const std::string watch_unit = "left4me-watch.service";
};

TEST_F(FullDiskHistory, HasAGapAndGoesOn)
{
    start();
    const auto history = state + "/history/" + name;
    ASSERT_TRUE(eventually([&] { return exists(history); }, std::chrono::seconds(90)));
    // What is no history is put aside, and there is no room to begin another.
    write_file(history, "damaged");
    fill_bytes();
    ASSERT_TRUE(watch_says("histories of servers have gaps from here on"));
    EXPECT_FALSE(exists(history));
    EXPECT_EQ(read_file(history + ".damaged"), "damaged");
    EXPECT_EQ(status()["answers"], "answers") << "what it tells does not lie there";

    free_space();
    ASSERT_TRUE(watch_says("histories of servers are written again"));
    EXPECT_THAT(files_below(state + "/history"), testing::UnorderedElementsAre(name, name + ".damaged"));
}

// --- the web interface ---------------------------------------------------------------------

struct FullDiskWeb : FullDisk {
    void SetUp() override
    {
        FullDisk::SetUp();
        output({"systemctl", "restart", "left4me-web.socket", "left4me-web.service"});
    }

    void TearDown() override
    {
        output({"systemctl", "stop", "left4me-web.socket", "left4me-web.service"});
        FullDisk::TearDown();
        output({"systemctl", "start", "left4me-web.socket"});
    }
};

TEST_F(FullDiskWeb, ShowsPagesAndRefusesChanges)
{
    WebUser anna("anna", true);
    Browser browser;
    ASSERT_EQ(anna.sign_in(browser).status, 303);
    fill_bytes();
    EXPECT_EQ(browser.get("/").status, 200);
    Browser other;
    EXPECT_THAT(anna.sign_in(other).status, testing::AnyOf(303, 500, 503));
    const auto refused = browser.submit_to(
        "/account/password", "/account",
        {"password=" + WebUser::password_, "new=another horse battery", "again=another horse battery"});
    EXPECT_THAT(refused.status, testing::AnyOf(303, 500, 503));
    const bool is_changed = refused.status == 303; // where there was room in the log of changes
    free_space();
    Browser next;
    EXPECT_EQ(anna.sign_in(next, is_changed ? "another horse battery" : WebUser::password_).status, 303);
    EXPECT_EQ(next.get("/account").status, 200);
}

} // namespace
} // namespace left4me::test
