"""Run a command and tell its largest resident size on stderr: `python -m benchmarks.timed CMD`."""

import resource
import subprocess
import sys

if __name__ == "__main__":
    code = subprocess.call(sys.argv[1:])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stderr.write(f"\nrss={peak:.1f}\n")
    sys.exit(code)
