#pragma once

#include "stage.hpp"

namespace left4me::escape {

/// The same world, reached for from what runs as steamcmd in its unit.
class SteamcmdStage : public Stage {
public:
    SteamcmdStage();
    ~SteamcmdStage() override;
    SteamcmdStage(const SteamcmdStage&) = delete;
    SteamcmdStage& operator=(const SteamcmdStage&) = delete;

    Answers in_the_unit(const Words& attempts) override;
    Answers in_the_unit_with(const std::string& settings, const Words& attempts) override;

private:
    void write_down(const Words& attempts) const;
    static Answers answers();

    std::string settings_;
};

} // namespace left4me::escape
