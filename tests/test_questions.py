"""The question bank: complete, well formed, and its numbers are right."""

import io
import json
import re
import sys

import jsonschema
import numpy as np
import pytest
import yaml
from scipy import stats

from solutions import budget_allocation
from utils import catalogue, cli
from utils.exercises.model import LEVELS
from utils.interview import bank

FILES = sorted(bank.FOLDER.glob("*.yaml"))
SCHEMA = jsonschema.Draft202012Validator(json.loads((bank.FOLDER / "schema.json").read_text()))
EVERYTHING = [*bank.questions(), *bank.decisions()]


def topic(path):
    return path.stem


@pytest.mark.parametrize("path", FILES, ids=topic)
def test_file_keeps_to_the_schema(path):
    content = yaml.safe_load(path.read_text("utf-8"))
    assert [f"{e.json_path}: {e.message}" for e in SCHEMA.iter_errors(content)] == []
    assert path.stem in [each.topic for each in catalogue.chapters()]


def test_schema_refuses_what_is_not_a_question():
    content = yaml.safe_load(FILES[0].read_text("utf-8"))
    for spoil in (
        {"rubric": []},
        {"red_flags": []},
        {"level": "expert"},
        {"question": {"en": "Only English?", "zh": "only English"}},
        {"follow_ups": ["One is not enough."]},
        {"rubric": [{"style": "Spoke nicely."}] * 3},
    ):
        questions = [{**content["questions"][0], **spoil}]
        assert not SCHEMA.is_valid({**content, "questions": questions})


def test_levels_are_those_of_the_syllabus():
    levels = [each.level for each in bank.questions()]
    least = [16, 33, 17]
    assert all(levels.count(x) >= n for x, n in zip(LEVELS, least, strict=True))


def test_names_are_unique():
    names = [each.id for each in EVERYTHING]
    assert len(names) == len(set(names))
    texts = [each.en for each in EVERYTHING]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("question", EVERYTHING, ids=lambda q: q.id)
def test_an_answer_can_be_said_in_two_minutes(question):
    assert all(len(answer.split()) <= 150 for answer in question.answers.values())
    assert question.level in question.answers
    assert len(question.answers) in (1, 3)


def test_the_main_questions_are_answered_at_three_levels():
    main = [each for each in bank.questions() if each.is_main]
    assert len(main) >= 8
    assert all(list(each.answers) == list(LEVELS) for each in main)
    assert all(len(set(each.answers.values())) == 3 for each in main)


def test_every_topic_has_questions_and_a_decision():
    with_decision = {each.topic for each in bank.decisions()}
    assert set(bank.topics()) == with_decision
    rooms = set(catalogue.topics()) - {"start_here"}
    assert rooms <= set(bank.topics())


def test_what_is_said_to_be_practised_exists():
    rooms = catalogue.topics()
    written = [each for each in EVERYTHING if each.topic in rooms]
    missing = [
        f"{q.id}: {q.exercise}" for q in written if q.exercise not in catalogue.load(q.topic)
    ]
    assert missing == []


def test_points_can_be_observed_on_several_axes():
    for each in EVERYTHING:
        assert {p.axis for p in each.rubric} <= bank.AXES.keys()
        assert len({p.axis for p in each.rubric}) >= 2, each.id
        assert len({p.text for p in each.rubric}) == len(each.rubric)


def test_text_is_plain():
    hype = re.compile(r"leverag|cutting-edge|state-of-the-art|game.chang|seamless|delve|—", re.I)
    assert [each.id for each in EVERYTHING if hype.search(each.text)] == []


# ---- finding --------------------------------------------------------------------------------


def test_every_word_must_occur():
    (found,) = bank.find("senior", "risk_control", "Label DELAY")
    assert found.id == "delayed_and_selective_labels"
    assert bank.find(search="label zebra") == []


def test_chinese_can_be_searched():
    assert [each.id for each in bank.find(search="冷启动")] == ["cold_start"]


def test_course_questions_shows_one_question_whole(capsys):
    command = ["questions", "--level", "senior", "--topic", "risk_control"]
    assert cli.main([*command, "--search", "label delay"]) == 0
    shown = capsys.readouterr().out
    assert "Red flags" in shown
    assert "1 question." in shown
    assert cli.main(command) == 0
    shown = capsys.readouterr().out
    assert "5 questions." in shown
    assert "Red flags" not in shown


