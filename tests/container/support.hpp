#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

/// What the tests inside the booted image share. They run as root on a host that
/// has the package; every test has a server of its own, so that order and
/// leftovers of others do not matter.
namespace left4me::test {

using Words = std::vector<std::string>;

inline const std::string state = "/var/lib/left4me";
inline const std::string tests_dir = "/build/tests"; ///< programs and the stand-in
inline const std::string overlay_helper = "/usr/libexec/left4me/left4me-overlay";

/// What a finished program left.
struct Outcome {
    int status; ///< as a shell has it: 128+N for signal N
    std::string out;
    std::string err;
    std::chrono::milliseconds took;
};

/// Runs a program (looked up in PATH) to its end. Ended after a minute, which
/// then is a failed test. TEST_PATIENCE=N in the environment multiplies all limits.
Outcome run(const Words& command, const std::string& input = "");

/// The same as user left4me, with that user's own rights and nothing else.
Outcome run_as_left4me(const Words& command);

Outcome l4d2ctl(const Words& arguments, const std::string& input = "");

/// Standard output of a program that must succeed, without the last newline.
std::string output(const Words& command);

/// Polls until holds() is true; false after the limit.
bool eventually(const std::function<bool()>& holds,
                std::chrono::milliseconds limit = std::chrono::seconds(10));

std::string read_file(const std::string& path);           ///< "" where there is none
void write_file(const std::string& path, std::string_view text); ///< with its folders; as root
void remove_all(const std::string& path);
bool exists(const std::string& path);                     ///< a dangling link does, too
std::vector<std::string> files_below(const std::string& path);

/// A text's lines, without their newlines.
std::vector<std::string> lines_of(const std::string& text);

/// "property=value" of a unit, the value alone.
std::string unit_property(const std::string& unit, const std::string& property);

/// The merged tree's line of PID 1's mountinfo; "" when nothing is mounted.
std::string mount_line(const std::string& name);

/// Waits until the game on that port of this host answers queries.
bool game_answers(int port);

/// The stand-in's answer to a console command, over RCON.
std::string ask_rcon(std::uint16_t port, const std::string& command);

/// Makes the stand-in the installation of this host; leaves alone what is there
/// already, for servers may run on it.
void install_stand_in();

/// A test with one server of its own, whose game is the stand-in for srcds. Its
/// name and port are no other test's; it is deleted at the end.
class ServerTest : public testing::Test {
protected:
    ServerTest();
    /// One that stays when its test has ended.
    ServerTest(std::string resident, std::uint16_t its_port);
    ~ServerTest() override;

    /// A spec with this server's port and what is given.
    [[nodiscard]] std::string spec(const std::string& rest = "") const;

    /// initialize from a spec's text; the test ends if it fails.
    void initialize(const std::string& text);
    /// Without a wait for an answer, which many games of tests do not give.
    void start();
    /// initialize, and start as operators do: until the game answers.
    void start_with(const std::string& spec_rest = "");

    /// Waits until the game answers queries; its report is written by then.
    [[nodiscard]] bool game_is_ready() const;

    /// A layer of this test alone, overlays/NAME-suffix; removed at the end.
    std::string make_layer(const std::string& suffix);

    /// Such a layer, whose game is a script: its text, with its first line.
    std::string make_game(const std::string& script);

    /// A drop-in of this server's unit alone, until the test ends.
    void drop_in(const std::string& file, const std::string& settings) const;

    /// Values of a key in the stand-in's report, in order.
    [[nodiscard]] std::vector<std::string> reported(const std::string& key) const;

    /// The stand-in's answer to a console command, over RCON.
    [[nodiscard]] std::string rcon(const std::string& command) const;

    [[nodiscard]] nlohmann::json status() const;
    [[nodiscard]] std::string server_unit() const { return "left4me-server@" + name + ".service"; }
    [[nodiscard]] std::string overlay_unit() const { return "left4me-overlay@" + name + ".service"; }
    [[nodiscard]] std::string drop_ins() const { return "/run/systemd/system/" + server_unit() + ".d"; }
    [[nodiscard]] std::string instance() const { return state + "/instances/" + name; }
    [[nodiscard]] std::string live() const { return state + "/live/" + name; }
    [[nodiscard]] std::string runtime() const { return state + "/runtime/" + name; }
    [[nodiscard]] std::string merged() const { return runtime() + "/merged"; }
    [[nodiscard]] std::string pid() const { return unit_property(server_unit(), "MainPID"); }

    std::string name;
    std::uint16_t port;

private:
    bool resident_ = false;
    std::vector<std::string> layers_;
};

constexpr const char* rcon_password = "sesame";

} // namespace left4me::test
