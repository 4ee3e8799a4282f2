"""Drawing a pipeline by hand, from an empty one to its run: adding, wiring, deleting, undoing, naming, setting."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Shoot
from tests.e2e.installation import Installation
from tests.e2e.studio import Studio

TUNE = '''"""Has an attribute of each kind."""

from typing import Annotated, Literal

from deepforge import Dataset, Range


def tune(
    data: Dataset,
    *,
    steps: Annotated[int, Range(1, 10)] = 3,
    rate: float = 0.5,
    label: str = "https://example.org/a/long/address/of/an/archive.tar.gz",
    fast: bool = False,
    mode: Literal["linear", "cubic"] = "linear",
    limit: int | None = None,
) -> Annotated[Dataset, "tuned"]:
    """Gives back what it got.

    Args:
        data: passed on
        steps: how many
        rate: how fast
        label: what it is called
        fast: whether to hurry
        mode: which curve
        limit: at most so many
    """
    print(steps, rate, label, fast, mode, limit)
    return data
'''


@pytest.fixture
def studio(installation: Installation, page: Page, request: pytest.FixtureRequest) -> Studio:
    """A project with the digits' operations, and one with an attribute of each kind; an empty pipeline is open."""
    studio = Studio(page)
    studio.log_in(installation.new_login(), "Ada")
    studio.create_project(request.node.name[:40], "digits")
    studio.put({"kind": "operation", "id": "tune", "name": "tune", "color": "teal", "code": TUNE})
    studio.new_pipeline("drawn")
    return studio


def test_I064_I012_add_nodes_and_take_it_back(studio: Studio, page: Page, shoot: Shoot) -> None:
    """I-064, I-061: double-click, `/` and the action button open the dialog; red X and Del delete; all is undone and redone."""
    page.mouse.dblclick(*studio.empty_spot())
    dialog = page.get_by_role("dialog", name="Add a node")
    for name in ("Input", "Output", "prepare", "test", "train", "tune"):
        expect(dialog.get_by_role("option", name=name, exact=True)).to_be_visible()
    shoot("I064_add_dialog")
    studio.choose_node("prepare")
    studio.deselect()
    studio.add("train")
    shoot("I064_opened_after_adding")
    studio.deselect()
    page.get_by_role("button", name="Execute pipeline").hover()
    shoot("I064_action_button_fans_out")
    page.get_by_role("button", name="Add operation").click()
    studio.choose_node("Input")
    studio.deselect()
    shoot("I061_three_nodes")
    studio.select("prepare")
    page.get_by_role("button", name="Delete prepare").click()
    expect(studio.node("prepare")).to_be_hidden()
    studio.select("train")
    page.keyboard.press("Escape")
    studio.node("train").click()
    page.keyboard.press("Delete")
    expect(studio.node("train")).to_be_hidden()
    for shown in (("train", True), ("prepare", True), ("Input", False), ("train", False)):
        page.keyboard.press("Control+z")
        expect(studio.node(shown[0])).to_be_visible(visible=shown[1])
    for shown in (("train", True), ("Input", True), ("prepare", False), ("train", False)):
        page.keyboard.press("Control+Shift+Z")
        expect(studio.node(shown[0])).to_be_visible(visible=shown[1])
    studio.in_sync()
    page.reload()
    expect(studio.node("Input")).to_be_visible()
    expect(page.get_by_role("group")).to_have_count(1)


def test_I062_I063_connect_and_disconnect(studio: Studio, page: Page, shoot: Shoot) -> None:
    """I-062, I-063, S-046: only compatible ports light up; click and click, drag, drop on bare canvas; a red port lets go."""
    for name in ("prepare", "train", "test"):
        studio.add(name)
        studio.deselect()
    studio.node("prepare").hover()
    output = studio.port("prepare", "output", "traindata")
    output.hover()
    expect(page.get_by_role("tooltip")).to_have_text(re.compile("traindata.*Dataset"))
    output.click()
    lit = page.locator('.graph-port[data-wiring="fits"]')
    expect(lit).to_have_count(2)
    assert sorted(str(port.get_attribute("aria-label")).split(":")[0] for port in lit.all()) == [
        "input testdata",
        "input traindata",
    ]
    shoot("I063_compatible_ports_light_up")
    studio.port("train", "input", "traindata").click()
    expect(studio.wires()).to_have_count(1)
    expect(studio.port("train", "input", "traindata")).to_have_attribute("data-state", "occupied")
    _drag(page, studio, ("prepare", "testdata"), ("test", "testdata"))
    expect(studio.wires()).to_have_count(2)
    studio.connect(("train", "model"), ("test", "model"))
    studio.connect(("prepare", "classes"), ("test", "classes"))
    shoot("I060_laid_out_downwards")
    above = [studio.node(name).bounding_box() for name in ("prepare", "train", "test")]
    tops = [box["y"] for box in above if box is not None]
    assert tops == sorted(tops), "I-060: it lays itself out downwards"
    _disconnect_and_take_back(studio, shoot)


