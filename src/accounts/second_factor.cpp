#include "accounts/second_factor.hpp"

#include "accounts/one_time_code.hpp"
#include "accounts/token.hpp"

namespace left4me {
namespace {

constexpr std::size_t secret_size = 20; // RFC 4226: as long as the sum of SHA-1

struct StoredFactor {
    Secret secret;
    bool counts;
    std::int64_t last_step;
};

Result<std::optional<StoredFactor>> stored_factor(Database& database, UserId user)
{
    return database.one("SELECT secret, counts, last_step FROM second_factors WHERE user = ?",
                        {user.number()}, [](const Row& row) {
                            return StoredFactor{Secret(row.text(0)), row.boolean(1), row.integer(2)};
                        });
}

Result<std::vector<std::string>> make_recovery_codes(Database& database, UserId user)
{
    std::vector<std::string> codes;
    while (codes.size() < recovery_code_count) {
        auto code = make_recovery_code();
        if (!code)
            return std::unexpected(code.error());
        const auto hash = recovery_code_hash(*code).value();
        const auto added = database.run("INSERT INTO recovery_codes (user, hash) VALUES (?, ?)",
                                        {user.number(), Blob{hash}});
        if (!added)
            return std::unexpected(added.error());
        codes.push_back(std::move(*code));
    }
    return codes;
}

} // namespace

Result<Secret> SecondFactors::begin(const User& user)
{
    const auto secret = random_bytes(secret_size);
    if (!secret)
        return std::unexpected(secret.error());
    return database_
        .run("INSERT INTO second_factors (user, secret) VALUES (?, ?) "
             "ON CONFLICT (user) DO UPDATE SET secret = excluded.secret, last_step = 0 WHERE NOT counts",
             {user.id.number(), Blob{secret->reveal()}})
        .and_then([&](std::int64_t changed) -> Result<Secret> {
            if (changed == 0)
                return fail(ExitStatus::bad_data, "there is a second factor already: remove it first");
            return otpauth_address(user.name, secret->reveal());
        });
}

Result<std::vector<std::string>> SecondFactors::confirm(const User& user, std::string_view code,
                                                        AccountTime now)
{
    using Codes = Result<std::vector<std::string>>;
    return database_.in_transaction([&]() -> Codes {
        const auto stored = stored_factor(database_, user.id);
        if (!stored)
            return std::unexpected(stored.error());
        if (!*stored || (*stored)->counts)
            return fail(ExitStatus::bad_data, "no second factor was begun");
        const auto step = matching_step((*stored)->secret.reveal(), code, now, (*stored)->last_step);
        if (!step)
            return fail(
                ExitStatus::bad_data,
                "the code is wrong: take the one that the app shows now; its clock must be right");
        return database_
            .run("UPDATE second_factors SET counts = 1, last_step = ? WHERE user = ?",
                 {*step, user.id.number()})
            .and_then([&](std::int64_t) { return make_recovery_codes(database_, user.id); });
    });
}

Result<bool> SecondFactors::use(UserId user, std::string_view code, AccountTime now)
{
    return database_.in_transaction([&]() -> Result<bool> {
        const auto stored = stored_factor(database_, user);
        if (!stored)
            return std::unexpected(stored.error());
        if (!*stored || !(*stored)->counts)
            return true;
        const auto used = [](std::int64_t changed) { return changed > 0; };
        if (const auto step = matching_step((*stored)->secret.reveal(), code, now, (*stored)->last_step))
            return database_
                .run("UPDATE second_factors SET last_step = ? WHERE user = ?", {*step, user.number()})
                .transform(used);
        const auto hash = recovery_code_hash(code);
        if (!hash)
            return false;
        return database_
            .run("DELETE FROM recovery_codes WHERE user = ? AND hash = ?", {user.number(), Blob{*hash}})
            .transform(used);
    });
}

Result<std::int64_t> SecondFactors::recovery_codes_left(UserId user)
{
    return database_.number("SELECT count(*) FROM recovery_codes WHERE user = ?", {user.number()});
}

Result<void> SecondFactors::remove(UserId user)
{
    return database_.run("DELETE FROM second_factors WHERE user = ?", {user.number()})
        .transform([](std::int64_t) {});
}

} // namespace left4me
