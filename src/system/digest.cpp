#include "system/digest.hpp"

#include "system/format.hpp"
#include "system/interruption.hpp"

#include <array>
#include <cerrno>
#include <memory>
#include <openssl/evp.h>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace left4me {
namespace {

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
            text += formatted("{:02x}", sum.at(i));
        return text;
    }

private:
    std::unique_ptr<EVP_MD_CTX, FreeDigest> context_;
    bool good_ = false;
};

} // namespace

class Sha256::Digest : public left4me::Digest {
public:
    Digest() : left4me::Digest(EVP_sha256()) {}
};

Sha256::Sha256() : digest_(std::make_unique<Digest>())
{
}
Sha256::~Sha256() = default;

void Sha256::add(std::string_view data)
{
    digest_->add(data);
}

Result<std::string> Sha256::hex() const
{
    return digest_->hex();
}

Result<Sums> sums_of(const FileDescriptor& file, const std::function<void(std::uint64_t)>& progress)
{
    Digest sha256(EVP_sha256());
    Digest sha1(EVP_sha1());
    Sums sums;
    std::vector<char> buffer(1024 * 1024);
    off_t offset = 0;
    while (true) {
        const auto got = pread(file.get(), buffer.data(), buffer.size(), offset);
        if (got < 0 && errno != EINTR)
            return fail_errno("cannot read a file to sum it up", errno);
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
        if (progress)
            progress(static_cast<std::uint64_t>(offset));
    }
    auto strong = sha256.hex();
    auto weak = sha1.hex();
    if (!strong || !weak)
        return std::unexpected(!strong ? strong.error() : weak.error());
    sums.sha256 = *strong;
    sums.sha1 = *weak;
    return sums;
}

} // namespace left4me
