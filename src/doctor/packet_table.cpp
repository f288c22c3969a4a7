#include "doctor/packet_table.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace left4me {
namespace {

using nlohmann::ordered_json;

std::string text_of(const ordered_json& object, std::string_view key)
{
    const auto found = object.find(key); // end() for what is no object
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

/// An object's member, or null where there is none.
const ordered_json& member(const ordered_json& object, std::string_view key)
{
    static const ordered_json none;
    const auto found = object.find(key);
    return found != object.end() ? *found : none;
}

/// Of a cgroup that is gone nft shows the number, which names no slice.
void add_jump(PacketTable& table, const ordered_json& rule)
{
    std::string slice;
    std::string chain;
    for (const auto& part : member(rule, "expr")) {
        if (const auto right = text_of(member(part, "match"), "right"); !right.empty())
            slice = right;
        for (const auto* verdict : {"jump", "goto"})
            if (const auto target = text_of(member(part, verdict), "target"); !target.empty())
                chain = target;
    }
    if (!slice.empty() && !chain.empty())
        table.jumps[slice].insert(chain);
}

/// Whether packets that match it are not held against what comes behind it in our table.
bool lets_pass(const ordered_json& rule)
{
    return std::ranges::any_of(member(rule, "expr"), [](const ordered_json& part) {
        return part.is_object() && (part.contains("accept") || part.contains("return"));
    });
}

/// One flag is a text, more are a list.
bool has_flag(const ordered_json& table, std::string_view flag)
{
    const auto& flags = member(table, "flags");
    return flags == flag || (flags.is_array() &&
                             std::ranges::any_of(flags, [&](const auto& each) { return each == flag; }));
}

} // namespace

Result<PacketTable> parse_packet_table(std::string_view json)
{
    const auto listing = ordered_json::parse(json, nullptr, false);
    if (!listing.is_object() || !listing.contains("nftables") || !listing["nftables"].is_array())
        return fail(ExitStatus::bad_data, "nft's listing is not as expected");
    PacketTable table;
    for (const auto& object : listing["nftables"]) {
        if (const auto described = object.find("table"); described != object.end())
            table.is_owned = has_flag(*described, "owner");
        if (const auto chain = object.find("chain"); chain != object.end())
            table.rules.try_emplace(text_of(*chain, "name"));
        const auto rule = object.find("rule");
        if (rule == object.end())
            continue;
        const auto chain_name = text_of(*rule, "chain");
        ++table.rules[chain_name];
        if (lets_pass(*rule))
            ++table.accepts[chain_name];
        if (chain_name == "output")
            add_jump(table, *rule);
    }
    return table;
}

} // namespace left4me
