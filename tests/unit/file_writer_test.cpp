#include "layer/file_writer.hpp"

#include "text_case.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr std::int64_t mebibyte = 1 << 20;

/// A file that has no name any more.
FileDescriptor nameless_file()
{
    std::string path = testing::TempDir() + "left4me-written-XXXXXX";
    FileDescriptor file(mkstemp(path.data()));
    EXPECT_EQ(unlink(path.c_str()), 0);
    return file;
}

std::string contents(int file)
{
    struct stat status = {};
    EXPECT_EQ(fstat(file, &status), 0);
    std::string text(static_cast<std::size_t>(status.st_size), '?');
    EXPECT_EQ(pread(file, text.data(), text.size(), 0), status.st_size);
    return text;
}

/// Bytes that tell where they belong.
std::string piece(std::int64_t from, std::int64_t size)
{
    std::string bytes;
    for (auto at = from; at < from + size; ++at)
        bytes += static_cast<char>((at >> 8) * 31 + at);
    return bytes;
}

class FileWriterTest : public testing::Test {
protected:
    /// All bytes of a file of that size, by parts.
    void write_by_parts(std::int64_t size, std::int64_t part)
    {
        writer_.begin(nameless_file(), "a.vpk");
        for (std::int64_t at = 0; at < size; at += part)
            ASSERT_THAT(writer_.write(piece(at, std::min(part, size - at)), at), Succeeds());
        const auto end = writer_.finish();
        ASSERT_THAT(end, Succeeds());
        EXPECT_EQ(*end, size);
        EXPECT_EQ(contents(writer_.descriptor()), piece(0, size));
    }

    FileWriter writer_;
};

TEST_F(FileWriterTest, WritesFilesOfEachSizeByPartsOfEachSize)
{
    for (const std::int64_t size :
         {std::int64_t{0}, std::int64_t{1}, mebibyte - 1, mebibyte, mebibyte + 1, 5 * mebibyte + 7})
        for (const std::int64_t part : {std::int64_t{1000}, std::int64_t{65536}, 3 * mebibyte})
            write_by_parts(size, part);
}

TEST_F(FileWriterTest, LeavesOutWhatIsLeftOut)
{
    writer_.begin(nameless_file(), "sparse");
    ASSERT_THAT(writer_.write("first", 0), Succeeds());
    ASSERT_THAT(writer_.write("second", 3 * mebibyte), Succeeds());
    ASSERT_THAT(writer_.write(piece(0, 2 * mebibyte), 4 * mebibyte), Succeeds());
    const auto end = writer_.finish();
    ASSERT_THAT(end, Succeeds());
    EXPECT_EQ(*end, 6 * mebibyte);
    auto expected = std::string(6 * mebibyte, '\0');
    expected.replace(0, 5, "first");
    expected.replace(3 * mebibyte, 6, "second");
    expected.replace(4 * mebibyte, 2 * mebibyte, piece(0, 2 * mebibyte));
    EXPECT_EQ(contents(writer_.descriptor()), expected);
}

TEST_F(FileWriterTest, NamesTheFileThatFindsNoRoom)
{
    for (const auto size : {std::int64_t{5}, 3 * mebibyte}) {
        writer_.begin(FileDescriptor(open("/dev/full", O_WRONLY | O_CLOEXEC)), "a.vpk");
        Result<void> written;
        for (std::int64_t at = 0; at < size && written; at += mebibyte)
            written = writer_.write(piece(at, std::min(mebibyte, size)), at);
        const auto end = writer_.finish();
        ASSERT_FALSE(end) << size;
        EXPECT_EQ(end.error().message, "cannot write 'a.vpk': No space left on device");
    }
    write_by_parts(3 * mebibyte, 65536); // the next one is written as if nothing had been
}

TEST_F(FileWriterTest, LeavesAFileThatIsGivenUp)
{
    writer_.begin(nameless_file(), "given up");
    for (std::int64_t at = 0; at < 4 * mebibyte; at += mebibyte)
        ASSERT_THAT(writer_.write(piece(at, mebibyte), at), Succeeds());
    write_by_parts(2 * mebibyte, 65536);
}

} // namespace
} // namespace left4me
