"""The mock interview: in a pipe, in a terminal, stopped and resumed, and in a notebook."""

import ast
import fcntl
import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections import Counter
from datetime import date

import nbformat
import pytest
from rich.console import Console

from utils import catalogue, cli, output, progress, translation
from utils.catalogue import ROOT
from utils.exercises.model import LEVELS
from utils.interview import answers, bank, cards, review, scores, session, terminal
from utils.interview.notebook import Mock
from utils.interview.scores import Result

TOPIC = "collaborative_filtering"
COMMAND = ["interview", "--topic", TOPIC, "--seed", "3", "--minutes", "45"]
PARTS = session.draw(topic=TOPIC, seed=3).parts
# What a candidate types in each part: Enter, a note, a letter for each point and red flag, and
# Enter after each follow-up.
TYPED = [
    [
        "",
        f"note {n}",
        *["y"] * len(found.rubric),
        *["n"] * len(found.red_flags),
        *[""] * len(found.follow_ups),
    ]
    for n, found in enumerate(session.content(part, "mid") for part in PARTS)
]


@pytest.fixture
def work(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.setattr(progress, "WORK", tmp_path)
    monkeypatch.setenv(translation.VARIABLE, "en")  # A command changes it; it is put back.
    return tmp_path


@pytest.fixture
def pipe(monkeypatch):
    def feed(*lines):
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return feed


def lines(*parts):
    return [line for part in parts for line in part]


def scorecards(work):
    return sorted((work / "interview").glob("*.md"))


# ---- what is drawn --------------------------------------------------------------------------


def test_the_seed_decides():
    assert session.draw(seed=5) == session.draw(seed=5) != session.draw(seed=6)


def test_an_interview_has_one_of_each_and_three_spoken():
    plan = session.draw("mid", minutes=45, seed=1)
    assert [part.kind for part in plan.parts] == ["code", "flaw", "decision", *["spoken"] * 3]
    assert sum(part.minutes for part in plan.parts) == pytest.approx(45)
    assert len({part.key for part in plan.parts}) == 6


@pytest.mark.parametrize(
    ("level", "topic"),
    [("mid", topic) for topic in bank.topics()] + [(level, None) for level in LEVELS],
)
def test_every_level_and_topic_can_be_drawn(level, topic):
    plan = session.draw(level, topic, seed=2)
    for part in plan.parts:
        assert session.content(part, level).answer
    if topic:
        asked = {q.id: q for q in [*bank.questions(), *bank.decisions()]}
        spoken = [asked[p.key] for p in plan.parts if p.kind in ("decision", "spoken")]
        borrowed = {"project_and_behaviour"}
        assert topic in borrowed or {q.topic for q in spoken} == {topic}


SETTINGS = [(level, topic) for topic in bank.topics() for level in LEVELS]
N_INTERVIEWS = 20


def held_by(level, topic):
    """What the bank holds for a setting: spoken questions within one level, and decisions."""
    spoken = [
        q
        for q in bank.questions()
        if q.topic == topic and (q.main or abs(LEVELS.index(q.level) - LEVELS.index(level)) <= 1)
    ]
    decisions = [q for q in bank.decisions() if q.topic == topic]
    return {q.id for q in spoken}, {q.id for q in decisions}


@pytest.fixture(scope="module")
def drawn():
    """Twenty interviews at each setting: as a candidate meets them, and by seeds alone."""
    # Which wrong answer is shown does not matter here, and takes long to find.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "_draw_flaw", lambda *_: "a/b/c")
        found = {}
        for level, topic in SETTINGS:
            seen = Counter()
            for seed in range(N_INTERVIEWS):
                seen.update(part.key for part in session.draw(level, topic, 45, seed, seen).parts)
            alone = Counter(
                part.key
                for seed in range(N_INTERVIEWS)
                for part in session.draw(level, topic, 45, seed).parts
            )
            found[level, topic] = seen, alone
    return found


def test_twenty_interviews_meet_what_the_bank_holds(drawn, capsys):
    lines = [
        f"{'topic':<28}{'level':<8}{'spoken':>9}{'decisions':>11}{'code':>6}{'seeds alone':>13}"
    ]
    for (level, topic), (seen, alone) in drawn.items():
        spoken, decisions = held_by(level, topic)
        met = len(spoken & seen.keys())
        n_code = len([key for key in seen if key.count("/") == 1])
        by_seed = len((spoken | decisions) & alone.keys()) / len(spoken | decisions)
        lines.append(
            f"{topic:<28}{level:<8}{met:>4} of {len(spoken):>2}"
            f"{len(decisions & seen.keys()):>6} of {len(decisions)}{n_code:>6}{by_seed:>12.0%}"
        )
        assert met >= 0.8 * len(spoken), (level, topic)
        assert decisions <= seen.keys(), (level, topic)
    with capsys.disabled():
        print("", *lines, sep="\n")


def test_the_main_question_appears_at_every_level(drawn):
    main = {q.topic: q.id for q in bank.questions() if q.main}
    assert all(main[topic] in seen for (_, topic), (seen, _) in drawn.items())
    assert all(main[topic] in alone for (_, topic), (_, alone) in drawn.items())


def test_spoken_questions_are_within_one_level(drawn):
    asked = {q.id: q for q in bank.questions()}
    far = [
        (level, key)
        for (level, topic), (seen, alone) in drawn.items()
        for key in [*seen, *alone]
        if key in asked and key not in held_by(level, topic)[0]
    ]
    assert far == []


def test_most_spoken_questions_are_of_the_level_asked_for(monkeypatch):
    # Which wrong answer is shown does not matter here, and takes long to find.
    monkeypatch.setattr(session, "_draw_flaw", lambda *_: "a/b/c")
    asked = {q.id: q for q in bank.questions()}
    for level in LEVELS:
        # Of few interviews less than half may be so by chance: 64 in 100 are, for a junior.
        found = [
            asked[part.key]
            for seed in range(100)
            for part in session.draw(level, None, 45, seed).parts
            if part.kind == "spoken"
        ]
        assert sum(q.main or q.level == level for q in found) > len(found) / 2


def test_what_was_seen_least_comes_first():
    first = session.draw("senior", "risk_control", 45, 1)
    seen = Counter(part.key for part in first.parts)
    second = session.draw("senior", "risk_control", 45, 1, seen)
    assert not seen.keys() & {part.key for part in second.parts}


def test_what_a_part_refers_to_is_shown_with_it():
    for topic in bank.topics():
        for task in session._tasks(topic):
            found = session.content(session.Part("code", task.key, 12), "mid")
            for name in re.findall(r"`([a-z]\w+)`", found.code):
                where = catalogue.topic_of(name)
                if where and name != task.task.name:
                    assert f"{name}(" in found.refers, (task.key, name)
    said = [q for q in bank.questions() if "`" in q.en]
    assert all(session.content(session.Part("spoken", q.id, 3), "mid").refers for q in said)


def test_a_main_question_is_answered_at_the_level_asked_for():
    part = session.Part("spoken", "implement_user_based_cf", 3)
    said = {session.content(part, level).answer for level in LEVELS}
    assert len(said) == 3


@pytest.mark.parametrize("seed", range(4))
def test_a_flawed_answer_is_code_that_does_not_name_its_mistake(seed):
    part = session.draw(seed=seed).parts[1]
    _, name, misconception = part.key.split("/")
    found = session.content(part, "mid")
    assert found.code.startswith(f"# {name}(")
    assert f"def {name}(" in found.code
    assert misconception not in found.code
    assert '"""' not in found.code
    compile(found.code, name, "exec")
    assert "# expected" in found.answer_code


def private(code):
    """The private names that a code uses, and those that it defines."""
    nodes = list(ast.walk(ast.parse(code)))
    used = {n.id for n in nodes if isinstance(n, ast.Name) and n.id.startswith("_")}
    return used, {n.name for n in nodes if isinstance(n, ast.FunctionDef)}


@pytest.mark.parametrize("topic", bank.topics())
def test_a_model_answer_is_shown_with_the_functions_that_it_calls(topic):
    for each in session._tasks(topic):
        shown = session.content(session.Part("code", each.key, 12), "mid").answer_code
        used, defined = private(shown)
        assert each.task.name in defined
        assert used - {"_"} <= defined, each.key
        assert ">>>" not in shown, each.key


def test_a_comment_stays_with_its_line():
    def wrong(x):
        """A mistake."""
        # Why.
        return x

    assert cards.code_of(wrong, "right") == "def right(x):\n    # Why.\n    return x"


# ---- in a pipe ------------------------------------------------------------------------------


def test_line_by_line_to_the_scorecard(work, pipe, capsys):
    pipe(*lines(*TYPED))
    assert cli.main(COMMAND) == 0
    (card,) = scorecards(work)
    text = card.read_text("utf-8")
    assert text in capsys.readouterr().out
    assert "| communication | 3 | 3 |" in text
    assert "your note: note 2" in text
    assert "\x1b" not in text
    assert "## What to practise next" in text


def test_a_finished_interview_is_not_asked_again(work, pipe):
    for _ in range(2):
        pipe(*lines(*TYPED))
        assert cli.main(COMMAND) == 0
    logged = [json.loads(line) for line in (work / "interviews.jsonl").read_text().splitlines()]
    assert sum("start" in each for each in logged) == 2


def test_another_letter_is_asked_again(work, pipe, capsys):
    first = ["", "", "perhaps", *TYPED[0][2:]]
    pipe(*lines(first, *TYPED[1:]))
    assert cli.main(COMMAND) == 0
    assert "Please answer with one of: y, h, n." in capsys.readouterr().out


@pytest.mark.parametrize("n_typed", [0, 1, 3, 9])
def test_what_was_done_is_kept_wherever_input_ends(work, pipe, capsys, n_typed):
    typed = lines(*TYPED)
    pipe(*typed[:n_typed])
    assert cli.main(COMMAND) == terminal.STOPPED
    assert "The same command goes on from here." in capsys.readouterr().out
    (held,) = terminal.Interview.read(work / "interviews.jsonl")
    done = len(held.results)
    # What was answered is not asked again, nor a point that was scored.
    begun = (done in held.seconds) + (done in held.complete) + len(held.given.get(done, []))
    rest = TYPED[done][begun:]
    assert begun == n_typed - sum(map(len, TYPED[:done]))
    pipe(*lines(rest, *TYPED[done + 1 :]))
    assert cli.main(COMMAND) == 0
    assert f"Going on after {done} of 6 parts" in capsys.readouterr().out
    (held,) = terminal.Interview.read(work / "interviews.jsonl")
    assert held.finished and len(held.results) == 6
    assert held.note(0) == "note 0"
    assert [len(each.scores) for each in held.results.values()] == [
        len(session.content(part, "mid").rubric) for part in PARTS
    ]


def test_without_a_seed_the_same_command_resumes(work, pipe, capsys):
    command = ["interview", "--topic", TOPIC]
    pipe()
    assert cli.main(command) == terminal.STOPPED
    first = terminal.Interview.read(work / "interviews.jsonl")[0].plan
    pipe()
    assert cli.main(command) == terminal.STOPPED
    assert len(terminal.Interview.read(work / "interviews.jsonl")) == 1
    assert first.title in capsys.readouterr().out


def test_a_damaged_record_loses_nothing_else(work, pipe):
    pipe(*lines(*TYPED[:2]))
    assert cli.main(COMMAND) == terminal.STOPPED
    file = work / "interviews.jsonl"
    name = terminal.Interview.read(file)[0].name
    with file.open("ab") as record:
        record.write(
            b'{"interview": "gone", "part": 1}\n\xff\xfe\n[1]\nnull\n{"start": 3}\n'
            + f'{{"interview": "{name}", "part": 99, "scores": [1]}}\n'.encode()
            + f'{{"interview": "{name}", "part": 2, "scores": "x"}}\n'.encode()
            + b'{"interview": "x", "start": {"level": "mid", "parts": [{"kind": "spoken"}]}}\n'
            + b'{"interview": "half a li'
        )
    pipe(*lines(*TYPED[2:]))
    assert cli.main(COMMAND) == 0
    (held,) = terminal.Interview.read(file)
    assert len(held.results) == 6


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (["--topic", "riskcontrol"], "did you mean risk_control?"),
        (["--level", "expert"], "There is no level called expert"),
        (["--minutes", "-5"], "An interview of -5 minutes?"),
        (["--seed", "-1"], "The seed is -1"),
    ],
)
def test_bad_input_gets_one_sentence_and_writes_nothing(work, wrong, sentence, capsys):
    assert cli.main(["interview", *wrong]) == 1
    said = capsys.readouterr()
    assert sentence in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert list(work.iterdir()) == []


