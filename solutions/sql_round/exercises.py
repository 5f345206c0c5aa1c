"""The exercises of the SQL round, in teaching order."""

from __future__ import annotations

import datetime
import re

# Before a worker is forked: each would import it anew, in a tenth of a second.
import duckdb  # noqa: F401

from solutions.sql_round import misconceptions as wrong
from solutions.sql_round import reference
from utils.exercises import BreakIt, Property, WriteTheQuery, WriteTheTest
from utils.exercises.equality import is_number, is_whole

MONDAY = datetime.date(2017, 1, 2)


def _day(offset, start=MONDAY):
    return (start + datetime.timedelta(days=int(offset))).isoformat()


def _time(minutes, start=MONDAY):
    moment = datetime.datetime.combine(start, datetime.time())
    return str(moment + datetime.timedelta(seconds=round(120 * minutes) / 2))


def _money(rng, n, low=1, high=80):
    """Amounts in quarters, whose sums are exact in any order."""
    return [int(each) / 4 for each in rng.integers(low, high, n)]


def _shuffled(rng, rows):
    return tuple(rows[at] for at in rng.permutation(len(rows)))


# ---- break_campaign_report ------------------------------------------------------------------

DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(f"{DAY.pattern} [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}")
WIDTHS = (2, 3, 4, 4)


def _are_written(texts, form):
    return all(isinstance(text, str) and form.fullmatch(text) for text in texts)


def _is_id(value):
    # A BIGINT of the database.
    return is_whole(value) and abs(value) < 2**63


def _is_in_calendar(text):
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_money(value):
    return is_number(value) and 0.25 <= value <= 1000 and value * 4 == int(value * 4)


def _problem_with_tables(tables):
    if not isinstance(tables, (tuple, list)) or len(tables) != len(WIDTHS):
        return "return four tables: campaigns, descriptions, transactions and redemptions"
    for table, width in zip(tables, WIDTHS, strict=True):
        if not isinstance(table, (tuple, list)) or len(table) > 6:
            return "each table is a list of at most 6 rows"
        if any(not isinstance(row, (tuple, list)) or len(row) != width for row in table):
            return "rows have 2, 3, 4 and 4 values: see the docstring for their order"
    campaigns, descriptions, transactions, redemptions = tables
    return (
        _problem_with_campaigns(campaigns, descriptions)
        or _problem_with_transactions(transactions)
        or _problem_with_redemptions(redemptions)
    )


def _problem_with_campaigns(campaigns, descriptions):
    named = [*campaigns, [campaign for campaign, _, _ in descriptions]]
    if not all(_is_id(value) for row in named for value in row):
        return "a campaign and a household are whole numbers below 2**63"
    if len(set(map(tuple, campaigns))) < len(campaigns):
        return "a pair of campaign and household comes once"
    days = [day for row in descriptions for day in row[1:]]
    if not _are_written(days, DAY):
        return "days are written like 2017-05-08"
    if not all(map(_is_in_calendar, days)):
        return "days are those of the calendar, which has no 30 February"
    if any(start > end for _, start, end in descriptions):
        return "a campaign does not end before it starts"
    described = [campaign for campaign, _, _ in descriptions]
    if len(set(described)) < len(described) or {c for c, _ in campaigns} - set(described):
        return "each campaign has one description"
    return ""


def _problem_with_transactions(transactions):
    if not all(_is_id(h) and _is_id(b) for h, b, _, _ in transactions):
        return "household and basket are whole numbers below 2**63"
    if not all(_is_money(value) for _, _, value, _ in transactions):
        return "a value is a multiple of 0.25 from 0.25 to 1,000"
    times = [row[3] for row in transactions]
    if not _are_written(times, MOMENT):
        return "times are written like 2017-05-08 19:00:00"
    if not all(map(_is_in_calendar, times)):
        return "times are those of the clock, which has no 25 o'clock"
    baskets = {basket for _, basket, _, _ in transactions}
    return "" if len(baskets) == len(transactions) else "no basket comes twice"


def _problem_with_redemptions(redemptions):
    if not all(_is_id(value) for row in redemptions for value in row[:3]):
        return "household, coupon and campaign are whole numbers below 2**63"
    days = [row[3] for row in redemptions]
    if not _are_written(days, DAY):
        return "days are like 2017-05-08"
    return (
        ""
        if all(map(_is_in_calendar, days))
        else "days are those of the calendar, which has no 30 February"
    )


break_campaign_report = BreakIt(
    reference=reference.break_campaign_report,
    points=3,
    minutes=15,
    level="junior",
    right=wrong.correct,
    defects=wrong.FLAWED,
    problem=_problem_with_tables,
    misconceptions=(
        wrong.one_buyer_one_purchase,
        wrong.unequal_purchases,
        wrong.last_day_at_midnight,
        wrong.one_coupon_only,
        wrong.silent_stranger,
        wrong.other_dates,
        wrong.seven_rows,
    ),
)


# ---- campaign_report ------------------------------------------------------------------------


def _campaign_tables(rng, purchases=None, redeem=0.5, silent=2):
    """Three campaigns that overlap, households in several of them, strangers, and silent ones.

    In each campaign somebody buys the same amount twice, and redeems two coupons.
    """
    starts = rng.integers(0, 5, 3)
    lengths = rng.integers(3, 8, 3)
    ids = [int(each) for each in rng.permutation([8, 13, 15])]
    described = [
        (c, _day(s), _day(s + length)) for c, s, length in zip(ids, starts, lengths, strict=True)
    ]
    households = [int(each) for each in rng.permutation(range(100, 109))]
    # The strangers are in no campaign; the silent ones buy nothing.
    members, strangers, quiet = households[:5], households[5:7], households[7 : 7 + silent]
    sent = []
    for at, campaign in enumerate(ids):
        sent += [(campaign, h) for h in members if h == members[at] or rng.random() < 0.6]
        sent += [(campaign, h) for h in quiet[: at + 1]]
    bought, coupons = [], []
    basket = 0

    def buy(household, value, minutes):
        nonlocal basket
        basket += 1
        bought.append((household, basket, value, _time(minutes)))

    for household in (*members, *strangers):
        for value in _money(rng, int(rng.integers(2, 5))):
            buy(household, value, rng.integers(-3 * 1440, 16 * 1440))
    for at, campaign in enumerate(ids):
        middle = (starts[at] + 1) * 1440 + 600
        (value,) = _money(rng, 1, 41, 80)
        for minutes in (middle, middle + 90):
            buy(members[at], value, minutes)
        # A basket of two equal lines.
        bought.append(bought[-1])
        # A buyer of the campaign who redeems nothing.
        for offset in purchases or ():
            buy(members[at], _money(rng, 1)[0], offset(starts[at], lengths[at]))
        if redeem:
            others = [h for c, h in sent if c == campaign][:3]
            pairs = [members[at], members[at], *others]
            coupons += [
                (h, 500 + n, campaign, _day(starts[at] + 1))
                for n, h in enumerate(pairs)
                if n < 2 or rng.random() < redeem
            ]
            # The statement sets no days for a coupon.
            coupons.append((members[at], 700, campaign, _day(starts[at] - 1)))
            coupons.append((members[at], 701, campaign, _day(starts[at] + lengths[at] + 1)))
            # A coupon may reach somebody to whom the campaign was not sent.
            coupons += [(strangers[0], n, campaign, _day(starts[at] + 1)) for n in (500, 702, 703)]
    return (
        ("campaigns", "campaign_id INTEGER, household_id INTEGER", _shuffled(rng, sent)),
        (
            "campaign_descriptions",
            "campaign_id INTEGER, start_date DATE, end_date DATE",
            _shuffled(rng, described),
        ),
        (
            "transactions",
            "household_id INTEGER, basket_id INTEGER, sales_value DOUBLE, "
            "transaction_timestamp TIMESTAMP",
            _shuffled(rng, bought),
        ),
        (
            "coupon_redemptions",
            "household_id INTEGER, coupon_upc INTEGER, campaign_id INTEGER, redemption_date DATE",
            _shuffled(rng, coupons),
        ),
    )


