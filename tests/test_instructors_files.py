"""What instructors have on their disks: rosters, downloads of platforms, versions, odd names."""

import contextlib
import csv
import io
import json
import os
import re
import select
import signal
import sys
import unicodedata
import zipfile
from pathlib import Path

import pytest

from utils import catalogue, cli
from utils.grading import grade, gradebook, marking, reading, report, submissions
from utils.grading.budget import Limits
from utils.grading.roster import CannotGrade, Learner, Roster
from utils.grading.sandbox import client, confinement
from utils.grading.status import Status

needs_sandbox = pytest.mark.skipif(
    not confinement.available().enough, reason=" ".join(confinement.available().missing())
)


def notebook(source="x = 1"):
    cell = {"cell_type": "code", "metadata": {}, "id": "c", "source": source}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def put(folder, *names, source="x = 1"):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(notebook(source), "utf-8")
    return folder


def found(folder):
    return {each.learner.key: each for each in submissions.collect(folder)}


def names_of(folder):
    return {
        key: [file.name.rpartition("/")[2] for file in each.files]
        for key, each in found(folder).items()
    }


@pytest.mark.parametrize(
    ("text", "key", "name"),
    [
        ("id,name\nmei,Mei Lin\n", "mei", "Mei Lin"),
        ("\ufeffid;name\nmei;Mei Lin\n", "mei", "Mei Lin"),
        ("learner\tname\nmei\tMei Lin\n", "mei", "Mei Lin"),
        ("ID,Name\n mei , Mei Lin \n\n", "mei", "Mei Lin"),
        (
            "Student,ID,SIS User ID,SIS Login ID,Section\nPoints Possible,,,,\n"
            '"Lin, Mei",12,s12,mei,A\n',
            "mei",
            "Lin, Mei",
        ),
        (
            "First name,Last name,ID number,Email address,Username\nMei,Lin,7,m@x,mei\n",
            "mei",
            "Mei Lin",
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_roster_is_read_as_people_write_it(tmp_path, text, key, name, encoding):
    put(tmp_path, "mei.ipynb")
    (tmp_path / "roster.csv").write_text(text, encoding)
    (each,) = submissions.collect(tmp_path)
    assert (each.learner.key, each.learner.name, each.notes) == (key, name, [])


def test_roster_without_a_key_is_one_sentence(tmp_path):
    put(tmp_path, "mei.ipynb")
    (tmp_path / "roster.csv").write_text("colour\nred\n")
    with pytest.raises(CannotGrade, match="has no column learner.*colour"):
        submissions.collect(tmp_path)


def test_names_of_notebooks_as_systems_spoil_them(tmp_path):
    put(tmp_path, "a.IPYNB", "b.ipynb.txt", "c/x.ipynb", "c/.ipynb_checkpoints/x-checkpoint.ipynb")
    put(tmp_path, "__MACOSX/a.ipynb", "._d.ipynb")
    assert set(found(tmp_path)) == {"a", "b", "c"}


def test_a_learner_may_hand_in_a_zip_file(tmp_path):
    with zipfile.ZipFile(tmp_path / "mei.zip", "w") as archive:
        archive.writestr("work/x.ipynb", notebook())
        archive.writestr("__MACOSX/._x.ipynb", "junk")
    (tmp_path / "zoe.zip").write_bytes(b"PK no zip")
    put(tmp_path, "ann.ipynb")
    assert names_of(tmp_path) == {"ann": ["ann.ipynb"], "mei": ["x.ipynb"]}


def test_a_class_may_come_as_one_zip_file(tmp_path):
    path = tmp_path / "submissions.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("smithjohn_12345_67890_x.ipynb", notebook())
        archive.writestr("linmei_LATE_12346_67891_x-1.ipynb", notebook())
    assert set(found(path)) == {"smithjohn", "linmei"}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_in_a_zip_file_are_read_as_systems_write_them(tmp_path, monkeypatch, encoding):
    """Neither a Chinese Windows nor macOS says in which encoding."""

    def silent(member):
        return member.filename.encode(encoding), 0

    monkeypatch.setattr(zipfile.ZipInfo, "_encodeFilenameFlags", silent)
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        for name in ("张伟", "李珺", "王喆"):
            archive.writestr(f"第三周/{name}/x.ipynb", notebook())
    (tmp_path / "roster.csv").write_text("learner\n张伟\n李珺\n王喆\n", "utf-8")
    handed_in = found(tmp_path / "class.zip")
    assert {key: len(each.files) for key, each in handed_in.items()} == dict.fromkeys(
        ("张伟", "李珺", "王喆"), 1
    )
    assert b"cells" in handed_in["李珺"].files[0].content()


def test_names_of_a_western_windows_are_no_chinese(tmp_path, monkeypatch):
    def silent(member):
        return member.filename.encode("cp437"), 0

    monkeypatch.setattr(zipfile.ZipInfo, "_encodeFilenameFlags", silent)
    names = {"Müller", "José", "Zoë Brön", "Ñandú"}
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        for name in names:
            archive.writestr(f"{name}.ipynb", notebook())
    assert set(found(tmp_path / "class.zip")) == names


def test_a_class_in_a_zip_file_holds_zip_files_of_learners(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("week/x.ipynb", notebook("y = 2"))
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr("Mei Lin_123_assignsubmission_file_/work.zip", inner.getvalue())
        archive.writestr("Bo Li_124_assignsubmission_file_/x.ipynb", notebook())
        archive.writestr("Al Xu_125_assignsubmission_file_/work.zip", b"PK no zip")
    warnings = []
    handed_in = submissions.collect(tmp_path / "class.zip", warnings=warnings)
    files = {each.learner.key: [file.content() for file in each.files] for each in handed_in}
    assert files == {"Bo Li": [notebook().encode()], "Mei Lin": [notebook("y = 2").encode()]}
    (said,) = warnings
    assert "Al Xu_125" in said and "no zip file that can be read" in said


def test_an_older_windows_separates_folders_in_its_own_way(tmp_path):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        for name in ("mei", "bo"):
            member = zipfile.ZipInfo("x")
            member.filename = f"class\\{name}\\x.ipynb"
            archive.writestr(member, notebook())
    assert set(found(tmp_path / "class.zip")) == {"mei", "bo"}


@pytest.mark.parametrize("name", ["{}/x.ipynb", "{}.ipynb"])
def test_who_zips_the_folder_of_a_class_has_it_in_the_zip_file(tmp_path, name):
    class_of_three = [f"homework3/{name.format(who)}" for who in ("zhang", "li", "wang")]
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        for each in class_of_three:
            archive.writestr(each, notebook())
    assert set(found(tmp_path / "class.zip")) == {"zhang", "li", "wang"}
    # A folder may be of one learner who has folders of her own: then a roster tells.
    put(tmp_path / "dir", *class_of_three)
    assert set(found(tmp_path / "dir")) == {"homework3"}
    (tmp_path / "dir" / "roster.csv").write_text("learner\nzhang\nwang\n")
    assert set(found(tmp_path / "dir")) == {"zhang", "li", "wang"}


def test_a_zip_file_of_one_learner_holds_her_chapters(tmp_path):
    with zipfile.ZipFile(tmp_path / "mei.zip", "w") as archive:
        for chapter in ("03_collaborative_filtering", "05_demand_forecasting"):
            archive.writestr(f"mei/{chapter}.ipynb", notebook())
    (each,) = submissions.collect(tmp_path / "mei.zip")
    assert each.learner.key == "mei" and len(each.files) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("03_collaborative_filtering_2021302111", "03_collaborative_filtering_2021302211"),
        ("2021301999 (1)", "2021302999 (1)"),
        ("20230115_03_collaborative_filtering", "20230116_03_collaborative_filtering"),
        ("20230115 (1)", "20230116 (1)"),
        ("202301151234_03_collaborative_filtering", "202301151235_03_collaborative_filtering"),
        ("2019555501_LATE", "2019666601_LATE"),
        ("03_collaborative_filtering_2023-0115", "03_collaborative_filtering_2023-0116"),
    ],
)
def test_the_number_of_a_student_is_no_date(tmp_path, first, second):
    put(tmp_path, f"{first}.ipynb", f"{second}.ipynb")
    numbers = [re.search(r"20[0-9-]{6,}", name)[0] for name in (first, second)]
    assert set(found(tmp_path)) == set(numbers)
    (tmp_path / "roster.csv").write_text("learner\n" + "\n".join(numbers) + "\n")
    assert [(each.learner.key, len(each.files)) for each in submissions.collect(tmp_path)] == [
        (number, 1) for number in numbers
    ]


@pytest.mark.parametrize("column", ["learner,name", "name,remark", "id,name"])
def test_a_roster_knows_a_number_or_a_name_in_a_name(tmp_path, column):
    names = ("张伟_2021302111", "李娜2021302112", "2021302113-王芳", "作业_3_2021302114_赵敏_终稿")
    put(tmp_path, *(f"{name}.ipynb" for name in names))
    numbers = [re.search(r"\d{10}", name)[0] for name in names]
    people = ["张伟", "李娜", "王芳", "赵敏"]
    rows = zip(people, numbers) if column.startswith("name") else zip(numbers, people)
    text = "\n".join([column.replace("name,remark", "learner,remark"), *map(",".join, rows)])
    (tmp_path / "roster.csv").write_text(text, "utf-8")
    keys = people if column.startswith("name") else numbers
    assert names_of(tmp_path) == {
        key: [f"{name}.ipynb"] for key, name in zip(keys, names, strict=True)
    }


def test_a_number_that_looks_like_a_date_is_one_that_the_roster_knows(tmp_path):
    chapter = "03_collaborative_filtering"
    put(tmp_path, f"{chapter}_20211105_李娜.ipynb", f"{chapter}_20211106_王芳.ipynb")
    put(tmp_path / "20211107-赵敏", "x.ipynb")
    (tmp_path / "roster.csv").write_text("learner\n20211105\n20211106\n20211107\n")
    handed_in = found(tmp_path)
    assert {key: len(each.files) for key, each in handed_in.items()} == dict.fromkeys(
        ("20211105", "20211106", "20211107"), 1
    )


def test_two_strangers_of_one_family_are_not_who_is_on_the_roster(tmp_path):
    put(tmp_path, "john smith.ipynb", "jane smith.ipynb")
    (tmp_path / "roster.csv").write_text("learner\nsmith\nwang\n")
    assert {key for key, each in found(tmp_path).items() if each.files} == {
        "john smith",
        "jane smith",
    }


def test_a_name_that_two_of_a_roster_are_in_is_nobodys(tmp_path):
    put(tmp_path, "mei_and_bo.ipynb")
    (tmp_path / "roster.csv").write_text("learner\nmei\nbo\n")
    handed_in = found(tmp_path)
    assert [len(handed_in[key].files) for key in ("mei", "bo", "mei_and_bo")] == [0, 0, 1]


@pytest.mark.parametrize("roster", [True, False])
def test_two_people_of_one_name_in_a_moodle_class(tmp_path, roster):
    people = {"123": "张伟", "124": "张伟", "125": "李娜", "126": "李娜"}
    for number, name in people.items():
        folder = tmp_path / f"{name}_{number}_assignsubmission_file_"
        folder.mkdir()
        # One of them handed in something else.
        if number != "126":
            put(folder, "x.ipynb")
    if roster:
        lines = [f"Participant {n},{name},p{n}@x" for n, name in people.items()]
        text = "\n".join(["Identifier,Full name,Email address", *lines])
        (tmp_path / "roster.csv").write_text(text, "utf-8")
    key = "p{}@x" if roster else "{1}_{0}"
    assert {each: len(one.files) for each, one in found(tmp_path).items()} == {
        key.format(number, name): int(number != "126") for number, name in people.items()
    }


def test_the_solved_notebooks_of_earlier_weeks_are_nobodys(tmp_path):
    put(tmp_path / "mei", "03_collaborative_filtering.ipynb", "solved/01_user_value.ipynb")
    assert names_of(tmp_path) == {"mei": ["03_collaborative_filtering.ipynb"]}


def test_homework_with_two_numbers_in_its_name_is_not_of_canvas(tmp_path):
    names = ("homework_12_2021302111_zhang", "homework_12_2021302112_li")
    put(tmp_path, *(f"{name}.ipynb" for name in names))
    assert set(found(tmp_path)) == {*names}


def test_of_two_notebooks_that_named_as_handed_out_is_marked(tmp_path):
    right = "def average_basket(b, s):\n    return sum(s) / len(set(b)) if b else float('nan')"
    wrong = "def average_basket(b, s):\n    return 3.0"
    put(tmp_path / "mei", "00_start_here.ipynb", source=right)
    put(tmp_path / "mei", "00_start_here_old.ipynb", "Untitled.ipynb", source=wrong)
    # The notebook of a later chapter imports what an earlier one asks.
    put(tmp_path / "mei", "later.ipynb", source="from solutions.start_here import average_basket")
    (each,) = submissions.collect(tmp_path)
    with contextlib.closing(reading.Reader()) as reader:
        (answer,) = reader.read(each, ["start_here"]).answers["start_here"]
    assert "len(set(b))" in answer.code
    (note,) = answer.notes
    assert note.startswith("average_basket is written in mei/00_start_here_old.ipynb, ")
    assert note.endswith("that in mei/00_start_here.ipynb is marked.")


def test_a_file_that_is_no_notebook_is_told(tmp_path):
    put(tmp_path, "zoe.ipynb")
    for name in ("ada.py", "bo.pdf", "cy.rar", "di.html", "ed.7z", "flo.ipynb.gz"):
        (tmp_path / name).write_text("x")
    (tmp_path / "bad.zip").write_text("x")
    for ours in ("roster.csv", "week.toml"):
        (tmp_path / ours).write_text("learner\nzoe\n")
    warnings = []
    submissions.collect(tmp_path, warnings=warnings)
    assert warnings == [
        "bad.zip is no zip file that can be read (BadZipFile).",
        "Not read: ada.py, bo.pdf, cy.rar, di.html, ed.7z and 1 more. A learner's notebook is "
        "NAME.ipynb, or in NAME.zip.",
    ]


def test_a_zip_file_that_swells_is_not_read(tmp_path):
    path = tmp_path / "mei.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.ipynb", b" " * (60 * 2**20))
    (each,) = submissions.collect(tmp_path)
    with pytest.raises(ValueError, match="larger than"):
        each.files[0].content()


@pytest.mark.parametrize("name", ["_" * 60_000, "late " * 10_000, "(1" * 30_000, " -" * 30_000])
def test_a_name_that_is_made_to_be_long_is_left_out(tmp_path, name):
    """Patterns are looked for in names, which takes as long as the square of their length."""
    with zipfile.ZipFile(tmp_path / "mei.zip", "w") as archive:
        archive.writestr("x.ipynb", b"{}")
        for number in range(20):
            archive.writestr(f"{name}{number}.ipynb", b"{}")
    (each,) = submissions.collect(tmp_path)
    assert [file.name for file in each.files] == ["mei.zip/x.ipynb"]


def test_of_a_thousand_attempts_the_last_are_tried(tmp_path):
    with zipfile.ZipFile(tmp_path / "mei.zip", "w") as archive:
        for number in range(1_000):
            archive.writestr(f"x-{number}.ipynb", b"{}")
    tried = submissions.collect(tmp_path, counts="best")
    assert [each.attempt for each in tried] == list(range(981, 1_001))
    assert "the best of the last 20" in tried[0].notes[0]
    (latest,) = submissions.collect(tmp_path)
    assert latest.attempt == 1_000


def test_a_name_that_a_learner_gives_herself_makes_nobody_unknown():
    """Platforms let people change the name that is shown: to the number of somebody else."""
    mei = Learner("mei", {"email": "mei@x.org", "id": "77", "name": "Mei Lin"})
    others = [Learner(f"z{i}", {"name": name}) for i, name in enumerate(["mei", "mei@x.org", "77"])]
    roster = Roster({each.key: each for each in (mei, *others)})
    assert all(roster.find([word]) is mei for word in ("mei", "Mei@x.org", "77", "Mei Lin"))
    assert all(roster.find([each.key]) is each for each in others)
    twins = Roster({k: Learner(k, {"name": "Li Na"}) for k in ("a", "b")})
    assert twins.find(["Li Na"]) is None


def test_one_name_for_two_people_is_one_sentence(tmp_path):
    (tmp_path / "roster.csv").write_text("id,name\nmei,Mei Lin\nmei,Mei Lin\nmei,Zoe\n")
    with pytest.raises(CannotGrade, match="line 4: mei stands in an earlier line too"):
        Roster.read(tmp_path / "roster.csv")


@pytest.mark.parametrize("root", ["", "submitted"])
def test_nbgrader_course(tmp_path, root):
    put(tmp_path, "submitted/mei/03/x.ipynb", "submitted/zoe/03/x.ipynb", "release/03/x.ipynb")
    if root:
        assert set(found(tmp_path / root)) == {"mei", "zoe"}
    else:
        assert set(found(tmp_path)) == {"mei", "zoe"}


def test_canvas_download(tmp_path):
    put(tmp_path, "smithjohn_12345_67890_x.ipynb", "smithjohn_LATE_12345_67899_x-1.ipynb")
    put(tmp_path, "linmei_777_5_x-2.ipynb", "linmei_777_5_x-10.ipynb", "linmei_777_5_other.ipynb")
    each = found(tmp_path)
    assert names_of(tmp_path) == {
        "smithjohn": ["smithjohn_LATE_12345_67899_x-1.ipynb"],
        "linmei": ["linmei_777_5_other.ipynb", "linmei_777_5_x-10.ipynb"],
    }
    assert any("handed in late" in note for note in each["smithjohn"].notes)
    assert any("counts, as the latest" in note for note in each["linmei"].notes)


def test_canvas_names_meet_the_roster(tmp_path):
    put(tmp_path, "smithjohn_12345_67890_x.ipynb", "linmei_777_5_x.ipynb", "linmei_778_6_x.ipynb")
    (tmp_path / "roster.csv").write_text(
        'Student,ID,SIS Login ID\n"Smith, John",9,js1\nMei Lin,777,ml1\nMei Lin,778,ml2\n'
    )
    assert {k: len(v) for k, v in names_of(tmp_path).items()} == {"js1": 1, "ml1": 1, "ml2": 1}


def test_moodle_download(tmp_path):
    put(tmp_path, "Mei Lin_123_assignsubmission_file_x.ipynb")
    put(tmp_path, "John Smith_124_assignsubmission_file_/x.ipynb")
    (tmp_path / "Ann Lee_125_assignsubmission_file_").mkdir()
    assert {k: len(v) for k, v in names_of(tmp_path).items()} == {
        "Mei Lin": 1,
        "John Smith": 1,
        "Ann Lee": 0,
    }


@pytest.mark.parametrize(
    ("versions", "counts"),
    [
        (["x.ipynb", "x (late).ipynb"], "x (late).ipynb"),
        (["x-2.ipynb", "x-10.ipynb"], "x-10.ipynb"),
        (["x (1).ipynb", "x.ipynb"], "x (1).ipynb"),
        (["x 2026-11-02 09.30.ipynb", "x 2026-11-10 08.00.ipynb"], "x 2026-11-10 08.00.ipynb"),
        (["x_v2.ipynb", "x_v1.ipynb"], "x_v2.ipynb"),
    ],
)
def test_latest_version_counts_and_is_said(tmp_path, versions, counts):
    put(tmp_path, *(f"mei/{name}" for name in versions))
    each = found(tmp_path)["mei"]
    assert names_of(tmp_path)["mei"] == [counts]
    assert any(note.startswith(f"mei/{counts} counts") for note in each.notes)


def test_of_equal_names_the_younger_file_counts(tmp_path):
    put(tmp_path, "mei/a/x.ipynb", "mei/a/x.ipynb.txt")
    os.utime(tmp_path / "mei/a/x.ipynb", (2e9, 2e9))
    assert names_of(tmp_path)["mei"] == ["x.ipynb"]


def test_nobody_hands_in_for_somebody_else(tmp_path):
    put(tmp_path, "aaron.ipynb", "aaron_start_here.ipynb", "aaron_00_start_here.ipynb")
    assert names_of(tmp_path)["aaron"] == ["aaron.ipynb"]
    assert len(found(tmp_path)) == 3


def test_names_are_compared_in_one_form(tmp_path):
    name = "Zoé"
    put(tmp_path, f"{unicodedata.normalize('NFD', name)}.ipynb")
    (tmp_path / "roster.csv").write_text(f"id,name\n{unicodedata.normalize('NFC', name)},Zoé\n")
    (each,) = submissions.collect(tmp_path)
    assert len(each.files) == 1


def test_no_page_replaces_another(tmp_path):
    other = report.page_name("Mei").removesuffix(".html")
    pages = {report.page_name(key) for key in ("mei", "Mei", other, "mei ", "MEI", "")}
    assert len({page.lower() for page in pages}) == 6


# ---- scores ----


def scores(tmp_path, learners, rows):
    gradebook.write_scores(tmp_path, learners, rows)
    tables = []
    for name in ("scores.csv", "scores_moodle.csv"):
        text = (tmp_path / name).read_text("utf-8")
        assert not text.startswith("\ufeff")
        tables.append(list(csv.reader(io.StringIO(text))))
    return tables


@pytest.mark.parametrize(("key", "marked"), [("\u5f20\u4f1f", True), ("mei", False)])
def test_a_spreadsheet_knows_the_encoding_of_what_a_person_opens(tmp_path, key, marked):
    row = marking.unmarked(key, "start_here", "average_basket", Status.WRONG, "")
    gradebook.write_gradebook(tmp_path / "gradebook.csv", [row])
    assert (tmp_path / "gradebook.csv").read_text("utf-8").startswith("\ufeff") is marked
    # A platform knows its columns by the first cell.
    scores(tmp_path, [Learner(key, {})], [row])


def test_scores_keep_the_rules_of_canvas_and_moodle(tmp_path):
    """Ohio State University, "Import CSV File for Carmen Grades"; MoodleDocs, "Grade import"."""
    learners = [
        Learner("mei", {"name": "Lin, Mei", "id": "12", "sis_login_id": "ml1", "section": "A"}),
        Learner("zoe", {"email": "z@x.org"}),
    ]
    rows = [
        marking.unmarked("mei", "start_here", "average_basket", Status.WRONG, ""),
        marking.unmarked("zoe", "start_here", "average_basket", Status.NOT_MARKED, ""),
    ]
    canvas, moodle = scores(tmp_path, learners, rows)
    stem = catalogue.chapter("start_here").stem
    assert canvas[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", stem]
    assert canvas[1][0] == "Points Possible" and float(canvas[1][-1]) > 0
    assert [line[-1] for line in canvas[2:]] == ["0", ""]
    # The heads are the first line, and every other line has a user.
    assert moodle[0] == ["username", "idnumber", "email", stem]
    assert [line[0] for line in moodle[1:]] == ["ml1", "zoe"]
    assert all(any(line[:3]) for line in moodle[1:])
    assert {len(line) for line in canvas} == {6} and {len(line) for line in moodle} == {4}


# ---- options ----


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--jobs", "-1"], "--jobs is -1"),
        (["--jobs", "0"], "--jobs is 0"),
        (["--timeout", "-2"], "--timeout is -2"),
        (["--timeout", "nan"], "--timeout is nan"),
        (["--timeout", "inf"], "--timeout is inf"),
        (["--memory", "0"], "--memory is 0"),
        (["--memory", "-5"], "--memory is -5"),
        (["--seed", "-1"], "--seed is -1"),
        (["--chapter", "77"], "No chapter 77"),
        (["--chapter", "x"], "No chapter x"),
    ],
)
def test_absurd_options_are_one_sentence(tmp_path, capsys, options, says):
    put(tmp_path / "in", "mei.ipynb")
    command = ["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), *options]
    assert cli.main(command) == 1
    error = capsys.readouterr().err
    assert says in error and error.count("\n") == 1


def test_a_report_goes_into_a_folder_of_its_own(tmp_path, capsys):
    put(tmp_path / "in", "mei.ipynb")
    (tmp_path / "file").write_text("")
    for out, says in (("file", "is a file"), ("in", "holds the submissions")):
        assert cli.main(["grade", str(tmp_path / "in"), "--out", str(tmp_path / out)]) == 1
        assert says in capsys.readouterr().err


@needs_sandbox
def test_a_terminal_that_knows_ascii_alone(tmp_path, monkeypatch):
    source = "def average_basket(b, s):\n    return sum(s) / len(set(b)) if b else float('nan')"
    put(tmp_path / "in", "李梅.ipynb", source=source)
    (tmp_path / "in" / "roster.csv").write_text("id,name\n李梅,李梅\nabsent,Zoé\n", "utf-8")
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, "ascii"))
    out = tmp_path / "out"
    assert cli.main(["grade", str(tmp_path / "in"), "--out", str(out), "--chapter", "0"]) == 0
    sys.stdout.flush()
    assert b"2 learners" in raw.getvalue()


