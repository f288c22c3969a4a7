#include "model/instance_name.hpp"

#include "model/name_grammar.hpp"
#include "system/format.hpp"

namespace left4me {

Result<InstanceName> InstanceName::parse(std::string_view text)
{
    constexpr std::size_t max_size = 64;
    if (const auto rule = broken_name_rule(text, max_size))
        return fail(ExitStatus::usage, formatted("{} is not an instance name: {}", quote(text), *rule));
    return InstanceName(text);
}

} // namespace left4me