def test_a_folder_that_cannot_be_written_gets_one_sentence(work, capsys):
    (work / "interviews.jsonl").mkdir()
    assert cli.main(COMMAND) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_what_was_left_goes_on_in_its_language_and_its_way(work, pipe, capsys):
    pipe("", "", *TYPED[0][2:])
    assert cli.main([*COMMAND, "--lang", "zh", "--record"]) == terminal.STOPPED
    assert "请实现" in capsys.readouterr().out
    # The language of last time is English by now.
    pipe("", "In my words.", "")
    assert cli.main(COMMAND) == terminal.STOPPED
    said = capsys.readouterr().out
    assert "第 2 / 6 部分" in said
    (path,) = (work / "interview").glob("*_transcript.md")
    assert "In my words." in path.read_text("utf-8")
    pipe()
    assert cli.main([*COMMAND, "--lang", "en"]) == terminal.STOPPED
    assert "Part 2 of 6" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spoken", "first", "second"), [("en", "Write `", "请实现"), ("zh", "请实现", "Write `")]
)
def test_a_question_begins_in_the_language_of_its_reader(work, pipe, capsys, spoken, first, second):
    pipe("", "")
    cli.main([*COMMAND, "--lang", spoken, "--record"])
    said = capsys.readouterr().out
    assert said.index(first) < said.index(second)
    (path,) = (work / "interview").glob("*_transcript.md")
    assert re.search(f"(?s){first}.*{second}", path.read_text("utf-8"))
    with translation.speaking(spoken):
        asked = Mock(topic=TOPIC, seed=3).ask(1).text
    assert asked.index(first) < asked.index(second)


