#!/usr/bin/python3
"""How long it takes from a click to the next page as it is painted, on a list of 50 servers, beside what the
same browser takes for pages with nothing on them, and how large the pages are: ci/browser --measure.

Prints a line for each, and ends with 1 where a mark is missed.
"""

import http.server
import statistics
import sys
import threading
import time

from browsing import ADDRESS, SERVER, Browser, enter, lay_out_game, make_many, make_server

SERVERS = 50
CLICKS = 22  # each way, of which the first two count for nothing
MARK_MS = 100
MARK_BYTES = 30_000

# When the last click was, and when the heading of a page was painted after it, by the clock of the whole
# browser, for a page may come as a new document; and what its host took for its first byte.
TIMED = """
const now = (since) => performance.timeOrigin + since;
addEventListener("click", (e) => { window.painted = null; sessionStorage.setItem("clicked", now(e.timeStamp)); }, true);
new MutationObserver(() => {
  document.querySelector("h1:not([elementtiming])")?.setAttribute("elementtiming", "heading");
}).observe(document, {childList: true, subtree: true});
new PerformanceObserver((list) => { for (const e of list.getEntries()) window.painted = now(e.renderTime); })
  .observe({type: "element", buffered: true});
"""
PAINTED = """
const clicked = Number(sessionStorage.getItem("clicked"));
const asked = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter((e) => e.entryType === "navigation" || e.initiatorType === "fetch").at(-1);
return window.painted ? [window.painted - clicked, asked.responseStart - asked.requestStart] : null;
"""
SENT = "return performance.getEntriesByType('navigation')[0].encodedBodySize"


class EmptyPage(http.server.BaseHTTPRequestHandler):
    """Of two pages that lead to each other, and have nothing else."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):  # pylint: disable=C0103
        page = self.path.strip("/")
        other = "there" if page == "back" else "back"
        text = f"<!doctype html><title>{page}</title><h1>{page}</h1><a href='/{other}'>{other}</a>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format, *args):  # pylint: disable=W0622
        pass


def clicked(browser, link, heading):
    """From the click on a link to the paint of the heading that it leads to, and how long that page's
    host took of it, in milliseconds. Nothing is asked of the browser meanwhile: to answer takes time of
    the same processors."""
    browser.driver.execute_script("setTimeout((link) => link.click(), 200, arguments[0])", browser.find(link))
    time.sleep(0.8)
    browser.wait(lambda: browser.text("h1") == heading)
    return browser.wait(lambda: browser.driver.execute_script(PAINTED))


def there_and_back(browser, address, there, back):
    """What so many clicks took each way; there and back are links, and the headings of their pages."""
    browser.driver.get(address)
    times = [(clicked(browser, *there), clicked(browser, *back)) for _ in range(CLICKS)]
    return [list(column) for column in zip(*times[2:])]


def report(what, times, empty):
    painted, answered = (statistics.quantiles(column, n=4) for column in zip(*times))
    low, median, high = painted
    verdict = "ok" if median <= MARK_MS else "MISSED"
    print(f"{what:<34} {median:6.1f} ms ({low:.1f}–{high:.1f}) ≤ {MARK_MS} {verdict}; {median / empty:.2f} of an empty "
          f"page; until the first byte {answered[1]:.1f} ms ({answered[0]:.1f}–{answered[2]:.1f})")
    return median <= MARK_MS


def report_size(browser, path):
    browser.go(path)
    size = browser.driver.execute_script(SENT)
    verdict = "ok" if size <= MARK_BYTES else "MISSED"
    print(f"{'first response of ' + path:<34} {size:6} bytes ≤ {MARK_BYTES} {verdict}")
    return size <= MARK_BYTES


def main():
    lay_out_game()
    make_server()
    make_many(SERVERS - 1)
    host = http.server.ThreadingHTTPServer(("127.0.0.1", 0), EmptyPage)
    threading.Thread(target=host.serve_forever, daemon=True).start()
    browser = Browser()
    enter(browser, "anna", "--admin")
    browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": TIMED})
    # What the machine is busy with is seen on both sides of it.
    empty = []
    empty += there_and_back(browser, f"http://127.0.0.1:{host.server_port}/back", ("a", "there"), ("a", "back"))
    there, back = there_and_back(browser, ADDRESS + "/", (f"a[href='/servers/{SERVER}']", SERVER), (".way a", "Servers"))
    empty += there_and_back(browser, f"http://127.0.0.1:{host.server_port}/back", ("a", "there"), ("a", "back"))
    nothing = statistics.median(painted for column in empty for painted, _ in column)
    print(f"{'click to painted: an empty page':<34} {nothing:6.1f} ms")
    kept = [report("click to painted: list to server", there, nothing),
            report("click to painted: server to list", back, nothing)]
    kept += [report_size(browser, path) for path in ("/", f"/servers/{SERVER}", "/jobs", "/host", "/audit")]
    browser.close()
    sys.exit(not all(kept))


main()
