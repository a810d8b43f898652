"""Benchmarks of civicreach, each in one command: ``python3 scripts/bench NAME``.

Every figure is measured in the run that prints it, and peers that are not installed are rows that say so.
Exit codes: 0 done; 1 an answer was wrong (a speed target that is missed is printed, not an error);
2 the call, the data or the environment is wrong.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [path for path in (str(HERE), str(HERE.parents[1] / "coverage")) if path not in sys.path]

from sheet import BenchError, Options, Result, write_json, write_markdown  # noqa: E402  (needs the path)

NEEDED = ("numpy", "numba", "geopandas", "osmium", "pydantic")

BENCHES = {
    "accuracy": "coverage error of circle, OSMnx, pandana, Valhalla and ours on towns with known truth",
    "analyses": "CPU seconds of a whole study with all analyses on a synthetic city of a million people",
    "assignment": "seconds to assign people to places with room, proven best, ours and HiGHS",
    "floating": "2SFCA, E2SFCA, 3SFCA and BFCA over 3 million pairs, ours and PySAL access",
    "imports": "seconds of `import civicreach`, `civicreach --help` and compiling the kernels",
    "page": "size, opening and repainting of the meeting page, ours and folium GeoJson",
    "siting": "max cover and its kin in a city of 25,000 nodes: value, bound, proof, seconds; spopt beside it",
    "speed": "jobs A-D and isochrones on Las Palmas, Wuhan and a tiling, ours and peers",
}


def listing() -> str:
    """The benches, one a line."""
    return "\n".join(f"  {name:<10} {what}" for name, what in sorted(BENCHES.items()))


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parse = argparse.ArgumentParser(
        prog="python3 scripts/bench",
        description=f"Measure civicreach and its peers in one run.\n\n{listing()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parse.add_argument("name", nargs="?", metavar="NAME", help=f"one of: {', '.join(sorted(BENCHES))}")
    parse.add_argument("--json", type=Path, metavar="FILE", help="also write the figures as JSON")
    parse.add_argument("--out", type=Path, metavar="FILE", help="Markdown file instead of results/NAME.md")
    size = parse.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="a few minutes at most; results/ is left alone")
    size.add_argument("--tiny", action="store_true", help="seconds, to see that it runs; results/ is left alone")
    return parse


def in_own_environment(arguments: list[str]) -> int | None:
    """Start again in the checkout's own environment where this Python lacks what is needed; else None."""
    if all(importlib.util.find_spec(name) for name in NEEDED):
        return None
    sys.path.insert(0, str(HERE.parent))
    import _setup

    try:
        python = _setup.prepare("runtime")
    except _setup.SetupError as fault:
        print(f"scripts/bench: {fault}", file=sys.stderr)
        return 2
    print("The comparison with other tools needs them installed: pip install '.[bench]'", file=sys.stderr)
    return subprocess.call([str(python), str(HERE), *arguments], env=_setup.environment())


def main(argv: list[str] | None = None) -> int:
    """Run one bench and return the exit code."""
    parse = parser()
    call = parse.parse_args(argv)
    if call.name is None:
        print(f"python3 scripts/bench NAME, with NAME one of:\n{listing()}")
        return 0
    if call.name not in BENCHES:
        parse.error(f"no bench is called {call.name!r}; there are: {', '.join(sorted(BENCHES))}")
    if (ended := in_own_environment(sys.argv[1:] if argv is None else argv)) is not None:
        return ended
    options = Options(size="tiny" if call.tiny else "quick" if call.quick else "full")
    try:
        bench = importlib.import_module(call.name)
        result: Result = bench.run(options)
    except BenchError as fault:
        print(f"scripts/bench {call.name}: {fault}", file=sys.stderr)
        return 2
    kept = HERE / "results" / f"{call.name}.md" if options.size == "full" else None
    print(write_markdown(result, call.out or kept))
    if call.json:
        write_json(result, call.json)
    return 0 if all(check.met for check in result.checks if check.is_answer) else 1


if __name__ == "__main__":
    sys.exit(main())
