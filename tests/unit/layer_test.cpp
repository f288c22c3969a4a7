#include "model/layer.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using namespace std::string_literals;

TEST(Layer, InstallationHasNoRef)
{
    const auto layer = Layer::parse("installation");
    ASSERT_THAT(layer, Succeeds());
    EXPECT_TRUE(layer->is_installation());
    EXPECT_FALSE(layer->ref());
    EXPECT_EQ(layer->path(), "installation");
    EXPECT_EQ(layer->name(), "installation");
    EXPECT_EQ(*layer, Layer::installation());
}

TEST(Layer, OverlayIsNamedByItsRef)
{
    const auto layer = Layer::parse("overlays/competitive/base");
    ASSERT_THAT(layer, Succeeds());
    EXPECT_FALSE(layer->is_installation());
    EXPECT_EQ(layer->ref()->str(), "competitive/base");
    EXPECT_EQ(layer->path(), "overlays/competitive/base");
    EXPECT_EQ(layer->name(), "competitive/base");
}

TEST(Layer, OverlayCalledInstallationIsNotTheInstallation)
{
    const auto layer = Layer::parse("overlays/installation");
    ASSERT_THAT(layer, Succeeds());
    EXPECT_FALSE(layer->is_installation());
    EXPECT_NE(*layer, Layer::installation());
}

class BadLayer : public testing::TestWithParam<TextCase> {};
TEST_P(BadLayer, IsBadData)
{
    EXPECT_THAT(Layer::parse(GetParam().text), FailsWith(ExitStatus::bad_data, GetParam().message));
}
constexpr auto outside = "must be 'installation' or lie below overlays/";
INSTANTIATE_TEST_SUITE_P(
    Layer, BadLayer,
    testing::Values(TextCase{"empty", "", outside}, TextCase{"absolute", "/etc", outside},
                    TextCase{"absolute_inside", "/var/lib/left4me/overlays/a", outside},
                    TextCase{"below_installation", "installation/left4dead2", outside},
                    TextCase{"installation_slash", "installation/", outside},
                    TextCase{"uppercase", "Installation", outside},
                    TextCase{"bare_ref", "standard", outside}, TextCase{"overlays", "overlays", outside},
                    TextCase{"no_ref", "overlays/", "it is empty"},
                    TextCase{"longer_word", "overlays2/a", outside},
                    TextCase{"leading_dot", "./overlays/a", outside},
                    TextCase{"another_instance", "instances/a/live/layer", outside},
                    TextCase{"a_runtime", "runtime/a/upper", outside},
                    TextCase{"double_slash", "overlays//a", "must be relative"},
                    TextCase{"upwards", "overlays/../instances", "'..' is not allowed"},
                    TextCase{"deep_upwards", "overlays/a/../../web", "'..' is not allowed"},
                    TextCase{"carriage_return", "installation\r", outside},
                    TextCase{"nul", "installation\0"s, outside},
                    TextCase{"option_characters", "overlays/a:b", "only letters"}),
    NameOfCase());

} // namespace
} // namespace left4me