# ---- when the sandbox dies ----


@needs_sandbox
def test_a_sandbox_that_dies_stops_the_run_and_the_next_one_goes_on(tmp_path, monkeypatch, capsys):
    source = "def average_basket(b, s):\n    return sum(s) / len(set(b)) if b else float('nan')"
    put(tmp_path / "in", "a.ipynb", "b.ipynb", "c.ipynb", source=source)
    write_down, servers = grade._write_down, []
    server = client.Server

    def kept(*args):
        servers.append(server(*args))
        return servers[-1]

    def dies_after_the_first(*args):
        write_down(*args)
        servers[0]._process.kill()

    monkeypatch.setattr(client, "Server", kept)
    monkeypatch.setattr(grade, "_write_down", dies_after_the_first)
    command = ["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--chapter", "00"]
    assert cli.main([*command, "--jobs", "1"]) in (0, 1)
    monkeypatch.undo()
    capsys.readouterr()
    assert cli.main(command) == 0
    assert "3 marks" in capsys.readouterr().out


@needs_sandbox
def test_a_sandbox_that_dies_while_submissions_are_read_is_said_to_have_ended(
    tmp_path, monkeypatch, capfd
):
    put(tmp_path / "in", "a.ipynb", source="def average_basket(b, s):\n    return 0.0")
    opened = client.Server.open

    def kill(pid):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            kill(int(child))
        os.kill(pid, signal.SIGKILL)

    def dies_before(server, libraries):
        # What bubblewrap started goes on without it.
        kill(server._process.pid)
        server._process.wait()
        # Until nobody is left who reads what it is told.
        pipe = select.poll()
        pipe.register(server._process.stdin, 0)
        assert pipe.poll(5_000)
        opened(server, libraries)

    monkeypatch.setattr(client.Server, "open", dies_before)
    command = ["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--chapter", "00"]
    assert cli.main(command) == 1
    said = capfd.readouterr().err
    assert "The sandbox has ended: run `course grade` again" in said
    assert "Traceback" not in said and "BrokenPipe" not in said


