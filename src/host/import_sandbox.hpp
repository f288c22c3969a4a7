#pragma once

#include "host/helper_door.hpp"
#include "model/build_run.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace left4me {

/// How a script ended, and what it wrote.
struct ScriptEnd {
    int status; ///< 128+N for a signal N; launch_failed for a failure of the helper, which says why
    std::string output;
};

/// What its caller does while a script runs.
struct ScriptWatch {
    std::function<void()> waiting; ///< a few times a second
    std::function<void(std::string_view part)> written; ///< with each part of what it writes
};

/// A script that left4me-script-sandbox runs, and that reads a file (open for reading alone), in
/// the unit of an import: no network, no caches.
class ImportSandbox {
public:
    static Result<ImportSandbox> start(const WorkCopy& copy, std::string_view script,
                                       const FileDescriptor& input);

    /// Waits until nothing of it is there. What its helper could not do, it has said.
    ~ImportSandbox();
    ImportSandbox(ImportSandbox&&) noexcept = default;
    ImportSandbox& operator=(ImportSandbox&&) = delete;
    ImportSandbox(const ImportSandbox&) = delete;
    ImportSandbox& operator=(const ImportSandbox&) = delete;

    /// Until the script has ended, and nothing writes to the work copy any more; its sandbox may
    /// be there still. What it writes is taken for hostile, and kept as far as limit bytes; after
    /// more it is ended. On Ctrl-C it is ended with all that is around it, and the Error is
    /// cancelled.
    Result<ScriptEnd> wait_for_script(std::size_t limit, const ScriptWatch& watch);

private:
    ImportSandbox(RunningHelper helper, FileDescriptor connection, FileDescriptor output)
        : helper_(std::move(helper)), connection_(std::move(connection)), output_(std::move(output))
    {
    }

    RunningHelper helper_;
    FileDescriptor connection_; ///< its standard input; closed, nobody waits any more
    FileDescriptor output_;
};

} // namespace left4me
