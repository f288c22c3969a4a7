#include "web/markup.hpp"

#include "text_case.hpp"
#include "web/links.hpp"
#include "web/visit.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace left4me::web {
namespace {

TEST(Html, FillsItsHoles)
{
    EXPECT_EQ(html("<p>{} of {}</p>", "a", 7).str(), "<p>a of 7</p>");
    EXPECT_EQ(
        html(R"(<a class="row {}" href="{}">{}</a>)", "x", Links::servers(), std::string("y")).str(),
        R"(<a class="row x" href="/">y</a>)");
    EXPECT_EQ(html("<br>").str(), "<br>");
    Markup items;
    for (const auto* item : {"a", "b"})
        items += html("<li>{}</li>", item);
    EXPECT_EQ(html("<ul>{}</ul>", items).str(), "<ul><li>a</li><li>b</li></ul>");
}

TEST(Html, KeepsTextOutOfMarkup)
{
    EXPECT_EQ(html("<p>{}</p>", "<script>&\"'").str(), "<p>&lt;script&gt;&amp;&quot;&#39;</p>");
    EXPECT_EQ(html(R"(<p title="{}"></p>)", "\" onclick=\"x").str(),
              R"(<p title="&quot; onclick=&quot;x"></p>)");
    EXPECT_EQ(html("<p>{}</p>", "{}").str(), "<p>{}</p>");
}

/// What an HTML parser makes of text in an element or in quotes; fails for what would be markup.
std::string parsed(std::string_view text)
{
    constexpr std::array<std::pair<std::string_view, char>, 5> references = {
        {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}}};
    std::string result;
    while (!text.empty()) {
        EXPECT_TRUE(text[0] != '<' && text[0] != '>' && text[0] != '"' && text[0] != '\'' &&
                    text[0] != '\0' && text[0] != '\r');
        std::size_t length = 1;
        char byte = text[0];
        if (byte == '&') {
            const auto* found = std::ranges::find_if(
                references, [&](const auto& reference) { return text.starts_with(reference.first); });
            if (found == references.end()) {
                ADD_FAILURE() << text;
                return result;
            }
            length = found->first.size();
            byte = found->second;
        }
        result += byte;
        text.remove_prefix(length);
    }
    return result;
}

TEST(Html, GivesBackAnyTextThatHtmlCanHold)
{
    for (const std::string text : {"a<b>&amp;\"'", "&lt;script&gt;", "]]>", "<!--", "</pre>",
                                   "\xc3\xa9\xf0\x9f\x8e\xae", "a\tb\nc", "&#60;", "&", "&&lt", "{}"})
        EXPECT_EQ(parsed(html_text(text)), text);
}

TEST(Html, ShowsThatThereWasWhatHtmlCannotHold)
{
    constexpr auto replaced = "\xef\xbf\xbd";
    for (int byte = 0; byte < 256; ++byte) {
        const std::string text(1, static_cast<char>(byte));
        const bool plain = (byte >= 0x20 && byte < 0x7f) || byte == '\t' || byte == '\n';
        EXPECT_EQ(parsed(html_text(text)), plain ? text : replaced) << byte;
    }
    EXPECT_EQ(html_text("\xe2\x80\xae"), replaced) << "it turns a line around";
    EXPECT_EQ(html_text("\xc2\x85"), replaced);
    EXPECT_EQ(html_text("\xed\xa0\x80"), std::string(replaced) + replaced + replaced);
    EXPECT_EQ(html_text("\xef\xbf\xbf"), replaced);
}

// --- what does not compile -----------------------------------------------------------------

