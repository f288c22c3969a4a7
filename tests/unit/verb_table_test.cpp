// The tables of verbs, and what is made from them.
#include "console/command_line.hpp"
#include "console/completion.hpp"
#include "console/manual.hpp"
#include "host/helper_call.hpp"
#include "programs/programs.hpp"
#include "text_case.hpp"

#include <algorithm>
#include <filesystem>
#include <format>
#include <fstream>
#include <iterator>
#include <ranges>
#include <set>

namespace left4me {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;
using Words = std::vector<std::string>;
namespace fs = std::filesystem;

Words split(std::string_view text, char at = ' ')
{
    Words words;
    for (const auto word : std::views::split(text, at))
        if (!word.empty())
            words.emplace_back(std::string_view(word));
    return words;
}

bool begins_with(const Words& words, const Words& first)
{
    return words.size() >= first.size() &&
           std::ranges::equal(first, words | std::views::take(first.size()));
}

Result<Act> parse(const Program& program, const Words& words)
{
    std::vector<const char*> argv = {"program"};
    for (const auto& word : words)
        argv.push_back(word.c_str());
    const int argc = static_cast<int>(argv.size());
    argv.push_back(nullptr);
    return parse_act(program, argc, argv.data());
}

std::string text_of(const fs::path& file)
{
    std::ifstream stream(fs::path(SOURCE_ROOT) / file);
    EXPECT_TRUE(stream) << file;
    return {std::istreambuf_iterator<char>(stream), {}};
}

struct VerbOf {
    const Program* program;
    const Verb* verb;
};
void PrintTo(const VerbOf& row, std::ostream* out)
{
    *out << full_name(*row.program, *row.verb);
}

std::vector<VerbOf> all_verbs()
{
    std::vector<VerbOf> all;
    for (const auto* program :
         {&l4d2ctl, &left4me_broker, &left4me_hung, &left4me_inspect, &left4me_job, &left4me_journalctl,
          &left4me_launch, &left4me_network_rules, &left4me_overlay, &left4me_run_script,
          &left4me_run_steamcmd, &left4me_script_sandbox, &left4me_share, &left4me_systemctl,
          &left4me_unpack, &left4me_watch, &left4me_web, &left4me_workcopy, &left4me_workshop})
        for (const auto& verb : program->verbs)
            all.push_back({program, &verb});
    return all;
}

class EachVerb : public testing::TestWithParam<VerbOf> {
protected:
    const Program& program = *GetParam().program;
    const Verb& verb = *GetParam().verb;
};

TEST_P(EachVerb, HasWordsThatNoOtherHas)
{
    EXPECT_EQ(std::ranges::count(program.verbs, verb.words, &Verb::words), 1);
    EXPECT_NE(verb.function, nullptr);
    EXPECT_EQ(verb.words.empty(), verb.help.empty()) << "the program's help says it";
    const auto group = group_of(verb);
    EXPECT_TRUE(group.empty() || std::ranges::contains(program.groups, group, &VerbGroup::word));
}

TEST_P(EachVerb, HasParametersThatCanBeTold)
{
    std::set<std::string> names;
    bool many = false;
    for (const auto& parameter : verb.parameters) {
        EXPECT_TRUE(names.insert(parameter.name).second) << parameter.name;
        EXPECT_THAT(parameter.help, Not(IsEmpty())) << parameter.name;
        EXPECT_EQ(parameter.is_option(), parameter.name.starts_with("--")) << parameter.name;
        if (parameter.is_option()) {
            EXPECT_EQ(parameter.value == Value::none, parameter.called.empty()) << parameter.name;
        } else {
            EXPECT_NE(parameter.value, Value::none) << parameter.name;
            EXPECT_FALSE(many) << "a word behind those that are many";
            many = parameter.many;
        }
        EXPECT_EQ(parameter.value == Value::choice, !parameter.choices.empty()) << parameter.name;
    }
}

TEST_P(EachVerb, HasAnExampleThatIsAccepted)
{
    auto words = split(verb.example);
    ASSERT_THAT(words, Not(IsEmpty()));
    const auto of_program = split(program.name);
    if (words.front() == "sudo")
        words.erase(words.begin());
    ASSERT_TRUE(begins_with(words, of_program)) << verb.example;
    words.erase(words.begin(), words.begin() + std::ssize(of_program));
    EXPECT_TRUE(begins_with(words, split(verb.words))) << verb.example;
    EXPECT_THAT(parse(program, words), Succeeds());
}

TEST_P(EachVerb, TellsItsOwnHelp)
{
    for (const auto* option : {"-h", "--help"}) {
        auto words = split(verb.words);
        words.emplace_back(option);
        const auto told = parse(program, words);
        ASSERT_FALSE(told);
        EXPECT_EQ(told.error().status, ExitStatus::ok);
        EXPECT_THAT(told.error().message, HasSubstr(verb.help));
        for (const auto& parameter : verb.parameters)
            EXPECT_THAT(told.error().message, HasSubstr(parameter.name));
        if (!verb.words.empty()) {
            EXPECT_THAT(told.error().message, HasSubstr(verb.example));
        }
    }
}

TEST_P(EachVerb, NamesItsOwnHelpWhenTheCommandLineIsWrong)
{
    auto words = split(verb.words);
    words.emplace_back("--no-such-option");
    EXPECT_THAT(parse(program, words),
                FailsWith(ExitStatus::usage, std::format("(see {} --help)", full_name(program, verb))));
}

INSTANTIATE_TEST_SUITE_P(Table, EachVerb, testing::ValuesIn(all_verbs()), [](const auto& row) {
    auto name = full_name(*row.param.program, *row.param.verb);
    if (row.param.program == &left4me_workshop)
        name = "left4me " + name; // l4d2ctl has the same
    std::ranges::replace_if(name, [](char c) { return c == ' ' || c == '-'; }, '_');
    return name;
});

TEST(Table, HasTheVerbsOfTheWorkshopTwiceAlike)
{
    for (const auto& verb : left4me_workshop.verbs) {
        const auto same = std::ranges::find(l4d2ctl.verbs, "workshop " + verb.words, &Verb::words);
        ASSERT_NE(same, l4d2ctl.verbs.end()) << verb.words;
        EXPECT_EQ(same->help, verb.help);
        EXPECT_EQ(manual_usage(*same), std::format("*workshop* {}", manual_usage(verb)));
    }
}

// --- the manual --------------------------------------------------------------

std::vector<const Program*> documented()
{
    return {&l4d2ctl,         &left4me_broker,         &left4me_journalctl, &left4me_launch,
            &left4me_overlay, &left4me_script_sandbox, &left4me_systemctl};
}

TEST(Manual, HasTheUsageOfEachVerb)
{
    for (const auto* program : documented()) {
        const auto* section = program == &l4d2ctl ? "1" : "8";
        const auto page = text_of(std::format("man/{}.{}.scd", program->name, section));
        const auto filled = fill_manual(*program, program->name, page);
        ASSERT_THAT(filled, Succeeds());
        for (const auto& verb : program->verbs)
            EXPECT_THAT(*filled, HasSubstr(manual_usage(verb, std::format("*{}*", program->name))));
        EXPECT_THAT(*filled, Not(HasSubstr("{{")));
    }
}

TEST(Manual, IsRefusedWithoutAVerb)
{
    auto page = text_of("man/l4d2ctl.1.scd");
    const std::string mark = "{{overlay build}}";
    page.erase(page.find(mark), mark.size());
    EXPECT_THAT(fill_manual(l4d2ctl, "l4d2ctl", page),
                FailsWith(ExitStatus::bad_data, "does not have the verb 'overlay build'"));
}

TEST(Manual, IsRefusedWithAVerbThatThereIsNot)
{
    for (const auto* mark : {"{{restart}}", "{{start}} {{start}}", "{{", "{{}}"})
        EXPECT_THAT(fill_manual(left4me_overlay, "", mark),
                    FailsWith(ExitStatus::bad_data, "no verb of"))
            << mark;
}

TEST(Manual, WritesOptionsAsTheyAreGiven)
{
    const auto usage_of = [](const char* words) {
        return manual_usage(*std::ranges::find(l4d2ctl.verbs, words, &Verb::words));
    };
    EXPECT_EQ(usage_of("logs"),
              "*logs* _NAME_ [*-n* _N_] [*--since* _TIME_] [*-f*|*--no-follow*] [*--utc*]");
    EXPECT_EQ(usage_of("overlay build"),
              "*overlay* *build* _REF_ *-f* _SCRIPT_ [*--multiarch*] [*--daily*]");
    EXPECT_EQ(usage_of("overlay refresh"), "*overlay* *refresh* [_REF_...]");
    EXPECT_EQ(usage_of("workshop add"), "*workshop* *add* _REF_ _ITEM_...");
}

// --- completion --------------------------------------------------------------

TEST(Completion, KnowsEachVerbAndOptionInEachShell)
{
    const auto bash = bash_completion(l4d2ctl, text_of("completion/l4d2ctl.bash"));
    const auto zsh = zsh_completion(l4d2ctl, text_of("completion/_l4d2ctl"));
    const auto fish = fish_completion(l4d2ctl, text_of("completion/l4d2ctl.fish"));
    for (const auto& verb : l4d2ctl.verbs) {
        EXPECT_THAT(bash, HasSubstr(std::format("\n_l4d2ctl_verb '{}' ", verb.words)));
        EXPECT_THAT(zsh, HasSubstr(std::format("'{}') specs=(", verb.words)));
        EXPECT_THAT(fish, HasSubstr(std::format(" -a {} -d ", split(verb.words).back())));
        for (const auto& parameter : verb.parameters) {
            if (!parameter.is_option())
                continue;
            EXPECT_THAT(bash, HasSubstr(parameter.name));
            EXPECT_THAT(zsh, HasSubstr(parameter.name + '['));
            EXPECT_THAT(fish, HasSubstr(std::format("-n '__l4d2ctl_at 0 {}'", verb.words)));
            EXPECT_THAT(fish, HasSubstr(" -l " + parameter.name.substr(2)));
        }
    }
    for (const auto& text : {bash, zsh, fish})
        EXPECT_THAT(text, Not(HasSubstr("@VERBS@")));
}

/// bash itself, with what its package bash-completion brings replaced by the least of it,
/// and programs that say which names there are.
class BashCompletion : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = fs::temp_directory_path() / "left4me-completion-XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        place = pattern;
        std::ofstream(place / "completion")
            << bash_completion(l4d2ctl, text_of("completion/l4d2ctl.bash"));
        make_program("l4d2ctl", "test \"$1\" = names && cat \"${0%/*}/$2\"");
        make_program("sudo", "test \"$1\" = -n && shift && PATH=${0%/*}:$PATH exec \"$@\"");
    }
    void TearDown() override { fs::remove_all(place); }

    void make_program(const std::string& name, const std::string& script) const
    {
        std::ofstream(place / name) << "#!/bin/sh\n" << script << '\n';
        fs::permissions(place / name, fs::perms::owner_all);
    }
    void make(const std::string& kind, const std::string& names) const
    {
        std::ofstream(place / kind) << names;
    }

    /// What Tab offers for the last of the words.
    [[nodiscard]] Words offers(const Words& words) const
    {
        const std::string script = R"(
            _init_completion() {
                words=("${given[@]}") cword=$((${#given[@]} - 1))
                cur=${words[cword]} prev=${words[cword - 1]}
            }
            _filedir() { COMPREPLY=("a file ${1-}"); }
            set -u
            PATH=${0%/*}:$PATH _comp_root_command=sudo
            source "$0"
            given=(l4d2ctl "$@") COMPREPLY=()
            _l4d2ctl
            ((${#COMPREPLY[@]})) && printf '%s\n' "${COMPREPLY[@]}"
            exit 0)";
        Words command = {"/bin/bash", "-c", script, (place / "completion").string()};
        command.insert(command.end(), words.begin(), words.end());
        constexpr std::size_t limit = 1 << 16;
        const auto output = output_of(command, limit);
        EXPECT_THAT(output, Succeeds());
        return split(output.value_or(""), '\n');
    }

    fs::path place;
};

TEST_F(BashCompletion, OffersVerbs)
{
    EXPECT_THAT(offers({"st"}), UnorderedElementsAre("start", "stop", "status"));
    EXPECT_THAT(offers({"overlay", "re"}), ElementsAre("refresh"));
    EXPECT_THAT(offers({""}), Contains("overlay"));
    EXPECT_THAT(offers({"--v"}), ElementsAre("--version"));
    EXPECT_THAT(offers({"vanish", ""}), IsEmpty());
}

TEST_F(BashCompletion, OffersTheOptionsOfAVerb)
{
    EXPECT_THAT(offers({"overlay", "build", "-"}),
                UnorderedElementsAre("-f", "--file", "--multiarch", "--daily", "--help"));
    EXPECT_THAT(offers({"logs", "a", "--no"}), ElementsAre("--no-follow"));
    EXPECT_THAT(offers({"start", "-"}),
                UnorderedElementsAre("--help", "--json", "--no-wait", "--timeout"));
}

TEST_F(BashCompletion, OffersServersInTheirOrder)
{
    make("servers", "coop2\ncoop10\nversus\n$(touch x)\n");
    EXPECT_THAT(offers({"start", "co"}), ElementsAre("coop2", "coop10"));
    EXPECT_THAT(offers({"start", ""}), ElementsAre("coop2", "coop10", "versus"));
    EXPECT_THAT(offers({"spec", "coop1", ""}), IsEmpty());
    EXPECT_THAT(offers({"logs", "--lines", "5", "v"}), ElementsAre("versus"));
    EXPECT_THAT(offers({"logs", "-f", "v"}), ElementsAre("versus"));
}

TEST_F(BashCompletion, OffersLayersAtAnyDepth)
{
    make("layers", "by_hand\nstandard\nusers/42/maps\n-hidden\n");
    EXPECT_THAT(offers({"overlay", "show", ""}), ElementsAre("by_hand", "standard", "users/42/maps"));
    EXPECT_THAT(offers({"overlay", "show", "us"}), ElementsAre("users/42/maps"));
    EXPECT_THAT(offers({"overlay", "refresh", "standard", "users/4"}), ElementsAre("users/42/maps"));
    EXPECT_THAT(offers({"workshop", "list", "st"}), ElementsAre("standard"));
    EXPECT_THAT(offers({"names", "l"}), ElementsAre("layers"));
}

TEST_F(BashCompletion, OffersFilesWhereAFileIsMeant)
{
    EXPECT_THAT(offers({"initialize", "a", "-f", ""}), ElementsAre("a file @(yaml|yml)"));
    EXPECT_THAT(offers({"overlay", "import", "maps", ""}), ElementsAre("a file "));
    EXPECT_THAT(offers({"install", "--user", ""}), IsEmpty());
}

} // namespace
} // namespace left4me
