#include "watch/answer_record.hpp"

#include "system/format.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace left4me {
namespace {

using nlohmann::ordered_json;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::array<std::string_view, 4> state_words = {"loading", "answers", "silent", "unasked"};

AnswerState state_of(const std::string& word)
{
    for (std::size_t i = 0; i < state_words.size(); ++i)
        if (state_words.at(i) == word)
            return static_cast<AnswerState>(i);
    throw std::invalid_argument("there is no such state");
}

/// A text of a game may be as long as a datagram.
std::string cut(const std::string& text)
{
    constexpr std::size_t most = 256;
    return text.substr(0, most);
}

/// get() alone would turn -1 and 1.5 into numbers of something else.
template <class Number>
Number number_of(const ordered_json& json)
{
    if (!json.is_number_unsigned() ||
        json.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<Number>::max()))
        throw std::invalid_argument("a number is expected");
    return json.get<Number>();
}

ordered_json json_of(const std::optional<sys_seconds>& time)
{
    return time ? ordered_json(static_cast<std::uint64_t>(time->time_since_epoch().count()))
                : ordered_json(nullptr);
}

sys_seconds time_of(const ordered_json& json)
{
    return sys_seconds(seconds(number_of<std::int64_t>(json)));
}

std::optional<sys_seconds> optional_time_of(const ordered_json& json)
{
    return json.is_null() ? std::nullopt : std::optional(time_of(json));
}

ordered_json json_of(const ServerInfo& info)
{
    return {{"name", cut(info.name)},
            {"map", cut(info.map)},
            {"folder", cut(info.folder)},
            {"game", cut(info.game)},
            {"version", cut(info.version)},
            {"keywords", cut(info.keywords)},
            {"app_id", info.app_id},
            {"players", info.players},
            {"max_players", info.max_players},
            {"bots", info.bots},
            {"has_password", info.has_password},
            {"is_secure", info.is_secure}};
}

ServerInfo info_of(const ordered_json& json)
{
    ServerInfo info;
    info.name = json.at("name").get<std::string>();
    info.map = json.at("map").get<std::string>();
    info.folder = json.at("folder").get<std::string>();
    info.game = json.at("game").get<std::string>();
    info.version = json.at("version").get<std::string>();
    info.keywords = json.at("keywords").get<std::string>();
    info.app_id = number_of<std::uint16_t>(json.at("app_id"));
    info.players = number_of<unsigned>(json.at("players"));
    info.max_players = number_of<unsigned>(json.at("max_players"));
    info.bots = number_of<unsigned>(json.at("bots"));
    info.has_password = json.at("has_password").get<bool>();
    info.is_secure = json.at("is_secure").get<bool>();
    return info;
}

AnswerRecord record_of(const ordered_json& json)
{
    AnswerRecord record;
    record.main_pid = number_of<std::uint32_t>(json.at("main_pid"));
    record.state = state_of(json.at("state").get<std::string>());
    record.since = time_of(json.at("since"));
    record.asked = optional_time_of(json.at("asked"));
    record.answered = optional_time_of(json.at("answered"));
    if (!json.at("info").is_null())
        record.info = info_of(json.at("info"));
    return record;
}

} // namespace

std::string_view answer_state_word(AnswerState state)
{
    return state_words.at(static_cast<std::size_t>(state));
}

std::string format_answer_record(const AnswerRecord& record)
{
    const ordered_json json = {
        {"main_pid", record.main_pid},
        {"state", answer_state_word(record.state)},
        {"since", json_of(std::optional(record.since))},
        {"asked", json_of(record.asked)},
        {"answered", json_of(record.answered)},
        {"info", record.info ? json_of(*record.info) : ordered_json(nullptr)},
    };
    // A game's words may be no UTF-8, or cut within a character.
    return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

Result<AnswerRecord> parse_answer_record(std::string_view text)
{
    try {
        return record_of(ordered_json::parse(text));
    } catch (const std::exception& problem) {
        return fail(ExitStatus::bad_data,
                    formatted("not a record of answers: {}", escaped(problem.what())));
    }
}

Result<Directory> open_answers(const Host& host)
{
    return Directory::open(host.run() + "/answers");
}

std::string answer_record_name(const InstanceName& name)
{
    return name.str() + ".json";
}

Result<AnswerRecord> read_answer_record(const Directory& answers, const InstanceName& name)
{
    return answers.read_file(answer_record_name(name), max_answer_record_size)
        .and_then([](const std::string& text) { return parse_answer_record(text); });
}

} // namespace left4me
