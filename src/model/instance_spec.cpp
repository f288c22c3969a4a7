#include "model/instance_spec.hpp"

#include "model/game_arguments.hpp"
#include "system/format.hpp"
#include "system/key_value_lines.hpp"
#include "system/utf8.hpp"

#include <algorithm>
#include <functional>
#include <ranges>
#include <set>
#include <sstream>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

namespace left4me {
namespace {

/// From 1; a document without anything in it has no line of its own (-1).
std::size_t line_of(const YAML::Mark& mark)
{
    return static_cast<std::size_t>(std::max(mark.line, 0) + 1);
}

std::size_t line_of(const YAML::Node& node)
{
    return line_of(node.Mark());
}

/// Of those that may not stand in a text file; in quotes, "\0" and the like can
/// still be written.
bool is_control(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    constexpr unsigned char last_control = 0x1f;
    constexpr unsigned char rubout = 0x7f;
    return (byte <= last_control && c != '\n' && c != '\r' && c != '\t') || byte == rubout;
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

/// The line of the second document, if there is one. YAML::LoadAll would tell, too,
/// but never ends where a ',' is left over: to it that is one empty document after
/// the other.
std::optional<std::size_t> second_document(const std::string& text)
{
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    DocumentStart document;
    if (parser.HandleNextDocument(document) && parser.HandleNextDocument(document))
        return document.line();
    return std::nullopt;
}

/// The file as it is written, for what YAML keeps to itself.
class SourceText {
public:
    explicit SourceText(std::string_view text)
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

    /// From 1; "" where there is none.
    [[nodiscard]] std::string_view line(std::size_t number) const
    {
        return number >= 1 && number <= lines_.size() ? lines_[number - 1] : std::string_view();
    }

    /// From the mark of a node on, without an anchor and the blanks at the end.
    [[nodiscard]] std::string_view rest_of_line(const YAML::Mark& mark) const
    {
        auto rest = line(left4me::line_of(mark));
        rest.remove_prefix(std::min(rest.size(), static_cast<std::size_t>(std::max(mark.column, 0))));
        if (rest.starts_with('&')) {
            rest.remove_prefix(std::min(rest.size(), rest.find_first_of(" \t")));
            rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(" \t")));
        }
        return rest.substr(0, rest.find_last_not_of(" \t") + 1);
    }

    /// An item with nothing in it has the mark of what comes behind it.
    [[nodiscard]] std::size_t line_of_empty_item(const YAML::Mark& behind) const
    {
        const auto last = std::min(left4me::line_of(behind), lines_.size());
        for (auto number = last; number > 0; --number) {
            auto text = line(number);
            text = text.substr(0, text.find('#'));
            text = text.substr(0, text.find_last_not_of(" \t") + 1);
            const bool before = number < left4me::line_of(behind) || behind.column > 0;
            if (before && text.ends_with('-') &&
                text.find_first_not_of(" \t-") == std::string_view::npos)
                return number;
        }
        return last;
    }

private:
    std::vector<std::string_view> lines_;
};

/// As YAML has it: nothing in it means anything but ''.
std::string in_single_quotes(std::string_view text)
{
    std::string quoted = "'";
    for (const char c : text)
        quoted += c == '\'' ? "''" : escaped(std::string_view(&c, 1));
    return quoted + "'";
}

/// As the engine's console reads a line: from // on, outside quotes, it is a comment.
bool has_open_quote(std::string_view line)
{
    bool open = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (!open && line.substr(i).starts_with("//"))
            return false;
        open ^= line[i] == '"';
    }
    return open;
}

/// The line of the first byte that is not UTF-8, which YAML would replace.
std::optional<std::size_t> line_of_invalid_utf8(std::string_view text)
{
    std::size_t line = 1;
    for (std::size_t i = 0; i < text.size();) {
        const auto character = first_character(text.substr(i));
        if (!character)
            return line;
        line += text[i] == '\n' ? 1 : 0;
        i += character->length;
    }
    return std::nullopt;
}

/// What to do about it, in place of yaml-cpp's words.
std::string advice_for(const YAML::Exception& problem, const SourceText& source)
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

/// Reads one document. Each step returns void and leaves the first error in
/// problem_, so that a key's reader is a few lines.
class SpecReader {
public:
    SpecReader(std::string_view file, const SourceText& source, SpecRules rules)
        : file_(file), source_(source), rules_(rules)
    {
    }

