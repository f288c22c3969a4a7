#include "web/job_pruning.hpp"

#include "temporary_host.hpp"
#include "text_case.hpp"

#include <filesystem>
#include <format>

namespace left4me::web {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

std::vector<std::string> ownerless(const TemporaryHost& host, const std::set<JobId>& known,
                                   AccountTime since)
{
    std::vector<std::string> ids;
    const auto found = ownerless_places(*host, known, since).value();
    for (const auto& id : found)
        ids.push_back(id.str());
    return ids;
}

TEST(JobPruning, FindsOldPlacesThatAreNobodys)
{
    const TemporaryHost host;
    for (const auto* name : {"1", "2", "10", "x", "12345678901"})
        fs::create_directories((*host).state_path(std::format("jobs/{}", name)));
    host.write("state/jobs/3", "no place");
    fs::create_directory_symlink("/etc", (*host).state_path("jobs/4"));
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto soon = now + std::chrono::hours(1);
    EXPECT_THAT(ownerless(host, {*JobId::parse("2")}, soon), ElementsAre("1", "10"));
    EXPECT_THAT(ownerless(host, {}, now - std::chrono::hours(1)), ElementsAre()) << "they are new";
    for (int id = 100; id < 200; ++id)
        fs::create_directories((*host).state_path(std::format("jobs/{}", id)));
    EXPECT_EQ(ownerless(host, {}, soon).size(), 20U);
}

} // namespace
} // namespace left4me::web