def _disconnect_and_take_back(studio: Studio, shoot: Shoot) -> None:
    """With four wires: a red port, a wire dropped on bare canvas, a node deleted with its wires; each undone."""
    page = studio.page
    studio.port("test", "input", "classes").click()
    expect(studio.wires()).to_have_count(3)
    page.keyboard.press("Control+z")
    expect(studio.wires()).to_have_count(4)
    page.keyboard.press("Control+Shift+Z")
    expect(studio.wires()).to_have_count(3)
    studio.node("prepare").hover()
    _pick_up(page, studio, ("prepare", "output", "classes"))
    page.mouse.move(*studio.empty_spot(), steps=5)
    shoot("I063_a_wire_in_the_hand")
    page.mouse.up()
    dialog = page.get_by_role("dialog", name="Add a node")
    expect(dialog.get_by_role("option")).to_have_count(2)
    shoot("I064_only_what_fits_the_wire")
    studio.choose_node("test")
    expect(studio.wires()).to_have_count(4)
    studio.deselect()
    page.keyboard.press("Control+z")
    expect(studio.wires()).to_have_count(3)
    expect(studio.node("test")).to_have_count(1)
    studio.node("train").click()
    page.keyboard.press("Delete")
    expect(studio.wires()).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(studio.wires()).to_have_count(3)
    studio.in_sync()


def test_I012_rename(studio: Studio, page: Page, shoot: Shoot) -> None:
    """I-012: names are changed where they stand: on nodes, headers and cards."""
    name = "a network for the scanned digits, trained on Tuesdays and tested on every other day of the week"
    studio.add("prepare")
    studio.deselect()
    studio.node("prepare").click()
    page.keyboard.press("F2")
    page.get_by_role("textbox", name="Name").fill(name)
    page.keyboard.press("Enter")
    expect(studio.node(name)).to_be_visible()
    shoot("I012_a_long_name_opened")
    studio.deselect()
    shoot("I012_a_long_name")
    page.keyboard.press("Control+z")
    expect(studio.node("prepare")).to_be_visible()
    page.get_by_role("button", name="Rename drawn").click()
    page.get_by_role("textbox", name="Rename drawn").fill("sketched")
    page.keyboard.press("Enter")
    expect(studio.canvas("sketched")).to_be_visible()
    studio.go("Pipelines")
    card = page.get_by_role("article", name="sketched", exact=True)
    card.get_by_role("button", name="Rename sketched").click()
    card.get_by_role("textbox").fill("train")
    expect(card.get_by_role("alert")).to_have_text("Another pipeline has this name.")
    shoot("I012_a_taken_name")
    card.get_by_role("textbox").fill("painted")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="painted", exact=True)).to_be_visible()


def test_I067_attributes(studio: Studio, page: Page, shoot: Shoot) -> None:
    """I-067: each kind is edited in place; what cannot be is refused with the reason; all can be undone."""
    studio.add("tune")
    opened = studio.node("tune").get_by_role("region")
    shoot("I067_each_kind")
    for attribute, value, reason in (
        ("steps", "11", "At most 10 is allowed."),
        ("steps", "0", "At least 1 is needed."),
        ("steps", "2.5", "A whole number is needed, such as 25."),
        ("rate", "fast", "A number is needed, such as 0.01 or 5e-4."),
        ("limit", "many", "A whole number is needed, such as 25."),
    ):
        field = opened.get_by_role("textbox", name=attribute)
        before = field.input_value()
        field.fill(value)
        expect(opened.get_by_role("alert")).to_have_text(reason)
        if value == "11":
            shoot("I067_refused_with_its_reason")
        field.press("Enter")
        expect(field).to_have_value(value)
        field.press("Escape")
        expect(field).to_have_value(before)
    for attribute, value in {"steps": "7", "rate": "2e-3", "label": "short", "limit": "12"}.items():
        field = opened.get_by_role("textbox", name=attribute)
        field.fill(value)
        field.press("Enter")
    opened.get_by_role("checkbox", name="fast").check()
    opened.get_by_role("combobox", name="mode").select_option("cubic")
    shoot("I067_changed")
    studio.in_sync()
    page.reload()
    values = {"steps": "7", "rate": "0.002", "label": "short", "limit": "12"}
    for attribute, value in values.items():
        expect(opened.get_by_role("textbox", name=attribute)).to_have_value(value)
    expect(opened.get_by_role("checkbox", name="fast")).to_be_checked()
    expect(opened.get_by_role("combobox", name="mode")).to_have_value("cubic")
    opened.get_by_role("textbox", name="steps").hover()
    opened.get_by_role("button", name="Reset steps").click()
    expect(opened.get_by_role("textbox", name="steps")).to_have_value("3")
    page.keyboard.press("Control+z")
    expect(opened.get_by_role("textbox", name="steps")).to_have_value("7")


