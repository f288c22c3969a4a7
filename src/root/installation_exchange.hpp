#pragma once

#include "host/host.hpp"
#include "system/error.hpp"

namespace left4me {

/// Exchanges installation and installation.next, as root: their parent is root's, so
/// user left4me, who fills them, can rename neither. Servers that run keep the tree
/// that they have mounted, which is installation.next from then on. bad_data where
/// the next one is not marked as complete; that mark is user left4me's to make, and
/// only keeps an unfinished one from being published by mistake.
Result<void> exchange_installation(const Host& host);

} // namespace left4me
