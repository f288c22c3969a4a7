#include "host/host_lock.hpp"

#include "system/format.hpp"
#include "system/wait_notice.hpp"
#include "temporary_host.hpp"
#include "text_case.hpp"

#include <atomic>
#include <thread>
#include <unistd.h>

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

/// Two share the lock of what is above their layers, and write who they are at the same time.
TEST(HostLock, NeverNamesAMixtureOfItsHolders)
{
    const TemporaryHost host;
    std::atomic<bool> done = false;
    const auto hold = [&](const char* ref, const std::string& doing) {
        return std::jthread([&, ref, doing] {
            while (!done)
                (void)InstanceLock::take(*host, layer(ref), doing);
        });
    };
    const std::string brief = "overlay import a/b";
    const std::string wordy = "overlay import a/c " + std::string(150, 'x');
    const auto one = hold("a/b", brief);
    const auto other = hold("a/c", wordy);
    const auto named = [](const std::string& doing) {
        return formatted("layer 'a' is busy: l4d2ctl {} (process {}) is at work on it", doing, getpid());
    };
    std::size_t both = 0;
    for (int i = 0; i < 5'000; ++i) {
        const auto refused = InstanceLock::take(*host, layer("a"), "overlay delete a");
        if (refused)
            continue;
        const auto& message = refused.error().message;
        EXPECT_THAT(message, testing::AnyOf(named(brief), named(wordy), named("overlay delete a"),
                                            "layer 'a' is busy: another process is at work on it"));
        both |= message == named(brief) ? 1 : message == named(wordy) ? 2 : 0;
    }
    done = true;
    EXPECT_EQ(both, 3U) << "the two were not seen at work";
}

} // namespace
} // namespace left4me
