#pragma once

#include "model/layer_act.hpp"
#include "verbs/layer_state.hpp"
#include "web/http.hpp"
#include "web/markup.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

namespace left4me::web {

// What changes layers: builds by scripts, for those who may write some, and the way back to an older
// version. Each is a job.

/// The form that builds a layer, as a section of its page; script: what it begins with.
Markup build_section(const LayerRef& layer, const LayerScript& script, const Markup& token);

/// What else can be done with a layer that is there.
Markup change_section(const LayerState& layer, bool may_build, const Markup& token);

/// A script that makes a new layer.
Answer new_layer_page(Site& site, const BuilderVisit& builder);
Answer new_layer_form(Site& site, const BuilderVisit& builder);

/// Puts into the queue what a form asks for, and leads to its job.
Answer build_form(Site& site, const BuilderVisit& builder, const SeenLayer& layer);
Answer rebuild_form(Site& site, const BuilderVisit& builder, const SeenLayer& layer);
Answer layer_act_form(Site& site, const SignedVisit& visit, const SeenLayer& layer);

} // namespace left4me::web
