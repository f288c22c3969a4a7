// l4d2ctl overlay import: archives laid out as authors publish them, what cannot be imported,
// and what is left of it.

#include "script.hpp"
#include "support.hpp"

#include <filesystem>
#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

namespace fs = std::filesystem;

constexpr int usage = 64;
constexpr int bad_data = 65;
constexpr int not_found = 66;

const std::string addon("\x34\x12\xaa\x55\x01\0\0\0\x01\0\0\0\0", 13);

Outcome overlay(Words words)
{
    words.insert(words.begin(), "overlay");
    return l4d2ctl(words);
}

struct Imports : ServerTest {
    ~Imports() override
    {
        EXPECT_EQ(l4d2ctl({"delete", name}).status, 0);
        overlay({"delete", ref});
        remove_all(work);
        EXPECT_THAT(traces(), IsEmpty());
    }

    /// Whatever there is of the layer, and of directories on the way to it.
    [[nodiscard]] std::vector<std::string> traces() const
    {
        std::vector<std::string> found;
        for (const auto* place : {"overlays", "builds", "versions"})
            if (const auto path = std::format("{}/{}/imports-{}", state, place, name); exists(path))
                found.push_back(path);
        return found;
    }

    /// An archive of files, made by bsdtar in the format of its name, with what is on its top
    /// as published: no "./" before it.
    [[nodiscard]] std::string
    archive(const std::string& file, const std::vector<std::pair<std::string, std::string>>& files) const
    {
        remove_all(work + "/in");
        for (const auto& [path, text] : files)
            write_file(work + "/in/" + path, text);
        EXPECT_EQ(run({"sh", "-c",
                       std::format("cd '{0}/in' && bsdtar -a -cf '{0}/{1}' -- * $(ls -d .[!.]* "
                                   "2>/dev/null)",
                                   work, file)})
                      .status,
                  0);
        return work + "/" + file;
    }

    [[nodiscard]] std::string file(const std::string& path, const std::string& text) const
    {
        write_file(work + "/" + path, text);
        return work + "/" + path;
    }

    /// Its files.
    [[nodiscard]] std::vector<std::string> layer() const
    {
        return lines_of(output({"find", tree(), "-type", "f", "-printf", "%P\\n"}));
    }
    [[nodiscard]] std::string tree() const { return state + "/overlays/" + ref; }

    const std::string ref = "imports-" + name + "/layer";
    const std::string work = "/tmp/left4me-imports-" + name;
};

using Files = std::vector<std::pair<std::string, std::string>>;

// As support/buildbot/PackageScript of alliedmodders/metamod-source makes it.
const Files metamod = {{"addons/metamod.vdf", "\"Plugin\" {}\n"},
                       {"addons/metamod_x64.vdf", "\"Plugin\" {}\n"},
                       {"addons/metamod/metaplugins.ini", ";\n"},
                       {"addons/metamod/bin/server.so", "so"}};
// As tools/buildbot/PackageScript of alliedmodders/sourcemod makes it.
const Files sourcemod = {{"addons/metamod/sourcemod.vdf", "\"Metamod Plugin\" {}\n"},
                         {"addons/sourcemod/bin/sourcemod_mm_i486.so", "so"},
                         {"addons/sourcemod/plugins/admin-flatfile.smx", "FFPS"},
                         {"cfg/sourcemod/sourcemod.cfg", "sm_show_activity 13\n"}};
// The archive that GitHub makes of SirPlease/L4D2-Competitive-Rework.
const Files competitive = {
    {"L4D2-Competitive-Rework-master/README.md", "#\n"},
    {"L4D2-Competitive-Rework-master/LICENSE", "GPL\n"},
    {"L4D2-Competitive-Rework-master/.gitignore", "*\n"},
    {"L4D2-Competitive-Rework-master/Dedicated Server Install Guide/README.md", "#\n"},
    {"L4D2-Competitive-Rework-master/addons/sourcemod/plugins/confoglcompmod.smx", "FFPS"},
    {"L4D2-Competitive-Rework-master/cfg/server.cfg", "sv_pausable 1\n"},
    {"L4D2-Competitive-Rework-master/scripts/vscripts/modes.nut", "//\n"},
    {"L4D2-Competitive-Rework-master/motd.txt", "welcome\n"}};
