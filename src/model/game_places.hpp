#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace left4me {

// Where the game looks for what, by name alone. The names are those of a server's own tree
// (https://developer.valvesoftware.com/wiki/Left_4_Dead_2), of the packages of MetaMod:Source
// (support/buildbot/PackageScript of alliedmodders/metamod-source) and of SourceMod
// (tools/buildbot/PackageScript of alliedmodders/sourcemod), and of plugins, which many authors
// publish as the folders within addons/sourcemod (as in fbef0102/L4D2-Plugins).

/// What the names beside a folder or file say about it. One name alone may mean too many
/// things: "bin" and "data" are in every second archive.
struct Neighbours {
    bool game = false;      ///< left4dead2/ itself
    bool content = false;   ///< folders of it
    bool sourcemod = false; ///< folders of addons/sourcemod
};

std::string lower_case(std::string_view text);

/// Whether a folder's name tells what it is without its neighbours, and what it tells of them.
Neighbours told_by(std::string_view folder);

/// Where in a layer a folder of that name goes; none for one that the game does not know.
std::optional<std::string> place_of_folder(std::string_view name, const Neighbours& neighbours);

/// Where in a layer a file goes whose ending says it: .vpk, .bsp, .nav, .smx, .cfg.
std::optional<std::string> place_of_file(std::string_view name);

/// What goes with a file that has a place, but says nothing by itself: a plugin's source and
/// its phrases.
std::optional<std::string> place_of_companion(std::string_view name);

/// A readme, a licence, a picture, what a forge or a compiler wants: nothing that a game on
/// the top of whose tree it lies would look at.
bool is_document(std::string_view name);

/// What Windows, a Mac and version control leave in folders, at any depth.
bool is_litter(std::string_view name);

/// An archive within an archive.
bool is_archive_name(std::string_view name);

/// A path in a layer as the engine, which asks for lower case, finds it: the folders that it
/// knows by name, all of what lies in maps/, materials/ and the like, and names whose ending
/// has capitals. What plugins ask for by themselves, in addons/ and cfg/, keeps its case. (SourceMod
/// issue 1906 and Source-1-Games issue 7090 on GitHub tell what the engine asks for.)
std::string as_the_engine_asks(std::string_view path);

} // namespace left4me
