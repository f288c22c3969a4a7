#pragma once

#include "verbs/server_files.hpp"

#include <string>

namespace left4me {

/// What a server wrote, as people read it.
std::string format_files(const ServerFiles& files);

/// What is to be said of a file beside its layer; empty if nothing.
std::string remark_on(const OwnFile& file);

/// "file", "removal" …
std::string_view kind_text(OwnKind kind);

} // namespace left4me
