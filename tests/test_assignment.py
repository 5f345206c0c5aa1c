"""A week of an instructor: what is asked, when it was handed in, what a person changed."""

import csv
import inspect
import json
import os
import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.test_instructors_files import needs_sandbox, put
from utils import catalogue, cli
from utils.editions.export import right_answers
from utils.grading import assignment, grade, report, settlement, submissions, times
from utils.grading.assignment import Assignment, CannotAssign
from utils.grading.budget import Limits
from utils.grading.handed_in import File
from utils.grading.marking import Row
from utils.grading.policy import LatePolicy
from utils.grading.roster import CannotGrade, Learner, Roster
from utils.grading.status import Status
from utils.grading.submissions import Submission

DUE = datetime(2026, 3, 9, 23, 59, tzinfo=UTC)
RIGHT = "def average_basket(b, s):\n    return sum(s) / len(set(b)) if b else float('nan')"
WRONG = "def average_basket(b, s):\n    return sum(s) / len(b) if b else float('nan')"


def read(tmp_path, text):
    path = tmp_path / "week.toml"
    path.write_text(text, "utf-8")
    return Assignment.read(path)


# ---- the file -------------------------------------------------------------------------------


def test_a_new_file_is_read_and_says_what_it_means(tmp_path, capsys):
    path = tmp_path / "week_3.toml"
    zone = "Asia/Shanghai"
    command = ["assignment", "new", str(path), "--week", "3", "--time-zone", zone]
    assert cli.main(command) == 0
    assert cli.main(["assignment", "check", str(path)]) == 0
    said = capsys.readouterr().out
    assert "week 3: 6 exercises, 18 points" in said and zone in said and "predict_rating" in said
    assert "Each day of lateness that has begun takes 10 %" in said
    read_back = Assignment.read(path)
    assert [q.exercise for q in read_back.questions] == assignment.chosen("03 neighbours")
    assert read_back.due.tzinfo == ZoneInfo(zone)
    assert cli.main(command) == 1
    assert "is there already" in capsys.readouterr().err


def test_every_week_asks_what_there_is():
    chapters = {word[:2] for asked in assignment.weeks().values() for word in asked}
    with_exercises = {catalogue.chapter(topic).number for topic in catalogue.topics()}
    assert chapters == with_exercises - {"00"}
    for number in with_exercises:
        for name in assignment.sets(number):
            assert assignment.chosen(f"{number} {name}")


def test_points_weights_total_and_extra_credit(tmp_path):
    text = """
        ask = ["02 metrics", "mase"]
        leave_out = ["kill_ndcg"]
        extra_credit = ["mmr_rerank"]
        [points]
        mase = 4
        [weights]
        "02" = 2
    """
    asked = read(tmp_path, text)
    own = catalogue.load("recommender_design")
    points = {q.exercise: q.points for q in asked.questions}
    assert points == {
        "precision_recall_at_k": 2 * own["precision_recall_at_k"].points,
        "ndcg_at_k": 2 * own["ndcg_at_k"].points,
        "mmr_rerank": 2 * own["mmr_rerank"].points,
        "mase": 4,
    }
    assert [q.exercise for q in asked.questions if q.extra_credit] == ["mmr_rerank"]
    scaled = read(tmp_path, "total = 100\n" + text.replace("    ", ""))
    total = sum(q.points for q in scaled.questions if not q.extra_credit)
    assert total == pytest.approx(100, abs=1e-9)


