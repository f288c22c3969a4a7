#pragma once

#include "host/systemd.hpp"
#include "system/error.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

struct sd_bus;

namespace left4me {

class ChangeWatch;

/// Some units, and when something about one of them changes: by systemd's signals, for whoever
/// waits for other things, too. Made by Systemd::watch, whose connection it uses for as long as it
/// is there.
class UnitWatch {
public:
    UnitWatch(UnitWatch&&) noexcept;
    UnitWatch& operator=(UnitWatch&&) noexcept;
    UnitWatch(const UnitWatch&) = delete;
    UnitWatch& operator=(const UnitWatch&) = delete;
    ~UnitWatch();

    /// To be polled for events(), but only once changed() has told of nothing.
    [[nodiscard]] int descriptor() const;
    [[nodiscard]] short events() const;

    /// The numbers of the units that have changed since the last call, in the order in which they
    /// were given; of all of them for the first one. Never waits.
    Result<std::vector<std::size_t>> changed();

private:
    friend class Systemd;

    UnitWatch();
    Result<void> subscribe(sd_bus* bus, const std::vector<std::string>& units);

    sd_bus* bus_ = nullptr;
    std::vector<std::unique_ptr<ChangeWatch>> watches_;
};

} // namespace left4me
