#include "root/own_limits.hpp"

#include <array>
#include <csignal>
#include <sys/resource.h>

namespace left4me {
namespace {

struct Limit {
    __rlimit_resource resource;
    rlim_t soft;
    rlim_t hard;
};

constexpr rlim_t stack = 8 << 20;
// What systemd 257 gives services: DefaultLimitNOFILE= in systemd-system.conf(5).
constexpr rlim_t descriptors = 1024;
constexpr rlim_t most_descriptors = 512 * 1024;

constexpr std::array own_limits = {
    Limit{RLIMIT_AS, RLIM_INFINITY, RLIM_INFINITY},
    Limit{RLIMIT_CORE, 0, 0},
    Limit{RLIMIT_CPU, RLIM_INFINITY, RLIM_INFINITY},
    Limit{RLIMIT_DATA, RLIM_INFINITY, RLIM_INFINITY},
    Limit{RLIMIT_FSIZE, RLIM_INFINITY, RLIM_INFINITY},
    Limit{RLIMIT_NOFILE, descriptors, most_descriptors},
    Limit{RLIMIT_NPROC, RLIM_INFINITY, RLIM_INFINITY},
    Limit{RLIMIT_RTTIME, RLIM_INFINITY, RLIM_INFINITY},
    Limit{RLIMIT_STACK, stack, RLIM_INFINITY},
};

void take_most(__rlimit_resource resource)
{
    rlimit now = {};
    if (getrlimit(resource, &now) == 0) {
        now.rlim_cur = now.rlim_max;
        (void)setrlimit(resource, &now);
    }
}

} // namespace

void take_own_limits()
{
    std::signal(SIGXFSZ, SIG_IGN); // a write says EFBIG instead
    for (const auto& [resource, soft, hard] : own_limits) {
        const rlimit own = {soft, hard};
        if (setrlimit(resource, &own) != 0)
            take_most(resource);
    }
}

} // namespace left4me
