"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

from solutions.sql_round import reference
from utils import sql


def _but(query, *changes):
    """A query with some of its text replaced, each piece wherever it stands."""
    for old, new in changes:
        if old not in query:
            raise ValueError(f"The query has no {old!r}.")
        query = query.replace(old, new)
    return query


# ---- break_campaign_report ------------------------------------------------------------------

# Each differs from the correct report by one decision, so that each is one mistake.

_REPORT = """
    SELECT
        c.campaign_id,
        COUNT(DISTINCT c.household_id) AS reached,
        COUNT(DISTINCT t.household_id) AS buyers,
        COALESCE(SUM(t.sales_value), 0) AS revenue
    FROM campaigns AS c
    JOIN campaign_descriptions AS d ON d.campaign_id = c.campaign_id
    LEFT JOIN transactions AS t ON t.household_id = c.household_id
    AND CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date
    GROUP BY c.campaign_id
    ORDER BY c.campaign_id
"""
_DAYS = "AND CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date"


def _report(query, campaigns, descriptions, transactions, redemptions):
    return sql.ask(
        query,
        campaigns=("campaign_id BIGINT, household_id BIGINT", *campaigns),
        campaign_descriptions=(
            "campaign_id BIGINT, start_date DATE, end_date DATE",
            *descriptions,
        ),
        transactions=(
            "household_id BIGINT, basket_id BIGINT, sales_value DOUBLE, "
            "transaction_timestamp TIMESTAMP",
            *transactions,
        ),
        coupon_redemptions=(
            "household_id BIGINT, coupon_upc BIGINT, campaign_id BIGINT, redemption_date DATE",
            *redemptions,
        ),
    )


def correct(campaigns, descriptions, transactions, redemptions):
    """The report without a defect, by the same steps as the flawed ones."""
    return _report(_REPORT, campaigns, descriptions, transactions, redemptions)


def fan_out(campaigns, descriptions, transactions, redemptions):
    """A purchase counted once for each coupon of its household."""
    join = (
        "LEFT JOIN coupon_redemptions AS r "
        "ON r.household_id = c.household_id AND r.campaign_id = c.campaign_id GROUP BY"
    )
    query = _but(_REPORT, ("GROUP BY", join))
    return _report(query, campaigns, descriptions, transactions, redemptions)


def where_undoes_left_join(campaigns, descriptions, transactions, redemptions):
    """A household without a purchase in these days was lost."""
    query = _but(_REPORT, ("AND CAST(", "WHERE CAST("))
    return _report(query, campaigns, descriptions, transactions, redemptions)


def rows_counted(campaigns, descriptions, transactions, redemptions):
    """Rows were counted, not households."""
    query = _but(_REPORT, ("COUNT(DISTINCT ", "COUNT("))
    return _report(query, campaigns, descriptions, transactions, redemptions)


def last_day_lost(campaigns, descriptions, transactions, redemptions):
    """The campaign ended at the midnight that begins its last day."""
    query = _but(_REPORT, ("CAST(t.transaction_timestamp AS DATE)", "t.transaction_timestamp"))
    return _report(query, campaigns, descriptions, transactions, redemptions)


def sum_distinct(campaigns, descriptions, transactions, redemptions):
    """Of equal amounts only one was added up."""
    query = _but(_REPORT, ("SUM(t", "SUM(DISTINCT t"))
    return _report(query, campaigns, descriptions, transactions, redemptions)


def dates_ignored(campaigns, descriptions, transactions, redemptions):
    """Purchases of any day counted."""
    query = _but(_REPORT, (_DAYS, ""))
    return _report(query, campaigns, descriptions, transactions, redemptions)


FLAWED = {
    function.__name__: function
    for function in (
        fan_out,
        where_undoes_left_join,
        rows_counted,
        last_day_lost,
        sum_distinct,
        dates_ignored,
    )
}

_MAY = [(8, "2017-05-08", "2017-05-10")]


def one_buyer_one_purchase(defect):
    """Every table has one row, and on one row each the flawed reports and the right one agree. A
    report is wrong where rows repeat, are missing, or lie at an edge.
    """
    return [(8, 1)], _MAY, [(1, 11, 2.5, "2017-05-09 12:00:00")], [(1, 501, 8, "2017-05-09")]


def unequal_purchases(defect):
    """Everything is exposed but ``sum_distinct``: SUM(DISTINCT x) drops an amount only where the
    same amount occurs twice.
    """
    campaigns, descriptions, _, redemptions = reference.break_campaign_report(defect)
    changed = [(1, 11, 4.0, "2017-05-07 12:00:00"), (1, 12, 2.5, "2017-05-08 12:00:00")]
    return campaigns, descriptions, [*changed, (1, 13, 3.0, "2017-05-10 19:00:00")], redemptions


def last_day_at_midnight(defect):
    """Everything is exposed but ``last_day_lost``: a purchase at 00:00:00 on the last day lies
    within both ranges.
    """
    campaigns, descriptions, transactions, redemptions = reference.break_campaign_report(defect)
    moved = (1, 13, 2.5, "2017-05-10 00:00:00")
    return campaigns, descriptions, [*transactions[:2], moved], redemptions


def one_coupon_only(defect):
    """Everything is exposed but ``fan_out``: a join repeats a purchase only where it meets two
    rows.
    """
    campaigns, descriptions, transactions, redemptions = reference.break_campaign_report(defect)
    return campaigns, descriptions, transactions, redemptions[:1]


def silent_stranger(defect):
    """Everything is exposed but ``where_undoes_left_join``: the household without a purchase must
    be one that the campaign reached.
    """
    campaigns, descriptions, transactions, redemptions = reference.break_campaign_report(defect)
    return campaigns[:1], descriptions, transactions, redemptions


def other_dates(defect):
    """Write a day like 2017-05-08, as the docstring asks: ISO dates have the same order as text and
    as days, and every database reads them in the same way.
    """
    campaigns, _, transactions, redemptions = reference.break_campaign_report(defect)
    return campaigns, [(8, "08/05/2017", "10/05/2017")], transactions, redemptions


def seven_rows(defect):
    """A table has at most 6 rows: what nobody can check by hand convinces nobody."""
    campaigns, descriptions, transactions, redemptions = reference.break_campaign_report(defect)
    more = [(1, 20 + n, 2.5, "2017-05-09 12:00:00") for n in range(4)]
    return campaigns, descriptions, [*transactions, *more], redemptions


# ---- campaign_report ------------------------------------------------------------------------


_JOINED_FIRST = """
    SELECT
        c.campaign_id,
        COUNT(DISTINCT c.household_id) AS reached,
        COUNT(DISTINCT t.household_id) AS buyers,
        COUNT(r.coupon_upc) AS redemptions,
        COALESCE(SUM(t.sales_value), 0) AS revenue
    FROM campaigns AS c
    JOIN campaign_descriptions AS d ON d.campaign_id = c.campaign_id
    LEFT JOIN transactions AS t ON t.household_id = c.household_id
    AND CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date
    LEFT JOIN coupon_redemptions AS r
    ON r.household_id = c.household_id AND r.campaign_id = c.campaign_id
    GROUP BY c.campaign_id
"""
# What may be added to it.
_ROWS_COUNTED = ("COUNT(DISTINCT c.household_id)", "COUNT(c.household_id)")
_UNTIL_MIDNIGHT = ("CAST(t.transaction_timestamp AS DATE)", "t.transaction_timestamp")
_EACH_AMOUNT_ONCE = ("SUM(t.sales_value)", "SUM(DISTINCT t.sales_value)")
_EACH_COUPON_ONCE = ("COUNT(r.coupon_upc)", "COUNT(DISTINCT (r.household_id, r.coupon_upc))")
_DAYS_IN_WHERE = ((_DAYS, ""), ("GROUP BY", f"{_DAYS.replace('AND', 'WHERE', 1)} GROUP BY"))


def joined_and_filtered():
    """The tables are joined before anything is counted, and WHERE compares the days afterwards.
    Rows repeat, once for each coupon of a household; and a household that bought nothing in these
    days is lost, with its campaign if nobody bought there.
    """
    # The answer that people give, at the beginning of the chapter.
    return _but(_JOINED_FIRST, *_DAYS_IN_WHERE, _UNTIL_MIDNIGHT, _ROWS_COUNTED)


def joined_and_filtered__households_counted():
    return _but(_JOINED_FIRST, *_DAYS_IN_WHERE, _UNTIL_MIDNIGHT)


def joined_and_filtered__by_the_day():
    return _but(_JOINED_FIRST, *_DAYS_IN_WHERE, _ROWS_COUNTED)


def joined_and_filtered__households_by_the_day():
    return _but(_JOINED_FIRST, *_DAYS_IN_WHERE)


def joined_and_filtered__amounts_once():
    return _but(_JOINED_FIRST, *_DAYS_IN_WHERE, _UNTIL_MIDNIGHT, _EACH_AMOUNT_ONCE)


def joined_coupons():
    """A purchase is added up once for each coupon that its household redeemed in the campaign: two
    tables with several rows a household are joined before anything is added up. The rows multiply,
    and so does the revenue.
    """
    return _JOINED_FIRST


def joined_coupons__until_midnight():
    return _but(_JOINED_FIRST, _UNTIL_MIDNIGHT)


def joined_coupons__rows_counted():
    return _but(_JOINED_FIRST, _ROWS_COUNTED)


def joined_coupons__rows_until_midnight():
    return _but(_JOINED_FIRST, _ROWS_COUNTED, _UNTIL_MIDNIGHT)


def joined_coupons__each_coupon_once():
    return _but(_JOINED_FIRST, _EACH_COUPON_ONCE)


def distinct_amounts():
    """Two purchases of the same amount count once. DISTINCT in a sum compares amounts, not rows: it
    hides a join that repeats rows, and loses money where nothing was repeated.
    """
    return _but(reference.campaign_report(), ("SUM(t.sales_value)", "SUM(DISTINCT t.sales_value)"))


def distinct_amounts__over_the_join():
    return _but(_JOINED_FIRST, _EACH_AMOUNT_ONCE, _EACH_COUPON_ONCE)


def distinct_amounts__over_the_join_of_coupons():
    return _but(_JOINED_FIRST, _EACH_AMOUNT_ONCE)


def distinct_amounts__over_the_join_until_midnight():
    return _but(_JOINED_FIRST, _EACH_AMOUNT_ONCE, _UNTIL_MIDNIGHT)


def buyers_only():
    """A household that bought nothing is missing from ``reached``, and a campaign in which nobody
    bought has no row. The denominator holds everybody who was reached.
    """
    return _but(
        reference.campaign_report(),
        ("FROM campaigns\n", "FROM bought\n"),
    )


def midnight_ends_the_last_day():
    """Purchases of the last day after 00:00 are missing: a date that is compared with a timestamp
    is the midnight with which that day begins.
    """
    return _but(
        reference.campaign_report(),
        ("CAST(t.transaction_timestamp AS DATE)", "t.transaction_timestamp"),
    )


def day_after_included():
    """Your query counts a purchase at 00:00 on the day after the campaign: ``<= end_date + 1`` lets
    that midnight in. The end of a half-open interval is compared with ``<``.
    """
    return _but(
        reference.campaign_report(),
        (
            "CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date",
            "t.transaction_timestamp >= d.start_date "
            "AND t.transaction_timestamp <= d.end_date + INTERVAL 1 DAY",
        ),
    )


def any_day():
    """Your query counts purchases before and after the campaign as well: nothing compares the day
    of the purchase with the days of the campaign.
    """
    return _but(
        reference.campaign_report(),
        ("AND CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date", ""),
    )