EDGES = (
    lambda start, length: (start + length) * 1440 + 20 * 60 + 15,
    lambda start, length: (start + length + 1) * 1440 - 0.5 / 60,
    lambda start, length: start * 1440,
    lambda start, length: (start + length + 1) * 1440,
)


def _nobody_bought(rng):
    """A campaign that reached silent households alone, and one that reached one that paid 0."""
    campaigns, described, bought, coupons = _campaign_tables(rng, silent=2)
    quiet = 7_000 + int(rng.integers(1, 500))
    name, columns, rows = campaigns
    lost = (name, columns, (*rows, (30, quiet), (30, quiet + 1), (32, quiet + 2)))
    # What costs nothing is a purchase too.
    free = (bought[0], bought[1], (*bought[2], (quiet + 2, 7_000, 0.0, _time(5 * 1440))))
    name, columns, rows = described
    # Campaign 31 is described, and was sent to nobody.
    rows = (*rows, *((campaign, _day(2), _day(9)) for campaign in (30, 31, 32)))
    return lost, (name, columns, rows), free, coupons


campaign_report = WriteTheQuery(
    reference=reference.campaign_report,
    points=3,
    minutes=12,
    level="junior",
    properties=(
        Property(
            "values",
            "each number of the report is as defined, in a campaign without redemptions too",
            lambda rng: [(_campaign_tables(rng),), (_campaign_tables(rng, redeem=0),)],
        ),
        Property(
            "no_fan_out",
            "a purchase counts once, whatever its household redeems, and a coupon counts once",
            lambda rng: [(_campaign_tables(rng, redeem=0.9),) for _ in range(2)],
        ),
        Property(
            "silent_counted",
            "households without a purchase are reached, and there 0 stands for nothing",
            lambda rng: [(_nobody_bought(rng),)],
        ),
        Property(
            "last_day_counts",
            "the first and the last day count whole, and the day after does not",
            lambda rng: [(_campaign_tables(rng, purchases=EDGES),)],
        ),
    ),
    misconceptions=(
        wrong.joined_and_filtered,
        wrong.joined_coupons,
        wrong.distinct_amounts,
        wrong.buyers_only,
        wrong.midnight_ends_the_last_day,
        wrong.day_after_included,
        wrong.any_day,
        wrong.null_for_nothing,
        wrong.purchases_as_buyers,
        wrong.redeeming_households,
        wrong.revenue_of_everybody,
        wrong.buyers_must_redeem,
        wrong.coupons_of_strangers_lost,
        wrong.campaigns_without_coupons_lost,
        wrong.unsent_campaigns_shown,
        wrong.redemptions_of_the_days,
    ),
)


# ---- silent_households ----------------------------------------------------------------------


def _redemptions(rng, without_card=True, elsewhere=True, unredeemed=True):
    """Campaigns 8, 13 and 15; some redeem twice, some in another campaign, some without a card."""
    households = [int(each) for each in rng.permutation(range(1, 9))]
    sent = [(c, h) for c in (8, 13, 15) for h in households if rng.random() < 0.8]
    sent += [(c, households[0] + 20) for c in (8, 13)]
    redeemed: list[tuple[int | None, int]] = []
    for campaign in (8, 13):
        reached = [h for c, h in sent if c == campaign]
        redeemed += [(h, campaign) for h in reached if rng.random() < 0.4]
        redeemed += [(reached[0], campaign), (reached[0], campaign)]
    if elsewhere:
        redeemed += [(households[1], 8), (households[2], 13)]
        sent = [pair for pair in sent if pair not in {(8, households[1]), (13, households[2])}]
    if not unredeemed:
        redeemed += [(h, 15) for c, h in sent if c == 15][:2]
    # Pairs that look alike once their numbers are glued together or added up.
    sent += [(1, 12), (11, 2), (8, 1002), (9, 2), (1, 3), (1, 41), (1, 4)]
    redeemed += [(2, 11), (2, 9), (3, 1), (41, 1)]
    # Households whose numbers may be taken for nobody's; 0 redeems in one campaign.
    sent += [(8, 0), (8, -1), (13, 0)]
    redeemed += [(0, 13)]
    if without_card:
        redeemed += [(None, 8), (None, 13)] + ([] if unredeemed else [(None, 15)])
    return (
        ("campaigns", "campaign_id INTEGER, household_id INTEGER", _shuffled(rng, sent)),
        (
            "coupon_redemptions",
            "household_id INTEGER, campaign_id INTEGER",
            _shuffled(rng, redeemed),
        ),
    )


def _nothing_redeemed(rng):
    campaigns, (name, columns, _) = _redemptions(rng)
    return campaigns, (name, columns, ())


# Nobody redeemed in campaign 8, whose pairs are like (9, 2) where both numbers are packed into one.
LOOK_ALIKE = (
    (
        "campaigns",
        "campaign_id INTEGER, household_id INTEGER",
        ((9, 2), *((8, 2 + 10**digits) for digits in range(7))),
    ),
    ("coupon_redemptions", "household_id INTEGER, campaign_id INTEGER", ((2, 9),)),
)


silent_households = WriteTheQuery(
    reference=reference.silent_households,
    points=2,
    minutes=6,
    level="junior",
    properties=(
        Property(
            "values",
            "each household without a redemption in its campaign has a row",
            lambda rng: [(_redemptions(rng, False, unredeemed=False),) for _ in range(2)],
        ),
        Property(
            "null_redeemers",
            "a coupon without a card says nothing about any household",
            lambda rng: [(_redemptions(rng, unredeemed=False),) for _ in range(2)],
        ),
        Property(
            "no_redemption_at_all",
            "where nobody redeemed, everybody is silent",
            lambda rng: [(_redemptions(rng, False),), (_nothing_redeemed(rng),), (LOOK_ALIKE,)],
        ),
    ),
    misconceptions=(
        wrong.not_in_with_null,
        wrong.any_campaign,
        wrong.unequal_join,
        wrong.redeemers,
        wrong.each_household_once,
        wrong.everybody,
        wrong.unredeemed_campaigns_lost,
        wrong.once_for_each_other_campaign,
    ),
)


# ---- top_products ---------------------------------------------------------------------------

LINES = "product_id INTEGER, basket_id INTEGER, quantity INTEGER, sales_value DOUBLE"


def _shop(rng, totals):
    """Products of three departments with these totals, each in one to three lines."""
    lines, products = [], []
    numbers = iter(int(each) for each in rng.permutation(range(1, 60)))
    for department, values in zip(("DELI", "FUEL", "GROCERY"), totals, strict=True):
        for value in values:
            product = next(numbers)
            products.append((product, department))
            parts = int(rng.integers(1, 4))
            shares = [value / 4] * (parts - 1)
            shares.append(value - sum(shares))
            for share in shares:
                pieces = int(rng.integers(0, 200 if department == "FUEL" else 9))
                lines.append((product, int(rng.integers(1, 40)), pieces, share))
            if parts == 3 and product % 2:
                # The same line twice in one basket.
                lines[-3] = lines[-2]
        # Nobody bought this one.
        products.append((next(numbers), department))
    return (
        ("transactions", LINES, _shuffled(rng, lines)),
        ("products", "product_id INTEGER, department VARCHAR", _shuffled(rng, products)),
    )


def _different(rng, sizes):
    """Totals in whole numbers, all different; each department sells more than the one before."""
    return [
        [int(v) + 200 * at for v in rng.permutation(range(20, 200))[:size]]
        for at, size in enumerate(sizes)
    ]


def _tied(rng):
    """A tie at the second place, one at the third, and one at the first."""
    base = [int(each) * 4 for each in rng.permutation(range(10, 60))]
    high, middle, low = sorted(base[:3], reverse=True)
    return [
        [high, middle, middle, low, low - 8],
        [high + 4, high, low, low, low, low - 4],
        [high, high, middle, low, low],
    ]


