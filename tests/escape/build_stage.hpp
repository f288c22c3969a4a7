#pragma once

#include "script.hpp"
#include "stage.hpp"

namespace left4me::escape {

/// The same world, reached for from a build script in one of the units for such.
class BuildStage : public Stage {
public:
    explicit BuildStage(BuildUnit unit);
    ~BuildStage() override;
    BuildStage(const BuildStage&) = delete;
    BuildStage& operator=(const BuildStage&) = delete;

    Answers in_the_unit(const Words& attempts) override;
    Answers in_the_unit_with(const std::string& settings, const Words& attempts) override;

private:
    Answers run_script(const Words& attempts);
    [[nodiscard]] std::string drop_in() const;
    [[nodiscard]] std::string probe_words() const;

    BuildUnit unit_;
    Words abis_;
    test::ScriptedCopy copy_;
};

} // namespace left4me::escape
