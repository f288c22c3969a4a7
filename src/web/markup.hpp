#pragma once

#include "web/markup_scan.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace left4me::web {

/// An address within this program. Only the routes make one, so none ever leads elsewhere or to
/// a "javascript:", whatever a stranger has put where it came from.
class Url {
public:
    [[nodiscard]] const std::string& str() const noexcept { return text_; }

private:
    friend class Links;
    explicit Url(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

class Markup;
template <class... Arguments>
class Literal;
template <class... Arguments>
Markup html(Literal<std::type_identity_t<Arguments>...> literal, const Arguments&... arguments);

/// HTML that is whole and safe. It is made by html() alone.
class Markup {
public:
    Markup() = default;
    [[nodiscard]] const std::string& str() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
    Markup& operator+=(const Markup& other)
    {
        text_ += other.text_;
        return *this;
    }

private:
    template <class... Arguments>
    friend Markup html(Literal<std::type_identity_t<Arguments>...> literal,
                       const Arguments&... arguments);
    explicit Markup(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// Text as it stands in HTML, in an element or in quotes: what parses it gets it back. What no
/// HTML can hold (control characters, bytes that are no UTF-8) becomes U+FFFD, which is seen.
std::string html_text(std::string_view text);

/// What a hole is filled with.
template <class Argument>
consteval Filling filling_of()
{
    if constexpr (std::same_as<Argument, Markup>) {
        return Filling::markup;
    } else if constexpr (std::same_as<Argument, Url>) {
        return Filling::url;
    } else {
        static_assert(std::convertible_to<const Argument&, std::string_view> ||
                          (std::integral<Argument> && !std::same_as<Argument, bool>),
                      "a hole takes text, a whole number, a Url or Markup");
        return Filling::text;
    }
}

/// The text of html(), with a hole for each argument. The compiler checks it: see check_holes.
template <class... Arguments>
class Literal {
public:
    template <std::size_t size>
    consteval Literal(const char (&text)[size]) // NOLINT: a literal is one without more words
        : text_(&text[0], size - 1),
          holes_(check_holes<sizeof...(Arguments)>(text_, {filling_of<Arguments>()...}))
    {
    }
    [[nodiscard]] constexpr std::string_view text() const { return text_; }
    [[nodiscard]] constexpr const auto& holes() const { return holes_; }

private:
    std::string_view text_;
    std::array<std::size_t, sizeof...(Arguments)> holes_;
};

namespace detail {

template <class Argument>
std::string filled(const Argument& argument)
{
    if constexpr (std::same_as<Argument, Markup>)
        return argument.str();
    else if constexpr (std::same_as<Argument, Url>)
        return html_text(argument.str());
    else if constexpr (std::convertible_to<const Argument&, std::string_view>)
        return html_text(argument);
    else
        return std::to_string(argument);
}

} // namespace detail

/// The literal with its holes filled, each as it has to be where it stands.
template <class... Arguments>
Markup html(Literal<std::type_identity_t<Arguments>...> literal, const Arguments&... arguments)
{
    std::string text;
    std::size_t done = 0;
    std::size_t next = 0;
    [[maybe_unused]] const auto fill = [&](const std::string& filled) {
        const auto hole = literal.holes()[next++];
        text += literal.text().substr(done, hole - done);
        text += filled;
        done = hole + 2;
    };
    (fill(detail::filled(arguments)), ...);
    text += literal.text().substr(done);
    return Markup(std::move(text));
}

} // namespace left4me::web
