#include "console/command_line.hpp"
#include "programs/left4me_launch.hpp"

int main(int argc, char* argv[])
{
    return left4me::run_program("left4me-launch", [&] {
        return left4me::parse_launch_request(argc, argv).and_then(left4me::run_launch);
    });
}
