#include "command_line.hpp"
#include "left4me_launch_cli.hpp"

int main(int argc, char* argv[])
{
    return left4me::run_program("left4me-launch", [&] {
        return left4me::parse_launch_request(argc, argv).and_then(left4me::run_launch);
    });
}
