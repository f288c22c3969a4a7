#include "game/cvar_list.hpp"

#include "system/plain_text.hpp"

#include <algorithm>
#include <iterator>

namespace left4me {
namespace {

/// Letters, digits, and what names have besides: "+attack", "sm_admin", "mp_gamemode.x".
bool is_name(std::string_view word)
{
    return !word.empty() && word.size() <= CvarList::max_name_size &&
           std::ranges::all_of(word, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      std::string_view("_+-.").contains(c);
           });
}

/// The name that a line of the list begins with; empty where it is no such line.
std::string_view name_in(std::string_view line)
{
    const auto end = line.find(' ');
    if (end == std::string_view::npos)
        return {};
    const auto behind = line.find_first_not_of(' ', end);
    const auto name = line.substr(0, end);
    return behind != std::string_view::npos && line.substr(behind).starts_with(": ") && is_name(name)
               ? name
               : std::string_view();
}

} // namespace

CvarList::CvarList(std::string_view answer)
{
    while (!answer.empty() && names_.size() < max_names) {
        const auto end = std::min(answer.find('\n'), answer.size());
        if (const auto name = name_in(answer.substr(0, end)); !name.empty())
            names_.emplace_back(name);
        answer.remove_prefix(std::min(end + 1, answer.size()));
    }
    std::ranges::sort(names_);
    const auto twice = std::ranges::unique(names_);
    names_.erase(twice.begin(), twice.end());
}

std::optional<std::size_t> CvarList::total_in(std::string_view answer)
{
    const auto end = answer.rfind(" total convars/concommands");
    if (end == std::string_view::npos)
        return std::nullopt;
    const auto line = answer.substr(0, end);
    const auto begin = line.find_last_of(" \n");
    return parse_number<std::size_t>(line.substr(begin == std::string_view::npos ? 0 : begin + 1));
}

std::vector<std::string> CvarList::beginning_with(std::string_view beginning) const
{
    std::vector<std::string> found;
    if (!beginning.empty())
        std::ranges::copy_if(names_, std::back_inserter(found), [&](const std::string& name) {
            return equal_ignoring_case(std::string_view(name).substr(0, beginning.size()), beginning);
        });
    return found;
}

} // namespace left4me
