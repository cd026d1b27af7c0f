"""``python -m checker``, and the command ``checker``: a process of its own."""

import gc
import sys

gc.disable()  # before anything is loaded: it is short, makes few cycles, and looks for none

from checker.cli import script  # noqa: E402

if __name__ == "__main__":
    sys.exit(script())
