"""What an operator does all day, from the first page to the last."""

import time
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from browsing import PASSWORD, SERVER, Browser, enter, make_server, run, run_of

# Why nobody sees that something is focused: "" where they do.
UNSEEN = """
const focused = document.activeElement;
const style = getComputedStyle(focused), box = focused.getBoundingClientRect();
const told = focused.outerHTML.slice(0, 200);
if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return "no outline: " + told;
if (box.width < 1 || box.height < 1) return "no size: " + told;
if (box.right <= 0 || box.left >= innerWidth || box.bottom <= 0 || box.top >= innerHeight)
  return "out of sight: " + told;
const x = (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2;
const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
const there = document.elementFromPoint(x, y);
return focused.contains(there) || there?.contains(focused) ? "" : "covered: " + told;
"""


class Keyboard:
    """A browser without a mouse."""

    def __init__(self, browser):
        self.browser = browser

    def press(self, *keys):
        ActionChains(self.browser.driver).send_keys(*keys).perform()

    def reach(self, selector):
        """By Tab, as often as it takes; all the way one sees where one is, but where nothing is focused:
        when a page is new, and between its last and its first."""
        laps = 0
        is_nowhere = True
        for _ in range(100):
            if self.focused(selector):
                return self.look()
            was_nowhere, is_nowhere = is_nowhere, self.focused("body")
            laps += is_nowhere and not was_nowhere
            if laps > 1:
                break
            self.press(Keys.TAB)
            if self.focused("body"):
                time.sleep(0.1)  # Chromium drops keys before it has painted a page
            else:
                self.look()
        raise AssertionError(f"{selector} is not reached")

    def focused(self, selector):
        return self.browser.driver.execute_script("return document.activeElement.matches(arguments[0])", selector)

    def look(self):
        unseen = self.browser.driver.execute_script(UNSEEN)
        if unseen:
            raise AssertionError(f"{self.browser.driver.current_url}: {unseen}")

    def press_at(self, selector, *keys):
        self.reach(selector)
        self.press(*keys)


class Use(unittest.TestCase):
    def make(self, name, port):
        make_server(name, port)
        self.addCleanup(run, "l4d2ctl", "delete", name)

    def browser_of(self, user):
        browser = Browser()
        self.addCleanup(browser.close)
        enter(browser, user, "--admin")
        return browser

    def test_the_keyboard_alone_starts_a_server_and_commands_it(self):
        self.make("keyed", 27901)
        run("l4d2ctl", "stop", "keyed")
        browser = self.browser_of("kate")
        browser.press("form[action='/sign-out'] button")
        keys = Keyboard(browser)
        browser.go("/sign-in")
        keys.press_at("[name=name]", "kate")
        keys.press_at("[name=password]", PASSWORD, Keys.ENTER)
        browser.wait(lambda: browser.all("a[href='/servers/keyed']"))
        keys.press_at("a[href='/servers/keyed']", Keys.ENTER)
        browser.wait(lambda: browser.text("h1") == "keyed")
        keys.press_at("button[value=start]", Keys.SPACE)
        # A game that is started takes no commands yet.
        browser.wait(lambda: "c1" in browser.text("[data-live=sentence]"))
        keys.press_at("a[href='/servers/keyed/console']", Keys.ENTER)
        browser.wait(lambda: browser.text("h1") == "Console")
        keys.press_at("[name=command]", "echo by hand", Keys.ENTER)
        browser.wait(lambda: "said: echo by hand" in browser.text("main"))
        keys.press_at(".way a", Keys.ENTER)
        browser.wait(lambda: browser.text("h1") == "keyed")
        keys.press_at("button[value=stop]", Keys.ENTER)
        browser.wait(lambda: browser.text(".answer .state") == "stopped")
        keys.press_at("form[action='/sign-out'] button", Keys.ENTER)
        browser.wait(lambda: not browser.all("form[action='/sign-out']"))

    def test_several_servers_are_chosen_and_restarted_from_the_list(self):
        names = ["several-1", "several-2", "several-3"]
        for number, name in enumerate(names):
            self.make(name, 27902 + number)
        browser = self.browser_of("sven")
        before = {name: run_of(name) for name in names}
        browser.go("/")
        for name in names[:2]:
            browser.find(f"[name='server.{name}']").click()
        browser.find("fieldset.levers button[value=restart]").click()
        browser.wait(lambda: all(run_of(name) not in ("", before[name]) for name in names[:2]))
        browser.wait(lambda: not browser.all("[data-busy]") and all(
            browser.text(f"[data-server={name}] [data-live=state]") == "running" for name in names[:2]))
        self.assertEqual(before[names[2]], run_of(names[2]))
        browser.go("/jobs")
        told = browser.text("main tbody")
        self.assertEqual([1, 1, 0], [told.count(name) for name in names])