@needs_sandbox
def test_a_server_that_is_silent_is_not_waited_for(monkeypatch):
    import socket

    monkeypatch.setattr(client, "REPLY_SECONDS", 0.01)
    here = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    here.bind("\0course-silent")
    here.listen(1)
    silent = client.Forked("\0course-silent", Limits())
    with pytest.raises(client.SandboxEnded, match="run `course grade` again"):
        with silent.child(9):
            pass
    silent.close()
    here.close()


@needs_sandbox
def test_what_somebody_else_may_have_killed_is_run_again_alone_and_never_stored(
    tmp_path, monkeypatch
):
    source = "import os, signal\ndef average_basket(b, s):\n    os.kill(0, signal.SIGKILL)"
    right = "def average_basket(b, s):\n    return sum(s) / len(set(b)) if b else float('nan')"
    put(tmp_path / "in", "killed.ipynb", source=source)
    put(tmp_path / "in", "mei.ipynb", source=right)
    how = {"limits": Limits(2.0, 512), "chapters": ["00"], "seed": 7, "progress": False}
    for _ in range(2):
        marked = grade.grade(tmp_path / "in", tmp_path / "out", **how)
        rows = {row.learner: row for row in marked.rows}
        assert rows["killed"].status == Status.CRASHED and rows["mei"].status == Status.PASSED
    stored = (tmp_path / "out" / "results.jsonl").read_text()
    assert '"mei"' in stored and '"killed"' not in stored


