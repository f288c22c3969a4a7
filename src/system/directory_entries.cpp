#include "system/directory_entries.hpp"

#include "system/file_descriptor.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <string_view>

namespace left4me {
namespace {

struct CloseDirectoryStream {
    void operator()(DIR* stream) const noexcept { closedir(stream); }
};
using DirectoryStream = std::unique_ptr<DIR, CloseDirectoryStream>;

} // namespace

Result<void> for_each_entry(int directory, const std::string& path,
                            const std::function<bool(const dirent&)>& visit)
{
    // A descriptor of its own: a stream moves the position of the one it has.
    FileDescriptor own(openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    DirectoryStream stream(own ? fdopendir(own.get()) : nullptr);
    if (!stream)
        return fail_errno(formatted("cannot list {}", quote(path)), errno);
    own.release();
    while (true) {
        errno = 0;
        const dirent* entry = readdir(stream.get());
        if (entry == nullptr) {
            if (errno != 0)
                return fail_errno(formatted("cannot list {}", quote(path)), errno);
            return {};
        }
        const std::string_view name = entry->d_name;
        if (name != "." && name != ".." && !visit(*entry))
            return {};
    }
}

} // namespace left4me
