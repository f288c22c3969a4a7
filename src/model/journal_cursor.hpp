#pragma once

#include "system/error.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace left4me {

/// A place in the journal, as sd_journal_get_cursor() tells it: "s=…;i=…;b=…;m=…;t=…;x=…",
/// numbers in hexadecimal. libsystemd also takes a part of these; left4me does not.
class JournalCursor {
public:
    /// usage for anything else.
    static Result<JournalCursor> parse(std::string_view text);

    [[nodiscard]] const std::string& str() const noexcept { return text_; }

    /// By their numbers. Those of two sequences (a journal that was begun anew) have no order.
    friend std::partial_ordering operator<=>(const JournalCursor& left, const JournalCursor& right);
    friend bool operator==(const JournalCursor& left, const JournalCursor& right)
    {
        return left <=> right == std::partial_ordering::equivalent;
    }

private:
    explicit JournalCursor(std::string_view text) : text_(text) {}
    std::string text_;
};

} // namespace left4me
