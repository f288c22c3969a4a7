#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace left4me::test {

/// What no browser sends, and what it is answered with.
struct Abuse {
    std::string name;
    std::string bytes;
    std::string answer; ///< the status that it begins with
};
void PrintTo(const Abuse& row, std::ostream* out);

/// Most are faults of Beast 1.83 (boostorg/beast#3077 #3096 #3098 #3102), or what proxies and
/// programs are known to read in two ways.
std::vector<Abuse> abuse_rows();

} // namespace left4me::test