# ---- classes of other platforms ----

CLASS_OF_FOUR = (
    "推荐系统名单,,\n学号,姓 名,班级\n2021302111,张伟,1\n2021302112,李娜,1\n"
    "2021302113,王芳,2\nU20214567,欧阳修远,2\n"
)
OF_THREE = (
    "id,name,email,username\n11,Mei Lin,mei@x.org,mlin01\n12,Bo Li,bo@x.org,bli002\n"
    "13,Ana de la Cruz,ana@x.org,acruz\n"
)
NOTEBOOK = "03_collaborative_filtering.ipynb"


def whose(folder, roster, *paths, encoding="utf-8"):
    (folder / "roster.csv").write_bytes(roster.encode(encoding))
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("{}")
    warnings = []
    found = submissions.collect(folder, warnings=warnings)
    return {each.learner.key: [f.name for f in each.files] for each in found if each.files}, found


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    ("path", "learner"),
    [
        (f"1班/张 伟-作业3/{NOTEBOOK}", "2021302111"),
        ("迟交/2021302112李娜.ipynb", "2021302112"),
        (f"电商2102王芳作业3/{NOTEBOOK}", "2021302113"),
        (
            "2班/欧阳修远第三次作业最终版.ipynb",
            "U20214567",
        ),
        ("U20214567-hw3.ipynb", "U20214567"),
        ("作业三李娜.ipynb", "2021302112"),
        ("王芳同学的作业.ipynb", "2021302113"),
    ],
)
def test_a_file_is_theirs_whom_its_path_names(tmp_path, path, learner, encoding):
    files, _ = whose(tmp_path, CLASS_OF_FOUR, path, encoding=encoding)
    assert files == {learner: [path]}


