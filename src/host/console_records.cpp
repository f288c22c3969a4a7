#include "host/console_records.hpp"

#include "host/live_directory.hpp"
#include "model/rcon_password.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr mode_t for_operator_alone = 0700;
constexpr mode_t file_for_operator_alone = 0600;
constexpr const char* history_directory = ".local/state/left4me/console";
constexpr const char* refused = "rcon-refused";

/// Another user's rights on files, for as long as this lives; root's come back.
class BorrowedRights {
public:
    explicit BorrowedRights(const passwd& user) : groups_(group_count())
    {
        taken_ = getgroups(static_cast<int>(groups_.size()), groups_.data()) >= 0 &&
                 initgroups(user.pw_name, user.pw_gid) == 0 && setegid(user.pw_gid) == 0 &&
                 seteuid(user.pw_uid) == 0;
    }
    ~BorrowedRights()
    {
        // Without these this process must not go on.
        if (seteuid(0) != 0 || setegid(0) != 0 || setgroups(groups_.size(), groups_.data()) != 0)
            std::abort();
    }
    BorrowedRights(const BorrowedRights&) = delete;
    BorrowedRights& operator=(const BorrowedRights&) = delete;
    explicit operator bool() const { return taken_; }

private:
    static std::size_t group_count()
    {
        return static_cast<std::size_t>(std::max(getgroups(0, nullptr), 0));
    }

    std::vector<gid_t> groups_;
    bool taken_ = false;
};

/// Who called sudo, which says so, else root.
const passwd* find_operator()
{
    const char* text = std::getenv("SUDO_UID");
    const auto uid = text != nullptr ? parse_number<uid_t>(text) : std::nullopt;
    return getpwuid(uid.value_or(0));
}

std::string moment_of(const UnitStatus& server)
{
    return server.started ? formatted("{}\n", server.started->count()) : std::string();
}

Result<Directory> open_live(const Host& host, const InstanceName& name)
{
    return host.open_state().and_then([&](const Directory& state) {
        return find_live(state, name).and_then([&](const std::string& live) {
            return state.subdirectory(live);
        });
    });
}

} // namespace

Result<ConsoleHistory> ConsoleHistory::open(const InstanceName& name)
{
    const auto* user = find_operator();
    if (user == nullptr)
        return fail(ExitStatus::not_found, "who calls has no home");
    const BorrowedRights rights(*user);
    if (!rights)
        return fail_errno(formatted("cannot act as user {}", quote(user->pw_name)), errno);
    return Directory::open(user->pw_dir).and_then([&](const Directory& home) {
        return open_in(home, name);
    });
}

Result<ConsoleHistory> ConsoleHistory::open_in(const Directory& home, const InstanceName& name)
{
    return home.make_path(history_directory, for_operator_alone)
        .and_then([&](const Directory& directory) -> Result<ConsoleHistory> {
            FileDescriptor file(openat(directory.descriptor(), name.str().c_str(),
                                       O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                                       file_for_operator_alone));
            if (!file)
                return fail_errno(formatted("cannot open {}/{}", directory.path(), name.str()), errno);
            struct stat status = {};
            if (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
                return fail(ExitStatus::bad_data,
                            formatted("{}/{} is not a regular file", directory.path(), name.str()));
            return ConsoleHistory(std::move(file));
        });
}

Result<std::vector<std::string>> ConsoleHistory::lines() const
{
    if (lseek(file_.get(), 0, SEEK_SET) != 0)
        return fail_errno("cannot read the console's history", errno);
    // One that others write at the same time may be a little larger.
    const auto text = read_regular(file_, "the console's history", 2 * max_size);
    if (!text)
        return std::unexpected(text.error());
    std::vector<std::string> lines;
    for (std::string_view rest = *text; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = rest.substr(0, end);
        if (!line.empty() && !may_tell_a_secret(line) && escaped(line) == line)
            lines.emplace_back(line);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return lines;
}

Result<void> ConsoleHistory::add(const std::string& line) const
{
    if (may_tell_a_secret(line) || escaped(line) != line)
        return {};
    const auto size = lseek(file_.get(), 0, SEEK_END);
    if (size > static_cast<off_t>(max_size)) {
        const auto known = lines();
        if (!known)
            return std::unexpected(known.error());
        std::string kept;
        for (auto i = known->size() / 2; i < known->size(); ++i)
            kept += (*known)[i] + '\n';
        if (ftruncate(file_.get(), 0) != 0)
            return fail_errno("cannot shorten the console's history", errno);
        if (auto written = write_all(file_, "the console's history", kept); !written)
            return written;
    }
    return write_all(file_, "the console's history", line + '\n');
}

bool RefusedLogin::is_recorded(const Host& host, const InstanceName& name, const UnitStatus& server)
{
    constexpr std::size_t max_size = 64;
    const auto moment = moment_of(server);
    const auto written = open_live(host, name).and_then([&](const Directory& live) {
        return live.read_file(refused, max_size);
    });
    return written && !moment.empty() && *written == moment;
}

void RefusedLogin::record(const Host& host, const InstanceName& name, const UnitStatus& server)
{
    constexpr mode_t mode = 0640;
    (void)open_live(host, name).and_then([&](const Directory& live) {
        return live.replace_file(refused, moment_of(server), mode);
    });
}

} // namespace left4me
