#include "steam/workshop_api.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <array>
#include <curl/curl.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <ranges>

namespace left4me {
namespace {

using nlohmann::json;

constexpr std::uint64_t game_of_items = 550; ///< Left 4 Dead 2

/// A number, which Steam gives as one or as a text.
std::optional<std::uint64_t> number_in(const json& object, const char* key)
{
    const auto found = object.find(key);
    if (found == object.end())
        return std::nullopt;
    if (found->is_number_unsigned())
        return found->get<std::uint64_t>();
    if (found->is_boolean())
        return found->get<bool>() ? 1 : 0;
    return found->is_string() ? parse_number<std::uint64_t>(found->get_ref<const std::string&>())
                              : std::nullopt;
}

std::string text_in(const json& object, const char* key, std::size_t max_size)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string()
               ? found->get_ref<const std::string&>().substr(0, max_size)
               : std::string();
}

std::optional<WorkshopId> id_in(const json& object)
{
    if (!object.is_object())
        return std::nullopt;
    const auto number = number_in(object, "publishedfileid");
    if (!number)
        return std::nullopt;
    const auto id = WorkshopId::parse(std::to_string(*number));
    return id ? std::optional(*id) : std::nullopt;
}

/// …/ugc/DIGITS/SHA1/, as Steam names its files.
std::optional<std::string> sha1_in(std::string_view url)
{
    constexpr std::size_t length = 40;
    while (url.ends_with('/'))
        url.remove_suffix(1);
    const auto last = url.substr(std::min(url.rfind('/') + 1, url.size()));
    if (!url.contains("/ugc/") || last.size() != length ||
        last.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
        return std::nullopt;
    std::string sum(last);
    std::ranges::transform(sum, sum.begin(),
                           [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
    return sum;
}

std::string death_of(const json& item, const WorkshopDetails& details)
{
    const auto result = number_in(item, "result").value_or(0);
    if (result != 1)
        return formatted("Steam does not give it (result {}): it is gone or hidden, or Steam has a bad "
                         "moment",
                         result);
    if (number_in(item, "banned").value_or(0) != 0)
        return "it is banned";
    if (const auto app = number_in(item, "consumer_app_id").value_or(0); app != game_of_items)
        return formatted("it belongs to app {}, not to Left 4 Dead 2", app);
    if (!details.url.starts_with("https://") && !details.url.starts_with("http://"))
        return "it has no file to fetch, nor items to tell if it is a collection";
    if (details.size == 0 || details.size > max_item_size)
        return formatted("a file of {} bytes is not taken", details.size);
    return "";
}

WorkshopDetails details_of(const json& item, WorkshopId id)
{
    constexpr std::size_t max_title_size = 200;
    constexpr std::size_t max_url_size = 2000;
    WorkshopDetails details{.id = id,
                            .dead = {},
                            .title = text_in(item, "title", max_title_size),
                            .url = text_in(item, "file_url", max_url_size),
                            .size = number_in(item, "file_size").value_or(0),
                            .updated = number_in(item, "time_updated").value_or(0),
                            .sha1 = {}};
    details.dead = death_of(item, details);
    details.sha1 = sha1_in(details.url);
    return details;
}

WorkshopCollection collection_of(const json& object, WorkshopId id)
{
    constexpr std::uint64_t type_of_collections = 2; // EWorkshopFileType of Steam's SDK
    WorkshopCollection collection{id, {}, {}};
    const auto children = object.find("children");
    if (number_in(object, "result") != 1 || children == object.end() || !children->is_array())
        return collection;
    for (const auto& child : *children)
        if (const auto inner = id_in(child)) {
            collection.children.push_back(*inner);
            if (number_in(child, "filetype") == type_of_collections)
                collection.collections.push_back(*inner);
        }
    return collection;
}

HttpForm form(const char* count, const std::vector<WorkshopId>& ids)
{
    HttpForm fields = {{count, std::to_string(ids.size())}};
    for (std::size_t i = 0; i < ids.size(); ++i)
        fields.emplace_back(formatted("publishedfileids[{}]", i), ids[i].str());
    return fields;
}

struct ReleaseUrl {
    void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, ReleaseUrl>;

/// Empty for none.
std::string part_of(const Url& url, CURLUPart part)
{
    char* text = nullptr;
    if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK)
        return {};
    std::string copy = text;
    curl_free(text);
    return copy;
}

/// The number that the query of an address names: id=DIGITS, with another '?' or a '/'
/// behind it where somebody put addresses together.
std::optional<std::string> id_in_query(std::string_view query)
{
    // Copied from a page's source, '&' is "&amp;".
    constexpr std::array keys = {std::string_view("id="), std::string_view("amp;id=")};
    for (const auto part : std::views::split(query, '&'))
        for (const auto key : keys)
            if (const std::string_view setting(part); setting.starts_with(key))
                return std::string(setting.substr(key.size(), setting.find_first_of("/?") - key.size()));
    return std::nullopt;
}

/// The number at which a path's part ends: of …/filedetails/changelog/DIGITS, say.
std::optional<std::string> id_in_path(std::string_view path)
{
    for (const auto part : std::views::split(path, '/'))
        if (const std::string_view name(part);
            !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos)
            return std::string(name);
    return std::nullopt;
}

/// What an address that people paste says that the number of an item is: of its page or of
/// one about it, for a browser or for Steam's client (steam://url/CommunityFilePage/DIGITS,
/// steam://openurl/ADDRESS), with or without a scheme, and with text behind it.
std::optional<std::string> id_in_address(std::string_view text)
{
    constexpr std::string_view page = "/filedetails";
    constexpr std::string_view page_of_client = "/CommunityFilePage/";
    const std::string address(text.substr(0, text.find_first_of(" \t\r\n")));
    const Url url(curl_url());
    if (!address.contains('/') || !url ||
        curl_url_set(url.get(), CURLUPART_URL, address.c_str(),
                     CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
        return std::nullopt;
    const auto path = part_of(url, CURLUPART_PATH);
    if (path.starts_with(page_of_client) && part_of(url, CURLUPART_SCHEME) == "steam")
        return id_in_path(path.substr(page_of_client.size()));
    const auto found = path.find(page);
    if (found == std::string::npos)
        return std::nullopt;
    const auto rest = path.substr(found + page.size());
    if (!rest.empty() && !rest.starts_with('/'))
        return std::nullopt;
    const auto id = id_in_query(part_of(url, CURLUPART_QUERY));
    return id ? id : id_in_path(rest);
}

/// Calls visit for each object of a list in the answer that is about one of those asked.
Result<void> for_each_asked(std::string_view text, const char* list,
                            const std::vector<WorkshopId>& asked,
                            const std::function<void(const json&, WorkshopId)>& visit)
{
    const auto answer = json::parse(text, nullptr, false);
    const auto response = answer.is_object() ? answer.find("response") : answer.end();
    if (!answer.is_object() || response == answer.end() || !response->is_object())
        return fail(ExitStatus::bad_data, "Steam's answer is no answer to a question for the workshop");
    const auto found = response->find(list);
    if (found == response->end() || !found->is_array())
        return fail(ExitStatus::bad_data, formatted("Steam's answer has no list '{}'", list));
    for (const auto& object : *found)
        if (const auto id = id_in(object); id && std::ranges::contains(asked, *id))
            visit(object, *id);
    return {};
}

} // namespace

Result<WorkshopId> WorkshopId::parse(std::string_view text)
{
    const auto number = id_in_address(text).value_or(std::string(text));
    const auto value = parse_number<std::uint64_t>(number);
    if (!value || *value == 0 || number.front() == '0')
        return fail(
            ExitStatus::usage,
            formatted("{} is no workshop item: its number, or the address of its page", quote(text)));
    return WorkshopId(*value);
}

HttpForm details_form(const std::vector<WorkshopId>& ids)
{
    return form("itemcount", ids);
}

HttpForm collections_form(const std::vector<WorkshopId>& ids)
{
    return form("collectioncount", ids);
}

Result<std::vector<WorkshopDetails>> parse_details(std::string_view text,
                                                   const std::vector<WorkshopId>& asked)
{
    std::vector<WorkshopDetails> all;
    auto parsed =
        for_each_asked(text, "publishedfiledetails", asked, [&](const json& item, WorkshopId id) {
            if (!std::ranges::contains(all, id, &WorkshopDetails::id))
                all.push_back(details_of(item, id));
        });
    if (!parsed)
        return std::unexpected(parsed.error());
    for (const auto id : asked)
        if (!std::ranges::contains(all, id, &WorkshopDetails::id))
            all.push_back(
                {.id = id, .dead = "Steam says nothing of it", .title = {}, .url = {}, .sha1 = {}});
    return all;
}

Result<std::vector<WorkshopCollection>> parse_collections(std::string_view text,
                                                          const std::vector<WorkshopId>& asked)
{
    std::vector<WorkshopCollection> all;
    return for_each_asked(
               text, "collectiondetails", asked,
               [&](const json& object, WorkshopId id) { all.push_back(collection_of(object, id)); })
        .transform([&] { return std::move(all); });
}

} // namespace left4me