def null_for_nothing():
    """Where a campaign has nothing, the report has NULL; the statement asks for 0. A LEFT JOIN that
    finds nothing gives NULL, and so does the sum of no rows.
    """
    return _but(
        reference.campaign_report(),
        ("COALESCE(b.buyers, 0)", "b.buyers"),
        ("COALESCE(x.redemptions, 0)", "x.redemptions"),
        ("COALESCE(b.revenue, 0)", "b.revenue"),
    )


def null_for_nothing__revenue_alone():
    return _but(reference.campaign_report(), ("COALESCE(b.revenue, 0)", "b.revenue"))


def null_for_nothing__redemptions_alone():
    return _but(reference.campaign_report(), ("COALESCE(x.redemptions, 0)", "x.redemptions"))


def purchases_as_buyers():
    """Your ``buyers`` counts rows of transactions: a household that buys three times is three
    buyers.
    """
    return _but(
        reference.campaign_report(),
        (
            "SELECT c.campaign_id, c.household_id, SUM(t.sales_value) AS revenue",
            "SELECT c.campaign_id, c.household_id, COUNT(*) AS n, SUM(t.sales_value) AS revenue",
        ),
        ("COUNT(*) AS buyers", "SUM(n) AS buyers"),
    )


def redeeming_households():
    """Your ``redemptions`` counts households, and a household may redeem several coupons. The
    statement asks for rows of ``coupon_redemptions``.
    """
    return _but(
        reference.campaign_report(),
        ("COUNT(*) AS redemptions", "COUNT(DISTINCT household_id) AS redemptions"),
    )


def revenue_of_everybody():
    """Your query counts purchases of households that the campaign did not reach as well: the join
    is on days alone.
    """
    return _but(
        reference.campaign_report(),
        (
            "SELECT c.campaign_id, c.household_id, SUM(t.sales_value) AS revenue\n"
            "            FROM campaigns AS c\n"
            "            JOIN campaign_descriptions AS d ON d.campaign_id = c.campaign_id",
            "SELECT d.campaign_id, t.household_id, SUM(t.sales_value) AS revenue\n"
            "            FROM campaign_descriptions AS d",
        ),
        ("ON t.household_id = c.household_id\n                AND CAST", "ON CAST"),
        ("GROUP BY c.campaign_id, c.household_id", "GROUP BY d.campaign_id, t.household_id"),
    )


def buyers_must_redeem():
    """Your query counts only households that redeemed a coupon of the campaign as buyers. A
    household that bought without a coupon bought too.
    """
    return _but(
        reference.campaign_report(),
        (
            "GROUP BY c.campaign_id, c.household_id",
            "WHERE EXISTS (SELECT 1 FROM coupon_redemptions AS r "
            "WHERE r.household_id = c.household_id AND r.campaign_id = c.campaign_id) "
            "GROUP BY c.campaign_id, c.household_id",
        ),
    )


def distinct_amounts__of_a_campaign():
    return _but(
        reference.campaign_report(),
        ("GROUP BY c.campaign_id, c.household_id", "GROUP BY c.campaign_id"),
        (
            "SELECT c.campaign_id, c.household_id, SUM(t.sales_value) AS revenue",
            "SELECT c.campaign_id, COUNT(DISTINCT c.household_id) AS n, "
            "SUM(DISTINCT t.sales_value) AS revenue",
        ),
        ("COUNT(*) AS buyers, SUM(revenue)", "SUM(n) AS buyers, SUM(revenue)"),
    )


def coupons_of_strangers_lost():
    """Coupons of households to which the campaign was not sent are missing: ``redemptions`` counts
    every row of ``coupon_redemptions`` of the campaign.
    """
    return _but(
        reference.campaign_report(),
        (
            "FROM coupon_redemptions\n",
            "FROM coupon_redemptions AS k WHERE EXISTS (SELECT 1 FROM campaigns AS c WHERE "
            "c.campaign_id = k.campaign_id AND c.household_id = k.household_id)\n",
        ),
    )


def campaigns_without_coupons_lost():
    """A campaign without a redeemed coupon has no row: an inner join with the redemptions has
    dropped it. Its number is 0.
    """
    return _but(reference.campaign_report(), ("LEFT JOIN redeemed", "JOIN redeemed"))


def unsent_campaigns_shown():
    """A campaign that was sent to nobody has a row: the rows come from ``campaign_descriptions``,
    and the statement asks for campaigns with a household in ``campaigns``.
    """
    return _but(
        reference.campaign_report(),
        (
            "SELECT campaign_id, COUNT(*) AS reached\n            FROM campaigns\n",
            "SELECT d.campaign_id, COUNT(c.household_id) AS reached\n"
            "            FROM campaign_descriptions AS d\n"
            "            LEFT JOIN campaigns AS c USING (campaign_id)\n",
        ),
        (
            "GROUP BY campaign_id\n        )\n        SELECT\n            r.",
            "GROUP BY d.campaign_id\n        )\n        SELECT\n            r.",
        ),
    )


# ---- top_products ---------------------------------------------------------------------------


_BY_PRODUCT = "revenue DESC, product_id"


def ties_broken():
    """Products of equal revenue have different places: ROW_NUMBER gives each row a number of its
    own, and at the third place it leaves one of two equal products out.
    """
    return _but(reference.top_products(), ("RANK()", "ROW_NUMBER()"))


def ties_broken__by_product():
    return _but(reference.top_products(), ("RANK()", "ROW_NUMBER()"), ("revenue DESC", _BY_PRODUCT))


def ties_broken__by_product_downwards():
    return _but(
        reference.top_products(),
        ("RANK()", "ROW_NUMBER()"),
        ("revenue DESC", _BY_PRODUCT + " DESC"),
    )


def places_not_skipped():
    """After a shared place no place is skipped: DENSE_RANK counts different revenues, so more
    products than the statement asks for come to the third place.
    """
    return _but(reference.top_products(), ("RANK()", "DENSE_RANK()"))


def over_all_departments():
    """Your places are given over all departments together: a department whose products sell less
    has fewer of them, or none.
    """
    return _but(reference.top_products(), ("PARTITION BY department ", ""))


def three_rows_in_all():
    """The result has three rows in all: LIMIT cuts the whole result, not each department."""
    return reference.top_products() + " LIMIT 3"


def best_line():
    """The revenue of a product is that of its largest line: the lines of a product must be added
    up.
    """
    return _but(reference.top_products(), ("SUM(t.sales_value)", "MAX(t.sales_value)"))


def lowest_first():
    """In your result the products with the lowest revenue have the first places: ORDER BY goes up
    unless DESC says otherwise.
    """
    return _but(reference.top_products(), ("revenue DESC", "revenue"))


def by_quantity():
    """Your places go by pieces sold, not by revenue: the product that sells most often need not
    bring in most.
    """
    return _but(
        reference.top_products(),
        (
            "SUM(t.sales_value) AS revenue",
            "SUM(t.sales_value) AS revenue, SUM(t.quantity) AS pieces",
        ),
        ("revenue DESC", "pieces DESC"),
    )


def two_places():
    """The third place is missing: 3 or better is ``<= 3``."""
    return _but(reference.top_products(), ("place <= 3", "place < 3"))


def sorted_by_revenue():
    """The rows are right, and their order is by revenue over all departments. The statement asks
    for department, place and product.
    """
    return _but(
        reference.top_products(),
        ("ORDER BY department, place, product_id", "ORDER BY revenue DESC, product_id"),
    )


def value_times_quantity():
    """Your revenue multiplies ``sales_value`` by the quantity: ``sales_value`` is the value of the
    whole line already.
    """
    return _but(reference.top_products(), ("SUM(t.sales_value)", "SUM(t.sales_value * t.quantity)"))


def lines_not_added_up():
    """A product may have several rows, and each has the revenue of a part of its lines: add up all
    lines of a product before you give places.
    """
    return _but(
        reference.top_products(),
        ("SUM(t.sales_value) AS revenue", "t.sales_value AS revenue"),
        ("GROUP BY p.department, t.product_id", ""),
    )


def lines_not_added_up__of_other_baskets():
    return _but(
        reference.top_products(),
        ("GROUP BY p.department, t.product_id", "GROUP BY p.department, t.product_id, t.basket_id"),
    )


def unsold_products_placed():
    """A product without a line has a place with a revenue of 0: the products come first, and a LEFT
    JOIN keeps those that nobody bought.
    """
    return _but(
        reference.top_products(),
        ("SUM(t.sales_value)", "COALESCE(SUM(t.sales_value), 0)"),
        ("t.product_id, ", "p.product_id, "),
        ("FROM transactions AS t", "FROM products AS p"),
        ("JOIN products AS p", "LEFT JOIN transactions AS t"),
        ("p.department, t.product_id", "p.department, p.product_id"),
    )


def equal_lines_once():
    """In your query two lines of a product with the same value count once, as if one were a copy of
    the other. Both were sold.
    """
    return _but(reference.top_products(), ("SUM(t.sales_value)", "SUM(DISTINCT t.sales_value)"))


def redemptions_of_the_days():
    """Coupons redeemed before the first or after the last day are missing: the days limit the
    purchases alone, and ``redemptions`` counts every row of ``coupon_redemptions`` of the campaign.
    """
    return _but(
        reference.campaign_report(),
        (
            "FROM coupon_redemptions",
            "FROM (SELECT r.* FROM coupon_redemptions AS r JOIN campaign_descriptions AS d "
            "ON d.campaign_id = r.campaign_id "
            "AND r.redemption_date BETWEEN d.start_date AND d.end_date)",
        ),
    )


# ---- silent_households ----------------------------------------------------------------------


def not_in_with_null():
    """A campaign with a redemption without a card has no row at all. A NULL must match nobody. NOT
    IN a list with NULL is neither true nor false, and WHERE keeps what is true.
    """
    return """
        SELECT c.campaign_id, c.household_id
        FROM campaigns AS c
        WHERE c.household_id NOT IN (
            SELECT r.household_id FROM coupon_redemptions AS r
            WHERE r.campaign_id = c.campaign_id
        )
    """


def any_campaign():
    """Who redeemed a coupon of *another* campaign is missing: the campaign must agree as well as
    the household.
    """
    return _but(reference.silent_households(), ("r.campaign_id = c.campaign_id AND ", ""))


def unequal_join():
    """A household comes once for each coupon of somebody else: a join on ``<>`` pairs it with every
    row that is not its own, and says nothing about a row that is missing.
    """
    return """
        SELECT c.campaign_id, c.household_id
        FROM campaigns AS c
        JOIN coupon_redemptions AS r
            ON r.campaign_id = c.campaign_id AND r.household_id <> c.household_id
    """


def redeemers():
    """These are the households that redeemed: the opposite of what is asked for."""
    return _but(reference.silent_households(), ("NOT EXISTS", "EXISTS"))


def each_household_once():
    """A household that is silent in two campaigns has one row: the statement asks for a row for
    each pair of campaign and household.
    """
    return f"""
        SELECT MIN(campaign_id) AS campaign_id, household_id
        FROM ({reference.silent_households()})
        GROUP BY household_id
    """


def everybody():
    """The households that redeemed are there too: a LEFT JOIN alone keeps all; the rows that found
    no redemption have yet to be chosen.
    """
    return """
        SELECT DISTINCT c.campaign_id, c.household_id
        FROM campaigns AS c
        LEFT JOIN coupon_redemptions AS r
            ON r.campaign_id = c.campaign_id AND r.household_id = c.household_id
    """


