#include "watch/answer_record.hpp"

#include "temporary_host.hpp"
#include "text_case.hpp"
#include "watch/look_lease.hpp"

namespace left4me {
namespace {

using namespace std::chrono_literals;

AnswerRecord example()
{
    AnswerRecord record;
    record.main_pid = 1234;
    record.state = AnswerState::silent;
    record.since = std::chrono::sys_seconds(1'800'000'000s);
    record.asked = std::chrono::sys_seconds(1'800'000'010s);
    record.answered = std::chrono::sys_seconds(1'799'999'990s);
    ServerInfo info;
    info.name = "\"co-op\" <b>\n";
    info.map = "c1m1_hotel";
    info.folder = "left4dead2";
    info.game = "Left 4 Dead 2";
    info.version = "2.2.4.3";
    info.app_id = 550;
    info.players = 3;
    info.max_players = 8;
    info.bots = 1;
    info.is_secure = true;
    record.info = info;
    return record;
}

TEST(AnswerRecord, IsReadAsItWasWritten)
{
    EXPECT_EQ(parse_answer_record(format_answer_record(example())).value(), example());
    AnswerRecord fresh;
    fresh.main_pid = 1;
    EXPECT_EQ(parse_answer_record(format_answer_record(fresh)).value(), fresh);
}

TEST(AnswerRecord, IsSmallAndTextWhateverAGameSays)
{
    auto record = example();
    const std::string huge(100'000, '\xff');
    for (auto* text : {&record.info->name, &record.info->map, &record.info->folder, &record.info->game,
                       &record.info->version, &record.info->keywords})
        *text = huge;
    record.info->name = std::string(255, 'x') + "\xe2\x82\xac"; // cut within a character
    const auto text = format_answer_record(record);
    EXPECT_LT(text.size(), max_answer_record_size);
    const auto parsed = parse_answer_record(text);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_TRUE(parsed->info->name.starts_with("xxx"));
}

class BadRecord : public testing::TestWithParam<TextCase> {};

TEST_P(BadRecord, IsRefused)
{
    const auto parsed = parse_answer_record(GetParam().text);
    ASSERT_FALSE(parsed.has_value());
    EXPECT_EQ(parsed.error().status, ExitStatus::bad_data);
    EXPECT_EQ(parsed.error().message, escaped(parsed.error().message));
}

INSTANTIATE_TEST_SUITE_P(
    Records, BadRecord,
    testing::Values(
        TextCase{"control_bytes", "{\"\x1b[31m\xff"}, TextCase{"empty", ""},
        TextCase{"cut", R"({"main_pid":1,)"}, TextCase{"list", "[]"},
        TextCase{"no_state", R"({"main_pid":1,"since":1,"asked":null,"answered":null,"info":null})"},
        TextCase{"other_state",
                 R"({"main_pid":1,"state":"x","since":1,"asked":null,"answered":null,"info":null})"},
        TextCase{"negative_pid",
                 R"({"main_pid":-1,"state":"loading","since":1,"asked":null,"answered":null,)"
                 R"("info":null})"},
        TextCase{"huge_pid", R"({"main_pid":5000000000,"state":"loading","since":1,"asked":null,)"
                             R"("answered":null,"info":null})"},
        TextCase{"huge_time",
                 R"({"main_pid":1,"state":"loading","since":18446744073709551615,"asked":null,)"
                 R"("answered":null,"info":null})"},
        TextCase{"info_is_text",
                 R"({"main_pid":1,"state":"loading","since":1,"asked":null,"answered":null,)"
                 R"("info":"x"})"}),
    NameOfCase());

TEST(LookLease, CountsOnceItIsTouchedAndNotForLong)
{
    const TemporaryHost host;
    EXPECT_FALSE(touch_lease(*host).has_value()) << "the watch does not run";
    host.write("run/answers/x", "");
    const auto answers = open_answers(*host).value();
    ASSERT_TRUE(make_lease(answers).has_value());
    const auto now = std::chrono::system_clock::now();
    EXPECT_FALSE(is_wanted(answers, now)) << "nobody has touched it";
    ASSERT_TRUE(touch_lease(*host).has_value());
    EXPECT_TRUE(is_wanted(answers, now + 5s));
    EXPECT_FALSE(is_wanted(answers, now + lease_length + 5s));
    EXPECT_FALSE(is_wanted(answers, now - 1h)) << "a clock that was set back";
}

} // namespace
} // namespace left4me
