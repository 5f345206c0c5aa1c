"""Answers in prose: collected, shown without names, scored by people, in the gradebook."""

import csv
import html
import json
import re
from datetime import UTC, datetime

import pytest
from sklearn.metrics import cohen_kappa_score

from utils import catalogue, translation
from utils.grading import free_text, gradebook, notebooks, report, scoring
from utils.grading.grade import Marked
from utils.grading.notebooks import Cell, ParsedNotebook, trimmed
from utils.grading.policy import Lateness
from utils.grading.roster import CannotGrade, Learner
from utils.grading.scoring import Collected, Score
from utils.grading.status import Status
from utils.grading.submissions import Submission

TOPIC = "segmentation_case"
MEMO = free_text.questions(TOPIC)["memo"]
HANDED_OUT = json.loads(catalogue.chapter(TOPIC).notebook.read_text("utf-8"))["cells"]
KNOWN = {trimmed("".join(cell["source"])) for cell in HANDED_OUT}


def position(words):
    return next(i for i, cell in enumerate(HANDED_OUT) if words in "".join(cell["source"]))


def answered(*own, edited="", identity="{}"):
    """What is found in the notebook with cells of her own: pairs of a place and a text."""
    cells = [
        Cell(f"cell {i}", "".join(c["source"]), identity.format(c["id"]), c["cell_type"] == "code")
        for i, c in enumerate(HANDED_OUT)
    ]
    if edited:
        at = position("## The memo")
        cells[at] = Cell("e", cells[at].source + "\n" + edited, cells[at].identity, False)
    for words, text in own:
        cells.insert(position(words) + 1, Cell("own", text, "mine", False))
    return free_text.answers([ParsedNotebook(cells)], TOPIC, KNOWN)


# ---- which questions there are ----------------------------------------------------------------


def test_every_chapter_with_follow_ups_asks_them():
    for topic in catalogue.topics():
        book = catalogue.chapter(topic).notebook.read_text("utf-8")
        asked = free_text.questions(topic)
        assert bool(asked) is ("## Follow-ups" in book), topic
        assert all(q.points >= 1 and q.title and q.criteria for q in asked.values()), topic
        assert not any("<" in q.title for q in asked.values()), topic


def test_the_memo_has_the_rubric_of_its_table():
    assert MEMO.points == 20 and len(MEMO.criteria) == 8
    assert MEMO.criteria[5].name == "experiment" and "power" in MEMO.criteria[5].full_marks
    assert "| criterion" not in MEMO.prompt and "Red flags" in MEMO.prompt


@pytest.mark.parametrize("topic", catalogue.topics())
def test_every_question_is_shown_in_chinese_with_the_same_rubric(topic, monkeypatch):
    monkeypatch.setenv(translation.VARIABLE, "zh")
    for name, question in free_text.questions(topic).items():
        other = question.shown
        assert other is not question and (other.key, other.name) == (question.key, name)
        points = [[each.points for each in q.criteria] for q in (question, other)]
        assert points[0] == points[1]
        texts = [other.title, question.short, *(e.full_marks for e in other.criteria)]
        texts += [each.name for each in other.criteria] + [other.prompt] * bool(other.prompt)
        assert all(re.search("[\u4e00-\u9fff]", text) for text in texts), question.key
    # What is stored, and what a marker's file is read by, has one name in both languages.
    assert all(
        re.search("^[a-z ]+", c.name)
        for q in free_text.questions(topic).values()
        for c in q.criteria
    )


def test_a_marker_and_a_learner_of_a_chinese_class_read_chinese(tmp_path, monkeypatch):
    monkeypatch.setenv(translation.VARIABLE, "zh")
    found = collected(mei="价值是毛利。", zoe="B")
    page = report.scoring_page(MEMO, found)
    assert (
        "10 备忘录" in page
        and "三十分钟后交一页纸" in page
        and "价值、预测期、决策三样都写明" in page
    )
    assert "After thirty minutes" not in page and "horizon and decision" not in page
    # The file that the page saves has the columns of the sheet.
    columns = json.loads(html.unescape(re.search('data-columns="(.*?)"', page)[1]))
    assert columns == [each.name for each in MEMO.criteria]
    sheet(tmp_path / scoring.FOLDER / "li.csv", [line("mei", HALF)])
    (row, *_) = scoring.rows(handed_in("mei", "zoe"), found, scoring.read(found, tmp_path))
    page = report.learner_page(handed_in("mei")[0], [row])
    assert "10 备忘录" in page and "目标与价值" in page and "价值、预测期、决策三样都写明" in page
    assert "The memo" not in page and "objective and value" not in page
    key = f"{TOPIC}.follow_up_2"
    assert report._label(key) == "10 追问 2"


# ---- what a learner wrote -----------------------------------------------------------------------


def test_a_notebook_as_it_was_handed_out_answers_nothing():
    assert answered() == {}


