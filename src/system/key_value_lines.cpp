#include "system/key_value_lines.hpp"

#include "system/format.hpp"

#include <algorithm>

namespace left4me {

std::unexpected<Error> fail_at_line(std::string_view file, std::size_t line, std::string_view message)
{
    return fail(ExitStatus::bad_data, formatted("{}:{}: {}", file, line, message));
}

Result<void> for_each_key_value(std::string_view file, std::string_view text, LineRules rules,
                                const std::function<Result<void>(const KeyValue&)>& take)
{
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto line = text.substr(0, text.find('\n'));
        const bool complete = line.size() < text.size();
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (rules == LineRules::editable && (line.empty() || line.front() == '#'))
            continue;
        if (rules == LineRules::strict && !complete)
            return fail_at_line(file, number, "the file ends in the middle of this line");
        if (line.contains('\0'))
            return fail_at_line(file, number, "NUL is not allowed");
        const auto equals = line.find('=');
        if (equals == std::string_view::npos)
            return fail_at_line(file, number, formatted("{} is not KEY=value", quote(line)));
        if (auto taken = take({line.substr(0, equals), line.substr(equals + 1), number}); !taken)
            return taken;
    }
    return {};
}

} // namespace left4me