    Result<InstanceSpec> read(const YAML::Node& root)
    {
        if (!root.IsMap())
            return fail_at_line(file_, line_of(root),
                                formatted("a map is expected here, not {}", type_name(root)));
        for_each_key(root, {"port", "overlays", "hide", "arguments", "config"},
                     [&](const std::string& key, const YAML::Node& value) {
                         if (key == "port")
                             read_port(value);
                         else if (key == "overlays")
                             for_each_item(value, key, max_lowerdirs - 1,
                                           [&](const YAML::Node& item) { read_overlay(item); });
                         else if (key == "hide")
                             for_each_item(value, key, max_hidden_paths,
                                           [&](const YAML::Node& item) { read_hidden(item); });
                         else if (key == "arguments")
                             read_arguments(value);
                         else
                             read_config(value);
                     });
        if (problem_)
            return std::unexpected(*problem_);
        if (!port_)
            return fail_at_line(file_, line_of(root), "key 'port' is missing");
        return InstanceSpec{*port_,
                            port_line_,
                            std::move(overlays_),
                            std::move(hidden_),
                            std::move(arguments_),
                            std::move(config_)};
    }

private:
    void complain(const YAML::Node& node, std::string_view key, std::string_view message)
    {
        complain_at(node.IsNull() ? empty_line_ : line_of(node), key, message);
    }

    void complain_at(std::size_t line, std::string_view key, std::string_view message)
    {
        if (!problem_)
            problem_ = fail_at_line(file_, line, formatted("key {}: {}", quote(key), message)).error();
    }

    void for_each_key(const YAML::Node& map, std::initializer_list<std::string_view> known,
                      const std::function<void(const std::string&, const YAML::Node&)>& take)
    {
        std::set<std::string> seen;
        for (const auto& entry : map) {
            if (problem_)
                return;
            if (!entry.first.IsScalar())
                return complain(entry.first, "?", "a key must be a word");
            const auto& key = entry.first.Scalar();
            if (std::ranges::find(known, key) == known.end())
                return complain(entry.first, key, "there is no such key");
            if (!seen.insert(key).second)
                return complain(entry.first, key, "it is given twice");
            empty_line_ = line_of(entry.first);
            if (!has_tag(entry.second, key))
                take(key, entry.second);
        }
    }

    void for_each_item(const YAML::Node& list, const std::string& key, std::size_t most,
                       const std::function<void(const YAML::Node&)>& take)
    {
        if (list.IsNull())
            return; // "overlays:" with nothing behind it is an empty list
        if (!list.IsSequence())
            return complain(list, key,
                            formatted("a list is expected, not {}{}", type_name(list),
                                      key == "config" && list.IsScalar()
                                          ? "; or a block: 'config: |', and the lines below it"
                                          : ""));
        if (list.size() > most)
            return complain(list, key, formatted("there are more than {} entries", most));
        for (const auto& item : list) {
            if (problem_)
                return;
            if (item.IsNull())
                empty_line_ = source_.line_of_empty_item(item.Mark());
            if (!has_tag(item, key))
                take(item);
        }
    }

    /// A tag says what type a value has: here every value is text.
    bool has_tag(const YAML::Node& node, std::string_view key)
    {
        const auto& tag = node.Tag();
        if (!is_new() || node.IsNull() || tag.empty() || tag == "?" || tag == "!")
            return false;
        complain(node, key,
                 formatted("{} is a YAML tag, and would be lost: put the value in single quotes",
                           quote(tag)));
        return true;
    }

    /// Plain scalars, those without quotes, are cut at " #", and fold their lines into one.
    bool is_cut(const YAML::Node& node, std::string_view key)
    {
        if (!is_new() || node.Tag() != "?")
            return false;
        const auto written = source_.rest_of_line(node.Mark());
        const auto& text = node.Scalar();
        if (!written.starts_with(text)) {
            complain(node, key,
                     formatted("{} goes over several lines, which would become one: put it on one line, "
                               "in single quotes",
                               quote(text)));
            return true;
        }
        const auto behind = written.substr(text.size());
        const auto comment = behind.find_first_not_of(" \t");
        if (comment != std::string_view::npos && comment > 0 && behind[comment] == '#') {
            complain(node, key,
                     formatted("{} would be lost, for YAML takes it for a comment: write {}, or the "
                               "comment on a line of its own",
                               quote(behind.substr(comment)), in_single_quotes(written)));
            return true;
        }
        if (has_open_quote(text)) {
            complain(node, key,
                     formatted("{} has a quote without its partner: write both, and the whole in single "
                               "quotes: {}",
                               quote(text), in_single_quotes(written)));
            return true;
        }
        return false;
    }

