#include "doctor/traced_calls.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <vector>

namespace left4me {
namespace {

constexpr std::array<std::string_view, 4> rights = {"EPERM", "EACCES", "ENOSYS", "EAFNOSUPPORT"};

bool is_call_name(std::string_view name)
{
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    });
}

/// The first text in quotes: a path, wherever a call takes one; empty if there is none, or if it
/// was cut or has bytes that are no letters.
std::string path_in(std::string_view arguments)
{
    const auto begin = arguments.find('"');
    if (begin == std::string_view::npos)
        return {};
    const auto rest = arguments.substr(begin + 1);
    const auto path = rest.substr(0, rest.find('"'));
    return path.contains('\\') ? std::string() : std::string(path);
}

/// "[pid 12] rest" or "[pid    12] rest": the process, and the rest; of the only process there
/// is no such beginning.
std::pair<std::string_view, std::string_view> process_and_rest(std::string_view line)
{
    constexpr std::string_view mark = "[pid";
    const auto end = line.find("] ");
    if (!line.starts_with(mark) || end == std::string_view::npos)
        return {{}, line};
    auto process = line.substr(mark.size(), end - mark.size());
    process.remove_prefix(std::min(process.find_first_not_of(' '), process.size()));
    return {process, line.substr(end + 2)};
}

/// "… = -1 ENOENT (No such file or directory)": the error's name; empty for a success. What stands
/// before may have any text in it, so the last one counts.
std::string_view error_in(std::string_view text)
{
    constexpr std::string_view mark = " = -1 ";
    const auto at = text.rfind(mark);
    if (at == std::string_view::npos)
        return {};
    const auto rest = text.substr(at + mark.size());
    return rest.substr(0, rest.find(' '));
}

template <class Key>
void count_up(std::map<Key, std::size_t>& counts, const Key& key)
{
    if (counts.contains(key) || counts.size() < TracedCalls::max_kinds)
        ++counts[key];
}

} // namespace

void TracedCalls::take_line(std::string_view line)
{
    // It calls itself as it was called: by a path, too.
    constexpr std::string_view own = "strace: ";
    const auto at = line.find(own);
    if (at != std::string_view::npos && line.find_first_of(" (") == at + own.size() - 1) {
        const auto rest = line.substr(at + own.size());
        if (rest.starts_with("Process ") && rest.ends_with(" attached"))
            attached_ = true;
        else if (complaint_.empty() && !rest.starts_with("[ Process ") && !rest.starts_with("Process "))
            complaint_ = rest;
        return;
    }
    const auto [process, rest] = process_and_rest(line);
    take_call(process, rest);
}

void TracedCalls::take_call(std::string_view process, std::string_view text)
{
    constexpr std::string_view resumed = "<... ";
    if (text.starts_with(resumed)) {
        const auto begun = begun_.find(process);
        if (begun == begun_.end())
            return;
        end_call(begun->second, text);
        begun_.erase(begun);
        return;
    }
    const auto open = text.find('(');
    const auto name = text.substr(0, open);
    if (open == std::string_view::npos || !is_call_name(name))
        return; // a signal, an end, or nothing of strace's
    count_up(made_, std::string(name));
    const Begun begun = {std::string(name), path_in(text.substr(open))};
    if (text.ends_with("<unfinished ...>")) {
        if (begun_.size() < max_kinds)
            begun_.insert_or_assign(std::string(process), begun);
        return;
    }
    end_call(begun, text);
}

void TracedCalls::end_call(const Begun& begun, std::string_view text)
{
    const auto error = error_in(text);
    if (std::ranges::contains(rights, error))
        count_up(refused_, std::pair(begun.call, std::string(error)));
    if (begun.path.empty() || missing_.size() + found_.size() >= max_files)
        return;
    if (error == "ENOENT")
        missing_.insert(begun.path);
    else if (error.empty())
        found_.insert(begun.path);
}

std::set<std::string> TracedCalls::missing_files() const
{
    std::set<std::string> files;
    std::ranges::set_difference(missing_, found_, std::inserter(files, files.end()));
    return files;
}

Result<CallFilter> parse_call_filter(std::string_view shown)
{
    CallFilter filter;
    while (!shown.empty()) {
        const auto end = std::min(shown.find_first_of(" \n"), shown.size());
        const auto word = shown.substr(0, end);
        const auto colon = word.find(':');
        if (word.starts_with('~'))
            return fail(ExitStatus::bad_data, "the unit's filter is a list of what is forbidden");
        if (!word.empty())
            filter.emplace(word.substr(0, colon),
                           colon == std::string_view::npos ? "" : word.substr(colon + 1));
        shown.remove_prefix(std::min(end + 1, shown.size()));
    }
    if (filter.empty())
        return fail(ExitStatus::bad_data, "the unit has no filter of system calls");
    return filter;
}

Findings judge_calls(const TracedCalls& calls, const CallFilter& filter)
{
    constexpr auto check = Check::calls;
    const auto one = [](const auto& call) { return formatted("{} ({})", call.first, call.second); };
    std::vector<std::pair<std::string, std::size_t>> killed;
    std::vector<std::pair<std::string, std::size_t>> answered;
    for (const auto& [name, times] : calls.made()) {
        const auto rule = filter.find(name);
        if (rule == filter.end() && name != "ptrace" && !name.starts_with("syscall_"))
            killed.emplace_back(name, times);
        else if (rule != filter.end() && !rule->second.empty())
            answered.emplace_back(name + " " + rule->second, times);
    }
    Findings findings;
    if (!killed.empty())
        findings.push_back({check, Verdict::problem,
                            formatted("the game makes calls that the filter does not allow: {}",
                                      join(killed, ", ", one)),
                            "attach the report to a bug of left4me"});
    if (!answered.empty())
        findings.push_back(
            {check, Verdict::note,
             formatted("of its calls the filter refuses: {}", join(answered, ", ", one))});
    if (!calls.refused().empty())
        findings.push_back({check, Verdict::note,
                            formatted("without the filter it was refused: {}",
                                      join(calls.refused(), ", ", [](const auto& call) {
                                          return formatted("{} {} ({})", call.first.first,
                                                           call.first.second, call.second);
                                      }))});
    return or_ok(std::move(findings), check,
                 formatted("the filter allows all calls that it makes, of {}",
                           counted(calls.made().size(), "kind")));
}

Findings judge_missing_files(std::size_t missing, const std::set<std::string>& hidden)
{
    constexpr std::size_t named = 10;
    constexpr auto check = Check::files;
    if (hidden.empty())
        return {{check, Verdict::ok,
                 formatted("it looked for {} in vain, of which this host has none",
                           counted(missing, "file"))}};
    std::vector<std::string> first;
    for (const auto& file : hidden)
        if (first.size() < named)
            first.push_back(file);
    return {{check, Verdict::warning,
             formatted("it looked in vain for {} that this host has and the sandbox hides: {}{}",
                       counted(hidden.size(), "file"), join(first), hidden.size() > named ? ", …" : ""),
             "if it does without, nothing; else attach the report to a bug of left4me"}};
}

} // namespace left4me