def _deli(*lines):
    products = tuple((product, "DELI") for product in sorted({line[0] for line in lines}))
    return (
        ("transactions", LINES, lines),
        ("products", "product_id INTEGER, department VARCHAR", products),
    )


# Two lines of equal value in two baskets are two lines.
TWICE = _deli((1, 10, 1, 2.5), (1, 11, 1, 2.5), (2, 10, 1, 4.0))
# As text 10 comes before 9.
TEN = _deli((10, 10, 1, 2.5), (9, 11, 1, 2.5))


top_products = WriteTheQuery(
    reference=reference.top_products,
    points=2,
    minutes=8,
    level="junior",
    ordered=True,
    properties=(
        Property(
            "values",
            "the three best products of each department by revenue, in the order asked for",
            lambda rng: [
                (_shop(rng, _different(rng, (6, 7, 5))),),
                (_shop(rng, [[20.25, 20.0, 19.75, 19.5], [9, 8, 7], [30.54, 31, 30.5]]),),
                (TWICE,),
            ],
        ),
        Property(
            "ties_share_a_place",
            "equal revenue has an equal place, and the places after it are skipped",
            lambda rng: [*((_shop(rng, _tied(rng)),) for _ in range(2)), (TEN,)],
        ),
        Property(
            "small_departments",
            "a department that sells fewer than three products has all of these, and no other",
            lambda rng: [
                (_shop(rng, _different(rng, (1, 5, 2))),),
                # What was given away was sold too.
                (_shop(rng, [[50, 0], [60, 70, 80, 90], [0]]),),
            ],
        ),
    ),
    misconceptions=(
        wrong.ties_broken,
        wrong.places_not_skipped,
        wrong.over_all_departments,
        wrong.three_rows_in_all,
        wrong.best_line,
        wrong.lowest_first,
        wrong.by_quantity,
        wrong.two_places,
        wrong.sorted_by_revenue,
        wrong.value_times_quantity,
        wrong.lines_not_added_up,
        wrong.equal_lines_once,
        wrong.unsold_products_placed,
    ),
)


# ---- current_orders -------------------------------------------------------------------------

FEED = (
    "order_id INTEGER, household_id INTEGER, status VARCHAR, amount DOUBLE, "
    "updated_at TIMESTAMP, load_id INTEGER"
)


def _feed(rng, histories):
    """Orders of four households. A history lists (status, minutes later, change of the amount)."""
    rows = []
    loads = iter(int(each) for each in rng.permutation(range(1, 400)))
    for order, history in enumerate(histories, 1):
        moment = int(rng.integers(0, 6000))
        amount = int(rng.integers(40, 80)) / 4
        for status, later, change in history:
            moment, amount = moment + later, amount + change
            rows.append((order, 10 + order % 4, status, amount, _time(moment), next(loads)))
    return rows


OPEN_PAID = (("open", 0, 0), ("paid", 50, -1.5))
PAID = (("paid", 0, 0),)
UNPAID = ("open", "cancelled", "unpaid")
PAID_TWICE = (("paid", 0, 0), ("paid", 30, 2.5))
STILL_OPEN = (("open", 0, 0),)
CANCELLED = (("open", 0, 0), ("paid", 20, 0), ("cancelled", 60, 0))
REFUNDED = (("paid", 0, 0), ("refunded", 90, 0))
REVIVED = (("open", 0, 0), ("cancelled", 15, 0), ("paid", 45, 1))


def _orders(rng, histories, retries=0, ties=False):
    rows = _feed(rng, [histories[at] for at in rng.permutation(len(histories))])
    again = [rows[int(at)] for at in rng.integers(0, len(rows), retries)]
    if retries:
        # Not by chance: a version of a paid order comes again.
        again += [row for row in rows if row[2] == "paid"][-3:]
    rows += [(*row[:5], 500 + n) for n, row in enumerate(again)]
    if ties:
        rows += _at_the_same_time(rng, len(histories))
    # Two orders of one household have the same amount.
    rows += [(90 + n, 10, "paid", 7.25, _time(100 + n), 800 + n) for n in range(2)]
    # A load brings versions of several orders: time and load together do not name an order.
    rows += [(93, 11, "paid", 3.25, _time(300), 850), (93, 11, "cancelled", 3.25, _time(400), 851)]
    rows += [(94, 12, "paid", 4.75, _time(300), 850)]
    # Paid half a second later, and loaded before.
    rows += [
        (98, 12, "open", 6.5, _time(500), 861),
        (98, 12, "paid", 6.5, _time(500 + 1 / 120), 860),
    ]
    # Its first version is delivered days later than its last one.
    rows += [(92, 22, "paid", 8.5, _time(5000), 870), (92, 22, "open", 8.5, _time(200), 871)]
    # What was paid with a voucher is a paid order.
    rows += [(99, 21, "paid", 0.0, _time(200), 820)]
    # A household without a paid order.
    rows += [(95 + n, 20, each, 5.5, _time(200), 810 + n) for n, each in enumerate(UNPAID)]
    return (("order_events", FEED, _shuffled(rng, rows)),)


def _at_the_same_time(rng, first):
    """Orders whose last two versions have one time: of some the larger load is paid."""
    rows = []
    for n, (load, early, late) in enumerate(
        [
            (600, "open", "paid"),
            # As text 1000 comes before 999.
            (999, "paid", "cancelled"),
            (602, "paid", "paid"),
            (604, "open", "paid"),
        ]
    ):
        order, moment = first + 10 + n, int(rng.integers(0, 6000))
        amount = int(rng.integers(40, 80)) / 4
        rows.append((order, 10 + n % 2, early, amount, _time(moment), load))
        rows.append((order, 10 + n % 2, late, amount + 3, _time(moment), load + 1))
    return rows


# Of versions of one time the larger load has now the larger amount, now the smaller one.
TIES = (
    (
        "order_events",
        FEED,
        (
            (1, 7, "paid", 5.0, _time(600), 1),
            (1, 7, "paid", 4.0, _time(600), 2),
            (2, 8, "cancelled", 2.5, _time(600), 4),
            (2, 8, "paid", 3.0, _time(600), 3),
            (3, 9, "paid", 6.0, _time(600), 6),
            (3, 9, "open", 5.5, _time(600), 5),
        ),
    ),
)


def _few_orders(rng):
    """As many versions as can be checked by hand: one that comes again, and two of one time."""
    rows = _feed(rng, (CANCELLED, PAID_TWICE, PAID, REVIVED))
    rows += [(*next(row for row in rows if row[2] == "paid" and row[0] == 2)[:5], 500)]
    rows += [row for row in _at_the_same_time(rng, 0) if row[0] <= 11]
    rows += [(n, 13, "paid", 7.25, _time(100 + n), 800) for n in (20, 21)]
    return (("order_events", FEED, _shuffled(rng, rows)),)


PLAIN = (OPEN_PAID,) * 5 + (PAID_TWICE,) * 4 + (PAID,) * 3 + (STILL_OPEN,)
MIXED = (*PLAIN, *((CANCELLED,) * 4), *((REFUNDED,) * 3), REVIVED, REVIVED)

current_orders = WriteTheQuery(
    reference=reference.current_orders,
    points=3,
    minutes=10,
    level="mid",
    properties=(
        Property(
            "values",
            "an order counts if its last version is 'paid', and with the amount of that version",
            lambda rng: [
                (_orders(rng, MIXED, retries=3),),
                (_orders(rng, MIXED),),
                (_few_orders(rng),),
            ],
        ),
        Property(
            "retries_once",
            "a version that is delivered again changes nothing",
            lambda rng: [(_orders(rng, PLAIN, retries=9),) for _ in range(2)],
        ),
        Property(
            "cancelled_stay_cancelled",
            "an order that was paid and then cancelled or refunded is not paid",
            lambda rng: [(_orders(rng, (*PLAIN, *((CANCELLED, REFUNDED) * 4))),) for _ in range(2)],
        ),
        Property(
            "last_load_wins_ties",
            "of versions with equal times the one with the larger load_id counts",
            lambda rng: [*((_orders(rng, MIXED, ties=True),) for _ in range(2)), (TIES,)],
        ),
    ),
    misconceptions=(
        wrong.every_version,
        wrong.distinct_versions,
        wrong.filter_before_dedup,
        wrong.first_version,
        wrong.equal_times_kept,
        wrong.latest_of_each_column,
        wrong.smaller_load_wins,
        wrong.one_order_a_household,
        wrong.equal_amounts_once,
        wrong.not_cancelled,
        wrong.latest_load_wins,
        wrong.unpaid_households_shown,
    ),
)


