"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
from scipy import special
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, rand_score
from sklearn.preprocessing import MinMaxScaler

from solutions.segmentation_case import reference

# ---- break_segmentation ---------------------------------------------------------------------

# Each differs from the correct report by one decision, so that each is one mistake.


@functools.cache
def _partitions(n: int, k: int) -> np.ndarray:
    """All ways to put n customers into k groups, numbered as they come; n is at most 8."""
    ways = [[0]]
    for _ in range(n - 1):
        ways = [[*way, group] for way in ways for group in range(min(max(way) + 2, k))]
    return np.array([way for way in ways if max(way) == k - 1])


def _best_groups(X: np.ndarray, k: int) -> np.ndarray:
    """K-means without luck: of all partitions the one with the smallest sum of squares."""
    ways = _partitions(len(X), k)
    member = (ways[:, :, None] == np.arange(k)).astype(float)
    sums = np.einsum("pnk,nf->pkf", member, X)
    between = ((sums**2).sum(axis=2) / member.sum(axis=1)).sum(axis=1)
    return ways[int(np.argmax(between.round(9)))]


def _report(defect, customers, k):
    orders, before, assigned, opened, after = np.array(customers, dtype=float).T
    X = np.column_stack([orders, before])
    if defect not in ("unscaled", "no_logarithm"):
        X = np.log1p(X)
    if defect != "unscaled":
        spread = X.std(axis=0)
        X = (X - X.mean(axis=0)) / np.where(spread > 1e-12, spread, 1)
    groups = _best_groups(X, 4 if defect == "always_four" else k)
    if defect != "numbers_of_one_run":
        means = [before[groups == g].mean() for g in range(groups.max() + 1)]
        groups = np.argsort(np.argsort(means, kind="stable"))[groups]
    treated, others = assigned == 1, assigned == 0
    if defect == "as_treated":
        treated, others = opened == 1, opened == 0
    compared = before[treated] if defect == "before_and_after" else after[others]
    return groups.tolist(), float(after[treated].mean() - compared.mean())


def correct(customers, k):
    """The report without a defect, by the same steps as the flawed ones."""
    return _report(None, customers, k)


def unscaled(customers, k):
    """K-means ran on orders and dollars as they are, so dollars decided almost alone."""
    return _report("unscaled", customers, k)


def no_logarithm(customers, k):
    """Without a logarithm, one very large customer makes all the others look alike."""
    return _report("no_logarithm", customers, k)


def numbers_of_one_run(customers, k):
    """Segments kept the numbers of one run. In the next run, 0 may be another segment."""
    return _report("numbers_of_one_run", customers, k)


def always_four(customers, k):
    """The elbow said 4, whatever was asked."""
    return _report("always_four", customers, k)


def before_and_after(customers, k):
    """The effect was measured against the past of the same customers."""
    return _report("before_and_after", customers, k)


def as_treated(customers, k):
    """Those who opened the mail were compared with everybody else."""
    return _report("as_treated", customers, k)


FLAWED = {
    function.__name__: function
    for function in (
        unscaled,
        no_logarithm,
        numbers_of_one_run,
        always_four,
        before_and_after,
        as_treated,
    )
}

_CUSTOMERS = [(1, 10.0, 1, 1, 10.0), (1, 11.0, 0, 0, 10.0), (9, 90.0, 1, 1, 90.0)]


def nothing_to_see(defect):
    """On this input most of the defects change nothing: orders and money say the same, and nobody's
    spend depends on the mail.
    """
    return [*_CUSTOMERS, (9, 99.0, 0, 0, 90.0)], 2


def everybody_assigned(defect):
    """At least one customer must be assigned to the mail, one must not be, and one must have opened
    it: without a hold-out there is no effect to compute.
    """
    return [*_CUSTOMERS[:1], (2, 11.0, 1, 0, 3.0), (9, 90.0, 1, 1, 1.0), (9, 99.0, 1, 0, 5.0)], 2


def opened_without_assignment(defect):
    """A mail that was never sent cannot be opened."""
    return [*_CUSTOMERS, (9, 99.0, 0, 1, 5.0)], 2


def number_of_customers(defect):
    """Use 4 to 8 customers, so that a reader can check the example by hand."""
    return [(i, 3.0 * i, i % 2, i % 2, 7.0 * i) for i in range(30)], 2


def customers_alone(defect):
    """Return both arguments: the customers and ``k``."""
    return [*_CUSTOMERS, (9, 99.0, 0, 0, 5.0)]


# ---- assign_segments ------------------------------------------------------------------------


def _rules(profile, high=4, middle=3, low=2):
    R, F, M = (profile[score] for score in "RFM")
    return {
        "champions": (high <= R) & (high <= F) & (high <= M),
        "loyal": (high <= F) & (middle <= R),
        "at risk": (low >= R) & ((high <= F) | (high <= M)),
        "recent": high <= R,
        "lost": low >= R,
    }


def last_rule_wins(profile):
    """Later rules overwrote earlier ones, so a champion ended as recent. The first rule that holds
    decides.
    """
    segment = pd.Series("other", index=profile.index)
    for name, holds in _rules(profile).items():
        segment[holds] = name
    return segment


def at_risk_before_precedence(profile):
    """For ``at risk`` the condition on R holds for F only: ``&`` binds more tightly than ``|``. So
    a customer with a high M is at risk even if she bought last week. Put ``F or M`` in brackets.
    """
    R, F, M = (profile[score] for score in "RFM")
    rules = _rules(profile)
    rules["at risk"] = ((R <= 2) & (F >= 4)) | (M >= 4)
    return pd.Series(np.select(list(rules.values()), list(rules), "other"), index=profile.index)


def recent_before_loyal(profile):
    """The rules are in another order: ``recent`` was asked before ``loyal``. The first rule that
    holds decides, so their order is part of the contract.
    """
    rules = _rules(profile)
    names = ["champions", "recent", "loyal", "at risk", "lost"]
    return pd.Series(np.select([rules[n] for n in names], names, "other"), index=profile.index)


def lost_before_at_risk(profile):
    """``lost`` was asked before ``at risk``, so nobody is at risk: every such customer is lost
    first.
    """
    rules = _rules(profile)
    names = ["champions", "loyal", "lost", "at risk", "recent"]
    return pd.Series(np.select([rules[n] for n in names], names, "other"), index=profile.index)


def borders_left_out(profile):
    """The borders were left out: "4 or more" includes 4, "2 or less" includes 2."""
    # Scores are whole numbers, so more than 4 is 5 or more, and less than 2 is 1 or less.
    rules = _rules(profile, 5, 4, 1)
    return pd.Series(np.select(list(rules.values()), list(rules), "other"), index=profile.index)


def _chosen(profile, names=None, rest="other", **changed):
    rules = _rules(profile.assign(**{n: profile[n].astype(float) for n in "RFM"})) | changed
    names = list(rules) if names is None else names
    return pd.Series(np.select([rules[n] for n in names], names, rest), index=profile.index)


def _scores(profile):
    return (profile[score].astype(float) for score in "RFM")


def loyal_before_champions(profile):
    """``loyal`` was asked before ``champions``, so there is no champion left."""
    return _chosen(profile, ["loyal", "champions", "at risk", "recent", "lost"])


def at_risk_wants_both(profile):
    """For ``at risk`` both F and M had to be 4 or more. One of them is enough."""
    R, F, M = _scores(profile)
    return _chosen(profile, **{"at risk": (R <= 2) & (F >= 4) & (M >= 4)})


def loyal_whatever_recency(profile):
    """For ``loyal`` only F was asked. A frequent customer who has been away for long is at risk."""
    return _chosen(profile, loyal=profile["F"].astype(float) >= 4)


def low_border_left_out(profile):
    """A score of 2 does not count as low here. "2 or less" includes 2."""
    R, F, M = _scores(profile)
    return _chosen(profile, **{"at risk": (R < 2) & ((F >= 4) | (M >= 4)), "lost": R < 2})


def high_border_left_out(profile):
    """A score of 4 does not count as high here. "4 or more" includes 4."""
    R, F, M = _scores(profile)
    return _chosen(
        profile,
        champions=(R > 4) & (F > 4) & (M > 4),
        loyal=(F > 4) & (R >= 3),
        recent=R > 4,
        **{"at risk": (R <= 2) & ((F > 4) | (M > 4))},
    )


