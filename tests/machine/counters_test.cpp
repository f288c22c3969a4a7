// What the kernel counts for users against a limit of the whole machine: that is lowered here,
// as no container may.

#include "counted_user.hpp"

#include <format>

namespace left4me::test {
namespace {

/// The machine's, until this ends.
class Limit {
public:
    Limit(std::string file, const std::string& value) : file_(std::move(file)), before_(read_file(file_))
    {
        write_file(file_, value);
    }
    ~Limit() { write_file(file_, before_); }
    Limit(const Limit&) = delete;
    Limit& operator=(const Limit&) = delete;

private:
    std::string file_;
    std::string before_;
};

TEST(MachineUserCounters, EpollWatchesAreSharedByTheUsersUnits)
{
    make_counted_users();
    constexpr int allowed = 4000; // more than root has
    const Limit limit("/proc/sys/fs/epoll/max_user_watches", std::to_string(allowed));
    const Words properties = {"LimitNOFILE=8192"};
    const std::string watch = "p = select.epoll(); r, w = os.pipe()\n"
                              "def watch(): p.register(os.dup(r))\n";
    const auto some = watch + "print(fill(100, watch))\n";
    EXPECT_EQ(said_by(somebody, some, properties), "100 ok");
    const Taken taken(watch + std::format("assert fill({0}, watch) == '{0} ok'\n", allowed - 5),
                      properties);
    EXPECT_EQ(said_by(somebody, some, properties), "5 ENOSPC");
    EXPECT_EQ(said_by(another, some, properties), "100 ok");
    EXPECT_EQ(output({"python3", "-c", counting + some}), "100 ok");
}

} // namespace
} // namespace left4me::test
