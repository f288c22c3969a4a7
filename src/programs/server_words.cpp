#include "programs/server_words.hpp"

namespace left4me {

Parameter server_word()
{
    return {.name = "NAME", .help = "The server's name", .value = Value::server, .required = true};
}

Result<InstanceName> server_of(const Arguments& arguments)
{
    return InstanceName::parse(arguments.text("NAME"));
}

} // namespace left4me
