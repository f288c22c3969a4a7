#pragma once

#include "measurement.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace left4me::bench {

/// What a figure must not go beyond.
struct Mark {
    enum class Side { at_most, at_least };
    Side side;
    double value;

    [[nodiscard]] bool is_met(double figure) const;
};
constexpr Mark at_most(double value)
{
    return {Mark::Side::at_most, value};
}
constexpr Mark at_least(double value)
{
    return {Mark::Side::at_least, value};
}

/// Collects the figures, as people read them and as programs do.
class Report {
public:
    /// Two things measured in turn; the mark is for their ratio.
    void compare(const std::string& what, const std::string& unit, const Pairs& pairs,
                 std::optional<Mark> mark = {});

    /// One thing alone; the mark is for its largest figure.
    void measure(const std::string& what, const std::string& unit, const Samples& samples,
                 std::optional<Mark> mark = {});

    /// A point of a plot: figures of one name belong together, at is their x.
    void plot(const std::string& name, double at, const Pairs& pairs);

    [[nodiscard]] bool marks_are_met() const { return met_; }
    [[nodiscard]] nlohmann::ordered_json json() const;

    /// bench.json, and NAME.dat for each plot.
    void write_to(const std::string& directory) const;

    static void print_title();

private:
    bool judge(nlohmann::ordered_json& row, double figure, std::optional<Mark> mark);

    bool met_ = true;
    nlohmann::ordered_json rows_ = nlohmann::ordered_json::array();
    nlohmann::ordered_json plots_ = nlohmann::ordered_json::object();
};

} // namespace left4me::bench
