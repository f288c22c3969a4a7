#include "layer/layer_history.hpp"

#include "text_case.hpp"

#include <cstdlib>

namespace left4me {
namespace {

LayerChangeRecord record(std::optional<std::uint64_t> version, std::string problem)
{
    return {"build",
            std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000)),
            std::chrono::milliseconds(1234),
            version,
            std::move(problem),
            {7, 8}};
}

TEST(LayerHistoryTest, ReadsWhatItWrites)
{
    const LayerHistory history = {record(3, ""), record(std::nullopt, "the script ended with 1")};
    EXPECT_EQ(parse_layer_history(format_layer_history(history)).value(), history);
}

TEST(LayerHistoryTest, WritesAReasonThatIsNotUtf8)
{
    const auto text = format_layer_history({record(std::nullopt, "cannot open \xff")});
    EXPECT_THAT(parse_layer_history(text), Succeeds());
}

TEST(LayerHistoryTest, KeepsTheNewestOfThoseThatChangedNothing)
{
    std::string path = testing::TempDir() + "left4me-history-XXXXXX";
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    const auto versions = Directory::open(path).value();
    auto later = record(std::nullopt, "");
    later.when += std::chrono::days(1);
    auto by_another = record(std::nullopt, "");
    by_another.how = "refresh";
    const LayerHistory all = {record(1, ""),
                              record(std::nullopt, ""),
                              later,
                              by_another,
                              later,
                              record(std::nullopt, "why"),
                              record(std::nullopt, "why"),
                              record(2, ""),
                              record(3, "")};
    for (const auto& one : all)
        ASSERT_THAT(
            prepare_layer_history(versions, one).and_then([&] { return put_layer_history(versions); }),
            Succeeds());
    auto kept = all;
    kept.erase(kept.begin() + 1);
    EXPECT_EQ(read_layer_history(versions), kept);
    EXPECT_THAT(Directory::open(testing::TempDir())->remove_tree(path.substr(testing::TempDir().size())),
                Succeeds());
}

class BadHistoryTest : public testing::TestWithParam<const char*> {};

TEST_P(BadHistoryTest, IsRefused)
{
    EXPECT_THAT(parse_layer_history(GetParam()), FailsWith(ExitStatus::bad_data, "not as left4me"));
}

INSTANTIATE_TEST_SUITE_P(All, BadHistoryTest,
                         testing::Values("", "[", "[1]", "[{}]", "1", "\"text\"",
                                         R"([{"how":1,"when":0,"duration_ms":0,"version":null,)"
                                         R"("problem":"","files":0,"bytes":0}])"));

} // namespace
} // namespace left4me
