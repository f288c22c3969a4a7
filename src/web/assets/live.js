// Every page works without this file: it takes steps away, and adds none.
"use strict";

// A one-time link has its secret behind the '#', which no browser sends: into the form with it,
// and out of the address and the history.
function takeLink() {
  const link = document.querySelector('input[name="link"]');
  if (!link || location.hash.length < 2) return;
  link.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  document.querySelector('input[name="password"]').focus();
}

// What a blueprint's layers may be is put behind the others by a click. Their order: by buttons, by
// the arrow keys on these, and by drag. What stands in the field counts.
let layers = null;
let order = null;
let dragged = null;

function arrangeLayers() {
  layers = document.querySelector('textarea[name="layers"]');
  order = document.querySelector("ol.order");
  if (!layers) return;
  for (const choice of document.querySelectorAll("[data-add]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = choice.dataset.add;
    button.setAttribute("aria-label", "Add layer " + choice.dataset.add);
    button.addEventListener("click", () => {
      layers.value = layers.value.trimEnd() + (layers.value.trim() ? "\n" : "") + choice.dataset.add;
      drawOrder();
    });
    choice.replaceChildren(button);
  }
  layers.addEventListener("input", drawOrder);
  drawOrder();
}

function layerLines() {
  return layers.value.split("\n").map((line) => line.trim()).filter(Boolean);
}

function putLayer(from, to, word) {
  const lines = layerLines();
  if (to !== null && (to < 0 || to >= lines.length || to === from)) return;
  const [line] = lines.splice(from, 1);
  if (to !== null) lines.splice(to, 0, line);
  layers.value = lines.join("\n");
  drawOrder();
  const said = document.querySelector("[data-moved]");
  if (said) said.textContent = to === null ? line + " is left out" : line + " is number " + (to + 1) + " of " + lines.length;
  const near = order.children[Math.min(to ?? from, lines.length - 1)];
  if (word) (near?.querySelector(`[data-word="${word}"]`) ?? layers).focus();
}

function layerItem(line, at) {
  const item = document.createElement("li");
  const name = document.createElement("code");
  const levers = document.createElement("span");
  name.textContent = line;
  levers.className = "levers";
  for (const [word, to] of [["Up", at - 1], ["Down", at + 1], ["Leave out", null]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = button.dataset.word = word;
    button.setAttribute("aria-label", word + ": " + line);
    button.addEventListener("click", () => putLayer(at, to, word));
    levers.append(button);
  }
  item.append(name, levers);
  item.draggable = true;
  item.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    putLayer(at, at + by, event.target.dataset.word ?? "Up");
  });
  item.addEventListener("dragstart", (event) => {
    dragged = at;
    event.dataTransfer.setData("text/plain", line);
    event.dataTransfer.effectAllowed = "move";
  });
  item.addEventListener("dragend", () => { dragged = null; });
  item.addEventListener("dragover", (event) => { if (dragged !== null) event.preventDefault(); });
  item.addEventListener("drop", (event) => {
    if (dragged === null) return;
    event.preventDefault();
    putLayer(dragged, at);
    dragged = null;
  });
  return item;
}

function drawOrder() {
  order?.replaceChildren(...layerLines().map(layerItem));
}

let log = null;
const longestLog = 400000; // characters that are kept

function toItsEnd() {
  if (log) log.scrollTop = log.scrollHeight;
}

// What there is to do with a server, and what became of what was asked for: as the page itself has it
// now. While something goes on, it is looked at again.
let due = null;

function lookAgain(pause) {
  if (!due && !document.hidden) due = setTimeout(refresh, pause);
}

// The page that has been answered, and null for anything else.
async function pageOf(answer) {
  if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("text/html")) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

async function refresh() {
  due = null;
  const place = location.href;
  let answer;
  let page;
  try {
    answer = await fetch(place);
    page = await pageOf(answer);
  } catch {
    return lookAgain(3000);
  }
  if (location.href !== place) return;
  if (answer.redirected || !page) return location.reload();
  const fresh = new Map([...page.querySelectorAll("[data-fresh]")].map((part) => [part.dataset.fresh, part]));
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const now = fresh.get(part.dataset.fresh);
    if (!now || now.innerHTML === part.innerHTML) continue;
    const focused = part.contains(document.activeElement);
    part.replaceChildren(...now.childNodes);
    if (focused) part.querySelector("button")?.focus();
  }
  if (document.querySelector("[data-busy]")) lookAgain(1000);
}

