#pragma once

#include "system/report.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace left4me::web {

/// What a verb warns of, for a page to show.
class GatheredWarnings final : public Report {
public:
    void step(std::string_view /*what*/) override {}
    void progress(std::string_view /*phase*/, std::uint64_t /*done*/, std::uint64_t /*total*/) override
    {
    }
    void line(std::string_view /*text*/) override {}
    void warning(std::string_view what) override { all.emplace_back(what); }

    std::vector<std::string> all;
};

} // namespace left4me::web
