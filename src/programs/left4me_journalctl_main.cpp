#include "console/command_line.hpp"
#include "programs/left4me_journalctl.hpp"

int main(int argc, char* argv[])
{
    return left4me::run_program("left4me-journalctl", [&] {
        return left4me::parse_journal_request(argc, argv).and_then(left4me::run_journal_request);
    });
}
