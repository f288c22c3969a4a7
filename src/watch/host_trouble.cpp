#include "watch/host_trouble.hpp"

#include "system/directory.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <fcntl.h>
#include <ranges>

namespace left4me {
namespace {

constexpr std::string_view slice_of_games = "/sys/fs/cgroup/l4d2.slice/l4d2-game.slice";

/// A file of the kernel's; empty where it cannot be read.
std::string read_kernel_file(const std::string& path)
{
    constexpr std::size_t most = 64UL * 1024;
    const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    return file ? read_stream(file, path, most).value_or("") : "";
}

auto lines_of(std::string_view text)
{
    return std::views::split(text, '\n') |
           std::views::transform([](auto line) { return std::string_view(line); });
}

/// What stands behind a word and a blank, as far as the next blank.
std::optional<std::string_view> word_behind(std::string_view line, std::string_view key)
{
    const auto at = line.find(key);
    if (at == std::string_view::npos)
        return std::nullopt;
    const auto value = line.substr(at + key.size());
    return value.substr(0, value.find(' '));
}

double pressure_in(std::string_view file, std::string_view line)
{
    return parse_pressure(read_kernel_file(formatted("{}/{}", slice_of_games, file)), line).value_or(0);
}

} // namespace

std::optional<double> parse_pressure(std::string_view text, std::string_view line)
{
    for (const auto one : lines_of(text))
        if (one.starts_with(line)) {
            const auto value = word_behind(one, " avg10=");
            double per_cent = 0;
            if (!value)
                return std::nullopt;
            const auto parsed = std::from_chars(value->data(), value->data() + value->size(), per_cent);
            return parsed.ec == std::errc() ? std::optional(per_cent) : std::nullopt;
        }
    return std::nullopt;
}

std::uint64_t parse_dropped(std::string_view text)
{
    std::uint64_t sum = 0;
    for (const auto line : lines_of(text)) {
        const auto first = line.find(' ');
        if (first == std::string_view::npos)
            continue;
        const auto rest = line.substr(first + 1);
        sum += parse_number<std::uint32_t>(rest.substr(0, rest.find(' ')), 16).value_or(0);
    }
    return sum;
}

bool Pressure::is_starved() const
{
    constexpr double much_cpu = 50;
    constexpr double much_io = 50;
    constexpr double much_memory = 25;
    return cpu_some >= much_cpu || io_full >= much_io || memory_full >= much_memory;
}

Pressure read_pressure_of_games()
{
    return {.cpu_some = pressure_in("cpu.pressure", "some"),
            .io_full = pressure_in("io.pressure", "full"),
            .memory_full = pressure_in("memory.pressure", "full")};
}

std::uint64_t read_dropped()
{
    return parse_dropped(read_kernel_file("/proc/self/net/softnet_stat"));
}

std::optional<std::chrono::microseconds> parse_cpu_usage(std::string_view text)
{
    for (const auto line : lines_of(text))
        if (line.starts_with("usage_usec "))
            return parse_number<std::int64_t>(line.substr(line.find(' ') + 1))
                .transform([](std::int64_t used) { return std::chrono::microseconds(used); });
    return std::nullopt;
}

Usage read_usage(const std::string& unit)
{
    const auto memory = read_kernel_file(formatted("{}/{}/memory.current", slice_of_games, unit));
    return {.cpu = parse_cpu_usage(read_kernel_file(formatted("{}/{}/cpu.stat", slice_of_games, unit))),
            .memory =
                parse_number<std::uint64_t>(std::string_view(memory).substr(0, memory.find('\n')))};
}

} // namespace left4me
