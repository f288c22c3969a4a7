#pragma once

#include "system/error.hpp"
#include "system/report.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace left4me {

/// What is listed of many things, each of which a script or a stranger may have damaged:
/// one that cannot be read hides no other.
template <class Item>
struct Listing {
    std::vector<Item> items;
    std::size_t unread = 0; ///< a warning has told of each

    void add(std::string_view name, Result<Item> item, Report& report)
    {
        if (item) {
            items.push_back(std::move(*item));
            return;
        }
        if (item.error().status == ExitStatus::not_found)
            return; // removed meanwhile
        ++unread;
        report.warning(std::string(name) + ": " + item.error().message);
    }

    /// What a program that has shown it ends with.
    [[nodiscard]] int status() const
    {
        return static_cast<int>(unread == 0 ? ExitStatus::ok : ExitStatus::bad_data);
    }
};

} // namespace left4me
