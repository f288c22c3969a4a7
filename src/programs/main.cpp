#include "console/command_line.hpp"
#include "programs/programs.hpp"

/// Of each program: the build says which.
int main(int argc, char* argv[])
{
    return left4me::run_program(left4me::LEFT4ME_PROGRAM, argc, argv);
}
