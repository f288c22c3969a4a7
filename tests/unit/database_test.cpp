#include "accounts/database.hpp"

#include "temporary_host.hpp"
#include "text_case.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::Optional;

class SqliteDatabase : public testing::Test {
protected:
    void SetUp() override
    {
        host.write("state/a.db", "");
        ASSERT_THAT(database.run_all("CREATE TABLE t (n INTEGER, s TEXT UNIQUE, b BLOB) STRICT"),
                    Succeeds());
    }
    Result<std::int64_t> insert(std::int64_t n, std::string_view s)
    {
        return database.run("INSERT INTO t (n, s) VALUES (?, ?)", {n, s});
    }
    [[nodiscard]] std::int64_t rows() { return database.number("SELECT count(*) FROM t").value(); }
    Result<Database> open_again(Database::Access access = Database::Access::write) const
    {
        return Database::open((*host).state_path("a.db"), access, "a.db");
    }

    TemporaryHost host;
    Database database = [&] {
        host.write("state/a.db", "");
        return open_again().value();
    }();
};

TEST_F(SqliteDatabase, KeepsValuesOfEachTypeAsTheyAre)
{
    const std::string bytes("a\0\xff'); DROP TABLE t; --", 24);
    ASSERT_THAT(database.run("INSERT INTO t VALUES (?, ?, ?)",
                             {std::int64_t{-1} << 40, std::string_view(bytes), Blob{bytes}}),
                Succeeds());
    ASSERT_THAT(database.run("INSERT INTO t VALUES (?, ?, ?)", {nullptr, std::string_view(), Blob{}}),
                Succeeds());
    const auto all = database.all("SELECT n, s, b FROM t ORDER BY rowid", {}, [](const Row& row) {
        return std::tuple(row.is_null(0), row.integer(0), row.text(1), row.text(2));
    });
    ASSERT_THAT(all, Succeeds());
    EXPECT_THAT(*all, ElementsAre(std::tuple(false, std::int64_t{-1} << 40, bytes, bytes),
                                  std::tuple(true, 0, "", "")));
}

TEST_F(SqliteDatabase, TellsHowManyRowsAStatementChanged)
{
    ASSERT_THAT(insert(1, "a"), Succeeds());
    ASSERT_THAT(insert(2, "b"), Succeeds());
    EXPECT_EQ(database.run("UPDATE t SET n = 3").value(), 2);
    EXPECT_EQ(database.run("UPDATE t SET n = 3 WHERE s = ?", {std::string_view("c")}).value(), 0);
    EXPECT_EQ(database.run("SELECT 1").value(), 0);
    EXPECT_THAT(
        database.one("SELECT n FROM t WHERE s = 'c'", {}, [](const Row& r) { return r.integer(0); })
            .value(),
        std::nullopt);
    EXPECT_THAT(database.one("SELECT n FROM t", {}, [](const Row& r) { return r.integer(0); }).value(),
                Optional(3));
    EXPECT_THAT(database.number("SELECT n FROM t WHERE s = 'c'"),
                FailsWith(ExitStatus::internal, "no such number"));
}

TEST_F(SqliteDatabase, UndoesATransactionThatFails)
{
    const auto half = [&](bool fails) {
        return database.in_transaction([&]() -> Result<void> {
            if (auto inserted = insert(1, fails ? "no" : "yes"); !inserted)
                return std::unexpected(inserted.error());
            return fails ? fail(ExitStatus::usage, "on purpose") : Result<void>();
        });
    };
    EXPECT_THAT(half(true), FailsWith(ExitStatus::usage, "on purpose"));
    EXPECT_EQ(rows(), 0);
    EXPECT_THAT(half(false), Succeeds());
    EXPECT_EQ(rows(), 1);
    // One within another is a part of it.
    EXPECT_FALSE(database
                     .in_transaction([&] {
                         return database.in_transaction([&] { return insert(2, "inner"); })
                             .and_then([&](std::int64_t) { return insert(3, "yes"); });
                     })
                     .has_value());
    EXPECT_EQ(rows(), 1);
}

