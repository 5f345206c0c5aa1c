"""Which cards are due, and the same cards in Anki."""

import inspect
import io
import json
import sqlite3
import sys
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from utils import catalogue, cli, progress
from utils.exercises import Mark
from utils.exercises.marks import Diagnosis
from utils.interview import bank, cards, deck, review, terminal
from utils.interview.cards import Flashcard
from utils.interview.review import Review
from utils.progress import Event

TOPIC = "collaborative_filtering"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
A, B, C = (Flashcard(f"question/{letter}", TOPIC) for letter in "abc")
MISTAKE = Flashcard(cards.flaw_key(TOPIC, "recommend", "seen_items_kept"), TOPIC)


def failed(time, misconception="seen_items_kept"):
    return Event(time.isoformat(), TOPIC, "recommend", 1.0, 4.0, misconception)


def due(reviews=(), checks=(), now=NOON, new=0, deck=(A, B, C, MISTAKE)):
    return review.due(deck, reviews, checks, now, new)


# ---- when -----------------------------------------------------------------------------------


def test_new_cards_come_in_order_and_not_all_at_once():
    assert due(new=2) == [A, B]
    assert due([Review(A.key, 3, NOON)], new=2) == [B]
    assert due([Review(A.key, 3, NOON)], new=2, now=NOON + DAY) == [B, C]


def test_a_card_comes_back_later_the_better_it_was_known():
    returns = []
    for rating in (1, 2, 3, 4):
        seen = [Review(A.key, rating, NOON)]
        days = (n for n in range(1, 40) if A in due(seen, now=NOON + n * DAY))
        returns.append(next(days))
    assert returns == sorted(returns)
    assert returns[0] == 1
    assert returns[-1] > 7


def test_intervals_grow():
    reviews, now, gaps = [], NOON, []
    for _ in range(4):
        reviews.append(Review(A.key, 3, now))
        gap = next(n for n in range(1, 400) if A in due(reviews, now=now + n * DAY))
        gaps.append(gap)
        now += gap * DAY
    assert gaps == sorted(set(gaps))


def test_a_card_is_due_all_day():
    seen = [Review(A.key, 1, NOON)]
    day = NOON.astimezone().date() + DAY
    early = datetime(day.year, day.month, day.day, 0, 5).astimezone()
    assert due(seen, now=early) == [A]


def test_a_failed_check_makes_its_card_due_today():
    assert due(checks=[failed(NOON)]) == [MISTAKE]
    known = [Review(MISTAKE.key, 4, NOON - DAY)]
    assert due(known) == []
    assert due(known, [failed(NOON)]) == [MISTAKE]
    assert due([*known, Review(MISTAKE.key, 3, NOON)], [failed(NOON - timedelta(hours=1))]) == []


def test_mistakes_come_before_what_is_due_and_what_is_new():
    seen = [Review(B.key, 1, NOON - 2 * DAY)]
    assert due(seen, [failed(NOON)], new=1) == [MISTAKE, B, A]


def test_mistakes_that_no_longer_exist_do_no_harm():
    checks = [
        failed(NOON, "renamed_since"),
        failed(NOON),
        Event("x", TOPIC, "recommend", 1, 4, "a"),
    ]
    assert due(checks=checks) == [MISTAKE]


def test_a_damaged_record_loses_nothing_else(tmp_path):
    file = tmp_path / "reviews.jsonl"
    review.keep(file, A, 3, NOON)
    with file.open("ab") as record:
        record.write(
            b'\xff\xfe\n[1]\nnull\n{"card": 1}\n{"card": "a", "rating": 9, "time": "2026-01-01"}\n'
            b'{"card": "a", "rating": 3, "time": "2026-01-01T00:00:00"}\n{"card": "half'
        )
    review.keep(file, B, 1, NOON + DAY)
    assert review.read(file) == [Review(A.key, 3, NOON), Review(B.key, 1, NOON + DAY)]


# ---- what is on a card ----------------------------------------------------------------------


def test_there_is_a_card_for_every_question_and_every_known_mistake():
    keys = [card.key for card in cards.cards()]
    assert len(keys) == len(set(keys))
    n_mistakes = sum(
        len(task.misconceptions)
        for topic in catalogue.topics()
        for task in catalogue.load(topic).values()
    )
    assert len(keys) == len(bank.questions()) + n_mistakes
    assert MISTAKE.key in keys


@pytest.mark.parametrize("card", cards.cards(TOPIC), ids=lambda card: card.key)
def test_both_sides_say_something_in_two_languages(card):
    shown = cards.faces(card)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in shown.zh)
    assert shown.en.isascii() or card.key.startswith("question/")
    assert shown.answer
    assert shown.practise.endswith("in 03_collaborative_filtering.ipynb")


def test_the_front_does_not_give_the_answer_away():
    for card in cards.cards(TOPIC):
        kind, *rest = card.key.split("/")
        if kind == "flaw":
            name = rest[-1]
            assert name not in cards.faces(card).code.replace("_" + name, ""), card.key


