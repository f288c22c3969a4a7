#pragma once

#include <map>
#include <string>
#include <vector>

namespace left4me::test {

/// What a probe (tests/probe) of one ABI printed.
class ProbeReport {
public:
    ProbeReport() = default;
    explicit ProbeReport(const std::string& text);

    /// "ok", an errno's name or a signal's; "no answer" without a line.
    [[nodiscard]] std::string result(const std::string& id) const;

    [[nodiscard]] std::vector<std::string> entries(const std::string& id) const;
    [[nodiscard]] std::vector<std::string> sorted(const std::string& id) const;

    [[nodiscard]] const std::string& abi() const { return abi_; } ///< "32" or "64"

private:
    std::string abi_;
    std::map<std::string, std::string> results_;
    std::map<std::string, std::vector<std::string>> entries_;
};

} // namespace left4me::test
