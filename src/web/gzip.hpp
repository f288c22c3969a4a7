#pragma once

#include <string>
#include <string_view>

namespace left4me::web {

/// Whether who sent this Accept-Encoding field (RFC 9110, 12.5.3) takes gzip, by its name and with a
/// weight that is not 0. "*" alone is nobody's word for it.
bool takes_gzip(std::string_view accept_encoding);

/// That text as a file of gzip (RFC 1952) with nothing but it.
std::string gzipped(std::string_view text);

} // namespace left4me::web
