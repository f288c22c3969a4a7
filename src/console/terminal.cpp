#include "console/terminal.hpp"

#include "system/directory.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace left4me {
namespace {

/// A terminal that shows nothing of what is typed, until the end of its life.
class Silence {
public:
    explicit Silence(const FileDescriptor& terminal) : terminal_(terminal)
    {
        known_ = tcgetattr(terminal.get(), &before_) == 0;
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        silent.c_lflag |= ECHONL | ICANON;
        // What was typed before the question is no answer to it.
        silent_ = known_ && tcsetattr(terminal.get(), TCSAFLUSH, &silent) == 0;
    }
    ~Silence()
    {
        if (known_)
            tcsetattr(terminal_.get(), TCSAFLUSH, &before_);
    }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;
    explicit operator bool() const { return silent_; }

private:
    const FileDescriptor& terminal_;
    termios before_ = {};
    bool known_ = false;
    bool silent_ = false;
};

Result<Secret> read_line(const FileDescriptor& terminal)
{
    constexpr std::size_t max_size = 256;
    std::string line;
    line.reserve(max_size + 1); // never moved, so that no copy stays behind
    while (line.size() < max_size) {
        char c = 0;
        std::array<pollfd, 1> typed = {{{terminal.get(), POLLIN, 0}}};
        const bool ready = poll_or_interruption(typed, -1) > 0;
        if (!ready && errno != EINTR)
            return fail_errno("cannot wait for the terminal", errno);
        if (auto going_on = check_interruption(); !going_on)
            return std::unexpected(going_on.error());
        if (!ready)
            continue;
        const auto got = read(terminal.get(), &c, 1);
        if (got < 0 && errno != EINTR)
            return fail_errno("cannot read from the terminal", errno);
        if (got == 0)
            return fail(ExitStatus::cancelled, "cancelled");
        if (got == 1 && c == '\n')
            break;
        if (got == 1)
            line += c;
    }
    Secret secret(line);
    explicit_bzero(line.data(), line.size());
    return secret;
}

} // namespace

Result<Secret> ask_on_terminal(std::string_view question)
{
    const FileDescriptor terminal(open("/dev/tty", O_RDWR | O_CLOEXEC));
    if (!terminal)
        return fail(ExitStatus::not_permitted,
                    formatted("{}: there is no terminal to ask for it", question));
    const Silence silence(terminal);
    if (!silence)
        return fail_errno("cannot switch off the terminal's echo", errno);
    return write_all(terminal, "the terminal", formatted("{}: ", question)).and_then([&] {
        return read_line(terminal);
    });
}

} // namespace left4me