def test_a_cell_below_the_rubric_is_the_memo():
    assert answered(("## The memo", "Value is margin.")) == {"memo": "Value is margin."}


@pytest.mark.parametrize("identity", ["", "new-{}"])
def test_the_rubric_is_known_by_its_text_where_ids_are_lost(identity):
    memo = ("## The memo", "Value is margin.")
    assert answered(memo, identity=identity) == {"memo": "Value is margin."}


def test_colab_keeps_ids_in_another_place(tmp_path):
    cells = [{**cell, "metadata": {"id": cell["id"]}} for cell in HANDED_OUT]
    for cell in cells:
        del cell["id"]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 0}
    found, _ = notebooks.cells_of(json.dumps(book).encode())
    assert [cell.identity for cell in found] == [cell["id"] for cell in HANDED_OUT]


def test_what_is_written_into_the_template_itself_counts():
    assert answered(edited="> Value is margin.") == {"memo": "> Value is margin."}


@pytest.mark.parametrize(
    ("first", "name"),
    [
        ("### Follow-up 2", "follow_up_2"),
        ("Follow up 11: because", "follow_up_11"),
        ("**追问 3**", "follow_up_3"),
        ("追问二", "follow_up_2"),
        ("追问２：", "follow_up_2"),
        ("第 2 个追问", "follow_up_2"),
        ("Follow-up question 2", "follow_up_2"),
        ("Follow-up No. 2", "follow_up_2"),
        ("Follow-up two", "follow_up_2"),
        ("<b>Follow-up 2</b>", "follow_up_2"),
        ("Q2", "follow_up_2"),
        ("Q2 was better than Q1", None),
        ("# My memo", "memo"),
        ("备忘录", "memo"),
        ("追问十", "follow_up_10"),
        ("追问一下老师", None),
        ("Follow-up: one thing", None),
        ("Follow-up fıve", None),
        ("Follow-up 99", None),
        ("A note to myself", None),
    ],
)
def test_the_first_line_says_which_question(first, name):
    text = f"{first}\n\nAn answer."
    assert answered(("## Follow-ups", text)) == ({name: text} if name else {})


def test_two_cells_are_one_answer_and_its_length_has_an_end():
    found = answered(("## The memo", "second"), ("## The memo", "first"))
    assert found == {"memo": "first\n\nsecond"}
    long = answered(("## The memo", "x" * 10**6))["memo"]
    assert len(long) == free_text.MAX_TEXT


# ---- scores -------------------------------------------------------------------------------------


def collected(**texts):
    return Collected(5, {learner: {MEMO.key: text} for learner, text in texts.items()})


def sheet(path, lines, question=MEMO):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([scoring.head(question), *lines])


def line(learner, points, marker="", comment=""):
    number = scoring.code(5, MEMO.key, learner)
    return [MEMO.key, number, *points, comment, marker]


FULL = [3, 2, 3, 3, 3, 4, 1, 1]
HALF = [1.5, 1, 1.5, 1.5, 1.5, 2, 0.5, 0.5]


def handed_in(*keys, late=0.0):
    found = [Submission(Learner(key)) for key in keys]
    if late:
        day = datetime(2026, 3, 9, tzinfo=UTC)
        found[0].lateness = Lateness(1, late, day, day)
    return found


def test_answers_are_in_an_order_that_says_nothing():
    texts = {f"l{i:02d}": f"text {i}" for i in range(20)}
    shown = [each.text for each in collected(**texts).answers(MEMO)]
    assert sorted(shown) == sorted(texts.values()) and shown != list(texts.values())
    other = {scoring.code(5, "another.question", key) for key in texts}
    assert not other & {scoring.code(5, MEMO.key, key) for key in texts}


def test_the_page_says_no_name_and_runs_one_script():
    found = collected(meilin="<b>Value</b> is margin.", zhangwei="Ours.")
    page = report.scoring_page(MEMO, found)
    assert "meilin" not in page and "zhangwei" not in page and "<b>Value" not in page
    assert page.count('type="number"') == 2 * len(MEMO.criteria)
    assert len(re.findall("<script>", page)) == 1 and "default-src 'none'" in page


def test_two_markers_are_averaged_and_join_the_gradebook(tmp_path):
    found = collected(mei="A", zoe="B")
    folder = tmp_path / scoring.FOLDER
    sheet(folder / "li.csv", [line("mei", FULL, comment="Good.")])
    sheet(folder / "wang.csv", [line("mei", HALF)])
    scores = scoring.read(found, tmp_path)
    assert {(s.marker, s.total) for s in scores} == {("li", 20), ("wang", 10)}
    rows = scoring.rows(handed_in("mei", "zoe", "ann"), found, scores)
    said = {row.learner: (row.points, row.status, row.counts) for row in rows}
    assert said == {
        "mei": (15.0, Status.PARTLY, True),
        "zoe": (0.0, Status.NOT_SCORED, False),
        "ann": (0.0, Status.NOT_WRITTEN, True),
    }
    gradebook.write_gradebook(tmp_path / "gradebook.csv", rows)
    lines = (tmp_path / "gradebook.csv").read_text("utf-8").splitlines()
    assert any(each.startswith(f"mei,{TOPIC},{MEMO.key},15,20") for each in lines)
    page = report.learner_page(handed_in("mei")[0], [rows[0]])
    assert "Good." in page and "1.5 of" not in page.split("What holds")[0].split("<h2>")[0]


