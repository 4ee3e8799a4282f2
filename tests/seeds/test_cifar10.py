"""The seed `cifar10`, run whole on archives in the real format; its pictures are Fashion-MNIST's."""

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

from tests.seeds.executor import Seed, load_seed
from tests.seeds.fashion_cifar import CLASSES, FASHION_MNIST, make_archive

pytestmark = pytest.mark.skipif(not FASHION_MNIST.is_dir(), reason="Debian's package dataset-fashion-mnist is not installed")
BARE = Path(__file__).with_name("bare_lenet.py")
INPUTS = {"classes": "classes", "net": "myModel", "test_data": "testdata"}
TOTAL = re.compile(r"correctly classified (\d+) images \( (\d+\.\d\d)\) %")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; breaks each answer off after `limit` bytes, and continues where it is asked to."""

    limit = 0

    def do_GET(self) -> None:
        content = Path(self.translate_path(self.path)).read_bytes()
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        if start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : start + (self.limit or len(content))])

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A web server on loopback, and the folder that it serves."""
    folder = tmp_path / "site"
    folder.mkdir()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", folder
        server.shutdown()
        thread.join()


def download(seed: Seed, directory: Path, url: str, checksum: str) -> None:
    seed.run("download-normalize", directory, attributes={"download_cifar10": {"url": url, "checksum": checksum}})


def test_S025_cifar10_downloads_trains_and_S027_tests(tmp_path: Path, site: tuple[str, Path]) -> None:
    url, folder = site
    checksum = make_archive(folder / "cifar.tar.gz", training=1000, testing=500)
    seed = load_seed("cifar10")
    download(seed, tmp_path, f"{url}/cifar.tar.gz", checksum)
    assert {name: saved.type for name, saved in seed.artifacts.items()} == {
        "traindata": "Dataset",
        "testdata": "Dataset",
        "classes": "Json",
    }
    seed.run("train", tmp_path, inputs={"trainset": "traindata"}, attributes={"train": {"max_iterations": 3}})
    seed.run("test", tmp_path, inputs=INPUTS)
    lines = seed.consoles["test"].splitlines()
    total = TOTAL.fullmatch(lines[1])
    assert total is not None
    assert float(total[2]) > 50
    assert [line.rsplit(" ", 2)[0] for line in lines[2:-1]] == list(CLASSES)
    assert seed.artifacts["classScores"].type == "Json"


def test_a_broken_download_goes_on_where_it_stopped(
    tmp_path: Path, site: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, folder = site
    checksum = make_archive(folder / "cifar.tar.gz", training=1000, testing=100)
    size = (folder / "cifar.tar.gz").stat().st_size
    monkeypatch.setattr(Quiet, "limit", size // 2 + 1)
    seed = load_seed("cifar10")
    download(seed, tmp_path, f"{url}/cifar.tar.gz", checksum)
    assert f"continuing {url}/cifar.tar.gz" in seed.consoles["download_cifar10"]
    assert "1000 pictures to learn from, 100 to test with" in seed.consoles["download_cifar10"]


@pytest.mark.parametrize(
    ("path", "checksum", "said"),
    [
        ("/nowhere.tar.gz", "", "There is no file /nowhere.tar.gz. Set the attribute `url`"),
        ("http://127.0.0.1:1/cifar.tar.gz", "", "Downloading http://127.0.0.1:1/cifar.tar.gz failed: "),
        ("{archive}", "0" * 32, "it is damaged, or another file. Set the attribute `url`"),
        ("{rubbish}", "", "cannot be read as the CIFAR-10 archive"),
        ("{hostile}", "", "it wants to use builtins.exec"),
    ],
    ids=["no file", "no network", "wrong checksum", "no archive", "hostile pickle"],
)
def test_what_cannot_be_had_is_said_in_a_sentence(path: str, checksum: str, said: str, tmp_path: Path) -> None:
    archive = tmp_path / "cifar.tar.gz"
    make_archive(archive, training=50, testing=10)
    (tmp_path / "rubbish").write_bytes(b"rubbish" * 100)
    make_hostile(tmp_path / "hostile.tar.gz")
    url = path.format(archive=archive, rubbish=tmp_path / "rubbish", hostile=tmp_path / "hostile.tar.gz")
    with pytest.raises(AssertionError) as raised:
        download(load_seed("cifar10"), tmp_path, url, checksum)
    assert said in str(raised.value)
    assert "Set the attribute `url`" in str(raised.value)


def make_hostile(path: Path) -> None:
    """An archive whose first batch calls a function when it is unpickled."""
    script = (
        "import io, sys, tarfile\n"
        "content = b'cbuiltins\\nexec\\n(Vraise SystemExit(3)\\ntR.'\n"
        "with tarfile.open(sys.argv[1], 'w:gz') as archive:\n"
        "    member = tarfile.TarInfo('cifar-10-batches-py/data_batch_1')\n"
        "    member.size = len(content)\n"
        "    archive.addfile(member, io.BytesIO(content))\n"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)


def test_an_archive_is_the_same_every_time(tmp_path: Path) -> None:
    assert make_archive(tmp_path / "a", training=50, testing=10) == make_archive(tmp_path / "b", training=50, testing=10)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_cifar10_is_as_accurate_as_a_bare_script(tmp_path: Path) -> None:
    checksum = make_archive(tmp_path / "cifar.tar.gz")
    seed = load_seed("cifar10")
    download(seed, tmp_path, str(tmp_path / "cifar.tar.gz"), checksum)
    seed.run("train", tmp_path, inputs={"trainset": "traindata"}, attributes={"train": {"max_iterations": 2}})
    seed.run("test", tmp_path, inputs=INPUTS)
    ours = TOTAL.search(seed.consoles["test"])
    bare = subprocess.run(
        [sys.executable, str(BARE), str(tmp_path / "cifar.tar.gz"), "2", "7"],
        capture_output=True, text=True, check=True, env={**os.environ},
    )  # fmt: skip
    assert ours is not None
    assert float(ours[2]) >= 80
    assert abs(float(ours[2]) - float(bare.stdout)) <= 1
