#include "programs/left4me_unpack.hpp"

#include "console/command_line.hpp"
#include "console/terminal_report.hpp"
#include "host/host.hpp"
#include "host/privilege_drop.hpp"
#include "layer/layer_import.hpp"
#include "system/interruption.hpp"
#include "system/plain_text.hpp"

#include <cerrno>
#include <fcntl.h>
#include <format>
#include <unistd.h>

namespace left4me {

Result<UnpackRequest> parse_unpack_request(int argc, const char* const* argv)
{
    CLI::App app("Adds the archive or directory on standard input to a work copy of a layer.\n"
                 "l4d2ctl calls it.",
                 "left4me-unpack");
    set_up(app);
    std::string layer;
    std::string id;
    std::string name;
    app.add_option("REF", layer, "The layer")->required();
    app.add_option("ID", id, "The work copy: builds/REF/ID")->required();
    app.add_option("NAME", name, "What messages call the archive; a .vpk is stored by it")->required();
    return parse_command_line(app, argc, argv)
        .and_then([&] { return LayerRef::parse(layer); })
        .and_then([&](LayerRef parsed) {
            return BuildId::parse(id).transform([&](BuildId parsed_id) {
                return UnpackRequest{{std::move(parsed), std::move(parsed_id)}, name};
            });
        });
}

Result<int> run_unpack_request(const UnpackRequest& request)
{
    catch_interruptions();
    const auto tree = give_up_new_privileges()
                          .and_then([] { return Host::installed().open_state(); })
                          .and_then([&](const Directory& state) {
                              return state.subdirectory(work_copy_path(request.copy));
                          });
    const FileDescriptor source(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!tree)
        return std::unexpected(tree.error());
    if (!source)
        return fail_errno("cannot use standard input", errno);
    TerminalReport report;
    const auto added = import_into(*tree, source, request.source_name, report);
    report.clear();
    return added.transform([&](const TreeSize& size) {
        report.step(std::format("{}: {} files added, {}", request.copy.layer.str(), size.files,
                                human_bytes(size.bytes)));
        return 0;
    });
}

} // namespace left4me
