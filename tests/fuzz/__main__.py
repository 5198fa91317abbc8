"""`python -m tests.fuzz`: fuzz for as long as wanted, and keep what fails."""

from __future__ import annotations

import argparse
import hashlib
import sys
import traceback
from pathlib import Path

from tests.fuzz.engine import fuzz
from tests.fuzz.targets import decode_seeds, decode_target, page_seeds, page_target, read_seeds, read_target


def main() -> int:
    """Run all targets; 1, and a file with the input, if one fails."""
    parser = argparse.ArgumentParser(prog="tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for each target (default: 60)")
    parser.add_argument("--seed", type=int, default=0, help="of the mutations (default: 0)")
    options = parser.parse_args()
    targets = ((decode_target, decode_seeds()), (read_target, read_seeds()), (page_target, page_seeds()))
    for target, seeds in targets:
        found = fuzz(target, seeds, options.seconds, options.seed)
        print(f"{target.__name__}: {found.inputs} inputs, {found.lines} lines, {len(found.corpus)} kept", end=", ")
        print(f"slowest {found.slowest:.2f} s")
        if found.failure:
            data, error = found.failure
            path = Path(f"failed-{hashlib.sha256(data).hexdigest()[:12]}.bin")
            path.write_bytes(data)
            traceback.print_exception(error)
            print(f"the input is in {path}: {target.__name__}(open({str(path)!r}, 'rb').read())")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
