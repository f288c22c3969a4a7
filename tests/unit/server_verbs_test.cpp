#include "verbs/server_verbs.hpp"

#include "host/host_lock.hpp"
#include "host/instance_store.hpp"

#include "temporary_host.hpp"
#include "text_case.hpp"

namespace left4me {
namespace {

const auto coop = InstanceName::parse("coop1").value();

Result<void> initialize_as(const TemporaryHost& host, const InstanceName& name, const std::string& spec)
{
    NoReport nobody;
    return initialize(*host, name, "spec.yaml", spec, nobody);
}

/// A spec that a host with server 'other' on port 27002 refuses.
struct BadOrder {
    std::string name;
    std::string spec;
    ExitStatus status;
    std::string message;
};

class RefusedInitializeTest : public testing::TestWithParam<BadOrder> {};

TEST_P(RefusedInitializeTest, SaysWhyAndChangesNothing)
{
    const TemporaryHost host;
    host.write("etc/host.env", "LEFT4ME_PORT_RANGE_START=27000\nLEFT4ME_PORT_RANGE_END=27010\n");
    host.write("state/overlays/standard/left4dead2/cfg/a.cfg", "");
    ASSERT_THAT(initialize_as(host, InstanceName::parse("other").value(), "port: 27002\n"), Succeeds());
    ASSERT_THAT(initialize_as(host, coop, "port: 27001\n"), Succeeds());
    const auto before = host.read("state/instances/coop1/instance.conf");
    EXPECT_THAT(initialize_as(host, coop, GetParam().spec),
                FailsWith(GetParam().status, GetParam().message));
    EXPECT_EQ(host.read("state/instances/coop1/instance.conf"), before);
    EXPECT_FALSE(host.has("state/instances/.coop1.new"));
}

INSTANTIATE_TEST_SUITE_P(
    Specs, RefusedInitializeTest,
    testing::Values(
        BadOrder{"no_yaml", "port: [", ExitStatus::bad_data, "spec.yaml"},
        BadOrder{"others_port", "port: 27002\n", ExitStatus::bad_data, "is the port of server 'other'"},
        BadOrder{"port_of_no_server_here", "port: 27011\n", ExitStatus::bad_data,
                 "is outside this host's ports 27000–27010"},
        BadOrder{"no_such_layer", "port: 27001\noverlays: [{path: standard}, {path: none}]\n",
                 ExitStatus::bad_data, "layer 'none'"}),
    NameOfCase());

TEST(Initialize, KeepsWhatTheServerWasStartedWith)
{
    const TemporaryHost host;
    ASSERT_THAT(initialize_as(host, coop, "port: 27001\n"), Succeeds());
    const auto store = InstanceStore::open(*host).value();
    ASSERT_THAT(store.make_live(coop, store.read_spec(coop).value()), Succeeds());
    EXPECT_FALSE(store.differs_from_live(coop).value());
    ASSERT_THAT(initialize_as(host, coop, "port: 27003\n"), Succeeds());
    EXPECT_EQ(store.read_live_config(coop)->port.number(), 27001);
    EXPECT_TRUE(store.differs_from_live(coop).value());
}

TEST(Initialize, WaitsForNobodyWhoHoldsTheServer)
{
    const TemporaryHost host;
    const auto held = InstanceLock::take(*host, coop, "stop coop1");
    EXPECT_THAT(initialize_as(host, coop, "port: 27001\n"), FailsWith(ExitStatus::busy, "stop coop1"));
    EXPECT_FALSE(host.has("state/instances/coop1"));
}

TEST(Initialize, NamesTheSettingThatCannotBe)
{
    const TemporaryHost host;
    host.write("etc/host.env", "\nLEFT4ME_PORT_RANGE_START=x\n");
    EXPECT_THAT(initialize_as(host, coop, "port: 27001\n"),
                FailsWith(ExitStatus::bad_data, "/etc/host.env:2"));
}

} // namespace
} // namespace left4me
