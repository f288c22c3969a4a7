#include "doctor/unit_settings.hpp"

#include "system/format.hpp"
#include "system/trimmed.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace left4me {
namespace {

using Values = std::vector<std::string>;

std::string_view without_blanks(std::string_view text)
{
    return trimmed(text, " \t\r");
}

/// Shares of the machine and the life of a service: nothing of the sandbox.
constexpr std::string_view tunable =
    " AllowedCPUs AllowedMemoryNodes CPUAffinity CPUQuota CPUQuotaPeriodSec "
    "CPUSchedulingPolicy CPUSchedulingPriority CPUWeight Description Documentation "
    "IODeviceWeight IOReadBandwidthMax IOReadIOPSMax IOSchedulingClass IOSchedulingPriority "
    "IOWeight IOWriteBandwidthMax IOWriteIOPSMax LimitNOFILE LogLevelMax LogRateLimitBurst "
    "LogRateLimitIntervalSec MemoryHigh MemoryLow MemoryMax MemoryMin MemorySwapMax NUMAMask "
    "NUMAPolicy Nice OOMPolicy OOMScoreAdjust Restart RestartMaxDelaySec RestartMode RestartSec "
    "RestartSteps StartLimitBurst StartLimitIntervalSec StartupAllowedCPUs StartupCPUWeight "
    "StartupIOWeight TasksMax TimeoutSec TimeoutStartSec TimeoutStopSec ";

/// Ways around the sandbox that the package does not use, so that any value
/// opens something: other programs (with '+' as root), libraries to preload,
/// devices, ports, and other units' files and network.
constexpr std::string_view opening =
    " BindPaths BindReadOnlyPaths DeviceAllow Environment EnvironmentFile ExecCondition "
    "ExecPaths ExecReload ExecStartPost ExecStartPre ExecStop ExecStopPost JoinsNamespaceOf "
    "NetworkNamespacePath OpenFile PAMName PassEnvironment ReadWritePaths RootImage "
    "SocketBindAllow SupplementaryGroups ";

/// Addresses that allow all there are, and so switch every denial off.
constexpr auto everywhere = std::to_array<std::string_view>({"any", "0.0.0.0/0", "::/0"});

bool has_word(std::string_view words, std::string_view word)
{
    return words.contains(formatted(" {} ", word));
}

/// Switches have several words for yes and no.
std::string_view normal(std::string_view value)
{
    constexpr auto yes = std::to_array<std::string_view>({"1", "y", "yes", "t", "true", "on"});
    constexpr auto no = std::to_array<std::string_view>({"0", "n", "no", "f", "false", "off"});
    return std::ranges::contains(yes, value) ? "yes" : std::ranges::contains(no, value) ? "no" : value;
}

/// Dependencies and conditions hold nothing of the sandbox, but for this one.
bool counts(const UnitSetting& setting)
{
    const bool section = setting.section == "Service" || setting.section == "Slice";
    return (section || setting.key == "JoinsNamespaceOf") && !has_word(tunable, setting.key);
}

/// The values of one key, in order, since the last reset; a value that follows
/// itself counts once.
Values values_in(const std::vector<const UnitFile*>& files, std::string_view key)
{
    Values values;
    for (const auto* file : files)
        for (const auto& setting : file->settings) {
            if (setting.key != key || !counts(setting))
                continue;
            if (setting.value.empty())
                values.clear();
            else if (values.empty() || normal(values.back()) != normal(setting.value))
                values.push_back(setting.value);
        }
    return values;
}

bool are_same(const Values& some, const Values& others)
{
    return std::ranges::equal(some, others, {}, normal, normal);
}

std::string joined(const Values& values)
{
    std::string text;
    for (const auto& value : values)
        text += (text.empty() ? "" : " ") + value;
    return text;
}

std::set<std::string> keys_of(const UnitFile& file)
{
    std::set<std::string> keys;
    for (const auto& setting : file.settings)
        if (counts(setting))
            keys.insert(setting.key);
    return keys;
}

bool allows_everything(const Values& values)
{
    return std::ranges::any_of(values, [](const std::string& value) {
        return std::ranges::any_of(
            everywhere, [&](std::string_view all) { return has_word(formatted(" {} ", value), all); });
    });
}

/// Of a key whose values are no longer the package's.
Effect effect_of(std::string_view key, const Values& values, bool is_shipped)
{
    if (key == "IPAddressAllow") // players in the local network
        return allows_everything(values) ? Effect::weakens : Effect::documented;
    if (key == "SocketBindDeny" && !values.empty()) // a wider range of ports
        return Effect::documented;
    return is_shipped || has_word(opening, key) ? Effect::weakens : Effect::unknown;
}

} // namespace

std::vector<UnitSetting> parse_unit_file(std::string_view text)
{
    std::vector<UnitSetting> settings;
    std::string section;
    std::string line;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto part = without_blanks(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        // A comment within a continued line is left out of it.
        if (part.starts_with('#') || part.starts_with(';'))
            continue;
        line += part;
        if (line.ends_with('\\') && !text.empty()) {
            line.back() = ' ';
            continue;
        }
        const auto equals = line.find('=');
        if (line.starts_with('[') && line.ends_with(']'))
            section = line.substr(1, line.size() - 2);
        else if (equals != std::string::npos)
            settings.push_back({section, std::string(without_blanks(line.substr(0, equals))),
                                std::string(without_blanks(line.substr(equals + 1)))});
        line.clear();
    }
    return settings;
}

std::vector<UnitChange> changes_of(const UnitFile& shipped, const UnitFile& fragment,
                                   const std::vector<UnitFile>& drop_ins)
{
    std::vector<const UnitFile*> in_force = {&fragment};
    for (const auto& file : drop_ins)
        in_force.push_back(&file);
    std::vector<UnitChange> changes;
    for (const auto* file : in_force) {
        auto keys = keys_of(*file);
        if (file == &fragment) // one that it leaves out is a change of it, too
            keys.merge(keys_of(shipped));
        for (const auto& key : keys) {
            const auto before = values_in({&shipped}, key);
            const auto now = values_in(in_force, key);
            const bool is_its = file != &fragment || !are_same(values_in({&fragment}, key), before);
            if (!are_same(now, before) && is_its)
                changes.push_back({file->path, key, joined(values_in({file}, key)), joined(before),
                                   effect_of(key, now, keys_of(shipped).contains(key))});
        }
    }
    return changes;
}

} // namespace left4me
