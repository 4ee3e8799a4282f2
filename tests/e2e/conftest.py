"""The real server, the real browser: Debian's chromium, headless. Screenshots of every step are kept in test-results/."""

import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, sync_playwright

from tests.e2e.installation import Installation

CHROMIUM = shutil.which("chromium")
RESULTS = Path(__file__).parents[2] / "test-results" / "screenshots"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.e2e)
            if CHROMIUM is None and "browser" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason="no chromium on this machine: apt-get install chromium"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keeps a picture of what a failed test looked at."""
    report = yield
    page = getattr(item, "funcargs", {}).get("page")
    if report.when == "call" and report.failed and page is not None and not page.is_closed():
        page.screenshot(path=RESULTS / f"FAILED-{item.name}.png")
    return report


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playing:
        yield playing


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh browser profile whose page may report no error and no breach of its content security policy."""
    with browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce") as context:
        context.set_default_timeout(15_000)
        page = context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))

        def noted(message: ConsoleMessage) -> None:
            if message.type == "error":
                problems.append(message.text)

        page.on("console", noted)
        yield page
        # A connection that was cut on purpose is said on the console by the browser itself.
        assert [problem for problem in problems if "net::ERR_" not in problem and "WebSocket" not in problem] == []


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with Installation(tmp_path_factory.mktemp("deepforge")) as installed:
        yield installed


@pytest.fixture
def shoot(page: Page, request: pytest.FixtureRequest) -> "Shoot":
    return Shoot(page, request.node.name.split("[")[0].removeprefix("test_"))


class Shoot:
    """Keeps numbered screenshots of one test, for people to look at."""

    def __init__(self, page: Page, test: str) -> None:
        self._page = page
        self._folder = RESULTS / test
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self._number = 0

    def __call__(self, name: str) -> None:
        self._number += 1
        self._page.screenshot(path=self._folder / f"{self._number:02d}-{name}.png")
