#include "model/output_limit.hpp"

#include "system/format.hpp"

#include <algorithm>

namespace left4me {
namespace {

using namespace std::string_view_literals;

constexpr auto line_ends = "\n\0"sv;

} // namespace

std::string OutputLimit::pass(std::string_view output, Time now)
{
    refill(now);
    std::string passed;
    while (!output.empty()) {
        const auto end = output.find_first_of(line_ends);
        const auto part = output.substr(0, std::min(end, max_line - line_.size()));
        line_ += part;
        output.remove_prefix(part.size());
        const bool ended = !output.empty() && line_ends.contains(output.front());
        if (ended)
            output.remove_prefix(1);
        if (ended || line_.size() == max_line)
            pass_line(passed);
    }
    return passed;
}

std::string OutputLimit::finish(Time now)
{
    refill(now);
    std::string passed;
    if (!line_.empty())
        pass_line(passed);
    tell_left_out(passed);
    return passed;
}

void OutputLimit::refill(Time now)
{
    room_ = std::min(burst, room_ + per_second * std::chrono::duration<double>(now - last_).count());
    last_ = now;
}

void OutputLimit::pass_line(std::string& passed)
{
    // A part of the burst again, or it would go on and off with each line, and tell.
    constexpr double enough = burst / 16;
    const double cost = static_cast<double>(line_.size()) + line_cost;
    if (leaves_out_ && room_ >= enough)
        tell_left_out(passed);
    if (!leaves_out_ && room_ < cost) {
        leaves_out_ = true;
        passed += formatted("left4me: {} writes more than the journal shall keep of it: the next lines "
                            "are left out\n",
                            who_);
    }
    if (leaves_out_) {
        ++lines_left_out_;
        bytes_left_out_ += line_.size();
    } else {
        room_ -= cost;
        passed += line_ + '\n';
    }
    line_.clear();
}

void OutputLimit::tell_left_out(std::string& passed)
{
    if (leaves_out_)
        passed += formatted("left4me: {} lines of {}, {} bytes, were left out here\n", lines_left_out_,
                            who_, bytes_left_out_);
    leaves_out_ = false;
    lines_left_out_ = bytes_left_out_ = 0;
}

} // namespace left4me
