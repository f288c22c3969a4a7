#include "probe_report.hpp"

#include "support.hpp"

#include <algorithm>
#include <sstream>

namespace left4me::test {

ProbeReport::ProbeReport(const std::string& text)
{
    for (const auto& line : lines_of(text)) {
        std::istringstream words(line);
        std::string id;
        std::string result;
        std::string detail;
        words >> id >> abi_ >> result >> std::ws;
        std::getline(words, detail);
        if (result == "entry")
            entries_[id].push_back(detail);
        else
            results_[id] = result == "ok" ? "ok" : detail;
    }
}

std::string ProbeReport::result(const std::string& id) const
{
    const auto found = results_.find(id);
    return found == results_.end() ? "no answer" : found->second;
}

std::vector<std::string> ProbeReport::entries(const std::string& id) const
{
    const auto found = entries_.find(id);
    return found == entries_.end() ? std::vector<std::string>() : found->second;
}

std::vector<std::string> ProbeReport::sorted(const std::string& id) const
{
    auto list = entries(id);
    std::ranges::sort(list);
    return list;
}

} // namespace left4me::test
