#include "console/terminal_report.hpp"
#include "layer/tree_sharing.hpp"
#include "programs/programs.hpp"
#include "programs/work_copy_words.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

namespace left4me {
namespace {

Result<int> share(const WorkCopy& copy)
{
    catch_interruptions();
    const auto host = Host::installed();
    const auto tree = open_work_copy(host, copy);
    if (!tree)
        return std::unexpected(tree.error());
    TerminalReport report;
    return ContentCache::open(host, ContentCache::downloads)
        .and_then([&](const ContentCache& cache) {
            return share_large_files(host, *tree, cache, Phase(report, "summing up", 0));
        })
        .transform([&](const SharedFiles& shared) {
            report.clear();
            if (shared.files > 0)
                report.step(formatted("{}: {} large files are in the cache, {} of them new",
                                      copy.layer.str(), shared.files, shared.fresh));
            return 0;
        });
}

Result<Act> share_act(const Arguments& arguments)
{
    return work_copy_of(arguments, "ID").transform([](WorkCopy copy) -> Act {
        return [copy = std::move(copy)] { return share(copy); };
    });
}

} // namespace

const Program left4me_share = {
    .name = "left4me-share",
    .help = "Moves the large files of a layer's work copy into the cache of downloads and\n"
            "leaves links to them. l4d2ctl calls it, as user left4me.",
    .groups = {},
    .verbs = {{.words = "",
               .help = "",
               .parameters = work_copy_words("ID"),
               .example = "left4me-share maps/custom k3x9",
               .function = share_act}},
    .speaks_as = "l4d2ctl",
};

} // namespace left4me