def test_the_smallest_example_shows_the_mistake():
    found = cards.flaw(TOPIC, "cosine_similarity_matrix", "dot_product")
    assert found.example.expected != found.example.got
    assert "R @ R.T" in found.code
    assert inspect.getdoc(found.task.misconceptions[0]).split()[0] in found.explanation


def test_an_unknown_mistake_gets_one_sentence():
    with pytest.raises(bank.NotPossible):
        cards.flaw(TOPIC, "recommend", "no_such_mistake")
    with pytest.raises(bank.NotPossible):
        cards.flaw("no_such_topic", "recommend", "seen_items_kept")


# ---- course review --------------------------------------------------------------------------


@pytest.fixture
def work(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.setattr(progress, "WORK", tmp_path)
    return tmp_path


def feed(monkeypatch, *lines):
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_answers_are_kept_one_by_one(work, monkeypatch, capsys):
    feed(monkeypatch, "", "3", "", "9", "1", "")
    command = ["review", "--topic", TOPIC, "--new", "3"]
    assert cli.main(command) == terminal.STOPPED
    said = capsys.readouterr().out
    assert "Saved: 2 of 3 cards are done" in said
    assert "Practise `" in said
    assert [each.rating for each in review.read(work / "reviews.jsonl")] == [3, 1]
    feed(monkeypatch, "", "easy")
    assert cli.main(command) == 0
    assert "Done: 1 card." in capsys.readouterr().out
    assert len(review.read(work / "reviews.jsonl")) == 3
    assert cli.main(command) == 0
    assert "Nothing is due today." in capsys.readouterr().out


def test_a_failed_check_is_asked_and_written_once(work, monkeypatch, capsys):
    known = Diagnosis("misconception", ("seen_items_kept",), "")
    mark = Mark("recommend", 1.0, 4.0, ("unseen_only",), known)
    progress.record(TOPIC, mark, work / "progress.jsonl")
    assert not (work / "reviews.jsonl").exists()
    feed(monkeypatch, "", "2")
    assert cli.main(["review", "--new", "0"]) == 0
    assert "Products that the user has already rated" in capsys.readouterr().out
    (line,) = (work / "reviews.jsonl").read_text().splitlines()
    assert json.loads(line)["card"] == MISTAKE.key
    assert cli.main(["review", "--new", "0"]) == 0
    assert "Nothing is due today." in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--topic", "ricks"], ["--new", "-1"]])
def test_bad_input_gets_one_sentence(work, wrong, capsys):
    assert cli.main(["review", *wrong]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert list(work.iterdir()) == []


# ---- Anki -----------------------------------------------------------------------------------


def notes(path, folder):
    with zipfile.ZipFile(path) as package:
        package.extract("collection.anki2", folder)
    with sqlite3.connect(folder / "collection.anki2") as collection:
        rows = collection.execute("SELECT guid, mid, flds, tags FROM notes").fetchall()
        n_cards = collection.execute("SELECT count(*) FROM cards").fetchone()[0]
    collection.close()
    return rows, n_cards


def test_importing_twice_duplicates_nothing(work, tmp_path, capsys):
    imported = {}
    for n in (1, 2):
        path = tmp_path / f"{n}.apkg"
        assert cli.main(["deck", "--topic", TOPIC, "--out", str(path)]) == 0
        rows, n_cards = notes(path, tmp_path)
        # Anki updates the note that has the same guid and note type, and adds one otherwise.
        imported |= {(guid, model): fields for guid, model, fields, _ in rows}
        assert n_cards == len(rows) == len(imported) == len(cards.cards(TOPIC))
    assert f"{len(rows)} cards in" in capsys.readouterr().out
    assert not list(tmp_path.glob("*.part"))


def test_anki_has_the_same_cards(tmp_path):
    deck.write(tmp_path / "deck.apkg", TOPIC)
    rows, _ = notes(tmp_path / "deck.apkg", tmp_path)
    found = {}
    for _, _, fields, tags in rows:
        key, en, zh, code, answer, practise = fields.split("\x1f")
        assert en and zh and answer and practise
        assert tags.split() == ["03_collaborative_filtering", key.split("/")[0]]
        found[key] = code
    assert list(found) == [card.key for card in cards.cards(TOPIC)]
    # Code is shown as text: nothing of it is read as HTML.
    assert "&gt;" in "".join(found.values())
    assert "<br" not in "".join(found.values())


def test_a_failed_export_leaves_the_old_package(tmp_path, monkeypatch):
    path = tmp_path / "deck.apkg"
    path.write_bytes(b"the old package")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(deck.genanki.Package, "write_to_file", full)
    with pytest.raises(OSError):
        deck.write(path, TOPIC)
    assert path.read_bytes() == b"the old package"
    assert not list(tmp_path.glob("*.part"))
