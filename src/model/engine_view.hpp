#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

// Which files of a layer the game would not find, by their names alone.

/// Why the game does not find a file of that path in a layer; none: it may. What nothing asks
/// for anyway, as a readme beside left4dead2/, is not told of.
std::optional<std::string> why_unseen(std::string_view path);

struct UnseenFile {
    std::string path;
    std::string why;
};

/// A layer as the game sees it.
class EngineView {
public:
    /// A file or link, by its path in the layer.
    void add(std::string_view path);

    /// There are files, and the game would find none of them.
    [[nodiscard]] bool finds_nothing() const { return files_ > 0 && found_ == 0; }

    /// The first of those that it does not find, and how many there are.
    [[nodiscard]] const std::vector<UnseenFile>& unseen() const { return unseen_; }
    [[nodiscard]] std::uint64_t unseen_count() const { return unseen_count_; }

private:
    std::uint64_t files_ = 0;
    std::uint64_t found_ = 0;
    std::uint64_t unseen_count_ = 0;
    std::vector<UnseenFile> unseen_;
};

} // namespace left4me
