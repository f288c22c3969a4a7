#include "packet_table.hpp"

#include <nlohmann/json.hpp>

namespace left4me {
namespace {

using nlohmann::ordered_json;

std::string text_of(const ordered_json& object, std::string_view key)
{
    const auto found = object.find(key); // end() for what is no object
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

} // namespace

Result<PacketTable> parse_packet_table(std::string_view json)
{
    const auto listing = ordered_json::parse(json, nullptr, false);
    if (!listing.is_object() || !listing.contains("nftables") || !listing["nftables"].is_array())
        return fail(ExitStatus::bad_data, "nft's listing is not as expected");
    PacketTable table = {};
    for (const auto& object : listing["nftables"]) {
        if (const auto chain = object.find("chain"); chain != object.end())
            table.rules.try_emplace(text_of(*chain, "name"));
        const auto rule = object.find("rule");
        if (rule == object.end())
            continue;
        const auto chain_name = text_of(*rule, "chain");
        ++table.rules[chain_name];
        // Of a cgroup that is gone nft shows the number.
        if (chain_name == "output")
            table.knows_the_slice |= rule->dump().contains("\"l4d2.slice/l4d2-game.slice\"");
    }
    return table;
}

} // namespace left4me