// As map sites publish: onemanleft4dead.blogspot.com/p/resources.html
const Files campaign = {{"tour.vpk", addon}, {"readme.txt", "put it into addons\n"}};

TEST_F(Imports, AServerSeesWhatIsImportedAsItIsPublished)
{
    for (const auto& one : {archive("mmsource-1.12-linux.tar.gz", metamod),
                            archive("sourcemod-1.12-linux.tar.gz", sourcemod),
                            archive("competitive.zip", competitive), archive("tour.zip", campaign)}) {
        const auto done = overlay({"import", ref, one});
        ASSERT_EQ(done.status, 0) << done.err;
        EXPECT_THAT(done.out, AllOf(HasSubstr(" added, "), HasSubstr("to left4dead2/")));
    }
    start_with(std::format("overlays: [{{path: {}}}]\n", ref));
    const auto game = merged() + "/left4dead2/";
    for (const auto* path :
         {"addons/metamod.vdf", "addons/metamod/bin/server.so", "addons/metamod/sourcemod.vdf",
          "addons/sourcemod/bin/sourcemod_mm_i486.so", "cfg/sourcemod/sourcemod.cfg",
          "addons/sourcemod/plugins/confoglcompmod.smx", "scripts/vscripts/modes.nut", "motd.txt",
          "addons/tour.vpk"})
        EXPECT_TRUE(exists(game + path)) << path;
    for (const auto* path : {"addons", "cfg", "README.md", "LICENSE", "readme.txt",
                             "L4D2-Competitive-Rework-master", ".left4me-import"})
        EXPECT_FALSE(exists(merged() + "/" + path)) << path;
}

TEST_F(Imports, TellInALineWhatTheyDid)
{
    const auto done = overlay({"import", ref, archive("competitive.7z", competitive)});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr(ref + ": 4 files added, "));
    EXPECT_THAT(done.out,
                HasSubstr("from L4D2-Competitive-Rework-master/: addons/, cfg/, motd.txt, scripts/ to "
                          "left4dead2/; left out: "));
    EXPECT_THAT(layer(), UnorderedElementsAre("left4dead2/addons/sourcemod/plugins/confoglcompmod.smx",
                                              "left4dead2/cfg/server.cfg", "left4dead2/motd.txt",
                                              "left4dead2/scripts/vscripts/modes.nut"));
}

TEST_F(Imports, ShowTheirPlanAndLeaveNothing)
{
    const auto zip = archive("tour.zip", campaign);
    const auto text = overlay({"import", ref, zip, "--plan"});
    EXPECT_EQ(text.status, 0) << text.err;
    EXPECT_THAT(text.out, AllOf(HasSubstr("tour.vpk -> left4dead2/addons/tour.vpk\n"),
                                HasSubstr("readme.txt is left out\n")));
    for (const auto& source : {zip, work + "/in"}) {
        const auto json = overlay({"import", ref, source, "--plan", "--json"});
        ASSERT_EQ(json.status, 0) << json.err;
        const auto plan = nlohmann::json::parse(json.out);
        EXPECT_EQ(plan["files"][0]["to"], "left4dead2/addons/tour.vpk");
        EXPECT_EQ(plan["left_out"], nlohmann::json::array({"readme.txt"}));
        EXPECT_THAT(traces(), IsEmpty());
    }
    EXPECT_EQ(overlay({"import", ref, zip, "--json"}).status, usage);
}

TEST_F(Imports, GoWhereTheOperatorSays)
{
    const auto zip = archive("odd.zip", {{"a/one.txt", "1"}, {"b/two.txt", "2"}});
    const auto refused = overlay({"import", ref, zip});
    EXPECT_EQ(refused.status, bad_data);
    EXPECT_THAT(refused.err,
                AllOf(HasSubstr("'a/', 'b/'"), HasSubstr("--into DIR"), HasSubstr("--strip N")));
    EXPECT_THAT(traces(), IsEmpty());
    const auto done = overlay({"import", ref, zip, "--strip", "1", "--into", "left4dead2/resource"});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(layer(),
                UnorderedElementsAre("left4dead2/resource/one.txt", "left4dead2/resource/two.txt"));
    EXPECT_EQ(overlay({"import", ref, zip, "--into", "../out"}).status, usage);
}

