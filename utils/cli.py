"""The ``course`` command. Every verb calls one function of the modules beside this one."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils import output, translation
from utils.refused import Refused

if TYPE_CHECKING:
    from utils.grading.assignment import Assignment


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    output.prepare()
    return output.until_closed(lambda: int(_run(argv)))


def _run(argv: Sequence[str] | None) -> int:
    args = _parser().parse_args(argv)
    if args.run in SPOKEN:
        translation.use(args.lang or translation.remembered())
    if args.run in SLOW_TO_START and sys.stderr.isatty():
        print(translation.translated("Reading the chapters …"), file=sys.stderr)
    try:
        return int(args.run(args))
    except Refused as problem:
        print(problem, file=sys.stderr)
        return 1


class _Parser(argparse.ArgumentParser):
    """What a verb does not know is said with the usage of that verb, and not of all."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """What is known; the verb's own usage and an end, where something is not."""
        known, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return known, unknown


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="course", description="Build, follow and mark the course.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    verb = verbs.add_parser("progress", help="show what you have passed, chapter by chapter")
    verb.set_defaults(run=_progress)
    _add_language(verb)

    # An edition for a class has neither what marks nor what gives answers away.
    if find_spec("utils.interview"):
        _add_practice(verbs)
    if find_spec("utils.editions"):
        _add_build(verbs)
    if find_spec("utils.grading"):
        _add_teaching(verbs)
    return parser


