#pragma once

#include "stage.hpp"

#include <string>
#include <vector>

namespace left4me::escape {

/// All that the probes answered, everywhere.
struct Findings {
    Answers without_sandbox;
    Answers as_root;
    Answers unit;
    std::map<std::string, Answers> flips; ///< by Taken::key
    bool reached_outside = false; ///< a listener, by the controls
    bool reached_inside = false;  ///< a listener, from the unit
    bool peer_plays = false;      ///< afterwards
};

/// What one start of the unit goes without.
struct Taken {
    Flip flip = Flip::none;
    std::string settings = {};

    /// Cases of one key are shown by one start; "" for Flip::none.
    [[nodiscard]] std::string key() const;
};

Taken flip_of(const Case& attack);
/// With Case::rest; Flip::none where there is none.
Taken all_layers_of(const Case& attack);

/// Makes every attempt in every place.
Findings find_out(Stage& stage, const std::vector<Case>& cases);

/// What came of one case with one ABI.
struct Verdict {
    enum class Kind { holds, open, unproven, not_here } kind;
    std::string abi;
    std::string unit; ///< the probe's result there
    std::string control;
    std::string flip;
    std::string all_layers; ///< without any of them; "-": the flip shows that
};

/// For each ABI that the case is for.
std::vector<Verdict> judge(const Case& attack, const Findings& findings, const Stage& stage);

std::string name_of(Verdict::Kind kind);

/// The report as Markdown: a table of all cases, then the other rows.
std::string markdown(const std::vector<Case>& cases, const Findings& findings, const Stage& stage);

} // namespace left4me::escape
