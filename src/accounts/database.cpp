#include "accounts/database.hpp"

#include "system/format.hpp"

#include <sqlite3.h>

namespace left4me {
namespace {

/// What SQLite says, for those who run left4me.
Error error_of(int code, std::string_view name, std::string_view reason)
{
    switch (code & 0xff) { // the rest says it in more detail
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {ExitStatus::busy, formatted("{} is busy: another program writes into it", quote(name))};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return {ExitStatus::bad_data, formatted("{} is damaged: {}", quote(name), escaped(reason))};
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
        return {ExitStatus::bad_data, formatted("{}: {}", quote(name), escaped(reason))};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return {ExitStatus::not_permitted,
                formatted("cannot write {}: {}", quote(name), escaped(reason))};
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return {ExitStatus::io, formatted("cannot use {}: {}", quote(name), escaped(reason))};
    default:
        return {ExitStatus::internal, formatted("cannot use {}: {}", quote(name), escaped(reason))};
    }
}

struct Bind {
    sqlite3_stmt* statement;
    int at;

    int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, at); }
    int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, at, number); }
    int operator()(std::string_view text) const
    {
        return sqlite3_bind_text64(statement, at, text.data() == nullptr ? "" : text.data(), text.size(),
                                   SQLITE_STATIC, SQLITE_UTF8);
    }
    int operator()(Blob blob) const
    {
        return sqlite3_bind_blob64(statement, at, blob.bytes.data(), blob.bytes.size(), SQLITE_STATIC);
    }
};

int bind_all(sqlite3_stmt* statement, SqlValues values)
{
    int at = 0;
    for (const auto& value : values)
        if (const int code = std::visit(Bind{statement, ++at}, value); code != SQLITE_OK)
            return code;
    return SQLITE_OK;
}

/// A statement that has run holds neither what was bound nor the database.
struct Rest {
    sqlite3_stmt* statement;
    ~Rest()
    {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
    }
};

/// What no connection goes without. In a file that somebody else made, the schema is hostile.
int harden(sqlite3* connection)
{
    for (const int option : {SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_ENABLE_FKEY})
        if (const int code = sqlite3_db_config(connection, option, 1, nullptr); code != SQLITE_OK)
            return code;
    for (const int option : {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_DQS_DDL,
                             SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION})
        if (const int code = sqlite3_db_config(connection, option, 0, nullptr); code != SQLITE_OK)
            return code;
    // A change that was told to be made outlives a power cut.
    return sqlite3_exec(connection, "PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON", nullptr,
                        nullptr, nullptr);
}

} // namespace

bool Row::is_null(int column) const
{
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Row::integer(int column) const
{
    return sqlite3_column_int64(statement_, column);
}

std::string Row::text(int column) const
{
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    const int size = sqlite3_column_bytes(statement_, column);
    return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(size));
}

void Database::Close::operator()(sqlite3* connection) const noexcept
{
    sqlite3_close_v2(connection);
}

void Database::Finalize::operator()(sqlite3_stmt* statement) const noexcept
{
    sqlite3_finalize(statement);
}

Database::Undo::~Undo()
{
    if (database_.is_in_transaction())
        sqlite3_exec(database_.connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<Database> Database::open_by(const std::string& path, int flags, std::string name)
{
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &opened,
                                     flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    std::unique_ptr<sqlite3, Close> connection(opened); // there is one also after an error
    if (connection == nullptr)
        return fail(ExitStatus::internal, formatted("cannot open {}: no memory", quote(name)));
    Database database(std::move(connection), std::move(name));
    if (code != SQLITE_OK)
        return database.failure(code);
    database.set_patience(default_patience);
    if (const int hardened = harden(opened); hardened != SQLITE_OK)
        return database.failure(hardened);
    return database;
}

Result<Database> Database::open(const std::string& path, Access access, std::string name)
{
    return open_by(path, access == Access::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY,
                   std::move(name));
}

Result<Database> Database::in_memory()
{
    return open_by(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "memory");
}

std::unexpected<Error> Database::failure(int code) const
{
    return std::unexpected(error_of(code, name_, sqlite3_errmsg(connection_.get())));
}

bool Database::is_in_transaction() const
{
    return sqlite3_get_autocommit(connection_.get()) == 0;
}

bool Database::can_write() const
{
    return sqlite3_db_readonly(connection_.get(), "main") == 0;
}

void Database::set_patience(int milliseconds)
{
    sqlite3_busy_timeout(connection_.get(), milliseconds);
}

Result<sqlite3_stmt*> Database::prepared(const char* statement)
{
    if (const auto found = statements_.find(std::string_view(statement)); found != statements_.end())
        return found->second.get();
    sqlite3_stmt* made = nullptr;
    const int code =
        sqlite3_prepare_v3(connection_.get(), statement, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    if (code != SQLITE_OK)
        return failure(code);
    statements_.emplace(statement, StatementPtr(made));
    return made;
}

Result<void> Database::for_each(const char* statement, SqlValues values,
                                const std::function<bool(const Row&)>& read)
{
    const auto ready = prepared(statement);
    if (!ready)
        return std::unexpected(ready.error());
    if (sqlite3_stmt_busy(*ready) != 0)
        return fail(ExitStatus::internal, formatted("{}: a statement within itself", quote(name_)));
    const Rest rest{*ready};
    if (const int code = bind_all(*ready, values); code != SQLITE_OK)
        return failure(code);
    int code = sqlite3_step(*ready);
    while (code == SQLITE_ROW && read(Row(*ready)))
        code = sqlite3_step(*ready);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return failure(code);
    return {};
}

Result<std::int64_t> Database::run(const char* statement, SqlValues values)
{
    const auto before = sqlite3_total_changes64(connection_.get());
    return for_each(statement, values, [](const Row&) { return true; }).transform([&] {
        // Of this statement alone, not of triggers; 0 for what changes nothing.
        const bool changed = sqlite3_total_changes64(connection_.get()) != before;
        return changed ? sqlite3_changes64(connection_.get()) : 0;
    });
}

Result<void> Database::run_all(const std::string& statements)
{
    const int code = sqlite3_exec(connection_.get(), statements.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        return failure(code);
    return {};
}

Result<std::int64_t> Database::number(const char* statement, SqlValues values)
{
    return one(statement, values, [](const Row& row) { return row.integer(0); })
        .and_then([&](std::optional<std::int64_t> found) -> Result<std::int64_t> {
            if (!found)
                return fail(ExitStatus::internal, formatted("{} has no such number", quote(name_)));
            return *found;
        });
}

Result<std::string> Database::serialized()
{
    sqlite3_int64 size = 0;
    const std::unique_ptr<unsigned char, decltype(&sqlite3_free)> bytes(
        sqlite3_serialize(connection_.get(), "main", &size, 0), sqlite3_free);
    if (bytes == nullptr)
        return failure(sqlite3_errcode(connection_.get()));
    const auto* text = reinterpret_cast<const char*>(bytes.get());
    return std::string(text, static_cast<std::size_t>(size));
}

FileDescriptor Database::close() &&
{
    statements_.clear();
    connection_.reset();
    return std::move(kept_);
}

} // namespace left4me
