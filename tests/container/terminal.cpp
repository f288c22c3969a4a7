#include "terminal.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me::test {

OnTerminal::OnTerminal(const Words& command)
{
    std::vector<char*> argv;
    for (const auto& word : command)
        argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    child_ = forkpty(&terminal_, nullptr, nullptr, nullptr);
    if (child_ == 0) {
        execvp(argv.front(), argv.data());
        _exit(127);
    }
}

OnTerminal::~OnTerminal()
{
    if (child_ > 0) {
        kill(child_, SIGKILL);
        waitpid(child_, nullptr, 0);
    }
    close(terminal_);
}

bool OnTerminal::read_some()
{
    constexpr int limit_ms = 30'000;
    pollfd ready = {terminal_, POLLIN, 0};
    std::array<char, 4096> buffer = {};
    if (poll(&ready, 1, limit_ms) <= 0)
        return false;
    const auto got = read(terminal_, buffer.data(), buffer.size());
    if (got <= 0)
        return false;
    screen_.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
}

bool OnTerminal::shows(const std::string& text)
{
    for (auto found = screen_.find(text, seen_);; found = screen_.find(text, seen_)) {
        if (found != std::string::npos) {
            seen_ = found + text.size();
            return true;
        }
        if (!read_some())
            return false;
    }
}

void OnTerminal::type(const std::string& text) const
{
    EXPECT_EQ(write(terminal_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

void OnTerminal::resize(unsigned short rows, unsigned short columns) const
{
    const winsize size = {rows, columns, 0, 0};
    EXPECT_EQ(ioctl(terminal_, TIOCSWINSZ, &size), 0);
}

int OnTerminal::wait()
{
    while (read_some()) {
    }
    int status = 0;
    if (child_ < 0 || waitpid(child_, &status, 0) != child_)
        return -1;
    child_ = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace left4me::test
