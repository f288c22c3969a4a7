#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace left4me {

/// How far something long has come: a bar on standard error where that is a
/// terminal, else a line whenever another phase of a mebibyte or more begins.
class Progress {
public:
    Progress();
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Bytes done of total; a total of 0 is not known. May be called as often as one
    /// likes: it is drawn ten times a second, and whenever the phase is another.
    void show(std::string_view phase, std::uint64_t done, std::uint64_t total);

    /// Takes the bar away, before something else is printed.
    void clear();

private:
    void draw(std::string_view phase, std::uint64_t done, std::uint64_t total);

    bool terminal_;
    bool drawn_ = false;
    std::string phase_;
    std::chrono::steady_clock::time_point drawn_at_;
};

} // namespace left4me
