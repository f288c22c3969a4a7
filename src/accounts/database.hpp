#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace left4me {

/// Bytes for a BLOB, which a string_view alone would be text.
struct Blob {
    std::string_view bytes;
};

/// What stands for a '?' of a statement. The bytes stay where they are until it has run.
using SqlValue = std::variant<std::nullptr_t, std::int64_t, std::string_view, Blob>;
using SqlValues = std::initializer_list<SqlValue>;

constexpr int default_patience = 5000; ///< milliseconds that a statement waits for another connection

/// A row of what a statement gives, for as long as the function that reads it runs.
class Row {
public:
    explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] bool boolean(int column) const { return integer(column) != 0; }
    [[nodiscard]] std::string text(int column) const; ///< or the bytes of a BLOB

private:
    sqlite3_stmt* statement_;
};

/// A connection to an SQLite database, of one thread. Statements are prepared once and kept,
/// and are reset before a call returns: none reads on, which would keep the log of changes
/// from being taken into the file. Names and values never become part of a statement's text.
///
/// Errors: busy where another connection writes for longer than the patience, io where the
/// disk is full or fails, bad_data for a damaged file or a broken rule of a table,
/// not_permitted for one that cannot be written.
class Database {
public:
    enum class Access { read, write };

    /// A file that is there; name is for messages. Foreign keys are held, what the file itself
    /// brings along (views, functions in its schema) is not trusted, and a damaged page is no
    /// more than an error.
    static Result<Database> open(const std::string& path, Access access, std::string name);

    /// One in memory, empty.
    static Result<Database> in_memory();

    /// Runs one statement to its end: how many rows it changed.
    Result<std::int64_t> run(const char* statement, SqlValues values = {});

    /// Several statements without values, as a schema is written.
    Result<void> run_all(const std::string& statements);

    /// The first row, as read makes it; none where there is none.
    template <class Read>
    auto one(const char* statement, SqlValues values, Read read)
        -> Result<std::optional<std::invoke_result_t<Read, const Row&>>>
    {
        std::optional<std::invoke_result_t<Read, const Row&>> found;
        const auto done = for_each(statement, values, [&](const Row& row) {
            found.emplace(read(row));
            return false;
        });
        return done.transform([&] { return std::move(found); });
    }

    /// All rows.
    template <class Read>
    auto all(const char* statement, SqlValues values, Read read)
        -> Result<std::vector<std::invoke_result_t<Read, const Row&>>>
    {
        std::vector<std::invoke_result_t<Read, const Row&>> found;
        const auto done = for_each(statement, values, [&](const Row& row) {
            found.push_back(read(row));
            return true;
        });
        return done.transform([&] { return std::move(found); });
    }

    /// A number that is always there; internal where it is not.
    Result<std::int64_t> number(const char* statement, SqlValues values = {});

    /// All that work does, or nothing of it: a Result that is an error undoes it. No other
    /// connection writes meanwhile. Within another one, it is a part of that.
    template <class Work>
    auto in_transaction(Work work) -> std::invoke_result_t<Work>
    {
        if (is_in_transaction())
            return work();
        if (auto begun = run("BEGIN IMMEDIATE"); !begun)
            return std::unexpected(begun.error());
        Undo undo(*this);
        auto done = work();
        if (!done)
            return done;
        if (auto kept = run("COMMIT"); !kept)
            return std::unexpected(kept.error());
        return done;
    }

    /// How long a statement waits for another connection that writes.
    void set_patience(int milliseconds);

    /// All of the database as one file, as it is at this moment.
    Result<std::string> serialized();

    /// Held for as long as the connection is: a lock.
    void keep(FileDescriptor lock) { kept_ = std::move(lock); }
    /// Ends the connection, and gives back what it kept.
    FileDescriptor close() &&;

    [[nodiscard]] bool can_write() const;
    [[nodiscard]] const std::string& name() const { return name_; }

private:
    struct Close {
        void operator()(sqlite3* connection) const noexcept;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    using StatementPtr = std::unique_ptr<sqlite3_stmt, Finalize>;

    /// Rolls back at its end what is not committed by then.
    class Undo {
    public:
        explicit Undo(Database& database) : database_(database) {}
        ~Undo();
        Undo(const Undo&) = delete;
        Undo& operator=(const Undo&) = delete;

    private:
        Database& database_;
    };

    Database(std::unique_ptr<sqlite3, Close> connection, std::string name)
        : name_(std::move(name)), connection_(std::move(connection))
    {
    }
    static Result<Database> open_by(const std::string& path, int flags, std::string name);
    [[nodiscard]] bool is_in_transaction() const;
    Result<sqlite3_stmt*> prepared(const char* statement);
    Result<void> for_each(const char* statement, SqlValues values,
                          const std::function<bool(const Row&)>& read);
    [[nodiscard]] std::unexpected<Error> failure(int code) const;

    std::string name_;
    FileDescriptor kept_; ///< closed last
    std::unique_ptr<sqlite3, Close> connection_;
    std::map<std::string, StatementPtr, std::less<>> statements_;
};

/// What rows gave, or what is wrong with the first of them that is none.
template <class Value>
Result<std::vector<Value>> all_or_why(std::vector<Result<Value>> rows)
{
    std::vector<Value> values;
    for (auto& row : rows) {
        if (!row)
            return std::unexpected(row.error());
        values.push_back(std::move(*row));
    }
    return values;
}

} // namespace left4me
