#include "system/tree_compare.hpp"

#include "system/tree_copy.hpp"
#include "text_case.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr off_t terabyte = off_t{1} << 40;

void write_at(const Directory& directory, const std::string& name, off_t offset, std::string_view text,
              off_t size)
{
    const FileDescriptor file(
        openat(directory.descriptor(), name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    ASSERT_EQ(pwrite(file.get(), text.data(), text.size(), offset), static_cast<ssize_t>(text.size()));
    ASSERT_EQ(ftruncate(file.get(), size), 0);
}

/// A tree and its copy.
class TreeCompareTest : public testing::Test {
protected:
    void SetUp() override
    {
        std::string path = testing::TempDir() + "left4me-compare-XXXXXX";
        ASSERT_NE(mkdtemp(path.data()), nullptr);
        name_ = path.substr(testing::TempDir().size());
        const auto here = Directory::open(path).value();
        one_.emplace(here.make_subdirectory("one", 0755).value());
        other_.emplace(here.make_subdirectory("other", 0755).value());
        const auto below = one().make_subdirectory("d", 0755).value();
        ASSERT_THAT(below.create_file("f", "abc", 0644), Succeeds());
        ASSERT_THAT(below.create_file("large", std::string(200'000, 'x'), 0644), Succeeds());
        ASSERT_THAT(one().make_link("l", "d/f"), Succeeds());
        ASSERT_THAT(copy_tree(one(), other(), {}), Succeeds());
    }

    void TearDown() override
    {
        EXPECT_THAT(Directory::open(testing::TempDir())->remove_tree(name_), Succeeds());
    }

    // NOLINTBEGIN: SetUp made them
    [[nodiscard]] const Directory& one() const { return *one_; }
    [[nodiscard]] const Directory& other() const { return *other_; }
    // NOLINTEND

    [[nodiscard]] bool same() const
    {
        const auto forth = same_tree(one(), other());
        const auto back = same_tree(other(), one());
        EXPECT_THAT(forth, Succeeds());
        EXPECT_THAT(back, Succeeds());
        EXPECT_EQ(forth.value_or(false), back.value_or(false));
        return forth.value_or(false);
    }

private:
    std::string name_;
    std::optional<Directory> one_;
    std::optional<Directory> other_;
};

TEST_F(TreeCompareTest, ACopyIsTheSameWhateverItsTimes)
{
    EXPECT_TRUE(same());
    ASSERT_EQ(utimensat(other().descriptor(), "d/f", nullptr, 0), 0);
    EXPECT_TRUE(same());
}

struct Change {
    const char* name;
    std::function<void(const Directory&)> make;
};
void PrintTo(const Change& change, std::ostream* out)
{
    *out << change.name;
}

class ChangeTest : public TreeCompareTest, public testing::WithParamInterface<Change> {};

TEST_P(ChangeTest, IsSeen)
{
    GetParam().make(other());
    EXPECT_FALSE(same());
}

INSTANTIATE_TEST_SUITE_P(
    All, ChangeTest,
    testing::Values(
        Change{"more", [](const auto& in) { (void)in.create_file("new", "", 0644); }},
        Change{"empty_directory", [](const auto& in) { (void)in.make_subdirectory("new", 0755); }},
        Change{"less", [](const auto& in) { (void)in.subdirectory("d")->remove_file("f"); }},
        Change{"renamed", [](const auto& in) { (void)in.rename("l", "m", 0); }},
        Change{"content",
               [](const auto& in) { (void)in.subdirectory("d")->replace_file("f", "abd", 0644); }},
        Change{"last_byte", [](const auto& in) { write_at(in, "d/large", 199'999, "y", 200'000); }},
        Change{"longer", [](const auto& in) { write_at(in, "d/f", 0, "abc", 4); }},
        Change{"shorter", [](const auto& in) { write_at(in, "d/f", 0, "ab", 2); }},
        Change{"mode", [](const auto& in) { fchmodat(in.descriptor(), "d/f", 0755, 0); }},
        Change{"directory_mode", [](const auto& in) { fchmodat(in.descriptor(), "d", 0700, 0); }},
        Change{"target",
               [](const auto& in) {
                   (void)in.remove_file("l");
                   (void)in.make_link("l", "d/large");
               }},
        Change{"link_in_place_of_file",
               [](const auto& in) {
                   (void)in.subdirectory("d")->remove_file("f");
                   (void)in.make_link("d/f", "large");
               }}),
    NameOfCase());

TEST_F(TreeCompareTest, HolesAreZerosAndCostNothing)
{
    // By bytes this would take an hour.
    write_at(one(), "sparse", terabyte / 2, "middle", terabyte);
    write_at(other(), "sparse", terabyte / 2, "middle", terabyte);
    EXPECT_TRUE(same());
    write_at(other(), "sparse", terabyte / 2 + 5, "E", terabyte);
    EXPECT_FALSE(same());
}

TEST_F(TreeCompareTest, ZerosThatAreWrittenEqualAHole)
{
    constexpr off_t size = 1 << 20;
    write_at(one(), "zeros", 0, std::string(size, '\0'), size);
    write_at(other(), "zeros", 0, "", size);
    EXPECT_TRUE(same());
    write_at(one(), "zeros", size - 1, "x", size);
    EXPECT_FALSE(same());
}

} // namespace
} // namespace left4me
