#include "host/mount_record.hpp"

#include "model/layer_ref.hpp"
#include "system/format.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace left4me {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t max_record_size = 4 * 1024 * 1024;

/// get() alone would turn -1 and 1.5 into numbers of something else.
std::uint64_t number_of(const ordered_json& json)
{
    return json.is_number_unsigned() ? json.get<std::uint64_t>()
                                     : throw std::invalid_argument("a number is expected");
}

MountedDirectory directory_of(const ordered_json& json)
{
    return {number_of(json.at("device")), number_of(json.at("inode"))};
}

} // namespace

Result<MountedDirectory> identity_of(const Directory& directory)
{
    return directory.status().transform(
        [](const struct stat& status) { return MountedDirectory{status.st_dev, status.st_ino}; });
}

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
        if (!json.at("layers").is_array())
            return fail(ExitStatus::bad_data, "not a mount record: 'layers' is no list");
        for (const auto& layer : json.at("layers"))
            record.layers.push_back({layer.at("ref").get<std::string>(), number_of(layer.at("version")),
                                     directory_of(layer)});
        for (std::size_t i = 0; i + 1 < record.layers.size(); ++i)
            if (const auto ref = LayerRef::parse(record.layers[i].ref); !ref)
                return fail(ExitStatus::bad_data,
                            formatted("not a mount record: {}", ref.error().message));
        if (record.layers.empty() || record.layers.back().ref != "installation")
            return fail(ExitStatus::bad_data,
                        "not a mount record: the installation is not the last layer");
        return record;
    } catch (const std::exception& problem) {
        return fail(ExitStatus::bad_data, formatted("not a mount record: {}", escaped(problem.what())));
    }
}

Result<Directory> open_mount_records(const Host& host)
{
    return Directory::open(host.run() + "/mounts");
}

std::string mount_record_name(const InstanceName& name)
{
    return name.str() + ".json";
}

Result<std::vector<InstanceName>> servers_on(const Host& host, const MountedDirectory& directory)
{
    const auto files =
        open_mount_records(host).and_then([](const Directory& records) { return records.entries(); });
    if (!files)
        return std::unexpected(files.error());
    std::vector<InstanceName> servers;
    for (const auto& file : *files) {
        auto name = InstanceName::parse(file.substr(0, file.rfind(".json")));
        if (!name || file != mount_record_name(*name))
            continue; // one in the making
        const auto record = read_mount_record(host, *name);
        if (!record && record.error().status == ExitStatus::not_found)
            continue; // unmounted meanwhile
        if (!record)
            return std::unexpected(record.error());
        if (std::ranges::contains(record->layers, directory, &MountedLayer::directory))
            servers.push_back(std::move(*name));
    }
    std::ranges::sort(servers);
    return servers;
}

Result<std::vector<InstanceName>> servers_on(const Host& host, const Directory& directory)
{
    return identity_of(directory).and_then(
        [&](const MountedDirectory& identity) { return servers_on(host, identity); });
}

Result<bool> has_mount_record(const Host& host, const InstanceName& name)
{
    return open_mount_records(host).and_then(
        [&](const Directory& records) { return records.contains(mount_record_name(name)); });
}

Result<MountRecord> read_mount_record(const Host& host, const InstanceName& name)
{
    return open_mount_records(host)
        .and_then([&](const Directory& records) {
            return records.read_file(mount_record_name(name), max_record_size);
        })
        .and_then([](const std::string& text) { return parse_mount_record(text); });
}

} // namespace left4me