def test_a_terminal_without_chinese_is_no_error(monkeypatch):
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, "latin-1"))
    assert cli.main(["questions", "--topic", "propensity"]) == 0
    sys.stdout.flush()
    assert b" questions." in shown.getvalue()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (["--topic", "propensty"], "There is no topic called propensty: did you mean propensity?"),
        (["--level", "expert"], "There is no level called expert"),
    ],
)
def test_a_wrong_name_gets_one_sentence(wrong, sentence, capsys):
    assert cli.main(["questions", *wrong]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(sentence)
    assert said.err.count("\n") == 1


# ---- the numbers in the decisions -----------------------------------------------------------


def table(name):
    (decision,) = [each for each in bank.decisions() if each.id == name]
    head, *rows = decision.table
    return {column: [row[i] for row in rows] for i, column in enumerate(head)}, decision


def test_offers_go_to_those_whom_they_change():
    rows, _ = table("two_offers_four_customers")
    gain = np.subtract(rows["margin_with_offer_usd"], rows["margin_usd"]) - 5
    assert gain.tolist() == [-4, -3, 10, 3]


def test_no_gain_over_the_neighbours_is_established():
    rows, _ = table("two_shelves_four_models")
    low, high = (dict(zip(rows["model"], rows[side], strict=True)) for side in ("low", "high"))
    assert high["popularity"] < 0
    assert all(low[model] < 0 < high[model] for model in ("hybrid", "network"))


def test_shrinking_turns_the_recommendation_round():
    rows, _ = table("which_two_neighbours")
    cosine, common = np.array(rows["cosine"]), np.array(rows["common_items"])
    deviation = np.subtract(rows["rating"], rows["mean"])

    def prediction(weights):
        near = np.argsort(-weights)[:2]
        return 3 + weights[near] @ deviation[near] / weights[near].sum()

    shrunk = cosine * common / (common + 10)
    assert shrunk.round(2).tolist() == [0.16, 0.64, 0.64, 0.09]
    assert prediction(cosine) == pytest.approx(2.2, abs=0.05)
    assert prediction(shrunk) == pytest.approx(4)


def test_the_network_is_not_established_over_what_runs():
    rows, _ = table("accept_the_network")
    assert rows["low"][2] < 0 < rows["high"][2]
    assert rows["low"][1] == 0.0003


def half_width(values):
    return stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)


def test_christmas_decides_between_two_forecasters():
    rows, _ = table("two_forecasters_five_origins")
    gain = np.subtract(rows["same_weekday_mean"], rows["sarima"])
    assert (np.mean(rows["same_weekday_mean"]), np.mean(rows["sarima"])) == (167, 165)
    assert gain.mean() - half_width(gain) == pytest.approx(-13, abs=0.5)
    assert gain.mean() + half_width(gain) == pytest.approx(17, abs=0.5)
    ordinary = np.delete(gain, 3)
    assert ordinary.mean() == 7.5
    assert ordinary.mean() - half_width(ordinary) == pytest.approx(4.5, abs=0.1)
    assert ordinary.mean() + half_width(ordinary) == pytest.approx(10.5, abs=0.1)


def test_the_order_is_a_quantile():
    rows, _ = table("how_much_to_order")
    demand = np.repeat(rows["demand"], rows["scenarios"])
    assert demand.mean() == pytest.approx(13.4)

    def best(short, over):
        cost = [
            (short * np.maximum(demand - q, 0) + over * np.maximum(q - demand, 0)).mean()
            for q in range(40)
        ]
        return int(np.argmin(np.round(cost, 9)))

    assert (best(4, 1), best(1, 4)) == (14, 9)


def test_coupons_go_by_expected_value():
    rows, _ = table("three_coupons_five_customers")
    value = np.multiply(rows["p"], rows["margin"]) - 1
    assert value.round(2).tolist() == [0.2, 1.0, 1.4, -0.1, -0.4]
    by_p = value[np.argsort(-np.array(rows["p"]))[:3]].sum()
    assert (value[value > 0].sum(), by_p) == (pytest.approx(2.6), pytest.approx(1.5))


