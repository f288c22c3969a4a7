#include "console/command_line.hpp"
#include "programs/left4me_unpack.hpp"

int main(int argc, char* argv[])
{
    return left4me::run_program("l4d2ctl", [&] {
        return left4me::parse_unpack_request(argc, argv).and_then(left4me::run_unpack_request);
    });
}
