#pragma once

#include <csignal>
#include <pthread.h>
#include <thread>
#include <utility>

namespace left4me {

/// A thread that no signal reaches: those are for the one that waits for them. Throws
/// std::system_error where there is none to be had.
template <class Work>
std::jthread start_quiet_thread(Work work)
{
    struct Quiet {
        Quiet()
        {
            sigset_t all;
            sigfillset(&all);
            pthread_sigmask(SIG_SETMASK, &all, &before);
        }
        ~Quiet() { pthread_sigmask(SIG_SETMASK, &before, nullptr); }
        Quiet(const Quiet&) = delete;
        Quiet& operator=(const Quiet&) = delete;
        sigset_t before = {};
    };
    const Quiet quiet;
    return std::jthread(std::move(work));
}

} // namespace left4me
