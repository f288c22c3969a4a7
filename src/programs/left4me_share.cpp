#include "programs/left4me_share.hpp"

#include "console/command_line.hpp"
#include "console/terminal_report.hpp"
#include "host/host.hpp"
#include "host/privilege_drop.hpp"
#include "layer/tree_sharing.hpp"
#include "system/interruption.hpp"

#include <format>

namespace left4me {

Result<ShareRequest> parse_share_request(int argc, const char* const* argv)
{
    CLI::App app("Moves the large files of a layer's work copy into the cache of downloads and\n"
                 "leaves links to them. l4d2ctl calls it.",
                 "left4me-share");
    set_up(app);
    std::string layer;
    std::string id;
    app.add_option("REF", layer, "The layer")->required();
    app.add_option("ID", id, "The work copy: builds/REF/ID")->required();
    return parse_command_line(app, argc, argv)
        .and_then([&] { return LayerRef::parse(layer); })
        .and_then([&](LayerRef parsed) {
            return BuildId::parse(id).transform([&](BuildId parsed_id) {
                return ShareRequest{{std::move(parsed), std::move(parsed_id)}};
            });
        });
}

Result<int> run_share_request(const ShareRequest& request)
{
    catch_interruptions();
    const auto host = Host::installed();
    const auto tree = give_up_new_privileges()
                          .and_then([&] { return host.open_state(); })
                          .and_then([&](const Directory& state) {
                              return state.subdirectory(work_copy_path(request.copy));
                          });
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
                report.step(std::format("{}: {} large files are in the cache, {} of them new",
                                        request.copy.layer.str(), shared.files, shared.fresh));
            return 0;
        });
}

} // namespace left4me
