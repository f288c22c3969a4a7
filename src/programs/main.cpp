#include "console/command_line.hpp"
#include "host/helper_door.hpp"
#include "programs/programs.hpp"

#include <sys/prctl.h>

/// Of each program: the build says which.
int main(int argc, char* argv[])
{
    // The broker trusts the main process of a unit: before it has a child, none is to be able
    // to write into it (by ptrace, process_vm_writev or /proc/PID/mem).
    if (left4me::helper_door() == left4me::HelperDoor::broker)
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    return left4me::run_program(left4me::LEFT4ME_PROGRAM, argc, argv);
}
