#pragma once

#include "model/instance_name.hpp"
#include "web/markup.hpp"

#include <string>

namespace left4me::web {

/// The addresses of the routes' table: whoever needs one, gets it here.
class Links {
public:
    static Url servers() { return Url("/"); }
    static Url server(const InstanceName& name) { return Url("/servers/" + name.str()); }
    static Url server_events(const InstanceName& name)
    {
        return Url("/servers/" + name.str() + "/events");
    }
    static Url servers_events() { return Url("/events"); }
    static Url sign_in() { return Url("/sign-in"); }
    static Url sign_out() { return Url("/sign-out"); }
    static Url welcome() { return Url("/welcome"); }
    static Url style() { return Url("/style.css"); }
    static Url script() { return Url("/live.js"); }
};

} // namespace left4me::web
