#pragma once

#include "support.hpp"

#include <string>
#include <vector>

/// Faults at every step of a program, by strace: it can kill a process on its way
/// into a system call, or let the call fail.
namespace left4me::test {

/// One system call of a run, by its name and its number among those of that name.
struct SystemCall {
    std::string name;
    int number;
    std::string text; ///< as strace prints it
};

/// The calls of a program that change something: files, mounts, processes, what it
/// says to others. Its children run free.
std::vector<SystemCall> changing_calls(const Words& command, const std::string& input = "");

/// Those of them that a full or broken disk can refuse.
std::vector<SystemCall> storage_calls(const std::vector<SystemCall>& calls);

/// The program, killed before it makes that call.
Outcome run_killed_before(const SystemCall& call, const Words& command, const std::string& input = "");

/// The program, with that call refused: "EIO", "ENOSPC".
Outcome run_refused(const SystemCall& call, const std::string& error, const Words& command,
                    const std::string& input = "");

} // namespace left4me::test