def test_a_date_alone_is_the_end_of_its_day_in_the_zone(tmp_path):
    asked = read(tmp_path, 'ask = ["00"]\ntime_zone = "Asia/Shanghai"\ndue = 2026-03-09')
    assert asked.due == datetime(2026, 3, 9, 15, 59, tzinfo=UTC)
    asked = read(tmp_path, 'ask = ["00"]\ntime_zone = "Asia/Shanghai"\ndue = 2026-03-09T10:00:00Z')
    assert asked.due == datetime(2026, 3, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('title = "x"\n', 1, "asks nothing"),
        ('\nask = ["3"\ndue = ', 3, "no TOML"),
        ("ask = 3", 1, "list of texts"),
        ('\nask = [\n  "02",\n  "ndcg_at",\n]', 4, "did you mean 'ndcg_at_k'"),
        ('ask = ["02 metric"]', 1, "it has split, metrics"),
        ('ask = ["77"]', 1, "chapter 77 has no exercises"),
        ('ask = ["02"]\n\ndeu = 2026-03-09', 3, "did you mean due"),
        ('ask = ["02"]\ndue = "tomorrow"', 2, "without quotes"),
        ('ask = ["02"]\nopens = 2026-03-10\ndue = 2026-03-09', 3, "not after opens"),
        ('ask = ["02"]\ntime_zone = "Asia/Shanghia"', 2, "did you mean 'Asia/Shanghai'"),
        ('ask = ["02"]\ndue = 2026-03-09\n[late]\npercent_a_day = "10"', 4, "from 0 to 100"),
        (
            'ask = ["02"]\ndue = 2026-03-09\n[late]\npercent_day = 10',
            4,
            "did you mean percent_a_day",
        ),
        ('ask = ["02"]\n[late]\npercent_a_day = 10', 2, "needs a date"),
        ('ask = ["02"]\n[points]\nmase = 3', 3, "not asked"),
        ('ask = ["02"]\n[points]\nndcg_at_k = -3', 3, "from 0.01"),
        ('ask = ["02"]\n[weights]\n"02" = true', 3, "from 0.01"),
        ('ask = ["02"]\n[attempts]\nallowed = 0', 3, "from 1 to 1000"),
        ('ask = ["02"]\n[attempts]\n\ncounts = "last"', 4, '"latest" or "best" or "first"'),
        ('ask = ["02"]\n[attempts]\nfile_times = 1', 3, "true or false"),
        ('ask = ["02"]\nleave_out = ["mase"]', 2, "which ask does not"),
        ('ask = ["02"]\nleave_out = ["02"]', 1, "nothing is left"),
        ('ask = ["02"]\nlanguage = "fr"', 2, '"en" or "zh"'),
        ('ask = ["02"]\ntotal = 0', 2, "from 0.01"),
        ('ask = ["02"]\ntitle = ""', 2, "line of text"),
        ('ask = ["02"]\npoints = 3', 2, "is a table"),
        ('ask = ["02"]\ndue = 2026-03-09\n[extensions]\nmei = 2026-03-01', 4, "before the due"),
        ('ask = ["02"]\ndue = 2026-03-09\n[extensions]\nmei = "two"', 4, "number of days"),
        ('ask = ["02"]\ndue = 0001-01-01', 2, "the year of due is 1; write one from 1970"),
        ('ask = ["02"]\ndue = 9999-12-31T23:59:59-12:00', 2, "the year of due is 9999"),
        ('ask = ["02"]\ndue = 2026-03-09\n[extensions]\nmei = 9999-12-31', 4, "year of mei"),
        ('ask = ["02"]\ntotal = 0.05', 2, "would be worth"),
        ('ask = ["02"]\n[weights]\n"02" = 0.01\n"02 metrics" = 0.01', 2, "would be worth"),
        ('ask = ["02"]\n[weights]\n"02" = 9000\n"02 metrics" = 9000', 2, "would be worth"),
        ('ask = ["02"]\n[points]\nndcg_at_k = 1e308', 3, "from 0.01"),
        ('ask = ["02"]\n[points]\nndcg_at_k = nan', 3, "from 0.01"),
        ('ask = ["02"]\n[points]\nndcg_at_k = 3\nndcg_at_k = 4', 4, "no TOML"),
        ('ask = ["02"]\n[points]\n"a\\nb" = 4', 1, "no exercise is called"),
        ('ask = ["' + "x" * 9_000 + '"]', 1, "…"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_its_line(tmp_path, capsys, text, line, says):
    path = tmp_path / "week.toml"
    path.write_text(text, "utf-8")
    assert cli.main(["assignment", "check", str(path)]) == 1
    error = capsys.readouterr().err
    assert f"week.toml, line {line}: " in error and says in error, error
    assert error.count("\n") == 1


def test_a_file_that_is_not_there_or_no_text(tmp_path):
    with pytest.raises(CannotAssign, match="cannot be read"):
        Assignment.read(tmp_path / "none.toml")
    (tmp_path / "week.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CannotAssign, match="UTF-8"):
        Assignment.read(tmp_path / "week.toml")


def test_a_new_file_is_in_the_language_of_the_class(tmp_path):
    path = tmp_path / "x.toml"
    assert cli.main(["assignment", "new", str(path), "--week", "3", "--lang", "zh"]) == 0
    assert Assignment.read(path).language == "zh"


def test_an_option_that_a_verb_does_not_have_is_said_with_its_own_usage(capsys):
    with pytest.raises(SystemExit):
        cli.main(["assignment", "check", "x.toml", "--lang", "en"])
    said = capsys.readouterr().err
    assert said.startswith("usage: course assignment check ") and "arguments: --lang en" in said


@pytest.mark.parametrize("options", [[], ["--week", "99"], ["--week", "3", "--chapter", "03"]])
def test_a_new_file_needs_one_thing_to_ask(tmp_path, capsys, options):
    assert cli.main(["assignment", "new", str(tmp_path / "x.toml"), *options]) == 1
    assert capsys.readouterr().err.count("\n") == 1 and not (tmp_path / "x.toml").exists()


# ---- lateness -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "days", "percent"),
    [
        (timedelta(minutes=-1), 0, 0),
        (timedelta(minutes=15), 0, 0),
        (timedelta(minutes=16), 1, 10),
        (timedelta(days=1), 1, 10),
        (timedelta(days=1, seconds=1), 2, 20),
        (timedelta(days=3.5), 4, 25),
        (timedelta(days=5), 5, 25),
        (timedelta(days=5.1), 6, 100),
    ],
)
def test_late_policy(late, days, percent):
    policy = LatePolicy(grace_minutes=15, percent_a_day=10, cap_percent=25, zero_after_days=5)
    found = policy.lateness(DUE + late, DUE)
    assert (found.days, found.percent) == (days, percent)


def test_days_are_counted_over_a_change_of_clocks():
    """Clocks in Berlin go forward on 29 March 2026: that day has 23 hours."""
    zone = ZoneInfo("Europe/Berlin")
    due = datetime(2026, 3, 28, 23, 59, tzinfo=zone)
    policy = LatePolicy(percent_a_day=10)
    at_the_same_time = datetime(2026, 3, 29, 23, 59, tzinfo=zone)
    assert policy.lateness(at_the_same_time, due).days == 1
    assert policy.lateness(at_the_same_time.astimezone(UTC), due).days == 1
    a_minute_later = at_the_same_time + timedelta(minutes=1)
    assert policy.lateness(a_minute_later, due).days == 2
    assert policy.lateness(a_minute_later.astimezone(UTC), due).days == 2


def handed_in(folder, key="mei", **more):
    path = folder / f"{key}.ipynb"
    file = File(str(path), path.name, **more)
    return Submission(Learner(key), [file])


def asked(tmp_path, more=""):
    text = 'ask = ["00"]\ndue = 2026-03-09T23:59:00Z\n[late]\npercent_a_day = 10\n'
    return read(tmp_path, text + more)


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("learner,time\nmei,2026-03-10 08:00", datetime(2026, 3, 10, 8, tzinfo=UTC)),
        ("id;submitted_at\nmei;2026-03-10T08:00:00Z\n", datetime(2026, 3, 10, 8, tzinfo=UTC)),
        (
            "Identifier,Full name,Username,Last modified (submission)\n"
            'Participant 1,Mei Lin,mei,"Tuesday, 10 March 2026, 8:00 AM"\n',
            datetime(2026, 3, 10, 8, tzinfo=UTC),
        ),
        ("学号,提交时间\nmei,2026-03-10 上午8:00\n", datetime(2026, 3, 10, 8, tzinfo=UTC)),
        ("学号,提交时间\nmei,2026年3月10日 08:00\n", datetime(2026, 3, 10, 8, tzinfo=UTC)),
        ('learner,time\nmei,"Mar 10, 2026 8:00 AM"\n', datetime(2026, 3, 10, 8, tzinfo=UTC)),
        ("learner,time\nmei,2026.03.10 08:00\n", datetime(2026, 3, 10, 8, tzinfo=UTC)),
        ("学号,提交时间\nmei,未提交\n", None),
        ("推荐系统,\n学号,提交时间\nmei,2026/3/10 8:00\n", datetime(2026, 3, 10, 8, tzinfo=UTC)),
        ("learner,time\nmei,2026年3月10日 星期二 8:00\n", datetime(2026, 3, 10, 8, tzinfo=UTC)),
        ("learner,time\nmei,46091.3333333\n", datetime(2026, 3, 10, 8, tzinfo=UTC)),
        ("learner,time\nmei,2026-03-10 8:00 AM CST\n", datetime(2026, 3, 10, 8, tzinfo=UTC)),
        (
            "github_username,submission_timestamp\nmei,2026-03-10T08:00:00Z\n",
            datetime(2026, 3, 10, 8, tzinfo=UTC),
        ),
        ("learner,time\nmei,-\n", None),
        ("learner,time\nsomebody,2026-03-10 08:00\n", None),
    ],
)
def test_times_of_a_platform(tmp_path, said, moment):
    each = handed_in(tmp_path)
    (tmp_path / "submitted.csv").write_text(said)
    listed = times.read(tmp_path / "submitted.csv", Roster({"mei": each.learner}), UTC)
    notes = times.judge([each], asked(tmp_path), listed)
    assert (each.lateness.handed_in if each.lateness else None) == moment
    assert bool(notes) == (moment is None)
    if moment:
        assert (each.lateness.days, each.lateness.percent) == (1, 10)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("learner,when\nmei,2026-03-10", "no column time"),
        ("learner,time\nmei,soon", "line 2: the time is 'soon'"),
        ("learner,time\nmei,2026-03-10 深夜8:00", "line 2: the time is '2026-03-10 深夜8:00'"),
        ("learner,time\nmei,2026-03-10 late", "line 2: the time is '2026-03-10 late'"),
        ("learner,time\nmei,3/9/2026 8:00 PM", "line 2: the time is '3/9/2026 8:00 PM'"),
        ("learner,time,attempt\n\nmei,2026-03-10,last", "line 3: attempt is 'last'"),
    ],
)
def test_times_that_cannot_be_read(tmp_path, said, message):
    (tmp_path / "submitted.csv").write_text(said)
    with pytest.raises(CannotGrade, match=message):
        times.read(tmp_path / "submitted.csv", Roster({}), UTC)


