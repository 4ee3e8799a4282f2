"""Bad input in the browser, in the terminal and over REST: refused before the run, or told where it happened."""

import os
import re
import signal
import time

import pytest
from playwright.sync_api import Page, expect

from deepforge.errors import NotFound, Refused
from deepforge.model.interface import Mark
from deepforge.model.records import Input, Record
from tests.e2e.conftest import Shoot
from tests.e2e.failing import FAILING, STEPS, TRAINING
from tests.e2e.installation import Installation
from tests.e2e.studio import Studio
from tests.e2e.workshop import Workshop, node, pipeline, wire

pytestmark = pytest.mark.timeout(240)
LINES = 200_000


@pytest.fixture(scope="module")
def failing(installation: Installation) -> Workshop:
    return Workshop(installation.data_dir, "failing", *FAILING)


@pytest.fixture
def studio(installation: Installation, page: Page) -> Studio:
    studio = Studio(page)
    studio.log_in(installation.new_login(), "Ada")
    return studio


def enter(studio: Studio, workshop: Workshop, pipeline: str) -> None:
    """Open a pipeline of a project that was made by a program."""
    studio.page.goto(f"{workshop.info.url}/projects/{workshop.project}/main/pipelines")
    studio.open_pipeline(pipeline)


def unfinished() -> list[Record]:
    """Pipelines that cannot run: nothing connected, an artifact that will be deleted, an empty reference."""
    return [
        *pipeline("alone", node("alone", "test")),
        *pipeline(
            "gone",
            node("gone", "in", Input()),
            node("gone", "train"),
            wire("gone", "in", "train", output="data", input="traindata"),
        ),
    ]


@pytest.fixture(scope="module")
def digits(installation: Installation) -> Workshop:
    """The digits, prepared, with pipelines that cannot run."""
    workshop = Workshop(installation.data_dir, "digits", *unfinished(), seed="digits")
    assert workshop.ended(workshop.start("prepare")).status == "success"
    return workshop


def refusal(workshop: Workshop, pipeline: str) -> list[tuple[str, str, str]]:
    """Over REST, where a run is refused: code, record and name of each mark."""
    with pytest.raises(Refused) as refused:
        workshop.start(pipeline)
    assert refused.value.status == 422
    marks = [mark for mark in refused.value.marks if isinstance(mark, Mark)]
    return [(mark.code, mark.where.record, mark.where.name) for mark in marks]


def refused(studio: Studio, record: str, *reasons: str) -> None:
    """The node shows the reasons, the run cannot be started, and the button says why."""
    button = studio.page.get_by_role("button", name="Execute pipeline")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(studio.node_by_id(record)).to_be_visible()
    problems = studio.page.get_by_role("list", name="Problems")
    for reason in reasons:
        expect(problems.filter(has_text=reason).first).to_be_visible()
    expect(button).to_contain_text(re.compile("(is not connected|is gone|is empty)\\."))
    for problem in problems.all():
        hidden = problem.evaluate("list => list.scrollHeight - list.clientHeight")
        assert hidden <= 0, "every reason is seen without scrolling"


def test_unconnected_inputs_are_refused_before_the_run(
    installation: Installation, digits: Workshop, studio: Studio, shoot: Shoot
) -> None:
    ports = ("testdata", "model", "classes")
    reasons = [f'Input "{port}" of "test" is not connected.' for port in ports]
    enter(studio, digits, "alone")
    refused(studio, "alone-test", *reasons)
    shoot("unconnected")
    assert refusal(digits, "p-alone") == [("DF210", "alone-test", port) for port in ports]
    done = installation.run("run", "digits", "alone")
    assert (done.returncode, done.stdout, [reason for reason in reasons if f"DF210: {reason}" not in done.stderr]) == (1, "", [])


