#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace left4me {

/// How far something long has come: a bar on standard error where that is a
/// terminal, else a line whenever another phase begins.
class Progress {
public:
    Progress();
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Bytes done of total; 0 of 0 is not known.
    void show(std::string_view phase, std::uint64_t done, std::uint64_t total);

    /// Takes the bar away, before something else is printed.
    void clear();

private:
    bool terminal_;
    bool drawn_ = false;
    std::string phase_;
};

} // namespace left4me
