"""How much a browser is sent, on a host of many servers: the last of all tests, which takes none away."""

import unittest

from browsing import ADDRESS, Browser, enter, make_many, make_of_blueprint, make_server
from page_tests import all_pages

SERVERS = 50
MOST_BYTES = 30_000
PAGE = "return performance.getEntriesByType('navigation')[0].encodedBodySize"
BESIDE_IT = "return performance.getEntriesByType('resource').reduce((sum, file) => sum + file.encodedBodySize, 0)"


class Size(unittest.TestCase):
    def test_pages_of_fifty_servers_are_small(self):
        browser = Browser()
        self.addCleanup(browser.close)
        enter(browser, "simon", "--admin")
        make_server()
        make_many(SERVERS - 1)
        make_of_blueprint(browser, "sized", "Sized", config="sv_tags x\n" * 100)
        browser.wait(lambda: "Its settings: done at" in browser.text("main"))
        # A job for each, and a change of all of them in the audit.
        browser.go("/")
        browser.driver.execute_script("document.querySelectorAll('[name^=\"server.\"]').forEach((box) => box.click())")
        browser.find("fieldset.levers button[value=stop]").click()
        browser.wait(lambda: browser.all("[data-busy]"))
        browser.go("/jobs")
        job = browser.find("main tbody a").get_attribute("href").removeprefix(ADDRESS)
        for path in all_pages(job):
            with self.subTest(path=path):
                browser.go(path)
                size = browser.driver.execute_script(PAGE)
                self.assertTrue(0 < size <= MOST_BYTES, size)
                self.assertLessEqual(browser.driver.execute_script(BESIDE_IT), MOST_BYTES)
