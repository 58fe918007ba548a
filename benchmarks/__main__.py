"""`python -m benchmarks [NAME] [options]`; without a name: all. Names: see `ALL`."""

import subprocess
import sys

ALL = ("sweep", "search", "lookup", "pages", "memory", "start", "roster", "asset_import")


def main() -> int:
    """Each benchmark in a process of its own, so that none warms another."""
    names = [name for name in sys.argv[1:2] if name in ALL] or list(ALL)
    options = sys.argv[2:] if sys.argv[1:2] and sys.argv[1] in ALL else sys.argv[1:]
    worst = 0
    for name in names:
        print(f"== {name}", flush=True)
        if name == "sweep":
            from benchmarks import sweep

            worst = max(worst, sweep.main(options) if sweep.inside() else sweep.enter())
        else:
            worst = max(
                worst, subprocess.call([sys.executable, "-m", f"benchmarks.{name}", *options])
            )
    return worst


if __name__ == "__main__":
    sys.exit(main())
