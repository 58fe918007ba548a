"""Run a command and tell its largest resident size on stderr: `python -m benchmarks.timed CMD`."""

import resource
import subprocess
import sys


def peak(who: int = resource.RUSAGE_SELF) -> float:
    """MB that this process (or with RUSAGE_CHILDREN one that it ran) had at most."""
    return resource.getrusage(who).ru_maxrss / 1024


if __name__ == "__main__":
    code = subprocess.call(sys.argv[1:])
    sys.stderr.write(f"\nrss={peak(resource.RUSAGE_CHILDREN):.1f}\n")
    sys.exit(code)