def unredeemed_campaigns_lost():
    """A campaign without any redemption is missing, and there everybody is silent: an inner join
    with the redemptions has dropped it.
    """
    return f"""
        SELECT s.campaign_id, s.household_id
        FROM ({reference.silent_households()}) AS s
        JOIN (SELECT DISTINCT campaign_id FROM coupon_redemptions) AS r
            ON r.campaign_id = s.campaign_id
    """


def once_for_each_other_campaign():
    """A household comes once for each coupon that it redeemed in another campaign, even if it
    redeemed in this one too: ``<>`` pairs rows, and cannot say that there is no row.
    """
    return """
        SELECT c.campaign_id, c.household_id
        FROM campaigns AS c
        LEFT JOIN coupon_redemptions AS r ON r.household_id = c.household_id
        WHERE r.household_id IS NULL OR r.campaign_id <> c.campaign_id
    """


# ---- current_orders -------------------------------------------------------------------------


def every_version():
    """Your query counts every paid version: an order that was delivered again counts more than
    once, and one that was cancelled after it was paid still counts.
    """
    return _but(reference.current_orders(), ("age = 1 AND ", ""))


def every_version__distinct_rows():
    return """
        SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue
        FROM (SELECT DISTINCT order_id, household_id, status, amount, updated_at, load_id
              FROM order_events)
        WHERE status = 'paid'
        GROUP BY household_id
    """


def distinct_versions():
    """In your query an order with two paid versions counts with both: DISTINCT removes what came
    twice, and does not choose the last version of an order.
    """
    return """
        SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue
        FROM (SELECT DISTINCT order_id, household_id, status, amount, updated_at
              FROM order_events)
        WHERE status = 'paid'
        GROUP BY household_id
    """


def distinct_versions__orders_counted_once():
    return _but(distinct_versions(), ("COUNT(*)", "COUNT(DISTINCT order_id)"))


def filter_before_dedup():
    """In your query a cancelled order counts as paid: the rows with 'paid' are chosen first, and of
    these the last one. So an earlier version wins against the truth.
    """
    return _but(
        reference.current_orders(), ("FROM order_events", "FROM order_events WHERE status = 'paid'")
    )


def first_version():
    """Your query counts the first version of each order, not the last one."""
    return _but(
        reference.current_orders(),
        ("updated_at DESC, load_id DESC", "updated_at, load_id"),
    )


def equal_times_kept():
    """Of versions with the same time your query counts all. RANK by time gives equal times the same
    number, and a join on the latest time finds them all: ``load_id`` must decide.
    """
    return _but(
        reference.current_orders(),
        ("ROW_NUMBER()", "RANK()"),
        ("updated_at DESC, load_id DESC", "updated_at DESC"),
    )


def latest_of_each_column():
    """Status and amount come from different versions: MAX of each column alone builds a row that
    the feed never delivered.
    """
    return """
        WITH versions AS (
            SELECT order_id, MAX(household_id) AS household_id, MAX(status) AS status,
                MAX(amount) AS amount
            FROM order_events
            GROUP BY order_id
        )
        SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue
        FROM versions
        WHERE status = 'paid'
        GROUP BY household_id
    """


def smaller_load_wins():
    """Of versions with the same time your query takes the one that was loaded first: the statement
    says the larger ``load_id``.
    """
    return _but(reference.current_orders(), ("load_id DESC", "load_id"))


def one_order_a_household():
    """In your query each household has one order: versions are numbered for each household, not for
    each order.
    """
    return _but(reference.current_orders(), ("PARTITION BY order_id", "PARTITION BY household_id"))


def equal_amounts_once():
    """Two orders of the same amount add up to one: DISTINCT in a sum compares amounts,
    not orders.
    """
    return _but(reference.current_orders(), ("SUM(amount)", "SUM(DISTINCT amount)"))


def not_cancelled():
    """Your query counts orders that are open or refunded as paid: all that is not 'cancelled' is
    more than 'paid'.
    """
    return _but(reference.current_orders(), ("status = 'paid'", "status <> 'cancelled'"))


def equal_times_kept__orders_counted_once():
    return _but(equal_times_kept(), ("COUNT(*) AS orders", "COUNT(DISTINCT order_id) AS orders"))


def latest_of_each_column__amount_alone():
    return _but(
        reference.current_orders(),
        (
            "SELECT\n                *,",
            "SELECT\n                * EXCLUDE (amount),\n"
            "                MAX(amount) OVER (PARTITION BY order_id) AS amount,",
        ),
    )


def latest_load_wins():
    """Your query takes the version that was loaded last, even if it is old: a version may be
    delivered late. ``updated_at`` decides, and ``load_id`` only between equal times.
    """
    return _but(reference.current_orders(), ("updated_at DESC, load_id DESC", "load_id DESC"))


def unpaid_households_shown():
    """A household without a paid order has a row: the statement asks for households with one."""
    return _but(
        reference.current_orders(),
        ("COUNT(*)", "COUNT(*) FILTER (WHERE status = 'paid')"),
        ("SUM(amount)", "COALESCE(SUM(amount) FILTER (WHERE status = 'paid'), 0)"),
        (" AND status = 'paid'", ""),
    )


# ---- median_basket --------------------------------------------------------------------------


def mean_basket():
    """Your result is the mean: one expensive basket moves it, and not the median."""
    return "SELECT store_id, AVG(sales_value) AS median FROM baskets GROUP BY store_id"


def lower_middle():
    """Of an even number of baskets the lower one in the middle is taken, and not the mean of the
    two.
    """
    return _but(
        reference.median_basket(),
        ("WHERE 2 * n BETWEEN total AND total + 2", "WHERE n = (total + 1) // 2"),
    )


def upper_middle():
    """Of an even number of baskets the upper one in the middle is taken, and not the mean of the
    two.
    """
    return _but(
        reference.median_basket(),
        ("WHERE 2 * n BETWEEN total AND total + 2", "WHERE n = total // 2 + 1"),
    )


def distinct_values():
    """Your query counts equal baskets once: the median is of baskets, not of different values."""
    return _but(
        reference.median_basket(),
        (
            "FROM baskets",
            "FROM (SELECT DISTINCT store_id, sales_value, 0 AS basket_id FROM baskets)",
        ),
    )


def one_median_for_all():
    """All stores have the same median: the baskets of all stores are numbered together."""
    return """
        WITH numbered AS (
            SELECT sales_value, ROW_NUMBER() OVER (ORDER BY sales_value, basket_id) AS n,
                COUNT(*) OVER () AS total
            FROM baskets
        )
        SELECT s.store_id, AVG(b.sales_value) AS median
        FROM (SELECT DISTINCT store_id FROM baskets) AS s
        CROSS JOIN numbered AS b
        WHERE 2 * b.n BETWEEN b.total AND b.total + 2
        GROUP BY s.store_id
    """


def middle_of_the_range():
    """Your result is the middle between the smallest and the largest basket: how many lie on each
    side does not matter to it.
    """
    return """
        SELECT store_id, (MIN(sales_value) + MAX(sales_value)) / 2 AS median
        FROM baskets
        GROUP BY store_id
    """


def not_sorted_by_value():
    """The basket in the middle of the list is taken, and the list is sorted by basket, not by
    value.
    """
    return _but(
        reference.median_basket(), ("ORDER BY sales_value, basket_id", "ORDER BY basket_id")
    )


def neighbour_of_the_middle():
    """Of an odd number of baskets you averaged the middle one with a neighbour. It is the median by
    itself: two baskets are in the middle of an even number alone.
    """
    return _but(
        reference.median_basket(),
        (
            "WHERE 2 * n BETWEEN total AND total + 2",
            "WHERE n IN ((total + 1) // 2, (total + 1) // 2 + 1)",
        ),
    )


def neighbour_of_the_middle__below():
    return _but(
        reference.median_basket(),
        (
            "WHERE 2 * n BETWEEN total AND total + 2",
            "WHERE n BETWEEN total // 2 AND total // 2 + 1",
        ),
    )


def numbered_over_all_stores():
    """The baskets are numbered over all stores together, and the middle is that of each store: a
    number counts only within its store.
    """
    return _but(reference.median_basket(), ("PARTITION BY store_id ORDER BY", "ORDER BY"))


def two_rows_of_the_middle():
    """A store with an even number of baskets has two rows, one for each basket in the middle: the
    statement asks for their mean.
    """
    return _but(
        reference.median_basket(),
        ("AVG(sales_value)", "sales_value"),
        ("GROUP BY store_id", ""),
    )


def equal_baskets_share_a_number():
    """Baskets of equal value have one number, because RANK or DENSE_RANK numbers them. The number
    in the middle is then missing, or another basket has it.
    """
    return _but(reference.median_basket(), ("ROW_NUMBER()", "RANK()"), (", basket_id", ""))


def equal_baskets_share_a_number__without_gaps():
    return _but(reference.median_basket(), ("ROW_NUMBER()", "DENSE_RANK()"), (", basket_id", ""))


def equal_baskets_in_the_mean():
    """Every basket that is equal to one in the middle goes into the mean, so a value that comes
    more often weighs more. At most two baskets are in the middle.
    """
    return """
        SELECT store_id, AVG(sales_value) AS median
        FROM (
            SELECT a.store_id, a.sales_value
            FROM baskets AS a
            JOIN baskets AS b ON b.store_id = a.store_id
            GROUP BY a.store_id, a.basket_id, a.sales_value
            HAVING 2 * COUNT(*) FILTER (WHERE b.sales_value <= a.sales_value) >= COUNT(*)
                AND 2 * COUNT(*) FILTER (WHERE b.sales_value >= a.sales_value) >= COUNT(*)
        )
        GROUP BY store_id
    """


# ---- day_retention --------------------------------------------------------------------------


def unfinished_as_zero():
    """In your result a young cohort has a share of 0 where nothing is known yet. Its day lies after
    the last day in the table, so the share is NULL; a 0 would pull every mean down.
    """
    return f"""
        SELECT cohort, households, COALESCE(d1, 0) AS d1, COALESCE(d7, 0) AS d7
        FROM ({reference.day_retention()})
    """


def within_seven_days():
    """Your ``d7`` counts a purchase on any of the seven days after the first one. The statement
    asks for exactly the seventh; both are called 7-day retention, and they differ by a large
    factor.
    """
    return """
        WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
        firsts AS (SELECT household_id, MIN(day) AS cohort FROM days GROUP BY household_id),
        edge AS (SELECT MAX(day) AS last_day FROM days)
        SELECT
            f.cohort,
            COUNT(DISTINCT f.household_id) AS households,
            CASE WHEN f.cohort + 1 <= MAX(e.last_day) THEN
                CAST(COUNT(DISTINCT CASE WHEN d.day = f.cohort + 1 THEN d.household_id END)
                    AS DOUBLE) / COUNT(DISTINCT f.household_id) END AS d1,
            CASE WHEN f.cohort + 7 <= MAX(e.last_day) THEN
                CAST(COUNT(DISTINCT CASE WHEN d.day > f.cohort AND d.day <= f.cohort + 7
                    THEN d.household_id END) AS DOUBLE)
                / COUNT(DISTINCT f.household_id) END AS d7
        FROM firsts AS f
        CROSS JOIN edge AS e
        LEFT JOIN days AS d ON d.household_id = f.household_id
        GROUP BY f.cohort
    """


def counted_from_one():
    """Your query counts the day of the first purchase as day 1, so ``d1`` is 1 everywhere and
    ``d7`` looks at six days later.
    """
    return _but(
        reference.day_retention(),
        ("INTERVAL 1 DAY", "INTERVAL 0 DAY"),
        ("INTERVAL 7 DAY", "INTERVAL 6 DAY"),
    )


