#include "accounts/change_log.hpp"
#include "accounts/users.hpp"
#include "accounts/web_backup.hpp"
#include "accounts/web_database.hpp"
#include "console/terminal_report.hpp"
#include "host/privilege_drop.hpp"
#include "host/web_host.hpp"
#include "programs/callers_file.hpp"
#include "programs/l4d2ctl_table.hpp"
#include "programs/service_user_act.hpp"
#include "programs/web_text.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/plain_text.hpp"

#include <cerrno>
#include <fcntl.h>

namespace left4me {
namespace {

// Who may use the web program, from the host itself: so the first admin comes in, and the last
// one again.

constexpr std::uint64_t max_descriptor = 1023;
constexpr std::string_view password_option = "--password-fd";

AccountTime now()
{
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

using UsersAct = std::function<Result<int>(const Host&, Users&)>;

/// Acts on the users of the host's database.
Act on_users(UsersAct act)
{
    return as_service_user([act = std::move(act)](const Host& host) {
        return open_web_database(host).and_then([&](Database database) {
            Users users(database);
            return act(host, users);
        });
    });
}

/// The same, of a change to that user, which the page Audit shows then.
Act on_user(const std::string& verb, const UserName& name, UsersAct act)
{
    return as_service_user([verb, name, act = std::move(act)](const Host& host) {
        return open_web_database(host).and_then([&](Database database) {
            Users users(database);
            return act(host, users).transform([&](int status) {
                const auto noted = ChangeLog(database).add({.at = now(),
                                                            .user = "root",
                                                            .role = "host",
                                                            .kind = "users",
                                                            .what = "l4d2ctl " + verb,
                                                            .about = name.str()});
                if (!noted)
                    complain("l4d2ctl", noted.error().message); // the change itself is made
                return status;
            });
        });
    });
}

int tell(const UserName& name, std::string_view done)
{
    TerminalReport terminal;
    SubjectReport(terminal, name.str()).step(done);
    return 0;
}

/// What another program hands over, to the end of its first line.
Result<Secret> password_from(int number)
{
    const FileDescriptor file(fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!file)
        return fail_errno(formatted("cannot read a password from descriptor {}", number), errno);
    constexpr std::size_t limit = 4096;
    return read_stream(file, "the password", limit).transform([](std::string text) {
        Secret line(text.substr(0, text.find('\n')));
        explicit_bzero(text.data(), text.size());
        return line;
    });
}

Result<int> tell_link(const Host& host, const UserName& name, const Token& link)
{
    return web_host(host).transform([&](const std::string& its_name) {
        tell(name, formatted("sets a password at this address, once, until {}:",
                             local_minute((now() + one_time_link_life).time_since_epoch())));
        print(welcome_address(its_name, link) + '\n');
        return 0;
    });
}

struct UserWords {
    UserName name;
    Role role;
    std::optional<int> password; ///< a descriptor
};

Result<UserWords> user_words(const Arguments& arguments)
{
    return UserName::parse(arguments.text("NAME")).transform([&](UserName name) {
        return UserWords{std::move(name), arguments.flag("--admin") ? Role::admin : Role::user,
                         arguments.has(password_option)
                             ? std::optional(static_cast<int>(arguments.number(password_option)))
                             : std::nullopt};
    });
}

Result<int> add(const Host& host, Users& users, const UserWords& words)
{
    if (!words.password)
        return users.add(words.name, words.role, now()).and_then([&](const Token& link) {
            return tell_link(host, words.name, link);
        });
    return password_from(*words.password)
        .and_then(
            [&](const Secret& password) { return users.add(words.name, words.role, password, now()); })
        .transform([&] { return tell(words.name, "added"); });
}

Result<int> reset(const Host& host, Users& users, const UserWords& words)
{
    const auto raised =
        words.role == Role::admin ? users.set_role(words.name, Role::admin) : Result<void>();
    if (!raised)
        return std::unexpected(raised.error());
    if (!words.password)
        return users.reset(words.name, now()).and_then([&](const Token& link) {
            return tell_link(host, words.name, link);
        });
    return password_from(*words.password)
        .and_then([&](const Secret& password) { return users.reset(words.name, password); })
        .transform([&] { return tell(words.name, "has that password"); });
}

template <auto act>
Result<Act> access_act(const Arguments& arguments)
{
    return user_words(arguments).transform([](UserWords words) {
        const auto name = words.name;
        return on_user(act == add ? "web-user add" : "web-user reset", name,
                       [words = std::move(words)](const Host& host, Users& users) {
                           return act(host, users, words);
                       });
    });
}

Result<Act> list_act(const Arguments& arguments)
{
    return on_users([json = arguments.flag("--json")](const Host& /*host*/, Users& users) {
        return users.list().transform([&](const std::vector<User>& all) {
            print(json ? format_users_json(all) : format_users(all, now()));
            return 0;
        });
    });
}

template <bool active>
Result<Act> active_act(const Arguments& arguments)
{
    return UserName::parse(arguments.text("NAME")).transform([](const UserName& name) {
        return on_user(active ? "web-user activate" : "web-user deactivate", name,
                       [name](const Host& /*host*/, Users& users) {
                           return users.set_active(name, active).transform([&] {
                               return tell(name, active ? "may sign in again"
                                                        : "deactivated: signed out, and cannot sign in");
                           });
                       });
    });
}

template <bool may>
Result<Act> build_act(const Arguments& arguments)
{
    return UserName::parse(arguments.text("NAME")).transform([](const UserName& name) {
        return on_user(may ? "web-user allow-builds" : "web-user deny-builds", name,
                       [name](const Host& /*host*/, Users& users) {
                           return users.set_may_build(name, may).transform([&] {
                               return tell(name, may ? "may build layers by scripts of their own"
                                                     : "builds no layers, unless they are an admin");
                           });
                       });
    });
}

Result<Act> delete_act(const Arguments& arguments)
{
    return UserName::parse(arguments.text("NAME")).transform([](const UserName& name) {
        return on_user("web-user delete", name, [name](const Host& host, Users& users) {
            return users.remove(host, name).transform([&] { return tell(name, "deleted"); });
        });
    });
}

Result<int> back_up(const std::string& file)
{
    return write_callers_file(file, [&](const FileDescriptor& opened) {
        return back_up_web_database(Host::installed()).and_then([&](const std::string& bytes) {
            return write_all(opened, quote(file), bytes).transform([&] {
                if (file != "-")
                    print(formatted("backup: {} written; whoever has it has all password hashes\n",
                                    human_bytes(bytes.size())));
                return 0;
            });
        });
    });
}

Result<int> restore(const std::string& file)
{
    catch_interruptions();
    const auto opened = open_file(file);
    if (!opened)
        return std::unexpected(opened.error());
    return become_service_user().and_then([&] {
        const auto host = Host::installed();
        return restore_web_database(host, *opened, file == "-" ? "standard input" : file)
            .transform([&](const std::string& kept) {
                print("restored; everybody signs in again, and links that were not used are void\n");
                if (!kept.empty())
                    print(formatted("the one before is kept: {}\n", host.state_path(kept)));
                return 0;
            });
    });
}

Result<Act> back_up_act(const Arguments& arguments)
{
    return [file = arguments.text("FILE")] { return back_up(file); };
}

Result<Act> restore_act(const Arguments& arguments)
{
    return [file = arguments.text("FILE")] { return restore(file); };
}

Parameter user_word()
{
    return {.name = "NAME", .help = "The user's name", .value = Value::text, .required = true};
}

std::vector<Parameter> access_parameters()
{
    return {user_word(),
            {.name = "--admin", .help = "May do everything, with all servers"},
            {.name = std::string(password_option),
             .help = "Take the password from this open file, its first line, and print no link",
             .value = Value::number,
             .called = "N",
             .max = max_descriptor}};
}

std::vector<Parameter> file_word(std::string help)
{
    return {{.name = "FILE", .help = std::move(help), .value = Value::file, .required = true}};
}

} // namespace

std::vector<Verb> web_table()
{
    return {{.words = "web-user add",
             .help = "Add a user of the web program; prints a link to set a password, once",
             .parameters = access_parameters(),
             .example = "sudo l4d2ctl web-user add anna --admin",
             .function = access_act<add>},
            {.words = "web-user reset",
             .help = "Forget a user's password, code and sessions; prints a new link",
             .parameters = access_parameters(),
             .example = "sudo l4d2ctl web-user reset anna",
             .function = access_act<reset>},
            {.words = "web-user list",
             .help = "Show the users of the web program",
             .parameters = {json_flag()},
             .example = "sudo l4d2ctl web-user list",
             .function = list_act},
            {.words = "web-user deactivate",
             .help = "Sign a user out, and let them in no more",
             .parameters = {user_word()},
             .example = "sudo l4d2ctl web-user deactivate anna",
             .function = active_act<false>},
            {.words = "web-user activate",
             .help = "Let a deactivated user in again",
             .parameters = {user_word()},
             .example = "sudo l4d2ctl web-user activate anna",
             .function = active_act<true>},
            {.words = "web-user allow-builds",
             .help = "Let a user build layers by scripts of their own",
             .parameters = {user_word()},
             .example = "sudo l4d2ctl web-user allow-builds anna",
             .function = build_act<true>},
            {.words = "web-user deny-builds",
             .help = "Let a user who is no admin build none any more",
             .parameters = {user_word()},
             .example = "sudo l4d2ctl web-user deny-builds anna",
             .function = build_act<false>},
            {.words = "web-user delete",
             .help = "Remove a user who owns nothing",
             .parameters = {user_word()},
             .example = "sudo l4d2ctl web-user delete anna",
             .function = delete_act},
            {.words = "web-backup",
             .help = "Write the web program's database into a file, while it runs",
             .parameters = file_word("The file; '-' is standard output"),
             .example = "sudo l4d2ctl web-backup /root/left4me-web.db",
             .function = back_up_act},
            {.words = "web-restore",
             .help = "Bring a backup of the web program's database back, while it is stopped",
             .parameters = file_word("The backup; '-' is standard input"),
             .example = "sudo l4d2ctl web-restore /root/left4me-web.db",
             .function = restore_act}};
}

} // namespace left4me
