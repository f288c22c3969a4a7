#pragma once

namespace left4me::test {

/// Whether this machine's kernel runs 32-bit programs itself. There are virtual machines where it
/// does not, and qemu runs them (ci/lib.sh): then a game plays as it does elsewhere, but is a
/// 64-bit program to the kernel, and nothing is seen of what it would do with 32-bit calls.
bool kernel_runs_32_bit();

/// The reason for a test that cannot be run without.
constexpr const char* emulated = "this machine's kernel runs no 32-bit programs; qemu does";

} // namespace left4me::test