def test_times_of_nobody_are_said(tmp_path):
    path = tmp_path / "submitted.csv"
    path.write_text("learner,time\n赵六,2026-03-09 23:59\nmei,2026-03-09 23:59\n")
    notes = []
    assert times.read(path, Roster({"mei": Learner("mei")}), UTC, notes).keys() == {("mei", 0)}
    assert notes == ["submitted.csv has times of 赵六, and nobody is called that."]


def test_times_of_nbgrader_and_of_files(tmp_path):
    path = put(tmp_path / "submitted", "mei/03/x.ipynb") / "mei" / "03"
    (path / "timestamp.txt").write_text("2026-03-11 10:00:00.123456 UTC")
    os.utime(path / "x.ipynb", (DUE.timestamp() + 86400 * 5,) * 2)
    (each,) = submissions.collect(tmp_path)
    times.judge([each], asked(tmp_path), {})
    assert each.lateness.days == 2
    # The file's own time counts where the assignment says so, and nothing better is there.
    (path / "timestamp.txt").unlink()
    each.lateness = None
    assert times.judge([each], asked(tmp_path), {}) and each.lateness is None
    assert not times.judge([each], asked(tmp_path, "[attempts]\nfile_times = true"), {})
    assert each.lateness.days == 5


def test_a_name_is_no_proof_of_a_time(tmp_path):
    """A learner chooses the name of her file; the date in it must not make it early."""
    put(tmp_path, "mei/x 2026-03-01 10.00.ipynb")
    (each,) = submissions.collect(tmp_path)
    assert times.judge([each], asked(tmp_path), {}) and each.lateness is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"ask = " + b"[" * 20_000, "brackets in too many brackets"),
        (b"total = " + b"1" * 5_000, "a number that is too long"),
        (b"#" * (2**20 + 1), "larger than 1 MB"),
        ('title = "\u00e9"'.encode("latin-1"), "not in UTF-8"),
    ],
)
def test_a_file_beyond_all_bounds_is_one_sentence(tmp_path, content, says):
    (tmp_path / "week.toml").write_bytes(content)
    with pytest.raises(CannotAssign, match=says):
        Assignment.read(tmp_path / "week.toml")


