#pragma once

#include "error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace left4me::test {

/// A refusal must have its status, one line, and the words that help.
template <class T>
void expect_refusal(const Result<T>& result, ExitStatus status, const std::string& words)
{
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().status, status);
    EXPECT_THAT(result.error().message, testing::HasSubstr(words));
    EXPECT_THAT(result.error().message, testing::Not(testing::HasSubstr("\n")));
}

} // namespace left4me::test
