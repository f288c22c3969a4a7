#include "system/wait_notice.hpp"

#include <utility>

namespace left4me {
namespace {

std::function<void(std::string_view)>& notice()
{
    static std::function<void(std::string_view)> one;
    return one;
}

} // namespace

void set_wait_notice(std::function<void(std::string_view what)> told)
{
    notice() = std::move(told);
}

void tell_wait(std::string_view what)
{
    if (notice())
        notice()(what);
}

} // namespace left4me
