#include "web/qr_picture.hpp"

#include "system/format.hpp"

#include <cerrno>
#include <memory>
#include <qrencode.h>
#include <string>

namespace left4me::web {
namespace {

struct FreeCode {
    void operator()(QRcode* code) const noexcept { QRcode_free(code); }
};

/// A square for each dark one, by the path's own commands.
std::string dark_squares(const QRcode& code)
{
    std::string path;
    for (int y = 0; y < code.width; ++y)
        for (int x = 0; x < code.width; ++x)
            if ((code.data[y * code.width + x] & 1) != 0)
                path += formatted("M{} {}h1v1h-1z", x, y);
    return path;
}

} // namespace

Result<Markup> qr_picture(std::string_view text)
{
    const std::unique_ptr<QRcode, FreeCode> code(
        QRcode_encodeString(std::string(text).c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1));
    if (!code)
        return fail_errno("cannot make a QR code", errno);
    // Four squares of light around it belong to the code.
    const auto box = formatted("-4 -4 {0} {0}", code->width + 8);
    return html(
        R"(<svg class="qr" viewbox="{}" role="img" aria-label="QR code of the key below"><path d="{}"></path></svg>)",
        box, dark_squares(*code));
}

} // namespace left4me::web