@pytest.mark.parametrize(
    "said", ["0001-01-01 00:00", "9999-12-31 23:59", "2026-03-09 23:59:00+99:99", "nan"]
)
def test_a_time_outside_of_all_calendars_is_one_sentence(tmp_path, said):
    (tmp_path / "submitted.csv").write_text(f"learner,time\nmei,{said}\n")
    with pytest.raises(CannotGrade, match="line 2: the time is"):
        times.read(tmp_path / "submitted.csv", Roster({}), UTC)


@pytest.mark.parametrize("zone", ["Asia", "x/../UTC", "PST", "Nowhere/At_all", "x\0y"])
def test_a_zone_that_is_none_is_that_of_the_assignment(zone):
    assert times._moment(f"2026-03-09 23:59 {zone}", UTC) == datetime(
        2026, 3, 9, 23, 59, tzinfo=UTC
    )


def test_a_learner_does_not_say_when_she_handed_in(tmp_path):
    """`timestamp.txt` is nbgrader's where nbgrader collects, and a learner's own elsewhere."""
    path = put(tmp_path, "mei/x.ipynb", "mei/03/y.ipynb") / "mei"
    for folder in (path, path / "03"):
        (folder / "timestamp.txt").write_text("2026-03-01 10:00:00 UTC")
    (each,) = submissions.collect(tmp_path)
    assert times.judge([each], asked(tmp_path), {}) and each.lateness is None


