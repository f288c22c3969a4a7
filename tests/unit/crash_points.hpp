#pragma once

/// Kills a process before one of the calls by which it changes the file system. The calls are
/// counted here, in the place of the C library's, so that the programs have nothing of it: one
/// file alone of a test program can have this.

#include <cstdarg>
#include <fcntl.h>
#include <functional>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace {

constexpr int killed = 9;
constexpr int failed = 1;
int changes_left = -1; ///< less than 0: the process is not killed

/// Called before each change.
void count_change()
{
    if (changes_left == 0)
        _exit(killed);
    if (changes_left > 0)
        --changes_left;
}

int change(long call, auto... arguments)
{
    count_change();
    return static_cast<int>(syscall(call, arguments...));
}

} // namespace

// NOLINTBEGIN(cert-dcl50-cpp): the C library's own signatures
int openat(int directory, const char* path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    const auto mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    if ((flags & O_CREAT) != 0)
        count_change();
    return static_cast<int>(syscall(SYS_openat, directory, path, flags, mode));
}
// NOLINTEND(cert-dcl50-cpp)

int renameat2(int from_directory, const char* from, int to_directory, const char* to,
              unsigned flags) noexcept
{
    return change(SYS_renameat2, from_directory, from, to_directory, to, flags);
}

int unlinkat(int directory, const char* path, int flags) noexcept
{
    return change(SYS_unlinkat, directory, path, flags);
}

int mkdirat(int directory, const char* path, mode_t mode) noexcept
{
    return change(SYS_mkdirat, directory, path, mode);
}

int fsetxattr(int file, const char* name, const void* value, size_t size, int flags) noexcept
{
    return change(SYS_fsetxattr, file, name, value, size, flags);
}

int fchmod(int file, mode_t mode) noexcept
{
    return change(SYS_fchmod, file, mode);
}

int ftruncate(int file, off_t size) noexcept
{
    return change(SYS_ftruncate, file, size);
}

ssize_t pwrite(int file, const void* data, size_t size, off_t place)
{
    count_change();
    return syscall(SYS_pwrite64, file, data, size, place);
}

// Nothing here is read after a power cut.
int fsync(int /*file*/)
{
    count_change();
    return 0;
}

int syncfs(int /*file*/) noexcept
{
    count_change();
    return 0;
}

namespace {

/// Does it in a process that is killed before the change of that number, counted from 0.
/// False: it was done before.
bool is_killed(int number, const std::function<bool()>& act)
{
    const auto child = fork();
    if (child == 0) {
        changes_left = number;
        _exit(act() ? 0 : failed);
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == killed))
        << "it failed by itself: " << status;
    return WIFEXITED(status) && WEXITSTATUS(status) == killed;
}

} // namespace
