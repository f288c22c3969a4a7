// Runs a fuzz target on each file of its corpus: a test for each of them.
#include "property.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <vector>

namespace left4me {
namespace {

namespace fs = std::filesystem;

const fs::path corpus = CORPUS;

/// Their names: letters, digits and '_'.
std::vector<std::string> corpus_files()
{
    std::vector<std::string> files;
    for (const auto& file : fs::directory_iterator(corpus))
        files.push_back(file.path().filename().string());
    std::ranges::sort(files);
    return files;
}

std::string test_name(const testing::TestParamInfo<std::string>& file)
{
    return corpus.filename().string() + "_" + file.param;
}

class Corpus : public testing::TestWithParam<std::string> {};
TEST_P(Corpus, HasTheProperties)
{
    std::ifstream file(corpus / GetParam(), std::ios::binary);
    ASSERT_TRUE(file.is_open());
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()),
              0);
}
INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, testing::ValuesIn(corpus_files()), test_name);

} // namespace
} // namespace left4me
