"""What all tests of the pages share: browsers, users, and servers to be looked at."""

import http.client
import re
import subprocess
import threading
import urllib.parse

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ADDRESS = "http://127.0.0.1:8000"
PASSWORD = "correct horse battery"
SERVER = "browser"
PORT = 27900
LAYER = "browser-game"
PATIENCE_S = 40
# What a page may be: narrow as a phone and wide, in both schemes.
SHAPES = [(width, scheme) for width in (390, 1440) for scheme in ("light", "dark")]
axe = None  # axe-core's script, where it is to be had

# Before each page's own scripts: what the policy forbade there, and how far things were moved.
WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (e) => violations.push(e.violatedDirective + " " + e.blockedURI));
window.shift = 0;
new PerformanceObserver((list) => { for (const e of list.getEntries()) shift += e.value; })
  .observe({type: "layout-shift", buffered: true});
"""


def run(*words, text=None):
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{words} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def link_for(name, *options):
    """A one-time link, of a user that was not there before."""
    subprocess.run(["l4d2ctl", "web-user", "delete", name], capture_output=True, check=False)
    known = f" {name} " in f" {run('l4d2ctl', 'web-user', 'list')} ".replace("\n", " ")
    said = run("l4d2ctl", "web-user", "reset" if known else "add", name, *([] if known else options))
    return re.search(r"http\S+/welcome#\S+", said)[0]


def lay_out_game():
    """The installation, and the layer whose game says what tests look for."""
    folder = "/var/lib/left4me/overlays/" + LAYER
    run("/build/tests/stand_in/install")
    run("install", "-D", "-m", "755", "/tests/browser/game.py", folder + "/srcds_linux")
    run("chown", "-R", "left4me:left4me", folder)


def make_server(name=SERVER, port=PORT):
    """One that runs."""
    spec = f"port: {port}\noverlays: [{{path: {LAYER}}}]\n"
    run("l4d2ctl", "initialize", name, "-f", "-", text=spec)
    run("l4d2ctl", "start", name)


def make_many(count):
    """So many more, which do not run."""
    for number in range(count):
        run("l4d2ctl", "initialize", f"coop{number}", "-f", "-", text=f"port: {27100 + number}\n")


def is_of_a_page_that_goes(error):
    """Whether somebody looked at it while its page gave way to the next. For a moment chromedriver passes
    on what Chromium's inspector says of that, before it calls the element stale:
    https://github.com/SeleniumHQ/selenium/issues/15401."""
    return (isinstance(error, StaleElementReferenceException)
            or "Node with given id does not belong to the document" in str(error.msg))


class Browser:
    """A browser of its own, with nobody signed in."""

    def __init__(self, scripts=True):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
            options.add_argument(word)
        if not scripts:
            options.add_experimental_option(
                "prefs", {"profile.managed_default_content_settings.javascript": 2})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.ChromeService("/usr/bin/chromedriver")
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_page_load_timeout(PATIENCE_S)
        if scripts:
            self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})

    def close(self):
        self.driver.quit()

    def go(self, path):
        self.driver.get(ADDRESS + path)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        """Of the node: what a parser made of the page, and not what is seen of it."""
        return self.find(selector).get_property("textContent")

    def wait(self, condition, seconds=PATIENCE_S):
        def holds(_):
            try:
                return condition()
            except WebDriverException as error:
                if not is_of_a_page_that_goes(error):
                    raise
                return False
        return WebDriverWait(self.driver, seconds, 0.1).until(holds)

    def fill(self, **fields):
        for name, value in fields.items():
            self.find(f"[name={name}]").send_keys(value)
        self.find("main form button").click()

    def follow(self, selector):
        """A link, until its page is there."""
        link = self.find(selector)
        address = link.get_attribute("href")
        link.click()
        self.wait(lambda: self.driver.current_url == address)

    def await_answer(self, element):
        """Of a form that has been sent, and has that element: who goes on before takes it back."""
        def has_gone():
            try:
                element.is_enabled()
            except StaleElementReferenceException:
                return True
            return False
        self.wait(has_gone)

    def press(self, selector):
        """A button of a form, until its answer is there."""
        button = self.find(selector)
        button.click()
        self.await_answer(button)

    def send(self, action, **fields):
        """A form, by its address, until its answer is there."""
        form = f"form[action='{action}']"
        for name, value in fields.items():
            self.find(f"{form} [name={name}]").send_keys(value)
        self.press(f"{form} button:not([hidden])")

    def sign_in(self, name):
        self.go("/sign-in")
        self.fill(name=name, password=PASSWORD)
        self.wait(lambda: self.all("form[action='/sign-out']"))

    def forget_complaints(self):
        self.driver.get_log("browser")

    def complaints(self):
        """What the policy forbade on this page, and what else the browser has said since then."""
        logged = [entry["message"] for entry in self.driver.get_log("browser")
                  if entry["level"] == "SEVERE"]
        return self.driver.execute_script("return violations") + logged


