#include "layer/layer_change.hpp"

#include "host/layer_version.hpp"
#include "layer/file_ages.hpp"
#include "layer/kept_versions.hpp"
#include "layer/layer_history.hpp"
#include "layer/layer_ways.hpp"
#include "system/file_times.hpp"
#include "system/format.hpp"
#include "system/tree_compare.hpp"
#include "system/tree_modes.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr mode_t readable = 0755;

} // namespace

std::string reason_of(const Error& error)
{
    const auto colon = error.message.rfind(": ");
    return colon == std::string::npos ? error.message : error.message.substr(colon + 2);
}

LayerChange::LayerChange(Host host, InstanceLock lock, WorkCopy copy, LayerPlaces places, Directory tree,
                         std::string how)
    : host_(std::move(host)), lock_(std::move(lock)), copy_(std::move(copy)), places_(std::move(places)),
      tree_(std::move(tree)), how_(std::move(how)), begin_(std::chrono::system_clock::now())
{
}

LayerChange::~LayerChange()
{
    // Not after a move: then there is nothing open.
    if (!ended_ && tree_.descriptor() >= 0) {
        drop_prepared();
        (void)places_.builds.remove_tree(copy_.id.str());
        leave_nothing_new();
    }
}

/// No verb shows the history of a layer that was never made, and its directories would be in
/// the way of others.
void LayerChange::leave_nothing_new()
{
    const auto there = places_.overlays.subdirectory(places_.name)
                           .and_then(is_bare)
                           .transform([](bool bare) { return !bare; })
                           .or_else([](const Error& error) -> Result<bool> {
                               if (error.status == ExitStatus::not_found)
                                   return false;
                               return std::unexpected(error);
                           });
    const auto numbers = numbers_in(places_.versions);
    if (!there || *there || !numbers || !numbers->empty() || !remove_past(places_.versions))
        return;
    {
        const auto released = std::move(lock_);
    }
    remove_empty_ways(host_, copy_.layer);
}

Result<void> LayerChange::prepare_record(std::optional<std::uint64_t> version, const TreeSize& size,
                                         const std::string& problem) const
{
    const auto now = std::chrono::system_clock::now();
    return prepare_layer_history(places_.versions,
                                 {how_, std::chrono::floor<std::chrono::seconds>(begin_),
                                  std::chrono::duration_cast<std::chrono::milliseconds>(now - begin_),
                                  version, problem, size});
}

/// What is done is done: a record that is missing does not undo it.
void LayerChange::put_prepared() const
{
    (void)put_layer_history(places_.versions);
    if (keeps_script_)
        (void)put_daily_script(places_.versions);
}

void LayerChange::drop_prepared() const
{
    drop_layer_history(places_.versions);
    if (keeps_script_)
        drop_daily_script(places_.versions);
}

Result<void> LayerChange::discard(const Error& why)
{
    ended_ = true;
    drop_prepared();
    return places_.builds.remove_tree(copy_.id.str()).transform([&] {
        (void)prepare_record(std::nullopt, {}, why.message);
        (void)put_layer_history(places_.versions);
        leave_nothing_new();
    });
}

Result<bool> LayerChange::is_unchanged() const
{
    const auto present = places_.overlays.subdirectory(places_.name);
    if (!present && present.error().status == ExitStatus::not_found)
        return false;
    // With the modes that it would be published with.
    return present.and_then([&](const Directory& layer) {
        return guard_tree(tree_).and_then([&](const TreeSize&) { return same_tree(layer, tree_); });
    });
}

Result<void> LayerChange::leave_unchanged()
{
    ended_ = true;
    const auto size = measure_tree(tree_);
    if (!size)
        return std::unexpected(size.error());
    return places_.builds.remove_tree(copy_.id.str()).transform([&] {
        (void)prepare_record(std::nullopt, *size, "");
        put_prepared();
    });
}

