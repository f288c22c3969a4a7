#pragma once

#include "measurement.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace left4me::bench {

using test::overlay_helper;

/// A server of the stand-in, down, that has been started before: all that a mount
/// needs is there. Its layers are overlays/bench/N, shared by all of them.
/// Deleted at the end.
class BenchServer {
public:
    BenchServer(std::string name, std::size_t layers);
    ~BenchServer();
    BenchServer(const BenchServer&) = delete;
    BenchServer& operator=(const BenchServer&) = delete;

    void start() const; ///< and waits until the game answers
    void stop() const;
    void wait_until_it_answers() const;
    [[nodiscard]] double wait_until_it_has_its_port() const; ///< milliseconds

    [[nodiscard]] double mount() const;   ///< by left4me-overlay; milliseconds
    [[nodiscard]] double unmount() const; ///< the same

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::string merged() const { return test::state + "/runtime/" + name_ + "/merged"; }
    [[nodiscard]] std::string unit() const { return "left4me-server@" + name_ + ".service"; }
    [[nodiscard]] std::string overlay_unit() const { return "left4me-overlay@" + name_ + ".service"; }

private:
    std::string name_;
    std::uint16_t port_;
};

/// What a server's mount is, as left4me-overlay tells it (--print), on an upper,
/// a work and a merged directory of its own: for those who mount it otherwise.
/// Removed at the end.
class SameMount {
public:
    explicit SameMount(const BenchServer& server);
    ~SameMount();
    SameMount(const SameMount&) = delete;
    SameMount& operator=(const SameMount&) = delete;

    [[nodiscard]] double mount() const;   ///< by mount(8); milliseconds
    [[nodiscard]] double unmount() const; ///< by umount(8)

    /// As overlay_by_script.py reads it.
    void write_environment(const std::string& file) const;

private:
    std::string place_;
    std::string options_; ///< for mount(8), all of them
    std::string lowerdirs_;
};

} // namespace left4me::bench
