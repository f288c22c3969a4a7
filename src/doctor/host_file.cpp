#include "doctor/host_file.hpp"

#include "system/directory.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <fcntl.h>

namespace left4me {

Result<std::string> read_host_file(const std::string& path)
{
    constexpr std::size_t limit = 4 * 1024 * 1024;
    const FileDescriptor file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file)
        return fail_errno(formatted("cannot open {}", quote(path)), errno);
    return read_regular(file, quote(path), limit);
}

std::string without_newline(std::string text)
{
    return text.substr(0, text.find('\n'));
}

} // namespace left4me