TEST_F(Imports, TakeSingleFilesOfTheGame)
{
    EXPECT_EQ(overlay({"import", ref, file("TOUR.VPK", addon)}).status, 0);
    EXPECT_EQ(overlay({"import", ref, file("tour.bsp", "VBSP\x15")}).status, 0);
    EXPECT_EQ(overlay({"import", ref, file("vote.smx", "FFPS\x02")}).status, 0);
    EXPECT_EQ(overlay({"import", ref, file("vote.cfg", "vote 1\n")}).status, 0);
    EXPECT_EQ(
        overlay({"import", ref, file("vote.cfg", "vote 1\n"), "--into", "left4dead2/cfg/sourcemod"})
            .status,
        0);
    EXPECT_THAT(layer(),
                UnorderedElementsAre("left4dead2/addons/tour.vpk", "left4dead2/maps/tour.bsp",
                                     "left4dead2/addons/sourcemod/plugins/vote.smx",
                                     "left4dead2/cfg/vote.cfg", "left4dead2/cfg/sourcemod/vote.cfg"));
}

/// As servers have maps for players to download (sv_downloadurl):
/// https://developer.valvesoftware.com/wiki/FastDL
TEST_F(Imports, TakeCompressedMaps)
{
    output({"python3", "-c",
            "import bz2, sys\n"
            "with bz2.open(sys.argv[1], 'wb') as f: f.write(b'VBSP\\x15')\n",
            file("tour.bsp.bz2", "")});
    const auto done = overlay({"import", ref, work + "/tour.bsp.bz2"});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(layer(), ElementsAre("left4dead2/maps/tour.bsp"));
    EXPECT_EQ(read_file(tree() + "/left4dead2/maps/tour.bsp"), "VBSP\x15");
}

TEST_F(Imports, ReplaceAllThatTheLayerHad)
{
    ASSERT_EQ(overlay({"import", ref, archive("a.zip", metamod)}).status, 0);
    const auto done = overlay({"import", ref, "--replace", archive("b.zip", campaign)});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("version 2"));
    EXPECT_THAT(layer(), ElementsAre("left4dead2/addons/tour.vpk"));
    ASSERT_EQ(overlay({"rollback", ref}).status, 0);
    EXPECT_EQ(layer().size(), metamod.size());
}

/// What cannot be imported is named, and leaves neither a layer nor anything else.
TEST_F(Imports, ThatAreRefusedLeaveNothing)
{
    const auto whole =
        read_file(archive("whole.zip", {{"left4dead2/cfg/a.cfg", std::string(5000, 'a')}}));
    const auto tar = archive("hostile.tar", {{"left4dead2/a", "x"}});
    ASSERT_EQ(run({"tar", "-C", work, "-cPf", tar, "--transform=s,^in,../in,", "in"}).status, 0);
    // As in case of "zip -e": the general purpose bit 0 of its header (APPNOTE.TXT 4.4.4).
    auto locked = whole;
    locked[6] = '\x01';
    const auto central = locked.find("PK\x01\x02");
    ASSERT_NE(central, std::string::npos);
    locked[central + 8] = '\x01';
    ASSERT_EQ(run({"sh", "-c", "cd " + work + "/in && bsdtar -a -cf ../inner.zip *"}).status, 0);
    const auto inner = read_file(work + "/inner.zip");
    struct Row {
        std::string source;
        std::string says;
    };
    const std::vector<Row> rows = {
        {tar, "'..'"},
        {file("locked.zip", locked), "locked by a password"},
        {file("cut.zip", whole.substr(0, whole.size() / 2)), "damaged"},
        {file("whole.zip.001", whole.substr(0, 80)), "one part of several"},
        {file("page.zip", "<!DOCTYPE html><html>\n"), "web page"},
        {file("empty.zip", ""), "it is empty"},
        {file("text.txt", "hello\n"), "no archive that can be read"},
        {file("no.vpk", "hello\n"), "not what its name says"},
        {file("no.bsp.bz2", "hello\n"), "not compressed"},
        {archive("nested.zip", {{"tour.zip", inner}}), "it holds an archive, 'tour.zip'"},
        {archive("odd.tar.xz", {{"odd/odd.txt", "x"}}), "nothing in it says where it belongs"},
        {archive("two.zip", {{"maps/A.bsp", "VBSP"}, {"maps/a.bsp", "VBSP"}}), "would become one"},
    };
    for (const auto& [source, says] : rows) {
        const auto refused = overlay({"import", ref, source});
        EXPECT_EQ(refused.status, bad_data) << source;
        EXPECT_THAT(refused.err, AllOf(HasSubstr("l4d2ctl: cannot import '" + source), HasSubstr(says)));
        EXPECT_EQ(lines_of(refused.err).size(), 1U) << refused.err;
        EXPECT_THAT(traces(), IsEmpty()) << source;
    }
    EXPECT_EQ(overlay({"history", ref}).status, not_found);
    // Not even for a layer where there was a directory.
    const auto made = overlay({"import", "imports-" + name, file("a.cfg", "a\n")});
    EXPECT_THAT(made.out, HasSubstr("version 1"));
    EXPECT_EQ(overlay({"delete", "imports-" + name}).status, 0);
}

