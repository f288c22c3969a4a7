#include "watch/hang_judge.hpp"

namespace left4me {

void HangJudge::answered()
{
    has_answered_ = true;
    unanswered_ = 0;
    silence_ = Time::zero();
    expected_.reset();
}

void HangJudge::unanswered(Time asked, Time now, Time meant, Circumstances seen)
{
    if (!has_answered_)
        return;
    // It is silent since it was asked in vain for the first time.
    const auto begin = unanswered_ == 0 ? asked : counted_to_;
    const bool was_away = expected_ && now > *expected_;
    ++unanswered_;
    if (!seen.host_is_starved && !seen.packets_dropped && !was_away)
        silence_ += now - begin;
    counted_to_ = now;
    expected_ = now + meant;
}

bool HangJudge::is_hung() const
{
    // Few lost datagrams are no hang, however far apart they were.
    constexpr unsigned fewest_questions = 3;
    return limit_ > std::chrono::seconds::zero() && unanswered_ >= fewest_questions &&
           silence_ >= limit_;
}

} // namespace left4me
