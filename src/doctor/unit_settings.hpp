#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// One setting of a unit's file.
struct UnitSetting {
    std::string section; ///< "Service"
    std::string key;
    std::string value; ///< continued lines as one; empty resets a list
    bool operator==(const UnitSetting&) const = default;
};

/// The settings of a unit's file as systemd reads it, in order. What systemd
/// would pass over (comments, lines without '=') is passed over here.
std::vector<UnitSetting> parse_unit_file(std::string_view text);

/// A unit's file or one of its drop-ins.
struct UnitFile {
    std::string path;
    std::vector<UnitSetting> settings;
};

enum class Effect {
    documented, ///< one that docs/operators.md tells operators to make
    unknown,    ///< of a setting that the package leaves alone
    weakens,    ///< a setting of the sandbox is not what the package has
};

/// What one file makes of one setting.
struct UnitChange {
    std::string path;
    std::string key;
    std::string value;   ///< in this file, "" for a reset
    std::string shipped; ///< what the package has, "" for nothing
    Effect effect;
    bool operator==(const UnitChange&) const = default;
};

/// How a unit differs from the package's. fragment is the file that systemd
/// uses, which an operator may have replaced; drop_ins follow in the order in
/// which they count. Shares of the machine (MemoryMax=, Nice=, …), which are
/// the operator's to set, are no change, nor is the package's own value given
/// again. Any value but the shipped one of another setting weakens, since
/// nobody has looked whether the sandbox holds with it.
std::vector<UnitChange> changes_of(const UnitFile& shipped, const UnitFile& fragment,
                                   const std::vector<UnitFile>& drop_ins);

} // namespace left4me
