#pragma once

#include "stage.hpp"

#include <string>

namespace left4me::escape {

/// The same world, reached for from a unit whose own program is another one. In 64 bits
/// alone: these are native.
class UnitStage : public Stage {
public:
    UnitStage() = default;
    ~UnitStage() override;
    UnitStage(const UnitStage&) = delete;
    UnitStage& operator=(const UnitStage&) = delete;

    /// The one that is tried from now on: a name of other_units.
    void choose(const std::string& unit);

    Answers in_the_unit(const Words& attempts) override;
    Answers in_the_unit_with(const std::string& settings, const Words& attempts) override;

private:
    void leave() const;

    std::string unit_;
};

} // namespace left4me::escape
