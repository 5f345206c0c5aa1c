"""The question bank: complete, well formed, and its numbers are right."""

import io
import itertools
import json
import re
import sys
from datetime import date, timedelta

import jsonschema
import numpy as np
import pytest
import yaml
from scipy import stats
from sklearn import metrics

from solutions import budget_allocation
from utils import catalogue, cli, sql, translation
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
    assert path.stem in [*(each.topic for each in catalogue.chapters()), *bank.SECTIONS]


def test_schema_refuses_what_is_not_a_question():
    content = yaml.safe_load(FILES[0].read_text("utf-8"))
    for spoil in (
        {"rubric": []},
        {"red_flags": []},
        {"level": "expert"},
        {"question": {"en": "Only English?", "zh": "only English"}},
        {"follow_ups": content["questions"][0]["follow_ups"][:1]},
        {"follow_ups": ["No answer and no red flag?"] * 2},
        {"answers": {"mid": "One level is not enough for the prompt of a chapter. " * 3}},
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
    main = [each for each in bank.questions() if each.main]
    assert [each.topic for each in main] == bank.topics()
    assert all(list(each.answers) == list(LEVELS) for each in main)
    assert all(len(set(each.answers.values())) == 3 for each in main)


def test_every_topic_has_questions_and_three_decisions():
    with_decision = [each.topic for each in bank.decisions()]
    spoken_only = {"project_and_behaviour"}
    assert {t for t in bank.topics() if with_decision.count(t) < 3} == spoken_only
    rooms = set(catalogue.topics()) - {"start_here"}
    assert rooms <= set(bank.topics())


def test_what_is_said_to_be_practised_exists():
    practised = [(each.id, *each.practise) for each in EVERYTHING if each.practise]
    missing = [each for each in practised if each[2] not in catalogue.load(each[1])]
    assert missing == []
    assert {q.topic for q in EVERYTHING if not q.practise} <= bank.SECTIONS.keys()


def test_every_follow_up_has_an_answer_of_its_own():
    follow_ups = [each for q in bank.questions() for each in q.follow_ups]
    assert len(follow_ups) == 2 * len(bank.questions())
    inside = re.compile(r"short answer|in short:|answer:", re.I)
    assert [each.ask for each in follow_ups if inside.search(each.ask + each.answer)] == []
    assert len({each.ask for each in follow_ups}) == len(follow_ups)
    assert all(len(each.answer.split()) <= 60 for each in follow_ups)


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
    assert "cold_start" in [each.id for each in bank.find(search="冷启动")]
    assert len(bank.find(search="冷启动")) < 5


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("SQL", "sql_mistakes_in_a_metric"),
        ("LTV", "bgnbd_assumptions"),
        ("ROI", "ads_predict_and_bid"),
        ("churn", "prove_the_winback"),
        ("DAU", "sql_mistakes_in_a_metric"),
        ("因果", "campaign_buyers_spend_more"),
        ("特征穿越", "leakage_in_profiles"),
        ("SCD", "sql_zipper_table"),
        ("yoy", "sql_year_over_year"),
        ("凑单", "threshold_coupon_by_hand"),
        ("过年", "spring_festival_moves"),
        ("holdout", "launches_that_do_not_add_up"),
        ("杀熟", "price_test_without_two_prices"),
        ("LLM", "model_as_judge"),
        ("问数", "text_to_sql_for_managers"),
        ("SUTVA", "switchback_or_clusters"),
        ("会员", "what_a_membership_is_worth"),
        ("退款", "refund_without_return"),
        ("markdown", "clearance_by_a_date"),
        ("定价", "clearance_by_a_date"),
        ("OneRec", "reward_model_is_gamed"),
        ("规模定律", "what_a_scaling_curve_says"),
        ("QPS", "memory_and_cost_of_scoring"),
        ("费米", "peak_orders_per_second"),
        ("骑手", "which_delivery_time_to_promise"),
        ("比价", "two_listings_one_product"),
        ("智能体", "agent_right_nine_times_in_ten"),
        ("直播", "live_sales_and_returns"),
        ("广告位", "how_many_ads_on_a_page"),
        ("延迟反馈", "sale_comes_days_after_the_click"),
        ("ITT", "who_would_have_seen_the_ad"),
        ("以旧换新", "subsidy_pulls_demand_forward"),
        ("assortment", "which_items_for_a_front_warehouse"),
        ("退货险", "who_gets_freight_insurance"),
        ("好评返现", "rating_with_three_reviews"),
        ("完播率", "long_videos_fill_the_feed"),
        ("即时零售", "do_food_orders_sell_other_goods"),
        ("交错实验", "interleaving_before_an_ab_test"),
        ("transformer", "why_attention_divides_by_root_d"),
        ("query understanding", "ranking_for_a_search_query"),
        ("BM25", "ranking_for_a_search_query"),
    ],
)
def test_words_of_the_field_find_their_questions(word, found):
    assert found in [each.id for each in bank.find(search=word)]


def test_a_word_is_not_found_inside_another():
    assert not bank._occurs("roi", "heroic")
    assert bank._occurs("roi", "the roi of it")


def test_course_questions_shows_one_question_whole(capsys):
    command = ["questions", "--level", "senior", "--topic", "risk_control"]
    assert cli.main([*command, "--search", "label delay"]) == 0
    shown = capsys.readouterr().out
    assert "Red flags" in shown
    assert "1 question." in shown
    assert cli.main(command) == 0
    shown = capsys.readouterr().out
    found = bank.find("senior", "risk_control")
    assert f"{len(found)} questions." in shown
    assert "Red flags" not in shown


@pytest.mark.parametrize("full", [[], ["--full"]])
def test_a_question_begins_in_the_language_of_its_reader(monkeypatch, capsys, full):
    monkeypatch.setenv(translation.VARIABLE, "en")  # A command changes it; it is put back.
    asked = next(each for each in bank.questions() if each.topic == "propensity")
    for spoken, first, second in [("en", asked.en, asked.zh), ("zh", asked.zh, asked.en)]:
        assert cli.main(["questions", "--topic", "propensity", "--lang", spoken, *full]) == 0
        shown = "".join(capsys.readouterr().out.split())
        assert 0 <= shown.index("".join(first.split())) < shown.index("".join(second.split()))


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


# ---- two more decisions a topic -------------------------------------------------------------


def test_who_is_known_on_the_day():
    rows, _ = table("who_belongs_as_of_a_day")
    known = [first < 180 for first in rows["first_record"]]
    silent = [last == "none" or last < 180 - 56 for last in rows["last_purchase"]]
    assert sum(known) == 4
    assert sum(np.logical_and(known, silent)) == 2
    bought = [last != "none" and 124 <= last < 180 for last in rows["last_purchase"]]
    assert len(known) - sum(bought) == 4


