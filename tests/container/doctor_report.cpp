#include "doctor_report.hpp"

#include <format>
#include <nlohmann/json.hpp>

namespace left4me::test {

Outcome doctor_after(const std::string& script)
{
    return run({"unshare", "--mount", "--propagation", "private", "sh", "-c",
                script + " && exec l4d2ctl doctor --json"});
}

std::vector<std::string> findings(const Outcome& done, const std::string& id)
{
    std::vector<std::string> texts;
    EXPECT_EQ(done.err, "");
    for (const auto& finding : nlohmann::json::parse(done.out))
        if (finding.at("id") == id)
            texts.push_back(std::format("{}: {}", finding.at("verdict").get<std::string>(),
                                        finding.at("what").get<std::string>()));
    EXPECT_THAT(texts, testing::Not(testing::IsEmpty())) << id;
    return texts;
}

std::vector<std::string> findings(const std::string& id)
{
    return findings(l4d2ctl({"doctor", "--json"}), id);
}

std::string action_of(const std::string& id, const std::string& part)
{
    for (const auto& finding : nlohmann::json::parse(l4d2ctl({"doctor", "--json"}).out))
        if (finding.at("id") == id && finding.at("what").get<std::string>().contains(part))
            return finding.at("action").is_null() ? "" : finding.at("action").get<std::string>();
    ADD_FAILURE() << "no finding of " << id << " has " << part;
    return "";
}

} // namespace left4me::test
