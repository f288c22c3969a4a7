#include "steam/windows_files.hpp"

#include "temporary_host.hpp"

namespace left4me {
namespace {

TEST(WindowsFiles, AreRemovedByTheirEndings)
{
    const TemporaryHost host;
    for (const auto* file : {"srcds.exe", "bin/engine.dll", "bin/UPPER.DLL", "bin/engine.so",
                             "a.dll.txt", "left4dead2/cfg/server.cfg", ".dll", "bin/dll", "bin/x.dllx"})
        host.write(std::string("state/tree/") + file, "");
    std::filesystem::create_directory((*host).state_path("tree/folder.dll"));
    std::filesystem::create_symlink("engine.so", (*host).state_path("tree/bin/link.dll"));
    const auto removed = remove_windows_files(*(*host).open_state()->subdirectory("tree"));
    ASSERT_TRUE(removed.has_value()) << removed.error().message;
    EXPECT_EQ(*removed, 3U);
    for (const auto* file : {"srcds.exe", "bin/engine.dll", "bin/UPPER.DLL"})
        EXPECT_FALSE(host.has(std::string("state/tree/") + file)) << file;
    for (const auto* file : {"bin/engine.so", "a.dll.txt", "left4dead2/cfg/server.cfg", ".dll",
                             "bin/dll", "bin/x.dllx", "folder.dll", "bin/link.dll"})
        EXPECT_TRUE(host.has(std::string("state/tree/") + file)) << file;
}

} // namespace
} // namespace left4me
