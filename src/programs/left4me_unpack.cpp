#include "console/terminal_report.hpp"
#include "layer/layer_import.hpp"
#include "programs/programs.hpp"
#include "programs/work_copy_words.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/plain_text.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace left4me {
namespace {

/// name: see import_into.
Result<int> unpack(const WorkCopy& copy, const std::string& name)
{
    catch_interruptions();
    const auto tree = open_work_copy(Host::installed(), copy);
    const FileDescriptor source(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!tree)
        return std::unexpected(tree.error());
    if (!source)
        return fail_errno("cannot use standard input", errno);
    TerminalReport report;
    const auto added = import_into(*tree, source, name, report);
    report.clear();
    return added.transform([&](const TreeSize& size) {
        report.step(
            formatted("{}: {} files added, {}", copy.layer.str(), size.files, human_bytes(size.bytes)));
        return 0;
    });
}

Result<Act> unpack_act(const Arguments& arguments)
{
    return work_copy_of(arguments, "ID").transform([&](WorkCopy copy) -> Act {
        return [copy = std::move(copy), name = arguments.text("NAME")] { return unpack(copy, name); };
    });
}

std::vector<Parameter> unpack_parameters()
{
    auto words = work_copy_words("ID");
    words.push_back({.name = "NAME",
                     .help = "The archive's name in messages; a .vpk gets this name in the layer",
                     .value = Value::text,
                     .required = true});
    return words;
}

} // namespace

const Program left4me_unpack = {
    .name = "left4me-unpack",
    .help = "Adds the archive or directory on standard input to a work copy of a layer.\n"
            "l4d2ctl calls it, as user left4me.",
    .groups = {},
    .verbs = {{.words = "",
               .help = "",
               .parameters = unpack_parameters(),
               .example = "left4me-unpack maps/custom k3x9 maps.zip",
               .function = unpack_act}},
    .speaks_as = "l4d2ctl",
};

} // namespace left4me
