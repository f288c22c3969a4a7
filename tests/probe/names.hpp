#pragma once

#include <cerrno>
#include <dirent.h>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace probe {

/// Of a directory's entries, "." and ".." left out; none when it cannot be read.
inline std::vector<std::string> names_in(const std::string& directory)
{
    std::vector<std::string> names;
    DIR* stream = opendir(directory.c_str());
    if (stream == nullptr)
        return names;
    while (const dirent* entry = readdir(stream)) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..")
            names.push_back(name);
    }
    closedir(stream);
    return names;
}

/// A link to one is none.
inline bool is_directory(const std::string& path)
{
    struct stat status = {};
    return lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

} // namespace probe
