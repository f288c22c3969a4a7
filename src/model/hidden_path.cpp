#include "model/hidden_path.hpp"

#include "model/name_grammar.hpp"
#include "system/format.hpp"

#include <algorithm>
#include <optional>
#include <ranges>
#include <tuple>

namespace left4me {
namespace {

constexpr std::size_t max_path_size = 1024;

std::optional<std::string> broken_hidden_part_rule(std::string_view part)
{
    if (part.empty())
        return "it has an empty part";
    if (part == "." || part == "..")
        return "'.' and '..' are not allowed";
    if (part.size() > max_path_part_size)
        return formatted("a part is longer than {} bytes", max_path_part_size);
    return std::nullopt;
}

bool is_generated(std::string_view text)
{
    constexpr std::string_view config = "left4dead2/cfg/";
    if (text == "left4dead2" || text == "left4dead2/cfg")
        return true;
    if (!text.starts_with(config))
        return false;
    const auto name = text.substr(config.size());
    return name == "server.cfg" || (name.starts_with("server_") && name.ends_with(".cfg"));
}

std::optional<std::string> broken_hidden_rule(std::string_view text)
{
    if (text.empty())
        return "it is empty";
    if (text.front() == '/')
        return "it must be relative to the game's directory";
    if (text.size() > max_path_size)
        return formatted("it is longer than {} bytes", max_path_size);
    if (std::ranges::any_of(text,
                            [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }))
        return "it has a control character";
    for (const auto part : std::views::split(text, '/'))
        if (auto rule = broken_hidden_part_rule(std::string_view(part)))
            return rule;
    if (is_generated(text))
        return "left4me generates files there";
    return std::nullopt;
}

} // namespace

Result<HiddenPath> HiddenPath::parse(std::string_view text)
{
    if (text.size() > 1 && text.ends_with('/'))
        text.remove_suffix(1); // as people write directories
    if (const auto rule = broken_hidden_rule(text))
        return fail(ExitStatus::bad_data, formatted("{} cannot be hidden: {}", quote(text), *rule));
    return HiddenPath(text);
}

std::vector<std::string> HiddenPath::parents() const
{
    std::vector<std::string> result;
    for (auto slash = text_.find('/'); slash != std::string::npos; slash = text_.find('/', slash + 1))
        result.push_back(text_.substr(0, slash));
    return result;
}

bool HiddenPath::overlaps(const HiddenPath& other) const
{
    const auto& [shorter, longer] =
        text_.size() < other.text_.size() ? std::tie(text_, other.text_) : std::tie(other.text_, text_);
    return longer.starts_with(shorter) &&
           (longer.size() == shorter.size() || longer[shorter.size()] == '/');
}

} // namespace left4me
