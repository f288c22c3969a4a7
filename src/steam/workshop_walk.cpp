#include "steam/workshop_walk.hpp"

#include "system/format.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace left4me {
namespace {

constexpr std::size_t max_items = 5000; // of a collection
constexpr int deepest_collection = 8;

using Contents = std::map<WorkshopId, std::vector<WorkshopId>>;

Contents contents_of(const WorkshopList::Collection& collection)
{
    // Lists of release 0.1.0 tell only what is in all together.
    if (collection.contents.empty())
        return {{collection.id, collection.items}};
    Contents contents;
    for (const auto& one : collection.contents)
        contents.emplace(one.id, one.children);
    return contents;
}

class Walk {
public:
    explicit Walk(const WorkshopList::Collection& before)
        : before_(before), known_(contents_of(before)), seen_({before.id}), next_({before.id})
    {
        for (const auto& [id, children] : known_)
            collections_.insert(id);
    }

    Result<WorkshopWalk> go(const AskCollections& ask)
    {
        for (int depth = 0; !next_.empty(); ++depth) {
            const auto asked = std::exchange(next_, {});
            const auto answers =
                depth < deepest_collection ? ask(asked) : std::vector<WorkshopCollection>{};
            if (!answers)
                return std::unexpected(answers.error());
            for (const auto id : asked) {
                const auto answer = std::ranges::find(*answers, id, &WorkshopCollection::id);
                take(id, answer == answers->end() ? nullptr : &*answer);
            }
            if (seen_.size() > max_items)
                return fail(ExitStatus::bad_data, formatted("collection {} has more than {} items",
                                                            before_.id.str(), max_items));
        }
        return result();
    }

private:
    void take(WorkshopId id, const WorkshopCollection* answer)
    {
        if (answer != nullptr && !answer->children.empty()) {
            collections_.insert(id);
            collections_.insert(answer->collections.begin(), answer->collections.end());
            put(id, answer->children);
        } else if (collections_.contains(id)) {
            untold_.push_back(id);
            put(id, known_[id]);
        }
    }

    void put(WorkshopId id, const std::vector<WorkshopId>& children)
    {
        now_[id] = children;
        for (const auto child : children)
            if (seen_.insert(child).second)
                next_.push_back(child);
    }

    WorkshopWalk result()
    {
        const bool old_list = before_.contents.empty();
        if (old_list && !untold_.empty()) {
            auto& rest = now_[untold_.front()];
            for (const auto id : before_.items)
                if (seen_.insert(id).second)
                    rest.push_back(id);
        }
        WorkshopWalk walk{{before_.id, {}, {}}, untold_};
        for (const auto id : seen_)
            if (!collections_.contains(id))
                walk.now.items.push_back(id);
        // What is in which is still not known where the outermost one did not tell.
        if (!old_list || !std::ranges::contains(untold_, before_.id))
            for (auto& [id, children] : now_)
                walk.now.contents.push_back({id, std::move(children), {}});
        return walk;
    }

    const WorkshopList::Collection& before_;
    Contents known_;
    std::set<WorkshopId> seen_;
    std::set<WorkshopId> collections_; ///< as they, those around them or the last time tell
    Contents now_;
    std::vector<WorkshopId> next_;
    std::vector<WorkshopId> untold_;
};

} // namespace

Result<WorkshopWalk> walk_collection(const WorkshopList::Collection& before, const AskCollections& ask)
{
    return Walk(before).go(ask);
}

} // namespace left4me
