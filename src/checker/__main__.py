"""``python -m checker``: the same as the command ``checker``."""

import sys

from checker.cli import script

if __name__ == "__main__":
    sys.exit(script())