@pytest.mark.parametrize(
    "path",
    [
        "张伟强作业.ipynb",
        "张伟+李娜.ipynb",
        "20213021112.ipynb",
        "mei.ipynb",
        "unlinked/x.ipynb",
    ],
)
def test_a_part_of_a_word_and_two_names_are_nobodys(tmp_path, path):
    _, found = whose(tmp_path, CLASS_OF_FOUR, path)
    assert not any(each.files for each in found if each.learner.on_roster)


@pytest.mark.parametrize(
    ("path", "learner"),
    [
        (f"12345-678901 - Mei Lin - Mar 8, 2026 1010 PM/{NOTEBOOK}", "mlin01"),
        ("Homework 3_acruz_attempt_2026-03-09-11-00-01_hw.ipynb", "acruz"),
        (f"Ana de la Cruz - Copy of {NOTEBOOK}", "acruz"),
        (f"Student Work/Submitted files/Lin, Mei/Week 3/Version 2/{NOTEBOOK}", "mlin01"),
        (f"week03-bli002/{NOTEBOOK}", "bli002"),
        ("Bo_Li hw3.ipynb", "bli002"),
    ],
)
def test_what_other_platforms_make_of_names_is_understood(tmp_path, path, learner):
    files, found = whose(tmp_path, OF_THREE, path)
    assert files == {learner: [path]}
    (note,) = next(each.notes for each in found if each.files)
    assert note.startswith(f"{path} is ") and "names" in note


def test_a_year_is_nobodys_number(tmp_path):
    paths = [f"one/hw 2026-03-08/{NOTEBOOK}", f"two/x/{NOTEBOOK}"]
    files, _ = whose(tmp_path, "id,name\n2026,Mei Lin\n", *paths)
    assert list(files) == ["one", "two"]


def test_where_nobody_of_the_roster_is_found_it_is_said(tmp_path):
    (tmp_path / "roster.csv").write_text(OF_THREE)
    (tmp_path / "aaa.ipynb").write_text("{}")
    warnings = []
    submissions.collect(tmp_path, warnings=warnings)
    assert "Nobody on the roster handed in, by the names that lie here (aaa.ipynb)" in warnings[0]


@pytest.mark.parametrize(
    "cell", ['"=""2021302113"""', "'2021302113", "2021302113.0", "`2021302113"]
)
def test_what_a_spreadsheet_adds_to_a_number_is_taken_off(tmp_path, cell):
    files, _ = whose(tmp_path, f"id,name\n{cell},Mei Lin\n", "2021302113.ipynb")
    assert list(files) == ["2021302113"]


def test_a_number_that_a_spreadsheet_has_shortened_is_refused(tmp_path):
    with pytest.raises(CannotGrade, match=r"line 2: a spreadsheet has shortened a number"):
        whose(tmp_path, "id,name\n2.02E+09,Mei Lin\n", "a.ipynb")


@pytest.mark.parametrize(
    ("paths", "files"),
    [
        # A number beside a name that two share; a name in a longer one.
        (["2021302111张伟.ipynb", "作业_张伟2班.ipynb"], {"2021302111": ["2021302111张伟.ipynb"]}),
        (["Mei Lin Chen hw.ipynb"], {"15": ["Mei Lin Chen hw.ipynb"]}),
        (["Mark Jones hw.ipynb"], {"17": ["Mark Jones hw.ipynb"]}),
        # A number of a class or a year is nobody's where a name is there.
        (["信管2101_Ana Li_作业.ipynb"], {"ana": ["信管2101_Ana Li_作业.ipynb"]}),
        # The number of a chapter.
        (["03/Ana Li.ipynb", "迟交/3.ipynb"], {"ana": ["03/Ana Li.ipynb"], "03": ["迟交/3.ipynb"]}),
        # Zeros that a spreadsheet took away.
        (["00212345678.ipynb"], {"0212345678": ["00212345678.ipynb"]}),
        (["作业_212345678.ipynb"], {"0212345678": ["作业_212345678.ipynb"]}),
        (["3.ipynb"], {"03": ["3.ipynb"]}),
        (["王 维 Wang hw/x.ipynb", "Wei WANG/x.ipynb"], {}),
        (["김민수_hw.ipynb"], {"18": ["김민수_hw.ipynb"]}),
        (["李维-作业.ipynb"], {"19": ["李维-作业.ipynb"]}),
        (["Wei LI.ipynb"], {"19": ["Wei LI.ipynb"]}),
        (["1班/ana.ipynb"], {"ana": ["1班/ana.ipynb"]}),
        # By the local part of an address.
        (["jones7.ipynb"], {"17": ["jones7.ipynb"]}),
    ],
)
def test_whom_the_words_of_a_path_fit(tmp_path, paths, files):
    roster = (
        "id,name,email,username\n2021302111,张伟,,\n2021302118,张伟,,\n14,Mei Lin,,\n"
        "15,Mei Lin Chen,,\n16,Ana Li,,ana\n2101,Mark Hill,,mark\n17,Mark Jones,jones7@x.org,\n"
        "0212345678,Eva Roth,,\n03,Tim Roth,,\n18,김민수,,\n19,Li Wei 李维（班长）,,\n"
    )
    found, everybody = whose(tmp_path, roster, *paths)
    strangers = [each.files for each in everybody if not each.learner.on_roster]
    on_roster = {each.learner.key for each in everybody if each.learner.on_roster}
    assert {key: names for key, names in found.items() if key in on_roster} == files
    assert sum(map(len, [*files.values(), *strangers])) == len(paths)


