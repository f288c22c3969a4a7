#include "console/command_line.hpp"
#include "programs/l4d2ctl.hpp"

int main(int argc, char* argv[])
{
    return left4me::run_program("l4d2ctl", [&] {
        return left4me::parse_control_request(argc, argv).and_then(left4me::run_control_request);
    });
}
