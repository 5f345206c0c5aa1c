"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import numpy as np
import pandas as pd

from solutions.user_value import reference

WINDOW = 30


# ---- break_profile --------------------------------------------------------------------------

# Each profile differs from the correct one by one decision, so that each is one mistake.


def _profile(defect, lines, ids, asof):
    inclusive = defect == "asof_day_included"
    past = [
        line
        for line in lines
        if (line[2] < asof or (inclusive and line[2] == asof))
        and (line[2] >= asof - WINDOW or defect == "no_window")
    ]
    last = max((line[2] for line in past), default=asof)
    today = last + 1 if defect == "recency_from_last_day" else asof
    rows = []
    for household in ids:
        mine = [line for line in past if line[0] == household]
        if not mine:
            if defect != "silent_households_dropped":
                rows.append((0, 0.0, WINDOW))
            continue
        baskets = [line[1] for line in mine]
        frequency = len(baskets) if defect == "lines_for_baskets" else len(set(baskets))
        column = 3 if defect == "quantity_for_money" else 4
        money = float(sum(line[column] for line in mine))
        rows.append((frequency, money, today - max(line[2] for line in mine)))
    return rows


def correct(lines, ids, asof):
    """The profile without a defect, by the same steps as the flawed ones."""
    return _profile(None, lines, ids, asof)


def lines_for_baskets(lines, ids, asof):
    """The lines of the receipts were counted, not the visits."""
    return _profile("lines_for_baskets", lines, ids, asof)


def recency_from_last_day(lines, ids, asof):
    """Days were counted from the last day in the data, which moves with the extract."""
    return _profile("recency_from_last_day", lines, ids, asof)


def silent_households_dropped(lines, ids, asof):
    """Whoever bought nothing has no row, and so can never be won back."""
    return _profile("silent_households_dropped", lines, ids, asof)


def quantity_for_money(lines, ids, asof):
    """Quantities were added up, and fuel is counted in thousandths of a gallon."""
    return _profile("quantity_for_money", lines, ids, asof)


def asof_day_included(lines, ids, asof):
    """The day itself was taken for the past, though it had not begun."""
    return _profile("asof_day_included", lines, ids, asof)


def no_window(lines, ids, asof):
    """Purchases of any age counted, so old customers look better the older they are."""
    return _profile("no_window", lines, ids, asof)


FLAWED = {
    function.__name__: function
    for function in (
        lines_for_baskets,
        recency_from_last_day,
        silent_households_dropped,
        quantity_for_money,
        asof_day_included,
        no_window,
    )
}

_LINE = (1, 10, 99, 3, 3.0)


def one_line_that_shows_nothing(defect):
    """One line, yesterday, costing as many dollars as there are pieces: flawed and correct agree.
    Ask of each defect what it would need to go wrong.
    """
    return [_LINE], [1], 100


def households_asked_twice(defect):
    """Each household is asked for once."""
    return [_LINE], [1, 1], 100


def line_without_all_columns(defect):
    """A line has five values: household, basket, day, quantity and sales."""
    return [(1, 10, 99)], [1], 100


def too_many_lines(defect):
    """At most 10 lines: an example that nobody can check by hand convinces nobody."""
    return [(1, basket, 90, 5, 2.0) for basket in range(25)], [1], 100


def lines_alone(defect):
    """Return all three arguments: the lines, the households and the day."""
    return [_LINE]


# ---- to_local_day ---------------------------------------------------------------------------


def utc_day(ts, tz="America/New_York"):
    """You took the day in UTC. At eight in the evening in New York it is tomorrow there: convert to
    the zone of the shop first.
    """
    return ts.dt.normalize()


def always_five_hours(ts, tz="America/New_York"):
    """Five hours is right in winter only: in summer New York is four hours behind. Let the time
    zone decide.
    """
    return (ts - pd.Timedelta(hours=5)).dt.normalize()


def always_four_hours(ts, tz="America/New_York"):
    """Four hours is right in summer only: in winter New York is five hours behind."""
    return (ts - pd.Timedelta(hours=4)).dt.normalize()


def zone_added_not_converted(ts, tz="America/New_York"):
    """The stamps were said to be local, and turned into UTC: the wrong way round."""
    local = ts.dt.tz_localize(tz, ambiguous="NaT", nonexistent="shift_forward")
    return local.dt.tz_convert("UTC").dt.tz_localize(None).dt.normalize()


def zone_ignored(ts, tz="America/New_York"):
    """``tz`` changes nothing: the shop may be somewhere else."""
    return reference.to_local_day(ts)


def index_lost(ts, tz="America/New_York"):
    """The index is gone, so the days can no longer be put beside the purchases."""
    return reference.to_local_day(ts, tz).reset_index(drop=True)


def hour_kept(ts, tz="America/New_York"):
    """That is the local time; the day is its midnight."""
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None)


# ---- household_profile ----------------------------------------------------------------------


def day_itself_counts(tx, ids, asof, window=56):
    """Purchases of the day ``asof`` were counted. When that day begins nobody knows them."""
    late = tx.assign(day=tx["day"].where(tx["day"] != asof, asof - pd.Timedelta(days=1)))
    return reference.household_profile(late, ids, asof, window)


