#pragma once

#include "system/error.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// What l4d2ctl doctor looks at: what a package cannot enforce on a host; and, with --play, what
/// only a game shows.
enum class Check {
    kernel,
    systemd,
    ptrace,
    apparmor,
    bpf,
    packet_rules,
    units,
    sandbox,
    servers,
    jobs,
    programs,
    sudo,
    settings,
    loader,
    game,
    sdk32,
    layers,
    modes,
    rcon,
    room,
    quota,
    leftovers,
    answer, ///< the first one of --play
    steam,
    secure,
    console,
    cvarlist,
    map_change,
    plugins,
    rest,
    stop,
    killed,
    calls,
    files,
};

enum class Verdict {
    ok,
    note, ///< nothing is wrong, and the operator should know of it
    warning,
    problem,
    not_checked,
};

std::string_view verdict_word(Verdict verdict); ///< "ok", "not checked"

struct Finding {
    Check check;
    Verdict verdict;
    std::string what;        ///< what was found, or why it could not be looked at; one line
    std::string action = {}; ///< what to do; empty where there is nothing to do
    bool operator==(const Finding&) const = default;
};

/// In the order of the checks; each check that was made has one at least.
using Findings = std::vector<Finding>;

/// A fact that could not be had.
Finding not_checked(Check check, const Error& error);

/// "1 problem", "2 problems"
std::string counted(std::size_t number, std::string_view noun);

/// Says what is the same of many once.
void add_once(Findings& findings, Finding finding);

/// Findings about servers: what is the same of several is one, which names them.
class ServerFindings {
public:
    explicit ServerFindings(Check check) : check_(check) {}

    /// action: in it '@' stands for the names of all, '#' for that of one.
    void add(const std::string& server, Verdict verdict, std::string what, std::string action);

    /// In the order in which they were added, the servers in their natural one.
    [[nodiscard]] Findings all() const;

private:
    struct Group {
        Finding of_one;
        std::vector<std::string> servers;
    };
    Check check_;
    std::vector<Group> groups_;
};

/// What a check says that found nothing else.
Findings or_ok(Findings findings, Check check, std::string what);

inline void append(Findings& findings, Findings more)
{
    std::ranges::move(more, std::back_inserter(findings));
}

/// A judgement of facts that may not be there.
template <class Facts, class Judge>
Findings judged(Check check, const Result<Facts>& facts, Judge judge)
{
    return facts ? judge(*facts) : Findings{not_checked(check, facts.error())};
}

/// One finding a line, aligned, and a line that counts them.
std::string format_findings(const Findings& findings);

/// An array of objects: id, verdict, what, action (null: none).
std::string format_findings_json(const Findings& findings);

/// What format_findings_json() wrote; bad_data for anything else.
Result<Findings> parse_findings_json(std::string_view json);

[[nodiscard]] bool has_problem(const Findings& findings);

} // namespace left4me
