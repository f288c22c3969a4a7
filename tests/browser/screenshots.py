#!/usr/bin/python3
"""Pictures of the pages of the web interface, for people to look at: ci/screenshots.

screenshots.py DIRECTORY
"""

import base64
import os
import subprocess
import sys
import time

from browsing import (ADDRESS, LAYER, SERVER, SHAPES, Browser, build_layer, enter, lay_out_game, make_many,
                      make_server, run, shape)

MANY = 30
LONG = "long-" + "x" * 58 + "9"  # as long as a name may be
# Of a host that is as others are: name, map, and how many play.
FEW = (("coop-evening", "c2m3_coaster", 3), ("versus", "c5m1_waterfront", 8), ("survival", "c8m5_rooftop", 0),
       ("training", "tutorial_standards", 1), ("workshop-maps", "c1m4_atrium", 0))
SHOWN = FEW[0][0]
SCRIPT = """set -eu
mkdir -p left4dead2/cfg
for map in c1m1_hotel c2m1_highway c5m1_waterfront; do
  echo "rotation: $map" >&2
  echo "$map"
done > left4dead2/mapcycle.txt
"""
DOCS_WIDTH, DOCS_HEIGHT = 1184, 620


class Camera:
    def __init__(self, directory):
        self.directory = directory
        os.makedirs(directory, exist_ok=True)

    def take(self, browser, state, paths):
        """All of a page, however long it is: STATE-PAGE-WIDTH-SCHEME.png."""
        for path in paths:
            page = path.strip("/").replace("/", "-").replace("?", "-") or "list"
            for width, scheme in SHAPES:
                shape(browser, width, scheme)
                browser.go(path)
                self.keep(browser, f"{state}-{page}-{width}-{scheme}")

    def take_for_docs(self, browser, name, path):
        """The upper part of a page: docs-NAME.png."""
        shape(browser, DOCS_WIDTH, "light")
        browser.go(path)
        self.keep(browser, f"docs-{name}", DOCS_HEIGHT)

    def keep(self, browser, name, highest=4000):
        # Its lines come by a stream; that there are none is said after a while.
        if any(log.is_displayed() for log in browser.all(".tail")):
            time.sleep(2.5)
        size = browser.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        picture = browser.driver.execute_cdp_cmd("Page.captureScreenshot", {
            "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], highest), "scale": 1}})
        with open(f"{self.directory}/{name}.png", "wb") as file:
            file.write(base64.b64decode(picture["data"]))


def pages_of(server):
    return [f"/servers/{server}", f"/servers/{server}/players", f"/servers/{server}/console",
            f"/servers/{server}/kick"]


def make_all():
    make_many(MANY)
    run("l4d2ctl", "initialize", LONG, "-f", "-", text="port: 27200\n")


def make_few(browser):
    """They play, but for the last one, and one of the others waits for a restart."""
    for number, (name, game_map, players) in enumerate(FEW):
        spec = (f"port: {27020 + number}\noverlays: [{{path: {LAYER}}}]\n"
                f"arguments: ['+plays', '{game_map}', '+players', '{players}']\n")
        run("l4d2ctl", "initialize", name, "-f", "-", text=spec)
        if name != FEW[-1][0]:
            run("l4d2ctl", "start", name)
            browser.go("/")
            browser.wait(lambda: game_map in browser.text(f"[data-server={name}] [data-live=map]"))  # pylint: disable=W0640
    run("l4d2ctl", "restart", "--when-empty", FEW[1][0])
    for command in ("z_difficulty", "say the next map in five minutes"):
        browser.go(f"/servers/{SHOWN}/console")
        browser.find("input[name=command]").send_keys(command)
        browser.find("form.command button").click()


def remove_few():
    for name, _, _ in FEW:
        run("l4d2ctl", "delete", name)


def press_start(browser, server):
    browser.go(f"/servers/{server}")
    browser.find("button[name=act][value=start]").click()


def main():
    camera = Camera(sys.argv[1])
    browser = Browser()
    enter(browser, "anna", "--admin")
    camera.take(browser, "game-missing", ["/", "/host"])
    run("/build/tests/stand_in/install")
    camera.take(browser, "empty", ["/", "/blueprints", "/new-server", "/jobs", "/host"])
    lay_out_game()
    make_few(browser)
    camera.take(browser, "few", ["/", *pages_of(SHOWN), "/host"])
    camera.take_for_docs(browser, "list", "/")
    camera.take_for_docs(browser, "server", f"/servers/{SHOWN}")
    camera.take(browser, "empty", ["/layers", "/new-layer"])
    build_layer(browser, "maps/rotation", SCRIPT)
    browser.wait(lambda: browser.text(".answer .state") == "done")
    job = browser.driver.current_url.removeprefix(ADDRESS)
    camera.take_for_docs(browser, "build", job)
    camera.take(browser, "built", [job, "/layers", "/layers/maps~rotation"])
    remove_few()
    make_server()
    browser.go("/new-blueprint")
    browser.find("[name=name]").send_keys("Coop, with <b> & a name that is as long as one may be")
    browser.find("[name=config]").send_keys('hostname "Coop"\nsv_tags coop\nmp_gamemode coop')
    browser.find("form button.main").click()
    browser.wait(lambda: browser.all(".message.done"))
    browser.go(f"/servers/{SERVER}/console")
    for command in ("status", "echo <b>one</b>", "say the next map in five minutes"):
        browser.find("input[name=command]").send_keys(command)
        browser.find("form.command button").click()
    camera.take(browser, "one", ["/", *pages_of(SERVER), "/blueprints", "/blueprints/1", "/new-server",
                                 "/account", "/users", "/audit", "/host", "/layers", f"/layers/{LAYER}",
                                 "/new-blueprint"])
    make_all()
    camera.take(browser, "many", ["/", "/host"])
    camera.take(browser, "long", pages_of(LONG)[:1])
    camera.take(browser, "error", ["/servers/coop1/kick", "/servers/there-is-none"])
    press_start(browser, "coop1")
    camera.take(browser, "busy", ["/servers/coop1", "/"])
    browser.go("/servers/coop1")
    browser.wait(lambda: "Start: done at" in browser.text("main"))
    camera.take(browser, "one", ["/jobs", browser.find(".last a").get_attribute("href").removeprefix(ADDRESS)])
    shape(browser, 1440, "light")
    browser.go("/")
    for box in browser.all(".pick input")[3:6]:
        box.click()
    camera.keep(browser, "chosen-list-1440-light", browser.driver.execute_script("return innerHeight"))
    plain = Browser(scripts=False)
    camera.take(plain, "out", ["/sign-in", "/welcome"])
    plain.sign_in("anna")
    camera.take(plain, "no-script", ["/", *pages_of(SERVER)])
    for open_browser in (browser, plain):
        open_browser.close()
    subprocess.run(["l4d2ctl", "stop", "coop1"], check=False, capture_output=True)


main()
