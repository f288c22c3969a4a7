#pragma once

#include "system/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ostream>
#include <string>

/// One row of a table of texts that a parser accepts or refuses.
struct TextCase {
    std::string name; ///< of the test: letters, digits and '_'
    std::string text;
    std::string message = {}; ///< part of the refusal's
};

inline void PrintTo(const TextCase& row, std::ostream* out)
{
    *out << left4me::quote(row.text);
}

struct NameOfCase {
    template <class Row>
    std::string operator()(const testing::TestParamInfo<Row>& info) const
    {
        return info.param.name;
    }
};

/// A Result that is an Error of that status, whose one line has that part.
MATCHER_P2(FailsWith, status, part, "fails with " + std::string(part))
{
    if (arg) {
        *result_listener << "which is no failure";
        return false;
    }
    *result_listener << "which fails with status " << static_cast<int>(arg.error().status) << " and "
                     << arg.error().message;
    return arg.error().status == status && arg.error().message.contains(part) &&
           !arg.error().message.contains('\n');
}

MATCHER(Succeeds, "succeeds")
{
    if (!arg)
        *result_listener << "which fails with " << arg.error().message;
    return arg.has_value();
}
