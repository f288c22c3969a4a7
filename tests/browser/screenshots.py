#!/usr/bin/python3
"""Pictures of the pages of the web interface, for people to look at: ci/screenshots.

screenshots.py DIRECTORY
"""

import base64
import os
import subprocess
import sys

from browser_test import SERVER, SHAPES, Browser, enter, make_server, run, shape

MANY = 30
LONG = "long-" + "x" * 58 + "9"  # as long as a name may be


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

    def keep(self, browser, name):
        size = browser.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        picture = browser.driver.execute_cdp_cmd("Page.captureScreenshot", {
            "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 4000), "scale": 1}})
        with open(f"{self.directory}/{name}.png", "wb") as file:
            file.write(base64.b64decode(picture["data"]))


def pages_of(server):
    return [f"/servers/{server}", f"/servers/{server}/players", f"/servers/{server}/console",
            f"/servers/{server}/kick"]


def make_many():
    for number in range(MANY):
        run("l4d2ctl", "initialize", f"coop{number}", "-f", "-", text=f"port: {27100 + number}\n")
    run("l4d2ctl", "initialize", LONG, "-f", "-", text="port: 27200\n")


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
    camera.take(browser, "one", ["/", *pages_of(SERVER), "/blueprints", "/blueprints/1", "/new-server", "/jobs",
                                 "/account", "/users", "/audit", "/host", "/sign-in", "/welcome"])
    make_many()
    camera.take(browser, "many", ["/", "/host"])
    camera.take(browser, "long", pages_of(LONG)[:1])
    camera.take(browser, "error", ["/servers/coop1/kick", "/servers/there-is-none"])
    press_start(browser, "coop1")
    camera.take(browser, "busy", ["/servers/coop1", "/"])
    plain = Browser(scripts=False)
    plain.sign_in("anna")
    camera.take(plain, "no-script", ["/", *pages_of(SERVER)])
    for open_browser in (browser, plain):
        open_browser.close()
    subprocess.run(["l4d2ctl", "stop", "coop1"], check=False, capture_output=True)


main()
