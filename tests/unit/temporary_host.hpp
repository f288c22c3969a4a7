#pragma once

#include "host/host.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>

/// A host in a temporary directory, as the package's tmpfiles make one, with the stub of a game.
class TemporaryHost {
public:
    TemporaryHost() : host_(root_ + "/state", root_ + "/run", root_ + "/etc")
    {
        for (const auto* directory :
             {"state/builds", "state/installation", "state/installation.next",
              "state/installation.old-1", "state/installation.old-2", "state/instances", "state/live",
              "state/overlays", "state/versions", "run/lock", "run/mounts", "etc"})
            std::filesystem::create_directories(root_ + "/" + directory);
        write("state/installation/srcds_linux", "");
    }
    ~TemporaryHost()
    {
        std::error_code problem; // what cannot be removed is the temporary directory's
        std::filesystem::remove_all(root_, problem);
    }
    TemporaryHost(const TemporaryHost&) = delete;
    TemporaryHost& operator=(const TemporaryHost&) = delete;

    const left4me::Host& operator*() const { return host_; }

    /// A file, by its path below the host's root: state/…, run/…, etc/….
    void write(const std::string& path, const std::string& text) const
    {
        std::filesystem::create_directories(std::filesystem::path(root_ + "/" + path).parent_path());
        std::ofstream(root_ + "/" + path) << text;
    }
    [[nodiscard]] std::string read(const std::string& path) const
    {
        std::ifstream file(root_ + "/" + path);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    [[nodiscard]] bool has(const std::string& path) const
    {
        return std::filesystem::exists(std::filesystem::symlink_status(root_ + "/" + path));
    }
    [[nodiscard]] bool is_empty(const std::string& path) const
    {
        return std::filesystem::is_empty(root_ + "/" + path);
    }

private:
    static std::string make_root()
    {
        auto path = testing::TempDir() + "left4me-host-XXXXXX";
        return mkdtemp(path.data()) == nullptr ? std::string() : path;
    }
    std::string root_ = make_root();
    left4me::Host host_;
};
