#include "console/command_line.hpp"
#include "programs/left4me_overlay.hpp"

int main(int argc, char* argv[])
{
    return left4me::run_program("left4me-overlay", [&] {
        return left4me::parse_overlay_request(argc, argv).and_then(left4me::run_overlay);
    });
}
