"""Who sees and does what: rights that are lost, and what is somebody's own."""

import html
import re
import sqlite3
import unittest

from selenium.webdriver.common.keys import Keys

from browsing import (LAYER, PATIENCE_S, Browser, Caller, Stream, enter, make_of_blueprint, make_server, run,
                      run_of)

# Of one user, in all that is theirs. Words that nothing else here has.
NAME, SERVER, BLUEPRINT, CONFIG, SAID, TYPED, OWN_LAYER = CANARIES = (
    "medlar", "quince", "bullace", "damson", "sloe", "greengage", "loquat")
DATABASE = "/var/lib/left4me/web/left4me.db"


def own_layer_of(user):
    """Made as an administrator makes one for somebody."""
    database = sqlite3.connect(f"file:{DATABASE}?mode=ro", uri=True)
    number, = database.execute("SELECT id FROM users WHERE name = ?", (user,)).fetchone()
    database.close()
    layer = f"users/{number}/{OWN_LAYER}"
    run("l4d2ctl", "overlay", "create", layer)
    return layer


def pages_of(caller):
    """All that links lead to, from the list on, and what the host sends there; and whatever a page names
    beside that: streams, and what forms are sent to."""
    seen, streams, acts, to_do = {}, set(), set(), ["/"]
    while to_do:
        path = to_do.pop()
        if path in seen or path.startswith(("/style", "/live", "/icon")):
            continue
        _, seen[path] = caller.answer(path)
        named = {kind: {html.unescape(to) for to in re.findall(rf'{kind}="(/[^"#]*)"', seen[path])}
                 for kind in ("href", "action", "data-events", "data-again", "data-names")}
        to_do += named["href"] | named["data-again"] | named["data-names"]
        streams |= named["data-events"]
        acts |= named["action"]
    return seen, streams, acts


