#pragma once

#include "system/report.hpp"

#include <format>
#include <string>
#include <vector>

/// Remembers what it was told, a line for each.
class ToldReport final : public left4me::Report {
public:
    void step(std::string_view what) override { all.push_back(std::format("step {}", what)); }
    void progress(std::string_view phase, std::uint64_t done, std::uint64_t total) override
    {
        all.push_back(std::format("{} {}/{}", phase, done, total));
    }
    void line(std::string_view text) override { all.push_back(std::format("line {}", text)); }
    void warning(std::string_view what) override { all.push_back(std::format("warning {}", what)); }

    std::vector<std::string> all;
};
