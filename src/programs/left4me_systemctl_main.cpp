#include "console/command_line.hpp"
#include "programs/left4me_systemctl.hpp"

int main(int argc, char* argv[])
{
    return left4me::run_program("left4me-systemctl", [&] {
        return left4me::parse_unit_request(argc, argv).and_then(left4me::run_unit_request);
    });
}
