"""The card that a learner sees."""

import re

import numpy as np
import pytest

from utils import progress
from utils.catalogue import load
from utils.check import (
    ASSERTED,
    Interrupted,
    NotAnExercise,
    NotWritten,
    _said_of_an_assertion,
    check,
)

TASKS = load("collaborative_filtering")
MOST = sum(task.points for task in TASKS.values())


@pytest.fixture(autouse=True)
def record(tmp_path, monkeypatch):
    file = tmp_path / "progress.jsonl"
    monkeypatch.setenv("COURSE_PROGRESS", str(file))
    return file


def cosine_similarity_matrix(R):
    return R @ R.T


def test_card_names_the_mistake_and_shows_expected_and_got():
    text = repr(check(cosine_similarity_matrix))
    assert text.startswith("NOT YET  cosine_similarity_matrix  0 of 2 points")
    assert "Looks like: dot product" in text
    assert "You computed the dot product" in text
    assert re.search(r"expected\s+\[\[1\.\s+0\.96", text)
    assert re.search(r"got\s+\[\[25 24", text)
    assert (
        f"03_collaborative_filtering: 0 of {len(TASKS)} exercises passed, 0 of {MOST} points"
        in text
    )


def test_card_as_html_says_the_same_and_needs_no_style_sheet_or_script():
    html = check(cosine_similarity_matrix)._repr_html_()
    for words in (
        "not yet",
        "dot product",
        "expected",
        "got",
        "properties hold",
        f"0 of {MOST} points",
    ):
        assert words in html
    assert not re.search(r"<style|<script|onclick|class=", html)


def test_a_drawn_call_is_folded_on_the_card_and_can_be_pasted():
    def top_k_neighbours(S, u, k):
        nearest = np.argsort(-S[u], kind="stable")
        return nearest[(S[u, nearest] > 0) & (nearest != u)][: k or None]

    found = check(top_k_neighbours)
    call = found.mark.wrong_call
    assert len(eval(call.call, {"np": np, "top_k_neighbours": top_k_neighbours})) > 0
    assert (call.expected, call.got[0]) == ("[]", "[")
    assert f"to paste into a cell:\n  {call.call}" in repr(found)
    folded = found._repr_html_().partition("<details><summary")[2].partition("</details>")[0]
    assert "A call that goes wrong" in folded and "top_k_neighbours(np.array(" in folded


def test_text_on_colour_can_be_read():
    html = check(cosine_similarity_matrix)._repr_html_()
    pairs = set(re.findall(r"background:(#\w{6});color:(#\w{6})", html))
    assert pairs
    for background, colour in pairs:
        assert contrast(background, colour) >= 4.5


def contrast(one, other):
    """WCAG 2.2 contrast ratio of two colours."""

    def luminance(colour):
        parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_what_an_answer_prints_or_returns_cannot_break_the_card():
    def cosine_similarity_matrix(R):
        print("<script>alert(1)</script>")
        return "<b>bold</b>"

    html = check(cosine_similarity_matrix)._repr_html_()
    assert "<script>" not in html
    assert "<b>bold</b>" not in html
    assert "&lt;script&gt;" in html


def test_stub_stops_with_one_sentence():
    def top_k_neighbours(S, u, k):
        raise NotImplementedError

    with pytest.raises(NotWritten, match="not written yet: put your code") as caught:
        check(top_k_neighbours)
    assert caught.value._render_traceback_() == [str(caught.value)]


def test_near_miss_of_a_name_is_suggested():
    def cosine_similarty_matrix(R):
        return R

    with pytest.raises(NotAnExercise, match="did you mean cosine_similarity_matrix"):
        check(cosine_similarty_matrix)


@pytest.mark.parametrize("thing", [np.zeros(3), None, "recommend"])
def test_result_instead_of_function_gets_one_sentence(thing):
    with pytest.raises(NotAnExercise, match="takes the function itself"):
        check(thing)


def test_pass_is_remembered(record):
    def cosine_similarity_matrix(R):
        n = np.linalg.norm(R, axis=1)
        n[n == 0] = 1
        return (R / n[:, None]) @ (R / n[:, None]).T

    assert check(cosine_similarity_matrix).mark.passed
    (event,) = progress.events()
    assert (event.exercise, event.points) == ("cosine_similarity_matrix", 2)
    assert progress.of_chapter("collaborative_filtering", progress.events()).passed == 1


def test_a_record_that_cannot_be_written_is_said_and_the_card_still_comes(monkeypatch, capsys):
    monkeypatch.setenv("COURSE_PROGRESS", "/proc/no/progress.jsonl")
    assert check(cosine_similarity_matrix).mark.misconception == "dot_product"
    assert "was not recorded" in capsys.readouterr().out


def test_a_check_that_is_interrupted_says_so_in_one_sentence(monkeypatch):
    def interrupted(self, answer):
        raise KeyboardInterrupt

    exercise = load("user_value")["to_local_day"]
    monkeypatch.setattr(type(exercise), "mark", interrupted)
    with pytest.raises(Interrupted) as caught:
        check(exercise.reference)
    said = caught.value._render_traceback_()
    assert said == ["The check of to_local_day was interrupted: it has no mark."]


@pytest.mark.parametrize(("words", "said"), [((), f"{ASSERTED}\n"), (("the sum is 0",), "")])
def test_an_assertion_without_words_is_explained(capsys, words, said):
    class Shell:
        def showtraceback(self, error, tb_offset=None):
            self.shown = error

    shell, error = Shell(), AssertionError(*words)
    _said_of_an_assertion(shell, AssertionError, error, None)
    assert shell.shown == (AssertionError, error, None)
    assert capsys.readouterr().err == said
