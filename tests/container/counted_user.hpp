#pragma once

#include "support.hpp"

/// Units of users that nobody else is, each with a user namespace of its own as a server has:
/// who is charged for what the kernel counts.
namespace left4me::test {

inline const std::string somebody = "left4me-counted";
inline const std::string another = "left4me-other";
constexpr auto uid_of_somebody = "64321";

void make_counted_users();

/// Python that goes before each script: the C library, for what has no module, and fill(n, take),
/// which says how often take succeeded, and why not more often.
extern const std::string counting;

/// What a unit of that user says.
std::string said_by(const std::string& user, const std::string& script, const Words& properties = {});

/// A unit of somebody's that has taken something until this ends.
class Taken {
public:
    explicit Taken(const std::string& script, const Words& properties = {});
    ~Taken();
    Taken(const Taken&) = delete;
    Taken& operator=(const Taken&) = delete;

private:
    std::string unit_ = "left4me-taken.service";
};

} // namespace left4me::test
