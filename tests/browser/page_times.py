#!/usr/bin/python3
"""How long it takes from a click to the next page as it is painted, on a list of 50 servers, and how large
the pages are: ci/browser --measure.

Prints a line for each, and ends with 1 where a mark is missed.
"""

import statistics
import sys

from browsing import SERVER, Browser, enter, lay_out_game, make_many, make_server

SERVERS = 50
CLICKS = 12  # each way, of which the first two count for nothing
MARK_MS = 100
MARK_BYTES = 30_000

# Of the click that led here, by the clock of the whole browser.
CLICKED = """
addEventListener("click", (e) => sessionStorage.setItem("clicked", performance.timeOrigin + e.timeStamp), true);
"""
PAINTED = """
const paint = performance.getEntriesByName("first-paint")[0];
const [page] = performance.getEntriesByType("navigation");
const since = performance.timeOrigin - Number(sessionStorage.getItem("clicked"));
return paint ? [since + paint.startTime, page.responseStart - page.requestStart] : null;
"""
SENT = "return performance.getEntriesByType('navigation')[0].encodedBodySize"


def clicked(browser, link, heading):
    """From the click on a link to the first paint of the page that it leads to, and how long that page's
    host took of it, in milliseconds."""
    browser.find(link).click()
    browser.wait(lambda: browser.text("h1") == heading)
    return browser.wait(lambda: browser.driver.execute_script(PAINTED))


def report(what, times):
    painted, answered = (statistics.quantiles(column, n=4) for column in zip(*times))
    low, median, high = painted
    verdict = "ok" if median <= MARK_MS else "MISSED"
    print(f"{what:<34} {median:6.1f} ms ({low:.1f}–{high:.1f}) ≤ {MARK_MS} {verdict}; "
          f"of it until the first byte {answered[1]:.1f} ms ({answered[0]:.1f}–{answered[2]:.1f})")
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
    browser = Browser()
    enter(browser, "anna", "--admin")
    browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": CLICKED})
    browser.go("/")
    there, back = [], []
    for _ in range(CLICKS):
        there.append(clicked(browser, f"a[href='/servers/{SERVER}']", SERVER))
        back.append(clicked(browser, ".way a", "Servers"))
    kept = [report("click to painted: list to server", there[2:]), report("click to painted: server to list", back[2:]),
            report("click to painted: both", there[2:] + back[2:])]
    kept += [report_size(browser, path) for path in ("/", f"/servers/{SERVER}", "/jobs", "/host", "/audit")]
    browser.close()
    sys.exit(not all(kept))


main()
