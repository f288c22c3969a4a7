#include "host/generated_configuration.hpp"

#include "model/layer_alias.hpp"
#include "system/format.hpp"
#include "system/path_parts.hpp"
#include "system/whiteout.hpp"

namespace left4me {

bool is_generated_name(std::string_view file)
{
    constexpr std::string_view begin = "server_";
    constexpr std::string_view end = ".cfg";
    if (file == "server.cfg")
        return true;
    if (file.size() < begin.size() + end.size() || !file.starts_with(begin) || !file.ends_with(end))
        return false;
    file.remove_prefix(begin.size());
    file.remove_suffix(end.size());
    return LayerAlias::parse(file).has_value();
}

Result<void> clear_copies(const Directory& layer, const Directory& upper)
{
    const auto generated = layer.subdirectory(generated_directory);
    if (!generated && generated.error().status == ExitStatus::not_found)
        return {};
    const auto written = upper.subdirectory(generated_directory);
    if (!written && written.error().status == ExitStatus::not_found)
        return {};
    // The server put something else in the directory's place: a link or a file.
    if (generated && !written)
        return fail(written.error().status,
                    formatted("{} (the server changed its own tree; l4d2ctl reset wipes it)",
                              written.error().message));
    const auto names =
        generated.and_then([](const Directory& directory) { return directory.entries(); });
    if (!names)
        return std::unexpected(names.error());
    for (const auto& name : *names)
        if (is_generated_name(name))
            if (auto removed = written->remove_tree(name); !removed)
                return removed;
    return {};
}

Result<void> hide(const Directory& layer, const std::vector<InstanceSpec::Hidden>& paths)
{
    constexpr mode_t mode = 0755; // within a private directory
    for (const auto& hidden : paths) {
        const auto& path = hidden.path.str();
        const auto done =
            layer.make_path(part_above(path), mode).and_then([&](const Directory& directory) {
                return make_whiteout(directory, last_part(path));
            });
        if (!done)
            return done;
    }
    return {};
}

} // namespace left4me
