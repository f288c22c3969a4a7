#include "command_line.hpp"
#include "l4d2ctl_cli.hpp"

int main(int argc, char* argv[])
{
    return left4me::run_program("l4d2ctl", [&] {
        return left4me::parse_control_request(argc, argv).and_then(left4me::run_control_request);
    });
}