def missing_counts_as_low(profile):
    """A missing score was taken for a low one. It satisfies no condition, so "2 or less" does not
    hold for it either.
    """
    return reference.assign_segments(profile.assign(**{n: profile[n].fillna(0) for n in "RFM"}))


def missing_fits_no_rule(profile):
    """In your answer no rule holds for a customer with a missing score. The conditions on the other
    scores may still hold. A customer is ``other`` only if no rule holds.
    """
    segment = reference.assign_segments(profile).astype(object)
    return segment.where(profile[["R", "F", "M"]].notna().all(axis=1), None)


def missing_fits_no_rule__nan(profile):
    whole = profile.dropna(subset=["R", "F", "M"])
    return reference.assign_segments(whole).reindex(profile.index)


def missing_fits_no_rule__other(profile):
    segment = reference.assign_segments(profile)
    return segment.where(profile[["R", "F", "M"]].notna().all(axis=1), "other")


def missing_fits_no_rule__dropped(profile):
    return reference.assign_segments(profile.dropna(subset=["R", "F", "M"]))


def rest_is_lost(profile):
    """You gave ``lost`` to customers for whom no rule holds. They must be ``other``."""
    return _chosen(profile, rest="lost")


def rest_dropped(profile):
    """Customers for whom no rule holds are missing. They must be ``other``."""
    segment = reference.assign_segments(profile)
    return segment[segment != "other"]


def rest_left_missing(profile):
    """Customers for whom no rule holds have no segment in your answer. They must be ``other``."""
    segment = reference.assign_segments(profile).astype(object)
    return segment.where(segment != "other", None)


def old_index_lost(profile):
    """The segments lost the index of ``profile``, and with it whose they are."""
    return reference.assign_segments(profile).reset_index(drop=True)


def recency_read_as_days(profile):
    """R was read as days, fewer is better. It is a score: customers with a 5 bought most
    recently.
    """
    return reference.assign_segments(profile.assign(R=6 - profile["R"]))


def sum_of_scores(profile):
    """Champions were found by the sum of the scores. The rule asks for 4 in each of them: a
    customer who has been away for long is not a champion.
    """
    segment = reference.assign_segments(profile)
    return segment.mask(profile[["R", "F", "M"]].sum(axis=1) >= 12, "champions")


# ---- winback_itt ----------------------------------------------------------------------------


def before_after_of_the_assigned(df):
    """Customers were compared with their own past. Whoever is picked for a bad period gets better
    without any offer: regression to the mean. Compare with those who were not assigned.
    """
    assigned = df[df["assigned"].astype(bool)]
    return float((assigned["after"].fillna(0) - assigned["before"]).mean())


def opened_against_the_rest(df):
    """Those who opened were compared with all others. Customers who open mail from a shop buy more
    anyway. Chance decides who is assigned; the customer decides whether to open.
    """
    after, opened = df["after"].fillna(0), df["opened"].astype(bool)
    return float(after[opened].mean() - after[~opened].mean())


def opened_against_the_hold_out(df):
    """Of the assigned, only those who opened were kept. The others belong to the group that chance
    made. Without them the two groups differ before any offer.
    """
    after = df["after"].fillna(0)
    treated = df["assigned"].astype(bool) & df["opened"].astype(bool)
    return float(after[treated].mean() - after[~df["assigned"].astype(bool)].mean())


def silent_left_out(df):
    """Customers who bought nothing were left out of the means, so the effect is among buyers. Their
    spend is 0.
    """
    assigned = df["assigned"].astype(bool)
    return float(df["after"][assigned].mean() - df["after"][~assigned].mean())


def relative_to_the_hold_out(df):
    """That is the effect as a share of the hold-out's spend. The contract asks for USD."""
    after, assigned = df["after"].fillna(0), df["assigned"].astype(bool)
    return float(after[assigned].mean() / after[~assigned].mean() - 1)


def zero_for_an_empty_group(df):
    """With an empty group you returned a number. Without a group to compare with there is no
    effect: NaN.
    """
    value = reference.winback_itt(df)
    return 0.0 if np.isnan(value) else value


def totals_compared(df):
    """Totals were compared. The groups differ in size: compare means."""
    after, assigned = df["after"].fillna(0), df["assigned"].astype(bool)
    return float(after[assigned].sum() - after[~assigned].sum())


def difference_in_differences(df):
    """The difference before was subtracted. That is unbiased too, and often more precise, but it is
    another estimate. The contract asks for the means after.
    """
    assigned, before = df["assigned"].astype(bool), df["before"]
    return reference.winback_itt(df) - float(before[assigned].mean() - before[~assigned].mean())


def difference_in_differences__by_customer(df):
    change, assigned = df["after"].fillna(0) - df["before"], df["assigned"].astype(bool)
    return float(change[assigned].mean() - change[~assigned].mean())


def zero_for_an_empty_group__each(df):
    after, assigned = df["after"].astype(float).fillna(0), df["assigned"].astype(bool)
    means = [group.mean() if len(group) else 0.0 for group in (after[assigned], after[~assigned])]
    return float(means[0] - means[1])


def divided_by_the_openers(df):
    """The effect was divided by the share who opened. That is an effect on those who open; the
    contract asks for the effect of sending.
    """
    assigned = df["assigned"].astype(bool)
    share = df["opened"].astype(float)[assigned].mean()
    return reference.winback_itt(df) / share if share else float("nan")


def hold_out_less_assigned(df):
    """The sign is turned round: it must be the mean of the assigned less that of the others."""
    return -reference.winback_itt(df)


def silent_as_before(df):
    """A customer without an order was given what she spent before. She spent 0."""
    return reference.winback_itt(df.assign(after=df["after"].fillna(df["before"])))


def medians_compared(df):
    """Medians were compared. The contract asks for means: a few customers spend most."""
    after, assigned = df["after"].astype(float).fillna(0), df["assigned"].astype(bool)
    return float(after[assigned].median() - after[~assigned].median())


# ---- migration_matrix -----------------------------------------------------------------------


def gone_dropped(seg0, seg1, order):
    """Customers who are gone were dropped by the join, so nobody ever leaves."""
    both = seg0.index.intersection(seg1.index)
    return reference.migration_matrix(seg0[both], seg1[both], order)


def shares_of_the_target(seg0, seg1, order):
    """Your columns sum to 1: that is where customers come from. The question is where they go."""
    counts = _counts(seg0, seg1, order)
    return counts.div(counts.sum().clip(lower=1), axis=1)


def shares_of_everybody(seg0, seg1, order):
    """All your cells together sum to 1. Each row should."""
    counts = _counts(seg0, seg1, order)
    return counts / counts.to_numpy().sum()


def _counts(seg0, seg1, order):
    now = seg1.reindex(seg0.index).fillna("gone")
    counts = pd.crosstab(seg0.to_numpy(), now.to_numpy())
    return counts.reindex(index=list(order), columns=[*order, "gone"], fill_value=0)


def counts_not_shares(seg0, seg1, order):
    """These are customers. Divide each row by its sum."""
    return _counts(seg0, seg1, order).astype(float)


def matched_by_position(seg0, seg1, order):
    """The two series were matched row by row. They name customers by their index: match by name."""
    n = len(seg0)
    values = (seg1.tolist() + [None] * n)[:n]
    return reference.migration_matrix(seg0, pd.Series(values, index=seg0.index), order)


def nan_for_empty_segments(seg0, seg1, order):
    """A segment without customers has a row of 0, not of NaN."""
    counts = _counts(seg0, seg1, order)
    return counts.div(counts.sum(axis=1).replace(0, np.nan), axis=0)


def empty_segments_left_out(seg0, seg1, order):
    """Segments without customers are missing from the table. ``order`` says which to show."""
    shares = reference.migration_matrix(seg0, seg1, order)
    return shares.loc[shares.sum(axis=1) > 0]


def _shares(counts):
    return counts.div(counts.sum(axis=1).clip(lower=1), axis=0)


def those_who_stayed_below(seg0, seg1, order):
    """Each row was divided by those who are still there. The customers who are gone began in that
    segment too.
    """
    counts = _counts(seg0, seg1, order)
    return counts.div(counts[list(order)].sum(axis=1).clip(lower=1), axis=0)


