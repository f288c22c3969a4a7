#include "system/prepared_file.hpp"

#include "system/format.hpp"

namespace left4me {
namespace {

std::string temporary_name(const std::string& name)
{
    return formatted(".{}.new", name);
}

} // namespace

Result<void> prepare_file(const Directory& directory, const std::string& name, std::string_view contents,
                          mode_t mode)
{
    const auto temporary = temporary_name(name);
    // One left by a crash; whoever writes here holds the lock.
    auto done = directory.remove_tree(temporary).and_then(
        [&] { return directory.create_file(temporary, contents, mode); });
    if (!done)
        drop_prepared(directory, name);
    return done;
}

Result<void> put_prepared(const Directory& directory, const std::string& name)
{
    if (auto renamed = directory.rename(temporary_name(name), name, 0); !renamed) {
        drop_prepared(directory, name);
        return renamed;
    }
    return directory.sync();
}

void drop_prepared(const Directory& directory, const std::string& name)
{
    (void)directory.remove_tree(temporary_name(name)); // there is another error to tell
}

} // namespace left4me
