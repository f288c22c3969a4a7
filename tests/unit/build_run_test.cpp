#include "model/build_run.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

class BadBuildId : public testing::TestWithParam<TextCase> {};
TEST_P(BadBuildId, IsRefusedWithTheRule)
{
    EXPECT_THAT(BuildId::parse(GetParam().text), FailsWith(ExitStatus::usage, GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(BuildId, BadBuildId,
                         testing::Values(TextCase{"empty", "", "empty"},
                                         TextCase{"too_long", std::string(33, 'a'), "longer than 32"},
                                         TextCase{"uppercase", "A", "only a-z"},
                                         TextCase{"dash", "a-b", "only a-z"},
                                         TextCase{"slash", "a/b", "only a-z"},
                                         TextCase{"dots", "..", "only a-z"},
                                         TextCase{"newline", "a\n", "only a-z"}),
                         NameOfCase());

TEST(BuildId, IsKeptAsItIs)
{
    for (const auto& text : {std::string("a"), std::string("0"), std::string(32, 'z')}) {
        const auto id = BuildId::parse(text);
        ASSERT_THAT(id, Succeeds());
        EXPECT_EQ(id->str(), text);
    }
}

class BadRun : public testing::TestWithParam<TextCase> {};
TEST_P(BadRun, IsRefused)
{
    EXPECT_THAT(BuildRun::parse(GetParam().text), FailsWith(ExitStatus::usage, "is not the run"));
}
INSTANTIATE_TEST_SUITE_P(BuildRun, BadRun,
                         testing::Values(TextCase{"empty", ""}, TextCase{"no_dash", "a0123456789abcdef"},
                                         TextCase{"no_id", "-0123456789abcdef"},
                                         TextCase{"short_number", "a-0123456789abcde"},
                                         TextCase{"long_number", "a-0123456789abcdef0"},
                                         TextCase{"uppercase_number", "a-0123456789ABCDEF"},
                                         TextCase{"two_dashes", "a-b-0123456789abcdef"},
                                         TextCase{"slash", "a/b-0123456789abcdef"},
                                         TextCase{"dots", "..-0123456789abcdef"}),
                         NameOfCase());

TEST(BuildRun, IsAnothersNever)
{
    const auto id = BuildId::parse("7");
    const auto one = BuildRun::random(*id);
    const auto two = BuildRun::random(*id);
    ASSERT_THAT(one, Succeeds());
    EXPECT_NE(one->str(), two->str());
    EXPECT_THAT(BuildRun::parse(one->str()), Succeeds());
    EXPECT_EQ(build_unit(*one, BuildAbi::native), "left4me-build@" + one->str() + ".service");
    EXPECT_EQ(build_unit(*one, BuildAbi::multiarch),
              "left4me-build-multiarch@" + one->str() + ".service");
    EXPECT_EQ(import_unit(*one), "left4me-build-import@" + one->str() + ".service");
    EXPECT_EQ(workcopy_unit(*one), "left4me-workcopy@" + one->str() + ".service");
}

TEST(WorkCopy, IsReadAsItWasWritten)
{
    const WorkCopy copy = {*LayerRef::parse("users/42/Maps"), *BuildId::parse("7f")};
    const auto read = parse_work_copy(format_work_copy(copy));
    ASSERT_THAT(read, Succeeds());
    EXPECT_EQ(work_copy_path(*read), "builds/users/42/Maps/7f");
    for (const auto* bad : {"", "a", "a ", " 1", "a 1 2", "../a 1", "a ../1", "a 1\n\n"})
        EXPECT_FALSE(parse_work_copy(bad)) << bad;
}

} // namespace
} // namespace left4me
