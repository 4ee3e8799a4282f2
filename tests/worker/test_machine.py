"""What a host says of its machine."""

import re
import subprocess
import sys


def test_the_version_of_torch_is_read_without_importing_it() -> None:
    program = "import sys; from deepforge.worker.machine import framework; print(framework(), 'torch' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert re.fullmatch(r"\d+\.\d+\.\d+\S* False\n", said)
