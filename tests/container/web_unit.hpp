#pragma once

#include "support.hpp"

#include <string>
#include <vector>

/// The web program's unit, played by transient ones: what asks left4me-broker from there.
namespace left4me::test {

/// tests/container/asker.cpp, on the host and in the views of these units.
inline const std::string asker = "/run/asker";
inline const std::string calls = "/run/left4me/broker";
inline const std::string logs = "/run/left4me/broker-logs";
inline const std::string web_unit = "left4me-web.service";

/// For as long as it lives, the host does not have that unit of the package, nor a socket that
/// starts it: the name is free for a transient one, and so for a caller of the test's own.
class UnitAside {
public:
    explicit UnitAside(const std::string& name);
    ~UnitAside();
    UnitAside(const UnitAside&) = delete;
    UnitAside& operator=(const UnitAside&) = delete;

private:
    std::string service_;
    Words files_;
    Words started_; ///< what of it was active
};

/// For as long as it lives, that unit has the composition that it is to have: no way to new
/// privileges, none of the host's processes, and an empty root but for what it needs.
class WebComposition {
public:
    WebComposition();
    ~WebComposition();
    WebComposition(const WebComposition&) = delete;
    WebComposition& operator=(const WebComposition&) = delete;

private:
    UnitAside real_{"left4me-web"};
};

/// What suffices to ask.
extern const std::vector<std::string> plain;

/// As systemd-run takes it; with these settings of [Service].
Words in_unit(const std::string& unit, const std::vector<std::string>& settings, const Words& command);

/// The same, and it is not waited for.
Words left_in_unit(const std::string& unit, const std::vector<std::string>& settings,
                   const Words& command);

Outcome in_the_web_unit(const Words& command);

/// What the asker printed there.
std::string asked(const Words& words);

} // namespace left4me::test
