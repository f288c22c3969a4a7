#pragma once

#include "accounts/database.hpp"
#include "host/host.hpp"

#include <string>

namespace left4me {

/// All of the web program's database, whole and checked, as one file: written while the web
/// program runs. It has the users' password hashes and the secrets of their second factors.
Result<std::string> back_up_web_database(const Host& host);

/// The way back: the file, called name in messages, is checked first, and takes the place of the
/// database, which is kept beside it. All sessions and one-time links end, those of the backup,
/// too. Gives the name under which the one before is kept, beneath the state directory; empty
/// where there was none.
///
/// busy: the web program runs, or l4d2ctl uses the database. bad_data: the file is damaged, of
/// another program, of a newer version, or has what no version of this one makes.
Result<std::string> restore_web_database(const Host& host, const FileDescriptor& file,
                                         const std::string& name);

} // namespace left4me
