"""A real headless Chromium that opens pages, at any width, light or dark, and looks at them with axe-core.

``Browser.faults`` is what every page of nerconv must have none of: violations of axe-core, sideways scrolling of the
page, and errors in the console, such as what its content security policy refused.
"""

from __future__ import annotations

import os
import shutil
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

#: What looks at a page: widths in pixels, and whether it is dark.
VIEWS = [(400, False), (400, True), (1280, False), (1280, True)]
#: The names of Chromium and its driver on Debian, and elsewhere.
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_DRIVER = "chromedriver"


def missing() -> str:
    """Return why no browser can be started, or nothing."""
    if not any(map(shutil.which, _BROWSERS)):
        return "chromium is not installed (apt-get install chromium chromium-driver)"
    if not shutil.which(_DRIVER):
        return "chromedriver is not installed (apt-get install chromium-driver)"
    packages = [name for name in ("selenium", "axe_core_python") if not find_spec(name)]
    return f"the package {packages[0]} is not installed" if packages else ""


class Browser:
    """A page in Chromium. ``driver`` is that of selenium, for what has no method here."""

    def __init__(self, driver: WebDriver, axe: str) -> None:
        self.driver = driver
        self._axe = axe

    def view(self, width: int, dark: bool = False, height: int = 900) -> None:
        """Show pages ``width`` pixels wide, in light or dark colours."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        colours = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        still = [{"name": "prefers-reduced-motion", "value": "reduce"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": colours + still})

    def open(self, page: Path | str) -> None:
        """Open a file or an address."""
        self.driver.get(page.resolve().as_uri() if isinstance(page, Path) else page)

    def script(self, code: str, *values: object) -> Any:
        """Return what ``code`` returns in the page."""
        return self.driver.execute_script(code, *values)

    def shown(self, selector: str) -> list[str]:
        """Return the text of each element of ``selector`` that is displayed."""
        code = (
            "return [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility()).map(e => e.innerText)"
        )
        found: list[str] = self.script(code, selector)
        return found

    def click(self, selector: str) -> None:
        """Click an element as a person does: it must be in reach."""
        self.driver.find_element("css selector", selector).click()

    def picture(self, name: str, selector: str, width: int = 1000, height: int = 800) -> None:
        """Take a picture of an element for the documentation, where they are wanted: NERCONV_PICTURES=docs/images."""
        if not (folder := os.environ.get("NERCONV_PICTURES")):
            return
        self.view(width)
        box = self.script(
            "const box = document.querySelector(arguments[0]).getBoundingClientRect();"
            "return [box.x + scrollX, box.y + scrollY]",
            selector,
        )
        clip = {"x": 0, "y": max(box[1] - 16, 0), "width": width, "height": height, "scale": 1}
        asked = {"format": "webp", "quality": 80, "clip": clip, "captureBeyondViewport": True}
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", asked)
        (Path(__file__).parent.parent.parent / folder / name).write_bytes(b64decode(shot["data"]))

    def violations(self) -> list[str]:
        """Return what axe-core finds: rule, help, and the first places."""
        if self.script("return typeof axe") == "undefined":
            self.script(self._axe)
        run = "axe.run({resultTypes: ['violations']})"
        code = f"const done = arguments[0]; {run}.then(done, error => done({{error: String(error)}}))"
        found = self.driver.execute_async_script(code)
        assert not found.get("error"), found["error"]
        return [
            f"{each['id']}: {each['help']}: {'; '.join(node['html'][:200] for node in each['nodes'][:3])}"
            for each in found["violations"]
        ]

    def errors(self) -> list[str]:
        """Return the errors in the console since it was last asked."""
        return [each["message"] for each in self.driver.get_log("browser") if each["level"] == "SEVERE"]

    def faults(self) -> list[str]:
        """Return the violations of axe-core, how far the page is too wide, and the errors in the console."""
        wide = self.script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        scrolls = [f"the page is {wide} pixels wider than the window"] if wide > 0 else []
        return [*self.violations(), *scrolls, *self.errors()]


@contextmanager
def started(profile: Path, downloads: Path | None = None) -> Iterator[Browser]:
    """Start a browser with an empty ``profile`` folder; it ends with the block."""
    import axe_core_python
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    options = ChromeOptions()
    options.binary_location = next(filter(None, map(shutil.which, _BROWSERS)))
    for argument in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "hide-scrollbars"):
        options.add_argument(f"--{argument}")
    options.add_argument(f"--user-data-dir={profile}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if downloads:
        options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    driver = Chrome(options=options, service=Service(shutil.which(_DRIVER)))
    driver.set_script_timeout(60)
    try:
        axe = Path(axe_core_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
        yield Browser(driver, axe)
    finally:
        driver.quit()
