#include "command_line.hpp"
#include "left4me_journalctl_cli.hpp"

int main(int argc, char* argv[])
{
    return left4me::run_program("left4me-journalctl", [&] {
        return left4me::parse_journal_request(argc, argv).and_then(left4me::run_journal_request);
    });
}
