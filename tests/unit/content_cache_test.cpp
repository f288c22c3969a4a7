#include "layer/content_cache.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

const std::string sum = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

Host host()
{
    return {"/srv/left4me", "/run/left4me", "/etc/left4me"};
}

TEST(ContentCacheTest, KnowsTheLinksThatItMakes)
{
    for (const auto& kind : {ContentCache::workshop, ContentCache::downloads})
        EXPECT_EQ(ContentCache::content_of(host(), kind, ContentCache::path_of(host(), kind, sum)), sum);
}

TEST(ContentCacheTest, ThoseOfAnotherKindAreNotItsOwn)
{
    EXPECT_EQ(ContentCache::content_of(host(), ContentCache::workshop,
                                       ContentCache::path_of(host(), ContentCache::downloads, sum)),
              "");
    EXPECT_EQ(ContentCache::content_of(host(), ContentCache::downloads,
                                       ContentCache::path_of(host(), ContentCache::workshop, sum)),
              "");
}

class OtherLinkTest : public testing::TestWithParam<TextCase> {};

TEST_P(OtherLinkTest, IsNotItsOwn)
{
    EXPECT_EQ(ContentCache::content_of(host(), ContentCache::downloads, GetParam().text), "");
}

const std::string folder = "/srv/left4me/global_overlay_cache/";

INSTANTIATE_TEST_SUITE_P(All, OtherLinkTest,
                         testing::Values(TextCase{"empty", ""}, TextCase{"folder", folder},
                                         TextCase{"sum_alone", sum},
                                         TextCase{"relative", "global_overlay_cache/" + sum},
                                         TextCase{"below", folder + sum + "/"},
                                         TextCase{"longer", folder + sum + "0"},
                                         TextCase{"shorter", folder + sum.substr(1)},
                                         TextCase{"capitals", folder + "A" + sum.substr(1)},
                                         TextCase{"suffix", folder + sum + ".vpk"},
                                         TextCase{"upward", folder + "../" + sum.substr(3)},
                                         TextCase{"other_folder", "/srv/left4me/overlays/" + sum}),
                         NameOfCase());

} // namespace
} // namespace left4me
