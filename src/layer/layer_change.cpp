#include "layer/layer_change.hpp"

#include "host/layer_version.hpp"
#include "layer/kept_versions.hpp"
#include "layer/layer_history.hpp"
#include "system/format.hpp"
#include "system/tree_compare.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr mode_t readable = 0755;

} // namespace

LayerChange::LayerChange(Host host, InstanceLock lock, WorkCopy copy, LayerPlaces places, Directory tree,
                         std::string how)
    : host_(std::move(host)), lock_(std::move(lock)), copy_(std::move(copy)), places_(std::move(places)),
      tree_(std::move(tree)), how_(std::move(how)), begin_(std::chrono::system_clock::now())
{
}

LayerChange::~LayerChange()
{
    // Not after a move: then there is nothing open.
    if (!ended_ && tree_.descriptor() >= 0)
        (void)places_.builds.remove_tree(copy_.id.str());
}

Result<void> LayerChange::record(std::optional<std::uint64_t> version, const TreeSize& size,
                                 const std::string& problem) const
{
    const auto now = std::chrono::system_clock::now();
    return add_to_layer_history(places_.versions,
                                {how_, std::chrono::floor<std::chrono::seconds>(begin_),
                                 std::chrono::duration_cast<std::chrono::milliseconds>(now - begin_),
                                 version, problem, size});
}

Result<void> LayerChange::discard(const Error& why)
{
    ended_ = true;
    return places_.builds.remove_tree(copy_.id.str()).and_then([&] {
        return record(std::nullopt, {}, why.message);
    });
}

Result<bool> LayerChange::is_unchanged() const
{
    const auto present = places_.overlays.subdirectory(places_.name);
    if (!present && present.error().status == ExitStatus::not_found)
        return false;
    return present.and_then([&](const Directory& layer) { return same_tree(layer, tree_); });
}

Result<void> LayerChange::leave_unchanged()
{
    ended_ = true;
    const auto size = measure_tree(tree_);
    if (!size)
        return std::unexpected(size.error());
    return places_.builds.remove_tree(copy_.id.str()).and_then([&] {
        return record(std::nullopt, *size, "");
    });
}

Result<std::optional<BuildScript>> LayerChange::daily_script() const
{
    return read_daily_script(places_.versions);
}

Result<void> LayerChange::keep_daily_script(const BuildScript& script) const
{
    return write_daily_script(places_.versions, script);
}

Result<std::uint64_t> LayerChange::next_version() const
{
    std::uint64_t newest = 0;
    const auto present = places_.overlays.subdirectory(places_.name);
    if (present)
        newest = read_layer_version(*present).value_or(1);
    else if (present.error().status != ExitStatus::not_found)
        return std::unexpected(present.error());
    const auto present_number = newest;
    for (const auto& record : read_layer_history(places_.versions))
        newest = std::max(newest, record.version.value_or(0));
    return numbers_in(places_.versions).transform([&](const auto& numbers) {
        // One more for archive_replaced(), where the present layer's number is taken.
        const auto taken = std::ranges::binary_search(numbers, present_number) ? 1 : 0;
        return (numbers.empty() ? newest : std::max(newest, numbers.back() + taken)) + 1;
    });
}

Result<void> LayerChange::put_in_place(const std::string& ready) const
{
    const auto present = places_.overlays.contains(places_.name);
    if (!present)
        return std::unexpected(present.error());
    const auto both_synced = [&] {
        return places_.overlays.sync().and_then([&] { return places_.builds.sync(); });
    };
    if (!*present)
        return places_.builds.rename_to(ready, places_.overlays, places_.name, RENAME_NOREPLACE)
            .and_then(both_synced);
    return places_.builds.rename_to(ready, places_.overlays, places_.name, RENAME_EXCHANGE)
        .and_then(both_synced)
        .and_then([&] { return archive_replaced(places_); });
}

Result<std::uint64_t> LayerChange::publish()
{
    // What its links lead to is not to be taken for unused on the way.
    const auto contents = InstanceLock::share_contents(host_);
    if (!contents)
        return std::unexpected(contents.error());
    const auto size = measure_tree(tree_);
    const auto version = next_version();
    if (!size || !version)
        return std::unexpected(!size ? size.error() : version.error());
    if (fchmod(tree_.descriptor(), readable) != 0)
        return fail_errno(formatted("cannot set the mode of {}", quote(tree_.path())), errno);
    auto done = write_layer_version(tree_, *version)
                    .and_then([&]() -> Result<void> {
                        if (syncfs(tree_.descriptor()) != 0)
                            return fail_errno(formatted("cannot sync {}", quote(tree_.path())), errno);
                        return {};
                    })
                    .and_then([&] {
                        return places_.builds.rename(copy_.id.str(), ready_name, RENAME_NOREPLACE);
                    })
                    .and_then([&] { return put_in_place(ready_name); });
    ended_ = true;
    if (!done) {
        // The first error is the one to tell.
        (void)recover_layer(host_, places_);
        return std::unexpected(done.error());
    }
    remove_unkept(host_, places_.versions);
    return record(*version, *size, "").transform([&] { return *version; });
}

} // namespace left4me
