"""Which cards are due, and the same cards in Anki."""

import ast
import builtins
import inspect
import io
import json
import sqlite3
import sys
import zipfile
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest

from utils import catalogue, cli, progress, translation
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
KEY = cards.flaw_key(TOPIC, "recommend", "seen_items_kept")
(MISTAKE,) = [card for card in cards.cards(TOPIC) if card.key == KEY]
EVERYTHING = cards.cards()


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
    keys = [card.key for card in EVERYTHING]
    assert len(keys) == len(set(keys))
    n_mistakes = sum(
        len(task.misconceptions)
        for topic in catalogue.topics()
        if topic != "start_here"
        for task in catalogue.load(topic).values()
    )
    follow_ups = sum(len(each.follow_ups) for each in bank.questions())
    assert len(keys) == len(bank.questions()) + len(bank.decisions()) + follow_ups + n_mistakes
    assert MISTAKE.key in keys


def test_cards_keep_their_keys():
    # An Anki deck that somebody learns from knows cards by these.
    keys = {card.key for card in EVERYTHING}
    assert {
        "question/implement_user_based_cf",
        "question/l1_or_l2",
        "flaw/collaborative_filtering/recommend/seen_items_kept",
        "decision/which_two_neighbours",
        "followup/implement_user_based_cf/0",
    } <= keys


def test_no_two_cards_have_the_same_front():
    shown = [cards.faces(card) for card in EVERYTHING]
    fronts = Counter((each.en, each.code) for each in shown)
    assert [front for front, n in fronts.items() if n > 1] == []


@pytest.mark.parametrize("topic", sorted({card.topic for card in EVERYTHING}))
def test_a_card_stands_alone(topic):
    for card in cards.cards(topic):
        shown = cards.faces(card)
        assert "reference." not in shown.code, card.key
        assert "…" not in shown.code, card.key
        if card.kind != "flaw":
            continue
        name = card.key.split("/")[2]
        signature, summary, *rest = shown.code.splitlines()
        assert signature.startswith(f"{name}(") and summary, card.key
        assert "smallest example" not in shown.en
        if "small example" in shown.en:
            assert "expected " in shown.answer, card.key
        if f"def {name}(" in shown.code:
            assert undefined("\n".join(rest)) == set(), card.key
            assert shown.code.count("\n") > 3, card.key


def test_a_mistake_told_by_name_alone_has_no_call_to_show():
    for card in cards.cards(TOPIC):
        shown = cards.faces(card)
        if "known way" in shown.en:
            _, topic, name, misconception = card.key.split("/")
            assert cards.flaw(topic, name, misconception).example is None, card.key
        if "makes this mistake" in shown.en:
            right = shown.code.split("A right answer returns\n")[1]
            assert right and not shown.answer.startswith(right + "\n"), card.key


def undefined(code):
    """The names that a function reads and neither defines nor gets from Python or a library."""
    nodes = list(ast.walk(ast.parse(code)))
    read = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    written = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    written |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    written |= {n.name for n in nodes if isinstance(n, ast.FunctionDef)}
    known = {"np", "pd", "math", "sparse", "stats", "special", "optimize", "itertools", "heapq"}
    return read - written - set(dir(builtins)) - known


def test_what_was_found_for_a_card_is_kept(work, monkeypatch):
    before = cards.faces(MISTAKE)
    cards._kept.cache_clear()
    monkeypatch.setattr(cards, "_make", lambda *_: iter([]))
    # It was written where the learner's files are by whatever asked first.
    cards._kept(TOPIC, "en")["recommend"] = {"seen_items_kept": list(asdict(before).values())}
    cards._keep(TOPIC)
    cards._kept.cache_clear()
    assert cards.faces(MISTAKE) == before
    cards._file(TOPIC).write_text('{"course": "another", "exercises": {}}')
    cards._kept.cache_clear()
    assert cards._kept(TOPIC, "en") == {}
    cards._kept.cache_clear()


# ---- in which order, and until when ---------------------------------------------------------


def test_the_first_ten_cards_are_of_many_chapters_and_kinds():
    first = review.ordered(EVERYTHING)[:10]
    assert len({card.topic for card in first}) >= 6
    assert len({card.kind for card in first}) >= 3
    assert "start_here" not in {card.topic for card in EVERYTHING}
    longest = max(len(list(run)) for _, run in groupby(card.topic for card in first))
    assert longest <= 2


def test_every_chapter_comes_within_fifty_cards():
    first = review.ordered(EVERYTHING)[:50]
    assert {card.topic for card in first} == {card.topic for card in EVERYTHING}


def test_what_went_wrong_comes_more_often():
    weak = review.weakness(EVERYTHING, [], [failed(NOON)], {})
    assert weak == {TOPIC: 0.5}
    lost = review.weakness(EVERYTHING, [], [], {"propensity": 0.8})

    def often(found, topic):
        return sum(card.topic == topic for card in review.ordered(EVERYTHING, None, found)[:60])

    assert often(weak, TOPIC) > often({}, TOPIC)
    assert often(lost, "propensity") > often({}, "propensity")


def test_a_card_that_was_not_known_makes_its_topic_weak():
    assert review.weakness([A], [Review(A.key, 1, NOON)], []) == {TOPIC: 0.5}
    assert review.weakness([A], [Review(A.key, 1, NOON), Review(A.key, 3, NOON)], []) == {}


