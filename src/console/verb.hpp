#pragma once

#include "system/error.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

// What a program can do, as one value for each of its verbs: the parser, the help, the
// completion of shells and the list in the manual are made from it.

/// What a value on the command line is. Shells complete it so.
enum class Value {
    none, ///< there is none: a flag
    text,
    number,
    choice,
    server,
    layer,
    file,
    spec, ///< a YAML file
};

/// A word that a verb takes, or an option of it.
struct Parameter {
    std::string name;       ///< "NAME" of a word, "--lines" of an option
    std::string help;
    Value value = Value::none;
    bool required = false;
    bool many = false;         ///< of the last word: one or more; if not required, none or more
    std::string letter = {};   ///< "-f": an option's short name
    std::string called = {};   ///< what an option's value is called: "SPEC"
    std::string opposite = {}; ///< "--no-follow": sets the flag to false
    std::string initial = {};  ///< the value of what is not given
    std::uint64_t min = 0;     ///< of a number
    std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
    std::vector<std::string> choices = {};

    [[nodiscard]] bool is_option() const { return name.starts_with('-'); }
};

/// What a command line has for the parameters of its verb, each by the parameter's name.
class Arguments {
public:
    /// words: those behind the program's name, as they were given.
    explicit Arguments(std::vector<std::string> words) : words_(std::move(words)) {}

    [[nodiscard]] const std::vector<std::string>& words() const { return words_; }

    /// Whether it was given.
    [[nodiscard]] bool has(std::string_view name) const;

    /// The value as it was given, or else its initial one; empty if it has none.
    [[nodiscard]] std::string text(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
    [[nodiscard]] std::uint64_t number(std::string_view name) const;
    [[nodiscard]] bool flag(std::string_view name) const;

    void give(const std::string& name, std::vector<std::string> values);
    void set_initial(const std::string& name, std::string value);

private:
    struct Given {
        std::vector<std::string> values;
        bool given;
    };
    [[nodiscard]] const Given* find(std::string_view name) const;

    std::vector<std::string> words_;
    std::map<std::string, Given, std::less<>> by_name_;
};

/// What a command line asks for, with all of its words parsed into types. Gives the status
/// to end with.
using Act = std::function<Result<int>()>;

struct Verb {
    std::string words; ///< "start", "overlay build"; none: all that the program does
    std::string help;
    std::vector<Parameter> parameters;
    std::string example; ///< a whole command line
    /// Touches nothing: an Error tells what is wrong with the arguments.
    Result<Act> (*function)(const Arguments& arguments);
};

/// The first word of some verbs.
struct VerbGroup {
    std::string word;
    std::string help;
};

struct Program {
    std::string name;
    std::string help;
    std::vector<VerbGroup> groups;
    std::vector<Verb> verbs;
    std::string footer = {};   ///< of the help
    std::string speaks_as = {}; ///< the name before its errors, if that is another one
};

/// "l4d2ctl overlay build", or the program's name alone.
std::string full_name(const Program& program, const Verb& verb);

/// The group that a verb is in; empty if in none.
std::string_view group_of(const Verb& verb);

} // namespace left4me