def test_a_feature_must_be_written_before_the_decision():
    rows, _ = table("which_feature_may_be_used")
    allowed = np.array([rows["last_event_day"], rows["written_day"]]).max(axis=0) < 100
    assert np.array(rows["feature"])[allowed].tolist() == ["orders_90_days"]


def test_place_by_place_the_other_product_is_better():
    rows, _ = table("better_or_higher_up")
    shown, clicks = np.array(rows["impressions"]), np.array(rows["clicks"])
    assert (clicks / shown).tolist() == [0.10, 0.03, 0.12, 0.04]
    assert [clicks[:2].sum() / 1000, clicks[2:].sum() / 1000] == [0.093, 0.048]
    assert (clicks / shown).reshape(2, 2).mean(axis=1).tolist() == pytest.approx([0.065, 0.08])
    half = 1.96 * np.sqrt(0.12 * 0.88 / 100)
    assert (0.12 - half, 0.12 + half) == pytest.approx((0.06, 0.18), abs=0.005)


def test_variety_begins_below_five_sixths():
    rows, _ = table("three_places_on_a_page")
    kind, relevance = rows["kind"], rows["relevance"]

    def page(lam):
        chosen = []
        for _ in range(3):
            left = [i for i in range(5) if i not in chosen]
            chosen.append(
                max(
                    left,
                    key=lambda i: (
                        lam * relevance[i] - (1 - lam) * (kind[i] in [kind[j] for j in chosen])
                    ),
                )
            )
        return "".join(rows["product"][i] for i in chosen), sum(relevance[i] for i in chosen)

    assert page(0.5) == ("ADE", pytest.approx(2.0))
    assert page(0.9) == ("ABC", pytest.approx(2.55))
    assert page(0.79)[0][1] == "D"
    assert page(0.81)[0] == page(0.83)[0] == "ABD"
    assert page(0.84)[0] == "ABC"


def test_tea_has_three_orders():
    rows, _ = table("what_goes_with_tea")
    both, buyers = np.array(rows["buyers_of_both"]), np.array(rows["buyers"])
    cosine = both / np.sqrt(200 * buyers)
    shrunk = cosine * both / (both + 20)
    assert cosine.round(2).tolist() == [0.22, 0.4, 0.24]
    assert shrunk.round(2).tolist() == [0.19, 0.28, 0.1]
    assert (both / 200 / (buyers / 10_000)).tolist() == pytest.approx([5, 31.25, 37.5])


def test_an_index_is_judged_by_the_final_list():
    rows, _ = table("which_index")
    assert rows["p99_ms"][0] / 20 == 7
    assert rows["low"][1] < 0 < rows["high"][1]
    assert rows["low"][1] / 0.12 == pytest.approx(-0.005)
    assert (rows["change"][2] / 0.12, rows["high"][2] / 0.12) == pytest.approx((-0.025, -0.0125))
    assert rows["memory_gb"][1] / rows["memory_gb"][2] == 15


def test_new_items_by_posterior_mean():
    rows, _ = table("a_thousand_impressions_for_new_items")
    clicks, shown = np.array(rows["clicks"]), np.array(rows["impressions"])
    assert ((clicks + 4) / (shown + 100)).round(3).tolist() == [0.031, 0.05, 0.05, 0.04]
    b, c = (stats.beta(4 + clicks[i], 96 + shown[i] - clicks[i]) for i in (1, 2))
    assert c.sf(0.08) > b.sf(0.08)
    draws = [each.rvs(40_000, random_state=0) for each in (b, c)]
    assert abs(np.mean(draws[1] > draws[0]) - 0.5) < 0.05


def test_the_ad_place_goes_by_calibrated_value():
    rows, _ = table("who_gets_the_ad_place")
    value = 1000 * np.multiply(rows["bid"], rows["predicted_ctr"])
    assert value.tolist() == pytest.approx([40, 60, 50])
    right = value / rows["predicted_over_observed"]
    assert right.tolist() == pytest.approx([40, 30, 50])
    assert right[0] / 1000 / rows["predicted_ctr"][2] == pytest.approx(0.8)


def test_two_measures_of_error_disagree():
    rows, _ = table("mape_or_wape_decides")
    sales = np.array(rows["sales"])
    errors = np.abs(np.array([rows["forecast_a"], rows["forecast_b"]]) - sales)
    assert (errors / sales).mean(axis=1).round(3).tolist() == [1.033, 0.233]
    assert (errors.sum(axis=1) / sales.sum()).round(3).tolist() == [0.117, 0.225]


def test_a_promotion_is_no_ordinary_monday():
    rows, _ = table("next_monday_after_a_promotion")
    sales, ordinary = np.array(rows["sales"]), np.array(rows["note"]) == "none"
    assert (sales.mean(), sales[ordinary].mean(), np.median(sales)) == (112.5, 100, 100)
    assert (sales[~ordinary] - 100).tolist() == [140, -40]


def test_coverage_of_two_hundred_days():
    rows, _ = table("which_interval")
    error = np.sqrt(0.9 * 0.1 / 200)
    assert error == pytest.approx(0.021, abs=0.0005)
    away = (np.array(rows["inside"]) - 0.9) / error
    assert away.round(1).tolist() == [0.5, -4.7, 3.3]


def test_members_that_err_differently_are_averaged():
    rows, _ = table("which_two_to_average")
    error = {name: np.array(rows[name]) for name in "abc"}

    def size(*names):
        return np.abs(np.mean([error[name] for name in names], axis=0)).mean()

    assert [size(*names) for names in ("a", "b", "c")] == [9, 7.75, 8.25]
    assert [size(*names) for names in ("bc", "ab", "ac")] == [8, 0.875, 0.375]


def test_one_bin_of_four_pays():
    rows, _ = table("offers_from_a_reliability_table")
    n, redeemed = np.array(rows["customers"]), np.array(rows["redeemed"])
    assert (redeemed / n).round(3).tolist() == [0.008, 0.031, 0.042, 0.12]
    assert (20 * redeemed - n)[2:].tolist() == [-80, 140]
    assert (n @ np.array(rows["predicted"]), redeemed.sum()) == (pytest.approx(110), 72)
    half = 1.96 * np.sqrt(0.042 * 0.958 / 500)
    assert (0.042 - half, 0.042 + half) == pytest.approx((0.024, 0.060), abs=0.0005)


def test_the_top_hundred_decides():
    rows, _ = table("higher_auc_or_fuller_top")
    found = np.array(rows["redeemers_in_top_100"])
    assert (found / 5).tolist() == [4.0, 5.4, 1.0]
    assert (10 * found - 100).tolist() == [100, 170, -50]


