#pragma once

#include "web/http.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

namespace left4me::web {

/// All blueprints that this user may see.
Answer blueprints_page(Site& site, const SignedVisit& visit);

/// One: its owner's to edit, others' to read and to clone.
Answer blueprint_page(Site& site, const SignedVisit& visit, const SeenBlueprint& blueprint);
Answer new_blueprint_page(Site& site, const SignedVisit& visit);

/// Keep what a form has, or show the form again with what is wrong with it.
Answer add_blueprint_form(Site& site, const SignedVisit& visit);
Answer change_blueprint_form(Site& site, const SignedVisit& visit, const SeenBlueprint& blueprint);

/// Makes another one of it, of this user's own.
Answer clone_blueprint_form(Site& site, const SignedVisit& visit, const SeenBlueprint& blueprint);

Answer delete_blueprint_form(Site& site, const SignedVisit& visit, const SeenBlueprint& blueprint);

} // namespace left4me::web