def test_lateness_is_taken_of_prose_too():
    found = collected(mei="A")
    score = Score(MEMO.key, scoring.code(5, MEMO.key, "mei"), "li", _by_name(FULL))
    (row,) = scoring.rows(handed_in("mei", late=10.0), found, [score])
    assert (row.points, row.penalty, row.earned) == (18.0, 2.0, 20.0)


def _by_name(points):
    return dict(zip((each.name for each in MEMO.criteria), map(float, points), strict=True))


def test_nothing_is_in_the_gradebook_before_somebody_has_scored():
    assert scoring.rows(handed_in("mei"), collected(mei="A"), []) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({2: "4"}, r"line 2, objective and value: '4' is no score; .* from 0 to 3"),
        ({3: "0.3"}, r"line 2, data: '0.3' is no score"),
        ({3: ""}, r"line 2, data: '' is no score"),
        ({3: "good"}, r"line 2, data: 'good' is no score"),
        ({3: "nan"}, r"line 2, data: 'nan' is no score"),
        ({1: "0000"}, r"line 2: no answer to segmentation_case.memo has the number 0000"),
        ({0: "memo"}, r"line 2: the column question says 'memo'; .* segmentation_case.memo"),
    ],
)
def test_a_score_that_cannot_be_meant_is_one_sentence(tmp_path, change, says):
    cells = line("mei", FULL)
    for at, text in change.items():
        cells[at] = text
    sheet(tmp_path / scoring.FOLDER / "li.csv", [cells])
    with pytest.raises(CannotGrade, match=says):
        scoring.read(collected(mei="A"), tmp_path)


def test_an_answer_that_was_taken_back_keeps_nobody_from_being_marked(tmp_path):
    """Its sheet is still there, and nobody has scored it: no learner can stop the next run."""
    scoring.write_sheets(collected(mei="A"), tmp_path)
    assert scoring.read(Collected(7, {}), tmp_path) == []


def test_a_sheet_that_somebody_has_begun_is_left_alone(tmp_path):
    found = collected(mei="A", zoe="B")
    scoring.write_sheets(found, tmp_path)
    path = tmp_path / scoring.FOLDER / f"{MEMO.key}.csv"
    assert scoring.read(found, tmp_path) == [] and len(path.read_text("utf-8").splitlines()) == 3
    sheet(path, [line("mei", FULL)])
    before = path.read_text("utf-8")
    scoring.write_sheets(collected(mei="A", zoe="B", ann="C"), tmp_path)
    assert path.read_text("utf-8") == before
    sheet(path, [line("mei", [""] * 8)])
    scoring.write_sheets(collected(mei="A", zoe="B", ann="C"), tmp_path)
    assert len(path.read_text("utf-8").splitlines()) == 4


# ---- agreement ----------------------------------------------------------------------------------


def test_kappa_is_scikit_learns_in_half_points():
    one, other = [0, 1.5, 3, 2, 1], [0.5, 1.5, 2, 2, 1]
    steps = [[int(2 * x) for x in each] for each in (one, other)]
    wanted = cohen_kappa_score(*steps, labels=list(range(7)), weights="quadratic")
    assert scoring.kappa(one, other, 3) == pytest.approx(wanted)
    assert 0 < wanted < 1


def test_agreement_names_the_criterion_on_which_they_differ_most():
    texts = {f"l{i}": "A" for i in range(6)}
    scores = []
    for i, learner in enumerate(texts):
        number = scoring.code(5, MEMO.key, learner)
        mine = [i % 4, i % 3, i % 4, i % 4, i % 4, i % 5, i % 2, i % 2]
        theirs = [*mine[:5], (i + 2) % 5, *mine[6:]]
        scores += [
            Score(MEMO.key, number, "li", _by_name(mine)),
            Score(MEMO.key, number, "wang", _by_name(theirs)),
        ]
    (said,) = scoring.agreement(MEMO, scores)
    assert said.startswith("li and wang: 0.") and "on 6 answers; least on experiment: " in said
    assert scoring.agreement(MEMO, scores[:2]) == []
    found = Marked(handed_in(*texts), [], 5, [TOPIC], 0, collected=collected(**texts))
    (shown,) = scoring.overview(found.collected, scores)
    assert (shown["answers"], shown["scored"], shown["agreement"]) == (6, 6, [said])
