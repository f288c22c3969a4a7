#include "watch/game_door.hpp"

#include "watch/answer_record.hpp"

#include "temporary_host.hpp"
#include "text_case.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>

namespace left4me {
namespace {

struct EndLoop {
    void operator()(sd_event* event) const noexcept { sd_event_unref(event); }
};

/// A port of this host, as a game has one.
class Listener {
public:
    explicit Listener(int kind) : socket_(::socket(AF_INET, kind | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* any = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(bind(socket_.get(), any, sizeof address), 0);
        if (kind == SOCK_STREAM) {
            EXPECT_EQ(listen(socket_.get(), 1), 0);
        }
        EXPECT_EQ(getsockname(socket_.get(), any, &size), 0);
        port_ = ntohs(address.sin_port);
    }
    [[nodiscard]] GamePort port() const { return GamePort::parse(std::to_string(port_)).value(); }
    [[nodiscard]] int descriptor() const { return socket_.get(); }

private:
    FileDescriptor socket_;
    std::uint16_t port_ = 0;
};

/// The watch's end in a thread of its own, for as long as this lives.
class GameDoorTest : public testing::Test {
protected:
    void SetUp() override { std::filesystem::create_directory((*host_).run() + "/answers"); }
    void open(std::optional<GamePort> port)
    {
        sd_event* event = nullptr;
        ASSERT_GE(sd_event_new(&event), 0);
        event_.reset(event);
        const auto answers = open_answers(*host_);
        ASSERT_TRUE(answers);
        auto door = GameDoor::begin(event, *answers, [this, port](const InstanceName& name) {
            return name == coop1_ ? port : std::nullopt;
        });
        ASSERT_THAT(door, Succeeds());
        door_ = std::move(*door);
        thread_ = std::jthread([this](const std::stop_token& end) {
            while (!end.stop_requested())
                sd_event_run(event_.get(), 10'000);
        });
    }
    void TearDown() override { thread_ = {}; }
    [[nodiscard]] std::string door_file() const { return (*host_).run() + "/answers/.games"; }

    TemporaryHost host_;
    const InstanceName coop1_ = InstanceName::parse("coop1").value();
    std::unique_ptr<sd_event, EndLoop> event_;
    std::unique_ptr<GameDoor> door_;
    std::jthread thread_;
};

TEST_F(GameDoorTest, GivesAConnectionToTheGamesPort)
{
    const Listener game(SOCK_STREAM);
    open(game.port());
    const auto connection = ask_for_game(*host_, coop1_, GameLine::console);
    ASSERT_THAT(connection, Succeeds());
    const FileDescriptor taken(accept4(game.descriptor(), nullptr, nullptr, SOCK_CLOEXEC));
    ASSERT_TRUE(taken);
    ASSERT_EQ(send(connection->get(), "a", 1, 0), 1);
    char byte = 0;
    EXPECT_EQ(recv(taken.get(), &byte, 1, 0), 1);
    EXPECT_EQ(byte, 'a');
}

TEST_F(GameDoorTest, GivesASocketForQueries)
{
    const Listener game(SOCK_DGRAM);
    open(game.port());
    const auto connection = ask_for_game(*host_, coop1_, GameLine::queries);
    ASSERT_THAT(connection, Succeeds());
    ASSERT_EQ(send(connection->get(), "abc", 3, 0), 3);
    char bytes[8] = {};
    EXPECT_EQ(recv(game.descriptor(), bytes, sizeof bytes, 0), 3);
}

TEST_F(GameDoorTest, SaysWhyThereIsNone)
{
    EXPECT_THAT(ask_for_game(*host_, coop1_, GameLine::console),
                FailsWith(ExitStatus::unavailable, "left4me-watch"));
    std::optional<GamePort> port;
    {
        const Listener gone(SOCK_STREAM);
        port = gone.port();
    }
    open(port);
    EXPECT_THAT(ask_for_game(*host_, coop1_, GameLine::console),
                FailsWith(ExitStatus::unavailable, "nobody takes commands at its port"));
    EXPECT_THAT(ask_for_game(*host_, InstanceName::parse("coop2").value(), GameLine::console),
                FailsWith(ExitStatus::not_running, "it does not run"));
}

TEST_F(GameDoorTest, IsItsUsersAlone)
{
    open(std::nullopt);
    struct stat status = {};
    ASSERT_EQ(stat(door_file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600U);
}

} // namespace
} // namespace left4me
