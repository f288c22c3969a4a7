#include "doctor/mode_facts.hpp"

#include "host/places.hpp"
#include "system/format.hpp"
#include "system/tree_walk.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace left4me {
namespace {

/// Whose name, or number where there is none.
std::string name_of(uid_t user)
{
    const passwd* known = getpwuid(user);
    return known == nullptr ? std::to_string(user) : quote(known->pw_name);
}

class Modes : public TreeVisitor {
public:
    Modes(uid_t user, ModeFacts& facts, std::size_t& budget)
        : user_(user), facts_(facts), budget_(budget)
    {
    }

    Result<void> visit(const TreeEntry& entry) override
    {
        return S_ISLNK(entry.status.st_mode) ? count() : look_at(entry);
    }
    Result<void> enter(const TreeEntry& entry, const Directory& /*below*/) override
    {
        return look_at(entry);
    }
    Result<void> failed(Error error) override
    {
        if (budget_ == 0)
            return std::unexpected(std::move(error));
        if (error.status == ExitStatus::not_permitted)
            facts_.closed.add(error.message);
        return {}; // what is gone meanwhile is no fault
    }

private:
    Result<void> count()
    {
        if (budget_ == 0)
            return fail(ExitStatus::bad_data, "there are too many files to look at");
        --budget_;
        return {};
    }

    Result<void> look_at(const TreeEntry& entry)
    {
        const auto& status = entry.status;
        if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
            facts_.writable.add(entry.shown());
        if (status.st_uid != user_ && status.st_uid != 0)
            facts_.foreign.add(
                formatted("{} belongs to user {}", entry.shown(), name_of(status.st_uid)));
        return count();
    }

    uid_t user_;
    ModeFacts& facts_;
    std::size_t& budget_;
};

} // namespace

ModeFacts read_top(const Host& host)
{
    ModeFacts facts;
    struct stat top = {};
    const auto* group = getgrnam(service_user);
    if (group == nullptr || lstat(host.state().c_str(), &top) != 0)
        return facts;
    constexpr mode_t closed = S_IFDIR | 0750;
    if (top.st_uid != 0 || top.st_gid != group->gr_gid || top.st_mode != closed)
        facts.top = formatted("mode {:04o}, {}:{}", top.st_mode & ALLPERMS, top.st_uid, top.st_gid);
    facts.has_access_list = lgetxattr(host.state().c_str(), "system.posix_acl_access", nullptr, 0) > 0;
    for (auto* const* member = group->gr_mem; *member != nullptr; ++member)
        facts.members.emplace_back(*member);
    return facts;
}

Result<ModeFacts> read_modes(const Host& host, ModeFacts facts)
{
    const passwd* user = getpwnam(service_user);
    if (user == nullptr || geteuid() != user->pw_uid)
        return fail(ExitStatus::not_permitted, "only root can look at all of the modes");
    const auto state = host.open_state();
    if (!state)
        return std::unexpected(state.error());
    auto budget = max_entries;
    Modes modes(user->pw_uid, facts, budget);
    // What is published. What is being made elsewhere is not yet.
    for (const auto* place : {"overlays", "versions", "global_overlay_cache", "workshop_cache", "steam",
                              "installation", "installation.old-1", "installation.old-2"})
        if (const auto tree = state->subdirectory(place))
            (void)walk_tree(*tree, modes);
    facts.complete = budget > 0;
    return facts;
}

} // namespace left4me