# ---- median_basket --------------------------------------------------------------------------


def _beside_the_middle(rng):
    """Of each store's four baskets two are equal: one of these is in the middle."""
    rows, basket = [], iter(int(each) for each in rng.permutation(range(1, 400)))
    for store in (3, 4):
        low, next_one, high, last = (int(v) for v in sorted(rng.permutation(range(1, 200))[:4]))
        values = [low, low, next_one, high] if store == 3 else [low, next_one, last, last]
        rows += [(store, next(basket), value / 4) for value in values]
    return rows


def _stores(rng, sizes, equal=False):
    """Stores with so many baskets; a few baskets are far more expensive than the others."""
    rows, basket = [], iter(int(each) for each in rng.permutation(range(1, 400)))
    for store, size in enumerate(sizes, 5):
        values = [int(v) / 4 + 10 * store for v in rng.permutation(range(1, 200))[:size]]
        if equal:
            values = [values[0]] * (size // 2) + values[: size - size // 2]
        values[-1] += 300
        if size > 1 and not equal:
            # A basket that cost nothing is a basket.
            values[0] = 0.0
        rows += [(store, next(basket), value) for value in values]
    if equal:
        rows += [(store, 400 + number, value) for store, number, value in _beside_the_middle(rng)]
    return (
        (
            "baskets",
            "store_id INTEGER, basket_id INTEGER, sales_value DOUBLE",
            _shuffled(rng, rows),
        ),
    )


median_basket = WriteTheQuery(
    reference=reference.median_basket,
    points=3,
    minutes=10,
    level="mid",
    properties=(
        Property(
            "values",
            "half of a store's baskets lie on each side of its median",
            lambda rng: [(_stores(rng, (7, 9, 6)),), (_stores(rng, (5, 8, 11)),)],
        ),
        Property(
            "even_counts",
            "of an even number the mean of the two in the middle is taken",
            lambda rng: [(_stores(rng, (4, 2, 8)),), (_stores(rng, (6, 10, 4)),)],
        ),
        Property(
            "equal_baskets_count",
            "baskets of equal value all count",
            lambda rng: [(_stores(rng, (9, 8, 7), equal=True),) for _ in range(2)],
        ),
        Property(
            "one_basket",
            "a store with one basket has its value",
            lambda rng: [(_stores(rng, (1, 3, 1)),)],
        ),
    ),
    misconceptions=(
        wrong.mean_basket,
        wrong.lower_middle,
        wrong.upper_middle,
        wrong.distinct_values,
        wrong.one_median_for_all,
        wrong.middle_of_the_range,
        wrong.not_sorted_by_value,
        wrong.neighbour_of_the_middle,
        wrong.numbered_over_all_stores,
        wrong.two_rows_of_the_middle,
        wrong.equal_baskets_share_a_number,
        wrong.equal_baskets_in_the_mean,
    ),
)


# ---- day_retention, longest_streak, rolling_active ------------------------------------------

BASKETS = "household_id INTEGER, basket_id INTEGER, day DATE"


def _baskets(rng, days_of):
    """A table of baskets from the days of each household; the numbers of baskets tell nothing."""
    rows = [(h, day) for h, days in days_of.items() for day in days]
    numbers = [int(each) for each in rng.permutation(range(100, 100 + len(rows)))]
    return (
        "transactions",
        BASKETS,
        _shuffled(rng, [(h, n, _day(d)) for (h, d), n in zip(rows, numbers, strict=True)]),
    )


def _cohorts(rng, shift=0, twice=False):
    """Cohorts of four old days and of the last days; returns after 1, 3, 6 and 7 days.

    A cohort without any return, one whose d7 is the last day, and returns on day 7 without day 1
    are made sure of, since chance would miss them.
    """
    firsts = {h: shift + int(rng.integers(0, 4)) for h in range(1, 15)}
    firsts |= {15: shift + 5, 16: shift + 5, 17: shift + 6, 18: shift + 6}
    days_of = {h: [first] for h, first in firsts.items()}
    for h, first in firsts.items():
        for later, chance in ((1, 0.5), (3, 0.4), (6, 0.4), (7, 0.5)):
            if h not in (15, 16) and rng.random() < chance:
                days_of[h].append(first + later)
    end = shift + 13
    days_of[17] = [shift + 6, end]
    days_of[18] = [shift + 6, shift + 7]
    days_of[1] = [firsts[1], firsts[1] + 7]
    days_of[2] = [firsts[2], firsts[2] + 1]
    # The seventh day of household 22 is the day after the last one.
    days_of |= {19: [end], 20: [end - 1, end], 21: [end - 1], 22: [end - 6]}
    if twice:
        days_of = {h: days + days[-1:] * (1 + h % 2) + days[:1] for h, days in days_of.items()}
    return (_baskets(rng, days_of),)


def _over_a_month_end(rng):
    """First days at the end of January, returns in February."""
    return _cohorts(rng, shift=int(rng.integers(22, 26)))


day_retention = WriteTheQuery(
    reference=reference.day_retention,
    points=4,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "the shares are those of the cohort that bought on exactly that later day",
            lambda rng: [(_cohorts(rng, shift=int(shift)),) for shift in rng.integers(0, 9, 2)],
        ),
        Property(
            "several_baskets_a_day",
            "a household counts once, however many baskets it has on a day",
            lambda rng: [(_cohorts(rng, twice=True),) for _ in range(2)],
        ),
        Property(
            "across_months",
            "the day after 31 January is 1 February",
            lambda rng: [(_over_a_month_end(rng),) for _ in range(2)],
        ),
    ),
    misconceptions=(
        wrong.unfinished_as_zero,
        wrong.within_seven_days,
        wrong.counted_from_one,
        wrong.every_day_is_a_cohort,
        wrong.baskets_not_households,
        wrong.share_of_all_households,
        wrong.d7_needs_d1,
        wrong.cohorts_without_return_lost,
        wrong.day_number_in_month,
        wrong.last_day_not_counted,
        wrong.rows_of_the_join_counted,
        wrong.null_for_no_return,
        wrong.known_for_those_who_returned,
        wrong.shares_in_two_decimals,
        wrong.first_day_is_day_one_of_seven,
    ),
)


def _runs(rng, lengths, shift=0):
    """Days in runs of these lengths, with one to three days between them."""
    days: list[int] = []
    at = shift
    for length in lengths:
        days += range(at, at + length)
        at += length + int(rng.integers(1, 4))
    return days


def _streaks(rng, twice=False, equal=False, shift=0):
    days_of = {}
    for h in range(1, 7):
        longest = int(rng.integers(4, 6))
        short = [int(n) for n in rng.integers(1, 4, 3)]
        lengths = [short[0], longest, *short[1:]]
        if equal:
            lengths = [short[0], longest, 1, longest, 1]
        days_of[h] = _runs(rng, lengths, shift + int(rng.integers(0, 4)))
        if twice:
            # Two baskets on the last day of the longest run, and two on days with a gap after.
            days_of[h] += [days_of[h][short[0] + longest - 1], *days_of[h][::3]]
    # A household that never buys on two days in a row.
    days_of[7] = [shift + 2, shift + 5, shift + 9]
    return (_baskets(rng, days_of),)


