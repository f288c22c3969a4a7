"""What goes on while the package is upgraded."""

import contextlib
import fcntl
import glob
import os
import unittest

from browsing import RUN, Browser, enter, make_of_blueprint, make_server, numbers, run

PORTS = "/run/left4me/lock/.ports"


@contextlib.contextmanager
def held_ports():
    """Who makes a server waits for the table of ports, as long as another one has it."""
    file = os.open(PORTS, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    place = os.stat(os.path.dirname(PORTS))
    os.fchown(file, place.st_uid, place.st_uid)
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(file)


def main_process(unit):
    return run("systemctl", "show", "--property=MainPID", "--value", unit).strip()


class Upgrade(unittest.TestCase):
    WAITS = "waiting for the table of ports"

    def browser_of(self, user, *options):
        browser = Browser()
        self.addCleanup(browser.close)
        enter(browser, user, *options)
        return browser

    def follow(self, browser, server):
        browser.go(f"/servers/{server}")
        browser.wait(lambda: numbers(browser.text("pre.log")))

    def test_a_job_and_a_log_go_on_over_an_upgrade_of_the_package(self):
        make_server("kept", 27906)
        self.addCleanup(run, "l4d2ctl", "delete", "kept")
        log, job = self.browser_of("ursula", "--admin"), self.browser_of("walter")
        with held_ports():
            path = make_of_blueprint(job, "renewed", "Renewed")
            self.addCleanup(run, "l4d2ctl", "delete", "renewed")
            job.go(path)
            job.wait(lambda: self.WAITS in job.text("pre.log"))
            self.follow(log, "kept")
            unit = f"left4me-job-servers@{path.rpartition('/')[2]}"
            at_work, served = main_process(unit), main_process("left4me-web")
            first = numbers(log.text("pre.log"))[0]
            run("dpkg", "--install", *glob.glob("/build/left4me_*.deb"))
            self.assertNotEqual(served, main_process("left4me-web"))
            self.assertEqual(at_work, main_process(unit))
            seen = max(numbers(log.text("pre.log")))
            log.wait(lambda: max(numbers(log.text("pre.log"))) > seen + 20)
            self.assertEqual("at work", job.text(".answer .state"))
        job.wait(lambda: job.text(".answer .state") == "done")
        self.assertEqual(1, job.text("pre.log").count(self.WAITS))
        self.assertIn("renewed: initialised", job.text("pre.log"))
        lines = numbers(log.text("pre.log"))
        self.assertEqual(first // RUN, lines[-1] // RUN)
        self.assertEqual(list(range(first, lines[-1] + 1)), lines)
