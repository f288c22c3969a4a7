#include "doctor/mode_facts.hpp"

#include "host/places.hpp"
#include "system/format.hpp"
#include "system/tree_walk.hpp"

#include <pwd.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr mode_t permissions = 07777;

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

Result<ModeFacts> read_modes(const Host& host)
{
    const passwd* user = getpwnam(service_user);
    if (user == nullptr || geteuid() != user->pw_uid)
        return fail(ExitStatus::not_permitted, "only root can look at all of the modes");
    const auto group = user->pw_gid;
    ModeFacts facts;
    const auto state = host.open_state();
    const auto top = state.and_then([](const Directory& opened) { return opened.status(); });
    if (!top)
        return std::unexpected(top.error());
    constexpr mode_t closed = 0750;
    if (top->st_uid != 0 || top->st_gid != group || (top->st_mode & permissions) != closed)
        facts.top =
            formatted("mode {:04o}, {}:{}", top->st_mode & permissions, top->st_uid, top->st_gid);
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
