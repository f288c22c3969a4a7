#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace left4me {

/// Whom a verb tells what it is doing. The verb does not know whether that is a
/// terminal, a web page or a test. All texts are without an end of line.
class Report {
public:
    Report() = default;
    Report(const Report&) = delete;
    Report& operator=(const Report&) = delete;
    virtual ~Report() = default;

    /// A step that begins now, or its outcome: for whoever follows the verb.
    virtual void step(std::string_view what) = 0;

    /// How far a phase has come: bytes done of total, which is 0 while it is not known. May
    /// be called as often as one likes.
    virtual void progress(std::string_view phase, std::uint64_t done, std::uint64_t total) = 0;

    /// A line that another program has written: a script, steamcmd.
    virtual void line(std::string_view text) = 0;

    /// What did not go as it should, although the verb goes on.
    virtual void warning(std::string_view what) = 0;
};

/// For what tells nobody anything.
class NoReport final : public Report {
public:
    void step(std::string_view /*what*/) override {}
    void progress(std::string_view /*phase*/, std::uint64_t /*done*/, std::uint64_t /*total*/) override
    {
    }
    void line(std::string_view /*text*/) override {}
    void warning(std::string_view /*what*/) override {}
};

/// A report of one thing among others: "coop1: starting".
class SubjectReport final : public Report {
public:
    SubjectReport(Report& report, std::string_view subject) : report_(report), subject_(subject) {}
    void step(std::string_view what) override { report_.step(about(what)); }
    void progress(std::string_view phase, std::uint64_t done, std::uint64_t total) override
    {
        report_.progress(phase, done, total);
    }
    void line(std::string_view text) override { report_.line(text); }
    void warning(std::string_view what) override { report_.warning(about(what)); }

private:
    [[nodiscard]] std::string about(std::string_view what) const
    {
        return subject_ + ": " + std::string(what);
    }

    Report& report_;
    std::string subject_;
};

/// One phase, for a worker that knows how many bytes it has done and no more.
class Phase {
public:
    Phase() = default; ///< tells nobody
    /// total: see Report::progress. The name stays where it is for as long as the phase.
    Phase(Report& report, std::string_view name, std::uint64_t total)
        : report_(&report), name_(name), total_(total)
    {
    }
    void reach(std::uint64_t done) const
    {
        if (report_ != nullptr)
            report_->progress(name_, done, total_);
    }

private:
    Report* report_ = nullptr;
    std::string_view name_;
    std::uint64_t total_ = 0;
};

} // namespace left4me