def test_cuped_in_weeks():
    rows, _ = table("weeks_saved_by_cuped")
    y, x, both = (np.array(rows[c]) for c in ("variance_y", "variance_x", "covariance"))
    saved = both**2 / (y * x)
    assert saved.tolist() == [0.48, 0.1875]
    assert (both / x).tolist() == [0.8, 0.5]
    users = 31_000 * (1 - np.array([0, *saved]))
    assert users.round().tolist() == [31_000, 16_120, 25_188]
    assert np.ceil(2 * users / 10_000).tolist() == [7, 4, 6]


def test_three_corrections_for_five_metrics():
    rows, _ = table("five_metrics_five_p_values")
    p, i = np.array(rows["p"]), np.arange(1, 6)
    assert (p <= 0.01).sum() == 1
    assert np.cumprod(p <= 0.05 / (6 - i)).sum() == 2
    assert i[p <= 0.01 * i + 1e-12].max() == 4


def test_three_orders_three_actions():
    rows, _ = table("pass_step_up_or_block")
    p = np.array(rows["p"])
    costs = np.array([100 * p, 30 * (1 - p), 0.5 + (1 - p) * 0.05 * 20 + p * 0.2 * 100])
    assert costs.round(2).tolist() == [[1, 30, 90], [29.7, 21, 3], [1.69, 7.2, 18.6]]
    assert costs.argmin(axis=0).tolist() == [0, 2, 1]
    # 100 p = 1.5 + 19 p, and 30 - 30 p = 1.5 + 19 p
    assert 1.5 / 81 == pytest.approx(0.0185, abs=0.0001)
    assert 28.5 / 49 == pytest.approx(0.58, abs=0.005)


def test_young_labels_are_not_less_fraud():
    rows, _ = table("has_fraud_fallen")
    arrived = np.array([1, 0.95, 0.6, 0.25])
    assert (np.array(rows["frauds_reported"]) / arrived).tolist() == pytest.approx([20] * 4)
    low, high = stats.chi2.ppf(0.025, 10) / 2, stats.chi2.ppf(0.975, 12) / 2
    assert (low / 0.25, high / 0.25) == pytest.approx((6.5, 46.7), abs=0.1)


def test_retention_falls_by_mix_alone():
    rows, _ = table("is_retention_falling")
    joined, back = np.array(rows["joined"]), np.array(rows["came_back"])
    assert (back / joined).tolist() == [0.3, 0.3, 0.2, 0.3, 0.2]
    months = [[0], [1, 2], [3, 4]]
    total = [back[m].sum() / joined[m].sum() for m in months]
    assert np.round(total, 3).tolist() == [0.3, 0.283, 0.25]
    assert (200 / 1200, back[[3, 4]].sum()) == (pytest.approx(0.17, abs=0.005), 500)


def test_two_channels_pay_back():
    rows, _ = table("where_to_spend_on_acquisition")
    months = np.array([1, 2, 4, 6])
    margin = np.array([rows[f"month_{m}"] for m in months])
    paid = margin >= np.array(rows["cost"])
    assert [months[p].min() if p.any() else None for p in paid.T] == [4, None, 2]
    assert (margin[-1] / rows["cost"]).round(2).tolist() == [1.27, 0.85, 1.2]


def test_the_price_at_noon():
    rows, _ = table("noon_and_the_money_is_going")
    left = (1000 - 620) / 60
    assert left == pytest.approx(6.33, abs=0.005)
    spending = dict(zip(rows["price"], rows["spending_per_percent"], strict=True))
    fits = [price for price, spent in spending.items() if spent <= left]
    assert (min(fits), 60 * spending[2.0], 60 * spending[1.0]) == (2.0, 378, 930)
    assert 40 + 380 / spending[1.0] == pytest.approx(64.5, abs=0.05)


def test_a_promise_is_not_an_estimate():
    rows, _ = table("which_plan_to_launch")
    assert all(np.array(rows["promised"][1:]) > rows["estimate"][1:])
    assert rows["low"][2] < 100 < rows["low"][1]


def test_two_factors_cancel():
    rows, _ = table("which_factor_moved_gmv")
    factors = np.array([rows[c] for c in ("buyers", "orders_per_buyer", "value_per_order")])
    before, after = factors.prod(axis=0)
    assert (before, after) == (60_000, pytest.approx(59_400))
    scale = (after - before) / np.log(after / before)
    parts = scale * np.log(factors[:, 1] / factors[:, 0])
    assert parts.round(-1).tolist() == [5690, 0, -6290]
    assert ((1100 - 1000) * 60, (45 - 50) * 1320) == (6000, -6600)
    assert ((1100 - 1000) * 54, (45 - 50) * 1200) == (5400, -6000)


def test_the_monday_is_just_outside():
    rows, _ = table("is_this_monday_news")
    orders = np.array(rows["orders"])
    assert (orders.mean(), orders.std(ddof=1)) == (100, pytest.approx(2.45, abs=0.005))
    half = stats.t.ppf(0.975, 7) * orders.std(ddof=1) * np.sqrt(1 + 1 / 8)
    assert (100 - half, 100 + half) == pytest.approx((93.9, 106.1), abs=0.05)
    assert 93 / 130 - 1 == pytest.approx(-0.28, abs=0.005)


def test_depth_is_chosen_by_validation():
    rows, _ = table("which_depth")
    train, validation = np.array(rows["train"]), np.array(rows["validation"])
    best = int(validation.argmin())
    assert (rows["depth"][best], rows["test"][best]) == (4, 0.377)
    assert rows["test"][best] - validation[best] == pytest.approx(0.015)
    gaps = (validation - train).round(3).tolist()
    assert gaps == [0.006, 0.013, 0.044, 0.191, 0.681]


def test_odds_of_two_signs():
    rows, _ = table("two_tests_for_one_fraud")
    ratio = np.divide(rows["share_of_frauds"], rows["share_of_honest"])
    absent = (1 - rows["share_of_frauds"][1]) / (1 - rows["share_of_honest"][1])
    odds = 0.02 / 0.98 * ratio[0]
    assert (ratio[0], absent) == (pytest.approx(12), pytest.approx(0.56, abs=0.005))
    assert odds * absent == pytest.approx(0.136, abs=0.0005)
    probability = [each / (1 + each) for each in (odds, odds * absent)]
    assert probability == pytest.approx([0.197, 0.12], abs=0.0005)


def test_one_user_makes_the_difference():
    rows, _ = table("mean_or_capped_mean")
    a, b = np.array(rows["a"]), np.array(rows["b"])
    assert (a.mean(), b.mean(), np.minimum(b, 30).mean()) == (13.5, 28.0, 14.5)
    error = np.sqrt(a.var(ddof=1) / 10 + b.var(ddof=1) / 10)
    assert error == pytest.approx(15.8, abs=0.05)
    assert 14.5 - 1.96 * error < 0


