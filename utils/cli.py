"""The ``course`` command. Every verb calls one function of the modules beside this one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    args = _parser().parse_args(argv)
    return int(args.run(args))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="course", description="Build, follow and mark the course."
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    verb = verbs.add_parser("build", help="derive stubs and solved notebooks from their sources")
    verb.add_argument("chapters", nargs="*", metavar="NN", help="only these chapters, as in 03")
    verb.add_argument("--check", action="store_true", help="change nothing; fail when one is stale")
    verb.add_argument("--force", action="store_true", help="execute every notebook again")
    verb.set_defaults(run=_build)

    verb = verbs.add_parser("progress", help="show what you have passed, chapter by chapter")
    verb.set_defaults(run=_progress)
    return parser


def _build(args: argparse.Namespace) -> int:
    from utils import editions

    try:
        if args.check:
            found = editions.stale()
            for each in found:
                print(f"stale: {each}", file=sys.stderr)
            if found:
                print("Run `course build` and commit what it changes.", file=sys.stderr)
            return 1 if found else 0
        for path in editions.build(args.force, args.chapters):
            print(f"built {path.relative_to(editions.ROOT)}")
        return 0
    except editions.BuildError as error:
        print(error, file=sys.stderr)
        return 1


def _progress(args: argparse.Namespace) -> int:
    from utils import progress

    print(progress.overview(progress.path() or progress.WORK / "progress.jsonl"))
    return 0
