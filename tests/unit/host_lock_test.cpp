#include "host/host_lock.hpp"

#include "system/wait_notice.hpp"
#include "temporary_host.hpp"
#include "text_case.hpp"

namespace left4me {
namespace {

const auto coop = InstanceName::parse("coop1").value();

LayerRef layer(const char* ref)
{
    return LayerRef::parse(ref).value();
}

TEST(HostLock, NamesWhoHoldsIt)
{
    const TemporaryHost host;
    const auto held = InstanceLock::take(*host, coop, "start coop1");
    ASSERT_THAT(held, Succeeds());
    EXPECT_THAT(InstanceLock::take(*host, coop, "stop coop1"),
                FailsWith(ExitStatus::busy, "l4d2ctl start coop1 (process "));
}

TEST(HostLock, EndsWithItsLife)
{
    const TemporaryHost host;
    ASSERT_THAT(InstanceLock::take(*host, coop, "start coop1"), Succeeds());
    EXPECT_THAT(InstanceLock::take(*host, coop, "stop coop1"), Succeeds());
}

TEST(HostLock, IsOneForEachServer)
{
    const TemporaryHost host;
    const auto held = InstanceLock::take(*host, coop, "start coop1");
    EXPECT_THAT(InstanceLock::take(*host, InstanceName::parse("coop2").value(), "start coop2"),
                Succeeds());
}

TEST(HostLock, OfALayerHoldsThoseWithinItAndAroundIt)
{
    const TemporaryHost host;
    const auto held = InstanceLock::take(*host, layer("a/b"), "overlay build a/b");
    ASSERT_THAT(held, Succeeds());
    for (const auto* other : {"a", "a/b", "a/b/c"})
        EXPECT_THAT(InstanceLock::take(*host, layer(other), "overlay build"),
                    FailsWith(ExitStatus::busy, "is at work on it"))
            << other;
    EXPECT_THAT(InstanceLock::take(*host, layer("a/c"), "overlay build a/c"), Succeeds());
}

TEST(HostLock, IsNoServersWhateverALayerIsCalled)
{
    const TemporaryHost host;
    const auto held = InstanceLock::take(*host, layer("coop1"), "overlay build coop1");
    EXPECT_THAT(InstanceLock::take(*host, coop, "start coop1"), Succeeds());
}

TEST(HostLock, OfContentsIsSharedByThoseWhoMoveTrees)
{
    const TemporaryHost host;
    const auto one = InstanceLock::share_contents(*host);
    ASSERT_THAT(one, Succeeds());
    EXPECT_THAT(InstanceLock::share_contents(*host), Succeeds());
}

TEST(HostLock, IsWaitedForWithAWordAndALimit)
{
    using std::chrono::milliseconds;
    const TemporaryHost host;
    std::vector<std::string> told;
    set_wait_notice([&](std::string_view what) { told.emplace_back(what); });
    const auto held = InstanceLock::take_contents(*host);
    ASSERT_THAT(held, Succeeds());
    const LockPatience patience = {milliseconds(0), milliseconds(120)};
    EXPECT_THAT(InstanceLock::share_contents(*host, patience),
                FailsWith(ExitStatus::busy, "the cache is busy"));
    EXPECT_THAT(told, testing::ElementsAre(testing::HasSubstr("waiting for the cache")));
    told.clear();
    EXPECT_THAT(InstanceLock::take_ports(*host, patience), Succeeds());
    EXPECT_THAT(told, testing::IsEmpty());
    set_wait_notice({});
}

TEST(HostLock, SaysThatThereIsNoHost)
{
    const Host none("/nowhere/state", "/nowhere/run", "/nowhere/etc");
    EXPECT_THAT(InstanceLock::take(none, coop, "start coop1"),
                FailsWith(ExitStatus::not_found, "/nowhere/run/lock"));
}

} // namespace
} // namespace left4me
