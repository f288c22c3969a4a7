#pragma once

#include "system/directory.hpp"
#include "text_case.hpp"

#include <cstdlib>
#include <string>

/// Directories in memory: an overlay, as a container's files are, makes no whiteouts.
class TreeMaker : public testing::Test {
protected:
    void SetUp() override { ASSERT_FALSE(root_.empty()); }
    void TearDown() override
    {
        EXPECT_THAT(left4me::Directory::open("/dev/shm")->remove_tree(root_.substr(sizeof "/dev/shm")),
                    Succeeds());
    }

    [[nodiscard]] left4me::Directory directory(const std::string& path) const
    {
        return left4me::Directory::open(root_)->make_path(path, 0755).value();
    }

    /// A file, anew.
    void write(const std::string& path, const std::string& text) const
    {
        const auto slash = path.rfind('/');
        ASSERT_THAT(directory(path.substr(0, slash)).replace_file(path.substr(slash + 1), text, 0644),
                    Succeeds());
    }

private:
    static std::string make_root()
    {
        std::string path = "/dev/shm/left4me-trees-XXXXXX";
        return mkdtemp(path.data()) == nullptr ? std::string() : path;
    }
    std::string root_ = make_root();
};
