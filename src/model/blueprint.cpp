#include "model/blueprint.hpp"

#include "model/rcon_password.hpp"
#include "model/yaml_text.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "system/trimmed.hpp"

#include <algorithm>
#include <optional>
#include <ranges>
#include <string_view>
#include <utility>

namespace left4me {
namespace {

constexpr std::string_view file = "blueprint";
constexpr std::string_view blanks = " \t";

/// A line, or a word of one, and where it stands.
struct Written {
    std::string text;
    std::size_t line; ///< from 1
};

/// Without the ends of lines that browsers send, and without what is empty behind the last one.
std::vector<Written> lines_of(std::string_view text)
{
    std::vector<Written> lines;
    for (const auto part : std::views::split(text, '\n')) {
        std::string_view line(part);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        lines.push_back({std::string(line), lines.size() + 1});
    }
    while (!lines.empty() && lines.back().text.empty())
        lines.pop_back();
    return lines;
}

/// Those with something in them.
std::vector<Written> entries_of(std::string_view text)
{
    auto lines = lines_of(text);
    for (auto& line : lines)
        line.text = trimmed(line.text);
    std::erase_if(lines, [](const Written& line) { return line.text.empty(); });
    return lines;
}

/// The words of the lines; bad_data where one in quotes has no end.
Result<std::vector<Written>> words_of(std::string_view text)
{
    std::vector<Written> words;
    for (const auto& [written, number] : entries_of(text)) {
        std::string_view line = written;
        while (!line.empty()) {
            const bool quoted = line.front() == '"';
            const auto end =
                quoted ? line.find('"', 1) : std::min(line.find_first_of(blanks), line.size());
            if (end == std::string_view::npos)
                return fail(ExitStatus::bad_data,
                            formatted("Arguments, line {}: {} has a quote without its partner", number,
                                      quote(line)));
            words.push_back(
                {std::string(quoted ? line.substr(1, end - 1) : line.substr(0, end)), number});
            line = trimmed(line.substr(quoted ? end + 1 : end));
        }
    }
    return words;
}

/// A spec as it is written, each line of which knows which one of the blueprint it is.
class SpecWriter {
public:
    void begin(std::string_view part, std::string_view key)
    {
        part_ = part;
        add(formatted("{}:", key), 0);
    }
    void add(std::string_view yaml, std::size_t line)
    {
        text_ += formatted("{}\n", yaml);
        places_.push_back({part_, line});
    }
    void add_item(const Written& item)
    {
        add(formatted("  - {}", in_single_quotes(item.text)), item.line);
    }

    [[nodiscard]] const std::string& text() const { return text_; }

    /// What is wrong with it, in the words of the blueprint.
    [[nodiscard]] Error told(const Error& error) const
    {
        std::string_view message = error.message;
        const auto number = take_number(message, formatted("{}:", file));
        if (const auto end = message.find("': "); message.starts_with(": key '") && end < message.size())
            message.remove_prefix(end + 3);
        else if (message.starts_with(": "))
            message.remove_prefix(2);
        return {ExitStatus::bad_data,
                formatted("{}{}", number ? place_of(*number) : "", with_own_line(trimmed(message)))};
    }

private:
    struct Place {
        std::string_view part;
        std::size_t line; ///< 0: of all of it
    };

    static std::optional<std::size_t> take_number(std::string_view& text, std::string_view before)
    {
        if (!text.starts_with(before))
            return std::nullopt;
        text.remove_prefix(before.size());
        const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
        const auto number = parse_number<std::size_t>(text.substr(0, end));
        text.remove_prefix(end);
        return number;
    }

    /// The first line of the spec is the port's.
    [[nodiscard]] std::optional<Place> find(std::size_t line) const
    {
        return line < 2 || line - 2 >= places_.size() ? std::nullopt : std::optional(places_[line - 2]);
    }

    [[nodiscard]] std::string place_of(std::size_t line) const
    {
        const auto place = find(line);
        if (!place)
            return "";
        return place->line == 0 ? formatted("{}: ", place->part)
                                : formatted("{}, line {}: ", place->part, place->line);
    }

