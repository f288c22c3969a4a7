#include "host/host_lock.hpp"

#include "system/format.hpp"
#include "system/wait_notice.hpp"
#include "temporary_host.hpp"
#include "text_case.hpp"

#include <unistd.h>
#include <utility>

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

/// Two share the lock of what is above their layers, and write who they are at the same time:
/// whoever reads may find a part of the one's record before the rest of the other's.
TEST(HostLock, NeverNamesAMixtureOfItsHolders)
{
    const TemporaryHost host;
    const std::string lock = "run/lock/layer+a";
    const auto record_of = [&](const char* ref, const std::string& doing) {
        const auto held = InstanceLock::take(*host, layer(ref), doing);
        EXPECT_THAT(held, Succeeds());
        return host.read(lock);
    };
    const auto named = [](const std::string& doing) {
        return formatted("layer 'a' is busy: l4d2ctl {} (process {}) is at work on it", doing, getpid());
    };
    const std::string brief = "overlay import a/b";
    const std::string wordy = "overlay import a/c " + std::string(150, 'x');
    const auto one = record_of("a/b", brief);
    const auto other = record_of("a/c", wordy);
    ASSERT_EQ(one.size(), other.size()); // so that nothing is left of who was before
    const auto held = InstanceLock::take(*host, layer("a/b"), brief);
    ASSERT_THAT(held, Succeeds());
    for (const auto& [first, second] : {std::pair(one, other), std::pair(other, one)})
        for (std::size_t cut = 0; cut <= one.size(); cut += 5) { // more than a line is long
            host.write(lock, first.substr(0, cut) + second.substr(cut));
            EXPECT_THAT(InstanceLock::take(*host, layer("a"), "overlay delete a").error().message,
                        testing::AnyOf(named(brief), named(wordy),
                                       "layer 'a' is busy: another process is at work on it"))
                << "cut at " << cut;
        }
    host.write(lock, one);
    EXPECT_THAT(InstanceLock::take(*host, layer("a"), "overlay delete a"),
                FailsWith(ExitStatus::busy, named(brief)));
}

} // namespace
} // namespace left4me
