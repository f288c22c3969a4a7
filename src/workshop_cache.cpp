#include "workshop_cache.hpp"

#include "interruption.hpp"
#include "server_view.hpp"
#include "state_directory.hpp"

#include <array>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <format>
#include <limits>
#include <memory>
#include <openssl/evp.h>
#include <set>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr std::string_view suffix = ".vpk";
constexpr std::string_view part_prefix = ".part-";
constexpr std::size_t sum_length = 64;

std::string cache_path()
{
    return path::state + "/workshop_cache/";
}

struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

class Digest {
public:
    explicit Digest(const EVP_MD* kind) : context_(EVP_MD_CTX_new())
    {
        good_ = context_ && EVP_DigestInit_ex(context_.get(), kind, nullptr) == 1;
    }
    void add(std::string_view data)
    {
        good_ = good_ && EVP_DigestUpdate(context_.get(), data.data(), data.size()) == 1;
    }
    Result<std::string> hex()
    {
        std::array<unsigned char, EVP_MAX_MD_SIZE> sum = {};
        unsigned size = 0;
        if (!good_ || EVP_DigestFinal_ex(context_.get(), sum.data(), &size) != 1)
            return fail(ExitStatus::internal, "libcrypto cannot make a checksum");
        std::string text;
        for (unsigned i = 0; i < size; ++i)
            text += std::format("{:02x}", sum.at(i));
        return text;
    }

private:
    std::unique_ptr<EVP_MD_CTX, FreeDigest> context_;
    bool good_ = false;
};

struct Sums {
    std::string sha256;
    std::string sha1;
    std::string beginning; ///< the first bytes
};

Result<Sums> sums_of(const FileDescriptor& file)
{
    Digest sha256(EVP_sha256());
    Digest sha1(EVP_sha1());
    Sums sums;
    std::vector<char> buffer(1024 * 1024);
    off_t offset = 0;
    while (true) {
        const auto got = pread(file.get(), buffer.data(), buffer.size(), offset);
        if (got < 0 && errno != EINTR)
            return fail_errno("cannot read the download", errno);
        if (auto going_on = check_interruption(); !going_on)
            return std::unexpected(going_on.error());
        if (got == 0)
            break;
        if (got < 0)
            continue;
        const std::string_view data(buffer.data(), static_cast<std::size_t>(got));
        if (offset == 0)
            sums.beginning = data.substr(0, 8);
        sha256.add(data);
        sha1.add(data);
        offset += got;
    }
    auto strong = sha256.hex();
    auto weak = sha1.hex();
    if (!strong || !weak)
        return std::unexpected(!strong ? strong.error() : weak.error());
    sums.sha256 = *strong;
    sums.sha1 = *weak;
    return sums;
}

/// What the game loads from addons/: a package of Valve's, version 1 or 2.
bool is_addon(std::string_view beginning)
{
    constexpr std::string_view signature = "\x34\x12\xaa\x55";
    return beginning.size() == 8 && beginning.starts_with(signature) &&
           (beginning[4] == 1 || beginning[4] == 2);
}

Result<void> check(const Sums& sums, const WorkshopDetails& item)
{
    if (item.sha1 && *item.sha1 != sums.sha1)
        return fail(ExitStatus::bad_data,
                    std::format("its file has the sum {}, and Steam says {}", sums.sha1, *item.sha1));
    if (!is_addon(sums.beginning))
        return fail(ExitStatus::bad_data, "its file is no addon (.vpk)");
    return {};
}

Result<void> require_room(const Directory& cache, std::uint64_t size)
{
    struct statvfs room = {};
    if (fstatvfs(cache.descriptor(), &room) != 0)
        return fail_errno("cannot ask for the room of the cache", errno);
    if (const auto free = std::uint64_t{room.f_bavail} * room.f_frsize; free < size)
        return fail(ExitStatus::io,
                    std::format("no room for {} bytes on {}", size, quote(cache.path())));
    return {};
}