def test_who_collected_a_class_is_given_nobodys_work(tmp_path):
    paths = [f"1班-李娜/{name}/{NOTEBOOK}" for name in ("张伟", "王芳", "欧阳修远", "李娜")]
    files, _ = whose(tmp_path, CLASS_OF_FOUR, *paths, f"2班/x/{NOTEBOOK}")
    keys = ("2021302111", "2021302113", "U20214567", "2021302112")
    assert {key: files.get(key) for key in keys} == {
        key: [path] for key, path in zip(keys, paths, strict=True)
    }
    # With one name in it her folder is no collection: nobody knows.
    other = tmp_path / "other"
    other.mkdir()
    files, found = whose(other, CLASS_OF_FOUR, "张伟/李娜的作业.ipynb", "李娜/x.ipynb")
    notes = {each.learner.key: each.notes for each in found}
    said = "张伟/李娜的作业.ipynb names 张伟, 李娜: nobody knows whose it is."
    assert files["2021302112"] == ["李娜/x.ipynb"] and said in notes["2021302112"]
    assert "2021302111" not in files and said in notes["2021302111"]
    # Two are enough.
    group = tmp_path / "group"
    group.mkdir()
    files, _ = whose(
        group, CLASS_OF_FOUR, *(f"张伟/{name}.ipynb" for name in ("李娜", "王芳", "张伟"))
    )
    assert set(files) == {"2021302111", "2021302112", "2021302113"}


def test_nobody_puts_work_under_the_names_of_others(tmp_path):
    people = ("张伟", "王芳", "欧阳修远")
    paths = [f"李娜/{name}.ipynb" for name in people]
    # All of them have handed in.
    whole = put(tmp_path / "whole", *(f"{name}.ipynb" for name in people))
    files, _ = whose(whole, CLASS_OF_FOUR, *paths)
    assert files["2021302111"] == ["张伟.ipynb"] and "2021302112" not in files
    # One of them has, and the others' have been collected.
    roster = f"{CLASS_OF_FOUR}2021302115,赵敏,2\n2021302116,钱七,2\n"
    part = put(tmp_path / "part", "张伟.ipynb", "李娜/赵敏.ipynb", "李娜/钱七.ipynb")
    files, found = whose(part, roster, *paths)
    assert files["2021302111"] == ["张伟.ipynb"] and files["2021302113"] == ["李娜/王芳.ipynb"]
    notes = {each.learner.key: each.notes for each in found}
    said = "李娜/张伟.ipynb names 李娜, 张伟: nobody knows whose it is."
    assert said in notes["2021302112"] and said in notes["李娜/张伟"]
    # Nor where a platform says whose the folder is.
    stranger = put(tmp_path / "stranger", "孙八_123_assignsubmission_file_/王芳.ipynb")
    files, _ = whose(stranger, CLASS_OF_FOUR, "李娜_124_assignsubmission_file_/x.ipynb")
    assert set(files) == {"孙八", "2021302112"}


def test_a_notebook_of_two_is_told_to_both(tmp_path):
    _, found = whose(tmp_path, CLASS_OF_FOUR, "张伟+李娜/x.ipynb", "李娜帮王芳交.ipynb")
    notes = {each.learner.key: each.notes for each in found}
    said = "张伟+李娜/x.ipynb names 张伟, 李娜: nobody knows whose it is."
    assert all(said in notes[key] for key in ("2021302111", "2021302112", "张伟+李娜"))
    assert "By its name it may be of 李娜, 王芳." in notes["李娜帮王芳交"]


def test_few_of_a_roster_are_said_aloud(tmp_path):
    put(tmp_path, "mlin01.ipynb", "xyz.ipynb")
    (tmp_path / "roster.csv").write_text(OF_THREE)
    warnings = []
    submissions.collect(tmp_path, warnings=warnings)
    (said,) = warnings
    assert said.startswith("1 of the 3 on the roster were found.") and "do: xyz." in said


def test_who_handed_in_something_else_is_told_what(tmp_path):
    for name in ("张伟/作业.rar", "1班/2021302112李娜/hw.html", "2021302113王芳.7z", "李娜.zip"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    with zipfile.ZipFile(tmp_path / "2班.zip", "w") as archive:
        archive.writestr("欧阳修远/作业.rar", "x")
        archive.writestr("欧阳修远/Thumbs.db", "x")
    _, found = whose(tmp_path, CLASS_OF_FOUR)
    notes = {each.learner.key: each.notes[1] for each in found if each.learner.on_roster}
    assert all(note.startswith("Not read: ") for note in notes.values())
    shown = [note.removeprefix("Not read: ").partition(". A learner")[0] for note in notes.values()]
    assert shown == [
        "张伟/作业.rar",
        "1班/2021302112李娜/hw.html, 李娜.zip",
        "2021302113王芳.7z",
        "2班.zip/欧阳修远/作业.rar",
    ]


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("listed", [False, True])
def test_a_download_of_gradescope_says_whose_its_folders_are(tmp_path, zipped, listed):
    people = {"1": [("Mei Lin", "11")], "2": [("Bo Li", "12")]}
    people["3"] = [("Ana de la Cruz", "13"), *people["1"]]
    said = "---\n"
    folder = tmp_path / "assignment_5_export"
    for number, submitters in people.items():
        put(folder, f"submission_{number}/{NOTEBOOK}")
        said += f"submission_{number}:\n  :submitters:\n"
        said += "".join(f"  - :name: {name}\n    :sid: '{sid}'\n" for name, sid in submitters)
        said += "  :history:\n  - :name: Somebody Else\n"
    (folder / "submission_metadata.yml").write_text(said)
    given = tmp_path
    if zipped:
        given = tmp_path / "class.zip"
        with zipfile.ZipFile(given, "w") as archive:
            for path in folder.rglob("*.*"):
                archive.write(path, path.relative_to(tmp_path))
    if listed:
        (tmp_path / "roster.csv").write_text(OF_THREE)
    keys = ("mlin01", "bli002") if listed else ("Mei Lin 11", "Bo Li 12")
    handed_in = found(given)
    for number, key in zip(people, keys, strict=False):
        (file,) = handed_in[key].files
        assert f"/submission_{number}/" in file.name
    together = handed_in["Ana de la Cruz 13 Mei Lin 11"]
    assert len(handed_in) == (4 if listed else 3) and len(together.files) == 1


def test_a_download_of_github_has_its_roster(tmp_path):
    roster = "identifier,github_username,github_id,name\na@x,meilin,1,Mei Lin\nb@x,bo,2,Bo Li\n"
    files, _ = whose(tmp_path, roster, f"week03/week03-meilin/{NOTEBOOK}", f"week03/bo/{NOTEBOOK}")
    assert set(files) == {"meilin", "bo"}


def test_usernames_of_blackboard_may_be_short(tmp_path):
    name = "Homework 3_bo_attempt_2026-03-0{}-11-00-01_hw.ipynb"
    files, _ = whose(tmp_path, "username,name\nbo,Bo Li\n", name.format(8), name.format(9))
    assert files == {"bo": [name.format(9)]}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f"mlin01/Week 3/Version 9/{NOTEBOOK}", f"mlin01/Week 3/Version 10/{NOTEBOOK}"),
        (f"mlin01/第二次提交/{NOTEBOOK}", f"mlin01/第三次提交/{NOTEBOOK}"),
        (f"mlin01/v1/{NOTEBOOK}", f"mlin01/v2/{NOTEBOOK}"),
        (
            f"12-6 - Mei Lin - Mar 8, 2026 1010 PM/{NOTEBOOK}",
            f"12-6 - Mei Lin - Mar 9, 2026 905 AM/{NOTEBOOK}",
        ),
        ("Mei Lin.ipynb", "Mei Lin - 副本.ipynb"),
        ("Mei Lin.ipynb", "Mei Lin（1）.ipynb"),
        ("Mei Lin.ipynb", "Mei Lin最终版.ipynb"),
        ("Mei Lin（1）.ipynb", "Mei Lin_副本(2).ipynb"),
        ("Mei Lin.ipynb", "补交/Mei Lin.ipynb"),
    ],
)
def test_versions_as_platforms_and_people_call_them(tmp_path, first, second):
    put(tmp_path, second, first)
    os.utime(tmp_path / second, (1e9, 1e9))
    files, _ = whose(tmp_path, OF_THREE)
    assert files == {"mlin01": [second]}


