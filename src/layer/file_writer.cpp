#include "layer/file_writer.hpp"

#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "system/quiet_thread.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace left4me {
namespace {

constexpr std::size_t run_size = 1 << 20;

} // namespace

FileWriter::~FileWriter()
{
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
    }
    changed_.notify_all();
}

void FileWriter::begin(FileDescriptor file, std::string name)
{
    (void)wait(); // a file that was given up is written to no more
    outcome_ = {};
    file_ = std::move(file);
    name_ = std::move(name);
    end_ = 0;
    next_ = {};
}

Result<void> FileWriter::write(std::string_view data, std::int64_t offset)
{
    const auto follows = next_.offset + static_cast<std::int64_t>(next_.bytes.size());
    Result<void> done;
    if (!next_.bytes.empty() && (offset != follows || next_.bytes.size() + data.size() > run_size))
        done = hand_over();
    if (next_.bytes.empty())
        next_.offset = offset;
    next_.bytes += data;
    end_ = offset + static_cast<std::int64_t>(data.size());
    return done;
}

Result<std::int64_t> FileWriter::finish()
{
    return wait().and_then([&] { return put(next_); }).transform([&] { return end_; });
}

Result<void> FileWriter::put(const Run& run) const
{
    if (run.bytes.empty())
        return {};
    if (lseek(file_.get(), run.offset, SEEK_SET) < 0)
        return fail_errno(formatted("cannot write {}", quote(name_)), errno);
    return write_all(file_, quote(name_), run.bytes);
}

/// What is next goes to the other thread once that has nothing to do; where there is none to be
/// had, it is written here.
Result<void> FileWriter::hand_over()
{
    if (auto before = wait(); !before)
        return before;
    Result<void> done;
    if (start()) {
        const std::lock_guard lock(mutex_);
        std::swap(handed_over_, next_);
        to_do_ = true;
    } else {
        done = put(next_);
    }
    changed_.notify_all();
    next_.bytes.clear();
    return done;
}

Result<void> FileWriter::wait()
{
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !to_do_; });
    return outcome_;
}

bool FileWriter::start()
{
    if (behind_.joinable())
        return true;
    try {
        behind_ = start_quiet_thread([this] { write_behind(); });
    } catch (const std::system_error&) {
        return false;
    }
    return true;
}

void FileWriter::write_behind()
{
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return to_do_ || over_; });
        if (!to_do_)
            return;
        lock.unlock();
        auto done = put(handed_over_);
        (void)sync_file_range(file_.get(), handed_over_.offset,
                              static_cast<off_t>(handed_over_.bytes.size()), SYNC_FILE_RANGE_WRITE);
        lock.lock();
        outcome_ = std::move(done);
        to_do_ = false;
        changed_.notify_all();
    }
}

} // namespace left4me
