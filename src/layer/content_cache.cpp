#include "layer/content_cache.hpp"

#include "host/host_lock.hpp"
#include "system/format.hpp"
#include "system/tree_links.hpp"

#include <fcntl.h>
#include <set>
#include <sys/stat.h>

namespace left4me {
namespace {

using Contents = std::set<std::string, std::less<>>;

/// What links of all layers lead to, as they are, were or will be. What a script hides
/// from this walk while it runs, the layer that it changes has as well.
Result<Contents> contents_in_use(const Host& host, const ContentCache::Kind& kind)
{
    Contents contents;
    const auto note = [&](std::string_view target) {
        if (const auto content = ContentCache::content_of(host, kind, target); !content.empty())
            contents.emplace(content);
    };
    const auto state = host.open_state();
    if (!state)
        return std::unexpected(state.error());
    for (const auto* name : {"overlays", "versions", "builds"})
        if (auto seen = state->subdirectory(name).and_then(
                [&](const Directory& tree) { return for_each_link_in(tree, note); });
            !seen)
            return std::unexpected(seen.error());
    return contents;
}

} // namespace

Result<ContentCache> ContentCache::open(const Host& host, const Kind& kind)
{
    return host.open_state()
        .and_then([&](const Directory& state) { return state.subdirectory(kind.directory); })
        .transform([&](Directory directory) { return ContentCache(host, kind, std::move(directory)); });
}

bool ContentCache::is_sum(std::string_view text)
{
    constexpr std::size_t length = 64;
    return text.size() == length && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string ContentCache::path_of(const Host& host, const Kind& kind, std::string_view sha256)
{
    return formatted("{}/{}/{}{}", host.state(), kind.directory, sha256, kind.suffix);
}

std::string_view ContentCache::content_of(const Host& host, const Kind& kind, std::string_view target)
{
    const auto folder = formatted("{}/{}/", host.state(), kind.directory);
    if (!target.starts_with(folder) || !target.ends_with(kind.suffix))
        return {};
    target.remove_prefix(folder.size());
    target.remove_suffix(std::min(target.size(), kind.suffix.size()));
    return is_sum(target) ? target : std::string_view();
}

bool ContentCache::has(std::string_view sha256, std::uint64_t size) const
{
    struct stat status = {};
    return is_sum(sha256) &&
           fstatat(directory_.descriptor(), formatted("{}{}", sha256, kind_.suffix).c_str(), &status,
                   AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) == size;
}

Result<void> ContentCache::take(const Directory& from, const std::string& name,
                                std::string_view sha256) const
{
    return from.rename_to(name, directory_, formatted("{}{}", sha256, kind_.suffix), 0).and_then([&] {
        return directory_.sync();
    });
}

Result<std::uint64_t> ContentCache::prune() const
{
    // Nothing is published, and so nothing moves from tree to tree, meanwhile.
    const auto lock = InstanceLock::take_contents(host_);
    if (!lock)
        return std::unexpected(lock.error());
    const auto entries = directory_.entries();
    if (!entries)
        return std::unexpected(entries.error());
    const auto used = contents_in_use(host_, kind_);
    if (!used)
        return std::unexpected(used.error());
    std::uint64_t freed = 0;
    for (const auto& name : *entries) {
        const auto path = formatted("{}/{}/{}", host_.state(), kind_.directory, name);
        const auto content = content_of(host_, kind_, path);
        struct stat status = {};
        if (content.empty() || used->contains(content) ||
            fstatat(directory_.descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (auto removed = directory_.remove_file(name); !removed)
            return std::unexpected(removed.error());
        freed += static_cast<std::uint64_t>(status.st_size);
    }
    return freed;
}

Result<std::optional<FileDescriptor>> open_in_cache(const Host& host, const std::string& target)
{
    for (const auto& kind : {ContentCache::workshop, ContentCache::downloads}) {
        const auto content = ContentCache::content_of(host, kind, target);
        if (content.empty())
            continue;
        return ContentCache::open(host, kind).and_then([&](const ContentCache& cache) {
            return cache.directory()
                .open_file(formatted("{}{}", content, kind.suffix))
                .transform([](FileDescriptor file) { return std::optional(std::move(file)); });
        });
    }
    return std::nullopt;
}

} // namespace left4me
