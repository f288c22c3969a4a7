#include "report.hpp"

#include <algorithm>
#include <format>
#include <print>
#include <sys/utsname.h>
#include <thread>

namespace left4me::bench {
namespace {

using nlohmann::ordered_json;

ordered_json to_json(const Spread& spread)
{
    return {{"low", spread.low}, {"median", spread.median}, {"high", spread.high}};
}

/// Three digits are more than a noisy machine gives.
std::string digits(double number)
{
    const int behind_the_point = number < 10 ? 2 : number < 100 ? 1 : 0;
    return std::format("{:.{}f}", number, behind_the_point);
}

std::string cell(const Spread& spread, const std::string& unit)
{
    return std::format("{} {} ({}–{})", digits(spread.median), unit, digits(spread.low),
                       digits(spread.high));
}

/// std::format pads to columns of the terminal, whatever the bytes are.
void print_row(std::string_view what, std::string_view ours, std::string_view theirs,
               std::string_view ratio, std::string_view mark)
{
    auto line = std::format("{:<48} {:<26} {:<26} {:<18} {}", what, ours, theirs, ratio, mark);
    line.erase(line.find_last_not_of(' ') + 1);
    std::println("{}", line);
    std::fflush(stdout);
}

std::string verdict(const ordered_json& row)
{
    if (!row.contains("mark"))
        return "";
    const bool at_most = row.at("side") == "at most";
    const double mark = row.at("mark");
    return std::format("{} {} {}", at_most ? "≤" : "≥", digits(mark),
                       row.at("met").get<bool>() ? "ok" : "MISSED");
}

} // namespace

bool Mark::is_met(double figure) const
{
    switch (side) {
    case Side::at_most:
        return figure <= value;
    case Side::at_least:
        return figure >= value;
    }
    std::unreachable();
}

void Report::print_title()
{
    print_row("median (quartiles)", "left4me", "compared with", "ratio (95 %)", "mark");
}

bool Report::judge(ordered_json& row, double figure, std::optional<Mark> mark)
{
    if (!mark)
        return true;
    const bool met = mark->is_met(figure);
    row["side"] = mark->side == Mark::Side::at_most ? "at most" : "at least";
    row["mark"] = mark->value;
    row["met"] = met;
    met_ = met_ && met;
    return met;
}

void Report::compare(const std::string& what, const std::string& unit, const Pairs& pairs,
                     std::optional<Mark> mark)
{
    const auto ours = spread_of(pairs.ours);
    const auto theirs = spread_of(pairs.theirs);
    const auto ratio = ratio_of(pairs);
    ordered_json row = {{"what", what},
                        {"unit", unit},
                        {"pairs", pairs.ours.size()},
                        {"ours", to_json(ours)},
                        {"theirs", to_json(theirs)},
                        {"ratio", {{"low", ratio.low}, {"value", ratio.value}, {"high", ratio.high}}}};
    judge(row, ratio.value, mark);
    print_row(what, cell(ours, unit), cell(theirs, unit),
              std::format("{:.3f} ({:.3f}–{:.3f})", ratio.value, ratio.low, ratio.high), verdict(row));
    rows_.push_back(std::move(row));
}

void Report::measure(const std::string& what, const std::string& unit, const Samples& samples,
                     std::optional<Mark> mark)
{
    const auto ours = spread_of(samples);
    ordered_json row = {
        {"what", what}, {"unit", unit}, {"samples", samples.size()}, {"ours", to_json(ours)}};
    judge(row, std::ranges::max(samples), mark);
    print_row(what, cell(ours, unit), "", "", verdict(row));
    rows_.push_back(std::move(row));
}

void Report::plot(const std::string& name, double at, const Pairs& pairs)
{
    plots_[name].push_back({{"at", at},
                            {"ours", to_json(spread_of(pairs.ours))},
                            {"theirs", to_json(spread_of(pairs.theirs))}});
}

ordered_json Report::json() const
{
    utsname system = {};
    uname(&system);
    return {{"kernel", system.release},
            {"processors", std::thread::hardware_concurrency()},
            {"marks_met", met_},
            {"rows", rows_},
            {"plots", plots_}};
}

void Report::write_to(const std::string& directory) const
{
    test::write_file(directory + "/bench.json", json().dump(2) + '\n');
    for (const auto& [name, points] : plots_.items()) {
        std::string lines;
        for (const auto& point : points) {
            lines += std::format("{}", point.at("at").get<double>());
            for (const auto* side : {"ours", "theirs"})
                for (const auto* figure : {"median", "low", "high"})
                    lines += std::format(" {:.4f}", point.at(side).at(figure).get<double>());
            lines += '\n';
        }
        test::write_file(std::format("{}/{}.dat", directory, name), lines);
    }
}

} // namespace left4me::bench
