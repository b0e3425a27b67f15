"""`menshen run` before it has read its configuration: what no house is sure to need is not loaded."""

import subprocess
import sys

HEAVY = ("cv2", "numpy", "zxingcpp", "pyzbar", "bleak", "serial", "fpdf", "rich")


def test_what_only_some_links_need_is_loaded_by_those_links() -> None:
    program = f"import sys, gateway.cli.run; print([name for name in {HEAVY} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    assert said.stdout == "[]\n"
