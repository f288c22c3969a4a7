"""Layers that are built from the pages."""

import unittest

from browsing import PASSWORD, Browser, build_layer, link_for, run, type_script


class Builds(unittest.TestCase):
    def builder(self, name):
        """Who may build, and administers nothing."""
        browser = Browser()
        self.addCleanup(browser.close)
        link = link_for(name)
        run("l4d2ctl", "web-user", "allow-builds", name)
        browser.driver.get(link)
        browser.fill(password=PASSWORD, again=PASSWORD)
        browser.sign_in(name)
        return browser

    def to_layer(self, browser):
        """From the page of a job."""
        browser.follow("dl.facts a")
        browser.wait(lambda: browser.text("h1").startswith("users/"))

    def test_a_build_is_cancelled_and_its_script_mended(self):
        browser = self.builder("bea")
        build_layer(browser, "own", "set -eu\necho begun\nsleep 1000\n")
        browser.wait(lambda: "begun" in browser.text("pre.log"))
        self.assertIn("sleep 1000", browser.text("pre.said"))
        browser.find("form[action$='/cancel'] button").click()
        browser.wait(lambda: browser.text(".answer .state") == "cancelled")
        self.to_layer(browser)
        self.assertIn("There is no such layer now", browser.text("main"))
        self.assertIn("sleep 1000", browser.find("[name=script]").get_property("value"))

        type_script(browser, "set -eu\necho '<b>built</b>'\necho one > made\n")
        browser.wait(lambda: browser.text(".answer .state") == "done")
        self.assertIn("<b>built</b>", browser.text("pre.log"))
        self.assertEqual([], browser.all("main b"))
        self.to_layer(browser)
        self.assertIn("version 1, by build", browser.text("main"))
        self.assertEqual([], browser.complaints())

        browser.find("[name=name]").send_keys(browser.text("h1"))
        browser.find("button[value=delete]").click()
        browser.wait(lambda: browser.text(".answer .state") == "done")
        browser.go("/layers")
        self.assertNotIn("/own", browser.text("main"))
