#include "accounts/server_access.hpp"

#include "accounts_test.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using testing::Pair;

class ServerAccessTest : public AccountsTest {
protected:
    void SetUp() override { ASSERT_THAT(access.set_owner(server, owner.id), Succeeds()); }
    [[nodiscard]] std::optional<ServerRight> right_of(const User& user)
    {
        return access.right(user, server).value();
    }
    static InstanceName server_named(const std::string& text)
    {
        return InstanceName::parse(text).value();
    }

    ServerAccess access{database};
    const InstanceName server = server_named("coop1");
    const User admin = add("admin", Role::admin);
    const User owner = add("owner");
    const User friend_ = add("friend");
};

TEST_F(ServerAccessTest, IsOfTheOwnerAndTheAdminsAlone)
{
    EXPECT_THAT(right_of(owner), Optional(ServerRight::own));
    EXPECT_THAT(right_of(admin), Optional(ServerRight::own));
    EXPECT_EQ(right_of(friend_), std::nullopt);
    EXPECT_EQ(access.owner(server)->value(), owner.name);
    EXPECT_EQ(access.owner(server_named("coop2")).value(), std::nullopt);
    EXPECT_EQ(access.right(owner, server_named("coop2")).value(), std::nullopt);
    EXPECT_THAT(access.right(admin, server_named("coop2")).value(), Optional(ServerRight::own));
}

TEST_F(ServerAccessTest, IsSharedToViewOrToOperate)
{
    ASSERT_THAT(access.share(server, friend_.id, ServerRight::view), Succeeds());
    EXPECT_THAT(right_of(friend_), Optional(ServerRight::view));
    ASSERT_THAT(access.share(server, friend_.id, ServerRight::operate), Succeeds());
    EXPECT_THAT(right_of(friend_), Optional(ServerRight::operate));
    EXPECT_LT(ServerRight::view, ServerRight::operate);
    EXPECT_LT(ServerRight::operate, ServerRight::own);
    const auto shares = access.shares(server).value();
    ASSERT_EQ(shares.size(), 1U);
    EXPECT_EQ(shares[0].user, friend_.name);
    EXPECT_EQ(shares[0].right, ServerRight::operate);
    EXPECT_THAT(access.servers_of(friend_).value(), ElementsAre(server));
    EXPECT_THAT(access.servers_of(owner).value(), ElementsAre(server));
    EXPECT_THAT(access.servers_of(admin).value(), IsEmpty());
    ASSERT_THAT(access.unshare(server, friend_.id), Succeeds());
    EXPECT_EQ(right_of(friend_), std::nullopt);
}

TEST_F(ServerAccessTest, IsNotSharedAsOwnNorOfNobody)
{
    EXPECT_THAT(access.share(server, friend_.id, ServerRight::own),
                FailsWith(ExitStatus::bad_data, "is not shared"));
    EXPECT_THAT(access.share(server_named("coop2"), friend_.id, ServerRight::view),
                FailsWith(ExitStatus::bad_data, "server 'coop2' has no owner"));
}

TEST_F(ServerAccessTest, OfTheOwnerIsWhatTheyOwnAlsoWhenItIsShared)
{
    ASSERT_THAT(access.share(server, owner.id, ServerRight::view), Succeeds());
    EXPECT_THAT(right_of(owner), Optional(ServerRight::own));
    EXPECT_THAT(access.rights_of(owner).value(), ElementsAre(Pair(server, ServerRight::own)));
    ASSERT_THAT(access.set_owner(server, friend_.id), Succeeds());
    EXPECT_THAT(access.rights_of(owner).value(), ElementsAre(Pair(server, ServerRight::view)));
    EXPECT_THAT(right_of(owner), Optional(ServerRight::view));
    EXPECT_THAT(right_of(friend_), Optional(ServerRight::own));
}

TEST_F(ServerAccessTest, LostIsToldByTheGeneration)
{
    Sessions streams(other);
    ASSERT_THAT(access.share(server, friend_.id, ServerRight::operate), Succeeds());
    auto generation = streams.generation().value();
    const auto changed = [&] {
        return std::exchange(generation, streams.generation().value()) != generation;
    };
    EXPECT_FALSE(changed());
    ASSERT_THAT(access.share(server, friend_.id, ServerRight::view), Succeeds());
    EXPECT_TRUE(changed());
    ASSERT_THAT(access.unshare(server, friend_.id), Succeeds());
    EXPECT_TRUE(changed());
    ASSERT_THAT(access.set_owner(server, friend_.id), Succeeds());
    EXPECT_TRUE(changed());
    ASSERT_THAT(access.forget(server), Succeeds());
    EXPECT_TRUE(changed());
}

TEST_F(ServerAccessTest, IsForgottenOnAHostWithOrWithoutADatabase)
{
    ASSERT_THAT(forget_server(*host, server), Succeeds());
    EXPECT_EQ(right_of(owner), std::nullopt);
    const WebHost none;
    ASSERT_THAT(forget_server(*none, server), Succeeds());
    EXPECT_TRUE(none.is_empty("state/web"));
    const TemporaryHost older;
    EXPECT_THAT(forget_server(*older, server), Succeeds());
}

TEST_F(ServerAccessTest, IsForgottenWithTheServerAndWithTheUser)
{
    ASSERT_THAT(access.share(server, friend_.id, ServerRight::view), Succeeds());
    ASSERT_THAT(users.remove(*host, friend_.name), Succeeds());
    EXPECT_THAT(access.shares(server).value(), IsEmpty());
    ASSERT_THAT(access.forget(server), Succeeds());
    EXPECT_EQ(right_of(owner), std::nullopt);
}

} // namespace
} // namespace left4me
