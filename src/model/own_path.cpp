#include "model/own_path.hpp"

#include "system/format.hpp"
#include "system/path_parts.hpp"

#include <climits>
#include <optional>
#include <ranges>

namespace left4me {
namespace {

std::optional<std::string> broken_own_rule(std::string_view text)
{
    if (text.empty())
        return "it is empty";
    if (text.front() == '/')
        return "it must be relative to the game's directory";
    if (text.size() >= PATH_MAX)
        return formatted("it is longer than {} bytes", PATH_MAX - 1);
    if (text.contains('\0'))
        return "it has a NUL";
    for (const auto range : std::views::split(text, '/')) {
        const std::string_view part(range);
        if (part.empty())
            return "it has an empty part";
        if (part == "." || part == "..")
            return "'.' and '..' are not allowed";
    }
    return std::nullopt;
}

} // namespace

Result<OwnPath> OwnPath::parse(std::string_view text)
{
    if (text.size() > 1 && text.ends_with('/'))
        text.remove_suffix(1);
    if (const auto rule = broken_own_rule(text))
        return fail(ExitStatus::bad_data,
                    formatted("{} is no path of a server's file: {}", quote(text), *rule));
    return OwnPath(text);
}

std::string OwnPath::parent() const
{
    return part_above(text_, ".");
}

std::string OwnPath::name() const
{
    return last_part(text_);
}

bool OwnPath::holds(std::string_view path) const
{
    return path.starts_with(text_) && (path.size() == text_.size() || path[text_.size()] == '/');
}

} // namespace left4me
