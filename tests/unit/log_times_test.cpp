#include "model/log_times.hpp"

#include "text_case.hpp"

#include <cstdlib>
#include <ctime>

namespace left4me {
namespace {

using std::chrono::sys_seconds;

/// Berlin's, by its rule: there need be no file of zones.
class LogTimes : public testing::Test {
protected:
    LogTimes()
    {
        setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
        tzset();
    }
    ~LogTimes() override
    {
        unsetenv("TZ");
        tzset();
    }
};

sys_seconds utc(const char* text)
{
    std::tm fields = {};
    EXPECT_NE(strptime(text, "%Y-%m-%d %H:%M:%S", &fields), nullptr) << text;
    return sys_seconds(std::chrono::seconds(timegm(&fields)));
}

TEST_F(LogTimes, AreReadAsPeopleWriteThem)
{
    const auto now = utc("2026-07-31 12:00:00"); // 14:00 in that summer
    const std::vector<std::pair<const char*, const char*>> rows = {
        {"90s", "2026-07-31 11:58:30"},
        {"10m", "2026-07-31 11:50:00"},
        {"10 min", "2026-07-31 11:50:00"},
        {"1h30m", "2026-07-31 10:30:00"},
        {"-2h", "2026-07-31 10:00:00"},
        {"2 hours ago", "2026-07-31 10:00:00"},
        {"3d", "2026-07-28 12:00:00"},
        {"1w", "2026-07-24 12:00:00"},
        {"today", "2026-07-30 22:00:00"},
        {"yesterday", "2026-07-29 22:00:00"},
        {"13:30", "2026-07-31 11:30:00"},
        {"13:30:05", "2026-07-31 11:30:05"},
        {"2026-01-31", "2026-01-30 23:00:00"},
        {"2026-01-31 14:30", "2026-01-31 13:30:00"},
        {"2026-01-31T14:30:05", "2026-01-31 13:30:05"},
        {"2026-01-31T14:30:05Z", "2026-01-31 14:30:05"},
        {"2026-01-31T14:30:05+02:00", "2026-01-31 12:30:05"},
        {"2026-01-31T14:30:05-00:30", "2026-01-31 15:00:05"},
    };
    for (const auto& [text, meant] : rows)
        EXPECT_EQ(parse_log_since(text, now, TimeZone::of_host), utc(meant)) << text;
    EXPECT_EQ(parse_log_since("2026-01-31 14:30", now, TimeZone::utc), utc("2026-01-31 14:30:00"));
    EXPECT_EQ(parse_log_since("today", now, TimeZone::utc), utc("2026-07-31 00:00:00"));
}

TEST_F(LogTimes, OfNoMeaningAreRefused)
{
    for (const auto* text : {"",
                             "-",
                             "h",
                             "10",
                             "10 parsecs",
                             "s",
                             "25:00",
                             "14:61",
                             "2026-02-31",
                             "2026-13-01",
                             "tomorrow",
                             "2026-01-31 14:30 please",
                             "99999999999999999999s",
                             "9999999999w",
                             "1h ago ago",
                             "100y",
                             "1960-01-01",
                             "2026-01-31T14:30+1:00",
                             "--follow",
                             "10m;"})
        EXPECT_THAT(parse_log_since(text, utc("2026-07-31 12:00:00"), TimeZone::of_host),
                    FailsWith(ExitStatus::usage, "is no time: give 10m"))
            << text;
}

/// However a pipe cuts it.
TEST_F(LogTimes, OfLinesAreTheHosts)
{
    const std::string written = "2026-01-31T23:30:00+00:00 one\n2026-07-31T12:00:00+00:00 two "
                                "2026-07-31T12:00:00+00:00\n2026-07-31T12:00:01+00:00 \nodd\n"
                                "not a time at all, and long\n";
    const std::string meant = "2026-02-01T00:30:00+01:00 one\n2026-07-31T14:00:00+02:00 two "
                              "2026-07-31T12:00:00+00:00\n2026-07-31T14:00:01+02:00 \nodd\n"
                              "not a time at all, and long\n";
    for (std::size_t size = 1; size <= written.size(); ++size) {
        LocalLogTimes times;
        std::string passed;
        for (std::size_t at = 0; at < written.size(); at += size)
            passed += times.pass(std::string_view(written).substr(at, size));
        EXPECT_EQ(passed, meant) << size;
    }
}

} // namespace
} // namespace left4me