def test_small_probabilities():
    odds = 0.001 / 0.999 * 99
    assert odds / (1 + odds) == pytest.approx(0.09, abs=0.0005)
    assert 99 / (99 + 999) == pytest.approx(0.09, abs=0.0005)
    assert odds * 99 / (1 + odds * 99) == pytest.approx(0.91, abs=0.005)
    assert odds * 10 / (1 + odds * 10) == pytest.approx(0.5, abs=0.005)
    assert 0.99 * 0.01 / (0.99 * 0.01 + 0.01 * 0.99) == 0.5
    # E = 1 + F/2 + E/2, F = 1 + E/2
    assert np.linalg.solve([[0.5, -0.5], [-0.5, 1]], [1, 1])[0] == pytest.approx(6)


def test_pairs_within_and_between_users():
    assert metrics.roc_auc_score([1, 1, 0, 0], [0.9, 0.7, 0.8, 0.2]) == 0.75
    bought = np.repeat([1, 0, 1, 0], [8, 2, 2, 8])
    mean_of_user = np.repeat([0.8, 0.2], 10)
    assert metrics.roc_auc_score(bought, mean_of_user) == pytest.approx(0.80)
    for user in np.split(np.arange(20), 2):
        assert metrics.roc_auc_score(bought[user], mean_of_user[user]) == 0.5


def test_squared_error_hardly_corrects_a_sure_mistake():
    p = 0.01
    assert (1 - p) / ((1 - p) * p * (1 - p)) == pytest.approx(101, abs=0.1)


def test_what_referrals_bring():
    k = 4 * 0.1
    assert (100 * k, 100 * k**2) == pytest.approx((40, 16))
    assert 100 * (1 / (1 - k) - 1) == pytest.approx(67, abs=0.5)
    assert 20 / (1 - 1 / 3) == pytest.approx(30)


def test_codes_of_what_is_left():
    levels, value, codes = [np.array([0, 4, 8]), np.array([-1, 0, 1])], 7.4, []
    for level in levels:
        codes.append(int(level[np.abs(level - value).argmin()]))
        value -= codes[-1]
    assert (codes, sum(codes), value) == ([8, -1], 7, pytest.approx(0.4))
    assert 1 - np.exp(-(10**7) / 256**3) == pytest.approx(0.45, abs=0.005)


def test_winners_are_overestimated():
    passes = stats.norm.sf(1.96, loc=1)
    mean = 1 + stats.norm.pdf(0.96) / passes
    assert (passes, mean) == pytest.approx((0.17, 2.5), abs=0.01)
    assert (0.08 * 0.1, 0.01 * 0.08) == pytest.approx((0.008, 0.0008))
    assert 1.006**50 - 1 > 50 * 0.006
    assert (2 - 1) / 2 == 0.5


def test_two_way_effects_subtract_growth():
    sales = np.array([[0, 1, 3], [0, 0, 1.0]])
    treated = np.array([[0, 1, 1], [0, 0, 1.0]])
    change = np.diff(sales)
    assert (change[0] - change[1]).tolist() == [1, 1]
    assert change[1, 1] - change[0, 1] == -1
    city, month = np.indices(sales.shape)
    columns = [treated, city, month == 1, month == 2, np.ones((2, 3))]
    design = np.stack([each.ravel() for each in columns], axis=1).astype(float)
    assert np.linalg.lstsq(design, sales.ravel())[0][0] == pytest.approx(0, abs=1e-9)


def test_a_collider_makes_an_effect():
    coupon, loyal = np.repeat([[1, 1, 0, 0], [1, 0, 1, 0]], 50, axis=1)
    buys = np.where(loyal, 0.4, 0.1)
    opened = (coupon | loyal).astype(bool)

    def rates(seen):
        return [buys[seen & (coupon == arm)].mean() for arm in (1, 0)]

    assert len(coupon) == 200
    assert rates(np.full(200, True)) == pytest.approx([0.25, 0.25])
    assert rates(opened) == pytest.approx([0.25, 0.4])


def test_users_who_reach_the_page():
    assert (10**2, 10**2 / 10, 0.08 * 0.2) == pytest.approx((100, 10, 0.016))
    total = 50_400 + 48_600
    error = np.sqrt(total / 4)
    assert (total, 50_400 - total / 2) == (99_000, 900)
    assert (error, 900 / error) == (pytest.approx(157, abs=0.5), pytest.approx(5.7, abs=0.05))
    assert 50_400 / 48_600 < 1.04


def test_two_tests_hide_each_other():
    neither, a, b, both = 10.0, 10.4, 10.4, 10.0
    assert ((a + both) / 2, (neither + b) / 2) == pytest.approx((10.2, 10.2))
    assert (both - b) - (a - neither) == pytest.approx(-0.8)
    main, interaction = 2 * (1 / 0.5), 4 * (1 / 0.25)  # Times the variance over all users.
    assert np.sqrt(interaction / main) == 2


def test_a_higher_price_by_hand():
    assert 1000 * (100 - 80) == 800 * (105 - 80) == 20_000
    assert ((92 + 106) / 200 - 1, 92 - 106) == (pytest.approx(-0.01), -14)


def test_sales_that_were_moved_to_new_items():
    assert (60 / 40 - 1, 60 + 40) == (pytest.approx(0.5), 50 + 50)


def test_what_the_assistant_brings():
    with_entry = 0.1 * 12 + 0.9 * 4
    assert (with_entry, with_entry - 4.7) == pytest.approx((4.8, 0.1))
    per_user = (with_entry - 4.7) / 0.1
    assert (per_user, 12 - per_user, per_user / 100 * 30) == pytest.approx((1, 11, 0.3))


def test_safety_stock():
    variance = 4 * 30**2 + 100**2 * 1**2
    spread, z = np.sqrt(variance), stats.norm.ppf(0.95)
    assert (variance, 4 * 30**2) == (13_600, 3_600)
    assert (spread, z) == (pytest.approx(117, abs=0.5), pytest.approx(1.645, abs=0.001))
    assert (z * spread, z * 60) == pytest.approx((192, 99), abs=0.5)
    short = stats.norm.pdf(z) - z * 0.05
    assert short == pytest.approx(0.0209, abs=0.0001)
    assert spread * short == pytest.approx(2.4, abs=0.05)
    assert 1 - spread * short / 700 == pytest.approx(0.997, abs=0.0005)
    assert np.array([[1, 0.5], [0.5, 1]]).sum() == 3


def test_a_judge_with_errors():
    chance = 0.9**2 + 0.1**2
    assert (chance, (0.85 - chance) / (1 - chance)) == pytest.approx((0.82, 0.17), abs=0.005)
    told = 0.6 * 0.8 + 0.4 * 0.2
    assert (told, (told - 0.2) / (0.8 - 0.2)) == pytest.approx((0.56, 0.6))
    assert ((58 + 46) / 2, 58 - 46) == (52, 12)


