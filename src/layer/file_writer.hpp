#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace left4me {

/// Writes one file after the other. What a large one has beyond its first MiB is written by
/// another thread, so that the next part is unpacked meanwhile, and goes to the disk at once: the
/// sync in the end is a short one, for whoever imports and for servers on the same disk.
class FileWriter {
public:
    FileWriter() = default;
    ~FileWriter();
    FileWriter(const FileWriter&) = delete;
    FileWriter& operator=(const FileWriter&) = delete;

    /// A new file, which stays open until the next one begins; its name is for errors.
    void begin(FileDescriptor file, std::string name);
    [[nodiscard]] int descriptor() const noexcept { return file_.get(); }

    /// Where parts leave out something, that is a hole. An error may be one of a part before.
    Result<void> write(std::string_view data, std::int64_t offset);

    /// All of it is written then. Its size: the end of the last part.
    Result<std::int64_t> finish();

private:
    /// Parts that follow one another.
    struct Run {
        std::string bytes;
        std::int64_t offset = 0;
    };

    [[nodiscard]] Result<void> put(const Run& run) const;
    [[nodiscard]] Result<void> hand_over();
    [[nodiscard]] Result<void> wait();
    [[nodiscard]] bool start();
    void write_behind();

    FileDescriptor file_; ///< and its name: they change while nothing is handed over
    std::string name_;
    std::int64_t end_ = 0;
    Run next_;

    std::mutex mutex_; ///< for what follows
    std::condition_variable changed_;
    Run handed_over_;
    bool to_do_ = false; ///< that one
    bool over_ = false;
    Result<void> outcome_; ///< of what was handed over; an error stays until the next file
    std::jthread behind_; ///< ends before the others
};

} // namespace left4me
