#include "console/command_line.hpp"
#include "programs/left4me_script_sandbox.hpp"

int main(int argc, char* argv[])
{
    return left4me::run_program("left4me-script-sandbox", [&] {
        return left4me::parse_sandbox_request(argc, argv).and_then(left4me::run_sandbox_request);
    });
}