@pytest.mark.parametrize("level", ["junior", "senior"])
def test_cards_of_the_level_come_first(level):
    first = review.ordered(EVERYTHING, level)[:40]
    away = [card for card in first if not card.main and card.level not in (level, "mid")]
    assert len(away) < 5
    assert sum(card.main or card.level == level for card in first) > 15


def test_every_card_seen_comes_once_more_before_the_interview():
    on = (NOON + 7 * DAY).date()
    deck = review.ordered(EVERYTHING)
    days = review.plan(deck, [], [], NOON, 10, on)
    assert len(days) == 7
    assert [len(day.new) for day in days] == [10] * 5 + [0] * 2
    begun = {card for day in days[:4] for card in day.new}
    last = {card for day in days[4:] for card in (*day.new, *day.again)}
    assert begun <= last
    assert all(day.date < on for day in days)
    # No day is the one on which everything comes.
    loads = [len(day.new) + len(day.again) for day in days]
    assert max(loads[4:]) <= 1.5 * min(loads[4:]), loads


def test_the_last_looks_are_shared_out_among_the_last_days():
    on = (NOON + 12 * DAY).date()
    loads = [
        len(day.again) for day in review.plan(review.ordered(EVERYTHING), [], [], NOON, 10, on)
    ]
    assert max(loads[-3:]) <= 1.3 * min(loads[-3:]), loads


def test_what_is_answered_today_brings_no_last_look_today():
    on = (NOON + 2 * DAY).date()
    deck = [Flashcard(f"question/{n}", TOPIC) for n in range(9)]
    seen = [Review(card.key, 4, NOON - 5 * DAY) for card in deck]
    today = review.due(deck, seen, [], NOON, 0, on)
    assert 0 < len(today) < 9
    seen += [Review(card.key, 4, NOON) for card in today]
    assert review.due(deck, seen, [], NOON + timedelta(hours=1), 0, on) == []
    tomorrow = review.due(deck, seen, [], NOON + DAY, 0, on)
    assert {*today, *tomorrow} == {*deck} and len(today) + len(tomorrow) == 9


def test_without_a_date_the_scheduler_alone_decides():
    seen = [Review(A.key, 4, NOON)]
    assert due(seen, now=NOON + 3 * DAY) == []
    on = (NOON + 4 * DAY).date()
    found = [review.due([A], seen, [], NOON + n * DAY, 0, on) for n in range(1, 4)]
    assert [day for day in found if day], "it comes once more before the interview"


def test_the_plan_says_what_each_day_holds(work, capsys):
    day = (datetime.now().astimezone() + 7 * DAY).date()
    assert cli.main(["review", "--plan", "--interview", day.isoformat(), "--level", "senior"]) == 0
    said = capsys.readouterr().out
    assert said.count(" min\n") == 7
    assert "course interview --level senior" in " ".join(said.split())
    assert not (work / "reviews.jsonl").exists()


@pytest.mark.parametrize("card", cards.cards(TOPIC), ids=lambda card: card.key)
def test_both_sides_say_something_in_two_languages(card):
    shown = cards.faces(card)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in shown.zh)
    assert shown.en.isascii() or card.kind != "flaw"
    assert shown.answer
    assert shown.practise.endswith("in 03_collaborative_filtering.ipynb")


def test_the_front_does_not_give_the_answer_away():
    for card in cards.cards(TOPIC):
        kind, *rest = card.key.split("/")
        if kind == "flaw":
            shown = cards.faces(card)
            code = shown.code.split("\n\n", 1)[-1] if "known way" not in shown.en else ""
            assert rest[-1] not in code.replace("_" + rest[-1], ""), card.key


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


@pytest.mark.parametrize(
    "wrong",
    [
        ["--topic", "ricks"],
        ["--new", "-1"],
        ["--level", "boss"],
        ["--interview", "soon"],
        ["--interview", "2020-02-30"],
        ["--interview", "2020-02-02"],
    ],
)
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


def test_sentences_in_anki_are_prose_with_code_spans(tmp_path):
    deck.write(tmp_path / "deck.apkg", TOPIC)
    rows, _ = notes(tmp_path / "deck.apkg", tmp_path)
    for _, _, fields, _ in rows:
        key, en, zh, _, answer, practise = fields.split("\x1f")
        prose = [en, zh, practise, *([answer] if not key.startswith("flaw/") else [])]
        assert not any("`" in each or "<pre>" in each for each in prose), key
    assert "<code>" in rows[0][2]


@pytest.mark.parametrize("spoken", ["en", "zh"])
def test_a_card_in_anki_begins_in_the_language_of_its_reader(tmp_path, spoken):
    with translation.speaking(spoken):
        deck.write(tmp_path / "deck.apkg", "foundations")
    notes(tmp_path / "deck.apkg", tmp_path)
    with sqlite3.connect(tmp_path / "collection.anki2") as collection:
        (models,) = collection.execute("SELECT models FROM col").fetchone()
    collection.close()
    ((front,),) = ([each["qfmt"] for each in m["tmpls"]] for m in json.loads(models).values())
    assert front.startswith(f"<div lang={spoken}>")


def test_a_folder_is_no_package(tmp_path, capsys):
    assert cli.main(["deck", "--out", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "is a folder: give the name of a file" in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_progress_of_the_deck_is_told(tmp_path):
    told = []
    n = deck.write(tmp_path / "deck.apkg", TOPIC, lambda done, of: told.append((done, of)))
    assert told == [(i, n) for i in range(1, n + 1)]


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
