#include "layer/own_files.hpp"

#include "system/file_times.hpp"
#include "system/format.hpp"
#include "system/path_parts.hpp"
#include "system/whiteout.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <set>
#include <sys/stat.h>

namespace left4me {
namespace {

std::optional<struct stat> look_at(int directory, const std::string& path)
{
    struct stat status = {};
    if (fstatat(directory, path.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return std::nullopt;
    return status;
}

/// None: that cannot be told.
std::optional<bool> is_there(const std::string& path)
{
    struct stat status = {};
    if (fstatat(AT_FDCWD, path.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
        return true;
    return errno == ENOENT ? std::optional(false) : std::nullopt;
}

OwnKind kind_of(const struct stat& status)
{
    if (is_whiteout(status))
        return OwnKind::removal;
    return S_ISREG(status.st_mode)   ? OwnKind::file
           : S_ISLNK(status.st_mode) ? OwnKind::link
           : S_ISDIR(status.st_mode) ? OwnKind::directory
                                     : OwnKind::other;
}

using LowerTrees = std::vector<const LowerTree*>;

/// What a server would see at a path if it had nothing of its own there.
struct Beneath {
    const LowerTree* top = nullptr; ///< that has it
    bool is_directory = false;
    LowerTrees directories; ///< all that have it as a directory that is seen
    bool hidden = false;    ///< by the spec
};

/// In a directory that the trees of above have.
Beneath look_beneath(const LowerTrees& above, const std::string& path)
{
    Beneath found;
    for (const auto* lower : above) {
        const auto status = look_at(lower->tree.descriptor(), path);
        if (!status)
            continue;
        if (is_whiteout(*status)) {
            found.hidden = found.top == nullptr && lower->name.empty();
            break;
        }
        const bool directory = S_ISDIR(status->st_mode);
        // The directories on the way to what left4me generates are no layer's.
        if (found.top == nullptr && !(directory && lower->name.empty())) {
            found.top = lower;
            found.is_directory = directory;
        }
        if (!directory)
            break;
        found.directories.push_back(lower);
    }
    return found;
}

/// Ends at the first file that is newer.
class NewerSearch : public TreeVisitor {
public:
    NewerSearch(const FileAges& ages, Time than) : ages_(ages), than_(than) {}

    Result<void> visit(const TreeEntry& entry) override
    {
        const auto since = ages_.since(entry);
        found_ = since && *since > than_;
        return found_ ? fail(ExitStatus::cancelled, "") : Result<void>();
    }

    Result<void> failed(Error /*error*/) override { return {}; }

    [[nodiscard]] bool found() const noexcept { return found_; }

private:
    const FileAges& ages_;
    Time than_;
    bool found_ = false;
};

class Survey : public TreeVisitor {
public:
    Survey(const std::string& shown, const std::vector<LowerTree>& lower, const MountTimes& mounts,
           const IsOpaque& is_opaque, std::size_t most)
        : mounts_(mounts), is_opaque_(is_opaque), left_(most)
    {
        Place top = {.shown = shown};
        for (const auto& tree : lower)
            top.lower.push_back(&tree);
        places_.push_back(std::move(top));
    }

    Result<void> visit(const TreeEntry& entry) override
    {
        come_back_to(entry.directory);
        here().empty = false;
        if (left_ == 0)
            return fail(ExitStatus::busy, "there is more of it than is looked at");
        --left_;
        const auto path = path_of(entry.name);
        const auto kind = kind_of(entry.status);
        const auto beneath = look_beneath(here().lower, path);
        auto own = own_file(entry, path, kind);
        own.defeats_hide = kind != OwnKind::removal && (here().hidden || beneath.hidden);
        tell_over(own, entry, beneath);
        add(std::move(own));
        return {};
    }

    Result<void> enter(const TreeEntry& entry, const Directory& below) override
    {
        come_back_to(entry.directory);
        here().empty = false;
        if (left_ == 0)
            return fail(ExitStatus::busy, "there is more of it than is looked at");
        --left_;
        const auto path = path_of(entry.name);
        const auto beneath = look_beneath(here().lower, path);
        Place place = {.shown = below.path(), .path = path, .hidden = here().hidden || beneath.hidden};
        const bool opaque =
            beneath.top != nullptr && (!beneath.is_directory || is_opaque_(path).value_or(false));
        if (opaque) {
            auto own = own_file(entry, path, OwnKind::directory);
            tell_over(own, entry, beneath);
            add(std::move(own));
        } else
            place.lower = beneath.directories;
        place.told = opaque || beneath.top != nullptr;
        places_.push_back(std::move(place));
        return {};
    }

    Result<void> leave(const TreeEntry& entry, const Directory& below) override
    {
        come_back_to(below);
        const auto place = std::move(places_.back());
        places_.pop_back();
        if (!place.empty || place.told)
            return {};
        auto own = own_file(entry, place.path, OwnKind::directory);
        own.defeats_hide = place.hidden;
        add(std::move(own));
        return {};
    }

    Result<void> failed(Error error) override
    {
        constexpr std::size_t most_told = 20;
        if (left_ == 0)
            return std::unexpected(std::move(error));
        if (found_.unread.size() < most_told)
            found_.unread.push_back(std::move(error.message));
        return {};
    }

    OwnFiles take() { return std::move(found_); }

private:
    /// The directory that the walk is in.
    struct Place {
        std::string shown = {}; ///< its whole path
        std::string path = {};
        LowerTrees lower = {}; ///< that are seen through it
        bool hidden = false;   ///< by the spec
        bool empty = true;
        bool told = false; ///< of, or nothing to tell of
    };

    Place& here() { return places_.back(); }

    /// One that could not be read to its end was not left.
    void come_back_to(const Directory& directory)
    {
        while (places_.size() > 1 && here().shown != directory.path())
            places_.pop_back();
    }

    std::string path_of(const std::string& name)
    {
        return here().path.empty() ? name : formatted("{}/{}", here().path, name);
    }

    static OwnFile own_file(const TreeEntry& entry, const std::string& path, OwnKind kind)
    {
        return {.path = path,
                .kind = kind,
                .bytes = kind == OwnKind::file ? static_cast<std::uint64_t>(entry.status.st_size) : 0,
                .changed = since_epoch(entry.status.st_ctim)};
    }

    void tell_over(OwnFile& own, const TreeEntry& entry, const Beneath& beneath)
    {
        // What left4me generates is put right at each start.
        if (beneath.top == nullptr || beneath.top->name.empty())
            return;
        own.over = beneath.top->name;
        const auto born = entry_born(entry.directory.descriptor(), entry.name);
        const auto made_over = mounts_.mount_at(born.value_or(own.changed));
        own.hides_newer = beneath.is_directory ? has_newer(beneath, own.path, made_over)
                                               : is_newer(*beneath.top, own, entry, made_over);
    }

    static bool has_newer(const Beneath& beneath, const std::string& path, Time than)
    {
        return std::ranges::any_of(beneath.directories, [&](const LowerTree* lower) {
            NewerSearch search(lower->ages, than);
            if (const auto directory = lower->tree.subdirectory(path))
                (void)walk_tree(*directory, search);
            return search.found();
        });
    }

    static bool is_newer(const LowerTree& lower, const OwnFile& own, const TreeEntry& entry, Time than)
    {
        const auto directory = lower.tree.subdirectory(part_above(own.path, "."));
        const auto status = look_at(lower.tree.descriptor(), own.path);
        if (!directory || !status)
            return false;
        const auto since = lower.ages.since({*directory, entry.name, *status});
        return since && *since > than;
    }

    void add(OwnFile own)
    {
        found_.bytes += own.bytes;
        found_.files.push_back(std::move(own));
    }

    const MountTimes& mounts_;
    const IsOpaque& is_opaque_;
    std::size_t left_; ///< to be looked at
    std::vector<Place> places_;
    OwnFiles found_;
};

} // namespace

Result<OwnFiles> survey_own_files(const Directory& upper, const std::vector<LowerTree>& lower,
                                  const MountTimes& mounts, const IsOpaque& is_opaque, std::size_t most)
{
    Survey survey(upper.path(), lower, mounts, is_opaque, most);
    return walk_tree(upper, survey).transform([&] {
        auto found = survey.take();
        std::ranges::stable_sort(found.files, std::ranges::greater(), &OwnFile::changed);
        return found;
    });
}

std::optional<bool> is_opaque_in(const std::string& path, const Directory& upper,
                                 const std::vector<Directory>& lower, const std::string& merged)
{
    std::set<std::string> removed;
    for (const auto& tree : lower) {
        const auto directory = tree.subdirectory(path);
        if (!directory && directory.error().status == ExitStatus::not_found)
            continue;
        const auto names = directory.and_then([](const Directory& found) { return found.entries(); });
        if (!names)
            return false; // no directory there: it hides what is in those below
        for (const auto& name : *names) {
            const auto status = look_at(directory->descriptor(), name);
            const auto whole = formatted("{}/{}", path, name);
            const auto own = [&] { return look_at(upper.descriptor(), whole).has_value(); };
            if (!status || own() || removed.contains(name))
                continue;
            if (is_whiteout(*status)) {
                removed.insert(name);
                continue;
            }
            const auto seen = is_there(formatted("{}/{}", merged, whole));
            if (!seen || *seen || !own())
                return seen.transform([](bool there) { return !there; });
        }
    }
    return false;
}

} // namespace left4me
