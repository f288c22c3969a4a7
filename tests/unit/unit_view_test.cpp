#include "host/systemd.hpp"

#include <gtest/gtest.h>

namespace left4me {
namespace {

TEST(UnitView, ShowsWhatTheDeepestPlaceShows)
{
    const UnitView view = {.bound = {"/usr", "/state/home", "/opt/one"},
                           .emptied = {"/usr/local", "/state"}};
    for (const auto* path : {"/usr", "/usr/games/steamcmd", "/state/home/steamcmd.sh", "/opt/one/x"})
        EXPECT_TRUE(view.shows(path)) << path;
    for (const auto* path : {"/", "/usr/local/bin/steamcmd", "/state/homes/x", "/state/x", "/opt/two/x",
                             "/usrx", "/srv/steamcmd"})
        EXPECT_FALSE(view.shows(path)) << path;
}

} // namespace
} // namespace left4me