Result<std::optional<BuildScript>> LayerChange::daily_script() const
{
    return read_daily_script(places_.versions);
}

Result<void> LayerChange::keep_daily_script(const BuildScript& script)
{
    return prepare_daily_script(places_.versions, script).transform([&] { keeps_script_ = true; });
}

void LayerChange::mark_untouched()
{
    // By the clock of the file system, which lags behind the others.
    const auto status = tree_.status();
    if (status && fchmod(tree_.descriptor(), status->st_mode) == 0)
        untouched_ = tree_.status()
                         .transform([](const struct stat& touched) {
                             return std::optional(since_epoch(touched.st_ctim));
                         })
                         .value_or(std::nullopt);
}

Result<void> LayerChange::mark_ages() const
{
    const auto present = places_.overlays.subdirectory(places_.name);
    if (!present && present.error().status != ExitStatus::not_found)
        return std::unexpected(present.error());
    return left4me::mark_ages(tree_, present ? &*present : nullptr, untouched_,
                              std::chrono::floor<std::chrono::microseconds>(
                                  std::chrono::system_clock::now().time_since_epoch()));
}

Result<std::uint64_t> LayerChange::next_version() const
{
    std::uint64_t newest = 0;
    const auto present = places_.overlays.subdirectory(places_.name);
    const auto bare = present.and_then(is_bare);
    if (present)
        newest = read_layer_version(*present).value_or(bare && *bare ? 0 : 1);
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

/// True: the layer that was there is what is ready now.
Result<bool> LayerChange::put_in_place(const std::string& ready) const
{
    const auto present = places_.overlays.contains(places_.name);
    if (!present)
        return std::unexpected(present.error());
    const auto bare = places_.overlays.subdirectory(places_.name).and_then(is_bare);
    const bool replaces = *present && !(bare && *bare);
    // Without a flag a rename takes the place of an empty directory.
    const unsigned flags = replaces ? RENAME_EXCHANGE : *present ? 0 : RENAME_NOREPLACE;
    return places_.builds.rename_to(ready, places_.overlays, places_.name, flags)
        .and_then([&] { return places_.overlays.sync(); })
        .and_then([&] { return places_.builds.sync(); })
        .transform([&] { return replaces; });
}

Result<std::uint64_t> LayerChange::publish()
{
    // What its links lead to is not to be taken for unused on the way.
    const auto contents = InstanceLock::share_contents(host_);
    if (!contents)
        return std::unexpected(contents.error());
    const auto size = guard_tree(tree_);
    if (!size)
        return std::unexpected(size.error());
    if (auto marked = mark_ages(); !marked)
        return std::unexpected(marked.error());
    const auto version = next_version();
    if (!version)
        return std::unexpected(version.error());
    if (fchmod(tree_.descriptor(), readable) != 0)
        return fail_errno(formatted("cannot set the mode of {}", quote(tree_.path())), errno);
    auto done = write_layer_version(tree_, *version)
                    .and_then([&]() -> Result<void> {
                        if (syncfs(tree_.descriptor()) != 0)
                            return fail_errno(formatted("cannot sync {}", quote(tree_.path())), errno);
                        return {};
                    })
                    .and_then([&] { return prepare_record(*version, *size, ""); })
                    .and_then([&] {
                        return places_.builds.rename(copy_.id.str(), ready_name, RENAME_NOREPLACE);
                    })
                    .and_then([&] { return put_in_place(ready_name); });
    ended_ = true;
    if (!done) {
        // The first error is the one to tell.
        drop_prepared();
        (void)recover_layer(host_, places_);
        return fail(done.error().status, formatted("cannot publish a new version of layer {}: {}",
                                                   quote(copy_.layer.str()), reason_of(done.error())));
    }
    // It is published: what does not go on from here is for the layer's next change.
    if (*done)
        (void)archive_replaced(places_);
    put_prepared();
    remove_unkept(host_, places_.versions);
    return *version;
}

} // namespace left4me
