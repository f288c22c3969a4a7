#include "held_ports.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me::test {

HeldPorts::HeldPorts() : file_(open("/run/left4me/lock/.ports", O_RDWR | O_CREAT | O_CLOEXEC, 0640))
{
    struct stat status = {};
    EXPECT_EQ(stat("/run/left4me/lock", &status), 0);
    EXPECT_EQ(fchown(file_, status.st_uid, status.st_uid), 0);
    EXPECT_EQ(flock(file_, LOCK_EX), 0);
}

HeldPorts::~HeldPorts()
{
    close(file_);
}

} // namespace left4me::test