TEST_F(Imports, OfALayerThatIsThereTellWhyTheyFailed)
{
    ASSERT_EQ(overlay({"import", ref, archive("a.zip", campaign)}).status, 0);
    EXPECT_EQ(overlay({"import", ref, file("page.zip", "<html>")}).status, bad_data);
    EXPECT_EQ(overlay({"import", ref, archive("b.zip", {{"odd/b", "x"}})}).status, bad_data);
    const auto history = nlohmann::json::parse(overlay({"history", ref, "--json"}).out);
    ASSERT_EQ(history.size(), 3U);
    EXPECT_THAT(history[0]["problem"].get<std::string>(), HasSubstr("nothing in it says where"));
    EXPECT_THAT(history[1]["problem"].get<std::string>(), HasSubstr("web page"));
    EXPECT_THAT(layer(), ElementsAre("left4dead2/addons/tour.vpk"));
}

TEST_F(Imports, KnowCharactersOfOtherCountries)
{
    fs::create_directories(work);
    ASSERT_EQ(run({"python3", "-c",
                   "import sys, tarfile, io\n"
                   "t = tarfile.open(sys.argv[1], 'w', encoding='cp1251', format=tarfile.GNU_FORMAT)\n"
                   "i = tarfile.TarInfo('left4dead2/maps/\\u041a\\u0430.bsp')\n"
                   "t.addfile(i, io.BytesIO())\n"
                   "t.close()\n",
                   work + "/names.tar"})
                  .status,
              0);
    const auto refused = overlay({"import", ref, work + "/names.tar"});
    EXPECT_EQ(refused.status, bad_data);
    EXPECT_THAT(refused.err, HasSubstr("--charset"));
    const auto done = overlay({"import", ref, work + "/names.tar", "--charset", "CP1251"});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(layer(), ElementsAre("left4dead2/maps/Ка.bsp"));
}

/// .rar 4 and 5 of one stored file, by technote.txt of unrar 4 and https://www.rarlab.com/technote.htm
const std::string make_rars = R"(
import struct, sys, zlib
name, data = b'Tour/tour.vpk', bytes.fromhex('3412aa5501000000010000000a')
def four(kind, flags, rest):
    body = struct.pack('<BHH', kind, flags, 7 + len(rest)) + rest
    return struct.pack('<H', zlib.crc32(body) & 0xffff) + body
with open(sys.argv[1], 'wb') as f:
    f.write(b'Rar!\x1a\x07\0' + four(0x73, 0, bytes(6)))
    f.write(four(0x74, 0x8000, struct.pack('<IIBIIBBHI', len(data), len(data), 3, zlib.crc32(data),
                                           0x58210000, 20, 0x30, len(name), 0o100644) + name) + data)
    f.write(four(0x7b, 0x4000, b''))
def five(body):
    size = bytes([len(body)])
    return struct.pack('<I', zlib.crc32(size + body)) + size + body
with open(sys.argv[2], 'wb') as f:
    f.write(b'Rar!\x1a\x07\1\0' + five(b'\1\0\0'))
    f.write(five(bytes([2, 2, len(data), 4, len(data), 0]) + struct.pack('<I', zlib.crc32(data))
                 + bytes([0, 1, len(name)]) + name) + data)
    f.write(five(b'\5\0\0'))
)";

