#include "doctor/job_facts.hpp"

#include "doctor/unit_findings.hpp"
#include "host/job_place.hpp"
#include "model/job_result.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <chrono>

namespace left4me {
namespace {

/// A server's are judged by what became of the server.
bool is_of_a_server(const std::string& unit)
{
    return unit.starts_with("left4me-server@") || unit.starts_with("left4me-overlay@") ||
           unit.starts_with("left4me-retry@");
}

Result<std::vector<std::string>> read_failed_units(Systemd& systemd)
{
    return systemd.loaded_units("left4me-*", "left4me-*")
        .and_then([&](std::vector<std::string> units) {
            std::erase_if(units, is_of_a_server);
            std::ranges::sort(units, NaturalLess());
            return systemd.states(units);
        })
        .transform([](const std::vector<UnitState>& states) {
            std::vector<std::string> failed;
            for (const auto& [unit, state] : states)
                if (state == "failed")
                    failed.push_back(unit);
            return failed;
        });
}

/// One job's failure, if it has one that is new; a job without a result may be at work.
std::optional<FailedJob> read_failure(const Directory& jobs, const std::string& id,
                                      std::chrono::sys_seconds oldest)
{
    const auto place = jobs.subdirectory(id);
    const auto status = place.and_then([](const Directory& opened) { return opened.status(); });
    if (!status || status->st_mtim.tv_sec < oldest.time_since_epoch().count())
        return std::nullopt;
    const auto text = place->read_file(job_entry::result, max_job_result_size);
    // One that was stopped was somebody's wish.
    const auto stopped = formatted("status={}\n", static_cast<int>(ExitStatus::cancelled));
    if (!text || text->starts_with("status=0\n") || text->starts_with(stopped))
        return std::nullopt;
    const auto told = describe_job_result(*text);
    return told ? std::optional(FailedJob{id, *told}) : std::nullopt;
}

Result<std::vector<FailedJob>> read_failed_jobs(const Host& host)
{
    const auto jobs = host.open_state().and_then(
        [](const Directory& state) { return state.subdirectory(jobs_place); });
    auto ids = jobs.and_then([](const Directory& opened) { return opened.entries(); });
    if (!ids && ids.error().status == ExitStatus::not_found)
        return std::vector<FailedJob>();
    if (!ids)
        return std::unexpected(ids.error());
    std::ranges::sort(*ids, NaturalLess());
    const auto oldest = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) -
                        std::chrono::days(1);
    std::vector<FailedJob> failed;
    for (const auto& id : *ids)
        if (auto failure = read_failure(*jobs, id, oldest))
            failed.push_back(std::move(*failure));
    return failed;
}

} // namespace

Findings look_at_jobs(const Host& host, Result<Systemd>& systemd)
{
    const auto units = systemd.and_then([](Systemd& bus) { return read_failed_units(bus); });
    return judged(Check::jobs, units, [&](const std::vector<std::string>& failed) {
        const auto jobs = read_failed_jobs(host);
        auto findings = judge_jobs(host, failed, jobs.value_or(std::vector<FailedJob>()));
        if (!jobs)
            findings.push_back(not_checked(Check::jobs, jobs.error()));
        return findings;
    });
}

} // namespace left4me
