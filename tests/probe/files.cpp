#include "attempt.hpp"
#include "names.hpp"

#include <array>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace probe {
namespace {

int try_read(const std::string& path)
{
    const int file = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    char byte = 0;
    if (file < 0)
        return errno;
    const auto got = read(file, &byte, 1);
    return got < 0 && errno != EISDIR && errno != EAGAIN ? errno : 0;
}

int try_write(const std::string& path)
{
    return outcome(open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

int try_create(const std::string& directory)
{
    const auto path = directory + "/.left4me-probe";
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return errno;
    close(file);
    unlink(path.c_str());
    return 0;
}

/// Success is a file that others may read, as programs make theirs.
int try_left_readable(const std::string& directory)
{
    const auto path = directory + "/.left4me-left";
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    struct stat status = {};
    if (file < 0 || fstat(file, &status) != 0)
        return errno;
    close(file);
    unlink(path.c_str());
    return (status.st_mode & (S_IRGRP | S_IROTH)) != 0 ? 0 : EACCES;
}

// --- files that are dangerous by what they are ---------------------------------

int try_set_uid_bit(const std::string& directory)
{
    const auto path = directory + "/.left4me-set-uid";
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
    if (file < 0)
        return errno;
    const int result = outcome(fchmod(file, 04700));
    unlink(path.c_str());
    return result;
}

int try_open_set_uid(const std::string& directory)
{
    const auto path = directory + "/.left4me-open-set-uid";
    const int result = outcome(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 04700));
    unlink(path.c_str());
    return result;
}

int try_make_set_gid(const std::string& directory)
{
    const auto path = directory + "/.left4me-set-gid";
    const int result = outcome(mkdir(path.c_str(), 02700));
    rmdir(path.c_str());
    return result;
}

int make_node(const std::string& directory, dev_t device)
{
    const auto path = directory + "/.left4me-node";
    const int result = outcome(mknod(path.c_str(), S_IFCHR | 0600, device));
    unlink(path.c_str());
    return result;
}

int try_device(const std::string& directory)
{
    return make_node(directory, makedev(1, 1)); // the machine's memory
}

/// What overlayfs takes for "not there", were it to get into upper.
int try_whiteout(const std::string& directory)
{
    return make_node(directory, makedev(0, 0));
}

// --- what is there ---------------------------------------------------------------

/// The topmost directories in which a file can be made. Not in /proc, where no
/// directory can hold one and each process has thousands.
void print_writable(const std::string& directory)
{
    if (try_create(directory.empty() ? "/" : directory) == 0) {
        print_entry("writable", directory);
        return;
    }
    if (directory == "/usr" && errno == EROFS)
        return; // thousands of directories; what is mounted in there is in the mount table
    for (const auto& name : names_in(directory.empty() ? "/" : directory)) {
        const auto path = directory + "/" + name;
        if (path != "/proc" && is_directory(path))
            print_writable(path);
    }
}

int try_writable(const std::string&)
{
    print_writable("");
    return 0;
}

int try_list(const std::string& directory)
{
    DIR* stream = opendir(directory.c_str());
    if (stream == nullptr)
        return errno;
    closedir(stream);
    for (const auto& name : names_in(directory))
        print_entry("list:" + directory, name);
    return 0;
}

/// Makes a file in one new directory and moves it into another.
int try_moved(const std::string& directory)
{
    const auto from = directory + "/.left4me-from";
    const auto to = directory + "/.left4me-to";
    if (mkdir(from.c_str(), 0700) != 0 || mkdir(to.c_str(), 0700) != 0)
        return errno;
    close(open((from + "/file").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    const int result = outcome(rename((from + "/file").c_str(), (to + "/file").c_str()));
    unlink((from + "/file").c_str());
    unlink((to + "/file").c_str());
    rmdir(from.c_str());
    rmdir(to.c_str());
    return result;
}

/// DIRECTORY=WORD: whether some name below it has that word in it.
int try_find(const std::string& argument)
{
    const auto equals = argument.find('=');
    const auto directory = argument.substr(0, equals);
    const auto word = argument.substr(equals + 1);
    for (const auto& name : names_in(directory)) {
        const auto path = directory + "/" + name;
        if (name.contains(word) || (is_directory(path) && try_find(path + "=" + word) == 0))
            return 0;
    }
    return ENOENT;
}

/// MOUNTPOINT OPTIONS FSTYPE, the mount's own options without the times.
int try_mounts(const std::string&)
{
    std::ifstream table("/proc/self/mountinfo");
    for (std::string line; std::getline(table, line);) {
        std::istringstream words(line);
        std::string ignored;
        std::string point;
        std::string options;
        std::string type;
        words >> ignored >> ignored >> ignored >> ignored >> point >> options;
        while (words >> type && type != "-")
            ;
        words >> type;
        print_entry("mounts", point + " " + options + " " + type);
    }
    return 0;
}

constexpr std::array attempts = {
    Attempt{"read", try_read},
    Attempt{"write", try_write},
    Attempt{"create", try_create},
    Attempt{"left-readable", try_left_readable},
    Attempt{"set-uid", try_set_uid_bit},
    Attempt{"open-set-uid", try_open_set_uid},
    Attempt{"mkdir-set-gid", try_make_set_gid},
    Attempt{"device", try_device},
    Attempt{"whiteout", try_whiteout},
    Attempt{"writable", try_writable},
    Attempt{"list", try_list},
    Attempt{"moved", try_moved},
    Attempt{"find", try_find},
    Attempt{"mounts", try_mounts},
};

} // namespace

std::span<const Attempt> file_attempts()
{
    return attempts;
}

} // namespace probe
