#include "model/job_request.hpp"

#include "model/build_run.hpp"
#include "model/instance_name.hpp"
#include "model/instance_spec.hpp"
#include "model/layer_ref.hpp"
#include "model/steam_account.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>

namespace left4me {

/// What the words behind a verb name: of layers one, some, or all by none.
enum class JobSubject { none, server, servers, layer, layers, one_or_all, some_or_all, version, items };

/// Which helpers a verb calls.
enum class JobCalls { none, start, stop, restart, removal, build, rebuild, steam };

struct JobVerb {
    JobKind kind;
    std::vector<std::string_view> words;
    JobSubject subject;
    std::vector<std::string_view> flags;
    bool has_account; ///< --user ACCOUNT
    std::size_t max_text; ///< in bytes, of the file that it reads; 0: it reads none
    JobCalls calls;
};

namespace {

constexpr std::string_view account_option = "--user";
constexpr std::size_t max_words = 4096;

const std::vector<JobVerb>& job_verbs()
{
    using enum JobKind;
    static const std::vector<JobVerb> verbs = {
        {servers, {"initialize"}, JobSubject::server, {}, false, max_instance_spec_size, JobCalls::none},
        {servers, {"start"}, JobSubject::servers, {"--no-wait"}, false, 0, JobCalls::start},
        {servers, {"stop"}, JobSubject::servers, {}, false, 0, JobCalls::stop},
        {servers,
         {"restart"},
         JobSubject::servers,
         {"--no-wait", "--when-empty", "--cancel"},
         false,
         0,
         JobCalls::restart},
        {servers, {"reset"}, JobSubject::servers, {}, false, 0, JobCalls::removal},
        {servers, {"delete"}, JobSubject::servers, {}, false, 0, JobCalls::removal},
        {layers, {"overlay", "create"}, JobSubject::layer, {}, false, 0, JobCalls::none},
        {layers,
         {"overlay", "build"},
         JobSubject::layer,
         {"--multiarch", "--daily"},
         false,
         max_script_size,
         JobCalls::build},
        {layers, {"overlay", "refresh"}, JobSubject::some_or_all, {}, false, 0, JobCalls::rebuild},
        {layers, {"overlay", "forget"}, JobSubject::layer, {}, false, 0, JobCalls::none},
        {layers, {"overlay", "delete"}, JobSubject::layers, {}, false, 0, JobCalls::none},
        {layers, {"overlay", "rollback"}, JobSubject::version, {}, false, 0, JobCalls::none},
        {workshop, {"workshop", "add"}, JobSubject::items, {}, false, 0, JobCalls::none},
        {workshop, {"workshop", "remove"}, JobSubject::items, {}, false, 0, JobCalls::none},
        {workshop, {"workshop", "refresh"}, JobSubject::one_or_all, {}, false, 0, JobCalls::none},
        // No --new-login, which is for who can type a password.
        {steam, {"install"}, JobSubject::none, {"--validate", "--fresh"}, true, 0, JobCalls::steam},
        {steam, {"update"}, JobSubject::none, {"--validate", "--fresh"}, true, 0, JobCalls::steam},
    };
    return verbs;
}

// --- what words name ---------------------------------------------------------------

template <class Type>
bool is_a(const std::string& word)
{
    return Type::parse(word).has_value();
}

/// A positive number as l4d2ctl takes it: of a version, or of an item of the workshop.
bool is_number(const std::string& word)
{
    return parse_number<std::uint64_t>(word).value_or(0) > 0 && word.front() != '0' &&
           std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

bool are_subjects(JobSubject kind, std::span<const std::string> words)
{
    const auto one = [&](auto test) { return words.size() == 1 && test(words[0]); };
    const auto none_or = [&](bool holds) { return words.empty() || holds; };
    const auto all = [](std::span<const std::string> some, auto test) {
        return std::ranges::all_of(some, test);
    };
    switch (kind) {
    case JobSubject::none:
        return words.empty();
    case JobSubject::server:
        return one(is_a<InstanceName>);
    case JobSubject::servers:
        return !words.empty() && all(words, is_a<InstanceName>);
    case JobSubject::layer:
        return one(is_a<LayerRef>);
    case JobSubject::layers:
        return !words.empty() && all(words, is_a<LayerRef>);
    case JobSubject::one_or_all:
        return none_or(one(is_a<LayerRef>));
    case JobSubject::some_or_all:
        return all(words, is_a<LayerRef>);
    case JobSubject::version:
        return !words.empty() && words.size() <= 2 && is_a<LayerRef>(words[0]) &&
               all(words.subspan(1), is_number);
    case JobSubject::items:
        return words.size() >= 2 && is_a<LayerRef>(words[0]) && all(words.subspan(1), is_number);
    }
    return false;
}

std::string_view told(JobSubject kind)
{
    switch (kind) {
    case JobSubject::none:
        return "nothing more";
    case JobSubject::server:
        return "the name of a server";
    case JobSubject::servers:
        return "names of servers";
    case JobSubject::layer:
        return "a layer";
    case JobSubject::layers:
        return "layers";
    case JobSubject::one_or_all:
        return "a layer, or nothing";
    case JobSubject::some_or_all:
        return "layers, or nothing";
    case JobSubject::version:
        return "a layer, and perhaps a version's number";
    case JobSubject::items:
        return "a layer, and numbers of items";
    }
    return "";
}

// --- the text of a request -----------------------------------------------------------

struct RequestParts {
    std::vector<std::string_view> words;
    std::optional<std::string_view> text; ///< behind an empty line
};

Result<RequestParts> split_request(std::string_view request)
{
    RequestParts parts;
    while (!request.empty()) {
        const auto end = request.find('\n');
        if (end == std::string_view::npos)
            return fail(ExitStatus::bad_data,
                        formatted("the request's word {} has no newline behind it", quote(request)));
        const auto word = request.substr(0, end);
        request.remove_prefix(end + 1);
        if (word.empty()) {
            parts.text = request;
            break;
        }
        if (parts.words.size() == max_words)
            return fail(ExitStatus::bad_data,
                        formatted("the request has more than {} words", max_words));
        parts.words.push_back(word);
    }
    return parts;
}

Result<const JobVerb*> find_verb(JobKind kind, const std::vector<std::string_view>& words)
{
    const auto verb = std::ranges::find_if(job_verbs(), [&](const JobVerb& one) {
        return one.kind == kind && words.size() >= one.words.size() &&
               std::ranges::equal(one.words, std::span(words).first(one.words.size()));
    });
    if (verb != job_verbs().end())
        return &*verb;
    const auto first = std::span(words).first(std::min<std::size_t>(words.size(), 2));
    std::vector<std::string> known;
    for (const auto& one : job_verbs())
        if (one.kind == kind)
            known.push_back(join(one.words, " "));
    return fail(ExitStatus::bad_data,
                formatted("{} is no verb for a job of the kind {}, which does: {}",
                          quote(join(first, " ")), word_for(kind), join(known, ", ")));
}

// --- what root may be asked for --------------------------------------------------------

constexpr std::string_view units_helper = "left4me-systemctl";
constexpr std::string_view journal_helper = "left4me-journalctl";
constexpr std::string_view script_helper = "left4me-script-sandbox";

bool is_unit_call(const JobRequest& request, std::string_view helper, std::string_view words,
                  std::span<const std::string_view> verbs)
{
    return helper == units_helper && std::ranges::any_of(request.subjects(), [&](const auto& name) {
               return std::ranges::any_of(verbs, [&](std::string_view verb) {
                   return words == formatted("{} {}", verb, name);
               });
           });
}

/// The last lines of a game that ended at once.
bool is_journal_call(const JobRequest& request, std::string_view helper, std::string_view words)
{
    return helper == journal_helper && std::ranges::any_of(request.subjects(), [&](const auto& name) {
               return words == formatted("{} --lines 10 --no-follow", name);
           });
}

/// A restart that left4me-watch is to make, or not to make any more.
bool is_the_watchs(const JobRequest& request)
{
    return request.has_option("--when-empty") || request.has_option("--cancel");
}

constexpr std::string_view multiarch_words = "--multiarch ";

/// Which layer's work copy a script is to change; none for what is no such call.
std::optional<std::string> layer_of_script(std::string_view helper, std::string_view words)
{
    if (helper != script_helper || words.ends_with('\n'))
        return std::nullopt;
    if (words.starts_with(multiarch_words))
        words.remove_prefix(multiarch_words.size());
    const auto copy = parse_work_copy(words);
    return copy ? std::optional(copy->layer.str()) : std::nullopt;
}

bool is_build_call(const JobRequest& request, std::string_view helper, std::string_view words)
{
    return layer_of_script(helper, words) == request.subjects().front() &&
           words.starts_with(multiarch_words) == request.has_option("--multiarch");
}

/// Of daily layers each has its own script, for either kind of processor.
bool is_rebuild_call(const JobRequest& request, std::string_view helper, std::string_view words)
{
    const auto layer = layer_of_script(helper, words);
    return layer && (request.subjects().empty() || std::ranges::contains(request.subjects(), *layer));
}

} // namespace

Result<JobRequest> JobRequest::parse(JobKind kind, std::string_view text)
{
    const auto parts = split_request(text);
    if (!parts)
        return std::unexpected(parts.error());
    const auto verb = find_verb(kind, parts->words);
    if (!verb)
        return std::unexpected(verb.error());
    JobRequest request(**verb);
    if (auto taken = request.take_words(parts->words); !taken)
        return std::unexpected(taken.error());
    const auto limit = (*verb)->max_text;
    const auto name = join((*verb)->words, " ");
    if (limit == 0 && parts->text)
        return fail(ExitStatus::bad_data, formatted("{} reads no file, and the request has one", name));
    if (limit > 0 && parts->text.value_or("").empty())
        return fail(ExitStatus::bad_data, formatted("{} reads a file, and the request has none", name));
    if (parts->text.value_or("").size() > limit)
        return fail(ExitStatus::bad_data,
                    formatted("the file of the request has {} bytes; {} are allowed",
                              parts->text->size(), limit));
    request.text_ = parts->text.value_or("");
    return request;
}

Result<void> JobRequest::take_words(const std::vector<std::string_view>& words)
{
    const auto name = join(verb_->words, " ");
    words_.assign(words.begin() + std::ssize(verb_->words), words.end());
    std::vector<std::string_view> given;
    for (auto word = words_.begin(); word != words_.end(); ++word) {
        if (!word->starts_with('-')) {
            subjects_.push_back(*word);
            continue;
        }
        const bool is_account = verb_->has_account && *word == account_option;
        if (!is_account && !std::ranges::contains(verb_->flags, *word))
            return fail(ExitStatus::bad_data,
                        formatted("a job may not give {} the option {}", name, quote(*word)));
        if (std::ranges::contains(given, *word))
            return fail(ExitStatus::bad_data, formatted("the request has {} twice", *word));
        given.emplace_back(*word);
        if (is_account && (++word == words_.end() || !is_a<SteamAccount>(*word)))
            return fail(ExitStatus::bad_data,
                        formatted("{} needs the name of an account of Steam's", account_option));
    }
    if (!are_subjects(verb_->subject, subjects_))
        return fail(ExitStatus::bad_data, formatted("{} takes {}, not {}", name, told(verb_->subject),
                                                    quote(join(subjects_, " "))));
    return {};
}

std::string JobRequest::format() const
{
    std::string request;
    for (const auto& word : verb_->words)
        request += formatted("{}\n", word);
    for (const auto& word : words_)
        request += formatted("{}\n", word);
    return verb_->max_text == 0 ? request : formatted("{}\n{}", request, text_);
}

std::vector<std::string> JobRequest::command() const
{
    std::vector<std::string> words(verb_->words.begin(), verb_->words.end());
    std::ranges::copy(words_, std::back_inserter(words));
    if (verb_->max_text > 0)
        words.insert(words.end(), {"--file", "-"});
    return words;
}

bool JobRequest::has_option(std::string_view option) const
{
    return std::ranges::contains(words_, option);
}

bool job_may_call(const JobRequest& request, std::string_view helper, std::string_view words)
{
    constexpr std::array<std::string_view, 2> of_start = {"enable", "disable"};
    constexpr std::array<std::string_view, 1> of_stop = {"disable"};
    constexpr std::array<std::string_view, 1> of_restart = {"restart"};
    constexpr std::array<std::string_view, 2> of_removal = {"disable", "purge"};
    switch (request.verb().calls) {
    case JobCalls::none:
        return false;
    case JobCalls::start:
        return is_unit_call(request, helper, words, of_start) || is_journal_call(request, helper, words);
    case JobCalls::stop:
        return is_unit_call(request, helper, words, of_stop);
    case JobCalls::restart:
        return !is_the_watchs(request) && (is_unit_call(request, helper, words, of_restart) ||
                                           is_journal_call(request, helper, words));
    case JobCalls::removal:
        return is_unit_call(request, helper, words, of_removal);
    case JobCalls::build:
        return is_build_call(request, helper, words);
    case JobCalls::rebuild:
        return is_rebuild_call(request, helper, words);
    case JobCalls::steam:
        return helper == units_helper && (words == "fetch" || words == "publish-installation");
    }
    return false;
}

} // namespace left4me
