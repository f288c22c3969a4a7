#include "host/server_inspection.hpp"

#include "system/directory.hpp"
#include "system/file_times.hpp"
#include "system/format.hpp"

#include <nlohmann/json.hpp>

namespace left4me {
namespace {

using nlohmann::json;

constexpr std::size_t max_inspections = 4 * 1024 * 1024; // bytes
const std::string inspections_file = "inspection.json";

} // namespace

std::string format_inspections(const Inspections& inspections)
{
    json all = json::object();
    for (const auto& [name, inspection] : inspections)
        all[name.str()] = {{"main_pid", inspection.main_pid},
                           {"launcher_replaced", inspection.launcher_replaced},
                           {"replaced", inspection.replaced}};
    // File names may be anything.
    return all.dump(2, ' ', true, json::error_handler_t::replace) + '\n';
}

Result<Inspections> parse_inspections(std::string_view text)
{
    try {
        Inspections inspections;
        const auto document = json::parse(text);
        for (const auto& [key, value] : document.items()) {
            auto name = InstanceName::parse(key);
            if (!name)
                return std::unexpected(name.error());
            inspections.emplace(std::move(*name),
                                ServerInspection{value.at("main_pid").get<std::uint32_t>(),
                                                 value.at("launcher_replaced").get<bool>(),
                                                 value.at("replaced").get<std::vector<std::string>>()});
        }
        return inspections;
    } catch (const std::exception& problem) {
        return fail(ExitStatus::bad_data,
                    formatted("not a list of inspections: {}", escaped(problem.what())));
    }
}

Result<void> write_inspections(const Host& host, const Inspections& inspections)
{
    return host.open_run().and_then([&](const Directory& run) {
        return run.replace_file(inspections_file, format_inspections(inspections), 0644);
    });
}

std::optional<std::chrono::microseconds> inspections_written(const Host& host)
{
    return file_written(formatted("{}/{}", host.run(), inspections_file));
}

Result<Inspections> read_inspections(const Host& host)
{
    return host.open_run()
        .and_then([](const Directory& run) { return run.read_file(inspections_file, max_inspections); })
        .and_then([](const std::string& text) { return parse_inspections(text); });
}

} // namespace left4me
