#include "model/helper_grammar.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <memory>
#include <ranges>
#include <regex.h>

namespace left4me {
namespace {

constexpr std::string_view units = "left4me-systemctl";
constexpr std::string_view journal = "left4me-journalctl";
constexpr std::string_view scripts = "left4me-script-sandbox";

constexpr HelperRow a_server = {units, "^(enable|disable|restart|purge|show) [a-z0-9][a-z0-9_-]{0,63}$"};
constexpr HelperRow log_of_a_server = {
    journal, "^[a-z0-9][a-z0-9_-]{0,63} --lines [0-9]{1,7} --(no-)?follow( --cursors)?( --since "
             "[0-9]{1,10}| --after "
             "s=[0-9a-f]{32};i=[0-9a-f]{1,16};b=[0-9a-f]{32};m=[0-9a-f]{1,16};t=[0-9a-f]{1,16};"
             "x=[0-9a-f]{1,16})?$"};
constexpr HelperRow a_script = {
    scripts, "^(--multiarch )?[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)* [a-z0-9]{1,32}$"};

/// regcomp and not std::regex: it is the grammar of sudo, and its depth does not grow with the
/// words.
bool matches(std::string_view expression, const std::string& line)
{
    regex_t compiled = {};
    if (regcomp(&compiled, std::string(expression).c_str(), REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    const std::unique_ptr<regex_t, decltype(&regfree)> owned(&compiled, &regfree);
    return regexec(&compiled, line.c_str(), 0, nullptr, 0) == 0;
}

bool is_visible(char c)
{
    return c > ' ' && c <= '~';
}

bool is_word(std::string_view word)
{
    return !word.empty() && std::ranges::all_of(word, is_visible);
}

std::unexpected<Error> no_call(std::string_view why)
{
    return fail(ExitStatus::bad_data, formatted("that is no call of a helper: {}", why));
}

} // namespace

std::string HelperCall::line() const
{
    return join(words, " ");
}

std::vector<HelperRow> helper_rows(Asker asker)
{
    switch (asker) {
    case Asker::sudo:
        return {a_server, {units, "^(publish-installation|fetch|inspect)$"}, log_of_a_server, a_script};
    case Asker::web:
        return {a_server,
                {units, "^(publish-installation|inspect)$"},
                {units, "^job-(start|stop|forget) (servers|layers|workshop|steam) [0-9]{1,10}$"},
                log_of_a_server};
    case Asker::watch:
        return {{units, "^(restart-empty|restart-hung) [a-z0-9][a-z0-9_-]{0,63}$"},
                {units, "^event (crashed|hung|given-up|disk-low) [a-z0-9][a-z0-9_-]{0,63}$"}};
    case Asker::layers_refresh:
        return {a_script};
    }
    return {};
}

bool may_call(const std::vector<HelperRow>& rows, const HelperCall& call)
{
    // A word of two would be two of the line.
    if (!std::ranges::all_of(call.words, is_word))
        return false;
    const auto line = call.line();
    return std::ranges::any_of(rows, [&](const HelperRow& row) {
        return row.helper == call.helper && matches(row.words, line);
    });
}

bool follows_a_log(const HelperCall& call)
{
    return call.helper == journal && std::ranges::contains(call.words, "--follow");
}

Result<std::string> format_helper_message(const HelperCall& call)
{
    std::string message = call.helper + '\0';
    for (const auto& word : call.words)
        message += word + '\0';
    if (message.size() > max_helper_message_size)
        return no_call(formatted("it has more than {} bytes", max_helper_message_size));
    return message;
}

Result<HelperCall> parse_helper_message(std::string_view message)
{
    if (message.size() > max_helper_message_size)
        return no_call(formatted("it has more than {} bytes", max_helper_message_size));
    if (message.empty() || message.back() != '\0')
        return no_call("its last word has no end");
    message.remove_suffix(1);
    std::vector<std::string> words;
    for (const auto part : std::views::split(message, '\0')) {
        words.emplace_back(std::string_view(part));
        if (!is_word(words.back()))
            return no_call(formatted("{} is no word", quote(words.back())));
    }
    if (words.empty())
        return no_call("it is empty");
    HelperCall call = {words.front(), {}};
    call.words.assign(words.begin() + 1, words.end());
    return call;
}

} // namespace left4me
