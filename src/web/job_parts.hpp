#pragma once

#include "accounts/job.hpp"
#include "host/host.hpp"
#include "web/markup.hpp"

namespace left4me::web {

// What pages show of a job that is about what they show.

/// How it goes, in a sentence. What goes on is what a page looks at again, until it is over.
Markup job_line(const Job& job);

/// The button that cancels a job which goes on; nothing where there is nothing to cancel.
Markup cancel_job_part(const Job& job, const Markup& token);

/// The last one: how it goes, the way to it and, for who may, the button that cancels it; of what failed
/// also what it said, which is read.
Markup last_job_part(const Host& host, const Job& job, bool may_cancel, const Markup& token);

} // namespace left4me::web