def test_one_homework_is_no_attempt_of_another(tmp_path):
    files, _ = whose(tmp_path, OF_THREE, "mlin01/第二次作业/x.ipynb", "mlin01/第三次作业/x.ipynb")
    assert len(files["mlin01"]) == 2


def test_versions_without_a_roster(tmp_path):
    names = ("2021302113王芳", "2021302113王芳 - 副本", "2021302113王芳最终版(2)")
    put(tmp_path, *(f"{name}.ipynb" for name in names))
    put(tmp_path, *(f"{name}.ipynb" for name in ("mei_final", "bo-v2")))
    assert set(found(tmp_path)) == {"2021302113王芳", "mei_final", "bo-v2"}


def test_copies_of_google_without_a_name_are_not_one_learners(tmp_path):
    stem = NOTEBOOK.removesuffix(".ipynb")
    put(tmp_path, *(f"Copy of {stem}{more}.ipynb" for more in ("", " (1)", " (2)")))
    assert [len(each.files) for each in found(tmp_path).values()] == [1, 1, 1]


@pytest.mark.parametrize(
    "paths",
    [
        [f"1班/张伟/{NOTEBOOK}", f"1班/李娜/{NOTEBOOK}", f"王芳/{NOTEBOOK}"],
        ["1班/张伟/作业3.ipynb", "1班/李娜/作业三.ipynb", "王芳/作业.ipynb"],
    ],
)
def test_without_a_roster_a_folder_that_may_be_a_class_is_said(tmp_path, paths):
    put(tmp_path, *paths)
    warnings = []
    submissions.collect(tmp_path, warnings=warnings)
    (said,) = warnings
    assert said.startswith("Taken for one learner's: all that lies in 1班.")


def test_two_people_whom_a_form_of_canvas_joins_are_said(tmp_path):
    names = ("class_12_2021302111_x", "class_12_2021302112_y", "hw_33_5_z")
    put(tmp_path, *(f"{name}.ipynb" for name in names))
    warnings = []
    submissions.collect(tmp_path, warnings=warnings)
    assert "all that lies in class. " in warnings[0]


def test_chapters_and_drafts_of_one_learner_are_no_class(tmp_path):
    put(tmp_path / "mei", "03_collaborative_filtering.ipynb", "05_demand_forecasting.ipynb")
    put(tmp_path / "bo", "03_collaborative_filtering.ipynb", "Untitled.ipynb", "work/draft.ipynb")
    warnings = []
    submissions.collect(tmp_path, warnings=warnings)
    assert warnings == []


def test_the_parts_of_a_download_of_google_are_nobody(tmp_path):
    for number, name in enumerate(("张伟", "李娜"), 1):
        path = tmp_path / f"drive-download-20260309T120000Z-00{number}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"Week 3/{name} - {NOTEBOOK}", notebook())
    files, _ = whose(tmp_path, CLASS_OF_FOUR)
    assert set(files) == {"2021302111", "2021302112"}


def test_a_roster_in_a_spreadsheet_is_asked_for_as_a_table(tmp_path):
    put(tmp_path, "mei.ipynb")
    (tmp_path / "名单.xlsx").write_bytes(b"PK")
    warnings = []
    submissions.collect(tmp_path, warnings=warnings)
    assert warnings == ["名单.xlsx is not read: if it is the roster, save it as roster.csv (CSV)."]


@pytest.mark.parametrize(
    "roster",
    [
        "学号，姓名\n2021302111，张伟\n",
        "推荐系统，2026 春\n学号,姓名\n2021302111,张伟\n",
        "推荐系统\n学号\t姓名\n2021302111\t张伟\n",
    ],
)
def test_what_stands_between_the_cells_of_a_roster_is_told_by_its_headings(tmp_path, roster):
    files, _ = whose(tmp_path, roster, "张伟.ipynb")
    assert set(files) == {"2021302111"}


def test_a_number_of_canvas_form_that_is_somebody_elses_by_chance(tmp_path):
    name = "hw_12_20213_张伟.ipynb"
    files, found = whose(tmp_path, "id,name\n12,李娜\n13,张伟\n", name)
    assert files == {"hw_12_20213_张伟": [name]}
    assert all("names 李娜, 张伟: nobody" in each.notes[1] for each in found)


def test_a_report_among_the_submissions_was_not_handed_in(tmp_path):
    put(tmp_path, "mei/x.ipynb")
    (tmp_path / "out" / "pages").mkdir(parents=True)
    (tmp_path / "out" / "pages" / "bo.html").write_text("x")
    (tmp_path / "roster.csv").write_text("learner,name\nmei,\nbo,\n")
    handed_in = {e.learner.key: e.notes for e in submissions.collect(tmp_path, tmp_path / "out")}
    assert handed_in == {"mei": [], "bo": ["No notebook was handed in."]}


