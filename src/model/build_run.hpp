#pragma once

#include "model/layer_ref.hpp"
#include "system/error.hpp"

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

namespace left4me {

/// The name of one work copy of a layer, builds/REF/ID: [a-z0-9]{1,32}.
class BuildId {
public:
    /// usage, with the rule that was broken.
    static Result<BuildId> parse(std::string_view text);

    [[nodiscard]] const std::string& str() const noexcept { return text_; }
    auto operator<=>(const BuildId&) const = default;

private:
    explicit BuildId(std::string_view text) : text_(text) {}
    std::string text_;
};

/// Which work copy a script is to change.
struct WorkCopy {
    LayerRef layer;
    BuildId id;
};

/// builds/REF/ID, beneath the state directory.
std::string work_copy_path(const WorkCopy& copy);

/// The one line of a run's file that names its work copy, and back.
std::string format_work_copy(const WorkCopy& copy);
Result<WorkCopy> parse_work_copy(std::string_view line);

/// The instance of the units that one run of a script has: ID-RANDOM,
/// [a-z0-9]{1,32}-[0-9a-f]{16}. Not the layer: a ref may be longer than the name
/// of a unit.
class BuildRun {
public:
    /// A new one, which nobody else has.
    static Result<BuildRun> random(const BuildId& id);

    /// usage, unless it is one.
    static Result<BuildRun> parse(std::string_view text);

    [[nodiscard]] const std::string& str() const noexcept { return text_; }

private:
    explicit BuildRun(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// Largest script, in bytes.
constexpr std::size_t max_script_size = 1024 * 1024;

/// For which processors a script may run programs.
enum class BuildAbi { native, multiarch };

/// The names of a run's units. That of an import is without network and caches.
std::string build_unit(const BuildRun& run, BuildAbi abi);
std::string import_unit(const BuildRun& run);
std::string workcopy_unit(const BuildRun& run);

/// Where runs lie: root's alone. In it a directory for each, with the entries below.
inline const std::string build_runs = "/run/left4me-build";
namespace run_entry {
inline const std::string script = "script";
inline const std::string output = "output";       ///< a FIFO
inline const std::string gate = "gate";           ///< a socket: a byte lets the script begin
inline const std::string work_copy = "work-copy"; ///< names it
inline const std::string overlay = "overlay";     ///< it is mounted there
} // namespace run_entry

} // namespace left4me
