#include "layer_history.hpp"

#include "text_case.hpp"

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
