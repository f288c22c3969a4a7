#pragma once

#include <string>
#include <vector>

/// docs/operators.md, by which its own examples are tried as they stand there.
namespace left4me::test {

/// A block of a section: what is to be typed, or a file, whose name a comment in its first
/// line is.
struct Block {
    std::string text;
    std::string file;
};

std::vector<Block> blocks_of(const std::string& section);

} // namespace left4me::test