def rows_and_columns_swapped(seg0, seg1, order):
    """Your rows are the segments of the second period. A row must be a segment of the first
    period.
    """
    return reference.migration_matrix(seg0, seg1, order).T


def new_counted_too(seg0, seg1, order):
    """New customers were counted. They were in no segment before, so they cannot move."""
    new = seg1[~seg1.index.isin(seg0.index)]
    return _shares(_counts(pd.concat([seg0, new]), seg1, order))


def gone_stay_where_they_were(seg0, seg1, order):
    """A customer who is missing in the second period was left in her old segment. She is gone."""
    return _shares(_counts(seg0, seg1.reindex(seg0.index).fillna(seg0), order))


def no_column_for_gone(seg0, seg1, order):
    """The column ``gone`` is missing, so the rows do not sum to 1."""
    return reference.migration_matrix(seg0, seg1, order)[list(order)]


def gone_comes_first(seg0, seg1, order):
    """Your columns come in another order. They must be those of ``order`` first, then ``gone``."""
    return reference.migration_matrix(seg0, seg1, order)[["gone", *order]]


def in_order_of_the_alphabet(seg0, seg1, order):
    """Rows or columns come in the order of the alphabet, as in a table of counts, and perhaps only
    those that occur. ``order`` says which to show, and where.
    """
    now = seg1.reindex(seg0.index).fillna("gone")
    return pd.crosstab(seg0.to_numpy(), now.to_numpy(), normalize="index")


def in_order_of_the_alphabet__all(seg0, seg1, order):
    shares = reference.migration_matrix(seg0, seg1, order)
    return shares.sort_index().sort_index(axis=1)


def shares_rounded(seg0, seg1, order):
    """The shares were rounded to two decimals, so that a row need not sum to 1."""
    return reference.migration_matrix(seg0, seg1, order).round(2)


def shares_rounded__three(seg0, seg1, order):
    return reference.migration_matrix(seg0, seg1, order).round(3)


# ---- retention_curve ------------------------------------------------------------------------


def _ages(activity, end):
    known = activity[activity["period"] <= end].drop_duplicates()
    first = known.groupby("customer_id")["period"].transform("min")
    return known.assign(first=first, age=known["period"] - first)


def censoring_ignored(activity, horizon, end):
    """You counted customers whose horizon was not over yet as lost. Only those who were observed
    for all of it can say who stays.
    """
    ages = _ages(activity, end)
    n = max(ages["customer_id"].nunique(), 1)
    return np.array([(ages["age"] == h).sum() / n for h in range(horizon + 1)])


def orders_counted(activity, horizon, end):
    """Orders were counted. A customer who orders three times in a period is one customer."""
    known = activity[activity["period"] <= end]
    first = known.groupby("customer_id")["period"].transform("min")
    followed = known[first + horizon <= end]
    age = (followed["period"] - first).dropna()
    n = max(followed["customer_id"].nunique(), 1)
    return np.array([(age == h).sum() / n for h in range(horizon + 1)])


def chained_on_the_last_period(activity, horizon, end):
    """Each period was compared with the one before. Every element must be a share of all
    who began.
    """
    curve = reference.retention_curve(activity, horizon, end)
    before = np.concatenate([curve[:1], curve[:-1]])
    return np.divide(curve, before, out=np.zeros_like(curve), where=before > 0)


def other_customers_for_each_age(activity, horizon, end):
    """Each element of your curve has its own customers, so the curve may rise because the early
    ones were better. The contract asks for the same customers behind every element.
    """
    ages = _ages(activity, end)
    shares = []
    for h in range(horizon + 1):
        followed = ages[ages["first"] + h <= end]
        n = followed["customer_id"].nunique()
        shares.append((followed["age"] == h).sum() / n if n else np.nan)
    return np.array(shares)


def active_then_or_later(activity, horizon, end):
    """A customer who comes back later was counted as active in between. Active means an order in
    that very period.
    """
    ages = _ages(activity, end)
    ages = ages[ages["first"] + horizon <= end]
    last = ages.groupby("customer_id")["age"].max()
    n = max(len(last), 1)
    return np.array([(last >= h).sum() / n for h in range(horizon + 1)])


def periods_after_the_end_counted(activity, horizon, end):
    """Periods after ``end`` are not complete, and were counted all the same."""
    ages = _ages(activity, activity["period"].max())
    ages = ages[(ages["first"] <= end) & (ages["first"] + horizon <= activity["period"].max())]
    n = max(ages["customer_id"].nunique(), 1)
    return np.array([(ages["age"] == h).sum() / n for h in range(horizon + 1)])


def calendar_for_age(activity, horizon, end):
    """Periods were counted by the calendar, not by age. Each customer's clock starts with her own
    first order.
    """
    known = activity[activity["period"] <= end].drop_duplicates()
    age = known["period"] - known["period"].min()
    n = max((age == 0).sum(), 1)
    return np.array([(age == h).sum() / n for h in range(horizon + 1)])


def follow_up_one_too_long(activity, horizon, end):
    """Customers whose horizon is over exactly at ``end`` were left out. ``end`` was observed."""
    ages = _ages(activity, end)
    ages = ages[ages["first"] + horizon < end]
    n = ages["customer_id"].nunique()
    if n == 0:
        return np.full(horizon + 1, np.nan)
    return np.array([(ages["age"] == h).sum() / n for h in range(horizon + 1)])


def _curve(ages, horizon, n):
    if not n:
        return np.full(horizon + 1, np.nan)
    return np.array([(ages["age"] == h).sum() / n for h in range(horizon + 1)])


def _followed(activity, horizon, end):
    ages = _ages(activity, end)
    return ages[ages["first"] + horizon <= end]


def censoring_ignored__nan(activity, horizon, end):
    ages = _ages(activity, end)
    return _curve(ages, horizon, ages["customer_id"].nunique())


def orders_counted__nan(activity, horizon, end):
    known = activity[activity["period"] <= end]
    first = known.groupby("customer_id")["period"].transform("min")
    known = known.assign(age=known["period"] - first)[first + horizon <= end]
    return _curve(known, horizon, known["customer_id"].nunique())


def active_then_or_later__nan(activity, horizon, end):
    last = _followed(activity, horizon, end).groupby("customer_id")["age"].max()
    if not len(last):
        return np.full(horizon + 1, np.nan)
    return np.array([(last >= h).mean() for h in range(horizon + 1)])


def calendar_for_age__followed(activity, horizon, end):
    ages = _followed(activity, horizon, end)
    return _curve(ages.assign(age=ages["period"]), horizon, ages["customer_id"].nunique())


def calendar_for_age__from_the_first(activity, horizon, end):
    ages = _followed(activity, horizon, end)
    age = ages["period"] - ages["period"].min()
    return _curve(ages.assign(age=age), horizon, ages["customer_id"].nunique())


def periods_after_the_end_counted__whole_table(activity, horizon, end):
    return reference.retention_curve(activity, horizon, activity["period"].max())


def chained_on_the_last_period__nan(activity, horizon, end):
    curve = reference.retention_curve(activity, horizon, end)
    with np.errstate(all="ignore"):
        return np.concatenate([curve[:1], curve[1:] / curve[:-1]])


def all_in_the_denominator(activity, horizon, end):
    """Your denominator holds customers who were not followed for the whole horizon. Above and below
    the line, the same customers count.
    """
    everybody = _ages(activity, end)["customer_id"].nunique()
    return _curve(_followed(activity, horizon, end), horizon, everybody)


def all_in_the_denominator__whole_table(activity, horizon, end):
    n = activity["customer_id"].nunique()
    return _curve(_followed(activity, horizon, end), horizon, n)


def lost_for_good(activity, horizon, end):
    """A customer who skipped a period was never counted again. Customers come back: each period is
    looked at by itself.
    """
    ages = _followed(activity, horizon, end).groupby("customer_id")["age"].apply(set)
    if not len(ages):
        return np.full(horizon + 1, np.nan)
    return np.array(
        [np.mean([own >= set(range(h + 1)) for own in ages]) for h in range(horizon + 1)]
    )


def first_row_for_first_period(activity, horizon, end):
    """A customer's clock was started with her first row. Rows come in any order: her first period
    is the smallest.
    """
    known = activity[activity["period"] <= end][["customer_id", "period"]].drop_duplicates()
    first = known.groupby("customer_id")["period"].transform("first")
    known = known.assign(age=known["period"] - first)[first + horizon <= end]
    return _curve(known, horizon, known["customer_id"].nunique())