def test_where_answers_go_wrong():
    exists, retrieved, told = 0.9, 0.8, 0.95
    assert exists * retrieved * told == pytest.approx(0.68, abs=0.005)
    perfect = (exists * retrieved, retrieved * told, exists * told)
    assert perfect == pytest.approx((0.72, 0.76, 0.855))
    assert 20 * (1 - 0.8) == pytest.approx(4)


def test_how_sure_nine_of_ten_is():
    interval = stats.binomtest(180, 200).proportion_ci(method="wilson")
    assert (interval.low, interval.high) == pytest.approx((0.85, 0.93), abs=0.005)
    assert 0.9**5 == pytest.approx(0.59, abs=0.005)


# ---- members, refunds, clearance, scale and estimates ---------------------------------------


def test_what_a_membership_brings():
    assert (600 - 480 - 150 + 88, 58 + 480, 100 - 300 + 88) == (58, 538, -112)
    assert 600 - 150 + 88 == 538  # what is wrong: nothing is taken away for "without"
    assert 3 / (0.20 - 0.05) == pytest.approx(20)


def test_unlucky_customers_claim_often():
    assert (40 * 0.08, 40 * 0.02) == pytest.approx((3.2, 0.8))
    assert stats.binom.sf(3, 40, 0.08) == pytest.approx(0.4, abs=0.005)
    assert stats.binom.sf(3, 40, 0.02) == pytest.approx(0.008, abs=0.0005)
    limit = 240 / (240 + 60)
    assert (limit, limit * 60, (1 - limit) * 240) == pytest.approx((0.8, 48, 48))
    assert (15 / 60, 1 - 15 / 240) == pytest.approx((0.25, 0.94), abs=0.005)

    def cheapest(p):
        costs = {"pay": 60 * p, "ask": 15, "refuse": 240 * (1 - p)}
        return min(costs, key=costs.get)

    found = [cheapest(p) for p in (0.1, 0.24, 0.26, 0.8, 0.93, 0.95)]
    assert found == ["pay", "pay", "ask", "ask", "ask", "refuse"]


def test_what_a_wrong_refusal_costs():
    true, refused = np.random.default_rng(0).random((2, 100_000)) < np.array([[0.2], [0.5]])
    margin = 300 - 240.0 * (true & refused)
    assert margin[true & ~refused].mean() - margin[true & refused].mean() == 240
    over_all = margin[~refused].mean() - margin[refused].mean()
    assert over_all == pytest.approx(0.2 * 240, abs=2)


def test_a_clearance_price():
    elasticity = np.log(150 / 100) / np.log(80 / 100)
    error = np.sqrt(1 / 100 + 1 / 150) / abs(np.log(80 / 100))
    low, high = elasticity - 1.96 * error, elasticity + 1.96 * error
    assert (elasticity, low, high) == pytest.approx((-1.8, -3.0, -0.7), abs=0.05)
    price = 100 * 2.5 ** (-1 / 1.8)
    assert (price, 60 * (1 - 1 / 1.8)) == pytest.approx((60, 27), abs=0.5)
    assert 30 / (1 - 1 / 1.8) == pytest.approx(67.5)

    def income(prices, leftover=5, stock=1000.0):
        total = 0.0
        for each in prices:
            sold = min(stock, 100 * (each / 100) ** -1.8)
            total, stock = total + each * sold, stock - sold
        return total + leftover * stock

    grid = np.arange(30, 101, 0.5)
    assert grid[np.argmax([income([each] * 4) for each in grid])] == pytest.approx(60, abs=0.5)
    dear = [income([each] * 4, leftover=30) for each in grid]
    assert grid[np.argmax(dear)] == pytest.approx(67.5, abs=0.5)
    last = 100 * 7 ** (-1 / 1.8)
    assert last == pytest.approx(34, abs=0.5)
    assert income([100, 100, 100, last]) == pytest.approx(54_000, abs=500)
    assert income([price] * 4) == pytest.approx(60_000, abs=500)
    assert 150 * 7 / 5 == 210
    assert np.log(210 / 100) / np.log(80 / 100) == pytest.approx(-3.3, abs=0.05)
    assert 100 * 2.5 ** (-1 / 3.3) == pytest.approx(76, abs=0.5)


def test_a_promise_is_a_quantile():
    trips = np.array([22, 24, 25, 27, 28, 30, 32, 34, 39, 49])

    def cost(promise):
        late, early = np.maximum(trips - promise, 0), np.maximum(promise - trips, 0)
        return 4 * late.sum() + early.sum()

    assert (trips.mean(), (trips > 31).sum(), (trips > 34).sum()) == (31, 4, 2)
    assert (cost(31), cost(34), min(map(cost, range(20, 60)))) == (150, 130, 130)
    alike = {each: np.abs(trips - each).sum() for each in range(20, 60)}
    assert (alike[29], min(alike.values())) == (58, 58) and alike[31] == 60
    assert 0.1 * 0.5 + 0.9 * 0.83 == pytest.approx(0.8, abs=0.005)


def test_ten_times_the_compute():
    assert np.log2(10) == pytest.approx(3.32, abs=0.005)
    assert 0.95 ** np.log2(10) == pytest.approx(0.84, abs=0.005)


def test_the_best_by_a_reward_with_errors():
    value, error = np.random.default_rng(0).normal(size=(2, 40_000, 100))
    best = (value + error).argmax(axis=1)[:, None]
    true, wrong = (np.take_along_axis(each, best, axis=1).mean() for each in (value, error))
    assert true + wrong == pytest.approx(2.5 * np.sqrt(2), abs=0.05)
    assert (true + wrong, true, wrong) == pytest.approx((3.5, 1.8, 1.8), abs=0.05)


def test_pairs_that_are_the_same_product():
    assert 10**7 * (10**7 - 1) / 2 == pytest.approx(5e13, rel=1e-6)
    right, wrong = 2 * 0.9, 98 * 0.01
    assert (right, wrong, right / (right + wrong)) == pytest.approx((1.8, 0.98, 0.65), abs=0.005)
    assert (right + 98 - wrong) / 100 == pytest.approx(0.988, abs=0.0005)
    assert right / (right + 98 * 0.001) == pytest.approx(0.95, abs=0.005)


def test_orders_in_the_first_minute():
    orders = 500e6 * 2.5
    mean, peak = orders / 86_400, 0.03 * orders / 60
    assert (orders, mean) == pytest.approx((1.25e9, 14_500), rel=0.005)
    assert (0.03 * orders, peak, peak / mean) == pytest.approx((37.5e6, 625_000, 43), rel=0.01)
    assert 0.01 * orders / 60 == pytest.approx(210_000, rel=0.01)
    assert 0.05 * orders / 60 == pytest.approx(1.04e6, rel=0.005)
    assert 210_000 < 544_000 < 583_000 < 1.04e6
    assert 545e6 * 52 * 40 == pytest.approx(1.1e12, rel=0.05)
    assert (2.5e6 * 30, 75e6 * 365 * 40) == (75e6, pytest.approx(1.1e12, rel=0.05))
    guesses = np.random.default_rng(0).choice([-1, 1], size=(40_000, 6)).sum(axis=1)
    assert guesses.std() == pytest.approx(np.sqrt(6), abs=0.02)
    assert (2 ** np.sqrt(6), 2**6) == (pytest.approx(5.5, abs=0.05), 64)