def every_day_is_a_cohort():
    """In your query a household is in a cohort on every day on which it buys, and not on its first
    day alone: the cohorts hold old customers.
    """
    return _but(
        reference.day_retention(),
        (
            "SELECT household_id, MIN(day) AS cohort FROM days GROUP BY household_id",
            "SELECT household_id, day AS cohort FROM days",
        ),
    )


def baskets_not_households():
    """Your query counts baskets, not households: a household that buys twice on the later day is
    retained twice, and a share may exceed 1.
    """
    return _but(
        reference.day_retention(),
        ("SELECT DISTINCT household_id, day FROM", "SELECT household_id, day FROM"),
        ("COUNT(*) AS households", "COUNT(DISTINCT f.household_id) AS households"),
        ("/ COUNT(*)", "/ COUNT(DISTINCT f.household_id)"),
    )


def share_of_all_households():
    """Your shares are of all households, not of the cohort."""
    return _but(reference.day_retention(), ("/ COUNT(*)", "/ (SELECT COUNT(*) FROM firsts)"))


def d7_needs_d1():
    """Your ``d7`` counts only households that also came on day 1. The two days are asked about
    separately.
    """
    return _but(
        reference.day_retention(),
        (
            "d7.day = f.cohort + INTERVAL 7 DAY",
            "d7.day = f.cohort + INTERVAL 7 DAY AND d1.household_id IS NOT NULL",
        ),
    )


def cohorts_without_return_lost():
    """A cohort of which nobody returned on the next day is missing: an inner join has dropped it.
    Its share is 0.
    """
    return _but(
        reference.day_retention(),
        ("LEFT JOIN days AS d1", "JOIN days AS d1"),
        (
            "COUNT(*) AS households",
            "(SELECT COUNT(*) FROM firsts AS g WHERE g.cohort = f.cohort) AS households",
        ),
        ("/ COUNT(*)", "/ (SELECT COUNT(*) FROM firsts AS g WHERE g.cohort = f.cohort)"),
    )


def day_number_in_month():
    """At the end of a month the later day is not found: numbers of days within a month are
    compared, and 1 does not follow 31.
    """
    return _but(
        reference.day_retention(),
        (
            "d1.day = f.cohort + INTERVAL 1 DAY",
            "EXTRACT(DAY FROM d1.day) = EXTRACT(DAY FROM f.cohort) + 1 "
            "AND d1.day BETWEEN f.cohort AND f.cohort + 8",
        ),
        (
            "d7.day = f.cohort + INTERVAL 7 DAY",
            "EXTRACT(DAY FROM d7.day) = EXTRACT(DAY FROM f.cohort) + 7 "
            "AND d7.day BETWEEN f.cohort AND f.cohort + 8",
        ),
    )


def last_day_not_counted():
    """Your query counts the last day in the table as unknown. It is in the table, so a share is
    known for it.
    """
    return _but(reference.day_retention(), ("<= MAX(e.last_day)", "< MAX(e.last_day)"))


def cohorts_without_return_lost__on_either_day():
    return _but(reference.day_retention(), ("LEFT JOIN", "JOIN"))


def rows_of_the_join_counted():
    """Your query counts rows of the join, not households: a household that has several baskets 1
    day or 7 days after its first purchase counts several times, among the households and among
    those who came back.
    """
    return _but(
        reference.day_retention(),
        ("SELECT DISTINCT household_id, day FROM", "SELECT household_id, day FROM"),
    )


def null_for_no_return():
    """A share is NULL where nobody came back. The day is in the table, so the share is known: 0."""
    return f"""
        SELECT cohort, households, NULLIF(d1, 0) AS d1, NULLIF(d7, 0) AS d7
        FROM ({reference.day_retention()})
    """


def known_for_those_who_returned():
    """Your query counts a household without a later purchase as unknown: the end is the last day in
    the table, and not the household's own last purchase.
    """
    return """
        WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
        firsts AS (
            SELECT household_id, MIN(day) AS cohort, MAX(day) AS last_day
            FROM days GROUP BY household_id
        )
        SELECT f.cohort, COUNT(*) AS households,
            CAST(COUNT(d1.day) AS DOUBLE)
                / NULLIF(COUNT(*) FILTER (WHERE f.cohort + 1 <= f.last_day), 0) AS d1,
            CAST(COUNT(d7.day) AS DOUBLE)
                / NULLIF(COUNT(*) FILTER (WHERE f.cohort + 7 <= f.last_day), 0) AS d7
        FROM firsts AS f
        LEFT JOIN days AS d1 ON d1.household_id = f.household_id AND d1.day = f.cohort + 1
        LEFT JOIN days AS d7 ON d7.household_id = f.household_id AND d7.day = f.cohort + 7
        GROUP BY f.cohort
    """


def first_day_is_day_one_of_seven():
    """``d7`` looks six days after the first purchase: the first day is counted as day 1 there.
    ``d1`` is the next day, so ``d7`` is seven days later.
    """
    return _but(reference.day_retention(), ("INTERVAL 7 DAY", "INTERVAL 6 DAY"))


def shares_in_two_decimals():
    """The shares are rounded to two decimals. The statement asks for the share itself: one third is
    not 0.33.
    """
    return f"""
        SELECT cohort, households, ROUND(d1, 2) AS d1, ROUND(d7, 2) AS d7
        FROM ({reference.day_retention()})
    """


# ---- longest_streak -------------------------------------------------------------------------


def two_baskets_two_days():
    """In your query a day with two baskets counts twice, or breaks the run: rows are numbered, and
    a row is a basket and not a day.
    """
    return _but(reference.longest_streak(), ("SELECT DISTINCT household_id", "SELECT household_id"))


def days_in_all():
    """Your query counts all days with a purchase, in a row or not. Only days in a row make
    a run.
    """
    return """
        SELECT household_id, COUNT(DISTINCT day) AS n_days, MIN(day) AS first_day
        FROM transactions
        GROUP BY household_id
    """


def span_in_days():
    """Your query counts the days from the first to the last purchase, with or without purchases
    between.
    """
    return """
        SELECT household_id, MAX(day) - MIN(day) + 1 AS n_days, MIN(day) AS first_day
        FROM transactions
        GROUP BY household_id
    """


def steps_not_days():
    """Every run is one day too short: steps from day to day are counted, and three days have two
    steps.
    """
    return _but(reference.longest_streak(), ("COUNT(*) AS n_days", "COUNT(*) - 1 AS n_days"))


def households_mixed():
    """Days of other households come between: the numbers run over all households together."""
    return _but(
        reference.longest_streak(),
        ("PARTITION BY household_id ORDER BY day)", "ORDER BY household_id, day)"),
        ("GROUP BY household_id, day - CAST(n AS INTEGER)", "GROUP BY day - CAST(n AS INTEGER)"),
        ("SELECT household_id, COUNT(*)", "SELECT MIN(household_id) AS household_id, COUNT(*)"),
    )


def latest_of_equal():
    """Of runs of equal length the latest one is returned; the statement asks for the earliest."""
    return _but(
        reference.longest_streak(), ("n_days DESC, first_day\n", "n_days DESC, first_day DESC\n")
    )


def all_equal_runs():
    """A household with two runs of the longest length has two rows: the statement asks for one."""
    return _but(
        reference.longest_streak(),
        ("n_days DESC, first_day\n", "n_days DESC\n"),
        ("ROW_NUMBER() OVER (\n", "RANK() OVER (\n"),
    )


def one_day_gap_allowed():
    """In your query a day without a purchase does not end the run. It must: two purchases with a
    day between them are not consecutive.
    """
    return """
        WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
        marked AS (
            SELECT household_id, day, CASE WHEN day - LAG(day) OVER (
                PARTITION BY household_id ORDER BY day) <= 2 THEN 0 ELSE 1 END AS opens
            FROM days
        ),
        numbered AS (
            SELECT *, SUM(opens) OVER (PARTITION BY household_id ORDER BY day) AS run FROM marked
        ),
        runs AS (
            SELECT household_id, COUNT(*) AS n_days, MIN(day) AS first_day
            FROM numbered GROUP BY household_id, run
        )
        SELECT household_id, n_days, first_day FROM runs
        QUALIFY ROW_NUMBER() OVER (
            PARTITION BY household_id ORDER BY n_days DESC, first_day) = 1
    """


def day_of_month():
    """In your query a run breaks at the end of a month. As numbers, the first day of a month does
    not follow the last one: count with dates.
    """
    return _but(
        reference.longest_streak(),
        (
            "day - CAST(n AS INTEGER)",
            "EXTRACT(YEAR FROM day), EXTRACT(MONTH FROM day), EXTRACT(DAY FROM day) - n",
        ),
    )


def last_run():
    """The last run of each household is returned, not the longest one."""
    return _but(reference.longest_streak(), ("n_days DESC, first_day\n", "first_day DESC\n"))


def last_day_returned():
    """``first_day`` is the last day of the run."""
    return f"""
        SELECT household_id, n_days, first_day + CAST(n_days AS INTEGER) - 1 AS first_day
        FROM ({reference.longest_streak()})
    """


def households_mixed__in_the_numbers_alone():
    return _but(
        reference.longest_streak(), ("PARTITION BY household_id ORDER BY day)", "ORDER BY day)")
    )


def runs_of_others_added():
    """Runs of several households are added up: a run belongs to a household, and equal keys of two
    households are two runs.
    """
    return """
        WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
        numbered AS (
            SELECT household_id, day - CAST(ROW_NUMBER() OVER (
                PARTITION BY household_id ORDER BY day) AS INTEGER) AS run, day
            FROM days
        ),
        runs AS (SELECT run, COUNT(*) AS n_days, MIN(day) AS first_day FROM numbered GROUP BY run)
        SELECT household_id, n_days, first_day
        FROM (SELECT DISTINCT household_id, run FROM numbered) JOIN runs USING (run)
        QUALIFY ROW_NUMBER() OVER (
            PARTITION BY household_id ORDER BY n_days DESC, first_day) = 1
    """


def first_run():
    """The first run of each household is returned, not the longest one."""
    return _but(reference.longest_streak(), ("n_days DESC, first_day\n", "first_day\n"))


def first_day_of_all():
    """``first_day`` is the household's first purchase, and not the first day of its longest run:
    MIN over all runs takes the day from another one.
    """
    return f"""
        SELECT household_id, n_days, (
            SELECT MIN(t.day) FROM transactions AS t WHERE t.household_id = s.household_id
        ) AS first_day
        FROM ({reference.longest_streak()}) AS s
    """


def single_days_lost():
    """A household that never bought on two days in a row has no row. A single day is a run too."""
    return _but(reference.longest_streak(), ("WHERE place = 1", "WHERE place = 1 AND n_days > 1"))


# ---- kill_sessions --------------------------------------------------------------------------

_SESSIONS = """
    WITH marked AS (
        SELECT *, CASE WHEN event_at <= LAG(event_at) OVER w + INTERVAL 30 MINUTE
            THEN 0 ELSE 1 END AS opens
        FROM events
        WINDOW w AS (PARTITION BY household_id ORDER BY event_at)
    ),
    numbered AS (
        SELECT *, SUM(opens) OVER (PARTITION BY household_id ORDER BY event_at) AS session
        FROM marked
    )
    SELECT household_id, session, MIN(event_at) AS started_at, COUNT(*) AS events
    FROM numbered
    GROUP BY household_id, session
    ORDER BY household_id, session
"""
_EPOCHS = """
    WITH timed AS (SELECT *, EPOCH(event_at) AS s FROM events),
    numbered AS (
        SELECT a.household_id, a.event_at, (
            SELECT COUNT(*) FROM timed AS b
            WHERE b.household_id = a.household_id AND b.s <= a.s AND NOT EXISTS (
                SELECT 1 FROM timed AS c
                WHERE c.household_id = b.household_id AND c.s < b.s AND c.s >= b.s - 1800)
        ) AS session
        FROM timed AS a
    )
    SELECT household_id, session, MIN(event_at) AS started_at, COUNT(*) AS events
    FROM numbered
    GROUP BY household_id, session
    ORDER BY household_id, session
"""
_KEPT = "event_at <= LAG(event_at) OVER w + INTERVAL 30 MINUTE"
_MAX_EVENTS = 50