def cohorts_averaged(activity, horizon, end):
    """The curves of the cohorts were averaged. They differ in size: count customers."""
    ages = _followed(activity, horizon, end)
    curves = [
        _curve(own, horizon, own["customer_id"].nunique()) for _, own in ages.groupby("first")
    ]
    return np.mean(curves, axis=0) if curves else np.full(horizon + 1, np.nan)


def leavers_left_out(activity, horizon, end):
    """You counted a customer as observed only if she has an order at the end of the horizon or
    later. A customer who left was observed too: she did not buy.
    """
    ages = _ages(activity, end)
    ages = ages[ages.groupby("customer_id")["age"].transform("max") >= horizon]
    return _curve(ages, horizon, ages["customer_id"].nunique())


def number_for_nobody(activity, horizon, end):
    """When nobody was observed for so long, your curve holds numbers. Nothing is known: it must be
    NaN.
    """
    return np.nan_to_num(reference.retention_curve(activity, horizon, end))


def horizon_one_short(activity, horizon, end):
    """The last element is missing: the curve goes from 0 to ``horizon``."""
    return reference.retention_curve(activity, horizon, end)[:-1]


PLANTED_RETENTION = {
    function.__name__: function
    for function in (
        censoring_ignored,
        orders_counted,
        chained_on_the_last_period,
        other_customers_for_each_age,
        active_then_or_later,
        periods_after_the_end_counted,
        calendar_for_age,
        follow_up_one_too_long,
    )
}


# ---- kill_retention -------------------------------------------------------------------------


def accepts_any_curve(fn):
    """Your test accepts every implementation. Add customers on whom a wrong curve differs."""
    return True


def rejects_any_curve(fn):
    """Your test rejects everything, right answers included."""
    return False


def _agrees(fn, customers, periods, horizon, end):
    activity = pd.DataFrame({"customer_id": customers, "period": periods})
    expected = reference.retention_curve(activity, horizon, end)
    return bool(np.allclose(np.asarray(fn(activity, horizon, end), dtype=float), expected))


def everybody_followed(fn):
    """Your test misses mistakes about customers who begin late, because all of its customers are
    followed to the end. Let one begin late.
    """
    return _agrees(fn, [1, 1, 1, 2, 3, 3], [0, 0, 2, 0, 0, 1], 2, 2)


def nothing_after_the_end(fn):
    """Your test misses what goes wrong with orders after ``end``, and with a second order in the
    same period. Put both into your table.
    """
    return _agrees(fn, [1, 1, 2, 3, 3, 4], [3, 5, 4, 3, 4, 5], 1, 5)


def nothing_but_the_first_period(fn):
    """Your test accepts nearly every wrong curve. With a horizon of 0 most of them are right: look
    further ahead.
    """
    return _agrees(fn, [1, 1, 2, 2, 2], [0, 2, 1, 1, 2], 0, 2)


def wants_a_falling_curve(fn):
    """Your test rejects right curves that rise. Customers come back, so a right curve may rise."""
    activity = pd.DataFrame({"customer_id": [1, 1, 2, 2], "period": [0, 2, 0, 2]})
    return bool((np.diff(np.asarray(fn(activity, 2, 2), dtype=float)) <= 0).all())


# ---- kmeans_segments ------------------------------------------------------------------------


_COLUMNS = ("recency", "frequency", "monetary")


def _kmeans(df, k, seed, columns=_COLUMNS, log=True, scale=True, starts=10):
    X = df[list(columns)].to_numpy(dtype=float)
    X = np.log1p(X) if log else X
    if scale:
        spread = X.std(axis=0)
        X = (X - X.mean(axis=0)) / np.where(spread > 1e-12, spread, 1)
    return KMeans(n_clusters=k, n_init=starts, random_state=seed).fit_predict(X)


def _numbered(df, runs, by):
    return pd.Series(by.rank(method="first").astype(int)[runs].to_numpy() - 1, index=df.index)


def raw_columns(df, k, seed=0):
    """K-means ran on days, orders and dollars as they are. The column with the largest numbers
    decides: take logarithms, then standardise.
    """
    runs = _kmeans(df, k, seed, log=False, scale=False)
    return _numbered(df, runs, df["monetary"].groupby(runs).mean())


def without_logarithm(df, k, seed=0):
    """The columns were standardised without a logarithm, so a few giants fill segments of their
    own.
    """
    runs = _kmeans(df, k, seed, log=False)
    return _numbered(df, runs, df["monetary"].groupby(runs).mean())


def not_standardised(df, k, seed=0):
    """Logarithms were taken, but the columns not standardised: the one that varies most decides."""
    runs = _kmeans(df, k, seed, scale=False)
    return _numbered(df, runs, df["monetary"].groupby(runs).mean())


def one_start(df, k, seed=0):
    """K-means ran from one start only, and may stop in a poor grouping. Let it start several times
    and keep the best.
    """
    runs = _kmeans(df, k, seed, starts=1)
    return _numbered(df, runs, df["monetary"].groupby(runs).mean())


def every_column_used(df, k, seed=0):
    """All columns went into the distance, the number of the customer too. Only recency, frequency
    and monetary value are read.
    """
    runs = _kmeans(df, k, seed, columns=df.columns)
    return _numbered(df, runs, df["monetary"].groupby(runs).mean())


def labels_as_they_come(df, k, seed=0):
    """Your numbers are those that this run happened to give. Number segments by their mean spend,
    so that they mean the same tomorrow.
    """
    return pd.Series(_kmeans(df, k, seed), index=df.index)


def best_is_zero(df, k, seed=0):
    """The numbers are upside down: 0 is the segment that spends least."""
    return k - 1 - reference.kmeans_segments(df, k, seed)


def ordered_by_total_spend(df, k, seed=0):
    """Segments were numbered by their total spend, so a large one counts as a good one. Use the
    mean.
    """
    runs = _kmeans(df, k, seed)
    return _numbered(df, runs, df["monetary"].groupby(runs).sum())


def ordered_by_centre(df, k, seed=0):
    """Segments were numbered by the logarithm of spend, or by a typical spend. The mean in USD can
    give another order where a few customers spend most.
    """
    runs = _kmeans(df, k, seed)
    return _numbered(df, runs, np.log1p(df["monetary"]).groupby(runs).mean())


def ordered_by_centre__median(df, k, seed=0):
    runs = _kmeans(df, k, seed)
    return _numbered(df, runs, df["monetary"].groupby(runs).median())


def places_for_ranks(df, k, seed=0):
    """``argsort`` was used as if it gave ranks. It says which segment is in each place; what is
    needed is the place of each segment.
    """
    runs = _kmeans(df, k, seed)
    means = df["monetary"].groupby(runs).mean().to_numpy()
    return pd.Series(np.argsort(means)[runs], index=df.index)


def scaled_before_the_logarithm(df, k, seed=0):
    """The columns were scaled first and the logarithm taken then. On small numbers it is nearly a
    straight line, so the giants stay giants.
    """
    X = np.log1p(MinMaxScaler().fit_transform(df[list(_COLUMNS)].to_numpy(dtype=float)))
    spread = X.std(axis=0)
    X = (X - X.mean(axis=0)) / np.where(spread > 1e-12, spread, 1)
    runs = KMeans(n_clusters=k, n_init=10, random_state=seed).fit_predict(X)
    return _numbered(df, runs, df["monetary"].groupby(runs).mean())


def one_start__random(df, k, seed=0):
    X = np.log1p(df[list(_COLUMNS)].to_numpy(dtype=float))
    spread = X.std(axis=0)
    X = (X - X.mean(axis=0)) / np.where(spread > 1e-12, spread, 1)
    runs = KMeans(n_clusters=k, init="random", n_init=1, random_state=seed).fit_predict(X)
    return _numbered(df, runs, df["monetary"].groupby(runs).mean())


def ordered_by_frequency(df, k, seed=0):
    """Segments were numbered by how often they buy. The contract says by mean spend."""
    runs = _kmeans(df, k, seed)
    return _numbered(df, runs, df["frequency"].groupby(runs).mean())


# ---- bootstrap_stability --------------------------------------------------------------------


