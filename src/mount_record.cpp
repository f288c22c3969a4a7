#include "mount_record.hpp"

#include "state_directory.hpp"

#include <format>
#include <nlohmann/json.hpp>

namespace left4me {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t size_limit = 4 * 1024 * 1024;

MountedDirectory directory_of(const ordered_json& json)
{
    return {json.at("device").get<std::uint64_t>(), json.at("inode").get<std::uint64_t>()};
}

} // namespace

std::string format_mount_record(const InstanceName& name, const MountRecord& record)
{
    ordered_json json = {
        {"instance", name.str()},
        {"configuration",
         {{"device", record.configuration.device}, {"inode", record.configuration.inode}}},
        {"layers", ordered_json::array()},
    };
    for (const auto& layer : record.layers)
        json["layers"].push_back({{"ref", layer.ref},
                                  {"version", layer.version},
                                  {"device", layer.directory.device},
                                  {"inode", layer.directory.inode}});
    return json.dump(2) + '\n';
}

Result<MountRecord> parse_mount_record(std::string_view text)
{
    try {
        const auto json = ordered_json::parse(text);
        MountRecord record{directory_of(json.at("configuration")), {}};
        for (const auto& layer : json.at("layers"))
            record.layers.push_back({layer.at("ref").get<std::string>(),
                                     layer.at("version").get<std::uint64_t>(), directory_of(layer)});
        return record;
    } catch (const nlohmann::json::exception& problem) {
        return fail(ExitStatus::bad_data, std::format("not a mount record: {}", problem.what()));
    }
}

Result<Directory> open_mount_records()
{
    return Directory::open(path::run + "/mounts");
}

std::string mount_record_name(const InstanceName& name)
{
    return name.str() + ".json";
}

Result<MountRecord> read_mount_record(const InstanceName& name)
{
    return open_mount_records()
        .and_then([&](const Directory& records) {
            return records.read_file(mount_record_name(name), size_limit);
        })
        .and_then([](const std::string& text) { return parse_mount_record(text); });
}

} // namespace left4me
