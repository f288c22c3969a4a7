#include "game/rcon.hpp"

#include "game/packet_reader.hpp"
#include "system/format.hpp"

#include <algorithm>
#include <utility>

namespace left4me {
namespace {

// Type 2 means two things, one in each direction.
constexpr std::uint32_t login_kind = 3;
constexpr std::uint32_t login_answer_kind = 2;
constexpr std::uint32_t command_kind = 2;
constexpr std::uint32_t answer_kind = 0;

constexpr std::uint32_t login_id = 1;
constexpr std::uint32_t refused_id = 0xFFFFFFFF;

constexpr std::size_t size_bytes = 4;
constexpr std::size_t min_packet_size = 10; // id, kind, and two zeros
// The page says 4096; servers have been seen to go beyond it by some bytes.
constexpr std::size_t max_packet_size = std::size_t{16} * 1024;

std::unexpected<Error> bad_console_answer(std::string_view what)
{
    return fail(ExitStatus::bad_data, formatted("the game's console {}", what));
}

} // namespace

RconSession::RconSession(const Secret& password)
{
    send(login_id, login_kind, password.reveal());
    command_id_ = login_id + 1;
}

void RconSession::send(std::uint32_t id, std::uint32_t kind, std::string_view body)
{
    put_number32(output_, static_cast<std::uint32_t>(min_packet_size + body.size()));
    put_number32(output_, id);
    put_number32(output_, kind);
    output_ += body;
    output_.append(2, '\0');
}

Result<void> RconSession::take(std::string_view bytes)
{
    input_ += bytes;
    std::string_view rest = input_;
    while (rest.size() >= size_bytes) {
        const std::size_t size = PacketReader(rest).number32();
        if (size < min_packet_size || size > max_packet_size)
            return bad_console_answer("speaks no RCON");
        if (rest.size() - size_bytes < size)
            break;
        PacketReader packet(rest.substr(size_bytes, size));
        const auto id = packet.number32();
        const auto kind = packet.number32();
        const auto body = packet.rest();
        if (auto taken = take_packet({id, kind, body.substr(0, body.size() - 2)}); !taken)
            return taken;
        rest.remove_prefix(size_bytes + size);
    }
    input_.erase(0, input_.size() - rest.size());
    return {};
}

Result<void> RconSession::take_packet(const Packet& packet)
{
    if (packet.kind == login_answer_kind) {
        if (packet.id == refused_id)
            return fail(ExitStatus::not_permitted, "the game refuses its rcon password");
        logged_in_ = logged_in_ || packet.id == login_id;
        return {};
    }
    if (packet.kind != answer_kind || state_ != State::asking)
        return {};
    if (packet.id == command_id_) {
        if (answer_.size() + packet.body.size() > max_answer_size)
            return bad_console_answer(
                formatted("gives an answer of more than {} bytes", max_answer_size));
        answer_ += packet.body;
    } else if (packet.id == command_id_ + 1) {
        state_ = State::answered;
    }
    return {};
}

void RconSession::run(std::string_view command)
{
    // A long answer comes in many packets, and none says that it is the last. An empty one that
    // a client sends is sent back, after all that was asked for before it.
    command_id_ += 2;
    answer_.clear();
    state_ = State::asking;
    send(command_id_, command_kind, command);
    send(command_id_ + 1, answer_kind, "");
}

std::optional<std::string> RconSession::take_answer()
{
    if (state_ != State::answered)
        return std::nullopt;
    state_ = State::idle;
    return std::exchange(answer_, {});
}

Result<void> check_console_command(std::string_view command)
{
    const auto refuse = [](std::string_view why) {
        return fail(ExitStatus::bad_data, formatted("that is no command for a game: {}", why));
    };
    if (command.find_first_not_of(' ') == std::string_view::npos)
        return refuse("it is empty");
    if (command.size() > RconSession::max_command_size)
        return refuse(formatted("it is longer than {} bytes", RconSession::max_command_size));
    if (std::ranges::any_of(command, [](unsigned char c) { return c < ' ' || c == '\x7f'; }))
        return refuse("it has control characters");
    return {};
}

} // namespace left4me
