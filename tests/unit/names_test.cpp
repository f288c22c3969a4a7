// The grammars of names: a row for each rule, accepted and refused.

#include "game_port.hpp"
#include "instance_name.hpp"
#include "layer.hpp"
#include "layer_alias.hpp"
#include "layer_ref.hpp"
#include "refusal.hpp"

using namespace std::string_literals;

namespace left4me::test {
namespace {

struct Refused {
    std::string text;
    std::string why;
};

struct InstanceNameAccepted : testing::TestWithParam<std::string> {};
TEST_P(InstanceNameAccepted, AsItIs)
{
    const auto name = InstanceName::parse(GetParam());
    ASSERT_TRUE(name) << name.error().message;
    EXPECT_EQ(name->str(), GetParam());
}
INSTANTIATE_TEST_SUITE_P(Names, InstanceNameAccepted,
                         testing::Values("a", "0", "coop1", "a-b_c", "1--", "a_", std::string(64, 'x')));

struct InstanceNameRefused : testing::TestWithParam<Refused> {};
TEST_P(InstanceNameRefused, WithItsRule)
{
    expect_refusal(InstanceName::parse(GetParam().text), ExitStatus::usage, GetParam().why);
}
INSTANTIATE_TEST_SUITE_P(Names, InstanceNameRefused,
                         testing::Values(Refused{"", "it is empty"},
                                         Refused{std::string(65, 'x'), "longer than 64"},
                                         Refused{"Coop", "must begin with"}, Refused{"cOop", "only a-z"},
                                         Refused{"-x", "must begin with"}, Refused{"_x", "must begin with"},
                                         Refused{".", "must begin with"}, Refused{"..", "must begin with"},
                                         Refused{".a", "must begin with"}, Refused{"a.b", "only a-z"},
                                         Refused{"a/b", "only a-z"}, Refused{"/a", "must begin with"},
                                         Refused{"%i", "must begin with"}, Refused{"a%I", "only a-z"},
                                         Refused{"a@b", "only a-z"}, Refused{"a b", "only a-z"},
                                         Refused{"a\n", "only a-z"}, Refused{"a\0b"s, "only a-z"},
                                         Refused{"a\\x2d", "only a-z"}, Refused{"größe", "only a-z"},
                                         Refused{"a:b", "only a-z"}, Refused{"a,b", "only a-z"}));

struct AliasRefused : testing::TestWithParam<Refused> {};
TEST_P(AliasRefused, WithItsRule)
{
    expect_refusal(LayerAlias::parse(GetParam().text), ExitStatus::bad_data, GetParam().why);
}
INSTANTIATE_TEST_SUITE_P(Aliases, AliasRefused,
                         testing::Values(Refused{"", "it is empty"}, Refused{std::string(33, 'x'), "longer than 32"},
                                         Refused{"A", "must begin with"}, Refused{"../x", "must begin with"},
                                         Refused{"a/b", "only a-z"}, Refused{"a.cfg", "only a-z"}));
TEST(LayerAlias, AcceptsUpToThirtyTwo)
{
    EXPECT_TRUE(LayerAlias::parse(std::string(32, 'x')));
    EXPECT_EQ(LayerAlias::parse("base-1_x")->str(), "base-1_x");
}

struct RefAccepted : testing::TestWithParam<std::string> {};
TEST_P(RefAccepted, AsItIs)
{
    const auto ref = LayerRef::parse(GetParam());
    ASSERT_TRUE(ref) << ref.error().message;
    EXPECT_EQ(ref->str(), GetParam());
}
INSTANTIATE_TEST_SUITE_P(Refs, RefAccepted,
                         testing::Values("standard", "competitive/base", "users/42/custom", "A.b_c-D", "a..b", "0",
                                         std::string(255, 'x'), std::string(255, 'x') + "/" + std::string(255, 'y')));

struct RefRefused : testing::TestWithParam<Refused> {};
TEST_P(RefRefused, WithItsRule)
{
    expect_refusal(LayerRef::parse(GetParam().text), ExitStatus::bad_data, GetParam().why);
}
INSTANTIATE_TEST_SUITE_P(Refs, RefRefused,
                         testing::Values(Refused{"", "it is empty"}, Refused{"/etc", "must be relative"},
                                         Refused{"..", "'..' is not allowed"}, Refused{"a/../a", "'..' is not allowed"},
                                         Refused{"a/..", "'..' is not allowed"}, Refused{"a//b", "empty part"},
                                         Refused{"a/", "empty part"}, Refused{".", "must begin with"},
                                         Refused{"a/.b", "must begin with"}, Refused{"-a", "must begin with"},
                                         Refused{"a b", "only letters"}, Refused{"a,upperdir=x", "only letters"},
                                         Refused{"a:b", "only letters"}, Refused{"a\\b", "only letters"},
                                         Refused{"a\nb", "only letters"}, Refused{"a\0"s, "only letters"},
                                         Refused{"größe", "only letters"},
                                         Refused{std::string(256, 'x'), "longer than 255"},
                                         Refused{[] {
                                             std::string text = "x";
                                             while (text.size() <= 3900)
                                                 text += "/x";
                                             return text;
                                         }(), "longer than 3900"}));

TEST(LayerRef, OverlapsWithItselfAndWhatLiesInside)
{
    const auto ref = [](const char* text) { return *LayerRef::parse(text); };
    EXPECT_TRUE(ref("a").overlaps(ref("a")));
    EXPECT_TRUE(ref("a").overlaps(ref("a/b")));
    EXPECT_TRUE(ref("a/b").overlaps(ref("a")));
    EXPECT_FALSE(ref("a").overlaps(ref("ab")));
    EXPECT_FALSE(ref("a/b").overlaps(ref("a/c")));
    EXPECT_FALSE(ref("a.b").overlaps(ref("a")));
}

struct PortRefused : testing::TestWithParam<std::string> {};
TEST_P(PortRefused, WithItsRange)
{
    expect_refusal(GamePort::parse(GetParam()), ExitStatus::bad_data, "must be a number from 1024 to 65535");
}
INSTANTIATE_TEST_SUITE_P(Ports, PortRefused,
                         testing::Values("", "0", "1023", "65536", "99999999999999999999", "-27015", "+27015", "027015",
                                         "27015 ", " 27015", "0x6987", "27015.0", "2701५", "27015\n"));
TEST(GamePort, AcceptsBothEnds)
{
    EXPECT_EQ(GamePort::parse("1024")->number(), 1024);
    EXPECT_EQ(GamePort::parse("65535")->number(), 65535);
}

struct LayerRefused : testing::TestWithParam<std::string> {};
TEST_P(LayerRefused, AsOutside)
{
    expect_refusal(Layer::parse(GetParam()), ExitStatus::bad_data, "is not a layer");
}
INSTANTIATE_TEST_SUITE_P(Layers, LayerRefused,
                         testing::Values("", "/", "overlays", "overlays/", "overlays/../instances", "installation/",
                                         "installation/..", "instances/a/live", "runtime/a/upper", "/etc", "../etc"));
TEST(Layer, ReadsBackWhatItWrites)
{
    EXPECT_TRUE(Layer::parse("installation")->is_installation());
    EXPECT_EQ(Layer::installation().path(), "installation");
    const auto layer = Layer::parse("overlays/competitive/base");
    ASSERT_TRUE(layer);
    EXPECT_EQ(layer->path(), "overlays/competitive/base");
    EXPECT_EQ(layer->name(), "competitive/base");
    // An overlay of that name is not the installation.
    EXPECT_FALSE(Layer::parse("overlays/installation")->is_installation());
}

} // namespace
} // namespace left4me::test
