#include "web/change_guard.hpp"

#include <gtest/gtest.h>

namespace left4me::web {
namespace {

bool passes(std::vector<Field> fields, bool secure = false)
{
    Request request;
    request.host = "localhost:8000";
    request.secure = secure;
    request.fields = std::move(fields);
    return is_from_own_page(request);
}

TEST(ChangeGuard, TakesWhatABrowserSaysOfItsOwnPage)
{
    EXPECT_TRUE(passes({{"origin", "http://localhost:8000"}}));
    EXPECT_TRUE(passes({{"sec-fetch-site", "same-origin"}}));
    EXPECT_TRUE(passes({{"sec-fetch-site", "same-origin"}, {"origin", "http://localhost:8000"}}));
    EXPECT_TRUE(passes({{"origin", "https://localhost:8000"}}, true));
}

TEST(ChangeGuard, RefusesAllElse)
{
    EXPECT_FALSE(passes({}));
    EXPECT_FALSE(passes({{"origin", ""}}));
    EXPECT_FALSE(passes({{"origin", "null"}}));
    EXPECT_FALSE(passes({{"origin", "http://localhost:8001"}}));
    EXPECT_FALSE(passes({{"origin", "http://localhost"}}));
    EXPECT_FALSE(passes({{"origin", "https://localhost:8000"}}));
    EXPECT_FALSE(passes({{"origin", "http://localhost:8000"}}, true)) << "TLS is not to be left out";
    EXPECT_FALSE(passes({{"origin", "http://localhost:8000.evil.example"}}));
    for (const auto* site : {"cross-site", "same-site", "none", "Same-Origin", ""})
        EXPECT_FALSE(passes({{"sec-fetch-site", site}, {"origin", "http://localhost:8000"}})) << site;
    EXPECT_FALSE(passes({{"sec-fetch-site", "same-origin"}, {"origin", "http://evil.example"}}));
    EXPECT_FALSE(passes({{"referer", "http://localhost:8000/"}}));
}

} // namespace
} // namespace left4me::web