@pytest.mark.parametrize(
    "places",
    [
        ("mei/03/x.ipynb", "bo/submitted/a/b/x.ipynb"),
        ("bo/submitted/a/b/x.ipynb",),
        ("submitted/mei/03/x.ipynb", "bo/x.ipynb"),
        # In a course of nbgrader, within what a learner handed in.
        ("submitted/bo/03/submitted/a/b/x.ipynb",),
        ("submitted/bo/03/a/x.ipynb",),
    ],
)
def test_a_learner_has_no_folders_of_nbgrader(tmp_path, places):
    """Whoever calls her own folders as nbgrader does has not been collected by it."""
    put(tmp_path, *places)
    for place in places:
        stamp = (tmp_path / place).with_name("timestamp.txt")
        stamp.write_text("2026-03-01 10:00:00 UTC")
    found = submissions.collect(tmp_path)
    assert times.judge(found, asked(tmp_path), {})
    assert all(each.lateness is None for each in found)


def test_the_folder_of_nbgrader_may_be_given_itself(tmp_path):
    put(tmp_path / "submitted", "mei/03/x.ipynb", "bo/submitted/a/b/x.ipynb")
    for place in ("mei/03", "bo/submitted/a/b"):
        stamp = tmp_path / "submitted" / place / "timestamp.txt"
        stamp.write_text("2026-03-01 10:00:00 UTC")
    found = submissions.collect(tmp_path / "submitted")
    times.judge(found, asked(tmp_path), {})
    assert {each.learner.key: each.lateness is not None for each in found} == {
        "mei": True,
        "bo": False,
    }


@pytest.mark.parametrize("name", ["Mei", "MEI", "mei@x.org", "Mei Lin", "M\u00e9i", "Me\u0301i"])
def test_an_extension_is_for_whom_the_roster_means(tmp_path, name):
    details = {"email": "mei@x.org", "name": "Mei Lin", "username": "M\u00e9i"}
    mei = Submission(Learner("mei", details), handed_in(tmp_path, "mei").files)
    week = asked(tmp_path, f'[extensions]\n"{name}" = 2\n')
    assert times.judge([mei], week, {("mei", 0): DUE + timedelta(days=1.5)}) == []
    assert mei.lateness.days == 0


def test_an_extension_of_a_section_is_nobodys_and_the_longest_of_two_counts(tmp_path):
    mei = Submission(Learner("mei", {"section": "A"}), handed_in(tmp_path, "mei").files)
    (said,) = times.judge([mei], asked(tmp_path, "[extensions]\nA = 9\n"), {("mei", 0): DUE})
    assert "nobody is called that" in said
    week = asked(tmp_path, "[extensions]\nMei = 3\nmei = 1\n")
    times.judge([mei], week, {("mei", 0): DUE + timedelta(days=2.5)})
    assert mei.lateness.days == 0


def test_extensions(tmp_path):
    week = asked(tmp_path, "[extensions]\nmei = 2\nzoe = 2026-03-20T23:59:00Z\n")
    late = {("mei", 0): DUE + timedelta(days=2.5), ("zoe", 0): DUE + timedelta(days=2.5)}
    mei, zoe, li = (handed_in(tmp_path, key) for key in ("mei", "zoe", "li"))
    times.judge([mei, zoe], week, late)
    assert (mei.lateness.days, zoe.lateness.days) == (1, 0)
    by_number = Submission(Learner("ml1", {"id": "mei"}), li.files)
    times.judge([by_number], week, {("ml1", 0): DUE + timedelta(days=2.5)})
    assert by_number.lateness.days == 1


