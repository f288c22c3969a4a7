#include "console/terminal_report.hpp"
#include "layer/archive_import.hpp"
#include "programs/import_words.hpp"
#include "programs/programs.hpp"
#include "system/directory.hpp"
#include "system/file_descriptor.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace left4me {
namespace {

struct UnpackOrder {
    ImportOrder order;
    std::string layer; ///< its name in messages
    bool plan;
    bool json;
};

const std::string work_copy = "/overlay"; // as left4me-build-import@.service binds it

Result<int> unpack(const UnpackOrder& order)
{
    const FileDescriptor source(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!source)
        return fail_errno("cannot use standard input", errno);
    if (order.plan)
        return plan_archive(source, order.order).transform([&](const LayoutPlan& plan) {
            print_import_plan(plan, order.json);
            return 0;
        });
    // Without openat2, which its sandbox does not have.
    const FileDescriptor tree(open(work_copy.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!tree)
        return fail_errno("cannot open the work copy", errno);
    NoReport nobody; // l4d2ctl sees how far it has come by the archive
    return Directory::adopt(tree, order.layer)
        .and_then(
            [&](const Directory& layer) { return import_archive(layer, source, order.order, nobody); })
        .transform([](const LayoutPlan& plan) {
            print(plan.summary(" added") + "\n");
            return 0;
        });
}

Result<Act> unpack_act(const Arguments& arguments)
{
    return import_order_of(arguments, arguments.text("NAME")).transform([&](ImportOrder order) -> Act {
        UnpackOrder all = {std::move(order), arguments.text("LAYER"), arguments.flag("--plan"),
                           arguments.flag("--json")};
        return [all = std::move(all)] { return unpack(all); };
    });
}

std::vector<Parameter> unpack_parameters()
{
    std::vector<Parameter> words = {{.name = "LAYER",
                                     .help = "The layer's name in messages",
                                     .value = Value::text,
                                     .required = true},
                                    {.name = "NAME",
                                     .help = "The archive's name in messages",
                                     .value = Value::text,
                                     .required = true}};
    const auto options = import_options();
    words.insert(words.end(), options.begin(), options.end());
    return words;
}

} // namespace

const Program left4me_unpack = {
    .name = "left4me-unpack",
    .help = "Adds the archive on standard input to the work copy of a layer in the sandbox that it\n"
            "runs in. l4d2ctl calls it there.",
    .groups = {},
    .verbs = {{.words = "",
               .help = "",
               .parameters = unpack_parameters(),
               .example = "left4me-unpack maps/custom maps.zip",
               .function = unpack_act}},
    .speaks_as = "l4d2ctl",
};

} // namespace left4me
