"""Two people on one pipeline, each in a browser of their own: what one does the other sees; what is unsent is never lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Shoot
from tests.e2e.installation import Installation
from tests.e2e.studio import Studio

BEN = "#c2185b"
BACK = 30_000  # milliseconds, for a connection that was lost to come back


@pytest.fixture
def ada(installation: Installation, page: Page, request: pytest.FixtureRequest) -> Studio:
    """Ada, with the pipeline `train` of a project of her own open."""
    ada = Studio(page)
    ada.log_in(installation.new_login(), "Ada")
    ada.create_project(request.node.name.removeprefix("test_")[:40], "digits")
    ada.open_pipeline("train")
    return ada


@pytest.fixture
def ben(installation: Installation, browser: Browser, ada: Studio) -> Iterator[Studio]:
    """Ben, in another browser, where Ada is."""
    with browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce") as context:
        ben = Studio(context.new_page())
        ben.log_in(installation.new_login(), "Ben", color=BEN)
        ben.page.goto(ada.page.url)
        expect(ben.canvas("train")).to_be_visible()
        yield ben


@contextmanager
def offline(studio: Studio) -> Iterator[None]:
    """Without network for a while."""
    _cut_off(studio)
    yield
    studio.page.context.set_offline(False)
    expect(studio.page.get_by_text("RECONNECTED")).to_be_visible(timeout=BACK)


def test_presence(ada: Studio, ben: Studio, shoot: Shoot) -> None:
    """Who is here and where: avatars, the frame on what somebody has selected, pointers, following."""
    page = ada.page
    expect(page.get_by_role("button", name="Follow Ben")).to_be_visible()
    expect(ben.page.get_by_role("button", name="Follow Ada")).to_be_visible()
    ben.select("train")
    flag = ada.node("train").locator(".graph-visitor")
    expect(flag).to_have_text("Ben")
    expect(flag).to_have_css("border-color", "rgb(194, 24, 91)")
    ben.page.mouse.move(500, 300)
    expect(page.locator(".graph-pointer")).to_have_text("Ben")
    shoot("ben_is_here")
    ada.go("Pipelines")
    expect(page.get_by_role("article", name="train", exact=True).get_by_title("Ben")).to_be_visible()
    shoot("ben_is_in_train")
    page.get_by_role("button", name="Follow Ben").click()
    expect(page.get_by_role("tooltip")).to_be_visible()  # it takes no key away
    expect(ada.canvas("train")).to_be_visible()
    shoot("following_ben")
    ben.go("Artifacts")
    expect(page).to_have_url(re.compile("/artifacts"))
    page.keyboard.press("Escape")
    ben.go("Executions")
    expect(ben.page).to_have_url(re.compile("/executions"))
    expect(page).to_have_url(re.compile("/artifacts"))
    ben.page.close()
    expect(page.get_by_role("button", name="Follow Ben")).to_be_hidden()


def test_edits_show_at_once(ada: Studio, ben: Studio) -> None:
    """An edit at one shows at the other; undo takes back only one's own."""
    ada.add("prepare")
    expect(ben.node("prepare")).to_be_visible()
    ada.deselect()
    ben.add("test")
    ben.deselect()
    expect(ada.node("test")).to_be_visible()
    _set(ben, "train", "epochs", "7")
    field = ada.select("train").get_by_role("textbox", name="epochs")
    expect(field).to_have_value("7")
    ada.deselect()
    ada.page.keyboard.press("Control+z")
    for one in (ada, ben):
        expect(one.node("prepare")).to_be_hidden()
        expect(one.node("test")).to_be_visible()
    expect(ben.node("train").get_by_role("textbox", name="epochs")).to_have_value("7")
    ben.deselect()
    ben.page.keyboard.press("Control+z")
    expect(ada.select("train").get_by_role("textbox", name="epochs")).to_have_value("20")
    ben.page.keyboard.press("Control+z")
    for one in (ada, ben):
        expect(one.node("test")).to_be_hidden()
    ada.page.get_by_role("button", name="Rename train").click()
    ada.page.get_by_role("textbox", name="Rename train").fill("learn")
    ada.page.keyboard.press("Enter")
    expect(ben.canvas("learn")).to_be_visible()
    expect(ben.page.get_by_role("navigation", name="Breadcrumb")).to_contain_text("learn")


def test_settings_of_one_node_by_two(ada: Studio, ben: Studio) -> None:
    """Different attributes of one node, set by two at the same time: both stay, each is undone by its own person."""
    with offline(ada):
        _set(ada, "train", "epochs", "31")
        _set(ben, "train", "batch_size", "64")
        ben.in_sync()
    for one in (ada, ben):
        opened = one.node("train").get_by_role("region")
        expect(opened.get_by_role("textbox", name="epochs")).to_have_value("31")
        expect(opened.get_by_role("textbox", name="batch_size")).to_have_value("64")
    ada.deselect()
    ada.page.keyboard.press("Control+z")
    opened = ben.node("train").get_by_role("region")
    expect(opened.get_by_role("textbox", name="epochs")).to_have_value("20")
    expect(opened.get_by_role("textbox", name="batch_size")).to_have_value("64")