bool is_sum(std::string_view text)
{
    return text.size() == sum_length &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// The contents that links of all layers lead to, as they are, were or will be.
std::set<std::string, std::less<>> contents_in_use()
{
    std::set<std::string, std::less<>> contents;
    for (const auto* tree : {"overlays", "versions", "builds"}) {
        auto everything = std::numeric_limits<std::size_t>::max();
        for_each_link(path::state + "/" + tree, everything,
                      [&](const std::filesystem::path&, const std::filesystem::path& target) {
                          if (const auto content = workshop_content_of(target.native());
                              !content.empty())
                              contents.emplace(content);
                      });
    }
    return contents;
}

} // namespace

std::string workshop_cache_path(std::string_view sha256)
{
    return std::format("{}{}{}", cache_path(), sha256, suffix);
}

std::string_view workshop_content_of(std::string_view target)
{
    const auto folder = cache_path();
    if (!target.starts_with(folder) || !target.ends_with(suffix))
        return {};
    target.remove_prefix(folder.size());
    target.remove_suffix(suffix.size());
    return is_sum(target) ? target : std::string_view();
}

Result<WorkshopCache> WorkshopCache::open()
{
    return Directory::open(path::state)
        .and_then([](const Directory& state) { return state.subdirectory("workshop_cache"); })
        .transform([](Directory directory) { return WorkshopCache(std::move(directory)); });
}

bool WorkshopCache::has(std::string_view sha256, std::uint64_t size) const
{
    struct stat status = {};
    return is_sum(sha256) &&
           fstatat(directory_.descriptor(), std::format("{}{}", sha256, suffix).c_str(), &status,
                   AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) == size;
}

Result<std::string> WorkshopCache::fetch(HttpClient& web, const WorkshopDetails& item, HttpSafety safety,
                                         const std::function<void(std::uint64_t)>& progress) const
{
    // Of this very version: a newer one must not be put together with its beginning.
    const auto part = std::format("{}{}-{}-{}", part_prefix, item.id.str(), item.updated, item.size);
    constexpr mode_t readable = 0644;
    const FileDescriptor file(openat(directory_.descriptor(), part.c_str(),
                                     O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, readable));
    struct stat status = {};
    if (!file || fstat(file.get(), &status) != 0)
        return fail_errno(std::format("cannot open {} in the cache", quote(part)), errno);
    if (!S_ISREG(status.st_mode))
        return fail(ExitStatus::bad_data, std::format("{} in the cache is no file", quote(part)));
    const auto there = static_cast<std::uint64_t>(status.st_size);
    // Steam still gives addresses of a time before it had certificates.
    auto url = item.url;
    if (safety == HttpSafety::certified && url.starts_with("http://"))
        url.replace(0, 4, "https");
    auto sums = require_room(directory_, item.size - std::min(there, item.size))
                    .and_then([&] { return web.fetch(url, file, item.size, progress); })
                    .and_then([&] { return sums_of(file); });
    if (!sums)
        return std::unexpected(sums.error());
    if (auto checked = check(*sums, item); !checked) {
        (void)directory_.remove_file(part); // nothing to go on with
        return std::unexpected(checked.error());
    }
    if (fchmod(file.get(), readable) != 0 || fsync(file.get()) != 0)
        return fail_errno("cannot write the download to the disk", errno);
    return directory_.rename(part, std::format("{}{}", sums->sha256, suffix), 0)
        .and_then([&] { return directory_.sync(); })
        .transform([&] { return sums->sha256; });
}

Result<std::uint64_t> WorkshopCache::prune() const
{
    const auto entries = directory_.entries();
    if (!entries)
        return std::unexpected(entries.error());
    const auto used = contents_in_use();
    constexpr time_t week = 7 * 24 * 60 * 60;
    std::uint64_t freed = 0;
    for (const auto& name : *entries) {
        struct stat status = {};
        if (fstatat(directory_.descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        const auto content = workshop_content_of(cache_path() + name);
        const bool unused = !content.empty() && !used.contains(content);
        const bool given_up = name.starts_with(part_prefix) && status.st_mtime + week < time(nullptr);
        if (!unused && !given_up)
            continue;
        if (auto removed = directory_.remove_file(name); !removed)
            return std::unexpected(removed.error());
        freed += static_cast<std::uint64_t>(status.st_size);
    }
    return freed;
}

} // namespace left4me
