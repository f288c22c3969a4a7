#pragma once

#include "web/http.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

namespace left4me::web {

/// What was asked for that this user may see (JobHistory), the newest first; some at a time.
Answer jobs_page(Site& site, const SignedVisit& visit);

/// One of them: how it goes, and a part of its log.
Answer job_page(Site& site, const SignedVisit& visit, const SeenJob& seen);

/// Its log, as it comes.
Answer job_events(Site& site, const SignedVisit& visit, const SeenJob& seen);

/// Has it ended.
Answer cancel_job_form(Site& site, const SignedVisit& visit, const SeenJob& seen);

} // namespace left4me::web
