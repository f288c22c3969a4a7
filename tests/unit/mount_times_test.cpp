#include "host/mount_times.hpp"

#include <gtest/gtest.h>

namespace left4me {
namespace {

using std::chrono::microseconds;

TEST(MountTimes, FindsTheMountThatSomethingWasMadeIn)
{
    const auto times = MountTimes::parse("100\n300\n200\n");
    EXPECT_EQ(times.mount_at(microseconds(100)), microseconds(100));
    EXPECT_EQ(times.mount_at(microseconds(250)), microseconds(200));
    EXPECT_EQ(times.mount_at(microseconds(9000)), microseconds(300));
}

TEST(MountTimes, WhatIsFromBeforeCountsAsItself)
{
    EXPECT_EQ(MountTimes::parse("100\n").mount_at(microseconds(99)), microseconds(99));
    EXPECT_EQ(MountTimes().mount_at(microseconds(5)), microseconds(5));
}

TEST(MountTimes, PassOverWhatIsNoTime)
{
    EXPECT_EQ(MountTimes::parse("\nx\n100\n12").format(), "12\n100\n");
    EXPECT_EQ(MountTimes::parse("").format(), "");
}

TEST(MountTimes, KeepTheNewest)
{
    MountTimes times;
    for (int i = 1; i <= 1000; ++i)
        times.add(microseconds(i));
    const auto text = times.format();
    EXPECT_TRUE(text.starts_with("801\n"));
    EXPECT_TRUE(text.ends_with("\n1000\n"));
    EXPECT_EQ(MountTimes::parse(text).format(), text);
}

} // namespace
} // namespace left4me