def nothing_resampled(X, fit_predict, n, seed):
    """The same rows were clustered again and again. That shows whether the algorithm is random, not
    whether the segments would survive other customers: draw rows with replacement.
    """
    whole = fit_predict(X)
    return float(np.mean([adjusted_rand_score(whole, fit_predict(X)) for _ in range(n)]))


def _draws(X, n, seed):
    rng = np.random.default_rng(seed)
    return [rng.integers(0, len(X), len(X)) for _ in range(n)]


def resample_clustered_twice(X, fit_predict, n, seed):
    """Both sets of labels are those of the resample, and all of ``X`` was never clustered. Compare
    with the labels that the drawn rows have in the segments of all customers.
    """
    draws = _draws(X, n, seed)
    return float(
        np.mean([adjusted_rand_score(fit_predict(X[d]), fit_predict(X[d])) for d in draws])
    )


def labels_compared_by_name(X, fit_predict, n, seed):
    """Labels were compared by name. Cluster 0 of one run may be cluster 1 of the next: the adjusted
    Rand index compares who is with whom.
    """
    whole = np.asarray(fit_predict(X))
    return float(np.mean([(whole[d] == fit_predict(X[d])).mean() for d in _draws(X, n, seed)]))


def rows_misaligned(X, fit_predict, n, seed):
    """The labels of the resample were compared with those of other rows. Row ``i`` of the resample
    is row ``draw[i]`` of ``X``.
    """
    whole = fit_predict(X)
    return float(
        np.mean([adjusted_rand_score(whole, fit_predict(X[d])) for d in _draws(X, n, seed)])
    )


def index_not_adjusted(X, fit_predict, n, seed):
    """The plain Rand index is large for unrelated segments too. Adjust it for chance."""
    whole = np.asarray(fit_predict(X))
    return float(np.mean([rand_score(whole[d], fit_predict(X[d])) for d in _draws(X, n, seed)]))


