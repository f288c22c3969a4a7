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

const log = document.querySelector("pre.log");
const longestLog = 400000; // characters that are kept

function toItsEnd() {
  if (log) log.scrollTop = log.scrollHeight;
}
toItsEnd();

// Text alone is put into what is there: nothing that a game says is read as markup.
function show(server) {
  for (const place of document.querySelectorAll("[data-server]")) {
    if (place.dataset.server !== server.name) continue;
    for (const part of place.querySelectorAll("[data-live]")) {
      const key = part.dataset.live;
      if (part.textContent !== server[key]) part.textContent = server[key];
      if (key === "state") part.className = "state " + server.mood;
    }
  }
}

function append(event) {
  readTo = event.lastEventId;
  if (!log) return;
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  let all = log.textContent + event.data;
  if (all.length > longestLog) all = all.slice(all.indexOf("\n", all.length - longestLog) + 1);
  log.textContent = all;
  if (atEnd) toItsEnd(); // who reads further up is left there
}

// One stream for a page that is seen, and none for others: browsers have six connections.
const streamed = document.querySelector("[data-events]");
let stream = null;
let readTo = ""; // of the log, by the last event's id

function address() {
  const events = new URL(streamed.dataset.events, location.href);
  if (readTo) events.searchParams.set("after", readTo);
  return events;
}

function listen() {
  if (stream || document.hidden) return;
  stream = new EventSource(address());
  stream.addEventListener("server", (event) => show(JSON.parse(event.data)));
  stream.addEventListener("log-start", (event) => {
    log.textContent = "";
    append(event);
    toItsEnd();
  });
  stream.addEventListener("log", append);
  stream.addEventListener("log-end", () => {
    rest();
    setTimeout(listen, 5000);
  });
  stream.addEventListener("reload", () => {
    rest();
    setTimeout(() => location.reload(), 1000);
  });
  // Signed out, or not theirs any more: the page itself says so.
  stream.onerror = () => {
    if (stream.readyState === EventSource.CLOSED) location.reload();
  };
}

function rest() {
  if (stream) stream.close();
  stream = null;
}

if (streamed) {
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", listen);
  listen();
}