def test_what_is_typed_at_enter_begins_the_answer(work, pipe):
    pipe("I sort by similarity.", "And cut at k.")
    assert cli.main(COMMAND) == terminal.STOPPED
    (held,) = terminal.Interview.read(work / "interviews.jsonl")
    assert held.note(0) == "I sort by similarity.\nAnd cut at k."


def test_a_follow_up_waits_for_its_answer(work, pipe, capsys):
    pipe(*lines(*TYPED[:3]), *TYPED[3][:-2], "Because of the means.")
    assert cli.main(COMMAND) == terminal.STOPPED
    first, second = session.content(PARTS[3], "mid").follow_ups
    said = " ".join(capsys.readouterr().out.split())
    assert f"{first.ask} Enter when you have answered Because of the means. In short:" in said
    assert said.endswith("The same command goes on from here.")
    assert second.ask in said and second.answer not in said
    (held,) = terminal.Interview.read(work / "interviews.jsonl")
    assert f"Follow-up: {first.ask} Because of the means." in held.note(3)


def test_a_path_is_given_from_where_the_command_runs(work, pipe, capsys, monkeypatch):
    monkeypatch.chdir(work)
    pipe()
    assert cli.main(COMMAND) == terminal.STOPPED
    assert re.search(r"save it:\ninterview/.+\.ipynb\n", capsys.readouterr().out)