def _sessions(query, events):
    if len(events) > _MAX_EVENTS:
        raise ValueError(f"Give at most {_MAX_EVENTS} events; these are {len(events)}.")
    rows = [(household, str(at)) for household, at in events]
    found = sql.ask(query, events=("household_id INTEGER, event_at TIMESTAMP", *rows))
    # A time at midnight comes back as a day.
    return [
        (household, int(n), at if len(at) > 10 else f"{at} 00:00:00", size)
        for household, n, at, size in found
    ]


def sessions_by_lag(events):
    """The gap to the event before, and a running sum."""
    return _sessions(_SESSIONS, events)


def sessions_by_epochs(events):
    """Seconds since 1970, and how many openings came before."""
    return _sessions(_EPOCHS, events)


RIGHT_SESSIONS = {"by_lag": sessions_by_lag, "by_epochs": sessions_by_epochs}


def _mutant(name, query):
    def sessions(events):
        return _sessions(query, events)

    sessions.__name__ = name
    return sessions


_FROM_THE_FIRST = """
    WITH RECURSIVE ordered AS (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY event_at) AS n FROM events
    ),
    walk AS (
        SELECT household_id, event_at, n, event_at AS opened, 1 AS session FROM ordered WHERE n = 1
        UNION ALL
        SELECT o.household_id, o.event_at, o.n,
            CASE WHEN o.event_at <= w.opened + INTERVAL 30 MINUTE THEN w.opened
                ELSE o.event_at END,
            w.session + CASE WHEN o.event_at <= w.opened + INTERVAL 30 MINUTE THEN 0 ELSE 1 END
        FROM walk AS w JOIN ordered AS o ON o.household_id = w.household_id AND o.n = w.n + 1
    )
    SELECT household_id, session, MIN(event_at) AS started_at, COUNT(*) AS events
    FROM walk
    GROUP BY household_id, session
    ORDER BY household_id, session
"""
WRONG_SESSIONS = {
    name: _mutant(name, query)
    for name, query in {
        "gap_below_thirty": _but(_SESSIONS, ("event_at <= LAG", "event_at < LAG")),
        "one_minute_more": _but(_SESSIONS, ("30 MINUTE", "31 MINUTE")),
        "households_mixed": _but(
            _SESSIONS, ("WINDOW w AS (PARTITION BY household_id ORDER BY", "WINDOW w AS (ORDER BY")
        ),
        "half_hours_of_the_clock": _but(
            _SESSIONS,
            (
                _KEPT,
                "FLOOR(EPOCH(event_at) / 1800) = FLOOR(EPOCH(LAG(event_at) OVER w) / 1800)",
            ),
        ),
        "thirty_minutes_from_the_first": _FROM_THE_FIRST,
        "first_event_alone": _but(
            _SESSIONS, (_KEPT, f"{_KEPT} AND LAG(event_at, 2) OVER w IS NOT NULL")
        ),
        "counted_from_zero": _but(
            _SESSIONS,
            ("SELECT household_id, session,", "SELECT household_id, session - 1 AS session,"),
        ),
        "numbered_over_all": _but(
            _SESSIONS,
            (
                "SUM(opens) OVER (PARTITION BY household_id ORDER BY event_at)",
                "SUM(opens) OVER (ORDER BY household_id, event_at)",
            ),
        ),
        "midnight_opens": _but(
            _SESSIONS,
            (_KEPT, f"{_KEPT} AND CAST(event_at AS DATE) = CAST(LAG(event_at) OVER w AS DATE)"),
        ),
        "single_events_dropped": _but(
            _SESSIONS,
            (
                "GROUP BY household_id, session",
                "GROUP BY household_id, session HAVING COUNT(*) > 1",
            ),
        ),
        "gap_in_clock_hours": _but(
            _SESSIONS, (_KEPT, "DATE_DIFF('hour', LAG(event_at) OVER w, event_at) = 0")
        ),
    }.items()
}


def accepts_all(implementation):
    """Every implementation is accepted: the test calls nothing, compares nothing, or keeps an
    earlier verdict.
    """
    return True


def rejects_all(implementation):
    """Every implementation is rejected, right ones too. Does your test expect something that the
    docstring does not say?
    """
    return False


def events_add_up(implementation):
    """Only the sum of events is compared. Whatever opens a session, the sum is the same, as long as
    no session is dropped.
    """
    events = [(1, "2017-01-02 10:00:00"), (1, "2017-01-02 10:30:00"), (1, "2017-01-02 12:00:00")]
    return sum(row[3] for row in implementation(events)) == len(events)


def one_household_only(implementation):
    """The events are of one household: what goes wrong between households is not seen. An exact gap
    of 30 minutes, midnight and a long session are missing too.
    """
    events = [(1, "2017-01-02 10:00:00"), (1, "2017-01-02 10:10:00"), (1, "2017-01-02 12:00:00")]
    return implementation(events) == [
        (1, 1, "2017-01-02 10:00:00", 2),
        (1, 2, "2017-01-02 12:00:00", 1),
    ]


def no_edges(implementation):
    """There is no gap of exactly 30 minutes and none a little longer, so a limit that is moved a
    little is not seen.
    """
    events = [
        (1, "2017-01-02 10:05:00"),
        (1, "2017-01-02 10:20:00"),
        (1, "2017-01-02 12:00:00"),
        (2, "2017-01-02 10:06:00"),
        (2, "2017-01-02 10:21:00"),
    ]
    return implementation(events) == [
        (1, 1, "2017-01-02 10:05:00", 2),
        (1, 2, "2017-01-02 12:00:00", 1),
        (2, 1, "2017-01-02 10:06:00", 2),
    ]


# ---- rolling_active -------------------------------------------------------------------------


def daily_counts_added():
    """Your query counts a household that buys on two of the seven days twice: counts of days cannot
    be added up, since different days have the same households.
    """
    return """
        SELECT c.day,
            COUNT(DISTINCT (t.household_id, t.day)) FILTER (WHERE t.day IS NOT NULL) AS active
        FROM calendar AS c
        LEFT JOIN transactions AS t ON t.day BETWEEN c.day - INTERVAL 6 DAY AND c.day
        GROUP BY c.day
        ORDER BY c.day
    """


def days_without_sales_missing():
    """A day on which nobody bought has no row: the days come from the transactions, not from the
    calendar.
    """
    return _but(
        reference.rolling_active(),
        (
            "FROM calendar AS c",
            "FROM (SELECT day FROM calendar WHERE day IN (SELECT day FROM transactions)) AS c",
        ),
    )


def empty_windows_missing():
    """A day whose seven days have no purchase has no row. An inner join drops it, and so does a
    WHERE that asks for a purchase after a left join. Its count is 0.
    """
    return _but(reference.rolling_active(), ("LEFT JOIN", "JOIN"))


def eight_days():
    """Your window has eight days: seven days that end today begin six days ago."""
    return _but(reference.rolling_active(), ("INTERVAL 6 DAY", "INTERVAL 7 DAY"))


def today_left_out():
    """Your window ends yesterday; the statement says that it ends with the day itself."""
    return _but(
        reference.rolling_active(),
        ("c.day - INTERVAL 6 DAY AND c.day", "c.day - INTERVAL 7 DAY AND c.day - INTERVAL 1 DAY"),
    )


def baskets_counted():
    """Your query counts baskets, not households: a household that buys twice in a week is active
    once.
    """
    return _but(reference.rolling_active(), ("t.household_id", "t.basket_id"))


def calendar_weeks():
    """Your window is the week from Monday on: on a Monday it has one day. Seven days up to each day
    were asked for.
    """
    return _but(
        reference.rolling_active(),
        ("c.day - INTERVAL 6 DAY AND c.day", "DATE_TRUNC('week', c.day) AND c.day"),
    )


def only_that_day():
    """Your query counts each day alone: that is DAU, and the statement asks for seven days."""
    return _but(reference.rolling_active(), ("BETWEEN c.day - INTERVAL 6 DAY AND c.day", "= c.day"))


def since_the_beginning():
    """Your window has no beginning: everybody who ever bought stays active for ever."""
    return _but(
        reference.rolling_active(), ("BETWEEN c.day - INTERVAL 6 DAY AND c.day", "<= c.day")
    )


_SEVEN_ROWS = """
    SELECT w.day, COUNT(DISTINCT t.household_id) AS active
    FROM (
        SELECT day, LAG(day, 6) OVER (ORDER BY day) AS since, MIN(day) OVER () AS first_day
        FROM calendar
    ) AS w
    LEFT JOIN transactions AS t ON t.day BETWEEN COALESCE(w.since, w.first_day) AND w.day
    GROUP BY w.day
    ORDER BY w.day
"""


def seven_rows_of_the_calendar():
    """Your window is seven rows of the calendar, and not seven days: where the calendar has no row
    for a day it reaches back too far, and it never reaches before the calendar's first day.
    """
    return _SEVEN_ROWS


def seven_rows_of_the_calendar__whose_days_alone_count():
    return _but(
        _SEVEN_ROWS,
        ("AND w.day\n", "AND w.day AND t.day IN (SELECT day FROM calendar)\n"),
    )


def days_outside_the_calendar_lost():
    """Purchases on days that the calendar does not have are lost: they lie in the seven days all
    the same. The calendar says for which days a row is asked for, and not which purchases count.
    """
    return _but(
        reference.rolling_active(),
        ("AND c.day\n", "AND c.day AND t.day IN (SELECT day FROM calendar)\n"),
    )


def days_outside_the_calendar_lost__before_it_begins():
    return _but(
        reference.rolling_active(),
        ("AND c.day\n", "AND c.day AND t.day >= (SELECT MIN(day) FROM calendar)\n"),
    )


def newest_first():
    """The rows are right, and the newest day comes first; the statement says ORDER BY day."""
    return _but(reference.rolling_active(), ("ORDER BY c.day", "ORDER BY c.day DESC"))


def baskets_counted__one_for_none():
    return _but(reference.rolling_active(), ("COUNT(DISTINCT t.household_id)", "COUNT(*)"))


def baskets_counted__rows():
    return _but(
        reference.rolling_active(), ("COUNT(DISTINCT t.household_id)", "COUNT(t.basket_id)")
    )


def six_days():
    """Your window has six days: the day six days ago belongs to it."""
    return _but(reference.rolling_active(), ("INTERVAL 6 DAY", "INTERVAL 5 DAY"))


def seven_days_ahead():
    """Your window begins with the day and looks ahead. It must end with the day."""
    return _but(
        reference.rolling_active(),
        ("c.day - INTERVAL 6 DAY AND c.day", "c.day AND c.day + INTERVAL 6 DAY"),
    )


def no_sales_no_window():
    """A day on which nobody bought has 0, although households bought in its seven days: the windows
    belong to the days of the transactions, not to those of the calendar.
    """
    return f"""
        SELECT day, CASE WHEN day IN (SELECT day FROM transactions) THEN active ELSE 0 END AS active
        FROM ({reference.rolling_active()})
        ORDER BY day
    """