def test_memory_and_cards():
    table = 10**9 * 128 * 4
    assert (table, table / 4, 10**9 * 32 * 4) == (512e9, 128e9, 128e9)
    assert 3 * table == pytest.approx(1.5e12, rel=0.03)
    requests = 100e6 * 20
    mean = requests / 86_400
    assert (requests, mean, 3 * mean) == pytest.approx((2e9, 23_000, 70_000), rel=0.01)
    scores = 70_000 * 500
    assert (scores, scores * 1e7, scores * 1e7 / 1e13) == (35e6, 3.5e14, 35)
    cost = 70 * 24 * 10
    assert (cost, cost / (requests / 1000)) == (16_800, pytest.approx(0.0084))
    assert 2 * 7e9 * 100 == 1.4e12 == 140_000 * 1e7
    assert 500 / 3 == pytest.approx(170, abs=5)


def test_an_agent_that_succeeds_each_time():
    assert 0.9**8 == pytest.approx(0.43, abs=0.005)
    assert 1 - (1 - 0.44) ** 8 == pytest.approx(0.99, abs=0.001)


def test_sales_that_come_back():
    def profit(gmv, returned):
        return gmv * (0.25 * (1 - returned) - 0.10 * returned)

    assert (100 * 0.8, 130 * 0.6, 0.25 * 80, 0.25 * 78) == pytest.approx((80, 78, 20, 19.5))
    assert (0.1 * 20, 0.1 * 52) == pytest.approx((2, 5.2))
    assert (profit(100, 0.2), profit(130, 0.4)) == pytest.approx((18, 14.3))
    assert profit(130, 0.4) / profit(100, 0.2) - 1 == pytest.approx(-0.21, abs=0.005)
    assert profit(130, 0.32) == pytest.approx(18, abs=0.1)
    assert 0.12 / (1 / 3) == pytest.approx(0.36)


def test_a_fifth_ad():
    assert (1.25 * 0.92, 1.25 * 0.92 * 0.95 * 0.88) == pytest.approx((1.15, 0.96), abs=0.005)


# ---- late sales, ghost ads, subsidies, shelves, insurance, ratings --------------------------


def test_yesterdays_clicks_have_not_sold_yet():
    clicks, sales, first_day = 1000, 50, 0.4
    seen = sales * first_day
    assert (seen, seen / clicks, 1 - seen / sales) == pytest.approx((20, 0.02, 0.6))
    assert 0.05 * np.array([0.6, 0.2]) / first_day == pytest.approx([0.075, 0.025])
    share = sales / (clicks + sales)
    assert (share, share / (1 - share)) == (pytest.approx(0.0476, abs=0.00005), 0.05)


def test_a_model_of_the_delay_finds_the_rate():
    rng = np.random.default_rng(0)
    age, sells, delay = (
        rng.uniform(0, 6, 40_000),
        rng.random(40_000) < 0.05,
        rng.exponential(2, 40_000),
    )
    seen = sells & (delay < age)
    assert seen.mean() < 0.04

    def loss(p):
        return -(np.log(p) * seen.sum() + np.log(1 - p * (1 - np.exp(-age[~seen] / 2))).sum())

    grid = np.arange(0.02, 0.08, 0.001)
    assert grid[np.argmin([loss(p) for p in grid])] == pytest.approx(0.05, abs=0.004)


def test_ghosts_and_intent_to_treat():
    n, shown = 100_000, 0.1
    treated, control = (shown * np.array([0.06, 0.05]) + 0.9 * 0.01).round(9)
    assert (treated, control, (treated - control) / shown) == pytest.approx((0.015, 0.014, 0.01))
    all_users = np.sqrt((treated * (1 - treated) + control * (1 - control)) / n) / shown
    ghosts = np.sqrt((0.06 * 0.94 + 0.05 * 0.95) / (n * shown))
    assert 1.96 * np.array([all_users, ghosts]) == pytest.approx([0.0105, 0.0063], abs=0.00005)
    assert (all_users / ghosts) ** 2 == pytest.approx(2.8, abs=0.05)
    assert 16 * (10 / 0.05) ** 2 == pytest.approx(640_000)


def test_what_a_subsidy_took_from_later():
    during, after = np.array([180, 160, 140]), np.array([70, 75, 80, 90, 95, 100])
    extra, fewer, cost = (during - 100).sum(), (100 - after).sum(), 500 * during.sum()
    assert (extra, fewer, during.sum(), cost) == (180, 90, 480, 240_000)
    assert (cost / extra, cost / (extra - fewer)) == pytest.approx((1333, 2667), abs=0.5)
    assert during.mean() == 160
    assert (90 / 60, np.sqrt(100)) == (1.5, 10)
    assert 1.96 * np.sqrt(100 * after.size) == pytest.approx(48, abs=0.5)


def test_what_is_lost_without_an_item():
    yoghurt, sauce, salad = 40 * 3 - 32 * 3, 15 * 3 + 5 * 12, 10 * 4 - 6 * 5
    assert (yoghurt, sauce, salad) == (24, 105, 10)
    assert salad < 60 < sauce
    assert 15 * 3 < 40 * 3  # By its own margin the sauce would go.
    assert 12 / 20 == 0.6


def test_insurance_of_the_return_freight():
    def margin(orders, returned, insured):
        back = orders * returned
        return 25 * (orders - back) - back * (10 + 10 * insured)

    assert margin(50, 0.2, False) == pytest.approx(900)
    assert margin(58, 0.3, True) == pytest.approx(667, abs=0.5)
    assert (58 * 0.7 * 25, 58 * 0.3) == pytest.approx((1015, 17.4))
    assert margin(50, 0.1, False) == pytest.approx(1075)
    assert margin(58, 0.13, True) == pytest.approx(1111, abs=0.5)
    assert (10 * 0.3, 10 * 0.2, 58 / 50 - 1) == pytest.approx((3, 2, 0.16))
    assert (0.36 / 3 + 0.12 * 2 / 3, 10 * 0.36) == pytest.approx((0.2, 3.6))


