#include "console/verb.hpp"

#include "system/plain_text.hpp"

#include <utility>

namespace left4me {

const Arguments::Given* Arguments::find(std::string_view name) const
{
    const auto found = by_name_.find(name);
    return found == by_name_.end() || found->second.values.empty() ? nullptr : &found->second;
}

bool Arguments::has(std::string_view name) const
{
    const auto* found = find(name);
    return found != nullptr && found->given;
}

std::string Arguments::text(std::string_view name) const
{
    const auto* found = find(name);
    return found == nullptr ? "" : found->values.front();
}

std::vector<std::string> Arguments::texts(std::string_view name) const
{
    const auto* found = find(name);
    return found == nullptr ? std::vector<std::string>() : found->values;
}

std::uint64_t Arguments::number(std::string_view name) const
{
    return parse_number<std::uint64_t>(text(name)).value_or(0);
}

bool Arguments::flag(std::string_view name) const
{
    return text(name) == "true";
}

void Arguments::give(const std::string& name, std::vector<std::string> values)
{
    by_name_[name] = {std::move(values), true};
}

void Arguments::set_initial(const std::string& name, std::string value)
{
    by_name_[name] = {{std::move(value)}, false};
}

std::string full_name(const Program& program, const Verb& verb)
{
    return verb.words.empty() ? program.name : program.name + ' ' + verb.words;
}

std::string_view group_of(const Verb& verb)
{
    const auto blank = verb.words.find(' ');
    return blank == std::string::npos ? std::string_view()
                                      : std::string_view(verb.words).substr(0, blank);
}

} // namespace left4me