def _streaks_in_turn(rng):
    """A household's run begins on the day after that of the household before it has ended."""
    days_of, start = {}, int(rng.integers(0, 4))
    for h in range(1, 6):
        end = start + int(rng.integers(2, 5))
        days_of[h], start = list(range(start, end)), end
    # A run of more than a week, up to the last day of the table.
    days_of[6] = [start - 3, *range(start, start + 9)]
    return (_baskets(rng, days_of),)


def _streak_over_an_end(rng, last):
    """Each household's longest run lies on both sides of a last day."""
    days_of = {
        h: [
            *range(last - int(rng.integers(1, 3)), last + 3 + int(rng.integers(0, 2))),
            *(last - 17, last - 16, last + 7),
        ]
        for h in range(1, 6)
    }
    return (_baskets(rng, days_of),)


longest_streak = WriteTheQuery(
    reference=reference.longest_streak,
    points=4,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "the longest run of consecutive days, and its first day",
            lambda rng: [(_streaks(rng),), (_streaks(rng, shift=3),), (_streaks_in_turn(rng),)],
        ),
        Property(
            "two_baskets_a_day",
            "a second basket on a day changes nothing",
            lambda rng: [(_streaks(rng, twice=True),) for _ in range(2)],
        ),
        Property(
            "earliest_of_equal",
            "of runs of equal length the earliest one is returned, and no other",
            lambda rng: [(_streaks(rng, equal=True),) for _ in range(2)],
        ),
        Property(
            "across_months",
            "a run goes on from 31 January to 1 February, and from 31 December to 1 January",
            lambda rng: [(_streak_over_an_end(rng, last),) for last in (29, 363)],
        ),
    ),
    misconceptions=(
        wrong.two_baskets_two_days,
        wrong.days_in_all,
        wrong.span_in_days,
        wrong.steps_not_days,
        wrong.households_mixed,
        wrong.latest_of_equal,
        wrong.all_equal_runs,
        wrong.one_day_gap_allowed,
        wrong.day_of_month,
        wrong.last_run,
        wrong.last_day_returned,
        wrong.runs_of_others_added,
        wrong.first_run,
        wrong.first_day_of_all,
        wrong.single_days_lost,
    ),
)


# ---- kill_sessions --------------------------------------------------------------------------

kill_sessions = WriteTheTest(
    reference=reference.kill_sessions,
    points=3,
    minutes=15,
    level="mid",
    right=wrong.RIGHT_SESSIONS,
    mutants=wrong.WRONG_SESSIONS,
    enough=9,
    seconds=6.0,
    misconceptions=(
        wrong.accepts_all,
        wrong.rejects_all,
        wrong.events_add_up,
        wrong.one_household_only,
        wrong.no_edges,
    ),
)


def _weeks(rng, hole=0, before=7, closed=(), start=None):
    """Three weeks of a calendar, transactions from a week before it, and perhaps a hole.

    ``closed`` are days that the calendar does not have, counted from its first one.
    """
    start = int(rng.integers(5, 12)) if start is None else start
    gap = range(start + 4, start + 4 + hole)
    days_of = {
        h: [
            int(d)
            for d in rng.integers(start - before, start + 21, 7)
            if d not in gap and d != start + 15
        ]
        for h in range(1, 9)
    }
    # A household with two baskets on a day and one on the day after; one at the edge of a week.
    days_of[9] = [start, start, start + 1, start - 1]
    days_of[10] = [start + 16, start + 17, start + 17]
    days_of |= {20 + day: [start + day] for day in closed}
    calendar = [(_day(d),) for d in range(start, start + 21) if d - start not in closed]
    return (
        _baskets(rng, days_of),
        ("calendar", "day DATE", _shuffled(rng, calendar)),
    )


def _nothing_yet(rng):
    """The calendar begins before the first transaction; there may be none at all."""
    (name, columns, rows), calendar = _weeks(rng)
    first = sorted(day for *_, day in rows)[30]
    later = tuple(row for row in rows if row[2] >= first)
    return [((name, columns, some), calendar) for some in (later, ())]


rolling_active = WriteTheQuery(
    reference=reference.rolling_active,
    points=3,
    minutes=10,
    level="mid",
    ordered=True,
    properties=(
        Property(
            "values",
            "each household of the seven days counts once",
            lambda rng: [(_weeks(rng),), (_weeks(rng, start=355),)],
        ),
        Property(
            "days_without_sales",
            "a day has its row also where nobody bought, on it or in its seven days",
            lambda rng: [
                *((_weeks(rng, hole=11),) for _ in range(2)),
                *((tables,) for tables in _nothing_yet(rng)),
            ],
        ),
        Property(
            "days_missing_in_the_calendar",
            "a window has seven days, also where the calendar has fewer of them",
            lambda rng: [(_weeks(rng, closed=closed),) for closed in ((3, 8, 9), (5, 11, 12, 14))],
        ),
    ),
    misconceptions=(
        wrong.daily_counts_added,
        wrong.days_without_sales_missing,
        wrong.empty_windows_missing,
        wrong.eight_days,
        wrong.today_left_out,
        wrong.baskets_counted,
        wrong.calendar_weeks,
        wrong.only_that_day,
        wrong.since_the_beginning,
        wrong.seven_rows_of_the_calendar,
        wrong.newest_first,
        wrong.six_days,
        wrong.seven_days_ahead,
        wrong.no_sales_no_window,
        wrong.days_outside_the_calendar_lost,
    ),
)


# ---- peak_online ----------------------------------------------------------------------------

SESSIONS = "user_id INTEGER, login TIMESTAMP, logout TIMESTAMP"
# Later than whoever reads this, and earlier than 2099, which stands for "without an end" in tables.
LATER = datetime.date(2060, 3, 1)


def _online(rng, rows, days, start=MONDAY):
    """Sessions (user, hours of login, hours of logout or None), counted from a day, and days."""
    minutes = [
        (user, _time(60 * login, start), None if logout is None else _time(60 * logout, start))
        for user, login, logout in rows
    ]
    return (
        ("sessions", SESSIONS, _shuffled(rng, minutes)),
        ("calendar", "day DATE", _shuffled(rng, [(_day(day, start),) for day in days])),
    )


def _by_day(rng, days, others=0):
    """Sessions between 8 and 20 o'clock, each of another user, and no two times of a day equal."""
    rows = []
    for day in days:
        n = int(rng.integers(5, 8))
        times = [int(each) for each in rng.permutation(range(8 * 60, 20 * 60))[: 2 * n]]
        for user, (one, other) in enumerate(zip(times[::2], times[1::2], strict=True), 1):
            login, logout = sorted((one, other))
            rows.append((others + user, 24 * day + login / 60, 24 * day + logout / 60))
        # One in the morning and one in the evening, who never meet.
        rows += [
            (others + 8, 24 * day + 6, 24 * day + 7),
            (others + 9, 24 * day + 21, 24 * day + 22),
        ]
    return rows


