#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace left4me::web {

/// What a hole of a literal is filled with.
enum class Filling : std::uint8_t { text, url, markup };

/// Reads a literal of HTML at compile time, hole by hole. What is wrong is thrown, which the
/// compiler refuses with these words.
class MarkupScan {
public:
    consteval explicit MarkupScan(std::string_view text) : text_(text) {}

    /// Goes on to the next "{}" and gives where it is, or to the end of the literal.
    consteval std::size_t next_hole()
    {
        while (at_ < text_.size()) {
            if (text_[at_] == '{') {
                if (text_.substr(at_, 2) != "{}")
                    throw "a brace that is no hole";
                return at_;
            }
            step();
        }
        if (place_ != Place::text)
            throw "the literal ends within a tag";
        return at_;
    }

    /// Checks that such a filling may stand in this hole, and goes on behind it.
    consteval void pass(Filling filling)
    {
        if (place_ != Place::text && place_ != Place::quoted)
            throw "a hole stands in text or in a quoted attribute";
        if (place_ == Place::text && filling == Filling::url)
            throw "a Url stands in an attribute";
        if (at_ == begin_of_pre_)
            throw "a line's end before it: a parser takes the first one of a pre for none";
        if (place_ == Place::quoted && filling == Filling::markup)
            throw "no markup in an attribute";
        if (place_ == Place::quoted && is_address(attribute_) &&
            (filling != Filling::url || text_[at_ - 1] != '"' || text_.substr(at_ + 2, 1) != "\""))
            throw "this attribute is an address: a Url is all of it";
        if (place_ == Place::quoted && is_program(attribute_))
            throw "no hole in an attribute that is run";
        at_ += 2;
    }

private:
    enum class Place : std::uint8_t { text, tag, unquoted, quoted };

    consteval void step()
    {
        switch (place_) {
        case Place::text:
            step_in_text();
            break;
        case Place::tag:
            step_in_tag();
            break;
        case Place::quoted:
            if (text_[at_++] == '"')
                place_ = Place::tag;
            break;
        case Place::unquoted:
            throw "a value is in double quotes";
        }
    }

    consteval void step_in_text()
    {
        if (text_[at_++] != '<')
            return;
        place_ = Place::tag;
        if (text_.substr(at_).starts_with("!--"))
            throw "no comments";
        element_ = take_name();
        if (element_ == "style")
            throw "no style element: a policy forbids it";
        if (element_ == "script") { // of nothing but its src
            const auto end = text_.find('>', at_);
            if (end == std::string_view::npos || !text_.substr(end).starts_with("></script>"))
                throw "a script is a file of its own";
        }
    }

    consteval void step_in_tag()
    {
        const char byte = text_[at_];
        if (byte == '>') {
            place_ = Place::text;
            ++at_;
            if (element_ == "pre" || element_ == "textarea" || element_ == "listing")
                begin_of_pre_ = at_;
        } else if (byte == '=') {
            ++at_;
            place_ = text_.substr(at_, 1) == "\"" ? Place::quoted : Place::unquoted;
            if (place_ == Place::quoted)
                ++at_;
        } else if (byte == ' ' || byte == '\n' || byte == '/' || byte == '!') {
            ++at_;
        } else {
            attribute_ = take_name();
            if (attribute_.empty())
                throw "no name of an attribute";
            if (attribute_ == "style" || attribute_.starts_with("on") || attribute_.starts_with("hx-on"))
                throw "no style and no script in an attribute: a policy forbids it";
        }
    }

    /// Of an element or an attribute: in lower case, so that nothing is missed that a browser
    /// takes for the same.
    consteval std::string_view take_name()
    {
        const auto begin = at_;
        if (text_.substr(at_).starts_with('/'))
            ++at_;
        const auto is_of_name = [](char byte) {
            if (byte >= 'A' && byte <= 'Z')
                throw "names in lower case";
            return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
                   byte == ':' || byte == '!';
        };
        while (at_ < text_.size() && is_of_name(text_[at_]))
            ++at_;
        return text_.substr(begin, at_ - begin);
    }

    static consteval bool is_address(std::string_view attribute)
    {
        constexpr std::array names = {"action",      "background", "cite",   "data",     "formaction",
                                      "href",        "hx-delete",  "hx-get", "hx-patch", "hx-post",
                                      "hx-put",      "manifest",   "ping",   "poster",   "src",
                                      "data-events", "xlink:href"};
        return std::ranges::any_of(names, [&](std::string_view name) { return name == attribute; });
    }

    /// What a browser or htmx runs, or reads addresses from.
    static consteval bool is_program(std::string_view attribute)
    {
        constexpr std::array names = {"srcdoc",  "srcset",  "http-equiv", "content",
                                      "hx-vals", "hx-vars", "hx-headers", "hx-trigger"};
        return std::ranges::any_of(names, [&](std::string_view name) { return name == attribute; });
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Place place_ = Place::text;
    std::string_view element_;
    std::string_view attribute_;
    std::size_t begin_of_pre_ = std::string_view::npos; ///< of one that has just been opened
};

/// Where the holes of a literal are; it does not compile where they are not as many as fillings,
/// or one may not stand where it does.
template <std::size_t count>
consteval std::array<std::size_t, count> check_holes(std::string_view text,
                                                     std::array<Filling, count> fillings)
{
    std::array<std::size_t, count> holes = {};
    MarkupScan scan(text);
    for (std::size_t i = 0; i < count; ++i) {
        holes[i] = scan.next_hole();
        if (holes[i] == text.size())
            throw "fewer holes than arguments";
        scan.pass(fillings[i]);
    }
    if (scan.next_hole() != text.size())
        throw "more holes than arguments";
    return holes;
}

} // namespace left4me::web
