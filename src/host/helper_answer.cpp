#include "host/helper_answer.hpp"

#include "host/helper_door.hpp"
#include "system/child_process.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace left4me {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t max_read = std::size_t{64} * 1024;
/// Of an output, in bytes: its end is kept. Twice the longest line of a log, so that it has a whole one.
constexpr std::size_t max_output = std::size_t{2} * 4 * 64 * 1024;
constexpr std::size_t max_complaint = 4096;

/// Reads what is there, and closes the pipe at its end.
std::string read_part(FileDescriptor& pipe)
{
    std::string part(max_read, '\0');
    const auto got = read(pipe.get(), part.data(), part.size());
    if (got == 0 || (got < 0 && errno != EINTR))
        pipe.close();
    part.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return part;
}

/// Whole lines, of the end.
void keep_end(std::string& text)
{
    if (text.size() <= max_output)
        return;
    const auto line = text.find('\n', text.size() - max_output);
    text.erase(0, line == std::string::npos ? text.size() - max_output : line + 1);
}

/// Until both have ended, or time is over: false.
bool read_all(FileDescriptor& output, FileDescriptor& errors, std::string& text, std::string& complaint,
              std::chrono::seconds patience)
{
    const auto end = Clock::now() + patience;
    while (output || errors) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
        std::array<pollfd, 2> watched = {{{output.get(), POLLIN, 0}, {errors.get(), POLLIN, 0}}};
        if (left.count() <= 0)
            return false;
        if (poll(watched.data(), watched.size(), static_cast<int>(left.count())) <= 0)
            continue;
        if (watched[0].revents != 0) {
            text += read_part(output);
            keep_end(text);
        }
        if (watched[1].revents != 0)
            complaint = (complaint + read_part(errors)).substr(0, max_complaint);
    }
    return true;
}

} // namespace

Result<HelperAnswer> answer_of_helper(const HelperCall& call, std::string_view input,
                                      std::chrono::seconds patience)
{
    auto standard_input = make_pipe();
    auto output = make_pipe();
    auto errors = make_pipe();
    for (const auto* pipe : {&standard_input, &output, &errors})
        if (!*pipe)
            return std::unexpected(pipe->error());
    auto helper = RunningHelper::start(helper_door(), call,
                                       {standard_input->read_end.get(), output->write_end.get(),
                                        errors->write_end.get(), Session::own});
    if (!helper)
        return std::unexpected(helper.error());
    standard_input->read_end.close();
    output->write_end.close();
    errors->write_end.close();
    // A helper that does not read to the end says why by itself, and by its status. The pipe stays
    // open: its end would mean that nobody waits any more.
    if (!input.empty())
        (void)write_all(standard_input->write_end, call.helper, input);
    HelperAnswer answer = {.status = 0, .output = {}, .complaint = {}};
    if (!read_all(output->read_end, errors->read_end, answer.output, answer.complaint, patience))
        return fail(ExitStatus::unavailable, formatted("{} takes too long", call.helper));
    pollfd end = {helper->descriptor(), POLLIN, 0};
    (void)poll(&end, 1, 1000);
    const auto status = helper->ended();
    if (!status)
        return std::unexpected(status.error());
    if (!*status)
        return fail(ExitStatus::unavailable, formatted("{} takes too long", call.helper));
    answer.status = **status;
    while (answer.complaint.ends_with('\n'))
        answer.complaint.pop_back();
    answer.complaint = escaped(answer.complaint);
    return answer;
}

} // namespace left4me
