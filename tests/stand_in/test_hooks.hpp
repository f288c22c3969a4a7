#pragma once

#include "game_state.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stand_in {

/// What the tests make a server do that the game would only do once it was taken
/// over, or broken. Paths are relative to the working directory, the merged tree.
///
///   crash              a write to address 0: SIGSEGV, no answer
///   orphan             leaves a process "srcds_orphan" behind that sleeps in a
///                      session of its own, with no descriptor of the server's
///   write PATH TEXT..  appends TEXT and a newline; makes the file if need be
///   read PATH          answers the file's first 64 KiB
///   unlink PATH
///   mkdir PATH
///   rename FROM TO
///   chmod MODE PATH    MODE in octal
///   spin               never comes back, and uses all of a CPU: a loop without end
///   deadlock           never comes back, and waits for a lock that it has itself
///   frames COUNT       does nothing else for COUNT frames of 10 ms, and answers
///                      the 99th percentile of how long they were and of how late
///                      they began, in µs: "period 10061 late 73"
///
/// The others answer "ok" (read: the content); all of them the errno's name when
/// it failed, and a newline.
/// Nothing is returned when there is no hook of that name.
std::optional<std::string> run_test_hook(std::string_view name, std::span<const std::string> arguments);

/// What +stand_in_threads, +stand_in_looks_for and +stand_in_asks_for ask for: see srcds_linux.cpp.
void run_start_hooks(const GameState& game);

/// Dies of a real fault: a raised signal would not kill PID 1 of a namespace.
[[noreturn]] void crash();

} // namespace stand_in