# ---- code -----------------------------------------------------------------------------------


@pytest.fixture
def code_part(tmp_path):
    part = session.Part("code", f"{TOPIC}/top_k_neighbours", 12)
    path = tmp_path / "answer.ipynb"
    answers.write_notebook(path, part)
    return part, path


def write_into(path, source):
    book = json.loads(path.read_text("utf-8"))
    book["cells"][-1]["source"] = source
    path.write_text(json.dumps(book))


def test_the_notebook_is_valid_and_never_overwritten(code_part):
    part, path = code_part
    nbformat.validate(nbformat.read(path, as_version=4))
    stub = answers.read_answer(path, "top_k_neighbours")
    assert not catalogue.load(TOPIC)["top_k_neighbours"].mark(stub).started
    write_into(path, "x = 1")
    before = path.read_bytes()
    answers.write_notebook(path, part)
    assert path.read_bytes() == before


RIGHT = """
from math import nan
SMALL = 0
print("not called"); 1 / 0
broken = 1 / 0
def positive(s): return s > SMALL
def top_k_neighbours(S, u, k):
    order = sorted((v for v in range(len(S)) if v != u and positive(S[u, v])),
                   key=lambda v: (-S[u, v], v))
    return np.array(order[:k], dtype=int)
top_k_neighbours(None, None, None)
"""


