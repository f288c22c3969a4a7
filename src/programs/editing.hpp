#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace left4me {

/// The operator's editor, in words: of SUDO_EDITOR, VISUAL and EDITOR the first that is set (sudo
/// passes on the first alone, unless it is told to pass on the others), else Debian's own choice.
/// value_of gives a variable of the environment.
std::vector<std::string>
editor_words(const std::function<std::optional<std::string>(const char*)>& value_of);

/// A text in a directory of the caller's alone, for an editor, which wants a name. It goes with
/// this, unless it is to be kept.
class EditedFile {
public:
    /// name: what the editor is to take it for.
    static Result<EditedFile> make(const std::string& name);
    ~EditedFile();
    EditedFile(EditedFile&& other) noexcept;
    EditedFile& operator=(EditedFile&&) = delete;
    EditedFile(const EditedFile&) = delete;
    EditedFile& operator=(const EditedFile&) = delete;

    /// Opened anew: editors put another file in its place.
    [[nodiscard]] Result<FileDescriptor> open() const;

    /// Runs the editor on it, with the caller's environment, and waits. Ctrl-C is the editor's.
    [[nodiscard]] Result<void> edit(std::vector<std::string> editor) const;

    void keep() { kept_ = true; }
    [[nodiscard]] std::string path() const { return directory_ + "/" + name_; }

private:
    EditedFile(std::string directory, std::string name)
        : directory_(std::move(directory)), name_(std::move(name))
    {
    }
    std::string directory_; ///< empty after a move
    std::string name_;
    bool kept_ = false;
};

} // namespace left4me
