#pragma once

#include "console/terminal_report.hpp"
#include "console/verb.hpp"
#include "system/error.hpp"

#include <string>
#include <vector>

namespace left4me {

// Verbs that take several names: all of them are read before anything is done.

template <class Name>
Result<std::vector<Name>> names_of(const Arguments& arguments, const std::string& word)
{
    std::vector<Name> names;
    for (const auto& text : arguments.texts(word)) {
        auto name = Name::parse(text);
        if (!name)
            return std::unexpected(name.error());
        names.push_back(std::move(*name));
    }
    return names;
}

/// What goes wrong with one does not keep the others from it, and the last error is the one to
/// end with.
template <class Name, class Done>
Result<int> act_on_each(const std::vector<Name>& names, Done act)
{
    Result<int> result = 0;
    for (const auto& name : names) {
        if (!result && !result.error().message.empty())
            complain("l4d2ctl", result.error().message);
        const Result<int> one = act(name);
        if (!one)
            result = one;
        if (!one && one.error().status == ExitStatus::cancelled)
            break;
    }
    return result;
}

} // namespace left4me