def _of_one_moment(rng):
    """On four days: one after the other, two at a time, and overlaps of seconds."""
    hour = int(rng.integers(8, 16))
    users = [int(each) for each in rng.permutation(range(1, 9))]
    minute, second = 1 / 60, 1 / 3600
    chain = [(users[n], hour + n, hour + n + 1) for n in range(3)]
    # Where somebody leaves, a session has no length.
    chain.append((users[3], hour + 1, hour + 1))
    pairs = [(users[n], 24 + hour + n // 2, 24 + hour + n // 2 + 1) for n in range(4)]
    at = 48 + hour + 10 * minute
    short = [(users[0], at + 10 * second, at + 40 * second), (users[1], at, at + 30 * second)]
    at += 24
    shorter = [(users[0], at, at + 1.5 * second), (users[1], at + second, at + 30 * second)]
    # Alone, and of no length.
    alone = [(users[2], 96 + hour, 96 + hour)]
    return _online(rng, [*chain, *pairs, *short, *shorter, *alone], range(5))


def _in_turn(rng):
    """Two who follow each other, and on the next day in the other order."""
    one, other = (int(each) for each in rng.permutation(range(1, 9))[:2])
    hour = int(rng.integers(8, 16))
    rows = [
        (one, hour, hour + 1),
        (other, hour + 1, hour + 2),
        (other, 24 + hour, 24 + hour + 1),
        (one, 24 + hour + 1, 24 + hour + 2),
    ]
    return _online(rng, rows, range(2))


def _before_midnight(rng):
    """One comes in the last second of Monday, and another one leaves at its end."""
    users = [int(each) for each in rng.permutation(range(1, 9))]
    hour = int(rng.integers(18, 23))
    rows = [(users[0], hour, 24), (users[1], 24 - 0.5 / 3600, 24 + 1)]
    return _online(rng, rows, range(2))


def _over_midnight(rng):
    """Who comes on Monday evening is the peak of the next day, which has one login or none."""
    users = [int(each) for each in rng.permutation(range(1, 9))]
    evening = 24 - int(rng.integers(1, 6)) / 2
    rows = [
        (users[0], evening, 24 + 2),
        (users[1], evening - 1, 24 + 1),
        # Over a whole day without an event of its own.
        (users[2], evening - 2, 72 + 5),
        # Out at midnight, and in at midnight.
        (users[3], 24 + 20, 48),
        (users[4], 72, 72 + 3),
        (users[5], 24 + 6, 24 + 7),
        (users[6], 72 + 6, 72 + 7),
    ]
    return rows


def _never_out(rng):
    """Sessions without an end, and days after every time of the table."""
    users = [int(each) for each in rng.permutation(range(1, 9))]
    hour = int(rng.integers(8, 16))
    return [
        (users[0], hour, None),
        (users[1], hour + 1, hour + 2),
        (users[2], 24 + hour, None),
        (users[3], 24 + hour - 3, 24 + hour - 2),
        (users[4], 24 + hour + 1, 24 + hour + 3),
    ]


def _an_end_and_none(rng):
    """Users with two sessions at a time, of which one alone has an end; and a later day."""
    users = [int(each) for each in rng.permutation(range(1, 9))]
    hour = int(rng.integers(8, 12))
    rows = [
        (users[0], hour, hour + 2),
        (users[0], hour + 1, None),
        (users[1], hour + 4, None),
        (users[1], hour + 5, hour + 6),
    ]
    return _online(rng, rows, (0, 2))


def _over_night(rng):
    """A user who stays over midnight, and comes again before that session ends."""
    user, hour = int(rng.integers(1, 9)), int(rng.integers(6, 9))
    return _online(rng, [(user, 20, 24 + hour + 2), (user, 24 + hour, 24 + hour + 3)], range(2))


def _at_once(rng):
    """Users with several sessions at a time: equal, nested, and without an end."""
    users = [int(each) for each in rng.permutation(range(1, 9))]
    hour = int(rng.integers(6, 9))
    day = [
        (users[0], hour, hour + 6),
        (users[0], hour + 1, hour + 3),
        (users[1], hour + 2, hour + 4),
    ]
    # Two sessions that lie one after the other in a third one.
    nested = [
        (users[2], 24 + hour, 24 + hour + 8),
        (users[2], 24 + hour + 1, 24 + hour + 2),
        (users[2], 24 + hour + 4, 24 + hour + 5),
    ]
    equal = [(users[3], 48 + hour, 48 + hour + 2)] * 2 + [(users[3], 48 + hour, 48 + hour + 1)]
    # One is left when the other ends; then a second user comes.
    left = [
        (users[5], 72 + hour, 72 + hour + 2),
        (users[5], 72 + hour + 1, 72 + hour + 5),
        (users[6], 72 + hour + 3, 72 + hour + 4),
    ]
    endless = [
        (users[4], 96 + hour, None),
        (users[4], 96 + hour + 1, 96 + hour + 2),
        (users[4], 96 + hour + 4, 96 + hour + 5),
    ]
    return day, nested, equal, left, endless


peak_online = WriteTheQuery(
    reference=reference.peak_online,
    points=4,
    minutes=15,
    level="mid",
    properties=(
        Property(
            "values",
            "the peak of a day is the largest number of users online at one moment",
            lambda rng: [(_online(rng, _by_day(rng, range(4)), range(4)),) for _ in range(2)],
        ),
        Property(
            "to_the_moment",
            "who logs out at a moment is not online at it, and a short peak counts",
            lambda rng: [(draw(rng),) for draw in (_of_one_moment, _before_midnight, _in_turn)],
        ),
        Property(
            "over_midnight",
            "who is online at the start of a day counts on it",
            lambda rng: [
                (_online(rng, _over_midnight(rng), range(5)),),
                # The calendar begins on a day that somebody else has begun.
                (_online(rng, _over_midnight(rng)[:3], (1, 2, 3)),),
                (_online(rng, _over_midnight(rng) + _by_day(rng, (0, 2, 4), 10), range(6)),),
            ],
        ),
        Property(
            "without_logout",
            "a session without a logout counts from its login on, on each day of the calendar",
            lambda rng: [
                (_online(rng, _never_out(rng), range(4)),),
                (_online(rng, _never_out(rng)[:3], (0, 1, 5), LATER),),
                (_online(rng, _never_out(rng) + _by_day(rng, range(3), 10), range(5)),),
                (_an_end_and_none(rng),),
            ],
        ),
        Property(
            "users_once",
            "a user with several sessions at one moment counts once",
            lambda rng: [
                *(
                    (_online(rng, rows, range(day, day + 1)),)
                    for day, rows in enumerate(_at_once(rng))
                ),
                (_over_night(rng),),
            ],
        ),
        Property(
            "days_of_the_calendar",
            "each day of the calendar has a row, with 0 if nobody is online, and no other day has",
            lambda rng: [
                (_online(rng, _by_day(rng, (1, 2, 3)), (0, 1, 3, 4)),),
                (_online(rng, _by_day(rng, (1, 2))[-4:], (0, 2)),),
                (_online(rng, (), (0, 1)),),
            ],
        ),
    ),
    misconceptions=(
        wrong.ends_still_online,
        wrong.ends_a_second_early,
        wrong.no_length_online,
        wrong.sessions_online,
        wrong.users_of_the_day,
        wrong.partners_of_a_session,
        wrong.logins_of_the_day_alone,
        wrong.start_of_the_day_missing,
        wrong.no_logout_lost,
        wrong.no_logout_until_midnight,
        wrong.no_logout_until_now,
        wrong.no_logout_until_the_last,
        wrong.on_the_full_minute,
        wrong.logins_within_an_hour,
        wrong.days_of_nobody_missing,
        wrong.days_of_the_sessions,
        wrong.merged_with_the_one_before,
        wrong.merged_past_no_logout,
    ),
)


# ---- purchase_funnel ------------------------------------------------------------------------

EVENTS = "household_id INTEGER, product_id INTEGER, event VARCHAR, event_at TIMESTAMP"
HOUR = 60
# What a household does with a product: event, and hours after a moment of its own.
PATHS = {
    "bought": (("view", 0), ("cart", 1), ("buy", 3)),
    "viewed": (("view", 0),),
    "viewed_twice": (("view", 0), ("view", 2), ("cart", 3), ("buy", 4)),
    "carted": (("view", 0), ("cart", 2)),
    "no_cart": (("view", 0), ("buy", 2)),
    "cart_late": (("view", 0), ("cart", 30), ("buy", 31)),
    "bought_late": (("view", 0), ("cart", 2), ("buy", 40)),
    "cart_before": (("cart", -2), ("view", 0), ("buy", 1)),
    "buy_before_cart": (("view", 0), ("buy", 1), ("cart", 2)),
    "second_view": (("view", 0), ("view", 50), ("cart", 51), ("buy", 52)),
    "cart_again": (("cart", -3), ("view", 0), ("cart", 1), ("buy", 2)),
    "within_a_day_of_the_cart": (("view", 0), ("cart", 1), ("buy", 25)),
    "exactly_a_day": (("view", 0), ("cart", 5), ("buy", 24)),
    "cart_exactly_a_day": (("view", 0), ("cart", 24)),
    "another_view_between": (("view", 0), ("cart", 23), ("view", 26), ("buy", 27)),
    "bought_with_the_cart": (("view", 0), ("cart", 2), ("buy", 2)),
    "viewed_after_the_cart": (("view", 0), ("cart", 2), ("view", 3)),
    "carted_twice": (("view", 0), ("cart", 2), ("cart", 4)),
    "a_little_late": (("view", 0), ("cart", 5), ("buy", 24.1)),
    "cart_a_little_late": (("view", 0), ("cart", 24.1)),
    "at_the_same_time": (("view", 0), ("cart", 0), ("buy", 0)),
    "over_midnight": (("view", 0), ("cart", 14), ("buy", 16)),
    "within_a_minute": (("view", 0), ("cart", 20 / 3600), ("buy", 40 / 3600)),
    "carted_twice_and_bought": (("view", 0), ("cart", 1), ("cart", 2), ("buy", 3)),
    "bought_again": (("view", 0), ("cart", 1), ("buy", 2), ("buy", 170)),
    "bought_before_and_after": (("view", 0), ("buy", 1), ("cart", 2), ("buy", 3)),
    "viewed_before_the_purchase": (("view", 0), ("cart", 1), ("view", 2), ("buy", 3)),
}
ORDINARY = ("bought", "viewed", "viewed_twice", "carted", "no_cart", "cart_late", "bought_late")


def _events(rng, names, chance):
    """Households with paths through products, begun in the morning; one product has no cart."""
    rows = []
    for at, name in enumerate(names):
        for product in (7, 8):
            if rng.random() < chance:
                moment = int(rng.integers(0, 4)) * 1440 + 9 * HOUR + int(rng.integers(0, 59))
                rows += [(at + 1, product, e, _time(moment + h * HOUR)) for e, h in PATHS[name]]
    rows += [(50, 9, "view", _time(int(rng.integers(0, 900))))]
    # A product with a cart and without a view.
    rows += [(52, 10, "cart", _time(500))]
    # Household 51 views 8 and puts 7 into the cart.
    rows += [(51, 8, "view", _time(600)), (51, 7, "cart", _time(660)), (51, 7, "buy", _time(700))]
    return (("events", EVENTS, _shuffled(rng, rows)),)


def _few_events(rng):
    """Each path once, of one product; the paths in two halves that can be read."""
    names = list(PATHS)
    for half in names[::2], names[1::2]:
        rows = [
            (at, 7, event, _time(9 * HOUR + hours * HOUR))
            for at, name in enumerate(half, 1)
            for event, hours in PATHS[name]
        ]
        yield (("events", EVENTS, _shuffled(rng, rows)),)


# Household 1 buys between two carts, 2 between two views, and 3 buys another product.
BETWEEN = (
    (
        "events",
        EVENTS,
        tuple(
            (household, product, event, _time((9 + hours) * HOUR))
            for household, last in ((1, (7, "cart")), (2, (7, "view")), (3, (8, "buy")))
            for hours, (product, event) in enumerate(
                ((7, "view"), (7, "cart"), *([(7, "buy")] if household < 3 else []), last)
            )
        ),
    ),
)


def _once_more(rng):
    """Some events come twice."""
    ((name, columns, rows),) = _events(rng, ORDINARY * 2, 0.8)
    again = tuple(rows[int(at)] for at in rng.integers(0, len(rows), 6))
    return ((name, columns, rows + again),)


purchase_funnel = WriteTheQuery(
    reference=reference.purchase_funnel,
    points=4,
    minutes=15,
    level="senior",
    properties=(
        Property(
            "values",
            "a step counts after the one before it, and within a day of the view",
            lambda rng: [(_events(rng, tuple(PATHS), 0.7),), (_once_more(rng),)],
        ),
        Property(
            "order_and_window",
            "cart and purchase follow one and the same view, in this order, within 24 hours of it",
            # Each path adds one household: some come twice, so that two mistakes differ.
            lambda rng: [
                *(
                    (_events(rng, (*PATHS, *more), 1.0),)
                    for more in (("bought",), ("another_view_between", *["bought"] * 2))
                ),
                *((events,) for events in _few_events(rng)),
                (BETWEEN,),
            ],
        ),
    ),
    misconceptions=(
        wrong.order_ignored,
        wrong.paths_counted,
        wrong.no_window,
        wrong.window_from_the_cart,
        wrong.first_view_only,
        wrong.first_of_each,
        wrong.any_product,
        wrong.cart_skipped,
        wrong.same_calendar_day,
        wrong.exactly_24_hours_lost,
        wrong.inner_joins,
        wrong.any_view_for_each_step,
        wrong.last_view_only,
        wrong.equal_times_counted,
        wrong.next_calendar_day,
        wrong.hours_of_the_clock,
        wrong.steps_counted_apart,
    ),
)


# ---- level_history --------------------------------------------------------------------------

CHANGES = "user_id INTEGER, level VARCHAR, day DATE, change_id INTEGER"
LEVELS = ("bronze", "silver", "gold", "platinum")


def _log(rng, rows, late=()):
    """Changes (user, level, day), numbered by day, and after them those that arrive late."""
    rows = [*sorted(rows, key=lambda row: row[2]), *late]
    step, first = int(rng.integers(1, 4)), int(rng.integers(1, 500))
    numbered = [
        (user, level, _day(day), first + step * at) for at, (user, level, day) in enumerate(rows)
    ]
    return (("changes", CHANGES, _shuffled(rng, numbered)),)


def _levels(rng):
    """The names of the levels, in an order that has nothing to do with the alphabet."""
    return [LEVELS[at] for at in rng.permutation(len(LEVELS))]


def _ups_and_downs(rng, users=range(1, 6), again=0):
    """Users whose level changes each time, and may come back; ``again``: repeats of each level.

    Between two changes are three days or more, on which nothing happens but repeats.
    """
    rows = []
    for user in users:
        a, b, c, d = _levels(rng)
        day = int(rng.integers(0, 4))
        for level in (a, b, a, c, b, d)[: int(rng.integers(3, 7))]:
            rows += [(user, level, day + n) for n in range(again + 1)]
            day += int(rng.integers(3, 6))
    # A user who never changes.
    rows.append((max(users) + 1, LEVELS[int(rng.integers(0, 4))], int(rng.integers(0, 9))))
    return rows


def _days_of_several(rng):
    """Days with several changes: the last one is a new level, or takes the others back."""
    a, b, c, d = _levels(rng)
    return [
        # A new level after another one.
        [(31, a, 0), (31, b, 4), (31, c, 4), (31, d, 9)],
        # Back to the level of before: no version. It would be one if repeats went first.
        [(32, b, 1), (32, c, 5), (32, b, 5), (32, d, 8)],
        # The first day of a user; then a repeat before the new level.
        [(33, c, 2), (33, a, 2), (33, a, 6), (33, d, 6)],
        # Three on a day, after which the level of the second one comes by itself.
        [(34, d, 3), (34, a, 7), (34, c, 7), (34, b, 7), (34, c, 10)],
    ]


def _twice_on_a_day(rng):
    """The last row of a day repeats a new level of the same day."""
    a, b, c, _ = _levels(rng)
    return [(35, a, 0), (35, b, 4), (35, b, 4), (35, c, 9)]


def _late_ones(rng):
    """Changes, and such as arrive after rows of later days."""
    a, b, c, d = _levels(rng)
    return [
        # Between two versions.
        ([(41, a, 0), (41, c, 4)], [(41, b, 2)]),
        # Before the first one.
        ([(42, b, 5), (42, c, 9)], [(42, a, 3)]),
        # On a day that has a row, whose place it takes.
        ([(43, a, 1), (43, b, 6), (43, d, 8)], [(43, c, 6)]),
        # A repeat, and one that makes the next row a repeat.
        ([(44, a, 1), (44, c, 7), (44, d, 9)], [(44, a, 3), (44, c, 5)]),
    ]


def _late_beside_the_same(rng):
    """The row that arrived last before the late one has its level; or it repeats one of before."""
    a, b, _, _ = _levels(rng)
    return [
        # The level is known already, and begins earlier.
        ([(45, a, 0), (45, b, 7)], [(45, b, 4)]),
        # A deletion, after which a repeat is none.
        ([(46, a, 0), (46, a, 8)], [(46, None, 4)]),
    ]


def _deleted(rng):
    """Users who are deleted: some come back, with the old level or another one."""
    a, b, c, d = _levels(rng)
    return [
        [(51, a, 0), (51, None, 4), (51, a, 7)],
        [(52, a, 0), (52, b, 3), (52, None, 5), (52, c, 9), (52, d, 12)],
        # For ever; the deletion comes twice.
        [(53, b, 1), (53, None, 6), (53, None, 8)],
        # Deleted before anything is known of them: one comes, the other one never does.
        [(54, None, 2), (54, c, 5), (55, None, 3)],
        # On one day: come and deleted; changed and deleted; deleted and back.
        [(56, a, 4), (56, None, 4)],
        [(57, b, 1), (57, d, 5), (57, None, 5)],
        [(58, c, 2), (58, None, 6), (58, c, 6), (58, a, 9)],
        # A repeat after the return.
        [(59, d, 0), (59, None, 3), (59, d, 5), (59, d, 7)],
    ]


def _some(rng, groups, n):
    """A few of these groups, to be checked by hand."""
    return [groups[at] for at in sorted(int(each) for each in rng.permutation(len(groups))[:n])]


def _flat(groups):
    return [row for group in groups for row in group]


def _log_with_late_ones(rng, groups, more=()):
    return _log(rng, [*more, *_flat(rows for rows, _ in groups)], _flat(late for _, late in groups))


level_history = WriteTheQuery(
    reference=reference.level_history,
    points=4,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "each version has its level, its first day, and the first day after it",
            lambda rng: [
                (_log(rng, _ups_and_downs(rng)),),
                (_log(rng, _ups_and_downs(rng, users=(1, 2))),),
            ],
        ),
        Property(
            "repeats_are_no_versions",
            "a row that repeats the user's level changes nothing",
            lambda rng: [
                (_log(rng, _ups_and_downs(rng, again=2)),),
                (_log(rng, _ups_and_downs(rng, users=(1,), again=1)),),
            ],
        ),
        Property(
            "last_of_the_day",
            "of several changes of a user on one day the last one counts alone",
            lambda rng: [
                (_log(rng, _ups_and_downs(rng) + _flat(_days_of_several(rng))),),
                *((_log(rng, group),) for group in _days_of_several(rng)),
                (_log(rng, _twice_on_a_day(rng)),),
            ],
        ),
        Property(
            "late_rows_in_their_place",
            "a change counts from its day on, whenever it arrives",
            lambda rng: [
                (_log_with_late_ones(rng, _late_ones(rng), _ups_and_downs(rng)),),
                (_log_with_late_ones(rng, _some(rng, _late_ones(rng), 2)),),
                *((_log(rng, *each),) for each in _late_beside_the_same(rng)),
            ],
        ),
        Property(
            "deletions_end_versions",
            "a deletion ends a version and begins none, and who comes back has a new one",
            lambda rng: [
                (_log(rng, _ups_and_downs(rng) + _flat(_deleted(rng))),),
                (_log(rng, _flat(_deleted(rng)[:2])),),
                (_log(rng, _flat(_some(rng, _deleted(rng), 2))),),
            ],
        ),
    ),
    misconceptions=(
        wrong.repeats_as_versions,
        wrong.ended_by_a_repeat,
        wrong.order_of_arrival,
        wrong.first_of_the_day,
        wrong.several_versions_a_day,
        wrong.repeats_before_the_day,
        wrong.deletions_left_out,
        wrong.deletions_as_versions,
        wrong.return_closes_the_gap,
        wrong.old_level_again_lost,
        wrong.deletion_of_the_day_lost,
        wrong.not_equal_to_null,
        wrong.one_version_a_level,
        wrong.day_before_the_next,
        wrong.open_end_is_null,
        wrong.users_in_one_chain,
        wrong.open_versions_alone,
        wrong.last_level_by_name,
    ),
)


