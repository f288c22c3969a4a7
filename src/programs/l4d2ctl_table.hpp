#pragma once

#include "console/verb.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <string>
#include <vector>

namespace left4me {

// The parts of l4d2ctl's table of verbs, and what their functions share.

std::vector<Verb> server_table();
std::vector<Verb> files_table();
std::vector<Verb> layer_table();
std::vector<Verb> layer_files_table();
std::vector<Verb> web_table();

/// The verb console, of that server.
Verb console_verb(Parameter server);

/// The verb doctor.
Verb doctor_verb();

/// The flag --json.
Parameter json_flag();

/// A file as messages name it; "-" is standard input.
std::string name_of_file(const std::string& file);

/// Opens it as the caller, who may be root and may read what user left4me may not.
Result<FileDescriptor> open_file(const std::string& file);

} // namespace left4me
