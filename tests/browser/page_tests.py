"""What each page shows, and what open ones are told."""

import time
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import browsing
from browsing import (ADDRESS, LAYER, PASSWORD, RUN, SERVER, SHAPES, Browser, build_layer, enter, link_for,
                      make_server, numbers, run, shape)


def all_pages(job):
    """Of an administrator, one of each kind."""
    return ["/", f"/servers/{SERVER}", f"/servers/{SERVER}/log", f"/servers/{SERVER}/players",
            f"/servers/{SERVER}/console", f"/servers/{SERVER}/kick", "/blueprints", "/new-blueprint", "/blueprints/1", "/new-server",
            "/layers", f"/layers/{LAYER}", "/new-layer", "/jobs", job, "/account", "/users", "/audit", "/host",
            "/sign-in", "/welcome", "/servers/there-is-none"]


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        make_server()
        cls.admin = Browser()
        enter(cls.admin, "anna", "--admin")
        cls.admin.go("/new-blueprint")
        cls.admin.find("[name=name]").send_keys("Coop, with <b> & a name that is as long as one may be")
        cls.admin.find("[name=config]").send_keys('hostname "x"')
        cls.admin.find("form button.main").click()
        cls.admin.wait(lambda: cls.admin.all(".message.done"))
        cls.admin.go(f"/servers/{SERVER}")
        cls.admin.find("button[value=restart]").click()
        cls.admin.wait(lambda: "Restart: done at" in cls.admin.text("main"))
        cls.job = cls.admin.find(".last a").get_attribute("href").removeprefix(ADDRESS)
        build_layer(cls.admin, "pages", "set -eu\necho '<b>one</b>' > made\n")
        cls.admin.wait(lambda: cls.admin.text(".answer .state") == "done")
        cls.build = cls.admin.driver.current_url.removeprefix(ADDRESS)

    @classmethod
    def tearDownClass(cls):
        cls.admin.close()

    def test_the_list_leads_to_a_log_that_goes_on(self):
        browser = self.admin
        browser.forget_complaints()
        browser.go("/")
        browser.follow(f"a[href='/servers/{SERVER}']")
        browser.wait(lambda: browser.text("h1") == SERVER)
        seen = max(browser.wait(lambda: numbers(browser.text("pre.log"))))
        browser.wait(lambda: max(numbers(browser.text("pre.log"))) > seen + 5)
        self.assertEqual([], browser.complaints())

    def test_a_log_loses_no_line_while_the_program_is_restarted(self):
        browser = self.admin
        browser.go(f"/servers/{SERVER}")
        browser.wait(lambda: numbers(browser.text("pre.log")))
        for _ in range(2):
            run("systemctl", "kill", "--signal=KILL", "left4me-web.service")
            seen = max(numbers(browser.text("pre.log")))
            browser.wait(lambda: max(numbers(browser.text("pre.log"))) > seen + 20)  # pylint: disable=W0640
        lines = numbers(browser.text("pre.log"))
        lines = [number for number in lines if number // RUN == lines[-1] // RUN]
        self.assertEqual(list(range(lines[0], lines[-1] + 1)), lines)

    def test_what_a_game_says_is_text_and_nothing_else(self):
        browser = self.admin
        game_map = "c1</span><script>alert(1)</script>&amp;\"'\ufffd"
        browser.go("/")
        row = f"[data-server={SERVER}] "
        browser.wait(lambda: browser.text(row + "[data-live=map]") == game_map)  # by the stream
        browser.go(f"/servers/{SERVER}")
        self.assertIn(f"{game_map}, 5/8 players, since ", browser.text("[data-live=sentence]"))
        run("l4d2ctl", "restart", SERVER)
        for page in (f"/servers/{SERVER}/log", f"/servers/{SERVER}"):
            browser.go(page)
            browser.wait(lambda: "</pre><script>alert(2)</script>&lt;\n" in browser.text("pre.log"))
        self.assertEqual(1, len(browser.all("script")))
        self.assertEqual(1, len(browser.all("h1")))

    def test_ten_tabs_all_load_and_the_one_that_is_seen_is_told(self):
        browser = self.admin
        first = browser.driver.current_window_handle
        for _ in range(10):
            browser.driver.switch_to.new_window("tab")
            browser.go(f"/servers/{SERVER}")
            seen = max(browser.wait(lambda: numbers(browser.text("pre.log"))))
            browser.wait(lambda: max(numbers(browser.text("pre.log"))) > seen)  # pylint: disable=W0640
        for handle in browser.driver.window_handles:
            if handle != first:
                browser.driver.switch_to.window(handle)
                browser.driver.close()
        browser.driver.switch_to.window(first)

    def say(self, browser, command):
        line = browser.find("input[name=command]")
        line.send_keys(command, Keys.ENTER)
        browser.wait(lambda: command in [said.text for said in browser.all("[data-typed]")])

    def test_a_console_keeps_what_was_said_and_knows_what_can_be(self):
        browser = self.admin
        browser.go("/")  # a game that is started takes no commands yet
        browser.wait(lambda: "c1" in browser.text(f"[data-server={SERVER}] [data-live=map]"))
        browser.forget_complaints()
        browser.go(f"/servers/{SERVER}/console")
        self.say(browser, "echo <b>one</b>")
        self.say(browser, "echo two")
        self.assertIn("said: echo <b>one</b>", browser.text(".transcript"))
        line = browser.find("input[name=command]")
        line.send_keys("half", Keys.ARROW_UP, Keys.ARROW_UP)
        self.assertEqual("echo <b>one</b>", line.get_property("value"))
        line.send_keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
        self.assertEqual("half", line.get_property("value"))
        line.clear()
        line.send_keys("z")
        line.send_keys("e")
        browser.wait(lambda: "zebra_crossing" in [
            choice.get_attribute("value") for choice in browser.all("#choices option")])
        self.assertEqual([], browser.complaints())

    def test_a_player_is_kicked_and_goes_from_an_open_page(self):
        browser = self.admin
        browser.go(f"/servers/{SERVER}")
        self.assertIn("<b>Zoey</b>", browser.text("[data-again]"))
        page = browser.driver.current_window_handle
        browser.driver.switch_to.new_window("tab")
        browser.go(f"/servers/{SERVER}/kick")
        browser.find("button[aria-label='Kick <b>Zoey</b>']").click()
        browser.wait(lambda: "The player is kicked." in browser.text("main"))
        self.assertNotIn("Zoey", browser.text("table"))
        browser.driver.close()
        browser.driver.switch_to.window(page)
        browser.wait(lambda: "Zoey" not in browser.text("[data-again]"))

    def test_users_are_blind_to_what_is_not_theirs(self):
        browser = Browser()
        self.addCleanup(browser.close)
        enter(browser, "berta")
        browser.go("/")
        self.assertNotIn(SERVER, browser.text("main"))
        browser.go("/jobs")
        self.assertNotIn(SERVER, browser.text("main"))
        for path in (f"/servers/{SERVER}", "/servers/there-is-none", self.job):
            browser.go(path)
            self.assertNotIn(SERVER, browser.text("main"))
            self.assertIn("Not found", browser.text("main"))

    def test_all_of_it_works_without_scripts(self):
        browser = Browser(scripts=False)
        self.addCleanup(browser.close)
        browser.driver.get(link_for("carl"))
        link = browser.driver.current_url
        self.assertIn("#", link)
        browser.fill(link=link, password=PASSWORD, again=PASSWORD)
        browser.sign_in("carl")
        browser.follow("a[href='/account']")
        self.assertIn("carl", browser.text("main"))
        browser.press("form[action='/sign-out'] button")
        self.assertEqual([], browser.all("form[action='/sign-out']"))
        browser.sign_in("anna")
        browser.go(f"/servers/{SERVER}")
        self.assertFalse(browser.find(".tail").is_displayed())
        browser.follow(f"a[href='/servers/{SERVER}/log']")
        self.assertTrue(numbers(browser.text("pre.log")))
        browser.follow("a[href='/jobs']")
        browser.follow(f"a[href='{self.job}']")
        self.assertIn("done", browser.text("main"))

    def test_layers_are_moved_and_what_is_typed_stays(self):
        def go_to_new(browser):
            browser.go("/new-blueprint")
            browser.find("[name=name]").send_keys("moved")
            browser.find("[name=config]").send_keys("sv_tags typed")
            browser.find("[name=layers]").send_keys("a\nb alias\nc")

        def lines(browser):
            return browser.find("[name=layers]").get_property("value").split()

        browser = self.admin
        go_to_new(browser)
        browser.find("[aria-label='Up: c']").click()
        self.assertEqual(["a", "c", "b", "alias"], lines(browser))
        browser.driver.switch_to.active_element.send_keys(Keys.ARROW_UP)
        self.assertEqual(["c", "a", "b", "alias"], lines(browser))
        items = browser.all("ol.order li")
        ActionChains(browser.driver).drag_and_drop(items[2].find_element(By.TAG_NAME, "code"),
                                                   items[0].find_element(By.TAG_NAME, "code")).perform()
        browser.wait(lambda: lines(browser) == ["b", "alias", "c", "a"])
        browser.find("[aria-label='Leave out: a']").click()
        self.assertEqual(["b", "alias", "c"], lines(browser))
        self.assertEqual([], browser.complaints())

        plain = Browser(scripts=False)
        self.addCleanup(plain.close)
        plain.sign_in("anna")
        go_to_new(plain)
        name = plain.find("[name=name]")
        name.send_keys(Keys.ENTER)  # saves, or says why not: it moves nothing
        plain.await_answer(name)
        self.assertIn("layer", plain.text(".message"))
        plain.press("[aria-label='Up: c']")
        self.assertEqual(["a", "c", "b", "alias"], lines(plain))
        self.assertEqual("sv_tags typed", plain.find("[name=config]").get_property("value").strip())
        self.assertEqual("moved", plain.find("[name=name]").get_property("value"))

    def pages(self):
        return [*all_pages(self.job), self.build]

    def test_pages_are_for_everybody(self):
        if browsing.axe is None:
            self.skipTest("axe-core was not to be had from npm's registry")
        browser = self.admin
        for path in self.pages():
            for width, scheme in SHAPES:
                with self.subTest(path=path, width=width, scheme=scheme):
                    shape(browser, width, scheme)
                    browser.go(path)
                    browser.driver.execute_script(browsing.axe)
                    found = browser.driver.execute_async_script(
                        "axe.run().then(r => arguments[arguments.length - 1](r.violations))")
                    told = [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]
                    self.assertEqual([], told)

    def test_pages_keep_to_their_policy_and_their_places(self):
        browser = self.admin
        browser.forget_complaints()
        for path in self.pages():
            for width, scheme in SHAPES:
                with self.subTest(path=path, width=width, scheme=scheme):
                    shape(browser, width, scheme)
                    browser.go(path)
                    wide = browser.driver.execute_script("return document.documentElement.scrollWidth")
                    self.assertLessEqual(wide, width)
                    missing = "404" if path.endswith("there-is-none") else None
                    self.assertEqual([], [said for said in browser.complaints()
                                          if not missing or missing not in said])
        for path in self.pages()[:2]:
            browser.go(path)
            time.sleep(10)  # of what changes meanwhile
            self.assertLess(browser.driver.execute_script("return shift"), 0.02, path)