    /// The text of a scalar; a complaint and nothing for all else.
    std::optional<std::string> scalar(const YAML::Node& node, std::string_view key)
    {
        if (!node.IsScalar()) {
            complain(node, key, formatted("a single value is expected, not {}", type_name(node)));
            return std::nullopt;
        }
        return node.Scalar();
    }

    void read_port(const YAML::Node& node)
    {
        const auto text = scalar(node, "port");
        if (!text)
            return;
        const auto port = GamePort::parse(*text);
        if (!port)
            return complain(node, "port", port.error().message);
        port_ = *port;
        port_line_ = line_of(node);
    }

    void read_overlay(const YAML::Node& node)
    {
        if (!node.IsMap())
            return complain(node, "overlays",
                            formatted("each entry must be a map with 'path', not {}", type_name(node)));
        std::optional<LayerRef> ref;
        std::optional<LayerAlias> alias;
        for_each_key(node, {"path", "alias"}, [&](const std::string& key, const YAML::Node& value) {
            if (key == "path")
                ref = read_ref(value);
            else
                alias = read_alias(value);
        });
        if (problem_)
            return;
        if (!ref)
            return complain(node, "overlays", "'path' is missing");
        overlays_.push_back({*ref, alias, line_of(node)});
    }

    std::optional<LayerRef> read_ref(const YAML::Node& node)
    {
        const auto text = scalar(node, "path");
        if (!text)
            return std::nullopt;
        const auto ref = LayerRef::parse(*text);
        if (!ref) {
            complain(node, "path", ref.error().message);
            return std::nullopt;
        }
        for (const auto& other : overlays_)
            if (other.ref.overlaps(*ref)) {
                complain(node, "path",
                         formatted("layer {} {} of line {}", quote(*text),
                                   other.ref == *ref ? "is the one" : "overlaps the one", other.line));
                return std::nullopt;
            }
        return *ref;
    }

    std::optional<LayerAlias> read_alias(const YAML::Node& node)
    {
        const auto text = scalar(node, "alias");
        if (!text)
            return std::nullopt;
        const auto alias = LayerAlias::parse(*text);
        if (!alias) {
            complain(node, "alias", alias.error().message);
            return std::nullopt;
        }
        for (const auto& other : overlays_)
            if (other.alias == *alias) {
                complain(node, "alias",
                         formatted("{} is the alias of line {} already", quote(*text), other.line));
                return std::nullopt;
            }
        return *alias;
    }

    void read_arguments(const YAML::Node& list)
    {
        for_each_item(list, "arguments", max_arguments,
                      [&](const YAML::Node& item) { read_argument(item); });
        if (problem_ || !is_new())
            return;
        if (const auto checked = check_game_arguments(arguments_); !checked)
            complain(list, "arguments", checked.error().message);
    }

    void read_argument(const YAML::Node& node)
    {
        const auto text = scalar(node, "arguments");
        if (!text || is_cut(node, "arguments"))
            return;
        const auto checked = is_new() ? check_game_argument(*text) : check_argument(*text);
        if (!checked)
            return complain(node, "arguments", checked.error().message);
        arguments_.push_back(*text);
    }

    void read_config(const YAML::Node& node)
    {
        if (node.IsScalar() && source_.rest_of_line(node.Mark()).starts_with('|'))
            return read_config_block(node);
        for_each_item(node, "config", max_config_lines,
                      [&](const YAML::Node& item) { read_config_item(item); });
    }

    /// As somebody has it who has a server.cfg: nothing in it is YAML's.
    void read_config_block(const YAML::Node& node)
    {
        std::size_t line = line_of(node);
        for (const auto part : std::views::split(std::string_view(node.Scalar()), '\n')) {
            ++line;
            if (config_.size() == max_config_lines)
                return complain_at(line, "config",
                                   formatted("there are more than {} lines", max_config_lines));
            add_config_line(line, std::string(part.begin(), part.end()));
            if (problem_)
                return;
        }
        if (!config_.empty() && config_.back().empty())
            config_.pop_back(); // behind the last newline
    }

