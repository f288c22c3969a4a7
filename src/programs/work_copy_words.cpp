#include "programs/work_copy_words.hpp"

#include "host/privilege_drop.hpp"
#include "system/format.hpp"

namespace left4me {

std::vector<Parameter> work_copy_words(const std::string& id_called)
{
    return {
        {.name = "REF", .help = "The layer", .value = Value::layer, .required = true},
        {.name = id_called,
         .help = formatted("The work copy: builds/REF/{}", id_called),
         .value = Value::text,
         .required = true},
    };
}

Result<WorkCopy> work_copy_of(const Arguments& arguments, const std::string& id_called)
{
    return LayerRef::parse(arguments.text("REF")).and_then([&](LayerRef ref) {
        return BuildId::parse(arguments.text(id_called)).transform([&](BuildId id) {
            return WorkCopy{std::move(ref), std::move(id)};
        });
    });
}

Result<Directory> open_work_copy(const Host& host, const WorkCopy& copy)
{
    return give_up_new_privileges()
        .and_then([&] { return host.open_state(); })
        .and_then([&](const Directory& state) { return state.subdirectory(work_copy_path(copy)); })
        .transform([&](Directory tree) { return std::move(tree).called(copy.layer.str()); });
}

} // namespace left4me