def test_conflicting_edits_end_the_same(ada: Studio, ben: Studio, shoot: Shoot) -> None:
    """One deletes what the other edits: both show the same; the refused edit is in *Not applied*."""
    page = ada.page
    with offline(ada):
        _set(ada, "train", "epochs", "99")
        ben.node("train").click()
        ben.page.keyboard.press("Delete")
        ben.in_sync()
        expect(ada.node("train").get_by_role("textbox", name="epochs")).to_have_value("99")
    ada.in_sync()
    for one in (ada, ben):
        expect(one.node("train")).to_be_hidden()
        expect(one.wires()).to_have_count(0)
    page.get_by_role("button", name="NOT APPLIED [1]").click()
    dialog = page.get_by_role("dialog", name="Not applied")
    expect(dialog).to_contain_text("Set epochs to 99 in train")
    expect(dialog).to_contain_text("DF101")
    shoot("not_applied")
    dialog.get_by_role("button", name="Discard", exact=True).click()
    expect(dialog).to_contain_text("Every edit was applied.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="NOT APPLIED")).to_be_hidden()
    ben.page.keyboard.press("Control+z")
    for one in (ada, ben):
        expect(one.node("train")).to_be_visible()
        expect(one.wires()).to_have_count(2)


def test_offline_and_back(ada: Studio, ben: Studio, shoot: Shoot) -> None:
    """S-310: edits made without network wait, the footer counts them, and they arrive; meanwhile the others go on."""
    with offline(ada):
        _set(ada, "train", "epochs", "31")
        ada.deselect()
        ada.add("prepare")
        ada.deselect()
        expect(ada.page.get_by_text("OFFLINE 2 unsent")).to_be_visible()
        shoot("S310_offline_with_unsent_edits")
        ben.add("test")
        ben.deselect()
        ben.in_sync()
        expect(ada.node("test")).to_be_hidden()
    for one in (ada, ben):
        one.in_sync()
        expect(one.node("prepare")).to_be_visible()
        expect(one.node("test")).to_be_visible()
        expect(one.select("train").get_by_role("textbox", name="epochs")).to_have_value("31")


def test_a_tab_closed_offline_keeps_its_edits(installation: Installation, ada: Studio, ben: Studio, shoot: Shoot) -> None:
    """What a tab could not send is in the browser; the next tab that opens the project sends it."""
    context, address = ada.page.context, ada.page.url
    _cut_off(ada)
    _set(ada, "train", "epochs", "44")
    expect(ada.page.get_by_text("OFFLINE 1 unsent")).to_be_visible()
    ada.page.close()
    context.set_offline(False)
    again = Studio(context.new_page())
    again.page.goto(address)
    for one in (again, ben):
        expect(one.select("train").get_by_role("textbox", name="epochs")).to_have_value("44")
        one.in_sync()


def test_S311_S312_deep_links(ada: Studio, ben: Studio, shoot: Shoot) -> None:
    """S-311, S-312, I-313, I-314: the address holds the view with its selection; breadcrumbs and rail lead back."""
    page = ada.page
    ada.select("train")
    expect(page).to_have_url(re.compile("select"))
    ben.page.goto(page.url)
    expect(ben.node("train").get_by_role("region")).to_be_visible()
    expect(ben.page.get_by_role("group").filter(has=ben.page.get_by_role("region"))).to_have_count(1)
    for crumb in ("S311", "main"):
        expect(page.get_by_role("navigation", name="Project and branch")).to_contain_text(crumb)
    page.get_by_role("button", name=re.compile("^S311")).click()
    expect(page.get_by_role("menuitem", name="All projects")).to_be_visible()
    shoot("S311_menu_of_the_project")
    page.keyboard.press("Escape")
    crumbs = page.get_by_role("navigation", name="Breadcrumb")
    expect(crumbs).to_contain_text(re.compile("HOME.*train"))
    for screen in ("Executions", "Architectures", "Artifacts", "Pipelines"):
        ada.go(screen)
        rail = page.get_by_role("navigation", name="Screens")
        expect(rail.get_by_role("link", name=screen)).to_have_attribute("aria-current", "page")
        expect(crumbs).to_contain_text(screen)
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile("/architectures"))
    ada.open_pipeline("train")
    crumbs.get_by_role("link", name="HOME").click()
    expect(page).to_have_url(re.compile("/pipelines$"))


def _cut_off(studio: Studio) -> None:
    studio.page.context.set_offline(True)
    expect(studio.page.get_by_role("button", name="RECONNECTING")).to_be_visible(timeout=BACK)


def _set(studio: Studio, node: str, attribute: str, value: str) -> None:
    field = studio.select(node).get_by_role("textbox", name=attribute)
    field.fill(value)
    field.press("Enter")
