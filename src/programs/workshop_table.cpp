#include "programs/workshop_table.hpp"

namespace left4me {
namespace {

Parameter layer(bool required)
{
    return {
        .name = "REF", .help = "The layer, as in a spec", .value = Value::layer, .required = required};
}

} // namespace

std::vector<Verb> workshop_table(const std::string& before, const WorkshopFunctions& functions)
{
    const Parameter items = {.name = "ITEM",
                             .help = "Number or address of an item or a collection",
                             .value = Value::text,
                             .required = true,
                             .many = true};
    const Parameter json = {.name = "--json", .help = "Show it as JSON"};
    return {{.words = before + "add",
             .help = "Add items or collections to a layer; a new layer is made",
             .parameters = {layer(true), items},
             .example = "sudo l4d2ctl workshop add maps/custom 1234567890",
             .function = functions.add},
            {.words = before + "refresh",
             .help = "Fetch the items that have changed, for one layer or for all",
             .parameters = {layer(false)},
             .example = "sudo l4d2ctl workshop refresh maps/custom",
             .function = functions.refresh},
            {.words = before + "list",
             .help = "Show the items of layers",
             .parameters = {layer(false), json},
             .example = "sudo l4d2ctl workshop list maps/custom --json",
             .function = functions.list},
            {.words = before + "remove",
             .help = "Take items or collections away from a layer",
             .parameters = {layer(true), items},
             .example = "sudo l4d2ctl workshop remove maps/custom 1234567890",
             .function = functions.remove}};
}

} // namespace left4me