def test_late_by_an_unknown_time_is_said_and_costs_nothing(tmp_path):
    put(tmp_path, "linmei_LATE_777_5_x.ipynb")
    (each,) = submissions.collect(tmp_path)
    (said,) = times.judge([each], asked(tmp_path), {})
    assert each.lateness is None and "submitted.csv" in said
    assert any("not known by how much" in note for note in each.notes)


# ---- attempts -------------------------------------------------------------------------------


def attempts(folder, **how):
    return [
        [file.name.rpartition("/")[2] for file in each.files]
        for each in submissions.collect(folder, **how)
    ]


def test_which_attempt_counts(tmp_path):
    put(tmp_path, "mei/a-1.ipynb", "mei/a-2.ipynb", "mei/a-3.ipynb", "mei/b.ipynb")
    assert attempts(tmp_path) == [["a-3.ipynb", "b.ipynb"]]
    assert attempts(tmp_path, counts="first") == [["a-1.ipynb", "b.ipynb"]]
    assert attempts(tmp_path, allowed=2) == [["a-2.ipynb", "b.ipynb"]]
    assert [name for name, _ in attempts(tmp_path, counts="best", allowed=2)] == [
        "a-1.ipynb",
        "a-2.ipynb",
    ]
    (each,) = submissions.collect(tmp_path, allowed=2)
    assert "3 attempts; the first 2 count." in each.notes
    assert (each.attempt, each.attempts) == (2, 3)


# ---- all together ---------------------------------------------------------------------------


def marked(tmp_path, text="", **how):
    week = read(tmp_path, text) if text else None
    how = {"limits": Limits(2.0, 512), "seed": 7, "progress": False, "jobs": 1} | how
    if week is None:
        how.setdefault("chapters", ["00"])
    return grade.grade(tmp_path / "in", tmp_path / "out", assignment=week, **how)


@needs_sandbox
def test_the_best_attempt_after_lateness_counts(tmp_path):
    put(tmp_path / "in", "mei/x-1.ipynb", "zoe/x-1.ipynb", source=RIGHT)
    put(tmp_path / "in", "mei/x-2.ipynb", source=WRONG)
    put(tmp_path / "in", "li/x-1.ipynb", source=WRONG)
    put(tmp_path / "in", "li/x-2.ipynb", source=RIGHT)
    (tmp_path / "in" / "submitted.csv").write_text(
        "learner,attempt,time\nmei,1,2026-03-09 10:00\nmei,2,2026-03-09 11:00\n"
        "zoe,1,2026-03-11 10:00\nli,1,2026-03-09 10:00\nli,2,2026-03-10 11:00\n"
    )
    text = """
        ask = ["00"]
        due = 2026-03-09T23:59:00Z
        [points]
        average_basket = 10
        [late]
        percent_a_day = 20
        [attempts]
        counts = "best"
    """
    found = marked(tmp_path, text)
    rows = {row.learner: row for row in found.rows}
    assert {k: (r.points, r.earned, r.penalty) for k, r in rows.items()} == {
        "li": (8, 10, 2),
        "mei": (10, 10, 0),
        "zoe": (6, 10, 4),
    }
    assert [each.attempt for each in found.submissions] == [2, 1, 1]
    assert found.submissions[2].lateness.days == 2