# ---- features_as_of -------------------------------------------------------------------------


def _histories(rng, edges=False, silent=False, households=range(1, 8), purchases=8):
    """Labels on one or two days, baskets of several rows around them, tiers that change."""
    labels, lines, tiers, basket = [], [], [], 0
    for h in households:
        # In April and May: the month before March has 28 days.
        as_of = 100 + int(rng.integers(0, 12))
        days = [as_of] if h % 3 == 0 else [as_of, as_of + int(rng.integers(10, 20))]
        labels += [(h, _day(d)) for d in days]
        bought = [as_of + int(d) for d in rng.integers(-55, 35, purchases)] + [as_of - 3]
        if edges:
            bought += [as_of, as_of - 28, as_of - 29, as_of - 27]
        if silent and h in (2, 3):
            # One never bought before its first day, the other one long ago.
            bought = [as_of + 40] if h == 2 else [as_of - 50]
        for day in bought:
            basket += 1
            lines += [(h, basket, v, _day(day)) for v in _money(rng, int(rng.integers(1, 4)))]
        names = [str(each) for each in rng.permutation(["bronze", "gold", "silver"])]
        if h != 7:
            when = sorted(int(d) for d in rng.permutation(range(1, 40))[:2])
            tiers += [(h, names[0], _day(as_of - when[1])), (h, names[1], _day(as_of - when[0]))]
            tiers += [(h, names[2], _day(as_of if edges else days[-1] + 3))]
    # Whose last tier comes first in the alphabet.
    labels += [(9, _day(70))]
    tiers += [(9, "silver", _day(10)), (9, "bronze", _day(40)), (9, "gold", _day(90))]
    lines += [(9, 900, 4.5, _day(60)), (9, 900, 1.25, _day(60))]
    return (
        ("labels", "household_id INTEGER, as_of DATE", _shuffled(rng, labels)),
        (
            "transactions",
            "household_id INTEGER, basket_id INTEGER, sales_value DOUBLE, day DATE",
            _shuffled(rng, lines),
        ),
        ("tiers", "household_id INTEGER, tier VARCHAR, valid_from DATE", _shuffled(rng, tiers)),
    )


