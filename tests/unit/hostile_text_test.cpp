/// Text of strangers in each kind of hole, as an HTML5 parser reads the page: it is that text, in
/// that node, and the page has no other node for it.
#include "web/links.hpp"
#include "web/markup.hpp"

#include "system/utf8.hpp"

#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <gumbo.h>
#include <memory>
#include <random>

namespace left4me::web {
namespace {

struct EndParse {
    void operator()(GumboOutput* output) const noexcept
    {
        gumbo_destroy_output(&kGumboDefaultOptions, output);
    }
};
using Parsed = std::unique_ptr<GumboOutput, EndParse>;

Parsed parse(const std::string& page)
{
    return Parsed(gumbo_parse_with_options(&kGumboDefaultOptions, page.data(), page.size()));
}

using See = std::function<void(const GumboElement&)>;
void walk(const GumboNode& node, const See& see)
{
    if (node.type != GUMBO_NODE_ELEMENT)
        return;
    see(node.v.element);
    for (unsigned i = 0; i < node.v.element.children.length; ++i)
        walk(*static_cast<const GumboNode*>(node.v.element.children.data[i]), see);
}

/// Its elements, in order.
std::string shape_of(const Parsed& page)
{
    std::string shape;
    walk(*page->root, [&](const GumboElement& element) {
        shape += gumbo_normalized_tagname(element.tag);
        shape += std::format("({}) ", element.attributes.length);
    });
    return shape;
}

std::string text_of(const GumboElement& element)
{
    std::string text;
    for (unsigned i = 0; i < element.children.length; ++i)
        if (const auto& child = *static_cast<const GumboNode*>(element.children.data[i]);
            child.type == GUMBO_NODE_TEXT || child.type == GUMBO_NODE_WHITESPACE)
            text += child.v.text.text;
    return text;
}

/// The text, or the attribute, of the first element with that tag.
std::string found_in(const Parsed& page, GumboTag tag, const char* attribute)
{
    std::string found = "no such element";
    walk(*page->root, [&](const GumboElement& element) {
        if (element.tag != tag)
            return;
        if (attribute == nullptr)
            found = text_of(element);
        else if (const auto* value = gumbo_get_attribute(&element.attributes, attribute))
            found = value->value;
    });
    return found;
}

/// The text with U+FFFD for each thing in it that no HTML can hold, or that would turn lines around.
std::string shown(std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        const auto character = first_character(text);
        const auto code = character ? character->code : 0;
        const bool is_control =
            (code < 0x20 && code != '\t' && code != '\n') || (code >= 0x7f && code < 0xa0);
        const bool is_none = (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffeU) == 0xfffeU;
        const bool turns = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
        const auto length = character ? character->length : 1;
        if (!character || is_control || is_none || turns)
            result += "\xef\xbf\xbd";
        else
            result += text.substr(0, length);
        text.remove_prefix(length);
    }
    return result;
}

/// A page with one hole, and where a parser finds what it was filled with.
struct Hole {
    const char* name;
    Markup (*page)(const std::string& text);
    GumboTag tag;
    const char* attribute; ///< none: it is the element's text
};

Markup whole(const Markup& part)
{
    return html("<!doctype html>\n<html lang=\"en\"><head><title>t</title></head><body>{}</body></html>",
                part);
}

const std::vector<Hole> holes = {
    {"text", [](const std::string& text) { return whole(html("<p>{}</p>", text)); }, GUMBO_TAG_P,
     nullptr},
    {"cell",
     [](const std::string& text) {
         return whole(html("<table><tbody><tr><td>{}</td></tr></tbody></table>", text));
     },
     GUMBO_TAG_TD, nullptr},
    {"attribute",
     [](const std::string& text) { return whole(html(R"(<p data-server="{}">a</p>)", text)); },
     GUMBO_TAG_P, "data-server"},
    {"value", [](const std::string& text) { return whole(html(R"(<input value="{}">)", text)); },
     GUMBO_TAG_INPUT, "value"},
    {"log", [](const std::string& text) { return whole(html("<pre>\n{}</pre>", text)); }, GUMBO_TAG_PRE,
     nullptr},
    {"field", [](const std::string& text) { return whole(html("<textarea>\n{}</textarea>", text)); },
     GUMBO_TAG_TEXTAREA, nullptr},
    {"title",
     [](const std::string& text) {
         return html(
             "<!doctype html>\n<html lang=\"en\"><head><title>{}</title></head><body>a</body></html>",
             text);
     },
     GUMBO_TAG_TITLE, nullptr},
};

struct HostileText : testing::TestWithParam<Hole> {
    static void expect_text(const std::string& text)
    {
        const auto& hole = GetParam();
        const auto page = parse(hole.page(text).str());
        EXPECT_EQ(found_in(page, hole.tag, hole.attribute), shown(text)) << testing::PrintToString(text);
        EXPECT_EQ(shape_of(page), shape_of(parse(hole.page("harmless").str())))
            << testing::PrintToString(text);
    }
};

TEST_P(HostileText, IsThatTextInThatNode)
{
    for (const std::string text :
         {"<script>alert(1)</script>", "</p></td></tr></table><h1>x",
          "</textarea></title></pre><img src=x>", "\" onmouseover=\"alert(1)", "' x='",
          "&lt;b&gt; &amp;amp; &#x3c; &notit; &copy", "\n\nfirst\n", "\r\n\r",
          "<!-- --> <![CDATA[ ]]> <?x ?>", "{}", "\xef\xbb\xbftext", "\xed\xa0\x80\xc0\xbc",
          "\xe2\x80\xae"
          "evil",
          "a\0b", "&", "<", "\xf4\x8f\xbf\xbf"})
        expect_text(text);
    expect_text(std::string("a\0b", 3));
    expect_text(std::string(100'000, '<'));
}

/// Any bytes: most of them those that mean something to a parser.
TEST_P(HostileText, IsThatTextWhateverItsBytes)
{
    constexpr std::string_view meaning = "<>&\"'=/-!;#xX \n\t[]{}";
    std::mt19937 random(20'261'127);
    for (int i = 0; i < 2000; ++i) {
        std::string text(random() % 40 + 1, ' ');
        for (auto& byte : text)
            byte = random() % 3 == 0 ? static_cast<char>(random() % 256)
                                     : meaning[random() % meaning.size()];
        expect_text(text);
        if (HasFailure())
            return;
    }
}

INSTANTIATE_TEST_SUITE_P(Holes, HostileText, testing::ValuesIn(holes),
                         [](const auto& row) { return row.param.name; });

/// An address is made of what stands in the table of routes and of names that were parsed: all of
/// them come back as they are.
TEST(AddressOfAServer, HasItsName)
{
    const auto name = InstanceName::parse("coop-1_x").value();
    const auto page = parse(whole(html(R"(<a href="{}">a</a>)", Links::server(name))).str());
    EXPECT_EQ(found_in(page, GUMBO_TAG_A, "href"), "/servers/coop-1_x");
}

} // namespace
} // namespace left4me::web