@needs_sandbox
def test_changes_by_hand_survive_and_are_shown(tmp_path, capsys):
    put(tmp_path / "in", "mei.ipynb", "zoe.ipynb", source=WRONG)
    lines = [
        "learner,exercise,points,change,comment,by",
        "mei,average_basket,0.75,,a good idea,Dr Li",
        "zoe,average_basket,,-5,copied,Dr Li",
        "zoe,average_basket,,,talk to me,Dr Xu",
        "nobody,average_basket,1,,,",
        "mei,,,,Mind the names,Dr Li",
    ]
    (tmp_path / "in" / "adjustments.csv").write_text("\n".join(lines))
    command = ["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--chapter", "00"]
    for extra in ([], ["--exercise", "average_basket"]):
        assert cli.main([*command, *extra]) == 0
        captured = capsys.readouterr()
        assert "4 adjustments are in them" in captured.out
        assert "line 5, is not used: nobody is called nobody" in captured.err
        with open(tmp_path / "out" / "gradebook.csv", encoding="utf-8") as file:
            rows = {row["learner"]: row for row in csv.DictReader(file)}
        assert rows["mei"]["points"] == "0.75" and rows["mei"]["comment"] == "a good idea"
        assert rows["zoe"]["points"] == "0" and rows["zoe"]["by"] == "Dr Li; Dr Xu"
        assert float(rows["mei"]["marked"]) < 0.75
        page = (tmp_path / "out" / "learners" / "mei.html").read_text("utf-8")
        assert "a good idea" in page and "Dr Li" in page and "Mind the names" in page


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("mei,average_basket,1,1,,", "points and a change"),
        ("mei,average_basket,x,,,", "points is 'x'"),
        ("mei,average_basket,nan,,,", "points is 'nan'"),
        ("mei,average_basket,-1,,,", "points is -1"),
        ("mei,average_basket,,,,", "it says nothing"),
        ("mei,basket,1,,,", "no exercise is called 'basket'"),
        (",average_basket,1,,,", "names no learner"),
        ("mei,average_basket,1e308,,,", "points is '1e308'"),
        ("mei,,1,,good,", "gives points and names no exercise"),
        ("mei,average_basket,1,,Good, but late,Dr Li", "it has 7 cells and the first line has 6"),
    ],
)
def test_an_adjustment_that_cannot_be_meant_stops_before_marking(tmp_path, capsys, line, says):
    put(tmp_path / "in", "mei.ipynb", source=RIGHT)
    text = f"learner,exercise,points,change,comment,by\n{line}\n"
    (tmp_path / "in" / "adjustments.csv").write_text(text)
    command = ["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--chapter", "00"]
    assert cli.main(command) == 1
    error = capsys.readouterr().err
    assert "line 2" in error and says in error and error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_all_wrong_adjustments_are_said_at_once(tmp_path):
    path = tmp_path / "adjustments.csv"
    lines = ["mei,basket,1", "mei,average_basket,1", *["mei,mase,x"] * settlement.MOST_WRONG]
    path.write_text("\n".join(["learner,exercise,points", *lines]))
    with pytest.raises(CannotGrade) as problem:
        settlement.read_adjustments(path)
    first, second, *_, last = str(problem.value).splitlines()
    assert "line 2: no exercise is called 'basket'" in first and "line 4: points" in second
    assert last == f"{path}: lines that are wrong besides: 1."


@needs_sandbox
def test_a_person_marks_what_could_not_be_marked(tmp_path):
    put(tmp_path / "in", "mei.ipynb", source=RIGHT)
    found = marked(tmp_path)
    (row,) = (replace(row, status=Status.NOT_MARKED, points=0.0) for row in found.rows)
    roster = Roster({"mei": Learner("mei")})
    for change, points in (({"points": 0.5}, 0.5), ({"change": 0.5}, None)):
        said = [(2, settlement.Adjustment("mei", row.exercise, **change))]
        ((after,), used, notes) = settlement.adjusted([row], said, roster)
        assert after.counts == (points is not None) and used and not notes
        if points is not None:
            assert (after.points, after.earned, after.status) == (0.5, 0.5, Status.BY_HAND)


@needs_sandbox
def test_only_what_is_asked_is_marked_and_extra_credit_adds_nothing_possible(tmp_path):
    stem = catalogue.chapter("recommender_design").notebook
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "mei.ipynb").write_bytes(stem.read_bytes())
    text = 'title = "Week 2"\nask = ["02 split", "ndcg_at_k"]\nextra_credit = ["ndcg_at_k"]'
    from utils.grading import report

    found = marked(tmp_path, text)
    report.write(found, tmp_path / "out")
    assert [row.exercise for row in found.rows] == ["temporal_split", "ndcg_at_k"]
    with open(tmp_path / "out" / "scores.csv", encoding="utf-8") as file:
        heads, possible, mei = csv.reader(file)
    assert heads[-1] == "Week 2" and possible[-1] == "2" and mei[-1] == "0"


@needs_sandbox
def test_one_exercise_is_marked_again_and_no_other(tmp_path, monkeypatch):
    put(tmp_path / "in", "mei.ipynb", source=RIGHT)
    marked(tmp_path)
    jobs = []
    original = grade._write_down
    monkeypatch.setattr(grade, "_write_down", lambda c, t, r: jobs.append(t) or original(c, t, r))
    marked(tmp_path)
    assert not jobs
    marked(tmp_path, exercises=["average_basket"])
    assert [a.exercise for task in jobs for _, a in task.answers] == ["average_basket"]
    with pytest.raises(CannotGrade, match="did you mean average_basket"):
        marked(tmp_path, exercises=["average_baskets"])


