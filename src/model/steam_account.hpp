#pragma once

#include "system/error.hpp"

#include <string>
#include <string_view>

namespace left4me {

/// Whom steamcmd logs in as: a name of Steam's grammar, or anonymous. It stands on
/// steamcmd's command line, so it can be taken for no other word of it.
class SteamAccount {
public:
    static SteamAccount anonymous() { return SteamAccount("anonymous"); }

    /// 1 to 64 of letters, digits, '_', '.', '-' and '@' (the oldest accounts are
    /// mail addresses), the first a letter or a digit; else usage.
    static Result<SteamAccount> parse(std::string_view name);

    [[nodiscard]] bool is_anonymous() const { return name_ == "anonymous"; }
    [[nodiscard]] const std::string& str() const noexcept { return name_; }

    bool operator==(const SteamAccount&) const = default;

private:
    explicit SteamAccount(std::string name) : name_(std::move(name)) {}
    std::string name_;
};

} // namespace left4me