def half_of_the_rows(X, fit_predict, n, seed):
    """Too few rows were drawn. A bootstrap draws as many rows as there are, with replacement."""
    whole, rng = np.asarray(fit_predict(X)), np.random.default_rng(seed)
    draws = (rng.permutation(len(X))[: len(X) // 2] for _ in range(n))
    return float(np.mean([adjusted_rand_score(whole[d], fit_predict(X[d])) for d in draws]))


def one_resample(X, fit_predict, n, seed):
    """Your value is that of one single resample, whatever ``n``: it is a matter of luck."""
    return reference.bootstrap_stability(X, fit_predict, 1, seed)


def seed_ignored(X, fit_predict, n, seed):
    """Another seed gives the same value. Use ``seed`` for the draws."""
    return reference.bootstrap_stability(X, fit_predict, n, 12345)


def unseeded(X, fit_predict, n, seed):
    """The same seed gives another value each time. Make a generator from ``seed``."""
    return reference.bootstrap_stability(X, fit_predict, n, _fresh())


def _fresh():
    _CALLS.append(0)
    return 100_000 + len(_CALLS)


_CALLS: list[int] = []


def distinct_rows(X, fit_predict, n, seed):
    """Each resample holds a row at most once. A bootstrap draws with replacement, so that some rows
    come twice and others not at all.
    """
    whole, rng = np.asarray(fit_predict(X)), np.random.default_rng(seed)
    draws = (np.unique(rng.integers(0, len(X), len(X))) for _ in range(n))
    return float(np.mean([adjusted_rand_score(whole[d], fit_predict(X[d])) for d in draws]))


def no_mean_of_resamples(X, fit_predict, n, seed):
    """The value is not the mean over the resamples. The median, or a single resample, hides those
    in which the segments fall apart.
    """
    whole = np.asarray(fit_predict(X))
    values = [adjusted_rand_score(whole[d], fit_predict(X[d])) for d in _draws(X, n, seed)]
    return float(np.median(values))


def _values(X, fit_predict, n, seed, index=adjusted_rand_score):
    whole = np.asarray(fit_predict(X))
    return [index(whole[d], fit_predict(X[d])) for d in _draws(X, n, seed)]


def no_mean_of_resamples__last_alone(X, fit_predict, n, seed):
    return float(_values(X, fit_predict, n, seed)[-1])


def worst_resample(X, fit_predict, n, seed):
    """Your value is that of the worst resample. Take the mean over all of them."""
    return float(min(_values(X, fit_predict, n, seed)))


def mutual_information(X, fit_predict, n, seed):
    """The value is another index than the adjusted Rand index: it measures shared information."""
    return float(np.mean(_values(X, fit_predict, n, seed, normalized_mutual_info_score)))


def two_different_draws(X, fit_predict, n, seed):
    """One set of rows was drawn for the old labels and another for the new ones. Compare the labels
    of the same rows.
    """
    whole, rng, m = np.asarray(fit_predict(X)), np.random.default_rng(seed), len(X)
    values = [
        adjusted_rand_score(whole[rng.integers(0, m, m)], fit_predict(X[rng.integers(0, m, m)]))
        for _ in range(n)
    ]
    return float(np.mean(values))


# ---- bgnbd_neg_log_likelihood ---------------------------------------------------------------


def _floats(*arrays):
    return [np.asarray(values, dtype=float) for values in arrays]


def first_purchase_counted(params, x, t_x, T):
    """The first purchase was counted. ``x`` counts repeat purchases: whoever is in the data has
    bought once.
    """
    return reference.bgnbd_neg_log_likelihood(params, np.asarray(x) + 1, t_x, T)


def left_after_the_first(params, x, t_x, T):
    """Customers without a repeat purchase got the second term too. In this model nobody leaves
    before her first repeat purchase.
    """
    x, t_x, T = _floats(x, t_x, T)
    r, alpha, a, b = params
    buying = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    staying = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    with np.errstate(all="ignore"):
        leaving = special.betaln(a + 1, b + x - 1) - (r + x) * np.log(alpha + t_x)
    return -float((buying + np.logaddexp(staying, leaving) - special.betaln(a, b)).sum())


def nobody_leaves(params, x, t_x, T):
    """The second term is missing: a customer who has left is silent for another reason than one who
    happens to wait.
    """
    x, t_x, T = _floats(x, t_x, T)
    return -float((_alive(params, x, T)).sum())


def _alive(params, x, T):
    r, alpha, a, b = params
    buying = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    staying = special.betaln(a, b + x) - special.betaln(a, b)
    return buying + staying - (r + x) * np.log(alpha + T)


def mean_over_customers(params, x, t_x, T):
    """That is the mean over customers. The contract asks for the sum."""
    return reference.bgnbd_neg_log_likelihood(params, x, t_x, T) / max(len(x), 1)


def sign_forgotten(params, x, t_x, T):
    """That is the log-likelihood. The contract asks for its negative, which is minimised."""
    return -reference.bgnbd_neg_log_likelihood(params, x, t_x, T)


def end_for_last_purchase(params, x, t_x, T):
    """Your second term uses ``T``. A customer who has left did so after her last purchase, at
    ``t_x``.
    """
    return reference.bgnbd_neg_log_likelihood(params, x, T, T)


def gamma_overflows(params, x, t_x, T):
    """Gamma functions of a hundred purchases are larger than any float: work with logarithms."""
    x, t_x, T = _floats(x, t_x, T)
    r, alpha, a, b = params
    with np.errstate(all="ignore"):
        buying = special.gamma(r + x) * alpha**r / special.gamma(r)
        staying = special.beta(a, b + x) / special.beta(a, b) / (alpha + T) ** (r + x)
        leaving = special.beta(a + 1, b + np.maximum(x, 1) - 1) / special.beta(a, b)
        gone = np.where(x > 0, leaving / (alpha + t_x) ** (r + x), 0)
        return -float(np.log(buying * (staying + gone)).sum())


def _two_terms(params, x, t_x, T, combine=np.logaddexp):
    """Minus the log-likelihoods; ``combine`` puts the logarithms of the two terms together."""
    r, alpha, a, b = params
    x, t_x, T = _floats(x, t_x, T)
    common = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    common -= special.betaln(a, b)
    one = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    two = special.betaln(a + 1, b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    with np.errstate(all="ignore"):
        return -(common + combine(one, np.where(x > 0, two, -np.inf)))


def terms_underflow(params, x, t_x, T):
    """The two terms were added as plain numbers. For many purchases both are too small for a float,
    and the logarithm of their sum is infinite.
    """
    return float(_two_terms(params, x, t_x, T, lambda u, v: np.log(np.exp(u) + np.exp(v))).sum())


def one_repeat_cannot_leave(params, x, t_x, T):
    """In your sum a customer with one repeat purchase has no second term. Each customer with ``x``
    above 0 must have one.
    """
    values = np.where(
        np.asarray(x) > 1,
        _two_terms(params, x, t_x, T),
        _two_terms(params, x, t_x, T, lambda u, v: u),
    )
    return float(values.sum())


def times_exchanged(params, x, t_x, T):
    """``t_x`` and ``T`` are exchanged. The first term has the end of observation, the second the
    last purchase.
    """
    return float(_two_terms(params, x, T, t_x).sum())


def second_beta_missing(params, x, t_x, T):
    """The second term was not divided by B(a, b)."""
    beta = special.betaln(*params[2:])
    return float(_two_terms(params, x, t_x, T, lambda u, v: np.logaddexp(u, v + beta)).sum())


def alpha_power_missing(params, x, t_x, T):
    """The power of ``alpha`` in the numerator is missing."""
    return float((_two_terms(params, x, t_x, T) + params[0] * np.log(params[1])).sum())


def terms_multiplied(params, x, t_x, T):
    """The logarithms of the two terms were added. That multiplies the terms: add them."""
    values = _two_terms(params, x, t_x, T, lambda u, v: u + np.where(np.isfinite(v), v, 0))
    return float(values.sum())


def larger_term_alone(params, x, t_x, T):
    """Only the larger of the two terms was kept. Both count."""
    return float(_two_terms(params, x, t_x, T, np.maximum).sum())


def logarithms_read_from_params(params, x, t_x, T):
    """The parameters were taken for logarithms. They are ``r, alpha, a, b`` themselves."""
    return float(_two_terms(np.exp(np.asarray(params, dtype=float)), x, t_x, T).sum())


def a_and_b_exchanged(params, x, t_x, T):
    """``a`` and ``b`` are exchanged. The order is ``r, alpha, a, b``."""
    r, alpha, a, b = params
    return float(_two_terms((r, alpha, b, a), x, t_x, T).sum())


def one_for_each_customer(params, x, t_x, T):
    """There is a number for each customer. The contract asks for their sum."""
    return _two_terms(params, x, t_x, T)


def beta_not_raised(params, x, t_x, T):
    """In the second term, the first argument of the beta function is ``a + 1``."""
    _, _, a, b = params
    less = np.maximum(np.asarray(x, dtype=float), 1) - 1
    shift = special.betaln(a, b + less) - special.betaln(a + 1, b + less)
    return float(_two_terms(params, x, t_x, T, lambda u, v: np.logaddexp(u, v + shift)).sum())


def rate_for_scale(params, x, t_x, T):
    """``alpha`` was read as a scale. It is a rate: a larger one means fewer purchases."""
    r, alpha, a, b = params
    return reference.bgnbd_neg_log_likelihood((r, 1 / alpha, a, b), x, t_x, T)


# ---- ziln_loss ------------------------------------------------------------------------------


def _ziln(y, logit, mu, sigma, jacobian=True, width=True, rows=None):
    """The loss with parts left out; ``rows`` says whose lognormal part counts."""
    y, z, mu = _floats(y, logit, mu)
    sigma = np.broadcast_to(np.asarray(sigma, dtype=float), y.shape)
    buys = y > 0
    loss = np.logaddexp(0, np.where(buys, -z, z))
    log_y = np.log(np.where(buys, y, 1.0))
    part = 0.5 * np.log(2 * np.pi) + 0.5 * ((log_y - mu) / sigma) ** 2
    part = part + jacobian * log_y + width * np.log(sigma)
    return loss, np.where(buys if rows is None else rows(y), part, 0.0)


def no_jacobian(y, logit, mu, sigma):
    """That is the density of the logarithm of spend. The density of spend itself is this divided by
    spend, so the loss also contains the logarithm of spend.
    """
    return float(sum(part.mean() for part in _ziln(y, logit, mu, sigma, jacobian=False)))


def sigma_not_paid_for(y, logit, mu, sigma):
    """The logarithm of ``sigma`` is missing. Without it a huge ``sigma`` would cost nothing."""
    return float(sum(part.mean() for part in _ziln(y, logit, mu, sigma, width=False)))


def zeros_in_the_lognormal(y, logit, mu, sigma):
    """In your loss the lognormal part counts for customers who spend nothing, as if they spent 1.
    They have no spend to describe.
    """
    parts = _ziln(y, logit, mu, sigma, rows=lambda y: np.ones(len(y), dtype=bool))
    return float(sum(part.mean() for part in parts))


def log1p_of_spend(y, logit, mu, sigma):
    """The logarithm of 1 + spend was used. In ZILN the zeros have a part of their own, and the
    others have a logarithm.
    """
    y = np.asarray(y, dtype=float)
    return reference.ziln_loss(np.where(y > 0, y + 1, 0), logit, mu, sigma)


def lognormal_mean_over_buyers(y, logit, mu, sigma):
    """The lognormal part was averaged over those who spend. The loss is a mean over all."""
    loss, part = _ziln(y, logit, mu, sigma)
    n = max(1, int((np.asarray(y) > 0).sum()))
    return float(loss.mean() + part.sum() / n)


def probability_then_log(y, logit, mu, sigma):
    """An exponential of the log-odds was computed first and a logarithm then. For large log-odds
    the one overflows, or the probability rounds to 0 or 1, and the loss is infinite: work with the
    log-odds.
    """
    y, z, _ = _floats(y, logit, mu)
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-z))
        first = -np.where(y > 0, np.log(p), np.log(1 - p))
    return float(first.mean() + _ziln(y, logit, mu, sigma)[1].mean())


def sign_of_logit(y, logit, mu, sigma):
    """The log-odds have the wrong sign: they belong to those who spend."""
    return reference.ziln_loss(y, -np.asarray(logit, dtype=float), mu, sigma)


def sum_for_mean(y, logit, mu, sigma):
    """That is the sum over customers. The contract asks for the mean."""
    return reference.ziln_loss(y, logit, mu, sigma) * len(y)


def _clipped_odds(y, logit, mu, sigma, least):
    y, z, _ = _floats(y, logit, mu)
    p = np.clip(special.expit(z), least, 1 - least)
    loss = -np.where(y > 0, np.log(p), np.log(1 - p))
    return float(loss.mean() + _ziln(y, logit, mu, sigma)[1].mean())


def probability_clipped(y, logit, mu, sigma):
    """The probability was kept away from 0 and 1. Then a customer who surprises a very sure model
    costs too little: work with the log-odds.
    """
    return _clipped_odds(y, logit, mu, sigma, 1e-7)


def probability_clipped__twelve(y, logit, mu, sigma):
    return _clipped_odds(y, logit, mu, sigma, 1e-12)


def probability_clipped__fifteen(y, logit, mu, sigma):
    return _clipped_odds(y, logit, mu, sigma, 1e-15)


def probability_clipped__six(y, logit, mu, sigma):
    return _clipped_odds(y, logit, mu, sigma, 1e-6)


def constant_missing(y, logit, mu, sigma):
    """The constant of the normal density, the logarithm of 2 pi over 2, is missing."""
    share = float((np.asarray(y) > 0).mean())
    return reference.ziln_loss(y, logit, mu, sigma) - share * float(0.5 * np.log(2 * np.pi))


def half_missing(y, logit, mu, sigma):
    """The squared distance was not halved."""
    y, z, centre = _floats(y, logit, mu)
    distance = (np.log(np.where(y > 0, y, 1)) - centre) / np.asarray(sigma, dtype=float)
    return reference.ziln_loss(y, z, centre, sigma) + float(
        (0.5 * distance**2 * (y > 0)).sum() / len(y)
    )


def variance_for_deviation(y, logit, mu, sigma):
    """``sigma`` was read as a variance. It is the standard deviation."""
    return reference.ziln_loss(y, logit, mu, np.sqrt(sigma))


def jacobian_subtracted(y, logit, mu, sigma):
    """The logarithm of spend was subtracted. The density is divided by spend, so the loss grows by
    it.
    """
    y = np.asarray(y, dtype=float)
    log_y = np.log(np.where(y > 0, y, 1))
    return reference.ziln_loss(y, logit, mu, sigma) - 2 * float(log_y.mean())


def nothing_times_infinity(y, logit, mu, sigma):
    """The logarithm of 0 was multiplied by 0, which is NaN. Leave customers who spend nothing out
    of the lognormal part.
    """
    value = reference.ziln_loss(y, logit, mu, sigma)
    return float("nan") if (np.asarray(y) == 0).any() else value


# ---- normalised_gini ------------------------------------------------------------------------


def _ordered_gini(y, order):
    y = np.asarray(y, dtype=float)[order]
    return 2 * float(np.mean(y.cumsum() / y.sum())) - 1 - 1 / len(y)


def _no_gini(y):
    return len(y) == 0 or np.min(y) == np.max(y)


def _best(y):
    return _ordered_gini(y, np.argsort(-np.asarray(y, dtype=float), kind="stable"))


def not_normalised(y, score):
    """The Gini was not divided by that of the best order, so the best score does not reach 1."""
    return float("nan") if _no_gini(y) else reference.normalised_gini(y, score) * _best(y)


def ties_by_row(y, score):
    """Customers with the same score were taken in the order of the rows. Shuffle the rows, and the
    value changes: they share their money equally.
    """
    if _no_gini(y):
        return float("nan")
    order = np.argsort(-np.asarray(score, dtype=float), kind="stable")
    return _ordered_gini(y, order) / _best(y)


def upside_down(y, score):
    """The lowest score came first. Higher is better."""
    return reference.normalised_gini(y, -np.asarray(score, dtype=float))


def of_those_who_buy(y, score):
    """That asks only who spends, not how much: the money has to be in the curve."""
    bought = (np.asarray(y, dtype=float) > 0).astype(float)
    return float("nan") if _no_gini(y) else reference.normalised_gini(bought, score)


def of_the_prediction(y, score):
    """Your curve adds up the scores. It must add up the money that was spent."""
    if _no_gini(y):
        return float("nan")
    score = np.asarray(score, dtype=float)
    with np.errstate(all="ignore"):
        return _ordered_gini(score, np.argsort(-score, kind="stable")) / _best(y)


def rank_correlation(y, score):
    """That is a rank correlation. It gives each place the same weight, whatever the money."""
    if _no_gini(y):
        return float("nan")
    ranks = [pd.Series(np.asarray(v, dtype=float)).rank() for v in (y, score)]
    return float(ranks[0].corr(ranks[1]))


def zero_when_all_alike(y, score):
    """Where nobody spends, or all spend the same, there is no order to judge: NaN, not a number."""
    value = reference.normalised_gini(y, score)
    return 0.0 if np.isnan(value) else value


def _shared(y, score):
    return pd.Series(np.asarray(y, dtype=float)).groupby(np.asarray(score)).transform("mean")


def rounding_for_a_gini(y, score):
    """Where all spend the same, both Ginis are 0 but for the rounding of floats, and their ratio is
    chance. Ask whether all spend the same: then the result is NaN.
    """
    if not len(y) or not np.sum(y):
        return float("nan")
    shared = _shared(y, score).to_numpy()
    order = np.argsort(-np.asarray(score, dtype=float), kind="stable")
    with np.errstate(all="ignore"):
        return float(np.float64(_ordered_gini(shared, order)) / np.float64(_best(y)))


def best_first_among_equals(y, score):
    """Among equal scores the customers who spend most came first. The score does not tell them
    apart: they share their money equally.
    """
    if _no_gini(y):
        return float("nan")
    spend, score = _floats(y, score)
    return _ordered_gini(spend, np.lexsort((-spend, -score))) / _best(y)


def less_one(y, score):
    """The value of an order in which all spend the same was taken for 1. With n customers it is a
    little more: the curve is drawn at n points.
    """
    if _no_gini(y):
        return float("nan")
    n = len(y)
    mine = reference.normalised_gini(y, score) * _best(y)
    return (mine + 1 / n) / (_best(y) + 1 / n)


def sign_dropped(y, score):
    """A score that sorts the wrong way round has a value above 0. It must be negative."""
    return abs(reference.normalised_gini(y, score))


def one_point_for_equals(y, score):
    """Your curve has one point for all customers with the same score. Each customer must
    have one.
    """
    if _no_gini(y):
        return float("nan")

    def area(key):
        money = pd.Series(np.asarray(y, dtype=float)).groupby(np.asarray(key)).sum()
        money = money.sort_index(ascending=False).cumsum() / np.sum(y)
        return 2 * money.mean() - (len(money) + 1) / len(money)

    return float(area(score) / area(y))


def scores_rounded(y, score):
    """The scores were rounded, so that scores which differ a little are equal. Any scale is
    allowed.
    """
    return reference.normalised_gini(y, np.round(np.asarray(score, dtype=float), 4))


def scores_rounded__three(y, score):
    return reference.normalised_gini(y, np.round(np.asarray(score, dtype=float), 3))


def scores_rounded__two(y, score):
    return reference.normalised_gini(y, np.round(np.asarray(score, dtype=float), 2))


# ---- payback_month --------------------------------------------------------------------------


def _payback(gains, cac):
    if cac <= 0:
        return 0
    total = 0.0
    for month, gain in enumerate(gains, start=1):
        total += gain
        if total >= cac - 1e-9:
            return month
    return None


def revenue_for_margin(spend, margin, cac, rate=0.0):
    """Revenue was counted. The shop keeps only the margin."""
    return reference.payback_month(spend, 1.0, cac, rate)


def month_from_zero(spend, margin, cac, rate=0.0):
    """Months were counted from 0. The first month is month 1."""
    month = reference.payback_month(spend, margin, cac, rate)
    return month - 1 if month else month


def strictly_more(spend, margin, cac, rate=0.0):
    """A customer who has paid back exactly what she cost has paid back: at least, not more than."""
    if cac <= 0:
        return 0
    total = 0.0
    for month, money in enumerate(spend, start=1):
        total += margin * float(money) / (1 + rate) ** (month / 12)
        if total > cac + 1e-9:
            return month
    return None


def average_month(spend, margin, cac, rate=0.0):
    """The cost was divided by the margin of an average month. Spend falls with time, so the early
    months bring more: add up month by month.
    """
    if cac <= 0:
        return 0
    mean = margin * float(np.mean(spend)) if len(spend) else 0
    month = int(np.ceil(cac / mean - 1e-9)) if mean else len(spend) + 1
    return month if month <= len(spend) else None


def not_discounted(spend, margin, cac, rate=0.0):
    """``rate`` was not used. A dollar of next year is worth less than a dollar of today."""
    return reference.payback_month(spend, margin, cac)


def rate_per_month(spend, margin, cac, rate=0.0):
    """``rate`` was used as a rate per month. It is a rate per year: month m is m / 12 years."""
    return _payback([margin * m / (1 + rate) ** i for i, m in enumerate(spend, start=1)], cac)


def last_month_when_never(spend, margin, cac, rate=0.0):
    """A customer who never pays back got a month. The contract asks for None."""
    month = reference.payback_month(spend, margin, cac, rate)
    return len(spend) if month is None else month


def one_month_alone(spend, margin, cac, rate=0.0):
    """Each month was compared with the cost by itself. Add the months up."""
    if cac <= 0:
        return 0
    for month, money in enumerate(spend, start=1):
        if margin * float(money) / (1 + rate) ** (month / 12) >= cac - 1e-9:
            return month
    return None


def _years(spend, margin, cac, rate, years):
    return _payback(
        [margin * m / (1 + rate) ** years(i) for i, m in enumerate(spend, start=1)], cac
    )


def first_month_not_discounted(spend, margin, cac, rate=0.0):
    """Each month is discounted for one month too few: month 1 is 1/12 of a year away."""
    return _years(spend, margin, cac, rate, lambda m: (m - 1) / 12)


def rate_over_twelve(spend, margin, cac, rate=0.0):
    """The rate was divided by 12 and applied each month. That is more than ``rate`` in a year."""
    return _years(spend, margin, cac, rate / 12, lambda m: m)


def whole_years_discounted(spend, margin, cac, rate=0.0):
    """You discounted whole years only. A month is a twelfth of a year."""
    return _years(spend, margin, cac, rate, lambda m: m // 12)


def sum_discounted_at_once(spend, margin, cac, rate=0.0):
    """All that was earned so far was discounted by the latest month. Each month is discounted by
    its own distance.
    """
    if cac <= 0:
        return 0
    total = 0.0
    for month, money in enumerate(spend, start=1):
        total += margin * float(money)
        if total / (1 + rate) ** (month / 12) >= cac - 1e-9:
            return month
    return None


def month_one_when_never(spend, margin, cac, rate=0.0):
    """In your answer a customer who never pays back has month 1. ``argmax`` of nothing but False is
    0; the contract asks for None.
    """
    month = reference.payback_month(spend, margin, cac, rate)
    return 1 if month is None else month


def month_one_for_nothing(spend, margin, cac, rate=0.0):
    """A customer who cost nothing, or less, has paid back at once: the month is 0, and not 1."""
    month = reference.payback_month(spend, margin, cac, rate)
    return month if month != 0 else (1 if len(spend) else None)


def month_one_for_nothing__negative_only(spend, margin, cac, rate=0.0):
    if cac == 0:
        return 0
    return month_one_for_nothing(spend, margin, cac, rate)


# ---- survival_curve -------------------------------------------------------------------------


def censored_have_left(days, left, horizon):
    """A user whose observation ended was counted as gone. All that is known is that she stayed so
    long.
    """
    return reference.survival_curve(days, np.ones(len(days), dtype=bool), horizon)


def censored_dropped(days, left, horizon):
    """Users who have not left yet were dropped. Only the quick leavers remain, and the curve falls
    too fast.
    """
    days, left = np.asarray(days), np.asarray(left, dtype=bool)
    return reference.survival_curve(days[left], left[left], horizon)


def censored_stay_for_ever(days, left, horizon):
    """A user whose observation ended was counted as present on all later days. Nobody observed
    that.
    """
    days, left = np.asarray(days, dtype=int), np.asarray(left, dtype=bool)
    return np.array(
        [1 - (left & (days <= d)).sum() / max(len(days), 1) for d in range(horizon + 1)]
    )


def _km(days, left, horizon, observed):
    days, left = np.asarray(days, dtype=int), np.asarray(left, dtype=bool)
    curve = np.ones(horizon + 1)
    for d in range(1, horizon + 1):
        n = observed(days, left, d)
        gone = (left & (days == d)).sum()
        curve[d] = curve[d - 1] * (1 - gone / n) if n > 0 else np.nan
    return curve


def gone_before_the_day(days, left, horizon):
    """Somebody whose observation ended on a day was not counted on it. She was observed on that day
    and did not leave.
    """
    return _km(days, left, horizon, lambda t, e, d: ((t > d) | (e & (t == d))).sum())


def hazard_for_survival(days, left, horizon):
    """Those are the shares that stay from one day to the next. Multiply them up to each day."""
    curve = reference.survival_curve(days, left, horizon)
    before = np.concatenate([curve[:1], curve[:-1]])
    return np.divide(curve, before, out=np.full(len(curve), np.nan), where=before > 0)


def one_day_late(days, left, horizon):
    """Your curve falls one day late: a user who leaves on day d is not there after day d."""
    curve = reference.survival_curve(days, left, horizon)
    return np.concatenate([curve[:1], curve[:-1]])


def everybody_at_risk(days, left, horizon):
    """Each day was divided by all users. Those who have left or are no longer observed cannot
    leave.
    """
    return _km(days, left, horizon, lambda t, e, d: len(t))


def leavers_not_at_risk(days, left, horizon):
    """Users who leave on a day are missing among those observed on it. They were there."""
    return _km(days, left, horizon, lambda t, e, d: (t > d).sum())


def goes_on_after_the_end(days, left, horizon):
    """Your curve goes on after the last user was observed. Nothing is known there: it must
    be NaN.
    """
    return _km(days, left, horizon, lambda t, e, d: max((t >= d).sum(), 1))


def nobody_left_at_the_end(days, left, horizon):
    """Your curve is 0 where nobody is observed any more. Nothing is known there: it must be NaN."""
    return np.nan_to_num(reference.survival_curve(days, left, horizon))


def nan_after_the_last_exit(days, left, horizon):
    """Your curve ends with the last user who left. While others are observed it must go on."""
    days, left = np.asarray(days, dtype=int), np.asarray(left, dtype=bool)
    curve = reference.survival_curve(days, left, horizon)
    curve[(days[left].max() if left.any() else 0) + 1 :] = np.nan
    return curve


def nan_on_the_last_day(days, left, horizon):
    """Your curve is NaN already on the last day on which somebody is observed."""
    curve = reference.survival_curve(days, left, horizon)
    if len(days):
        curve[int(np.max(days)) :] = np.nan
    return curve


def hazards_summed(days, left, horizon):
    """The shares that leave were added up and put into an exponential (Nelson and Aalen). Kaplan
    and Meier multiply the shares that stay.
    """
    days, left = np.asarray(days, dtype=int), np.asarray(left, dtype=bool)
    total, curve = 0.0, [1.0]
    for d in range(1, horizon + 1):
        n = (days >= d).sum()
        total = total + (left & (days == d)).sum() / n if n else np.nan
        curve.append(float(np.exp(-total)))
    return np.array(curve)


def days_with_events_alone(days, left, horizon):
    """Your curve has an element only for each day that occurs in the data. The contract asks for
    each day from 0 to ``horizon``.
    """
    days, left = np.asarray(days, dtype=int), np.asarray(left, dtype=bool)
    curve = [1.0]
    for d in np.unique(days[days <= horizon]):
        curve.append(curve[-1] * (1 - (left & (days == d)).sum() / (days >= d).sum()))
    return np.array(curve)


def everybody_at_risk__always(days, left, horizon):
    days, left = np.asarray(days, dtype=int), np.asarray(left, dtype=bool)
    n = max(len(days), 1)
    return np.cumprod([1 - (left & (days == d)).sum() / n for d in range(horizon + 1)])


# ---- predict_spend --------------------------------------------------------------------------


def as_much_again(orders, customers, weeks):
    """The baseline: each customer spends as much as she has spent so far. Most never come back, so
    the predicted total is more than twice the actual one.
    """
    return orders.groupby("customer_id")["value"].sum()[customers].to_numpy()


def rate_goes_on(orders, customers, weeks):
    """The scores are those of a rate that goes on for ever. Customers leave, and the first order
    should not be part of the rate: without it a customer would not be in the table.
    """
    by_customer = orders.groupby("customer_id")
    observed = (273 - by_customer["day"].min()) / 7
    return (by_customer["value"].sum() / observed * weeks)[customers].to_numpy()


def nobody_spends(orders, customers, weeks):
    """All predictions are equal, so they tell nobody from anybody."""
    return np.zeros(len(customers))


def nobody_spends__the_mean(orders, customers, weeks):
    return np.full(len(customers), orders["value"].sum() / orders["customer_id"].nunique())


def orders_for_money(orders, customers, weeks):
    """Orders were predicted, not money: customers differ in what they spend at a time."""
    return _expected(orders, customers, weeks)[0]


def same_value_for_all(orders, customers, weeks):
    """Every order has the same value here. Customers differ in what they spend at a time, and
    mostly stay as they are.
    """
    return _expected(orders, customers, weeks)[0] * orders["value"].mean()


def days_for_weeks(orders, customers, weeks):
    """The rate is one of weeks and the horizon was given in days, or the other way round."""
    return reference.predict_spend(orders, customers, 7 * weeks)


def alive_for_ever(orders, customers, weeks):
    """The scores are those of customers who never leave. A customer who bought nine times and then
    stopped has probably left.
    """
    _, r, alpha, x, T = _expected(orders, customers, weeks)
    return (r + x) / (alpha + T) * weeks * _mean_value(orders, customers)


def _mean_value(orders, customers):
    return orders.groupby("customer_id")["value"].mean()[customers].to_numpy()


def _expected(orders, customers, weeks):
    days = orders.groupby("customer_id")["day"].agg(["min", "max", "count"]).loc[customers]
    x = days["count"].to_numpy(dtype=float) - 1
    t_x, T = (days["max"] - days["min"]).to_numpy() / 7, (272 - days["min"]).to_numpy() / 7
    params = reference._fit_bgnbd(x, t_x, T)
    return reference._expected_orders(params, x, t_x, T, weeks), params[0], params[1], x, T