features_as_of = WriteTheQuery(
    reference=reference.features_as_of,
    points=4,
    minutes=15,
    level="senior",
    properties=(
        Property(
            "values",
            "each label has the past of its own day",
            lambda rng: [(_histories(rng),)],
        ),
        Property(
            "nothing_from_the_day_itself",
            "the window holds the 28 days before the day of the label, and not that day",
            lambda rng: [
                *((_histories(rng, edges=True),) for _ in range(2)),
                (_histories(rng, edges=True, households=(1, 3), purchases=2),),
            ],
        ),
        Property(
            "silent_households_stay",
            "a label without purchases or tiers has its row, with 0 and NULL as asked for",
            lambda rng: [
                (_histories(rng, silent=True),),
                (_histories(rng, silent=True, households=(2, 3, 7), purchases=2),),
            ],
        ),
    ),
    misconceptions=(
        wrong.day_itself_included,
        wrong.tier_of_the_day,
        wrong.tier_of_today,
        wrong.future_purchases,
        wrong.silent_lost,
        wrong.tierless_lost,
        wrong.twenty_nine_days,
        wrong.twenty_seven_days,
        wrong.lines_not_baskets,
        wrong.tiers_multiply_spend,
        wrong.one_row_a_household,
        wrong.last_tier_by_name,
        wrong.last_day_in_the_window,
        wrong.null_spend,
        wrong.first_tier,
        wrong.tier_of_one_label,
    ),
)
