#include "console/line_editor.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "system/shown_text.hpp"
#include "system/utf8.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <fcntl.h>
#include <histedit.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace left4me {
namespace {

struct CloseFile {
    void operator()(FILE* file) const noexcept { (void)std::fclose(file); }
};
using File = std::unique_ptr<FILE, CloseFile>;

File open_again(const FileDescriptor& file, const char* mode)
{
    return File(fdopen(fcntl(file.get(), F_DUPFD_CLOEXEC, 0), mode));
}

std::string_view terminal_name(const std::string& name)
{
    constexpr std::size_t max_size = 64;
    const bool plain = !name.empty() && name.size() <= max_size && name.front() != '.' &&
                       std::ranges::all_of(name, [](unsigned char c) {
                           return std::isalnum(c) != 0 || c == '-' || c == '+' || c == '.' || c == '_';
                       });
    return plain ? std::string_view(name) : "dumb";
}

/// The bytes of a character by its first one; 1 for what begins none.
std::size_t expected_length(char first)
{
    const auto byte = static_cast<unsigned char>(first);
    return byte < 0xc2 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf5 ? 4 : 1;
}

/// Takes what is no character, nor one that a line may have, off the front.
std::optional<wchar_t> take_key(std::string& typed)
{
    constexpr char32_t first_c1 = 0x80;
    constexpr char32_t behind_c1 = 0xa0;
    while (!typed.empty() && typed.size() >= expected_length(typed.front())) {
        const auto character = first_character(typed);
        typed.erase(0, character ? character->length : 1);
        if (character && (character->code < first_c1 || character->code >= behind_c1))
            return static_cast<wchar_t>(character->code);
    }
    return std::nullopt;
}

/// Without tabs, which would be shown by their code.
std::string with_blanks(std::string_view lines)
{
    constexpr std::size_t tab = 8;
    std::string text;
    std::size_t column = 0;
    for (const char c : lines) {
        const auto width = c == '\t' ? tab - column % tab : 1;
        text.append(width, c == '\t' ? ' ' : c);
        column = c == '\n' ? 0 : column + width;
    }
    return text;
}

std::string_view last_word(std::string_view line)
{
    const auto end = line.find_last_of(" \t;\"");
    return end == std::string_view::npos ? line : line.substr(end + 1);
}

} // namespace

struct LineEditor::State {
    File input;
    File output;
    std::string prompt;
    EditLine* editor = nullptr;
    History* history = nullptr;
    Names names;
    const Wait* wait = nullptr; ///< while a line is read
    std::string typed;          ///< and not taken yet
    std::string completed;      ///< the line as it was when Tab was pressed
    std::optional<Error> failure;
    bool cleared = false;
    bool can_erase = false;
    std::size_t columns = 80;

    static State& of(EditLine* editor)
    {
        void* state = nullptr;
        el_get(editor, EL_CLIENTDATA, &state);
        return *static_cast<State*>(state);
    }

    static char* show_prompt(EditLine* editor) { return of(editor).prompt.data(); }

    /// 1: a key; 0: the end; -1: the wait has failed.
    static int get_key(EditLine* editor, wchar_t* key)
    {
        auto& self = of(editor);
        while (true) {
            if (const auto taken = take_key(self.typed)) {
                *key = *taken;
                return 1;
            }
            if (auto waited = (*self.wait)(); !waited) {
                self.failure = waited.error();
                *key = L'\0';
                return -1;
            }
            std::array<char, 256> buffer = {};
            const auto got = ::read(fileno(self.input.get()), buffer.data(), buffer.size());
            if (got > 0)
                self.typed.append(buffer.data(), static_cast<std::size_t>(got));
            else if (got == 0 || (errno != EINTR && errno != EAGAIN))
                return 0;
        }
    }

    static unsigned char clear_line(EditLine* editor, int /*key*/)
    {
        auto& self = of(editor);
        self.erase();
        self.cleared = true;
        return CC_NEWLINE;
    }

    static unsigned char complete(EditLine* editor, int /*key*/)
    {
        of(editor).complete_now();
        return CC_REFRESH;
    }

    [[nodiscard]] std::string line() const
    {
        const auto* now = el_line(editor);
        return {now->buffer, now->lastchar};
    }

    void complete_now()
    {
        completed = line();
        const auto* now = el_line(editor);
        const auto word = last_word({now->buffer, now->cursor});
        const auto done = complete_word(word, names ? names(word) : std::vector<std::string>());
        if (!done.added.empty()) {
            erase();
            (void)el_insertstr(editor, done.added.c_str());
            el_set(editor, EL_REFRESH);
        } else if (!done.shown.empty()) {
            print_above(join(done.shown, "  ") + '\n');
        }
    }

    void put(std::string_view text) { (void)std::fwrite(text.data(), 1, text.size(), output.get()); }

    /// Takes the line away, and leaves the cursor where it began: libedit has wrapped it as the
    /// terminal does.
    void erase()
    {
        if (!can_erase) {
            put("\n");
        } else {
            put("\r");
            if (const auto row = row_of_cursor(); row > 0)
                put(formatted("\x1b[{}A", row));
            put("\x1b[J");
        }
        (void)std::fflush(output.get());
    }

    [[nodiscard]] std::size_t row_of_cursor() const
    {
        std::size_t column = prompt.size();
        const auto* now = el_wline(editor);
        for (const auto* c = now->buffer; c != now->cursor; ++c) {
            const int wide = wcwidth(*c);
            const auto width = static_cast<std::size_t>(wide < 0 ? 2 : wide); // "^X"
            if (width == 2 && column % columns == columns - 1)
                ++column;
            column += width;
        }
        return column / columns;
    }