RUN = 100_000  # a run of the game has so many numbers: see game.py


def numbers(text):
    return [int(number) for number in re.findall(r"\bline (\d+)\.$", text, re.MULTILINE)]


def enter(browser, name, *options):
    """As somebody new does: by a link, to a password, and in."""
    browser.driver.get(link_for(name, *options))
    browser.fill(password=PASSWORD, again=PASSWORD)
    browser.sign_in(name)


def make_of_blueprint(browser, server, blueprint, **fields):
    """As its user does on the pages: a blueprint, a server of it, which is made but not started. The
    address of the job that makes it."""
    browser.go("/new-blueprint")
    for name, value in {"name": blueprint, **fields}.items():
        browser.find(f"main [name={name}]").send_keys(value)
    browser.find("form button.main").click()
    browser.wait(lambda: browser.all(".message.done"))
    browser.follow("main a.button[href^='/new-server']")
    browser.find("[name=name]").send_keys(server)
    browser.find("main form button.main").click()
    browser.wait(lambda: browser.all(".last a"))
    return browser.find(".last a").get_attribute("href").removeprefix(ADDRESS)


def build_layer(browser, name, script):
    """A new one, by its form; leads to the page of its job."""
    browser.go("/new-layer")
    browser.find("main [name=name]").send_keys(name)
    type_script(browser, script)


def type_script(browser, script):
    """Into the form of the page, in place of what stands there."""
    field = browser.find("[name=script]")
    field.clear()
    field.send_keys(script)
    browser.find("form.wide button.main").click()
    browser.wait(lambda: "/jobs/" in browser.driver.current_url)


def run_of(server):
    """What tells one run of a server from the next one."""
    return run("systemctl", "show", "--property=InvocationID", "--value", f"left4me-server@{server}").strip()


class Caller:
    """Asks for what is signed in for in a browser, and hears what the host sends, not what is seen of
    it."""

    def __init__(self, browser):
        self.cookies = "; ".join(f"{cookie['name']}={cookie['value']}"
                                 for cookie in browser.driver.get_cookies())
        self.token = browser.find("[name=token]").get_property("value")

    def connect(self, path, form=None):
        connection = http.client.HTTPConnection(ADDRESS.removeprefix("http://"), timeout=PATIENCE_S)
        fields = {"Cookie": self.cookies, "Origin": ADDRESS}
        if form is None:
            connection.request("GET", path, headers=fields)
        else:
            fields["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST", path, urllib.parse.urlencode({"token": self.token, **form}), fields)
        return connection, connection.getresponse()

    def answer(self, path, form=None):
        """Its status, and its head and body."""
        connection, answer = self.connect(path, form)
        try:
            return answer.status, str(answer.headers) + answer.read().decode()
        finally:
            connection.close()


class Stream(threading.Thread):
    """What a stream of events sends."""

    def __init__(self, caller, path):
        super().__init__(daemon=True)
        self.connection, self.answer = caller.connect(path)
        self.parts = []
        self.ended = threading.Event()
        self.start()

    def run(self):
        try:
            while part := self.answer.read1(65536):
                self.parts.append(part)
        except (OSError, ValueError, http.client.HTTPException):
            pass  # it is closed here
        self.ended.set()

    def heard(self):
        return b"".join(self.parts).decode(errors="replace")


def shape(browser, width, scheme):
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": scheme}]})
