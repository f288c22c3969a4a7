#include "host/import_sandbox.hpp"

#include "system/child_process.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/passed_descriptor.hpp"
#include "system/plain_text.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace left4me {
namespace {

constexpr int forever = -1; // as poll has it

/// What a script writes, kept.
class KeptOutput {
public:
    KeptOutput(FileDescriptor& source, std::size_t limit) : source_(source), limit_(limit) {}

    /// Where a part is there, or the end: the part. Too much ends whoever writes: nobody reads it.
    std::string_view take()
    {
        std::array<char, 64 * 1024> buffer = {};
        const auto got = read(source_.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            return {};
        const auto before = text_.size();
        if (got > 0)
            text_.append(buffer.data(), static_cast<std::size_t>(got));
        if (got <= 0 || text_.size() > limit_)
            source_.close();
        return std::string_view(text_).substr(before);
    }

    [[nodiscard]] std::string text() && { return std::move(text_); }

private:
    FileDescriptor& source_;
    std::size_t limit_;
    std::string text_;
};

/// What the helper says of the script's end, before it takes the sandbox down: see
/// run_in_sandbox(). none: it has said nothing.
std::optional<int> told_status(FileDescriptor& connection)
{
    std::array<char, 8> buffer = {};
    const auto got = recv(connection.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got == 0)
        connection.close(); // it will say nothing any more
    std::string_view text(buffer.data(), got < 0 ? 0 : static_cast<std::size_t>(got));
    if (!text.ends_with('\n'))
        return std::nullopt;
    text.remove_suffix(1);
    const auto status = parse_number<std::uint8_t>(text);
    return status ? std::optional<int>(*status) : std::nullopt;
}

} // namespace

Result<ImportSandbox> ImportSandbox::start(const WorkCopy& copy, std::string_view script,
                                           const FileDescriptor& input)
{
    std::array<int, 2> ends = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return fail_errno("cannot make a connection", errno);
    FileDescriptor own(ends[0]);
    const FileDescriptor its(ends[1]);
    auto output = make_pipe();
    if (!output)
        return std::unexpected(output.error());
    auto helper = RunningHelper::start(helper_door(),
                                       {"left4me-script-sandbox", {copy.layer.str(), copy.id.str()}},
                                       {its.get(), output->write_end.get(), -1});
    if (!helper)
        return std::unexpected(helper.error());
    std::signal(SIGPIPE, SIG_IGN);
    // A helper that does not read to the end says why by itself, and by its status.
    if (pass_descriptor(own, input, "!"))
        (void)write_all(own, "the script", formatted("{}\n{}", script.size(), script));
    return ImportSandbox(std::move(*helper), std::move(own), std::move(output->read_end));
}

ImportSandbox::~ImportSandbox()
{
    while (helper_.descriptor() >= 0) {
        if (const auto ended = helper_.ended(); !ended || *ended)
            return;
        pollfd watched = {helper_.descriptor(), POLLIN, 0};
        (void)poll(&watched, 1, forever);
    }
}

Result<ScriptEnd> ImportSandbox::wait_for_script(std::size_t limit, const ScriptWatch& watch)
{
    KeptOutput kept(output_, limit);
    std::optional<int> status;
    // The helper passes on all output before it tells the status, and closes its end after that.
    while (!status || output_) {
        constexpr int between = 200; // milliseconds
        std::array<pollfd, 3> watched = {{{output_.get(), POLLIN, 0},
                                          {status ? -1 : connection_.get(), POLLIN, 0},
                                          {status ? -1 : helper_.descriptor(), POLLIN, 0}}};
        if (interrupted()) {
            connection_.close();
            watched[1].fd = -1;
            (void)poll(watched.data(), watched.size(), forever);
        } else if (poll_or_interruption(watched, between) <= 0) {
            watch.waiting();
            continue;
        }
        if (watched[0].revents != 0)
            watch.written(kept.take());
        if (watched[1].revents != 0)
            status = told_status(connection_);
        if (status || watched[2].revents == 0)
            continue;
        const auto ended = helper_.ended();
        if (!ended)
            return std::unexpected(ended.error());
        status = *ended;
    }
    return check_interruption().transform([&] { return ScriptEnd{*status, std::move(kept).text()}; });
}

} // namespace left4me
