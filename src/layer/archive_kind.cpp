#include "layer/archive_kind.hpp"

#include "model/game_places.hpp"
#include "model/valve_package.hpp"
#include "system/format.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace left4me {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view part_of_several =
    "it is one part of several: join them (7z x FIRST-PART), and import the directory";
constexpr std::string_view locked = "it is locked by a password: unpack it, and import the directory";

std::unexpected<Error> refuse(std::string_view why)
{
    return fail(ExitStatus::bad_data, std::string(why));
}

/// Little-endian; 0 beyond the end.
std::uint64_t number_at(std::string_view head, std::size_t offset, std::size_t size)
{
    constexpr unsigned byte_bits = 8;
    std::uint64_t number = 0;
    for (std::size_t i = size; i > 0; --i) {
        const auto at = offset + i - 1;
        number = (number << byte_bits) | (at < head.size() ? static_cast<unsigned char>(head[at]) : 0U);
    }
    return number;
}

/// A number of .rar 5: seven bits in each byte, the last one without the eighth.
std::uint64_t take_packed(std::string_view& text)
{
    constexpr unsigned bits = 7;
    std::uint64_t number = 0;
    for (unsigned shift = 0; !text.empty() && shift < 64; shift += bits) {
        const auto byte = static_cast<unsigned char>(text.front());
        text.remove_prefix(1);
        number |= std::uint64_t{byte & 0x7fU} << shift;
        if ((byte & 0x80U) == 0)
            break;
    }
    return number;
}

std::optional<std::string_view> trouble_of_rar5(std::string_view head)
{
    constexpr std::size_t first_header = 8;
    constexpr std::size_t checksum = 4;
    constexpr std::uint64_t encryption = 4; // the type of a header
    constexpr std::uint64_t extra = 1;
    constexpr std::uint64_t volume = 1;
    auto header = head.substr(std::min(first_header + checksum, head.size()));
    take_packed(header); // its size
    const auto type = take_packed(header);
    const auto flags = take_packed(header);
    if (type == encryption)
        return locked;
    if ((flags & extra) != 0)
        take_packed(header); // the extra area's size
    return (take_packed(header) & volume) != 0 ? std::optional(part_of_several) : std::nullopt;
}

std::optional<std::string_view> trouble_of_rar4(std::string_view head)
{
    constexpr std::size_t flags_of_main_header = 10; // behind the marker, its checksum and type
    constexpr std::uint64_t volume = 0x0001;
    constexpr std::uint64_t headers_locked = 0x0080;
    const auto flags = number_at(head, flags_of_main_header, 2);
    if ((flags & volume) != 0)
        return part_of_several;
    return (flags & headers_locked) != 0 ? std::optional(locked) : std::nullopt;
}

/// The header of a .7z lies at its end, and its first one says where.
std::optional<std::string_view> trouble_of_7z(std::string_view head, std::uint64_t size)
{
    constexpr std::size_t start_header = 32;
    constexpr std::size_t offset_at = 12;
    constexpr std::size_t size_at = 20;
    const auto end = start_header + number_at(head, offset_at, 8) + number_at(head, size_at, 8);
    return end > size ? std::optional("it is a part of several, or was cut off while it was fetched: "
                                      "join the parts (7z x FIRST-PART), or fetch it again"sv)
                      : std::nullopt;
}

/// ".001", ".z01", ".part2.rar", ".r00": names that programs give to parts.
bool is_named_as_part(std::string_view name)
{
    const auto lowered = lower_case(name);
    const auto point = lowered.rfind('.');
    if (point == std::string::npos)
        return false;
    const auto ending = std::string_view(lowered).substr(point + 1);
    const auto digits = [](std::string_view text) {
        return !text.empty() &&
               std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c); });
    };
    const auto before = std::string_view(lowered).substr(0, point);
    const auto part = before.rfind(".part");
    return (ending.size() == 3 && digits(ending)) ||
           (ending.size() == 3 && (ending[0] == 'z' || ending[0] == 'r') && digits(ending.substr(1))) ||
           (ending == "rar" && part != std::string_view::npos && digits(before.substr(part + 5)));
}

bool is_web_page(std::string_view head)
{
    const auto begin = std::ranges::find_if_not(
        head, [](unsigned char c) { return std::isspace(c) || c == 0xef || c == 0xbb || c == 0xbf; });
    const auto text = lower_case(std::string_view(begin, head.end()).substr(0, 20));
    return text.starts_with("<!doctype html") || text.starts_with("<html") ||
           text.starts_with("<head") || text.starts_with("<?xml");
}

/// A file that has a place: whether its content is what its ending says; none for any other.
std::optional<bool> is_what_it_says(std::string_view name, std::string_view head)
{
    const auto lowered = lower_case(name);
    if (lowered.ends_with(".vpk"))
        return is_package(head);
    if (lowered.ends_with(".bsp"))
        return head.starts_with("VBSP");
    if (lowered.ends_with(".nav"))
        return number_at(head, 0, 4) == 0xfeedface;
    if (lowered.ends_with(".smx"))
        return head.starts_with("FFPS");
    if (lowered.ends_with(".cfg"))
        return !head.contains('\0');
    return std::nullopt;
}

std::optional<std::string_view> trouble(std::string_view name, std::string_view head, std::uint64_t size)
{
    if (size == 0)
        return "it is empty";
    if (is_web_page(head))
        return "it is a web page (HTML), not the file that was to be fetched: take the address of the "
               "download itself";
    if (head.starts_with("PK\x07\x08") || is_named_as_part(name))
        return part_of_several;
    if (head.starts_with("Rar!\x1a\x07\x01\0"sv))
        return trouble_of_rar5(head);
    if (head.starts_with("Rar!\x1a\x07\0"sv))
        return trouble_of_rar4(head);
    if (head.starts_with("7z\xbc\xaf\x27\x1c"))
        return trouble_of_7z(head, size);
    if (head.starts_with("MZ"))
        return "it is a program of Windows: unpack it there, and import the directory";
    return std::nullopt;
}

} // namespace

Result<SourceKind> kind_of_source(std::string_view name, std::string_view head, std::uint64_t size)
{
    if (const auto why = trouble(name, head, size))
        return refuse(*why);
    if (is_package(head)) {
        if (lower_case(name).ends_with(".vpk"))
            return SourceKind::file;
        return refuse("it is an addon, and its name does not end with .vpk");
    }
    const auto itself = is_what_it_says(name, head);
    if (itself && !*itself)
        return refuse(formatted("it is not what its name says: no {} begins so",
                                lower_case(name.substr(name.rfind('.')))));
    return itself ? SourceKind::file : SourceKind::archive;
}

std::optional<std::string> compressed_file(std::string_view name)
{
    const auto lowered = lower_case(name);
    for (const auto ending : {".bz2"sv, ".gz"sv, ".xz"sv, ".zst"sv, ".lz4"sv})
        if (lowered.ends_with(ending))
            if (auto inner = name.substr(0, name.size() - ending.size()); place_of_file(inner))
                return std::string(inner);
    return std::nullopt;
}

} // namespace left4me
