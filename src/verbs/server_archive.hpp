#pragma once

#include "host/host.hpp"
#include "layer/tree_archive.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"
#include "system/report.hpp"

#include <string>

namespace left4me {

// What a server wrote, as one archive (see tree_archive.hpp). Run as user left4me.

/// Writes all of it to sink. Of a server that is down nothing changes meanwhile; of one that runs a
/// warning tells that files may. What is no file, directory or link, and what cannot be read, is
/// left out, each with a warning.
Result<ArchivedTree> save_files(const Host& host, const InstanceName& name, const ArchiveSink& sink,
                                Report& report);

/// Puts what save_files has written in the place of all that the server wrote: whole, or not at
/// all, whatever is wrong with the archive. busy unless the server is down. name_of_source is for
/// messages. From here on the process can become nobody else.
Result<void> restore_files(const Host& host, const InstanceName& name, const FileDescriptor& source,
                           const std::string& name_of_source, Report& report);

} // namespace left4me
