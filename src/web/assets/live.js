// Every page works without this file: it takes steps away, and adds none.
"use strict";

// A one-time link has its secret behind the '#', which no browser sends: into the form with it,
// and out of the address and the history.
const link = document.querySelector('input[name="link"]');
if (link && location.hash.length > 1) {
  link.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  document.querySelector('input[name="password"]').focus();
}

// The end of a log is what one looks for.
const log = document.querySelector("pre.log");
if (log) log.scrollTop = log.scrollHeight;
