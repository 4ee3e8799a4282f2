"""Keys after typing: Enter gives them back to the canvas, where they run, undo and delete."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Shoot
from tests.e2e.failing import FAILING
from tests.e2e.installation import Installation
from tests.e2e.studio import Studio
from tests.e2e.workshop import Workshop

NUMBER = '''"""Has an attribute."""

from deepforge import Number


def count(*, steps: int = 3) -> Number:
    """How many steps."""
    return float(steps)
'''


def test_keys_are_the_canvas_again_after_enter(installation: Installation, page: Page, shoot: Shoot) -> None:
    """UX: change an attribute, Enter, Shift+Enter runs; Ctrl+Z is the document's; what is refused keeps the field."""
    studio = Studio(page)
    studio.log_in(installation.new_login(), "Ada")
    studio.create_project("keys", "blank")
    studio.put({"kind": "operation", "id": "count", "name": "count", "color": "teal", "code": NUMBER})
    studio.new_pipeline("drawn")
    studio.add("count")
    steps = page.get_by_role("textbox", name="steps")
    steps.fill("seven")
    steps.press("Enter")
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(steps).to_be_focused()
    steps.fill("7")
    steps.press("Enter")
    expect(page.locator("[data-canvas]")).to_be_focused()
    shoot("after_enter")
    page.keyboard.press("Control+z")
    expect(steps).to_have_value("3")
    page.keyboard.press("Control+Shift+z")
    expect(steps).to_have_value("7")
    expect(page.get_by_role("button", name="Execute pipeline")).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("Shift+Enter")
    studio.wait_for("drawn_execution_1", "success")
    steps.fill("8")
    steps.press("Enter")
    page.keyboard.press("Control+Enter")
    studio.wait_for("drawn_execution_2", "success")


def test_the_list_of_keys_names_all_of_them_and_fits(installation: Installation, page: Page, shoot: Shoot) -> None:
    studio = Studio(page)
    studio.log_in(installation.new_login(), "Ada")
    studio.create_project("listed", "blank")
    studio.new_pipeline("drawn")
    for width, height in ((1280, 720), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
        execute = dialog.locator(".key-row").filter(has_text="Execute pipeline").locator("kbd")
        expect(execute).to_have_text(["⇧ ↵", "Ctrl ↵"])
        hidden = dialog.locator(".key-list").evaluate("list => list.scrollWidth - list.clientWidth")
        assert hidden <= 0, "nothing scrolls sideways"
        shoot(f"shortcuts_{width}")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()


def test_a_failure_shows_the_calls_and_an_unknown_project_is_said(installation: Installation, page: Page, shoot: Shoot) -> None:
    """The bubble has the user's own calls; each leads to its line."""
    failing = Workshop(installation.data_dir, "calls", *FAILING)
    ended = failing.ended(failing.start("p-raises"))
    studio = Studio(page)
    studio.log_in(installation.new_login(), "Ada")
    page.goto(f"{failing.info.url}/projects/{failing.project}/main/execution/{ended.id}")
    calls = page.get_by_role("list", name="Calls in your code")
    expect(calls).to_contain_text('return table["labels"]')
    shoot("calls")
    calls.get_by_role("button", name="raises.py:7").click()
    expect(page).to_have_url(re.compile("tab=code"))
    shoot("code")
    page.get_by_role("tab", name="Console").click()
    red = page.locator(".console-text[data-error]")
    expect(red).to_have_text(["Traceback (most recent call last):", "KeyError: 'labels'"])
    shoot("console")
    page.goto(f"{failing.info.url}/projects/nothing/main/pipelines")
    expect(page.get_by_role("contentinfo")).to_contain_text("NOT FOUND")
    expect(page.get_by_role("navigation", name="Project and branch")).to_contain_text("Unknown project")
    shoot("unknown_project")