def test_the_ratio_of_the_arms_cannot_be_chance():
    rows, _ = table("significant_and_unusable")
    users, buyers = np.array(rows["users"]), np.array(rows["buyers"])
    chi2, p = stats.chisquare(users)
    assert chi2 == pytest.approx(17.1, abs=0.05)
    assert p == pytest.approx(0.00004, abs=0.00001)
    assert (buyers / users).round(3).tolist() == [0.05, 0.054]
    assert stats.chi2_contingency([buyers, users - buyers])[1] < 0.01
    assert buyers[1] / 50_000 == pytest.approx(0.0526)
    assert buyers[0] / 48_700 == pytest.approx(0.0513, abs=0.00005)


def test_reviews_go_by_expected_gain():
    rows, _ = table("two_reviews_five_orders")
    gain = np.multiply(rows["p"], rows["amount"]) - 4
    assert gain.tolist() == [0.5, 26, 21, 2, -1]
    by_p = gain[np.argsort(-np.array(rows["p"]))[:2]].sum()
    assert (np.sort(gain)[-2:].sum(), by_p) == (47, 2.5)


def test_the_winback_is_not_established():
    rows, _ = table("did_the_winback_work")
    n, now, before = (np.array(rows[c]) for c in ("customers", "buyers_now", "buyers_last_quarter"))
    assert (now / n).tolist() == [0.15, 0.05, 0.1]
    assert (before / n).tolist() == [0.06, 0.06, 0.06]
    assigned, held_out = now[:2].sum() / n[:2].sum(), now[2] / n[2]
    half = 1.96 * np.sqrt(assigned * (1 - assigned) / 1000 + held_out * (1 - held_out) / 1000)
    assert assigned - held_out - half == pytest.approx(-0.017, abs=0.0005)
    assert assigned - held_out + half == pytest.approx(0.037, abs=0.0005)
    per_arm = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) ** 2 * (0.1 * 0.9 + 0.11 * 0.89) / 1e-4
    assert per_arm == pytest.approx(15_000, rel=0.03)


# ---- numbers in spoken answers --------------------------------------------------------------


def test_numbers_said_aloud():
    factor = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) ** 2
    assert factor == pytest.approx(7.85, abs=0.01)
    per_arm = factor * (0.05 * 0.95 + 0.055 * 0.945) / 0.005**2
    assert per_arm == pytest.approx(31_200, abs=100)
    assert 16 * 0.05 * 0.95 / 0.005**2 == pytest.approx(30_400)
    assert np.sqrt(2 * np.log(100_000) / 1000) == pytest.approx(0.15, abs=0.005)
    odds = 2 * np.array([1, 0.01 / 0.99, 0.95 / 0.05])
    assert (odds / (1 + odds)).round(2).tolist() == [0.67, 0.02, 0.97]
    assert 5 / (5 + 100) == pytest.approx(0.048, abs=0.0005)


def test_five_looks_give_fourteen_per_cent():
    steps = np.random.default_rng(0).normal(size=(40_000, 5)).cumsum(axis=1)
    z = steps / np.sqrt(np.arange(1, 6))
    assert (np.abs(z) > 1.96).any(axis=1).mean() == pytest.approx(0.14, abs=0.01)


def test_six_dollars_of_coupons_go_to_two_users():
    rows, _ = table("six_dollars_of_coupons")
    gain = np.column_stack([np.zeros(3), rows["gain_5"], rows["gain_10"]])
    cost = np.column_stack([np.zeros(3), rows["cost_5"], rows["cost_10"]])
    plans = np.array(list(np.ndindex(3, 3, 3)))
    gained, spent = (each[np.arange(3), plans].sum(axis=1) for each in (gain, cost))
    best = gained[spent <= 6].max()
    assert best == 13
    assert plans[gained == best].tolist() == [[0, 2, 1]]
    assert spent[gained == best].tolist() == [6]
    assert budget_allocation.efficient_steps(gain[1], cost[1]) == [(2, 5.0, 10.0)]
    assert budget_allocation.allocate_budget(gain, cost, 5 - 1e-3) == [1, 0, 1]
