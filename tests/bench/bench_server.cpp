#include "bench_server.hpp"

#include <chrono>
#include <filesystem>
#include <format>
#include <sstream>

namespace left4me::bench {
namespace {

namespace fs = std::filesystem;
using test::state;

std::uint16_t next_port()
{
    static std::uint16_t port = 27800;
    return port++;
}

std::string layer_list(std::size_t count)
{
    std::string list;
    for (std::size_t i = 1; i <= count; ++i) {
        const auto ref = std::format("bench/{}", i);
        test::write_file(std::format("{}/overlays/{}/left4dead2/addons/{}.txt", state, ref, i),
                         "layer\n");
        list += std::format("{}{{path: {}}}", list.empty() ? "" : ", ", ref);
    }
    return list;
}

void must(const test::Outcome& outcome)
{
    if (outcome.status != 0)
        throw Failure(outcome.err);
}

} // namespace

BenchServer::BenchServer(std::string name, std::size_t layers)
    : name_(std::move(name)), port_(next_port())
{
    must(test::l4d2ctl({"initialize", name_, "-f", "-"},
                       std::format("port: {}\noverlays: [{}]\nconfig: ['rcon_password \"{}\"']\n", port_,
                                   layer_list(layers), test::rcon_password)));
    start();
    stop();
}

BenchServer::~BenchServer()
{
    test::l4d2ctl({"delete", name_});
    test::remove_all(state + "/overlays/bench");
}

void BenchServer::start() const
{
    must(test::l4d2ctl({"start", "--no-wait", name_}));
    wait_until_it_answers();
}

void BenchServer::stop() const
{
    must(test::l4d2ctl({"stop", name_}));
}

void BenchServer::wait_until_it_answers() const
{
    if (!test::game_answers(port_))
        throw Failure(name_ + " does not answer");
}

double BenchServer::wait_until_it_has_its_port() const
{
    const auto begin = std::chrono::steady_clock::now();
    const auto port = std::format(":{:04X} ", port_); // as proc_pid_net(5) has it
    if (!test::eventually([&] { return test::read_file("/proc/net/udp").contains(port); }))
        throw Failure(name_ + " does not have its port");
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

double BenchServer::mount() const
{
    return milliseconds_of({overlay_helper, "mount", name_});
}

double BenchServer::unmount() const
{
    return milliseconds_of({overlay_helper, "umount", name_});
}

SameMount::SameMount(const BenchServer& server)
    : place_(std::format("{}/bench-{}", state, server.name()))
{
    for (const auto* directory : {"upper", "work", "merged"})
        fs::create_directories(std::format("{}/{}", place_, directory));
    options_ = std::format("nosuid,nodev,upperdir={0}/upper,workdir={0}/work", place_);
    std::istringstream plan(test::output({overlay_helper, "mount", "--print", server.name()}));
    for (std::string key, value; plan >> key >> value;)
        if (key == "lowerdir") {
            options_ += ",lowerdir+=" + value;
            lowerdirs_ += (lowerdirs_.empty() ? "" : ":") + value;
        } else if (key == "option") {
            options_ += "," + value;
        }
}

SameMount::~SameMount()
{
    test::remove_all(place_);
}

double SameMount::mount() const
{
    return milliseconds_of({"mount", "-t", "overlay", "-o", options_, "left4me", place_ + "/merged"});
}

double SameMount::unmount() const
{
    return milliseconds_of({"umount", place_ + "/merged"});
}

void SameMount::write_environment(const std::string& file) const
{
    test::write_file(file, std::format("LOWERDIRS={}\nPLACE={}\n", lowerdirs_, place_));
}

} // namespace left4me::bench