# ---- peak_online ----------------------------------------------------------------------------

_MOMENTS = """SELECT day, CAST(day AS TIMESTAMP) AS moment
            FROM calendar
            UNION
            """
_HELD = "(s.logout > m.moment OR s.logout IS NULL)"
# One and minus one, in sessions that are cut at the start of each day of the calendar.
_RUNNING_SUM = """
    WITH steps AS (
        SELECT c.day, GREATEST(s.login, CAST(c.day AS TIMESTAMP)) AS moment, 1 AS step
        FROM calendar AS c
        JOIN sessions AS s
            ON s.login < c.day + INTERVAL 1 DAY AND (s.logout > c.day OR s.logout IS NULL)
        UNION ALL
        SELECT c.day, s.logout, -1
        FROM calendar AS c
        JOIN sessions AS s ON s.logout > c.day AND s.logout < c.day + INTERVAL 1 DAY
    ),
    online AS (
        SELECT day, SUM(step) OVER (PARTITION BY day ORDER BY moment, step
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS users
        FROM steps
    )
    SELECT c.day, COALESCE(MAX(o.users), 0) AS peak
    FROM calendar AS c
    LEFT JOIN online AS o ON o.day = c.day
    GROUP BY c.day
"""


def ends_still_online():
    """In your query a user is still online at the moment of the logout. Where one leaves and
    another one comes at the same moment, both count; the statement does not include the logout.
    """
    return _but(reference.peak_online(), ("s.logout > m.moment", "s.logout >= m.moment"))


def ends_still_online__plus_first():
    return _but(_RUNNING_SUM, ("ORDER BY moment, step\n", "ORDER BY moment, step DESC\n"))


def ends_still_online__of_some_length():
    return _but(
        ends_still_online(), ("s.logout >= m.moment", "s.logout >= m.moment AND s.logout > s.login")
    )


def ends_a_second_early():
    """In your query a session ends a second, or more, before its logout. Two moments may lie closer
    together than that: compare with ``<`` instead.
    """
    return _but(
        reference.peak_online(), ("s.logout > m.moment", "s.logout - INTERVAL 1 SECOND >= m.moment")
    )


def ends_a_second_early__or_a_minute():
    return _but(
        reference.peak_online(), ("s.logout > m.moment", "s.logout - INTERVAL 1 MINUTE >= m.moment")
    )


def no_length_online():
    """In your query a session of length zero counts. Its logout is its login, and the logout is not
    included: it counts at no moment.
    """
    return _but(
        reference.peak_online(),
        (
            _HELD,
            "(s.logout > m.moment OR s.logout = s.login AND s.login = m.moment"
            " OR s.logout IS NULL)",
        ),
    )


def sessions_online():
    """Your query counts sessions, not users: a user with two sessions at the same time is one."""
    return _but(reference.peak_online(), ("COUNT(DISTINCT s.user_id)", "COUNT(s.user_id)"))


def sessions_online__running_sum():
    return _RUNNING_SUM


def sessions_online__with_a_logout():
    return _but(sessions_online(), (" OR s.logout IS NULL", ""))


def users_of_the_day():
    """Your query counts the users of the whole day. The statement asks for those who are online at
    the same moment.
    """
    return """
        SELECT c.day, COUNT(DISTINCT s.user_id) AS peak
        FROM calendar AS c
        LEFT JOIN sessions AS s
            ON s.login < c.day + INTERVAL 1 DAY
            AND (s.logout > c.day OR s.logout IS NULL)
            AND (s.logout > s.login OR s.logout IS NULL)
        GROUP BY c.day
    """


def users_of_the_day__who_log_in():
    return """
        SELECT c.day, COUNT(DISTINCT s.user_id) AS peak
        FROM calendar AS c
        LEFT JOIN sessions AS s ON CAST(s.login AS DATE) = c.day
        GROUP BY c.day
    """


def partners_of_a_session():
    """Your query counts the users whose sessions overlap one session. Two of these sessions may
    overlap it at different times, and not each other. Count the users of one moment.
    """
    return """
        WITH cut AS (
            SELECT c.day, s.user_id, GREATEST(s.login, CAST(c.day AS TIMESTAMP)) AS login,
                COALESCE(s.logout, TIMESTAMP '9999-12-31') AS logout
            FROM calendar AS c
            JOIN sessions AS s
                ON s.login < c.day + INTERVAL 1 DAY
                AND (s.logout > c.day OR s.logout IS NULL)
                AND (s.logout > s.login OR s.logout IS NULL)
        ),
        partners AS (
            SELECT a.day, a.user_id, a.login, COUNT(DISTINCT b.user_id) AS n
            FROM cut AS a
            JOIN cut AS b ON b.day = a.day AND b.login < a.logout AND b.logout > a.login
            GROUP BY a.day, a.user_id, a.login
        )
        SELECT c.day, COALESCE(MAX(p.n), 0) AS peak
        FROM calendar AS c
        LEFT JOIN partners AS p ON p.day = c.day
        GROUP BY c.day
    """


def partners_of_a_session__on_the_day_of_its_login():
    return """
        WITH partners AS (
            SELECT a.user_id, a.login, COUNT(DISTINCT b.user_id) AS n
            FROM sessions AS a
            JOIN sessions AS b
                ON (b.login < a.logout OR a.logout IS NULL)
                AND (b.logout > a.login OR b.logout IS NULL)
            GROUP BY a.user_id, a.login
        )
        SELECT c.day, COALESCE(MAX(p.n), 0) AS peak
        FROM calendar AS c
        LEFT JOIN partners AS p ON CAST(p.login AS DATE) = c.day
        GROUP BY c.day
    """


def logins_of_the_day_alone():
    """Your query begins each day with nobody. Those who came on an earlier day may still be
    online.
    """
    return _but(
        reference.peak_online(),
        ("ON s.login <= m.moment", "ON s.login <= m.moment AND CAST(s.login AS DATE) = m.day"),
    )


def logins_of_the_day_alone__running_sum():
    return """
        WITH steps AS (
            SELECT login AS moment, 1 AS step FROM sessions
            UNION ALL
            SELECT logout, -1 FROM sessions WHERE logout IS NOT NULL
        ),
        online AS (
            SELECT CAST(moment AS DATE) AS day,
                SUM(step) OVER (PARTITION BY CAST(moment AS DATE) ORDER BY moment) AS users
            FROM steps
        )
        SELECT c.day, COALESCE(MAX(o.users), 0) AS peak
        FROM calendar AS c
        LEFT JOIN online AS o ON o.day = c.day
        GROUP BY c.day
    """


def start_of_the_day_missing():
    """Your query looks only at moments at which somebody logs in or out. At 00:00 those who
    came before are still online, and no later moment of the day need have as many.
    """
    return _but(
        reference.peak_online(),
        (_MOMENTS, ""),
        (
            "SELECT day, MAX(users) AS peak\n        FROM online\n        GROUP BY day",
            "SELECT c.day, COALESCE(MAX(o.users), 0) AS peak FROM calendar AS c "
            "LEFT JOIN online AS o ON o.day = c.day GROUP BY c.day",
        ),
    )


def start_of_the_day_missing__days_of_events():
    return """
        WITH steps AS (
            SELECT login AS moment, 1 AS step FROM sessions
            UNION ALL
            SELECT logout, -1 FROM sessions WHERE logout IS NOT NULL
        ),
        online AS (
            SELECT CAST(moment AS DATE) AS day, SUM(step) OVER (ORDER BY moment) AS users FROM steps
        )
        SELECT c.day, COALESCE(MAX(o.users), 0) AS peak
        FROM calendar AS c
        LEFT JOIN online AS o ON o.day = c.day
        GROUP BY c.day
    """


def no_logout_lost():
    """A session without a logout counts nowhere in your query. A comparison with NULL is never
    true, so such a session needs a condition of its own.
    """
    return _but(reference.peak_online(), (" OR s.logout IS NULL", ""))


def no_logout_until_midnight():
    """In your query a session without a logout ends with the day of its login. It has no end, and
    counts on the days after it.
    """
    return _but(
        reference.peak_online(),
        ("s.logout IS NULL", "s.logout IS NULL AND CAST(s.login AS DATE) = m.day"),
    )


def no_logout_until_now():
    """In your query a session without a logout ends today, by the clock of the database. It has no
    end, and a table may hold later days.
    """
    return _but(
        reference.peak_online(),
        ("s.logout IS NULL", "s.logout IS NULL AND m.moment < CAST(CURRENT_DATE AS TIMESTAMP)"),
    )


def no_logout_until_the_last():
    """In your query a session without a logout ends at the last time that stands in the tables. It
    has no end, and counts on every day of the calendar from its login on.
    """
    return _but(
        reference.peak_online(),
        (
            "s.logout IS NULL",
            "s.logout IS NULL AND m.moment <= "
            "(SELECT MAX(GREATEST(login, COALESCE(logout, login))) FROM sessions)",
        ),
    )


def no_logout_until_the_last__not_at_it():
    return _but(no_logout_until_the_last(), ("m.moment <= (SELECT", "m.moment < (SELECT"))


def no_logout_until_the_last__logout():
    return _but(
        reference.peak_online(),
        (_HELD, "COALESCE(s.logout, (SELECT MAX(logout) FROM sessions)) > m.moment"),
    )


def no_logout_until_the_last__day():
    return _but(
        reference.peak_online(),
        (_HELD, "COALESCE(s.logout, (SELECT MAX(day) FROM calendar)) > m.moment"),
    )


def on_the_full_minute():
    """Your query looks at full minutes or hours alone. A peak may begin and end between two of
    them.
    """
    return _but(
        reference.peak_online(), ("s.login AS moment", "DATE_TRUNC('minute', s.login) AS moment")
    )


def on_the_full_minute__of_each_hour():
    return """
        SELECT c.day, COALESCE(MAX(n), 0) AS peak
        FROM calendar AS c
        LEFT JOIN (
            SELECT k.day, h.hour, COUNT(DISTINCT s.user_id) AS n
            FROM calendar AS k
            CROSS JOIN (SELECT UNNEST(RANGE(24)) AS hour) AS h
            JOIN sessions AS s
                ON s.login <= k.day + h.hour * INTERVAL 1 HOUR
                AND (s.logout > k.day + h.hour * INTERVAL 1 HOUR OR s.logout IS NULL)
            GROUP BY k.day, h.hour
        ) AS o ON o.day = c.day
        GROUP BY c.day
    """


def logins_within_an_hour():
    """Your query counts the users who log in within one hour. Users who came before it may still
    be online, and of those who log in within it some may leave before the next one comes.
    """
    return """
        SELECT c.day, COALESCE(MAX(n), 0) AS peak
        FROM calendar AS c
        LEFT JOIN (
            SELECT DATE_TRUNC('hour', login) AS hour, COUNT(DISTINCT user_id) AS n
            FROM sessions
            GROUP BY 1
        ) AS o ON CAST(o.hour AS DATE) = c.day
        GROUP BY c.day
    """


def days_of_nobody_missing():
    """A day on which nobody is online has no row in your query: an inner join, or a WHERE, drops
    it.
    """
    return _but(reference.peak_online(), ("LEFT JOIN sessions", "JOIN sessions"))


def days_of_the_sessions():
    """Your days come from the sessions, and not from ``calendar``."""
    return reference.peak_online().replace(
        "calendar", "(SELECT DISTINCT CAST(login AS DATE) AS day FROM sessions)"
    )


