#include "web/change_notes.hpp"

#include "accounts/job_history.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "system/service_log.hpp"

#include <array>
#include <utility>

namespace left4me::web {
namespace {

constexpr std::size_t longest_word = 64;

/// What of a form is told.
constexpr std::array told_fields = {"user",   "name",    "role", "right",  "act",
                                    "player", "session", "move", "version"};

std::string told_in(const Form& form)
{
    std::string words;
    for (const auto* name : told_fields)
        if (const auto value = value_of(form, name); !value.empty())
            words += formatted(", {} {}", name, quote(value.substr(0, longest_word)));
    return words;
}

/// A change, in words: "anna (admin) from 127.0.0.1: /users, user 'berta'".
std::string line_of(const Visit& visit)
{
    const auto& session = visit.session;
    auto words =
        formatted("{} from {}: {}{}",
                  session ? formatted("{} ({})", session->user.name.str(), role_word(session->user.role))
                          : "somebody",
                  visit.request.client, visit.request.path, told_in(visit.form));
    for (const auto name : named_servers(visit.form))
        words += formatted(", server {}", quote(name.substr(0, longest_word)));
    return words;
}

std::vector<std::string> servers_of(Database& database, const Route& route, const Visit& visit,
                                    std::string_view named)
{
    auto names = named_servers(visit.form);
    if (std::holds_alternative<ServerHandler>(route.handler))
        names.push_back(named);
    std::vector<std::string> servers;
    for (const auto name : names)
        if (const auto server = InstanceName::parse(name))
            servers.push_back(server->str());
    if (visit.session && std::holds_alternative<JobHandler>(route.handler))
        if (const auto job = JobHistory(database).find(visit.session->user, named); job && *job)
            if (const auto* on = (*job)->job.on_server())
                servers.push_back(on->server.str());
    return servers;
}

bool is_known_user(Database& database, std::string_view name)
{
    return database.number("SELECT count(*) FROM users WHERE name = ?", {name}).value_or(0) > 0;
}

/// The name of a user in a form, where it stands for one.
std::string user_in(const Route& route, const Visit& visit)
{
    const bool of_users = route.changes == Changes::users || route.changes == Changes::session;
    for (const auto* field : {"user", "name"})
        if (std::string_view(field) == "user" || of_users)
            if (const auto name = UserName::parse(value_of(visit.form, field)))
                return name->str();
    return {};
}

/// Who is not signed in may have typed a password for a name: nothing of it is kept but a name that
/// there is.
void take_words(Database& database, const Route& route, const Visit& visit, Change& change)
{
    change.about = user_in(route, visit);
    if (!visit.session && !is_known_user(database, change.about))
        change.about.clear();
    change.what = visit.request.path.substr(0, 2 * longest_word);
    if (visit.session)
        change.what += told_in(visit.form);
}

/// Of those who are not signed in: tries with a name and a password, and what was done. The rest is
/// what anybody can send as often as they like.
bool is_kept(const Change& change)
{
    return !change.user.empty() || change.done() || change.status == unprocessable;
}

void write_down(Database& database, const ChangeNote& note)
{
    const auto& change = note.change;
    log_line(change.done() ? formatted("{}: done", note.line)
                           : formatted("{}: not done ({})", note.line, change.status));
    if (!is_kept(change))
        return;
    if (const auto kept = ChangeLog(database).add(change); !kept)
        log_line(formatted("the change is in this journal alone: {}", kept.error().message));
}

} // namespace

std::string_view change_word(Changes changes)
{
    switch (changes) {
    case Changes::nothing:
        return "nothing";
    case Changes::session:
        return "session";
    case Changes::password:
        return "password";
    case Changes::second_factor:
        return "second-factor";
    case Changes::server:
        return "server";
    case Changes::running:
        return "running";
    case Changes::game:
        return "game";
    case Changes::blueprint:
        return "blueprint";
    case Changes::layer:
        return "layer";
    case Changes::installation:
        return "installation";
    case Changes::users:
        break;
    }
    return "users";
}

std::vector<std::string_view> named_servers(const Form& form)
{
    constexpr std::string_view field = "server.";
    std::vector<std::string_view> names;
    for (const auto& [name, value] : form)
        if (name.starts_with(field))
            names.push_back(std::string_view(name).substr(field.size()));
    return names;
}

ChangeNote note_of(Database& database, const Route& route, const Visit& visit, std::string_view named)
{
    const auto& session = visit.session;
    Change change = {.at = visit.now,
                     .user = session ? session->user.name.str() : "",
                     .role = session ? std::string(role_word(session->user.role)) : "",
                     .address = visit.request.client,
                     .kind = std::string(change_word(route.changes)),
                     .servers = servers_of(database, route, visit, named)};
    take_words(database, route, visit, change);
    return {.change = std::move(change), .line = line_of(visit)};
}

Answer noted(Database& database, Answer answer, ChangeNote note)
{
    if (auto* work = std::get_if<Work>(&answer))
        return Work{[&database, begin = std::move(work->work), note = std::move(note)] {
            return [&database, end = begin(), note] { return noted(database, end(), note); };
        }};
    if (const auto* response = std::get_if<Response>(&answer)) {
        note.change.status = response->status;
        write_down(database, note);
    }
    return answer;
}

} // namespace left4me::web
