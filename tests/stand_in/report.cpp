#include "report.hpp"

#include "errno_name.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <format>
#include <fstream>
#include <memory>
#include <string_view>
#include <unistd.h>

namespace stand_in {

namespace {

std::vector<std::string> environment_names()
{
    std::vector<std::string> names;
    for (char* const* entry = environ; *entry != nullptr; ++entry) {
        const std::string_view assignment = *entry;
        names.emplace_back(assignment.substr(0, assignment.find('=')));
    }
    std::ranges::sort(names);
    return names;
}

std::string signal_name(int number)
{
    const char* name = sigabbrev_np(number);
    return name != nullptr ? name : std::to_string(number);
}

/// From the SigIgn mask, whose lowest bit is signal 1.
std::vector<std::string> ignored_signals()
{
    static constexpr std::string_view key = "SigIgn:\t";
    std::ifstream status("/proc/self/status");
    std::uint64_t mask = 0;
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(key))
            std::from_chars(line.data() + key.size(), line.data() + line.size(), mask, 16);
    std::vector<std::string> names;
    for (int number = 1; number <= 64; ++number)
        if ((mask >> (number - 1) & 1) != 0)
            names.push_back(signal_name(number));
    return names;
}

std::vector<std::string> open_descriptors()
{
    const std::unique_ptr<DIR, decltype([](DIR* open) { closedir(open); })> list(
        opendir("/proc/self/fd"));
    std::vector<std::string> descriptors;
    if (!list)
        return descriptors;
    while (const dirent* entry = readdir(list.get())) {
        const std::string number = entry->d_name;
        if (number.starts_with('.') || number == std::to_string(dirfd(list.get())))
            continue;
        std::array<char, PATH_MAX> target{};
        const ssize_t length =
            readlinkat(dirfd(list.get()), number.c_str(), target.data(), target.size());
        descriptors.push_back(
            number + ' ' +
            std::string(target.data(), length > 0 ? static_cast<std::size_t>(length) : 0));
    }
    std::ranges::sort(descriptors);
    return descriptors;
}

std::string working_directory()
{
    std::array<char, PATH_MAX> path{};
    return getcwd(path.data(), path.size()) != nullptr ? path.data() : errno_name(errno);
}

std::string hexadecimal(std::string_view bytes)
{
    std::string text;
    for (const char byte : bytes)
        text += std::format("{:02x}", static_cast<unsigned char>(byte));
    return text;
}

/// Collects the lines; a value never has more than one.
class Lines {
public:
    void add(std::string_view key, std::string_view value)
    {
        text_.append(key).append(1, '=');
        for (const char c : value)
            text_ += std::iscntrl(static_cast<unsigned char>(c)) != 0 ? '?' : c;
        text_ += '\n';
    }

    void add(std::string_view key, const std::vector<std::string>& values)
    {
        for (const std::string& value : values)
            add(key, value);
    }

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

std::string report_text(const Inheritance& inherited, const StartupChecks& checks)
{
    Lines lines;
    lines.add("pid", std::to_string(getpid()));
    lines.add("uid", std::to_string(getuid()));
    lines.add("gid", std::to_string(getgid()));
    lines.add("cwd", working_directory());
    lines.add("argc", std::to_string(inherited.arguments.size()));
    for (const std::string& argument : inherited.arguments)
        lines.add("arg", hexadecimal(argument));
    lines.add("env", inherited.environment_names);
    lines.add("ignored_signal", inherited.ignored_signals);
    lines.add("fd", inherited.descriptors);
    lines.add("ptrace", checks.ptrace);
    lines.add("cpuinfo", checks.cpuinfo);
    lines.add("steamclient", checks.steamclient);
    lines.add("textrel", checks.textrel);
    lines.add("bind0", checks.bind0);
    lines.add("addons", checks.addons);
    lines.add("lost_addon", checks.lost_addons);
    lines.add("lan_only", checks.lan_only() ? "1" : "0");
    return lines.text();
}

} // namespace

Inheritance inheritance(std::span<char* const> arguments)
{
    return {.arguments = {arguments.begin(), arguments.end()},
            .environment_names = environment_names(),
            .ignored_signals = ignored_signals(),
            .descriptors = open_descriptors()};
}

std::string write_report(const std::string& path, const Inheritance& inherited,
                         const StartupChecks& checks)
{
    const std::string unfinished = path + ".new";
    errno = 0;
    std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
    file << report_text(inherited, checks);
    file.close();
    if (!file || std::rename(unfinished.c_str(), path.c_str()) == -1)
        return errno_name(errno);
    return "ok";
}

} // namespace stand_in
