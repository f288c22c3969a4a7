#include "console/command_line.hpp"
#include "programs/left4me_inspect.hpp"

int main(int argc, char* argv[])
{
    return left4me::run_program("left4me-inspect", [&] {
        return left4me::parse_inspect_request(argc, argv).and_then(left4me::run_inspect);
    });
}
