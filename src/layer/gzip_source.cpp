#include "layer/gzip_source.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>
#include <zlib.h>

namespace left4me {
namespace {

constexpr unsigned gzip_part = 64 * 1024;

} // namespace

void GzipSource::Close::operator()(gzFile_s* file) const noexcept
{
    gzclose_r(file);
}

GzipSource::GzipSource(File file) : file_(std::move(file)), part_(gzip_part)
{
}

Result<GzipSource> GzipSource::open(const FileDescriptor& file)
{
    const int own = fcntl(file.get(), F_DUPFD_CLOEXEC, 0);
    if (own < 0)
        return fail_errno("cannot read it", errno);
    File opened(gzdopen(own, "r"));
    if (!opened) {
        close(own);
        return fail(ExitStatus::internal, "zlib cannot be used");
    }
    gzbuffer(opened.get(), gzip_part);
    return GzipSource(std::move(opened));
}

Result<std::string_view> GzipSource::read()
{
    const int got = gzread(file_.get(), part_.data(), gzip_part);
    if (got > 0)
        return std::string_view(part_.data(), static_cast<std::size_t>(got));
    int code = Z_OK;
    gzerror(file_.get(), &code);
    if (code == Z_ERRNO)
        return fail_errno("cannot read it", errno);
    if (code == Z_BUF_ERROR)
        return fail(ExitStatus::bad_data, "it ends too early");
    if (got < 0)
        return fail(ExitStatus::bad_data, "its content is not what its checksum is of");
    return std::string_view();
}

std::uint64_t GzipSource::packed() const
{
    return static_cast<std::uint64_t>(std::max(gzoffset(file_.get()), z_off_t{0}));
}

} // namespace left4me
