#pragma once

#include "system/error.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <format>
#include <source_location>
#include <stdexcept>
#include <string_view>

/// Each fuzz target defines it; libFuzzer calls it on what it makes up, and
/// corpus_test on what was kept. -1 is an input that is not worth keeping.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace left4me {

/// Throws where the property does not hold: an exception is a crash for
/// libFuzzer, which keeps the input, and a failed test for GoogleTest.
inline void require(bool holds, std::string_view property,
                    std::source_location place = std::source_location::current())
{
    if (!holds)
        throw std::logic_error(
            std::format("{}:{}: does not hold: {}", place.file_name(), place.line(), property));
}

/// Whatever was refused, the reason is one line that a terminal shows as it is.
inline void require_refusal(const Error& error, ExitStatus status)
{
    require(error.status == status, "a refusal has the parser's status");
    require(!error.message.empty(), "a refusal has a reason");
    require(
        std::ranges::none_of(error.message, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }),
        "a refusal is one line without control characters");
    require(escaped(error.message) == error.message, "a refusal needs no further escaping");
}

/// Whether a path beneath the state directory leads to something in it, by its
/// text alone.
inline bool stays_beneath(std::string_view text)
{
    const std::filesystem::path path(text);
    return !text.contains('\0') && path.is_relative() && path == path.lexically_normal() &&
           path.begin()->string() != ".." && path != "." && path.has_filename();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size)
{
    return {reinterpret_cast<const char*>(data), size};
}

} // namespace left4me
