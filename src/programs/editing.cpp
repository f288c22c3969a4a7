#include "programs/editing.hpp"

#include "system/child_process.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <ranges>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace left4me {
namespace {

/// Of a child that is another program: what this one has set stays with it.
[[noreturn]] void become_editor(std::vector<std::string> words)
{
    for (const int signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP})
        std::signal(signal, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    const auto argv = pointers_to(words);
    execvp(argv.front(), argv.data());
    constexpr int not_run = 127;
    _exit(not_run);
}

} // namespace

std::vector<std::string>
editor_words(const std::function<std::optional<std::string>(const char*)>& value_of)
{
    for (const auto* variable : {"SUDO_EDITOR", "VISUAL", "EDITOR"}) {
        std::vector<std::string> words;
        const auto value = value_of(variable).value_or("");
        for (const auto word : std::views::split(value, ' '))
            if (!word.empty())
                words.emplace_back(std::string_view(word));
        if (!words.empty())
            return words;
    }
    return {"/usr/bin/editor"}; // see update-alternatives(1)
}

Result<EditedFile> EditedFile::make(const std::string& name)
{
    std::string directory = "/tmp/l4d2ctl-edit-XXXXXX";
    if (mkdtemp(directory.data()) == nullptr)
        return fail_errno("cannot make a directory in /tmp", errno);
    EditedFile file(std::move(directory), name);
    const FileDescriptor made(
        ::open(file.path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!made)
        return fail_errno(formatted("cannot create {}", quote(file.path())), errno);
    return file;
}

EditedFile::EditedFile(EditedFile&& other) noexcept
    : directory_(std::exchange(other.directory_, {})), name_(std::move(other.name_)), kept_(other.kept_)
{
}

EditedFile::~EditedFile()
{
    if (directory_.empty() || kept_)
        return;
    // With what an editor left beside it.
    if (const auto directory = Directory::open(directory_))
        (void)directory->remove_contents();
    rmdir(directory_.c_str());
}

Result<FileDescriptor> EditedFile::open() const
{
    FileDescriptor file(::open(path().c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status = {};
    if (!file || fstat(file.get(), &status) != 0)
        return fail_errno(formatted("cannot open {}", quote(path())), errno);
    if (!S_ISREG(status.st_mode))
        return fail(ExitStatus::bad_data, formatted("{} is not a regular file any more", quote(path())));
    return file;
}

Result<void> EditedFile::edit(std::vector<std::string> editor) const
{
    const auto name = editor.front();
    editor.push_back(path());
    struct sigaction ignored = {};
    struct sigaction before = {};
    ignored.sa_handler = SIG_IGN;
    sigaction(SIGINT, &ignored, &before);
    const pid_t child = fork();
    if (child == 0)
        become_editor(std::move(editor));
    const int problem = errno;
    const int status = child < 0 ? 0 : wait_for_end(child);
    sigaction(SIGINT, &before, nullptr);
    if (child < 0)
        return fail_errno(formatted("cannot run {}", quote(name)), problem);
    if (status == 0)
        return {};
    return fail(
        ExitStatus::bad_data,
        formatted("the editor {} ended with status {}: nothing is changed (EDITOR names another; "
                  "with sudo: sudo EDITOR=… l4d2ctl)",
                  quote(name), status));
}

} // namespace left4me