def test_a_deleted_artifact_and_an_empty_reference_are_refused_before_the_run(
    installation: Installation, digits: Workshop, studio: Studio, shoot: Shoot
) -> None:
    enter(studio, digits, "gone")
    chosen = digits.copy("traindata", "doomed")
    studio.choose_artifact("gone-in", "doomed")
    studio.deselect()
    studio.in_sync()
    studio.go("Artifacts")
    row = studio.page.get_by_role("row").filter(has_text="doomed")
    row.hover()
    row.get_by_role("button", name=re.compile("Delete")).click()
    studio.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(row).to_be_hidden()
    studio.open_pipeline("gone")
    refused(studio, "gone-in", "is gone")
    refused(studio, "gone-train", 'Reference "net" of "train" is empty.')
    shoot("gone_and_empty")
    assert chosen.id not in [artifact.id for artifact in digits.artifacts()]
    assert refusal(digits, "p-gone") == [
        ("DF211", "gone-in", "artifact"),
        ("DF212", "gone-train", "net"),
        ("DF212", "gone-train", "criterion"),
        ("DF212", "gone-train", "optimizer"),
    ]
    done = installation.run("run", "digits", "gone")
    assert (done.returncode, "DF211: " in done.stderr, "DF212: " in done.stderr) == (1, True, True), done


def test_the_terminal_says_which_input_has_a_choice_and_how_to_choose(installation: Installation, digits: Workshop) -> None:
    said = installation.run("run", "digits", "train").stderr
    assert said == (
        "Error: Several artifacts fit the Input that feeds traindata. "
        "Choose one for traindata: --input traindata=testdata, --input traindata=traindata.\n"
    )
    done = installation.run("run", "digits", "train", "--input", "traindata=traindata", "--set", "train.epochs=2")
    assert (done.returncode, "train_execution_1: success" in done.stderr) == (0, True), done
    done = installation.run("run", "digits", "test", "--input", "testdata=testdata", "--input", "classes=classes")
    assert (done.returncode, "correctly classified" in done.stdout) == (0, True), "the one model that there is is taken"


def test_an_exception_is_on_the_node_in_the_job_and_leads_to_the_code(
    failing: Workshop, studio: Studio, page: Page, shoot: Shoot
) -> None:
    enter(studio, failing, "raises")
    studio.execute()
    studio.wait_for("raises_execution_1", "failed")
    shoot("failed_in_the_tray")
    studio.open_execution("raises_execution_1")
    bubble = page.locator(".failure")
    expect(bubble).to_contain_text("KeyError: 'labels'")
    expect(bubble.get_by_role("button", name="raises.py:7")).to_be_visible()
    expect(page.get_by_text('"raises" failed: KeyError').first).to_be_visible()
    shoot("failed_node")
    bubble.get_by_role("button", name="raises.py:7").click()
    expect(page.get_by_text('return table["labels"]')).to_be_visible()
    page.get_by_role("tab", name="Console").click()
    console = studio.console()
    expect(console).to_contain_text("Traceback (most recent call last):")
    expect(console).not_to_contain_text("main.py")
    expect(console).to_contain_text("KeyError: 'labels'")
    shoot("failed_console")
    console.get_by_role("button", name='File "operations/raises.py", line 7').click()
    expect(page.get_by_role("tab", name="Code")).to_have_attribute("aria-selected", "true")
    expect(page.locator('[aria-current="true"]', has_text="operations/raises.py")).to_be_visible()
    shoot("the_line_in_the_code")


def test_stop_ends_an_endless_loop(failing: Workshop, studio: Studio, page: Page, shoot: Shoot) -> None:
    enter(studio, failing, "loops")
    studio.execute()
    studio.wait_for("loops_execution_1", "running")
    studio.open_execution("loops_execution_1")
    page.get_by_role("button", name="Stop execution").click()
    expect(page.get_by_role("button", name="Restart execution")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("canceled").first).to_be_visible()
    shoot("stopped")


