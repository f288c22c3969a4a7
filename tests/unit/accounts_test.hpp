#pragma once

#include "accounts/sign_in.hpp"
#include "accounts/users.hpp"
#include "accounts/web_database.hpp"

#include "temporary_host.hpp"
#include "text_case.hpp"

/// A host with the web program's directory.
class WebHost : public TemporaryHost {
public:
    WebHost() { std::filesystem::create_directory((**this).state_path("web")); }
};

/// The web program's database, with the users that a test adds. A second connection is another
/// program's.
class AccountsTest : public testing::Test {
protected:
    static left4me::UserName name(const std::string& text)
    {
        return left4me::UserName::parse(text).value();
    }

    /// Who has that password already.
    left4me::User add(const std::string& text, left4me::Role role = left4me::Role::user,
                      const std::string& with = password)
    {
        EXPECT_THAT(users.add(name(text), role, left4me::Secret(with), now), Succeeds());
        return users.find(name(text)).value();
    }

    left4me::NewSession session_of(const left4me::User& user)
    {
        return left4me::Sessions(database).start(user.id, client, now).value();
    }

    static constexpr const char* password = "correct horse battery";
    static constexpr std::chrono::seconds second{1};

    WebHost host;
    left4me::Database database = left4me::open_web_database(*host).value();
    left4me::Database other = left4me::open_web_database(*host).value();
    left4me::Users users{database};
    const left4me::Client client = {"192.0.2.1", "a browser"};
    left4me::AccountTime now{std::chrono::seconds(1'800'000'000)};
};
