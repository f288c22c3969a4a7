#include "web/site.hpp"

#include "system/digest.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"

namespace left4me::web {
namespace {

constexpr std::size_t max_asset_size = std::size_t{64} * 1024;

Result<std::string> tag_of(std::string_view text)
{
    Sha256 digest;
    digest.add(text);
    return digest.hex().transform(
        [](const std::string& hex) { return formatted("\"{}\"", hex.substr(0, 32)); });
}

} // namespace

Result<Assets> load_assets(const std::string& directory)
{
    const auto files = Directory::open(directory);
    if (!files)
        return std::unexpected(files.error());
    const auto load = [&](const char* name, const char* type) {
        return files->read_file(name, max_asset_size).and_then([&](std::string text) {
            return tag_of(text).transform([&](std::string tag) {
                return Asset{.type = type, .body = std::move(text), .tag = std::move(tag)};
            });
        });
    };
    auto style = load("style.css", "text/css; charset=utf-8");
    auto script = load("live.js", "text/javascript; charset=utf-8");
    auto icon = load("icon.svg", "image/svg+xml");
    for (const auto* asset : {&style, &script, &icon})
        if (!*asset)
            return std::unexpected(asset->error());
    return Assets{.style = std::move(*style), .script = std::move(*script), .icon = std::move(*icon)};
}

} // namespace left4me::web