def test_three_reviews_or_four_hundred():
    def shrunk(m):
        return [(m * 4.5 + n * mean) / (m + n) for n, mean in [(3, 5.0), (400, 4.6)]]

    assert (20 * 4.5 + 3 * 5.0, 20 * 4.5 + 400 * 4.6) == pytest.approx((105, 1930))
    assert shrunk(20) == pytest.approx([4.57, 4.60], abs=0.006)
    assert shrunk(10) == pytest.approx([4.62, 4.60], abs=0.006)
    assert shrunk(20)[0] < shrunk(20)[1] and shrunk(10)[0] > shrunk(10)[1]
    assert 1.0 / 0.05 == 20
    praise, blame = 900 * 0.05, 100 * 0.2
    assert (praise, praise + blame, praise / (praise + blame)) == pytest.approx(
        (45, 65, 0.69), abs=0.005
    )
    assert 1 / np.sqrt(60) == pytest.approx(0.13, abs=0.001)
    assert (4.8 - 4.2) * np.sqrt(60) > 4


def test_seconds_share_and_time():
    assert (20 < 25, 20 / 20, 25 / 200) == (True, 1, 0.125)
    assert 30 * 20 == 10 * 60 == 600
    assert 1.03 / 0.95 - 1 == pytest.approx(0.084, abs=0.0005)


def test_what_food_orders_bring_besides():
    cost, gain = 3 * 4 - 1 * 1, 10.6 - 10.0
    assert (cost, gain / cost) == (11, pytest.approx(0.055, abs=0.001))
    assert 1.96 * 60 * np.sqrt(2 / 1e6) == pytest.approx(0.17, abs=0.005)
    assert 125 * 0.08 == 100 * 0.10


def test_interleaving_needs_few_users():
    error = np.sqrt(1000) / 2
    assert (error, 40 / error) == pytest.approx((15.8, 2.5), abs=0.05)
    assert 16 * 3**2 / 0.02**2 == pytest.approx(360_000)
    # Two places, the first clicked twice as often: who begins wins, unless a coin says who begins.
    assert 0.10 / 0.05 == pytest.approx(2)


def test_scores_of_attention():
    query, key = np.random.default_rng(0).normal(size=(2, 20_000, 64))
    assert (query * key).sum(axis=1).std() == pytest.approx(8, abs=0.1)
    for apart, weight, gradient in [(8, 0.9997, 0.0003), (1, 0.73, 0.20)]:
        w = 1 / (1 + np.exp(-apart))
        assert (w, w * (1 - w)) == (
            pytest.approx(weight, abs=0.002),
            pytest.approx(gradient, abs=0.004 if apart == 1 else 0.00005),
        )
    assert (50**2, 1000**2, 1000**2 / 50**2) == (2500, 1_000_000, 400)
    assert 1000 / 50 == 20  # What is done once a position, such as a projection.
    token = 2 * 32 * 4096 * 2
    assert (token, token * 8000) == (524_288, pytest.approx(4.2e9, rel=0.005))
    assert token * 8000 / 4 == pytest.approx(1.05e9, rel=0.005)


# ---- what is said of databases, tried in DuckDB ---------------------------------------------


def test_rows_to_columns_and_back():
    long = ("user_id INTEGER, month VARCHAR, amount INTEGER", (1, "jan", 10), (1, "jan", 20))
    long = (*long, (1, "feb", 30))
    means = "SELECT AVG(CASE WHEN month = 'jan' THEN amount {} END) AS mean FROM long"
    assert sql.ask(means.format(""), long=long) == [(15,)]
    assert sql.ask(means.format("ELSE 0"), long=long) == [(10,)]
    assert len(sql.ask("PIVOT long ON month USING SUM(amount)", long=long)) == 1
    assert len(sql.ask("PIVOT long ON month USING COUNT(*)", long=long)) == 3
    wide = ("user_id INTEGER, jan INTEGER, feb INTEGER", (1, 10, None))
    back = "SELECT * FROM wide UNPIVOT {} (amount FOR month IN (jan, feb))"
    assert sql.ask(back.format(""), wide=wide) == [(1, "jan", 10)]
    assert len(sql.ask(back.format("INCLUDE NULLS"), wide=wide)) == 2
    orders = ("order_id INTEGER, amount INTEGER, tags VARCHAR[]", (1, 30, ["a", "b", "c"]))
    orders = (*orders, (2, 5, []), (3, 5, None))
    tags = "SELECT order_id, amount, UNNEST(tags) AS tag FROM orders"
    assert sql.ask(f"SELECT SUM(amount) AS n FROM ({tags})", orders=orders) == [(90,)]
    assert {row[0] for row in sql.ask(tags, orders=orders)} == {1}
    by_tag = f"SELECT tag, SUM(amount) AS n FROM ({tags}) GROUP BY tag ORDER BY tag"
    assert sql.ask(by_tag, orders=orders) == [("a", 30), ("b", 30), ("c", 30)]
    split = "SELECT UNNEST(STRING_SPLIT(tags, ',')) AS tag FROM users"
    assert sql.ask(split, users=("tags VARCHAR", ("",), (None,))) == [("",)]
    kept = "SELECT order_id FROM orders LEFT JOIN LATERAL (SELECT UNNEST(tags)) ON TRUE"
    assert {row for (row,) in sql.ask(kept, orders=orders)} == {1, 2, 3}


def test_a_version_is_read_as_of_a_day():
    columns = "level VARCHAR, start_date DATE, end_date DATE"
    levels = (columns, ("A", "2026-06-01", "2026-06-03"), ("B", "2026-06-03", "9999-12-31"))
    day = "DATE '2026-06-03'"
    half_open = f"SELECT level FROM levels WHERE start_date <= {day} AND {day} < end_date"
    assert sql.ask(half_open, levels=levels) == [("B",)]
    closed = f"SELECT level FROM levels WHERE {day} BETWEEN start_date AND end_date"
    assert len(sql.ask(closed, levels=levels)) == 2
    changes = ("level VARCHAR, start_date DATE", ("A", "2026-06-01"), ("C", "2026-06-05"))
    rebuilt = (
        "SELECT level, LEAD(start_date, 1, DATE '9999-12-31') OVER (ORDER BY start_date) AS until"
        " FROM changes ORDER BY start_date"
    )
    assert sql.ask(rebuilt, changes=(*changes, ("B", "2026-06-03"))) == [
        ("A", "2026-06-03"),
        ("B", "2026-06-05"),
        ("C", "9999-12-31"),
    ]
    gap = (*changes, ("deleted", "2026-06-03"))
    closed = f"SELECT * FROM ({rebuilt}) WHERE level <> 'deleted' ORDER BY level"
    assert sql.ask(closed, changes=gap) == [("A", "2026-06-03"), ("C", "9999-12-31")]
    assert (10_000_000 + 364 * 100_000, 365 * 10_000_000) == (46_400_000, 3_650_000_000)
    assert ((1 / 10 + 50 / 100) / 2, 51 / 110) == pytest.approx((0.3, 0.46), abs=0.005)