@pytest.mark.parametrize(
    ("roster", "paths", "owners"),
    [
        # Names after a blank, with rare letters, beside remarks of an office.
        ("1,张伟\n2,李娜\n", ["推荐系统 张伟.ipynb", "李娜 推荐系统.ipynb"], "12"),
        ("1,张伟\n2,李娜\n", ["信管 张 伟/x.ipynb", "组长李娜_hw.ipynb"], "12"),
        ("1,张伟-重修\n2,李娜[班长]\n", ["重修/李娜.ipynb", "重修/张伟.ipynb"], "21"),
        ("1,王芳 / 班长\n2,李娜\n", ["班长/李娜.ipynb", "班长/王芳hw.ipynb"], "21"),
        (
            "1,张伟䶮\n2,李䶮\n3,王〇一\n",
            ["张伟_作业.ipynb", "李䶮_作业.ipynb", "王〇一作业.ipynb"],
            " 23",
        ),
        ("1,王芳\n", ["马三王芳.ipynb", "作业三王芳.ipynb", "第二周王芳.ipynb"], " 11"),
        # A name beside a number of a platform, which is somebody else's number.
        (
            "12345,Ann Day\n54321,Bob Fox\n",
            [
                "Bob Fox_12345_assignsubmission_file_/x.ipynb",
                "Zoe_99_assignsubmission_file_/y.ipynb",
            ],
            ["54321", ""],
        ),
        # A number of a class or of a course, and one of a learner.
        (
            "101,Ann Day\n102,Bob Fox\n",
            ["101/Bob Fox.ipynb", "CS102_x.ipynb", "102_x.ipynb"],
            ["102", "", "102"],
        ),
        # What lies in one's folder may be called by a number.
        (
            "1,Ann Day\n2,Bob Fox\n3,Cy Hill\n",
            ["Ann Day/2.ipynb", "Ann Day/3.ipynb", "Bob Fox.ipynb"],
            "112",
        ),
        # A word that ends a version may be a name.
        ("1,Li Final\n5,Li\n", ["Li_Final.ipynb", "Li.ipynb"], "15"),
        (
            '1,"de la Cruz, Ana"\n2,Sean O\'Brien\n',
            ["de la Cruz, Ana.ipynb", "Sean O\u2019Brien hw.ipynb"],
            "12",
        ),
        ("1,Петров\n2,金 민수\n", ["Петров Сергей hw.ipynb"], " "),
        # A week, and a user of that name.
        ("week,Bob Week\nmlin,Mei Lin\n", ["week/Mei Lin.ipynb", "week/x.ipynb"], ["", "week"]),
        ("1,张伟\n2,李娜\n", ["张伟的同学李娜.ipynb", "张伟 李娜.ipynb"], "  "),
        ("1,张伟\n2,李娜\n", ["张伟和李娜.ipynb"], " "),
        ("1,Nguyễn Văn An\n2,José Núñez\n", ["Nguyen Van An.ipynb", "Jose Nunez hw.ipynb"], "12"),
        (
            "1,Jan van der Berg\n2,María José García López\n",
            ["van der Berg Jan.ipynb", "García López María José.ipynb"],
            "12",
        ),
        ("1,林小红\n2,王芳\n", ["第12周林小红.ipynb", "王芳代码.ipynb"], "12"),
        ("1,Trần Văn Ân\n2,ガク\n", ["Trần Văn An.ipynb", "カク.ipynb"], "  "),
        (
            "1,Nguyễn Thị Hoa\n2,Nguyễn Thị Hòa\n",
            ["Nguyễn Thị Hòa.ipynb", "Nguyen Thi Hoa.ipynb"],
            "2 ",
        ),
        ("1,张伟\n2,李娜\n", ["张伟强信管2班.ipynb", "张伟和孙八.ipynb"], "  "),
        # A word of the course after a name, in somebody else's folder.
        (
            "1,张伟\n2,李娜\n3,王芳\n",
            ["张伟/信管1班李娜协同过滤.ipynb", "张伟/王芳数据.ipynb", "x/y.ipynb"],
            ["2", "3", ""],
        ),
        ("1,张伟\n2,李娜\n", ["张伟/李娜推荐系统.ipynb", "x/y.ipynb"], "  "),
        ("1,林小红\n2,王芳\n", ["期末林小红.ipynb", "王芳补.ipynb"], "12"),
    ],
)
def test_whose_a_notebook_is(tmp_path, roster, paths, owners):
    _, everybody = whose(tmp_path, f"id,name\n{roster}", *paths)
    found = {
        file.name: each.learner.key if each.learner.on_roster else ""
        for each in everybody
        for file in each.files
    }
    expected = {path: owner.strip() for path, owner in zip(paths, owners, strict=True)}
    counted = {path: owner for path, owner in expected.items() if path in found}
    assert found == counted
    # Whose file does not count has another one that does.
    assert {*expected.values()} == {*found.values()}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("王芳最终版.ipynb", "王芳最终版2.ipynb"),
        ("王芳_v2.ipynb", "王芳最终版.ipynb"),
        ("王芳20260310最终版.ipynb", "王芳20260311.ipynb"),
        ("王芳 (2).ipynb", "补交/王芳.ipynb"),
        ("王芳 (2).ipynb", "重交/王芳.ipynb"),
        (
            "12-34 - 王芳 - Mar 9, 2026 905 AM - x.ipynb",
            "12-34 - 王芳 - Mar 10, 2026 1205 AM - x.ipynb",
        ),
        ("王芳-7101.ipynb", "王芳-7101 (1).ipynb"),
        ("王芳/第十九次提交/x.ipynb", "王芳/第二十次提交/x.ipynb"),
    ],
)
def test_the_last_version_counts(tmp_path, first, second):
    put(tmp_path, first, second)
    os.utime(tmp_path / second, (1e9, 1e9))
    files, _ = whose(tmp_path, "id,name\n7101,王芳\n")
    assert files == {"7101": [second]}


def test_what_a_collected_class_holds_of_strangers_is_not_the_collectors(tmp_path):
    names = ("张伟", "王芳", "赵敏", "吴九/x", "03_collaborative_filtering")
    paths = [f"李娜/{name}.ipynb" for name in names]
    files, found = whose(tmp_path, CLASS_OF_FOUR, *paths, "x/欧阳修远.ipynb")
    assert files["2021302112"] == [paths[-1]]
    (hers,) = (each for each in found if each.learner.key == "2021302112")
    assert hers.notes == [f"{paths[-1]} is 李娜's, whom “李娜” names."]
    strangers = {key: files[key] for key in ("李娜/赵敏", "李娜/吴九/x")}
    assert strangers == {"李娜/赵敏": [paths[2]], "李娜/吴九/x": [paths[3]]}
    # So where the folder says more than her name.
    paths = [f"1班-{path}" for path in paths]
    other = tmp_path / "other"
    other.mkdir()
    files, _ = whose(other, CLASS_OF_FOUR, *paths, "x/欧阳修远.ipynb")
    assert files["2021302112"] == [paths[-1]] and files["2021302111"] == [paths[0]]


def test_two_of_one_name_are_told_apart_by_number(tmp_path):
    _, found = whose(tmp_path, "id,name\n11,张伟\n12,张伟\n", "张伟.ipynb")
    assert all("names 张伟 (11), 张伟 (12): nobody" in each.notes[-1] for each in found)


def test_a_name_of_marks_takes_no_time(tmp_path):
    roster = 'id,name\n1,a - - - - - - - - - - b\n2,"., .,"\n3,' + "(" * 5_000 + "\n4,Mei Lin\n"
    files, _ = whose(tmp_path, roster, "a" + " -" * 100 + "c.ipynb", "Mei Lin.ipynb")
    assert files["4"] == ["Mei Lin.ipynb"]


def test_what_stands_below_a_class_is_no_learner(tmp_path):
    below = "合计：2人,\n共 2 人,\n任课教师：,张老师\n制表日期,2026-03-01\n"
    _, found = whose(tmp_path, f"学号,姓名\n11,张伟\n12,李娜\n{below}", "11.ipynb")
    assert [each.learner.key for each in found] == ["11", "12"]


def test_a_zip_file_three_levels_deep_is_spoken_of(tmp_path):
    inmost, inner = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inmost, "w") as archive:
        archive.writestr("x.ipynb", notebook())
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("李娜.ipynb", notebook())
        archive.writestr("张伟.zip", inmost.getvalue())
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr("1班.zip", inner.getvalue())
    warnings = []
    submissions.collect(tmp_path, warnings=warnings)
    assert any("class.zip/1班.zip/张伟.zip" in each for each in warnings)
