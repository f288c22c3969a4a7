#include "console/command_line.hpp"
#include "programs/left4me_workcopy.hpp"

int main(int argc, char* argv[])
{
    return left4me::run_program("left4me-workcopy", [&] {
        return left4me::parse_work_copy_request(argc, argv).and_then(left4me::run_work_copy_request);
    });
}
