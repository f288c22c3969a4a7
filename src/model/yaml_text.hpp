#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <yaml-cpp/yaml.h>

namespace left4me {

// What yaml-cpp does not tell of a document that a person wrote.

/// From 1; a document without anything in it has no line of its own (-1).
std::size_t line_of(const YAML::Mark& mark);
std::size_t line_of(const YAML::Node& node);

/// "nothing", "a single value", "a list" or "a map".
std::string_view type_name(const YAML::Node& node);

/// The line of the second document, if there is one.
std::optional<std::size_t> second_document(const std::string& text);

/// Where the first character is that may not stand in a text file, or the text's size. In
/// quotes, "\0" and the like can still be written. yaml-cpp takes some for the end of the
/// file, and would so hide what comes behind.
std::size_t first_control(std::string_view text);

/// The line of the first byte that is not UTF-8, which YAML would replace.
std::optional<std::size_t> line_of_invalid_utf8(std::string_view text);

/// As YAML has it: nothing in it means anything but ''.
std::string in_single_quotes(std::string_view text);

/// The file as it is written, for what YAML keeps to itself. The text stays the caller's.
class YamlText {
public:
    explicit YamlText(std::string_view text);

    /// From 1; "" where there is none.
    [[nodiscard]] std::string_view line(std::size_t number) const;

    /// From the mark of a node on, without an anchor and the blanks at the end.
    [[nodiscard]] std::string_view rest_of_line(const YAML::Mark& mark) const;

    /// An item with nothing in it has the mark of what comes behind it.
    [[nodiscard]] std::size_t line_of_empty_item(const YAML::Mark& behind) const;

private:
    std::vector<std::string_view> lines_;
};

/// What to do about it, in place of yaml-cpp's words.
std::string advice_for(const YAML::Exception& problem, const YamlText& source);

} // namespace left4me