    void measure()
    {
        winsize size = {};
        if (ioctl(fileno(output.get()), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
            columns = size.ws_col;
    }

    void print_above(std::string_view lines)
    {
        if (lines.empty())
            return;
        if (wait != nullptr)
            erase();
        put(escaped_lines(with_blanks(lines)));
        if (!lines.ends_with('\n'))
            put("\n");
        (void)std::fflush(output.get());
        if (wait != nullptr)
            el_set(editor, EL_REFRESH);
    }

    Result<void> begin(const std::string& terminal)
    {
        // What libedit knows of terminals and of characters it takes from these alone.
        setenv("TERM", std::string(terminal_name(terminal)).c_str(), 1);
        (void)std::setlocale(LC_CTYPE, "C.UTF-8");
        editor = el_init_fd("l4d2ctl", input.get(), output.get(), stderr, fileno(input.get()),
                            fileno(output.get()), STDERR_FILENO);
        history = history_init();
        if (editor == nullptr || history == nullptr)
            return fail(ExitStatus::internal, "cannot edit lines on this terminal");
        el_set(editor, EL_CLIENTDATA, this);
        el_set(editor, EL_SIGNAL, 0);
        el_set(editor, EL_EDITOR, "emacs");
        el_set(editor, EL_PROMPT, &State::show_prompt);
        el_set(editor, EL_GETCFN, &State::get_key);
        keep_history();
        bind_keys();
        // In both of libedit's modes, while a line is edited and between two, or what is typed
        // then would be echoed, and Ctrl-C would end the program and its children.
        el_set(editor, EL_SETTY, "-d", "-isig", nullptr);
        el_set(editor, EL_SETTY, "-x", "-isig", "-icanon", "-echo", nullptr);
        el_set(editor, EL_PREP_TERM, 1);
        const char* up = nullptr;
        const char* clear = nullptr;
        el_get(editor, EL_GETTC, "up", &up);
        el_get(editor, EL_GETTC, "cd", &clear);
        can_erase = up != nullptr && clear != nullptr;
        measure();
        return {};
    }

    void keep_history()
    {
        constexpr int max_lines = 1000;
        HistEvent event = {};
        ::history(history, &event, H_SETSIZE, max_lines);
        ::history(history, &event, H_SETUNIQUE, 1);
        el_set(editor, EL_HIST, ::history, history);
    }

    void bind_keys()
    {
        el_set(editor, EL_ADDFN, "left4me-clear", "Clears the line", &State::clear_line);
        el_set(editor, EL_ADDFN, "left4me-complete", "Completes a name", &State::complete);
        el_set(editor, EL_BIND, "^C", "left4me-clear", nullptr);
        el_set(editor, EL_BIND, "^I", "left4me-complete", nullptr);
        el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
        // A control character that is meant as one: no command has any.
        el_set(editor, EL_BIND, "-r", "^V", nullptr);
    }
};

void LineEditor::End::operator()(State* state) const noexcept
{
    if (state->editor != nullptr)
        el_end(state->editor); // sets the terminal as it was
    if (state->history != nullptr)
        history_end(state->history);
    delete state;
}

Result<LineEditor> LineEditor::open(const FileDescriptor& input, const FileDescriptor& output,
                                    const Settings& settings)
{
    std::unique_ptr<State, End> state(new State);
    state->input = open_again(input, "r");
    state->output = open_again(output, "w");
    if (!state->input || !state->output || isatty(input.get()) != 1 || isatty(output.get()) != 1)
        return fail(ExitStatus::io, "cannot edit lines: this is no terminal");
    state->prompt = settings.prompt;
    if (auto begun = state->begin(settings.terminal); !begun)
        return std::unexpected(begun.error());
    return LineEditor(std::move(state));
}

Result<std::optional<std::string>> LineEditor::read_line(const Wait& wait)
{
    do {
        state_->cleared = false;
        state_->wait = &wait;
        int size = 0;
        const char* text = el_gets(state_->editor, &size);
        state_->wait = nullptr;
        if (state_->failure)
            return std::unexpected(*std::exchange(state_->failure, std::nullopt));
        if (state_->cleared)
            continue;
        if (text == nullptr)
            return std::nullopt;
        std::string line(text);
        while (line.ends_with('\n') || line.ends_with('\r'))
            line.pop_back();
        return line;
    } while (true);
}

void LineEditor::print_above(std::string_view lines)
{
    state_->print_above(lines);
}

void LineEditor::remember(const std::string& line)
{
    HistEvent event = {};
    history(state_->history, &event, H_ENTER, line.c_str());
}

void LineEditor::complete_by(Names names)
{
    state_->names = std::move(names);
}

void LineEditor::complete_again()
{
    if (state_->wait != nullptr && state_->line() == state_->completed)
        state_->complete_now();
}

void LineEditor::resized()
{
    state_->measure();
    if (state_->wait != nullptr)
        state_->erase(); // terminals wrap anew what they show
    el_resize(state_->editor);
    if (state_->wait != nullptr)
        el_set(state_->editor, EL_REFRESH);
}

Completion complete_word(std::string_view word, const std::vector<std::string>& names)
{
    constexpr std::size_t most = 100;
    if (names.empty() || word.empty())
        return {};
    if (names.size() == 1)
        return {names.front().substr(word.size()) + ' ', {}};
    std::string_view common = names.front();
    for (const std::string_view name : names) {
        std::size_t same = 0;
        while (same < std::min(common.size(), name.size()) && common[same] == name[same])
            ++same;
        common = common.substr(0, same);
    }
    if (common.size() > word.size())
        return {std::string(common.substr(word.size())), {}};
    Completion choice = {{}, {names.begin(), names.begin() + std::min(names.size(), most)}};
    if (names.size() > most)
        choice.shown.push_back(formatted("and {} more", names.size() - most));
    return choice;
}

} // namespace left4me