class AnotherPage(unittest.TestCase):
    """What a link leads to, in the place of what was there."""

    @classmethod
    def setUpClass(cls):
        make_server()
        cls.browser = Browser()
        enter(cls.browser, "petra", "--admin")
        cls.browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": 390, "height": 200, "deviceScaleFactor": 1, "mobile": False})

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        run("l4d2ctl", "delete", SERVER)

    def setUp(self):
        self.browser.go("/")
        self.browser.driver.execute_script("window.before = true")

    def follow(self, selector, heading):
        self.browser.driver.execute_script("arguments[0].click()", self.browser.find(selector))
        self.wait_for(heading)

    def wait_for(self, heading):
        self.browser.wait(lambda: self.browser.text("h1") == heading)

    def here(self):
        """Whether it is the document still that was there before, and how far it is scrolled."""
        return self.browser.driver.execute_script("return [window.before === true, Math.round(scrollY)]")

    def test_a_link_brings_its_page_into_the_same_document(self):
        self.browser.driver.execute_script("scrollTo(0, 80)")
        self.follow(f"a[href='/servers/{SERVER}']", SERVER)
        self.assertEqual([True, 0], self.here())
        self.assertTrue(self.browser.driver.title.startswith(SERVER))
        self.assertTrue(self.browser.driver.current_url.endswith("/servers/" + SERVER))
        self.assertEqual("H1", self.browser.driver.execute_script("return document.activeElement.tagName"))

    def test_back_and_forward_go_where_they_went(self):
        self.browser.driver.execute_script("scrollTo(0, 80)")
        self.follow(f"a[href='/servers/{SERVER}']", SERVER)
        self.browser.driver.back()
        self.wait_for("Servers")
        self.browser.wait(lambda: self.here() == [True, 80])
        self.browser.driver.forward()
        self.wait_for(SERVER)
        self.assertEqual([True, 0], self.here())

    def test_who_changes_their_mind_on_the_way_stays(self):
        self.follow(f"a[href='/servers/{SERVER}']", SERVER)
        self.browser.driver.execute_script("""
            const quick = window.fetch;
            window.fetch = async (...words) => {
              await new Promise((done) => setTimeout(done, 1000));
              setTimeout(() => { window.late = true; }, 500);
              return quick(...words);
            };""")
        here = self.browser.driver.current_url
        self.browser.driver.execute_script("history.back()")
        self.browser.wait(lambda: self.browser.driver.current_url != here)
        self.browser.driver.execute_script("history.forward()")
        self.browser.wait(lambda: self.browser.driver.execute_script("return window.late"))
        self.assertEqual(SERVER, self.browser.text("h1"))
        self.assertEqual(here, self.browser.driver.current_url)
        self.assertEqual([], self.browser.all("[aria-busy]"))

    def test_a_page_that_came_so_is_as_live_as_others(self):
        self.follow(f"a[href='/servers/{SERVER}']", SERVER)
        self.browser.wait(lambda: "line" in self.browser.text("pre.log"))
        run("l4d2ctl", "stop", SERVER)
        self.browser.wait(lambda: self.browser.text(".answer .state") == "stopped")
        self.follow(".way a", "Servers")
        run("l4d2ctl", "start", SERVER)
        self.browser.wait(lambda: self.browser.text(f"[data-server={SERVER}] [data-live=state]") == "running")
        self.assertTrue(self.here()[0])

    def test_a_page_of_another_version_comes_with_its_own_script(self):
        self.browser.driver.execute_script("document.querySelector('head script').src += 'old'")
        self.follow(f"a[href='/servers/{SERVER}']", SERVER)
        self.assertFalse(self.here()[0])

    def test_who_is_signed_out_comes_to_the_form(self):
        cookies = self.browser.driver.get_cookies()
        self.browser.driver.delete_all_cookies()
        self.browser.driver.execute_script("arguments[0].click()", self.browser.find(f"a[href='/servers/{SERVER}']"))
        self.browser.wait(lambda: self.browser.all("[name=password]"))
        for cookie in cookies:
            self.browser.driver.add_cookie(cookie)

    def test_a_link_with_a_key_held_is_the_browsers(self):
        link = self.browser.find(f"a[href='/servers/{SERVER}']")
        first = self.browser.driver.current_window_handle
        ActionChains(self.browser.driver).key_down(Keys.CONTROL).click(link).key_up(Keys.CONTROL).perform()
        self.browser.wait(lambda: len(self.browser.driver.window_handles) == 2)
        self.assertEqual("Servers", self.browser.text("h1"))
        for other in set(self.browser.driver.window_handles) - {first}:
            self.browser.driver.switch_to.window(other)
            self.browser.driver.close()
        self.browser.driver.switch_to.window(first)
