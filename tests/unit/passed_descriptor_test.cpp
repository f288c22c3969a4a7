#include "system/passed_descriptor.hpp"

#include "text_case.hpp"

#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace left4me {
namespace {

struct Sockets {
    FileDescriptor one;
    FileDescriptor other;
};

Sockets connected()
{
    int ends[2] = {-1, -1};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

TEST(PassedDescriptor, ComesWithItsWords)
{
    auto sockets = connected();
    int ends[2] = {-1, -1};
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const FileDescriptor reader(ends[0]);
    FileDescriptor writer(ends[1]);
    ASSERT_THAT(pass_descriptor(sockets.one, writer, "words\n"), Succeeds());
    sockets.one.close();
    writer.close();
    const auto passed = receive_descriptor(sockets.other.get(), 6);
    ASSERT_THAT(passed, Succeeds());
    EXPECT_EQ(passed->text, "words\n");
    EXPECT_EQ(write(passed->descriptor.get(), "x", 1), 1);
    char byte = 0;
    EXPECT_EQ(read(reader.get(), &byte, 1), 1);
    EXPECT_EQ(fcntl(passed->descriptor.get(), F_GETFD), FD_CLOEXEC);
}

TEST(PassedDescriptor, IsOneAndNoMore)
{
    for (const int count : {0, 2}) {
        auto sockets = connected();
        const FileDescriptor other(open("/dev/null", O_RDONLY | O_CLOEXEC));
        for (int i = 0; i < count; ++i)
            ASSERT_THAT(pass_descriptor(sockets.one, other, "x"), Succeeds());
        if (count == 0) {
            ASSERT_EQ(write(sockets.one.get(), "x", 1), 1);
        }
        sockets.one.close();
        EXPECT_THAT(receive_descriptor(sockets.other.get(), 6),
                    FailsWith(ExitStatus::bad_data, "has to be one"));
    }
}

TEST(PassedDescriptor, HasNoMoreWordsThanAllowed)
{
    auto sockets = connected();
    const FileDescriptor other(open("/dev/null", O_RDONLY | O_CLOEXEC));
    ASSERT_THAT(pass_descriptor(sockets.one, other, std::string(7, 'x')), Succeeds());
    sockets.one.close();
    EXPECT_THAT(receive_descriptor(sockets.other.get(), 6), FailsWith(ExitStatus::bad_data, "7 bytes"));
}

TEST(PassedDescriptor, NeverComesFromNobody)
{
    auto sockets = connected();
    sockets.one.close();
    EXPECT_THAT(receive_descriptor(sockets.other.get(), 6), FailsWith(ExitStatus::cancelled, "is gone"));
}

} // namespace
} // namespace left4me
