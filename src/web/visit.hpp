#pragma once

#include "accounts/blueprints.hpp"
#include "accounts/job_history.hpp"
#include "accounts/server_access.hpp"
#include "accounts/sessions.hpp"
#include "accounts/token.hpp"
#include "model/layer_ref.hpp"
#include "web/http.hpp"
#include "web/request_values.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace left4me::web {

/// A request of anybody, signed in or not.
struct Visit {
    const Request& request;
    Form form;                      ///< of a POST
    std::optional<WebSession> session; ///< who it is, if somebody
    std::shared_ptr<const Token> before_sign_in; ///< of the cookie that forms have without a session
    AccountTime now;

    [[nodiscard]] left4me::Client client() const;
};

/// A request of somebody who is signed in.
struct SignedVisit {
    const Visit& visit;
    const WebSession& session;
};

/// A request of an administrator. Only the router makes one.
class AdminVisit {
public:
    [[nodiscard]] const SignedVisit& visit() const noexcept { return visit_; }

private:
    friend class Router;
    explicit AdminVisit(const SignedVisit& visit) : visit_(visit) {}
    const SignedVisit& visit_;
};

/// A request of somebody who may write scripts that build layers. Only the router makes one.
class BuilderVisit {
public:
    [[nodiscard]] const SignedVisit& visit() const noexcept { return visit_; }

private:
    friend class Router;
    explicit BuilderVisit(const SignedVisit& visit) : visit_(visit) {}
    const SignedVisit& visit_;
};

/// A server as whoever is signed in sees it. Only the router makes one, from the session: what
/// it gives to a handler is a server that this user may see, and no name that a browser sent.
class SeenServer {
public:
    [[nodiscard]] const InstanceName& name() const noexcept { return name_; }
    [[nodiscard]] ServerRight right() const noexcept { return right_; }

private:
    friend class Router;
    SeenServer(InstanceName name, ServerRight right) : name_(std::move(name)), right_(right) {}
    InstanceName name_;
    ServerRight right_;
};

/// The name of a layer that whoever is signed in may see and take, if there is one of it. Only the
/// router makes one.
class SeenLayer {
public:
    [[nodiscard]] const LayerRef& ref() const noexcept { return ref_; }
    [[nodiscard]] bool may_change() const noexcept { return may_change_; }

private:
    friend class Router;
    SeenLayer(LayerRef ref, bool may_change) : ref_(std::move(ref)), may_change_(may_change) {}
    LayerRef ref_;
    bool may_change_;
};

/// A blueprint that whoever is signed in may see, as the database has it. Only the router makes one.
class SeenBlueprint {
public:
    [[nodiscard]] const KnownBlueprint& known() const noexcept { return known_; }
    [[nodiscard]] bool may_change() const noexcept { return may_change_; }

private:
    friend class Router;
    SeenBlueprint(KnownBlueprint known, bool may_change)
        : known_(std::move(known)), may_change_(may_change)
    {
    }
    KnownBlueprint known_;
    bool may_change_;
};

/// A job that whoever is signed in may see. Only the router makes one.
class SeenJob {
public:
    [[nodiscard]] const Job& job() const noexcept { return known_.job; }
    [[nodiscard]] ServerRight right() const noexcept { return known_.right; } ///< with what it is about

private:
    friend class Router;
    explicit SeenJob(KnownJob known) : known_(std::move(known)) {}
    KnownJob known_;
};

// --- cookies --------------------------------------------------------------------------------
// Behind TLS they are of this host alone, which no other one beneath it can set (__Host-).

/// The session's, and the one that forms have before there is one.
enum class CookieKind { session, before_sign_in };
std::string cookie_name(CookieKind kind, bool secure);

/// The Set-Cookie field; an empty value takes the cookie away.
Field set_cookie(CookieKind kind, bool secure, const std::string& value);

} // namespace left4me::web
