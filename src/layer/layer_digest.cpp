#include "layer/layer_digest.hpp"

#include "layer/content_cache.hpp"
#include "system/digest.hpp"
#include "system/file_times.hpp"
#include "system/format.hpp"
#include "system/tree_walk.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string_view>
#include <sys/xattr.h>

namespace left4me {
namespace {

/// The digest, and the newest change of what it is of.
constexpr const char* attribute = "user.left4me.sha256";

class NewestChange : public TreeVisitor {
public:
    Result<void> visit(const TreeEntry& entry) override
    {
        newest_ = std::max(newest_, since_epoch(entry.status.st_ctim));
        return {};
    }
    Result<void> enter(const TreeEntry& entry, const Directory& /*below*/) override
    {
        return visit(entry);
    }
    [[nodiscard]] std::chrono::microseconds newest() const { return newest_; }

private:
    std::chrono::microseconds newest_{0};
};

/// Of all but the layer's own directory, which changes with what is kept there.
Result<std::string> newest_change(const Directory& layer)
{
    NewestChange change;
    return walk_tree(layer, change).transform([&] { return std::to_string(change.newest().count()); });
}

std::optional<std::string> kept_digest(const Directory& layer, const std::string& change)
{
    std::array<char, 100> text = {};
    const auto size = fgetxattr(layer.descriptor(), attribute, text.data(), text.size());
    constexpr std::size_t digits = 64;
    const std::string_view kept(text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (kept.size() <= digits || !ContentCache::is_sum(kept.substr(0, digits)) ||
        kept.substr(digits) != " " + change)
        return std::nullopt;
    return std::string(kept.substr(0, digits));
}

/// One that cannot be kept is made again.
void keep_digest(const Directory& layer, const std::string& sha256, const std::string& change)
{
    const auto text = formatted("{} {}", sha256, change);
    (void)fsetxattr(layer.descriptor(), attribute, text.data(), text.size(), 0);
}

} // namespace

Result<ExportedLayer> export_tree(const Host& host, const Directory& layer, const ArchiveSink& sink,
                                  const Phase& phase)
{
    Sha256 sum;
    const ArchiveSink both = [&](std::string_view part) {
        sum.add(part);
        return sink(part);
    };
    const ArchiveStyle style = {
        .own_times_and_modes = false,
        .file_of_link = [&](const std::string& target) { return open_in_cache(host, target); }};
    const auto change = newest_change(layer);
    if (!change)
        return std::unexpected(change.error());
    const auto archived = write_tree_archive(layer, both, style, phase);
    if (!archived)
        return std::unexpected(archived.error());
    return sum.hex().transform([&](std::string sha256) {
        keep_digest(layer, sha256, *change);
        return ExportedLayer{archived->size, std::move(sha256)};
    });
}

Result<std::string> digest_of_layer(const Host& host, const Directory& layer, const Phase& phase)
{
    const auto change = newest_change(layer);
    if (!change)
        return std::unexpected(change.error());
    if (auto kept = kept_digest(layer, *change))
        return std::move(*kept);
    return export_tree(
               host, layer, [](std::string_view) { return Result<void>(); }, phase)
        .transform([](ExportedLayer exported) { return std::move(exported.sha256); });
}

} // namespace left4me