TEST_F(Imports, TakeRarOfBothKinds)
{
    fs::create_directories(work);
    output({"python3", "-c", make_rars, work + "/four.rar", work + "/five.rar"});
    for (const auto* rar : {"/four.rar", "/five.rar"}) {
        const auto done = overlay({"import", ref, "--replace", work + rar});
        EXPECT_EQ(done.status, 0) << done.err;
        EXPECT_THAT(layer(), ElementsAre("left4dead2/addons/tour.vpk")) << rar;
        EXPECT_EQ(read_file(tree() + "/left4dead2/addons/tour.vpk").size(), 13U);
    }
}

/// Gives the helper a descriptor as l4d2ctl does, and then a script: what does it get?
struct ImportSandbox : testing::Test {
    [[nodiscard]] Outcome run_with(const std::string& opened, const std::string& script) const
    {
        const std::string caller = "import os, socket, subprocess, sys\n"
                                   "ours, theirs = socket.socketpair()\n"
                                   "given = " +
                                   opened +
                                   "\n"
                                   "socket.send_fds(ours, [b'!'], [given])\n"
                                   "script = sys.argv[1].encode()\n"
                                   "ours.sendall(b'%d\\n%s' % (len(script), script))\n"
                                   "sys.exit(subprocess.run(sys.argv[2:], stdin=theirs).returncode)\n";
        Words words = {"python3", "-c", caller, script};
        const auto helper = copy.command();
        words.insert(words.end(), helper.begin(), helper.end());
        return run(words);
    }

    ScriptedCopy copy = ScriptedCopy("import-sandbox");
    const std::string archive = "os.open('/etc/hostname', os.O_RDONLY)";
};

TEST_F(ImportSandbox, GivesTheArchiveAndNothingElse)
{
    // Whatever reads an archive, once it is taken over, is such a script.
    const std::string attempts = "read -r line; test -n \"$line\" && echo archive\n"
                                 "(echo x >/proc/self/fd/0) 2>/dev/null && echo wrote-archive\n"
                                 "test -d /var/lib/left4me/workshop_cache && echo caches\n"
                                 "touch /overlay/made && echo wrote-layer\n"
                                 "touch /usr/made /etc/made /run/made 2>/dev/null && echo wrote-host\n"
                                 "readlink /proc/self/ns/net\n";
    const auto network = output({"readlink", "/proc/self/ns/net"});
    const auto got = run_with(archive, attempts);
    EXPECT_EQ(got.status, 0) << got.err;
    EXPECT_THAT(got.out, AllOf(HasSubstr("archive\nwrote-layer\nnet:"), Not(HasSubstr(network))));
    EXPECT_EQ(lines_of(got.out).size(), 3U) << got.out;
    // The control: a script without an archive is in another unit, with network and caches.
    const auto control = copy.run(attempts);
    EXPECT_THAT(lines_of(control.out), ElementsAre("wrote-archive", "caches", "wrote-layer", network));
    // The flip: what keeps them away is the unit.
    const std::string drop_in = "/run/systemd/system/left4me-build-import@.service.d/60-flip.conf";
    write_file(drop_in, "[Service]\nPrivateNetwork=no\n"
                        "BindReadOnlyPaths=/var/lib/left4me/workshop_cache\n");
    output({"systemctl", "daemon-reload"});
    const auto flipped = run_with(archive, attempts);
    EXPECT_THAT(lines_of(flipped.out), ElementsAre("archive", "caches", "wrote-layer", network));
    remove_all(drop_in);
    output({"systemctl", "daemon-reload"});
}

TEST_F(ImportSandbox, TakesNothingThatLeadsOutOrCanBeWritten)
{
    for (const auto* opened :
         {"os.open('/', os.O_RDONLY)", "os.open('/tmp', os.O_RDONLY)",
          "os.open('/etc/hostname', os.O_PATH)",
          "os.open('/tmp/import-sandbox', os.O_RDWR | os.O_CREAT)", "socket.socket().detach()"}) {
        const auto refused = run_with(opened, "echo ran");
        EXPECT_EQ(refused.status, 125) << opened;
        EXPECT_EQ(refused.out, "") << opened;
        EXPECT_THAT(refused.err, HasSubstr("no file that is open for reading alone")) << opened;
    }
    EXPECT_EQ(run_with(archive, "echo ran").out, "ran\n"); // the control
    remove_all("/tmp/import-sandbox");
}

} // namespace
} // namespace left4me::test
