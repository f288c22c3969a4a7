#!/usr/bin/python3
"""The pages of the web interface as a browser shows them, in a booted host: ci/browser.

browser_test.py [--axe FILE] [--filter GLOBS]
    FILE   is axe-core's, without which its checks are skipped
    GLOBS  of tests' names, with ":" between them
"""

import argparse
import fnmatch
import sys
import time
import unittest

import browsing
import build_tests
import page_tests
import right_tests
import size_tests
import upgrade_tests
import use_tests

MODULES = (page_tests, use_tests, build_tests, right_tests, upgrade_tests, size_tests)


class Told(unittest.TextTestResult):
    """The words that ci counts: those of GoogleTest."""

    def startTest(self, test):
        super().startTest(test)
        self.begin = time.monotonic()
        self.said = False
        print(f"[ RUN      ] {name_of(test)}", flush=True)

    def stopTest(self, test):
        bad = [text for ended, text in self.failures + self.errors
               if ended is test or getattr(ended, "test_case", None) is test]
        none = [why for ended, why in self.skipped if ended is test]
        for text in bad + none:
            print(text)
        verdict = "  FAILED " if bad else "  SKIPPED" if none else "       OK"
        print(f"[{verdict} ] {name_of(test)} ({(time.monotonic() - self.begin) * 1000:.0f} ms)", flush=True)
        super().stopTest(test)


def name_of(test):
    words = test.id().rpartition(".test_")[2].split("_")
    return "Browser." + "".join(word.capitalize() for word in words)


def all_tests():
    for module in MODULES:
        for of_class in unittest.defaultTestLoader.loadTestsFromModule(module):
            yield from of_class


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--axe")
    arguments.add_argument("--filter", default="*")
    wanted = arguments.parse_args()
    if wanted.axe:
        with open(wanted.axe, encoding="utf-8") as script:
            browsing.axe = script.read()
    browsing.lay_out_game()
    some = unittest.TestSuite(test for test in all_tests() if any(
        fnmatch.fnmatchcase(name_of(test), glob) for glob in wanted.filter.split(":")))
    runner = unittest.TextTestRunner(stream=sys.stderr, resultclass=Told, verbosity=0)
    sys.exit(not runner.run(some).wasSuccessful())


if __name__ == "__main__":
    main()
