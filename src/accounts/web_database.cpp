#include "accounts/web_database.hpp"

#include "system/directory.hpp"
#include "system/format.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <thread>
#include <unistd.h>

namespace left4me {
namespace {

using Schema = std::span<const char* const>;

constexpr std::int64_t application = 0x4c344d57; // "L4MW", in the file's header
constexpr const char* way_back = "bring back a backup by: l4d2ctl web-restore FILE";

std::string shown_name(std::string_view file)
{
    return formatted("{}/{}", web_directory, file);
}

std::string path_of(const Host& host, std::string_view file)
{
    return host.state_path(shown_name(file));
}

/// What SQLite has beside a file of that name goes with it.
Result<void> remove_database(const Directory& directory, const std::string& file)
{
    for (const auto* suffix : {"", "-wal", "-shm", "-journal"})
        if (auto removed = directory.remove_file(file + suffix); !removed)
            return removed;
    return {};
}

/// SQLite opens what it may not write for reading, and says so at the first change.
Result<void> check_writable(const Directory& directory)
{
    for (const auto* file : {".", web_database_file})
        if (faccessat(directory.descriptor(), file, R_OK | W_OK, AT_EACCESS) != 0)
            return fail_errno(formatted("cannot write {}", quote(shown_name(web_database_file))), errno);
    return {};
}

/// What to do about what is wrong with a file.
std::unexpected<Error> with_way_back(Error error)
{
    if (error.status == ExitStatus::bad_data)
        error.message += formatted(": {}", way_back);
    return std::unexpected(std::move(error));
}

/// The version of what is there, which is looked at without a change to it; none: nothing is.
Result<std::optional<std::int64_t>> look(const Host& host, const Directory& directory, Schema schema)
{
    const auto there = directory.contains(web_database_file);
    if (!there)
        return std::unexpected(there.error());
    if (!*there)
        return std::nullopt;
    if (auto writable = check_writable(directory); !writable)
        return std::unexpected(writable.error());
    auto database = Database::open(path_of(host, web_database_file), Database::Access::read,
                                   shown_name(web_database_file));
    if (!database)
        return with_way_back(database.error());
    return check_web_database(*database, schema).transform([](std::int64_t version) {
        return std::optional(version);
    });
}

/// Under another name until it is whole: a database by its own name is always one.
Result<void> make(const Host& host, const Directory& directory, Schema schema)
{
    const auto temporary = formatted("{}.new", web_database_file);
    auto made = remove_database(directory, temporary).and_then([&] {
        return directory.create_file(temporary, "", private_file);
    });
    if (!made)
        return made;
    auto database =
        Database::open(path_of(host, temporary), Database::Access::write, shown_name(temporary));
    if (!database)
        return std::unexpected(database.error());
    auto written = migrate(*database, 0, schema).and_then([&] { return log_ahead(*database); });
    std::move(*database).close();
    return written
        .and_then([&] { return directory.rename(temporary, web_database_file, RENAME_NOREPLACE); })
        .and_then([&] { return directory.sync(); });
}

Result<void> sync_file(const Directory& directory, const std::string& file)
{
    return directory.open_file(file).and_then([&](const FileDescriptor& opened) -> Result<void> {
        if (fsync(opened.get()) != 0)
            return fail_errno(formatted("cannot write {}", quote(shown_name(file))), errno);
        return {};
    });
}

/// VACUUM INTO takes an empty file, whose mode stays, and syncs nothing.
Result<void> copy_aside(const Host& host, const Directory& directory, Database& database,
                        const std::string& name)
{
    const auto temporary = name + ".new";
    auto made = directory.remove_file(temporary).and_then(
        [&] { return directory.create_file(temporary, "", private_file); });
    if (!made)
        return made;
    const auto path = path_of(host, temporary);
    return database.run("VACUUM INTO ?", {std::string_view(path)})
        .and_then([&](std::int64_t) { return sync_file(directory, temporary); })
        .and_then([&] { return directory.rename(temporary, name, 0); })
        .and_then([&] { return directory.sync(); });
}

/// Held alone: nobody else has it open.
Result<void> prepare(const Host& host, const Directory& directory, Schema schema)
{
    const auto version = look(host, directory, schema);
    if (!version)
        return std::unexpected(version.error());
    if (!*version)
        return make(host, directory, schema);
    const auto last = std::ssize(schema);
    if (**version == last)
        return {}; // another program was first
    auto database = Database::open(path_of(host, web_database_file), Database::Access::write,
                                   shown_name(web_database_file));
    if (!database)
        return std::unexpected(database.error());
    return copy_aside(host, directory, *database, formatted("{}.before-{}", web_database_file, last))
        .and_then([&] { return migrate(*database, **version, schema); });
}

Result<void> bring_up(const Host& host, const Directory& directory, Schema schema)
{
    return lock_web_directory(directory, WebLock::alone, true).and_then([&](const FileDescriptor&) {
        return prepare(host, directory, schema);
    });
}

} // namespace

Result<FileDescriptor> lock_web_directory(const Directory& directory, WebLock kind, bool wait)
{
    constexpr std::chrono::milliseconds longest(10'000);
    constexpr std::chrono::milliseconds between(20);
    FileDescriptor lock(
        openat(directory.descriptor(), ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!lock)
        return fail_errno(formatted("cannot open {}", quote(directory.path())), errno);
    const auto until = std::chrono::steady_clock::now() + longest;
    const int how = (kind == WebLock::alone ? LOCK_EX : LOCK_SH) | LOCK_NB;
    while (flock(lock.get(), how) != 0) {
        if (errno != EWOULDBLOCK)
            return fail_errno(formatted("cannot lock {}", quote(directory.path())), errno);
        if (!wait || std::chrono::steady_clock::now() >= until)
            return fail(ExitStatus::busy, formatted("{} is in use by another program of left4me",
                                                    quote(shown_name(web_database_file))));
        std::this_thread::sleep_for(between);
    }
    return lock;
}

Result<void> log_ahead(Database& database)
{
    return database.one("PRAGMA journal_mode = WAL", {}, [](const Row& row) { return row.text(0); })
        .and_then([&](const std::optional<std::string>& mode) -> Result<void> {
            if (mode != "wal")
                return fail(ExitStatus::io, formatted("{} cannot be written ahead (WAL) on this disk",
                                                      quote(database.name())));
            return {};
        });
}

Result<void> check_pages(Database& database, const char* pragma)
{
    const auto said = database.one(pragma, {}, [](const Row& row) { return row.text(0); });
    if (!said)
        return with_way_back(said.error());
    if (*said == "ok")
        return {};
    constexpr std::size_t enough = 200;
    return with_way_back(
        {ExitStatus::bad_data, formatted("{} is damaged: {}", quote(database.name()),
                                         escaped(said->value_or("").substr(0, enough)))});
}

Result<std::int64_t> check_web_database(Database& database, Schema schema)
{
    const auto kind = database.number("PRAGMA application_id");
    const auto version = database.number("PRAGMA user_version");
    if (!kind || !version)
        return with_way_back(!kind ? kind.error() : version.error());
    if (*kind != application || *version < 1)
        return fail(ExitStatus::bad_data, formatted("{} is no database of left4me's web program: {}",
                                                    quote(database.name()), way_back));
    if (*version > std::ssize(schema))
        return fail(ExitStatus::bad_data,
                    formatted("{} is of a newer left4me (version {}, this one knows {}): install that "
                              "one again, or {}",
                              quote(database.name()), *version, std::ssize(schema), way_back));
    return check_pages(database, "PRAGMA quick_check(1)").transform([&] { return *version; });
}

Result<void> migrate(Database& database, std::int64_t version, Schema schema)
{
    return database.in_transaction([&]() -> Result<void> {
        for (const auto* step : schema.subspan(static_cast<std::size_t>(version)))
            if (auto done = database.run_all(step); !done)
                return done;
        // No statement has a '?' for these.
        auto marked = database.run_all(formatted("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                                 application, std::ssize(schema)));
        if (!marked)
            return marked;
        const auto broken =
            database.one("PRAGMA foreign_key_check", {}, [](const Row& row) { return row.text(0); });
        if (!broken)
            return std::unexpected(broken.error());
        if (*broken)
            return fail(ExitStatus::bad_data, formatted("{}: a row of {} has lost what it belongs to",
                                                        quote(database.name()), quote(**broken)));
        return {};
    });
}

Result<Database> open_web_database(const Host& host, Schema schema)
{
    const auto directory = host.open_state().and_then(
        [](const Directory& state) { return state.subdirectory(web_directory); });
    if (!directory)
        return std::unexpected(directory.error());
    auto lock = lock_web_directory(*directory, WebLock::shared, true);
    if (!lock)
        return std::unexpected(lock.error());
    const auto version = look(host, *directory, schema);
    if (!version)
        return std::unexpected(version.error());
    if (*version != std::ssize(schema)) {
        lock->close();
        if (auto up = bring_up(host, *directory, schema); !up)
            return std::unexpected(up.error());
        lock = lock_web_directory(*directory, WebLock::shared, true);
        if (!lock)
            return std::unexpected(lock.error());
    }
    auto database = Database::open(path_of(host, web_database_file), Database::Access::write,
                                   shown_name(web_database_file));
    if (database)
        database->keep(std::move(*lock));
    return database;
}

} // namespace left4me