def _add_language(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--lang", choices=translation.FOLDERS, help="en or zh; as last time, if not")


def _add_build(verbs: Any) -> None:
    verb = verbs.add_parser("build", help="derive stubs and solved notebooks from their sources")
    verb.add_argument("chapters", nargs="*", metavar="NN", help="only these chapters, as in 03")
    verb.add_argument("--check", action="store_true", help="change nothing; fail when one is stale")
    verb.add_argument("--force", action="store_true", help="execute every notebook again")
    verb.add_argument("--lang", choices=["zh"], help="only what is derived in this language")
    verb.add_argument(
        "--solved", type=Path, metavar="DIR", help="with --lang: write its solved notebooks there"
    )
    verb.set_defaults(run=_build)

    verb = verbs.add_parser("new", help="write the pieces of an exercise or a chapter")
    kinds = verb.add_subparsers(required=True, metavar="WHAT")
    kind = kinds.add_parser("exercise", help="in a chapter that there is")
    kind.add_argument("topic", metavar="TOPIC")
    kind.add_argument("name", metavar="NAME")
    kind.set_defaults(run=_new, what="exercise")
    kind = kinds.add_parser("chapter", help="with one exercise to start from")
    kind.add_argument("number", metavar="NUMBER", help="two digits, as in 15")
    kind.add_argument("topic", metavar="TOPIC")
    kind.set_defaults(run=_new, what="chapter")

    verb = verbs.add_parser("try", help="prove that the check of an exercise works")
    verb.add_argument("topic", metavar="TOPIC")
    verb.add_argument("name", metavar="NAME")
    verb.set_defaults(run=_try)


def _add_practice(verbs: Any) -> None:
    verb = verbs.add_parser("interview", help="hold a mock interview, or go on with one")
    verb.add_argument("--level", default="mid", help="junior, mid or senior")
    verb.add_argument("--topic", help="only this topic, as in propensity")
    verb.add_argument("--minutes", type=int, default=45)
    verb.add_argument("--seed", type=int, help="draw the same interview again")
    verb.add_argument("--record", action="store_true", help="keep your words; write a transcript")
    verb.set_defaults(run=_interview)
    _add_language(verb)

    verb = verbs.add_parser("review", help="ask the cards that are due")
    verb.add_argument("--topic", help="only this topic")
    verb.add_argument("--level", help="junior, mid or senior: these come first")
    verb.add_argument("--new", type=int, default=10, help="new cards a day")
    verb.add_argument("--interview", metavar="DATE", help="the day of it, as in 2026-12-12")
    verb.add_argument("--plan", action="store_true", help="say what each day holds; ask nothing")
    verb.set_defaults(run=_review)
    _add_language(verb)

    verb = verbs.add_parser("deck", help="write the cards as a package for Anki")
    verb.add_argument("--topic", help="only this topic")
    verb.add_argument("--out", type=Path, help="another file than work/user_value.apkg")
    verb.set_defaults(run=_deck)
    _add_language(verb)

    verb = verbs.add_parser("questions", help="find questions of the bank")
    verb.add_argument("--level", help="junior, mid or senior")
    verb.add_argument("--topic", help="only this topic")
    verb.add_argument("--search", nargs="+", default=[], metavar="WORD", help="all of these words")
    verb.add_argument("--full", action="store_true", help="with answers and points")
    verb.set_defaults(run=_questions)
    _add_language(verb)


def _add_teaching(verbs: Any) -> None:
    verb = verbs.add_parser("release", help="write the edition to hand out, without solutions")
    verb.add_argument("chapter", metavar="NN", nargs="?", help="the open chapter, as in 03")
    verb.add_argument("--assignment", type=Path, metavar="FILE", help="open what the file asks")
    verb.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    verb.set_defaults(run=_release)

    verb = verbs.add_parser("export", help="write a course folder for nbgrader or Otter")
    verb.add_argument("system", metavar="SYSTEM", help="nbgrader or otter")
    verb.add_argument("chapter", metavar="NN", nargs="?", help="the chapter, as in 03")
    verb.add_argument("--assignment", type=Path, metavar="FILE", help="what the file asks")
    verb.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    verb.add_argument("--exercise", action="append", default=[], metavar="NAME", help="only this")
    verb.set_defaults(run=_export)

    verb = verbs.add_parser("demo-class", help="write a class of submissions to try marking on")
    verb.add_argument("learners", type=int, metavar="N", help="how many, as in 30")
    verb.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    verb.add_argument("--chapter", metavar="NN", help="what they worked on, by default 03")
    verb.add_argument("--assignment", type=Path, metavar="FILE", help="its chapter and due date")
    verb.add_argument("--seed", type=int, default=1, help="another class for another number")
    verb.set_defaults(run=_demo_class)

    verb = verbs.add_parser("assignment", help="what is asked, until when, and how it is marked")
    kinds = verb.add_subparsers(required=True, metavar="WHAT")
    kind = kinds.add_parser("new", help="write a file to begin with")
    kind.add_argument("file", type=Path, metavar="FILE", help="as in week03.toml")
    kind.add_argument("--week", type=int, metavar="N", help="a week of the instructor's guide")
    kind.add_argument("--chapter", metavar="NN", help="a whole chapter, as in 03")
    kind.add_argument("--time-zone", default="UTC", metavar="ZONE", help="as in Asia/Shanghai")
    said = "of the notebooks and pages: en or zh; en, if not"
    kind.add_argument("--lang", choices=translation.FOLDERS, default="en", help=said)
    kind.set_defaults(run=_new_assignment)
    kind = kinds.add_parser("check", help="say what a file means, or what is wrong with it")
    kind.add_argument("file", type=Path, metavar="FILE")
    kind.set_defaults(run=_check_assignment)

    verb = verbs.add_parser("grade", help="mark a folder of submissions, and report")
    verb.add_argument("submissions", type=Path, help="NAME.ipynb or NAME/*.ipynb; a roster.csv")
    verb.add_argument("--out", type=Path, required=True, metavar="REPORT", help="where to report")
    verb.add_argument("--chapter", action="append", default=[], metavar="NN", help="mark only this")
    verb.add_argument("--assignment", type=Path, metavar="FILE", help="points, due date, attempts")
    verb.add_argument(
        "--exercise", action="append", default=[], metavar="NAME", help="mark only this again"
    )
    verb.add_argument("--adjustments", type=Path, metavar="FILE", help="points changed by hand")
    verb.add_argument("--jobs", type=int, metavar="N", help="submissions marked at a time")
    said = "most seconds of a call; by default what the exercise allows"
    verb.add_argument("--timeout", type=float, metavar="S", help=said)
    verb.add_argument("--memory", type=int, default=1024, metavar="MB", help="for one answer")
    verb.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster, tcp://HOST:PORT")
    verb.add_argument("--seed", type=int, help="of the hidden inputs; drawn anew by default")
    verb.add_argument("--unsafe", action="store_true", help="mark where protections are absent")
    said = "of the pages: en or zh; as the assignment says, if not"
    verb.add_argument("--lang", choices=translation.FOLDERS, help=said)
    verb.set_defaults(run=_grade)

    verb = verbs.add_parser("name-mistake", help="make a misconception of a group of a report")
    verb.add_argument("report", type=Path, metavar="REPORT", help="what course grade wrote")
    verb.add_argument("group", metavar="GROUP", help="as the report calls it")
    verb.add_argument("--as", dest="name", metavar="NAME", help="of the misconception")
    verb.set_defaults(run=_name_mistake)


def _name_mistake(args: argparse.Namespace) -> int:
    from utils import catalogue
    from utils.grading import naming

    written, function = naming.name_mistake(args.report, args.group, args.name)
    print(function)
    for path in written:
        print(f"wrote {path.relative_to(catalogue.ROOT)}")
    print(
        "This is a learner's code, and it runs on this machine from now on: read it. Explain the "
        "mistake in its docstring, then run `course try TOPIC NAME`."
    )
    return 0


def _build(args: argparse.Namespace) -> int:
    from utils import catalogue
    from utils.editions import build

    if args.check:
        found = build.stale_after_changes()
        for each in found:
            print(f"stale: {each}", file=sys.stderr)
        if found:
            print("Run `course build` and commit what it changes.", file=sys.stderr)
        return 1 if found else 0
    if args.lang:
        from utils.editions import translation as editions

        if args.solved:
            editions.write_solved(args.solved, args.lang)
            return 0
        for path in editions.build(args.lang):
            print(f"built {path.relative_to(catalogue.ROOT)}")
        return 0
    if not args.force and not args.chapters and build.in_step():
        return 0
    for path in build.build(args.force, args.chapters):
        print(f"built {path.relative_to(catalogue.ROOT)}")
    return 0


def _new(args: argparse.Namespace) -> int:
    from utils import catalogue
    from utils.editions import skeleton

    if args.what == "exercise":
        written = skeleton.exercise(args.topic, args.name)
    else:
        written = skeleton.chapter(args.number, args.topic)
    for path in written:
        print(f"wrote {path.relative_to(catalogue.ROOT)}")
    print("Fill them in, then run `course build` and `course try TOPIC NAME`.")
    return 0


def _try(args: argparse.Namespace) -> int:
    from utils import catalogue
    from utils.exercises import proof

    tasks = catalogue.load(args.topic) if args.topic in catalogue.topics() else {}
    if args.name not in tasks:
        known = ", ".join(tasks or catalogue.topics())
        print(f"There is no exercise {args.topic} {args.name}: choose of {known}.", file=sys.stderr)
        return 1
    missing = list(proof.shortcomings(tasks[args.name]))
    print("\n".join(missing) or f"{args.name}: the check works.")
    return 1 if missing else 0


def _progress(args: argparse.Namespace) -> int:
    return _or_one_sentence(_show_progress)


def _show_progress() -> int:
    from utils import progress

    file = progress.path() or progress.WORK / "progress.jsonl"
    print(progress.as_text(file, shutil.get_terminal_size().columns))
    if find_spec("utils.interview"):
        from utils.interview import history

        print(history.summary(file.parent))
    return 0


def _interview(args: argparse.Namespace) -> int:
    from utils.interview import terminal

    return _or_one_sentence(
        lambda: terminal.interview(
            args.level, args.topic, args.minutes, args.seed, args.record, args.lang
        )
    )


def _review(args: argparse.Namespace) -> int:
    from utils.interview import terminal

    return _or_one_sentence(
        lambda: terminal.review_due(
            args.topic,
            args.new,
            level=args.level,
            interview_on=args.interview,
            only_plan=args.plan,
        )
    )


def _deck(args: argparse.Namespace) -> int:
    from utils.interview import deck

    return _or_one_sentence(lambda: deck.write_and_say(args.out, args.topic))


def _questions(args: argparse.Namespace) -> int:
    from utils.interview import terminal

    return _or_one_sentence(
        lambda: terminal.show_questions(args.level, args.topic, args.search, args.full)
    )


def _or_one_sentence(run: Callable[[], int]) -> int:
    """What ``run`` returns; 1 and one sentence where a file is in its way."""
    try:
        return run()
    except BrokenPipeError:
        raise
    except OSError as problem:
        print(f"{problem.filename}: {problem.strerror}; nothing was lost.", file=sys.stderr)
    return 1


def _new_assignment(args: argparse.Namespace) -> int:
    from datetime import date

    from utils.grading import assignment

    asked = assignment.begin_with(args.week, args.chapter)
    title = args.file.stem.replace("_", " ")
    assignment.new(args.file, asked, title, date.today(), args.time_zone, args.lang)
    print(f"wrote {args.file}: set the dates, then run `course assignment check {args.file}`.")
    return 0


def _check_assignment(args: argparse.Namespace) -> int:
    from utils.grading.assignment import Assignment

    print(Assignment.read(args.file).summary())
    return 0


def _what_is_asked(args: argparse.Namespace, verb: str) -> str | Assignment:
    """The number of a chapter, or the assignment of a file."""
    from utils.grading.assignment import Assignment, CannotAssign

    if args.assignment and args.chapter:
        raise CannotAssign("Give a chapter or an --assignment, not both.")
    if args.assignment:
        return Assignment.read(args.assignment)
    if args.chapter is None:
        raise CannotAssign(f"Say what to {verb}: a chapter as in 03, or --assignment FILE.")
    return str(args.chapter)


def _release(args: argparse.Namespace) -> int:
    from utils.editions import release

    asked = _what_is_asked(args, "release")
    print(f"released to {release.release(asked, args.out)}")
    return 0


def _export(args: argparse.Namespace) -> int:
    from utils.editions import export

    asked = _what_is_asked(args, "export")
    print(export.export(args.system, asked, args.out, args.exercise))
    return 0


def _demo_class(args: argparse.Namespace) -> int:
    from utils.editions import demo_class

    if not args.assignment:
        args.chapter = args.chapter or "03"
    asked = _what_is_asked(args, "demonstrate")
    said = demo_class.write(args.learners, args.out, asked, args.seed)
    what = f"--assignment {args.assignment}" if args.assignment else f"--chapter {args.chapter}"
    print(f"{said}\nMark it with: course grade {args.out} {what} --out report")
    return 0


def _grade(args: argparse.Namespace) -> int:
    # Read by numerical libraries when they are imported: one thread a worker is enough.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    from utils.grading.assignment import Assignment

    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows ASCII alone shows a question mark for a letter of a name.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    assignment = Assignment.read(args.assignment) if args.assignment else None
    with translation.speaking(args.lang or (assignment.language if assignment else "en")):
        return _marked(args, assignment)


def _marked(args: argparse.Namespace, assignment: Any) -> int:
    from utils.grading import grade
    from utils.grading.budget import Limits

    def prepare() -> None:
        from utils.grading import report

        report.prepare()

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
            assignment=assignment,
            exercises=args.exercise,
            adjustments=args.adjustments,
            meanwhile=prepare,
        )
        from utils.grading import report

        report.write(marked, args.out)
    except OSError as error:
        where = error.filename or args.out
        advice = "make room or give a place that can be written, then run this again: it goes on"
        print(f"{where}: {error.strerror}; {advice}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        said = translation.translated(
            "Stopped: what was marked is kept, and the same command goes on from here."
        )
        print(f"\n{said}", file=sys.stderr)
        return output.STOPPED
    for sentence in marked.warnings:
        print(translation.translated("note: {text}", text=sentence), file=sys.stderr)
    print(report.summary(marked, args.out))
    return 1 if marked.not_marked else 0


# What speaks the language of whoever reads it.
SPOKEN = (_progress, _interview, _review, _deck, _questions)
# What imports every chapter before it has anything to show.
SLOW_TO_START = (_progress, _interview, _review, _deck)


if __name__ == "__main__":
    sys.exit(main())
