#pragma once

#include "host/host.hpp"
#include "host/systemd.hpp"
#include "model/instance_name.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// What an operator gave a server's console, the oldest line first, in a file of the operator's
/// own: .local/state/left4me/console/NAME in the home of whoever called sudo, else of root.
/// It is opened with that user's rights, and used with whatever rights this process has later.
class ConsoleHistory {
public:
    static constexpr std::size_t max_size = std::size_t{128} * 1024; ///< bytes; then half of it goes

    /// For root alone, before it becomes another user: see become_service_user(). Where the file or a
    /// directory on the way is missing, it is made, for the operator alone; links are not followed.
    static Result<ConsoleHistory> open(const InstanceName& name);

    /// The lines that the file has; those that nobody can have typed are left out.
    [[nodiscard]] Result<std::vector<std::string>> lines() const;

    /// Adds one at once, unless it may have a secret in it.
    [[nodiscard]] Result<void> add(const std::string& line) const;

    /// In a directory of the operator's home that is open, with whatever rights there are.
    static Result<ConsoleHistory> open_in(const Directory& home, const InstanceName& name);

private:
    explicit ConsoleHistory(FileDescriptor file) : file_(std::move(file)) {}

    FileDescriptor file_;
};

/// That a game refused its password, written down for as long as that start of it lasts: a second
/// try would bring whoever asks nearer to being shut out by the game.
class RefusedLogin {
public:
    /// Whether it did since that start (UnitStatus::started). What cannot be read is no record.
    static bool is_recorded(const Host& host, const InstanceName& name, const UnitStatus& server);

    /// Where it cannot be written nothing is.
    static void record(const Host& host, const InstanceName& name, const UnitStatus& server);
};

} // namespace left4me
