"""The manual's own example in the browser, on an archive in CIFAR-10's format whose pictures are Fashion-MNIST's.

The archive comes over HTTP from this machine. The trained network is compared with the same LeNet loop as a bare script, which
runs beside it: same seed, same order, one thread each.
"""

import http.server
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Shoot
from tests.e2e.installation import Installation
from tests.e2e.studio import Studio
from tests.seeds.fashion_cifar import CLASSES, FASHION_MNIST, make_archive

BARE = Path(__file__).parents[1] / "seeds" / "bare_lenet.py"
EPOCHS = 2
TRAINING = 600  # seconds, for two epochs of 50,000 pictures at batch size 4

pytestmark = [
    pytest.mark.skipif(not FASHION_MNIST.is_dir(), reason="Debian's package dataset-fashion-mnist is not installed"),
    pytest.mark.timeout(900),
]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, str]]:
    """Its path, its URL on loopback, its MD5 sum."""
    folder = tmp_path_factory.mktemp("site")
    checksum = make_archive(folder / "cifar-10-python.tar.gz")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}/cifar-10-python.tar.gz"
        yield folder / "cifar-10-python.tar.gz", address, checksum
        server.shutdown()
        thread.join()


def test_cifar10(installation: Installation, archive: tuple[Path, str, str], page: Page, shoot: Shoot) -> None:
    """S-023 to S-027: download-normalize, train, test; at least 80 %, and within one point of the bare script."""
    path, url, checksum = archive
    studio = Studio(page, shoot)
    studio.log_in(installation.url, "Ben")
    studio.create_project("hello_cifar", "cifar10")
    shoot("S024_pipelines")
    _download(studio, shoot, url, checksum)
    bare = _start_bare_script(path)
    _train(studio, shoot)
    accuracy, classes = _test(studio, shoot)
    assert classes == list(CLASSES)
    assert accuracy >= 80
    assert abs(accuracy - float(bare.communicate(timeout=TRAINING)[0])) <= 1
    installation.kill_everything()
    installation.start()
    expect(page.get_by_text("RECONNECTED")).to_be_visible(timeout=30_000)
    page.reload()
    expect(studio.console()).to_contain_text(f"( {accuracy:.2f}) %")
    studio.open_pipeline("train")
    expect(studio.node("lenetModel")).to_be_visible()
    studio.wait_for("train_execution_1", "success")
    shoot("after_everything_was_killed")


def _download(studio: Studio, shoot: Shoot, url: str, checksum: str) -> None:
    studio.open_pipeline("download-normalize")
    opened = studio.select("download_cifar10")
    for attribute, value in {"url": url, "checksum": checksum}.items():
        field = opened.get_by_role("textbox", name=attribute)
        field.fill(value)
        field.press("Enter")
    shoot("S042_mirror")
    studio.deselect()
    studio.in_sync()
    studio.execute()
    studio.wait_for("download-normalize_execution_1", "success", seconds=120)
    shoot("S025_downloaded")


def _train(studio: Studio, shoot: Shoot) -> None:
    page = studio.page
    studio.open_pipeline("train")
    studio.choose_artifact("train-in-traindata", "traindata")
    opened = studio.select("train")
    field = opened.get_by_role("textbox", name="max_iterations")
    expect(field).to_have_value("25")
    field.fill(str(EPOCHS))
    field.press("Enter")
    shoot("S042_hyperparameters")
    studio.look_at_architecture("train", "lenet")
    output = studio.select("myModel")
    output.get_by_role("textbox").fill("lenetModel")
    output.get_by_role("textbox").press("Enter")
    expect(studio.node("lenetModel")).to_be_visible()
    shoot("S043_output_named")
    studio.deselect()
    studio.in_sync()
    studio.execute()
    studio.wait_for("train_execution_1", "running")
    studio.open_execution("train_execution_1")
    studio.open_job("train")
    expect(page.get_by_role("figure", name=re.compile(r"Graph Training Error\. error: \d"))).to_be_visible(timeout=60_000)
    shoot("S110_training_error_live")
    expect(studio.console()).to_contain_text('##### "train" Operation Complete! #####', timeout=TRAINING * 1000)
    expect(page.locator(".job-head")).to_contain_text("success")
    shoot("S192_trained")


def _test(studio: Studio, shoot: Shoot) -> tuple[float, list[str]]:
    studio.open_pipeline("test")
    for record, (port, artifact) in {
        "test-in-testdata": ("test_data", "testdata"),
        "test-in-model": ("net", "lenetModel"),
        "test-in-classes": ("classes", "classes"),
    }.items():
        studio.hover_port(port)
        studio.choose_artifact(record, artifact)
        studio.deselect()
    shoot("S047_three_inputs")
    studio.execute()
    studio.wait_for("test_execution_1", "success")
    studio.open_execution("test_execution_1")
    studio.open_job("test")
    expect(studio.console()).to_contain_text('##### "test" Operation Complete! #####')
    printed = studio.console().inner_text()
    shoot("S027_accuracy_of_each_class")
    total = re.search(r"correctly classified (\d+) images \( ([\d.]+)\) %", printed)
    assert total, printed
    assert float(total[2]) == int(total[1]) / 100
    return float(total[2]), re.findall(r"^(.+) [\d.]+ %$", printed, re.MULTILINE)


def _start_bare_script(archive: Path) -> subprocess.Popen[str]:
    command = [sys.executable, str(BARE), str(archive), str(EPOCHS), "0"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
