#include "programs/files_text.hpp"

#include "console/text_table.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>

namespace left4me {
namespace {

std::string what_text(const OwnFile& file)
{
    switch (file.kind) {
    case OwnKind::removal:
        return file.over ? formatted("removed of {}", *file.over) : "removed";
    case OwnKind::directory:
        return file.over ? formatted("made anew, hides all in {}", *file.over) : "empty directory";
    case OwnKind::file:
    case OwnKind::link:
    case OwnKind::other:
        return file.over ? formatted("hides that of {}", *file.over) : "-";
    }
    return "-";
}

std::string sums_text(const ServerFiles& files)
{
    const auto& all = files.own.files;
    const auto newer = std::ranges::count(all, true, &OwnFile::hides_newer);
    const auto defeating = std::ranges::count(all, true, &OwnFile::defeats_hide);
    auto text = formatted("{} of its own, {}", all.size(), human_bytes(files.own.bytes));
    if (newer > 0)
        text += formatted("; {} hide what is newer in a layer", newer);
    if (defeating > 0)
        text += formatted("; {} are where the spec hides", defeating);
    text += '\n';
    if (newer + defeating > 0)
        text += formatted("To give them up: l4d2ctl stop {0}, then l4d2ctl files {0} --discard PATH…\n",
                          files.name.str());
    if (!files.tells_directories)
        text += "Whether a directory was made anew, and hides those of layers, is told while the server "
                "runs.\n";
    return text;
}

} // namespace

std::string_view kind_text(OwnKind kind)
{
    switch (kind) {
    case OwnKind::file:
        return "file";
    case OwnKind::link:
        return "link";
    case OwnKind::directory:
        return "directory";
    case OwnKind::removal:
        return "removal";
    case OwnKind::other:
        return "other";
    }
    return "other";
}

std::string remark_on(const OwnFile& file)
{
    std::string text;
    if (file.hides_newer)
        text = "newer in the layer";
    if (file.defeats_hide)
        text += formatted("{}hidden by the spec", text.empty() ? "" : ", ");
    return text;
}

std::string format_files(const ServerFiles& files)
{
    if (files.own.files.empty())
        return formatted("{} has written nothing.\n", files.name.str());
    std::vector<std::vector<std::string>> rows = {{"CHANGED", "SIZE", "WHAT", "NOTE", "PATH"}};
    for (const auto& file : files.own.files) {
        const auto remark = remark_on(file);
        rows.push_back({local_minute(file.changed),
                        file.kind == OwnKind::file ? human_bytes(file.bytes) : "-", what_text(file),
                        remark.empty() ? "-" : remark, file.path});
    }
    return format_table(rows) + sums_text(files);
}

} // namespace left4me
