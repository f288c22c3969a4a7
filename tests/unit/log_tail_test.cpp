#include "web/log_tail.hpp"

#include <format>
#include <gtest/gtest.h>

namespace left4me::web {
namespace {

JournalCursor place(int number, char sequence = '0')
{
    return JournalCursor::parse(std::format("s={};i={:x};b={};m=1;t=1;x=1", std::string(32, sequence),
                                            number, std::string(32, 'b')))
        .value();
}

LogLine line(int number, char sequence = '0')
{
    return {place(number, sequence), std::format("{}{}\n", sequence, number)};
}

/// What a reader at that place gets; "lost" where that is not known.
std::string got(const LogTail& tail, const std::optional<JournalCursor>& read)
{
    const auto rest = tail.behind(read);
    return rest ? rest->text : "lost";
}

TEST(LogTail, GivesEachReaderWhatItHasNotRead)
{
    LogTail tail(place(10));
    EXPECT_EQ(got(tail, place(10)), "");
    tail.add({line(12), line(13), line(15)});
    EXPECT_EQ(got(tail, place(10)), "012\n013\n015\n");
    EXPECT_EQ(got(tail, place(11)), "012\n013\n015\n");
    EXPECT_EQ(got(tail, place(12)), "013\n015\n");
    EXPECT_EQ(got(tail, place(14)), "015\n");
    EXPECT_EQ(got(tail, place(15)), "");
    EXPECT_EQ(got(tail, {}), "012\n013\n015\n");
    EXPECT_EQ(tail.behind(place(12))->end, place(15));
}

TEST(LogTail, SaysWhatItDoesNotKnow)
{
    LogTail tail(place(10));
    EXPECT_EQ(got(tail, place(9)), "lost");
    tail.add({line(12)});
    EXPECT_EQ(got(tail, place(9)), "lost");

    LogTail of_the_end(std::nullopt);
    of_the_end.add({line(12)});
    EXPECT_EQ(got(of_the_end, place(11)), "lost") << "nobody knows what stands between the two";
    EXPECT_EQ(got(of_the_end, place(12)), "");
}

TEST(LogTail, GivesNothingTwiceToAReaderThatIsAheadOfIt)
{
    LogTail tail(place(10));
    EXPECT_EQ(got(tail, place(12)), "");
    EXPECT_EQ(tail.behind(place(12))->end, place(12));
    tail.add({line(11), line(12)});
    EXPECT_EQ(got(tail, place(12)), "");
    tail.add({line(13)});
    EXPECT_EQ(got(tail, place(12)), "013\n");
}

TEST(LogTail, GoesOnWhereTheJournalIsBegunAnew)
{
    LogTail tail(place(10));
    tail.add({line(12), line(1, 'a'), line(2, 'a')});
    EXPECT_EQ(got(tail, place(12)), "a1\na2\n");
    EXPECT_EQ(got(tail, place(1, 'a')), "a2\n");
    EXPECT_EQ(got(tail, place(2, 'a')), "");
    EXPECT_EQ(got(tail, place(5, 'c')), "lost");
}

TEST(LogTail, KeepsSoMuchAndNoMore)
{
    LogTail tail(place(0));
    constexpr int most = 5000;
    for (int i = 1; i <= most; ++i)
        tail.add({{place(i), std::string(99, 'x') + '\n'}});
    EXPECT_LE(tail.behind({})->text.size(), LogTail::max_bytes);
    EXPECT_EQ(got(tail, place(1)), "lost");
    EXPECT_EQ(got(tail, place(most - 1)).size(), 100U);
    // One line alone may be more than all that is kept.
    tail.add({{place(most + 1), std::string(LogTail::max_bytes + 1, 'x')}});
    EXPECT_EQ(got(tail, place(most + 1)), "");
    EXPECT_EQ(got(tail, place(most)), "lost");
}

} // namespace
} // namespace left4me::web
