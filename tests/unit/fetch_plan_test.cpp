#include "steam/fetch_plan.hpp"

#include "text_case.hpp"

#include <vector>

namespace left4me {
namespace {

using Builds = std::optional<std::string>;

/// What a run came to, and what is done then.
struct Turn {
    std::optional<SteamTrouble> trouble; ///< none: it succeeded, with that build
    std::string words;                   ///< steamcmd's, or the build
    FetchStep step;
};

constexpr auto of_linux = SteamPlatform::of_linux;
constexpr auto of_windows = SteamPlatform::of_windows;

Turn fails(SteamTrouble trouble, FetchStep step, std::string words = "words")
{
    return {trouble, std::move(words), step};
}

Turn succeeds(std::string build, FetchStep step)
{
    return {std::nullopt, std::move(build), step};
}

FetchStep again(int seconds, SteamPlatform platform = of_linux)
{
    return {FetchAct::run, platform, std::chrono::seconds(seconds)};
}

FetchStep gives_up(SteamPlatform platform = of_linux)
{
    return {FetchAct::give_up, platform};
}

struct PlanCase {
    std::string name;
    bool anonymous;
    std::vector<Turn> turns;
};
void PrintTo(const PlanCase& row, std::ostream* out)
{
    *out << row.name;
}

class FetchPlans : public testing::TestWithParam<PlanCase> {};

TEST_P(FetchPlans, GoOnAsTheRunsEnd)
{
    FetchPlan plan(GetParam().anonymous);
    int number = 0;
    for (const auto& [trouble, words, step] : GetParam().turns) {
        SCOPED_TRACE(++number);
        const auto failure = trouble ? std::optional(SteamFailure{*trouble, words}) : std::nullopt;
        const auto next = plan.after(failure, trouble ? Builds() : Builds(words));
        EXPECT_EQ(static_cast<int>(next.act), static_cast<int>(step.act));
        EXPECT_EQ(next, step);
    }
}

const FetchStep finish = {FetchAct::finish, of_linux};
const FetchStep anew = {FetchAct::make_anew, of_linux};
const FetchStep log_in = {FetchAct::log_in_anew, of_linux};
const FetchStep windows = again(0, of_windows);

INSTANTIATE_TEST_SUITE_P(
    Fetch, FetchPlans,
    testing::Values(
        PlanCase{"done", false, {succeeds("1", finish)}},
        PlanCase{"done_without_an_account", true, {succeeds("1", finish)}},
        PlanCase{"passes",
                 false,
                 {fails(SteamTrouble::transient, again(2)), fails(SteamTrouble::transient, again(6)),
                  succeeds("1", finish)}},
        PlanCase{"never_passes",
                 false,
                 {fails(SteamTrouble::transient, again(2)), fails(SteamTrouble::transient, again(6)),
                  fails(SteamTrouble::transient, again(20)), fails(SteamTrouble::transient, again(60)),
                  fails(SteamTrouble::transient, gives_up())}},
        PlanCase{
            "two_passes",
            true,
            {fails(SteamTrouble::withheld, windows), succeeds("1", again(0)), succeeds("1", finish)}},
        PlanCase{"an_account_has_one_way", false, {fails(SteamTrouble::withheld, gives_up())}},
        PlanCase{"windows_files_are_withheld_too",
                 true,
                 {fails(SteamTrouble::withheld, windows),
                  fails(SteamTrouble::withheld, gives_up(of_windows))}},
        PlanCase{"the_second_pass_is_withheld",
                 true,
                 {fails(SteamTrouble::withheld, windows), succeeds("1", again(0)),
                  fails(SteamTrouble::withheld, gives_up())}},
        PlanCase{"a_pass_is_tried_again",
                 true,
                 {fails(SteamTrouble::withheld, windows),
                  fails(SteamTrouble::transient, again(2, of_windows)), succeeds("1", again(0)),
                  fails(SteamTrouble::transient, again(6)), succeeds("1", finish)}},
        PlanCase{"a_build_between_the_passes",
                 true,
                 {fails(SteamTrouble::withheld, windows), succeeds("1", again(0)),
                  succeeds("2", windows), succeeds("2", again(0)), succeeds("2", finish)}},
        PlanCase{"builds_that_never_agree",
                 true,
                 {fails(SteamTrouble::withheld, windows), succeeds("1", again(0)),
                  succeeds("2", windows), succeeds("3", again(0)),
                  succeeds("4", {FetchAct::mixed, of_linux})}},
        PlanCase{"a_stuck_tree_is_made_anew",
                 false,
                 {fails(SteamTrouble::stuck, again(2)), fails(SteamTrouble::stuck, anew),
                  succeeds("1", finish)}},
        PlanCase{"once",
                 false,
                 {fails(SteamTrouble::stuck, again(2)), fails(SteamTrouble::stuck, anew),
                  fails(SteamTrouble::stuck, again(6)), fails(SteamTrouble::stuck, gives_up())}},
        PlanCase{"not_where_it_fails_in_another_way",
                 false,
                 {fails(SteamTrouble::stuck, again(2)),
                  fails(SteamTrouble::stuck, again(6), "other words"),
                  fails(SteamTrouble::transient, again(20)), fails(SteamTrouble::stuck, again(60)),
                  fails(SteamTrouble::stuck, anew)}},
        PlanCase{"never_for_the_network",
                 false,
                 {fails(SteamTrouble::transient, again(2)), fails(SteamTrouble::stuck, again(6)),
                  fails(SteamTrouble::transient, again(20))}},
        PlanCase{"both_passes_are_made_anew",
                 true,
                 {fails(SteamTrouble::withheld, windows), succeeds("1", again(0)),
                  fails(SteamTrouble::stuck, again(2)),
                  fails(SteamTrouble::stuck, {FetchAct::make_anew, of_windows}), succeeds("1", again(0)),
                  succeeds("1", finish)}},
        PlanCase{
            "a_login_is_made_anew_once",
            false,
            {fails(SteamTrouble::login_lapsed, log_in), fails(SteamTrouble::login_lapsed, gives_up())}},
        PlanCase{"no_license", false, {fails(SteamTrouble::no_license, gives_up())}},
        PlanCase{"password", false, {fails(SteamTrouble::wrong_password, gives_up())}},
        PlanCase{"code", false, {fails(SteamTrouble::wrong_code, gives_up())}},
        PlanCase{"rate_limit", false, {fails(SteamTrouble::rate_limit, gives_up())}},
        PlanCase{"room", false, {fails(SteamTrouble::no_room, gives_up())}},
        PlanCase{"disk", false, {fails(SteamTrouble::not_written, gives_up())}},
        PlanCase{"permissions", false, {fails(SteamTrouble::not_accessible, gives_up())}},
        PlanCase{"unknown", false, {fails(SteamTrouble::unknown, gives_up())}}),
    NameOfCase());

} // namespace
} // namespace left4me
