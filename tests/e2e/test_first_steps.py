"""The manual's chapter 3, walked in the browser: from an empty list of projects to a trained and tested classifier."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Shoot
from tests.e2e.installation import Installation
from tests.e2e.studio import Studio

TRAINING = 60  # seconds; the digits train in a few


def test_digits(installation: Installation, page: Page, shoot: Shoot) -> None:
    """S-021, S-022, S-023: a project from a seed; S-024: its three pipelines; each of them run; all of it after a power cut.

    S-040: executed from the action button; S-045: the tray leads to the execution; I-120: the graph says every line's value
    under the pointer; S-026, S-047: the trained model is tested, with three inputs.
    """
    studio = Studio(page, shoot)
    studio.log_in(installation.url, "Ada")
    shoot("S021_no_projects_yet")
    studio.create_project("hello_digits", "digits")
    for name in ("prepare", "train", "test"):
        expect(page.get_by_role("article", name=name, exact=True)).to_contain_text("No executions")
    shoot("S024_pipelines")
    _prepare(studio, shoot)
    _train(studio, shoot)
    _test(studio, shoot)
    _artifacts_and_executions(studio, shoot)
    installation.kill_everything()
    expect(page.get_by_text("RECONNECTING")).to_be_visible()
    shoot("S310_reconnecting")
    installation.start()
    expect(page.get_by_text("RECONNECTED")).to_be_visible(timeout=30_000)
    page.reload()
    _everything_is_still_there(studio, shoot)


def _prepare(studio: Studio, shoot: Shoot) -> None:
    """S-040: executed from the action button; S-025: its artifacts are there as soon as it has finished."""
    studio.open_pipeline("prepare")
    shoot("S040_prepare")
    studio.execute()
    studio.wait_for("prepare_execution_1", "success")
    shoot("S045_prepared")


def _train(studio: Studio, shoot: Shoot) -> None:
    """S-041: the artifacts that fit; S-042: hyper-parameters and architecture; S-043: the result's name; S-044, S-045: the
    tray leads to the execution; S-190: live status; S-048, S-191: the console; S-110, S-192, I-120: graph and images."""
    page = studio.page
    studio.open_pipeline("train")
    offered = studio.choose_artifact("train-in-traindata", "traindata")
    assert sorted(offered) == ["testdata", "traindata"], "S-041: just those that fit are offered"
    shoot("S041_artifact_chosen")
    train = studio.select("train")
    expect(train.get_by_role("textbox", name="epochs")).to_have_value("20")
    expect(train).to_contain_text("net")
    expect(train).to_contain_text("CrossEntropyLoss")
    shoot("S042_hyperparameters")
    studio.look_at_architecture("train", "net")
    train = studio.select("train")
    train.get_by_role("textbox", name="epochs").fill("30")
    train.get_by_role("textbox", name="epochs").press("Enter")
    output = studio.select("myModel")
    output.get_by_role("textbox").fill("digitsModel")
    output.get_by_role("textbox").press("Enter")
    expect(studio.node("digitsModel")).to_be_visible()
    shoot("S043_output_named")
    studio.deselect()
    studio.in_sync()
    studio.execute()
    studio.wait_for("train_execution_1", "running")
    shoot("S045_running_in_the_tray")
    studio.open_execution("train_execution_1")
    shoot("S190_execution_live")
    studio.open_job("train")
    expect(studio.console()).to_contain_text("epoch 1:")
    expect(page.get_by_role("tab", name="Training")).to_be_visible()
    expect(page.get_by_role("tab", name="Filters of the first layer")).to_be_visible()
    shoot("S191_job_live")
    expect(studio.console()).to_contain_text('##### "train" Operation Complete! #####', timeout=TRAINING * 1000)
    expect(page.get_by_text("success").first).to_be_visible()
    expect(page.get_by_role("figure", name=re.compile(r"Graph Training\. loss: [\d.e-]+, accuracy: (0\.9|1)"))).to_be_visible()
    page.locator(".chart-plot").hover()
    expect(page.get_by_role("status").filter(has_text="epoch")).to_contain_text("accuracy")
    shoot("S192_graph_and_images")
    page.get_by_role("tab", name="Code").click()
    expect(page.get_by_text("def train(")).to_be_visible()
    shoot("job_code")
    page.get_by_role("tab", name="Inputs and outputs").click()
    expect(page.get_by_role("region", name="model", exact=True)).to_contain_text("parameters")
    shoot("job_inputs_and_outputs")


def _test(studio: Studio, shoot: Shoot) -> None:
    """S-026, S-047: tested with three inputs; S-027: total and per-class accuracy; S-049: between the banner lines."""
    studio.open_pipeline("test")
    for port, artifact in {"testdata": "testdata", "model": "digitsModel", "classes": "classes"}.items():
        studio.hover_port(port)
        studio.choose_artifact(f"test-in-{port}", artifact)
        studio.deselect()
    shoot("S047_three_inputs")
    studio.execute()
    studio.wait_for("test_execution_1", "success")
    studio.open_execution("test_execution_1")
    shoot("S044_tested")
    studio.open_job("test")
    console = studio.console()
    expect(console).to_contain_text('Console logging for Operation "test":')
    expect(console).to_contain_text('##### Running "test" Operation #####')
    expect(console).to_contain_text('##### "test" Operation Complete! #####')
    printed = console.inner_text()
    shoot("S027_accuracies")
    total = re.search(r"correctly classified (\d+) images \( ([\d.]+)\) %", printed)
    assert total, printed
    assert float(total[2]) > 95, printed
    assert len(re.findall(r"^(?:zero|one|two|three|four|five|six|seven|eight|nine) [\d.]+ %$", printed, re.MULTILINE)) == 10


def _artifacts_and_executions(studio: Studio, shoot: Shoot) -> None:
    page = studio.page
    studio.go("Artifacts")
    for name in ("digits", "traindata", "testdata", "classes", "digitsModel", "scores"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    page.get_by_role("button", name="traindata", exact=True).click()
    expect(page.get_by_role("complementary", name="traindata")).to_contain_text("1348")
    shoot("S211_artifacts")
    studio.go("Executions")
    page.get_by_role("checkbox", name="Compare test_execution_1").uncheck()
    page.get_by_role("checkbox", name="Compare train_execution_1").check()
    expect(page.get_by_role("figure", name=re.compile("Graph Training"))).to_be_visible()
    expect(page.get_by_role("region", name="Parameters")).to_contain_text("learning_rate")
    shoot("I193_executions")


def _everything_is_still_there(studio: Studio, shoot: Shoot) -> None:
    page = studio.page
    expect(page.get_by_role("row").filter(has_text="train_execution_1").first).to_contain_text("success", timeout=30_000)
    studio.open_pipeline("train")
    expect(studio.node("digitsModel")).to_be_visible()
    expect(studio.select("train").get_by_role("textbox", name="epochs")).to_have_value("30")
    shoot("after_everything_was_killed")
    studio.deselect()
    studio.open_execution("train_execution_1")
    studio.open_job("train")
    expect(studio.console()).to_contain_text("epoch 30:")
    expect(page.get_by_role("figure", name=re.compile("Graph Training. loss: \\d"))).to_be_visible()
    shoot("job_after_everything_was_killed")
