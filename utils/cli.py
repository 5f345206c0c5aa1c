"""The ``course`` command. Every verb calls one function of the modules beside this one."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    args = _parser().parse_args(argv)
    return int(args.run(args))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="course", description="Build, follow and mark the course."
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    verb = verbs.add_parser("progress", help="show what you have passed, chapter by chapter")
    verb.set_defaults(run=_progress)

    # An edition for a class has neither the sources to build from nor what marks.
    if find_spec("utils.editions"):
        _add_build(verbs)
    if find_spec("utils.grading"):
        _add_teaching(verbs)
    return parser


def _add_build(verbs: Any) -> None:
    verb = verbs.add_parser("build", help="derive stubs and solved notebooks from their sources")
    verb.add_argument("chapters", nargs="*", metavar="NN", help="only these chapters, as in 03")
    verb.add_argument("--check", action="store_true", help="change nothing; fail when one is stale")
    verb.add_argument("--force", action="store_true", help="execute every notebook again")
    verb.set_defaults(run=_build)


def _add_teaching(verbs: Any) -> None:
    verb = verbs.add_parser("release", help="write the edition to hand out, without solutions")
    verb.add_argument("chapter", metavar="NN", help="the open chapter, as in 03")
    verb.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    verb.set_defaults(run=_release)

    verb = verbs.add_parser("grade", help="mark a folder of submissions, and report")
    verb.add_argument("submissions", type=Path, help="NAME.ipynb or NAME/*.ipynb; a roster.csv")
    verb.add_argument("--out", type=Path, required=True, metavar="REPORT", help="where to report")
    verb.add_argument("--chapter", action="append", default=[], metavar="NN", help="mark only this")
    verb.add_argument("--jobs", type=int, metavar="N", help="submissions marked at a time")
    verb.add_argument("--timeout", type=float, default=10.0, metavar="S", help="seconds a call")
    verb.add_argument("--memory", type=int, default=1024, metavar="MB", help="for one answer")
    verb.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster, tcp://HOST:PORT")
    verb.add_argument("--seed", type=int, help="of the hidden inputs; drawn anew by default")
    verb.add_argument("--unsafe", action="store_true", help="mark where protections are absent")
    verb.set_defaults(run=_grade)


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


def _release(args: argparse.Namespace) -> int:
    from utils.grading import release

    try:
        print(f"released to {release.release(args.chapter, args.out)}")
    except release.CannotRelease as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _grade(args: argparse.Namespace) -> int:
    # Read by numerical libraries when they are imported: one thread a worker is enough.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    from utils.grading import grade, report
    from utils.grading.sandbox import Limits

    try:
        marked = grade.grade(
            args.submissions,
            args.out,
            jobs=args.jobs,
            limits=Limits(args.timeout, args.memory),
            scheduler=args.scheduler,
            chapters=args.chapter,
            seed=args.seed,
            unsafe=args.unsafe,
        )
    except (grade.CannotGrade, grade.NotSafe) as error:
        print(error, file=sys.stderr)
        return 1
    report.write(marked, args.out)
    for sentence in marked.warnings:
        print(f"note: {sentence}", file=sys.stderr)
    print(report.summary(marked, args.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
