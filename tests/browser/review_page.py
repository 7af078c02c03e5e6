"""``nerconv review`` as a process of its own, and its page in Chromium, worked with by keys and mouse as people do."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from chromium import Browser
from commands import heed_signals
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

_PATIENCE = 60


class Run(NamedTuple):
    """A command that runs: the address of its page, what it said, and its process."""

    address: str
    said: list[str]
    process: subprocess.Popen[str]

    def end(self, by: int = signal.SIGINT) -> None:
        """End it by a signal: as with Ctrl+C, or another."""
        if self.process.poll() is None:
            self.process.send_signal(by)
            self.said.extend(self.process.communicate(timeout=_PATIENCE))
            self.said.append(f"exit status {self.process.returncode}")


@contextmanager
def reviewed(folder: Path, *arguments: str) -> Iterator[Run]:
    """Run ``nerconv review`` in ``folder`` until the block ends."""
    command = [sys.executable, "-m", "nerconv", "review", *arguments, "--no-browser"]
    process = subprocess.Popen(
        command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=heed_signals
    )
    run = Run("", [], process)
    try:
        assert process.stderr
        for line in process.stderr:
            run.said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+/#token=[\w-]+", line):
                yield run._replace(address=found[0])
                break
        else:
            raise AssertionError("".join(run.said))
        run.end()
    finally:
        process.kill()
        process.wait()


class ReviewPage:
    """The page, with what a person does on it; every method returns when the page has settled."""

    def __init__(self, browser: Browser, address: Path | str = "") -> None:
        self.browser = browser
        if address:
            browser.open("about:blank")
            browser.open(address)
        self.settle()

    def settle(self) -> None:
        """Wait until the page shows an answer and asks for none."""
        quiet, until = 0, time.monotonic() + _PATIENCE
        while quiet < 2:
            assert time.monotonic() < until, "the page still waits"
            busy = self.browser.script("return document.getElementById('main').getAttribute('aria-busy') !== 'false'")
            quiet = 0 if busy else quiet + 1
            time.sleep(0.03)

    def wait(self, ready: Callable[[], object]) -> None:
        """Wait until ``ready``."""
        until = time.monotonic() + _PATIENCE
        while not ready():
            assert time.monotonic() < until, f"{ready} never came"
            time.sleep(0.03)

    def keys(self, *keys: str) -> None:
        """Press keys, one after the other, wherever the focus is."""
        for key in keys:
            self.browser.driver.switch_to.active_element.send_keys(key)
            self.settle()

    def tab_to(self, text: str) -> None:
        """Press Tab until the focus is on the button with ``text``."""
        for _ in range(40):
            self.browser.driver.switch_to.active_element.send_keys(Keys.TAB)
            if text in str(self.browser.script("return document.activeElement.innerText")):
                return
        raise AssertionError(f"Tab never reaches {text!r}")

    def apply(self) -> None:
        """Press Ctrl+Enter."""
        ActionChains(self.browser.driver).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()
        self.settle()

    def click(self, selector: str) -> None:
        """Click an element."""
        self.browser.click(selector)
        self.settle()

    def button(self, text: str) -> None:
        """Click the displayed button with a text."""
        found = [
            each
            for each in self.browser.driver.find_elements("css selector", "button")
            if each.is_displayed() and text in each.text
        ]
        assert found, f"no button {text!r} among {self.browser.shown('button')}"
        found[0].click()
        self.settle()

    def shown(self, selector: str) -> list[str]:
        """Return the displayed texts of ``selector``, white space as one space."""
        return [" ".join(text.split()) for text in self.browser.shown(selector)]

    @property
    def headline(self) -> str:
        """The question, or what is shown instead."""
        return self.shown("h1")[0]

    @property
    def last(self) -> str:
        """What was done last."""
        return " ".join(self.shown("#bar .last"))

    def to(self, surface: str, rule: str = "") -> None:
        """Open the question about ``surface``."""
        code = (
            "const [surface, rule] = arguments; const found = [...document.querySelectorAll('.ql a')].find(a =>"
            " a.querySelector('.t bdi').textContent === surface && a.textContent.includes(rule));"
            "if (found) location.hash = found.getAttribute('href'); return Boolean(found)"
        )
        assert self.browser.script(code, surface, rule), f"no question about {surface!r}"
        time.sleep(0.05)
        self.settle()

    def select(self, text: str) -> None:
        """Select ``text`` in the sentence, as with the mouse."""
        code = """
            const [wanted] = arguments, root = document.getElementById('sentence');
            const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
              const at = node.data.indexOf(wanted);
              if (at < 0) continue;
              const range = document.createRange();
              range.setStart(node, at); range.setEnd(node, at + wanted.length);
              document.getSelection().removeAllRanges(); document.getSelection().addRange(range);
              dispatchEvent(new Event('mouseup'));
              return true;
            }
            return false;
        """
        assert self.browser.script(code, text), f"{text!r} is not in the sentence"
        self.settle()
