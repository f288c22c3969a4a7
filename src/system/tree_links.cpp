#include "system/tree_links.hpp"

#include "system/tree_walk.hpp"

#include <string>

namespace left4me {
namespace {

bool is_passed_over(const Error& error)
{
    return error.status == ExitStatus::not_found || error.status == ExitStatus::not_permitted ||
           error.status == ExitStatus::bad_data || error.status == ExitStatus::busy;
}

using Visit = std::function<void(std::string_view target)>;

class Links : public TreeVisitor {
public:
    explicit Links(const Visit& visit) : visit_(visit) {}

    Result<void> visit(const TreeEntry& entry) override
    {
        if (!S_ISLNK(entry.status.st_mode))
            return {};
        return entry.directory.read_link(entry.name).transform([&](const std::string& target) {
            visit_(target);
        });
    }

    Result<void> failed(Error error) override
    {
        return is_passed_over(error) ? Result<void>{} : std::unexpected(std::move(error));
    }

private:
    const Visit& visit_;
};

} // namespace

Result<void> for_each_link_in(const Directory& tree, const Visit& visit)
{
    Links links(visit);
    return walk_tree(tree, links);
}

} // namespace left4me