def test_a_year_earlier():
    days = ("day DATE", ("2024-02-28",), ("2024-02-29",))
    earlier = "SELECT CAST(day - INTERVAL 1 YEAR AS DATE) AS day FROM days"
    assert sql.ask(earlier, days=days) == [("2023-02-28",)] * 2
    months = ("month DATE, n INTEGER", *((f"2024-{m:02}-01", m) for m in range(1, 13) if m != 5))
    months = (*months, ("2025-01-01", 101), ("2025-02-01", 102), ("2025-03-01", 103))
    lagged = "SELECT month, LAG(n, 12) OVER (ORDER BY month) AS n FROM months ORDER BY month"
    # May 2024 is missing: twelve rows before March 2025 stands February 2024.
    assert sql.ask(lagged, months=months)[-2:] == [("2025-02-01", 1), ("2025-03-01", 2)]
    nothing = "SELECT 5 / NULLIF(n, 0) - 1 AS growth FROM last"
    assert sql.ask(nothing, last=("n INTEGER", (0,))) == [(None,)]
    assert (29 / 28 - 1, 28 / 29 - 1) == pytest.approx((0.036, -0.034), abs=0.0005)
    assert (28 / 31 - 1, 0.88 * 31 / 28 - 1) == pytest.approx((-0.097, -0.026), abs=0.0005)
    assert 364 % 7 == 0


@pytest.mark.parametrize(
    ("window", "most"),
    [
        ("ORDER BY moment, step ROWS UNBOUNDED PRECEDING", 1),
        ("ORDER BY moment, step DESC ROWS UNBOUNDED PRECEDING", 2),
        ("ORDER BY moment, step DESC", 2),
        ("ORDER BY moment", 1),
        ("ORDER BY moment RANGE UNBOUNDED PRECEDING", 1),
    ],
)
def test_an_end_that_equals_a_start(window, most):
    query = f"""
        WITH events AS (
            SELECT login AS moment, 1 AS step FROM visits
            UNION ALL SELECT logout, -1 FROM visits
        )
        SELECT MAX(online) AS most FROM (SELECT SUM(step) OVER ({window}) AS online FROM events)
    """
    visits = ("login TIMESTAMP, logout TIMESTAMP", ("2026-06-01 09:00:00", "2026-06-01 10:00:00"))
    visits = (*visits, ("2026-06-01 10:00:00", "2026-06-01 11:00:00"))
    assert sql.ask(query, visits=visits) == [(most,)]


def test_a_wrong_query_agrees_on_clean_data():
    columns, rows = "user_id INTEGER", [(1,), (2,), (3,)]
    queries = [f"SELECT COUNT({each}) AS n FROM orders" for each in ("*", "DISTINCT user_id")]
    assert [sql.ask(each, orders=(columns, *rows)) for each in queries] == [[(3,)], [(3,)]]
    twice = (columns, *rows, (3,))
    assert [sql.ask(each, orders=twice) for each in queries] == [[(4,)], [(3,)]]


# ---- more numbers in spoken answers ---------------------------------------------------------


def test_a_threshold_coupon_by_hand():
    people, before, after = np.array([[4, 250, 250], [3, 180, 210], [3, 80, 80]]).T
    redeems = after >= 200
    cost, extra = 30 * people[redeems].sum(), people @ (after - before)
    assert (cost, 30 * people[before >= 200].sum(), extra) == (210, 120, 90)
    assert 0.2 * extra - cost == -192
    sales = people[redeems] @ after[redeems]
    assert (sales, sales / cost) == (1630, pytest.approx(7.8, abs=0.05))
    assert (0.2 * 30, 30 / 0.2, 0.2 * 200 - 30) == (6, 150, 10)
    assert np.ceil(192 / 10) == 20
    assert 30 * people[before >= 240].sum() == 120
    back = 60 - 60 / 210 * 30
    assert (back, 180 - back, 180 - 150) == pytest.approx((51.43, 128.57, 30), abs=0.005)


def test_a_controller_of_the_price():
    def errors(gain, late, response=2.0, rounds=80):
        """Log of spending over plan, when the price answers the error of ``late`` rounds ago."""
        error, price = [1.0], [0.0]
        for _ in range(rounds):
            seen = error[-1 - late] if len(error) > late else 0.0
            price.append(price[-1] + gain * seen)
            error.append(1 - response * price[-1])
        return np.abs(error)

    assert errors(0.25, 0)[:4].tolist() == [1, 0.5, 0.25, 0.125]
    for late, limit in [(0, 1.0), (1, 0.5)]:
        assert errors(0.9 * limit, late)[-4:].max() < 0.05
        assert errors(1.1 * limit, late)[-4:].max() > 5


def test_a_plan_of_what_is_left_makes_good_what_was_overspent():
    def spent(replanned, first_price=-0.5, gain=0.25, response=2.0, rounds=48):
        """The share of a day's budget that is spent when the price begins too low."""
        price, total = first_price, 0.0
        for i in range(rounds):
            planned = (1 - total) / (rounds - i) if replanned else 1 / rounds
            paid = np.exp(-response * price) / rounds
            total += paid
            price += gain * np.log(paid / planned)
        return total

    assert spent(replanned=False) > 1.05
    assert spent(replanned=True) == pytest.approx(1, abs=0.005)


def test_areas_of_two_uplift_curves():
    treated, control = np.array([[20, 10], [10, 10]]).T

    def areas(order):
        n = 100 * np.arange(3)
        t, c = (np.append(0, each[order].cumsum()) for each in (treated, control))
        rates = (t - c) / np.maximum(n, 1)
        uplift, qini = 2 * n * rates, t - c * n / np.maximum(n, 1)
        line = uplift[-1] / 2, qini[-1] / 2
        area = [np.trapezoid(each, [0, 0.5, 1]) for each in (uplift, qini)]
        return area[0], line[0], area[1] - line[1]

    assert areas([0, 1]) == pytest.approx((15, 10, 2.5))
    assert areas([1, 0]) == pytest.approx((5, 10, -2.5))


def test_two_prices_of_a_parameter():
    assert np.log(7) < 2 < np.log(8)
    assert np.log(365) == pytest.approx(5.9, abs=0.05)
    assert (-2 * 4 + 2 * 2, -2 * 4 + 2 * np.log(365)) == pytest.approx((-4, 3.8), abs=0.01)
    y = np.array([3.0, 5.0, 8.0, 4.0])
    logs = stats.norm.logpdf(np.log(y), 1.5, 0.4).sum()
    sales = stats.lognorm.logpdf(y, 0.4, scale=np.exp(1.5)).sum()
    assert -2 * sales == pytest.approx(-2 * logs + 2 * np.log(y).sum())


def test_the_spring_festival_moves():
    festival = [date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17)]
    apart = [(b - a).days for a, b in itertools.pairwise(festival)]
    assert apart == [354, 384]
    assert (festival[0] - (festival[1] - timedelta(365))).days == 11
    assert (festival[2] - (festival[1] + timedelta(365))).days == 19