def days_of_the_sessions__running_sum():
    return """
        WITH steps AS (
            SELECT login AS moment, 1 AS step FROM sessions
            UNION ALL
            SELECT logout, -1 FROM sessions WHERE logout IS NOT NULL
        ),
        online AS (
            SELECT CAST(moment AS DATE) AS day, SUM(step) OVER (ORDER BY moment) AS users FROM steps
        )
        SELECT day, MAX(users) AS peak
        FROM online
        GROUP BY day
    """


def merged_with_the_one_before():
    """Your query compares each session of a user with the one before it. An earlier session may
    end later than that one: compare with the latest logout of all that began before.
    """
    return """
        WITH closed AS (
            SELECT user_id, login, COALESCE(logout, TIMESTAMP '9999-12-31') AS logout
            FROM sessions
            WHERE logout > login OR logout IS NULL
        ),
        marked AS (
            SELECT *, CASE WHEN login <= LAG(logout) OVER (
                PARTITION BY user_id ORDER BY login, logout) THEN 0 ELSE 1 END AS opens
            FROM closed
        ),
        numbered AS (
            SELECT *, SUM(opens) OVER (PARTITION BY user_id ORDER BY login, logout
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS n
            FROM marked
        ),
        sessions AS (
            SELECT user_id, MIN(login) AS login, MAX(logout) AS logout
            FROM numbered
            GROUP BY user_id, n
        )""" + _but(_RUNNING_SUM.lstrip(), ("WITH steps", ", steps"))


def merged_past_no_logout():
    """You unite the sessions of each user by the latest logout, and MAX passes over NULL. So a
    session without a logout is forgotten: another one of this user counts beside it, or ends it.
    """
    return """
        WITH marked AS (
            SELECT *, CASE WHEN login <= MAX(logout) OVER (
                PARTITION BY user_id ORDER BY login, logout
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS opens
            FROM sessions
            WHERE logout > login OR logout IS NULL
        ),
        numbered AS (
            SELECT *, SUM(opens) OVER (PARTITION BY user_id ORDER BY login, logout
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS n
            FROM marked
        ),
        sessions AS (
            SELECT user_id, MIN(login) AS login,
                CASE WHEN COUNT(*) = COUNT(logout) THEN MAX(logout) END AS logout
            FROM numbered
            GROUP BY user_id, n
        )""" + _but(_RUNNING_SUM.lstrip(), ("WITH steps", ", steps"))


def merged_past_no_logout__in_the_end():
    return _but(
        merged_past_no_logout__twice(),
        ("MAX(logout) OVER", "MAX(COALESCE(logout, TIMESTAMP '9999-12-31')) OVER"),
    )


def merged_past_no_logout__twice():
    return _but(
        merged_past_no_logout(),
        ("CASE WHEN COUNT(*) = COUNT(logout) THEN MAX(logout) END AS", "MAX(logout) AS"),
    )


# ---- purchase_funnel ------------------------------------------------------------------------

_CART_AFTER = "c.event_at > v.event_at"
_CART_WITHIN = "c.event_at <= v.event_at + INTERVAL 24 HOUR"
_BUY_AFTER = "b.event_at > c.event_at"
_BUY_WITHIN = "b.event_at <= v.event_at + INTERVAL 24 HOUR"


def order_ignored():
    """Your query counts a cart before the view, or a purchase before the cart: within a day of each
    other is not enough, the steps have an order.
    """
    return _but(
        reference.purchase_funnel(),
        (_CART_AFTER, "c.event_at >= v.event_at - INTERVAL 24 HOUR"),
        (_BUY_AFTER, "b.event_at >= v.event_at - INTERVAL 24 HOUR AND c.event_at IS NOT NULL"),
    )


def order_ignored__of_the_purchase():
    return _but(
        reference.purchase_funnel(),
        (_BUY_AFTER, "c.event_at IS NOT NULL AND b.event_at > v.event_at"),
    )


def paths_counted():
    """Your query counts paths, not households: a household with two views of a product counts
    twice.
    """
    return _but(reference.purchase_funnel(), ("COUNT(DISTINCT ", "COUNT("))


def no_window():
    """Your query counts a cart or a purchase at any later time: nothing says "at most 24 hours
    after".
    """
    return _but(
        reference.purchase_funnel(), (f"AND {_CART_WITHIN}", ""), (f"AND {_BUY_WITHIN}", "")
    )


def window_from_the_cart():
    """In your query the 24 hours for the purchase begin with the cart: the statement counts them
    from the view.
    """
    return _but(
        reference.purchase_funnel(), (_BUY_WITHIN, "b.event_at <= c.event_at + INTERVAL 24 HOUR")
    )


def first_view_only():
    """Your query counts only the first view of a product: a household that comes back and buys
    after a later view is lost.
    """
    return _but(
        reference.purchase_funnel(),
        (
            "FROM events AS v",
            "FROM (SELECT household_id, product_id, event, MIN(event_at) AS event_at "
            "FROM events GROUP BY household_id, product_id, event) AS v",
        ),
    )


def first_of_each():
    """Your query counts only the first view, the first cart and the first purchase: a household
    whose first cart came before its view is lost, although it put the product into the cart again.
    """
    first = (
        "(SELECT household_id, product_id, event, MIN(event_at) AS event_at "
        "FROM events GROUP BY household_id, product_id, event)"
    )
    return _but(
        reference.purchase_funnel(),
        ("FROM events AS v", f"FROM {first} AS v"),
        ("JOIN events AS c", f"JOIN {first} AS c"),
        ("JOIN events AS b", f"JOIN {first} AS b"),
    )


def any_product():
    """Your query counts a cart or a purchase of another product: the product must agree as well."""
    return _but(
        reference.purchase_funnel(),
        ("AND c.product_id = v.product_id", ""),
        ("AND b.product_id = v.product_id", ""),
    )


def cart_skipped():
    """Your query counts a purchase without a cart before it: the funnel asks for view, cart and
    purchase in this order.
    """
    return _but(reference.purchase_funnel(), (_BUY_AFTER, "b.event_at > v.event_at"))


def same_calendar_day():
    """Your query wants all steps on one calendar day. A cart at 23:50 and a purchase at 00:10 are
    twenty minutes apart, and they count.
    """
    return _but(
        reference.purchase_funnel(),
        (_CART_WITHIN, "CAST(c.event_at AS DATE) = CAST(v.event_at AS DATE)"),
        (_BUY_WITHIN, "CAST(b.event_at AS DATE) = CAST(v.event_at AS DATE)"),
    )


def exactly_24_hours_lost():
    """Your query does not count a step exactly 24 hours after the view: "at most" includes it."""
    return _but(
        reference.purchase_funnel(), ("<= v.event_at + INTERVAL 24", "< v.event_at + INTERVAL 24")
    )


def inner_joins():
    """Households that only viewed are missing from ``viewed``, and products that nobody put into a
    cart have no row: an inner join keeps only those who went the whole way.
    """
    return _but(reference.purchase_funnel(), ("LEFT JOIN", "JOIN"))


def any_view_for_each_step():
    """Your query lets the purchase follow one view, and the cart another. Both must follow the same
    view.
    """
    return _but(
        reference.purchase_funnel(),
        (
            _BUY_WITHIN,
            "EXISTS (SELECT 1 FROM events AS w WHERE w.event = 'view' "
            "AND w.household_id = b.household_id AND w.product_id = b.product_id "
            "AND b.event_at > w.event_at AND b.event_at <= w.event_at + INTERVAL 24 HOUR)",
        ),
    )


def any_product__bought_alone():
    return _but(reference.purchase_funnel(), ("AND b.product_id = v.product_id", ""))


def last_view_only():
    """Your query counts only the last view of a product: a cart and a purchase that followed an
    earlier view are lost when the household views it again.
    """
    return _but(
        reference.purchase_funnel(),
        (
            "FROM events AS v",
            "FROM (SELECT household_id, product_id, event, MAX(event_at) AS event_at "
            "FROM events GROUP BY household_id, product_id, event) AS v",
        ),
    )


def equal_times_counted():
    """Your query counts a step at the very time of the step before: equal times are not "after".
    BETWEEN has both ends in it.
    """
    return _but(
        reference.purchase_funnel(),
        (_CART_AFTER, "c.event_at >= v.event_at"),
        (_BUY_AFTER, "b.event_at >= c.event_at"),
    )


def equal_times_counted__of_the_cart():
    return _but(reference.purchase_funnel(), (_CART_AFTER, "c.event_at >= v.event_at"))


def equal_times_counted__of_the_purchase():
    return _but(reference.purchase_funnel(), (_BUY_AFTER, "b.event_at >= c.event_at"))


def next_calendar_day():
    """Your query counts a step until the end of the next calendar day, up to 48 hours after the
    view: 24 hours are counted from the view's own time.
    """
    return _but(
        reference.purchase_funnel(),
        (_CART_WITHIN, "CAST(c.event_at AS DATE) <= CAST(v.event_at AS DATE) + 1"),
        (_BUY_WITHIN, "CAST(b.event_at AS DATE) <= CAST(v.event_at AS DATE) + 1"),
    )


def hours_of_the_clock():
    """Your query counts a step more than 24 hours after the view: DATE_DIFF in hours counts how
    often the clock strikes between two times, and not the hours that pass.
    """
    return _but(
        reference.purchase_funnel(),
        (_CART_WITHIN, "DATE_DIFF('hour', v.event_at, c.event_at) <= 24"),
        (_BUY_WITHIN, "DATE_DIFF('hour', v.event_at, b.event_at) <= 24"),
    )


def steps_counted_apart():
    """Your query counts each step by itself: a cart counts without a view before it, and a purchase
    without either. A funnel follows a household from step to step.
    """
    return """
        SELECT product_id,
            COUNT(DISTINCT household_id) FILTER (WHERE event = 'view') AS viewed,
            COUNT(DISTINCT household_id) FILTER (WHERE event = 'cart') AS carted,
            COUNT(DISTINCT household_id) FILTER (WHERE event = 'buy') AS bought
        FROM events
        GROUP BY product_id
        HAVING viewed > 0
    """


# ---- level_history --------------------------------------------------------------------------


def repeats_as_versions():
    """In your query every change begins a version. A row that repeats the user's level begins
    none.
    """
    return _but(
        reference.level_history(), ("WHERE level IS DISTINCT FROM level_before", "WHERE TRUE")
    )


def repeats_as_versions__of_every_row():
    return """
        SELECT user_id, level, day AS start_day, COALESCE(LEAD(day) OVER (
            PARTITION BY user_id ORDER BY day, change_id), DATE '9999-12-31') AS end_day
        FROM changes
    """


def repeats_as_versions__with_a_level():
    return f"SELECT * FROM ({repeats_as_versions__of_every_row()}) WHERE level IS NOT NULL"


def ended_by_a_repeat():
    """In your query a repeat of the level ends the version: LEAD sees the repeats, which are taken
    out after it. Take them out before.
    """
    return _but(
        reference.level_history(),
        ("LEAD(day) OVER (PARTITION BY user_id ORDER BY day) AS next_day", "next_day"),
        (
            "AS level_before",
            "AS level_before, LEAD(day) OVER (PARTITION BY user_id ORDER BY day) AS next_day",
        ),
    )


def order_of_arrival():
    """Your query puts the changes in the order of ``change_id``, in which they arrived. A change
    counts from its day on, and may arrive after changes of later days.
    """
    return _but(
        reference.level_history(),
        ("PARTITION BY user_id ORDER BY day", "PARTITION BY user_id ORDER BY change_id"),
        ("                day,\n", "                day, change_id,\n"),
    )