@needs_sandbox
def test_a_changed_check_marks_one_exercise_again_and_keeps_the_others(tmp_path, monkeypatch):
    from utils.grading import results

    chapter = catalogue.chapter("recommender_design")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "mei.ipynb").write_bytes(chapter.solved.read_bytes())
    text = 'ask = ["02 split", "ndcg_at_k"]'
    marked(tmp_path, text)
    sources = results.sources
    monkeypatch.setattr(results, "sources", lambda topic: sources(topic) + "changed")
    found = marked(tmp_path, text, exercises=["ndcg_at_k"])
    assert found.reused == 1 and [row.status for row in found.rows] == [Status.PASSED] * 2


@needs_sandbox
def test_an_extension_for_nobody_is_said(tmp_path):
    put(tmp_path / "in", "mei.ipynb", source=RIGHT)
    found = marked(tmp_path, 'ask = ["00"]\ndue = 2026-03-09\n[extensions]\nmej = 2\n')
    assert any("mej" in each for each in found.warnings)


def test_a_new_file_is_due_a_week_later(tmp_path):
    assignment.new(tmp_path / "x.toml", ["00"], "x", date(2026, 2, 26))
    assert Assignment.read(tmp_path / "x.toml").due == datetime(2026, 3, 5, 23, 59, tzinfo=UTC)


# ---- answers in prose, and who has left -----------------------------------------------------


FOLLOW_UP = "user_value.follow_up_1"


def prose(folder, name, text, source="x = 1"):
    """A notebook with an answer to a follow-up beside its code."""
    put(folder, name, source=source)
    book = json.loads((folder / name).read_text("utf-8"))
    cell = {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": f"Follow-up 1\n{text}"}
    (folder / name).write_text(json.dumps(book | {"cells": [*book["cells"], cell]}), "utf-8")


@needs_sandbox
def test_prose_of_the_best_attempt_counts_and_a_person_gives_its_points(tmp_path):
    source = inspect.getsource(right_answers("user_value")["to_local_day"][0])
    name = re.search(r"def (\w+)", source)[1]
    head = "from zoneinfo import ZoneInfo\nimport numpy as np\nimport pandas as pd\n"
    right = head + source.replace(name, "to_local_day")
    prose(tmp_path / "in", "mei/x-1.ipynb", "the first", right)
    prose(tmp_path / "in", "mei/x-2.ipynb", "the second")
    lines = f"learner,exercise,points,comment,by\nmei,{FOLLOW_UP},2.5,good,Dr Li\n"
    (tmp_path / "in" / "adjustments.csv").write_text(lines, "utf-8")
    found = marked(tmp_path, 'ask = ["to_local_day"]\n[attempts]\ncounts = "best"\n')
    assert found.collected.texts == {"mei": {FOLLOW_UP: "Follow-up 1\nthe first"}}
    own, text = found.rows
    assert own.status == Status.PASSED and found.submissions[0].attempt == 1
    assert (text.exercise, text.points, text.status) == (FOLLOW_UP, 2.5, Status.BY_HAND)
    assert "01 Follow-up 1: good." in report.comment(found.submissions[0], found.rows)


def test_a_learner_who_left_is_in_no_folder(tmp_path):
    rows = [
        Row(who, "start_here", "average_basket", 1.0, 1.0, Status.PASSED) for who in ("li", "mei")
    ]
    both = [Submission(Learner(row.learner)) for row in rows]
    report.write(grade.Marked(both, rows, 1, ["start_here"], 0), tmp_path)
    kept = tmp_path / "give_back" / "li" / "my own note.txt"
    kept.touch()
    report.write(grade.Marked(both[1:], rows[1:], 1, ["start_here"], 0), tmp_path)
    assert [p.name for p in (tmp_path / "learners").iterdir()] == ["mei.html"]
    assert [p.name for p in kept.parent.iterdir()] == [kept.name]
    shutil.rmtree(kept.parent)
    report.write(grade.Marked(both, rows, 1, ["start_here"], 0), tmp_path)
    report.write(grade.Marked(both[1:], rows[1:], 1, ["start_here"], 0), tmp_path)
    assert not kept.parent.exists() and (tmp_path / "give_back" / "mei" / "feedback.html").exists()
