#include "doctor/packet_table.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;

TEST(PacketTableOfNft, HasTheRulesOfEachChain)
{
    const auto table = parse_packet_table(R"({"nftables": [{"metainfo": {}},
        {"table": {"family": "inet", "name": "left4me", "flags": ["owner", "persist"]}},
        {"chain": {"name": "output", "hook": "output"}}, {"chain": {"name": "game"}},
        {"rule": {"chain": "output", "expr": [{"match": {"right": "l4d2.slice/l4d2-game.slice"}},
                                              {"goto": {"target": "game"}}]}}]})");
    ASSERT_THAT(table, Succeeds());
    EXPECT_THAT(table->rules, ElementsAre(testing::Pair("game", 0), testing::Pair("output", 1)));
    EXPECT_THAT(table->jumps,
                ElementsAre(testing::Pair("l4d2.slice/l4d2-game.slice", ElementsAre("game"))));
    EXPECT_TRUE(table->is_owned);
}

TEST(PacketTableOfNft, MayHaveNoOwner)
{
    for (const auto* flags : {"", R"(, "flags": "persist")", R"(, "flags": ["dormant", "persist"])"}) {
        const auto table = parse_packet_table(
            std::string(R"({"nftables": [{"table": {"name": "left4me")") + flags + "}}]}");
        ASSERT_THAT(table, Succeeds());
        EXPECT_FALSE(table->is_owned) << flags;
    }
    EXPECT_TRUE(parse_packet_table(R"({"nftables": [{"table": {"name": "left4me", "flags": "owner"}}]})")
                    ->is_owned);
}

TEST(PacketTableOfNft, CountsWhatLetsPacketsPass)
{
    const auto table = parse_packet_table(R"({"nftables": [
        {"rule": {"chain": "local", "expr": [{"match": {"right": 1}}, {"accept": null}]}},
        {"rule": {"chain": "local", "expr": [{"return": null}]}},
        {"rule": {"chain": "local", "expr": [{"reject": {"type": "icmpx"}}]}}]})");
    ASSERT_THAT(table, Succeeds());
    EXPECT_THAT(table->accepts, ElementsAre(testing::Pair("local", 2)));
}

TEST(PacketTableOfNft, ShowsANumberForASliceThatIsGone)
{
    const auto table = parse_packet_table(
        R"({"nftables": [{"rule": {"chain": "output", "expr": [{"match": {"right": 4711}},
                                                               {"jump": {"target": "game"}}]}}]})");
    ASSERT_THAT(table, Succeeds());
    EXPECT_THAT(table->jumps, testing::IsEmpty());
}

TEST(PacketTableOfNft, IsRefusedWhenItIsNone)
{
    for (const auto* text : {"", "Error", "[]", "{}", R"({"nftables": 1})", R"({"nftables": [)"})
        EXPECT_THAT(parse_packet_table(text), FailsWith(ExitStatus::bad_data, "nft")) << text;
    EXPECT_THAT(parse_packet_table(R"({"nftables": [1, {"chain": 2}, {"rule": {"chain": 3}},
        {"rule": {"chain": "output"}}, {"rule": {"chain": "output", "expr": [1, {"match": 2}]}}]})"),
                Succeeds());
}

} // namespace
} // namespace left4me
