#pragma once

#include "catalogue.hpp"
#include "neighbour.hpp"
#include "probe_report.hpp"
#include "support.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace left4me::escape {

/// What the probes of both ABIs answered in one place, by "32" and "64".
using Answers = std::map<std::string, test::ProbeReport>;

/// The world that the attempts reach for, live and with canaries in it, and the
/// ways to make them there. One at a time on a host.
class Stage {
public:
    Stage();
    virtual ~Stage();
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    /// An attempt with what is only known here filled in.
    [[nodiscard]] std::string fill_in(std::string attempt) const;

    Answers without_sandbox(const Words& attempts); ///< as the same user
    Answers as_root(const Words& attempts);

    /// In the real unit, started by its launcher in place of the game.
    virtual Answers in_the_unit(const Words& attempts);

    /// In the unit with these settings of [Service] changed, or nothing but the
    /// launcher left out.
    virtual Answers in_the_unit_with(const std::string& settings, const Words& attempts);
    static Answers without_packet_rules(const std::function<Answers()>& try_all);

    /// Whether anybody who listens has been reached since the last call.
    bool somebody_was_reached();
    [[nodiscard]] static bool peer_plays();

private:
    void write_attempts(const Words& attempts) const;
    Answers run_outside(const Words& command, const Words& attempts) const;
    Answers start_and_read();

    std::string layer_;
    std::string victim_;
    std::string web_; ///< the web program's
    std::string terminal_name_;
    int terminal_ = -1;
    int abstract_ = -1;
    int unix_ = -1;
    int segment_ = -1;
    test::Neighbour neighbour_;
    std::vector<std::unique_ptr<test::Listener>> listeners_;
    std::vector<std::unique_ptr<test::Listener>> public_listeners_; ///< these may be reached
};

} // namespace left4me::escape
