#pragma once

#include "accounts/database.hpp"
#include "host/host.hpp"
#include "system/directory.hpp"

#include <span>
#include <sys/types.h>

namespace left4me {

// web/left4me.db, beneath the state directory: the web program's database. Its directory is
// user left4me's alone; l4d2ctl opens the same file while the web program runs.

inline constexpr const char* web_directory = "web";
inline constexpr const char* web_database_file = "left4me.db";
inline constexpr mode_t private_file = 0600; ///< SQLite gives -wal and -shm the same

/// What makes the tables, one step for each version: the first from nothing. A step that is
/// released is never changed.
extern const std::span<const char* const> web_schema;

/// Opens it, one connection for each thread; makes it where there is none, and brings that of
/// an older version up to this one's, after a copy of it: web/left4me.db.before-VERSION.
///
/// bad_data: it is damaged, or a newer version's. Nothing is touched then, and the message says
/// what to do. busy: for ten seconds another program has brought one back (see
/// restore_web_database).
Result<Database> open_web_database(const Host& host, std::span<const char* const> schema = web_schema);

/// Checks that it is whole, of this program, and none of a newer one: its version.
Result<std::int64_t> check_web_database(Database& database, std::span<const char* const> schema);

/// Runs quick_check or integrity_check: bad_data with what it found and what to do.
Result<void> check_pages(Database& database, const char* pragma);

/// Has changes written into a log beside the file first (WAL), so that readers go on meanwhile.
Result<void> log_ahead(Database& database);

/// Takes one that is checked to the schema's last version, in one transaction.
Result<void> migrate(Database& database, std::int64_t version, std::span<const char* const> schema);

/// Held by all who have the database open, and by one alone who puts another in its place: a
/// lock on its directory. Waits ten seconds at most; busy.
enum class WebLock { shared, alone };
Result<FileDescriptor> lock_web_directory(const Directory& directory, WebLock kind, bool wait);

} // namespace left4me