TEST_F(SqliteDatabase, UndoesATransactionThatThrows)
{
    EXPECT_THROW((void)database.in_transaction([&]() -> Result<void> {
        (void)insert(1, "a");
        throw std::runtime_error("on purpose");
    }),
                 std::runtime_error);
    EXPECT_EQ(rows(), 0);
    EXPECT_THAT(insert(1, "a"), Succeeds());
}

TEST_F(SqliteDatabase, IsBusyWhileAnotherWrites)
{
    auto other = open_again().value();
    other.set_patience(0);
    const auto done = database.in_transaction([&]() -> Result<void> {
        EXPECT_THAT(other.run("INSERT INTO t (n) VALUES (1)"),
                    FailsWith(ExitStatus::busy, "'a.db' is busy"));
        EXPECT_THAT(other.in_transaction([] { return Result<void>(); }),
                    FailsWith(ExitStatus::busy, "'a.db' is busy"));
        return {};
    });
    EXPECT_THAT(done, Succeeds());
    EXPECT_THAT(other.run("INSERT INTO t (n) VALUES (1)"), Succeeds());
}

TEST_F(SqliteDatabase, TellsAFullDiskAndABrokenRule)
{
    ASSERT_THAT(insert(1, "a"), Succeeds());
    EXPECT_THAT(insert(2, "a"), FailsWith(ExitStatus::bad_data, "UNIQUE"));
    EXPECT_THAT(database.run("INSERT INTO t (n) VALUES (?)", {std::string_view("word")}),
                FailsWith(ExitStatus::bad_data, "INTEGER"));
    ASSERT_THAT(database.run("PRAGMA max_page_count = 3"), Succeeds());
    const std::string large(100'000, 'x');
    EXPECT_THAT(insert(3, large), FailsWith(ExitStatus::io, "full"));
    EXPECT_EQ(rows(), 1);
}

TEST_F(SqliteDatabase, IsNotWrittenWhereItIsReadAlone)
{
    auto reader = open_again(Database::Access::read).value();
    EXPECT_FALSE(reader.can_write());
    EXPECT_TRUE(database.can_write());
    EXPECT_THAT(reader.run("INSERT INTO t (n) VALUES (1)"),
                FailsWith(ExitStatus::not_permitted, "cannot write 'a.db'"));
    EXPECT_THAT(Database::open((*host).state_path("none.db"), Database::Access::write, "none.db"),
                FailsWith(ExitStatus::io, "'none.db'"));
}

TEST_F(SqliteDatabase, LetsNoFileBringCodeAlong)
{
    EXPECT_EQ(database.number("PRAGMA trusted_schema").value(), 0);
    EXPECT_EQ(database.number("PRAGMA foreign_keys").value(), 1);
    EXPECT_EQ(database.number("PRAGMA cell_size_check").value(), 1);
    EXPECT_EQ(database.number("PRAGMA synchronous").value(), 2); // FULL
    EXPECT_FALSE(database.run("SELECT load_extension('x')").has_value());
    // DEFENSIVE: the schema is changed by its own statements alone.
    (void)database.run("PRAGMA writable_schema = ON");
    EXPECT_FALSE(database.run("DELETE FROM sqlite_schema").has_value());
}

TEST_F(SqliteDatabase, IsWrittenDownAsItIsForEverybody)
{
    ASSERT_THAT(insert(1, "kept"), Succeeds());
    Result<std::string> bytes = "";
    auto other = open_again().value();
    const auto undone = database.in_transaction([&]() -> Result<void> {
        (void)insert(2, "not yet");
        bytes = other.serialized();
        return fail(ExitStatus::usage, "on purpose");
    });
    ASSERT_THAT(bytes, Succeeds());
    host.write("state/b.db", *bytes);
    auto copy = Database::open((*host).state_path("b.db"), Database::Access::write, "b.db").value();
    EXPECT_EQ(copy.number("SELECT count(*) FROM t").value(), 1);
}

} // namespace
} // namespace left4me
