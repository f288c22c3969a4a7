#include "programs/callers_file.hpp"

#include "host/privilege_drop.hpp"
#include "system/child_process.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

using WriteAct = std::function<Result<int>(const FileDescriptor&)>;

Result<int> write_open(const FileDescriptor& file, const WriteAct& act)
{
    return become_service_user().and_then([&] { return act(file); });
}

/// A file that has no name yet: of one that is killed nothing is left. Where the file system has
/// none such, one with a name of its own.
Result<FileDescriptor> make_beside(const FileDescriptor& place, const std::string& temporary,
                                   const std::string& file)
{
    constexpr mode_t private_file = 0600;
    FileDescriptor made(openat(place.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, private_file));
    if (!made && (errno == EOPNOTSUPP || errno == EISDIR))
        made =
            FileDescriptor(openat(place.get(), temporary.c_str(),
                                  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, private_file));
    if (!made)
        return fail_errno(formatted("cannot create {}", quote(file)), errno);
    return made;
}

/// Once it is on the disk. A name that is taken is taken over by a rename alone.
bool give_name(const FileDescriptor& made, const FileDescriptor& place, const std::string& temporary,
               const std::string& name)
{
    struct stat status = {};
    if (fsync(made.get()) != 0 || fstat(made.get(), &status) != 0)
        return false;
    if (status.st_nlink == 0) {
        const auto itself = formatted("/proc/self/fd/{}", made.get());
        if (linkat(AT_FDCWD, itself.c_str(), place.get(), name.c_str(), AT_SYMLINK_FOLLOW) == 0)
            return fsync(place.get()) == 0;
        if (errno != EEXIST ||
            linkat(AT_FDCWD, itself.c_str(), place.get(), temporary.c_str(), AT_SYMLINK_FOLLOW) != 0)
            return false;
    }
    return renameat(place.get(), temporary.c_str(), place.get(), name.c_str()) == 0 &&
           fsync(place.get()) == 0;
}

Result<int> write_beside(const std::string& file, const WriteAct& act)
{
    const auto slash = file.rfind('/');
    const auto name = file.substr(slash + 1); // none: npos + 1 is 0
    const auto above = slash == std::string::npos ? "." : file.substr(0, slash + 1);
    const FileDescriptor place(open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!place)
        return fail_errno(formatted("cannot open {}", quote(above)), errno);
    const auto temporary = formatted(".{}.new-{}", name, getpid());
    const auto made = make_beside(place, temporary, file);
    if (!made)
        return std::unexpected(made.error());
    // This process stays who it is, to give the file its name.
    auto done = in_child([&] {
        return become_service_user().and_then(give_up_new_privileges).and_then([&] {
            return act(*made);
        });
    });
    if (done && !give_name(*made, place, temporary, name))
        done = fail_errno(formatted("cannot write {}", quote(file)), errno);
    if (!done)
        unlinkat(place.get(), temporary.c_str(), 0); // it may have none
    return done;
}

} // namespace

Result<int> write_callers_file(const std::string& file, const WriteAct& act)
{
    catch_interruptions();
    struct stat status = {};
    if (file == "-" || (stat(file.c_str(), &status) == 0 && !S_ISREG(status.st_mode))) {
        const FileDescriptor opened(file == "-"
                                        ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
                                        : open(file.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC));
        if (!opened)
            return fail_errno(formatted("cannot open {}", quote(file)), errno);
        return write_open(opened, act);
    }
    return write_beside(file, act);
}

} // namespace left4me
