#pragma once

#include "game/a2s.hpp"
#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

/// Whether a running game answers.
enum class AnswerState : std::uint8_t {
    loading, ///< it has not yet, since it was started
    answers,
    silent,  ///< it has, and does not any more
    unasked, ///< query: none
};

/// "loading", "answers", "silent", "unasked".
std::string_view answer_state_word(AnswerState state);

/// /run/left4me/answers/NAME.json: what left4me-watch knows of a running server. It is there
/// while the unit is active and the watch runs, and made anew with each question. Texts are the
/// game's own words, cut to 256 bytes: who shows them, escapes them.
struct AnswerRecord {
    std::uint32_t main_pid = 0; ///< of the run that it tells of
    AnswerState state = AnswerState::loading;
    std::chrono::sys_seconds since{}; ///< that it is in this state
    std::optional<std::chrono::sys_seconds> asked = {};    ///< last
    std::optional<std::chrono::sys_seconds> answered = {}; ///< last, in this run
    std::optional<ServerInfo> info = {}; ///< what it said then

    bool operator==(const AnswerRecord&) const = default;
};

/// Largest record that is read, in bytes: more than the largest that is written.
constexpr std::size_t max_answer_record_size = 16UL * 1024;

std::string format_answer_record(const AnswerRecord& record);

/// bad_data for anything that format_answer_record does not write.
Result<AnswerRecord> parse_answer_record(std::string_view text);

/// /run/left4me/answers, which left4me-watch has while it runs.
Result<Directory> open_answers(const Host& host);

std::string answer_record_name(const InstanceName& name);

/// not_found where the server or the watch does not run.
Result<AnswerRecord> read_answer_record(const Directory& answers, const InstanceName& name);

} // namespace left4me
