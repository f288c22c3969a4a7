#pragma once

#include "accounts/blueprints.hpp"
#include "model/instance_name.hpp"
#include "model/job_name.hpp"
#include "model/layer_ref.hpp"
#include "web/markup.hpp"
#include "web/request_values.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace left4me::web {

/// A layer's name as one part of a path, and back: '~', which no name has, stands for '/'.
std::string part_of_layer(const LayerRef& ref);
Result<LayerRef> layer_of_part(std::string_view part);

/// What somebody wrote into the form of the audit page.
struct AuditWords {
    std::string user = {};
    std::string server = {};
    std::string kind = {};
    std::string from = {};
    std::string until = {};
};

/// The addresses of the routes' table: whoever needs one, gets it here.
class Links {
public:
    static Url servers() { return Url("/"); }
    static Url server(const InstanceName& name) { return Url("/servers/" + name.str()); }
    static Url server_events(const InstanceName& name)
    {
        return Url("/servers/" + name.str() + "/events");
    }
    static Url log(const InstanceName& name) { return Url("/servers/" + name.str() + "/log"); }
    static Url act(const InstanceName& name) { return Url("/servers/" + name.str() + "/act"); }
    static Url players(const InstanceName& name) { return Url("/servers/" + name.str() + "/players"); }
    static Url kick(const InstanceName& name) { return Url("/servers/" + name.str() + "/kick"); }
    static Url kick(const InstanceName& name, std::string_view what)
    {
        return Url("/servers/" + name.str() + "/kick?" + done + "=" + std::string(what));
    }
    static Url console(const InstanceName& name) { return Url("/servers/" + name.str() + "/console"); }
    /// Of what was said before that line.
    static Url console(const InstanceName& name, std::int64_t before)
    {
        return Url("/servers/" + name.str() + "/console?" + console_place + "=" +
                   std::to_string(before));
    }
    static constexpr const char* console_place = "before";
    static Url command_names(const InstanceName& name)
    {
        return Url("/servers/" + name.str() + "/console/names");
    }
    static Url acts() { return Url("/acts"); }
    static Url new_server() { return Url("/new-server"); }
    static Url new_server(BlueprintId of)
    {
        return Url("/new-server?blueprint=" + std::to_string(of.number()));
    }
    static Url link(const InstanceName& name) { return Url("/servers/" + name.str() + "/blueprint"); }
    static Url adopt(const InstanceName& name) { return Url("/servers/" + name.str() + "/adopt"); }
    static Url remove(const InstanceName& name) { return Url("/servers/" + name.str() + "/delete"); }
    static Url share(const InstanceName& name) { return Url("/servers/" + name.str() + "/shares"); }
    static Url end_share(const InstanceName& name)
    {
        return Url("/servers/" + name.str() + "/shares/end");
    }
    static Url owner(const InstanceName& name) { return Url("/servers/" + name.str() + "/owner"); }
    static Url layers() { return Url("/layers"); }
    static Url layer(const LayerRef& ref) { return Url("/layers/" + part_of_layer(ref)); }
    static Url layer_act(const LayerRef& ref) { return Url("/layers/" + part_of_layer(ref) + "/act"); }
    static Url build(const LayerRef& ref) { return Url("/layers/" + part_of_layer(ref) + "/build"); }
    static Url rebuild(const LayerRef& ref) { return Url("/layers/" + part_of_layer(ref) + "/rebuild"); }
    static Url new_layer() { return Url("/new-layer"); }
    static Url blueprints() { return Url("/blueprints"); }
    static Url blueprints(const char* what)
    {
        return Url(std::string("/blueprints?") + done + "=" + what);
    }
    static Url new_blueprint() { return Url("/new-blueprint"); }
    static Url blueprint(BlueprintId id) { return of_blueprint(id, ""); }
    static Url blueprint(BlueprintId id, const char* what)
    {
        return of_blueprint(id, std::string("?") + done + "=" + what);
    }
    static Url clone(BlueprintId id) { return of_blueprint(id, "/clone"); }
    static Url delete_blueprint(BlueprintId id) { return of_blueprint(id, "/delete"); }
    static constexpr const char* log_place = "after";
    static Url servers_events() { return Url("/events"); }
    static Url jobs() { return Url("/jobs"); }
    /// Those before that one.
    static Url older_jobs(std::int64_t before)
    {
        return Url(std::string("/jobs?") + jobs_before + "=" + std::to_string(before));
    }
    static Url job(const JobId& id) { return Url("/jobs/" + id.str()); }
    /// With its log up to that place.
    static Url job_log_before(const JobId& id, std::uint64_t place)
    {
        return Url("/jobs/" + id.str() + "?" + log_end + "=" + std::to_string(place));
    }
    static Url job_events(const JobId& id, std::uint64_t read)
    {
        return Url("/jobs/" + id.str() + "/events?" + log_place + "=" + std::to_string(read));
    }
    static Url cancel_job(const JobId& id) { return Url("/jobs/" + id.str() + "/cancel"); }
    static constexpr const char* jobs_before = "before";
    static constexpr const char* log_end = "to";
    static Url audit() { return Url("/audit"); }
    /// What was chosen there, before that one.
    static Url audit(const AuditWords& words, std::int64_t before)
    {
        std::string query = "?before=" + std::to_string(before);
        for (const auto& [name, value] :
             {std::pair("user", &words.user), std::pair("server", &words.server),
              std::pair("kind", &words.kind), std::pair("from", &words.from),
              std::pair("until", &words.until)})
            if (!value->empty())
                query += std::string("&") + name + "=" + encoded_part(*value);
        return Url("/audit" + query);
    }
    static Url sign_in() { return Url("/sign-in"); }
    static Url sign_out() { return Url("/sign-out"); }
    static Url account() { return Url("/account"); }
    /// With what was done there, one word: see done_message.
    static Url account(const char* what) { return Url(std::string("/account?") + done + "=" + what); }
    static constexpr const char* done = "done";
    static Url password() { return Url("/account/password"); }
    static Url second_factor() { return Url("/account/second-factor"); }
    static Url second_factor_code() { return Url("/account/second-factor/code"); }
    static Url no_second_factor() { return Url("/account/second-factor/off"); }
    static Url end_session() { return Url("/account/sessions/end"); }
    static Url end_other_sessions() { return Url("/account/sessions/end-others"); }
    static Url host() { return Url("/host"); }
    static Url update() { return Url("/host/update"); }
    static Url users() { return Url("/users"); }
    static Url users(const char* what) { return Url(std::string("/users?") + done + "=" + what); }
    static Url change_user() { return Url("/users/change"); }
    static Url welcome() { return Url("/welcome"); }
    // Files beside the pages, whose addresses are others when one of them is another: browsers keep
    // them.
    static Url style();
    static Url script();
    static Url icon();
    static const std::string_view assets; ///< the query that these have

private:
    static Url of_blueprint(BlueprintId id, const std::string& rest)
    {
        return Url("/blueprints/" + std::to_string(id.number()) + rest);
    }
};

} // namespace left4me::web
