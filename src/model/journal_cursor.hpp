#pragma once

#include "system/error.hpp"

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

private:
    explicit JournalCursor(std::string_view text) : text_(text) {}
    std::string text_;
};

} // namespace left4me