class Rights(unittest.TestCase):
    def browser_of(self, user, *options):
        browser = Browser()
        self.addCleanup(browser.close)
        enter(browser, user, *options)
        return browser

    def command(self, browser, line):
        field = browser.find("[name=command]")
        field.send_keys(line, Keys.ENTER)
        browser.await_answer(field)

    def start(self, browser, server):
        browser.go(f"/servers/{server}")
        browser.find("button[value=start]").click()
        browser.wait(lambda: "c1" in browser.text("[data-live=sentence]"))

    # --- a right that is lost ---------------------------------------------------------------------

    def lend(self, owner, friend):
        """A server that a friend may operate, and looks at: its page and its console, in two tabs."""
        make_server("lent", 27905)
        self.addCleanup(run, "l4d2ctl", "delete", "lent")
        owner.go("/servers/lent")
        owner.send("/servers/lent/owner", user="olga")
        owner.go("/servers/lent")
        owner.send("/servers/lent/shares", user="fred", right="also")
        owner.wait(lambda: "fred" in owner.text("#shares ~ table"))
        friend.go("/")
        friend.follow("a[href='/servers/lent']")
        friend.find("button[value=restart]").click()
        friend.wait(lambda: "Restart: done at" in friend.text("main"))
        friend.wait(lambda: "c1" in friend.text("[data-live=sentence]"))
        friend.driver.switch_to.new_window("tab")
        friend.go("/servers/lent/console")
        self.command(friend, "echo while it lasts")
        friend.wait(lambda: "said: echo while it lasts" in friend.text("main"))

    def test_a_friend_who_loses_the_right_is_told_and_may_do_no_more(self):
        owner, friend = self.browser_of("olga", "--admin"), self.browser_of("fred")
        self.lend(owner, friend)
        console = friend.driver.current_window_handle
        friend.driver.switch_to.window(friend.driver.window_handles[0])
        friend.wait(lambda: "lent" in friend.text("h1"))
        caller = Caller(friend)
        streams = [Stream(caller, "/servers/lent/events")]
        self.assertEqual([200], [stream.answer.status for stream in streams])
        before = run_of("lent")
        owner.go("/servers/lent")
        owner.send("/servers/lent/shares/end")
        # An open page finds it out by itself.
        friend.wait(lambda: "Not found" in friend.text("main"))
        for stream in streams:
            self.assertTrue(stream.ended.wait(PATIENCE_S))
        for path in ("", "/events", "/log", "/players", "/kick", "/console", "/console/names"):
            self.assertEqual(404, caller.answer("/servers/lent" + path)[0], path)
        for path, form in (("/servers/lent/act", {"act": "stop"}),
                           ("/acts", {"act": "stop", "server.lent": "on"}),
                           ("/servers/lent/kick", {"act": "kick", "player": "2", "steam": "STEAM_1:0:2"}),
                           ("/servers/lent/console", {"command": "echo too late"})):
            self.assertEqual(404, caller.answer(path, form)[0], path)
        friend.driver.switch_to.window(console)
        self.command(friend, "echo too late")
        friend.wait(lambda: "Not found" in friend.text("main"))
        friend.go("/")
        self.assertNotIn("lent", friend.text("main"))
        self.assertEqual(before, run_of("lent"))
        owner.go("/servers/lent/console")
        self.assertIn("while it lasts", owner.text(".transcript"))
        self.assertNotIn("too late", owner.text(".transcript"))
        owner.go("/servers/lent/players")
        self.assertIn("Zoey", owner.text("main"))

    # --- what is somebody's own -------------------------------------------------------------------

    def make_canaries(self, browser):
        """What only its user knows."""
        layers = f"{own_layer_of(NAME)}\n{LAYER}"
        make_of_blueprint(browser, SERVER, BLUEPRINT, layers=layers, arguments=f"+say {SAID}",
                          config=f"sv_tags {CONFIG}")
        self.addCleanup(run, "l4d2ctl", "delete", SERVER)
        browser.wait(lambda: "Its settings: done at" in browser.text("main"))
        self.start(browser, SERVER)
        self.act_as_canary(browser)

    def act_as_canary(self, browser):
        browser.go(f"/servers/{SERVER}/console")
        self.command(browser, f"echo {TYPED}")
        browser.wait(lambda: f"said: echo {TYPED}" in browser.text("main"))

    def stop(self, browser, server):
        browser.go(f"/servers/{server}")
        browser.find("button[value=stop]").click()
        browser.wait(lambda: "Stop: done at" in browser.text("main"))

    def assert_blind(self, where, text):
        for canary in CANARIES:
            with self.subTest(where=where, canary=canary):
                self.assertNotIn(canary, text)

    def assert_refused(self, caller, paths, form):
        """There is nothing at what is another one's, whatever is sent there."""
        for path in sorted(paths):
            with self.subTest(path=path):
                status, text = caller.answer(path, form)
                self.assertEqual(404, status)
                self.assert_blind(path, text)

    def test_nothing_of_one_user_reaches_another(self):
        medlar, berta = self.browser_of(NAME), self.browser_of("berta")
        self.make_canaries(medlar)
        make_of_blueprint(berta, "bertas", "Berta's own", layers=LAYER)
        self.addCleanup(run, "l4d2ctl", "delete", "bertas")
        berta.wait(lambda: "Its settings: done at" in berta.text("main"))
        self.start(berta, "bertas")

        own, blind = Caller(medlar), Caller(berta)
        theirs, their_streams, their_acts = pages_of(own)
        # They are all there to be found: else this would find nothing whatever leaks.
        for canary in CANARIES:
            self.assertTrue([path for path, text in theirs.items() if canary in text], canary)
        self.assertTrue([path for path in theirs if path.startswith("/jobs/")])
        kept = [Stream(own, "/events"), Stream(own, f"/servers/{SERVER}/events")]
        heard = [Stream(blind, "/events"), Stream(blind, "/servers/bertas/events")]
        berta.wait(lambda: all("event: server" in stream.heard() for stream in kept + heard))
        self.act_as_canary(medlar)
        self.stop(medlar, SERVER)
        self.stop(berta, "bertas")
        # What was to be heard before that has come by then.
        berta.wait(lambda: all('"stopped"' in stream.heard() for stream in kept + heard))
        for stream in kept:
            self.assertIn(SERVER, stream.heard())
        for stream in heard:
            self.assertIn("bertas", stream.heard())
            self.assert_blind(stream.answer.headers, stream.heard())

        seen, streams, acts = pages_of(blind)
        for path, text in seen.items():
            self.assert_blind(path, text)
        theirs, their_streams, their_acts = (
            set(found) | set(before) for found, before in zip(pages_of(own), (theirs, their_streams, their_acts)))
        forms = {path for path in theirs if path.startswith("/new-server?")}  # which are everybody's
        for path in forms:
            self.assert_blind(path, blind.answer(path)[1])
        self.assert_refused(blind, (theirs | their_streams) - set(seen) - streams - forms, None)
        self.assert_refused(blind, their_acts - acts, {"act": "stop", "name": SERVER, "user": "berta"})
        self.assert_refused(blind, {"/audit", "/audit?user=" + NAME, "/users", "/host"}, None)
        self.assertIn(SERVER, Caller(self.browser_of("adele", "--admin")).answer("/audit")[1])
