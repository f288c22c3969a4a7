#include "web/visit.hpp"

#include "system/format.hpp"

namespace left4me::web {

left4me::Client Visit::client() const
{
    return {.address = request.client, .agent = std::string(request.field("user-agent").value_or(""))};
}

std::string cookie_name(CookieKind kind, bool secure)
{
    const std::string name = kind == CookieKind::session ? "left4me" : "left4me-form";
    return secure ? "__Host-" + name : name;
}

Field set_cookie(CookieKind kind, bool secure, const std::string& value)
{
    const auto age = value.empty() ? std::chrono::seconds(0)
                     : kind == CookieKind::session
                         ? std::chrono::duration_cast<std::chrono::seconds>(session_life)
                         : std::chrono::seconds(std::chrono::hours(24));
    return {"Set-Cookie",
            formatted("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}", cookie_name(kind, secure),
                      value, age.count(), secure ? "; Secure" : "")};
}

} // namespace left4me::web
