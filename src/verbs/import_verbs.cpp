#include "verbs/import_verbs.hpp"

#include "host/import_sandbox.hpp"
#include "host/places.hpp"
#include "layer/archive_import.hpp"
#include "layer/layer_store.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "system/quiet_thread.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace left4me {
namespace {

constexpr std::string_view copying_layer = "copying"; // the phases
constexpr std::string_view importing = "importing";

Result<LayerChange> begin_import(const Host& host, const LayerRef& ref, ImportMode mode, Report& report)
{
    return LayerStore::open(host).and_then([&](const LayerStore& layers) {
        if (mode == ImportMode::replace)
            return layers.begin_empty(ref, "import");
        const auto size = layers.layer(ref).and_then(measure_tree);
        return layers.begin_from_present(ref, "import",
                                         Phase(report, copying_layer, size ? size->bytes : 0));
    });
}

/// As bash takes it for one word, whatever is in it.
std::string shell_word(std::string_view text)
{
    std::string word = "'";
    for (const char c : text)
        word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return word + "'";
}

std::string unpack_script(const ImportOrder& order, const std::string& layer,
                          std::vector<std::string> words)
{
    words.insert(words.begin(), program_path("left4me-unpack"));
    if (order.choice.into)
        words.insert(words.end(), {"--into", order.choice.into->empty() ? "." : *order.choice.into});
    if (order.choice.strip > 0)
        words.insert(words.end(), {"--strip", std::to_string(order.choice.strip)});
    if (!order.charset.empty())
        words.insert(words.end(), {"--charset", order.charset});
    words.insert(words.end(), {"--", layer, order.name});
    return "exec " + join(words, " ", shell_word) + "\n";
}

/// What it has said is the reason: one line, as errors are.
std::unexpected<Error> failed_unpacking(const ScriptEnd& end, const ImportOrder& order)
{
    constexpr std::string_view speaker = "l4d2ctl: ";
    constexpr std::size_t longest = 2000;
    constexpr int by_signal = 128;
    std::string_view said = end.output;
    if (said.starts_with(speaker))
        said.remove_prefix(speaker.size());
    if (said.ends_with('\n'))
        said.remove_suffix(1);
    const auto status = own_exit_status(end.status);
    if (end.status == static_cast<int>(ExitStatus::launch_failed))
        return fail(status, ""); // the helper has said why
    if (end.status > by_signal || said.empty())
        return fail(end.status > by_signal ? ExitStatus::bad_data : status,
                    formatted("cannot import {}: what unpacks it was ended (status {})",
                              quote(order.name), end.status));
    return fail(status, escaped(said.substr(0, longest)));
}

/// left4me-unpack in the sandbox of scripts, with the archive as its standard input: it reads what
/// a stranger has packed, by the largest parser here.
Result<ImportSandbox> start_unpacking(const LayerChange& change, const FileDescriptor& source,
                                      const ImportOrder& order, std::vector<std::string> words)
{
    return ImportSandbox::start(change.copy(),
                                unpack_script(order, change.tree().path(), std::move(words)), source);
}

/// Until all is unpacked: what it writes, which written gets as it comes.
Result<std::string> finish_unpacking(ImportSandbox& sandbox, const FileDescriptor& source,
                                     const ImportOrder& order, Report& report,
                                     const std::function<void(std::string_view)>& written)
{
    constexpr std::size_t longest_plan = std::size_t{256} << 20U;
    struct stat status = {};
    if (fstat(source.get(), &status) != 0)
        return fail_errno(formatted("cannot look at {}", quote(order.name)), errno);
    const auto size = static_cast<std::uint64_t>(status.st_size);
    // How far the other process has come in it, for both have the same open file.
    const auto tell = [&] {
        const auto read = lseek(source.get(), 0, SEEK_CUR);
        report.progress(importing, std::min(static_cast<std::uint64_t>(std::max(read, off_t{0})), size),
                        size);
    };
    return sandbox.wait_for_script(longest_plan, {.waiting = tell, .written = written})
        .and_then([&](ScriptEnd end) -> Result<std::string> {
            if (end.status != 0)
                return failed_unpacking(end, order);
            return std::move(end.output);
        });
}

/// The disk has its work while an archive is unpacked and while the sandbox goes then: publish()
/// finds little left to sync, and tells what is wrong with the disk.
class SyncAhead {
public:
    explicit SyncAhead(const Directory& tree)
        : thread_(start_quiet_thread([this, file = tree.descriptor()](const std::stop_token& end) {
              constexpr auto between = std::chrono::milliseconds(250);
              std::unique_lock lock(mutex_);
              while (!end.stop_requested()) {
                  wake_.wait_for(lock, end, between, [this] { return asked_.exchange(false); });
                  if (!end.stop_requested())
                      (void)syncfs(file);
              }
          }))
    {
    }

    /// Sooner than it would by itself.
    void now()
    {
        asked_ = true;
        wake_.notify_one();
    }

private:
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::atomic<bool> asked_ = false;
    std::jthread thread_; ///< ends before the others
};

/// An archive's sandbox may be there still.
Result<void> fill(const LayerChange& change, const FileDescriptor& source, const ImportOrder& order,
                  Report& report, std::optional<ImportSandbox>& sandbox)
{
    const auto archive = is_archive(source, order);
    if (!archive)
        return std::unexpected(archive.error());
    if (!*archive)
        return import_into(change.tree(), source, order, report).transform([&](const LayoutPlan& plan) {
            report.step(plan.summary(" added"));
        });
    auto started = start_unpacking(change, source, order, {});
    if (!started)
        return std::unexpected(started.error());
    sandbox.emplace(std::move(*started));
    SyncAhead sync(change.tree());
    return finish_unpacking(*sandbox, source, order, report,
                            [&](std::string_view) { sync.now(); }) // it speaks when all is unpacked
        .and_then([&](std::string_view said) {
            if (said.ends_with('\n'))
                said.remove_suffix(1);
            report.step(said);
            return change.tree().remove_tree(import_stage);
        });
}

} // namespace

Result<std::uint64_t> import_into_layer(const Host& host, const LayerRef& ref,
                                        const FileDescriptor& source, const ImportOrder& order,
                                        ImportMode mode, Report& report)
{
    auto change = begin_import(host, ref, mode, report);
    if (!change)
        return std::unexpected(change.error());
    report.step(formatted("importing {}", quote(order.name)));
    std::optional<ImportSandbox> sandbox; // goes while what was made in it is published
    const auto filled = fill(*change, source, order, report, sandbox);
    if (filled)
        return change->publish();
    sandbox.reset();
    (void)change->discard(filled.error()); // the first error is the one to tell
    return std::unexpected(filled.error());
}

Result<void> plan_layer_import(const Host& host, const LayerRef& ref, const FileDescriptor& source,
                               const ImportOrder& order, const PlanView& view)
{
    const auto archive = is_archive(source, order);
    if (!archive)
        return std::unexpected(archive.error());
    if (!*archive)
        return plan_import(source, order).transform(view.show);
    NoReport nobody;
    // A work copy that is never published, and goes with all that was made for it.
    return LayerStore::open(host)
        .and_then([&](const LayerStore& layers) { return layers.begin_empty(ref, "import"); })
        .and_then([&](const LayerChange& change) {
            return start_unpacking(change, source, order, view.words)
                .and_then([&](ImportSandbox sandbox) {
                    return finish_unpacking(sandbox, source, order, nobody, [](std::string_view) {});
                });
        })
        .transform(view.print);
}

} // namespace left4me
