#pragma once

#include "script.hpp"
#include "stage.hpp"

namespace left4me::escape {

/// The same world, reached for from a build script: in the unit for both ABIs, which is
/// the other one but for SystemCallArchitectures=.
class BuildStage : public Stage {
public:
    BuildStage();
    ~BuildStage() override;
    BuildStage(const BuildStage&) = delete;
    BuildStage& operator=(const BuildStage&) = delete;

    Answers in_the_unit(const Words& attempts) override;
    Answers in_the_unit_with(const std::string& settings, const Words& attempts) override;

private:
    Answers run_script(const Words& attempts);

    test::ScriptedCopy copy_;
};

} // namespace left4me::escape