    void read_config_item(const YAML::Node& node)
    {
        if (node.IsMap() && is_new())
            return complain(
                node, "config",
                formatted("a single value is expected, not a map, and ': ' makes one: write {}",
                          in_single_quotes(source_.rest_of_line(node.Mark()))));
        const auto text = scalar(node, "config");
        if (!text || is_cut(node, "config"))
            return;
        if (is_new() && has_open_quote(*text))
            return complain(node, "config",
                            formatted("{} has a quote without its partner", quote(*text)));
        add_config_line(line_of(node), *text);
    }

    void add_config_line(std::size_t line, const std::string& text)
    {
        if (text.size() > max_config_line_size)
            return complain_at(line, "config",
                               formatted("a line is longer than {} bytes", max_config_line_size));
        if (text.contains('\n') || text.contains('\r') || text.contains('\0'))
            return complain_at(
                line, "config",
                formatted("{} has a newline or a NUL; each line is an entry of its own", quote(text)));
        config_size_ += text.size() + 1;
        if (config_size_ > max_server_cfg_size)
            return complain_at(
                line, "config",
                formatted("the lines have more than {} bytes together", max_server_cfg_size));
        config_.push_back(text);
    }

    void read_hidden(const YAML::Node& node)
    {
        const auto text = scalar(node, "hide");
        if (!text || is_cut(node, "hide"))
            return;
        const auto path = HiddenPath::parse(*text);
        if (!path)
            return complain(node, "hide", path.error().message);
        for (const auto& other : hidden_)
            if (other.path.overlaps(*path))
                return complain(node, "hide",
                                formatted("{} {} of line {}", quote(*text),
                                          other.path == *path ? "is the one" : "overlaps the one",
                                          other.line));
        hidden_.push_back({*path, line_of(node)});
    }

    [[nodiscard]] bool is_new() const { return rules_ == SpecRules::of_new; }

    std::string_view file_;
    const SourceText& source_;
    SpecRules rules_;
    std::size_t empty_line_ = 1; ///< of a key or item that has no value, and so no mark
    std::optional<Error> problem_;
    std::optional<GamePort> port_;
    std::size_t port_line_ = 0;
    std::vector<InstanceSpec::Overlay> overlays_;
    std::vector<InstanceSpec::Hidden> hidden_;
    std::vector<std::string> arguments_;
    std::vector<std::string> config_;
    std::size_t config_size_ = 0;
};

} // namespace

Result<InstanceSpec> parse_instance_spec(std::string_view file, std::string_view text, SpecRules rules)
{
    if (text.size() > max_instance_spec_size)
        return fail(ExitStatus::bad_data,
                    formatted("{}: it is larger than {} bytes", file, max_instance_spec_size));
    // yaml-cpp takes some of them for the end of the file, and would so hide
    // what comes behind.
    if (const auto control = std::ranges::find_if(text, is_control); control != text.end())
        return fail_at_line(
            file, static_cast<std::size_t>(std::count(text.begin(), control, '\n') + 1),
            formatted("a control character ({}) is not allowed", quote(std::string_view(control, 1))));
    if (rules == SpecRules::of_new)
        if (const auto line = line_of_invalid_utf8(text))
            return fail_at_line(file, *line,
                                "there is a character that is not UTF-8: save the file as UTF-8");
    const SourceText source(text);
    try {
        const std::string document(text);
        if (const auto line = second_document(document))
            return fail_at_line(file, *line, "a second document begins here; one is expected");
        return SpecReader(file, source, rules).read(YAML::Load(document));
    } catch (const YAML::Exception& problem) {
        // what() is "yaml-cpp: error at line N, column M: MSG"; the same place
        // in our own form. MSG may quote what stands there.
        return fail_at_line(
            file, line_of(problem.mark),
            formatted("not YAML: {} (column {})", advice_for(problem, source), problem.mark.column + 1));
    }
}

InstanceConfig instance_config_of(const InstanceSpec& spec)
{
    InstanceConfig config{spec.port, spec.arguments, {}};
    for (const auto& overlay : spec.overlays)
        config.lowerdirs.push_back(Layer::overlay(overlay.ref));
    config.lowerdirs.push_back(Layer::installation());
    return config;
}

std::string server_cfg_of(const InstanceSpec& spec)
{
    std::string text;
    for (const auto& line : spec.config)
        text += line + '\n';
    return text;
}

} // namespace left4me