    /// "… is the one of line 4", where that is one of the spec.
    [[nodiscard]] std::string with_own_line(std::string_view message) const
    {
        constexpr std::string_view before = " of line ";
        const auto at = message.rfind(before);
        if (at == std::string_view::npos)
            return std::string(message);
        auto rest = message.substr(at);
        const auto place =
            take_number(rest, before).and_then([&](std::size_t line) { return find(line); });
        return place ? formatted("{}{}{}{}", message.substr(0, at), before, place->line, rest)
                     : std::string(message);
    }

    std::string text_;
    std::vector<Place> places_;
    std::string_view part_;
};

void write_list(SpecWriter& spec, std::string_view part, std::string_view key,
                const std::vector<Written>& items)
{
    if (items.empty())
        return;
    spec.begin(part, key);
    for (const auto& item : items)
        spec.add_item(item);
}

Result<void> write_layers(SpecWriter& spec, const std::vector<Written>& lines)
{
    if (!lines.empty())
        spec.begin("Layers", "overlays");
    for (const auto& [text, line] : lines) {
        const auto end = std::min(text.find_first_of(blanks), text.size());
        const auto alias = trimmed(std::string_view(text).substr(end));
        if (alias.find_first_of(blanks) != std::string_view::npos)
            return fail(ExitStatus::bad_data,
                        formatted("Layers, line {}: a layer, and perhaps its alias behind it, is "
                                  "expected, not {}",
                                  line, quote(text)));
        spec.add(formatted("  - path: {}", in_single_quotes(std::string_view(text).substr(0, end))),
                 line);
        if (!alias.empty())
            spec.add(formatted("    alias: {}", in_single_quotes(alias)), line);
    }
    return {};
}

Result<void> refuse_rcon_password(std::string_view part, const std::vector<Written>& items)
{
    for (const auto& [text, line] : items)
        if (names_rcon_password(text))
            return fail(
                ExitStatus::bad_data,
                formatted("{}, line {}: rcon_password is not set here: each server gets one of its "
                          "own, which nobody has to know",
                          part, line));
    return {};
}

std::vector<std::string> texts_of(const std::vector<Written>& items)
{
    std::vector<std::string> texts;
    for (const auto& item : items)
        texts.push_back(item.text);
    return texts;
}

std::string joined(const std::vector<Written>& lines)
{
    return join(texts_of(lines), "\n");
}

} // namespace

Result<Blueprint> Blueprint::parse(const BlueprintText& text)
{
    const auto layers = entries_of(text.layers);
    const auto hidden = entries_of(text.hide);
    const auto config = lines_of(text.config);
    const auto words = words_of(text.arguments);
    if (!words)
        return std::unexpected(words.error());
    SpecWriter spec;
    auto written = refuse_rcon_password("Arguments", *words)
                       .and_then([&] { return refuse_rcon_password("Configuration", config); })
                       .and_then([&] { return write_layers(spec, layers); });
    if (!written)
        return std::unexpected(written.error());
    write_list(spec, "Hidden files", "hide", hidden);
    write_list(spec, "Arguments", "arguments", *words);
    write_list(spec, "Configuration", "config", config);

    Blueprint blueprint;
    blueprint.spec_ = spec.text();
    auto parsed = parse_instance_spec(file, blueprint.spec(*GamePort::parse("27015")));
    if (!parsed)
        return std::unexpected(spec.told(parsed.error()));
    // What YAML has made of it is what was written, or nobody would know what they get.
    if (parsed->arguments != texts_of(*words) || parsed->config != texts_of(config))
        return fail(ExitStatus::bad_data, "Arguments and configuration have a character that a spec "
                                          "cannot have");
    blueprint.layers_ = std::move(parsed->overlays);
    blueprint.text_ = {.layers = joined(layers),
                       .hide = joined(hidden),
                       .arguments = joined(entries_of(text.arguments)),
                       .config = joined(config)};
    return blueprint;
}

std::string Blueprint::spec(GamePort port) const
{
    return formatted("port: {}\n{}", port.number(), spec_);
}

} // namespace left4me
