#pragma once

#include "model/build_run.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace left4me {

/// A script that makes a layer. A daily layer, one that is made anew each day, keeps its own
/// beside its versions, where no script can change it.
struct BuildScript {
    BuildAbi abi;
    std::string text;
    bool operator==(const BuildScript&) const = default;
};

std::string format_daily_script(const BuildScript& script);

/// bad_data for anything that format_daily_script does not write.
Result<BuildScript> parse_daily_script(std::string_view text);

/// That of versions/REF; none where the layer is not a daily one.
Result<std::optional<BuildScript>> read_daily_script(const Directory& versions);

/// Whether one is there, good or bad.
Result<bool> has_daily_script(const Directory& versions);

/// It counts once it is put, which needs no space any more.
Result<void> prepare_daily_script(const Directory& versions, const BuildScript& script);
Result<void> put_daily_script(const Directory& versions);
void drop_daily_script(const Directory& versions);
Result<void> remove_daily_script(const Directory& versions);

} // namespace left4me