const std::vector<TextCase> wrong_uses = {
    TextCase{"TextForAnAddress", R"(html("<a href=\"{}\"></a>", text))", "this attribute is an address"},
    TextCase{"HalfAnAddress", R"(html("<a href=\"/x{}\"></a>", url))", "this attribute is an address"},
    TextCase{"AHoleWithoutQuotes", R"(html("<p id={}></p>", text))",
             "stands in text or in a quoted attribute"},
    TextCase{"AHoleInATag", R"(html("<p {}></p>", text))", "stands in text or in a quoted attribute"},
    TextCase{"AHoleInAScript", R"(html("<script>{}</script>", text))", "a script is a file of its own"},
    TextCase{"AStyle", R"(html("<p style=\"color:{}\"></p>", text))", "a policy forbids it"},
    TextCase{"AnHandlerOfEvents", R"(html("<p onclick=\"x\"></p>"))", "a policy forbids it"},
    TextCase{"MarkupInAnAttribute", R"(html("<p id=\"{}\"></p>", part))", "no markup in an attribute"},
    TextCase{"AHoleAtTheBeginOfAPre", R"(html("<pre>{}</pre>", text))", "a line's end before it"},
    TextCase{"FewerHoles", R"(html("<p></p>", text))", "fewer holes than arguments"},
    TextCase{"MoreHoles", R"(html("<p>{}{}</p>", text))", "more holes than arguments"},
    TextCase{"ATagThatDoesNotEnd", R"(html("<p id=\"a"))", "ends within a tag"},
    TextCase{"ATextThatIsNoLiteral", R"(html(text))", "could not convert"},
    TextCase{"RawMarkup", R"(Markup(text))", "private"},
    TextCase{"AnAddressFromText", R"(html("<a href=\"{}\"></a>", Url(text)))", "private"}};

/// A function of that name with that in it, on a line of its own.
std::string function(const std::string& name, const std::string& statement)
{
    return "Markup " + name + "(const std::string& text, Markup part, Url url) { return " + statement +
           "; }\n";
}

/// What the compiler says of these functions; empty: nothing.
std::string compiled(const std::string& functions)
{
    auto directory = testing::TempDir() + "left4me-markup-XXXXXX";
    if (mkdtemp(directory.data()) == nullptr)
        return "no directory";
    const auto file = directory + "/use.cpp";
    std::ofstream(file) << "#include \"web/links.hpp\"\nusing namespace left4me::web;\n" << functions;
    const auto command =
        std::string(COMPILER) + " -std=c++23 -fsyntax-only -I" SOURCE_ROOT "/src " + file + " 2>&1";
    std::string said;
    FILE* output = popen(command.c_str(), "r");
    std::array<char, 4096> part = {};
    while (output != nullptr && fgets(part.data(), part.size(), output) != nullptr)
        said += part.data();
    const int status = output == nullptr ? -1 : pclose(output);
    std::filesystem::remove_all(directory);
    return status == 0 ? "" : said + "\nstatus " + std::to_string(status);
}

TEST(RightUse, Compiles)
{
    EXPECT_EQ(
        compiled(function("right",
                          R"(html("<p id=\"{}\">{}</p><a href=\"{}\">{}</a>", text, part, url, text))")),
        "");
}

/// All at once, for most of the time goes into the library's headers.
struct WrongUse : testing::TestWithParam<TextCase> {
    static void SetUpTestSuite()
    {
        std::string functions;
        for (const auto& use : wrong_uses)
            functions += function(use.name, use.text);
        said_ = compiled(functions);
    }

    /// Of the function of that name.
    static std::string said_of(const std::string& name)
    {
        const std::string begin = "In function";
        const auto at = said_.find("left4me::web::Markup " + name + "(");
        return at == std::string::npos ? "" : said_.substr(at, said_.find(begin, at) - at);
    }

    static inline std::string said_;
};

TEST_P(WrongUse, DoesNotCompile)
{
    const auto said = said_of(GetParam().name);
    EXPECT_TRUE(said.contains("error: ")) << said_;
    EXPECT_TRUE(said.contains(GetParam().message)) << said;
}

INSTANTIATE_TEST_SUITE_P(Of, WrongUse, testing::ValuesIn(wrong_uses), NameOfCase());

TEST(RightUse, OfAServerIsTheRouters)
{
    static_assert(!std::is_constructible_v<SeenServer, InstanceName, ServerRight>);
    static_assert(!std::is_constructible_v<Url, std::string>);
    static_assert(!std::is_constructible_v<Markup, std::string>);
}

} // namespace
} // namespace left4me::web