def first_of_the_day():
    """Of several changes on one day your query takes the first one. The last one counts."""
    return _but(reference.level_history(), ("change_id DESC", "change_id"))


def several_versions_a_day():
    """In your query a day with several changes has several versions, and some of them end on the
    day on which they begin. Only the last change of a day counts.
    """
    return _but(
        reference.level_history(),
        ("WHERE age = 1", "WHERE age >= 1"),
        ("PARTITION BY user_id ORDER BY day", "PARTITION BY user_id ORDER BY day, change_id"),
        ("                day,\n", "                day, change_id,\n"),
    )


def repeats_before_the_day():
    """Your query takes out repeats before it chooses the last change of a day. A day on which the
    level changes and changes back then begins a version, and nothing has changed.
    """
    return """
        WITH compared AS (
            SELECT *, LAG(level) OVER (PARTITION BY user_id ORDER BY day, change_id) AS level_before
            FROM changes
        ),
        kept AS (
            SELECT *, ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) AS age
            FROM compared
            WHERE level IS DISTINCT FROM level_before
        ),
        versions AS (
            SELECT user_id, level, day AS start_day, COALESCE(
                LEAD(day) OVER (PARTITION BY user_id ORDER BY day), DATE '9999-12-31') AS end_day
            FROM kept
            WHERE age = 1
        )
        SELECT user_id, level, start_day, end_day FROM versions WHERE level IS NOT NULL
    """


def deletions_left_out():
    """Your query leaves out the deletions first, so that they end nothing: a deleted user keeps the
    level.
    """
    return _but(reference.level_history(), ("FROM changes", "FROM changes WHERE level IS NOT NULL"))


def deletions_left_out__after_the_last_of_the_day():
    return _but(reference.level_history(), ("WHERE age = 1", "WHERE age = 1 AND level IS NOT NULL"))


def deletions_as_versions():
    """In your query a deletion is a version whose level is NULL. A deleted user has no level, and
    no row.
    """
    return _but(reference.level_history(), ("WHERE level IS NOT NULL", "WHERE TRUE"))


def return_closes_the_gap():
    """In your query the version before a deletion ends when the user comes back, or never. It ends
    on the day of the deletion: leave the deletions out after LEAD has seen them.
    """
    return _but(
        reference.level_history(),
        ("IS DISTINCT FROM level_before", "IS DISTINCT FROM level_before AND level IS NOT NULL"),
    )


def old_level_again_lost():
    """In your query a user who comes back with the old level has no new version: the level is
    compared with the last one that is not NULL, and a deletion lies between.
    """
    return _but(
        reference.level_history(),
        ("LAG(level)", "LAG(level IGNORE NULLS)"),
        ("IS DISTINCT FROM level_before", "IS DISTINCT FROM level_before OR level IS NULL"),
    )


def deletion_of_the_day_lost():
    """A user who gets a level and is deleted on the same day keeps the level in your query,
    although the deletion is the last row of the day. (MAX, ARG_MAX and MAX_BY pass over NULL.)
    """
    return _but(
        reference.level_history(),
        (
            "ORDER BY change_id DESC",
            "ORDER BY CASE WHEN level IS NULL THEN 0 ELSE 1 END DESC, change_id DESC",
        ),
    )


def not_equal_to_null():
    """Your query compares a level with NULL by ``<>``, which is never true. So a first version is
    lost, or a deletion, or the version after a return.
    """
    return _but(reference.level_history(), ("IS DISTINCT FROM", "<>"))


def not_equal_to_null__but_the_first():
    return _but(
        reference.level_history(),
        (
            "AS level_before\n",
            "AS level_before, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY day) AS place\n",
        ),
        ("level IS DISTINCT FROM level_before", "level <> level_before OR place = 1"),
    )


def not_equal_to_null__or_nothing_before():
    return _but(
        reference.level_history(),
        ("level IS DISTINCT FROM level_before", "level <> level_before OR level_before IS NULL"),
    )


def not_equal_to_null__in_the_end():
    return _but(
        reference.level_history(),
        (
            "LEAD(day) OVER (PARTITION BY user_id ORDER BY day) AS next_day\n"
            "            FROM compared",
            "(SELECT MIN(e.day) FROM compared AS e WHERE e.user_id = c.user_id "
            "AND e.day > c.day AND e.level <> c.level) AS next_day FROM compared AS c",
        ),
    )


def one_version_a_level():
    """A level that a user has twice, with another one between, is one version in your query. GROUP
    BY level cannot tell two times apart.
    """
    return """
        WITH firsts AS (
            SELECT user_id, level, MIN(day) AS day FROM changes GROUP BY user_id, level
        )
        SELECT user_id, level, day AS start_day, COALESCE(
            LEAD(day) OVER (PARTITION BY user_id ORDER BY day), DATE '9999-12-31') AS end_day
        FROM firsts
        QUALIFY level IS NOT NULL
    """


def one_version_a_level__of_the_last_rows():
    return _but(
        one_version_a_level(),
        (
            "FROM changes",
            "FROM (SELECT * FROM changes QUALIFY "
            "ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1)",
        ),
    )


def one_version_a_level__until_its_last_row():
    return """
        SELECT user_id, level, MIN(day) AS start_day, MAX(day) AS end_day
        FROM changes
        WHERE level IS NOT NULL
        GROUP BY user_id, level
    """


def day_before_the_next():
    """Your ``end_day`` is the last day of the version. The statement asks for the first day after
    it.
    """
    return _but(reference.level_history(), ("COALESCE(next_day, ", "COALESCE(next_day - 1, "))


def day_before_the_next__else_null():
    return _but(
        reference.level_history(), ("COALESCE(next_day, DATE '9999-12-31')", "next_day - 1")
    )


def open_end_is_null():
    """``end_day`` is NULL where nothing ends the version. The statement asks for 9999-12-31."""
    return _but(reference.level_history(), ("COALESCE(next_day, DATE '9999-12-31')", "next_day"))


def users_in_one_chain():
    """In your query a change of one user ends the version of another one: the window has no
    PARTITION BY user.
    """
    return _but(
        reference.level_history(), ("PARTITION BY user_id ORDER BY day", "ORDER BY user_id, day")
    )


def users_in_one_chain__in_the_end():
    return _but(
        reference.level_history(),
        (
            "LEAD(day) OVER (PARTITION BY user_id ORDER BY day)",
            "LEAD(day) OVER (ORDER BY user_id, day)",
        ),
    )


def open_versions_alone():
    """Your query returns what is valid now, and not the versions before it."""
    return _but(
        reference.level_history(),
        ("WHERE level IS NOT NULL", "WHERE level IS NOT NULL AND next_day IS NULL"),
    )


def last_level_by_name():
    """Of several changes on one day your query takes the level whose name comes last in the
    alphabet, and not the one with the largest ``change_id``.
    """
    return _but(
        reference.level_history(), ("ORDER BY change_id DESC", "ORDER BY level DESC NULLS LAST")
    )


# ---- features_as_of -------------------------------------------------------------------------


def day_itself_included():
    """Your query counts purchases of the day of the label: what happens on that day is what shall
    be predicted.
    """
    return _but(reference.features_as_of(), ("t.day < l.as_of", "t.day <= l.as_of"))


def tier_of_the_day():
    """Your query takes a tier that begins on the day of the label: strictly before means earlier
    than that day.
    """
    return _but(reference.features_as_of(), ("s.valid_from < l.as_of", "s.valid_from <= l.as_of"))


def tier_of_today():
    """Your query joins the newest tier of each household to all of its labels: for an earlier label
    that is the future.
    """
    return _but(reference.features_as_of(), (" AND s.valid_from < l.as_of", ""))


def future_purchases():
    """Your query counts purchases after the day of the label: nothing compares them with
    ``as_of``.
    """
    return _but(reference.features_as_of(), (" AND t.day < l.as_of", ""))


def silent_lost():
    """A label whose household bought nothing before has no row: an inner join drops it, and it
    belongs into the data most of all.
    """
    return _but(
        reference.features_as_of(), ("LEFT JOIN transactions AS t", "JOIN transactions AS t")
    )


def tierless_lost():
    """A label whose household had no tier yet has no row: an inner join drops it."""
    return _but(reference.features_as_of(), ("LEFT JOIN latest", "JOIN latest"))


def twenty_nine_days():
    """Your window begins a day too early: 28 days that end the day before begin at
    ``as_of`` - 28.
    """
    return _but(reference.features_as_of(), ("INTERVAL 28 DAY", "INTERVAL 29 DAY"))


def twenty_seven_days():
    """The first day of the window is missing: ``as_of`` - 28 belongs to it."""
    return _but(
        reference.features_as_of(),
        ("t.day >= l.as_of - INTERVAL 28", "t.day > l.as_of - INTERVAL 28"),
    )


def lines_not_baskets():
    """Your query counts rows, not baskets: a basket with three rows is one basket."""
    return _but(reference.features_as_of(), ("COUNT(DISTINCT CASE", "COUNT(CASE"))


def tiers_multiply_spend():
    """The spend is added up once for each earlier tier of the household: tiers and purchases are
    joined before the purchases are added up, and the rows multiply.
    """
    return _but(
        reference.features_as_of(),
        (
            "ON t.household_id = l.household_id AND t.day < l.as_of\n",
            "ON t.household_id = l.household_id AND t.day < l.as_of\n"
            "            LEFT JOIN tiers AS m\n"
            "                ON m.household_id = l.household_id AND m.valid_from < l.as_of\n",
        ),
    )


def one_row_a_household():
    """A household with two labels has one row: each label is a row with a past of its own."""
    return f"""
        SELECT * FROM ({reference.features_as_of()})
        QUALIFY ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY as_of DESC) = 1
    """


def last_tier_by_name():
    """Your tier is the one whose name comes last in the alphabet, not the one that was
    valid last.
    """
    return _but(reference.features_as_of(), ("s.valid_from DESC", "s.tier DESC"))


def last_day_in_the_window():
    """``last_day`` is NULL where the last purchase is older than the window: it is asked for
    however long ago.
    """
    return _but(
        reference.features_as_of(),
        ("MAX(t.day)", "MAX(CASE WHEN t.day >= l.as_of - INTERVAL 28 DAY THEN t.day END)"),
    )


def null_spend():
    """``spend`` is NULL where nothing was bought in the window: SUM of no rows is NULL, and the
    statement asks for 0.
    """
    return _but(
        reference.features_as_of(), ("THEN t.sales_value ELSE 0 END", "THEN t.sales_value END")
    )


def one_row_a_household__of_all_its_labels():
    return """
        SELECT l.household_id, MAX(l.as_of) AS as_of,
            COUNT(DISTINCT CASE WHEN t.day >= l.as_of - 28 THEN t.basket_id END) AS baskets,
            COALESCE(SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value END), 0) AS spend,
            MAX(t.day) AS last_day,
            (SELECT ARG_MAX(s.tier, s.valid_from) FROM tiers AS s
                WHERE s.household_id = l.household_id AND s.valid_from < MAX(l.as_of)) AS tier
        FROM labels AS l
        LEFT JOIN transactions AS t ON t.household_id = l.household_id AND t.day < l.as_of
        GROUP BY l.household_id
    """


def first_tier():
    """Your tier is the household's first one before the day, not the latest."""
    return _but(reference.features_as_of(), ("s.valid_from DESC", "s.valid_from"))


def tier_of_one_label():
    """Of a household's labels one alone has a tier, and the others have NULL: the tiers are
    numbered for each household, and each label has its own latest tier.
    """
    return _but(
        reference.features_as_of(),
        ("PARTITION BY l.household_id, l.as_of", "PARTITION BY l.household_id"),
    )
