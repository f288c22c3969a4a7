#include "model/instance_spec.hpp"

#include "system/format.hpp"
#include "system/key_value_lines.hpp"

#include <algorithm>
#include <functional>
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

/// Reads one document. Each step returns void and leaves the first error in
/// problem_, so that a key's reader is a few lines.
class SpecReader {
public:
    explicit SpecReader(std::string_view file) : file_(file) {}

    Result<InstanceSpec> read(const YAML::Node& root)
    {
        if (!root.IsMap())
            return fail_at_line(file_, line_of(root),
                                formatted("a map is expected here, not {}", type_name(root)));
        for_each_key(root, {"port", "overlays", "arguments", "config"},
                     [&](const std::string& key, const YAML::Node& value) {
                         if (key == "port")
                             read_port(value);
                         else if (key == "overlays")
                             for_each_item(value, key, max_lowerdirs - 1,
                                           [&](const YAML::Node& item) { read_overlay(item); });
                         else if (key == "arguments")
                             for_each_item(value, key, max_arguments,
                                           [&](const YAML::Node& item) { read_argument(item); });
                         else
                             for_each_item(value, key, max_config_lines,
                                           [&](const YAML::Node& item) { read_config_line(item); });
                     });
        if (problem_)
            return std::unexpected(*problem_);
        if (!port_)
            return fail_at_line(file_, line_of(root), "key 'port' is missing");
        return InstanceSpec{*port_, port_line_, std::move(overlays_), std::move(arguments_),
                            std::move(config_)};
    }

private:
    void complain(const YAML::Node& node, std::string_view key, std::string_view message)
    {
        if (!problem_)
            problem_ =
                fail_at_line(file_, line_of(node), formatted("key {}: {}", quote(key), message)).error();
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
            take(key, entry.second);
        }
    }

    void for_each_item(const YAML::Node& list, const std::string& key, std::size_t most,
                       const std::function<void(const YAML::Node&)>& take)
    {
        if (list.IsNull())
            return; // "overlays:" with nothing behind it is an empty list
        if (!list.IsSequence())
            return complain(list, key, formatted("a list is expected, not {}", type_name(list)));
        if (list.size() > most)
            return complain(list, key, formatted("there are more than {} entries", most));
        for (const auto& item : list)
            if (!problem_)
                take(item);
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

    void read_argument(const YAML::Node& node)
    {
        const auto text = scalar(node, "arguments");
        if (!text)
            return;
        if (const auto checked = check_argument(*text); !checked)
            return complain(node, "arguments", checked.error().message);
        arguments_.push_back(*text);
    }

    void read_config_line(const YAML::Node& node)
    {
        const auto text = scalar(node, "config");
        if (!text)
            return;
        if (text->size() > max_config_line_size)
            return complain(node, "config",
                            formatted("a line is longer than {} bytes", max_config_line_size));
        if (text->contains('\n') || text->contains('\r') || text->contains('\0'))
            return complain(
                node, "config",
                formatted("{} has a newline or a NUL; each line is an entry of its own", quote(*text)));
        config_size_ += text->size() + 1;
        if (config_size_ > max_server_cfg_size)
            return complain(
                node, "config",
                formatted("the lines have more than {} bytes together", max_server_cfg_size));
        config_.push_back(*text);
    }

    std::string_view file_;
    std::optional<Error> problem_;
    std::optional<GamePort> port_;
    std::size_t port_line_ = 0;
    std::vector<InstanceSpec::Overlay> overlays_;
    std::vector<std::string> arguments_;
    std::vector<std::string> config_;
    std::size_t config_size_ = 0;
};

} // namespace

Result<InstanceSpec> parse_instance_spec(std::string_view file, std::string_view text)
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
    try {
        const std::string document(text);
        if (const auto line = second_document(document))
            return fail_at_line(file, *line, "a second document begins here; one is expected");
        return SpecReader(file).read(YAML::Load(document));
    } catch (const YAML::Exception& problem) {
        // what() is "yaml-cpp: error at line N, column M: MSG"; the same place
        // in our own form. MSG may quote what stands there.
        return fail_at_line(
            file, line_of(problem.mark),
            formatted("not YAML: {} (column {})", escaped(problem.msg), problem.mark.column + 1));
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
