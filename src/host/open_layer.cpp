#include "host/open_layer.hpp"

#include "system/format.hpp"

namespace left4me {

Result<Directory> open_layer(const Directory& state, const Layer& layer)
{
    return state.subdirectory(layer.path()).transform_error([&](Error error) {
        const auto path = formatted("{}/{}", state.path(), layer.path());
        if (error.status == ExitStatus::not_found && layer.is_installation())
            error.message = formatted("the game is not in {}: l4d2ctl install puts it there", path);
        else if (error.status == ExitStatus::not_found)
            error.message =
                formatted("there is no layer {}: l4d2ctl overlay list shows all", quote(layer.name()));
        else if (error.status == ExitStatus::bad_data)
            error.message = formatted("{} is no layer: on the way to {} is a file or a link in place "
                                      "of a directory, or a name that is too long",
                                      quote(layer.name()), path);
        return error;
    });
}

} // namespace left4me
