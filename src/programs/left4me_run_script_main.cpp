#include "console/command_line.hpp"
#include "programs/left4me_run_script.hpp"

int main(int argc, char* argv[])
{
    return left4me::run_program("left4me-run-script", [&] {
        return left4me::parse_run_script_request(argc, argv).and_then(left4me::run_script_request);
    });
}
