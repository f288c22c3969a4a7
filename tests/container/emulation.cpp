#include "emulation.hpp"

#include "support.hpp"

namespace left4me::test {

bool kernel_runs_32_bit()
{
    // qemu's emulation of user space has no ptrace.
    static const bool itself = !run({tests_dir + "/probe32", "ptrace"}).out.contains("ENOSYS");
    return itself;
}

} // namespace left4me::test
