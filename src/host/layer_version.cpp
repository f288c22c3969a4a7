#include "host/layer_version.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <sys/xattr.h>

namespace left4me {
namespace {

constexpr const char* attribute = "user.left4me.version";
constexpr std::uint64_t highest = 1'000'000'000'000; // what is higher nobody has counted to

} // namespace

std::optional<std::uint64_t> read_layer_version(const Directory& layer)
{
    std::array<char, 20> text = {};
    const auto size = fgetxattr(layer.descriptor(), attribute, text.data(), text.size());
    if (size <= 0)
        return std::nullopt;
    const std::string_view digits(text.data(), static_cast<std::size_t>(size));
    const auto version = parse_number<std::uint64_t>(digits);
    return version && *version > 0 && *version <= highest ? version : std::nullopt;
}

Result<void> write_layer_version(const Directory& layer, std::uint64_t version)
{
    const auto text = std::to_string(version);
    if (fsetxattr(layer.descriptor(), attribute, text.data(), text.size(), 0) != 0)
        return fail_errno(formatted("cannot write the version of {}", quote(layer.path())), errno);
    return {};
}

} // namespace left4me
