#pragma once

#include <clocale>

namespace left4me {

/// libarchive takes names in archives that say nothing of their characters for those of the
/// locale, and needs one to read those that say to be UTF-8: it is UTF-8, for this thread and as
/// long as this lives.
class Utf8Names {
public:
    Utf8Names() : made_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)), before_(uselocale(made_)) {}
    ~Utf8Names()
    {
        uselocale(before_);
        if (made_ != nullptr)
            freelocale(made_);
    }
    Utf8Names(const Utf8Names&) = delete;
    Utf8Names& operator=(const Utf8Names&) = delete;

private:
    locale_t made_;
    locale_t before_;
};

} // namespace left4me