def test_the_answer_is_read_from_definitions_alone(code_part, capsys):
    _, path = code_part
    write_into(path, RIGHT)
    mark = catalogue.load(TOPIC)["top_k_neighbours"].mark(
        answers.read_answer(path, "top_k_neighbours")
    )
    assert mark.passed, mark.message
    assert capsys.readouterr().out == ""


def test_magics_and_tables_filled_at_the_top_level_are_read(code_part):
    _, path = code_part
    table = "SMALL = {}\nfor name in ('a', 'b'):\n    SMALL[name] = 0\n"
    write_into(
        path,
        table
        + RIGHT.replace("SMALL = 0", "if 1:\n    %timeit 1").replace("> SMALL", "> SMALL['b']"),
    )
    found = answers.read_answer(path, "top_k_neighbours")
    assert catalogue.load(TOPIC)["top_k_neighbours"].mark(found).passed


def test_what_is_no_python_gets_one_sentence(code_part):
    _, path = code_part
    write_into(path, "def top_k_neighbours(S, u, k):\nreturn")
    with pytest.raises(bank.NotPossible, match=r"no Python"):
        answers.read_answer(path, "top_k_neighbours")


def test_a_damaged_notebook_gets_one_sentence(code_part):
    _, path = code_part
    path.write_text('{"cells": [')
    with pytest.raises(bank.NotPossible, match="cannot be read as a notebook"):
        answers.read_answer(path, "top_k_neighbours")


def test_code_is_marked_and_recorded(work, pipe, monkeypatch, capsys):
    name = PARTS[0].key.split("/")[1]
    wrong = catalogue.load(TOPIC)[name].misconceptions[0]
    monkeypatch.setattr(answers, "read_answer", lambda path, name: wrong)
    pipe(*lines(*TYPED))
    assert cli.main(COMMAND) == 0
    (event,) = progress.events(work / "progress.jsonl")
    assert (event.exercise, event.misconception) == (name, wrong.__name__)
    assert "NOT YET" in capsys.readouterr().out
    assert f"the check named {wrong.__name__.replace('_', ' ')}" in scorecards(work)[0].read_text()


# ---- points ---------------------------------------------------------------------------------


def test_full_marks_leave_nothing_to_practise():
    plan = session.draw(topic=TOPIC, seed=3)
    results = {
        i: Result((1.0,) * len(session.content(part, "mid").rubric))
        for i, part in enumerate(plan.parts)
    }
    results[0] = Result(results[0].scores, marked=(1.0, 1.0, None))
    text = scores.scorecard(plan, results)
    assert "Nothing was missed" in text
    assert "What was missed" not in text
    assert text.count("██████████") == 4


