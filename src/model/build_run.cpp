#include "model/build_run.hpp"

#include "model/name_grammar.hpp"
#include "system/format.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <sys/random.h>

namespace left4me {
namespace {

constexpr std::size_t max_id_size = 32;
constexpr std::size_t random_digits = 16;

} // namespace

Result<BuildId> BuildId::parse(std::string_view text)
{
    const auto refuse = [&](std::string_view rule) {
        return fail(ExitStatus::usage, formatted("{} is not a build's ID: {}", quote(text), rule));
    };
    if (text.empty())
        return refuse("it is empty");
    if (text.size() > max_id_size)
        return refuse(formatted("it is longer than {} characters", max_id_size));
    if (!std::ranges::all_of(text, is_lower_or_digit))
        return refuse("only a-z and 0-9 are allowed");
    return BuildId(text);
}

std::string work_copy_path(const WorkCopy& copy)
{
    return formatted("builds/{}/{}", copy.layer.str(), copy.id.str());
}

std::string format_work_copy(const WorkCopy& copy)
{
    return formatted("{} {}\n", copy.layer.str(), copy.id.str());
}

Result<WorkCopy> parse_work_copy(std::string_view line)
{
    if (line.ends_with('\n'))
        line.remove_suffix(1);
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos)
        return fail(ExitStatus::bad_data, formatted("{} does not name a work copy", quote(line)));
    return LayerRef::parse(line.substr(0, blank)).and_then([&](LayerRef layer) {
        return BuildId::parse(line.substr(blank + 1)).transform([&](BuildId id) {
            return WorkCopy{std::move(layer), std::move(id)};
        });
    });
}

Result<BuildRun> BuildRun::random(const BuildId& id)
{
    std::uint64_t number = 0;
    if (getrandom(&number, sizeof number, 0) != sizeof number)
        return fail_errno("cannot get a random number", errno);
    return BuildRun(formatted("{}-{:0{}x}", id.str(), number, random_digits));
}

Result<BuildRun> BuildRun::parse(std::string_view text)
{
    const auto dash = text.find('-');
    const auto digits = dash == std::string_view::npos ? "" : text.substr(dash + 1);
    if (!BuildId::parse(text.substr(0, dash)) || digits.size() != random_digits ||
        !std::ranges::all_of(digits, is_hexadecimal))
        return fail(ExitStatus::usage, formatted("{} is not the run of a build", quote(text)));
    return BuildRun(std::string(text));
}

std::string build_unit(const BuildRun& run, BuildAbi abi)
{
    return formatted("left4me-build{}@{}.service", abi == BuildAbi::multiarch ? "-multiarch" : "",
                     run.str());
}

std::string import_unit(const BuildRun& run)
{
    return formatted("left4me-build-import@{}.service", run.str());
}

std::string workcopy_unit(const BuildRun& run)
{
    return formatted("left4me-workcopy@{}.service", run.str());
}

} // namespace left4me