// Text alone is put into what is there: nothing that a game says is read as markup.
function show(server) {
  for (const place of document.querySelectorAll(`[data-server="${CSS.escape(server.name)}"]`)) {
    for (const part of place.querySelectorAll("[data-live]")) {
      const key = part.dataset.live;
      if (key === "state" && part.textContent !== server[key]) lookAgain(300);
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
let streamed = null;
let stream = null;
let readTo = ""; // of the log, by the last event's id

function address() {
  const events = new URL(streamed.dataset.events, location.href);
  if (readTo) events.searchParams.set("after", readTo);
  return events;
}

function listen() {
  if (!streamed || stream || document.hidden) return;
  const source = new EventSource(address());
  stream = source;
  stream.addEventListener("server", (event) => show(JSON.parse(event.data)));
  stream.addEventListener("log-start", (event) => {
    log.textContent = "";
    append(event);
    toItsEnd();
  });
  stream.addEventListener("log", append);
  stream.addEventListener("log-end", (event) => {
    const state = document.querySelector("[data-log-state]");
    if (state) state.textContent = "It cannot be read now: " + event.data;
    rest();
    setTimeout(listen, 5000);
  });
  stream.addEventListener("reload", () => {
    rest();
    setTimeout(() => location.reload(), 1000);
  });
  // Signed out, or not theirs any more: the page itself says so.
  stream.onerror = () => {
    if (source.readyState === EventSource.CLOSED) location.reload();
  };
}

function rest() {
  if (stream) stream.close();
  stream = null;
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return rest();
  listen();
  if (document.querySelector("[data-busy]")) lookAgain(0);
});
addEventListener("pagehide", rest);
addEventListener("pageshow", listen);

// Who plays, for as long as this page is seen; whoever is at one of its links is left there.
let players = null;

async function lookAtPlayers() {
  const seen = players;
  if (!seen || document.hidden || seen.contains(document.activeElement)) return;
  try {
    const answer = await fetch(seen.dataset.again);
    if (answer.redirected) return;
    const now = (await pageOf(answer))?.querySelector("[data-again]");
    if (now && now.innerHTML !== seen.innerHTML) seen.replaceChildren(...now.childNodes);
  } catch {
    // the next time
  }
}
setInterval(lookAtPlayers, 5000);

// A console's line: what was typed before by the arrow keys, and the names that the game knows, which
// it is asked for when somebody begins to write.
function completeCommands() {
  const line = document.querySelector("input[data-names]");
  if (!line) return;
  const typed = [...document.querySelectorAll("[data-typed]")].map((part) => part.textContent);
  let place = typed.length;
  let draft = "";
  line.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key] ?? 0;
    const next = place + step;
    if (step === 0 || next < 0 || next > typed.length) return;
    event.preventDefault();
    if (place === typed.length) draft = line.value;
    place = next;
    line.value = place === typed.length ? draft : typed[place];
  });

  let names = null;
  line.addEventListener("input", async () => {
    if (!names) {
      names = [];
      const answer = await fetch(line.dataset.names).catch(() => null);
      if (!answer || !answer.ok || answer.redirected) return;
      names = (await answer.text()).split("\n");
    }
    const begin = line.value.toLowerCase();
    if (!begin || names.length === 0) return;
    const fitting = names.filter((name) => name.toLowerCase().startsWith(begin)).slice(0, 30);
    line.list.replaceChildren(...fitting.map((name) => new Option(name, name)));
  });
}

// --- from page to page --------------------------------------------------------------------------

// Finds in the page that has come what is followed there.
function begin() {
  log = document.querySelector("pre.log");
  streamed = document.querySelector("[data-events]");
  players = document.querySelector("[data-again]");
  readTo = "";
  takeLink();
  arrangeLayers();
  completeCommands();
  toItsEnd();
  if (document.querySelector("[data-busy]")) lookAgain(1000);
  listen();
}

// What a link leads to takes the place of what is here, in this document: a new one takes a browser
// longer than all else of a click. What is no page of this program, or one of another version of
// it, is left to the browser, and so is whatever goes wrong.
let here = location.pathname + location.search;
let entry = history.state?.entry ?? 0; // of the history
let asked = null; // what is on its way
const scrolled = new Map(); // how far, by entry

function isPlain(link, event) {
  const other = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (event.defaultPrevented || other || link.target || link.hasAttribute("download")) return false;
  return link.origin === location.origin && !(link.hash && link.pathname + link.search === here);
}

// Of the style and the script of a page.
function version(page) {
  return [...page.head.querySelectorAll("[rel=stylesheet], script")].map((part) => part.outerHTML).join();
}

function replaceBy(page) {
  rest();
  clearTimeout(due);
  due = null;
  for (const part of page.querySelectorAll("noscript")) part.remove(); // elements, to this parser
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  here = location.pathname + location.search;
  begin();
}

// As in a new document, what reads pages aloud begins at the top, and so does the Tab key.
function focusFirst() {
  const field = document.querySelector("[autofocus]");
  const heading = document.querySelector("h1");
  if (heading) heading.tabIndex = -1;
  (field ?? heading)?.focus({ preventScroll: !field });
}

async function visit(url, arrive) {
  asked?.abort();
  const asking = (asked = new AbortController());
  document.body.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { signal: asking.signal });
    const page = await pageOf(answer);
    if (!page || version(page) !== version(document)) return location.assign(url);
    arrive(answer.redirected ? answer.url : url);
    replaceBy(page);
    focusFirst();
    scrollTo(0, scrolled.get(entry) ?? 0);
  } catch {
    if (!asking.signal.aborted) location.assign(url);
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || !isPlain(link, event)) return;
  event.preventDefault();
  visit(link.href, (url) => {
    if (url === location.href) return scrolled.delete(entry);
    scrolled.set(entry, scrollY);
    entry += 1;
    scrolled.delete(entry);
    history.pushState({ entry }, "", url);
  });
});

addEventListener("popstate", (event) => {
  scrolled.set(entry, scrollY);
  entry = event.state?.entry ?? entry; // none: of a place in this page
  if (location.pathname + location.search !== here) return visit(location.href, () => {});
  asked?.abort();
  document.body.removeAttribute("aria-busy");
});

history.scrollRestoration = "manual";
addEventListener("pagehide", () => { history.scrollRestoration = "auto"; }); // a reload is the browser's
addEventListener("pageshow", () => { history.scrollRestoration = "manual"; });
begin();
history.replaceState({ entry }, "");