def test_the_weakest_part_comes_first_and_a_red_flag_weighs_more():
    plan = session.draw(topic=TOPIC, seed=3)
    full = {i: (1.0,) * len(session.content(p, "mid").rubric) for i, p in enumerate(plan.parts)}
    results = {1: Result((0.0, *full[1][1:])), 2: Result(full[2], (True,))}
    text = scores.scorecard(plan, results)
    ranked = text.split("## What to practise next")[1].strip().splitlines()
    practised = [session.content(plan.parts[i], "mid").practise[1] for i in (2, 1)]
    assert [line.split("`")[1] for line in ranked[: len(set(practised))]] == [
        *dict.fromkeys(practised)
    ]
    assert "red flag:" in text
    assert "4 of 6 parts were not reached" in text


@pytest.mark.parametrize("letters", ["y", "yyyy", "yxn", "y  "])
def test_scores_need_one_letter_a_point(letters):
    with pytest.raises(bank.NotPossible):
        scores.as_scores(letters, 3)


# ---- a transcript, and what interviews so far say --------------------------------------------


def test_a_transcript_holds_what_was_said(work, pipe, capsys):
    command = [*COMMAND, "--record"]
    typed = [
        ["", f"First line {n}.", "Second line.", "", *each[2:]] for n, each in enumerate(TYPED)
    ]
    pipe(*lines(*typed)[:2])
    assert cli.main(command) == terminal.STOPPED
    (path,) = (work / "interview").glob("*_transcript.md")
    assert "First line 0." in path.read_text("utf-8")
    assert path.read_text("utf-8").count("*Not reached.*") == 5
    pipe(*lines(*typed)[2:])
    assert cli.main(command) == 0
    text = path.read_text("utf-8")
    assert all(f"First line {n}.\nSecond line." in text for n in range(6))
    assert "```python\ndef " in text
    assert "Own score: 1" in text
    assert "The check: 0% of the ordinary case" in text
    assert "**A good answer**" in text
    assert str(path) in capsys.readouterr().out.replace("\n", "")


def test_progress_shows_the_trend_what_is_weak_and_what_is_next(work, pipe, capsys):
    assert cli.main(["progress"]) == 0
    assert "Interviews" not in capsys.readouterr().out
    worse = [[line.replace("y", "n") for line in each[2:]] for each in TYPED]
    pipe(*lines(*[["", "", *each] for each in worse]))
    assert cli.main(COMMAND) == 0
    pipe(*lines(*TYPED))
    assert cli.main(COMMAND) == 0
    capsys.readouterr()
    assert cli.main(["progress"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"change +\+\d+ +\+\d+ +\+\d+ +\+100", shown)
    assert "Weak: " in shown
    assert f"Topics: {TOPIC.replace('_', ' ')}" in shown
    assert [line[:2] for line in shown.splitlines()[-3:]] == ["1.", "2.", "3."]
    assert f"course interview --level mid --topic {TOPIC}" in shown
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_interviews_without_a_seed_ask_what_was_not_asked(work, pipe):
    asked = []
    for _ in range(2):
        pipe(*lines(*[["", "", *["n"] * 9]] * 6))
        assert cli.main(["interview", "--topic", "risk_control"]) == 0
        asked.append(terminal.Interview.read(work / "interviews.jsonl")[-1].plan.parts)
    first, second = ({part.key for part in parts} for parts in asked)
    assert not first & second


# ---- in a notebook --------------------------------------------------------------------------


def test_the_notebook_has_the_same_interview():
    interview = Mock(topic=TOPIC, seed=3)
    assert interview.plan.parts == PARTS
    assert "12 minutes" in repr(interview.clock(1))
    assert "<span" in interview.clock(1)._repr_html_()
    for number in range(1, 7):
        assert interview.ask(number)._repr_markdown_().startswith("> ")
        assert "| point | axis |" in interview.reveal(number).text
    interview.mark(1, None)
    interview.score(4, "y" * len(session.content(PARTS[3], "mid").rubric))
    assert "| edge cases |" in interview.scorecard().text


@pytest.mark.parametrize("number", [0, 7, -1])
def test_there_is_no_such_part(number):
    with pytest.raises(bank.NotPossible, match="they are 1 to 6"):
        Mock(topic=TOPIC, seed=3).ask(number)


# ---- in a terminal --------------------------------------------------------------------------


def _own_terminal():
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    # What a shell starts in the background is started without it, and the tests may be.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """A pseudo-terminal with the command in it."""

    def __init__(self, work, command):
        self.master, slave = pty.openpty()
        environment = {**os.environ, "COURSE_WORK": str(work), "TERM": "xterm", "COLUMNS": "90"}
        environment.pop("COURSE_PROGRESS", None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "utils.cli", *command],
            cwd=ROOT,
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_own_terminal,
        )
        os.close(slave)
        self.shown = ""

    def until(self, text, seconds=60):
        end = time.monotonic() + seconds
        while text not in self.shown and time.monotonic() < end:
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.shown += os.read(self.master, 65536).decode("utf-8", "replace")
                except OSError:
                    break
        assert text in self.shown, self.shown[-2000:]
        self.shown = self.shown.split(text, 1)[1]

    def type(self, text):
        os.write(self.master, text.encode())


