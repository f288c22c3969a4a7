#pragma once

#include "support.hpp"

#include <sys/types.h>

namespace left4me::test {

/// A work copy of a layer that is no other test's, and scripts run in it as l4d2ctl has
/// them run: by user left4me, through sudo and left4me-script-sandbox.
class ScriptedCopy {
public:
    explicit ScriptedCopy(std::string layer);
    ~ScriptedCopy();
    ScriptedCopy(const ScriptedCopy&) = delete;
    ScriptedCopy& operator=(const ScriptedCopy&) = delete;

    /// To its end. Options come before the helper's words.
    [[nodiscard]] Outcome run(const std::string& script, const Words& options = {}) const;

    /// With these words in the place of "LENGTH\nSCRIPT".
    [[nodiscard]] Outcome run_raw(const std::string& input, const Words& options = {}) const;

    /// The helper's words, and the file that holds its input.
    [[nodiscard]] Words command(const Words& options = {}) const;
    [[nodiscard]] std::string input_file(const std::string& script) const;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] const std::string& layer() const noexcept { return layer_; }

private:
    std::string layer_;
    std::string path_;
};

/// One that goes on beside the test. Its input and output are pipes that the test holds.
class RunningScript {
public:
    RunningScript(const ScriptedCopy& copy, const std::string& script);
    ~RunningScript();
    RunningScript(const RunningScript&) = delete;
    RunningScript& operator=(const RunningScript&) = delete;

    void close_input();
    void close_output();

    /// Reads until the text has come.
    [[nodiscard]] bool says(const std::string& text);

    /// Its status when it has ended; -1 when it has not within ten seconds.
    [[nodiscard]] int ended();

    [[nodiscard]] pid_t pid() const noexcept { return child_; }

private:
    pid_t child_ = -1;
    int input_ = -1;
    int output_ = -1;
    std::string said_;
};

/// Units, runs and mounts of builds that are there now, one a line; "" for none.
std::string traces_of_builds();

} // namespace left4me::test
