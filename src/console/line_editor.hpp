#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// A line at the foot of a terminal that is edited while other text goes above it: by libedit,
/// https://man.netbsd.org/editline.3. The terminal gives each key as it is pressed from open() to
/// the end of this object's life, which gives it back as it was; Ctrl-C, Ctrl-Z and the like are
/// keys meanwhile, and no signals.
class LineEditor {
public:
    struct Settings {
        std::string prompt;   ///< plain ASCII
        std::string terminal; ///< as TERM has it; what is no name of one is "dumb"
    };

    /// Waits until a key can be read from the terminal, doing meanwhile what else there is to do.
    /// An Error ends the reading.
    using Wait = std::function<Result<void>()>;

    /// The names that begin so, sorted: what Tab completes.
    using Names = std::function<std::vector<std::string>(std::string_view beginning)>;

    /// io where that is no terminal. What was typed before stays to be read.
    static Result<LineEditor> open(const FileDescriptor& input, const FileDescriptor& output,
                                   const Settings& settings);

    /// The next line, without its end; none where the input ends, by Ctrl-D or a terminal that
    /// is gone. Ctrl-C clears what is typed. Sequences of keys that nobody means are no error.
    Result<std::optional<std::string>> read_line(const Wait& wait);

    /// Puts whole lines above the one that is edited, or where the next one will be. Control
    /// characters but the ends of lines are escaped.
    void print_above(std::string_view lines);

    /// What the key for earlier lines gives.
    void remember(const std::string& line);

    void complete_by(Names names);

    /// Does what Tab did, for names that were not there then: unless more was typed since.
    void complete_again();

    /// After the terminal has got another size.
    void resized();

private:
    struct State;
    struct End {
        void operator()(State* state) const noexcept;
    };
    explicit LineEditor(std::unique_ptr<State, End> state) : state_(std::move(state)) {}

    std::unique_ptr<State, End> state_; ///< libedit's functions know where it lies
};

/// What Tab does with a word, as it stands there, and the names that begin so.
struct Completion {
    std::string added;              ///< behind the word
    std::vector<std::string> shown; ///< to choose from; none where something is added
};
Completion complete_word(std::string_view word, const std::vector<std::string>& names);

} // namespace left4me
