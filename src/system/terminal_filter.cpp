#include "system/terminal_filter.hpp"

namespace left4me {

void TerminalFilter::operator()(std::span<char> part)
{
    constexpr char lead_of_c1 = '\xc2';
    for (auto& c : part) {
        const auto byte = static_cast<unsigned char>(c);
        const bool control = (byte < 0x20 && c != '\n' && c != '\t' && c != '\r') || byte == 0x7f;
        const bool c1 = last_ == lead_of_c1 && byte >= 0x80 && byte < 0xa0;
        last_ = c;
        if (control || c1)
            c = '?';
    }
}

} // namespace left4me