@pytest.mark.parametrize("pause", [0.0, 0.2])
def test_a_double_click_executes_once(failing: Workshop, studio: Studio, page: Page, pause: float) -> None:
    before = failing.executions("p-leaves")
    enter(studio, failing, "leaves")
    button = page.get_by_role("button", name="Execute pipeline")
    expect(button).to_have_attribute("aria-disabled", "false")
    box = button.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    for count in (1, 2):
        page.mouse.down(click_count=count)
        page.mouse.up(click_count=count)
        page.wait_for_timeout(1000 * pause)  # the time between two clicks of one hand
    studio.wait_for(f"leaves_execution_{len(before) + 1}", "failed")
    assert len(failing.executions("p-leaves")) == len(before) + 1


def test_two_hundred_thousand_lines_leave_the_page_alive(failing: Workshop, studio: Studio, page: Page, shoot: Shoot) -> None:
    enter(studio, failing, "talks")
    studio.execute()
    studio.wait_for("talks_execution_1", "running")
    studio.open_execution("talks_execution_1")
    studio.open_job("talks")
    expect(page.get_by_role("button", name="Follow")).to_have_attribute("aria-pressed", "true")
    began = time.monotonic()
    page.get_by_role("tab", name="Code").click()
    expect(page.get_by_text("def talks(")).to_be_visible()
    page.get_by_role("tab", name="Console").click()
    assert time.monotonic() - began < 3, "the page answers while the lines come"
    expect(studio.console()).to_contain_text('##### "talks" Operation Complete! #####', timeout=60_000)
    expect(studio.console()).to_contain_text(f"line {LINES - 1}")
    shoot("the_end_of_many_lines")
    studio.console().hover()
    page.mouse.wheel(0, -5000)
    expect(page.get_by_role("button", name="Follow")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Follow").click()
    expect(studio.console()).to_contain_text('##### "talks" Operation Complete! #####')
    page.reload()
    expect(page.get_by_text("of earlier output are not shown")).to_be_visible()
    expect(studio.console()).to_contain_text('##### "talks" Operation Complete! #####')
    shoot("the_gap_is_stated_to_who_comes_later")


def test_fault_03_the_page_goes_on_where_the_server_was_killed(
    installation: Installation, studio: Studio, page: Page, shoot: Shoot
) -> None:
    """The open page comes back by itself; its console and graph have everything, once."""
    workshop = Workshop(installation.data_dir, "training", *TRAINING)
    enter(studio, workshop, "trains")
    studio.execute()
    studio.wait_for("trains_execution_1", "running")
    studio.open_execution("trains_execution_1")
    studio.open_job("trains")
    expect(studio.console()).to_contain_text("step 20")
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    os.kill(installation.server_pid, signal.SIGKILL)
    installation.wait()
    expect(page.get_by_role("contentinfo")).not_to_contain_text(re.compile(r"\bCONNECTED", re.IGNORECASE))
    expect(page.get_by_text("live", exact=True)).to_be_hidden()
    shoot("without_the_server")
    installation.start()
    end = page.locator(".console-line", has_text='##### "trains" Operation Complete! #####')
    expect(end).to_be_visible(timeout=60_000)
    expect(end.locator(".console-number")).to_have_text(str(STEPS + 2))
    expect(page.get_by_text("of earlier output are not shown")).to_be_hidden()
    expect(page.get_by_role("figure", name=re.compile(f"Graph Training. loss: {1 / STEPS:g}"))).to_be_visible()
    shoot("everything_is_there")


def test_a_failing_branch_in_the_execution_s_view(failing: Workshop, studio: Studio, page: Page, shoot: Shoot) -> None:
    enter(studio, failing, "wide")
    studio.execute()
    studio.wait_for("wide_execution_1", "failed")
    studio.open_execution("wide_execution_1")
    expect(page.get_by_text('"quick" failed: ValueError: the branch that fails').first).to_be_visible()
    counts = page.get_by_role("list", name="Jobs by status")
    for count in ("1 success", "1 failed", "1 canceled"):
        expect(counts).to_contain_text(count)
    shoot("wide")


def test_a_pipeline_that_is_not_there_is_said(digits: Workshop) -> None:
    with pytest.raises(NotFound, match=r"There is no such pipeline"):
        digits.start("p-nothing")
