#include "web/status_board.hpp"

#include "system/report.hpp"

namespace left4me::web {
namespace {

constexpr std::chrono::seconds shown_for{1};
constexpr std::chrono::seconds shown_meanwhile{5}; ///< while somebody reads it anew

/// What a verb warns of, for a page to show.
class Warnings final : public Report {
public:
    void step(std::string_view /*what*/) override {}
    void progress(std::string_view /*phase*/, std::uint64_t /*done*/, std::uint64_t /*total*/) override
    {
    }
    void line(std::string_view /*text*/) override {}
    void warning(std::string_view what) override { all.emplace_back(what); }

    std::vector<std::string> all;
};

} // namespace

Result<std::shared_ptr<const ServerBoard>> StatusBoard::read()
{
    std::unique_lock one(reading_, std::try_to_lock);
    if (!one) {
        if (auto known = last_within(shown_meanwhile))
            return known;
        one.lock();
    }
    if (auto known = last_within(shown_for))
        return known;
    Warnings warnings;
    return read_statuses(host_, warnings).transform([&](std::vector<InstanceStatus> statuses) {
        const std::scoped_lock keep(keeping_);
        last_ = std::make_shared<const ServerBoard>(std::move(statuses), std::move(warnings.all));
        read_at_ = std::chrono::steady_clock::now();
        return last_;
    });
}

std::shared_ptr<const ServerBoard> StatusBoard::last_within(std::chrono::seconds age)
{
    const std::scoped_lock keep(keeping_);
    return last_ && std::chrono::steady_clock::now() - read_at_ < age ? last_ : nullptr;
}

} // namespace left4me::web
