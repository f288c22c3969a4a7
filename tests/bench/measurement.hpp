#pragma once

#include "support.hpp"

#include <cstddef>
#include <functional>
#include <vector>

/// Measuring on a machine with other work: what is compared is measured in turn,
/// and only ratios of medians count.
namespace left4me::bench {

using test::Words;
using Samples = std::vector<double>;

/// Ends the benchmark.
struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Runs a program and waits for its end: the milliseconds from before it is made.
/// A status other than 0 is a Failure.
double milliseconds_of(const Words& command);

/// Runs a program and returns the most memory, in KiB, that it had in use itself.
/// (ru_maxrss of wait4 would count its children too, and whoever started it.)
double peak_memory_of(const Words& command);

/// What the processes of a unit have in memory, shared pages by their share; MiB. A Failure if it
/// has none.
double memory_of_unit(const std::string& unit);

struct Spread {
    double low; ///< the first quartile
    double median;
    double high; ///< the third quartile
};
Spread spread_of(Samples samples);

/// Two things measured in turn; those of one index are of the same moment.
struct Pairs {
    Samples ours;
    Samples theirs;
};

/// Each measures once. Which of them goes first changes from pair to pair.
Pairs measure_in_turn(std::size_t pairs, const std::function<double()>& ours,
                      const std::function<double()>& theirs);

/// The ratio of the medians, and where it lies with 95 % confidence.
struct Ratio {
    double low;
    double value;
    double high;
};
Ratio ratio_of(const Pairs& pairs);

} // namespace left4me::bench
