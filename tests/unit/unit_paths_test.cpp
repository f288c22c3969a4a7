// systemd is root, and follows links in what it binds, reads and logs to. No unit of the
// package, and no drop-in that it installs or shows as an example, names a path below a
// directory that user left4me can change: whoever has that user could put a link there.

#include <algorithm>
#include <filesystem>
#include <format>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace left4me::escape {
namespace {

namespace fs = std::filesystem;
const fs::path source = SOURCE_ROOT;

std::string text_of(const fs::path& path)
{
    std::ifstream file(path);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The directories of the package that are user left4me's, by its tmpfiles; and what a
/// server's tree has, whose parents are root's.
std::set<fs::path> directories_of_the_user()
{
    std::set<fs::path> all = {"/var/lib/left4me/runtime/NAME/merged",
                              "/var/lib/left4me/runtime/NAME/upper"};
    std::istringstream lines(text_of(source / "debian/left4me.tmpfiles"));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string type;
        std::string path;
        std::string mode;
        std::string user;
        words >> type >> path >> mode >> user;
        if (type == "d" && user == "left4me")
            all.insert(path);
    }
    return all;
}

/// The absolute paths in a value, as root's systemd would follow them: of "-SOURCE:TARGET"
/// the first, of "file:PATH" the path.
std::vector<fs::path> paths_in(const std::string& value)
{
    std::vector<fs::path> paths;
    std::istringstream words(value);
    for (std::string word; words >> word;) {
        std::smatch found;
        static const std::regex path("^[\"'+!@:|-]*(?:(?:file|append|truncate):)?(/[^:\"']*)");
        if (!std::regex_search(word, found, path))
            continue;
        paths.emplace_back(std::regex_replace(found.str(1), std::regex("%[iIn]"), "NAME"));
    }
    return paths;
}

/// Lines of a unit that name a path below one of these directories.
std::vector<std::string> lines_below(const std::set<fs::path>& directories, const std::string& unit)
{
    std::vector<std::string> found;
    std::istringstream lines(std::regex_replace(unit, std::regex("\\\\\n"), " "));
    for (std::string line; std::getline(lines, line);) {
        const auto equals = line.find('=');
        if (equals == std::string::npos || line.starts_with('#') || line.starts_with(';'))
            continue;
        for (const auto& path : paths_in(line.substr(equals + 1)))
            for (auto above = path.parent_path(); above != above.root_path();
                 above = above.parent_path())
                if (directories.contains(above))
                    found.push_back(line);
    }
    return found;
}

std::vector<fs::path> unit_files()
{
    std::vector<fs::path> files;
    for (const auto* folder : {"units", "docs/examples", "debian", "etc"})
        for (const auto& entry : fs::recursive_directory_iterator(source / folder)) {
            const auto kind = entry.path().extension();
            if (kind == ".service" || kind == ".timer" || kind == ".slice" || kind == ".socket" ||
                kind == ".mount" || kind == ".path" || kind == ".conf")
                files.push_back(entry.path());
        }
    return files;
}

TEST(UnitPaths, LieBelowNoDirectoryOfTheUser)
{
    const auto directories = directories_of_the_user();
    EXPECT_GT(directories.size(), 10U);
    std::size_t services = 0;
    for (const auto& file : unit_files()) {
        services += file.extension() == ".service" ? 1 : 0;
        for (const auto& line : lines_below(directories, text_of(file)))
            ADD_FAILURE() << file.filename() << ": " << line;
    }
    EXPECT_GT(services, 9U);
}

/// Those of the guide, line by line: what an operator copies is as good as shipped.
TEST(UnitPaths, OfTheGuideLieBelowNoDirectoryOfTheUser)
{
    const auto text =
        std::regex_replace(text_of(source / "docs/operators.md"), std::regex("\n +"), "\n");
    for (const auto& line : lines_below(directories_of_the_user(), text))
        if (std::regex_search(line, std::regex("^[A-Z][A-Za-z]+=")))
            ADD_FAILURE() << line;
}

struct BadLine : testing::TestWithParam<const char*> {};

TEST_P(BadLine, IsFound)
{
    EXPECT_EQ(lines_below(directories_of_the_user(), GetParam()).size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    UnitPaths, BadLine,
    testing::Values("BindReadOnlyPaths=/usr -/var/lib/left4me/live/%i/instance.conf:/x",
                    "BindPaths=/run/left4me-build/%i/overlay:/overlay /var/lib/left4me/builds/%i:/x",
                    "StandardOutput=append:/var/lib/left4me/steamcmd/log",
                    "EnvironmentFile=-/var/lib/left4me/instances/%i/instance.env",
                    "LoadCredential=\"/var/lib/left4me/steam/x\"", "ExecStart=-+/run/left4me/lock/x",
                    "ReadWritePaths=/var/lib/left4me/runtime/%i/merged/left4dead2",
                    "BindPaths=/usr \\\n /var/lib/left4me/overlays/x"));

TEST(UnitPaths, OfRootsOwnDirectoriesAreAllowed)
{
    for (const auto* line :
         {"BindPaths=/var/lib/left4me/runtime/%i/merged", "BindReadOnlyPaths=/var/lib/left4me/steam",
          "BindReadOnlyPaths=/run/left4me/conf/%i:/var/lib/left4me/instances/%i/live/instance.conf",
          "# BindPaths=/var/lib/left4me/live/x"})
        EXPECT_EQ(lines_below(directories_of_the_user(), line).size(), 0U) << line;
}

} // namespace
} // namespace left4me::escape