def lines_counted(tx, ids, asof, window=56):
    """The lines of the receipts were counted: a visit is a basket."""
    each = tx.assign(basket_id=np.arange(len(tx)))
    return reference.household_profile(each, ids, asof, window)


def days_from_the_last_purchase(tx, ids, asof, window=56):
    """Recency was counted from the last day in the data: count from ``asof``."""
    profile = reference.household_profile(tx, ids, asof, window)
    known = tx.loc[tx["day"] < asof, "day"]
    gap = (asof - known.max()).days if len(known) else 0
    silent = profile["frequency"] == 0
    return profile.assign(recency=profile["recency"].where(silent, profile["recency"] - gap))


def silent_dropped(tx, ids, asof, window=56):
    """Households without a purchase are missing. They are the ones to win back: give them a row."""
    profile = reference.household_profile(tx, ids, asof, window)
    return profile[profile["frequency"] > 0]


def silent_left_missing(tx, ids, asof, window=56):
    """Households without a purchase have NaN. They bought nothing: 0, 0 and ``window``."""
    profile = reference.household_profile(tx, ids, asof, window)
    return profile.where(profile["frequency"] > 0)


def all_of_the_past(tx, ids, asof, window=56):
    """The window was forgotten: purchases of any age counted."""
    profile = reference.household_profile(tx, ids, asof, 10_000)
    return profile.replace({"recency": {10_000: window}})


def sorted_by_household(tx, ids, asof, window=56):
    """The rows are sorted; the contract keeps the order of ``ids``."""
    return reference.household_profile(tx, ids, asof, window).sort_index()


# ---- share_of_wallet ------------------------------------------------------------------------


def shares_of_quantity(tx, ids, level):
    """Shares of quantity: a tank of fuel is ten thousand units. Use the sales."""
    return reference.share_of_wallet(
        tx.assign(sales_value=tx["quantity"].astype(float)), ids, level
    )


def shares_of_lines(tx, ids, level):
    """Shares of lines: a pack of gum counts like a week's groceries. Use the sales."""
    return reference.share_of_wallet(tx.assign(sales_value=1.0), ids, level)


def unknown_dropped(tx, ids, level):
    """Lines without a value were dropped, so the others grow: call them ``"UNKNOWN"``."""
    return reference.share_of_wallet(tx.dropna(subset=[level]), ids, level)


def not_divided(tx, ids, level):
    """These are dollars: divide each row by its total."""
    spent = tx.assign(**{level: tx[level].fillna("UNKNOWN")}).pivot_table(
        index="household_id", columns=level, values="sales_value", aggfunc="sum", fill_value=0.0
    )
    return spent.reindex(ids, fill_value=0.0)


def shares_of_the_column(tx, ids, level):
    """Each column was divided by its total: that says who buys the category, not how a household
    divides its money.
    """
    spent = not_divided(tx, ids, level)
    total = spent.sum(axis=0)
    return spent.div(total.where(total > 0, 1.0), axis=1)


def nan_for_no_spending(tx, ids, level):
    """A household that spent nothing has 0 / 0 in its row: the contract says 0."""
    spent = not_divided(tx, ids, level)
    return spent.div(spent.sum(axis=1), axis=0)


def columns_of_the_asked_only(tx, ids, level):
    """Only what the households in ``ids`` bought has a column. Then the tables of two groups do not
    fit together: every value in ``tx`` has a column.
    """
    return reference.share_of_wallet(tx[tx["household_id"].isin(ids)], ids, level)


# ---- rfm_scores -----------------------------------------------------------------------------


def _by(scores, profile, q):
    return pd.DataFrame(
        {
            "R": scores(-profile["recency"], q),
            "F": scores(profile["frequency"], q),
            "M": scores(profile["monetary"], q),
        }
    )


def recency_not_reversed(profile, q=5):
    """Many days since the last purchase got a high score: for recency fewer is better."""
    return reference.rfm_scores(profile.assign(recency=-profile["recency"]), q)


def quantiles_crash_on_ties(profile, q=5):
    """``qcut`` needs different edges. Half of all households bought nothing, so several edges are
    0, and it raises.
    """
    return _by(lambda v, q: pd.qcut(v, q, labels=False).astype(int) + 1, profile, q)


def ties_split_by_position(profile, q=5):
    """``rank(method="first")`` gives equal values different scores, by where they stand in the
    table: equal customers get different offers.
    """

    def scores(values, q):
        return (1 + np.floor(q * (values.rank(method="first") - 1) / len(values))).astype(int)

    return _by(scores, profile, q)


def ties_counted_as_worse(profile, q=5):
    """Equal households were counted as worse. Then the large group that bought nothing gets a high
    score: only strictly worse ones count.
    """

    def scores(values, q):
        share = (values.rank(method="max") - 1) / len(values)
        return (1 + np.floor(q * share)).clip(upper=q).astype(int)

    return _by(scores, profile, q)


