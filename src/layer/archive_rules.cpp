#include "layer/archive_rules.hpp"

#include "system/format.hpp"
#include "system/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <ranges>

namespace left4me {
namespace {

constexpr std::size_t max_part_size = 255;  // NAME_MAX
constexpr std::size_t max_path_size = 3000; // with the work copy's below PATH_MAX

std::unexpected<Error> refuse(std::string_view name, std::string_view why)
{
    return fail(ExitStatus::bad_data, formatted("entry {} {}", quote(name), why));
}

/// "C:/"
bool begins_with_drive(std::string_view name)
{
    return name.size() > 2 && name[1] == ':' && name[2] == '/';
}

} // namespace

Result<std::string> path_of_entry(std::string_view name)
{
    if (!is_utf8(name))
        return refuse(name, "has a name that is not UTF-8: --charset names its characters, as CP437, "
                            "CP1251, GBK or SHIFT_JIS");
    std::string slashed(name);
    std::ranges::replace(slashed, '\\', '/');
    if (slashed.starts_with('/') || begins_with_drive(slashed))
        return refuse(name, "has an absolute name");
    if (escaped(slashed) != slashed)
        return refuse(name, "has control characters in its name");
    std::string path;
    for (const auto range : std::views::split(slashed, '/')) {
        const std::string_view part(range);
        if (part.empty() || part == ".")
            continue;
        if (part == "..")
            return refuse(name, "has '..' in its name");
        if (part.size() > max_part_size)
            return refuse(name, formatted("has a part of more than {} bytes", max_part_size));
        path += path.empty() ? "" : "/";
        path += part;
    }
    if (path.size() > max_path_size)
        return refuse(name, formatted("has a name of more than {} bytes", max_path_size));
    return path;
}

Result<void> check_link_of_entry(std::string_view path, std::string_view target)
{
    const auto leaves = [&] {
        return fail(ExitStatus::bad_data,
                    formatted("link {} leads out of the layer, to {}", quote(path), quote(target)));
    };
    if (target.empty() || target.starts_with('/') || escaped(target) != target)
        return leaves();
    auto depth = std::ranges::count(path, '/');
    for (const auto range : std::views::split(target, '/')) {
        const std::string_view part(range);
        if (part == "..")
            --depth;
        else if (!part.empty() && part != ".")
            ++depth;
        if (depth < 0)
            return leaves();
    }
    return {};
}

Result<void> check_import_size(std::uint64_t entries, std::uint64_t unpacked, std::uint64_t packed)
{
    if (entries > max_import_entries)
        return fail(ExitStatus::bad_data, formatted("it has more than {} entries", max_import_entries));
    if (unpacked > max_import_bytes)
        return fail(ExitStatus::bad_data,
                    formatted("it unpacks to more than {} bytes", max_import_bytes));
    if (unpacked > ratio_counts_from && unpacked / max_import_ratio > packed)
        return fail(ExitStatus::bad_data,
                    formatted("it unpacks to more than {} times its size, as only a bomb does",
                              max_import_ratio));
    return {};
}

} // namespace left4me
