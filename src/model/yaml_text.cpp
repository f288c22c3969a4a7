#include "model/yaml_text.hpp"

#include "system/error.hpp"
#include "system/utf8.hpp"

#include <algorithm>
#include <ranges>
#include <sstream>
#include <yaml-cpp/eventhandler.h>

namespace left4me {
namespace {

/// Hears where a document begins, and nothing else.
class DocumentStart : public YAML::EventHandler {
public:
    [[nodiscard]] std::size_t line() const { return line_of(mark_); }

    void OnDocumentStart(const YAML::Mark& mark) override { mark_ = mark; }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override
    {
    }
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override
    {
    }
    void OnMapEnd() override {}

private:
    YAML::Mark mark_;
};

bool is_control(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    constexpr unsigned char last_control = 0x1f;
    constexpr unsigned char rubout = 0x7f;
    return (byte <= last_control && c != '\n' && c != '\r' && c != '\t') || byte == rubout;
}

} // namespace

std::size_t first_control(std::string_view text)
{
    return static_cast<std::size_t>(std::ranges::find_if(text, is_control) - text.begin());
}

std::size_t line_of(const YAML::Mark& mark)
{
    return static_cast<std::size_t>(std::max(mark.line, 0) + 1);
}

std::size_t line_of(const YAML::Node& node)
{
    return line_of(node.Mark());
}

std::string_view type_name(const YAML::Node& node)
{
    switch (node.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null:
        return "nothing";
    case YAML::NodeType::Scalar:
        return "a single value";
    case YAML::NodeType::Sequence:
        return "a list";
    case YAML::NodeType::Map:
        return "a map";
    }
    return "unknown";
}

std::optional<std::size_t> second_document(const std::string& text)
{
    // YAML::LoadAll would tell, too, but never ends where a ',' is left over: to it that is one
    // empty document after the other.
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    DocumentStart document;
    if (parser.HandleNextDocument(document) && parser.HandleNextDocument(document))
        return document.line();
    return std::nullopt;
}

std::optional<std::size_t> line_of_invalid_utf8(std::string_view text)
{
    std::size_t line = 1;
    const bool valid = all_characters(text, [&](char32_t code) {
        line += code == U'\n' ? 1 : 0;
        return true;
    });
    return valid ? std::nullopt : std::optional(line);
}

std::string in_single_quotes(std::string_view text)
{
    std::string quoted = "'";
    for (const char c : text)
        quoted += c == '\'' ? "''" : escaped(std::string_view(&c, 1));
    return quoted + "'";
}

YamlText::YamlText(std::string_view text)
{
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());
    for (const auto line : std::views::split(text, '\n')) {
        std::string_view view(line.begin(), line.end());
        if (view.ends_with('\r'))
            view.remove_suffix(1);
        lines_.push_back(view);
    }
}

std::string_view YamlText::line(std::size_t number) const
{
    return number >= 1 && number <= lines_.size() ? lines_[number - 1] : std::string_view();
}

std::string_view YamlText::rest_of_line(const YAML::Mark& mark) const
{
    auto rest = line(left4me::line_of(mark));
    rest.remove_prefix(std::min(rest.size(), static_cast<std::size_t>(std::max(mark.column, 0))));
    if (rest.starts_with('&')) {
        rest.remove_prefix(std::min(rest.size(), rest.find_first_of(" \t")));
        rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(" \t")));
    }
    return rest.substr(0, rest.find_last_not_of(" \t") + 1);
}

std::size_t YamlText::line_of_empty_item(const YAML::Mark& behind) const
{
    const auto last = std::min(left4me::line_of(behind), lines_.size());
    for (auto number = last; number > 0; --number) {
        auto text = line(number);
        text = text.substr(0, text.find('#'));
        text = text.substr(0, text.find_last_not_of(" \t") + 1);
        const bool before = number < left4me::line_of(behind) || behind.column > 0;
        if (before && text.ends_with('-') && text.find_first_not_of(" \t-") == std::string_view::npos)
            return number;
    }
    return last;
}

std::string advice_for(const YAML::Exception& problem, const YamlText& source)
{
    const auto line = source.line(line_of(problem.mark));
    const auto indentation = line.substr(0, line.find_first_not_of(" \t"));
    const std::string_view said = problem.msg;
    if (indentation.contains('\t') || said.contains("tab"))
        return "a tab stands where a line is indented: YAML takes blanks alone";
    if (said.contains("end of sequence flow not found"))
        return "a list that begins with '[' has no ']', or no ',' between two values";
    if (said.contains("end of map flow not found"))
        return "a map that begins with '{' has no '}', or no ',' between two values";
    if (said.contains("illegal map value") || said.contains("illegal map key"))
        return "':' or '?' makes a map of this line: put the value in single quotes";
    if (said.contains("EOF in scalar"))
        return "a quote is not closed";
    if (said.contains("end of map not found") || said.contains("end of sequence not found"))
        return "this line does not go on with what stands above it: are both indented alike, and is a "
               "value that begins with a quote, and goes on behind it, in single quotes as a whole?";
    return escaped(problem.msg);
}

} // namespace left4me