def equal_width_classes(profile, q=5):
    """The range was cut into equal parts, so one big spender has the top class to herself. The
    score counts households.
    """

    def scores(values, q):
        spread = (values.max() - values.min()) or 1
        return (1 + np.floor(q * (values - values.min()) / spread)).clip(upper=q).astype(int)

    return _by(scores, profile, q)


def scores_from_zero(profile, q=5):
    """Scores begin at 0; the contract's begin at 1."""
    return reference.rfm_scores(profile, q) - 1


def always_five_classes(profile, q=5):
    """``q`` changes nothing: there are always five classes."""
    return reference.rfm_scores(profile, 5)


PLANTED_RFM = {
    function.__name__: function
    for function in (
        recency_not_reversed,
        quantiles_crash_on_ties,
        ties_split_by_position,
        ties_counted_as_worse,
        equal_width_classes,
        scores_from_zero,
        always_five_classes,
    )
}


# ---- kill_rfm -------------------------------------------------------------------------------


def _small():
    return pd.DataFrame(
        {
            "recency": [5, 4, 3, 2, 1],
            "frequency": [1, 2, 3, 4, 5],
            "monetary": [1.0, 2.0, 3.0, 4.0, 5.0],
        }
    )


def accepts_all(fn):
    """Your test accepts every implementation: a test that cannot fail tests nothing."""
    return True


def rejects_all(fn):
    """Your test rejects right implementations too. Does it insist on a type of integer?"""
    return False


def tries_no_ties(fn):
    """Without ties, and with evenly spread values, most wrong scores are right too. Let several
    households have bought nothing.
    """
    return fn(_small(), 5)[["R", "F", "M"]].values.tolist() == [[i] * 3 for i in range(1, 6)]


def looks_only_at_the_range(fn):
    """Your test checks that scores lie between 1 and ``q``, as those of most wrong ones do."""
    scores = fn(_small(), 5)
    return bool(scores.min().min() >= 1 and scores.max().max() <= 5)


def looks_only_at_recency(fn):
    """Your test looks at the direction of recency alone. What of equal values, of ``q``?"""
    return bool(fn(_small(), 5)["R"].is_monotonic_increasing)


# ---- coverage_by_value ----------------------------------------------------------------------


def only_those_with_demographics(monetary, has_demo, q=5):
    """Households that are not in ``has_demo`` were left out, so the shares are too high: divide by
    all households of the class.
    """
    both = monetary.index.intersection(has_demo.index)
    classes = reference._scores(monetary[both], q)
    shares = has_demo[both].astype(float).groupby(classes.to_numpy()).mean()
    return shares.reindex(range(1, q + 1))


def share_of_those_known(monetary, has_demo, q=5):
    """That is how the households with demographics are spread over the classes. The question is
    which part of each class has them.
    """
    has = monetary.index.isin(has_demo[has_demo].index)
    classes = reference._scores(monetary, q)
    return classes[has].value_counts(normalize=True).reindex(range(1, q + 1), fill_value=0.0)


def best_class_first(monetary, has_demo, q=5):
    """The classes are upside down: class 1 spent least."""
    return reference.coverage_by_value(-monetary, has_demo, q)


def joined_by_position(monetary, has_demo, q=5):
    """The two series were joined row by row. They name households by their index: join by name."""
    values = np.zeros(len(monetary))
    n = min(len(values), len(has_demo))
    values[:n] = has_demo.to_numpy()[:n].astype(float)
    classes = reference._scores(monetary, q)
    return pd.Series(values).groupby(classes.to_numpy()).mean().reindex(range(1, q + 1))


def whoever_is_listed_has_it(monetary, has_demo, q=5):
    """A household that is listed with False was counted as having demographics."""
    return reference.coverage_by_value(monetary, pd.Series(True, index=has_demo.index), q)


# ---- leak_audit -----------------------------------------------------------------------------


def first_record_decides(feature_log, label_start):
    """You looked at the earliest record of each feature: one late record is a leak."""
    first = feature_log.groupby("feature")["source_time"].min()
    return sorted(first[first >= label_start].index)


def average_record_decides(feature_log, label_start):
    """You looked at the mean time of each feature: one late record is a leak."""
    mean = feature_log.groupby("feature")["source_time"].mean()
    return sorted(mean[mean >= label_start].index)


def start_itself_allowed(feature_log, label_start):
    """A record from the very start of the label period is from the label period: use ``>=``."""
    return reference.leak_audit(feature_log, label_start + pd.Timedelta(nanoseconds=1))


def features_repeated(feature_log, label_start):
    """A feature with several late records is listed several times: list it once."""
    late = feature_log["source_time"] >= label_start
    return sorted(feature_log.loc[late, "feature"])


def not_sorted(feature_log, label_start):
    """The features come in the order of the log; the contract asks for that of the alphabet."""
    late = feature_log["source_time"] >= label_start
    return feature_log.loc[late, "feature"].unique().tolist()


def clean_ones_listed(feature_log, label_start):
    """These are the features without a leak."""
    leaking = set(reference.leak_audit(feature_log, label_start))
    return sorted(set(feature_log["feature"]) - leaking)
