#include "accounts/web_backup.hpp"

#include "accounts/web_database.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr std::size_t max_backup_size =
    std::size_t{512} * 1024 * 1024; // of some users and servers: kilobytes
constexpr const char* incoming = "left4me.db.restored"; // until it has the database's place

Result<std::vector<std::string>> schema_of(Database& database)
{
    return database.all(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2", {}, [](const Row& row) {
            return formatted("{}\n{}\n{}\n{}", row.text(0), row.text(1), row.text(2), row.text(3));
        });
}

/// A trigger or a view that somebody put in would be run for us.
Result<void> check_schema(Database& database, std::int64_t version)
{
    auto other = Database::in_memory();
    if (!other)
        return std::unexpected(other.error());
    const auto ours =
        migrate(*other, 0, web_schema.first(static_cast<std::size_t>(version))).and_then([&] {
            return schema_of(*other);
        });
    const auto its = schema_of(database);
    if (!ours || !its)
        return std::unexpected(!ours ? ours.error() : its.error());
    if (*ours != *its)
        return fail(ExitStatus::bad_data,
                    formatted("{} has other tables than left4me makes", quote(database.name())));
    return {};
}

/// What was ended since the backup was made, or used, comes back with it.
Result<void> end_what_was_open(Database& database)
{
    return database.in_transaction([&] {
        return database.run_all("DELETE FROM sessions; DELETE FROM links; DELETE FROM failures");
    });
}

Result<void> check_incoming(const Host& host, const std::string& name)
{
    auto database = Database::open(host.state_path(formatted("{}/{}", web_directory, incoming)),
                                   Database::Access::write, name);
    if (!database)
        return std::unexpected(database.error());
    auto done =
        check_web_database(*database, web_schema)
            .and_then([&](std::int64_t version) {
                return check_schema(*database, version)
                    .and_then([&] { return check_pages(*database, "PRAGMA integrity_check(1)"); })
                    .and_then([&] { return migrate(*database, version, web_schema); });
            })
            .and_then([&] { return end_what_was_open(*database); })
            .and_then([&] { return log_ahead(*database); });
    std::move(*database).close(); // and what was logged is in the file
    return done;
}

/// The first name of these that is free.
Result<std::string> free_name(const Directory& directory)
{
    const auto base = formatted("{}.before-restore", web_database_file);
    for (int n = 1;; ++n) {
        auto name = n == 1 ? base : formatted("{}-{}", base, n);
        const auto taken = directory.contains(name);
        if (!taken)
            return std::unexpected(taken.error());
        if (!*taken)
            return name;
    }
}

/// So that all that is in the log is in the file, too. What is damaged stays as it is.
void settle(const Host& host)
{
    const auto path = host.state_path(formatted("{}/{}", web_directory, web_database_file));
    auto looked_at = Database::open(path, Database::Access::read, web_database_file);
    if (!looked_at || !check_web_database(*looked_at, web_schema))
        return;
    auto database = Database::open(path, Database::Access::write, web_database_file);
    if (database)
        (void)database->run_all("PRAGMA wal_checkpoint(TRUNCATE)"); // else the log is kept, too
}

/// A second name for the database, and for what SQLite has beside it.
Result<std::string> keep_aside(const Directory& directory)
{
    const auto there = directory.contains(web_database_file);
    if (!there || !*there)
        return there ? Result<std::string>("") : std::unexpected(there.error());
    auto kept = free_name(directory);
    if (!kept)
        return kept;
    for (const auto* suffix : {"", "-wal"}) {
        const auto from = std::string(web_database_file) + suffix;
        const auto to = *kept + suffix;
        if (linkat(directory.descriptor(), from.c_str(), directory.descriptor(), to.c_str(), 0) != 0 &&
            errno != ENOENT)
            return fail_errno(formatted("cannot keep {}", quote(from)), errno);
    }
    return kept;
}

/// The log of the one before would be taken for the new one's. It goes first: if all ends here,
/// both files have their second names.
Result<void> put_in_place(const Directory& directory)
{
    for (const auto* suffix : {"-wal", "-shm"})
        if (auto removed = directory.remove_file(std::string(web_database_file) + suffix); !removed)
            return removed;
    return directory.sync()
        .and_then([&] { return directory.rename(incoming, web_database_file, 0); })
        .and_then([&] { return directory.sync(); });
}

Result<void> remove_incoming(const Directory& directory)
{
    for (const auto* suffix : {"", "-wal", "-shm", "-journal"})
        if (auto removed = directory.remove_file(std::string(incoming) + suffix); !removed)
            return removed;
    return {};
}

Result<void> take_in(const Host& host, const Directory& directory, const std::string& bytes,
                     const std::string& name)
{
    auto taken = remove_incoming(directory)
                     .and_then([&] { return directory.create_file(incoming, bytes, private_file); })
                     .and_then([&] { return check_incoming(host, name); });
    if (!taken)
        (void)remove_incoming(directory); // the first error is the one to tell
    return taken;
}

} // namespace

Result<std::string> back_up_web_database(const Host& host)
{
    return open_web_database(host).and_then([](Database database) {
        return check_pages(database, "PRAGMA integrity_check(1)").and_then([&] {
            return database.serialized();
        });
    });
}

Result<std::string> restore_web_database(const Host& host, const FileDescriptor& file,
                                         const std::string& name)
{
    const auto directory = host.open_state().and_then(
        [](const Directory& state) { return state.subdirectory(web_directory); });
    if (!directory)
        return std::unexpected(directory.error());
    // Before the lock: whoever writes into a pipe may need the database, too.
    const auto bytes = read_stream(file, name, max_backup_size);
    if (!bytes)
        return std::unexpected(bytes.error());
    const auto lock = lock_web_directory(*directory, WebLock::alone, false);
    if (!lock && lock.error().status == ExitStatus::busy)
        return fail(ExitStatus::busy, lock.error().message +
                                          ": stop it first (systemctl stop left4me-web.socket "
                                          "left4me-web.service)");
    if (!lock)
        return std::unexpected(lock.error());
    if (auto taken = take_in(host, *directory, *bytes, name); !taken)
        return std::unexpected(taken.error());
    settle(host);
    return keep_aside(*directory).and_then([&](const std::string& kept) {
        return put_in_place(*directory).transform([&] {
            return kept.empty() ? kept : formatted("{}/{}", web_directory, kept);
        });
    });
}

} // namespace left4me
