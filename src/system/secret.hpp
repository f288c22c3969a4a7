#pragma once

#include <cstring>
#include <string>
#include <utility>

namespace left4me {

/// A password or code, for as long as it is needed: its memory is wiped at the
/// end, and it can be neither copied nor printed by mistake.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}
    Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }
    Secret& operator=(Secret&& other) noexcept
    {
        if (this != &other) {
            wipe();
            text_ = other.text_;
            other.wipe();
        }
        return *this;
    }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() { wipe(); }

    [[nodiscard]] const std::string& reveal() const noexcept { return text_; }

private:
    void wipe() noexcept
    {
        explicit_bzero(text_.data(), text_.size());
        text_.clear();
    }
    std::string text_;
};

} // namespace left4me