def test_I066_S087_references(studio: Studio, page: Page, shoot: Shoot) -> None:
    """I-066, S-087: beside the attributes; a click lists every possible target; they are cleared; marks say what is missing."""
    studio.add("train")
    opened = studio.node("train").get_by_role("region")
    button = page.get_by_role("button", name="Execute pipeline")
    expect(button).to_have_attribute("aria-disabled", "true")
    shoot("I066_marks_on_an_opened_node")
    for reference, choice in {"net": "net", "criterion": "CrossEntropyLoss", "optimizer": "Adam"}.items():
        opened.get_by_role("button", name=re.compile(rf"^{reference} \(")).click()
        options = page.get_by_role("listbox", name=re.compile(f"^{reference} "))
        if options.get_by_role("option").count() > 6:
            page.get_by_role("textbox", name=re.compile(f"^Search {reference}")).fill(choice)
        options.get_by_role("option").filter(has=page.get_by_text(choice, exact=True)).click()
        expect(opened.get_by_role("button", name=re.compile(rf"^{reference} \(.*: {choice}"))).to_be_visible()
        shoot(f"I066_{reference}_chosen")
    opened.get_by_role("button", name=re.compile(r"^optimizer \(")).click()
    page.get_by_role("button", name="Choose nothing").click()
    expect(opened.get_by_role("button", name=re.compile(r"^optimizer \(.*: choose$"))).to_be_visible()
    page.keyboard.press("Control+z")
    expect(opened.get_by_role("button", name=re.compile(r"^optimizer \(.*: Adam"))).to_be_visible()
    studio.deselect()
    button.hover()
    expect(button).to_contain_text("traindata")
    shoot("marks_name_what_blocks")


def test_I068_from_nothing_to_a_result(studio: Studio, page: Page, shoot: Shoot) -> None:
    """I-068, S-040: what was drawn by hand runs, is undone, and its card is deleted."""
    button = page.get_by_role("button", name="Execute pipeline")
    expect(button).to_have_attribute("aria-disabled", "true")
    for name in ("Input", "prepare", "tune", "Output"):
        studio.add(name)
        studio.deselect()
    studio.connect(("Input", "data"), ("prepare", "digits"))
    studio.connect(("prepare", "testdata"), ("tune", "data"))
    studio.connect(("tune", "tuned"), ("myData", "data"))
    expect(button).to_contain_text("Input")
    shoot("blocked_by_a_missing_artifact")
    studio.select("Input").get_by_role("button", name=re.compile("^artifact:")).click()
    page.get_by_role("dialog").get_by_role("option").filter(has=page.get_by_text("digits", exact=True)).click()
    studio.deselect()
    shoot("ready")
    studio.execute()
    studio.wait_for("drawn_execution_1", "success")
    shoot("S040_executed")
    studio.go("Pipelines")
    shoot("I060_thumbnails")
    page.get_by_role("button", name="Delete drawn").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("article", name="drawn", exact=True)).to_be_hidden()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("article", name="drawn", exact=True)).to_contain_text("1 execution")


def _pick_up(page: Page, studio: Studio, port: tuple[str, str, str]) -> None:
    box = studio.port(*port).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()


def _drag(page: Page, studio: Studio, source: tuple[str, str], target: tuple[str, str]) -> None:
    _pick_up(page, studio, (source[0], "output", source[1]))
    box = studio.port(target[0], "input", target[1]).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=6)
    page.mouse.up()
