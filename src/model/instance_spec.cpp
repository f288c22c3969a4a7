#include "model/instance_spec.hpp"

#include "model/game_arguments.hpp"
#include "model/instance_config.hpp"
#include "model/yaml_text.hpp"
#include "system/format.hpp"
#include "system/key_value_lines.hpp"
#include "system/utf8.hpp"

#include <algorithm>
#include <functional>
#include <ranges>
#include <set>
#include <yaml-cpp/yaml.h>

namespace left4me {
namespace {

/// Reads one document. Each step returns void and leaves the first error in
/// problem_, so that a key's reader is a few lines.
class SpecReader {
public:
    SpecReader(std::string_view file, const YamlText& source, SpecRules rules)
        : file_(file), source_(source), rules_(rules)
    {
    }

    Result<InstanceSpec> read(const YAML::Node& root)
    {
        if (!root.IsMap())
            return fail_at_line(file_, line_of(root),
                                formatted("a map is expected here, not {}", type_name(root)));
        for_each_key(root, {"port", "overlays", "hide", "arguments", "config", "query", "hang_after"},
                     [&](const std::string& key, const YAML::Node& value) {
                         if (key == "port")
                             read_port(value);
                         else if (key == "query")
                             read_setting(value, key, parse_query, watch_.query);
                         else if (key == "hang_after")
                             read_setting(value, key, parse_hang_after, watch_.hang_after);
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
                            std::move(config_),
                            watch_};
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
        // yaml-cpp 0.8 makes a single byte of each of these: Escape() of its exp.cpp.
        if (is_new() && !is_utf8(node.Scalar())) {
            complain(node, key, R"(\N and \_ are not taken: write \u0085 or \u00a0, or the character)");
            return std::nullopt;
        }
        return node.Scalar();
    }

    /// A value that parse reads of one word.
    template <class Value, class Parsed>
    void read_setting(const YAML::Node& node, std::string_view key,
                      Result<Parsed> (*parse)(std::string_view), Value& value)
    {
        const auto text = scalar(node, key);
        if (!text)
            return;
        const auto parsed = parse(*text);
        if (!parsed)
            return complain(node, key, parsed.error().message);
        value = *parsed;
    }

    void read_port(const YAML::Node& node)
    {
        read_setting(node, "port", GamePort::parse, port_);
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
        std::optional<LayerRef> ref;
        read_setting(node, "path", LayerRef::parse, ref);
        for (const auto& other : overlays_)
            if (ref && other.ref.overlaps(*ref))
                complain(node, "path",
                         formatted("layer {} {} of line {}", quote(ref->str()),
                                   other.ref == *ref ? "is the one" : "overlaps the one", other.line));
        return ref;
    }

    std::optional<LayerAlias> read_alias(const YAML::Node& node)
    {
        std::optional<LayerAlias> alias;
        read_setting(node, "alias", LayerAlias::parse, alias);
        for (const auto& other : overlays_)
            if (alias && other.alias == alias)
                complain(
                    node, "alias",
                    formatted("{} is the alias of line {} already", quote(alias->str()), other.line));
        return alias;
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
    const YamlText& source_;
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
    WatchSettings watch_;
};

} // namespace

Result<InstanceSpec> parse_instance_spec(std::string_view file, std::string_view text, SpecRules rules)
{
    if (text.size() > max_instance_spec_size)
        return fail(ExitStatus::bad_data,
                    formatted("{}: it is larger than {} bytes", file, max_instance_spec_size));
    if (const auto control = first_control(text); control < text.size())
        return fail_at_line(
            file, static_cast<std::size_t>(std::ranges::count(text.substr(0, control), '\n') + 1),
            formatted("a control character ({}) is not allowed", quote(text.substr(control, 1))));
    if (rules == SpecRules::of_new)
        if (const auto line = line_of_invalid_utf8(text))
            return fail_at_line(file, *line,
                                "there is a character that is not UTF-8: save the file as UTF-8");
    const YamlText source(text);
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

} // namespace left4me