def test_a_notebook_is_as_given_until_something_is_written(code_part, tmp_path):
    part, path = code_part
    assert answers.is_as_given(path, part)
    write_into(path, "x = 1")
    assert not answers.is_as_given(path, part)
    assert not answers.is_as_given(tmp_path / "not_there.ipynb", part)


@pytest.mark.parametrize("width", [20, 40])
def test_chinese_is_broken_between_its_characters(width):
    text = "你会怎么做？同事写了 `paired_bootstrap_ci`，在 2,000 户里抽样（有放回），再看区间。"
    console = Console(width=width, file=io.StringIO(), markup=False)
    console.print(terminal.Prose(f"{text}\n\n{text}"))
    lines = console.file.getvalue().splitlines()
    assert "".join(lines).replace(" ", "") == 2 * text.replace(" ", "")
    assert all(output.cells(line) <= width for line in lines)
    assert not any(line[:1] in "，。？）" and line for line in lines)
    # A run of Chinese fills a line as words do.
    assert len(lines) <= 2 * (output.cells(text) // (width - 4) + 1) + 1


def test_a_plan_names_exercises_that_are_left():
    days = [review.Day(date(2026, 12, day), (), ()) for day in range(1, 5)]
    lines = list(review.plan_lines(days, "mid", review.unsolved("mid", [])))
    assert "course interview --level mid" in lines[1] and "course interview" in lines[5]
    first = [name for name in review.unsolved("mid", []) if name in lines[3]]
    assert len(first) == review.N_EXERCISES and not any(name in lines[7] for name in first)
    done = [
        progress.Event("", topic, name, task.points, task.points)
        for topic in catalogue.topics()
        for name, task in catalogue.load(topic).items()
    ]
    assert review.unsolved("mid", done) == []
    assert "read again what you missed" in list(review.plan_lines(days, "mid", []))[3]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
def test_a_clock_is_shown_and_ctrl_c_saves(work, pipe, capsys):
    course = Terminal(work, COMMAND)
    try:
        course.until("Reading the chapters")
        course.until("Enter when it is saved")
        course.until("time left 12:00")
        # Pressed too early, and then to leave it out.
        course.type("\n")
        course.until("Nothing is written in it yet.")
        course.type("\n")
        course.until("A line to keep")
        course.type("note 0\n")
        for _ in TYPED[0][2:]:
            course.until("] ")
            course.type("y\n")
        course.until("Part 2 of 6")
        course.until("time left")
        course.type("\x03")
        course.until("Saved: 1 of 6 parts are done.")
        assert course.process.wait(30) == terminal.STOPPED
    finally:
        course.process.kill()
        os.close(course.master)
    pipe(*lines(*TYPED[1:]))
    assert cli.main(COMMAND) == 0
    assert "Going on after 1 of 6 parts" in capsys.readouterr().out
