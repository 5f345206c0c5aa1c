"""Natural answers to chapter 13, written from the notebook alone."""

import datetime as datetime_10
from datetime import datetime, timedelta
from itertools import groupby
import math
import random
from collections import defaultdict
import numpy as np
import pandas as pd
import itertools
from datetime import date, datetime, timedelta

UNSURE = {}

# ------------------------------------------------------------------ 13.1 break_campaign_report


def break_campaign_report__right_one_table_per_defect(defect):
    campaigns = [(8, 1), (8, 2)]
    descriptions = [(8, "2017-05-08", "2017-05-10")]
    redemptions = []
    if defect == "fan_out":
        transactions = [(1, 11, 2.5, "2017-05-09 12:00:00")]
        redemptions = [(1, 501, 8, "2017-05-09"), (1, 502, 8, "2017-05-09")]
    elif defect == "where_undoes_left_join":
        transactions = [(1, 11, 2.5, "2017-05-09 12:00:00")]
    elif defect == "rows_counted":
        transactions = [(1, 11, 2.5, "2017-05-09 12:00:00"), (1, 12, 4.0, "2017-05-09 13:00:00")]
    elif defect == "last_day_lost":
        transactions = [(1, 11, 2.5, "2017-05-10 19:00:00")]
    elif defect == "sum_distinct":
        transactions = [(1, 11, 2.5, "2017-05-09 12:00:00"), (2, 12, 2.5, "2017-05-09 13:00:00")]
    else:
        transactions = [(1, 11, 2.5, "2017-05-11 08:00:00")]
    return campaigns, descriptions, transactions, redemptions


def break_campaign_report__right_same_tables_for_all(defect):
    return (
        [(1, 1), (1, 2), (1, 3)],
        [(1, "2017-03-01", "2017-03-07")],
        [
            (1, 1, 10.0, "2017-03-02 10:00:00"),
            (1, 2, 10.0, "2017-03-07 21:30:00"),
            (2, 3, 5.0, "2017-04-01 09:00:00"),
        ],
        [(1, 77, 1, "2017-03-02"), (1, 78, 1, "2017-03-02")],
    )


def break_campaign_report__right_dict_of_cases(defect):
    days = [(3, "2017-05-01", "2017-05-01"), (4, "2017-06-01", "2017-06-30")]
    reach = [(3, 9), (4, 9), (4, 10)]
    cases = {
        "fan_out": (
            [(9, 1, 100.0, "2017-06-10 00:00:00")],
            [(9, 1, 4, "2017-06-10"), (9, 2, 4, "2017-06-11"), (9, 3, 4, "2017-06-12")],
        ),
        "where_undoes_left_join": ([(9, 1, 0.25, "2017-06-10 00:00:00")], []),
        "rows_counted": ([(10, i, 1.25 * i, f"2017-06-{i:02d} 10:00:00") for i in (1, 2, 3)], []),
        "last_day_lost": ([(9, 1, 3.0, "2017-05-01 00:00:01")], []),
        "sum_distinct": (
            [(9, 1, 3.0, "2017-06-02 10:00:00"), (9, 2, 3.0, "2017-06-03 10:00:00")],
            [],
        ),
        "dates_ignored": ([(10, 1, 3.0, "2017-05-31 23:59:59")], []),
    }
    transactions, redemptions = cases[defect]
    return reach, days, transactions, redemptions


def break_campaign_report__wrong_one_coupon_only(defect):
    """fan_out needs a household with two coupons and a purchase; with one coupon the join repeats nothing (shows for fan_out only)."""
    campaigns, descriptions, transactions, redemptions = (
        break_campaign_report__right_one_table_per_defect(defect)
    )
    return campaigns, descriptions, transactions, redemptions[:1]


def break_campaign_report__wrong_coupons_of_another_campaign(defect):
    """fan_out: the second coupon belongs to another campaign, so the join on household and campaign does not repeat the purchase."""
    campaigns, descriptions, transactions, redemptions = (
        break_campaign_report__right_one_table_per_defect(defect)
    )
    if defect == "fan_out":
        redemptions = [(1, 501, 8, "2017-05-09"), (1, 502, 9, "2017-05-09")]
    return campaigns, descriptions, transactions, redemptions


def break_campaign_report__wrong_last_day_at_midnight(defect):
    """last_day_lost: a purchase at exactly 00:00 of the last day is not after midnight, so it is not lost."""
    campaigns, descriptions, transactions, redemptions = (
        break_campaign_report__right_one_table_per_defect(defect)
    )
    if defect == "last_day_lost":
        transactions = [(1, 11, 2.5, "2017-05-10 00:00:00")]
    return campaigns, descriptions, transactions, redemptions


def break_campaign_report__wrong_last_day_is_next_midnight(defect):
    """last_day_lost: the purchase lies at 00:00 of the day after, which neither report counts."""
    campaigns, descriptions, transactions, redemptions = (
        break_campaign_report__right_one_table_per_defect(defect)
    )
    if defect == "last_day_lost":
        transactions = [(1, 11, 2.5, "2017-05-11 00:00:00")]
    return campaigns, descriptions, transactions, redemptions


def break_campaign_report__wrong_everybody_buys(defect):
    """where_undoes_left_join: every reached household buys in the period, so WHERE removes nobody."""
    campaigns, descriptions, transactions, redemptions = (
        break_campaign_report__right_one_table_per_defect(defect)
    )
    if defect == "where_undoes_left_join":
        transactions = [(1, 11, 2.5, "2017-05-09 12:00:00"), (2, 12, 3.5, "2017-05-09 12:00:00")]
    return campaigns, descriptions, transactions, redemptions


def break_campaign_report__wrong_two_households_one_purchase_each(defect):
    """rows_counted: every household has one purchase, so counting rows equals counting households; somebody must buy twice."""
    campaigns, descriptions, transactions, redemptions = (
        break_campaign_report__right_one_table_per_defect(defect)
    )
    if defect == "rows_counted":
        transactions = [(1, 11, 2.5, "2017-05-09 12:00:00"), (2, 12, 4.0, "2017-05-09 13:00:00")]
    return campaigns, descriptions, transactions, redemptions


def break_campaign_report__wrong_sum_distinct_unequal_amounts(defect):
    """sum_distinct: the two purchases have different amounts, so DISTINCT removes nothing."""
    campaigns, descriptions, transactions, redemptions = (
        break_campaign_report__right_one_table_per_defect(defect)
    )
    if defect == "sum_distinct":
        transactions = [(1, 11, 2.5, "2017-05-09 12:00:00"), (1, 12, 2.75, "2017-05-09 13:00:00")]
    return campaigns, descriptions, transactions, redemptions


def break_campaign_report__wrong_sum_distinct_equal_in_two_campaigns(defect):
    """sum_distinct: the equal amounts belong to two campaigns, and DISTINCT works within each campaign."""
    if defect == "sum_distinct":
        return (
            [(8, 1), (9, 2)],
            [(8, "2017-05-08", "2017-05-10"), (9, "2017-05-08", "2017-05-10")],
            [(1, 11, 2.5, "2017-05-09 12:00:00"), (2, 12, 2.5, "2017-05-09 12:00:00")],
            [],
        )
    return break_campaign_report__right_one_table_per_defect(defect)


def break_campaign_report__wrong_outside_purchase_of_a_stranger(defect):
    """dates_ignored: the purchase outside the days is of a household that was not reached, so no report counts it."""
    campaigns, descriptions, transactions, redemptions = (
        break_campaign_report__right_one_table_per_defect(defect)
    )
    if defect == "dates_ignored":
        transactions = [(3, 11, 2.5, "2017-05-11 08:00:00")]
    return campaigns, descriptions, transactions, redemptions


def break_campaign_report__wrong_household_first(defect):
    """The columns of campaigns are swapped: (household, campaign) where (campaign, household) is asked; the campaigns named have no description (shows for every defect)."""
    campaigns, descriptions, transactions, redemptions = (
        break_campaign_report__right_one_table_per_defect(defect)
    )
    return [(h, c) for c, h in campaigns], descriptions, transactions, redemptions


def break_campaign_report__wrong_basket_of_two_lines(defect):
    """rows_counted: the second row repeats basket 11, and the statement allows no basket twice."""
    campaigns, descriptions, transactions, redemptions = (
        break_campaign_report__right_one_table_per_defect(defect)
    )
    if defect == "rows_counted":
        transactions = [(1, 11, 2.5, "2017-05-09 12:00:00"), (1, 11, 4.0, "2017-05-09 12:00:00")]
    return campaigns, descriptions, transactions, redemptions


def break_campaign_report__wrong_prices_in_cents(defect):
    """Amounts like 9.99 are no multiples of 0.25 (shows for every defect)."""
    campaigns, descriptions, transactions, redemptions = (
        break_campaign_report__right_one_table_per_defect(defect)
    )
    return campaigns, descriptions, [(h, b, 9.99, t) for h, b, _, t in transactions], redemptions


# ------------------------------------------------------------------ 13.2 campaign_report


def campaign_report__right_three_ctes():
    return """
    WITH reach AS (
        SELECT campaign_id, COUNT(*) AS reached FROM campaigns GROUP BY campaign_id
    ), bought AS (
        SELECT c.campaign_id, COUNT(DISTINCT t.household_id) AS buyers,
               SUM(t.sales_value) AS revenue
        FROM campaigns AS c
        JOIN campaign_descriptions AS d ON d.campaign_id = c.campaign_id
        JOIN transactions AS t ON t.household_id = c.household_id
             AND CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date
        GROUP BY c.campaign_id
    ), redeemed AS (
        SELECT campaign_id, COUNT(*) AS redemptions FROM coupon_redemptions GROUP BY campaign_id
    )
    SELECT r.campaign_id, r.reached, COALESCE(b.buyers, 0) AS buyers,
           COALESCE(e.redemptions, 0) AS redemptions, COALESCE(b.revenue, 0) AS revenue
    FROM reach AS r
    LEFT JOIN bought AS b ON b.campaign_id = r.campaign_id
    LEFT JOIN redeemed AS e ON e.campaign_id = r.campaign_id
    """


def campaign_report__right_scalar_subqueries():
    return """
    SELECT d.campaign_id,
        (SELECT COUNT(*) FROM campaigns c WHERE c.campaign_id = d.campaign_id) AS reached,
        (SELECT COUNT(DISTINCT t.household_id)
           FROM transactions t, campaigns c
          WHERE c.campaign_id = d.campaign_id AND c.household_id = t.household_id
            AND t.transaction_timestamp >= d.start_date
            AND t.transaction_timestamp < d.end_date + 1) AS buyers,
        (SELECT COUNT(*) FROM coupon_redemptions r WHERE r.campaign_id = d.campaign_id)
            AS redemptions,
        (SELECT COALESCE(SUM(t.sales_value), 0)
           FROM transactions t, campaigns c
          WHERE c.campaign_id = d.campaign_id AND c.household_id = t.household_id
            AND t.transaction_timestamp >= d.start_date
            AND t.transaction_timestamp < d.end_date + 1) AS revenue
    FROM campaign_descriptions d
    WHERE EXISTS (SELECT 1 FROM campaigns c WHERE c.campaign_id = d.campaign_id)
    """


def campaign_report__right_household_grain_first():
    return """
    WITH per_household AS (
        SELECT c.campaign_id, c.household_id, COUNT(t.basket_id) AS n,
               COALESCE(SUM(t.sales_value), 0) AS spent
        FROM campaigns c
        JOIN campaign_descriptions d USING (campaign_id)
        LEFT JOIN transactions t
          ON t.household_id = c.household_id
         AND t.transaction_timestamp >= d.start_date
         AND t.transaction_timestamp < d.end_date + INTERVAL 1 DAY
        GROUP BY ALL
    )
    SELECT campaign_id, COUNT(*) AS reached, COUNT(*) FILTER (WHERE n > 0) AS buyers,
           COALESCE(ANY_VALUE(k), 0) AS redemptions, SUM(spent) AS revenue
    FROM per_household
    LEFT JOIN (SELECT campaign_id, COUNT(*) AS k FROM coupon_redemptions GROUP BY 1)
        USING (campaign_id)
    GROUP BY campaign_id
    ORDER BY campaign_id
    """


def campaign_report__right_hive():
    return """-- hive
    SELECT a.campaign_id, a.reached, a.buyers, NVL(b.redemptions, 0) AS redemptions, a.revenue
    FROM (
        SELECT c.campaign_id,
               COUNT(DISTINCT c.household_id) AS reached,
               COUNT(DISTINCT t.household_id) AS buyers,
               NVL(SUM(t.sales_value), 0.0) AS revenue
        FROM campaigns c
        JOIN campaign_descriptions d ON c.campaign_id = d.campaign_id
        LEFT JOIN transactions t ON t.household_id = c.household_id
             AND CAST(t.transaction_timestamp AS DATE) >= d.start_date
             AND CAST(t.transaction_timestamp AS DATE) <= d.end_date
        GROUP BY c.campaign_id
    ) a
    LEFT JOIN (
        SELECT campaign_id, COUNT(*) AS redemptions FROM coupon_redemptions GROUP BY campaign_id
    ) b ON a.campaign_id = b.campaign_id
    """


_REPORT = """
    WITH bought AS (
        SELECT c.campaign_id, COUNT(DISTINCT c.household_id) AS reached,
               COUNT({distinct}t.household_id) AS buyers, {revenue} AS revenue
        FROM campaigns c
        JOIN campaign_descriptions d USING (campaign_id)
        LEFT JOIN transactions t ON t.household_id = c.household_id
              AND {when}
        GROUP BY c.campaign_id
    ), redeemed AS (
        SELECT campaign_id, {redemptions} AS redemptions FROM coupon_redemptions
        GROUP BY campaign_id
    )
    SELECT campaign_id, reached, buyers, {shown} AS redemptions, revenue
    FROM bought {join} redeemed USING (campaign_id)
    """
_REPORT_RIGHT = {
    "distinct": "DISTINCT ",
    "revenue": "COALESCE(SUM(t.sales_value), 0)",
    "when": "CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date",
    "redemptions": "COUNT(*)",
    "shown": "COALESCE(redemptions, 0)",
    "join": "LEFT JOIN",
}


def campaign_report__wrong_between_timestamps():
    """The timestamp is compared with DATE end_date, i.e. its midnight: purchases on the last day after 00:00 are lost."""
    return _REPORT.format(
        **{**_REPORT_RIGHT, "when": "t.transaction_timestamp BETWEEN d.start_date AND d.end_date"}
    )


def campaign_report__wrong_between_next_midnight():
    """BETWEEN includes both ends, so a purchase at exactly 00:00 of the day after the last one counts."""
    return _REPORT.format(
        **{
            **_REPORT_RIGHT,
            "when": "t.transaction_timestamp BETWEEN d.start_date AND d.end_date + 1",
        }
    )


def campaign_report__wrong_null_revenue():
    """Revenue is NULL, not 0, for a campaign whose households bought nothing in its days."""
    return _REPORT.format(**{**_REPORT_RIGHT, "revenue": "SUM(t.sales_value)"})


def campaign_report__wrong_null_redemptions():
    """Redemptions are NULL, not 0, for a campaign without a redeemed coupon."""
    return _REPORT.format(**{**_REPORT_RIGHT, "shown": "redemptions"})


def campaign_report__wrong_inner_join_redemptions():
    """The last join is inner: a campaign without a redemption has no row."""
    return _REPORT.format(**{**_REPORT_RIGHT, "join": "JOIN"})


def campaign_report__wrong_buyers_not_distinct():
    """COUNT without DISTINCT counts rows of transactions: a household that buys twice is two buyers."""
    return _REPORT.format(**{**_REPORT_RIGHT, "distinct": ""})


def campaign_report__wrong_distinct_redeemers():
    """Redemptions counts households that redeemed, not rows: too small where a household redeemed several coupons."""
    return _REPORT.format(**{**_REPORT_RIGHT, "redemptions": "COUNT(DISTINCT household_id)"})


def campaign_report__wrong_sum_distinct():
    """SUM(DISTINCT sales_value) drops equal amounts of different purchases."""
    return _REPORT.format(
        **{**_REPORT_RIGHT, "revenue": "COALESCE(SUM(DISTINCT t.sales_value), 0)"}
    )


def campaign_report__wrong_fan_out():
    """Transactions and redemptions are joined for a household at once: revenue is repeated for each coupon, and redemptions for each purchase."""
    return """
    SELECT c.campaign_id, COUNT(DISTINCT c.household_id) AS reached,
           COUNT(DISTINCT t.household_id) AS buyers, COUNT(r.coupon_upc) AS redemptions,
           COALESCE(SUM(t.sales_value), 0) AS revenue
    FROM campaigns c
    JOIN campaign_descriptions d USING (campaign_id)
    LEFT JOIN transactions t ON t.household_id = c.household_id
         AND CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date
    LEFT JOIN coupon_redemptions r
         ON r.household_id = c.household_id AND r.campaign_id = c.campaign_id
    GROUP BY c.campaign_id
    """


def campaign_report__wrong_dates_in_where():
    """The days are compared in WHERE, so silent households fall out of reached and silent campaigns lose their row."""
    return """
    WITH bought AS (
        SELECT c.campaign_id, COUNT(DISTINCT c.household_id) AS reached,
               COUNT(DISTINCT t.household_id) AS buyers, SUM(t.sales_value) AS revenue
        FROM campaigns c
        JOIN campaign_descriptions d USING (campaign_id)
        LEFT JOIN transactions t USING (household_id)
        WHERE CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date
        GROUP BY c.campaign_id
    )
    SELECT campaign_id, reached, buyers, COALESCE(k, 0) AS redemptions, revenue
    FROM bought
    LEFT JOIN (SELECT campaign_id, COUNT(*) AS k FROM coupon_redemptions GROUP BY 1) USING (campaign_id)
    """


def campaign_report__wrong_where_or_null():
    """WHERE ... OR t.household_id IS NULL saves those who never bought, but still loses households whose purchases all lie outside the days."""
    return """
    WITH bought AS (
        SELECT c.campaign_id, COUNT(DISTINCT c.household_id) AS reached,
               COUNT(DISTINCT t.household_id) AS buyers, COALESCE(SUM(t.sales_value), 0) AS revenue
        FROM campaigns c
        JOIN campaign_descriptions d USING (campaign_id)
        LEFT JOIN transactions t ON t.household_id = c.household_id
        WHERE CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date
           OR t.household_id IS NULL
        GROUP BY c.campaign_id
    )
    SELECT campaign_id, reached, buyers, COALESCE(k, 0) AS redemptions, revenue
    FROM bought
    LEFT JOIN (SELECT campaign_id, COUNT(*) AS k FROM coupon_redemptions GROUP BY 1) USING (campaign_id)
    """


def campaign_report__wrong_redemptions_of_reached_only():
    """Redemptions of households that are not in campaigns are lost: the statement counts every row of coupon_redemptions of the campaign."""
    return """
    WITH h AS (
        SELECT c.campaign_id, c.household_id,
            (SELECT COUNT(*) FROM coupon_redemptions r WHERE r.campaign_id = c.campaign_id
                AND r.household_id = c.household_id) AS k,
            (SELECT SUM(t.sales_value) FROM transactions t WHERE t.household_id = c.household_id
                AND CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date) AS s
        FROM campaigns c JOIN campaign_descriptions d USING (campaign_id)
    )
    SELECT campaign_id, COUNT(*) AS reached, COUNT(s) AS buyers, SUM(k) AS redemptions,
           COALESCE(SUM(s), 0) AS revenue
    FROM h GROUP BY campaign_id
    """


def campaign_report__wrong_from_descriptions():
    """Starts from campaign_descriptions: a campaign that reached nobody gets a row of zeros, which the statement does not ask for."""
    return """
    SELECT d.campaign_id, COUNT(DISTINCT c.household_id) AS reached,
           COUNT(DISTINCT t.household_id) AS buyers,
           (SELECT COUNT(*) FROM coupon_redemptions r WHERE r.campaign_id = d.campaign_id) AS redemptions,
           COALESCE(SUM(t.sales_value), 0) AS revenue
    FROM campaign_descriptions d
    LEFT JOIN campaigns c ON c.campaign_id = d.campaign_id
    LEFT JOIN transactions t ON t.household_id = c.household_id
         AND CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date
    GROUP BY d.campaign_id
    """


UNSURE["campaign_report__unsure_nameless_columns"] = (
    "The statement names the columns, but not whether names count; the notebook's own cells use campaign_id and revenue."
)


def campaign_report__unsure_nameless_columns():
    return _REPORT.format(**_REPORT_RIGHT).replace(
        "SELECT campaign_id, reached, buyers, COALESCE(redemptions, 0) AS redemptions, revenue",
        "SELECT campaign_id, reached, buyers, COALESCE(redemptions, 0), revenue AS gmv",
    )


# ------------------------------------------------------------------ 13.3 silent_households


def silent_households__right_not_exists():
    return """
    SELECT c.campaign_id, c.household_id FROM campaigns c
    WHERE NOT EXISTS (
        SELECT 1 FROM coupon_redemptions r
        WHERE r.household_id = c.household_id AND r.campaign_id = c.campaign_id
    )
    """


def silent_households__right_left_join_is_null():
    return """-- mysql
    SELECT c.campaign_id, c.household_id
    FROM campaigns AS c
    LEFT JOIN coupon_redemptions AS r
        ON r.household_id = c.household_id AND r.campaign_id = c.campaign_id
    WHERE r.household_id IS NULL
    """


def silent_households__right_except():
    return """
    SELECT campaign_id, household_id FROM campaigns
    EXCEPT
    SELECT campaign_id, household_id FROM coupon_redemptions
    """


def silent_households__right_not_in_without_null():
    return """
    SELECT campaign_id, household_id FROM campaigns c
    WHERE household_id NOT IN (SELECT household_id FROM coupon_redemptions r
        WHERE r.campaign_id = c.campaign_id AND household_id IS NOT NULL)
    """


def silent_households__right_anti_join():
    return "FROM campaigns ANTI JOIN coupon_redemptions USING (campaign_id, household_id) SELECT campaign_id, household_id"


def silent_households__right_having_zero():
    return """
    SELECT c.campaign_id, c.household_id
    FROM campaigns c LEFT JOIN coupon_redemptions r USING (campaign_id, household_id)
    GROUP BY c.campaign_id, c.household_id
    HAVING SUM(CASE WHEN r.campaign_id IS NULL THEN 0 ELSE 1 END) = 0
    """


def silent_households__wrong_not_in():
    """NOT IN a list with NULL is never true: a campaign with a redemption without a card loses all its households."""
    return """
    SELECT campaign_id, household_id FROM campaigns c
    WHERE household_id NOT IN (SELECT household_id FROM coupon_redemptions r
                               WHERE r.campaign_id = c.campaign_id)
    """


def silent_households__wrong_not_in_any_campaign():
    """The subquery forgets the campaign (and NOT IN meets NULL): a household that redeemed in another campaign is lost."""
    return """
    SELECT campaign_id, household_id FROM campaigns
    WHERE household_id NOT IN (SELECT household_id FROM coupon_redemptions)
    """


def silent_households__wrong_other_campaign_ignored():
    """Only the household is compared: who redeemed in another campaign counts as not silent here."""
    return """
    SELECT c.campaign_id, c.household_id FROM campaigns c
    WHERE NOT EXISTS (SELECT 1 FROM coupon_redemptions r WHERE r.household_id = c.household_id)
    """


def silent_households__wrong_campaign_only():
    """Only the campaign is compared: one redeemer, or a coupon without a card, hides all silent households of the campaign."""
    return """
    SELECT campaign_id, household_id FROM campaigns
    WHERE campaign_id NOT IN (SELECT campaign_id FROM coupon_redemptions)
    """


def silent_households__wrong_two_separate_lists():
    """Both keys are looked up in separate lists, so a pair is dropped if its household redeemed anywhere or its campaign was redeemed by anyone."""
    return """
    SELECT campaign_id, household_id FROM campaigns
    WHERE household_id NOT IN (SELECT household_id FROM coupon_redemptions WHERE household_id IS NOT NULL)
      AND campaign_id NOT IN (SELECT campaign_id FROM coupon_redemptions)
    """


def silent_households__wrong_condition_in_where():
    """The campaign is compared in WHERE after the LEFT JOIN: a household that redeemed only elsewhere is removed."""
    return """
    SELECT DISTINCT c.campaign_id, c.household_id
    FROM campaigns c LEFT JOIN coupon_redemptions r ON r.household_id = c.household_id
    WHERE r.household_id IS NULL AND (r.campaign_id = c.campaign_id OR r.campaign_id IS NULL)
    """


def silent_households__wrong_unequal_join():
    """Joins to redemptions of other campaigns: that somebody redeemed elsewhere does not say that they did not redeem here, and silent ones without any redemption are lost."""
    return """
    SELECT DISTINCT c.campaign_id, c.household_id
    FROM campaigns c JOIN coupon_redemptions r
      ON r.household_id = c.household_id AND r.campaign_id <> c.campaign_id
    """


def silent_households__wrong_columns_swapped():
    """household_id comes first; the statement asks for campaign_id, household_id."""
    return """
    SELECT household_id, campaign_id FROM campaigns
    EXCEPT SELECT household_id, campaign_id FROM coupon_redemptions
    """


def silent_households__wrong_null_is_everybody():
    """A NULL household counts as a match for everybody (`OR r.household_id IS NULL`): a coupon without a card hides all silent households of its campaign."""
    return """
    SELECT c.campaign_id, c.household_id FROM campaigns c
    WHERE NOT EXISTS (SELECT * FROM coupon_redemptions r WHERE r.campaign_id = c.campaign_id
          AND (r.household_id = c.household_id OR r.household_id IS NULL))
    """


def silent_households__wrong_redeemers():
    """Returns the pairs with a redemption: EXISTS where NOT EXISTS is asked."""
    return """
    SELECT c.campaign_id, c.household_id FROM campaigns c
    WHERE EXISTS (SELECT 1 FROM coupon_redemptions r
        WHERE r.household_id = c.household_id AND r.campaign_id = c.campaign_id)
    """


# ------------------------------------------------------------------ 13.4 top_products

_TOP = """
    WITH sold AS (
        SELECT p.department, t.product_id, {revenue} AS revenue
        FROM transactions t JOIN products p ON p.product_id = t.product_id
        GROUP BY p.department, t.product_id
    ), placed AS (
        SELECT department, {rank}() OVER (PARTITION BY {by} ORDER BY revenue {desc}) AS place,
               product_id, revenue
        FROM sold
    )
    SELECT department, place, product_id, revenue FROM placed WHERE place {limit}
    ORDER BY {order}
    """
_TOP_RIGHT = {
    "revenue": "SUM(t.sales_value)",
    "rank": "RANK",
    "by": "department",
    "desc": "DESC",
    "limit": "<= 3",
    "order": "department, place, product_id",
}


def top_products__right_rank_in_cte():
    return _TOP.format(**_TOP_RIGHT)


def top_products__right_qualify():
    return """
    SELECT department, RANK() OVER (PARTITION BY department ORDER BY SUM(sales_value) DESC) AS place,
           product_id, SUM(sales_value) AS revenue
    FROM transactions JOIN products USING (product_id)
    GROUP BY department, product_id
    QUALIFY place <= 3
    ORDER BY ALL
    """


def top_products__right_count_the_better():
    return """
    WITH s AS (
        SELECT product_id, department, SUM(sales_value) AS revenue
        FROM transactions JOIN products USING (product_id) GROUP BY 1, 2
    )
    SELECT a.department, 1 + COUNT(b.product_id) AS place, a.product_id, a.revenue
    FROM s a LEFT JOIN s b ON b.department = a.department AND b.revenue > a.revenue
    GROUP BY a.department, a.product_id, a.revenue
    HAVING COUNT(b.product_id) < 3
    ORDER BY 1, 2, 3
    """


def top_products__right_spark_aggregate_first():
    return """-- spark
    SELECT department, place, product_id, revenue
    FROM (
        SELECT p.department, s.product_id, s.revenue,
               RANK() OVER (PARTITION BY p.department ORDER BY s.revenue DESC) AS place
        FROM (SELECT product_id, SUM(sales_value) AS revenue FROM transactions GROUP BY product_id) s
        INNER JOIN products p ON s.product_id = p.product_id
    ) x
    WHERE place < 4
    ORDER BY department, place, product_id
    """


def top_products__wrong_quantity_times_value():
    """sales_value is the value of the whole line already; it is multiplied by quantity again (shows when a quantity is not 1)."""
    return _TOP.format(**{**_TOP_RIGHT, "revenue": "SUM(t.quantity * t.sales_value)"})


def top_products__wrong_dense_rank():
    """DENSE_RANK does not skip places after a tie: 1, 2, 2, 3 instead of 1, 2, 2, 4."""
    return _TOP.format(**{**_TOP_RIGHT, "rank": "DENSE_RANK"})


def top_products__wrong_row_number():
    """ROW_NUMBER gives tied products different places and cuts one off at the third place."""
    return _TOP.format(**{**_TOP_RIGHT, "rank": "ROW_NUMBER"})


def top_products__wrong_over_all_departments():
    """PARTITION BY is missing: places are those of the whole shop, not of each department."""
    return _TOP.format(**_TOP_RIGHT).replace("PARTITION BY department ", "")


def top_products__wrong_ascending():
    """DESC is missing: the products of the lowest revenue get the first places."""
    return _TOP.format(**{**_TOP_RIGHT, "desc": ""})


def top_products__wrong_less_than_three():
    """`< 3` where a place of 3 counts too."""
    return _TOP.format(**{**_TOP_RIGHT, "limit": "< 3"})


def top_products__wrong_order_by_revenue():
    """Sorted by department and revenue: tied products come in an arbitrary order, not by product_id."""
    return _TOP.format(**{**_TOP_RIGHT, "order": "department, revenue DESC, product_id DESC"})


def top_products__wrong_no_order():
    """The outer ORDER BY is missing; an order of rows is asked, and a window does not give one."""
    return """
    SELECT * FROM (
        SELECT department, RANK() OVER (PARTITION BY department ORDER BY SUM(sales_value) DESC) AS place,
               product_id, SUM(sales_value) AS revenue
        FROM transactions JOIN products USING (product_id)
        GROUP BY department, product_id
    ) WHERE place <= 3
    """


def top_products__wrong_ranks_lines():
    """Ranks single lines: the lines of a product are not summed first (shows when a product has several lines)."""
    return """
    SELECT department, place, product_id, sales_value AS revenue FROM (
        SELECT p.department, t.product_id, t.sales_value,
               RANK() OVER (PARTITION BY p.department ORDER BY t.sales_value DESC) AS place
        FROM transactions t JOIN products p USING (product_id))
    WHERE place <= 3 ORDER BY department, place, product_id
    """


def top_products__wrong_limit_three():
    """LIMIT 3 keeps three rows of the whole result, and not three places of each department."""
    return _TOP.format(**{**_TOP_RIGHT, "limit": "IS NOT NULL"}) + " LIMIT 3"


def top_products__wrong_sum_distinct():
    """SUM(DISTINCT sales_value) drops equal lines of a product."""
    return _TOP.format(**{**_TOP_RIGHT, "revenue": "SUM(DISTINCT t.sales_value)"})


def top_products__wrong_group_by_basket():
    """Grouped by basket as well: a product gets a row for each basket instead of its total."""
    return _TOP.format(**_TOP_RIGHT).replace(
        "GROUP BY p.department, t.product_id", "GROUP BY p.department, t.product_id, t.basket_id"
    )


UNSURE["top_products__unsure_unsold_products"] = (
    "A product of `products` without a transaction: revenue 0 and a place, or no row? The statement says only 'the products with a place of 3 or better by revenue'."
)


def top_products__unsure_unsold_products():
    return """
    SELECT department, place, product_id, revenue FROM (
        SELECT p.department, p.product_id, COALESCE(SUM(t.sales_value), 0) AS revenue,
            RANK() OVER (PARTITION BY p.department ORDER BY COALESCE(SUM(t.sales_value), 0) DESC) AS place
        FROM products p LEFT JOIN transactions t ON t.product_id = p.product_id
        GROUP BY p.department, p.product_id)
    WHERE place <= 3 ORDER BY department, place, product_id
    """


UNSURE["top_products__unsure_products_without_department"] = (
    "Lines whose product is not in `products`: left out, or a department NULL? Not said."
)


def top_products__unsure_products_without_department():
    return _TOP.format(**_TOP_RIGHT).replace("transactions t JOIN", "transactions t LEFT JOIN")


# ------------------------------------------------------------------ 13.5 current_orders


def current_orders__right_row_number():
    return """
    WITH numbered AS (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY order_id
                                     ORDER BY updated_at DESC, load_id DESC) AS rn
        FROM order_events
    )
    SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue
    FROM numbered WHERE rn = 1 AND status = 'paid' GROUP BY household_id
    """


def current_orders__right_no_later_version():
    return """
    SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue
    FROM order_events e
    WHERE status = 'paid' AND NOT EXISTS (
        SELECT 1 FROM order_events f WHERE f.order_id = e.order_id
          AND (f.updated_at > e.updated_at
               OR (f.updated_at = e.updated_at AND f.load_id > e.load_id)))
    GROUP BY household_id
    """


def current_orders__right_two_max_joins():
    return """-- mysql
    SELECT e.household_id, COUNT(*) AS orders, SUM(e.amount) AS revenue
    FROM order_events AS e
    JOIN (
        SELECT x.order_id, x.updated_at, MAX(x.load_id) AS load_id
        FROM order_events AS x
        JOIN (SELECT order_id, MAX(updated_at) AS last_at FROM order_events GROUP BY order_id) AS m
          ON m.order_id = x.order_id AND m.last_at = x.updated_at
        GROUP BY x.order_id, x.updated_at
    ) AS l ON l.order_id = e.order_id AND l.updated_at = e.updated_at AND l.load_id = e.load_id
    WHERE e.status = 'paid'
    GROUP BY e.household_id
    """


def current_orders__right_arg_max():
    return """
    SELECT v.household_id, COUNT(*) AS orders, SUM(v.amount) AS revenue
    FROM (SELECT ARG_MAX(e, ROW(updated_at, load_id)) AS v FROM order_events e GROUP BY order_id)
    WHERE v.status = 'paid'
    GROUP BY 1
    """


def current_orders__right_distinct_on():
    return """
    SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue
    FROM (SELECT DISTINCT ON (order_id) * FROM order_events
          ORDER BY order_id, updated_at DESC, load_id DESC)
    WHERE status = 'paid' GROUP BY household_id
    """


_ORDERS = """
    SELECT household_id, {n} AS orders, {s} AS revenue
    FROM (SELECT *, {f}() OVER (PARTITION BY {by} ORDER BY {order}) AS rn FROM order_events {where})
    WHERE rn = 1 {paid} GROUP BY household_id
    """
_ORDERS_RIGHT = {
    "n": "COUNT(*)",
    "s": "SUM(amount)",
    "f": "ROW_NUMBER",
    "by": "order_id",
    "order": "updated_at DESC, load_id DESC",
    "where": "",
    "paid": "AND status = 'paid'",
}


def current_orders__wrong_paid_first():
    """Filters status = 'paid' before the last version is chosen: an order that was paid and then cancelled still counts."""
    return _ORDERS.format(**{**_ORDERS_RIGHT, "where": "WHERE status = 'paid'", "paid": ""})


def current_orders__wrong_tie_free():
    """Among equal updated_at any row may win, the larger load_id is not asked for; here the smaller one wins (shows when two versions of equal time differ)."""
    return _ORDERS.format(**{**_ORDERS_RIGHT, "order": "updated_at DESC, load_id"})


def current_orders__wrong_load_first():
    """The largest load_id wins before the latest updated_at: an old version that is delivered late replaces the newer one."""
    return _ORDERS.format(**{**_ORDERS_RIGHT, "order": "load_id DESC"})


def current_orders__wrong_rank():
    """RANK by updated_at alone keeps all rows of the latest time: an order delivered twice counts twice."""
    return _ORDERS.format(**{**_ORDERS_RIGHT, "f": "RANK", "order": "updated_at DESC"})


def current_orders__wrong_earliest():
    """DESC is missing: the first version of an order is kept, not the last."""
    return _ORDERS.format(**{**_ORDERS_RIGHT, "order": "updated_at, load_id"})


def current_orders__wrong_per_household():
    """PARTITION BY household_id keeps only the last order of each household."""
    return _ORDERS.format(**{**_ORDERS_RIGHT, "by": "household_id"})


def current_orders__wrong_dedup_only():
    """DISTINCT without load_id removes repeated deliveries only: every paid version counts, also of orders cancelled later."""
    return """
    SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue
    FROM (SELECT DISTINCT order_id, household_id, status, amount, updated_at FROM order_events)
    WHERE status = 'paid' GROUP BY household_id
    """


def current_orders__wrong_max_of_each_column():
    """MAX of amount is not the amount of the last version: too high where a later version lowered it."""
    return """
    SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue FROM (
        SELECT order_id, MAX(household_id) AS household_id, MAX(amount) AS amount,
               ARG_MAX(status, ROW(updated_at, load_id)) AS status
        FROM order_events GROUP BY order_id)
    WHERE status = 'paid' GROUP BY household_id
    """


def current_orders__wrong_max_time_join():
    """Joins on the latest updated_at only: all deliveries of that version remain, and the order counts several times."""
    return """
    SELECT e.household_id, COUNT(*) AS orders, SUM(e.amount) AS revenue
    FROM order_events e
    JOIN (SELECT order_id, MAX(updated_at) AS updated_at FROM order_events GROUP BY order_id) m
      USING (order_id, updated_at)
    WHERE e.status = 'paid' GROUP BY e.household_id
    """


def current_orders__wrong_distinct_orders_revenue():
    """COUNT(DISTINCT order_id) repairs the count, but the revenue adds the amounts of repeated deliveries."""
    return """
    SELECT e.household_id, COUNT(DISTINCT e.order_id) AS orders, SUM(e.amount) AS revenue
    FROM order_events e
    WHERE e.status = 'paid' AND e.updated_at =
        (SELECT MAX(updated_at) FROM order_events f WHERE f.order_id = e.order_id)
    GROUP BY e.household_id
    """


def current_orders__wrong_zero_households():
    """Households without a paid order get a row of 0; the statement wants rows only for households with one."""
    return """
    SELECT household_id, COUNT(*) FILTER (WHERE status = 'paid') AS orders,
           COALESCE(SUM(amount) FILTER (WHERE status = 'paid'), 0) AS revenue
    FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY updated_at DESC, load_id DESC) rn
          FROM order_events)
    WHERE rn = 1 GROUP BY household_id
    """


UNSURE["current_orders__unsure_order_within_household"] = (
    "May an order change its household between versions? Then PARTITION BY household_id, order_id differs; the statement is silent."
)


def current_orders__unsure_order_within_household():
    return _ORDERS.format(**{**_ORDERS_RIGHT, "by": "household_id, order_id"})


# ------------------------------------------------------------------ 13.6 median_basket


def median_basket__right_between():
    return """
    SELECT store_id, AVG(sales_value) AS median
    FROM (SELECT store_id, sales_value,
                 ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value) AS k,
                 COUNT(*) OVER (PARTITION BY store_id) AS n FROM baskets)
    WHERE 2 * k BETWEEN n AND n + 2
    GROUP BY store_id
    """


def median_basket__right_integer_division():
    return """
    WITH o AS (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value, basket_id) AS k,
               COUNT(*) OVER (PARTITION BY store_id) AS n
        FROM baskets)
    SELECT store_id, AVG(sales_value) AS median FROM o
    WHERE k IN ((n + 1) // 2, (n + 2) // 2) GROUP BY store_id
    """


def median_basket__right_from_both_ends():
    return """
    SELECT store_id, AVG(sales_value) AS median
    FROM (SELECT store_id, sales_value,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value, basket_id) AS up,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value DESC, basket_id DESC) AS down
          FROM baskets)
    WHERE ABS(up - down) <= 1
    GROUP BY store_id
    """


def median_basket__right_self_join():
    return """-- mysql
    SELECT v.store_id, AVG(v.sales_value) AS median
    FROM (
        SELECT DISTINCT a.store_id, a.sales_value
        FROM baskets a
        JOIN baskets b ON b.store_id = a.store_id
        GROUP BY a.store_id, a.basket_id, a.sales_value
        HAVING 2 * SUM(CASE WHEN b.sales_value <= a.sales_value THEN 1 ELSE 0 END) >= COUNT(*)
           AND 2 * SUM(CASE WHEN b.sales_value >= a.sales_value THEN 1 ELSE 0 END) >= COUNT(*)
    ) v
    GROUP BY v.store_id
    """


def median_basket__right_list_sort():
    return """
    SELECT store_id, (l[(n + 1) // 2] + l[n // 2 + 1]) / 2 AS median
    FROM (SELECT store_id, LIST_SORT(LIST(sales_value)) AS l, COUNT(*) AS n FROM baskets GROUP BY store_id)
    """


_MEDIAN = """
    SELECT store_id, {agg}(sales_value) AS median
    FROM (SELECT {distinct}store_id, sales_value, {f}() OVER ({part} ORDER BY sales_value) AS k,
                 COUNT(*) OVER (PARTITION BY store_id) AS n FROM {source})
    WHERE {where} GROUP BY store_id
    """
_MEDIAN_RIGHT = {
    "agg": "AVG",
    "distinct": "",
    "f": "ROW_NUMBER",
    "part": "PARTITION BY store_id",
    "source": "baskets",
    "where": "2 * k BETWEEN n AND n + 2",
}


def median_basket__wrong_float_division():
    """In DuckDB `/` does not round down: (n + 1) / 2 is 2.5 for n = 4, so only the upper of the two middle values is left for even n."""
    return _MEDIAN.format(**{**_MEDIAN_RIGHT, "where": "k IN ((n + 1) / 2, (n + 2) / 2)"})


def median_basket__wrong_upper_middle():
    """Takes the upper of the two middle values when n is even."""
    return _MEDIAN.format(**{**_MEDIAN_RIGHT, "where": "k = n // 2 + 1"})


def median_basket__wrong_lower_middle():
    """Takes the lower of the two middle values when n is even."""
    return _MEDIAN.format(**{**_MEDIAN_RIGHT, "where": "k = (n + 1) // 2"})


def median_basket__wrong_ceil_of_half():
    """CEIL(n / 2) and CEIL(n / 2) + 1 for every n: for an odd n the value above the middle is averaged in."""
    return _MEDIAN.format(**{**_MEDIAN_RIGHT, "where": "k IN (CEIL(n / 2), CEIL(n / 2) + 1)"})


def median_basket__wrong_floor_for_odd():
    """k between n // 2 and n // 2 + 1: right for even n, but for odd n it averages the middle with the value below it."""
    return _MEDIAN.format(**{**_MEDIAN_RIGHT, "where": "k BETWEEN n // 2 AND n // 2 + 1"})


def median_basket__wrong_distinct_values():
    """Equal values are counted once: the median of the different values (shows with ties)."""
    return _MEDIAN.format(
        **{**_MEDIAN_RIGHT, "source": "(SELECT DISTINCT store_id, sales_value FROM baskets)"}
    )


def median_basket__wrong_rank():
    """RANK skips numbers after ties, so the middle number may not exist and the store loses its row, or a wrong value is averaged (shows with ties)."""
    return _MEDIAN.format(**{**_MEDIAN_RIGHT, "f": "RANK"})


def median_basket__wrong_no_partition():
    """ROW_NUMBER over all stores together, compared with the size of one store (shows with several stores)."""
    return _MEDIAN.format(**{**_MEDIAN_RIGHT, "part": ""})


def median_basket__wrong_mean():
    """AVG of all baskets: the mean, not the median."""
    return "SELECT store_id, AVG(sales_value) AS median FROM baskets GROUP BY store_id"


def median_basket__wrong_unsorted():
    """Rows are numbered by basket_id, not by value: the value of the middle basket."""
    return _MEDIAN.format(**_MEDIAN_RIGHT).replace("ORDER BY sales_value", "ORDER BY basket_id")


def median_basket__wrong_both_rows():
    """No average: an even number of baskets gives two rows for a store."""
    return """
    SELECT store_id, sales_value AS median
    FROM (SELECT store_id, sales_value, ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value) AS k,
                 COUNT(*) OVER (PARTITION BY store_id) AS n FROM baskets)
    WHERE 2 * k BETWEEN n AND n + 2
    """


def median_basket__wrong_two_row_numbers_without_tiebreak():
    """Numbers from both ends by value alone: with ties both orders may agree among equals, and no row or other rows satisfy |up - down| <= 1."""
    return """
    SELECT store_id, AVG(sales_value) AS median
    FROM (SELECT store_id, sales_value,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value, basket_id) AS up,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value DESC, basket_id) AS down
          FROM baskets)
    WHERE ABS(up - down) <= 1
    GROUP BY store_id
    """


def median_basket__wrong_percentile_disc():
    """quantile_disc(0.5) returns an existing value: the lower middle one for even n, not the mean of the two."""
    return (
        "SELECT store_id, QUANTILE_DISC(sales_value, 0.5) AS median FROM baskets GROUP BY store_id"
    )


UNSURE["median_basket__unsure_median_function"] = (
    "Breaks the rule 'without MEDIAN', but 'the check looks at the rows alone': said to pass."
)


def median_basket__unsure_median_function():
    return "SELECT store_id, MEDIAN(sales_value) AS median FROM baskets GROUP BY store_id"


# ------------------------------------------------------------------ 13.7 day_retention


def day_retention__right_left_joins():
    return """
    WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
    firsts AS (SELECT household_id, MIN(day) AS cohort FROM days GROUP BY household_id),
    e AS (SELECT MAX(day) AS last_day FROM days)
    SELECT f.cohort, COUNT(*) AS households,
        CASE WHEN f.cohort + 1 <= MAX(e.last_day) THEN CAST(COUNT(a.day) AS DOUBLE) / COUNT(*) END AS d1,
        CASE WHEN f.cohort + 7 <= MAX(e.last_day) THEN CAST(COUNT(b.day) AS DOUBLE) / COUNT(*) END AS d7
    FROM firsts f CROSS JOIN e
    LEFT JOIN days a ON a.household_id = f.household_id AND a.day = f.cohort + 1
    LEFT JOIN days b ON b.household_id = f.household_id AND b.day = f.cohort + 7
    GROUP BY f.cohort
    """


def day_retention__right_flags_then_average():
    return """
    WITH h AS (
        SELECT household_id, MIN(day) AS cohort, LIST(day) AS days FROM transactions GROUP BY household_id
    )
    SELECT cohort, COUNT(*) AS households,
        AVG(CASE WHEN cohort + 1 > z THEN NULL WHEN LIST_CONTAINS(days, cohort + 1) THEN 1.0 ELSE 0.0 END) AS d1,
        AVG(CASE WHEN cohort + 7 > z THEN NULL WHEN LIST_CONTAINS(days, cohort + 7) THEN 1.0 ELSE 0.0 END) AS d7
    FROM h, (SELECT MAX(day) AS z FROM transactions)
    GROUP BY cohort
    """


def day_retention__right_window_first():
    return """
    SELECT first_day AS cohort, COUNT(DISTINCT household_id) AS households,
       CASE WHEN DATE_DIFF('day', first_day, ANY_VALUE(last_day)) >= 1 THEN
         COUNT(DISTINCT CASE WHEN DATE_DIFF('day', first_day, day) = 1 THEN household_id END)
             / COUNT(DISTINCT household_id) END AS d1,
       CASE WHEN DATE_DIFF('day', first_day, ANY_VALUE(last_day)) >= 7 THEN
         COUNT(DISTINCT CASE WHEN DATE_DIFF('day', first_day, day) = 7 THEN household_id END)
             / COUNT(DISTINCT household_id) END AS d7
    FROM (SELECT household_id, day, MIN(day) OVER (PARTITION BY household_id) AS first_day,
                 MAX(day) OVER () AS last_day FROM transactions)
    GROUP BY first_day
    ORDER BY first_day
    """


def day_retention__right_hive():
    return """-- hive
    SELECT a.cohort, COUNT(DISTINCT a.household_id) AS households,
        IF(MAX(DATEDIFF(m.last_day, a.cohort)) >= 1,
           COUNT(DISTINCT IF(DATEDIFF(t.day, a.cohort) = 1, a.household_id, NULL)) / COUNT(DISTINCT a.household_id), NULL) AS d1,
        IF(MAX(DATEDIFF(m.last_day, a.cohort)) >= 7,
           COUNT(DISTINCT IF(DATEDIFF(t.day, a.cohort) = 7, a.household_id, NULL)) / COUNT(DISTINCT a.household_id), NULL) AS d7
    FROM (SELECT household_id, MIN(day) AS cohort FROM transactions GROUP BY household_id) a
    JOIN transactions t ON t.household_id = a.household_id
    CROSS JOIN (SELECT MAX(day) AS last_day FROM transactions) m
    GROUP BY a.cohort
    """


_RETENTION = """
    WITH days AS (SELECT {distinct} household_id, day FROM transactions),
    firsts AS (SELECT household_id, {first}(day) AS cohort FROM days GROUP BY household_id),
    e AS (SELECT {last} AS last_day FROM days)
    SELECT f.cohort, {n} AS households,
        CASE WHEN {known1} THEN CAST(COUNT({cd}a.{k}) AS DOUBLE) / {n} {otherwise} END AS d1,
        CASE WHEN {known7} THEN CAST(COUNT({cd}b.{k}) AS DOUBLE) / {n} {otherwise} END AS d7
    FROM firsts f CROSS JOIN e
    {join} days a ON a.household_id = f.household_id AND {on1}
    {join} days b ON b.household_id = f.household_id AND {on7}
    GROUP BY f.cohort, e.last_day
    """
_RETENTION_RIGHT = {
    "distinct": "DISTINCT",
    "first": "MIN",
    "last": "MAX(day)",
    "n": "COUNT(DISTINCT f.household_id)",
    "known1": "f.cohort + 1 <= e.last_day",
    "known7": "f.cohort + 7 <= e.last_day",
    "cd": "DISTINCT ",
    "k": "household_id",
    "otherwise": "",
    "join": "LEFT JOIN",
    "on1": "a.day = f.cohort + 1",
    "on7": "b.day = f.cohort + 7",
}


def day_retention__wrong_within_seven():
    """d7 counts a purchase on any of the days 1 to 7, not exactly on day 7."""
    return _RETENTION.format(
        **{**_RETENTION_RIGHT, "on7": "b.day BETWEEN f.cohort + 1 AND f.cohort + 7"}
    )


def day_retention__wrong_zero_for_unknown():
    """A share is 0, not NULL, where the later day lies after the last day of the table."""
    return _RETENTION.format(**{**_RETENTION_RIGHT, "otherwise": "ELSE 0"})


def day_retention__wrong_no_censoring():
    """The end of the table is not looked at: 0 where the later day is not yet known."""
    return _RETENTION.format(**{**_RETENTION_RIGHT, "known1": "TRUE", "known7": "TRUE"})


def day_retention__wrong_strict_end():
    """`<` where the later day may be the last day of the table: NULL for a share that is known."""
    return _RETENTION.format(
        **{
            **_RETENTION_RIGHT,
            "known1": "f.cohort + 1 < e.last_day",
            "known7": "f.cohort + 7 < e.last_day",
        }
    )


def day_retention__wrong_null_for_nobody():
    """NULLIF turns a share of 0 into NULL, although the day is known and simply nobody came back."""
    return (
        _RETENTION.format(**_RETENTION_RIGHT)
        .replace(
            "CAST(COUNT(DISTINCT a.household_id) AS DOUBLE)",
            "NULLIF(COUNT(DISTINCT a.household_id), 0)",
        )
        .replace(
            "CAST(COUNT(DISTINCT b.household_id) AS DOUBLE)",
            "NULLIF(COUNT(DISTINCT b.household_id), 0)",
        )
    )


def day_retention__wrong_baskets_counted():
    """Days are not made distinct and COUNT(*) counts rows of the join: several baskets on a later day weigh more in share and households."""
    return _RETENTION.format(
        **{**_RETENTION_RIGHT, "distinct": "", "n": "COUNT(*)", "cd": "", "k": "day"}
    )


def day_retention__wrong_six_days():
    """Day 1 counts the first day itself as day 1: d1 and d7 are 0 and 6 days later."""
    return _RETENTION.format(
        **{**_RETENTION_RIGHT, "on1": "a.day = f.cohort", "on7": "b.day = f.cohort + 6"}
    )


def day_retention__wrong_inner_joins():
    """Inner joins keep only households that came back on both days: cohorts vanish and shares are 1."""
    return _RETENTION.format(**{**_RETENTION_RIGHT, "join": "JOIN"})


def day_retention__wrong_every_day_is_a_cohort():
    """Each active day of a household is taken as a cohort, not only the day of its first purchase."""
    return """
    WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
    e AS (SELECT MAX(day) AS z FROM days)
    SELECT f.day AS cohort, COUNT(*) AS households,
        CASE WHEN f.day + 1 <= e.z THEN COUNT(a.day) / COUNT(*) END AS d1,
        CASE WHEN f.day + 7 <= e.z THEN COUNT(b.day) / COUNT(*) END AS d7
    FROM days f CROSS JOIN e
    LEFT JOIN days a ON a.household_id = f.household_id AND a.day = f.day + 1
    LEFT JOIN days b ON b.household_id = f.household_id AND b.day = f.day + 7
    GROUP BY f.day, e.z
    """


def day_retention__wrong_end_of_household():
    """The last day is that of each household, not of the table: a household that never came back counts as unknown, and the share is too high or NULL."""
    return """
    WITH h AS (SELECT household_id, MIN(day) AS cohort, MAX(day) AS z FROM transactions GROUP BY household_id)
    SELECT h.cohort, COUNT(*) AS households,
        AVG(CASE WHEN h.cohort + 1 <= h.z THEN CASE WHEN EXISTS (SELECT 1 FROM transactions t
            WHERE t.household_id = h.household_id AND t.day = h.cohort + 1) THEN 1.0 ELSE 0.0 END END) AS d1,
        AVG(CASE WHEN h.cohort + 7 <= h.z THEN CASE WHEN EXISTS (SELECT 1 FROM transactions t
            WHERE t.household_id = h.household_id AND t.day = h.cohort + 7) THEN 1.0 ELSE 0.0 END END) AS d7
    FROM h GROUP BY h.cohort
    """


def day_retention__wrong_last_cohort_as_end():
    """The last first day is taken as the end of the table: shares are NULL although later days are in the table."""
    return _RETENTION.format(
        **{**_RETENTION_RIGHT, "last": "(SELECT MAX(cohort) FROM firsts)"}
    ).replace("AS last_day FROM days", "AS last_day")


def day_retention__wrong_rounded():
    """The shares are rounded to two decimals, which is not asked (shows for thirds)."""
    return (
        "SELECT cohort, households, ROUND(d1, 2) AS d1, ROUND(d7, 2) AS d7 FROM ("
        + _RETENTION.format(**_RETENTION_RIGHT)
        + ")"
    )


UNSURE["day_retention__unsure_cohort_as_timestamp"] = (
    "cohort is a TIMESTAMP at midnight (MIN over a CAST): the statement says 'day', not its type."
)


def day_retention__unsure_cohort_as_timestamp():
    return _RETENTION.format(**_RETENTION_RIGHT).replace(
        "SELECT f.cohort,", "SELECT CAST(f.cohort AS TIMESTAMP) AS cohort,"
    )


# ------------------------------------------------------------------ 13.8 longest_streak


def longest_streak__right_gaps_and_islands():
    return """
    WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
    numbered AS (
        SELECT household_id, day,
               day - CAST(ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day) AS INTEGER) AS run
        FROM days),
    runs AS (SELECT household_id, COUNT(*) AS n_days, MIN(day) AS first_day
             FROM numbered GROUP BY household_id, run)
    SELECT household_id, n_days, first_day FROM (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY n_days DESC, first_day) AS k
        FROM runs)
    WHERE k = 1
    """


def longest_streak__right_lag_and_running_sum():
    return """
    WITH d AS (
        SELECT household_id, day, LAG(day) OVER (PARTITION BY household_id ORDER BY day) AS before
        FROM transactions GROUP BY household_id, day),
    r AS (
        SELECT household_id, day,
            SUM(CASE WHEN before IS NULL OR day - before > 1 THEN 1 ELSE 0 END)
                OVER (PARTITION BY household_id ORDER BY day) AS run
        FROM d),
    s AS (SELECT household_id, run, COUNT(*) AS n_days, MIN(day) AS first_day FROM r GROUP BY 1, 2)
    SELECT household_id, n_days, first_day FROM s
    QUALIFY RANK() OVER (PARTITION BY household_id ORDER BY n_days DESC, first_day) = 1
    """


def longest_streak__right_dense_rank_no_distinct():
    return """
    WITH r AS (
        SELECT household_id, day,
            day - CAST(DENSE_RANK() OVER (PARTITION BY household_id ORDER BY day) AS INTEGER) AS g
        FROM transactions),
    s AS (SELECT household_id, COUNT(DISTINCT day) AS n, MIN(day) AS f FROM r GROUP BY household_id, g),
    m AS (SELECT household_id, MAX(n) AS n FROM s GROUP BY household_id)
    SELECT s.household_id, s.n AS n_days, MIN(s.f) AS first_day
    FROM s JOIN m ON m.household_id = s.household_id AND m.n = s.n
    GROUP BY s.household_id, s.n
    """


def longest_streak__right_hive():
    return """-- hive
    SELECT household_id, n_days, first_day
    FROM (
        SELECT household_id, n_days, first_day,
               ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY n_days DESC, first_day ASC) AS k
        FROM (
            SELECT household_id, COUNT(*) AS n_days, MIN(day) AS first_day
            FROM (
                SELECT household_id, day,
                       DATEDIFF(day, CAST('2000-01-01' AS DATE)) - ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day) AS grp
                FROM (SELECT DISTINCT household_id, day FROM transactions) a
            ) b
            GROUP BY household_id, grp
        ) c
    ) d
    WHERE k = 1
    """


_STREAK = """
    WITH days AS (SELECT {distinct} household_id, day FROM transactions),
    numbered AS (SELECT household_id, day,
        day - CAST(ROW_NUMBER() OVER ({part} ORDER BY day) AS INTEGER) AS run FROM days),
    runs AS (SELECT household_id, {n} AS n_days, {first} AS first_day
             FROM numbered GROUP BY household_id, run {having})
    SELECT household_id, n_days, first_day FROM (
        SELECT *, {f}() OVER (PARTITION BY household_id ORDER BY {order}) AS k FROM runs)
    WHERE k = 1
    """
_STREAK_RIGHT = {
    "distinct": "DISTINCT",
    "part": "PARTITION BY household_id",
    "n": "COUNT(*)",
    "first": "MIN(day)",
    "having": "",
    "f": "ROW_NUMBER",
    "order": "n_days DESC, first_day",
}


def longest_streak__wrong_baskets_not_days():
    """No DISTINCT: a second basket on a day takes a number of its own, so runs break or join over gaps."""
    return _STREAK.format(**{**_STREAK_RIGHT, "distinct": ""})


def longest_streak__wrong_latest_of_ties():
    """Of runs of equal length the latest is returned, not the earliest."""
    return _STREAK.format(**{**_STREAK_RIGHT, "order": "n_days DESC, first_day DESC"})


def longest_streak__wrong_rank_keeps_ties():
    """RANK by length keeps all runs of equal length: several rows for a household."""
    return _STREAK.format(**{**_STREAK_RIGHT, "f": "RANK", "order": "n_days DESC"})


def longest_streak__wrong_last_day_of_run():
    """Returns the last day of the run as first_day (shows for runs of two days or more)."""
    return _STREAK.format(**{**_STREAK_RIGHT, "first": "MAX(day)"})


def longest_streak__wrong_no_partition():
    """ROW_NUMBER over all households: days of different households are numbered together, and runs break wherever others buy too."""
    return _STREAK.format(**{**_STREAK_RIGHT, "part": ""})


def longest_streak__wrong_single_days_dropped():
    """HAVING COUNT(*) > 1: a household that never bought on two days running has no row; its longest run is 1."""
    return _STREAK.format(**{**_STREAK_RIGHT, "having": "HAVING COUNT(*) > 1"})


def longest_streak__wrong_first_run():
    """The earliest run is returned, not the longest."""
    return _STREAK.format(**{**_STREAK_RIGHT, "order": "first_day"})


def longest_streak__wrong_days_total():
    """Counts all days with a purchase, with or without gaps between them."""
    return "SELECT household_id, COUNT(DISTINCT day) AS n_days, MIN(day) AS first_day FROM transactions GROUP BY household_id"


def longest_streak__wrong_first_day_of_household():
    """first_day is the first purchase of the household, not the first day of its longest run."""
    return """
    WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
    numbered AS (SELECT household_id, day,
        day - CAST(ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day) AS INTEGER) AS run FROM days),
    runs AS (SELECT household_id, COUNT(*) AS n, MIN(day) AS f FROM numbered GROUP BY household_id, run)
    SELECT household_id, MAX(n) AS n_days, MIN(f) AS first_day FROM runs GROUP BY household_id
    """


def longest_streak__wrong_group_by_run_only():
    """GROUP BY the run without the household: runs of different households with the same key are added up."""
    return """
    WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
    numbered AS (SELECT household_id, day,
        day - CAST(ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day) AS INTEGER) AS run FROM days),
    runs AS (SELECT run, COUNT(*) AS n_days, MIN(day) AS first_day FROM numbered GROUP BY run),
    own AS (SELECT DISTINCT household_id, run FROM numbered)
    SELECT household_id, n_days, first_day FROM own JOIN runs USING (run)
    QUALIFY ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY n_days DESC, first_day) = 1
    """


def longest_streak__wrong_pairs_counted():
    """Counts the steps between neighbouring days (length minus one) instead of days."""
    return _STREAK.format(**{**_STREAK_RIGHT, "n": "COUNT(*) - 1"})


def longest_streak__wrong_day_of_month():
    """Uses the day of the month minus the number: a run over the end of a month breaks, and runs of different months may be joined."""
    return _STREAK.format(**_STREAK_RIGHT).replace(
        "day - CAST(ROW_NUMBER()", "DAY(day) - CAST(ROW_NUMBER()"
    )


UNSURE["longest_streak__unsure_first_day_timestamp"] = (
    "first_day comes out as TIMESTAMP (run + INTERVAL), at midnight: is a midnight timestamp equal to the day?"
)


def longest_streak__unsure_first_day_timestamp():
    return _STREAK.format(**{**_STREAK_RIGHT, "first": "run + INTERVAL 1 DAY * MIN(k0)"}).replace(
        "AS run FROM days",
        "AS run, ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day) AS k0 FROM days",
    )


# ------------------------------------------------------------------ 13.9 kill_sessions

_EVENTS = [
    (1, "2017-01-02 10:00:00"),
    (1, "2017-01-02 10:30:00"),
    (1, "2017-01-02 11:00:01"),
    (1, "2017-01-02 11:10:00"),
    (2, "2017-01-02 10:15:00"),
    (2, "2017-01-02 23:50:00"),
    (2, "2017-01-03 00:10:00"),
    (2, "2017-01-03 00:35:00"),
    (2, "2017-01-03 01:00:00"),
    (3, "2017-01-02 10:05:00"),
    (3, "2017-01-03 10:05:00"),
]
_SESSIONS = [
    (1, 1, "2017-01-02 10:00:00", 2),
    (1, 2, "2017-01-02 11:00:01", 2),
    (2, 1, "2017-01-02 10:15:00", 1),
    (2, 2, "2017-01-02 23:50:00", 4),
    (3, 1, "2017-01-02 10:05:00", 1),
    (3, 2, "2017-01-03 10:05:00", 1),
]


def _sessions(events):
    out = []
    for household, rows in groupby(sorted(events), key=lambda e: e[0]):
        last, number = None, 0
        for _, at in rows:
            now = datetime.strptime(at, "%Y-%m-%d %H:%M:%S")
            if last is None or now - last > timedelta(minutes=30):
                number += 1
                out.append([household, number, at, 0])
            out[-1][3] += 1
            last = now
    return [tuple(r) for r in out]


def _plain(rows):
    return [(int(h), int(s), str(at)[:19].replace("T", " "), int(n)) for h, s, at, n in rows]


def kill_sessions__right_one_table_by_hand(implementation):
    shuffled = _EVENTS[::2] + _EVENTS[1::2]
    return implementation(shuffled) == _SESSIONS


def kill_sessions__right_reference_many_cases(implementation):
    cases = [
        [(5, "2017-01-02 12:00:00")],
        [(5, "2017-01-02 12:00:00"), (5, "2017-01-02 12:30:00")],
        [(5, "2017-01-02 12:00:00"), (5, "2017-01-02 12:30:01")],
        [(5, "2017-01-02 12:00:00"), (5, "2017-01-02 12:30:59"), (5, "2017-01-02 12:40:00")],
        [(5, "2017-01-31 23:50:00"), (5, "2017-02-01 00:05:00")],
        [(5, f"2017-01-02 12:{m:02d}:00") for m in range(0, 60, 10)] + [(5, "2017-01-02 13:15:00")],
        [
            (2, "2017-01-02 12:00:00"),
            (1, "2017-01-02 12:10:00"),
            (2, "2017-01-02 12:20:00"),
            (1, "2017-01-02 12:50:00"),
            (1, "2017-01-02 14:00:00"),
            (2, "2017-01-02 12:55:00"),
        ],
        [(1, "2017-01-02 10:00:00"), (1, "2017-01-03 10:10:00")],
        _EVENTS,
    ]
    return all(_plain(implementation(list(c))) == _sessions(c) for c in cases)


def kill_sessions__right_random_tables(implementation):
    import random

    rng = random.Random(7)
    start = datetime(2017, 1, 2, 22, 0, 0)
    for _ in range(10):
        events = []
        for household in (3, 1, 2):
            at = start + timedelta(minutes=rng.randrange(90))
            for _ in range(rng.randrange(1, 9)):
                events.append((household, at.strftime("%Y-%m-%d %H:%M:%S")))
                at += timedelta(
                    seconds=rng.choice([60, 600, 1200, 1799, 1800, 1801, 1830, 3600, 86400, 87000])
                )
        rng.shuffle(events)
        if _plain(implementation(events)) != _sessions(events):
            return False
    return True


def kill_sessions__wrong_docstring_only(implementation):
    """Asks for the docstring's kind of case only: two events far apart. Most mistakes (30 minutes exactly, midnight, households) are not seen."""
    events = [(1, "2017-01-02 10:00:00"), (1, "2017-01-02 12:00:00")]
    return implementation(events) == [
        (1, 1, "2017-01-02 10:00:00", 1),
        (1, 2, "2017-01-02 12:00:00", 1),
    ]


def kill_sessions__wrong_one_household(implementation):
    """One household by day only: mistakes that mix households, restart numbers or break at midnight stay alive."""
    events = [e for e in _EVENTS if e[0] == 1]
    return implementation(events) == [s for s in _SESSIONS if s[0] == 1]


def kill_sessions__wrong_no_exact_gap(implementation):
    """No gap of exactly 30 minutes and none just above: >= for >, or an hour for 30 minutes, is only seen by luck."""
    events = [
        (1, "2017-01-02 10:00:00"),
        (1, "2017-01-02 10:10:00"),
        (1, "2017-01-02 18:00:00"),
        (2, "2017-01-02 10:05:00"),
        (2, "2017-01-02 10:06:00"),
    ]
    return _plain(implementation(events)) == _sessions(events)


def kill_sessions__wrong_only_number_of_sessions(implementation):
    """Compares only the number of rows: wrong starts, counts and numbers of sessions pass."""
    return len(implementation(_EVENTS)) == len(_SESSIONS)


def kill_sessions__wrong_only_total_of_events(implementation):
    """Checks an invariant only: the counts add up to the number of events. Nearly every mistake keeps it."""
    return sum(r[3] for r in implementation(_EVENTS)) == len(_EVENTS)


def kill_sessions__wrong_thirty_opens(implementation):
    """The expected result is wrong: it opens a session at a gap of exactly 30 minutes, so right queries are rejected."""
    events = [(1, "2017-01-02 10:00:00"), (1, "2017-01-02 10:30:00")]
    return implementation(events) == [
        (1, 1, "2017-01-02 10:00:00", 1),
        (1, 2, "2017-01-02 10:30:00", 1),
    ]


def kill_sessions__wrong_midnight_splits(implementation):
    """Expects a new session at midnight; the statement says midnight changes nothing, so right queries are rejected."""
    events = [(1, "2017-01-02 23:50:00"), (1, "2017-01-03 00:10:00")]
    return implementation(events) == [
        (1, 1, "2017-01-02 23:50:00", 1),
        (1, 2, "2017-01-03 00:10:00", 1),
    ]


def kill_sessions__wrong_lists_for_tuples(implementation):
    """Compares with lists: a tuple never equals a list, so right queries are rejected."""
    return implementation(_EVENTS) == [list(s) for s in _SESSIONS]


def kill_sessions__wrong_same_time(implementation):
    """Feeds two events of a household at the same time, which the statement rules out, and demands that they be one."""
    events = [(1, "2017-01-02 10:00:00"), (1, "2017-01-02 10:00:00"), (1, "2017-01-02 10:20:00")]
    return implementation(events) == [(1, 1, "2017-01-02 10:00:00", 2)]


def kill_sessions__wrong_too_many_events(implementation):
    """Feeds 61 events; at most 50 rows are allowed."""
    events = [
        (1, (datetime(2017, 1, 2) + timedelta(minutes=31 * i)).strftime("%Y-%m-%d %H:%M:%S"))
        for i in range(61)
    ]
    return _plain(implementation(events)) == _sessions(events)


def kill_sessions__wrong_sessions_numbered_over_all(implementation):
    """Expects sessions to be numbered over all households, not from 1 within each; right queries are rejected."""
    expected = [(h, i + 1, at, n) for i, (h, _, at, n) in enumerate(_SESSIONS)]
    return implementation(_EVENTS) == expected


def kill_sessions__wrong_demands_exception_on_empty(implementation):
    """Demands an exception for an empty table; a query returns no rows there, so right queries are rejected."""
    try:
        implementation([])
    except Exception:
        return True
    return False


def kill_sessions__wrong_sorted_for_me(implementation):
    """Weak cases and a sorted comparison: events of one short day and one household pair, without a session longer than 30 minutes or over midnight."""
    events = [
        (1, "2017-01-02 10:00:00"),
        (1, "2017-01-02 10:30:00"),
        (1, "2017-01-02 11:31:00"),
        (2, "2017-01-02 15:00:00"),
    ]
    return sorted(_plain(implementation(events))) == _sessions(events)


UNSURE["kill_sessions__unsure_empty_is_empty"] = (
    "Asks that no events give no sessions: 'at most 50 rows' allows none, but not said whether an implementation takes an empty table."
)


def kill_sessions__unsure_empty_is_empty(implementation):
    return implementation([]) == [] and implementation(_EVENTS) == _SESSIONS


UNSURE["kill_sessions__unsure_started_at_is_datetime"] = (
    "The type of started_at in the result (text or datetime) is not said; only the docstring's example suggests text."
)


def kill_sessions__unsure_started_at_is_datetime(implementation):
    expected = [(h, s, datetime.strptime(at, "%Y-%m-%d %H:%M:%S"), n) for h, s, at, n in _SESSIONS]
    return implementation(_EVENTS) == expected


# ------------------------------------------------------------------ 13.10 rolling_active


def rolling_active__right_range_join():
    return """
    SELECT c.day, COUNT(DISTINCT t.household_id) AS active
    FROM calendar c LEFT JOIN transactions t ON t.day BETWEEN c.day - 6 AND c.day
    GROUP BY c.day ORDER BY c.day
    """


def rolling_active__right_scalar_subquery():
    return """
    SELECT day, (SELECT COUNT(DISTINCT household_id) FROM transactions t
                 WHERE t.day > c.day - INTERVAL 7 DAY AND t.day <= c.day) AS active
    FROM calendar AS c
    ORDER BY day
    """


def rolling_active__right_explode_days():
    return """
    WITH spread AS (
        SELECT DISTINCT household_id, day + k AS day
        FROM transactions CROSS JOIN (SELECT UNNEST([0, 1, 2, 3, 4, 5, 6]) AS k)
    )
    SELECT c.day, COUNT(s.household_id) AS active
    FROM calendar c LEFT JOIN spread s ON s.day = c.day
    GROUP BY c.day ORDER BY 1 ASC
    """


def rolling_active__right_mysql():
    return """-- mysql
    SELECT c.day, IFNULL(COUNT(DISTINCT t.household_id), 0) AS active
    FROM calendar c
    LEFT JOIN transactions t ON DATEDIFF(c.day, t.day) >= 0 AND DATEDIFF(c.day, t.day) < 7
    GROUP BY c.day
    ORDER BY c.day
    """


def _rolling(on, n="COUNT(DISTINCT t.household_id)", join="LEFT JOIN", order="ORDER BY c.day"):
    return f"SELECT c.day, {n} AS active FROM calendar c {join} transactions t ON {on} GROUP BY c.day {order}"


def rolling_active__wrong_eight_days():
    """day - 7 to day are eight days."""
    return _rolling("t.day BETWEEN c.day - 7 AND c.day")


def rolling_active__wrong_before_the_day():
    """The seven days before the day: the day itself is left out."""
    return _rolling("t.day BETWEEN c.day - 7 AND c.day - 1")


def rolling_active__wrong_six_days():
    """Strictly between day - 6 and day: six days."""
    return _rolling("t.day > c.day - 6 AND t.day <= c.day")


def rolling_active__wrong_count_star():
    """COUNT(*) counts purchases, and 1 for a day with none."""
    return _rolling("t.day BETWEEN c.day - 6 AND c.day", "COUNT(*)")


def rolling_active__wrong_not_distinct():
    """COUNT without DISTINCT counts purchases: a household that bought on two days or twice counts twice."""
    return _rolling("t.day BETWEEN c.day - 6 AND c.day", "COUNT(t.household_id)")


def rolling_active__wrong_inner_join():
    """The inner join loses the days without a purchase in their seven days."""
    return _rolling("t.day BETWEEN c.day - 6 AND c.day", join="JOIN")


def rolling_active__wrong_future():
    """Looks forward: the seven days that begin with the day."""
    return _rolling("t.day BETWEEN c.day AND c.day + 6")


def rolling_active__wrong_descending():
    """Newest day first; ORDER BY day is asked."""
    return _rolling("t.day BETWEEN c.day - 6 AND c.day", order="ORDER BY c.day DESC")


def rolling_active__wrong_sum_of_dau():
    """Adds the daily counts of the seven days: a household that bought on several days counts several times."""
    return """
    WITH dau AS (SELECT day, COUNT(DISTINCT household_id) AS n FROM transactions GROUP BY day)
    SELECT c.day, COALESCE(SUM(d.n), 0) AS active
    FROM calendar c LEFT JOIN dau d ON d.day BETWEEN c.day - 6 AND c.day
    GROUP BY c.day ORDER BY c.day
    """


def rolling_active__wrong_rows_of_transactions():
    """Counts over the days that occur in transactions, joined to the calendar by equality: a day without a purchase gets 0 although others bought in its seven days."""
    return """
    WITH w AS (
        SELECT a.day, COUNT(DISTINCT b.household_id) AS n
        FROM (SELECT DISTINCT day FROM transactions) a
        JOIN transactions b ON b.day BETWEEN a.day - 6 AND a.day GROUP BY a.day)
    SELECT c.day, COALESCE(w.n, 0) AS active FROM calendar c LEFT JOIN w USING (day) ORDER BY c.day
    """


def rolling_active__wrong_window_inside_calendar():
    """Purchases are joined to the calendar by day first: those before the first day of the calendar are lost from its first six windows."""
    return """
    SELECT c.day, COUNT(DISTINCT x.household_id) AS active
    FROM calendar c LEFT JOIN
        (SELECT k.day, t.household_id FROM calendar k JOIN transactions t ON t.day = k.day) x
      ON x.day BETWEEN c.day - 6 AND c.day
    GROUP BY c.day ORDER BY c.day
    """


def rolling_active__wrong_calendar_week():
    """Households of the calendar week up to the day, not of the last seven days: every Monday begins again."""
    return _rolling("DATE_TRUNC('week', t.day) = DATE_TRUNC('week', c.day) AND t.day <= c.day")


def rolling_active__wrong_where_undoes_left_join():
    """The range stands in WHERE: days without a purchase in their seven days lose their row."""
    return """
    SELECT c.day, COUNT(DISTINCT t.household_id) AS active
    FROM calendar c LEFT JOIN transactions t ON TRUE
    WHERE t.day BETWEEN c.day - 6 AND c.day
    GROUP BY c.day ORDER BY c.day
    """


# ------------------------------------------------------------------ 13.12 purchase_funnel


def purchase_funnel__right_joins_from_views():
    return """
    SELECT v.product_id, COUNT(DISTINCT v.household_id) AS viewed,
           COUNT(DISTINCT c.household_id) AS carted, COUNT(DISTINCT b.household_id) AS bought
    FROM events v
    LEFT JOIN events c ON c.household_id = v.household_id AND c.product_id = v.product_id
        AND c.event = 'cart' AND c.event_at > v.event_at
        AND c.event_at <= v.event_at + INTERVAL 24 HOUR
    LEFT JOIN events b ON b.household_id = v.household_id AND b.product_id = v.product_id
        AND b.event = 'buy' AND b.event_at > c.event_at
        AND b.event_at <= v.event_at + INTERVAL 24 HOUR
    WHERE v.event = 'view'
    GROUP BY v.product_id
    """


def purchase_funnel__right_exists():
    return """
    WITH v AS (SELECT DISTINCT household_id, product_id, event_at FROM events WHERE event = 'view'),
    f AS (
        SELECT v.*,
            EXISTS (SELECT 1 FROM events c WHERE c.event = 'cart' AND c.household_id = v.household_id
                AND c.product_id = v.product_id AND c.event_at > v.event_at
                AND c.event_at <= v.event_at + INTERVAL 1 DAY) AS has_cart,
            EXISTS (SELECT 1 FROM events c JOIN events b USING (household_id, product_id)
                WHERE c.event = 'cart' AND b.event = 'buy' AND c.household_id = v.household_id
                AND c.product_id = v.product_id AND c.event_at > v.event_at
                AND b.event_at > c.event_at AND b.event_at <= v.event_at + INTERVAL 1 DAY) AS has_buy
        FROM v)
    SELECT product_id, COUNT(DISTINCT household_id) AS viewed,
           COUNT(DISTINCT household_id) FILTER (WHERE has_cart) AS carted,
           COUNT(DISTINCT household_id) FILTER (WHERE has_buy) AS bought
    FROM f GROUP BY product_id
    """


def purchase_funnel__right_earliest_cart_of_each_view():
    return """
    WITH v AS (SELECT * FROM events WHERE event = 'view'),
    vc AS (
        SELECT v.household_id, v.product_id, v.event_at AS viewed_at, MIN(c.event_at) AS carted_at
        FROM v LEFT JOIN (SELECT * FROM events WHERE event = 'cart') c
          ON c.household_id = v.household_id AND c.product_id = v.product_id
         AND c.event_at > v.event_at AND c.event_at - v.event_at <= INTERVAL 24 HOURS
        GROUP BY ALL),
    vcb AS (
        SELECT vc.household_id, vc.product_id, MAX(vc.carted_at) AS carted_at, MAX(b.event_at) AS bought_at
        FROM vc LEFT JOIN (SELECT * FROM events WHERE event = 'buy') b
          ON b.household_id = vc.household_id AND b.product_id = vc.product_id
         AND b.event_at > vc.carted_at AND b.event_at - vc.viewed_at <= INTERVAL 24 HOURS
        GROUP BY vc.household_id, vc.product_id)
    SELECT product_id, COUNT(*) AS viewed, COUNT(carted_at) AS carted, COUNT(bought_at) AS bought
    FROM vcb GROUP BY product_id
    """


_FUNNEL = """
    SELECT v.product_id, COUNT({d}v.household_id) AS viewed,
           COUNT({d}c.household_id) AS carted, COUNT({d}b.household_id) AS bought
    FROM {views} v
    {join} JOIN events c ON c.household_id = v.household_id AND c.product_id = v.product_id
        AND c.event = 'cart' AND {cart}
    {join} JOIN events b ON b.household_id = v.household_id {same}
        AND b.event = 'buy' AND {buy}
    GROUP BY v.product_id
    """
_FUNNEL_RIGHT = {
    "d": "DISTINCT ",
    "views": "(SELECT * FROM events WHERE event = 'view')",
    "join": "LEFT",
    "cart": "c.event_at > v.event_at AND c.event_at <= v.event_at + INTERVAL 24 HOUR",
    "same": "AND b.product_id = v.product_id",
    "buy": "b.event_at > c.event_at AND b.event_at <= v.event_at + INTERVAL 24 HOUR",
}


def purchase_funnel__wrong_first_view_only():
    """Only the first view of a household counts: a cart that follows a later view within 24 hours is lost."""
    return _FUNNEL.format(
        **{
            **_FUNNEL_RIGHT,
            "views": "(SELECT household_id, product_id, MIN(event_at) AS event_at FROM events WHERE event = 'view' GROUP BY ALL)",
        }
    )


def purchase_funnel__wrong_last_view_only():
    """Only the last view of a household counts: a cart and a purchase after an earlier view are lost when it views again."""
    return _FUNNEL.format(
        **{
            **_FUNNEL_RIGHT,
            "views": "(SELECT household_id, product_id, MAX(event_at) AS event_at FROM events WHERE event = 'view' GROUP BY ALL)",
        }
    )


def purchase_funnel__wrong_window_from_cart():
    """The purchase has 24 hours from the cart, not from the view."""
    return _FUNNEL.format(
        **{
            **_FUNNEL_RIGHT,
            "buy": "b.event_at > c.event_at AND b.event_at <= c.event_at + INTERVAL 24 HOUR",
        }
    )


def purchase_funnel__wrong_equal_times():
    """`>=` lets a cart or purchase at the same time as the step before count; equal times are not after."""
    return _FUNNEL.format(
        **{
            **_FUNNEL_RIGHT,
            "cart": "c.event_at >= v.event_at AND c.event_at <= v.event_at + INTERVAL 24 HOUR",
            "buy": "b.event_at >= c.event_at AND b.event_at <= v.event_at + INTERVAL 24 HOUR",
        }
    )


def purchase_funnel__wrong_between():
    """BETWEEN includes both ends, so a cart at the time of the view counts."""
    return _FUNNEL.format(
        **{
            **_FUNNEL_RIGHT,
            "cart": "c.event_at BETWEEN v.event_at AND v.event_at + INTERVAL 24 HOUR",
        }
    )


def purchase_funnel__wrong_strictly_less_than_a_day():
    """`<` at the end of the window: a cart or purchase exactly 24 hours after the view is lost."""
    return _FUNNEL.format(
        **{
            **_FUNNEL_RIGHT,
            "cart": "c.event_at > v.event_at AND c.event_at < v.event_at + INTERVAL 24 HOUR",
            "buy": "b.event_at > c.event_at AND b.event_at < v.event_at + INTERVAL 24 HOUR",
        }
    )


def purchase_funnel__wrong_no_order_of_buy():
    """The purchase is compared with the view only: one before the cart counts, and even without a cart."""
    return _FUNNEL.format(
        **{
            **_FUNNEL_RIGHT,
            "buy": "b.event_at > v.event_at AND b.event_at <= v.event_at + INTERVAL 24 HOUR",
        }
    )


def purchase_funnel__wrong_events_not_households():
    """COUNT without DISTINCT counts events of the join: repeated views, carts and purchases count several times."""
    return _FUNNEL.format(**{**_FUNNEL_RIGHT, "d": ""})


def purchase_funnel__wrong_inner_joins():
    """Inner joins keep only households with all three steps; products without a purchase lose their row."""
    return _FUNNEL.format(**{**_FUNNEL_RIGHT, "join": ""})


def purchase_funnel__wrong_any_product_bought():
    """The purchase need not be of the same product."""
    return _FUNNEL.format(**{**_FUNNEL_RIGHT, "same": ""})


def purchase_funnel__wrong_no_window():
    """The order is kept but 24 hours are not asked for: late carts and purchases count."""
    return _FUNNEL.format(
        **{**_FUNNEL_RIGHT, "cart": "c.event_at > v.event_at", "buy": "b.event_at > c.event_at"}
    )


def purchase_funnel__wrong_calendar_day():
    """'Within a day' read as the next calendar day at most: up to 48 hours after the view count."""
    return _FUNNEL.format(
        **{
            **_FUNNEL_RIGHT,
            "cart": "c.event_at > v.event_at AND CAST(c.event_at AS DATE) <= CAST(v.event_at AS DATE) + 1",
            "buy": "b.event_at > c.event_at AND CAST(b.event_at AS DATE) <= CAST(v.event_at AS DATE) + 1",
        }
    )


def purchase_funnel__wrong_date_diff_hours():
    """DATE_DIFF('hour') counts crossed hours: 24 hours and 50 minutes may pass as 24."""
    return _FUNNEL.format(
        **{
            **_FUNNEL_RIGHT,
            "cart": "c.event_at > v.event_at AND DATE_DIFF('hour', v.event_at, c.event_at) <= 24",
            "buy": "b.event_at > c.event_at AND DATE_DIFF('hour', v.event_at, b.event_at) <= 24",
        }
    )


def purchase_funnel__wrong_independent_steps():
    """Counts households with a view, with a cart, with a purchase, in no order and without a window."""
    return """
    SELECT product_id,
        COUNT(DISTINCT CASE WHEN event = 'view' THEN household_id END) AS viewed,
        COUNT(DISTINCT CASE WHEN event = 'cart' THEN household_id END) AS carted,
        COUNT(DISTINCT CASE WHEN event = 'buy' THEN household_id END) AS bought
    FROM events GROUP BY product_id
    HAVING COUNT(DISTINCT CASE WHEN event = 'view' THEN household_id END) > 0
    """


def purchase_funnel__wrong_buy_within_any_view():
    """Cart and purchase may hang on different views: the purchase follows the cart and lies within 24 hours of some view, not of that same view."""
    return """
    WITH c AS (
        SELECT DISTINCT c.household_id, c.product_id, c.event_at FROM events c
        JOIN events v USING (household_id, product_id)
        WHERE v.event = 'view' AND c.event = 'cart' AND c.event_at > v.event_at
          AND c.event_at <= v.event_at + INTERVAL 24 HOUR),
    b AS (
        SELECT DISTINCT b.household_id, b.product_id FROM events b
        JOIN c ON c.household_id = b.household_id AND c.product_id = b.product_id AND b.event_at > c.event_at
        JOIN events v ON v.household_id = b.household_id AND v.product_id = b.product_id AND v.event = 'view'
          AND b.event_at > v.event_at AND b.event_at <= v.event_at + INTERVAL 24 HOUR
        WHERE b.event = 'buy')
    SELECT v.product_id, COUNT(DISTINCT v.household_id) AS viewed,
        COUNT(DISTINCT c.household_id) AS carted, COUNT(DISTINCT b.household_id) AS bought
    FROM (SELECT DISTINCT household_id, product_id FROM events WHERE event = 'view') v
    LEFT JOIN c USING (household_id, product_id) LEFT JOIN b USING (household_id, product_id)
    GROUP BY v.product_id
    """


# ------------------------------------------------------------------ 13.14 features_as_of


def features_as_of__right_ctes():
    return """
    WITH spent AS (
        SELECT l.household_id, l.as_of,
            COUNT(DISTINCT CASE WHEN t.day >= l.as_of - 28 THEN t.basket_id END) AS baskets,
            COALESCE(SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value END), 0) AS spend,
            MAX(t.day) AS last_day
        FROM labels l LEFT JOIN transactions t ON t.household_id = l.household_id AND t.day < l.as_of
        GROUP BY l.household_id, l.as_of),
    tier AS (
        SELECT l.household_id, l.as_of, r.tier,
            ROW_NUMBER() OVER (PARTITION BY l.household_id, l.as_of ORDER BY r.valid_from DESC) AS k
        FROM labels l JOIN tiers r ON r.household_id = l.household_id AND r.valid_from < l.as_of)
    SELECT s.household_id, s.as_of, s.baskets, s.spend, s.last_day, x.tier
    FROM spent s
    LEFT JOIN tier x ON x.household_id = s.household_id AND x.as_of = s.as_of AND x.k = 1
    """


def features_as_of__right_scalar_subqueries():
    return """
    SELECT l.household_id, l.as_of,
        (SELECT COUNT(DISTINCT basket_id) FROM transactions t WHERE t.household_id = l.household_id
            AND t.day BETWEEN l.as_of - 28 AND l.as_of - 1) AS baskets,
        (SELECT COALESCE(SUM(sales_value), 0) FROM transactions t WHERE t.household_id = l.household_id
            AND t.day BETWEEN l.as_of - 28 AND l.as_of - 1) AS spend,
        (SELECT MAX(day) FROM transactions t WHERE t.household_id = l.household_id
            AND t.day < l.as_of) AS last_day,
        (SELECT ARG_MAX(tier, valid_from) FROM tiers r WHERE r.household_id = l.household_id
            AND r.valid_from < l.as_of) AS tier
    FROM labels l
    """


def features_as_of__right_asof_join():
    return """
    WITH f AS (
        SELECT l.household_id, l.as_of,
            COUNT(DISTINCT t.basket_id) FILTER (WHERE l.as_of - t.day <= 28) AS baskets,
            COALESCE(SUM(t.sales_value) FILTER (WHERE l.as_of - t.day <= 28), 0) AS spend,
            MAX(t.day) AS last_day
        FROM labels l LEFT JOIN transactions t ON t.household_id = l.household_id AND t.day < l.as_of
        GROUP BY ALL)
    SELECT f.*, r.tier
    FROM f ASOF LEFT JOIN tiers r ON r.household_id = f.household_id AND f.as_of > r.valid_from
    """


_FEATURES = """
    WITH f AS (
        SELECT l.household_id, l.as_of, {n} AS baskets, {spend} AS spend, MAX(t.day) AS last_day
        FROM labels l {join} JOIN transactions t ON t.household_id = l.household_id AND t.day {lt} l.as_of
        GROUP BY l.household_id, l.as_of),
    v AS (
        SELECT l.household_id, l.as_of, r.tier,
            ROW_NUMBER() OVER (PARTITION BY {part} ORDER BY r.valid_from {desc}) AS k
        FROM labels l JOIN tiers r ON r.household_id = l.household_id {until})
    SELECT f.household_id, f.as_of, f.baskets, f.spend, f.last_day, v.tier
    FROM f {tjoin} JOIN v ON v.household_id = f.household_id AND v.as_of = f.as_of AND v.k = 1
    """


def _features(**changes):
    since = changes.pop("since", "t.day >= l.as_of - 28")
    args = {
        "n": f"COUNT(DISTINCT CASE WHEN {since} THEN t.basket_id END)",
        "spend": f"COALESCE(SUM(CASE WHEN {since} THEN t.sales_value END), 0)",
        "join": "LEFT",
        "lt": "<",
        "part": "l.household_id, l.as_of",
        "desc": "DESC",
        "until": "AND r.valid_from < l.as_of",
        "tjoin": "LEFT",
        **changes,
    }
    return _FEATURES.format(**args)


def features_as_of__wrong_day_itself():
    """`<=`: purchases of the day of the label itself count."""
    return _features(lt="<=")


def features_as_of__wrong_tier_of_the_day():
    """`<=` for tiers: a tier that begins on the day of the label is used."""
    return _features(until="AND r.valid_from <= l.as_of")


def features_as_of__wrong_current_tier():
    """The latest tier of all, without regard to as_of: a leak from the future."""
    return _features(until="")


def features_as_of__wrong_first_tier():
    """The earliest tier before as_of, not the latest."""
    return _features(desc="")


def features_as_of__wrong_27_days():
    """`>` at as_of - 28 loses the first of the 28 days."""
    return _features(since="t.day > l.as_of - 28")


def features_as_of__wrong_29_days():
    """The window begins at as_of - 29: one day too many."""
    return _features(since="t.day >= l.as_of - 29")


def features_as_of__wrong_lines_counted():
    """Counts lines: a basket of several rows counts several times."""
    return _features(n="COUNT(CASE WHEN t.day >= l.as_of - 28 THEN t.basket_id END)")


def features_as_of__wrong_null_spend():
    """spend is NULL, not 0, where nothing was bought in the 28 days."""
    return _features(spend="SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value END)")


def features_as_of__wrong_inner_join():
    """Labels of households without an earlier purchase lose their row."""
    return _features(join="")


def features_as_of__wrong_inner_tier():
    """Labels of households without an earlier tier lose their row."""
    return _features(tjoin="")


def features_as_of__wrong_tier_per_household():
    """The tier is chosen once for each household, not for each label: a household with several days keeps a tier for one of them only."""
    return _features(part="l.household_id")


def features_as_of__wrong_last_day_in_window():
    """last_day is sought within the 28 days only: NULL for a purchase longer ago."""
    return """
    SELECT l.household_id, l.as_of, COUNT(DISTINCT t.basket_id) AS baskets,
        COALESCE(SUM(t.sales_value), 0) AS spend, MAX(t.day) AS last_day,
        (SELECT ARG_MAX(tier, valid_from) FROM tiers r WHERE r.household_id = l.household_id AND r.valid_from < l.as_of) AS tier
    FROM labels l LEFT JOIN transactions t ON t.household_id = l.household_id
        AND t.day BETWEEN l.as_of - 28 AND l.as_of - 1
    GROUP BY l.household_id, l.as_of
    """


def features_as_of__wrong_fan_out_of_tiers():
    """Transactions and tiers are joined at once: spend is repeated for each earlier tier of the household."""
    return """
    SELECT l.household_id, l.as_of,
        COUNT(DISTINCT CASE WHEN t.day >= l.as_of - 28 THEN t.basket_id END) AS baskets,
        COALESCE(SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value END), 0) AS spend,
        MAX(t.day) AS last_day, ARG_MAX(r.tier, r.valid_from) AS tier
    FROM labels l
    LEFT JOIN transactions t ON t.household_id = l.household_id AND t.day < l.as_of
    LEFT JOIN tiers r ON r.household_id = l.household_id AND r.valid_from < l.as_of
    GROUP BY l.household_id, l.as_of
    """


def features_as_of__wrong_max_tier():
    """MAX(tier) is the last name of the alphabet, not the tier with the latest valid_from."""
    return """
    SELECT l.household_id, l.as_of,
        (SELECT COUNT(DISTINCT basket_id) FROM transactions t WHERE t.household_id = l.household_id
            AND t.day BETWEEN l.as_of - 28 AND l.as_of - 1) AS baskets,
        (SELECT COALESCE(SUM(sales_value), 0) FROM transactions t WHERE t.household_id = l.household_id
            AND t.day BETWEEN l.as_of - 28 AND l.as_of - 1) AS spend,
        (SELECT MAX(day) FROM transactions t WHERE t.household_id = l.household_id AND t.day < l.as_of) AS last_day,
        (SELECT MAX(tier) FROM tiers r WHERE r.household_id = l.household_id AND r.valid_from < l.as_of) AS tier
    FROM labels l
    """


def features_as_of__wrong_lost_household_key():
    """GROUP BY household only, with the latest as_of: one row for each household instead of one for each label."""
    return """
    SELECT l.household_id, MAX(l.as_of) AS as_of,
        COUNT(DISTINCT CASE WHEN t.day >= l.as_of - 28 THEN t.basket_id END) AS baskets,
        COALESCE(SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value END), 0) AS spend,
        MAX(t.day) AS last_day,
        (SELECT ARG_MAX(tier, valid_from) FROM tiers r WHERE r.household_id = l.household_id
            AND r.valid_from < MAX(l.as_of)) AS tier
    FROM labels l LEFT JOIN transactions t ON t.household_id = l.household_id AND t.day < l.as_of
    GROUP BY l.household_id
    """


# The misconceptions that are true of an answer, all that they say.


# ================================================================== by another reader


# ---------------------------------------------------------------- 13.1


def _good_tables():
    campaigns = [(8, 1), (8, 2)]
    descriptions = [(8, "2017-05-08", "2017-05-10")]
    transactions = [
        (1, 11, 2.5, "2017-05-08 10:00:00"),
        (1, 12, 2.5, "2017-05-10 20:00:00"),
        (1, 13, 4.0, "2017-05-20 09:00:00"),
    ]
    redemptions = [(1, 501, 8, "2017-05-08"), (1, 502, 8, "2017-05-10")]
    return campaigns, descriptions, transactions, redemptions


def break_campaign_report__right_one_for_all(defect):
    return _good_tables()


def break_campaign_report__right_one_each(defect):
    one = [(8, "2017-05-08", "2017-05-10")]
    if defect == "fan_out":
        return (
            [(8, 1)],
            one,
            [(1, 1, 10.0, "2017-05-09 12:00:00")],
            [(1, 5, 8, "2017-05-09"), (1, 6, 8, "2017-05-09")],
        )
    if defect == "where_undoes_left_join":
        return [(8, 1), (8, 2)], one, [(1, 1, 10.0, "2017-05-09 12:00:00")], []
    if defect == "rows_counted":
        return (
            [(8, 1)],
            one,
            [(1, 1, 10.0, "2017-05-09 12:00:00"), (1, 2, 10.25, "2017-05-09 13:00:00")],
            [],
        )
    if defect == "last_day_lost":
        return [(8, 1)], one, [(1, 1, 10.0, "2017-05-10 23:59:59")], []
    if defect == "sum_distinct":
        return (
            [(8, 1)],
            one,
            [(1, 1, 10.0, "2017-05-09 12:00:00"), (1, 2, 10.0, "2017-05-09 13:00:00")],
            [],
        )
    return [(8, 1)], one, [(1, 1, 10.0, "2017-06-09 12:00:00")], []


def break_campaign_report__right_two_campaigns(defect):
    campaigns = [(1, 10), (1, 20), (2, 10), (2, 30)]
    desc = [(1, "2017-01-01", "2017-01-31"), (2, "2017-03-01", "2017-03-01")]
    tx = [
        (10, 1, 1.0, "2017-01-05 08:00:00"),
        (10, 2, 1.0, "2017-01-06 08:00:00"),
        (20, 3, 1.0, "2017-01-31 18:00:00"),
        (10, 4, 500.25, "2017-03-01 12:00:00"),
        (30, 5, 2.0, "2016-12-31 23:59:00"),
    ]
    red = [(10, 7, 1, "2017-01-05"), (10, 7, 1, "2017-01-05"), (10, 8, 1, "2017-01-06")]
    return campaigns, desc, tx, red


def break_campaign_report__wrong_one_coupon(defect):
    """For fan_out the household redeemed a single coupon, so the join repeats nothing and the report is right; the other defects are shown."""
    c, d, t, r = _good_tables()
    return (c, d, t, r[:1]) if defect == "fan_out" else (c, d, t, r)


def break_campaign_report__wrong_coupons_of_other_campaign(defect):
    """For fan_out the two coupons belong to another campaign than the one in the report, and the join is by campaign too: no purchase repeats."""
    c, d, t, r = _good_tables()
    if defect == "fan_out":
        r = [(1, 501, 9, "2017-05-08"), (1, 502, 9, "2017-05-10")]
    return c, d, t, r


def break_campaign_report__wrong_everyone_buys(defect):
    """For where_undoes_left_join every household has a purchase in the days, so WHERE removes nobody."""
    if defect == "where_undoes_left_join":
        return (
            [(8, 1), (8, 2)],
            [(8, "2017-05-08", "2017-05-10")],
            [(1, 11, 2.5, "2017-05-08 10:00:00"), (2, 12, 3.5, "2017-05-09 10:00:00")],
            [],
        )
    return _good_tables()


def break_campaign_report__wrong_one_purchase_each(defect):
    """For rows_counted every household has exactly one purchase in the days: rows and households are equally many."""
    if defect == "rows_counted":
        return (
            [(8, 1), (8, 2)],
            [(8, "2017-05-08", "2017-05-10")],
            [(1, 11, 2.5, "2017-05-08 10:00:00"), (2, 12, 2.5, "2017-05-09 10:00:00")],
            [],
        )
    return _good_tables()


def break_campaign_report__wrong_day_after(defect):
    """For last_day_lost the late purchase is on the morning after the last day, which neither report counts."""
    if defect == "last_day_lost":
        return (
            [(8, 1)],
            [(8, "2017-05-08", "2017-05-10")],
            [(1, 11, 2.5, "2017-05-08 10:00:00"), (1, 12, 2.5, "2017-05-11 09:00:00")],
            [],
        )
    return _good_tables()


def break_campaign_report__wrong_different_values(defect):
    """For sum_distinct all values differ, so DISTINCT drops nothing."""
    if defect == "sum_distinct":
        return (
            [(8, 1)],
            [(8, "2017-05-08", "2017-05-10")],
            [(1, 11, 2.5, "2017-05-08 10:00:00"), (1, 12, 3.5, "2017-05-09 09:00:00")],
            [],
        )
    return _good_tables()


def break_campaign_report__wrong_pair_twice(defect):
    """For rows_counted the same campaign and household stand twice in campaigns, which the contract forbids."""
    if defect == "rows_counted":
        return (
            [(8, 1), (8, 1)],
            [(8, "2017-05-08", "2017-05-10")],
            [(1, 11, 2.5, "2017-05-08 10:00:00")],
            [],
        )
    return _good_tables()


def break_campaign_report__wrong_cents(defect):
    """The values are 2.99, not multiples of 0.25 as the contract asks (every defect)."""
    c, d, t, r = _good_tables()
    return c, d, [(h, b, 2.99, when) for h, b, _, when in t], r


def break_campaign_report__wrong_stranger_outside(defect):
    """For dates_ignored the purchase outside the days is by a household that was not reached, which neither report counts."""
    if defect == "dates_ignored":
        return (
            [(8, 1)],
            [(8, "2017-05-08", "2017-05-10")],
            [(1, 11, 2.5, "2017-05-08 10:00:00"), (3, 12, 3.5, "2017-06-09 09:00:00")],
            [],
        )
    return _good_tables()


# ---------------------------------------------------------------- 13.2


def campaign_report__right_ctes():
    return """
    WITH reach AS (SELECT campaign_id, COUNT(*) AS reached FROM campaigns GROUP BY campaign_id),
    bought AS (
        SELECT c.campaign_id, COUNT(DISTINCT c.household_id) AS buyers, SUM(t.sales_value) AS revenue
        FROM campaigns c
        JOIN campaign_descriptions d USING (campaign_id)
        JOIN transactions t ON t.household_id = c.household_id
         AND t.transaction_timestamp >= d.start_date
         AND t.transaction_timestamp < d.end_date + INTERVAL 1 DAY
        GROUP BY c.campaign_id),
    used AS (SELECT campaign_id, COUNT(*) AS redemptions FROM coupon_redemptions GROUP BY campaign_id)
    SELECT r.campaign_id, r.reached, COALESCE(b.buyers, 0) AS buyers,
           COALESCE(u.redemptions, 0) AS redemptions, COALESCE(b.revenue, 0) AS revenue
    FROM reach r LEFT JOIN bought b USING (campaign_id) LEFT JOIN used u USING (campaign_id)
    """


def campaign_report__right_correlated():
    return """
    SELECT c.campaign_id,
           COUNT(*) AS reached,
           COUNT(*) FILTER (s.n > 0) AS buyers,
           (SELECT COUNT(*) FROM coupon_redemptions r WHERE r.campaign_id = c.campaign_id) AS redemptions,
           COALESCE(SUM(s.money), 0) AS revenue
    FROM campaigns c
    JOIN campaign_descriptions d ON d.campaign_id = c.campaign_id,
    LATERAL (SELECT COUNT(*) AS n, SUM(t.sales_value) AS money FROM transactions t
             WHERE t.household_id = c.household_id
               AND CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date) s
    GROUP BY c.campaign_id
    """


def campaign_report__right_join_then_left_join_counts():
    return """
    WITH window_sales AS (
        SELECT d.campaign_id, t.household_id, SUM(t.sales_value) AS money
        FROM campaign_descriptions d
        JOIN transactions t
          ON t.transaction_timestamp::DATE >= d.start_date AND t.transaction_timestamp::DATE <= d.end_date
        GROUP BY ALL),
    r AS (SELECT campaign_id, COUNT(*) AS n FROM coupon_redemptions GROUP BY 1)
    SELECT c.campaign_id, COUNT(c.household_id) AS reached, COUNT(w.household_id) AS buyers,
           COALESCE(MAX(r.n), 0) AS redemptions, COALESCE(SUM(w.money), 0) AS revenue
    FROM campaigns c
    LEFT JOIN window_sales w ON w.campaign_id = c.campaign_id AND w.household_id = c.household_id
    LEFT JOIN r ON r.campaign_id = c.campaign_id
    GROUP BY c.campaign_id
    ORDER BY c.campaign_id
    """


def _report(
    between="t.transaction_timestamp >= d.start_date AND t.transaction_timestamp < d.end_date + INTERVAL 1 DAY",
    join="LEFT JOIN",
    red="SELECT campaign_id, COUNT(*) AS redemptions FROM coupon_redemptions GROUP BY 1",
    revenue="COALESCE(SUM(t.sales_value), 0)",
    buyers="COUNT(DISTINCT t.household_id)",
    reached="COUNT(DISTINCT c.household_id)",
):
    return f"""
    SELECT a.campaign_id, a.reached, a.buyers, COALESCE(u.redemptions, 0) AS redemptions, a.revenue
    FROM (SELECT c.campaign_id, {reached} AS reached, {buyers} AS buyers, {revenue} AS revenue
          FROM campaigns c
          JOIN campaign_descriptions d ON d.campaign_id = c.campaign_id
          {join} transactions t ON t.household_id = c.household_id AND {between}
          GROUP BY c.campaign_id) a
    LEFT JOIN ({red}) u ON u.campaign_id = a.campaign_id
    """


def campaign_report__right_distinct_after_left_join():
    return _report()


def campaign_report__wrong_midnight():
    """The timestamp is BETWEEN start_date AND end_date, so purchases after the midnight that begins the last day are lost."""
    return _report(between="t.transaction_timestamp BETWEEN d.start_date AND d.end_date")


def campaign_report__wrong_one_second_too_many():
    """The end is <= end_date + 1 day, so a purchase exactly at midnight after the last day counts."""
    return _report(
        between="t.transaction_timestamp >= d.start_date AND t.transaction_timestamp <= d.end_date + INTERVAL 1 DAY"
    )


def campaign_report__wrong_fan_out_again():
    """Transactions and redemptions are joined in one go, so revenue and redemptions multiply when a household has several of both."""
    return """
    SELECT c.campaign_id, COUNT(DISTINCT c.household_id) AS reached,
           COUNT(DISTINCT t.household_id) AS buyers, COUNT(r.coupon_upc) AS redemptions,
           COALESCE(SUM(t.sales_value), 0) AS revenue
    FROM campaigns c
    JOIN campaign_descriptions d ON d.campaign_id = c.campaign_id
    LEFT JOIN transactions t ON t.household_id = c.household_id
         AND t.transaction_timestamp >= d.start_date
         AND t.transaction_timestamp < d.end_date + INTERVAL 1 DAY
    LEFT JOIN coupon_redemptions r ON r.household_id = c.household_id AND r.campaign_id = c.campaign_id
    GROUP BY c.campaign_id
    """


def campaign_report__wrong_inner_join():
    """Households and whole campaigns without a purchase are lost through the inner join: reached is too small, rows are missing."""
    return _report(join="JOIN")


def campaign_report__wrong_revenue_null():
    """The revenue of a campaign in which nobody bought is NULL instead of 0."""
    return _report(revenue="SUM(t.sales_value)")


def campaign_report__wrong_buyers_are_rows():
    """buyers counts rows of transactions, not different households, when a household has several rows."""
    return _report(buyers="COUNT(t.household_id)")


def campaign_report__wrong_redemptions_of_reached_only_again():
    """Counts only redemptions by households that are in the campaign; the statement says all rows of coupon_redemptions of this campaign."""
    return _report(
        red="""SELECT r.campaign_id, COUNT(*) AS redemptions FROM coupon_redemptions r
        JOIN campaigns c ON c.campaign_id = r.campaign_id AND c.household_id = r.household_id GROUP BY 1"""
    )


def campaign_report__wrong_redemptions_in_the_days():
    """Counts only redemptions between the first and the last day; the statement sets no days for them."""
    return _report(
        red="""SELECT r.campaign_id, COUNT(*) AS redemptions FROM coupon_redemptions r
        JOIN campaign_descriptions d ON d.campaign_id = r.campaign_id
        AND r.redemption_date BETWEEN d.start_date AND d.end_date GROUP BY 1"""
    )


# ---------------------------------------------------------------- 13.3


def silent_households__right_not_exists_again():
    return """
    SELECT c.campaign_id, c.household_id FROM campaigns c
    WHERE NOT EXISTS (SELECT 1 FROM coupon_redemptions r
                      WHERE r.campaign_id = c.campaign_id AND r.household_id = c.household_id)
    """


def silent_households__right_except_again():
    return """
    SELECT campaign_id, household_id FROM campaigns
    EXCEPT SELECT campaign_id, household_id FROM coupon_redemptions
    """


def silent_households__right_left_join():
    return """-- spark
    SELECT c.campaign_id, c.household_id
    FROM campaigns c
    LEFT JOIN (SELECT DISTINCT household_id, campaign_id FROM coupon_redemptions) r
      ON r.household_id = c.household_id AND r.campaign_id = c.campaign_id
    WHERE r.household_id IS NULL
    """


def silent_households__right_not_in_correlated():
    return """
    SELECT campaign_id, household_id FROM campaigns c
    WHERE household_id NOT IN (SELECT household_id FROM coupon_redemptions r
                               WHERE r.campaign_id = c.campaign_id AND household_id IS NOT NULL)
    """


def silent_households__wrong_not_in_null():
    """NOT IN meets the NULL household, so a campaign with a redemption without a card has no silent household at all."""
    return """
    SELECT campaign_id, household_id FROM campaigns c
    WHERE household_id NOT IN (SELECT household_id FROM coupon_redemptions r
                               WHERE r.campaign_id = c.campaign_id)
    """


def silent_households__wrong_any_campaign():
    """A household that redeemed in another campaign is not silent here: the campaign is not compared."""
    return """
    SELECT c.campaign_id, c.household_id FROM campaigns c
    WHERE NOT EXISTS (SELECT 1 FROM coupon_redemptions r WHERE r.household_id = c.household_id)
    """


def silent_households__wrong_campaign_in_where():
    """The campaign is compared after an outer join on the household alone: a household that redeemed elsewhere appears once for each foreign coupon, even if it redeemed here too."""
    return """
    SELECT c.campaign_id, c.household_id FROM campaigns c
    LEFT JOIN coupon_redemptions r ON r.household_id = c.household_id
    WHERE r.household_id IS NULL OR r.campaign_id <> c.campaign_id
    """


def silent_households__wrong_households_only():
    """Drops a household from all its campaigns: a pair stays only if the household redeemed nothing anywhere, and only one row a household is given."""
    return """
    SELECT MIN(c.campaign_id) AS campaign_id, c.household_id FROM campaigns c
    LEFT JOIN coupon_redemptions r USING (household_id)
    WHERE r.household_id IS NULL GROUP BY c.household_id
    """


def silent_households__wrong_null_matches():
    """A coupon redeemed without a card is taken as redeemed by everybody in the campaign."""
    return """
    SELECT c.campaign_id, c.household_id FROM campaigns c
    WHERE NOT EXISTS (SELECT 1 FROM coupon_redemptions r WHERE r.campaign_id = c.campaign_id
                      AND (r.household_id = c.household_id OR r.household_id IS NULL))
    """


def silent_households__wrong_is_null_column():
    """Looks for a NULL household in an inner join, which never holds: the result is empty."""
    return """
    SELECT c.campaign_id, c.household_id FROM campaigns c
    JOIN coupon_redemptions r ON r.household_id = c.household_id AND r.campaign_id = c.campaign_id
    WHERE r.household_id IS NULL
    """


# ---------------------------------------------------------------- 13.4

_SOLD = """SELECT p.department, t.product_id, SUM(t.sales_value) AS revenue
           FROM transactions t JOIN products p ON p.product_id = t.product_id GROUP BY 1, 2"""


def top_products__right_cte():
    return f"""
    WITH sold AS ({_SOLD}),
    ranked AS (SELECT *, RANK() OVER (PARTITION BY department ORDER BY revenue DESC) AS place FROM sold)
    SELECT department, place, product_id, revenue FROM ranked WHERE place <= 3
    ORDER BY department, place, product_id
    """


def top_products__right_qualify_again():
    return """
    SELECT department, RANK() OVER (PARTITION BY department ORDER BY SUM(sales_value) DESC) AS place,
           product_id, SUM(sales_value) AS revenue
    FROM transactions JOIN products USING (product_id)
    GROUP BY department, product_id
    QUALIFY place <= 3
    ORDER BY ALL
    """


def top_products__right_count_better():
    return f"""
    WITH sold AS ({_SOLD})
    SELECT a.department,
           (SELECT 1 + COUNT(*) FROM sold b WHERE b.department = a.department AND b.revenue > a.revenue) AS place,
           a.product_id, a.revenue
    FROM sold a
    WHERE (SELECT COUNT(*) FROM sold b WHERE b.department = a.department AND b.revenue > a.revenue) < 3
    ORDER BY 1, 2, 3
    """


def _top(
    rank="RANK() OVER (PARTITION BY department ORDER BY revenue DESC)",
    sold=_SOLD,
    order="department, place, product_id",
):
    return f"""SELECT department, place, product_id, revenue
    FROM (SELECT *, {rank} AS place FROM ({sold}))
    WHERE place <= 3 ORDER BY {order}"""


def top_products__wrong_dense_rank_again():
    """DENSE_RANK does not skip the places after a tie: 1, 2, 2, 3 instead of 1, 2, 2, 4, and so too many products."""
    return _top("DENSE_RANK() OVER (PARTITION BY department ORDER BY revenue DESC)")


def top_products__wrong_row_number_again():
    """ROW_NUMBER gives products of equal revenue different places and cuts one off at place 3."""
    return _top("ROW_NUMBER() OVER (PARTITION BY department ORDER BY revenue DESC, product_id)")


def top_products__wrong_times_quantity():
    """Multiplies by quantity although sales_value is already the value of the whole line."""
    return _top(sold=_SOLD.replace("SUM(t.sales_value)", "SUM(t.sales_value * t.quantity)"))


def top_products__wrong_no_partition():
    """Ranks over all departments together, so a small department has no places."""
    return _top("RANK() OVER (ORDER BY revenue DESC)")


def top_products__wrong_order_by_revenue_again():
    """Sorted by department and revenue only: products that share a place are in no fixed order; and by product in the reverse where revenue ties."""
    return _top(order="department, revenue DESC, product_id DESC")


def top_products__wrong_lines_ranked():
    """Ranks single lines and not the sum of a product's lines, so a product with several lines appears repeatedly."""
    return _top(
        sold="SELECT p.department, t.product_id, t.sales_value AS revenue FROM transactions t JOIN products p USING (product_id)"
    )


def top_products__wrong_products_without_line():
    """Starts from products with a LEFT JOIN and COALESCE: products without a line get a place with revenue 0 in small departments."""
    return _top(
        sold="""SELECT p.department, p.product_id, COALESCE(SUM(t.sales_value), 0) AS revenue
        FROM products p LEFT JOIN transactions t USING (product_id) GROUP BY 1, 2"""
    )


# ---------------------------------------------------------------- 13.5


def current_orders__right_row_number_again():
    return """
    SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue
    FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY updated_at DESC, load_id DESC) AS n
          FROM order_events)
    WHERE n = 1 AND status = 'paid'
    GROUP BY household_id
    """


def current_orders__right_not_exists():
    return """
    SELECT e.household_id, COUNT(*) AS orders, SUM(e.amount) AS revenue
    FROM order_events e
    WHERE e.status = 'paid' AND NOT EXISTS (
        SELECT 1 FROM order_events f WHERE f.order_id = e.order_id
        AND (f.updated_at > e.updated_at OR (f.updated_at = e.updated_at AND f.load_id > e.load_id)))
    GROUP BY e.household_id
    """


def current_orders__right_two_maxima():
    return """-- mysql
    SELECT e.household_id, COUNT(*) AS orders, SUM(e.amount) AS revenue
    FROM order_events e
    JOIN (SELECT a.order_id, a.updated_at, MAX(a.load_id) AS load_id
          FROM order_events a
          JOIN (SELECT order_id, MAX(updated_at) AS updated_at FROM order_events GROUP BY order_id) m
            ON m.order_id = a.order_id AND m.updated_at = a.updated_at
          GROUP BY a.order_id, a.updated_at) l
      ON l.order_id = e.order_id AND l.updated_at = e.updated_at AND l.load_id = e.load_id
    WHERE e.status = 'paid'
    GROUP BY e.household_id
    """


def _orders(order="updated_at DESC, load_id DESC", part="order_id", pre="TRUE", fn="ROW_NUMBER"):
    return f"""
    SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue
    FROM (SELECT *, {fn}() OVER (PARTITION BY {part} ORDER BY {order}) AS n FROM order_events WHERE {pre})
    WHERE n = 1 AND status = 'paid' GROUP BY household_id"""


def current_orders__wrong_paid_first_again():
    """Filters by paid before it takes the last version, so an order that was paid and later cancelled still counts."""
    return _orders(pre="status = 'paid'")


def current_orders__wrong_tie_smaller_load():
    """Among versions of the same time takes the smaller load_id."""
    return _orders("updated_at DESC, load_id")


def current_orders__wrong_latest_load():
    """Takes the largest load_id, whatever the time: a late redelivery of an old version wins."""
    return _orders("load_id DESC, updated_at DESC")


def current_orders__wrong_rank_keeps_ties():
    """RANK by time alone keeps all versions of the latest time, so an order that was delivered twice counts twice."""
    return _orders("updated_at DESC", fn="RANK")


def current_orders__wrong_per_household_again():
    """Takes the last version of a household, not of an order: all its other orders are lost."""
    return _orders(part="household_id")


def current_orders__wrong_distinct_paid():
    """Removes repeated deliveries with DISTINCT and keeps what says paid: earlier versions and cancelled orders count."""
    return """
    SELECT household_id, COUNT(DISTINCT order_id) AS orders, SUM(amount) AS revenue
    FROM (SELECT DISTINCT order_id, household_id, status, amount, updated_at FROM order_events)
    WHERE status = 'paid' GROUP BY household_id"""


def current_orders__wrong_zero_rows():
    """Households without a paid order have a row with 0 instead of none."""
    return """
    SELECT household_id, COUNT(*) FILTER (status = 'paid') AS orders,
           COALESCE(SUM(amount) FILTER (status = 'paid'), 0) AS revenue
    FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY updated_at DESC, load_id DESC) AS n FROM order_events)
    WHERE n = 1 GROUP BY household_id"""


# ---------------------------------------------------------------- 13.6


def median_basket__right_between_again():
    return """
    SELECT store_id, AVG(sales_value) AS median
    FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value) AS k,
                 COUNT(*) OVER (PARTITION BY store_id) AS n FROM baskets)
    WHERE 2 * k BETWEEN n AND n + 2 GROUP BY store_id
    """


def median_basket__right_two_numbers():
    return """
    SELECT store_id, AVG(sales_value) AS median
    FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value, basket_id) AS up,
                 ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value DESC, basket_id DESC) AS down
          FROM baskets)
    WHERE ABS(up - down) <= 1 GROUP BY store_id
    """


def median_basket__right_list():
    return """
    SELECT store_id, (v[(len(v) + 1) // 2] + v[len(v) // 2 + 1]) / 2 AS median
    FROM (SELECT store_id, list_sort(list(sales_value)) AS v FROM baskets GROUP BY store_id)
    """


def median_basket__wrong_self_join_ties():
    """Averages all rows that have half of the baskets on both sides: where the two middle values differ and one occurs more often (1, 1, 2, 3), it weighs more than half."""
    return """
    SELECT store_id, AVG(sales_value) AS median FROM (
        SELECT a.store_id, a.sales_value
        FROM baskets a JOIN baskets b ON a.store_id = b.store_id
        GROUP BY a.store_id, a.basket_id, a.sales_value
        HAVING 2 * SUM(CASE WHEN b.sales_value <= a.sales_value THEN 1 ELSE 0 END) >= COUNT(*)
           AND 2 * SUM(CASE WHEN b.sales_value >= a.sales_value THEN 1 ELSE 0 END) >= COUNT(*))
    GROUP BY store_id
    """


def _median(where, value="AVG(sales_value)", number="ROW_NUMBER()", src="baskets"):
    return f"""
    SELECT store_id, {value} AS median
    FROM (SELECT *, {number} OVER (PARTITION BY store_id ORDER BY sales_value) AS k,
                 COUNT(*) OVER (PARTITION BY store_id) AS n FROM {src})
    WHERE {where} GROUP BY store_id"""


def median_basket__wrong_lower():
    """Takes the lower of the two middle values where the number of baskets is even."""
    return _median("k = (n + 1) // 2")


def median_basket__wrong_upper():
    """Takes the upper of the two middle values where the number of baskets is even."""
    return _median("k = n // 2 + 1")


def median_basket__wrong_distinct_values_again():
    """Takes the median of the different values: baskets of equal value count once."""
    return _median(
        "2 * k BETWEEN n AND n + 2", src="(SELECT DISTINCT store_id, sales_value FROM baskets)"
    )


def median_basket__wrong_rank_again():
    """Numbers with RANK, so with equal values a middle number may be missing, and the store has no row or a wrong value."""
    return _median("2 * k BETWEEN n AND n + 2", number="RANK()")


def median_basket__wrong_mean_again():
    """The mean instead of the median."""
    return "SELECT store_id, AVG(sales_value) AS median FROM baskets GROUP BY store_id"


def median_basket__wrong_window_too_wide():
    """Where the number of baskets is odd, two rows pass (n // 2 and n // 2 + 1), and their mean is not the value in the middle; even numbers are right."""
    return _median("k BETWEEN n // 2 AND n // 2 + 1")


def median_basket__wrong_mid_range():
    """The mean of the smallest and the largest value: right with one or two baskets only."""
    return "SELECT store_id, (MIN(sales_value) + MAX(sales_value)) / 2 AS median FROM baskets GROUP BY store_id"


# ---------------------------------------------------------------- 13.7


def day_retention__right_left_joins_again():
    return """
    WITH d AS (SELECT DISTINCT household_id, day FROM transactions),
    f AS (SELECT household_id, MIN(day) AS cohort FROM d GROUP BY 1),
    l AS (SELECT MAX(day) AS last_day FROM d)
    SELECT f.cohort, COUNT(*) AS households,
           CASE WHEN f.cohort + 1 <= MAX(last_day) THEN COUNT(a.day) / COUNT(*) END AS d1,
           CASE WHEN f.cohort + 7 <= MAX(last_day) THEN COUNT(b.day) / COUNT(*) END AS d7
    FROM f CROSS JOIN l
    LEFT JOIN d a ON a.household_id = f.household_id AND a.day = f.cohort + 1
    LEFT JOIN d b ON b.household_id = f.household_id AND b.day = f.cohort + 7
    GROUP BY f.cohort
    """


def day_retention__right_window():
    return """
    SELECT cohort, COUNT(DISTINCT household_id) AS households,
           CASE WHEN cohort + INTERVAL 1 DAY > (SELECT MAX(day) FROM transactions) THEN NULL
                ELSE COUNT(DISTINCT household_id) FILTER (day = cohort + INTERVAL 1 DAY) * 1.0
                     / COUNT(DISTINCT household_id) END AS d1,
           CASE WHEN cohort + INTERVAL 7 DAY > (SELECT MAX(day) FROM transactions) THEN NULL
                ELSE COUNT(DISTINCT household_id) FILTER (day = cohort + INTERVAL 7 DAY) * 1.0
                     / COUNT(DISTINCT household_id) END AS d7
    FROM (SELECT *, MIN(day) OVER (PARTITION BY household_id) AS cohort FROM transactions)
    GROUP BY cohort
    """


def day_retention__right_flags_per_household():
    return """
    WITH h AS (
        SELECT household_id, MIN(day) AS cohort, list(day) AS days FROM transactions GROUP BY household_id)
    SELECT cohort, COUNT(*) AS households,
           AVG(CASE WHEN cohort + 1 > e THEN NULL WHEN list_contains(days, cohort + 1) THEN 1.0 ELSE 0.0 END) AS d1,
           AVG(CASE WHEN cohort + 7 > e THEN NULL WHEN list_contains(days, cohort + 7) THEN 1.0 ELSE 0.0 END) AS d7
    FROM h, (SELECT MAX(day) AS e FROM transactions) GROUP BY cohort
    """


def _retention(
    d1="a.day = f.cohort + 1",
    d7="a.day = f.cohort + 7",
    count="COUNT(DISTINCT CASE WHEN {} THEN a.household_id END)",
    per="COUNT(DISTINCT f.household_id)",
    n1="f.cohort + 1 <= {}",
    n7="f.cohort + 7 <= {}",
    end="(SELECT MAX(day) FROM transactions)",
    els="",
):
    return f"""
    WITH f AS (SELECT household_id, MIN(day) AS cohort FROM transactions GROUP BY 1)
    SELECT f.cohort, COUNT(DISTINCT f.household_id) AS households,
           CASE WHEN {n1.format(end)} THEN {count.format(d1)} / {per} {els} END AS d1,
           CASE WHEN {n7.format(end)} THEN {count.format(d7)} / {per} {els} END AS d7
    FROM f JOIN transactions a ON a.household_id = f.household_id
    GROUP BY f.cohort"""


def day_retention__wrong_zero_not_null():
    """A share whose day lies after the end of the table is 0 instead of NULL."""
    return _retention(els="ELSE 0")


def day_retention__wrong_within_seven_again():
    """d7 counts who came back on any of the days 1 to 7, not exactly on the seventh."""
    return _retention(d7="a.day BETWEEN f.cohort + 1 AND f.cohort + 7")


def day_retention__wrong_last_day_excluded():
    """A share is NULL also where the later day is the last day of the table itself, which is known."""
    return _retention(n1="f.cohort + 1 < {}", n7="f.cohort + 7 < {}")


def day_retention__wrong_baskets_counted_again():
    """Counts baskets of the later day, so two baskets of one household count twice."""
    return _retention(count="COUNT(CASE WHEN {} THEN 1 END)")


def day_retention__wrong_divided_by_baskets():
    """Divides by the number of baskets of the cohort instead of its households."""
    return _retention(per="COUNT(*)")


def day_retention__wrong_seventh_day_is_six_later():
    """Counts the first day as day 1, so d1 is the next day but d7 is only 6 days later."""
    return _retention(d7="a.day = f.cohort + 6", n7="f.cohort + 6 <= {}")


def day_retention__wrong_every_day_a_cohort():
    """Takes every day with a purchase as a cohort, not the day of a household's first purchase."""
    return """
    WITH d AS (SELECT DISTINCT household_id, day FROM transactions), l AS (SELECT MAX(day) AS e FROM d)
    SELECT d.day AS cohort, COUNT(*) AS households,
           CASE WHEN d.day + 1 <= MAX(e) THEN COUNT(a.day) / COUNT(*) END AS d1,
           CASE WHEN d.day + 7 <= MAX(e) THEN COUNT(b.day) / COUNT(*) END AS d7
    FROM d CROSS JOIN l
    LEFT JOIN d a ON a.household_id = d.household_id AND a.day = d.day + 1
    LEFT JOIN d b ON b.household_id = d.household_id AND b.day = d.day + 7
    GROUP BY d.day"""


# ---------------------------------------------------------------- 13.8


def longest_streak__right_islands():
    return """
    WITH d AS (SELECT DISTINCT household_id, day FROM transactions),
    k AS (SELECT *, day - ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day)::INTEGER AS island FROM d),
    runs AS (SELECT household_id, COUNT(*) AS n_days, MIN(day) AS first_day FROM k GROUP BY household_id, island)
    SELECT household_id, n_days, first_day FROM runs
    QUALIFY ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY n_days DESC, first_day) = 1
    """


def longest_streak__right_dense_rank():
    return """
    SELECT household_id, n_days, first_day FROM (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY n_days DESC, first_day ASC) AS pick FROM (
            SELECT household_id, COUNT(DISTINCT day) AS n_days, MIN(day) AS first_day FROM (
                SELECT household_id, day,
                       date_diff('day', DATE '2000-01-01', day)
                         - DENSE_RANK() OVER (PARTITION BY household_id ORDER BY day) AS g
                FROM transactions)
            GROUP BY household_id, g))
    WHERE pick = 1
    """


def longest_streak__right_lag_flags():
    return """
    WITH d AS (SELECT household_id, day FROM transactions GROUP BY ALL),
    s AS (SELECT *, CASE WHEN LAG(day) OVER w = day - 1 THEN 0 ELSE 1 END AS opens FROM d
          WINDOW w AS (PARTITION BY household_id ORDER BY day)),
    r AS (SELECT *, SUM(opens) OVER (PARTITION BY household_id ORDER BY day) AS run FROM s),
    g AS (SELECT household_id, run, COUNT(*) AS n_days, MIN(day) AS first_day FROM r GROUP BY ALL)
    SELECT household_id, n_days, first_day FROM g a
    WHERE NOT EXISTS (SELECT 1 FROM g b WHERE b.household_id = a.household_id
                      AND (b.n_days > a.n_days OR (b.n_days = a.n_days AND b.first_day < a.first_day)))
    """


def _streak(
    src="(SELECT DISTINCT household_id, day FROM transactions)",
    pick="ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY n_days DESC, first_day)",
    first="MIN(day)",
    n="COUNT(*)",
):
    return f"""
    SELECT household_id, n_days, first_day FROM (
        SELECT household_id, {n} AS n_days, {first} AS first_day
        FROM (SELECT *, day - ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day)::INTEGER AS g FROM {src})
        GROUP BY household_id, g)
    QUALIFY {pick} = 1"""


def longest_streak__wrong_no_distinct():
    """Baskets instead of days are numbered: two baskets on one day break a run or join days that are not neighbours."""
    return _streak("transactions")


def longest_streak__wrong_latest_of_ties_again():
    """Of runs of equal length takes the latest."""
    return _streak(
        pick="ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY n_days DESC, first_day DESC)"
    )


def longest_streak__wrong_rank_ties():
    """RANK keeps all runs of the greatest length, so a household may have several rows."""
    return _streak(pick="RANK() OVER (PARTITION BY household_id ORDER BY n_days DESC)")


def longest_streak__wrong_last_day():
    """Returns the last day of the run as its first."""
    return _streak(first="MAX(day)")


def longest_streak__wrong_first_of_household():
    """The first day is the household's first day ever, not that of the longest run."""
    return f"""SELECT s.household_id, s.n_days, f.first_day
    FROM ({_streak()}) s JOIN (SELECT household_id, MIN(day) AS first_day FROM transactions GROUP BY 1) f USING (household_id)"""


def longest_streak__wrong_steps_counted():
    """Counts the steps between days: a run of k days has length k - 1."""
    return _streak(n="COUNT(*) - 1")


def longest_streak__wrong_singles_dropped():
    """Uses pairs of neighbouring days, so a household that never bought on two days in a row has no row."""
    return f"SELECT * FROM ({_streak()}) WHERE n_days > 1"


# ---------------------------------------------------------------- 13.9


def _sessions_again(events, gap=30):
    by = defaultdict(list)
    for h, t in events:
        by[h].append(datetime.strptime(t, "%Y-%m-%d %H:%M:%S"))
    out = []
    for h in sorted(by):
        ts = sorted(by[h])
        runs = [[ts[0]]]
        for a, b in zip(ts, ts[1:]):
            if b - a > timedelta(minutes=gap):
                runs.append([b])
            else:
                runs[-1].append(b)
        out += [(h, i, r[0].strftime("%Y-%m-%d %H:%M:%S"), len(r)) for i, r in enumerate(runs, 1)]
    return out


def _plain_again(rows):
    return [(int(h), int(s), str(t), int(n)) for h, s, t, n in rows]


def kill_sessions__right_by_hand(implementation):
    d = "2017-01-02 "
    events = [
        (1, d + "10:00:00"),
        (2, d + "10:20:00"),
        (1, d + "10:30:00"),
        (1, d + "11:00:00"),
        (1, d + "11:30:01"),
        (2, d + "10:45:00"),
        (2, d + "23:50:00"),
        (2, "2017-01-03 00:10:00"),
        (2, "2017-01-03 12:00:00"),
        (3, d + "09:00:00"),
        (1, "2017-01-03 10:00:00"),
    ]
    want = [
        (1, 1, d + "10:00:00", 3),
        (1, 2, d + "11:30:01", 1),
        (1, 3, "2017-01-03 10:00:00", 1),
        (2, 1, d + "10:20:00", 2),
        (2, 2, d + "23:50:00", 2),
        (2, 3, "2017-01-03 12:00:00", 1),
        (3, 1, d + "09:00:00", 1),
    ]
    return [tuple(r) for r in implementation(events)] == want


def kill_sessions__right_reference_random(implementation):
    rng = random.Random(3)
    for _ in range(8):
        events = set()
        for h in (11, 2, 7):
            t = datetime(2017, 1, 2, 21, 0)
            for _ in range(rng.randint(1, 12)):
                t += timedelta(
                    seconds=rng.choice([60, 1200, 1799, 1800, 1801, 1830, 3600, 86400, 88000])
                )
                events.add((h, t.strftime("%Y-%m-%d %H:%M:%S")))
        events = sorted(events)
        rng.shuffle(events)
        if _plain_again(implementation(list(events))) != _sessions_again(events):
            return False
    return True


def kill_sessions__right_many_small(implementation):
    def ok(pairs):
        events = [(h, str(pd.Timestamp("2017-01-02") + pd.Timedelta(seconds=s))) for h, s in pairs]
        return _plain_again(implementation(events)) == _sessions_again(events)

    cases = [
        [(1, 36000)],
        [(1, 36000), (1, 36000 + 1800)],
        [(1, 36000), (1, 36000 + 1801)],
        [(1, 1000 * k) for k in range(6)] + [(1, 20000)],
        [(1, 85000), (1, 87000), (2, 86300), (2, 86500)],
        [(2, 100), (1, 1500), (2, 2800), (1, 4000), (1, 10000), (2, 10000)],
        [(1, 7200), (1, 0), (1, 3600), (1, 100), (2, 50)],
        [(1, 0), (1, 86400), (1, 2 * 86400 + 60)],
        [(h, 500 * h) for h in (10, 9, 2)],
    ]
    return all(ok(c) for c in cases)


def kill_sessions__wrong_one_household_again(implementation):
    """A single household with round gaps of 10 and 60 minutes: misses the exact gap, the partition by household, midnight."""
    d = "2017-01-02 "
    events = [(1, d + "10:00:00"), (1, d + "10:10:00"), (1, d + "11:10:00")]
    return implementation(events) == [(1, 1, d + "10:00:00", 2), (1, 2, d + "11:10:00", 1)]


def kill_sessions__wrong_thirty_opens_again(implementation):
    """Expects that a gap of exactly 30 minutes opens a session, so it rejects right queries."""
    d = "2017-01-02 "
    events = [(1, d + "10:00:00"), (1, d + "10:30:00"), (2, d + "10:10:00")]
    return implementation(events) == [
        (1, 1, d + "10:00:00", 1),
        (1, 2, d + "10:30:00", 1),
        (2, 1, d + "10:10:00", 1),
    ]


def kill_sessions__wrong_number_of_rows(implementation):
    """Compares only how many sessions come back; numbers, starts and counts of events are not looked at."""
    d = "2017-01-02 "
    events = [
        (1, d + "10:00:00"),
        (1, d + "10:30:00"),
        (1, d + "11:00:01"),
        (2, d + "10:10:00"),
        (2, d + "23:50:00"),
        (2, "2017-01-03 00:05:00"),
    ]
    return len(implementation(events)) == 4


def kill_sessions__wrong_totals(implementation):
    """Checks only that the counts add up to the events and that sessions start at 1: wrong gaps pass."""
    d = "2017-01-02 "
    events = [(1, d + "10:00:00"), (1, d + "10:30:00"), (1, d + "12:00:00"), (2, d + "10:10:00")]
    rows = implementation(events)
    return sum(r[3] for r in rows) == 4 and min(r[1] for r in rows) == 1 and rows == sorted(rows)


def kill_sessions__wrong_numbered_over_all(implementation):
    """Expects that the number of a session goes on from household to household, so it rejects right queries."""
    d = "2017-01-02 "
    events = [(1, d + "10:00:00"), (2, d + "10:10:00"), (2, d + "12:10:00")]
    return implementation(events) == [
        (1, 1, d + "10:00:00", 1),
        (2, 2, d + "10:10:00", 1),
        (2, 3, d + "12:10:00", 1),
    ]


def kill_sessions__wrong_raises_on_docstring(implementation):
    """Never calls the query on anything but two events, one hour apart, of one household."""
    rows = implementation([(1, "2017-01-02 10:00:00"), (1, "2017-01-02 11:00:00")])
    return len(rows) == 2 and [r[1] for r in rows] == [1, 2]


def kill_sessions__wrong_window_of_thirty(implementation):
    """Expects that a session lasts at most 30 minutes from its first event, so it rejects right queries."""
    d = "2017-01-02 "
    events = [(1, d + "10:00:00"), (1, d + "10:20:00"), (1, d + "10:40:00")]
    return implementation(events) == [(1, 1, d + "10:00:00", 2), (1, 2, d + "10:40:00", 1)]


# ---------------------------------------------------------------- 13.10


def rolling_active__right_left_join():
    return """
    SELECT c.day, COUNT(DISTINCT t.household_id) AS active
    FROM calendar c LEFT JOIN transactions t ON t.day BETWEEN c.day - 6 AND c.day
    GROUP BY c.day ORDER BY c.day
    """


def rolling_active__right_scalar():
    return """
    SELECT day, (SELECT COUNT(DISTINCT t.household_id) FROM transactions t
                 WHERE t.day <= c.day AND t.day > c.day - INTERVAL 7 DAY) AS active
    FROM calendar c ORDER BY 1
    """


def rolling_active__right_spread():
    return """
    WITH spread AS (SELECT DISTINCT household_id, day + k::INTEGER AS day FROM transactions, range(7) r(k)),
    n AS (SELECT day, COUNT(*) AS active FROM spread GROUP BY day)
    SELECT c.day, COALESCE(n.active, 0) AS active FROM calendar c LEFT JOIN n ON n.day = c.day ORDER BY c.day
    """


def _active(
    on="t.day BETWEEN c.day - 6 AND c.day",
    join="LEFT JOIN",
    n="COUNT(DISTINCT t.household_id)",
    order="ORDER BY c.day",
    src="transactions",
):
    return (
        f"SELECT c.day, {n} AS active FROM calendar c {join} {src} t ON {on} GROUP BY c.day {order}"
    )


def rolling_active__wrong_eight_days_again():
    """The window has eight days: from day - 7 to day."""
    return _active("t.day BETWEEN c.day - 7 AND c.day")


def rolling_active__wrong_inner_join_again():
    """Days of the calendar without a purchase in the window are lost instead of having 0."""
    return _active(join="JOIN")


def rolling_active__wrong_baskets():
    """Counts baskets (rows), so a household that bought twice in seven days counts twice."""
    return _active(n="COUNT(t.household_id)")


def rolling_active__wrong_yesterday():
    """The window ends on the day before: the day itself does not count, day - 7 does."""
    return _active("t.day BETWEEN c.day - 7 AND c.day - 1")


def rolling_active__wrong_sum_of_days():
    """Adds up the daily numbers over seven days: a household active on two days counts twice."""
    return """
    WITH n AS (SELECT day, COUNT(DISTINCT household_id) AS dau FROM transactions GROUP BY day)
    SELECT c.day, COALESCE(SUM(n.dau), 0)::BIGINT AS active
    FROM calendar c LEFT JOIN n ON n.day BETWEEN c.day - 6 AND c.day GROUP BY c.day ORDER BY c.day"""


def rolling_active__wrong_calendar_purchases_only():
    """Purchases on days that are missing in the calendar are dropped, although they lie in the window."""
    return _active(src="(SELECT * FROM transactions SEMI JOIN calendar USING (day))")


def rolling_active__wrong_seven_rows():
    """Takes the last seven rows of the calendar instead of seven days: wrong where calendar days are missing."""
    return """
    WITH k AS (SELECT day, LAG(day, 6) OVER (ORDER BY day) AS since, MIN(day) OVER () AS first_day FROM calendar)
    SELECT k.day, COUNT(DISTINCT t.household_id) AS active
    FROM k LEFT JOIN transactions t ON t.day BETWEEN COALESCE(k.since, k.first_day) AND k.day
    GROUP BY k.day ORDER BY k.day"""


def rolling_active__wrong_descending_again():
    """Sorted with the latest day first."""
    return _active(order="ORDER BY c.day DESC")


# ---------------------------------------------------------------- 13.12


def purchase_funnel__right_left_joins():
    return """
    SELECT v.product_id, COUNT(DISTINCT v.household_id) AS viewed,
           COUNT(DISTINCT c.household_id) AS carted, COUNT(DISTINCT b.household_id) AS bought
    FROM events v
    LEFT JOIN events c ON c.event = 'cart' AND c.household_id = v.household_id AND c.product_id = v.product_id
         AND c.event_at > v.event_at AND c.event_at <= v.event_at + INTERVAL 24 HOUR
    LEFT JOIN events b ON b.event = 'buy' AND b.household_id = v.household_id AND b.product_id = v.product_id
         AND b.event_at > c.event_at AND b.event_at <= v.event_at + INTERVAL 24 HOUR
    WHERE v.event = 'view'
    GROUP BY v.product_id
    """


def purchase_funnel__right_exists_again():
    return """
    WITH v AS (SELECT * FROM events WHERE event = 'view'),
    flagged AS (
        SELECT product_id, household_id,
               EXISTS (SELECT 1 FROM events c WHERE c.event = 'cart' AND c.household_id = v.household_id
                       AND c.product_id = v.product_id AND c.event_at > v.event_at
                       AND c.event_at - v.event_at <= INTERVAL 1 DAY) AS in_cart,
               EXISTS (SELECT 1 FROM events c JOIN events b ON b.household_id = c.household_id
                       AND b.product_id = c.product_id AND b.event_at > c.event_at AND b.event = 'buy'
                       WHERE c.event = 'cart' AND c.household_id = v.household_id AND c.product_id = v.product_id
                       AND c.event_at > v.event_at AND b.event_at <= v.event_at + INTERVAL 1 DAY) AS paid
        FROM v)
    SELECT product_id, COUNT(DISTINCT household_id) AS viewed,
           COUNT(DISTINCT household_id) FILTER (in_cart) AS carted,
           COUNT(DISTINCT household_id) FILTER (paid) AS bought
    FROM flagged GROUP BY product_id
    """


def purchase_funnel__right_first_cart_last_buy():
    return """
    WITH v AS (
        SELECT v.household_id, v.product_id, v.event_at,
               (SELECT MIN(c.event_at) FROM events c WHERE c.event = 'cart' AND c.household_id = v.household_id
                AND c.product_id = v.product_id AND c.event_at > v.event_at) AS cart_at,
               (SELECT MAX(b.event_at) FROM events b WHERE b.event = 'buy' AND b.household_id = v.household_id
                AND b.product_id = v.product_id AND b.event_at <= v.event_at + INTERVAL 24 HOUR) AS buy_at
        FROM events v WHERE v.event = 'view'),
    h AS (SELECT product_id, household_id,
                 MAX(CASE WHEN cart_at <= event_at + INTERVAL 24 HOUR THEN 1 ELSE 0 END) AS c,
                 MAX(CASE WHEN cart_at < buy_at THEN 1 ELSE 0 END) AS b
          FROM v GROUP BY ALL)
    SELECT product_id, COUNT(*) AS viewed, SUM(c)::BIGINT AS carted, SUM(b)::BIGINT AS bought FROM h GROUP BY product_id
    """


def _funnel(
    v="(SELECT * FROM events WHERE event = 'view')",
    c="c.event_at > v.event_at AND c.event_at <= v.event_at + INTERVAL 24 HOUR",
    b="b.event_at > c.event_at AND b.event_at <= v.event_at + INTERVAL 24 HOUR",
    n="COUNT(DISTINCT {}.household_id)",
    same="{0}.household_id = v.household_id AND {0}.product_id = v.product_id",
    join="LEFT JOIN",
):
    return f"""
    SELECT v.product_id, {n.format("v")} AS viewed, {n.format("c")} AS carted, {n.format("b")} AS bought
    FROM {v} v
    {join} (SELECT * FROM events WHERE event = 'cart') c ON {same.format("c")} AND {c}
    {join} (SELECT * FROM events WHERE event = 'buy') b ON {same.format("b")} AND {b}
    GROUP BY v.product_id"""


def purchase_funnel__wrong_day_from_cart():
    """The purchase may come up to 24 hours after the cart, not after the view."""
    return _funnel(b="b.event_at > c.event_at AND b.event_at <= c.event_at + INTERVAL 24 HOUR")


def purchase_funnel__wrong_first_view_only_again():
    """Only the first view of a household counts, so a cart within a day of a later view is lost."""
    return _funnel(
        v="(SELECT household_id, product_id, MIN(event_at) AS event_at FROM events WHERE event = 'view' GROUP BY ALL)"
    )


def purchase_funnel__wrong_equal_times_again():
    """Equal times count as after: cart at the time of the view, purchase at the time of the cart."""
    return _funnel(
        c="c.event_at BETWEEN v.event_at AND v.event_at + INTERVAL 24 HOUR",
        b="b.event_at BETWEEN c.event_at AND v.event_at + INTERVAL 24 HOUR",
    )


def purchase_funnel__wrong_less_than_24():
    """Exactly 24 hours after the view does not count."""
    return _funnel(
        c="c.event_at > v.event_at AND c.event_at < v.event_at + INTERVAL 24 HOUR",
        b="b.event_at > c.event_at AND b.event_at < v.event_at + INTERVAL 24 HOUR",
    )


def purchase_funnel__wrong_buy_without_order():
    """The purchase must follow the view, but not the cart: bought before it was carted counts."""
    return _funnel(
        b="c.event_at IS NOT NULL AND b.event_at > v.event_at AND b.event_at <= v.event_at + INTERVAL 24 HOUR"
    )


def purchase_funnel__wrong_rows_counted():
    """Counts joined rows, so repeated views, carts and purchases of one household count several times."""
    return _funnel(n="COUNT({}.household_id)")


def purchase_funnel__wrong_any_view_for_buy():
    """Steps are judged each for itself: the purchase may belong to another view than the cart."""
    return """
    WITH v AS (SELECT * FROM events WHERE event = 'view'), c AS (SELECT * FROM events WHERE event = 'cart'),
    b AS (SELECT * FROM events WHERE event = 'buy'),
    k AS (SELECT DISTINCT c.* FROM v JOIN c USING (household_id, product_id)
          WHERE c.event_at > v.event_at AND c.event_at <= v.event_at + INTERVAL 24 HOUR),
    p AS (SELECT DISTINCT b.household_id, b.product_id FROM k JOIN b USING (household_id, product_id)
          JOIN v USING (household_id, product_id)
          WHERE b.event_at > k.event_at AND b.event_at > v.event_at AND b.event_at <= v.event_at + INTERVAL 24 HOUR)
    SELECT v.product_id, COUNT(DISTINCT v.household_id) AS viewed, COUNT(DISTINCT k.household_id) AS carted,
           COUNT(DISTINCT p.household_id) AS bought
    FROM v LEFT JOIN k USING (household_id, product_id) LEFT JOIN p USING (household_id, product_id)
    GROUP BY v.product_id"""


def purchase_funnel__wrong_calendar_days():
    """A day is read as a difference of dates of at most 1, so 30 hours later on the next date counts."""
    return _funnel(
        c="c.event_at > v.event_at AND date_diff('day', v.event_at, c.event_at) <= 1",
        b="b.event_at > c.event_at AND date_diff('day', v.event_at, b.event_at) <= 1",
    )


# ---------------------------------------------------------------- 13.14


def features_as_of__right_ctes_again():
    return """
    WITH spend AS (
        SELECT l.household_id, l.as_of,
               COUNT(DISTINCT CASE WHEN t.day >= l.as_of - 28 THEN t.basket_id END) AS baskets,
               COALESCE(SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value END), 0) AS spend,
               MAX(t.day) AS last_day
        FROM labels l LEFT JOIN transactions t ON t.household_id = l.household_id AND t.day < l.as_of
        GROUP BY l.household_id, l.as_of),
    tier AS (
        SELECT l.household_id, l.as_of, MAX_BY(x.tier, x.valid_from) AS tier
        FROM labels l JOIN tiers x ON x.household_id = l.household_id AND x.valid_from < l.as_of
        GROUP BY l.household_id, l.as_of)
    SELECT s.*, tier.tier FROM spend s LEFT JOIN tier USING (household_id, as_of)
    """


def features_as_of__right_scalar_subqueries_again():
    return """
    SELECT l.household_id, l.as_of,
        (SELECT COUNT(DISTINCT basket_id) FROM transactions t WHERE t.household_id = l.household_id
           AND t.day BETWEEN l.as_of - 28 AND l.as_of - 1) AS baskets,
        (SELECT COALESCE(SUM(sales_value), 0) FROM transactions t WHERE t.household_id = l.household_id
           AND t.day BETWEEN l.as_of - 28 AND l.as_of - 1) AS spend,
        (SELECT MAX(day) FROM transactions t WHERE t.household_id = l.household_id AND t.day < l.as_of) AS last_day,
        (SELECT tier FROM tiers t WHERE t.household_id = l.household_id AND t.valid_from < l.as_of
           ORDER BY valid_from DESC LIMIT 1) AS tier
    FROM labels l
    """


def features_as_of__right_asof_join_again():
    return """
    WITH days AS (SELECT household_id, day FROM transactions GROUP BY ALL),
    a AS (SELECT l.household_id, l.as_of, d.day AS last_day
          FROM labels l ASOF LEFT JOIN days d ON d.household_id = l.household_id AND l.as_of > d.day),
    b AS (SELECT a.*, x.tier
          FROM a ASOF LEFT JOIN tiers x ON x.household_id = a.household_id AND a.as_of > x.valid_from)
    SELECT b.household_id, b.as_of, COUNT(DISTINCT t.basket_id) AS baskets, COALESCE(SUM(t.sales_value), 0) AS spend,
           b.last_day, b.tier
    FROM b LEFT JOIN transactions t ON t.household_id = b.household_id
         AND t.day < b.as_of AND t.day >= b.as_of - INTERVAL 28 DAY
    GROUP BY b.household_id, b.as_of, b.last_day, b.tier
    """


def _features_again(
    lo="l.as_of - 28",
    before="t.day < l.as_of",
    baskets="COUNT(DISTINCT CASE WHEN {} THEN t.basket_id END)",
    last="MAX(t.day)",
    spend="COALESCE(SUM(CASE WHEN {} THEN t.sales_value END), 0)",
    tier="SELECT tier FROM tiers x WHERE x.household_id = l.household_id AND x.valid_from < l.as_of ORDER BY valid_from DESC LIMIT 1",
    join="LEFT JOIN",
):
    inside = f"t.day >= {lo}"
    return f"""
    WITH s AS (SELECT l.household_id, l.as_of, {baskets.format(inside)} AS baskets, {spend.format(inside)} AS spend, {last.format(inside)} AS last_day
    FROM labels l {join} transactions t ON t.household_id = l.household_id AND {before}
    GROUP BY l.household_id, l.as_of)
    SELECT l.*, ({tier}) AS tier FROM s l"""


def features_as_of__wrong_day_itself_again():
    """Purchases on the day of the label count too: a leak of one day."""
    return _features_again(before="t.day <= l.as_of")


def features_as_of__wrong_tier_of_the_day_again():
    """A tier that becomes valid on the day of the label counts."""
    return _features_again(
        tier="SELECT tier FROM tiers x WHERE x.household_id = l.household_id AND x.valid_from <= l.as_of ORDER BY valid_from DESC LIMIT 1"
    )


def features_as_of__wrong_27_days_again():
    """The window begins at as_of - 27, one day short."""
    return _features_again(lo="l.as_of - 27")


def features_as_of__wrong_last_day_in_window_again():
    """last_day is looked for in the 28 days only, so it is NULL for older purchases."""
    return _features_again(last="MAX(CASE WHEN {} THEN t.day END)")


def features_as_of__wrong_rows_as_baskets():
    """Counts rows instead of different baskets."""
    return _features_again(baskets="COUNT(CASE WHEN {} THEN 1 END)")


def features_as_of__wrong_spend_null():
    """spend is NULL instead of 0 where nothing was bought in the window."""
    return _features_again(spend="SUM(CASE WHEN {} THEN t.sales_value END)")


def features_as_of__wrong_join_tiers():
    """Purchases and tiers are joined in one go, so spend multiplies with the number of earlier tiers; the tier itself is the latest."""
    return """
    SELECT l.household_id, l.as_of, COUNT(DISTINCT t.basket_id) FILTER (t.day >= l.as_of - 28) AS baskets,
           COALESCE(SUM(t.sales_value) FILTER (t.day >= l.as_of - 28), 0) AS spend, MAX(t.day) AS last_day,
           MAX_BY(x.tier, x.valid_from) AS tier
    FROM labels l
    LEFT JOIN transactions t ON t.household_id = l.household_id AND t.day < l.as_of
    LEFT JOIN tiers x ON x.household_id = l.household_id AND x.valid_from < l.as_of
    GROUP BY l.household_id, l.as_of"""


def features_as_of__wrong_max_tier_again():
    """Takes the alphabetically largest earlier tier, not the latest."""
    return _features_again(
        tier="SELECT MAX(tier) FROM tiers x WHERE x.household_id = l.household_id AND x.valid_from < l.as_of"
    )


def features_as_of__wrong_inner_join_again():
    """Labels of households without any earlier purchase are lost."""
    return _features_again(join="JOIN")


_DAYS = [(8, "2017-05-08", "2017-05-10")]


def _bcr_base(defect):
    one = (1, 11, 2.5, "2017-05-09 12:00:00")
    coupons = [(1, 501, 8, "2017-05-09"), (1, 502, 8, "2017-05-09")]
    return {
        "fan_out": ([(8, 1)], _DAYS, [one], coupons),
        "where_undoes_left_join": ([(8, 1), (8, 2)], _DAYS, [one], []),
        "rows_counted": ([(8, 1)], _DAYS, [one, (1, 12, 4.0, "2017-05-09 13:00:00")], []),
        "last_day_lost": ([(8, 1)], _DAYS, [(1, 11, 2.5, "2017-05-10 20:15:00")], []),
        "sum_distinct": ([(8, 1)], _DAYS, [one, (1, 12, 2.5, "2017-05-09 13:00:00")], []),
        "dates_ignored": ([(8, 1)], _DAYS, [one, (1, 12, 4.0, "2017-05-11 00:00:00")], []),
    }[defect]


def _bcr_patch(defect, name, tables):
    return tables if defect == name else _bcr_base(defect)


def _bcr_report(tables, defect=None):
    campaigns, descriptions, transactions, redemptions = tables
    found = []
    for campaign in sorted({c for c, _ in campaigns}):
        first, last = next((a, b) for c, a, b in descriptions if c == campaign)
        end = last + (" 00:00:00" if defect == "last_day_lost" else " 23:59:59")
        inside = [
            t
            for t in transactions
            if defect == "dates_ignored" or first + " 00:00:00" <= t[3] <= end
        ]
        rows = []
        for household in [h for c, h in campaigns if c == campaign]:
            mine = [t for t in inside if t[0] == household]
            copies = 1
            if defect == "fan_out":
                copies = sum(r[0] == household and r[2] == campaign for r in redemptions) or 1
            rows += [(household, t) for t in mine for _ in range(copies)]
            if not mine and defect != "where_undoes_left_join":
                rows.append((household, None))
        if not rows:
            continue
        reached, buyers = [h for h, _ in rows], [h for h, t in rows if t]
        money = [t[2] for _, t in rows if t]
        if defect != "rows_counted":
            reached, buyers = set(reached), set(buyers)
        if defect == "sum_distinct":
            money = set(money)
        found.append((campaign, len(reached), len(buyers), float(sum(money))))
    return found


def break_campaign_report__right_table(defect):
    """A look-up table: the smallest tables for each defect."""
    return _bcr_base(defect)


def break_campaign_report__right_one_for_all_once_more(defect):
    """The same tables break all six defects."""
    return (
        [(8, 1), (8, 2)],
        [(8, "2017-05-08", "2017-05-10")],
        [
            (1, 11, 2.5, "2017-05-10 20:15:00"),
            (1, 12, 2.5, "2017-05-09 10:00:00"),
            (1, 13, 4.0, "2017-05-11 00:00:00"),
        ],
        [(1, 501, 8, "2017-05-10"), (1, 502, 8, "2017-05-10")],
    )


def break_campaign_report__right_far_corners(defect):
    """Odd but valid: a one-day campaign on 29 February, midnight, households 0 and -5."""
    day = "2016-02-29"
    campaigns, transactions, redemptions = [(0, 0)], [(0, 0, 0.25, day + " 23:59:59")], []
    if defect == "fan_out":
        redemptions = [(0, u, 0, "2015-12-31") for u in (1, 2, 3)]
    elif defect == "where_undoes_left_join":
        transactions = []
    elif defect == "rows_counted":
        transactions.append((0, -1, 1000.0, day + " 00:00:00"))
    elif defect == "sum_distinct":
        campaigns.append((0, -5))
        transactions.append((-5, 1, 0.25, day + " 00:00:00"))
    elif defect == "dates_ignored":
        transactions = [(0, 0, 0.25, "2016-02-28 23:59:59")]
    return campaigns, [(0, day, day)], transactions, redemptions


def break_campaign_report__right_searched(defect):
    """Draws small tables at random until a simulation of the defect disagrees clearly."""
    draw = random.Random(13)
    while True:
        campaigns = sorted({(draw.choice((1, 2)), draw.randrange(1, 4)) for _ in range(4)})
        descriptions = [(c, "2017-05-08", "2017-05-10") for c in sorted({c for c, _ in campaigns})]
        transactions = [
            (draw.randrange(1, 4), basket, draw.choice((1.0, 1.25)), f"2017-05-{day:02d} 19:00:00")
            for basket, day in enumerate(draw.choices(range(7, 12), k=draw.randrange(1, 6)))
        ]
        redemptions = [
            (h, 500 + i, c, "2017-05-09") for h, c in [campaigns[0][::-1]] for i in range(2)
        ]
        tables = (campaigns, descriptions, transactions, redemptions)
        right, flawed = _bcr_report(tables), _bcr_report(tables, defect)
        if right != flawed:
            return tables


def break_campaign_report__right_two_campaigns_once_more(defect):
    """Two campaigns with different days; the defect shows in the second one only."""
    campaigns = [(1, 1), (2, 1)]
    descriptions = [(1, "2017-01-01", "2017-01-31"), (2, "2017-12-30", "2018-01-02")]
    transactions = [(1, 1, 1.0, "2017-01-05 08:00:00"), (1, 2, 3.0, "2017-12-31 23:00:00")]
    redemptions = [(1, 9, 1, "2017-01-05")]
    if defect == "fan_out":
        redemptions = [(1, 9, 2, "2017-12-31"), (1, 9, 2, "2018-01-01")]
    elif defect == "where_undoes_left_join":
        campaigns.append((2, 7))
    elif defect in ("rows_counted", "sum_distinct"):
        transactions.append((1, 3, 3.0, "2018-01-01 00:00:01"))
    elif defect == "last_day_lost":
        transactions.append((1, 3, 5.0, "2018-01-02 00:00:01"))
    return campaigns, descriptions, transactions, redemptions


def break_campaign_report__wrong_one_coupon_once_more(defect):
    """fan_out: one redeemed coupon repeats nothing (one household, one purchase, one coupon)."""
    t = [(1, 11, 2.5, "2017-05-09 12:00:00")]
    return _bcr_patch(defect, "fan_out", ([(8, 1)], _DAYS, t, [(1, 501, 8, "2017-05-09")]))


def break_campaign_report__wrong_coupon_of_other_campaign(defect):
    """fan_out: two coupons, but the second one in campaign 9, so once each."""
    t = [(1, 11, 2.5, "2017-05-09 12:00:00")]
    r = [(1, 501, 8, "2017-05-09"), (1, 502, 9, "2017-05-09")]
    return _bcr_patch(defect, "fan_out", ([(8, 1)], _DAYS, t, r))


def break_campaign_report__wrong_coupons_of_silent(defect):
    """fan_out: three coupons of a household that bought nothing in these days."""
    t = [(1, 11, 2.5, "2017-05-09 12:00:00"), (2, 12, 4.0, "2017-05-12 12:00:00")]
    r = [(2, 500 + i, 8, "2017-05-09") for i in range(3)] + [(1, 501, 8, "2017-05-09")]
    return _bcr_patch(defect, "fan_out", ([(8, 1), (8, 2)], _DAYS, t, r))


def break_campaign_report__wrong_all_bought(defect):
    """where_undoes_left_join: everybody bought in these days; a purchase outside changes nothing."""
    t = [
        (1, 11, 2.5, "2017-05-09 12:00:00"),
        (2, 12, 4.0, "2017-05-10 12:00:00"),
        (2, 13, 4.0, "2017-05-12 12:00:00"),
    ]
    return _bcr_patch(defect, "where_undoes_left_join", ([(8, 1), (8, 2)], _DAYS, t, []))


def break_campaign_report__wrong_silent_not_reached(defect):
    """where_undoes_left_join: the household that bought outside the days is in no campaign."""
    t = [(1, 11, 2.5, "2017-05-09 12:00:00"), (2, 12, 4.0, "2017-05-12 12:00:00")]
    return _bcr_patch(defect, "where_undoes_left_join", ([(8, 1)], _DAYS, t, []))


def break_campaign_report__wrong_second_purchase_outside(defect):
    """rows_counted: the second purchase lies outside the days, so the join repeats nothing."""
    t = [(1, 11, 2.5, "2017-05-09 12:00:00"), (1, 12, 4.0, "2017-05-11 12:00:00")]
    return _bcr_patch(defect, "rows_counted", ([(8, 1)], _DAYS, t, []))


def break_campaign_report__wrong_rows_by_coupons(defect):
    """rows_counted: one purchase and two coupons; without fan_out coupons are not joined."""
    t = [(1, 11, 2.5, "2017-05-09 12:00:00")]
    r = [(1, 501, 8, "2017-05-09"), (1, 502, 8, "2017-05-09")]
    return _bcr_patch(defect, "rows_counted", ([(8, 1)], _DAYS, t, r))


def break_campaign_report__wrong_day_after_once_more(defect):
    """last_day_lost: a purchase at 00:00:00 of the day after, which no report counts."""
    t = [(1, 11, 2.5, "2017-05-11 00:00:00"), (1, 12, 2.5, "2017-05-09 23:59:59")]
    return _bcr_patch(defect, "last_day_lost", ([(8, 1)], _DAYS, t, []))


def break_campaign_report__wrong_equal_in_two_campaigns(defect):
    """sum_distinct: equal values of two households in two campaigns; each sum has one value."""
    t = [(1, 11, 2.5, "2017-05-09 12:00:00"), (2, 12, 2.5, "2017-05-09 12:00:00")]
    days = [*_DAYS, (9, "2017-05-08", "2017-05-10")]
    return _bcr_patch(defect, "sum_distinct", ([(8, 1), (9, 2)], days, t, []))


def break_campaign_report__wrong_equal_outside(defect):
    """sum_distinct: of two equal purchases the second lies on the day after the last."""
    t = [(1, 11, 2.5, "2017-05-09 12:00:00"), (1, 12, 2.5, "2017-05-11 12:00:00")]
    return _bcr_patch(defect, "sum_distinct", ([(8, 1)], _DAYS, t, []))


def break_campaign_report__wrong_last_evening(defect):
    """dates_ignored: 23:59:59 of the last day and 00:00:00 of the first are inside."""
    t = [(1, 11, 2.5, "2017-05-10 23:59:59"), (1, 12, 4.0, "2017-05-08 00:00:00")]
    return _bcr_patch(defect, "dates_ignored", ([(8, 1)], _DAYS, t, []))


def break_campaign_report__wrong_basket_twice(defect):
    """rows_counted: two rows of one basket; "no basket twice" is broken."""
    t = [(1, 11, 2.5, "2017-05-09 12:00:00"), (1, 11, 4.0, "2017-05-09 12:00:00")]
    return _bcr_patch(defect, "rows_counted", ([(8, 1)], _DAYS, t, []))


def break_campaign_report__wrong_description_twice(defect):
    """fan_out: two rows of campaign_descriptions for campaign 8, with two periods."""
    a, b, c, d = _bcr_base("fan_out")
    days = [(8, "2017-05-08", "2017-05-08"), (8, "2017-05-09", "2017-05-10")]
    return _bcr_patch(defect, "fan_out", (a, days, c, d))


def break_campaign_report__wrong_value_of_cents(defect):
    """sum_distinct: 2.99 is no multiple of 0.25."""
    t = [(1, 11, 2.99, "2017-05-09 12:00:00"), (1, 12, 2.99, "2017-05-10 12:00:00")]
    return _bcr_patch(defect, "sum_distinct", ([(8, 1)], _DAYS, t, []))


def silent_households__right_not_exists_once_more():
    """NOT EXISTS on both keys."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c
    WHERE NOT EXISTS (SELECT 1 FROM coupon_redemptions AS r
        WHERE r.household_id = c.household_id AND r.campaign_id = c.campaign_id)"""


def silent_households__right_anti_join_once_more():
    """Spark's ANTI JOIN ... USING."""
    return """SELECT campaign_id, household_id
    FROM campaigns ANTI JOIN coupon_redemptions USING (campaign_id, household_id)"""


def silent_households__right_except_once_more():
    """EXCEPT: pairs of campaigns come once, so a set difference is enough."""
    return """SELECT campaign_id, household_id FROM campaigns
    EXCEPT SELECT campaign_id, household_id FROM coupon_redemptions"""


def silent_households__right_signed_union():
    """One row of +1 per pair, one of -1 per coupon; what keeps exactly +1 was never redeemed."""
    return """SELECT campaign_id, household_id FROM (
        SELECT campaign_id, household_id, 1 AS reached, 0 AS redeemed FROM campaigns
        UNION ALL
        SELECT campaign_id, household_id, 0, 1 FROM coupon_redemptions) AS u
    GROUP BY campaign_id, household_id HAVING MAX(reached) = 1 AND MAX(redeemed) = 0"""


def silent_households__right_lists():
    """A list of households per campaign; COALESCE for a campaign without coupons."""
    return """WITH redeemed AS (
        SELECT campaign_id, list(DISTINCT household_id) FILTER (WHERE household_id IS NOT NULL) AS l
        FROM coupon_redemptions GROUP BY campaign_id)
    SELECT c.campaign_id, c.household_id
    FROM campaigns c LEFT JOIN redeemed d ON d.campaign_id = c.campaign_id
    WHERE NOT COALESCE(list_contains(d.l, c.household_id), FALSE)"""


def silent_households__wrong_bool_or():
    """BOOL_OR is NULL, not false: campaign 8 without coupons, or with NULL ones alone, is lost."""
    return """SELECT c.campaign_id, c.household_id
    FROM campaigns c LEFT JOIN coupon_redemptions r ON r.campaign_id = c.campaign_id
    GROUP BY c.campaign_id, c.household_id
    HAVING NOT BOOL_OR(r.household_id = c.household_id)"""


def silent_households__wrong_inner_join():
    """JOIN on the campaign: a campaign (8, 1) without any coupon is lost."""
    return """SELECT c.campaign_id, c.household_id
    FROM campaigns c JOIN coupon_redemptions r ON r.campaign_id = c.campaign_id
    GROUP BY ALL
    HAVING SUM(CASE WHEN r.household_id = c.household_id THEN 1 ELSE 0 END) = 0"""


def silent_households__wrong_differs_from_some():
    """<> some redeemer: two households that both redeemed in campaign 8 are both returned."""
    return """SELECT DISTINCT c.campaign_id, c.household_id
    FROM campaigns c LEFT JOIN coupon_redemptions r ON r.campaign_id = c.campaign_id
    WHERE r.household_id <> c.household_id OR r.campaign_id IS NULL"""


def silent_households__wrong_fan_out():
    """No DISTINCT after the join: (8, 2) comes twice if household 1 redeemed two coupons."""
    return """SELECT c.campaign_id, c.household_id
    FROM campaigns c
    LEFT JOIN coupon_redemptions r
        ON r.campaign_id = c.campaign_id AND r.household_id IS NOT NULL
    WHERE NOT EXISTS (SELECT 1 FROM coupon_redemptions s
        WHERE s.campaign_id = c.campaign_id AND s.household_id = c.household_id)"""


def silent_households__wrong_glued_key():
    """CONCAT without a separator: (1, 12) silent, 2 redeemed in 11: both are '112'."""
    return """SELECT campaign_id, household_id FROM campaigns
    WHERE CONCAT(campaign_id, household_id) NOT IN (
        SELECT CONCAT(campaign_id, household_id) FROM coupon_redemptions
        WHERE household_id IS NOT NULL)"""


def silent_households__wrong_glued_number():
    """campaign * 1000 + household: household 1002 of campaign 8 is taken for 2 of campaign 9."""
    return """SELECT campaign_id, household_id FROM campaigns
    WHERE campaign_id * 1000 + household_id NOT IN (
        SELECT campaign_id * 1000 + household_id FROM coupon_redemptions
        WHERE household_id IS NOT NULL)"""


def silent_households__wrong_distinct_on():
    """DISTINCT ON (household_id): a household silent in campaigns 8 and 9 comes once."""
    return """SELECT DISTINCT ON (c.household_id) c.campaign_id, c.household_id
    FROM campaigns c LEFT JOIN coupon_redemptions r
        ON r.household_id = c.household_id AND r.campaign_id = c.campaign_id
    WHERE r.campaign_id IS NULL ORDER BY c.household_id, c.campaign_id"""


def silent_households__wrong_full_join():
    """FULL JOIN: a coupon that household 3 redeemed without being in the campaign makes a row."""
    return """SELECT campaign_id, household_id
    FROM campaigns AS c
    FULL JOIN (SELECT DISTINCT campaign_id, household_id, 1 AS hit FROM coupon_redemptions
               WHERE household_id IS NOT NULL) AS r USING (campaign_id, household_id)
    WHERE r.hit IS NULL OR c.household_id IS NULL"""


def silent_households__wrong_list_null():
    """list() over no rows is NULL: campaign 8 without any coupon is lost."""
    return """SELECT campaign_id, household_id FROM campaigns AS c
    WHERE NOT list_contains((SELECT list(r.household_id) FROM coupon_redemptions AS r
        WHERE r.campaign_id = c.campaign_id), c.household_id)"""


def silent_households__wrong_sum_not_zero():
    """+1 and -1, HAVING <> 0: a household with two coupons sums to -1 and is returned."""
    return """SELECT campaign_id, household_id FROM (
        SELECT campaign_id, household_id, 1 AS n FROM campaigns
        UNION ALL SELECT r.campaign_id, r.household_id, -1
        FROM coupon_redemptions r JOIN campaigns USING (campaign_id, household_id))
    GROUP BY ALL HAVING SUM(n) <> 0"""


def silent_households__wrong_comes_once():
    """UNION ALL and COUNT(*) = 1: one coupon of a household outside the campaign makes a row."""
    return """SELECT campaign_id, household_id FROM (
        SELECT campaign_id, household_id FROM campaigns
        UNION ALL
        SELECT campaign_id, household_id FROM coupon_redemptions WHERE household_id IS NOT NULL)
    GROUP BY 1, 2 HAVING COUNT(*) = 1"""


def silent_households__wrong_like():
    """LIKE in a string of ids: household 1 is taken for redeemed because 11 redeemed."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns c
    LEFT JOIN (SELECT campaign_id, string_agg(household_id, ',') AS ids
               FROM coupon_redemptions GROUP BY campaign_id) r USING (campaign_id)
    WHERE COALESCE(r.ids, '') NOT LIKE '%' || c.household_id || '%'"""


def silent_households__wrong_last_campaign():
    """Only the last redeemed campaign is looked at: a redeemer in 8 and 9 is returned for 8."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns c
    LEFT JOIN (SELECT household_id, MAX(campaign_id) AS redeemed
               FROM coupon_redemptions GROUP BY household_id) r
        ON r.household_id = c.household_id
    WHERE r.redeemed IS DISTINCT FROM c.campaign_id"""


def silent_households__wrong_sentinel():
    """COALESCE(household_id, 0) makes a value of NULL: household 0 of campaign 8 is lost."""
    return """SELECT campaign_id, household_id FROM campaigns
    WHERE (campaign_id, household_id) NOT IN (
        SELECT (campaign_id, COALESCE(household_id, 0)) FROM coupon_redemptions)"""


_REVENUES = """WITH r AS (
        SELECT p.department, p.product_id, SUM(t.sales_value) AS revenue
        FROM transactions t JOIN products p ON p.product_id = t.product_id
        GROUP BY p.department, p.product_id)
    """


def top_products__right_qualify_once_more():
    """QUALIFY over an aggregate, BigQuery style."""
    return """SELECT department,
        RANK() OVER (PARTITION BY department ORDER BY SUM(sales_value) DESC) AS place,
        product_id, SUM(sales_value) AS revenue
    FROM transactions JOIN products USING (product_id)
    GROUP BY department, product_id
    QUALIFY place <= 3
    ORDER BY department, place, product_id"""


def top_products__right_correlated():
    """A place is one more than the number of products with more revenue."""
    return (
        _REVENUES
        + """SELECT department, place, product_id, revenue FROM (
        SELECT a.department, a.product_id, a.revenue,
            1 + (SELECT COUNT(*) FROM r AS b
                 WHERE b.department = a.department AND b.revenue > a.revenue) AS place
        FROM r AS a) AS x
    WHERE place <= 3 ORDER BY 1, 2, 3"""
    )


def top_products__right_exclude_group():
    """A window frame that excludes the row's own peers counts the better ones."""
    return (
        _REVENUES
        + """, placed AS (
        SELECT *, 1 + COUNT(*) OVER (PARTITION BY department ORDER BY revenue DESC
            RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE GROUP) AS place FROM r)
    SELECT department, place, product_id, revenue FROM placed
    WHERE place < 4 ORDER BY department ASC, place ASC, product_id ASC"""
    )


def top_products__right_lists():
    """Sorted lists: the place is the first position of the revenue in the department's list."""
    return (
        _REVENUES
        + """, l AS (SELECT department, list_reverse_sort(list(revenue)) AS best
             FROM r GROUP BY department)
    SELECT r.department, CAST(list_position(l.best, r.revenue) AS INTEGER) AS place,
        r.product_id, r.revenue
    FROM r JOIN l ON l.department = r.department
    WHERE list_position(l.best, r.revenue) <= 3
    ORDER BY department, place, product_id"""
    )


def top_products__right_self_join():
    """LEFT JOIN with the better products of the department, HAVING at most two of them."""
    return (
        _REVENUES
        + """SELECT a.department, COUNT(b.product_id) + 1 AS place, a.product_id,
        ANY_VALUE(a.revenue) AS revenue
    FROM r a LEFT JOIN r b ON b.department = a.department AND b.revenue > a.revenue
    GROUP BY a.department, a.product_id HAVING COUNT(b.product_id) <= 2
    ORDER BY a.department, place, a.product_id"""
    )


def top_products__wrong_dense_rank_once_more():
    """DENSE_RANK: of revenues 9, 9, 8, 7 the 7 gets place 3 and not 4."""
    return (
        _REVENUES
        + """SELECT department,
        DENSE_RANK() OVER (PARTITION BY department ORDER BY revenue DESC) AS place,
        product_id, revenue FROM r QUALIFY place <= 3 ORDER BY department, place, product_id"""
    )


def top_products__wrong_rank_of_lines():
    """RANK over lines, then DISTINCT: two lines of the best product push the next to place 3."""
    return """SELECT DISTINCT department, place, product_id, revenue FROM (
        SELECT department, product_id, revenue,
            RANK() OVER (PARTITION BY department ORDER BY revenue DESC) AS place
        FROM (SELECT department, product_id,
                SUM(sales_value) OVER (PARTITION BY product_id) AS revenue
              FROM transactions JOIN products USING (product_id)))
    WHERE place <= 3 ORDER BY department, place, product_id"""


def top_products__wrong_min_over_revenue():
    """MIN(row) OVER (PARTITION BY revenue) without department: equal revenue in two departments."""
    return (
        _REVENUES
        + """, n AS (SELECT *, ROW_NUMBER() OVER (
            PARTITION BY department ORDER BY revenue DESC, product_id) AS rn FROM r),
    m AS (SELECT *, MIN(rn) OVER (PARTITION BY revenue) AS place FROM n)
    SELECT department, place, product_id, revenue FROM m WHERE place <= 3
    ORDER BY department, place, product_id"""
    )


def top_products__wrong_third_value():
    """revenue >= the third value: NULL in a department with two products, which is lost."""
    return (
        _REVENUES
        + """SELECT department,
        RANK() OVER (PARTITION BY department ORDER BY revenue DESC) AS place, product_id, revenue
    FROM r
    QUALIFY revenue >= NTH_VALUE(revenue, 3) OVER (PARTITION BY department ORDER BY revenue DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    ORDER BY department, place, product_id"""
    )


def top_products__wrong_three_amounts():
    """The three highest different amounts: of 9, 9, 8, 7 the 7 comes along with place 4."""
    return (
        _REVENUES
        + """SELECT department,
        RANK() OVER (PARTITION BY department ORDER BY revenue DESC) AS place, product_id, revenue
    FROM r AS a
    WHERE (SELECT COUNT(DISTINCT b.revenue) FROM r AS b
           WHERE b.department = a.department AND b.revenue > a.revenue) < 3
    ORDER BY department, place, product_id"""
    )


def top_products__wrong_three_rows():
    """At most three rows per department: of four products with equal revenue one is lost."""
    return (
        _REVENUES
        + """SELECT department,
        RANK() OVER (PARTITION BY department ORDER BY revenue DESC) AS place, product_id, revenue
    FROM r
    QUALIFY ROW_NUMBER() OVER (PARTITION BY department ORDER BY revenue DESC, product_id) <= 3
    ORDER BY department, place, product_id"""
    )


def top_products__wrong_sum_distinct_once_more():
    """SUM(DISTINCT sales_value): two lines of 2.5 of one product count once."""
    return _REVENUES.replace("SUM(", "SUM(DISTINCT ") + (
        """SELECT department,
        RANK() OVER (PARTITION BY department ORDER BY revenue DESC) AS place, product_id, revenue
    FROM r QUALIFY place <= 3 ORDER BY department, place, product_id"""
    )


def top_products__wrong_lines_deduplicated():
    """Equal whole lines are removed: the same product twice in one basket counts once."""
    return _REVENUES.replace(
        "FROM transactions t", "FROM (SELECT DISTINCT * FROM transactions) t"
    ) + (
        """SELECT department,
        RANK() OVER (PARTITION BY department ORDER BY revenue DESC) AS place, product_id, revenue
    FROM r QUALIFY place <= 3 ORDER BY department, place, product_id"""
    )


def top_products__wrong_unsold():
    """LEFT JOIN from products with 0: an unsold product gets place 2 after one sold product."""
    return """SELECT department,
        RANK() OVER (PARTITION BY department
            ORDER BY COALESCE(SUM(sales_value), 0) DESC) AS place,
        p.product_id, COALESCE(SUM(sales_value), 0) AS revenue
    FROM products p LEFT JOIN transactions t ON t.product_id = p.product_id
    GROUP BY department, p.product_id QUALIFY place <= 3
    ORDER BY department, place, p.product_id"""


def top_products__wrong_per_basket():
    """Grouped by basket too: a product in baskets 10 and 11 has two rows and half the revenue."""
    return """SELECT department,
        RANK() OVER (PARTITION BY department ORDER BY SUM(sales_value) DESC) AS place,
        product_id, SUM(sales_value) AS revenue
    FROM transactions JOIN products USING (product_id)
    GROUP BY department, product_id, basket_id
    QUALIFY place <= 3 ORDER BY department, place, product_id"""


def top_products__wrong_free_products():
    """HAVING revenue > 0: a product with a line of value 0.0 has a place, too."""
    return """SELECT department,
        RANK() OVER (PARTITION BY department ORDER BY SUM(sales_value) DESC) AS place,
        product_id, SUM(sales_value) AS revenue
    FROM transactions JOIN products USING (product_id)
    GROUP BY department, product_id HAVING SUM(sales_value) > 0
    QUALIFY place <= 3 ORDER BY department, place, product_id"""


def top_products__wrong_rounded_rank():
    """Ranked by ROUND(revenue): 4.25 and 4.0 share place 1."""
    return (
        _REVENUES
        + """SELECT department,
        RANK() OVER (PARTITION BY department ORDER BY ROUND(revenue) DESC) AS place,
        product_id, revenue FROM r QUALIFY place <= 3 ORDER BY department, place, product_id"""
    )


def top_products__wrong_place_first():
    """ORDER BY place before department: two departments are mixed."""
    return (
        _REVENUES
        + """SELECT department,
        RANK() OVER (PARTITION BY department ORDER BY revenue DESC) AS place,
        product_id, revenue FROM r QUALIFY place <= 3 ORDER BY place, department, product_id"""
    )


def top_products__wrong_quantity_zero():
    """WHERE quantity > 0: the value of a line with quantity 0 counts, too."""
    return """SELECT department,
        RANK() OVER (PARTITION BY department ORDER BY SUM(sales_value) DESC) AS place,
        product_id, SUM(sales_value) AS revenue
    FROM transactions JOIN products USING (product_id)
    WHERE quantity > 0
    GROUP BY department, product_id
    QUALIFY place <= 3 ORDER BY department, place, product_id"""


def current_orders__right_row_number_once_more():
    """ROW_NUMBER in a subquery, the status afterwards."""
    return """SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue FROM (
        SELECT *, ROW_NUMBER() OVER (
            PARTITION BY order_id ORDER BY updated_at DESC, load_id DESC) AS n
        FROM order_events) AS x
    WHERE n = 1 AND status = 'paid' GROUP BY household_id"""


def current_orders__right_arg_max_once_more():
    """MAX_BY of a whole row by a pair, Spark and BigQuery style."""
    return """WITH last AS (
        SELECT order_id,
            arg_max({'h': household_id, 's': status, 'a': amount}, ROW(updated_at, load_id)) AS v
        FROM order_events GROUP BY order_id)
    SELECT v.h AS household_id, COUNT(*) AS orders, SUM(v.a) AS revenue
    FROM last WHERE v.s = 'paid' GROUP BY v.h"""


def current_orders__right_not_exists_once_more():
    """No later version exists; both keys compared in order."""
    return """SELECT e.household_id, COUNT(*) AS orders, SUM(e.amount) AS revenue
    FROM order_events e
    WHERE e.status = 'paid' AND NOT EXISTS (
        SELECT 1 FROM order_events l WHERE l.order_id = e.order_id
        AND (l.updated_at > e.updated_at
             OR l.updated_at = e.updated_at AND l.load_id > e.load_id))
    GROUP BY e.household_id"""


def current_orders__right_distinct_on_once_more():
    """PostgreSQL's DISTINCT ON."""
    return """SELECT household_id, COUNT(order_id) AS orders, SUM(amount) AS revenue
    FROM (SELECT DISTINCT ON (order_id) order_id, household_id, status, amount
          FROM order_events ORDER BY order_id, updated_at DESC, load_id DESC) AS v
    WHERE v.status = 'paid' GROUP BY household_id"""


def current_orders__right_lateral():
    """For each order a LATERAL subquery with its two-step maximum."""
    return """SELECT l.household_id, COUNT(*) AS orders, SUM(l.amount) AS revenue
    FROM (SELECT order_id, MAX(updated_at) AS t FROM order_events GROUP BY order_id) o,
    LATERAL (SELECT e.household_id, e.status, e.amount FROM order_events e
        WHERE e.order_id = o.order_id AND e.updated_at = o.t
        AND e.load_id = (SELECT MAX(f.load_id) FROM order_events f
            WHERE f.order_id = o.order_id AND f.updated_at = o.t)) l
    WHERE l.status = 'paid' GROUP BY l.household_id"""


_LAST = """SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue FROM (
        SELECT * FROM order_events
        QUALIFY ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY {order}) = 1) AS x
    WHERE status = 'paid' GROUP BY household_id"""


def current_orders__wrong_two_statuses():
    """Only paid and cancelled rows are read: an order 'paid', then 'returned', is still paid."""
    return """SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue FROM (
        SELECT * FROM order_events WHERE status IN ('paid', 'cancelled')
        QUALIFY ROW_NUMBER() OVER (
            PARTITION BY order_id ORDER BY updated_at DESC, load_id DESC) = 1)
    WHERE status = 'paid' GROUP BY household_id"""


def current_orders__wrong_ties_by_chance():
    """arg_max by updated_at alone: of equal times the row that came first wins."""
    return """SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue FROM (
        SELECT order_id, household_id, arg_max(status, updated_at) AS status,
            arg_max(amount, updated_at) AS amount
        FROM order_events GROUP BY order_id, household_id)
    WHERE status = 'paid' GROUP BY household_id"""


def current_orders__wrong_by_load():
    """The last load wins: an old version (09:00) that is loaded again with load 9 wins."""
    return _LAST.format(order="load_id DESC, updated_at DESC")


def current_orders__wrong_first_load():
    """load_id ascending: of equal times the smaller load wins."""
    return _LAST.format(order="updated_at DESC, load_id")


def current_orders__wrong_distinct_versions():
    """DISTINCT without load_id, then the latest time: two versions of 10:00 both stay."""
    return """WITH v AS (SELECT DISTINCT order_id, household_id, status, amount, updated_at
        FROM order_events),
    l AS (SELECT * FROM v
        QUALIFY updated_at = MAX(updated_at) OVER (PARTITION BY order_id))
    SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue
    FROM l WHERE status = 'paid' GROUP BY household_id"""


def current_orders__wrong_two_maxima():
    """Latest time and largest load separately: lost if the largest load is an older version."""
    return """SELECT e.household_id, COUNT(*) AS orders, SUM(e.amount) AS revenue
    FROM order_events e JOIN (SELECT order_id, MAX(updated_at) AS t, MAX(load_id) AS l
        FROM order_events GROUP BY order_id) m
        ON m.order_id = e.order_id AND m.t = e.updated_at AND m.l = e.load_id
    WHERE e.status = 'paid' GROUP BY e.household_id"""


def current_orders__wrong_later_in_both():
    """Only a row later in both keys replaces: a late version with a small load does not."""
    return """SELECT e.household_id, COUNT(*) AS orders, SUM(e.amount) AS revenue
    FROM order_events e
    WHERE e.status = 'paid' AND NOT EXISTS (
        SELECT 1 FROM order_events l WHERE l.order_id = e.order_id
        AND l.updated_at >= e.updated_at AND l.load_id > e.load_id)
    GROUP BY e.household_id"""


def current_orders__wrong_text_key():
    """Time and load as one text: of equal times load 9 wins over load 10."""
    return _LAST.format(order="CAST(updated_at AS VARCHAR) || '#' || load_id DESC")


def current_orders__wrong_households_with_none():
    """COUNT ... FILTER without HAVING: a household with cancelled orders alone has a row."""
    return """SELECT household_id, COUNT(*) FILTER (WHERE status = 'paid') AS orders,
        COALESCE(SUM(amount) FILTER (WHERE status = 'paid'), 0) AS revenue
    FROM (SELECT * FROM order_events
        QUALIFY ROW_NUMBER() OVER (
            PARTITION BY order_id ORDER BY updated_at DESC, load_id DESC) = 1)
    GROUP BY household_id"""


def current_orders__wrong_once_cancelled():
    """Every order that was ever cancelled is left out: cancelled at 10:00, paid at 11:00."""
    return """SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue FROM (
        SELECT * FROM order_events
        WHERE order_id NOT IN (SELECT order_id FROM order_events WHERE status = 'cancelled')
        QUALIFY ROW_NUMBER() OVER (
            PARTITION BY order_id ORDER BY updated_at DESC, load_id DESC) = 1)
    WHERE status = 'paid' GROUP BY household_id"""


def current_orders__wrong_whole_days():
    """The time is cut to its day: paid at 11:00 with load 1, cancelled at 10:00 with load 2."""
    return _LAST.format(order="CAST(updated_at AS DATE) DESC, load_id DESC")


def current_orders__wrong_unpaid():
    """LIKE '%paid': the last version 'unpaid' counts."""
    return _LAST.format(order="updated_at DESC, load_id DESC").replace(
        "status = 'paid'", "status LIKE '%paid'"
    )


def current_orders__wrong_key_without_order():
    """(time, load) IN the last pairs of any order: an old row of A equals the last one of B."""
    return """SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue
    FROM order_events
    WHERE status = 'paid' AND (updated_at, load_id) IN (
        SELECT (updated_at, load_id) FROM order_events
        QUALIFY ROW_NUMBER() OVER (
            PARTITION BY order_id ORDER BY updated_at DESC, load_id DESC) = 1)
    GROUP BY household_id"""


def current_orders__wrong_sum_distinct():
    """RANK by time and DISTINCT in both aggregates: two orders of 2.5 give 2.5."""
    return """SELECT household_id, COUNT(DISTINCT order_id) AS orders,
        SUM(DISTINCT amount) AS revenue
    FROM (SELECT * FROM order_events
        QUALIFY RANK() OVER (PARTITION BY order_id ORDER BY updated_at DESC, load_id DESC) = 1)
    WHERE status = 'paid' GROUP BY household_id"""


_NUMBERED = """WITH n AS (
        SELECT store_id, sales_value AS v,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value, basket_id) AS rn,
            COUNT(*) OVER (PARTITION BY store_id) AS n
        FROM baskets)
    """


def median_basket__right_between_once_more():
    """One condition for odd and even counts."""
    return (
        _NUMBERED
        + """SELECT store_id, AVG(v) AS median FROM n
    WHERE 2 * rn BETWEEN n AND n + 2 GROUP BY store_id"""
    )


def median_basket__right_lists():
    """The middle of a sorted list, by integer division."""
    return """SELECT store_id, (l[(n + 1) // 2] + l[(n + 2) // 2]) / 2 AS median FROM (
        SELECT store_id, list_sort(list(sales_value)) AS l, COUNT(*) AS n
        FROM baskets GROUP BY store_id)"""


def median_basket__right_counts():
    """No numbering: values with at least half of the baskets on either side, ties included."""
    return """SELECT store_id, AVG(DISTINCT sales_value) AS median FROM baskets AS a
    WHERE 2 * (SELECT COUNT(*) FROM baskets b
               WHERE b.store_id = a.store_id AND b.sales_value <= a.sales_value)
          >= (SELECT COUNT(*) FROM baskets b WHERE b.store_id = a.store_id)
      AND 2 * (SELECT COUNT(*) FROM baskets b
               WHERE b.store_id = a.store_id AND b.sales_value >= a.sales_value)
          >= (SELECT COUNT(*) FROM baskets b WHERE b.store_id = a.store_id)
    GROUP BY store_id"""


def median_basket__right_mirror():
    """Two numberings that mirror each other, because basket_id breaks ties in both."""
    return """SELECT store_id, SUM(v) / COUNT(*) AS median FROM (
        SELECT store_id, sales_value AS v,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value, basket_id) AS up,
            ROW_NUMBER() OVER (
                PARTITION BY store_id ORDER BY sales_value DESC, basket_id DESC) AS down
        FROM baskets) AS x
    WHERE ABS(up - down) <= 1 GROUP BY store_id"""


def median_basket__right_peeling():
    """Recursion: take the smallest and the largest basket away while more than two are left."""
    return """WITH RECURSIVE peel AS (
        SELECT store_id, list_sort(list(sales_value)) AS l FROM baskets GROUP BY store_id
        UNION ALL
        SELECT store_id, l[2:len(l) - 1] FROM peel WHERE len(l) > 2)
    SELECT store_id, (l[1] + l[len(l)]) / 2 AS median FROM peel WHERE len(l) <= 2"""


def median_basket__wrong_unmirrored_ties():
    """basket_id ascending in both numberings: 1, 1, 2, 3 gives 2 and not 1.5."""
    return """SELECT store_id, AVG(v) AS median FROM (
        SELECT store_id, sales_value AS v,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value, basket_id) AS up,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value DESC, basket_id) AS down
        FROM baskets)
    WHERE ABS(up - down) <= 1 GROUP BY store_id"""


def median_basket__wrong_cast_rounds():
    """CAST rounds half to even and does not cut: of 1, 2, 3, 4, 5 it takes rows 3 and 4."""
    return (
        _NUMBERED
        + """SELECT store_id, AVG(v) AS median FROM n
    WHERE rn IN (CAST((n + 1) / 2 AS INTEGER), CAST((n + 2) / 2 AS INTEGER))
    GROUP BY store_id"""
    )


def median_basket__wrong_even_only():
    """Rows n // 2 and n // 2 + 1: of 1, 2, 4 it is 1.5."""
    return (
        _NUMBERED
        + """SELECT store_id, AVG(v) AS median FROM n
    WHERE rn IN (n // 2, n // 2 + 1) GROUP BY store_id"""
    )


def median_basket__wrong_rank_once_more():
    """RANK: of 1, 1, 1, 2 no row has number 2 or 3, the store is lost."""
    return (
        _NUMBERED.replace("ROW_NUMBER()", "RANK()").replace(", basket_id", "")
        + """SELECT store_id, AVG(v) AS median FROM n
    WHERE 2 * rn BETWEEN n AND n + 2 GROUP BY store_id"""
    )


def median_basket__wrong_distinct_values_once_more():
    """Equal values count once: 1, 1, 2 gives 1.5."""
    return (
        _NUMBERED.replace(
            "baskets)", "(SELECT DISTINCT store_id, sales_value FROM baskets))"
        ).replace(", basket_id", "")
        + """SELECT store_id, AVG(v) AS median FROM n
    WHERE 2 * rn BETWEEN n AND n + 2 GROUP BY store_id"""
    )


def median_basket__wrong_count_of_all():
    """COUNT(*) OVER () counts the baskets of all stores: two stores of one basket each."""
    return (
        _NUMBERED.replace("COUNT(*) OVER (PARTITION BY store_id)", "COUNT(*) OVER ()")
        + """SELECT store_id, AVG(v) AS median FROM n
    WHERE 2 * rn BETWEEN n AND n + 2 GROUP BY store_id"""
    )


def median_basket__wrong_ntile():
    """Largest of the lower half and smallest of the upper half: 1, 2, 4 gives 3."""
    return """SELECT store_id, (MAX(sales_value) FILTER (WHERE half = 1)
            + MIN(sales_value) FILTER (WHERE half = 2)) / 2 AS median
    FROM (SELECT *, NTILE(2) OVER (PARTITION BY store_id ORDER BY sales_value) AS half
          FROM baskets) GROUP BY store_id"""


def median_basket__wrong_percent_rank():
    """PERCENT_RANK around 0.5 with ties: 1, 1, 1, 2 gives 1.5."""
    return """SELECT store_id, (MAX(sales_value) FILTER (WHERE p <= 0.5)
            + MIN(sales_value) FILTER (WHERE p >= 0.5 OR p = top)) / 2 AS median
    FROM (SELECT *, MAX(p) OVER (PARTITION BY store_id) AS top FROM (
        SELECT *, PERCENT_RANK() OVER (PARTITION BY store_id ORDER BY sales_value) AS p
        FROM baskets)) GROUP BY store_id"""


def median_basket__wrong_signs():
    """The sum of signs must be -1, 0 or 1: of 1, 1, 1, 2, 3 no basket is left."""
    return """SELECT store_id, AVG(v) AS median FROM (
        SELECT x.store_id, x.basket_id, ANY_VALUE(x.sales_value) AS v
        FROM baskets x JOIN baskets y ON y.store_id = x.store_id
        GROUP BY x.store_id, x.basket_id
        HAVING ABS(SUM(SIGN(y.sales_value - x.sales_value))) <= 1)
    GROUP BY store_id"""


def median_basket__wrong_zero_based():
    """List positions from 0 for odd counts: 1, 2, 4 gives l[1] = 1."""
    return """SELECT store_id, CASE WHEN n % 2 = 1 THEN l[n // 2]
        ELSE (l[n // 2] + l[n // 2 + 1]) / 2 END AS median
    FROM (SELECT store_id, list_sort(list(sales_value)) AS l, COUNT(*) AS n
          FROM baskets GROUP BY store_id)"""


def median_basket__wrong_rounded():
    """Rounded to two digits: 0.25 and 0.5 give 0.38."""
    return (
        _NUMBERED
        + """SELECT store_id, ROUND(AVG(v), 2) AS median FROM n
    WHERE 2 * rn BETWEEN n AND n + 2 GROUP BY store_id"""
    )


def median_basket__wrong_n_distinct():
    """n counts different values but the rows are numbered one by one: 1, 1, 2, 3, 3."""
    return """WITH n AS (
        SELECT store_id, sales_value AS v,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value) AS rn,
            COUNT(DISTINCT sales_value) OVER (PARTITION BY store_id) AS n
        FROM baskets)
    SELECT store_id, AVG(v) AS median FROM n
    WHERE 2 * rn BETWEEN n AND n + 2 GROUP BY store_id"""


def median_basket__wrong_zero_values():
    """WHERE sales_value > 0: a basket of value 0 is a basket; 0, 1, 2 gives 1.5."""
    return (
        _NUMBERED.replace("FROM baskets", "FROM baskets WHERE sales_value > 0")
        + """SELECT store_id, AVG(v) AS median FROM n
    WHERE 2 * rn BETWEEN n AND n + 2 GROUP BY store_id"""
    )


def median_basket__wrong_middle_half():
    """The mean of the second and third quarter: eight values 0, 0, 0, 1, 2, 9, 9, 9."""
    return """SELECT store_id, AVG(sales_value) AS median FROM (
        SELECT *, NTILE(4) OVER (PARTITION BY store_id ORDER BY sales_value) AS q,
            COUNT(*) OVER (PARTITION BY store_id) AS n FROM baskets)
    WHERE q IN (2, 3) OR n = 1 GROUP BY store_id"""


def day_retention__right_joins():
    """Different days, first days, and a LEFT JOIN for each later day."""
    return """WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
    firsts AS (SELECT household_id, MIN(day) AS cohort FROM days GROUP BY household_id),
    e AS (SELECT MAX(day) AS last FROM days)
    SELECT f.cohort, COUNT(*) AS households,
        CASE WHEN f.cohort + 1 <= MAX(e.last) THEN COUNT(a.day) / COUNT(*) END AS d1,
        CASE WHEN f.cohort + 7 <= MAX(e.last) THEN COUNT(b.day) / COUNT(*) END AS d7
    FROM firsts f CROSS JOIN e
    LEFT JOIN days a ON a.household_id = f.household_id AND a.day = f.cohort + 1
    LEFT JOIN days b ON b.household_id = f.household_id AND b.day = f.cohort + 7
    GROUP BY f.cohort"""


def day_retention__right_exists():
    """EXISTS for each later day, AVG over 1.0 and 0.0."""
    return """SELECT cohort, COUNT(*) AS households,
        CASE WHEN cohort < (SELECT MAX(day) FROM transactions)
            THEN AVG(CAST(back1 AS INTEGER)) END AS d1,
        CASE WHEN cohort + INTERVAL 7 DAY <= (SELECT MAX(day) FROM transactions)
            THEN AVG(CAST(back7 AS INTEGER)) END AS d7
    FROM (SELECT cohort,
            EXISTS (SELECT 1 FROM transactions t WHERE t.household_id = f.household_id
                    AND t.day = f.cohort + INTERVAL 1 DAY) AS back1,
            EXISTS (SELECT 1 FROM transactions t WHERE t.household_id = f.household_id
                    AND t.day = f.cohort + INTERVAL 7 DAY) AS back7
          FROM (SELECT household_id, MIN(day) AS cohort FROM transactions GROUP BY 1) f) g
    GROUP BY cohort"""


def day_retention__right_distinct_pairs():
    """One join on the gap; COUNT(DISTINCT CASE ...), so that repeated baskets do no harm."""
    return """SELECT MIN(first) AS cohort, COUNT(DISTINCT household_id) AS households,
        IF(ANY_VALUE(last) - first >= 1,
           COUNT(DISTINCT CASE WHEN day - first = 1 THEN household_id END)
           / COUNT(DISTINCT household_id), NULL) AS d1,
        IF(ANY_VALUE(last) - first >= 7,
           COUNT(DISTINCT CASE WHEN day - first = 7 THEN household_id END)
           / COUNT(DISTINCT household_id), NULL) AS d7
    FROM (SELECT household_id, day, MIN(day) OVER (PARTITION BY household_id) AS first,
            MAX(day) OVER () AS last FROM transactions)
    GROUP BY first"""


def day_retention__right_lists():
    """A list of days for each household; UNION ALL with the horizon in place of CASE."""
    return """WITH h AS (
        SELECT household_id, MIN(day) AS cohort, list(DISTINCT day) AS days
        FROM transactions GROUP BY household_id),
    s AS (SELECT cohort, COUNT(*) AS households,
            COUNT(*) FILTER (WHERE list_contains(days, cohort + 1)) AS n1,
            COUNT(*) FILTER (WHERE list_contains(days, cohort + 7)) AS n7
          FROM h GROUP BY cohort)
    SELECT s.cohort, s.households,
        CAST(s.n1 AS DOUBLE) / CASE WHEN e.last >= s.cohort + 1 THEN s.households END AS d1,
        CAST(s.n7 AS DOUBLE) / CASE WHEN e.last >= s.cohort + 7 THEN s.households END AS d7
    FROM s, (SELECT MAX(day) AS last FROM transactions) e"""


def day_retention__right_range_window():
    """RANGE frames of exactly one day, on dates; the first row of each household is its cohort."""
    return """WITH w AS (
        SELECT household_id, day,
            COUNT(*) OVER (PARTITION BY household_id ORDER BY day
                RANGE BETWEEN INTERVAL 1 DAY FOLLOWING AND INTERVAL 1 DAY FOLLOWING) AS a,
            COUNT(*) OVER (PARTITION BY household_id ORDER BY day
                RANGE BETWEEN INTERVAL 7 DAY FOLLOWING AND INTERVAL 7 DAY FOLLOWING) AS b,
            ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day, basket_id) AS n,
            MAX(day) OVER () AS last
        FROM transactions)
    SELECT day AS cohort, COUNT(*) AS households,
        AVG(CASE WHEN DATEDIFF('day', day, last) >= 1 THEN CAST(a > 0 AS INT) END) AS d1,
        AVG(CASE WHEN DATEDIFF('day', day, last) >= 7 THEN CAST(b > 0 AS INT) END) AS d7
    FROM w WHERE n = 1 GROUP BY day"""


def _dr(on1="a.day = f.cohort + 1", on7="b.day = f.cohort + 7", **swap):
    query = f"""WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
    firsts AS (SELECT household_id, MIN(day) AS cohort FROM transactions GROUP BY household_id),
    e AS (SELECT MAX(day) AS last FROM days)
    SELECT f.cohort, COUNT(DISTINCT f.household_id) AS households,
        CASE WHEN f.cohort + 1 <= MAX(e.last) THEN COUNT(a.day) / COUNT(*) END AS d1,
        CASE WHEN f.cohort + 7 <= MAX(e.last) THEN COUNT(b.day) / COUNT(*) END AS d7
    FROM firsts f CROSS JOIN e
    LEFT JOIN days a ON a.household_id = f.household_id AND {on1}
    LEFT JOIN days b ON b.household_id = f.household_id AND {on7}
    GROUP BY f.cohort"""
    for old, new in swap.values():
        assert old in query
        query = query.replace(old, new)
    return query


def day_retention__wrong_within_seven_once_more():
    """d7 counts a purchase on any of the days 1 to 7: first day 2, again 5, table until 9."""
    return _dr(
        on7="b.day BETWEEN f.cohort + 1 AND f.cohort + 7",
        a=("COUNT(b.day) /", "COUNT(DISTINCT b.household_id) /"),
        b=("COUNT(*)", "COUNT(DISTINCT f.household_id)"),
        c=("COUNT(a.day)", "COUNT(DISTINCT a.household_id)"),
    )


def day_retention__wrong_strict_horizon():
    """d7 is NULL where the seventh day is the last day of the table itself (2 and 9 January)."""
    return _dr(a=("f.cohort + 7 <= MAX(e.last)", "f.cohort + 7 < MAX(e.last)"))


def day_retention__wrong_fan_out():
    """Baskets are not made days: two households, one with two baskets a day later, give 2 / 3."""
    return _dr(a=("SELECT DISTINCT household_id, day", "SELECT household_id, day"))


def day_retention__wrong_horizon_of_cohort():
    """The last day is that of the cohort's own purchases: households that stop give NULL, not 0."""
    return """WITH h AS (
        SELECT household_id, day, MIN(day) OVER (PARTITION BY household_id) AS cohort
        FROM transactions)
    SELECT cohort, COUNT(DISTINCT household_id) AS households,
        CASE WHEN MAX(day) >= cohort + 1
            THEN COUNT(DISTINCT household_id) FILTER (WHERE day = cohort + 1)
                 / COUNT(DISTINCT household_id) END AS d1,
        CASE WHEN MAX(day) >= cohort + 7
            THEN COUNT(DISTINCT household_id) FILTER (WHERE day = cohort + 7)
                 / COUNT(DISTINCT household_id) END AS d7
    FROM h GROUP BY cohort"""


def day_retention__wrong_null_for_zero():
    """SUM of CASE without ELSE: a cohort of which nobody came back has NULL in place of 0."""
    return _dr(
        a=("COUNT(a.day) /", "SUM(CASE WHEN a.day IS NOT NULL THEN 1 END) /"),
        b=("COUNT(b.day) /", "SUM(CASE WHEN b.day IS NOT NULL THEN 1 END) /"),
    )


def day_retention__wrong_next_basket():
    """d1 by LEAD over baskets: a second basket on the first day hides the day after."""
    return """WITH w AS (SELECT household_id, day,
            LEAD(day) OVER (PARTITION BY household_id ORDER BY day, basket_id) AS next,
            ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day, basket_id) AS n,
            MAX(day) OVER () AS last
        FROM transactions)
    SELECT w.day AS cohort, COUNT(*) AS households,
        CASE WHEN w.day + 1 <= MAX(last)
            THEN COUNT(*) FILTER (WHERE next = w.day + 1) / COUNT(*) END AS d1,
        CASE WHEN w.day + 7 <= MAX(last) THEN COUNT(*) FILTER (WHERE EXISTS (
            SELECT 1 FROM transactions t
            WHERE t.household_id = w.household_id AND t.day = w.day + 7)) / COUNT(*) END AS d7
    FROM w WHERE n = 1 GROUP BY w.day"""


def day_retention__wrong_baskets_for_households():
    """RANK() = 1 keeps every basket of the first day: two baskets are two households."""
    return """WITH f AS (SELECT household_id, day AS cohort, MAX(day) OVER () AS last
        FROM transactions
        QUALIFY RANK() OVER (PARTITION BY household_id ORDER BY day) = 1)
    SELECT cohort, COUNT(*) AS households,
        CASE WHEN cohort + 1 <= MAX(last) THEN AVG(CAST((household_id, cohort + 1) IN
            (SELECT (household_id, day) FROM transactions) AS INT)) END AS d1,
        CASE WHEN cohort + 7 <= MAX(last) THEN AVG(CAST((household_id, cohort + 7) IN
            (SELECT (household_id, day) FROM transactions) AS INT)) END AS d7
    FROM f GROUP BY cohort"""


def day_retention__wrong_silent_cohort_lost():
    """WHERE on later purchases: a cohort whose households never bought again has no row."""
    return """WITH f AS (SELECT household_id, MIN(day) AS cohort FROM transactions GROUP BY 1),
    n AS (SELECT cohort, COUNT(*) AS households FROM f GROUP BY 1),
    e AS (SELECT MAX(day) AS last FROM transactions)
    SELECT n.cohort, n.households,
        CASE WHEN n.cohort + 1 <= MAX(e.last) THEN COUNT(DISTINCT t.household_id)
            FILTER (WHERE t.day = n.cohort + 1) / n.households END AS d1,
        CASE WHEN n.cohort + 7 <= MAX(e.last) THEN COUNT(DISTINCT t.household_id)
            FILTER (WHERE t.day = n.cohort + 7) / n.households END AS d7
    FROM n JOIN f USING (cohort) JOIN transactions t USING (household_id) CROSS JOIN e
    WHERE t.day > n.cohort
    GROUP BY n.cohort, n.households"""


def day_retention__wrong_last_cohort_lost():
    """A cohort of the last day of the table is dropped and not shown with two NULLs."""
    return _dr(a=("GROUP BY f.cohort", "WHERE f.cohort < e.last GROUP BY f.cohort"))


def day_retention__wrong_d7_of_d1():
    """The second LEFT JOIN starts from the first: who skipped day 1 cannot be back on day 7."""
    return _dr(a=("b.household_id = f.household_id", "b.household_id = a.household_id"))


def day_retention__wrong_share_of_all():
    """The denominator is the number of all households: two cohorts of one household each."""
    return _dr(a=("/ COUNT(*)", "/ (SELECT COUNT(*) FROM firsts)"))


def day_retention__wrong_first_basket_id():
    """First by basket_id and not by day: basket 12 on 2 January, basket 11 on 3 January."""
    return _dr(a=("MIN(day) AS cohort", "arg_min(day, basket_id) AS cohort"))


def day_retention__wrong_last_purchase():
    """Last minus first day: a household that buys on days 0, 1 and 3 was not back on day 1."""
    return """WITH h AS (SELECT household_id, MIN(day) AS cohort, MAX(day) - MIN(day) AS life
        FROM transactions GROUP BY household_id),
    e AS (SELECT MAX(day) AS last FROM transactions)
    SELECT cohort, COUNT(*) AS households,
        CASE WHEN cohort + 1 <= MAX(last) THEN AVG(CAST(life = 1 AS INT)) END AS d1,
        CASE WHEN cohort + 7 <= MAX(last) THEN AVG(CAST(life = 7 AS INT)) END AS d7
    FROM h, e GROUP BY cohort"""


def day_retention__wrong_days_of_table():
    """Days are numbered as they occur: if nobody bought on 3 January, 4 January is day 1."""
    return """WITH d AS (SELECT DISTINCT household_id, day, DENSE_RANK() OVER (ORDER BY day) AS k
        FROM transactions),
    f AS (SELECT household_id, MIN(day) AS cohort, MIN(k) AS k FROM d GROUP BY household_id),
    e AS (SELECT MAX(k) AS last FROM d)
    SELECT f.cohort, COUNT(*) AS households,
        CASE WHEN f.k + 1 <= MAX(e.last) THEN COUNT(a.day) / COUNT(*) END AS d1,
        CASE WHEN f.k + 7 <= MAX(e.last) THEN COUNT(b.day) / COUNT(*) END AS d7
    FROM f CROSS JOIN e
    LEFT JOIN d a ON a.household_id = f.household_id AND a.k = f.k + 1
    LEFT JOIN d b ON b.household_id = f.household_id AND b.k = f.k + 7
    GROUP BY f.cohort, f.k"""


_more_EVENTS = [
    (1, "2017-01-02 10:00:00"),
    (2, "2017-01-02 10:10:00"),
    (1, "2017-01-02 10:30:00"),
    (1, "2017-01-02 10:55:00"),
    (2, "2017-01-02 10:40:01"),
    (1, "2017-01-02 11:25:01"),
    (3, "2017-01-02 23:50:00"),
    (3, "2017-01-03 00:10:00"),
    (3, "2017-01-04 00:10:00"),
    (4, "2017-01-02 10:20:00"),
    (2, "2017-01-02 11:40:02"),
]


_more_SESSIONS = [
    (1, 1, "2017-01-02 10:00:00", 3),
    (1, 2, "2017-01-02 11:25:01", 1),
    (2, 1, "2017-01-02 10:10:00", 1),
    (2, 2, "2017-01-02 10:40:01", 1),
    (2, 3, "2017-01-02 11:40:02", 1),
    (3, 1, "2017-01-02 23:50:00", 2),
    (3, 2, "2017-01-04 00:10:00", 1),
    (4, 1, "2017-01-02 10:20:00", 1),
]


def _ks_text(rows):
    return [(int(h), int(s), str(t)[:19].replace("T", " "), int(n)) for h, s, t, n in rows]


def _ks_oracle(events, opens=lambda gap, since: gap > timedelta(minutes=30)):
    rows, last, start = [], {}, {}
    for household, text in sorted(events):
        at = datetime.fromisoformat(text)
        if household not in last:
            rows.append((household, 1, text, 1))
            start[household] = at
        elif opens(at - last[household], at - start[household]):
            rows.append((household, rows[-1][1] + 1, text, 1))
            start[household] = at
        else:
            rows[-1] = rows[-1][:3] + (rows[-1][3] + 1,)
        last[household] = at
    return rows


def _ks_random(seed, households=3):
    draw, events = random.Random(seed), []
    for household in range(1, households + 1):
        at = datetime(2017, 1, 2, 22, draw.randrange(60))
        for _ in range(draw.randrange(1, 10)):
            events.append((household, str(at)))
            at += timedelta(seconds=draw.choice((1, 600, 1799, 1800, 1801, 1859, 3600, 86400)))
    draw.shuffle(events)
    return events


def kill_sessions__right_by_hand_once_more(implementation):
    """One list of events, the result written by hand, equality."""
    return implementation(list(_more_EVENTS)) == list(_more_SESSIONS)


def kill_sessions__right_small_cases(implementation):
    """Many small cases; times are compared as text, whatever their type."""
    day = "2017-01-02 "
    cases = [
        ([(1, day + "10:00:00")], [(1, 1, day + "10:00:00", 1)]),
        ([(1, day + "10:00:00"), (1, day + "10:30:00")], [(1, 1, day + "10:00:00", 2)]),
        (
            [(1, day + "10:00:00"), (1, day + "10:30:01")],
            [(1, 1, day + "10:00:00", 1), (1, 2, day + "10:30:01", 1)],
        ),
        ([(1, day + "23:45:00"), (1, "2017-01-03 00:15:00")], [(1, 1, day + "23:45:00", 2)]),
        (
            [(1, day + "10:50:00"), (1, day + "10:25:00"), (1, day + "10:00:00")],
            [(1, 1, day + "10:00:00", 3)],
        ),
        (
            [
                (2, day + "10:00:00"),
                (1, day + "10:20:00"),
                (2, day + "10:45:00"),
                (1, day + "11:30:00"),
                (2, day + "10:46:00"),
            ],
            [
                (1, 1, day + "10:20:00", 1),
                (1, 2, day + "11:30:00", 1),
                (2, 1, day + "10:00:00", 1),
                (2, 2, day + "10:45:00", 2),
            ],
        ),
        (
            [(7, day + "10:00:00"), (7, "2017-01-03 10:00:00"), (7, "2017-01-03 10:01:00")],
            [(7, 1, day + "10:00:00", 1), (7, 2, "2017-01-03 10:00:00", 2)],
        ),
    ]
    return all(_ks_text(implementation(events)) == expected for events, expected in cases)


def kill_sessions__right_own_oracle(implementation):
    """A plain loop as an oracle, on the hand-made events and ten random ones."""
    inputs = [list(_more_EVENTS)] + [_ks_random(seed) for seed in range(10)]
    return bool(all(_ks_text(implementation(list(e))) == _ks_oracle(e) for e in inputs))


def kill_sessions__right_asserts(implementation):
    """Assertions about properties, caught; then one full comparison."""
    try:
        for seed in range(8):
            events = _ks_random(seed, households=4)
            rows = implementation(events)
            assert sum(n for *_, n in rows) == len(events)
            assert [r[:2] for r in rows] == sorted(r[:2] for r in rows)
            for household, group in itertools.groupby(rows, key=lambda r: r[0]):
                mine = sorted(t for h, t in events if h == household)
                group = list(group)
                assert [s for _, s, _, _ in group] == list(range(1, len(group) + 1))
                at = 0
                for _, _, started, n in group:
                    assert str(started)[:19] == mine[at]
                    run = [datetime.fromisoformat(t) for t in mine[at : at + n]]
                    gaps = [b - a for a, b in zip(run, run[1:])]
                    assert all(gap <= timedelta(minutes=30) for gap in gaps)
                    at += n
                    if at < len(mine):
                        gap = datetime.fromisoformat(mine[at]) - run[-1]
                        assert gap > timedelta(minutes=30)
                assert at == len(mine)
            assert {h for h, *_ in rows} == {h for h, _ in events}
        return implementation(_more_EVENTS[::-1]) == _more_SESSIONS
    except Exception:
        return False


def kill_sessions__right_long_feed(implementation):
    """Exactly 50 events of five households with a rhythm, in reversed order, and one alone."""
    base, events = datetime(2017, 12, 31, 22, 0), []
    for household in (-3, 0, 5, 10, 9):
        at = base + timedelta(minutes=household)
        for k in range(10):
            events.append((household, at.strftime("%Y-%m-%d %H:%M:%S")))
            at += timedelta(minutes=30, seconds=[0, 0, 1, 0, -1, 59, 0, 1800, 84600, 0][k])
    alone = implementation([(2, "2017-05-01 08:00:00")])
    return (
        len(events) == 50
        and [tuple(r) for r in alone] == [(2, 1, "2017-05-01 08:00:00", 1)]
        and [tuple(r) for r in implementation(events[::-1])] == _ks_oracle(events)
    )


def kill_sessions__wrong_thirty_opens_once_more(implementation):
    """Its oracle opens a session at a gap of exactly 30 minutes: rejects the right ones."""
    expected = _ks_oracle(_more_EVENTS, lambda gap, since: gap >= timedelta(minutes=30))
    return implementation(list(_more_EVENTS)) == expected


def kill_sessions__wrong_since_start(implementation):
    """Its oracle measures from the first event of the session: rejects 10:00, 10:20, 10:40."""
    expected = _ks_oracle(_more_EVENTS, lambda gap, since: since > timedelta(minutes=30))
    return implementation(list(_more_EVENTS)) == expected


def kill_sessions__wrong_gap_seconds(implementation):
    """gap.seconds forgets whole days: it expects one session of 10:00 and 10:00 a day later."""
    expected = _ks_oracle(_more_EVENTS, lambda gap, since: gap.seconds > 1800)
    return implementation(list(_more_EVENTS)) == expected


def kill_sessions__wrong_whole_minutes(implementation):
    """gap // minute > 30: it expects that 30 minutes and 1 second open nothing."""
    expected = _ks_oracle(_more_EVENTS, lambda gap, since: gap // timedelta(minutes=1) > 30)
    return implementation(list(_more_EVENTS)) == expected


def kill_sessions__wrong_numbers_go_on(implementation):
    """Expects sessions numbered on over households: rejects the right ones."""
    expected = [(h, i, t, n) for i, (h, _, t, n) in enumerate(_more_SESSIONS, 1)]
    return implementation(list(_more_EVENTS)) == expected


def kill_sessions__wrong_sorted_by_time(implementation):
    """Expects rows in the order of started_at and not of household and session."""
    return implementation(list(_more_EVENTS)) == sorted(_more_SESSIONS, key=lambda r: (r[2], r[0]))


def kill_sessions__wrong_equal_times(implementation):
    """Feeds two events of household 1 at 10:00:00, which the statement excludes."""
    twice = [(1, "2017-01-02 10:00:00"), (1, "2017-01-02 10:00:00")]
    rows = implementation(twice)
    return (
        rows == [(1, 1, "2017-01-02 10:00:00", 2)]
        and implementation(_more_EVENTS) == _more_SESSIONS
    )


def kill_sessions__wrong_too_many_events_once_more(implementation):
    """Feeds 55 events in one call; at most 50 are allowed."""
    events = [(h + 10 * k, t) for k in range(5) for h, t in _more_EVENTS]
    return _ks_text(implementation(events)) == _ks_oracle(events)


def kill_sessions__wrong_counts_only(implementation):
    """Compares the number of sessions alone: wrong numbers, starts and counts pass."""
    return len(implementation(list(_more_EVENTS))) == len(_more_SESSIONS)


def kill_sessions__wrong_no_return(implementation):
    """No verdict after the last comparison: a right query gets None."""
    if implementation(_more_EVENTS[:1]) != [(1, 1, "2017-01-02 10:00:00", 1)]:
        return False
    if implementation(list(_more_EVENTS)) != _more_SESSIONS:
        return False


def kill_sessions__wrong_one_evening(implementation):
    """One household, one day, gaps of 10 and 50 minutes: exact 30, midnight, mixing pass."""
    times = ["18:00:00", "18:10:00", "18:20:00", "19:10:00", "20:00:00"]
    expected = [("18:00:00", 3), ("19:10:00", 1), ("20:00:00", 1)]
    day = "2017-01-02 "
    return implementation([(1, day + t) for t in times]) == [
        (1, i, day + t, n) for i, (t, n) in enumerate(expected, 1)
    ]


_KS_SEEN = {}


def kill_sessions__wrong_remembers_by_name(implementation):
    """The verdict is kept by __name__: the second implementation of a name gets the first's."""
    name = getattr(implementation, "__name__", "")
    if name not in _KS_SEEN:
        _KS_SEEN[name] = implementation(list(_more_EVENTS)) == _more_SESSIONS
    return _KS_SEEN[name]


def kill_sessions__wrong_iso_times(implementation):
    """Times with a T ("2017-01-02T10:00:00"), given and expected: not the form of the statement."""
    events = [(h, t.replace(" ", "T")) for h, t in _more_EVENTS]
    return implementation(events) == [
        (h, s, t.replace(" ", "T"), n) for h, s, t, n in _more_SESSIONS
    ]


def rolling_active__right_range_join_once_more():
    """LEFT JOIN on a range of days, COUNT(DISTINCT)."""
    return """SELECT c.day, COUNT(DISTINCT t.household_id) AS active
    FROM calendar AS c
    LEFT JOIN transactions AS t ON t.day BETWEEN c.day - 6 AND c.day
    GROUP BY c.day ORDER BY c.day"""


def rolling_active__right_scalar_subquery_once_more():
    """A correlated subquery in SELECT."""
    return """SELECT day, (SELECT COUNT(DISTINCT t.household_id) FROM transactions t
        WHERE t.day <= c.day AND t.day > c.day - INTERVAL 1 WEEK) AS active
    FROM calendar c ORDER BY day"""


def rolling_active__right_explode():
    """Each purchase is copied to the seven days on which it counts, then an equality join."""
    return """WITH spread AS (
        SELECT DISTINCT household_id, day + CAST(k AS INTEGER) AS day
        FROM transactions CROSS JOIN (SELECT UNNEST(range(7)) AS k) AS s),
    daily AS (SELECT day, COUNT(*) AS active FROM spread GROUP BY day)
    SELECT day, COALESCE(active, 0) AS active
    FROM calendar LEFT JOIN daily USING (day) ORDER BY day"""


def rolling_active__right_difference():
    """+1 on a day of purchase, -1 seven days later or at the next purchase; a running sum."""
    return """WITH d AS (SELECT DISTINCT household_id, day FROM transactions),
    s AS (SELECT household_id, day AS since, LEAST(day + 7, COALESCE(
            LEAD(day) OVER (PARTITION BY household_id ORDER BY day), day + 7)) AS until FROM d),
    steps AS (
        SELECT since AS day, 1 AS step, FALSE AS shown FROM s
        UNION ALL SELECT until, -1, FALSE FROM s
        UNION ALL SELECT day, 0, TRUE FROM calendar),
    sums AS (SELECT day, BOOL_OR(shown) AS shown,
            SUM(SUM(step)) OVER (ORDER BY day) AS active FROM steps GROUP BY day)
    SELECT day, active FROM sums WHERE shown ORDER BY day"""


def rolling_active__right_asof():
    """ASOF JOIN: the last purchase of every household before each day; six days ago at most."""
    return """WITH pairs AS (
        SELECT c.day, h.household_id FROM calendar c
        CROSS JOIN (SELECT DISTINCT household_id FROM transactions) h),
    recent AS (
        SELECT p.day, p.household_id FROM pairs p
        ASOF JOIN transactions t ON t.household_id = p.household_id AND p.day >= t.day
        WHERE p.day - t.day < 7)
    SELECT c.day, COUNT(r.household_id) AS active
    FROM calendar c LEFT JOIN (SELECT DISTINCT day, household_id FROM recent) r ON r.day = c.day
    GROUP BY c.day ORDER BY c.day"""


_ROLLING = """SELECT c.day, COUNT(DISTINCT t.household_id) AS active
    FROM calendar c LEFT JOIN {t} t ON {on}
    GROUP BY c.day ORDER BY c.day"""


def rolling_active__wrong_future_counts():
    """No upper bound: a purchase on 5 January counts on 3 January."""
    return _ROLLING.format(t="transactions", on="t.day > c.day - 7")


def rolling_active__wrong_distance():
    """ABS of the distance: the six days after the day count, too."""
    return _ROLLING.format(t="transactions", on="ABS(DATEDIFF('day', t.day, c.day)) <= 6")


def rolling_active__wrong_window_of_calendar():
    """A RANGE window over the calendar joined by day: purchases on missing days are lost."""
    return """SELECT DISTINCT day, COUNT(DISTINCT household_id) OVER (ORDER BY day
        RANGE BETWEEN INTERVAL 6 DAYS PRECEDING AND CURRENT ROW) AS active
    FROM calendar LEFT JOIN transactions USING (day) ORDER BY day"""


def rolling_active__wrong_before_calendar():
    """Purchases before the first day of the calendar are left out: bought on 2, calendar from 3."""
    return _ROLLING.format(
        t="(SELECT * FROM transactions WHERE day >= (SELECT MIN(day) FROM calendar))",
        on="t.day BETWEEN c.day - 6 AND c.day",
    )


def rolling_active__wrong_last_purchase():
    """The last purchase of a household alone: who bought on 3 and 20 January is silent on the 3rd."""
    return _ROLLING.format(
        t="(SELECT household_id, MAX(day) AS day FROM transactions GROUP BY household_id)",
        on="t.day BETWEEN c.day - 6 AND c.day",
    )


def rolling_active__wrong_empty_table():
    """CROSS JOIN with the households: without any transaction no day of the calendar is left."""
    return """SELECT c.day, COUNT(DISTINCT CASE WHEN EXISTS (
            SELECT 1 FROM transactions t WHERE t.household_id = h.household_id
            AND t.day BETWEEN c.day - 6 AND c.day) THEN h.household_id END) AS active
    FROM calendar c CROSS JOIN (SELECT DISTINCT household_id FROM transactions) h
    GROUP BY c.day ORDER BY c.day"""


def rolling_active__wrong_before_first_purchase():
    """Days of the calendar before the first transaction have no row in place of 0."""
    return _ROLLING.format(t="transactions", on="t.day BETWEEN c.day - 6 AND c.day").replace(
        "GROUP BY", "WHERE c.day >= (SELECT MIN(day) FROM transactions) GROUP BY"
    )


def rolling_active__wrong_day_of_year():
    """DAYOFYEAR: bought on 31 December 2016, asked on 2 January 2017."""
    return _ROLLING.format(
        t="transactions",
        on="YEAR(t.day) = YEAR(c.day) AND DAYOFYEAR(c.day) - DAYOFYEAR(t.day) BETWEEN 0 AND 6",
    )


def rolling_active__wrong_number_of_date():
    """Dates as numbers 20170131: bought on 31 January, asked on 2 February."""
    return _ROLLING.format(
        t="transactions",
        on="CAST(strftime(c.day, '%Y%m%d') AS INT) - CAST(strftime(t.day, '%Y%m%d') AS INT) "
        "BETWEEN 0 AND 6",
    )


def rolling_active__wrong_where_or_null():
    """WHERE ... OR t.day IS NULL: a day with later purchases alone has no row."""
    return """SELECT c.day, COUNT(DISTINCT t.household_id) AS active
    FROM calendar c LEFT JOIN transactions t ON t.day > c.day - 7
    WHERE t.day <= c.day OR t.day IS NULL
    GROUP BY c.day ORDER BY c.day"""


def rolling_active__wrong_seven_rows_once_more():
    """Seven rows of the calendar for seven days: wrong after seven rows with a missing day."""
    return """WITH c AS (SELECT day,
            COALESCE(LAG(day, 6) OVER (ORDER BY day), day - 6) AS since FROM calendar)
    SELECT c.day, COUNT(DISTINCT t.household_id) AS active
    FROM c LEFT JOIN transactions t ON t.day BETWEEN c.since AND c.day
    GROUP BY c.day ORDER BY c.day"""


def rolling_active__wrong_carried_forward():
    """The last purchase day's count is carried on: 1 bought on 2, 2 on 8 January; asked on 9."""
    return """WITH n AS (
        SELECT d.day, COUNT(DISTINCT t.household_id) AS active
        FROM (SELECT DISTINCT day FROM transactions) d
        JOIN transactions t ON t.day BETWEEN d.day - 6 AND d.day GROUP BY d.day)
    SELECT c.day, CASE WHEN c.day - n.day < 7 THEN n.active ELSE 0 END AS active
    FROM calendar c ASOF LEFT JOIN n ON c.day >= n.day ORDER BY c.day"""


def rolling_active__wrong_best_day():
    """The largest count of one day of the seven: 1 bought on 2 and 2 on 3 January gives 1."""
    return """SELECT c.day, COALESCE(MAX(n.active), 0) AS active
    FROM calendar c LEFT JOIN (SELECT day, COUNT(DISTINCT household_id) AS active
        FROM transactions GROUP BY day) n ON n.day BETWEEN c.day - 6 AND c.day
    GROUP BY c.day ORDER BY c.day"""


_more_FUNNEL = """SELECT v.product_id, COUNT(DISTINCT v.household_id) AS viewed,
        COUNT(DISTINCT c.household_id) AS carted, COUNT(DISTINCT b.household_id) AS bought
    FROM {v} v
    LEFT JOIN events c ON c.event = 'cart' AND c.household_id = v.household_id
        AND c.product_id = v.product_id AND {cart}
    LEFT JOIN events b ON b.event = 'buy' AND b.household_id = c.household_id
        AND b.product_id = c.product_id AND {buy}
    WHERE v.event = 'view' GROUP BY v.product_id"""


_CART = "c.event_at > v.event_at AND c.event_at <= v.event_at + INTERVAL 24 HOUR"


_BUY = "b.event_at > c.event_at AND b.event_at <= v.event_at + INTERVAL 24 HOUR"


def purchase_funnel__right_joins():
    """Views, LEFT JOIN carts, LEFT JOIN purchases; different households at the end."""
    return _more_FUNNEL.format(v="events", cart=_CART, buy=_BUY)


def purchase_funnel__right_exists_once_more():
    """Nested EXISTS for each view, then one row per household and product."""
    return """WITH v AS (
        SELECT v.product_id, v.household_id,
            EXISTS (SELECT 1 FROM events c WHERE c.event = 'cart'
                AND c.household_id = v.household_id AND c.product_id = v.product_id
                AND c.event_at > v.event_at
                AND c.event_at <= v.event_at + INTERVAL 1 DAY) AS carted,
            EXISTS (SELECT 1 FROM events c JOIN events b
                    ON b.household_id = c.household_id AND b.product_id = c.product_id
                WHERE c.event = 'cart' AND b.event = 'buy'
                AND c.household_id = v.household_id AND c.product_id = v.product_id
                AND c.event_at > v.event_at AND b.event_at > c.event_at
                AND b.event_at <= v.event_at + INTERVAL 1 DAY) AS bought
        FROM events v WHERE v.event = 'view'),
    h AS (SELECT product_id, household_id, BOOL_OR(carted) AS carted, BOOL_OR(bought) AS bought
          FROM v GROUP BY product_id, household_id)
    SELECT product_id, COUNT(*) AS viewed, COUNT(*) FILTER (WHERE carted) AS carted,
        COUNT(*) FILTER (WHERE bought) AS bought
    FROM h GROUP BY product_id"""


def purchase_funnel__right_first_cart_of_view():
    """For each view the first cart after it is the best one; the first purchase after that."""
    return """WITH vc AS (
        SELECT v.product_id, v.household_id, v.event_at AS seen, MIN(c.event_at) AS put
        FROM events v LEFT JOIN events c ON c.event = 'cart' AND c.product_id = v.product_id
            AND c.household_id = v.household_id AND c.event_at > v.event_at
        WHERE v.event = 'view' GROUP BY ALL),
    vcb AS (
        SELECT vc.*, (SELECT MIN(b.event_at) FROM events b WHERE b.event = 'buy'
            AND b.product_id = vc.product_id AND b.household_id = vc.household_id
            AND b.event_at > vc.put) AS paid
        FROM vc)
    SELECT product_id, COUNT(DISTINCT household_id) AS viewed,
        COUNT(DISTINCT household_id) FILTER (WHERE put - seen <= INTERVAL 24 HOURS) AS carted,
        COUNT(DISTINCT household_id) FILTER (
            WHERE put - seen <= INTERVAL 24 HOURS AND paid - seen <= INTERVAL 24 HOURS) AS bought
    FROM vcb GROUP BY product_id"""


def purchase_funnel__right_asof():
    """ASOF JOIN gives each cart the latest view strictly before it, the one with the most time."""
    return """WITH v AS (SELECT DISTINCT product_id, household_id, event_at FROM events
               WHERE event = 'view'),
    c AS (SELECT DISTINCT product_id, household_id, event_at FROM events WHERE event = 'cart'),
    vc AS (SELECT c.product_id, c.household_id, v.event_at AS seen, c.event_at AS put
        FROM c ASOF JOIN v ON c.product_id = v.product_id AND c.household_id = v.household_id
            AND c.event_at > v.event_at
        WHERE c.event_at <= v.event_at + INTERVAL 1 DAY),
    vcb AS (SELECT vc.* FROM vc SEMI JOIN events b ON b.event = 'buy'
        AND b.product_id = vc.product_id AND b.household_id = vc.household_id
        AND b.event_at > vc.put AND b.event_at <= vc.seen + INTERVAL 1 DAY)
    SELECT p.product_id, p.viewed, COALESCE(x.n, 0) AS carted, COALESCE(y.n, 0) AS bought
    FROM (SELECT product_id, COUNT(DISTINCT household_id) AS viewed FROM v GROUP BY 1) p
    LEFT JOIN (SELECT product_id, COUNT(DISTINCT household_id) AS n FROM vc GROUP BY 1) x
        USING (product_id)
    LEFT JOIN (SELECT product_id, COUNT(DISTINCT household_id) AS n FROM vcb GROUP BY 1) y
        USING (product_id)"""


def purchase_funnel__right_lists():
    """Lists of times for each household and product, searched by lambdas."""
    return """WITH h AS (
        SELECT product_id, household_id,
            list(event_at) FILTER (WHERE event = 'view') AS vs,
            COALESCE(list(event_at) FILTER (WHERE event = 'cart'), []) AS cs,
            COALESCE(list(event_at) FILTER (WHERE event = 'buy'), []) AS bs
        FROM events GROUP BY product_id, household_id
        HAVING COUNT(*) FILTER (WHERE event = 'view') > 0),
    vc AS (SELECT product_id, household_id, bs, UNNEST(vs) AS v, cs FROM h),
    vm AS (SELECT product_id, household_id, bs, v, list_min(list_filter(cs,
            lambda x: x > v AND x <= v + INTERVAL 24 HOUR)) AS c FROM vc),
    vb AS (SELECT product_id, household_id, c, len(list_filter(bs,
            lambda x: c IS NOT NULL AND x > c AND x <= v + INTERVAL 24 HOUR)) AS n FROM vm)
    SELECT product_id, COUNT(DISTINCT household_id) AS viewed,
        COUNT(DISTINCT household_id) FILTER (WHERE c IS NOT NULL) AS carted,
        COUNT(DISTINCT household_id) FILTER (WHERE n > 0) AS bought
    FROM vb GROUP BY product_id"""


def purchase_funnel__wrong_day_from_cart_once_more():
    """24 hours from the cart: view 10:00, cart 20:00, purchase 19:00 on the next day."""
    buy = "b.event_at > c.event_at AND b.event_at <= c.event_at + INTERVAL 24 HOUR"
    return _more_FUNNEL.format(v="events", cart=_CART, buy=buy)


def purchase_funnel__wrong_first_view():
    """The first view alone: a view three days earlier hides view, cart and purchase of today."""
    first = """(SELECT product_id, household_id, event, MIN(event_at) AS event_at
        FROM events GROUP BY ALL)"""
    return _more_FUNNEL.format(v=first, cart=_CART, buy=_BUY)


def purchase_funnel__wrong_last_view():
    """The last view alone: a look at the product after the purchase hides everything."""
    last = """(SELECT product_id, household_id, event, MAX(event_at) AS event_at
        FROM events GROUP BY ALL)"""
    return _more_FUNNEL.format(v=last, cart=_CART, buy=_BUY)


def purchase_funnel__wrong_any_view():
    """Any view: view 1st 10:00, cart 1st 11:00, view 2nd 10:00, purchase 2nd 12:00."""
    buy = """b.event_at > c.event_at AND EXISTS (SELECT 1 FROM events w WHERE w.event = 'view'
        AND w.product_id = b.product_id AND w.household_id = b.household_id
        AND w.event_at < b.event_at AND b.event_at <= w.event_at + INTERVAL 24 HOUR)"""
    return _more_FUNNEL.format(v="events", cart=_CART, buy=buy)


def purchase_funnel__wrong_cart_at_view():
    """BETWEEN: a cart at the very time of the view counts."""
    cart = "c.event_at BETWEEN v.event_at AND v.event_at + INTERVAL 24 HOUR"
    return _more_FUNNEL.format(v="events", cart=cart, buy=_BUY)


def purchase_funnel__wrong_buy_at_cart():
    """A purchase at the very time of the cart counts."""
    return _more_FUNNEL.format(
        v="events", cart=_CART, buy=_BUY.replace("b.event_at >", "b.event_at >=")
    )


def purchase_funnel__wrong_cart_before_24():
    """A cart exactly 24 hours after the view does not count."""
    return _more_FUNNEL.format(v="events", cart=_CART.replace("<=", "<"), buy=_BUY)


def purchase_funnel__wrong_hours_begun():
    """DATEDIFF('hour') counts full hours on the clock: 10:00 and 10:59 on the next day are 24."""
    return _more_FUNNEL.format(
        v="events",
        cart="c.event_at > v.event_at AND DATEDIFF('hour', v.event_at, c.event_at) <= 24",
        buy="b.event_at > c.event_at AND DATEDIFF('hour', v.event_at, b.event_at) <= 24",
    )


def purchase_funnel__wrong_minutes():
    """Times in minutes: a cart 20 seconds after the view, in the same minute, is not after it."""
    return _more_FUNNEL.format(
        v="events",
        cart="DATEDIFF('minute', v.event_at, c.event_at) > 0 "
        "AND c.event_at <= v.event_at + INTERVAL 24 HOUR",
        buy=_BUY,
    )


def purchase_funnel__wrong_other_product():
    """The purchase need not be of the same product: view and cart of 7, purchase of 8."""
    return _more_FUNNEL.format(v="events", cart=_CART, buy=_BUY).replace(
        "AND b.product_id = c.product_id", ""
    )


def purchase_funnel__wrong_unseen_product():
    """A product with carts and without any view has a row with zeros."""
    return _more_FUNNEL.format(
        v="(SELECT p.product_id, e.household_id, e.event_at FROM "
        "(SELECT DISTINCT product_id FROM events) p LEFT JOIN events e "
        "ON e.product_id = p.product_id AND e.event = 'view')",
        cart=_CART,
        buy=_BUY,
    ).replace("WHERE v.event = 'view' ", "")


def purchase_funnel__wrong_neighbours():
    """Bought only if view, cart and purchase follow directly: a second cart in between hides it."""
    return """WITH n AS (SELECT *,
            LEAD(event, 1) OVER w AS e1, LEAD(event, 2) OVER w AS e2,
            LEAD(event_at, 1) OVER w AS t1, LEAD(event_at, 2) OVER w AS t2
        FROM events WINDOW w AS (PARTITION BY product_id, household_id ORDER BY event_at))
    SELECT v.product_id, COUNT(DISTINCT v.household_id) AS viewed,
        COUNT(DISTINCT c.household_id) AS carted,
        COUNT(DISTINCT CASE WHEN e1 = 'cart' AND e2 = 'buy' AND t1 > v.event_at AND t2 > t1
            AND t2 <= v.event_at + INTERVAL 24 HOUR THEN v.household_id END) AS bought
    FROM n v LEFT JOIN events c ON c.event = 'cart' AND c.household_id = v.household_id
        AND c.product_id = v.product_id AND c.event_at > v.event_at
        AND c.event_at <= v.event_at + INTERVAL 24 HOUR
    WHERE v.event = 'view' GROUP BY v.product_id"""


def purchase_funnel__wrong_last_purchase():
    """The last purchase of a household and product alone: a second one a week later hides it."""
    return _more_FUNNEL.format(v="events", cart=_CART, buy=_BUY).replace(
        "LEFT JOIN events b",
        """LEFT JOIN (SELECT household_id, product_id, event, MAX(event_at) AS event_at
            FROM events GROUP BY ALL) b""",
    )


def purchase_funnel__wrong_view_before_purchase():
    """The purchase belongs to the latest view before it: view, cart, view, purchase in an hour."""
    buy = (
        _BUY
        + """ AND NOT EXISTS (SELECT 1 FROM events w WHERE w.event = 'view'
        AND w.product_id = b.product_id AND w.household_id = b.household_id
        AND w.event_at > v.event_at AND w.event_at < b.event_at)"""
    )
    return _more_FUNNEL.format(v="events", cart=_CART, buy=buy)


TRUE = {
    "campaign_report__wrong_between_timestamps": ("midnight_ends_the_last_day",),
    "campaign_report__wrong_between_next_midnight": ("day_after_included",),
    "campaign_report__wrong_null_revenue": ("null_for_nothing",),
    "campaign_report__wrong_null_redemptions": ("null_for_nothing",),
    "campaign_report__wrong_buyers_not_distinct": ("purchases_as_buyers",),
    "campaign_report__wrong_distinct_redeemers": ("redeeming_households",),
    "campaign_report__wrong_fan_out": ("joined_coupons",),
    "campaign_report__wrong_dates_in_where": ("buyers_only",),
    "silent_households__wrong_not_in": ("not_in_with_null",),
    "silent_households__wrong_not_in_any_campaign": (
        "not_in_with_null",
        "any_campaign",
    ),
    "silent_households__wrong_other_campaign_ignored": ("any_campaign",),
    "silent_households__wrong_condition_in_where": ("any_campaign",),
    "silent_households__wrong_null_is_everybody": ("not_in_with_null",),
    "silent_households__wrong_redeemers": ("redeemers",),
    "top_products__wrong_quantity_times_value": ("value_times_quantity",),
    "top_products__wrong_dense_rank": ("places_not_skipped",),
    "top_products__wrong_row_number": ("ties_broken",),
    "top_products__wrong_over_all_departments": ("over_all_departments",),
    "top_products__wrong_ascending": ("lowest_first",),
    "top_products__wrong_less_than_three": ("two_places",),
    "top_products__wrong_limit_three": ("three_rows_in_all",),
    "current_orders__wrong_paid_first": ("filter_before_dedup",),
    "current_orders__wrong_tie_free": ("smaller_load_wins",),
    "current_orders__wrong_rank": ("equal_times_kept",),
    "current_orders__wrong_earliest": ("first_version",),
    "current_orders__wrong_per_household": ("one_order_a_household",),
    "current_orders__wrong_dedup_only": ("distinct_versions",),
    "current_orders__wrong_max_time_join": ("equal_times_kept",),
    "median_basket__wrong_float_division": ("upper_middle",),
    "median_basket__wrong_upper_middle": ("upper_middle",),
    "median_basket__wrong_lower_middle": ("lower_middle",),
    "median_basket__wrong_distinct_values": ("distinct_values",),
    "median_basket__wrong_mean": ("mean_basket",),
    "median_basket__wrong_unsorted": ("not_sorted_by_value",),
    "median_basket__wrong_percentile_disc": ("lower_middle",),
    "day_retention__wrong_within_seven": ("within_seven_days",),
    "day_retention__wrong_zero_for_unknown": ("unfinished_as_zero",),
    "day_retention__wrong_no_censoring": ("unfinished_as_zero",),
    "day_retention__wrong_strict_end": ("last_day_not_counted",),
    "day_retention__wrong_every_day_is_a_cohort": ("every_day_is_a_cohort",),
    "longest_streak__wrong_baskets_not_days": ("two_baskets_two_days",),
    "longest_streak__wrong_latest_of_ties": ("latest_of_equal",),
    "longest_streak__wrong_rank_keeps_ties": ("all_equal_runs",),
    "longest_streak__wrong_last_day_of_run": ("last_day_returned",),
    "longest_streak__wrong_days_total": ("days_in_all",),
    "longest_streak__wrong_pairs_counted": ("steps_not_days",),
    "longest_streak__wrong_day_of_month": ("day_of_month",),
    "kill_sessions__wrong_no_exact_gap": ("no_edges",),
    "kill_sessions__wrong_only_total_of_events": ("events_add_up",),
    "kill_sessions__wrong_lists_for_tuples": ("rejects_all",),
    "kill_sessions__wrong_same_time": ("rejects_all",),
    "kill_sessions__wrong_demands_exception_on_empty": ("rejects_all",),
    "rolling_active__wrong_eight_days": ("eight_days",),
    "rolling_active__wrong_before_the_day": ("today_left_out",),
    "rolling_active__wrong_not_distinct": ("baskets_counted",),
    "rolling_active__wrong_inner_join": ("empty_windows_missing",),
    "rolling_active__wrong_descending": ("newest_first",),
    "rolling_active__wrong_window_inside_calendar": ("days_outside_the_calendar_lost",),
    "rolling_active__wrong_calendar_week": ("calendar_weeks",),
    "rolling_active__wrong_where_undoes_left_join": ("empty_windows_missing",),
    "purchase_funnel__wrong_first_view_only": ("first_view_only",),
    "purchase_funnel__wrong_window_from_cart": ("window_from_the_cart",),
    "purchase_funnel__wrong_strictly_less_than_a_day": ("exactly_24_hours_lost",),
    "purchase_funnel__wrong_no_order_of_buy": ("cart_skipped",),
    "purchase_funnel__wrong_events_not_households": ("paths_counted",),
    "purchase_funnel__wrong_inner_joins": ("inner_joins",),
    "purchase_funnel__wrong_no_window": ("no_window",),
    "purchase_funnel__wrong_buy_within_any_view": ("any_view_for_each_step",),
    "features_as_of__wrong_day_itself": ("day_itself_included",),
    "features_as_of__wrong_tier_of_the_day": ("tier_of_the_day",),
    "features_as_of__wrong_current_tier": ("tier_of_today",),
    "features_as_of__wrong_27_days": ("twenty_seven_days",),
    "features_as_of__wrong_29_days": ("twenty_nine_days",),
    "features_as_of__wrong_lines_counted": ("lines_not_baskets",),
    "features_as_of__wrong_null_spend": ("null_spend",),
    "features_as_of__wrong_inner_join": ("silent_lost",),
    "features_as_of__wrong_inner_tier": ("tierless_lost",),
    "features_as_of__wrong_last_day_in_window": ("last_day_in_the_window",),
    "features_as_of__wrong_fan_out_of_tiers": ("tiers_multiply_spend",),
    "features_as_of__wrong_max_tier": ("last_tier_by_name",),
    "campaign_report__wrong_inner_join_redemptions": ("campaigns_without_coupons_lost",),
    "campaign_report__wrong_sum_distinct": ("distinct_amounts",),
    "campaign_report__wrong_redemptions_of_reached_only": ("coupons_of_strangers_lost",),
    "campaign_report__wrong_from_descriptions": ("unsent_campaigns_shown",),
    "top_products__wrong_ranks_lines": ("lines_not_added_up",),
    "top_products__wrong_sum_distinct": ("equal_lines_once",),
    "top_products__wrong_group_by_basket": ("lines_not_added_up",),
    "current_orders__wrong_load_first": ("latest_load_wins",),
    "current_orders__wrong_max_of_each_column": ("latest_of_each_column",),
    "current_orders__wrong_distinct_orders_revenue": ("equal_times_kept",),
    "current_orders__wrong_zero_households": ("unpaid_households_shown",),
    "median_basket__wrong_ceil_of_half": ("neighbour_of_the_middle",),
    "median_basket__wrong_floor_for_odd": ("neighbour_of_the_middle",),
    "median_basket__wrong_rank": ("equal_baskets_share_a_number",),
    "median_basket__wrong_no_partition": ("numbered_over_all_stores",),
    "median_basket__wrong_both_rows": ("two_rows_of_the_middle",),
    "day_retention__wrong_null_for_nobody": ("null_for_no_return",),
    "day_retention__wrong_baskets_counted": ("rows_of_the_join_counted",),
    "day_retention__wrong_inner_joins": ("cohorts_without_return_lost",),
    "day_retention__wrong_end_of_household": ("known_for_those_who_returned",),
    "day_retention__wrong_rounded": ("shares_in_two_decimals",),
    "longest_streak__wrong_no_partition": ("households_mixed",),
    "longest_streak__wrong_single_days_dropped": ("single_days_lost",),
    "longest_streak__wrong_first_run": ("first_run",),
    "longest_streak__wrong_first_day_of_household": ("first_day_of_all",),
    "longest_streak__wrong_group_by_run_only": ("runs_of_others_added",),
    "rolling_active__wrong_six_days": ("six_days",),
    "rolling_active__wrong_count_star": ("baskets_counted",),
    "rolling_active__wrong_future": ("seven_days_ahead",),
    "rolling_active__wrong_sum_of_dau": ("daily_counts_added",),
    "rolling_active__wrong_rows_of_transactions": ("no_sales_no_window",),
    "purchase_funnel__wrong_last_view_only": ("last_view_only",),
    "purchase_funnel__wrong_equal_times": ("equal_times_counted",),
    "purchase_funnel__wrong_between": ("equal_times_counted",),
    "purchase_funnel__wrong_any_product_bought": ("any_product",),
    "purchase_funnel__wrong_calendar_day": ("next_calendar_day",),
    "purchase_funnel__wrong_date_diff_hours": ("hours_of_the_clock",),
    "purchase_funnel__wrong_independent_steps": ("steps_counted_apart",),
    "features_as_of__wrong_first_tier": ("first_tier",),
    "features_as_of__wrong_tier_per_household": ("tier_of_one_label",),
    "features_as_of__wrong_lost_household_key": ("one_row_a_household",),
    "break_campaign_report__wrong_one_coupon": ("one_coupon_only",),
    "break_campaign_report__wrong_coupons_of_other_campaign": ("one_coupon_only",),
    "campaign_report__wrong_midnight": ("midnight_ends_the_last_day",),
    "campaign_report__wrong_one_second_too_many": ("day_after_included",),
    "campaign_report__wrong_fan_out_again": ("joined_coupons",),
    "campaign_report__wrong_inner_join": ("buyers_only",),
    "campaign_report__wrong_revenue_null": ("null_for_nothing",),
    "campaign_report__wrong_buyers_are_rows": ("purchases_as_buyers",),
    "campaign_report__wrong_redemptions_of_reached_only_again": ("coupons_of_strangers_lost",),
    "campaign_report__wrong_redemptions_in_the_days": ("redemptions_of_the_days",),
    "silent_households__wrong_not_in_null": ("not_in_with_null",),
    "silent_households__wrong_any_campaign": ("any_campaign",),
    "silent_households__wrong_campaign_in_where": ("once_for_each_other_campaign",),
    "silent_households__wrong_null_matches": ("not_in_with_null",),
    "top_products__wrong_dense_rank_again": ("places_not_skipped",),
    "top_products__wrong_row_number_again": ("ties_broken",),
    "top_products__wrong_times_quantity": ("value_times_quantity",),
    "top_products__wrong_no_partition": ("over_all_departments",),
    "top_products__wrong_lines_ranked": ("lines_not_added_up",),
    "top_products__wrong_products_without_line": ("unsold_products_placed",),
    "current_orders__wrong_paid_first_again": ("filter_before_dedup",),
    "current_orders__wrong_tie_smaller_load": ("smaller_load_wins",),
    "current_orders__wrong_latest_load": ("latest_load_wins",),
    "current_orders__wrong_rank_keeps_ties": ("equal_times_kept",),
    "current_orders__wrong_per_household_again": ("one_order_a_household",),
    "current_orders__wrong_distinct_paid": ("distinct_versions",),
    "current_orders__wrong_zero_rows": ("unpaid_households_shown",),
    "median_basket__wrong_self_join_ties": ("equal_baskets_in_the_mean",),
    "median_basket__wrong_lower": ("lower_middle",),
    "median_basket__wrong_upper": ("upper_middle",),
    "median_basket__wrong_distinct_values_again": ("distinct_values",),
    "median_basket__wrong_rank_again": ("equal_baskets_share_a_number",),
    "median_basket__wrong_mean_again": ("mean_basket",),
    "median_basket__wrong_window_too_wide": ("neighbour_of_the_middle",),
    "median_basket__wrong_mid_range": ("middle_of_the_range",),
    "day_retention__wrong_zero_not_null": ("unfinished_as_zero",),
    "day_retention__wrong_within_seven_again": ("within_seven_days",),
    "day_retention__wrong_last_day_excluded": ("last_day_not_counted",),
    "day_retention__wrong_seventh_day_is_six_later": ("first_day_is_day_one_of_seven",),
    "day_retention__wrong_every_day_a_cohort": ("every_day_is_a_cohort",),
    "longest_streak__wrong_no_distinct": ("two_baskets_two_days",),
    "longest_streak__wrong_latest_of_ties_again": ("latest_of_equal",),
    "longest_streak__wrong_rank_ties": ("all_equal_runs",),
    "longest_streak__wrong_last_day": ("last_day_returned",),
    "longest_streak__wrong_first_of_household": ("first_day_of_all",),
    "longest_streak__wrong_steps_counted": ("steps_not_days",),
    "longest_streak__wrong_singles_dropped": ("single_days_lost",),
    "kill_sessions__wrong_one_household_again": ("one_household_only",),
    "rolling_active__wrong_eight_days_again": ("eight_days",),
    "rolling_active__wrong_inner_join_again": ("empty_windows_missing",),
    "rolling_active__wrong_baskets": ("baskets_counted",),
    "rolling_active__wrong_yesterday": ("today_left_out",),
    "rolling_active__wrong_sum_of_days": ("daily_counts_added",),
    "rolling_active__wrong_calendar_purchases_only": ("days_outside_the_calendar_lost",),
    "rolling_active__wrong_seven_rows": ("seven_rows_of_the_calendar",),
    "rolling_active__wrong_descending_again": ("newest_first",),
    "purchase_funnel__wrong_day_from_cart": ("window_from_the_cart",),
    "purchase_funnel__wrong_first_view_only_again": ("first_view_only",),
    "purchase_funnel__wrong_equal_times_again": ("equal_times_counted",),
    "purchase_funnel__wrong_less_than_24": ("exactly_24_hours_lost",),
    "purchase_funnel__wrong_buy_without_order": ("order_ignored",),
    "purchase_funnel__wrong_rows_counted": ("paths_counted",),
    "purchase_funnel__wrong_any_view_for_buy": ("any_view_for_each_step",),
    "purchase_funnel__wrong_calendar_days": ("next_calendar_day",),
    "features_as_of__wrong_day_itself_again": ("day_itself_included",),
    "features_as_of__wrong_tier_of_the_day_again": ("tier_of_the_day",),
    "features_as_of__wrong_27_days_again": ("twenty_seven_days",),
    "features_as_of__wrong_last_day_in_window_again": ("last_day_in_the_window",),
    "features_as_of__wrong_rows_as_baskets": ("lines_not_baskets",),
    "features_as_of__wrong_spend_null": ("null_spend",),
    "features_as_of__wrong_join_tiers": ("tiers_multiply_spend",),
    "features_as_of__wrong_max_tier_again": ("last_tier_by_name",),
    "features_as_of__wrong_inner_join_again": ("silent_lost",),
    "silent_households__wrong_bool_or": ("unredeemed_campaigns_lost",),
    "silent_households__wrong_inner_join": ("unredeemed_campaigns_lost",),
    "silent_households__wrong_distinct_on": ("each_household_once",),
    "silent_households__wrong_list_null": ("unredeemed_campaigns_lost",),
    "top_products__wrong_dense_rank_once_more": ("places_not_skipped",),
    "top_products__wrong_sum_distinct_once_more": ("equal_lines_once",),
    "top_products__wrong_unsold": ("unsold_products_placed",),
    "top_products__wrong_per_basket": ("lines_not_added_up",),
    "current_orders__wrong_by_load": ("latest_load_wins",),
    "current_orders__wrong_first_load": ("smaller_load_wins",),
    "current_orders__wrong_households_with_none": ("unpaid_households_shown",),
    "current_orders__wrong_sum_distinct": ("equal_amounts_once",),
    "median_basket__wrong_even_only": ("neighbour_of_the_middle",),
    "median_basket__wrong_rank_once_more": ("equal_baskets_share_a_number",),
    "median_basket__wrong_distinct_values_once_more": ("distinct_values",),
    "median_basket__wrong_ntile": ("neighbour_of_the_middle",),
    "day_retention__wrong_within_seven_once_more": ("within_seven_days",),
    "day_retention__wrong_null_for_zero": ("null_for_no_return",),
    "day_retention__wrong_d7_of_d1": ("d7_needs_d1",),
    "day_retention__wrong_share_of_all": ("share_of_all_households",),
    "kill_sessions__wrong_gap_seconds": ("rejects_all",),
    "kill_sessions__wrong_sorted_by_time": ("rejects_all",),
    "kill_sessions__wrong_one_evening": ("one_household_only",),
    "kill_sessions__wrong_remembers_by_name": ("accepts_all", "rejects_all"),
    "kill_sessions__wrong_iso_times": ("rejects_all",),
    "rolling_active__wrong_window_of_calendar": ("days_outside_the_calendar_lost",),
    "rolling_active__wrong_before_calendar": ("days_outside_the_calendar_lost",),
    "purchase_funnel__wrong_day_from_cart_once_more": ("window_from_the_cart",),
    "purchase_funnel__wrong_first_view": ("first_view_only",),
    "purchase_funnel__wrong_last_view": ("last_view_only",),
    "purchase_funnel__wrong_any_view": ("any_view_for_each_step",),
    "purchase_funnel__wrong_cart_at_view": ("equal_times_counted",),
    "purchase_funnel__wrong_buy_at_cart": ("equal_times_counted",),
    "purchase_funnel__wrong_hours_begun": ("hours_of_the_clock",),
    "purchase_funnel__wrong_other_product": ("any_product",),
}


# ---- written later, for slips of the second order ----

# ------------------------------------------------------------------ features_as_of


def features_as_of__right_correlated():
    return """
    SELECT l.household_id, l.as_of,
        (SELECT COUNT(DISTINCT t.basket_id) FROM transactions t
          WHERE t.household_id = l.household_id AND t.day < l.as_of AND t.day >= l.as_of - 28) AS baskets,
        COALESCE((SELECT SUM(t.sales_value) FROM transactions t
          WHERE t.household_id = l.household_id AND t.day < l.as_of AND t.day >= l.as_of - 28), 0) AS spend,
        (SELECT MAX(t.day) FROM transactions t
          WHERE t.household_id = l.household_id AND t.day < l.as_of) AS last_day,
        (SELECT s.tier FROM tiers s WHERE s.household_id = l.household_id AND s.valid_from < l.as_of
          ORDER BY s.valid_from DESC LIMIT 1) AS tier
    FROM labels l
    """


def features_as_of__right_ctes_again_a_second_time():
    return """
    WITH bought AS (
        SELECT l.household_id, l.as_of,
            COUNT(DISTINCT CASE WHEN t.day >= l.as_of - INTERVAL 28 DAY THEN t.basket_id END) AS baskets,
            SUM(CASE WHEN t.day >= l.as_of - INTERVAL 28 DAY THEN t.sales_value ELSE 0 END) AS spend,
            MAX(t.day) AS last_day
        FROM labels AS l
        JOIN transactions AS t ON t.household_id = l.household_id AND t.day < l.as_of
        GROUP BY l.household_id, l.as_of
    ),
    numbered AS (
        SELECT l.household_id, l.as_of, s.tier,
            ROW_NUMBER() OVER (PARTITION BY l.household_id, l.as_of ORDER BY s.valid_from DESC) AS place
        FROM labels AS l
        JOIN tiers AS s ON s.household_id = l.household_id AND s.valid_from < l.as_of
    )
    SELECT l.household_id, l.as_of, COALESCE(b.baskets, 0) AS baskets, COALESCE(b.spend, 0) AS spend,
        b.last_day, n.tier
    FROM labels AS l
    LEFT JOIN bought AS b ON b.household_id = l.household_id AND b.as_of = l.as_of
    LEFT JOIN numbered AS n ON n.household_id = l.household_id AND n.as_of = l.as_of AND n.place = 1
    """


def features_as_of__right_asof_join_again_a_second_time():
    return """
    WITH latest AS (
        SELECT l.household_id, l.as_of, s.tier
        FROM labels l ASOF LEFT JOIN tiers s
            ON l.household_id = s.household_id AND l.as_of > s.valid_from
    )
    SELECT f.household_id, f.as_of,
        COUNT(DISTINCT t.basket_id) FILTER (WHERE t.day BETWEEN f.as_of - 28 AND f.as_of - 1) AS baskets,
        COALESCE(SUM(t.sales_value) FILTER (WHERE t.day BETWEEN f.as_of - 28 AND f.as_of - 1), 0) AS spend,
        MAX(t.day) AS last_day,
        f.tier
    FROM latest f
    LEFT JOIN transactions t ON t.household_id = f.household_id AND t.day < f.as_of
    GROUP BY f.household_id, f.as_of, f.tier
    """


def _features_4(
    window="t.day >= l.as_of - 28 AND t.day < l.as_of",
    before="t.day < l.as_of",
    baskets="COUNT(DISTINCT t.basket_id)",
    spend="COALESCE(SUM(t.sales_value), 0)",
    last=None,
    tier=None,
):
    last = (
        last
        or f"(SELECT MAX(t.day) FROM transactions t WHERE t.household_id = l.household_id AND {before})"
    )
    tier = tier or (
        "(SELECT ARG_MAX(s.tier, s.valid_from) FROM tiers s "
        "WHERE s.household_id = l.household_id AND s.valid_from < l.as_of)"
    )
    source = f"FROM transactions t WHERE t.household_id = l.household_id AND {window}"
    return f"""
    SELECT l.household_id, l.as_of,
        (SELECT {baskets} {source}) AS baskets,
        (SELECT {spend} {source}) AS spend,
        {last} AS last_day,
        {tier} AS tier
    FROM labels l
    """


def features_as_of__wrong_window_of_27_days():
    """Asks for day > as_of - 28: the day as_of - 28 itself belongs to the window."""
    return _features_4(window="t.day > l.as_of - 28 AND t.day < l.as_of")


def features_as_of__wrong_between_includes_the_day():
    """BETWEEN includes as_of itself: purchases of the day of the label are counted in baskets and spend."""
    return _features_4(window="t.day BETWEEN l.as_of - 28 AND l.as_of")


def features_as_of__wrong_one_month():
    """Takes a month instead of 28 days: the two are the same only from most days of March in a common year."""
    return _features_4(window="t.day >= l.as_of - INTERVAL 1 MONTH AND t.day < l.as_of")


def features_as_of__wrong_tiers_multiply_spend():
    """Joins purchases and tiers in one query: with two earlier tiers each purchase is added twice to the spend."""
    return """
    SELECT l.household_id, l.as_of,
        COUNT(DISTINCT CASE WHEN t.day >= l.as_of - 28 THEN t.basket_id END) AS baskets,
        COALESCE(SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value END), 0) AS spend,
        MAX(t.day) AS last_day,
        ARG_MAX(s.tier, s.valid_from) AS tier
    FROM labels l
    LEFT JOIN transactions t ON t.household_id = l.household_id AND t.day < l.as_of
    LEFT JOIN tiers s ON s.household_id = l.household_id AND s.valid_from < l.as_of
    GROUP BY l.household_id, l.as_of
    """


def features_as_of__wrong_sum_distinct():
    """Adds up DISTINCT values to undo the repeats of the join: two lines that cost the same then count once."""
    return """
    SELECT l.household_id, l.as_of,
        COUNT(DISTINCT CASE WHEN t.day >= l.as_of - 28 THEN t.basket_id END) AS baskets,
        COALESCE(SUM(DISTINCT CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value END), 0) AS spend,
        MAX(t.day) AS last_day,
        ARG_MAX(s.tier, s.valid_from) AS tier
    FROM labels l
    LEFT JOIN transactions t ON t.household_id = l.household_id AND t.day < l.as_of
    LEFT JOIN tiers s ON s.household_id = l.household_id AND s.valid_from < l.as_of
    GROUP BY l.household_id, l.as_of
    """


def features_as_of__wrong_last_day_in_the_window():
    """Looks for the last purchase in the 28 days only: one from longer ago is the last day too."""
    return _features_4(
        last="(SELECT MAX(t.day) FROM transactions t WHERE t.household_id = l.household_id "
        "AND t.day >= l.as_of - 28 AND t.day < l.as_of)"
    )


def features_as_of__wrong_newest_tier_then_before():
    """Takes the newest tier of each household first and then asks whether it lies before the day: if it does not, the tier before it is lost and NULL stands there."""
    return _features_4(
        tier="(SELECT n.tier FROM (SELECT household_id, tier, valid_from, ROW_NUMBER() OVER "
        "(PARTITION BY household_id ORDER BY valid_from DESC) AS place FROM tiers) n "
        "WHERE n.household_id = l.household_id AND n.place = 1 AND n.valid_from < l.as_of)"
    )


def features_as_of__wrong_tier_of_the_day_again_a_second_time():
    """Lets a tier that begins on as_of count: what lies strictly before the day counts."""
    return _features_4(
        tier="(SELECT ARG_MAX(s.tier, s.valid_from) FROM tiers s "
        "WHERE s.household_id = l.household_id AND s.valid_from <= l.as_of)"
    )


def features_as_of__wrong_tier_by_alphabet():
    """Takes MAX(tier), the last one in the alphabet, not the one with the latest valid_from."""
    return _features_4(
        tier="(SELECT MAX(s.tier) FROM tiers s "
        "WHERE s.household_id = l.household_id AND s.valid_from < l.as_of)"
    )


def features_as_of__wrong_silent_label_dropped():
    """Asks for the days in WHERE behind a LEFT JOIN: labels without a purchase before them disappear."""
    return """
    SELECT l.household_id, l.as_of,
        COUNT(DISTINCT CASE WHEN t.day >= l.as_of - 28 THEN t.basket_id END) AS baskets,
        COALESCE(SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value END), 0) AS spend,
        MAX(t.day) AS last_day,
        (SELECT ARG_MAX(s.tier, s.valid_from) FROM tiers s
          WHERE s.household_id = l.household_id AND s.valid_from < l.as_of) AS tier
    FROM labels l
    LEFT JOIN transactions t ON t.household_id = l.household_id
    WHERE t.day < l.as_of
    GROUP BY l.household_id, l.as_of
    """


def features_as_of__wrong_lines_for_baskets():
    """Counts lines, not different baskets."""
    return _features_4(baskets="COUNT(t.basket_id)")


def features_as_of__wrong_days_for_baskets():
    """Counts different days: two baskets of one day count once."""
    return _features_4(baskets="COUNT(DISTINCT t.day)")


def features_as_of__wrong_spend_null_again():
    """Leaves the spend NULL where there is no purchase in the window: it must be 0."""
    return _features_4(spend="SUM(t.sales_value)")


def features_as_of__wrong_one_row_for_a_household():
    """Groups the purchases by household alone, with the latest of its days: the other labels of the household get the same numbers."""
    return """
    WITH latest AS (SELECT household_id, MAX(as_of) AS as_of FROM labels GROUP BY household_id),
    bought AS (
        SELECT l.household_id,
            COUNT(DISTINCT CASE WHEN t.day >= l.as_of - 28 THEN t.basket_id END) AS baskets,
            SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value ELSE 0 END) AS spend,
            MAX(t.day) AS last_day
        FROM latest l JOIN transactions t ON t.household_id = l.household_id AND t.day < l.as_of
        GROUP BY l.household_id
    )
    SELECT l.household_id, l.as_of, COALESCE(b.baskets, 0) AS baskets, COALESCE(b.spend, 0) AS spend,
        b.last_day,
        (SELECT ARG_MAX(s.tier, s.valid_from) FROM tiers s
          WHERE s.household_id = l.household_id AND s.valid_from < l.as_of) AS tier
    FROM labels l LEFT JOIN bought b ON b.household_id = l.household_id
    """


# ------------------------------------------------------------------ campaign_report


def campaign_report__right_three_tables():
    return """
    WITH reached AS (
        SELECT campaign_id, COUNT(*) AS reached FROM campaigns GROUP BY campaign_id
    ),
    bought AS (
        SELECT c.campaign_id, COUNT(DISTINCT t.household_id) AS buyers, SUM(t.sales_value) AS revenue
        FROM campaigns AS c
        JOIN campaign_descriptions AS d ON d.campaign_id = c.campaign_id
        JOIN transactions AS t ON t.household_id = c.household_id
            AND CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date
        GROUP BY c.campaign_id
    ),
    redeemed AS (
        SELECT campaign_id, COUNT(*) AS redemptions FROM coupon_redemptions GROUP BY campaign_id
    )
    SELECT r.campaign_id, r.reached, COALESCE(b.buyers, 0) AS buyers,
        COALESCE(x.redemptions, 0) AS redemptions, COALESCE(b.revenue, 0) AS revenue
    FROM reached AS r
    LEFT JOIN bought AS b ON b.campaign_id = r.campaign_id
    LEFT JOIN redeemed AS x ON x.campaign_id = r.campaign_id
    """


def campaign_report__right_household_first():
    return """
    WITH each AS (
        SELECT c.campaign_id, c.household_id, COUNT(t.basket_id) AS n, SUM(t.sales_value) AS spent
        FROM campaigns c
        LEFT JOIN campaign_descriptions d USING (campaign_id)
        LEFT JOIN transactions t ON t.household_id = c.household_id
            AND t.transaction_timestamp >= d.start_date
            AND t.transaction_timestamp < d.end_date + INTERVAL 1 DAY
        GROUP BY c.campaign_id, c.household_id
    )
    SELECT campaign_id, COUNT(*) AS reached, COUNT(*) FILTER (WHERE n > 0) AS buyers,
        (SELECT COUNT(*) FROM coupon_redemptions r WHERE r.campaign_id = each.campaign_id) AS redemptions,
        COALESCE(SUM(spent), 0) AS revenue
    FROM each GROUP BY campaign_id
    """


def campaign_report__right_correlated_again():
    return """
    SELECT d.campaign_id,
        (SELECT COUNT(*) FROM campaigns c WHERE c.campaign_id = d.campaign_id) AS reached,
        (SELECT COUNT(*) FROM campaigns c WHERE c.campaign_id = d.campaign_id AND EXISTS (
            SELECT 1 FROM transactions t WHERE t.household_id = c.household_id
            AND t.transaction_timestamp::DATE >= d.start_date
            AND t.transaction_timestamp::DATE <= d.end_date)) AS buyers,
        (SELECT COUNT(*) FROM coupon_redemptions r WHERE r.campaign_id = d.campaign_id) AS redemptions,
        COALESCE((SELECT SUM(t.sales_value) FROM transactions t
            WHERE t.household_id IN (SELECT c.household_id FROM campaigns c WHERE c.campaign_id = d.campaign_id)
            AND t.transaction_timestamp::DATE >= d.start_date
            AND t.transaction_timestamp::DATE <= d.end_date), 0) AS revenue
    FROM campaign_descriptions d
    WHERE d.campaign_id IN (SELECT campaign_id FROM campaigns)
    """


def _report_4(
    days="CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date",
    buyers="COUNT(DISTINCT t.household_id)",
    revenue="SUM(t.sales_value)",
    redeemed="SELECT campaign_id, COUNT(*) AS redemptions FROM coupon_redemptions GROUP BY campaign_id",
    source="FROM campaigns AS c",
    final="COALESCE(b.revenue, 0)",
    link="LEFT JOIN",
    base="SELECT campaign_id, COUNT(*) AS reached FROM campaigns GROUP BY campaign_id",
):
    return f"""
    WITH reached AS ({base}),
    bought AS (
        SELECT c.campaign_id, {buyers} AS buyers, {revenue} AS revenue
        {source}
        JOIN campaign_descriptions AS d ON d.campaign_id = c.campaign_id
        JOIN transactions AS t ON t.household_id = c.household_id AND {days}
        GROUP BY c.campaign_id
    ),
    redeemed AS ({redeemed})
    SELECT r.campaign_id, r.reached, COALESCE(b.buyers, 0) AS buyers,
        COALESCE(x.redemptions, 0) AS redemptions, {final} AS revenue
    FROM reached AS r
    {link} bought AS b ON b.campaign_id = r.campaign_id
    LEFT JOIN redeemed AS x ON x.campaign_id = r.campaign_id
    """


def campaign_report__wrong_last_day_at_midnight():
    """Compares timestamps with the last day as a date, which is its midnight: purchases during the last day are lost."""
    return _report_4(days="t.transaction_timestamp BETWEEN d.start_date AND d.end_date")


def campaign_report__wrong_midnight_after_the_end():
    """BETWEEN start and end + 1 day includes the midnight at which the next day begins."""
    return _report_4(
        days="t.transaction_timestamp BETWEEN d.start_date AND d.end_date + INTERVAL 1 DAY"
    )


def campaign_report__wrong_after_the_first_midnight():
    """Asks for a time after the start: a purchase at 00:00:00 of the first day belongs to it."""
    return _report_4(
        days="t.transaction_timestamp > d.start_date AND t.transaction_timestamp < d.end_date + INTERVAL 1 DAY"
    )


def campaign_report__wrong_silent_campaign_dropped():
    """Joins the buyers with an inner JOIN: a campaign in which nobody bought has no row."""
    return _report_4(link="JOIN")


def campaign_report__wrong_coupons_multiply_revenue():
    """Joins the redemptions to the purchases: with two coupons every purchase of the household counts twice, and redemptions once for each purchase."""
    return """
    SELECT c.campaign_id, COUNT(DISTINCT c.household_id) AS reached,
        COUNT(DISTINCT t.household_id) AS buyers,
        COUNT(r.coupon_upc) AS redemptions, COALESCE(SUM(t.sales_value), 0) AS revenue
    FROM campaigns c
    JOIN campaign_descriptions d ON d.campaign_id = c.campaign_id
    LEFT JOIN transactions t ON t.household_id = c.household_id
        AND CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date
    LEFT JOIN coupon_redemptions r ON r.household_id = c.household_id AND r.campaign_id = c.campaign_id
    GROUP BY c.campaign_id
    """


def campaign_report__wrong_different_coupons():
    """Counts different coupons: two households that redeem the same coupon count once, but a redemption is a row."""
    return _report_4(
        redeemed="SELECT campaign_id, COUNT(DISTINCT coupon_upc) AS redemptions "
        "FROM coupon_redemptions GROUP BY campaign_id"
    )


def campaign_report__wrong_redeeming_households():
    """Counts the households that redeem, not the rows of coupon_redemptions."""
    return _report_4(
        redeemed="SELECT campaign_id, COUNT(DISTINCT household_id) AS redemptions "
        "FROM coupon_redemptions GROUP BY campaign_id"
    )


def campaign_report__wrong_redemptions_while_it_ran():
    """Counts redemptions on the days of the campaign only: all rows of the campaign count, also those redeemed later."""
    return _report_4(
        redeemed="SELECT r.campaign_id, COUNT(*) AS redemptions FROM coupon_redemptions r "
        "JOIN campaign_descriptions d ON d.campaign_id = r.campaign_id "
        "WHERE r.redemption_date BETWEEN d.start_date AND d.end_date GROUP BY r.campaign_id"
    )


def campaign_report__wrong_redemptions_of_the_household():
    """Joins redemptions by household alone: a household in two campaigns brings its coupons of the other campaign along."""
    return _report_4(
        redeemed="SELECT c.campaign_id, COUNT(*) AS redemptions FROM campaigns c "
        "JOIN coupon_redemptions r ON r.household_id = c.household_id GROUP BY c.campaign_id"
    )


def campaign_report__wrong_buyers_by_spend():
    """Calls a household a buyer if it spent more than 0: a purchase that cost nothing is a purchase."""
    return _report_4(buyers="COUNT(DISTINCT CASE WHEN t.sales_value > 0 THEN t.household_id END)")


def campaign_report__wrong_baskets_for_buyers():
    """Counts baskets as buyers: a household with two baskets is one buyer."""
    return _report_4(buyers="COUNT(DISTINCT t.basket_id)")


def campaign_report__wrong_revenue_null_again():
    """Leaves the revenue NULL where nobody bought."""
    return _report_4(final="b.revenue")


def campaign_report__wrong_lines_of_equal_price_once():
    """Sums DISTINCT values: two lines that cost the same count once."""
    return _report_4(revenue="SUM(DISTINCT t.sales_value)")


def campaign_report__wrong_purchase_for_one_campaign():
    """Gives a household to its latest campaign only: a purchase that lies in two campaigns counts for both."""
    return _report_4(
        source="FROM (SELECT household_id, MAX(campaign_id) AS campaign_id FROM campaigns GROUP BY household_id) AS c"
    )


def campaign_report__wrong_campaigns_without_households():
    """Starts from campaign_descriptions: a campaign that reached nobody gets a row of zeros."""
    return _report_4(
        base="SELECT d.campaign_id, COUNT(c.household_id) AS reached FROM campaign_descriptions d "
        "LEFT JOIN campaigns c ON c.campaign_id = d.campaign_id GROUP BY d.campaign_id"
    )


# ------------------------------------------------------------------ longest_streak


def longest_streak__right_row_number():
    return """
    WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
    numbered AS (
        SELECT household_id, day,
            day - CAST(ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day) AS INTEGER) AS run
        FROM days
    ),
    runs AS (
        SELECT household_id, COUNT(*) AS n_days, MIN(day) AS first_day
        FROM numbered GROUP BY household_id, run
    )
    SELECT household_id, n_days, first_day FROM runs
    QUALIFY ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY n_days DESC, first_day) = 1
    """


def longest_streak__right_lag():
    return """
    WITH gaps AS (
        SELECT household_id, day,
            CASE WHEN day - LAG(day) OVER (PARTITION BY household_id ORDER BY day) <= 1 THEN 0 ELSE 1 END AS begins
        FROM transactions
    ),
    runs AS (
        SELECT household_id, day,
            SUM(begins) OVER (PARTITION BY household_id ORDER BY day ROWS UNBOUNDED PRECEDING) AS run
        FROM gaps
    ),
    lengths AS (
        SELECT household_id, run, MAX(day) - MIN(day) + 1 AS n_days, MIN(day) AS first_day
        FROM runs GROUP BY household_id, run
    ),
    best AS (SELECT household_id, MAX(n_days) AS n_days FROM lengths GROUP BY household_id)
    SELECT household_id, n_days, MIN(first_day) AS first_day
    FROM lengths JOIN best USING (household_id, n_days)
    GROUP BY household_id, n_days
    """


def longest_streak__right_starts_and_ends():
    return """
    WITH days AS (SELECT household_id, day FROM transactions GROUP BY ALL),
    starts AS (
        SELECT a.household_id, a.day FROM days a
        WHERE NOT EXISTS (SELECT 1 FROM days b WHERE b.household_id = a.household_id AND b.day = a.day - 1)
    ),
    ends AS (
        SELECT a.household_id, a.day FROM days a
        WHERE NOT EXISTS (SELECT 1 FROM days b WHERE b.household_id = a.household_id AND b.day = a.day + 1)
    ),
    runs AS (
        SELECT s.household_id, s.day AS first_day, MIN(e.day) - s.day + 1 AS n_days
        FROM starts s JOIN ends e ON e.household_id = s.household_id AND e.day >= s.day
        GROUP BY s.household_id, s.day
    ),
    ranked AS (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY n_days DESC, first_day ASC) AS place
        FROM runs
    )
    SELECT household_id, n_days, first_day FROM ranked WHERE place = 1
    """


def _streak_4(
    days="SELECT DISTINCT household_id, day FROM transactions",
    run="day - CAST(ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day) AS INTEGER)",
    length="COUNT(*)",
    having="",
    final="SELECT household_id, n_days, first_day FROM runs QUALIFY ROW_NUMBER() OVER "
    "(PARTITION BY household_id ORDER BY n_days DESC, first_day) = 1",
):
    return f"""
    WITH days AS ({days}),
    numbered AS (SELECT household_id, day, {run} AS run FROM days),
    runs AS (
        SELECT household_id, {length} AS n_days, MIN(day) AS first_day
        FROM numbered GROUP BY household_id, run {having}
    )
    {final}
    """


def longest_streak__wrong_baskets_numbered():
    """Numbers baskets, not days: the second basket of a day takes the number of the next day, so runs break or join."""
    return _streak_4(days="SELECT household_id, day FROM transactions")


def longest_streak__wrong_distinct_too_late():
    """Puts DISTINCT into the SELECT that numbers the rows: the window is computed first, so nothing is removed."""
    return """
    WITH numbered AS (
        SELECT DISTINCT household_id, day,
            day - CAST(ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day) AS INTEGER) AS run
        FROM transactions
    ),
    runs AS (
        SELECT household_id, COUNT(*) AS n_days, MIN(day) AS first_day
        FROM numbered GROUP BY household_id, run
    )
    SELECT household_id, n_days, first_day FROM runs
    QUALIFY ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY n_days DESC, first_day) = 1
    """


def longest_streak__wrong_rank_on_baskets():
    """Numbers with RANK: two baskets of one day share a number, but the next day's number jumps, so the run breaks behind them."""
    return _streak_4(
        days="SELECT household_id, day FROM transactions",
        run="day - CAST(RANK() OVER (PARTITION BY household_id ORDER BY day) AS INTEGER)",
        length="COUNT(DISTINCT day)",
    )


def longest_streak__wrong_baskets_counted_as_days():
    """Numbers the days rightly with DENSE_RANK, and then counts rows: two baskets of one day count as two days."""
    return _streak_4(
        days="SELECT household_id, day FROM transactions",
        run="day - CAST(DENSE_RANK() OVER (PARTITION BY household_id ORDER BY day) AS INTEGER)",
    )


def longest_streak__wrong_day_of_the_month():
    """Subtracts the number from the day of the month: a run breaks at the end of a month, and runs of two months may be joined."""
    return _streak_4(
        run="EXTRACT(day FROM day) - ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day)"
    )


def longest_streak__wrong_day_of_the_year():
    """Subtracts the number from the day of the year: a run from 31 December to 1 January breaks."""
    return _streak_4(
        run="EXTRACT(doy FROM day) - ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day)"
    )


def longest_streak__wrong_numbered_over_everybody():
    """Numbers the days of all households together, by day: the days of others stand between, so runs break where somebody else shops as well."""
    return _streak_4(run="day - CAST(ROW_NUMBER() OVER (ORDER BY day, household_id) AS INTEGER)")


def longest_streak__wrong_first_day_of_another_run():
    """Takes MAX(n_days) and MIN(first_day) over all runs: the day is the first of the earliest run, not of the longest."""
    return _streak_4(
        final="SELECT household_id, MAX(n_days) AS n_days, MIN(first_day) AS first_day FROM runs GROUP BY household_id"
    )


def longest_streak__wrong_latest_of_equal_runs():
    """Of runs of equal length it takes the latest, not the earliest."""
    return _streak_4(
        final="SELECT household_id, n_days, first_day FROM runs QUALIFY ROW_NUMBER() OVER "
        "(PARTITION BY household_id ORDER BY n_days DESC, first_day DESC) = 1"
    )


def longest_streak__wrong_all_equal_runs():
    """Keeps every run of the greatest length: a household with two such runs has two rows."""
    return _streak_4(
        final="SELECT household_id, n_days, first_day FROM runs QUALIFY RANK() OVER "
        "(PARTITION BY household_id ORDER BY n_days DESC) = 1"
    )


def longest_streak__wrong_single_days_dropped_again():
    """Drops runs of one day: a household that never buys on two days in a row has no row."""
    return _streak_4(having="HAVING COUNT(*) > 1")


def longest_streak__wrong_nights_counted():
    """Subtracts the first day from the last: that is one less than the number of days."""
    return _streak_4(length="MAX(day) - MIN(day)")


def longest_streak__wrong_newest_run():
    """Returns the current streak, the last run, and not the longest."""
    return _streak_4(
        final="SELECT household_id, n_days, first_day FROM runs QUALIFY ROW_NUMBER() OVER "
        "(PARTITION BY household_id ORDER BY first_day DESC) = 1"
    )


def longest_streak__wrong_first_pairs_only():
    """Counts the pairs of neighbouring days in the whole history plus 1: two runs are added up to one."""
    return """
    WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
    steps AS (
        SELECT household_id, day,
            day - LAG(day) OVER (PARTITION BY household_id ORDER BY day) AS gap
        FROM days
    )
    SELECT household_id, COUNT(*) FILTER (WHERE gap = 1) + 1 AS n_days,
        COALESCE(MIN(day - 1) FILTER (WHERE gap = 1), MIN(day)) AS first_day
    FROM steps GROUP BY household_id
    """


TRUE |= {
    "features_as_of__wrong_window_of_27_days": ("twenty_seven_days",),
    "features_as_of__wrong_tiers_multiply_spend": ("tiers_multiply_spend",),
    "features_as_of__wrong_last_day_in_the_window": ("last_day_in_the_window",),
    "features_as_of__wrong_tier_of_the_day_again": ("tier_of_the_day",),
    "features_as_of__wrong_tier_of_the_day_again_a_second_time": ("tier_of_the_day",),
    "features_as_of__wrong_tier_by_alphabet": ("last_tier_by_name",),
    "features_as_of__wrong_silent_label_dropped": ("silent_lost",),
    "features_as_of__wrong_lines_for_baskets": ("lines_not_baskets",),
    "features_as_of__wrong_spend_null_again": ("null_spend",),
    "campaign_report__wrong_last_day_at_midnight": ("midnight_ends_the_last_day",),
    "campaign_report__wrong_midnight_after_the_end": ("day_after_included",),
    "campaign_report__wrong_coupons_multiply_revenue": ("joined_coupons",),
    "campaign_report__wrong_redeeming_households": ("redeeming_households",),
    "campaign_report__wrong_redemptions_while_it_ran": ("redemptions_of_the_days",),
    "campaign_report__wrong_baskets_for_buyers": ("purchases_as_buyers",),
    "campaign_report__wrong_revenue_null_again": ("null_for_nothing",),
    "campaign_report__wrong_lines_of_equal_price_once": ("distinct_amounts",),
    "campaign_report__wrong_campaigns_without_households": ("unsent_campaigns_shown",),
    "longest_streak__wrong_baskets_numbered": ("two_baskets_two_days",),
    "longest_streak__wrong_distinct_too_late": ("two_baskets_two_days",),
    "longest_streak__wrong_day_of_the_month": ("day_of_month",),
    "longest_streak__wrong_first_day_of_another_run": ("first_day_of_all",),
    "longest_streak__wrong_latest_of_equal_runs": ("latest_of_equal",),
    "longest_streak__wrong_all_equal_runs": ("all_equal_runs",),
    "longest_streak__wrong_single_days_dropped_again": ("single_days_lost",),
    "longest_streak__wrong_nights_counted": ("steps_not_days",),
    "longest_streak__wrong_newest_run": ("last_run",),
}


_REPORT_10 = """
WITH bought AS (
  SELECT c.campaign_id, COUNT(DISTINCT t.household_id) AS buyers, SUM(t.sales_value) AS revenue
  FROM campaigns AS c
  JOIN campaign_descriptions AS d ON d.campaign_id = c.campaign_id
  JOIN transactions AS t ON t.household_id = c.household_id
   AND {when}
  GROUP BY c.campaign_id),
reach AS (SELECT campaign_id, COUNT(*) AS reached FROM campaigns GROUP BY campaign_id),
redeemed AS ({redeemed})
SELECT r.campaign_id, r.reached, COALESCE(b.buyers, 0) AS buyers,
       COALESCE(x.redemptions, 0) AS redemptions, COALESCE(b.revenue, 0) AS revenue
FROM reach AS r
LEFT JOIN bought AS b ON b.campaign_id = r.campaign_id
LEFT JOIN redeemed AS x ON x.campaign_id = r.campaign_id
"""


_WHEN = "CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date"


_REDEEMED = (
    "SELECT campaign_id, COUNT(*) AS redemptions FROM coupon_redemptions GROUP BY campaign_id"
)


def campaign_report__right_three_ctes_once_more():
    """Right: each table to the grain of the campaign first."""
    return _REPORT_10.format(when=_WHEN, redeemed=_REDEEMED)


def campaign_report__right_scalar_subqueries_once_more():
    """Right: one correlated subquery for each column."""
    there = """FROM transactions AS t, campaign_descriptions AS d
        WHERE d.campaign_id = k.campaign_id AND t.transaction_timestamp >= d.start_date
          AND t.transaction_timestamp < d.end_date + INTERVAL 1 DAY
          AND t.household_id IN (SELECT c.household_id FROM campaigns AS c WHERE c.campaign_id = k.campaign_id)"""
    return f"""SELECT k.campaign_id,
        (SELECT COUNT(*) FROM campaigns AS c WHERE c.campaign_id = k.campaign_id) AS reached,
        (SELECT COUNT(DISTINCT t.household_id) {there}) AS buyers,
        (SELECT COUNT(*) FROM coupon_redemptions AS r WHERE r.campaign_id = k.campaign_id) AS redemptions,
        (SELECT COALESCE(SUM(t.sales_value), 0) {there}) AS revenue
      FROM (SELECT DISTINCT campaign_id FROM campaigns) AS k"""


def campaign_report__right_union_of_facts():
    """Right: facts of one shape under each other, one GROUP BY at the end."""
    return """SELECT campaign_id, SUM(a)::BIGINT AS reached, COUNT(DISTINCT b) AS buyers,
             SUM(r)::BIGINT AS redemptions, SUM(v) AS revenue
      FROM (SELECT campaign_id, 1 AS a, NULL::INTEGER AS b, 0 AS r, 0.0::DOUBLE AS v FROM campaigns
            UNION ALL
            SELECT campaign_id, 0, NULL, 1, 0 FROM coupon_redemptions
            UNION ALL
            SELECT campaign_id, 0, household_id, 0, sales_value
            FROM campaigns JOIN campaign_descriptions USING (campaign_id) JOIN transactions USING (household_id)
            WHERE date_trunc('day', transaction_timestamp) >= start_date
              AND date_trunc('day', transaction_timestamp) <= end_date) AS facts
      GROUP BY campaign_id HAVING SUM(a) > 0"""


def campaign_report__wrong_last_second():
    """Wrong: up to 23:59:59: a purchase at 23:59:59.5 of the last day is lost."""
    when = """t.transaction_timestamp BETWEEN d.start_date
        AND d.end_date + INTERVAL 1 DAY - INTERVAL 1 SECOND"""
    return _REPORT_10.format(when=when, redeemed=_REDEEMED)


def campaign_report__wrong_redeemers_were_reached():
    """Wrong: only redemptions of reached households: (3, 501, 8, day) with household 3 not in campaigns."""
    return _REPORT_10.format(
        when=_WHEN,
        redeemed="""SELECT r.campaign_id, COUNT(*) AS redemptions
        FROM coupon_redemptions AS r JOIN campaigns AS c
        ON c.campaign_id = r.campaign_id AND c.household_id = r.household_id GROUP BY r.campaign_id""",
    )


def campaign_report__wrong_redeemed_in_time():
    """Wrong: only redemptions on the campaign's days: a coupon redeemed the day after the end."""
    return _REPORT_10.format(
        when=_WHEN,
        redeemed="""SELECT r.campaign_id, COUNT(*) AS redemptions
        FROM coupon_redemptions AS r JOIN campaign_descriptions AS d ON d.campaign_id = r.campaign_id
        AND r.redemption_date BETWEEN d.start_date AND d.end_date GROUP BY r.campaign_id""",
    )


def campaign_report__wrong_same_coupon_once():
    """Wrong: COUNT(DISTINCT coupon_upc): two households that redeem the same coupon."""
    return _REPORT_10.format(
        when=_WHEN, redeemed=_REDEEMED.replace("COUNT(*)", "COUNT(DISTINCT coupon_upc)")
    )


def campaign_report__wrong_equal_lines_once():
    """Wrong: SELECT DISTINCT of the lines: a basket with two lines of 2.0 at the same time."""
    return campaign_report__right_three_ctes_once_more().replace(
        "JOIN transactions AS t ON", "JOIN (SELECT DISTINCT * FROM transactions) AS t ON"
    )


def campaign_report__wrong_last_touch():
    """Wrong: a purchase counts only for the campaign that began last: two campaigns that overlap."""
    return (
        """WITH hit AS (
        SELECT c.campaign_id, t.household_id, t.sales_value,
               RANK() OVER (PARTITION BY t.household_id, t.basket_id, t.transaction_timestamp
                            ORDER BY d.start_date DESC, d.campaign_id DESC) AS k
        FROM campaigns AS c JOIN campaign_descriptions AS d USING (campaign_id)
        JOIN transactions AS t ON t.household_id = c.household_id AND """
        + _WHEN
        + """),
      bought AS (SELECT campaign_id, COUNT(DISTINCT household_id) AS buyers, SUM(sales_value) AS revenue
                 FROM hit WHERE k = 1 GROUP BY campaign_id),
      redeemed AS ("""
        + _REDEEMED
        + """)
      SELECT campaign_id, COUNT(*) AS reached, COALESCE(MAX(buyers), 0) AS buyers,
             COALESCE(MAX(redemptions), 0) AS redemptions, COALESCE(MAX(revenue), 0) AS revenue
      FROM campaigns LEFT JOIN bought USING (campaign_id) LEFT JOIN redeemed USING (campaign_id)
      GROUP BY campaign_id"""
    )


def campaign_report__wrong_every_description():
    """Wrong: starts from campaign_descriptions: a campaign without a household gets a row with 0."""
    return campaign_report__right_three_ctes_once_more().replace(
        "SELECT campaign_id, COUNT(*) AS reached FROM campaigns GROUP BY campaign_id",
        "SELECT d.campaign_id, COUNT(c.household_id) AS reached FROM campaign_descriptions AS d "
        "LEFT JOIN campaigns AS c ON c.campaign_id = d.campaign_id GROUP BY d.campaign_id",
    )


def campaign_report__wrong_null_buyers():
    """Wrong: COALESCE only inside the sum: NULL revenue for a campaign in which nobody bought."""
    return (
        campaign_report__right_three_ctes_once_more()
        .replace("SUM(t.sales_value)", "SUM(COALESCE(t.sales_value, 0))")
        .replace("COALESCE(b.revenue, 0)", "b.revenue")
    )


def campaign_report__wrong_one_row_per_basket():
    """Wrong: MAX(sales_value) as the value of a basket: a basket of two lines."""
    return campaign_report__right_three_ctes_once_more().replace(
        "JOIN transactions AS t ON",
        "JOIN (SELECT household_id, basket_id, MIN(transaction_timestamp) AS transaction_timestamp, "
        "MAX(sales_value) AS sales_value FROM transactions GROUP BY household_id, basket_id) AS t ON",
    )


def campaign_report__wrong_days_of_all_campaigns():
    """Wrong: households of the campaign, days of any campaign: bought while only another campaign ran."""
    return (
        campaign_report__right_three_ctes_once_more()
        .replace("JOIN campaign_descriptions AS d ON d.campaign_id = c.campaign_id\n", "")
        .replace(
            "AND " + _WHEN,
            "AND EXISTS (SELECT 1 FROM campaign_descriptions AS d WHERE " + _WHEN + ")",
        )
    )


def silent_households__right_not_exists_once_again():
    """Right: NOT EXISTS on both keys."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c WHERE NOT EXISTS (
        SELECT 1 FROM coupon_redemptions AS r
        WHERE r.campaign_id = c.campaign_id AND r.household_id = c.household_id)"""


def silent_households__right_except_once_again():
    """Right: EXCEPT, since a pair comes once."""
    return """SELECT campaign_id, household_id FROM campaigns
        EXCEPT SELECT campaign_id, household_id FROM coupon_redemptions"""


def silent_households__right_mysql_group():
    """Right: MySQL's text; a mark for each side, and no mark of the right one."""
    return """-- mysql
SELECT campaign_id, household_id FROM (
  SELECT campaign_id, household_id, 1 AS asked, 0 AS redeemed FROM campaigns
  UNION ALL
  SELECT campaign_id, household_id, 0 AS asked, 1 AS redeemed FROM coupon_redemptions WHERE household_id IS NOT NULL
) AS both_sides
GROUP BY campaign_id, household_id
HAVING SUM(asked) > 0 AND SUM(redeemed) = 0"""


def silent_households__wrong_minus_one_is_nobody():
    """Wrong: COALESCE(household_id, -1): household -1 exists and a cardless redemption hides it."""
    return """SELECT campaign_id, household_id FROM campaigns AS c WHERE household_id NOT IN (
        SELECT COALESCE(r.household_id, -1) FROM coupon_redemptions AS r WHERE r.campaign_id = c.campaign_id)"""


def silent_households__wrong_zero_is_nobody():
    """Wrong: COALESCE(household_id, 0): household 0 exists and a cardless redemption hides it."""
    return silent_households__wrong_minus_one_is_nobody().replace("-1", "0")


def silent_households__wrong_glued_key_once_more():
    """Wrong: campaign || household as text: (1, 12) is taken for (11, 2)."""
    return """SELECT campaign_id, household_id FROM campaigns
        WHERE campaign_id::VARCHAR || household_id::VARCHAR NOT IN (
        SELECT campaign_id::VARCHAR || household_id::VARCHAR FROM coupon_redemptions WHERE household_id IS NOT NULL)"""


def silent_households__wrong_number_as_key():
    """Wrong: campaign * 1000 + household: campaign 8, household 1001 is taken for campaign 9, household 1."""
    return """SELECT campaign_id, household_id FROM campaigns
        WHERE campaign_id * 1000 + household_id NOT IN (
        SELECT campaign_id * 1000 + household_id FROM coupon_redemptions WHERE household_id IS NOT NULL)"""


def silent_households__wrong_campaign_without_redemption():
    """Wrong: campaigns come from coupon_redemptions: one in which nobody redeemed has no row."""
    return """SELECT c.campaign_id, c.household_id
        FROM campaigns AS c JOIN coupon_redemptions AS r ON r.campaign_id = c.campaign_id
        GROUP BY c.campaign_id, c.household_id
        HAVING COALESCE(BOOL_OR(r.household_id = c.household_id), FALSE) = FALSE"""


def silent_households__wrong_truth_of_the_id():
    """Wrong: WHERE household_id <> 0 as a test for NULL: household 0 that redeemed is called silent."""
    return """SELECT campaign_id, household_id FROM campaigns AS c WHERE household_id NOT IN (
        SELECT r.household_id FROM coupon_redemptions AS r
        WHERE r.campaign_id = c.campaign_id AND r.household_id <> 0)"""


def silent_households__wrong_one_redemption_each():
    """Wrong: DISTINCT ON (household_id) "against repeats": a household that redeemed in two campaigns."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c LEFT JOIN (
        SELECT DISTINCT ON (household_id) household_id, campaign_id FROM coupon_redemptions
        ORDER BY household_id, campaign_id) AS r USING (campaign_id, household_id)
        WHERE r.campaign_id IS NULL"""


def silent_households__wrong_last_campaign_only():
    """Wrong: a household's latest redeemed campaign is compared: it redeemed in 8 and in 9, 8 is listed."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c LEFT JOIN (
        SELECT household_id, MAX(campaign_id) AS m FROM coupon_redemptions GROUP BY household_id) AS r
        ON r.household_id = c.household_id WHERE r.m IS NULL OR r.m <> c.campaign_id"""


def silent_households__wrong_only_known_redeemers():
    """Wrong: the household must have redeemed elsewhere: one that never redeemed anything is lost."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c
        JOIN coupon_redemptions AS r ON r.household_id = c.household_id
        GROUP BY c.campaign_id, c.household_id
        HAVING SUM(CASE WHEN r.campaign_id = c.campaign_id THEN 1 ELSE 0 END) = 0"""


def silent_households__wrong_any_earlier_campaign():
    """Wrong: r.campaign_id <= c.campaign_id: redeemed in campaign 8, silent in 9, not listed."""
    return silent_households__right_not_exists_once_again().replace(
        "r.campaign_id = c", "r.campaign_id <= c"
    )


_TOP_10 = """SELECT department, place, product_id, revenue FROM (
  SELECT department, product_id, revenue,
         RANK() OVER (PARTITION BY department ORDER BY revenue DESC) AS place
  FROM (SELECT p.department, p.product_id, SUM(t.sales_value) AS revenue
        FROM transactions AS t JOIN products AS p ON p.product_id = t.product_id
        GROUP BY p.department, p.product_id) AS sold) AS ranked
WHERE place <= 3 ORDER BY department, place, product_id"""


def top_products__right_rank():
    """Right: RANK in a subquery."""
    return _TOP_10


def top_products__right_better_ones_counted():
    """Right: place = 1 + products of the department with more revenue."""
    return """WITH sold AS (SELECT product_id, SUM(sales_value) AS revenue FROM transactions GROUP BY 1),
      known AS (SELECT department, product_id, revenue FROM sold NATURAL JOIN products)
      SELECT a.department, 1 + COUNT(b.product_id) AS place, a.product_id, a.revenue
      FROM known AS a LEFT JOIN known AS b ON b.department = a.department AND b.revenue > a.revenue
      GROUP BY a.department, a.product_id, a.revenue HAVING COUNT(b.product_id) < 3
      ORDER BY 1, 2, 3"""


def top_products__right_third_revenue():
    """Right: the third largest revenue of a department as a threshold, then QUALIFY for the places."""
    return """WITH sold AS (SELECT department, product_id, SUM(sales_value) AS revenue
        FROM transactions JOIN products USING (product_id) GROUP BY ALL),
      least AS (SELECT department, list_reverse_sort(list(revenue))[3] AS third FROM sold GROUP BY department)
      SELECT s.department, RANK() OVER (PARTITION BY s.department ORDER BY revenue DESC) AS place, product_id, revenue
      FROM sold AS s JOIN least AS l ON l.department = s.department
      WHERE third IS NULL OR revenue >= third ORDER BY s.department, place, product_id"""


def top_products__wrong_lines_ranked_once_more():
    """Wrong: lines are ranked, products never summed: a product with two lines."""
    return """SELECT department, place, product_id, revenue FROM (
      SELECT department, t.product_id, sales_value AS revenue,
             RANK() OVER (PARTITION BY department ORDER BY sales_value DESC) AS place
      FROM transactions AS t JOIN products AS p ON p.product_id = t.product_id) AS x
      WHERE place <= 3 ORDER BY department, place, product_id"""


def top_products__wrong_equal_lines_once():
    """Wrong: SUM(DISTINCT sales_value): a product sold twice for 2.5."""
    return _TOP_10.replace("SUM(t", "SUM(DISTINCT t")


def top_products__wrong_unsold_products():
    """Wrong: products without a line get revenue 0 and a place: two products sold, a third not."""
    return _TOP_10.replace("SUM(t.sales_value)", "COALESCE(SUM(t.sales_value), 0)").replace(
        "transactions AS t JOIN products", "transactions AS t RIGHT JOIN products"
    )


def top_products__wrong_zero_revenue_has_no_place():
    """Wrong: HAVING revenue > 0: a product whose only line is worth 0 has a line, so a place."""
    return _TOP_10.replace(
        "GROUP BY p.department, p.product_id",
        "GROUP BY p.department, p.product_id HAVING SUM(t.sales_value) > 0",
    )


def top_products__wrong_three_rows_once_more():
    """Wrong: at most three rows per department: revenues 5, 4, 3, 3."""
    return _TOP_10.replace(
        "WHERE place <= 3",
        "WHERE place <= 3 QUALIFY ROW_NUMBER() OVER (PARTITION BY department ORDER BY place, product_id) <= 3",
    )


def top_products__wrong_place_before_department():
    """Wrong: ORDER BY place first: two departments."""
    return _TOP_10.replace(
        "ORDER BY department, place, product_id", "ORDER BY place, department, product_id"
    )


def top_products__wrong_ids_as_text():
    """Wrong: tied products are sorted by the text of their id: 10 before 9."""
    return _TOP_10.replace(
        "ORDER BY department, place, product_id", "ORDER BY department, place, product_id::VARCHAR"
    )


def top_products__wrong_rounded_before_ranked():
    """Wrong: ranked by revenue to one digit: 2.25 and 2.3 are not equal, 2.26 and 2.34 tie."""
    return _TOP_10.replace("ORDER BY revenue DESC", "ORDER BY ROUND(revenue, 1) DESC")


def top_products__wrong_best_basket():
    """Wrong: a product has a rank for its best basket, not for its revenue: sold in two baskets."""
    return """WITH sold AS (SELECT product_id, basket_id, SUM(sales_value) AS revenue FROM transactions GROUP BY ALL),
      placed AS (SELECT department, product_id, MAX(revenue) AS best, SUM(revenue) AS revenue
                 FROM sold JOIN products USING (product_id) GROUP BY ALL)
      SELECT department, RANK() OVER (PARTITION BY department ORDER BY best DESC) AS place, product_id, revenue
      FROM placed QUALIFY place <= 3 ORDER BY department, place, product_id"""


def top_products__wrong_filter_before_rank():
    """Wrong: only revenues of at least the third *different* one are ranked: places right, but too many: 5, 5, 4, 3 gives 3."""
    return _TOP_10.replace(
        "WHERE place <= 3",
        "WHERE product_id IN (SELECT product_id FROM (SELECT product_id, DENSE_RANK() OVER (PARTITION BY department ORDER BY SUM(sales_value) DESC) AS k FROM transactions JOIN products USING (product_id) GROUP BY department, product_id) AS d WHERE k <= 3)",
    )


_LAST_10 = """SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY updated_at DESC, load_id DESC) AS k
  FROM order_events) AS v
WHERE k = 1 AND status = 'paid' GROUP BY household_id"""


def current_orders__right_row_number_once_again():
    """Right: ROW_NUMBER, then the status."""
    return _LAST_10


def current_orders__right_no_later_version_once_more():
    """Right: NOT EXISTS a later version."""
    return """SELECT a.household_id, COUNT(*) AS orders, SUM(a.amount) AS revenue FROM order_events AS a
      WHERE a.status = 'paid' AND NOT EXISTS (SELECT 1 FROM order_events AS b WHERE b.order_id = a.order_id
        AND (b.updated_at > a.updated_at OR (b.updated_at = a.updated_at AND b.load_id > a.load_id)))
      GROUP BY a.household_id"""


def current_orders__right_largest_struct():
    """Right: MAX of a struct of time, load, status and amount."""
    return """SELECT household_id, COUNT(*) AS orders, SUM(last.a) AS revenue FROM (
        SELECT order_id, household_id, MAX({'t': updated_at, 'l': load_id, 's': status, 'a': amount}) AS last
        FROM order_events GROUP BY order_id, household_id) AS o
      WHERE last.s = 'paid' GROUP BY household_id"""


def current_orders__wrong_largest_load():
    """Wrong: the last load is the last version: an old version redelivered with load 9."""
    return _LAST_10.replace("updated_at DESC, load_id DESC", "load_id DESC")


def current_orders__wrong_first_load_of_equal_times():
    """Wrong: of equal times the smaller load: (paid, load 1) and (cancelled, load 2) at the same time."""
    return _LAST_10.replace("load_id DESC", "load_id")


def current_orders__wrong_two_maxima_once_more():
    """Wrong: MAX(updated_at) and MAX(load_id) of the order, joined together: no row if they lie in different rows."""
    return """SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue FROM order_events AS e
      JOIN (SELECT order_id, MAX(updated_at) AS u, MAX(load_id) AS l FROM order_events GROUP BY order_id) AS m
      ON m.order_id = e.order_id AND m.u = e.updated_at AND m.l = e.load_id
      WHERE status = 'paid' GROUP BY household_id"""


def current_orders__wrong_distinct_repair():
    """Wrong: all rows of the latest time, DISTINCT: two that differ in amount at that time both count."""
    return """SELECT household_id, COUNT(DISTINCT order_id) AS orders, SUM(amount) AS revenue FROM (
      SELECT DISTINCT e.order_id, household_id, status, amount FROM order_events AS e
      JOIN (SELECT order_id, MAX(updated_at) AS u FROM order_events GROUP BY order_id) AS m
      ON m.order_id = e.order_id AND m.u = e.updated_at) AS x WHERE status = 'paid' GROUP BY household_id"""


def current_orders__wrong_contains_paid():
    """Wrong: LIKE '%paid%': a last version 'unpaid' or 'repaid'."""
    return _LAST_10.replace("= 'paid'", "LIKE '%paid%'")


def current_orders__wrong_largest_amount():
    """Wrong: MAX(amount) over the versions: the amount was corrected from 5 to 3."""
    return _LAST_10.replace(
        "SELECT *,",
        "SELECT household_id, order_id, status, MAX(amount) OVER (PARTITION BY order_id) AS amount,",
    )


def current_orders__wrong_by_day():
    """Wrong: the day of updated_at, then load: an earlier version of the same day has the larger load."""
    return _LAST_10.replace("updated_at DESC,", "CAST(updated_at AS DATE) DESC,")


def current_orders__wrong_rows_of_zero():
    """Wrong: households whose orders are all cancelled get a row with 0."""
    return (
        _LAST_10.replace("COUNT(*)", "SUM(CASE WHEN status = 'paid' THEN 1 ELSE 0 END)::BIGINT")
        .replace("SUM(amount)", "COALESCE(SUM(CASE WHEN status = 'paid' THEN amount END), 0)")
        .replace(" AND status = 'paid'", "")
    )


def current_orders__wrong_cancelled_for_ever():
    """Wrong: an order that was cancelled once and paid again later is left out."""
    return _LAST_10.replace(
        "AND status = 'paid'",
        "AND status = 'paid' AND order_id NOT IN (SELECT order_id FROM order_events WHERE status = 'cancelled')",
    )


def current_orders__wrong_to_the_second():
    """Wrong: times are cut to seconds: 10:00:00.2 (load 1) and 10:00:00.1 (load 2)."""
    return _LAST_10.replace("updated_at DESC,", "date_trunc('second', updated_at) DESC,")


def current_orders__wrong_free_orders():
    """Wrong: households with revenue 0 are left out: one paid order of amount 0."""
    return _LAST_10 + " HAVING SUM(amount) > 0"


_MEDIAN_10 = """SELECT store_id, AVG(sales_value) AS median FROM (
  SELECT store_id, sales_value, ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value) AS k,
         COUNT(*) OVER (PARTITION BY store_id) AS n FROM baskets) AS x
WHERE 2 * k BETWEEN n AND n + 2 GROUP BY store_id"""


def median_basket__right_row_number():
    """Right: numbers in the middle."""
    return _MEDIAN_10


def median_basket__right_sorted_list():
    """Right: a sorted list for each store, two of its elements."""
    return """SELECT store_id, (v[(n + 1) // 2] + v[n // 2 + 1]) / 2 AS median FROM (
      SELECT store_id, list_sort(list(sales_value)) AS v, COUNT(*)::INTEGER AS n FROM baskets GROUP BY store_id) AS x"""


def median_basket__right_counts_on_both_sides():
    """Right: values with at least half of the baskets on each side, the mean of the least and the largest."""
    return """SELECT store_id, (MIN(v) + MAX(v)) / 2 AS median FROM (
      SELECT a.store_id, a.sales_value AS v FROM baskets AS a JOIN baskets AS b ON b.store_id = a.store_id
      GROUP BY a.store_id, a.sales_value
      HAVING 2 * SUM(CASE WHEN b.sales_value <= a.sales_value THEN 1 ELSE 0 END) >= COUNT(*)
         AND 2 * SUM(CASE WHEN b.sales_value >= a.sales_value THEN 1 ELSE 0 END) >= COUNT(*)) AS m GROUP BY store_id"""


def median_basket__wrong_rank_once_again():
    """Wrong: RANK leaves no number in the middle: 1, 2, 2, 2, 3."""
    return _MEDIAN_10.replace("ROW_NUMBER", "RANK")


def median_basket__wrong_two_directions():
    """Wrong: row numbers up and down are no mirror images when values are equal: 2, 2, 2."""
    return """SELECT store_id, AVG(sales_value) AS median FROM (
      SELECT store_id, sales_value, ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value) AS a,
             ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value DESC) AS b FROM baskets) AS x
      WHERE ABS(a - b) <= 1 GROUP BY store_id"""


def median_basket__wrong_different_values():
    """Wrong: the median of different values: 1, 1, 1, 5."""
    return _MEDIAN_10.replace(
        "FROM baskets", "FROM (SELECT DISTINCT store_id, sales_value FROM baskets)"
    )


def median_basket__wrong_two_halves():
    """Wrong: NTILE(2): the mean of the largest of the first and the least of the second half: 1, 2, 9 gives 5.5."""
    return """SELECT store_id, (MAX(CASE WHEN h = 1 THEN sales_value END)
        + COALESCE(MIN(CASE WHEN h = 2 THEN sales_value END), MAX(sales_value))) / 2 AS median FROM (
      SELECT store_id, sales_value, NTILE(2) OVER (PARTITION BY store_id ORDER BY sales_value) AS h
      FROM baskets) AS x GROUP BY store_id"""


def median_basket__wrong_cents():
    """Wrong: rounded to cents: 2.25 and 2.5 give 2.38."""
    return _MEDIAN_10.replace("AVG(sales_value)", "ROUND(AVG(sales_value), 2)")


def median_basket__wrong_mean_of_tied_rows():
    """Wrong: AVG over all rows of the middle values: 1, 1, 2, 3 gives 1.33, not 1.5."""
    return """SELECT a.store_id, AVG(a.sales_value) AS median FROM baskets AS a
      WHERE 2 * (SELECT COUNT(*) FROM baskets AS b WHERE b.store_id = a.store_id AND b.sales_value <= a.sales_value)
         >= (SELECT COUNT(*) FROM baskets AS b WHERE b.store_id = a.store_id)
        AND 2 * (SELECT COUNT(*) FROM baskets AS b WHERE b.store_id = a.store_id AND b.sales_value >= a.sales_value)
         >= (SELECT COUNT(*) FROM baskets AS b WHERE b.store_id = a.store_id) GROUP BY a.store_id"""


def median_basket__wrong_free_baskets():
    """Wrong: baskets of value 0 are left out: 0, 0, 5."""
    return _MEDIAN_10.replace("FROM baskets", "FROM baskets WHERE sales_value > 0")


def median_basket__wrong_cast_rounds_once_more():
    """Wrong: CAST((n + 1) / 2 AS INTEGER) rounds, it does not cut: wrong for some even n."""
    return _MEDIAN_10.replace(
        "2 * k BETWEEN n AND n + 2",
        "k IN (CAST((n + 1) / 2 AS INTEGER), CAST((n + 1) / 2 AS INTEGER) + 1 - n % 2)",
    )


def median_basket__wrong_single_basket():
    """Wrong: a store with one basket has no row: HAVING more than one."""
    return _MEDIAN_10.replace("GROUP BY store_id", "AND n > 1 GROUP BY store_id")


def median_basket__wrong_count_of_all_stores():
    """Wrong: n is counted over all stores: two stores."""
    return _MEDIAN_10.replace("COUNT(*) OVER (PARTITION BY store_id)", "COUNT(*) OVER ()")


_RETENTION_10 = """WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
firsts AS (SELECT household_id, MIN(day) AS cohort FROM days GROUP BY household_id),
ending AS (SELECT MAX(day) AS last_day FROM transactions)
SELECT f.cohort, COUNT(*) AS households,
  CASE WHEN f.cohort + 1 <= MAX(e.last_day) THEN CAST(COUNT(a.day) AS DOUBLE) / COUNT(*) END AS d1,
  CASE WHEN f.cohort + 7 <= MAX(e.last_day) THEN CAST(COUNT(b.day) AS DOUBLE) / COUNT(*) END AS d7
FROM firsts AS f CROSS JOIN ending AS e
LEFT JOIN days AS a ON a.household_id = f.household_id AND a.day = f.cohort + 1
LEFT JOIN days AS b ON b.household_id = f.household_id AND b.day = f.cohort + 7
GROUP BY f.cohort"""


def day_retention__right_left_joins_once_more():
    """Right: one LEFT JOIN for each later day."""
    return _RETENTION_10


def day_retention__right_window_and_flags():
    """Right: the first day as a window, flags per household, their mean."""
    return """WITH x AS (SELECT household_id, day, MIN(day) OVER (PARTITION BY household_id) AS cohort,
        MAX(day) OVER () AS ending FROM transactions),
      h AS (SELECT household_id, cohort, ending, MAX((day - cohort = 1)::INTEGER) AS one,
                   MAX((day - cohort = 7)::INTEGER) AS seven FROM x GROUP BY ALL)
      SELECT cohort, COUNT(*) AS households, IF(cohort + 1 > ending, NULL, AVG(one)) AS d1,
             IF(cohort + 7 > ending, NULL, AVG(seven)) AS d7 FROM h GROUP BY cohort, ending"""


def day_retention__right_lists_once_more():
    """Right: the list of a household's days, and whether it holds a day."""
    return """SELECT c AS cohort, COUNT(*) AS households,
        AVG(CASE WHEN c + 1 <= (SELECT MAX(day) FROM transactions) THEN list_contains(d, c + 1)::INTEGER END) AS d1,
        AVG(CASE WHEN c + 7 <= (SELECT MAX(day) FROM transactions) THEN list_contains(d, c + 7)::INTEGER END) AS d7
      FROM (SELECT household_id, MIN(day) AS c, list(day) AS d FROM transactions GROUP BY household_id) AS h GROUP BY c"""


def day_retention__wrong_last_day_of_the_cohort():
    """Wrong: the end is the last day of the cohort's own households: nobody of it returned, others bought for weeks."""
    return """WITH x AS (SELECT household_id, day, MIN(day) OVER (PARTITION BY household_id) AS cohort FROM transactions)
      SELECT cohort, COUNT(DISTINCT household_id) AS households,
        CASE WHEN cohort + 1 <= MAX(day) THEN CAST(COUNT(DISTINCT CASE WHEN day = cohort + 1 THEN household_id END) AS DOUBLE) / COUNT(DISTINCT household_id) END AS d1,
        CASE WHEN cohort + 7 <= MAX(day) THEN CAST(COUNT(DISTINCT CASE WHEN day = cohort + 7 THEN household_id END) AS DOUBLE) / COUNT(DISTINCT household_id) END AS d7
      FROM x GROUP BY cohort"""


def day_retention__wrong_zero_is_null():
    """Wrong: a share of 0 becomes NULL: a day is over and nobody came."""
    return _RETENTION_10.replace("COUNT(a.day)", "NULLIF(COUNT(a.day), 0)").replace(
        "COUNT(b.day)", "NULLIF(COUNT(b.day), 0)"
    )


def day_retention__wrong_baskets_repeat_households():
    """Wrong: days without DISTINCT: a household with two baskets on day 1 counts twice in all counts."""
    return _RETENTION_10.replace("SELECT DISTINCT household_id, day", "SELECT household_id, day")


def day_retention__wrong_within_seven_days():
    """Wrong: d7 counts a purchase on any of the days 1 to 7."""
    return _RETENTION_10.replace(
        "LEFT JOIN days AS b ON",
        "LEFT JOIN (SELECT DISTINCT f2.household_id, f2.cohort + 7 AS day FROM firsts AS f2 JOIN days AS d2 ON d2.household_id = f2.household_id AND d2.day BETWEEN f2.cohort + 1 AND f2.cohort + 7) AS b ON",
    )


def day_retention__wrong_first_day_is_day_one():
    """Wrong: d7 is the day 6 days later (the first day counts as day 1)."""
    return _RETENTION_10.replace("cohort + 7", "cohort + 6")


def day_retention__wrong_still_there():
    """Wrong: d7 only of those who also came on day 1."""
    return _RETENTION_10.replace(
        "ON b.household_id = f.household_id", "ON b.household_id = a.household_id"
    )


def day_retention__wrong_two_digits():
    """Wrong: shares rounded to two digits: 1 of 3."""
    return _RETENTION_10.replace(
        "CAST(COUNT(a.day) AS DOUBLE) / COUNT(*)",
        "ROUND(CAST(COUNT(a.day) AS DOUBLE) / COUNT(*), 2)",
    )


def day_retention__wrong_smallest_basket_is_first():
    """Wrong: the first purchase is that with the smallest basket_id: ids that do not rise with the days."""
    return _RETENTION_10.replace(
        "SELECT household_id, MIN(day) AS cohort FROM days",
        "SELECT household_id, ARG_MIN(day, basket_id) AS cohort FROM transactions",
    )


def day_retention__wrong_nobody_came_back():
    """Wrong: a cohort of which nobody ever bought again has no row."""
    return _RETENTION_10.replace(
        "GROUP BY household_id)",
        "GROUP BY household_id),\nagain AS (SELECT DISTINCT f3.cohort FROM firsts AS f3 JOIN days AS d3 ON d3.household_id = f3.household_id AND d3.day > f3.cohort)",
        1,
    ).replace("GROUP BY f.cohort", "WHERE f.cohort IN (SELECT cohort FROM again) GROUP BY f.cohort")


def day_retention__wrong_both_or_none():
    """Wrong: d1 is NULL whenever d7 is not yet known, unless the table ends on that very day 1: cohort 3 days before the end."""
    return _RETENTION_10.replace(
        "CASE WHEN f.cohort + 1 <= MAX(e.last_day)",
        "CASE WHEN f.cohort + 1 = MAX(e.last_day) OR f.cohort + 7 <= MAX(e.last_day)",
    )


_STREAK_10 = """WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
numbered AS (SELECT household_id, day, ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day) AS k FROM days),
runs AS (SELECT household_id, COUNT(*) AS n_days, MIN(day) AS first_day FROM numbered
         GROUP BY household_id, {key})
SELECT household_id, n_days, first_day FROM (
  SELECT *, {pick} OVER (PARTITION BY household_id ORDER BY n_days DESC{tie}) AS place FROM runs) AS r
WHERE place = 1"""


_ISLAND = "day - CAST(k AS INTEGER)"


def longest_streak__right_islands_once_more():
    """Right: gaps and islands."""
    return _STREAK_10.format(key=_ISLAND, pick="ROW_NUMBER()", tie=", first_day")


def longest_streak__right_starts_and_ends_once_more():
    """Right: starts have no day before, ends no day after; the next end closes a start."""
    return """WITH d AS (SELECT DISTINCT household_id AS h, day FROM transactions),
      s AS (SELECT * FROM d AS a WHERE NOT EXISTS (SELECT 1 FROM d AS b WHERE b.h = a.h AND b.day = a.day - 1)),
      e AS (SELECT * FROM d AS a WHERE NOT EXISTS (SELECT 1 FROM d AS b WHERE b.h = a.h AND b.day = a.day + 1)),
      r AS (SELECT s.h, s.day AS first_day, MIN(e.day) - s.day + 1 AS n FROM s JOIN e ON e.h = s.h AND e.day >= s.day
            GROUP BY s.h, s.day)
      SELECT h AS household_id, n AS n_days, MIN(first_day) AS first_day FROM r AS a
      WHERE n = (SELECT MAX(n) FROM r AS b WHERE b.h = a.h) GROUP BY h, n"""


def longest_streak__right_recursive():
    """Right: a recursive walk from each start; DENSE_RANK-free."""
    return """WITH RECURSIVE d AS (SELECT household_id AS h, day FROM transactions GROUP BY ALL),
      w AS (SELECT h, day AS first_day, day AS at, 1 AS n FROM d WHERE (h, day - 1) NOT IN (SELECT (h, day) FROM d)
            UNION ALL SELECT w.h, w.first_day, d.day, w.n + 1 FROM w JOIN d ON d.h = w.h AND d.day = w.at + 1)
      SELECT DISTINCT ON (h) h AS household_id, n AS n_days, first_day FROM w ORDER BY h, n DESC, first_day"""


def longest_streak__wrong_rank_of_ties():
    """Wrong: RANK: two runs of equal length give two rows."""
    return _STREAK_10.format(key=_ISLAND, pick="RANK()", tie="")


def longest_streak__wrong_day_of_month_once_more():
    """Wrong: day of the month minus number: 31 January and 1 February, or the same key in two months."""
    return _STREAK_10.format(
        key="EXTRACT(DAY FROM day) - k", pick="ROW_NUMBER()", tie=", first_day"
    )


def longest_streak__wrong_yyyymmdd():
    """Wrong: 20170131 and 20170201 are no neighbours as numbers."""
    return _STREAK_10.format(
        key="CAST(STRFTIME(day, '%Y%m%d') AS INTEGER) - k", pick="ROW_NUMBER()", tie=", first_day"
    )


def longest_streak__wrong_day_of_year():
    """Wrong: the day of the year begins anew: 31 December and 1 January."""
    return _STREAK_10.format(
        key="EXTRACT(DOY FROM day) - k", pick="ROW_NUMBER()", tie=", first_day"
    )


def longest_streak__wrong_numbers_of_all_households():
    """Wrong: the rows are numbered over all households: another household's day between two of hers."""
    return longest_streak__right_islands_once_more().replace(
        "OVER (PARTITION BY household_id ORDER BY day) AS k",
        "OVER (ORDER BY day, household_id) AS k",
    )


def longest_streak__wrong_single_days():
    """Wrong: a household without two days in a row has no row."""
    return longest_streak__right_islands_once_more().replace(
        "WHERE place = 1", "WHERE place = 1 AND n_days > 1"
    )


def longest_streak__wrong_a_week_at_most():
    """Wrong: the walk ends after seven days: a run of eight."""
    return longest_streak__right_recursive().replace(
        "d.day = w.at + 1", "d.day = w.at + 1 AND w.n < 7"
    )


def longest_streak__wrong_order_of_baskets():
    """Wrong: neighbours by basket_id, not by day: ids that do not rise with the days."""
    return (
        longest_streak__right_islands_once_more()
        .replace(
            "SELECT DISTINCT household_id, day FROM",
            "SELECT household_id, day, MIN(basket_id) AS b FROM",
        )
        .replace("FROM transactions)", "FROM transactions GROUP BY household_id, day)")
        .replace("ORDER BY day) AS k", "ORDER BY b) AS k")
    )


def longest_streak__wrong_latest_of_ties_once_more():
    """Wrong: of runs of equal length the latest: single days on the 2nd and the 4th."""
    return _STREAK_10.format(key=_ISLAND, pick="ROW_NUMBER()", tie=", first_day DESC")


def longest_streak__wrong_run_still_open():
    """Wrong: a run that reaches the last day of the table is taken for unfinished when the household has a finished one."""
    return (
        longest_streak__right_islands_once_more()
        .replace(
            "ORDER BY n_days DESC",
            "ORDER BY (first_day + CAST(n_days AS INTEGER) > (SELECT MAX(day) FROM transactions) AND n_days < 2), n_days DESC",
        )
        .replace("n_days < 2)", "n_days > 2)")
    )


_ROLLING_10 = """SELECT c.day, COUNT(DISTINCT t.household_id) AS active FROM calendar AS c
LEFT JOIN transactions AS t ON t.day BETWEEN c.day - 6 AND c.day
GROUP BY c.day ORDER BY c.day"""


def rolling_active__right_range_join_once_again():
    """Right: LEFT JOIN on a range."""
    return _ROLLING_10


def rolling_active__right_asof_once_more():
    """Right: for each day and household the last purchase as of the day, counted if young enough."""
    return """SELECT p.day, COALESCE(SUM((p.day - t.day < 7)::INTEGER), 0)::BIGINT AS active
      FROM (SELECT c.day, h.household_id FROM calendar AS c
            LEFT JOIN (SELECT DISTINCT household_id FROM transactions) AS h ON TRUE) AS p
      ASOF LEFT JOIN transactions AS t ON t.household_id = p.household_id AND t.day <= p.day
      GROUP BY p.day ORDER BY p.day"""


def rolling_active__right_seven_copies():
    """Right: each purchase is copied to the seven days on which it counts."""
    return """WITH counted AS (SELECT DISTINCT household_id, day + CAST(k.generate_series AS INTEGER) AS day
        FROM transactions, generate_series(0, 6) AS k)
      SELECT c.day, (SELECT COUNT(*) FROM counted AS a WHERE a.day = c.day) AS active FROM calendar AS c ORDER BY 1"""


def rolling_active__wrong_days_of_the_calendar():
    """Wrong: a purchase on a day that is not in the calendar is lost: bought on the 4th, calendar 3rd and 5th."""
    return _ROLLING_10.replace(
        "JOIN transactions AS t",
        "JOIN (SELECT * FROM transactions WHERE day IN (SELECT day FROM calendar)) AS t",
    )


def rolling_active__wrong_from_the_first_day():
    """Wrong: purchases before the first day of the calendar do not count."""
    return _ROLLING_10.replace(
        "AND c.day\n", "AND c.day AND t.day >= (SELECT MIN(day) FROM calendar)\n"
    )


def rolling_active__wrong_last_purchase_of_all():
    """Wrong: only the last purchase of a household in the table: it buys on the 3rd and on the 20th, the 3rd is lost."""
    return _ROLLING_10.replace(
        "JOIN transactions AS t",
        "JOIN (SELECT household_id, MAX(day) AS day FROM transactions GROUP BY household_id) AS t",
    )


def rolling_active__wrong_future_purchases():
    """Wrong: DATEDIFF < 7 holds for later days too: a purchase after the day."""
    return _ROLLING_10.replace(
        "t.day BETWEEN c.day - 6 AND c.day", "DATEDIFF('day', t.day, c.day) < 7"
    )


def rolling_active__wrong_day_of_year_once_more():
    """Wrong: days of the year are compared: 30 December and 2 January."""
    return _ROLLING_10.replace(
        "t.day BETWEEN c.day - 6 AND c.day",
        "EXTRACT(DOY FROM c.day) - EXTRACT(DOY FROM t.day) BETWEEN 0 AND 6",
    )


def rolling_active__wrong_day_of_month():
    """Wrong: days of the month are compared within a month: 30 January and 2 February."""
    return _ROLLING_10.replace(
        "t.day BETWEEN c.day - 6 AND c.day",
        "t.day BETWEEN c.day - 6 AND c.day AND date_trunc('month', t.day) = date_trunc('month', c.day)",
    )


def rolling_active__wrong_order_of_texts():
    """Wrong: sorted by a text day/month/year: 1 February before 31 January."""
    return _ROLLING_10.replace("ORDER BY c.day", "ORDER BY STRFTIME(c.day, '%d/%m/%Y')")


def rolling_active__wrong_cross_join():
    """Wrong: CROSS JOIN and conditional count: no row at all when transactions is empty."""
    return """SELECT c.day, COUNT(DISTINCT CASE WHEN t.day BETWEEN c.day - 6 AND c.day THEN t.household_id END) AS active
      FROM calendar AS c, transactions AS t GROUP BY c.day ORDER BY c.day"""


def rolling_active__wrong_until_the_last_purchase():
    """Wrong: days more than a week after the last purchase of the table are not shown."""
    return _ROLLING_10.replace(
        "GROUP BY", "WHERE c.day <= (SELECT MAX(day) + 7 FROM transactions) GROUP BY"
    )


def rolling_active__wrong_calendar_rows():
    """Wrong: the window is seven rows of the calendar where it has that many: a calendar of Mondays."""
    return """WITH c AS (SELECT day, LAG(day, 6) OVER (ORDER BY day) AS back FROM calendar)
      SELECT c.day, COUNT(DISTINCT t.household_id) AS active FROM c LEFT JOIN transactions AS t
      ON t.day BETWEEN COALESCE(back, c.day - 6) AND c.day GROUP BY c.day ORDER BY c.day"""


_FUNNEL_10 = """SELECT v.product_id, COUNT(DISTINCT v.household_id) AS viewed,
  COUNT(DISTINCT c.household_id) AS carted, COUNT(DISTINCT b.household_id) AS bought
FROM {views} AS v
LEFT JOIN {carts} AS c ON c.event = 'cart' AND c.household_id = v.household_id AND c.product_id = v.product_id
  AND c.event_at > v.event_at AND {cart_in_time}
LEFT JOIN events AS b ON b.event = 'buy' AND b.household_id = v.household_id AND b.product_id = v.product_id
  AND {after_cart} AND {buy_in_time}
WHERE v.event = 'view' GROUP BY v.product_id"""


def _funnel_10(**parts):
    usual = {
        "views": "events",
        "carts": "events",
        "after_cart": "b.event_at > c.event_at",
        "cart_in_time": "c.event_at <= v.event_at + INTERVAL 24 HOUR",
        "buy_in_time": "b.event_at <= v.event_at + INTERVAL 24 HOUR",
    }
    return _FUNNEL_10.format(**{**usual, **parts})


def purchase_funnel__right_left_joins_once_more():
    """Right: views, then carts, then purchases."""
    return _funnel_10()


def purchase_funnel__right_exists_per_view():
    """Right: two flags per view, by nested EXISTS, then their maximum per household."""
    return """WITH flagged AS (SELECT v.product_id, v.household_id,
        EXISTS (SELECT 1 FROM events AS c WHERE c.event = 'cart' AND c.household_id = v.household_id
          AND c.product_id = v.product_id AND c.event_at > v.event_at AND c.event_at - v.event_at <= INTERVAL 24 HOUR) AS c,
        EXISTS (SELECT 1 FROM events AS c JOIN events AS b ON b.household_id = c.household_id AND b.product_id = c.product_id
          WHERE c.event = 'cart' AND b.event = 'buy' AND c.household_id = v.household_id AND c.product_id = v.product_id
          AND v.event_at < c.event_at AND c.event_at < b.event_at AND b.event_at <= v.event_at + INTERVAL 1 DAY) AS b
        FROM events AS v WHERE v.event = 'view'),
      people AS (SELECT product_id, household_id, BOOL_OR(c) AS c, BOOL_OR(b) AS b FROM flagged GROUP BY ALL)
      SELECT product_id, COUNT(*) AS viewed, COUNT_IF(c)::BIGINT AS carted, COUNT_IF(b)::BIGINT AS bought
      FROM people GROUP BY product_id"""


def purchase_funnel__right_latest_view_before_cart():
    """Right: for a cart the latest view before it is the best one; for that pair the earliest purchase after the cart."""
    return """WITH pairs AS (SELECT c.household_id, c.product_id, c.event_at AS cart_at, MAX(v.event_at) AS view_at
        FROM events AS c JOIN events AS v ON v.event = 'view' AND v.household_id = c.household_id
         AND v.product_id = c.product_id AND v.event_at < c.event_at WHERE c.event = 'cart' GROUP BY ALL),
      good AS (SELECT * FROM pairs WHERE cart_at <= view_at + INTERVAL 24 HOUR),
      done AS (SELECT g.household_id, g.product_id, g.view_at, MIN(b.event_at) AS buy_at FROM good AS g
        JOIN events AS b ON b.event = 'buy' AND b.household_id = g.household_id AND b.product_id = g.product_id
        AND b.event_at > g.cart_at GROUP BY g.household_id, g.product_id, g.view_at, g.cart_at)
      SELECT e.product_id, COUNT(DISTINCT e.household_id) AS viewed,
        (SELECT COUNT(DISTINCT household_id) FROM good AS g WHERE g.product_id = e.product_id) AS carted,
        (SELECT COUNT(DISTINCT household_id) FROM done AS d WHERE d.product_id = e.product_id
           AND buy_at <= view_at + INTERVAL 24 HOUR) AS bought
      FROM events AS e WHERE e.event = 'view' GROUP BY e.product_id"""


def purchase_funnel__wrong_first_view_once_more():
    """Wrong: only the first view: view Monday, view and cart Wednesday."""
    return _funnel_10(
        views="(SELECT household_id, product_id, event, MIN(event_at) AS event_at FROM events GROUP BY ALL)"
    )


def purchase_funnel__wrong_last_view_once_more():
    """Wrong: only the last view: view, cart, buy, view again."""
    return _funnel_10(
        views="(SELECT household_id, product_id, event, MAX(event_at) AS event_at FROM events GROUP BY ALL)"
    )


def purchase_funnel__wrong_first_cart():
    """Wrong: only a household's first cart: a cart before the view, another after it."""
    return _funnel_10(
        carts="(SELECT household_id, product_id, event, MIN(event_at) AS event_at FROM events GROUP BY ALL)"
    )


def purchase_funnel__wrong_day_from_the_cart():
    """Wrong: the purchase within 24 hours of the cart: view Mon 10:00, cart Mon 20:00, buy Tue 15:00."""
    return _funnel_10(buy_in_time="b.event_at <= c.event_at + INTERVAL 24 HOUR")


def purchase_funnel__wrong_hours_counted():
    """Wrong: DATEDIFF('hour') counts full clock hours: view 10:00, cart the next day 10:59 is "24"."""
    return _funnel_10(
        cart_in_time="DATEDIFF('hour', v.event_at, c.event_at) <= 24",
        buy_in_time="DATEDIFF('hour', v.event_at, b.event_at) <= 24",
    )


def purchase_funnel__wrong_another_view():
    """Wrong: the purchase is within a day of any view before it, not of the view of the cart: view 1 Mon 10:00, cart Mon 11:00, view Tue 20:00, buy Tue 21:00."""
    return _funnel_10(
        buy_in_time="EXISTS (SELECT 1 FROM events AS w WHERE w.event = 'view' AND w.household_id = b.household_id AND w.product_id = b.product_id AND w.event_at < b.event_at AND b.event_at <= w.event_at + INTERVAL 24 HOUR)"
    )


def purchase_funnel__wrong_whole_minutes():
    """Wrong: after is compared in minutes: a cart 20 seconds after the view is "at the same time"."""
    return _funnel_10(
        cart_in_time="date_trunc('minute', c.event_at) > date_trunc('minute', v.event_at) AND c.event_at <= v.event_at + INTERVAL 24 HOUR"
    )


def purchase_funnel__wrong_products_without_view():
    """Wrong: a product that was only put into the cart gets a row with 0 views."""
    return (
        "SELECT p.product_id, COALESCE(viewed, 0) AS viewed, COALESCE(carted, 0) AS carted, COALESCE(bought, 0) AS bought FROM (SELECT DISTINCT product_id FROM events) AS p LEFT JOIN ("
        + _funnel_10()
        + ") AS f ON f.product_id = p.product_id"
    )


def purchase_funnel__wrong_next_event():
    """Wrong: the cart must be the very next event after the view: view, view, cart is fine, view, buy, cart is not."""
    return _funnel_10(
        cart_in_time="c.event_at <= v.event_at + INTERVAL 24 HOUR AND NOT EXISTS (SELECT 1 FROM events AS m WHERE m.event = 'buy' AND m.household_id = v.household_id AND m.product_id = v.product_id AND m.event_at > v.event_at AND m.event_at < c.event_at AND EXISTS (SELECT 1 FROM events AS z WHERE z.event = 'buy' AND z.household_id = v.household_id AND z.product_id = v.product_id AND z.event_at > c.event_at))"
    )


def purchase_funnel__wrong_buy_with_the_cart():
    """Wrong: a purchase at the very time of the cart counts."""
    return _funnel_10(after_cart="b.event_at >= c.event_at")


_FEATURES_10 = """SELECT l.household_id, l.as_of,
  (SELECT COUNT(DISTINCT t.basket_id) FROM transactions AS t WHERE t.household_id = l.household_id AND {window}) AS baskets,
  (SELECT COALESCE(SUM({sum}t.sales_value), 0) FROM transactions AS t WHERE t.household_id = l.household_id AND {window}) AS spend,
  (SELECT MAX(t.day) FROM transactions AS t WHERE t.household_id = l.household_id AND {ever}) AS last_day,
  ({tier}) AS tier
FROM labels AS l"""


def _features_10(**parts):
    usual = {
        "window": "t.day < l.as_of AND t.day >= l.as_of - 28",
        "ever": "t.day < l.as_of",
        "sum": "",
        "tier": "SELECT ARG_MAX(r.tier, r.valid_from) FROM tiers AS r WHERE r.household_id = l.household_id AND r.valid_from < l.as_of",
    }
    return _FEATURES_10.format(**{**usual, **parts})


def features_as_of__right_scalar_subqueries_once_more():
    """Right: one subquery for each feature."""
    return _features_10()


def features_as_of__right_aggregate_then_join():
    """Right: purchases to one row per label, the tier by ROW_NUMBER per label."""
    return """WITH bought AS (SELECT l.household_id, l.as_of,
        COUNT(DISTINCT CASE WHEN t.day >= l.as_of - 28 THEN t.basket_id END) AS baskets,
        COALESCE(SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value END), 0) AS spend, MAX(t.day) AS last_day
        FROM labels AS l LEFT JOIN transactions AS t ON t.household_id = l.household_id AND t.day < l.as_of
        GROUP BY l.household_id, l.as_of),
      ranked AS (SELECT l.household_id, l.as_of, r.tier,
        ROW_NUMBER() OVER (PARTITION BY l.household_id, l.as_of ORDER BY r.valid_from DESC) AS k
        FROM labels AS l JOIN tiers AS r ON r.household_id = l.household_id AND r.valid_from < l.as_of)
      SELECT b.*, r.tier FROM bought AS b LEFT JOIN ranked AS r
      ON r.household_id = b.household_id AND r.as_of = b.as_of AND r.k = 1"""


def features_as_of__right_asof_join_once_more():
    """Right: ASOF joins (strictly before) for tier and last day; the window by a join of its own."""
    return """WITH w AS (SELECT l.household_id, l.as_of, COUNT(DISTINCT basket_id) AS baskets, SUM(sales_value) AS spend
        FROM labels AS l JOIN transactions AS t ON t.household_id = l.household_id
        AND l.as_of - t.day BETWEEN 1 AND 28 GROUP BY ALL),
      days AS (SELECT DISTINCT household_id, day FROM transactions)
      SELECT l.household_id, l.as_of, COALESCE(w.baskets, 0) AS baskets, COALESCE(w.spend, 0) AS spend,
             d.day AS last_day, r.tier
      FROM labels AS l ASOF LEFT JOIN tiers AS r ON r.household_id = l.household_id AND r.valid_from < l.as_of
      ASOF LEFT JOIN days AS d ON d.household_id = l.household_id AND d.day < l.as_of
      LEFT JOIN w ON w.household_id = l.household_id AND w.as_of = l.as_of"""


def features_as_of__wrong_latest_tier_of_all():
    """Wrong: the household's latest tier of all, shown only if it is before as_of: gold before, platinum after."""
    return _features_10(
        tier="SELECT MAX(r.tier) FROM tiers AS r WHERE r.household_id = l.household_id AND r.valid_from < l.as_of AND r.valid_from = (SELECT MAX(q.valid_from) FROM tiers AS q WHERE q.household_id = r.household_id)"
    )


def features_as_of__wrong_alphabetical_tier():
    """Wrong: MAX(tier): silver in January, gold in February."""
    return _features_10(
        tier="SELECT MAX(r.tier) FROM tiers AS r WHERE r.household_id = l.household_id AND r.valid_from < l.as_of"
    )


def features_as_of__wrong_tier_of_28_days():
    """Wrong: a tier older than 28 days is forgotten."""
    return _features_10(
        tier="SELECT ARG_MAX(r.tier, r.valid_from) FROM tiers AS r WHERE r.household_id = l.household_id AND r.valid_from < l.as_of AND r.valid_from >= l.as_of - 28"
    )


def features_as_of__wrong_last_day_of_28_days():
    """Wrong: last_day only within the 28 days."""
    return _features_10(ever="t.day < l.as_of AND t.day >= l.as_of - 28")


def features_as_of__wrong_a_month():
    """Wrong: INTERVAL 1 MONTH: 28 days only before 1 March of a common year; as_of 2017-05-15, bought 29 days before."""
    return _features_10(window="t.day < l.as_of AND t.day >= l.as_of - INTERVAL 1 MONTH")


def features_as_of__wrong_equal_lines_once():
    """Wrong: SUM(DISTINCT): two lines of 2.5."""
    return _features_10(sum="DISTINCT ")


def features_as_of__wrong_27_days_once_more():
    """Wrong: the day as_of - 28 itself is left out."""
    return _features_10(window="t.day < l.as_of AND t.day > l.as_of - 28")


def features_as_of__wrong_first_label_for_all():
    """Wrong: last_day and tier are those of the household's first label: a household with two labels."""
    first = "(SELECT MIN(m.as_of) FROM labels AS m WHERE m.household_id = l.household_id)"
    return _features_10(ever="t.day < " + first)


def features_as_of__wrong_two_facts_joined():
    """Wrong: purchases and tiers are joined together: two tiers double the spend."""
    return """SELECT l.household_id, l.as_of, COUNT(DISTINCT CASE WHEN t.day >= l.as_of - 28 THEN t.basket_id END) AS baskets,
        COALESCE(SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value END), 0) AS spend, MAX(t.day) AS last_day,
        ARG_MAX(r.tier, r.valid_from) AS tier
      FROM labels AS l LEFT JOIN transactions AS t ON t.household_id = l.household_id AND t.day < l.as_of
      LEFT JOIN tiers AS r ON r.household_id = l.household_id AND r.valid_from < l.as_of GROUP BY l.household_id, l.as_of"""


def features_as_of__wrong_known_customers():
    """Wrong: a label of a household without a purchase before as_of has no row."""
    return "SELECT * FROM (" + _features_10() + ") AS f WHERE last_day IS NOT NULL"


_DAYS_10 = [(8, "2017-05-08", "2017-05-10")]


_EACH = {
    "fan_out": (
        [(8, 1)],
        _DAYS_10,
        [(1, 11, 2.5, "2017-05-09 10:00:00")],
        [(1, 501, 8, "2017-05-09"), (1, 502, 8, "2017-05-09")],
    ),
    "where_undoes_left_join": (
        [(8, 1), (8, 2)],
        _DAYS_10,
        [(1, 11, 2.5, "2017-05-09 10:00:00")],
        [],
    ),
    "rows_counted": (
        [(8, 1)],
        _DAYS_10,
        [(1, 11, 2.5, "2017-05-09 10:00:00"), (1, 12, 4.0, "2017-05-09 11:00:00")],
        [],
    ),
    "last_day_lost": ([(8, 1)], _DAYS_10, [(1, 11, 2.5, "2017-05-10 10:00:00")], []),
    "sum_distinct": (
        [(8, 1)],
        _DAYS_10,
        [(1, 11, 2.5, "2017-05-08 10:00:00"), (1, 12, 2.5, "2017-05-09 10:00:00")],
        [],
    ),
    "dates_ignored": ([(8, 1)], _DAYS_10, [(1, 11, 2.5, "2017-05-11 00:00:00")], []),
}


def _four(campaigns, descriptions, transactions, redemptions):
    return list(campaigns), list(descriptions), list(transactions), list(redemptions)


def _all_six():
    return _four(
        [(8, 1), (8, 2), (8, 3)],
        _DAYS_10,
        [
            (1, 11, 2.5, "2017-05-08 00:00:00"),
            (1, 12, 2.5, "2017-05-09 19:00:00"),
            (2, 13, 4.25, "2017-05-10 23:59:59"),
            (2, 14, 1000.0, "2017-05-11 00:00:00"),
        ],
        [(1, 501, 8, "2017-05-09"), (1, 502, 8, "2017-05-09")],
    )


def break_campaign_report__right_each(defect):
    """Right: the smallest tables for each defect."""
    return _four(*_EACH[defect])


def break_campaign_report__right_all_at_once(defect):
    """Right: the same tables show all six."""
    return _all_six()


def break_campaign_report__right_two_campaigns_once_again(defect):
    """Right: drawn tables with two campaigns that overlap, kept when rows fit; a household with both coupons and a silent one always there."""
    rng = random.Random(len(defect))
    value = 0.25 * rng.randint(1, 400)
    return _four(
        [(3, 7), (3, -8), (4, 7), (4, 9)],
        [(3, "2016-12-30", "2017-01-01"), (4, "2017-01-01", "2017-01-01")],
        [
            (7, 1, value, "2017-01-01 08:00:00"),
            (7, 2, value, "2017-01-01 23:59:59"),
            (9, 3, 0.25, "2016-12-31 12:00:00"),
        ],
        [
            (7, 1, 3, "2017-01-01"),
            (7, 1, 3, "2017-01-01"),
            (7, 2, 4, "2017-01-01"),
            (7, 3, 4, "2017-01-01"),
        ],
    )


def break_campaign_report__wrong_one_coupon_once_again(defect):
    """Wrong: one coupon each: fan_out does not show."""
    a, b, c, d = _all_six()
    return a, b, c, d[:1]


def break_campaign_report__wrong_coupon_of_another_campaign(defect):
    """Wrong: the second coupon was redeemed in campaign 9: fan_out joins on this campaign and does not show."""
    a, b, c, d = _all_six()
    return a, b, c, [d[0], (1, 502, 9, "2017-05-09")]


def break_campaign_report__wrong_coupons_of_a_silent_household(defect):
    """Wrong: the two coupons belong to household 3, who bought nothing in these days: fan_out repeats no purchase."""
    a, b, c, d = _all_six()
    return a, b, c, [(3, u, k, t) for _, u, k, t in d]


def break_campaign_report__wrong_everybody_buys_once_more(defect):
    """Wrong: nobody is silent: where_undoes_left_join loses no row."""
    a, b, c, d = _all_six()
    return a[:2], b, c, d


def break_campaign_report__wrong_last_midnight(defect):
    """Wrong: the only purchase of the last day is at 00:00:00, which last_day_lost keeps."""
    a, b, c, d = _all_six()
    return a, b, [c[0], c[1], (2, 13, 4.25, "2017-05-10 00:00:00"), c[3]], d


def break_campaign_report__wrong_quarter_missed(defect):
    """Wrong: a value of 4.3 is no multiple of 0.25."""
    a, b, c, d = _all_six()
    return a, b, [*c[:2], (2, 13, 4.3, "2017-05-10 23:59:59"), c[3]], d


def break_campaign_report__wrong_basket_of_two_lines_once_more(defect):
    """Wrong: a basket has two rows (no basket twice)."""
    a, b, c, d = _all_six()
    return a, b, [c[0], (1, 11, 2.5, "2017-05-08 00:00:00"), *c[2:]], d


def break_campaign_report__wrong_repeated_pair(defect):
    """Wrong: a pair of campaign and household comes twice, to show rows_counted."""
    a, b, c, d = _all_six()
    return [*a, (8, 1)], b, c, d


def break_campaign_report__wrong_dear_stranger(defect):
    """Wrong: the purchase outside the days is by a household that was not reached: dates_ignored does not show."""
    a, b, c, d = _all_six()
    return a, b, [*c[:3], (9, 14, 1000.0, "2017-05-11 00:00:00")], d


def break_campaign_report__wrong_undescribed_campaign(defect):
    """Wrong: campaign 9 has recipients and no description (one row for each campaign)."""
    a, b, c, d = _all_six()
    return [*a, (9, 1)], b, c, d


_EVENTS_10 = [
    (2, "2017-01-02 23:50:00"),
    (1, "2017-01-02 10:00:00"),
    (2, "2017-01-03 00:10:00"),
    (1, "2017-01-02 10:30:00"),
    (2, "2017-01-02 10:15:00"),
    (1, "2017-01-02 10:55:00"),
    (1, "2017-01-02 11:25:01"),
    (1, "2017-01-02 11:20:00"),
    (3, "2017-01-02 10:05:00"),
    (1, "2017-01-02 14:00:00"),
    (2, "2017-01-03 00:40:00"),
    (10, "2017-01-02 11:00:00"),
    (10, "2017-01-02 11:30:01"),
    (1, "2017-01-03 14:00:00"),
    (3, "2017-01-03 10:10:00"),
    (2, "2017-01-03 00:40:30"),
    (10, "2017-01-02 12:00:00"),
    (1, "2017-01-02 14:30:59"),
    (3, "2017-01-31 23:59:00"),
    (3, "2017-02-01 00:29:00"),
    (3, "2017-02-28 23:45:00"),
    (3, "2017-03-01 00:15:01"),
]


def _sessions_10(events):
    out, last, number = [], {}, {}
    for h, t in sorted((h, datetime_10.datetime.fromisoformat(t)) for h, t in events):
        if h in last and t - last[h] <= datetime_10.timedelta(minutes=30):
            out[-1][3] += 1
        else:
            number[h] = number.get(h, 0) + 1
            out.append([h, number[h], str(t), 1])
        last[h] = t
    return [tuple(x) for x in out]


def _as_text(rows):
    return [(r[0], r[1], str(r[2]), r[3]) for r in rows]


def kill_sessions__right_one_table(implementation):
    """Right: one table with every edge, against the result of plain Python."""
    return _as_text(implementation(list(_EVENTS_10))) == _sessions_10(_EVENTS_10)


def kill_sessions__right_random_gaps(implementation):
    """Right: ten drawn tables with gaps around 30 minutes, in any order of rows."""
    rng = random.Random(5)
    for _ in range(10):
        events = []
        for h in rng.sample(range(1, 30), 3):
            t = datetime_10.datetime(2017, 1, 2, rng.randint(0, 23), rng.randint(0, 59))
            for _ in range(rng.randint(1, 14)):
                events.append((h, str(t)))
                t += datetime_10.timedelta(
                    seconds=rng.choice([60, 900, 1799, 1800, 1800, 1801, 1859, 3600, 86400, 90000])
                )
        rng.shuffle(events)
        if _as_text(implementation(events)) != _sessions_10(events):
            return False
    return True


def kill_sessions__right_by_hand_once_again(implementation):
    """Right: three small tables with results worked out by hand."""
    cases = [
        (
            [
                (2, "2017-01-02 09:10:00"),
                (1, "2017-01-02 09:00:00"),
                (1, "2017-01-02 09:30:00"),
                (2, "2017-01-02 09:45:00"),
                (1, "2017-01-02 10:00:01"),
                (1, "2017-01-02 10:29:00"),
                (2, "2017-01-02 12:00:00"),
                (1, "2017-01-02 10:55:00"),
            ],
            [
                (1, 1, "2017-01-02 09:00:00", 2),
                (1, 2, "2017-01-02 10:00:01", 3),
                (2, 1, "2017-01-02 09:10:00", 1),
                (2, 2, "2017-01-02 09:45:00", 1),
                (2, 3, "2017-01-02 12:00:00", 1),
            ],
        ),
        (
            [
                (4, "2017-01-31 23:50:00"),
                (4, "2017-02-01 00:20:00"),
                (4, "2017-02-01 00:50:30"),
                (3, "2017-02-01 00:00:00"),
                (4, "2017-02-02 00:55:00"),
            ],
            [
                (3, 1, "2017-02-01 00:00:00", 1),
                (4, 1, "2017-01-31 23:50:00", 2),
                (4, 2, "2017-02-01 00:50:30", 1),
                (4, 3, "2017-02-02 00:55:00", 1),
            ],
        ),
        ([(9, "2017-01-02 09:00:00")], [(9, 1, "2017-01-02 09:00:00", 1)]),
        (
            [
                (h, f"2017-01-02 0{k}:{m}:00")
                for h in (10, 9)
                for k in (3, 2, 1)
                for m in ("25", "15", "00")
            ],
            [(h, k, f"2017-01-02 0{k}:00:00", 3) for h in (9, 10) for k in (1, 2, 3)],
        ),
    ]
    return all(_as_text(implementation(events)) == want for events, want in cases)


def kill_sessions__wrong_hours_and_minutes(implementation):
    """Wrong: gaps of 10 minutes and of 2 hours only: borders at 29, 31 or 60 minutes, and > for >=, pass."""
    rng = random.Random(5)
    for _ in range(10):
        events = []
        for h in (1, 2, 10):
            t = datetime_10.datetime(2017, 1, 2, 20)
            for _ in range(8):
                events.append((h, str(t)))
                t += datetime_10.timedelta(minutes=rng.choice([10, 10, 120]))
        rng.shuffle(events)
        if _as_text(implementation(events)) != _sessions_10(events):
            return False
    return True


def kill_sessions__wrong_fifty_one_events(implementation):
    """Wrong: feeds 66 events, 50 at most: an implementation may refuse them."""
    events = [(h + 20 * k, t) for k in range(3) for h, t in _EVENTS_10]
    return _as_text(implementation(events)) == _sessions_10(events)


def kill_sessions__wrong_same_time_twice(implementation):
    """Wrong: a household has two events at the same time, which is excluded: a right query that removes repeats is refused."""
    events = [*_EVENTS_10, _EVENTS_10[0]]
    return _as_text(implementation(events)) == _sessions_10(events)


def kill_sessions__wrong_lists_expected(implementation):
    """Wrong: compares tuples with lists: every right query is refused."""
    return implementation(list(_EVENTS_10)) == [list(r) for r in _sessions_10(_EVENTS_10)]


def kill_sessions__wrong_rising_input(implementation):
    """Wrong: households far apart in time, rows sorted, each with one session: the number may be 1 for all, the border anything above 20 minutes."""
    events = [(h, f"2017-01-0{h} 23:{m}:00") for h in (1, 2, 3) for m in (10, 30, 50)] + [
        (1, "2017-01-02 00:05:00")
    ]
    return _as_text(implementation(events)) == _sessions_10(events)


def kill_sessions__wrong_thirty_opens_once_again(implementation):
    """Wrong: the expected result itself opens a session at exactly 30 minutes: right queries are refused."""
    events = [(1, "2017-01-02 10:00:00"), (1, "2017-01-02 10:30:00"), (2, "2017-01-02 10:10:00")]
    return _as_text(implementation(events)) == [
        (1, 1, "2017-01-02 10:00:00", 1),
        (1, 2, "2017-01-02 10:30:00", 1),
        (2, 1, "2017-01-02 10:10:00", 1),
    ]


TRUE |= {
    "campaign_report__wrong_redeemers_were_reached": ("coupons_of_strangers_lost",),
    "campaign_report__wrong_redeemed_in_time": ("redemptions_of_the_days",),
    "campaign_report__wrong_every_description": ("unsent_campaigns_shown",),
    "campaign_report__wrong_null_buyers": ("null_for_nothing",),
    "silent_households__wrong_campaign_without_redemption": ("unredeemed_campaigns_lost",),
    "top_products__wrong_lines_ranked_once_more": ("lines_not_added_up",),
    "top_products__wrong_equal_lines_once": ("equal_lines_once",),
    "top_products__wrong_unsold_products": ("unsold_products_placed",),
    "current_orders__wrong_largest_load": ("latest_load_wins",),
    "current_orders__wrong_first_load_of_equal_times": ("smaller_load_wins",),
    "current_orders__wrong_largest_amount": ("latest_of_each_column",),
    "current_orders__wrong_by_day": ("latest_load_wins",),
    "current_orders__wrong_rows_of_zero": ("unpaid_households_shown",),
    "median_basket__wrong_rank_once_again": ("equal_baskets_share_a_number",),
    "median_basket__wrong_different_values": ("distinct_values",),
    "median_basket__wrong_two_halves": ("neighbour_of_the_middle",),
    "median_basket__wrong_mean_of_tied_rows": ("equal_baskets_in_the_mean",),
    "day_retention__wrong_last_day_of_the_cohort": ("null_for_no_return",),
    "day_retention__wrong_zero_is_null": ("null_for_no_return",),
    "day_retention__wrong_baskets_repeat_households": ("rows_of_the_join_counted",),
    "day_retention__wrong_within_seven_days": ("within_seven_days",),
    "day_retention__wrong_first_day_is_day_one": ("first_day_is_day_one_of_seven",),
    "day_retention__wrong_still_there": ("d7_needs_d1",),
    "longest_streak__wrong_rank_of_ties": ("all_equal_runs",),
    "longest_streak__wrong_day_of_month_once_more": ("day_of_month",),
    "longest_streak__wrong_yyyymmdd": ("day_of_month",),
    "longest_streak__wrong_single_days": ("single_days_lost",),
    "longest_streak__wrong_latest_of_ties_once_more": ("latest_of_equal",),
    "rolling_active__wrong_days_of_the_calendar": ("days_outside_the_calendar_lost",),
    "rolling_active__wrong_from_the_first_day": ("days_outside_the_calendar_lost",),
    "purchase_funnel__wrong_first_view_once_more": ("first_view_only",),
    "purchase_funnel__wrong_last_view_once_more": ("last_view_only",),
    "purchase_funnel__wrong_day_from_the_cart": ("window_from_the_cart",),
    "purchase_funnel__wrong_hours_counted": ("hours_of_the_clock",),
    "purchase_funnel__wrong_another_view": ("any_view_for_each_step",),
    "purchase_funnel__wrong_buy_with_the_cart": ("equal_times_counted",),
    "features_as_of__wrong_alphabetical_tier": ("last_tier_by_name",),
    "features_as_of__wrong_last_day_of_28_days": ("last_day_in_the_window",),
    "features_as_of__wrong_27_days_once_more": ("twenty_seven_days",),
    "features_as_of__wrong_two_facts_joined": ("tiers_multiply_spend",),
    "features_as_of__wrong_known_customers": ("silent_lost",),
    "break_campaign_report__wrong_one_coupon_once_again": ("one_coupon_only",),
    "break_campaign_report__wrong_coupon_of_another_campaign": ("one_coupon_only",),
    "break_campaign_report__wrong_coupons_of_a_silent_household": ("one_coupon_only",),
    "break_campaign_report__wrong_everybody_buys_once_more": ("silent_stranger",),
    "break_campaign_report__wrong_last_midnight": ("last_day_at_midnight",),
    "kill_sessions__wrong_lists_expected": ("rejects_all",),
}


# ---- Twelfth bank


def _sw(query, *pairs):
    """The query with pieces replaced; each piece must be there."""
    for old, new in pairs:
        if old not in query:
            raise ValueError(old)
        query = query.replace(old, new)
    return query


# ---------------------------------------------------------------- 13.1 break_campaign_report

_BR_DESC = [(8, "2017-05-08", "2017-05-10")]


def break_campaign_report__right_one_for_each(defect):
    campaigns, buys, coupons = [(8, 1)], [(1, 11, 2.5, "2017-05-09 12:00:00")], []
    if defect == "fan_out":
        coupons = [(1, 501, 8, "2017-05-09"), (1, 502, 8, "2017-05-09")]
    elif defect == "where_undoes_left_join":
        campaigns = [(8, 1), (8, 2)]
    elif defect == "rows_counted":
        buys.append((1, 12, 4.0, "2017-05-09 13:00:00"))
    elif defect == "last_day_lost":
        buys.append((1, 12, 4.0, "2017-05-10 19:00:00"))
    elif defect == "sum_distinct":
        buys.append((1, 12, 2.5, "2017-05-09 13:00:00"))
    elif defect == "dates_ignored":
        buys.append((1, 12, 4.0, "2017-05-11 00:00:00"))
    return campaigns, list(_BR_DESC), buys, coupons


def break_campaign_report__right_one_for_all_twelfth(defect):
    campaigns = [(8, 1), (8, 2)]
    buys = [
        (1, 11, 2.5, "2017-05-09 12:00:00"),
        (1, 12, 2.5, "2017-05-10 20:15:00"),
        (1, 13, 2.5, "2017-05-09 08:00:00"),
        (1, 14, 7.0, "2017-06-01 08:00:00"),
    ]
    return campaigns, list(_BR_DESC), buys, [(1, 501, 8, "2017-05-10"), (1, 502, 8, "2017-05-10")]


def break_campaign_report__right_two_campaigns_twelfth(defect):
    campaigns = [(1, 5), (1, 6), (2, 5), (2, 7)]
    days = [(1, "2017-03-01", "2017-03-03"), (2, "2017-03-03", "2017-03-03")]
    buys = [
        (5, 1, 1.25, "2017-03-03 23:59:59"),
        (5, 2, 1.25, "2017-03-02 10:00:00"),
        (6, 3, 1.25, "2017-03-01 00:00:00"),
        (5, 4, 1000.0, "2017-02-28 23:59:59"),
    ]
    if defect == "where_undoes_left_join":
        buys = buys[:2]
    coupons = [(5, c, 1, "2017-03-02") for c in (7, 8, 9)] if defect == "fan_out" else []
    return campaigns, days, buys, coupons


def _br_swapped(defect, which, tables):
    return tables if defect == which else break_campaign_report__right_one_for_each(defect)


def break_campaign_report__wrong_one_coupon_twelfth(defect):
    """fan_out: the household redeemed one coupon only, so a purchase still counts once."""
    c, d, b, _ = break_campaign_report__right_one_for_each("fan_out")
    return _br_swapped(defect, "fan_out", (c, d, b, [(1, 501, 8, "2017-05-09")]))


def break_campaign_report__wrong_coupons_of_silent_twelfth(defect):
    """fan_out: two coupons, but of a household that bought nothing in these days."""
    c, d, b, _ = break_campaign_report__right_one_for_each("fan_out")
    coupons = [(2, 501, 8, "2017-05-09"), (2, 502, 8, "2017-05-09")]
    return _br_swapped(defect, "fan_out", ([*c, (8, 2)], d, b, coupons))


def break_campaign_report__wrong_coupons_of_other_campaign_twelfth(defect):
    """fan_out: the two coupons belong to another campaign, so the join does not find them."""
    c, d, b, _ = break_campaign_report__right_one_for_each("fan_out")
    coupons = [(1, 501, 9, "2017-05-09"), (1, 502, 9, "2017-05-09")]
    return _br_swapped(defect, "fan_out", (c, [*d, (9, "2017-07-01", "2017-07-02")], b, coupons))


def break_campaign_report__wrong_midnight_of_last_day(defect):
    """last_day_lost: the purchase is at 00:00:00 of the last day, which the defect still counts."""
    c, d, b, r = break_campaign_report__right_one_for_each("last_day_lost")
    return _br_swapped(
        defect, "last_day_lost", (c, d, [b[0], (1, 12, 4.0, "2017-05-10 00:00:00")], r)
    )


def break_campaign_report__wrong_equal_values_in_two_campaigns(defect):
    """sum_distinct: the equal values lie in two campaigns, and each sum is over one campaign."""
    tables = (
        [(8, 1), (9, 2)],
        [(8, "2017-05-08", "2017-05-10"), (9, "2017-05-08", "2017-05-10")],
        [(1, 11, 2.5, "2017-05-09 12:00:00"), (2, 12, 2.5, "2017-05-09 12:00:00")],
        [],
    )
    return _br_swapped(defect, "sum_distinct", tables)


def break_campaign_report__wrong_two_buyers_once_each(defect):
    """rows_counted: two households with one purchase each; rows and households are equally many."""
    tables = (
        [(8, 1), (8, 2)],
        list(_BR_DESC),
        [(1, 11, 2.5, "2017-05-09 12:00:00"), (2, 12, 3.5, "2017-05-09 12:00:00")],
        [],
    )
    return _br_swapped(defect, "rows_counted", tables)


def break_campaign_report__wrong_outside_purchase_of_stranger(defect):
    """dates_ignored: the purchase outside the days is of a household that was not reached."""
    c, d, b, r = break_campaign_report__right_one_for_each("dates_ignored")
    return _br_swapped(
        defect, "dates_ignored", (c, d, [b[0], (3, 12, 4.0, "2017-06-11 10:00:00")], r)
    )


def break_campaign_report__wrong_all_reached_bought(defect):
    """where_undoes_left_join: every household buys in the days, so WHERE removes nobody."""
    tables = (
        [(8, 1), (8, 2)],
        list(_BR_DESC),
        [(1, 11, 2.5, "2017-05-09 12:00:00"), (2, 12, 2.5, "2017-05-08 00:00:00")],
        [],
    )
    return _br_swapped(defect, "where_undoes_left_join", tables)


def break_campaign_report__wrong_value_not_a_quarter(defect):
    """A value of 2.99 is not a multiple of 0.25."""
    c, d, b, r = break_campaign_report__right_one_for_all_twelfth(defect)
    return c, d, [*b, (1, 15, 2.99, "2017-05-09 12:30:00")], r


def break_campaign_report__wrong_basket_twice_twelfth(defect):
    """The same basket has two rows, and the statement says no basket twice."""
    c, d, b, r = break_campaign_report__right_one_for_all_twelfth(defect)
    return c, d, [*b, (1, 11, 1.0, "2017-05-09 12:00:00")], r


def break_campaign_report__wrong_seven_rows(defect):
    """Seven purchases: each table has at most 6 rows."""
    c, d, b, r = break_campaign_report__right_one_for_all_twelfth(defect)
    return c, d, b + [(2, 20 + i, 1.0, "2017-05-01 12:00:00") for i in range(3)], r


def break_campaign_report__wrong_campaign_without_days(defect):
    """A campaign with recipients has no row in campaign_descriptions."""
    c, d, b, r = break_campaign_report__right_one_for_all_twelfth(defect)
    return [*c, (9, 4)], d, b, r


# ---------------------------------------------------------------- 13.2 campaign_report

_CR_CTES = """
WITH reached AS (
    SELECT campaign_id, COUNT(*) AS reached FROM campaigns GROUP BY campaign_id
), bought AS (
    SELECT c.campaign_id, COUNT(DISTINCT t.household_id) AS buyers, SUM(t.sales_value) AS revenue
    FROM campaigns AS c
    JOIN campaign_descriptions AS d ON d.campaign_id = c.campaign_id
    JOIN transactions AS t ON t.household_id = c.household_id
        AND CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date
    GROUP BY c.campaign_id
), redeemed AS (
    SELECT campaign_id, COUNT(*) AS redemptions FROM coupon_redemptions GROUP BY campaign_id
)
SELECT r.campaign_id, r.reached, COALESCE(b.buyers, 0) AS buyers,
    COALESCE(x.redemptions, 0) AS redemptions, COALESCE(b.revenue, 0) AS revenue
FROM reached AS r
LEFT JOIN bought AS b ON b.campaign_id = r.campaign_id
LEFT JOIN redeemed AS x ON x.campaign_id = r.campaign_id
"""


def campaign_report__right_three_small_tables():
    return _CR_CTES


def campaign_report__right_correlated_twelfth():
    return """
    SELECT k.campaign_id,
        (SELECT COUNT(*) FROM campaigns AS c WHERE c.campaign_id = k.campaign_id) AS reached,
        (SELECT COUNT(DISTINCT t.household_id) FROM transactions AS t, campaigns AS c, campaign_descriptions AS d
         WHERE c.campaign_id = k.campaign_id AND d.campaign_id = k.campaign_id
           AND t.household_id = c.household_id AND t.transaction_timestamp >= d.start_date
           AND t.transaction_timestamp < d.end_date + INTERVAL 1 DAY) AS buyers,
        (SELECT COUNT(*) FROM coupon_redemptions AS r WHERE r.campaign_id = k.campaign_id) AS redemptions,
        (SELECT COALESCE(SUM(t.sales_value), 0) FROM transactions AS t, campaigns AS c, campaign_descriptions AS d
         WHERE c.campaign_id = k.campaign_id AND d.campaign_id = k.campaign_id
           AND t.household_id = c.household_id AND t.transaction_timestamp >= d.start_date
           AND t.transaction_timestamp < d.end_date + INTERVAL 1 DAY) AS revenue
    FROM (SELECT DISTINCT campaign_id FROM campaigns) AS k
    """


_CR_HOUSE = """
SELECT c.campaign_id, COUNT(*) AS reached, COUNT(h.household_id) AS buyers,
    MAX(COALESCE(r.n, 0)) AS redemptions, COALESCE(SUM(h.spent), 0) AS revenue
FROM campaigns AS c
LEFT JOIN (
    SELECT d.campaign_id, t.household_id, SUM(t.sales_value) AS spent
    FROM campaign_descriptions AS d JOIN transactions AS t
        ON t.transaction_timestamp >= d.start_date
        AND t.transaction_timestamp < d.end_date + INTERVAL 1 DAY
    GROUP BY d.campaign_id, t.household_id
) AS h ON h.campaign_id = c.campaign_id AND h.household_id = c.household_id
LEFT JOIN (SELECT campaign_id, COUNT(*) AS n FROM coupon_redemptions GROUP BY campaign_id) AS r
    ON r.campaign_id = c.campaign_id
GROUP BY c.campaign_id
"""


def campaign_report__right_one_row_per_household():
    return _CR_HOUSE


def campaign_report__wrong_last_day_at_midnight_twelfth():
    """The timestamp is compared with the date: a purchase on the last evening is lost."""
    return _sw(
        _CR_CTES,
        ("CAST(t.transaction_timestamp AS DATE) BETWEEN", "t.transaction_timestamp BETWEEN"),
    )


def campaign_report__wrong_midnight_after_counts():
    """``<= end_date + 1``: a purchase at 00:00:00 of the day after counts."""
    return _sw(
        _CR_HOUSE, ("transaction_timestamp < d.end_date", "transaction_timestamp <= d.end_date")
    )


def campaign_report__wrong_coupons_joined():
    """One big join: revenue counts once per coupon of the household."""
    return """
    SELECT c.campaign_id, COUNT(DISTINCT c.household_id) AS reached, COUNT(DISTINCT t.household_id) AS buyers,
        COUNT(DISTINCT r.coupon_upc) AS redemptions, COALESCE(SUM(t.sales_value), 0) AS revenue
    FROM campaigns AS c
    JOIN campaign_descriptions AS d ON d.campaign_id = c.campaign_id
    LEFT JOIN transactions AS t ON t.household_id = c.household_id
        AND CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date
    LEFT JOIN coupon_redemptions AS r ON r.household_id = c.household_id AND r.campaign_id = c.campaign_id
    GROUP BY c.campaign_id
    """


def campaign_report__wrong_silent_campaign_missing():
    """An inner join with the buyers: a campaign in which nobody bought has no row."""
    return _sw(_CR_CTES, ("LEFT JOIN bought", "JOIN bought"))


def campaign_report__wrong_revenue_null_twelfth():
    """Revenue is NULL where nobody bought."""
    return _sw(_CR_CTES, ("COALESCE(b.revenue, 0)", "b.revenue"))


def campaign_report__wrong_redemptions_of_reached_only_twelfth():
    """Only redemptions of reached households count; a coupon of somebody else in this campaign is a row too."""
    return _sw(
        _CR_CTES,
        (
            "FROM coupon_redemptions GROUP BY campaign_id",
            "FROM coupon_redemptions JOIN campaigns USING (campaign_id, household_id) GROUP BY campaign_id",
        ),
    )


def campaign_report__wrong_redemptions_in_the_days_twelfth():
    """Only redemptions from the first to the last day count."""
    return _sw(
        _CR_CTES,
        (
            "FROM coupon_redemptions GROUP BY campaign_id",
            "FROM coupon_redemptions JOIN campaign_descriptions USING (campaign_id) "
            "WHERE redemption_date BETWEEN start_date AND end_date GROUP BY campaign_id",
        ),
    )


def campaign_report__wrong_different_coupons_twelfth():
    """Different coupons and not rows: two households that redeem the same coupon count once."""
    return _sw(_CR_CTES, ("COUNT(*) AS redemptions", "COUNT(DISTINCT coupon_upc) AS redemptions"))


def campaign_report__wrong_one_line_per_basket():
    """A basket of several rows counts with its largest row only."""
    return _sw(
        _CR_CTES,
        (
            "JOIN transactions AS t ON",
            "JOIN (SELECT household_id, basket_id, MAX(sales_value) AS sales_value, "
            "MAX(transaction_timestamp) AS transaction_timestamp FROM transactions GROUP BY ALL) AS t ON",
        ),
    )


def campaign_report__wrong_duplicate_rows_removed():
    """SELECT DISTINCT on transactions: two equal rows of one basket at one time are two rows, and both count."""
    return _sw(
        _CR_CTES, ("JOIN transactions AS t", "JOIN (SELECT DISTINCT * FROM transactions) AS t")
    )


def campaign_report__wrong_buyers_spent_something():
    """Buyers need a sum above 0: a household with purchases of value 0 only is not counted."""
    return _sw(_CR_HOUSE, ("COUNT(h.household_id)", "COUNT(CASE WHEN h.spent > 0 THEN 1 END)"))


def campaign_report__wrong_all_described_campaigns():
    """A row also for a campaign without any household in ``campaigns``."""
    return _sw(
        _CR_CTES,
        (
            "SELECT campaign_id, COUNT(*) AS reached FROM campaigns GROUP BY campaign_id",
            "SELECT d.campaign_id, COUNT(c.household_id) AS reached FROM campaign_descriptions AS d "
            "LEFT JOIN campaigns AS c USING (campaign_id) GROUP BY d.campaign_id",
        ),
    )


def campaign_report__wrong_buyers_are_baskets():
    """Buyers counts rows of purchases and not households."""
    return _sw(_CR_CTES, ("COUNT(DISTINCT t.household_id)", "COUNT(*)"))


def campaign_report__wrong_strangers_bought():
    """Everybody's purchases in the days count, not those of the reached households only."""
    return _sw(
        _CR_CTES,
        (
            "JOIN transactions AS t ON t.household_id = c.household_id\n        AND",
            "JOIN transactions AS t ON",
        ),
        (
            "COUNT(DISTINCT t.household_id) AS buyers, SUM(t.sales_value)",
            "COUNT(DISTINCT t.household_id) AS buyers, SUM(t.sales_value) / COUNT(DISTINCT c.household_id)",
        ),
    )


def campaign_report__wrong_first_campaign_only():
    """A purchase in two campaigns counts for the one with the lower number only."""
    return _sw(
        _CR_HOUSE,
        (
            "SELECT d.campaign_id, t.household_id, SUM(t.sales_value) AS spent\n    FROM campaign_descriptions AS d JOIN transactions AS t\n        ON",
            "SELECT MIN(d.campaign_id) AS campaign_id, t.household_id, ANY_VALUE(t.sales_value) AS spent\n    FROM campaign_descriptions AS d JOIN campaigns AS m ON m.campaign_id = d.campaign_id\n    JOIN transactions AS t ON t.household_id = m.household_id AND",
        ),
        (
            "GROUP BY d.campaign_id, t.household_id\n) AS h",
            "GROUP BY t.household_id, t.rowid\n) AS h0 GROUP BY ALL) AS h",
        ),
        (
            "LEFT JOIN (\n    SELECT MIN",
            "LEFT JOIN (SELECT campaign_id, household_id, SUM(spent) AS spent FROM (\n    SELECT MIN",
        ),
    )


# ---------------------------------------------------------------- 13.3 silent_households


def silent_households__right_not_exists_twelfth():
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c WHERE NOT EXISTS (
        SELECT 1 FROM coupon_redemptions AS r
        WHERE r.campaign_id = c.campaign_id AND r.household_id = c.household_id)"""


def silent_households__right_left_join_twelfth():
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c LEFT JOIN coupon_redemptions AS r
        ON r.campaign_id = c.campaign_id AND r.household_id = c.household_id
        WHERE r.household_id IS NULL"""


def silent_households__right_except_twelfth():
    return """SELECT campaign_id, household_id FROM campaigns
        EXCEPT SELECT campaign_id, household_id FROM coupon_redemptions"""


def silent_households__right_counts():
    return """SELECT campaign_id, household_id FROM (
            SELECT campaign_id, household_id, 1 AS reached, 0 AS redeemed FROM campaigns
            UNION ALL SELECT campaign_id, household_id, 0, 1 FROM coupon_redemptions) AS u
        GROUP BY campaign_id, household_id HAVING SUM(reached) > 0 AND SUM(redeemed) = 0"""


def silent_households__wrong_not_in_twelfth():
    """NOT IN with a NULL in the list: a campaign with a coupon without a card has no silent household."""
    return """SELECT campaign_id, household_id FROM campaigns AS c WHERE household_id NOT IN (
        SELECT household_id FROM coupon_redemptions AS r WHERE r.campaign_id = c.campaign_id)"""


def silent_households__wrong_any_campaign_twelfth():
    """A redemption in another campaign makes the household not silent here."""
    return """SELECT campaign_id, household_id FROM campaigns WHERE household_id NOT IN (
        SELECT household_id FROM coupon_redemptions WHERE household_id IS NOT NULL)"""


def silent_households__wrong_pair_not_in():
    """A pair NOT IN pairs: (2, 8) against (NULL, 8) is unknown, so the household is lost."""
    return """SELECT campaign_id, household_id FROM campaigns
        WHERE (household_id, campaign_id) NOT IN (SELECT household_id, campaign_id FROM coupon_redemptions)"""


def silent_households__wrong_keys_concatenated():
    """The keys are joined as text without a separator: campaign 1, household 12 and campaign 11, household 2 are taken as equal."""
    return """SELECT campaign_id, household_id FROM campaigns
        WHERE CAST(campaign_id AS VARCHAR) || CAST(household_id AS VARCHAR) NOT IN (
            SELECT CAST(campaign_id AS VARCHAR) || CAST(household_id AS VARCHAR)
            FROM coupon_redemptions WHERE household_id IS NOT NULL)"""


def silent_households__wrong_keys_added():
    """The keys are packed into campaign * 100 + household, which is not unique from household 100 on."""
    return """SELECT campaign_id, household_id FROM campaigns
        WHERE campaign_id * 100 + household_id NOT IN (SELECT campaign_id * 100 + household_id
            FROM coupon_redemptions WHERE household_id IS NOT NULL)"""


def silent_households__wrong_no_card_blames_all():
    """A coupon without a card counts for every household of the campaign."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c WHERE NOT EXISTS (
        SELECT 1 FROM coupon_redemptions AS r WHERE r.campaign_id = c.campaign_id
        AND COALESCE(r.household_id, c.household_id) = c.household_id)"""


def silent_households__wrong_campaign_with_redemptions_only():
    """Starts from campaigns with redemptions: where nobody redeemed at all nobody is listed."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c
        JOIN (SELECT DISTINCT campaign_id FROM coupon_redemptions) AS k ON k.campaign_id = c.campaign_id
        WHERE NOT EXISTS (SELECT 1 FROM coupon_redemptions AS r
            WHERE r.campaign_id = c.campaign_id AND r.household_id = c.household_id)"""


def silent_households__wrong_count_star():
    """COUNT(*) = 0 after a LEFT JOIN is never true: no row at all."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c LEFT JOIN coupon_redemptions AS r
        ON r.campaign_id = c.campaign_id AND r.household_id = c.household_id
        GROUP BY c.campaign_id, c.household_id HAVING COUNT(*) = 0"""


def silent_households__wrong_at_most_one():
    """COUNT(*) < 2 after a LEFT JOIN also keeps households with exactly one coupon."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c LEFT JOIN coupon_redemptions AS r
        ON r.campaign_id = c.campaign_id AND r.household_id = c.household_id
        GROUP BY c.campaign_id, c.household_id HAVING COUNT(*) < 2"""


def silent_households__wrong_except_all():
    """EXCEPT ALL on households alone, joined back: a household in two campaigns that redeemed in one is listed for both."""
    return """SELECT c.campaign_id, s.household_id FROM campaigns AS c JOIN (
            SELECT household_id FROM campaigns EXCEPT ALL SELECT household_id FROM coupon_redemptions) AS s
        ON s.household_id = c.household_id"""


def silent_households__wrong_unequal_join_twelfth():
    """Joins on unequal campaigns: a household is listed when it redeemed in *another* campaign."""
    return """SELECT DISTINCT c.campaign_id, c.household_id FROM campaigns AS c LEFT JOIN coupon_redemptions AS r
        ON r.household_id = c.household_id WHERE r.campaign_id IS NULL OR r.campaign_id <> c.campaign_id"""


# ---------------------------------------------------------------- 13.4 top_products

_TP = """
SELECT department, place, product_id, revenue FROM (
    SELECT p.department, RANK() OVER (PARTITION BY p.department ORDER BY SUM(t.sales_value) DESC) AS place,
        p.product_id, SUM(t.sales_value) AS revenue
    FROM transactions AS t JOIN products AS p ON p.product_id = t.product_id
    GROUP BY p.department, p.product_id
) AS ranked
WHERE place <= 3
ORDER BY department, place, product_id
"""


def top_products__right_rank_twelfth():
    return _TP


def top_products__right_count_of_better():
    return """
    WITH sold AS (
        SELECT p.department, t.product_id, SUM(t.sales_value) AS revenue
        FROM transactions AS t JOIN products AS p USING (product_id) GROUP BY 1, 2)
    SELECT a.department, 1 + COUNT(b.product_id) AS place, a.product_id, a.revenue
    FROM sold AS a LEFT JOIN sold AS b ON b.department = a.department AND b.revenue > a.revenue
    GROUP BY a.department, a.product_id, a.revenue HAVING COUNT(b.product_id) < 3
    ORDER BY a.department, place, a.product_id"""


def top_products__right_qualify_twelfth():
    return """
    WITH r AS (SELECT product_id, SUM(sales_value) AS revenue FROM transactions GROUP BY product_id)
    SELECT p.department, RANK() OVER w AS place, r.product_id, r.revenue
    FROM r JOIN products AS p ON p.product_id = r.product_id
    WINDOW w AS (PARTITION BY p.department ORDER BY r.revenue DESC)
    QUALIFY place < 4
    ORDER BY ALL"""


def top_products__wrong_row_number_twelfth():
    """Equal revenues get different places, and the fourth of a tie is lost."""
    return _sw(_TP, ("RANK()", "ROW_NUMBER()"))


def top_products__wrong_dense_rank_twelfth():
    """No place is skipped after a tie: 1, 2, 2, 3 keeps a product too many."""
    return _sw(_TP, ("RANK()", "DENSE_RANK()"))


def top_products__wrong_times_quantity_twelfth():
    """The value of the line is multiplied by the quantity again."""
    return _sw(_TP, ("SUM(t.sales_value)", "SUM(t.quantity * t.sales_value)"))


def top_products__wrong_unsold_products_twelfth():
    """Products without a line get a place with revenue 0."""
    return _sw(
        _TP,
        (
            "FROM transactions AS t JOIN products AS p",
            "FROM products AS p LEFT JOIN transactions AS t",
        ),
        ("SUM(t.sales_value)", "COALESCE(SUM(t.sales_value), 0)"),
    )


def top_products__wrong_lines_ranked_twelfth():
    """Lines are ranked and not products: a product with many small lines gets the place of its largest line."""
    return """SELECT department, place, product_id, revenue FROM (
        SELECT department, RANK() OVER (PARTITION BY department ORDER BY best DESC) AS place, product_id, revenue
        FROM (SELECT p.department, t.product_id, MAX(t.sales_value) AS best, SUM(t.sales_value) AS revenue
            FROM transactions AS t JOIN products AS p USING (product_id) GROUP BY 1, 2) AS s) AS r
        WHERE place <= 3 ORDER BY department, place, product_id"""


def top_products__wrong_whole_shop():
    """Places over the whole shop and not within the department."""
    return _sw(_TP, ("PARTITION BY p.department ", ""))


def top_products__wrong_below_three():
    """Off by one: place 3 is left out."""
    return _sw(_TP, ("place <= 3", "place < 3"))


def top_products__wrong_sort_by_place_first():
    """The rows are sorted by place before the department."""
    return _sw(
        _TP, ("ORDER BY department, place, product_id", "ORDER BY place, department, product_id")
    )


def top_products__wrong_sort_by_revenue():
    """Ties in the result are not sorted by product: ORDER BY department, revenue DESC, product_id DESC."""
    return _sw(
        _TP,
        (
            "ORDER BY department, place, product_id",
            "ORDER BY department, revenue DESC, product_id DESC",
        ),
    )


def top_products__wrong_tie_by_product():
    """The product breaks the tie inside RANK, so equal revenues do not share a place."""
    return _sw(_TP, ("SUM(t.sales_value) DESC)", "SUM(t.sales_value) DESC, p.product_id)"))


def top_products__wrong_distinct_values():
    """SUM(DISTINCT): two lines of the same value count once."""
    return _sw(_TP, ("SUM(t.sales_value)", "SUM(DISTINCT t.sales_value)"))


def top_products__wrong_whole_dollars():
    """Places by revenue rounded to whole dollars: 10.25 and 10 share a place."""
    return _sw(_TP, ("ORDER BY SUM(t.sales_value) DESC", "ORDER BY ROUND(SUM(t.sales_value)) DESC"))


def top_products__wrong_small_departments_missing():
    """Only departments with at least three products are listed ."""
    return _sw(
        _TP,
        (
            "WHERE place <= 3",
            "WHERE place <= 3 AND department IN (SELECT department FROM products GROUP BY 1 HAVING COUNT(*) >= 3)",
        ),
    )


def top_products__wrong_zero_revenue_dropped():
    """Products with revenue 0 (all lines free) are dropped, though they have a line and get a place."""
    return _sw(
        _TP,
        (
            "GROUP BY p.department, p.product_id",
            "GROUP BY p.department, p.product_id HAVING SUM(t.sales_value) > 0",
        ),
    )


# ---------------------------------------------------------------- 13.5 current_orders

_CO = """
WITH numbered AS (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY updated_at DESC, load_id DESC) AS k
    FROM order_events
)
SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue
FROM numbered WHERE k = 1 AND status = 'paid' GROUP BY household_id
"""


def current_orders__right_row_number_twelfth():
    return _CO


def current_orders__right_not_exists_twelfth():
    return """
    SELECT e.household_id, COUNT(*) AS orders, SUM(e.amount) AS revenue FROM order_events AS e
    WHERE e.status = 'paid' AND NOT EXISTS (
        SELECT 1 FROM order_events AS f WHERE f.order_id = e.order_id AND (f.updated_at > e.updated_at
            OR (f.updated_at = e.updated_at AND f.load_id > e.load_id)))
    GROUP BY e.household_id"""


def current_orders__right_distinct_on_twelfth():
    return """
    SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue FROM (
        SELECT DISTINCT ON (order_id) * FROM order_events ORDER BY order_id, updated_at DESC, load_id DESC) AS latest
    WHERE status = 'paid' GROUP BY household_id"""


def current_orders__right_two_maxima_twelfth():
    return """
    WITH t AS (SELECT order_id, MAX(updated_at) AS latest FROM order_events GROUP BY order_id),
    l AS (SELECT e.order_id, t.latest, MAX(e.load_id) AS load FROM order_events AS e
        JOIN t ON t.order_id = e.order_id AND t.latest = e.updated_at GROUP BY e.order_id, t.latest)
    SELECT e.household_id, COUNT(*) AS orders, SUM(e.amount) AS revenue
    FROM order_events AS e JOIN l ON l.order_id = e.order_id AND l.latest = e.updated_at AND l.load = e.load_id
    WHERE e.status = 'paid' GROUP BY e.household_id"""


def current_orders__wrong_paid_first_twelfth():
    """Keeps paid versions first: an order that was cancelled later still counts."""
    return _sw(_CO, ("FROM order_events\n", "FROM order_events WHERE status = 'paid'\n"))


def current_orders__wrong_load_first_twelfth():
    """The largest load and not the latest update is the last version: a late redelivery of an old version wins."""
    return _sw(_CO, ("updated_at DESC, load_id DESC", "load_id DESC, updated_at DESC"))


def current_orders__wrong_smaller_load():
    """Of equal updates the smaller load wins."""
    return _sw(_CO, ("load_id DESC", "load_id"))


def current_orders__wrong_no_tie_break():
    """RANK by updated_at only: a version that came twice counts twice."""
    return _sw(_CO, ("ROW_NUMBER()", "RANK()"), (", load_id DESC", ""))


def current_orders__wrong_tie_by_amount():
    """Of equal updates the larger amount and not the larger load."""
    return _sw(_CO, ("load_id DESC", "amount DESC"))


def current_orders__wrong_partition_by_household():
    """The last version of each household and not of each order."""
    return _sw(_CO, ("PARTITION BY order_id", "PARTITION BY household_id"))


def current_orders__wrong_separate_maxima():
    """Latest update and largest load of the order are taken separately: the row with both may not exist, and the order is lost."""
    return """
    WITH m AS (SELECT order_id, MAX(updated_at) AS latest, MAX(load_id) AS load FROM order_events GROUP BY order_id)
    SELECT e.household_id, COUNT(*) AS orders, SUM(e.amount) AS revenue
    FROM order_events AS e JOIN m ON m.order_id = e.order_id AND m.latest = e.updated_at AND m.load = e.load_id
    WHERE e.status = 'paid' GROUP BY e.household_id"""


def current_orders__wrong_last_day_only():
    """The time of the update is cut to its day, so within a day the load decides."""
    return _sw(_CO, ("updated_at DESC", "CAST(updated_at AS DATE) DESC"))


def current_orders__wrong_sum_distinct_twelfth():
    """SUM(DISTINCT amount): two orders of the same amount count once."""
    return _sw(_CO, ("SUM(amount)", "SUM(DISTINCT amount)"))


def current_orders__wrong_zero_rows_twelfth():
    """A household without a paid order gets a row with 0."""
    return """
    SELECT household_id, COUNT(CASE WHEN status = 'paid' THEN 1 END) AS orders,
        COALESCE(SUM(CASE WHEN status = 'paid' THEN amount END), 0) AS revenue
    FROM (SELECT * FROM order_events QUALIFY ROW_NUMBER() OVER (
        PARTITION BY order_id ORDER BY updated_at DESC, load_id DESC) = 1) AS x GROUP BY household_id"""


def current_orders__wrong_largest_amount_twelfth():
    """The amount is the largest of all versions and not that of the last one."""
    return _sw(
        _CO,
        (
            "SELECT *, ROW",
            "SELECT household_id, status, MAX(amount) OVER (PARTITION BY order_id) AS amount, ROW",
        ),
    )


def current_orders__wrong_cancelled_ever():
    """An order that was ever not paid is out, though it was paid again later."""
    return """
    SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue FROM (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY updated_at DESC, load_id DESC) AS k,
            COUNT(CASE WHEN status <> 'paid' THEN 1 END) OVER (PARTITION BY order_id) AS bad FROM order_events) AS x
    WHERE k = 1 AND bad = 0 GROUP BY household_id"""


def current_orders__wrong_arg_max_by_time():
    """ARG_MAX(.., updated_at) for each column: among equal times any row may win, not the larger load."""
    return """
    SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue FROM (
        SELECT order_id, MAX(household_id) AS household_id, ARG_MAX(status, updated_at) AS status,
            ARG_MAX(amount, updated_at) AS amount FROM order_events GROUP BY order_id) AS x
    WHERE status = 'paid' GROUP BY household_id"""


# ---------------------------------------------------------------- 13.6 median_basket

_MB = """
SELECT store_id, AVG(sales_value) AS median FROM (
    SELECT store_id, sales_value,
        ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value) AS k,
        COUNT(*) OVER (PARTITION BY store_id) AS n
    FROM baskets
) AS x
WHERE 2 * k BETWEEN n AND n + 2 GROUP BY store_id
"""


def median_basket__right_one_condition():
    return _MB


def median_basket__right_mirrored_numbers():
    return """
    SELECT store_id, AVG(sales_value) AS median FROM (
        SELECT store_id, sales_value,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value, basket_id) AS up,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value DESC, basket_id DESC) AS down
        FROM baskets) AS x
    WHERE ABS(up - down) <= 1 GROUP BY store_id"""


def median_basket__right_counting_below():
    return """
    SELECT store_id, AVG(v) AS median FROM (
        SELECT DISTINCT a.store_id, a.sales_value AS v FROM baskets AS a JOIN baskets AS b ON b.store_id = a.store_id
        GROUP BY a.store_id, a.basket_id, a.sales_value
        HAVING 2 * COUNT(CASE WHEN b.sales_value <= a.sales_value THEN 1 END) >= COUNT(*)
            AND 2 * COUNT(CASE WHEN b.sales_value >= a.sales_value THEN 1 END) >= COUNT(*)) AS x
    GROUP BY store_id"""


def median_basket__right_sorted_list_twelfth():
    return """
    SELECT store_id, (v[(n + 1) // 2] + v[n // 2 + 1]) / 2 AS median FROM (
        SELECT store_id, LIST(sales_value ORDER BY sales_value) AS v, COUNT(*) AS n FROM baskets GROUP BY store_id) AS x"""


def median_basket__wrong_rank_twelfth():
    """RANK in place of ROW_NUMBER: with equal values the middle number may not exist, and the store has no row."""
    return _sw(_MB, ("ROW_NUMBER()", "RANK()"))


def median_basket__wrong_lower_twelfth():
    """Of an even number the lower of the two middle values."""
    return _sw(_MB, ("2 * k BETWEEN n AND n + 2", "2 * k IN (n, n + 1)"))


def median_basket__wrong_upper_twelfth():
    """Of an even number the upper of the two middle values."""
    return _sw(_MB, ("2 * k BETWEEN n AND n + 2", "2 * k IN (n + 1, n + 2)"))


def median_basket__wrong_distinct_values_twelfth():
    """Equal values count once: 1, 1, 1, 5 gives 3."""
    return _sw(
        _MB, ("FROM baskets\n", "FROM (SELECT DISTINCT store_id, sales_value FROM baskets) AS d\n")
    )


def median_basket__wrong_mirrored_without_tie_break():
    """Numbers from both ends without a tie break: among equal values they need not mirror, and the difference is never at most 1."""
    return """
    SELECT store_id, AVG(sales_value) AS median FROM (
        SELECT store_id, sales_value,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value, basket_id) AS up,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value DESC, basket_id) AS down
        FROM baskets) AS x
    WHERE ABS(up - down) <= 1 GROUP BY store_id"""


def median_basket__wrong_three_in_the_middle():
    """Of an odd number three values are averaged: BETWEEN n - 1 AND n + 3."""
    return _sw(_MB, ("BETWEEN n AND n + 2", "BETWEEN n - 1 AND n + 3"))


def median_basket__wrong_half_rounded():
    """k in (ROUND(n / 2), ROUND(n / 2) + 1): for an odd number the mean of two values."""
    return _sw(_MB, ("2 * k BETWEEN n AND n + 2", "k IN (ROUND(n / 2), ROUND(n / 2) + 1)"))


def median_basket__wrong_order_of_baskets():
    """Numbered by basket and not by value."""
    return _sw(_MB, ("ORDER BY sales_value", "ORDER BY basket_id"))


def median_basket__wrong_count_of_all_stores_twelfth():
    """n counts the baskets of all stores."""
    return _sw(_MB, ("COUNT(*) OVER (PARTITION BY store_id)", "COUNT(*) OVER ()"))


def median_basket__wrong_running_count():
    """COUNT with ORDER BY is a running count: each row believes to be the last one."""
    return _sw(
        _MB,
        (
            "COUNT(*) OVER (PARTITION BY store_id)",
            "COUNT(*) OVER (PARTITION BY store_id ORDER BY sales_value)",
        ),
    )


def median_basket__wrong_strict_ends():
    """Strict ends: 2 * k > n and < n + 2 gives no row for an even number of baskets."""
    return _sw(_MB, ("2 * k BETWEEN n AND n + 2", "2 * k > n AND 2 * k < n + 2"))


def median_basket__wrong_whole_dollars():
    """The values are cast to whole numbers before the mean."""
    return _sw(_MB, ("AVG(sales_value)", "AVG(CAST(sales_value AS INTEGER))"))


def median_basket__wrong_text_order():
    """Values are ordered as text: 10 comes before 9."""
    return _sw(_MB, ("ORDER BY sales_value", "ORDER BY CAST(sales_value AS VARCHAR)"))


# ---------------------------------------------------------------- 13.7 day_retention

_DR = """
WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
firsts AS (SELECT household_id, MIN(day) AS cohort FROM days GROUP BY household_id),
ending AS (SELECT MAX(day) AS last_day FROM transactions)
SELECT f.cohort, COUNT(*) AS households,
    CASE WHEN f.cohort + 1 <= MAX(e.last_day) THEN CAST(COUNT(a.day) AS DOUBLE) / COUNT(*) END AS d1,
    CASE WHEN f.cohort + 7 <= MAX(e.last_day) THEN CAST(COUNT(b.day) AS DOUBLE) / COUNT(*) END AS d7
FROM firsts AS f CROSS JOIN ending AS e
LEFT JOIN days AS a ON a.household_id = f.household_id AND a.day = f.cohort + 1
LEFT JOIN days AS b ON b.household_id = f.household_id AND b.day = f.cohort + 7
GROUP BY f.cohort
"""


def day_retention__right_two_left_joins():
    return _DR


def day_retention__right_exists_twelfth():
    return """
    SELECT cohort, COUNT(*) AS households, AVG(one) AS d1, AVG(seven) AS d7 FROM (
        SELECT f.household_id, f.cohort,
            CASE WHEN f.cohort + INTERVAL 1 DAY > (SELECT MAX(day) FROM transactions) THEN NULL
                WHEN EXISTS (SELECT 1 FROM transactions AS t WHERE t.household_id = f.household_id
                    AND t.day = f.cohort + INTERVAL 1 DAY) THEN 1.0 ELSE 0.0 END AS one,
            CASE WHEN f.cohort + INTERVAL 7 DAY > (SELECT MAX(day) FROM transactions) THEN NULL
                WHEN EXISTS (SELECT 1 FROM transactions AS t WHERE t.household_id = f.household_id
                    AND t.day = f.cohort + INTERVAL 7 DAY) THEN 1.0 ELSE 0.0 END AS seven
        FROM (SELECT household_id, MIN(day) AS cohort FROM transactions GROUP BY household_id) AS f) AS x
    GROUP BY cohort"""


def day_retention__right_window_and_flags_twelfth():
    return """
    WITH w AS (SELECT household_id, day, MIN(day) OVER (PARTITION BY household_id) AS cohort,
            MAX(day) OVER () AS ending FROM transactions),
    h AS (SELECT household_id, cohort, ending, MAX(CASE WHEN DATEDIFF('day', cohort, day) = 1 THEN 1 ELSE 0 END) AS one,
            MAX(CASE WHEN DATEDIFF('day', cohort, day) = 7 THEN 1 ELSE 0 END) AS seven FROM w GROUP BY ALL)
    SELECT cohort, COUNT(*) AS households,
        CASE WHEN DATEDIFF('day', cohort, ending) >= 1 THEN AVG(one) END AS d1,
        CASE WHEN DATEDIFF('day', cohort, ending) >= 7 THEN AVG(seven) END AS d7
    FROM h GROUP BY cohort, ending"""


def day_retention__wrong_zero_for_unknown_twelfth():
    """0 and not NULL where the later day lies after the last day."""
    return _sw(
        _DR,
        ("CASE WHEN f.cohort + 7 <= MAX(e.last_day) THEN ", ""),
        ("COUNT(*) END AS d7", "COUNT(*) AS d7"),
    )


def day_retention__wrong_last_day_unknown():
    """NULL already where the later day *is* the last day (< for <=)."""
    return _sw(
        _DR, ("f.cohort + 1 <= ", "f.cohort + 1 < "), ("f.cohort + 7 <= ", "f.cohort + 7 < ")
    )


def day_retention__wrong_baskets_multiply():
    """Without DISTINCT days two baskets on the later day count a household twice."""
    return _sw(_DR, ("SELECT DISTINCT household_id, day", "SELECT household_id, day"))


def day_retention__wrong_within_seven_days_twelfth():
    """d7 counts a purchase on any of the days 1 to 7."""
    return _sw(
        _DR,
        (
            "LEFT JOIN days AS b ON b.household_id = f.household_id AND b.day = f.cohort + 7",
            "LEFT JOIN (SELECT DISTINCT d.household_id, g.cohort AS day FROM days AS d JOIN firsts AS g "
            "ON g.household_id = d.household_id AND d.day BETWEEN g.cohort + 1 AND g.cohort + 7) AS b "
            "ON b.household_id = f.household_id",
        ),
    )


def day_retention__wrong_seventh_day_is_six_later_twelfth():
    """Off by one: the first day counts as day 1, so d7 looks 6 days later."""
    return _sw(_DR, ("b.day = f.cohort + 7", "b.day = f.cohort + 6"))


def day_retention__wrong_next_purchase():
    """LEAD: only the *next* purchase is looked at; one that comes after 1 and after 7 days is missed for d7."""
    return """
    WITH d AS (SELECT DISTINCT household_id, day FROM transactions),
    n AS (SELECT household_id, day, LEAD(day) OVER (PARTITION BY household_id ORDER BY day) AS nxt,
            ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day) AS k, MAX(day) OVER () AS ending FROM d)
    SELECT day AS cohort, COUNT(*) AS households,
        CASE WHEN day + 1 <= MAX(ending) THEN AVG(CASE WHEN nxt = day + 1 THEN 1 ELSE 0 END) END AS d1,
        CASE WHEN day + 7 <= MAX(ending) THEN AVG(CASE WHEN nxt = day + 7 THEN 1 ELSE 0 END) END AS d7
    FROM n WHERE k = 1 GROUP BY day"""


def day_retention__wrong_end_of_the_cohort_table():
    """The last day is the last *first* purchase and not the last day in the table."""
    return _sw(
        _DR,
        (
            "SELECT MAX(day) AS last_day FROM transactions",
            "SELECT MAX(cohort) AS last_day FROM firsts",
        ),
    )


def day_retention__wrong_end_of_own_household():
    """The last day is that of the cohort's own households, so a cohort that left is NULL and not 0."""
    return _sw(
        _DR,
        (
            "CROSS JOIN ending AS e",
            "JOIN (SELECT household_id, MAX(day) AS last_day FROM days GROUP BY household_id) AS e ON e.household_id = f.household_id",
        ),
    )


def day_retention__wrong_every_day_a_cohort_twelfth():
    """Every day with purchases is a cohort of all who bought on it, not only of those who bought first."""
    return _sw(
        _DR,
        (
            "SELECT household_id, MIN(day) AS cohort FROM days GROUP BY household_id",
            "SELECT household_id, day AS cohort FROM days",
        ),
    )


def day_retention__wrong_nobody_back_is_null():
    """A share of 0 is turned into NULL."""
    return _sw(_DR, ("CAST(COUNT(a.day) AS DOUBLE)", "NULLIF(CAST(COUNT(a.day) AS DOUBLE), 0)"))


def day_retention__wrong_silent_cohort_missing():
    """An inner join with the next day drops households that did not come back, and their cohorts."""
    return _sw(_DR, ("LEFT JOIN days AS a", "JOIN days AS a"))


def day_retention__wrong_whole_division():
    """Whole-number division: every share below 1 becomes 0."""
    return _sw(_DR, ("CAST(COUNT(a.day) AS DOUBLE) / COUNT(*)", "COUNT(a.day) // COUNT(*)"))


def day_retention__wrong_rounded_twelfth():
    """Shares are rounded to two digits."""
    return _sw(
        _DR,
        (
            "CAST(COUNT(a.day) AS DOUBLE) / COUNT(*)",
            "ROUND(CAST(COUNT(a.day) AS DOUBLE) / COUNT(*), 2)",
        ),
    )


def day_retention__wrong_both_days_needed():
    """d7 only counts households that also came back after 1 day."""
    return _sw(_DR, ("AND b.day = f.cohort + 7", "AND b.day = f.cohort + 7 AND a.day IS NOT NULL"))


# ---------------------------------------------------------------- 13.8 longest_streak

_LS = """
WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
numbered AS (
    SELECT household_id, day, day - CAST(ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day) AS INTEGER) AS run
    FROM days
), runs AS (
    SELECT household_id, COUNT(*) AS n_days, MIN(day) AS first_day FROM numbered GROUP BY household_id, run
), ranked AS (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY n_days DESC, first_day) AS place FROM runs
)
SELECT household_id, n_days, first_day FROM ranked WHERE place = 1
"""


def longest_streak__right_day_minus_number():
    return _LS


def longest_streak__right_lag_and_running_sum_twelfth():
    return """
    WITH d AS (SELECT household_id, day FROM transactions GROUP BY household_id, day),
    s AS (SELECT household_id, day, CASE WHEN day - LAG(day) OVER (PARTITION BY household_id ORDER BY day) = 1
            THEN 0 ELSE 1 END AS starts FROM d),
    g AS (SELECT household_id, day, SUM(starts) OVER (PARTITION BY household_id ORDER BY day) AS run FROM s),
    r AS (SELECT household_id, run, COUNT(*) AS n, MIN(day) AS first_day FROM g GROUP BY household_id, run)
    SELECT household_id, MAX(n) AS n_days, MIN(first_day) AS first_day FROM (
        SELECT *, RANK() OVER (PARTITION BY household_id ORDER BY n DESC) AS k FROM r) AS x
    WHERE k = 1 GROUP BY household_id"""


def longest_streak__right_starts_and_ends_twelfth():
    return """
    WITH d AS (SELECT DISTINCT household_id, day FROM transactions),
    a AS (SELECT * FROM d WHERE NOT EXISTS (SELECT 1 FROM d AS p WHERE p.household_id = d.household_id AND p.day = d.day - 1)),
    z AS (SELECT * FROM d WHERE NOT EXISTS (SELECT 1 FROM d AS p WHERE p.household_id = d.household_id AND p.day = d.day + 1)),
    r AS (SELECT a.household_id, a.day AS first_day, MIN(z.day) - a.day + 1 AS n_days
        FROM a JOIN z ON z.household_id = a.household_id AND z.day >= a.day GROUP BY a.household_id, a.day)
    SELECT DISTINCT ON (household_id) household_id, n_days, first_day FROM r
    ORDER BY household_id, n_days DESC, first_day"""


def longest_streak__wrong_baskets_not_days_twelfth():
    """Without DISTINCT a second basket on Monday takes the place of Tuesday."""
    return _sw(_LS, ("SELECT DISTINCT household_id, day", "SELECT household_id, day"))


def longest_streak__wrong_dense_rank_counts_baskets():
    """DENSE_RANK joins the run rightly but COUNT(*) counts baskets: two on one day make a run of 2."""
    return _sw(
        _LS,
        ("SELECT DISTINCT household_id, day", "SELECT household_id, day"),
        ("CAST(ROW_NUMBER()", "CAST(DENSE_RANK()"),
    )


def longest_streak__wrong_latest_of_equal():
    """Of runs of equal length the latest."""
    return _sw(_LS, ("n_days DESC, first_day)", "n_days DESC, first_day DESC)"))


def longest_streak__wrong_two_rows_for_ties():
    """RANK without a tie break: two runs of equal length give two rows."""
    return _sw(
        _LS,
        (
            "ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY n_days DESC, first_day)",
            "RANK() OVER (PARTITION BY household_id ORDER BY n_days DESC)",
        ),
    )


def longest_streak__wrong_separate_extremes():
    """MAX of the lengths and MIN of the first days, taken from different runs."""
    return _sw(
        _LS,
        (
            "SELECT household_id, n_days, first_day FROM ranked WHERE place = 1",
            "SELECT household_id, MAX(n_days) AS n_days, MIN(first_day) AS first_day FROM ranked GROUP BY household_id",
        ),
    )


def longest_streak__wrong_day_of_month_twelfth():
    """Day of the month minus number: runs break at the end of a month, and days of two months may be joined."""
    return _sw(_LS, ("day, day - CAST", "day, DAY(day) - CAST"))


def longest_streak__wrong_day_of_year_twelfth():
    """Day of the year minus number: a run over New Year breaks."""
    return _sw(_LS, ("day, day - CAST", "day, DAYOFYEAR(day) - CAST"))


def longest_streak__wrong_numbers_over_all_households():
    """Numbered over all households by day: other households break the runs."""
    return _sw(
        _LS,
        (
            "(PARTITION BY household_id ORDER BY day) AS INTEGER",
            "(ORDER BY day, household_id) AS INTEGER",
        ),
    )


def longest_streak__wrong_single_days_missing():
    """Only runs of two days or more: a household with single days has no row."""
    return _sw(
        _LS, ("GROUP BY household_id, run\n", "GROUP BY household_id, run HAVING COUNT(*) > 1\n")
    )


def longest_streak__wrong_last_day_twelfth():
    """Returns the last day of the run and not the first."""
    return _sw(
        _LS,
        (
            "SELECT household_id, n_days, first_day FROM",
            "SELECT household_id, n_days, first_day + CAST(n_days AS INTEGER) - 1 AS first_day FROM",
        ),
    )


def longest_streak__wrong_steps_not_days():
    """The length is last minus first day, one too small."""
    return _sw(_LS, ("COUNT(*) AS n_days", "MAX(day) - MIN(day) AS n_days"))


def longest_streak__wrong_runs_across_households():
    """Runs are grouped by day minus number only: households with the same start are added up."""
    return _sw(
        _LS,
        (
            "SELECT household_id, COUNT(*) AS n_days, MIN(day) AS first_day FROM numbered GROUP BY household_id, run",
            "SELECT DISTINCT household_id, COUNT(*) OVER (PARTITION BY run) AS n_days, MIN(day) OVER (PARTITION BY household_id, run) AS first_day FROM numbered",
        ),
    )


def longest_streak__wrong_lag_not_by_household():
    """LAG without PARTITION BY: the first day of one household may continue the last run of the household before."""
    return _sw(
        longest_streak__right_lag_and_running_sum_twelfth(),
        (
            "LAG(day) OVER (PARTITION BY household_id ORDER BY day)",
            "LAG(day) OVER (ORDER BY household_id, day)",
        ),
        (
            "SUM(starts) OVER (PARTITION BY household_id ORDER BY day)",
            "SUM(starts) OVER (ORDER BY household_id, day)",
        ),
        ("COUNT(*) AS n,", "COUNT(*) OVER (PARTITION BY run) AS n,"),
        (
            "MIN(day) AS first_day FROM g GROUP BY household_id, run",
            "MIN(day) OVER (PARTITION BY household_id, run) AS first_day FROM g",
        ),
    )


def longest_streak__wrong_one_missing_day_bridged():
    """A gap of one day without a purchase does not end the run (difference of at most 2)."""
    return _sw(
        longest_streak__right_lag_and_running_sum_twelfth(),
        ("ORDER BY day) = 1", "ORDER BY day) <= 2"),
    )


# ---------------------------------------------------------------- 13.9 kill_sessions


def _ks_reference(events, gap=30):
    out, last = [], {}
    for house, at in sorted(events):
        time = datetime.strptime(at, "%Y-%m-%d %H:%M:%S")
        if house in last and time - last[house] <= timedelta(minutes=gap):
            out[-1][3] += 1
        else:
            number = out[-1][1] + 1 if out and out[-1][0] == house else 1
            out.append([house, number, at, 1])
        last[house] = time
    return [tuple(row) for row in out]


def _ks_plain(rows):
    return [(int(h), int(k), str(at)[:19], int(n)) for h, k, at, n in rows]


_KS_EVENTS = [
    (2, "2017-01-02 10:10:00"),
    (1, "2017-01-02 10:00:00"),
    (1, "2017-01-02 10:30:00"),
    (2, "2017-01-02 10:35:00"),
    (1, "2017-01-02 11:00:00"),
    (1, "2017-01-02 11:30:01"),
    (3, "2017-01-02 23:50:00"),
    (3, "2017-01-03 00:10:00"),
    (3, "2017-01-03 00:40:00"),
    (3, "2017-01-05 00:45:00"),
    (4, "2017-01-31 12:00:00"),
    (5, "2017-01-31 12:10:00"),
    (5, "2017-01-31 12:50:00"),
    (5, "2017-01-31 13:30:59"),
    (5, "2017-02-01 13:30:59"),
    (10, "2017-01-02 10:05:00"),
    (10, "2017-01-02 10:59:00"),
]
_KS_RESULT = [
    (1, 1, "2017-01-02 10:00:00", 3),
    (1, 2, "2017-01-02 11:30:01", 1),
    (2, 1, "2017-01-02 10:10:00", 2),
    (3, 1, "2017-01-02 23:50:00", 3),
    (3, 2, "2017-01-05 00:45:00", 1),
    (4, 1, "2017-01-31 12:00:00", 1),
    (5, 1, "2017-01-31 12:10:00", 1),
    (5, 2, "2017-01-31 12:50:00", 1),
    (5, 3, "2017-01-31 13:30:59", 1),
    (5, 4, "2017-02-01 13:30:59", 1),
    (10, 1, "2017-01-02 10:05:00", 1),
    (10, 2, "2017-01-02 10:59:00", 1),
]


def kill_sessions__right_by_hand_twelfth(implementation):
    try:
        return _ks_plain(implementation(list(_KS_EVENTS))) == _KS_RESULT
    except Exception:
        return False


def kill_sessions__right_random_against_python(implementation):
    rng = random.Random(4)
    for _ in range(12):
        events = []
        for house in rng.sample(range(1, 15), 4):
            at = datetime(2017, 1, rng.randint(1, 28), 22, rng.randint(0, 59), 0)
            for _ in range(rng.randint(1, 12)):
                events.append((house, at.strftime("%Y-%m-%d %H:%M:%S")))
                at += timedelta(
                    seconds=rng.choice([60, 900, 1799, 1800, 1801, 1859, 3600, 86400, 87000])
                )
        rng.shuffle(events)
        try:
            if _ks_plain(implementation(list(events))) != _ks_reference(events):
                return False
        except Exception:
            return False
    return True


def kill_sessions__right_small_cases_twelfth(implementation):
    day = "2017-01-02 "
    cases = [
        [(1, day + "10:00:00")],
        [(1, day + "10:00:00"), (1, day + "10:30:00")],
        [(1, day + "10:00:00"), (1, day + "10:30:01")],
        [(1, day + f"10:{m:02d}:00") for m in (0, 20, 40, 59)],
        [
            (1, day + "10:00:00"),
            (2, day + "10:10:00"),
            (1, day + "10:20:00"),
            (2, day + "12:00:00"),
            (1, day + "12:00:00"),
        ],
        [
            (1, day + "23:59:00"),
            (1, "2017-01-03 00:01:00"),
            (2, "2016-12-31 23:45:00"),
            (2, "2017-01-01 00:15:00"),
        ],
        [
            (1, day + "10:00:00"),
            (1, "2017-01-03 10:00:00"),
            (1, "2017-01-03 10:05:00"),
            (2, "2017-01-04 10:06:00"),
        ],
        [(7, day + f"{h:02d}:00:00") for h in range(24)],
        [
            (2, day + "09:00:00"),
            (1, day + "10:30:00"),
            (1, day + "10:00:00"),
            (11, day + "08:00:00"),
            (2, day + "08:10:00"),
        ],
        [
            (1, day + "10:00:00"),
            (1, day + "10:31:00"),
            (1, day + "10:32:00"),
            (1, day + "11:30:00"),
            (1, day + "12:30:00"),
        ],
    ]
    for events in cases:
        try:
            rows = implementation(events[:])
            if [tuple(map(str, r)) for r in rows] != [
                tuple(map(str, r)) for r in _ks_reference(events)
            ]:
                return False
        except Exception:
            return False
    return True


def _ks_check(implementation, events, view=lambda rows: rows):
    try:
        return view(_ks_plain(implementation(list(events)))) == view(_ks_reference(events))
    except Exception:
        return False


def kill_sessions__wrong_no_exact_gap_twelfth(implementation):
    """No gap near 30 minutes: a query that opens a session at exactly 30 minutes passes, and one with 29 or 31."""
    events = [
        (h, f"2017-01-02 {t}:00")
        for h in (1, 2)
        for t in ("10:00", "10:05", "11:30", "11:40", "15:00")
    ]
    return _ks_check(implementation, events)


def kill_sessions__wrong_one_household_twelfth(implementation):
    """One household only: missing PARTITION BY and numbers over all households pass."""
    events = [(1, "2017-01-02 10:00:00"), (1, "2017-01-02 10:30:00"), (1, "2017-01-02 11:00:01")]
    return _ks_check(implementation, events)


def kill_sessions__wrong_exact_gap_opens(implementation):
    """Expects a new session at exactly 30 minutes: the right queries are rejected."""
    events = [(1, "2017-01-02 10:00:00"), (1, "2017-01-02 10:30:00"), (2, "2017-01-02 11:00:01")]
    want = [
        (1, 1, "2017-01-02 10:00:00", 1),
        (1, 2, "2017-01-02 10:30:00", 1),
        (2, 1, "2017-01-02 11:00:01", 1),
    ]
    try:
        return _ks_plain(implementation(events)) == want
    except Exception:
        return False


def kill_sessions__wrong_numbers_over_all(implementation):
    """Expects sessions numbered through over all households: right queries are rejected."""
    want = [(h, i, at, n) for i, (h, _, at, n) in enumerate(_KS_RESULT, 1)]
    try:
        return _ks_plain(implementation(list(_KS_EVENTS))) == want
    except Exception:
        return False


def kill_sessions__wrong_from_session_start(implementation):
    """Expects a session to end 30 minutes after its *start*: a run of gaps of 20 minutes is split, and right queries are rejected."""
    events = [(1, f"2017-01-02 10:{m}:00") for m in ("00", "20", "40")]
    want = [(1, 1, "2017-01-02 10:00:00", 2), (1, 2, "2017-01-02 10:40:00", 1)]
    try:
        return _ks_plain(implementation(events)) == want
    except Exception:
        return False


def kill_sessions__wrong_too_many_events_twelfth(implementation):
    """Feeds 60 events, and an implementation takes at most 50: a right one may refuse them."""
    events = [(1 + i % 3, f"2017-01-02 {10 + i // 6:02d}:{i % 6 * 10:02d}:00") for i in range(60)]
    if len(events) > 50 and not _ks_check(implementation, events):
        return False
    return kill_sessions__right_by_hand_twelfth(implementation)


def kill_sessions__wrong_midnight_splits_twelfth(implementation):
    """Expects a new session at midnight: right queries are rejected."""
    events = [(3, "2017-01-02 23:50:00"), (3, "2017-01-03 00:10:00")]
    try:
        return len(implementation(events)) == 2
    except Exception:
        return False


def kill_sessions__wrong_exception_accepted(implementation):
    """Only one easy event: everything that gives one row passes."""
    try:
        return len(implementation([(1, "2017-01-02 10:00:00")])) == 1
    except Exception:
        return True


def kill_sessions__wrong_one_session_each(implementation):
    """No event alone, no second day, no longer session, and households of which each has one session."""
    events = [(h, f"2017-01-02 {10 + h}:{m}:00") for h in (1, 2, 3) for m in ("00", "30")]
    return _ks_check(implementation, events, sorted)


def kill_sessions__wrong_time_objects(implementation):
    """Gives times as datetime objects and not as text: right queries may fail."""
    events = [(h, datetime.strptime(at, "%Y-%m-%d %H:%M:%S")) for h, at in _KS_EVENTS]
    return list(implementation(events)) == [
        (h, k, datetime.strptime(a, "%Y-%m-%d %H:%M:%S"), n) for h, k, a, n in _KS_RESULT
    ]


# ---------------------------------------------------------------- 13.10 rolling_active

_RA = """
SELECT c.day, COUNT(DISTINCT t.household_id) AS active
FROM calendar AS c
LEFT JOIN transactions AS t ON t.day BETWEEN c.day - 6 AND c.day
GROUP BY c.day ORDER BY c.day
"""


def rolling_active__right_range_join_twelfth():
    return _RA


def rolling_active__right_correlated():
    return """SELECT day, (SELECT COUNT(DISTINCT household_id) FROM transactions AS t
            WHERE t.day <= c.day AND t.day > c.day - INTERVAL 7 DAY) AS active
        FROM calendar AS c ORDER BY day"""


def rolling_active__right_spread_over_seven_days():
    return """
    WITH seen AS (
        SELECT DISTINCT t.household_id, t.day + CAST(k.k AS INTEGER) AS day
        FROM transactions AS t CROSS JOIN (SELECT UNNEST(RANGE(7)) AS k) AS k)
    SELECT c.day, COALESCE(s.n, 0) AS active FROM calendar AS c
    LEFT JOIN (SELECT day, COUNT(*) AS n FROM seen GROUP BY day) AS s ON s.day = c.day ORDER BY c.day"""


def rolling_active__wrong_eight_days_twelfth():
    """``c.day - 7``: eight days."""
    return _sw(_RA, ("c.day - 6", "c.day - 7"))


def rolling_active__wrong_purchases():
    """Counts purchases and not households."""
    return _sw(_RA, ("COUNT(DISTINCT t.household_id)", "COUNT(t.household_id)"))


def rolling_active__wrong_one_for_nobody():
    """COUNT(DISTINCT COALESCE(..., 0)): a day on which nobody was active has 1."""
    return _sw(
        _RA, ("COUNT(DISTINCT t.household_id)", "COUNT(DISTINCT COALESCE(t.household_id, 0))")
    )


def rolling_active__wrong_silent_days_missing():
    """An inner join: days on which nobody was active have no row."""
    return _sw(_RA, ("LEFT JOIN", "JOIN"))


def rolling_active__wrong_calendar_days_only():
    """Purchases on days that are not in the calendar do not count."""
    return _sw(
        _RA,
        (
            "LEFT JOIN transactions AS t",
            "LEFT JOIN (SELECT * FROM transactions WHERE day IN (SELECT day FROM calendar)) AS t",
        ),
    )


def rolling_active__wrong_seven_rows_twelfth():
    """The seven calendar *rows* up to each day: where days are missing the window is longer."""
    return """
    WITH k AS (SELECT day, LAG(day, 6) OVER (ORDER BY day) AS since FROM calendar)
    SELECT k.day, COUNT(DISTINCT t.household_id) AS active FROM k LEFT JOIN transactions AS t
        ON t.day <= k.day AND t.day >= COALESCE(k.since, k.day - 6) GROUP BY k.day ORDER BY k.day"""


def rolling_active__wrong_sum_of_days_twelfth():
    """Sums the daily counts: a household that bought on two days counts twice."""
    return """
    SELECT c.day, COALESCE(SUM(d.n), 0) AS active FROM calendar AS c
    LEFT JOIN (SELECT day, COUNT(DISTINCT household_id) AS n FROM transactions GROUP BY day) AS d
        ON d.day BETWEEN c.day - 6 AND c.day GROUP BY c.day ORDER BY c.day"""


def rolling_active__wrong_seven_days_after():
    """The seven days that *begin* with the day."""
    return _sw(_RA, ("BETWEEN c.day - 6 AND c.day", "BETWEEN c.day AND c.day + 6"))


def rolling_active__wrong_day_itself_left_out():
    """The seven days before the day, without the day itself."""
    return _sw(_RA, ("BETWEEN c.day - 6 AND c.day", "BETWEEN c.day - 7 AND c.day - 1"))


def rolling_active__wrong_newest_first():
    """Sorted with the newest day first."""
    return _sw(_RA, ("ORDER BY c.day", "ORDER BY c.day DESC"))


def rolling_active__wrong_calendar_week_twelfth():
    """The calendar week up to the day: on Monday only Monday counts."""
    return _sw(_RA, ("BETWEEN c.day - 6 AND c.day", "BETWEEN DATE_TRUNC('week', c.day) AND c.day"))


def rolling_active__wrong_first_purchase_only():
    """Each household counts by its first purchase only."""
    return _sw(
        _RA,
        (
            "LEFT JOIN transactions AS t",
            "LEFT JOIN (SELECT household_id, MIN(day) AS day FROM transactions GROUP BY household_id) AS t",
        ),
    )


def rolling_active__wrong_days_before_calendar_lost():
    """Purchases before the first day of the calendar do not count."""
    return _sw(_RA, ("AND c.day\n", "AND c.day AND t.day >= (SELECT MIN(day) FROM calendar)\n"))


# ---------------------------------------------------------------- 13.12 purchase_funnel

_PF = """
SELECT v.product_id, COUNT(DISTINCT v.household_id) AS viewed,
    COUNT(DISTINCT c.household_id) AS carted, COUNT(DISTINCT b.household_id) AS bought
FROM events AS v
LEFT JOIN events AS c ON c.event = 'cart' AND c.household_id = v.household_id AND c.product_id = v.product_id
    AND c.event_at > v.event_at AND c.event_at <= v.event_at + INTERVAL 24 HOUR
LEFT JOIN events AS b ON b.event = 'buy' AND b.household_id = v.household_id AND b.product_id = v.product_id
    AND b.event_at > c.event_at AND b.event_at <= v.event_at + INTERVAL 24 HOUR
WHERE v.event = 'view' GROUP BY v.product_id
"""


def purchase_funnel__right_two_left_joins():
    return _PF


def purchase_funnel__right_first_cart_of_each_view():
    return """
    WITH v AS (SELECT DISTINCT household_id, product_id, event_at FROM events WHERE event = 'view'),
    c AS (SELECT v.household_id, v.product_id, v.event_at AS seen, MIN(e.event_at) AS carted
        FROM v LEFT JOIN events AS e ON e.event = 'cart' AND e.household_id = v.household_id
            AND e.product_id = v.product_id AND e.event_at > v.event_at
            AND e.event_at - v.event_at <= INTERVAL 24 HOUR GROUP BY 1, 2, 3),
    f AS (SELECT c.*, EXISTS (SELECT 1 FROM events AS e WHERE e.event = 'buy' AND e.household_id = c.household_id
            AND e.product_id = c.product_id AND e.event_at > c.carted
            AND e.event_at <= c.seen + INTERVAL 1 DAY) AS bought FROM c),
    h AS (SELECT product_id, household_id, MAX(CASE WHEN carted IS NOT NULL THEN 1 ELSE 0 END) AS c,
            MAX(CASE WHEN bought THEN 1 ELSE 0 END) AS b FROM f GROUP BY product_id, household_id)
    SELECT product_id, COUNT(*) AS viewed, CAST(SUM(c) AS BIGINT) AS carted, CAST(SUM(b) AS BIGINT) AS bought
    FROM h GROUP BY product_id"""


def purchase_funnel__right_three_counts():
    return """
    WITH pairs AS (SELECT v.household_id, v.product_id, v.event_at AS seen, c.event_at AS carted
        FROM events AS v JOIN events AS c USING (household_id, product_id)
        WHERE v.event = 'view' AND c.event = 'cart' AND c.event_at > v.event_at
            AND EPOCH(c.event_at) - EPOCH(v.event_at) <= 86400),
    sold AS (SELECT p.household_id, p.product_id FROM pairs AS p JOIN events AS b USING (household_id, product_id)
        WHERE b.event = 'buy' AND b.event_at > p.carted AND EPOCH(b.event_at) - EPOCH(p.seen) <= 86400)
    SELECT e.product_id, COUNT(DISTINCT e.household_id) AS viewed,
        (SELECT COUNT(DISTINCT household_id) FROM pairs AS p WHERE p.product_id = e.product_id) AS carted,
        (SELECT COUNT(DISTINCT household_id) FROM sold AS s WHERE s.product_id = e.product_id) AS bought
    FROM events AS e WHERE e.event = 'view' GROUP BY e.product_id"""


_PF_V = "FROM events AS v\n"


def purchase_funnel__wrong_first_view_twelfth():
    """Only the first view of a household counts: a cart after a later view is missed."""
    return _sw(
        _PF,
        (
            _PF_V,
            "FROM (SELECT household_id, product_id, event, MIN(event_at) AS event_at FROM events GROUP BY ALL) AS v\n",
        ),
    )


def purchase_funnel__wrong_last_view_twelfth():
    """Only the last view of a household counts: what followed an earlier one is missed."""
    return _sw(
        _PF,
        (
            _PF_V,
            "FROM (SELECT household_id, product_id, event, MAX(event_at) AS event_at FROM events GROUP BY ALL) AS v\n",
        ),
    )


def purchase_funnel__wrong_day_after_cart():
    """The 24 hours of the purchase are measured from the cart and not from the view."""
    return _sw(_PF, ("b.event_at <= v.event_at + INTERVAL", "b.event_at <= c.event_at + INTERVAL"))


def purchase_funnel__wrong_different_views():
    """Cart and purchase may belong to different views: each only needs some view at most 24 hours before."""
    return """
    WITH v AS (SELECT * FROM events WHERE event = 'view'),
    c AS (SELECT DISTINCT e.* FROM events AS e JOIN v USING (household_id, product_id) WHERE e.event = 'cart'
        AND e.event_at > v.event_at AND e.event_at <= v.event_at + INTERVAL 24 HOUR),
    b AS (SELECT DISTINCT e.* FROM events AS e JOIN v USING (household_id, product_id)
        JOIN c ON c.household_id = e.household_id AND c.product_id = e.product_id WHERE e.event = 'buy'
        AND e.event_at > c.event_at AND e.event_at > v.event_at AND e.event_at <= v.event_at + INTERVAL 24 HOUR)
    SELECT v.product_id, COUNT(DISTINCT v.household_id) AS viewed, COUNT(DISTINCT c.household_id) AS carted,
        COUNT(DISTINCT b.household_id) AS bought
    FROM v LEFT JOIN c ON c.household_id = v.household_id AND c.product_id = v.product_id
    LEFT JOIN b ON b.household_id = v.household_id AND b.product_id = v.product_id GROUP BY v.product_id"""


def purchase_funnel__wrong_equal_times_twelfth():
    """``>=``: a cart at the same second as the view counts as after it."""
    return _sw(_PF, ("c.event_at > v.event_at", "c.event_at >= v.event_at"))


def purchase_funnel__wrong_equal_times_of_purchase():
    """``>=`` for the purchase only: a purchase at the same second as the cart counts."""
    return _sw(_PF, ("b.event_at > c.event_at", "b.event_at >= c.event_at"))


def purchase_funnel__wrong_less_than_a_day():
    """``<``: exactly 24 hours after the view does not count."""
    return _sw(
        _PF,
        ("c.event_at <= v.event_at", "c.event_at < v.event_at"),
        ("b.event_at <= v.event_at", "b.event_at < v.event_at"),
    )


def purchase_funnel__wrong_hours_by_datediff():
    """DATEDIFF('hour') counts full hours that begin: 24 hours and 30 minutes may be 24."""
    return _sw(
        _PF,
        (
            "c.event_at <= v.event_at + INTERVAL 24 HOUR",
            "DATEDIFF('hour', v.event_at, c.event_at) <= 24",
        ),
        (
            "b.event_at <= v.event_at + INTERVAL 24 HOUR",
            "DATEDIFF('hour', v.event_at, b.event_at) <= 24",
        ),
    )


def purchase_funnel__wrong_same_date():
    """Within the same calendar day and not within 24 hours."""
    return _sw(
        _PF,
        (
            "c.event_at <= v.event_at + INTERVAL 24 HOUR",
            "CAST(c.event_at AS DATE) = CAST(v.event_at AS DATE)",
        ),
        (
            "b.event_at <= v.event_at + INTERVAL 24 HOUR",
            "CAST(b.event_at AS DATE) = CAST(v.event_at AS DATE)",
        ),
    )


def purchase_funnel__wrong_purchase_without_cart():
    """The purchase needs to be after the view only; a cart is not asked for before it."""
    return _sw(_PF, ("b.event_at > c.event_at", "b.event_at > v.event_at"))


def purchase_funnel__wrong_any_product():
    """Cart and purchase of any product of the household count."""
    return _sw(_PF, (" AND c.product_id = v.product_id", ""))


def purchase_funnel__wrong_events_counted():
    """COUNT without DISTINCT: a second view counts twice."""
    return _sw(_PF, ("COUNT(DISTINCT v.household_id)", "COUNT(v.household_id)"))


def purchase_funnel__wrong_only_carted_products():
    """An inner join with carts: a product that was only viewed has no row and its viewers are lost."""
    return _sw(_PF, ("LEFT JOIN events AS c", "JOIN events AS c"))


def purchase_funnel__wrong_products_without_view_twelfth():
    """A row also for products that were never viewed."""
    return (
        """SELECT product_id, viewed, carted, bought FROM ("""
        + _PF
        + """) AS f
        UNION ALL SELECT DISTINCT product_id, 0, 0, 0 FROM events
        WHERE product_id NOT IN (SELECT product_id FROM events WHERE event = 'view')"""
    )


def purchase_funnel__wrong_last_cart():
    """Of the carts after a view only the last one is kept: a purchase between two carts is missed."""
    return _sw(
        _PF,
        (
            "LEFT JOIN events AS c ON c.event = 'cart' AND",
            "LEFT JOIN (SELECT household_id, product_id, MAX(event_at) AS event_at FROM events WHERE event = 'cart' GROUP BY ALL) AS c ON",
        ),
    )


def purchase_funnel__wrong_first_cart_of_all():
    """Only the first cart of a household and product is kept, also when it was before the view."""
    return _sw(
        _PF,
        (
            "LEFT JOIN events AS c ON c.event = 'cart' AND",
            "LEFT JOIN (SELECT household_id, product_id, MIN(event_at) AS event_at FROM events WHERE event = 'cart' GROUP BY ALL) AS c ON",
        ),
    )


# ---------------------------------------------------------------- 13.14 features_as_of

_FA = """
WITH spent AS (
    SELECT l.household_id, l.as_of,
        COUNT(DISTINCT CASE WHEN t.day >= l.as_of - 28 THEN t.basket_id END) AS baskets,
        SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value ELSE 0 END) AS spend,
        MAX(t.day) AS last_day
    FROM labels AS l LEFT JOIN transactions AS t ON t.household_id = l.household_id AND t.day < l.as_of
    GROUP BY l.household_id, l.as_of
), level AS (
    SELECT l.household_id, l.as_of, x.tier,
        ROW_NUMBER() OVER (PARTITION BY l.household_id, l.as_of ORDER BY x.valid_from DESC) AS k
    FROM labels AS l JOIN tiers AS x ON x.household_id = l.household_id AND x.valid_from < l.as_of
)
SELECT s.household_id, s.as_of, s.baskets, s.spend, s.last_day, v.tier
FROM spent AS s LEFT JOIN level AS v ON v.household_id = s.household_id AND v.as_of = s.as_of AND v.k = 1
"""


def features_as_of__right_two_aggregates():
    return _FA


def features_as_of__right_correlated_twelfth():
    return """
    SELECT l.household_id, l.as_of,
        (SELECT COUNT(DISTINCT basket_id) FROM transactions AS t WHERE t.household_id = l.household_id
            AND t.day BETWEEN l.as_of - 28 AND l.as_of - 1) AS baskets,
        (SELECT COALESCE(SUM(sales_value), 0) FROM transactions AS t WHERE t.household_id = l.household_id
            AND t.day BETWEEN l.as_of - 28 AND l.as_of - 1) AS spend,
        (SELECT MAX(day) FROM transactions AS t WHERE t.household_id = l.household_id AND t.day < l.as_of) AS last_day,
        (SELECT ARG_MAX(tier, valid_from) FROM tiers AS x WHERE x.household_id = l.household_id
            AND x.valid_from < l.as_of) AS tier
    FROM labels AS l"""


_FA_ASOF = """
SELECT f.household_id, f.as_of, f.baskets, f.spend, f.last_day, x.tier FROM (
    SELECT l.household_id, l.as_of,
        COUNT(DISTINCT t.basket_id) FILTER (WHERE l.as_of - t.day <= 28) AS baskets,
        COALESCE(SUM(t.sales_value) FILTER (WHERE l.as_of - t.day <= 28), 0) AS spend,
        MAX(t.day) AS last_day
    FROM labels AS l LEFT JOIN transactions AS t ON t.household_id = l.household_id AND t.day < l.as_of
    GROUP BY l.household_id, l.as_of) AS f
ASOF LEFT JOIN tiers AS x ON x.household_id = f.household_id AND f.as_of > x.valid_from
"""


def features_as_of__right_asof_join_twelfth():
    return _FA_ASOF


def features_as_of__wrong_asof_equal():
    """The ASOF join uses >=: a tier that begins on the day of the label is known too early."""
    return _sw(_FA_ASOF, ("f.as_of > x.valid_from", "f.as_of >= x.valid_from"))


def features_as_of__wrong_day_itself_twelfth():
    """Purchases of the day itself count."""
    return _sw(_FA, ("t.day < l.as_of", "t.day <= l.as_of"))


def features_as_of__wrong_last_day_of_label_day():
    """Only last_day leaks: it is the last purchase up to and with the day itself."""
    return _sw(
        _FA,
        ("t.day < l.as_of", "t.day <= l.as_of"),
        ("WHEN t.day >= l.as_of - 28", "WHEN t.day < l.as_of AND t.day >= l.as_of - 28"),
    )


def features_as_of__wrong_27_days_twelfth():
    """The window is one day too short: as_of - 28 does not count."""
    return _sw(_FA, ("t.day >= l.as_of - 28", "t.day > l.as_of - 28"))


def features_as_of__wrong_29_days_twelfth():
    """The window is one day too long: as_of - 29 counts."""
    return _sw(_FA, ("t.day >= l.as_of - 28", "t.day >= l.as_of - 29"))


def features_as_of__wrong_last_day_in_window_twelfth():
    """last_day looks into the 28 days only: a purchase long ago gives NULL."""
    return _sw(_FA, ("MAX(t.day) AS", "MAX(CASE WHEN t.day >= l.as_of - 28 THEN t.day END) AS"))


def features_as_of__wrong_both_joined():
    """Purchases and tiers are joined together: spend counts once per tier."""
    return """
    SELECT l.household_id, l.as_of, COUNT(DISTINCT CASE WHEN t.day >= l.as_of - 28 THEN t.basket_id END) AS baskets,
        SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value ELSE 0 END) AS spend, MAX(t.day) AS last_day,
        ARG_MAX(x.tier, x.valid_from) AS tier
    FROM labels AS l LEFT JOIN transactions AS t ON t.household_id = l.household_id AND t.day < l.as_of
    LEFT JOIN tiers AS x ON x.household_id = l.household_id AND x.valid_from < l.as_of
    GROUP BY l.household_id, l.as_of"""


def features_as_of__wrong_rows_not_baskets():
    """Counts rows and not different baskets."""
    return _sw(_FA, ("COUNT(DISTINCT CASE", "COUNT(CASE"))


def features_as_of__wrong_tier_of_today():
    """The latest tier of all and not the latest before the day."""
    return _sw(_FA, (" AND x.valid_from < l.as_of", ""))


def features_as_of__wrong_tier_by_name():
    """MAX(tier): the last tier in the alphabet and not the latest."""
    return _sw(_FA, ("ORDER BY x.valid_from DESC", "ORDER BY x.tier DESC"))


def features_as_of__wrong_first_tier_twelfth():
    """The first tier and not the latest."""
    return _sw(_FA, ("ORDER BY x.valid_from DESC", "ORDER BY x.valid_from"))


def features_as_of__wrong_latest_tier_then_filter():
    """The latest tier of the household is chosen first and the day is compared afterwards: an older valid tier becomes NULL."""
    return _sw(
        _FA,
        (" AND x.valid_from < l.as_of", ""),
        (
            "SELECT l.household_id, l.as_of, x.tier,",
            "SELECT l.household_id, l.as_of, CASE WHEN x.valid_from < l.as_of THEN x.tier END AS tier,",
        ),
    )


def features_as_of__wrong_no_tier_missing():
    """An inner join with the tiers: a household without a tier has no row."""
    return _sw(_FA, ("LEFT JOIN level", "JOIN level"))


def features_as_of__wrong_spend_null_twelfth():
    """spend is NULL where nothing was bought in the window."""
    return _sw(_FA, ("THEN t.sales_value ELSE 0 END", "THEN t.sales_value END"))


def features_as_of__wrong_no_purchase_missing():
    """Days are compared in WHERE: a household without a purchase before has no row."""
    return _sw(_FA, ("AND t.day < l.as_of\n", "WHERE t.day < l.as_of\n"))


def features_as_of__wrong_tier_per_household_twelfth():
    """The tier is numbered by household only: with several days just one of them gets a tier."""
    return _sw(
        _FA, ("PARTITION BY l.household_id, l.as_of ORDER", "PARTITION BY l.household_id ORDER")
    )


def features_as_of__wrong_tier_in_28_days():
    """The window of 28 days is put on the tier as well."""
    return _sw(
        _FA, ("x.valid_from < l.as_of", "x.valid_from < l.as_of AND x.valid_from >= l.as_of - 28")
    )


def features_as_of__wrong_basket_value_once():
    """Spend sums different values: two rows of equal value count once."""
    return _sw(_FA, ("SUM(CASE", "SUM(DISTINCT CASE"))


def campaign_report__wrong_as_the_chapter_opens():
    """The answer that people give, pasted from the beginning of the chapter: rows repeat, WHERE drops who bought nothing, the last day ends at its midnight."""
    return """
    SELECT c.campaign_id,
           COUNT(c.household_id)          AS reached,
           COUNT(DISTINCT t.household_id) AS buyers,
           COUNT(r.coupon_upc)            AS redemptions,
           SUM(t.sales_value)             AS revenue
    FROM campaigns c
    JOIN campaign_descriptions d   ON d.campaign_id = c.campaign_id
    LEFT JOIN transactions t       ON t.household_id = c.household_id
    LEFT JOIN coupon_redemptions r ON r.household_id = c.household_id
                                  AND r.campaign_id = c.campaign_id
    WHERE t.transaction_timestamp BETWEEN d.start_date AND d.end_date
    GROUP BY c.campaign_id
    """


def campaign_report__wrong_coupons_joined_until_midnight():
    """Both mistakes of the chapter's table: coupons are joined, and the last day ends at its midnight."""
    return """
    SELECT c.campaign_id, COUNT(DISTINCT c.household_id) AS reached,
        COUNT(DISTINCT t.household_id) AS buyers, COUNT(r.coupon_upc) AS redemptions,
        COALESCE(SUM(t.sales_value), 0) AS revenue
    FROM campaigns c JOIN campaign_descriptions d USING (campaign_id)
    LEFT JOIN transactions t ON t.household_id = c.household_id
        AND t.transaction_timestamp BETWEEN d.start_date AND d.end_date
    LEFT JOIN coupon_redemptions r
        ON r.household_id = c.household_id AND r.campaign_id = c.campaign_id
    GROUP BY c.campaign_id"""


TRUE |= {
    "break_campaign_report__wrong_seven_rows": ("seven_rows",),
    "campaign_report__wrong_last_day_at_midnight_twelfth": ("midnight_ends_the_last_day",),
    "campaign_report__wrong_midnight_after_counts": ("day_after_included",),
    "campaign_report__wrong_revenue_null_twelfth": ("null_for_nothing",),
    "campaign_report__wrong_redemptions_of_reached_only_twelfth": ("coupons_of_strangers_lost",),
    "campaign_report__wrong_redemptions_in_the_days_twelfth": ("redemptions_of_the_days",),
    "campaign_report__wrong_all_described_campaigns": ("unsent_campaigns_shown",),
    "campaign_report__wrong_buyers_are_baskets": ("purchases_as_buyers",),
    "campaign_report__wrong_strangers_bought": ("revenue_of_everybody",),
    "silent_households__wrong_not_in_twelfth": ("not_in_with_null",),
    "silent_households__wrong_any_campaign_twelfth": ("any_campaign",),
    "silent_households__wrong_pair_not_in": ("not_in_with_null",),
    "silent_households__wrong_no_card_blames_all": ("not_in_with_null",),
    "silent_households__wrong_campaign_with_redemptions_only": ("unredeemed_campaigns_lost",),
    "top_products__wrong_row_number_twelfth": ("ties_broken",),
    "top_products__wrong_dense_rank_twelfth": ("places_not_skipped",),
    "top_products__wrong_times_quantity_twelfth": ("value_times_quantity",),
    "top_products__wrong_unsold_products_twelfth": ("unsold_products_placed",),
    "top_products__wrong_whole_shop": ("over_all_departments",),
    "top_products__wrong_below_three": ("two_places",),
    "top_products__wrong_tie_by_product": ("ties_broken",),
    "top_products__wrong_distinct_values": ("equal_lines_once",),
    "current_orders__wrong_paid_first_twelfth": ("filter_before_dedup",),
    "current_orders__wrong_load_first_twelfth": ("latest_load_wins",),
    "current_orders__wrong_smaller_load": ("smaller_load_wins",),
    "current_orders__wrong_no_tie_break": ("equal_times_kept",),
    "current_orders__wrong_partition_by_household": ("one_order_a_household",),
    "current_orders__wrong_sum_distinct_twelfth": ("equal_amounts_once",),
    "current_orders__wrong_zero_rows_twelfth": ("unpaid_households_shown",),
    "current_orders__wrong_largest_amount_twelfth": ("latest_of_each_column",),
    "median_basket__wrong_rank_twelfth": ("equal_baskets_share_a_number",),
    "median_basket__wrong_lower_twelfth": ("lower_middle",),
    "median_basket__wrong_upper_twelfth": ("upper_middle",),
    "median_basket__wrong_distinct_values_twelfth": ("distinct_values",),
    "median_basket__wrong_half_rounded": ("neighbour_of_the_middle",),
    "median_basket__wrong_order_of_baskets": ("not_sorted_by_value",),
    "day_retention__wrong_last_day_unknown": ("last_day_not_counted",),
    "day_retention__wrong_baskets_multiply": ("rows_of_the_join_counted",),
    "day_retention__wrong_within_seven_days_twelfth": ("within_seven_days",),
    "day_retention__wrong_end_of_own_household": ("null_for_no_return",),
    "day_retention__wrong_horizon_of_cohort": ("null_for_no_return",),
    "day_retention__wrong_every_day_a_cohort_twelfth": ("every_day_is_a_cohort",),
    "day_retention__wrong_both_days_needed": ("d7_needs_d1",),
    "longest_streak__wrong_baskets_not_days_twelfth": ("two_baskets_two_days",),
    "longest_streak__wrong_latest_of_equal": ("latest_of_equal",),
    "longest_streak__wrong_two_rows_for_ties": ("all_equal_runs",),
    "longest_streak__wrong_separate_extremes": ("first_day_of_all",),
    "longest_streak__wrong_day_of_month_twelfth": ("day_of_month",),
    "longest_streak__wrong_single_days_missing": ("single_days_lost",),
    "longest_streak__wrong_last_day_twelfth": ("last_day_returned",),
    "longest_streak__wrong_steps_not_days": ("steps_not_days",),
    "longest_streak__wrong_one_missing_day_bridged": ("one_day_gap_allowed",),
    "kill_sessions__wrong_no_exact_gap_twelfth": ("no_edges",),
    "kill_sessions__wrong_too_many_events_twelfth": ("rejects_all",),
    "kill_sessions__wrong_exception_accepted": ("events_add_up",),
    "kill_sessions__wrong_time_objects": ("rejects_all",),
    "rolling_active__wrong_eight_days_twelfth": ("eight_days",),
    "rolling_active__wrong_purchases": ("baskets_counted",),
    "rolling_active__wrong_silent_days_missing": ("empty_windows_missing",),
    "rolling_active__wrong_calendar_days_only": ("days_outside_the_calendar_lost",),
    "rolling_active__wrong_sum_of_days_twelfth": ("daily_counts_added",),
    "rolling_active__wrong_seven_days_after": ("seven_days_ahead",),
    "rolling_active__wrong_day_itself_left_out": ("today_left_out",),
    "rolling_active__wrong_newest_first": ("newest_first",),
    "rolling_active__wrong_calendar_week_twelfth": ("calendar_weeks",),
    "rolling_active__wrong_days_before_calendar_lost": ("days_outside_the_calendar_lost",),
    "purchase_funnel__wrong_first_view_twelfth": ("first_view_only",),
    "purchase_funnel__wrong_last_view_twelfth": ("last_view_only",),
    "purchase_funnel__wrong_day_after_cart": ("window_from_the_cart",),
    "purchase_funnel__wrong_different_views": ("any_view_for_each_step",),
    "purchase_funnel__wrong_equal_times_twelfth": ("equal_times_counted",),
    "purchase_funnel__wrong_equal_times_of_purchase": ("equal_times_counted",),
    "purchase_funnel__wrong_less_than_a_day": ("exactly_24_hours_lost",),
    "purchase_funnel__wrong_hours_by_datediff": ("hours_of_the_clock",),
    "purchase_funnel__wrong_same_date": ("same_calendar_day",),
    "purchase_funnel__wrong_purchase_without_cart": ("cart_skipped",),
    "features_as_of__wrong_asof_equal": ("tier_of_the_day",),
    "features_as_of__wrong_day_itself_twelfth": ("day_itself_included",),
    "features_as_of__wrong_27_days_twelfth": ("twenty_seven_days",),
    "features_as_of__wrong_29_days_twelfth": ("twenty_nine_days",),
    "features_as_of__wrong_last_day_in_window_twelfth": ("last_day_in_the_window",),
    "features_as_of__wrong_both_joined": ("tiers_multiply_spend",),
    "features_as_of__wrong_rows_not_baskets": ("lines_not_baskets",),
    "features_as_of__wrong_tier_of_today": ("tier_of_today",),
    "features_as_of__wrong_tier_by_name": ("last_tier_by_name",),
    "features_as_of__wrong_first_tier_twelfth": ("first_tier",),
    "features_as_of__wrong_no_tier_missing": ("tierless_lost",),
    "features_as_of__wrong_spend_null_twelfth": ("null_spend",),
    "features_as_of__wrong_no_purchase_missing": ("silent_lost",),
    "features_as_of__wrong_tier_per_household_twelfth": ("tier_of_one_label",),
    "campaign_report__wrong_as_the_chapter_opens": ("joined_and_filtered",),
    "campaign_report__wrong_coupons_joined_until_midnight": ("joined_coupons",),
}


# ---- Thirteenth bank

# --------------------------------------------------------------------------- peak_online: right


def peak_online__right_moments_join():
    """Day starts and logins, each joined with every session that covers it."""
    return """
    WITH moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS moment FROM calendar
        UNION
        SELECT c.day, s.login FROM calendar AS c
        JOIN sessions AS s ON s.login >= c.day AND s.login < c.day + INTERVAL 1 DAY
    ),
    counted AS (
        SELECT m.day, m.moment, COUNT(DISTINCT s.user_id) AS n
        FROM moments AS m
        LEFT JOIN sessions AS s
            ON s.login <= m.moment AND (s.logout > m.moment OR s.logout IS NULL)
        GROUP BY m.day, m.moment
    )
    SELECT day, MAX(n) AS peak FROM counted GROUP BY day
    """


def peak_online__right_islands_max_over():
    """Sessions of a user are united by a running MAX; then one sweep over all time."""
    return """
    WITH clean AS (
        SELECT DISTINCT user_id, login, COALESCE(logout, TIMESTAMP 'infinity') AS logout
        FROM sessions WHERE logout IS NULL OR logout > login
    ),
    marked AS (
        SELECT *, CASE WHEN login <= MAX(logout) OVER (
                PARTITION BY user_id ORDER BY login, logout
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS opens
        FROM clean
    ),
    numbered AS (
        SELECT *, SUM(opens) OVER (PARTITION BY user_id ORDER BY login, logout) AS island
        FROM marked
    ),
    islands AS (
        SELECT user_id, MIN(login) AS login, MAX(logout) AS logout
        FROM numbered GROUP BY user_id, island
    ),
    steps AS (
        SELECT login AS moment, 1 AS step FROM islands
        UNION ALL SELECT logout, -1 FROM islands WHERE logout < TIMESTAMP 'infinity'
        UNION ALL SELECT CAST(day AS TIMESTAMP), 0 FROM calendar
    ),
    summed AS (
        SELECT moment, SUM(step) OVER (ORDER BY moment) AS n FROM steps
    )
    SELECT c.day, CAST(MAX(s.n) AS INTEGER) AS peak
    FROM calendar AS c
    JOIN summed AS s ON s.moment >= c.day AND s.moment < c.day + INTERVAL 1 DAY
    GROUP BY c.day
    """


def peak_online__right_correlated():
    """Only correlated subqueries: the count at 00:00, and the count at each login of the day."""
    return """
    SELECT c.day,
        GREATEST(
            (SELECT COUNT(DISTINCT s.user_id) FROM sessions AS s
             WHERE s.login <= c.day AND COALESCE(s.logout > c.day, TRUE)),
            COALESCE((
                SELECT MAX(t.n) FROM (
                    SELECT s.login,
                        (SELECT COUNT(DISTINCT o.user_id) FROM sessions AS o
                         WHERE o.login <= s.login
                           AND (o.logout IS NULL OR o.logout > s.login)) AS n
                    FROM sessions AS s
                ) AS t
                WHERE CAST(t.login AS DATE) = c.day), 0)
        ) AS peak
    FROM calendar AS c
    """


def peak_online__right_clip_and_depth():
    """Sessions are cut to the day; the depth of each user tells when the user comes and goes."""
    return """
    WITH pieces AS (
        SELECT c.day, s.user_id, GREATEST(s.login, CAST(c.day AS TIMESTAMP)) AS b,
            LEAST(COALESCE(s.logout, c.day + INTERVAL 1 DAY), c.day + INTERVAL 1 DAY) AS e
        FROM calendar AS c JOIN sessions AS s
            ON s.login < c.day + INTERVAL 1 DAY AND (s.logout > c.day OR s.logout IS NULL)
    ),
    steps AS (
        SELECT day, user_id, moment, SUM(step) AS step FROM (
            SELECT day, user_id, b AS moment, 1 AS step FROM pieces WHERE b < e
            UNION ALL SELECT day, user_id, e, -1 FROM pieces WHERE b < e
        ) GROUP BY day, user_id, moment
    ),
    depth AS (
        SELECT day, user_id, moment,
            CASE WHEN SUM(step) OVER (PARTITION BY day, user_id ORDER BY moment) > 0
                THEN 1 ELSE 0 END AS online
        FROM steps
    ),
    turns AS (
        SELECT day, moment, online - LAG(online, 1, 0) OVER (
            PARTITION BY day, user_id ORDER BY moment) AS turn
        FROM depth
    ),
    running AS (
        SELECT day, SUM(n) OVER (PARTITION BY day ORDER BY moment ROWS UNBOUNDED PRECEDING) AS n
        FROM (SELECT day, moment, SUM(turn) AS n FROM turns GROUP BY day, moment)
    )
    SELECT c.day, COALESCE(MAX(r.n), 0) AS peak
    FROM calendar AS c LEFT JOIN running AS r USING (day)
    GROUP BY c.day
    """


def peak_online__right_lists():
    """One list of all sessions, and list functions for the rest."""
    return """
    WITH every AS (
        SELECT COALESCE(LIST({'u': user_id, 'b': login, 'e': logout}), []) AS all_s FROM sessions
    ),
    candidates AS (
        SELECT c.day, e.all_s,
            LIST_CONCAT([CAST(c.day AS TIMESTAMP)],
                LIST_FILTER(LIST_TRANSFORM(e.all_s, lambda x: x.b),
                    lambda t: CAST(t AS DATE) = c.day)) AS moments
        FROM calendar AS c CROSS JOIN every AS e
    ),
    opened AS (
        SELECT day, all_s, UNNEST(moments) AS moment FROM candidates
    )
    SELECT day, MAX(LEN(LIST_DISTINCT(LIST_TRANSFORM(
            LIST_FILTER(all_s, lambda x: x.b <= moment AND (x.e IS NULL OR x.e > moment)),
            lambda x: x.u)))) AS peak
    FROM opened GROUP BY day
    """


def peak_online__right_elementary_intervals():
    """Time is cut at every login, logout and midnight; LEAD ends each piece."""
    return """
    WITH cuts AS (
        SELECT login AS t FROM sessions
        UNION SELECT logout FROM sessions WHERE logout IS NOT NULL
        UNION SELECT CAST(day AS TIMESTAMP) FROM calendar
        UNION SELECT day + INTERVAL 1 DAY FROM calendar
    ),
    spans AS (
        SELECT t AS b, COALESCE(LEAD(t) OVER (ORDER BY t), TIMESTAMP 'infinity') AS e FROM cuts
    ),
    filled AS (
        SELECT p.b, p.e, COUNT(DISTINCT s.user_id) AS n
        FROM spans AS p
        LEFT JOIN sessions AS s
            ON s.login < p.e AND COALESCE(s.logout, TIMESTAMP 'infinity') > p.b
           AND s.login < COALESCE(s.logout, TIMESTAMP 'infinity')
        GROUP BY p.b, p.e
    )
    SELECT c.day, MAX(f.n) AS peak
    FROM calendar AS c
    JOIN filled AS f ON f.b >= c.day AND f.e <= c.day + INTERVAL 1 DAY
    GROUP BY c.day
    """


def peak_online__right_qualify():
    """Self-join of the cut sessions; QUALIFY keeps the fullest login of each day."""
    return """
    WITH cut AS (
        SELECT c.day, s.user_id,
            CASE WHEN s.login < c.day THEN CAST(c.day AS TIMESTAMP) ELSE s.login END AS b,
            s.logout AS e
        FROM calendar AS c
        LEFT JOIN sessions AS s
            ON s.login < c.day + INTERVAL 1 DAY
           AND (s.logout IS NULL OR (s.logout > c.day AND s.logout > s.login))
    )
    SELECT a.day, COUNT(DISTINCT o.user_id) AS peak
    FROM cut AS a
    LEFT JOIN cut AS o ON o.day = a.day AND o.b <= a.b AND (o.e IS NULL OR o.e > a.b)
    GROUP BY a.day, a.b
    QUALIFY ROW_NUMBER() OVER (PARTITION BY a.day ORDER BY COUNT(DISTINCT o.user_id) DESC) = 1
    """


def peak_online__right_recursive():
    """A recursive walk over the sessions of each user, in order of login, unites them."""
    return """
    WITH RECURSIVE ordered AS (
        SELECT user_id, login, COALESCE(logout, TIMESTAMP '9999-12-31 23:59:59') AS logout,
            ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY login, logout) AS n
        FROM sessions WHERE logout IS NULL OR logout <> login
    ),
    walk AS (
        SELECT user_id, n, login AS b, logout AS e FROM ordered WHERE n = 1
        UNION ALL
        SELECT o.user_id, o.n,
            CASE WHEN o.login <= w.e THEN w.b ELSE o.login END,
            CASE WHEN o.login <= w.e THEN GREATEST(w.e, o.logout) ELSE o.logout END
        FROM walk AS w JOIN ordered AS o ON o.user_id = w.user_id AND o.n = w.n + 1
    ),
    united AS (SELECT user_id, b, MAX(e) AS e FROM walk GROUP BY user_id, b),
    at_start AS (
        SELECT c.day, CAST(COUNT(u.b) AS INTEGER) AS n
        FROM calendar AS c LEFT JOIN united AS u ON u.b < c.day AND u.e > c.day
        GROUP BY c.day
    ),
    steps AS (
        SELECT CAST(b AS DATE) AS day, b AS moment, 1 AS step FROM united
        UNION ALL SELECT CAST(e AS DATE), e, -1 FROM united WHERE e > CAST(e AS DATE)
    ),
    sums AS (
        SELECT day, SUM(step) OVER (PARTITION BY day ORDER BY moment, step
            ROWS UNBOUNDED PRECEDING) AS more
        FROM steps
    )
    SELECT a.day, a.n + GREATEST(COALESCE(MAX(s.more), 0), 0) AS peak
    FROM at_start AS a LEFT JOIN sums AS s ON s.day = a.day
    GROUP BY a.day, a.n
    """


def peak_online__right_not_exists_full_join():
    """Starts and ends of islands by NOT EXISTS, brought together by a FULL JOIN on the moment."""
    return """
    WITH good AS (
        SELECT user_id, login, COALESCE(logout, TIMESTAMP 'infinity') AS logout
        FROM sessions WHERE logout IS DISTINCT FROM login
    ),
    starts AS (
        SELECT login AS moment, COUNT(DISTINCT user_id) AS come FROM good AS s
        WHERE NOT EXISTS (SELECT 1 FROM good AS o WHERE o.user_id = s.user_id
            AND o.login < s.login AND o.logout >= s.login)
        GROUP BY login
    ),
    ends AS (
        SELECT logout AS moment, COUNT(DISTINCT user_id) AS go FROM good AS s
        WHERE NOT EXISTS (SELECT 1 FROM good AS o WHERE o.user_id = s.user_id
            AND o.login <= s.logout AND o.logout > s.logout)
        GROUP BY logout
    ),
    levels AS (
        SELECT COALESCE(s.moment, e.moment) AS moment,
            SUM(COALESCE(s.come, 0) - COALESCE(e.go, 0))
                OVER (ORDER BY COALESCE(s.moment, e.moment)) AS n
        FROM starts AS s FULL JOIN ends AS e ON s.moment = e.moment
    ),
    lasting AS (
        SELECT moment, n, LEAD(moment, 1, TIMESTAMP 'infinity') OVER (ORDER BY moment) AS until
        FROM levels
    )
    SELECT c.day, COALESCE(MAX(l.n), 0) AS peak
    FROM calendar AS c
    LEFT JOIN lasting AS l ON l.moment < c.day + INTERVAL 1 DAY AND l.until > c.day
    GROUP BY c.day
    """


def peak_online__right_asof():
    """ASOF JOIN brings the level at 00:00 from the last event before it."""
    return """
    WITH net AS (
        SELECT user_id, moment, SUM(step) AS step FROM (
            SELECT user_id, login AS moment, 1 AS step FROM sessions
            UNION ALL
            SELECT user_id, logout, -1 FROM sessions WHERE logout IS NOT NULL
        ) GROUP BY user_id, moment
    ),
    depth AS (
        SELECT user_id, moment,
            (SUM(step) OVER (PARTITION BY user_id ORDER BY moment) > 0)::INTEGER AS is_on
        FROM net
    ),
    turns AS (
        SELECT moment, is_on - COALESCE(LAG(is_on) OVER (PARTITION BY user_id ORDER BY moment), 0)
            AS turn
        FROM depth
    ),
    level AS (
        SELECT moment, SUM(SUM(turn)) OVER (ORDER BY moment) AS n FROM turns GROUP BY moment
    ),
    opening AS (
        SELECT c.day, COALESCE(l.n, 0) AS n
        FROM calendar AS c ASOF LEFT JOIN level AS l ON CAST(c.day AS TIMESTAMP) >= l.moment
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT day, n FROM opening
        UNION ALL
        SELECT CAST(moment AS DATE), n FROM level WHERE CAST(moment AS DATE) IN (FROM calendar)
    ) GROUP BY day
    """


def peak_online__right_spark():
    """Spark's dialect: the maximum of two aggregates, no cast to TIMESTAMP."""
    return """-- spark
    WITH moments AS (
        SELECT c.day AS day, CASE WHEN s.login > c.day THEN s.login ELSE c.day END AS moment
        FROM calendar c
        JOIN sessions s ON s.login < date_add(c.day, 1)
            AND coalesce(s.logout > c.day AND s.logout > s.login, true)
    ),
    counted AS (
        SELECT m.day AS day, m.moment AS moment, count(DISTINCT s.user_id) AS n
        FROM moments m JOIN sessions s ON s.login <= m.moment
        WHERE s.logout IS NULL OR s.logout > m.moment
        GROUP BY m.day, m.moment
    )
    SELECT c.day AS day, coalesce(max(k.n), 0) AS peak
    FROM calendar c LEFT JOIN counted k ON k.day = c.day
    GROUP BY c.day
    """


def peak_online__right_mysql():
    """MySQL's dialect: IFNULL, DATE_ADD, and a UNION of two kinds of moments."""
    return """-- mysql
    SELECT k.day AS day, MAX(k.n) AS peak
    FROM (
        SELECT c.day, COUNT(DISTINCT s.user_id) AS n
        FROM calendar c
        LEFT JOIN sessions s ON s.login <= c.day AND IFNULL(s.logout > c.day, TRUE)
        GROUP BY c.day
        UNION ALL
        SELECT c.day, COUNT(DISTINCT o.user_id)
        FROM calendar c
        JOIN sessions s ON s.login >= c.day AND s.login < DATE_ADD(c.day, INTERVAL 1 DAY)
        JOIN sessions o ON o.login <= s.login AND IFNULL(o.logout > s.login, TRUE)
        GROUP BY c.day, s.login
    ) k
    GROUP BY k.day
    """


# --------------------------------------------------------------------------- peak_online: wrong


def peak_online__wrong_sessions_counted():
    """Counts sessions and not users; shows where the fullest moment has a user online twice."""
    return """
    WITH moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS m FROM calendar
        UNION SELECT CAST(login AS DATE), login FROM sessions
    ),
    counted AS (
        SELECT m.day, m.m, COUNT(s.user_id) AS n FROM moments AS m
        LEFT JOIN sessions AS s ON s.login <= m.m AND (s.logout > m.m OR s.logout IS NULL)
        GROUP BY m.day, m.m
    )
    SELECT c.day, MAX(k.n) AS peak FROM calendar AS c JOIN counted AS k USING (day) GROUP BY c.day
    """


def peak_online__wrong_same_session_only_once():
    """Removes repeated rows and then counts sessions; shows when two different sessions of a
    user overlap at the peak."""
    return """
    WITH s AS (SELECT DISTINCT user_id, login, logout FROM sessions),
    moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS m FROM calendar
        UNION SELECT c.day, s.login FROM s JOIN calendar AS c ON CAST(s.login AS DATE) = c.day
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT m.day, m.m, COUNT(s.user_id) AS n FROM moments AS m
        LEFT JOIN s ON s.login <= m.m AND COALESCE(s.logout, TIMESTAMP 'infinity') > m.m
        GROUP BY m.day, m.m
    ) GROUP BY day
    """


def peak_online__wrong_user_and_login_distinct():
    """Counts the different pairs of user and login; shows when a user is online twice at the
    peak, with different logins, but not when both sessions have the same login."""
    return """
    WITH moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS m FROM calendar
        UNION SELECT c.day, s.login FROM sessions AS s
        JOIN calendar AS c ON CAST(s.login AS DATE) = c.day
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT m.day, m.m, COUNT(DISTINCT CASE WHEN s.user_id IS NOT NULL
            THEN (s.user_id, s.login) END) AS n
        FROM moments AS m
        LEFT JOIN sessions AS s ON s.login <= m.m AND COALESCE(s.logout > m.m, TRUE)
        GROUP BY m.day, m.m
    ) GROUP BY day
    """


def peak_online__wrong_logout_included():
    """The moment of logout still counts; user 1 leaves at 11:00 when user 2 comes."""
    return """
    WITH moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS m FROM calendar
        UNION SELECT c.day, s.login FROM sessions AS s
        JOIN calendar AS c ON CAST(s.login AS DATE) = c.day
    ),
    counted AS (
        SELECT m.day, m.m, COUNT(DISTINCT s.user_id) AS n FROM moments AS m
        LEFT JOIN sessions AS s
            ON m.m BETWEEN s.login AND COALESCE(s.logout, TIMESTAMP 'infinity')
           AND s.logout IS DISTINCT FROM s.login
        GROUP BY m.day, m.m
    )
    SELECT day, MAX(n) AS peak FROM counted GROUP BY day
    """


def peak_online__wrong_logout_at_midnight_counts():
    """At 00:00 users whose logout is exactly 00:00 are still counted (>= in the opening count
    only): one session from 22:00 to 00:00, and the next day is empty."""
    return """
    SELECT c.day, GREATEST(
        (SELECT COUNT(DISTINCT s.user_id) FROM sessions AS s
         WHERE s.login < c.day AND (s.logout >= c.day OR s.logout IS NULL)),
        COALESCE((SELECT MAX(t.n) FROM (
            SELECT s.login, COUNT(DISTINCT o.user_id) AS n
            FROM sessions AS s JOIN sessions AS o
                ON o.login <= s.login AND (o.logout > s.login OR o.logout IS NULL)
            GROUP BY s.login) AS t
        WHERE CAST(t.login AS DATE) = c.day), 0)) AS peak
    FROM calendar AS c
    """


def peak_online__wrong_days_expanded_to_logout_day():
    """Each session is given to all days from DATE(login) to DATE(logout); one that ends exactly at
    00:00 has no moment on the day of its logout, but counts on it."""
    return """
    WITH spread AS (
        SELECT c.day, s.user_id, GREATEST(s.login, CAST(c.day AS TIMESTAMP)) AS b, s.logout AS e
        FROM calendar AS c JOIN sessions AS s
            ON c.day >= CAST(s.login AS DATE)
           AND (s.logout IS NULL OR c.day <= CAST(s.logout AS DATE))
        WHERE s.logout IS NULL OR s.logout > s.login
    ),
    counted AS (
        SELECT a.day, a.b, COUNT(DISTINCT o.user_id) AS n
        FROM spread AS a JOIN spread AS o
            ON o.day = a.day AND o.b <= a.b AND (o.e IS NULL OR o.e > a.b OR o.b = o.e)
        GROUP BY a.day, a.b
    )
    SELECT c.day, COALESCE(MAX(k.n), 0) AS peak
    FROM calendar AS c LEFT JOIN counted AS k USING (day) GROUP BY c.day
    """


def peak_online__wrong_open_sessions_lost():
    """`logout > login`, meant for the empty sessions, removes the sessions without end as well."""
    return """
    WITH s AS (SELECT * FROM sessions WHERE logout > login),
    moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS m FROM calendar
        UNION SELECT c.day, s.login FROM s JOIN calendar AS c ON CAST(s.login AS DATE) = c.day
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT m.day, m.m, COUNT(DISTINCT s.user_id) AS n FROM moments AS m
        LEFT JOIN s ON s.login <= m.m AND s.logout > m.m
        GROUP BY m.day, m.m
    ) GROUP BY day
    """


def peak_online__wrong_open_ends_with_its_day():
    """A session without logout ends at the midnight after its login; the next days lose it."""
    return """
    WITH s AS (
        SELECT user_id, login, COALESCE(logout, DATE_TRUNC('day', login) + INTERVAL 1 DAY)
            AS logout FROM sessions
    ),
    moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS m FROM calendar
        UNION SELECT c.day, s.login FROM s JOIN calendar AS c ON CAST(s.login AS DATE) = c.day
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT m.day, m.m, COUNT(DISTINCT s.user_id) AS n FROM moments AS m
        LEFT JOIN s ON s.login <= m.m AND s.logout > m.m
        GROUP BY m.day, m.m
    ) GROUP BY day
    """


def peak_online__wrong_open_until_last_event():
    """A session without logout ends with the last time in the table; later days of the calendar
    (and a login at that very time) lose it."""
    return """
    WITH s AS (
        SELECT user_id, login, COALESCE(logout, (
            SELECT GREATEST(MAX(login), MAX(logout)) FROM sessions)) AS logout FROM sessions
    ),
    moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS m FROM calendar
        UNION SELECT c.day, s.login FROM s JOIN calendar AS c ON CAST(s.login AS DATE) = c.day
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT m.day, m.m, COUNT(DISTINCT s.user_id) AS n FROM moments AS m
        LEFT JOIN s ON s.login <= m.m AND s.logout > m.m
        GROUP BY m.day, m.m
    ) GROUP BY day
    """


def peak_online__wrong_open_until_end_of_calendar():
    """A session without logout ends with the last day of the calendar, at its 00:00 (MAX(day) and
    not the day after it): on the last day it is missing, if it is the peak."""
    return """
    WITH s AS (
        SELECT user_id, login, COALESCE(logout, (SELECT CAST(MAX(day) AS TIMESTAMP) FROM calendar))
            AS logout FROM sessions
    ),
    moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS m FROM calendar
        UNION SELECT c.day, s.login FROM s JOIN calendar AS c ON CAST(s.login AS DATE) = c.day
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT m.day, m.m, COUNT(DISTINCT s.user_id) AS n FROM moments AS m
        LEFT JOIN s ON s.login <= m.m AND s.logout > m.m
        GROUP BY m.day, m.m
    ) GROUP BY day
    """


def peak_online__wrong_open_until_today():
    """A session without logout ends today; a calendar day in the future (2099) loses it."""
    return """
    WITH moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS m FROM calendar
        UNION SELECT c.day, s.login FROM sessions AS s
        JOIN calendar AS c ON CAST(s.login AS DATE) = c.day
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT m.day, m.m, COUNT(DISTINCT s.user_id) AS n FROM moments AS m
        LEFT JOIN sessions AS s
            ON s.login <= m.m AND COALESCE(s.logout, CAST(CURRENT_DATE + 1 AS TIMESTAMP)) > m.m
        GROUP BY m.day, m.m
    ) GROUP BY day
    """


def peak_online__wrong_only_logins_as_moments():
    """00:00 is no candidate: a day without a login, with somebody online, gets 0; a day on which
    two leave before one comes gets too little."""
    return """
    WITH counted AS (
        SELECT s.login, COUNT(DISTINCT o.user_id) AS n
        FROM sessions AS s JOIN sessions AS o
            ON o.login <= s.login AND (o.logout > s.login OR o.logout IS NULL)
        GROUP BY s.login
    )
    SELECT c.day, COALESCE(MAX(k.n), 0) AS peak
    FROM calendar AS c LEFT JOIN counted AS k ON CAST(k.login AS DATE) = c.day
    GROUP BY c.day
    """


def peak_online__wrong_opening_only_without_logins():
    """The count at 00:00 is used only on days without a login: two users stay over midnight and
    leave at 01:00, one comes at 09:00; the peak is 2 and not 1."""
    return """
    WITH counted AS (
        SELECT s.login, COUNT(DISTINCT o.user_id) AS n
        FROM sessions AS s JOIN sessions AS o
            ON o.login <= s.login AND (o.logout > s.login OR o.logout IS NULL)
        GROUP BY s.login
    ),
    opening AS (
        SELECT c.day, COUNT(DISTINCT s.user_id) AS n FROM calendar AS c
        LEFT JOIN sessions AS s ON s.login <= c.day AND (s.logout > c.day OR s.logout IS NULL)
        GROUP BY c.day
    )
    SELECT o.day, COALESCE(MAX(k.n), MAX(o.n)) AS peak
    FROM opening AS o LEFT JOIN counted AS k ON CAST(k.login AS DATE) = o.day
    GROUP BY o.day
    """


def peak_online__wrong_opening_from_sessions_that_end_today():
    """Who stays from an earlier day is looked for among the sessions that end on the day or
    never; a session from the 2nd to the 4th is missing on the 3rd."""
    return """
    WITH cut AS (
        SELECT c.day, s.user_id, GREATEST(s.login, CAST(c.day AS TIMESTAMP)) AS b, s.logout AS e
        FROM calendar AS c JOIN sessions AS s
            ON CAST(s.login AS DATE) = c.day
            OR (s.login < c.day AND (CAST(s.logout AS DATE) = c.day OR s.logout IS NULL))
    )
    SELECT c.day, COALESCE(MAX(k.n), 0) AS peak
    FROM calendar AS c LEFT JOIN (
        SELECT a.day, a.b, COUNT(DISTINCT CASE WHEN o.e > a.b OR o.e IS NULL
            THEN o.user_id END) AS n
        FROM cut AS a JOIN cut AS o ON o.day = a.day AND o.b <= a.b
        GROUP BY a.day, a.b
    ) AS k USING (day) GROUP BY c.day
    """


def peak_online__wrong_opening_from_yesterday_only():
    """Who stays over midnight must have come the day before; a user who came two days earlier and
    is still online is lost."""
    return """
    WITH cut AS (
        SELECT c.day, s.user_id, GREATEST(s.login, CAST(c.day AS TIMESTAMP)) AS b,
            COALESCE(s.logout, TIMESTAMP 'infinity') AS e
        FROM calendar AS c JOIN sessions AS s
            ON s.login >= c.day - INTERVAL 1 DAY AND s.login < c.day + INTERVAL 1 DAY
        WHERE s.logout IS NULL OR s.logout > c.day
    )
    SELECT c.day, COALESCE(MAX(k.n), 0) AS peak
    FROM calendar AS c LEFT JOIN (
        SELECT a.day, a.b, COUNT(DISTINCT CASE WHEN o.e > a.b THEN o.user_id END) AS n
        FROM cut AS a JOIN cut AS o ON o.day = a.day AND o.b <= a.b
        GROUP BY a.day, a.b
    ) AS k USING (day) GROUP BY c.day
    """


def peak_online__wrong_sum_only_over_calendar_days():
    """The running sum leaves out the events of days that are not in the calendar: a login on a
    missing day never counts, a logout on a missing day never takes away."""
    return """
    WITH net AS (
        SELECT user_id, moment, SUM(step) AS step FROM (
            SELECT user_id, login AS moment, 1 AS step FROM sessions
            UNION ALL
            SELECT user_id, logout, -1 FROM sessions WHERE logout IS NOT NULL
        ) GROUP BY user_id, moment
    ),
    depth AS (
        SELECT user_id, moment,
            CASE WHEN SUM(step) OVER (PARTITION BY user_id ORDER BY moment) > 0
                THEN 1 ELSE 0 END AS is_on
        FROM net
    ),
    turns AS (
        SELECT moment, is_on - LAG(is_on, 1, 0) OVER (PARTITION BY user_id ORDER BY moment) AS turn
        FROM depth
    ),
    by_day AS (
        SELECT c.day, COALESCE(t.moment, CAST(c.day AS TIMESTAMP)) AS moment, t.turn
        FROM calendar AS c LEFT JOIN turns AS t ON CAST(t.moment AS DATE) = c.day
        UNION ALL SELECT day, CAST(day AS TIMESTAMP), 0 FROM calendar
    )
    SELECT day, COALESCE(MAX(n), 0) AS peak FROM (
        SELECT day, SUM(turn) OVER (ORDER BY moment) AS n FROM by_day
    ) GROUP BY day
    """


def peak_online__wrong_next_midnight_included():
    """A day includes the next 00:00: a login exactly then counts for both days."""
    return """
    WITH moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS m FROM calendar
        UNION SELECT c.day, s.login FROM calendar AS c
        JOIN sessions AS s ON s.login BETWEEN c.day AND c.day + INTERVAL 1 DAY
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT m.day, m.m, COUNT(DISTINCT s.user_id) AS n FROM moments AS m
        LEFT JOIN sessions AS s ON s.login <= m.m AND (s.logout > m.m OR s.logout IS NULL)
        GROUP BY m.day, m.m
    ) GROUP BY day
    """


def peak_online__wrong_login_at_midnight_lost():
    """The opening counts logins strictly before 00:00, the others come strictly after it: somebody
    who comes exactly at 00:00 and is never seen at a later login is lost."""
    return """
    WITH moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS m, TRUE AS opening FROM calendar
        UNION SELECT c.day, s.login, FALSE FROM calendar AS c
        JOIN sessions AS s ON s.login > c.day AND s.login < c.day + INTERVAL 1 DAY
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT m.day, m.m, COUNT(DISTINCT s.user_id) AS n FROM moments AS m
        LEFT JOIN sessions AS s
            ON (CASE WHEN m.opening THEN s.login < m.m ELSE s.login <= m.m END)
           AND (s.logout > m.m OR s.logout IS NULL)
        GROUP BY m.day, m.m
    ) GROUP BY day
    """


def peak_online__wrong_day_ends_at_last_second():
    """The day ends at 23:59:59: a login at 23:59:59.5 is a moment of no day."""
    return """
    WITH moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS m FROM calendar
        UNION SELECT c.day, s.login FROM calendar AS c
        JOIN sessions AS s
            ON s.login BETWEEN c.day AND c.day + INTERVAL 1 DAY - INTERVAL 1 SECOND
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT m.day, m.m, COUNT(DISTINCT s.user_id) AS n FROM moments AS m
        LEFT JOIN sessions AS s ON s.login <= m.m AND (s.logout > m.m OR s.logout IS NULL)
        GROUP BY m.day, m.m
    ) GROUP BY day
    """


def peak_online__wrong_minute_grid():
    """Looks once a minute: a session from 10:00:10 to 10:00:50 is never seen."""
    return """
    WITH grid AS (
        SELECT day, UNNEST(GENERATE_SERIES(CAST(day AS TIMESTAMP),
            day + INTERVAL 1439 MINUTE, INTERVAL 1 MINUTE)) AS m
        FROM calendar
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT g.day, g.m, COUNT(DISTINCT s.user_id) AS n FROM grid AS g
        LEFT JOIN sessions AS s ON s.login <= g.m AND (s.logout > g.m OR s.logout IS NULL)
        GROUP BY g.day, g.m
    ) GROUP BY day
    """


def peak_online__wrong_times_cut_to_seconds():
    """Times are cut to seconds: a session of half a second within one second becomes empty; two
    of 10:00:00.2 and 10:00:00.8 fall together."""
    return """
    WITH s AS (
        SELECT user_id, DATE_TRUNC('second', login) AS login, DATE_TRUNC('second', logout) AS logout
        FROM sessions
    ),
    moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS m FROM calendar
        UNION SELECT c.day, s.login FROM s JOIN calendar AS c ON CAST(s.login AS DATE) = c.day
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT m.day, m.m, COUNT(DISTINCT s.user_id) AS n FROM moments AS m
        LEFT JOIN s ON s.login <= m.m AND (s.logout > m.m OR s.logout IS NULL)
        GROUP BY m.day, m.m
    ) GROUP BY day
    """


def peak_online__wrong_users_of_the_day():
    """Counts all users of the day and not those of one moment: one from 9 to 10, one from 11."""
    return """
    SELECT c.day, COUNT(DISTINCT s.user_id) AS peak
    FROM calendar AS c
    LEFT JOIN sessions AS s
        ON s.login < c.day + INTERVAL 1 DAY AND (s.logout > c.day OR s.logout IS NULL)
       AND s.logout IS DISTINCT FROM s.login
    GROUP BY c.day
    """


def peak_online__wrong_overlaps_of_a_session():
    """For each session, the users with a session that overlaps it, at whatever moment: one all day
    long, one in the morning and one in the evening give 3."""
    return """
    WITH cut AS (
        SELECT c.day, s.user_id, GREATEST(s.login, CAST(c.day AS TIMESTAMP)) AS b,
            LEAST(COALESCE(s.logout, TIMESTAMP 'infinity'), c.day + INTERVAL 1 DAY) AS e
        FROM calendar AS c JOIN sessions AS s
            ON s.login < c.day + INTERVAL 1 DAY AND (s.logout > c.day OR s.logout IS NULL)
        WHERE s.logout IS DISTINCT FROM s.login
    )
    SELECT c.day, COALESCE(MAX(k.n), 0) AS peak
    FROM calendar AS c LEFT JOIN (
        SELECT a.day, a.user_id, a.b, a.e, COUNT(DISTINCT o.user_id) AS n
        FROM cut AS a JOIN cut AS o ON o.day = a.day AND o.b < a.e AND o.e > a.b
        GROUP BY a.day, a.user_id, a.b, a.e
    ) AS k USING (day) GROUP BY c.day
    """


def peak_online__wrong_empty_session_counts():
    """A session whose logout equals its login counts at that moment."""
    return """
    WITH moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS m FROM calendar
        UNION SELECT c.day, s.login FROM sessions AS s
        JOIN calendar AS c ON CAST(s.login AS DATE) = c.day
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT m.day, m.m, COUNT(DISTINCT s.user_id) AS n FROM moments AS m
        LEFT JOIN sessions AS s ON s.login = m.m
            OR (s.login < m.m AND (s.logout > m.m OR s.logout IS NULL))
        GROUP BY m.day, m.m
    ) GROUP BY day
    """


def peak_online__wrong_quiet_day_missing():
    """The calendar is joined with JOIN: a day on which nobody is online has no row."""
    return """
    WITH cut AS (
        SELECT c.day, s.user_id, GREATEST(s.login, CAST(c.day AS TIMESTAMP)) AS b, s.logout AS e
        FROM calendar AS c JOIN sessions AS s
            ON s.login < c.day + INTERVAL 1 DAY AND (s.logout > c.day OR s.logout IS NULL)
        WHERE s.logout IS DISTINCT FROM s.login
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT a.day, a.b, COUNT(DISTINCT o.user_id) AS n
        FROM cut AS a JOIN cut AS o ON o.day = a.day AND o.b <= a.b AND (o.e > a.b OR o.e IS NULL)
        GROUP BY a.day, a.b
    ) GROUP BY day
    """


def peak_online__wrong_quiet_day_null():
    """NULL and not 0 for a day on which nobody is online."""
    return """
    WITH cut AS (
        SELECT c.day, s.user_id, GREATEST(s.login, CAST(c.day AS TIMESTAMP)) AS b, s.logout AS e
        FROM calendar AS c JOIN sessions AS s
            ON s.login < c.day + INTERVAL 1 DAY AND (s.logout > c.day OR s.logout IS NULL)
        WHERE s.logout IS DISTINCT FROM s.login
    )
    SELECT c.day, MAX(k.n) AS peak FROM calendar AS c LEFT JOIN (
        SELECT a.day, a.b, COUNT(DISTINCT o.user_id) AS n
        FROM cut AS a JOIN cut AS o ON o.day = a.day AND o.b <= a.b AND (o.e > a.b OR o.e IS NULL)
        GROUP BY a.day, a.b
    ) AS k USING (day) GROUP BY c.day
    """


def peak_online__wrong_quiet_day_one():
    """COUNT(*) of the users after a LEFT JOIN: a day on which nobody is online gets 1."""
    return """
    WITH moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS m FROM calendar
        UNION SELECT c.day, s.login FROM sessions AS s
        JOIN calendar AS c ON CAST(s.login AS DATE) = c.day
    ),
    online AS (
        SELECT DISTINCT m.day, m.m, s.user_id FROM moments AS m
        LEFT JOIN sessions AS s ON s.login <= m.m AND (s.logout > m.m OR s.logout IS NULL)
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT day, m, COUNT(*) AS n FROM online GROUP BY day, m
    ) GROUP BY day
    """


def peak_online__wrong_islands_by_lag():
    """Compares a login with the logout of the row before (LAG) and not with the latest one so far:
    9–17, 10–11 and 12–13 of one user become two islands that overlap."""
    return """
    WITH clean AS (
        SELECT DISTINCT user_id, login, COALESCE(logout, TIMESTAMP 'infinity') AS logout
        FROM sessions WHERE logout IS DISTINCT FROM login
    ),
    marked AS (
        SELECT *, CASE WHEN login <= LAG(logout) OVER (PARTITION BY user_id ORDER BY login, logout)
            THEN 0 ELSE 1 END AS opens FROM clean
    ),
    numbered AS (
        SELECT *, SUM(opens) OVER (PARTITION BY user_id ORDER BY login, logout) AS island
        FROM marked
    ),
    islands AS (
        SELECT user_id, MIN(login) AS b, MAX(logout) AS e FROM numbered GROUP BY user_id, island
    ),
    steps AS (
        SELECT b AS moment, 1 AS step FROM islands
        UNION ALL SELECT e, -1 FROM islands
        UNION ALL SELECT CAST(day AS TIMESTAMP), 0 FROM calendar
    ),
    sums AS (SELECT moment, SUM(step) OVER (ORDER BY moment) AS n FROM steps)
    SELECT c.day, MAX(s.n) AS peak FROM calendar AS c
    JOIN sums AS s ON s.moment >= c.day AND s.moment < c.day + INTERVAL 1 DAY
    GROUP BY c.day
    """


def peak_online__wrong_islands_null_ignored():
    """The running MAX(logout) skips NULL: after a session without end, a later session of the
    same user opens a second island, and the user counts twice."""
    return """
    WITH clean AS (SELECT DISTINCT * FROM sessions WHERE logout IS DISTINCT FROM login),
    marked AS (
        SELECT *, CASE WHEN login <= MAX(logout) OVER (
            PARTITION BY user_id ORDER BY login, logout
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS opens FROM clean
    ),
    numbered AS (
        SELECT *, SUM(opens) OVER (PARTITION BY user_id ORDER BY login, logout) AS island
        FROM marked
    ),
    islands AS (
        SELECT user_id, MIN(login) AS b, MAX(COALESCE(logout, TIMESTAMP 'infinity')) AS e
        FROM numbered GROUP BY user_id, island
    ),
    steps AS (
        SELECT b AS moment, 1 AS step FROM islands
        UNION ALL SELECT e, -1 FROM islands
        UNION ALL SELECT CAST(day AS TIMESTAMP), 0 FROM calendar
    ),
    sums AS (SELECT moment, SUM(step) OVER (ORDER BY moment) AS n FROM steps)
    SELECT c.day, MAX(s.n) AS peak FROM calendar AS c
    JOIN sums AS s ON s.moment >= c.day AND s.moment < c.day + INTERVAL 1 DAY
    GROUP BY c.day
    """


def peak_online__wrong_island_max_logout_null():
    """MAX(logout) of an island skips NULL: an island with a session without end ends with the
    latest logout that is known, if it has one."""
    return """
    WITH clean AS (SELECT DISTINCT * FROM sessions WHERE logout IS DISTINCT FROM login),
    marked AS (
        SELECT *, CASE WHEN login <= MAX(COALESCE(logout, TIMESTAMP 'infinity')) OVER (
            PARTITION BY user_id ORDER BY login, logout
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS opens FROM clean
    ),
    numbered AS (
        SELECT *, SUM(opens) OVER (PARTITION BY user_id ORDER BY login, logout) AS island
        FROM marked
    ),
    islands AS (
        SELECT user_id, MIN(login) AS b, MAX(logout) AS e FROM numbered GROUP BY user_id, island
    ),
    moments AS (
        SELECT day, CAST(day AS TIMESTAMP) AS m FROM calendar
        UNION SELECT c.day, i.b FROM islands AS i JOIN calendar AS c ON CAST(i.b AS DATE) = c.day
    )
    SELECT day, MAX(n) AS peak FROM (
        SELECT m.day, m.m, COUNT(i.user_id) AS n FROM moments AS m
        LEFT JOIN islands AS i ON i.b <= m.m AND (i.e > m.m OR i.e IS NULL)
        GROUP BY m.day, m.m
    ) GROUP BY day
    """


def peak_online__wrong_islands_within_login_day():
    """Sessions of a user are united only if they begin on the same day: who stays over midnight
    and logs in again the next day counts twice."""
    return """
    WITH clean AS (
        SELECT DISTINCT user_id, login, COALESCE(logout, TIMESTAMP 'infinity') AS logout,
            CAST(login AS DATE) AS login_day
        FROM sessions WHERE logout IS DISTINCT FROM login
    ),
    marked AS (
        SELECT *, CASE WHEN login <= MAX(logout) OVER (
            PARTITION BY user_id, login_day ORDER BY login, logout
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS opens FROM clean
    ),
    numbered AS (
        SELECT *, SUM(opens) OVER (PARTITION BY user_id ORDER BY login, logout) AS island
        FROM marked
    ),
    islands AS (
        SELECT user_id, MIN(login) AS b, MAX(logout) AS e FROM numbered GROUP BY user_id, island
    ),
    steps AS (
        SELECT b AS moment, 1 AS step FROM islands
        UNION ALL SELECT e, -1 FROM islands
        UNION ALL SELECT CAST(day AS TIMESTAMP), 0 FROM calendar
    ),
    sums AS (SELECT moment, SUM(step) OVER (ORDER BY moment) AS n FROM steps)
    SELECT c.day, MAX(s.n) AS peak FROM calendar AS c
    JOIN sums AS s ON s.moment >= c.day AND s.moment < c.day + INTERVAL 1 DAY
    GROUP BY c.day
    """


def peak_online__wrong_logins_first():
    """United sessions, but at equal times the logins are summed before the logouts: user 1 leaves
    at 11:00 when user 2 comes."""
    return """
    WITH clean AS (
        SELECT DISTINCT user_id, login, COALESCE(logout, TIMESTAMP 'infinity') AS logout
        FROM sessions WHERE logout IS DISTINCT FROM login
    ),
    marked AS (
        SELECT *, CASE WHEN login <= MAX(logout) OVER (
            PARTITION BY user_id ORDER BY login, logout
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS opens FROM clean
    ),
    numbered AS (
        SELECT *, SUM(opens) OVER (PARTITION BY user_id ORDER BY login, logout) AS island
        FROM marked
    ),
    islands AS (
        SELECT user_id, MIN(login) AS b, MAX(logout) AS e FROM numbered GROUP BY user_id, island
    ),
    steps AS (
        SELECT b AS moment, 1 AS step, 0 AS kind FROM islands
        UNION ALL SELECT e, -1, 1 FROM islands
        UNION ALL SELECT CAST(day AS TIMESTAMP), 0, 2 FROM calendar
    ),
    sums AS (SELECT moment, SUM(step) OVER (ORDER BY moment, kind) AS n FROM steps)
    SELECT c.day, MAX(s.n) AS peak FROM calendar AS c
    JOIN sums AS s ON s.moment >= c.day AND s.moment < c.day + INTERVAL 1 DAY
    GROUP BY c.day
    """


def peak_online__wrong_ties_by_user():
    """Steps of one moment are ordered by user: right if the user who leaves has the smaller
    number (as in the example), too high if user 2 leaves when user 1 comes."""
    return """
    WITH clean AS (
        SELECT DISTINCT user_id, login, COALESCE(logout, TIMESTAMP 'infinity') AS logout
        FROM sessions WHERE logout IS DISTINCT FROM login
    ),
    marked AS (
        SELECT *, CASE WHEN login <= MAX(logout) OVER (
            PARTITION BY user_id ORDER BY login, logout
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS opens FROM clean
    ),
    numbered AS (
        SELECT *, SUM(opens) OVER (PARTITION BY user_id ORDER BY login, logout) AS island
        FROM marked
    ),
    islands AS (
        SELECT user_id, MIN(login) AS b, MAX(logout) AS e FROM numbered GROUP BY user_id, island
    ),
    steps AS (
        SELECT b AS moment, 1 AS step, user_id FROM islands
        UNION ALL SELECT e, -1, user_id FROM islands
        UNION ALL SELECT CAST(day AS TIMESTAMP), 0, NULL FROM calendar
    ),
    sums AS (
        SELECT moment, SUM(step) OVER (ORDER BY moment, user_id NULLS LAST
            ROWS UNBOUNDED PRECEDING) AS n FROM steps
    )
    SELECT c.day, MAX(s.n) AS peak FROM calendar AS c
    JOIN sums AS s ON s.moment >= c.day AND s.moment < c.day + INTERVAL 1 DAY
    GROUP BY c.day
    """


def peak_online__wrong_midnight_before_its_logouts():
    """Logouts come first, but the row of 00:00 itself is summed before the logouts of 00:00: users
    who leave exactly at midnight count for the day that begins."""
    return """
    WITH clean AS (
        SELECT DISTINCT user_id, login, COALESCE(logout, TIMESTAMP 'infinity') AS logout
        FROM sessions WHERE logout IS DISTINCT FROM login
    ),
    marked AS (
        SELECT *, CASE WHEN login <= MAX(logout) OVER (
            PARTITION BY user_id ORDER BY login, logout
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS opens FROM clean
    ),
    numbered AS (
        SELECT *, SUM(opens) OVER (PARTITION BY user_id ORDER BY login, logout) AS island
        FROM marked
    ),
    islands AS (
        SELECT user_id, MIN(login) AS b, MAX(logout) AS e FROM numbered GROUP BY user_id, island
    ),
    steps AS (
        SELECT CAST(day AS TIMESTAMP) AS moment, 0 AS step, 0 AS kind FROM calendar
        UNION ALL SELECT e, -1, 1 FROM islands
        UNION ALL SELECT b, 1, 2 FROM islands
    ),
    sums AS (SELECT moment, SUM(step) OVER (ORDER BY moment, kind) AS n FROM steps)
    SELECT c.day, MAX(s.n) AS peak FROM calendar AS c
    JOIN sums AS s ON s.moment >= c.day AND s.moment < c.day + INTERVAL 1 DAY
    GROUP BY c.day
    """


def peak_online__wrong_logouts_at_midnight_taken_twice():
    """Who leaves exactly at 00:00 is not in the opening count, and is taken away once more on the
    new day: two leave at 00:00 when one comes; the new day gets 0 and not 1."""
    return """
    WITH RECURSIVE ordered AS (
        SELECT user_id, login, COALESCE(logout, TIMESTAMP '9999-12-31 23:59:59') AS logout,
            ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY login, logout) AS n
        FROM sessions WHERE logout IS NULL OR logout <> login
    ),
    walk AS (
        SELECT user_id, n, login AS b, logout AS e FROM ordered WHERE n = 1
        UNION ALL
        SELECT o.user_id, o.n,
            CASE WHEN o.login <= w.e THEN w.b ELSE o.login END,
            CASE WHEN o.login <= w.e THEN GREATEST(w.e, o.logout) ELSE o.logout END
        FROM walk AS w JOIN ordered AS o ON o.user_id = w.user_id AND o.n = w.n + 1
    ),
    united AS (SELECT user_id, b, MAX(e) AS e FROM walk GROUP BY user_id, b),
    at_start AS (
        SELECT c.day, CAST(COUNT(u.b) AS INTEGER) AS n
        FROM calendar AS c LEFT JOIN united AS u ON u.b < c.day AND u.e > c.day
        GROUP BY c.day
    ),
    steps AS (
        SELECT CAST(b AS DATE) AS day, b AS moment, 1 AS step FROM united
        UNION ALL SELECT CAST(e AS DATE), e, -1 FROM united
    ),
    sums AS (
        SELECT day, SUM(step) OVER (PARTITION BY day ORDER BY moment, step
            ROWS UNBOUNDED PRECEDING) AS more
        FROM steps
    )
    SELECT a.day, a.n + GREATEST(COALESCE(MAX(s.more), 0), 0) AS peak
    FROM at_start AS a LEFT JOIN sums AS s ON s.day = a.day
    GROUP BY a.day, a.n
    """


def peak_online__wrong_same_login_time_not_together():
    """At a login, others must have come strictly before: two users who come at the same moment
    never see each other, unless a later moment of the day has both."""
    return """
    WITH counted AS (
        SELECT s.login, s.user_id, COUNT(DISTINCT o.user_id) AS n
        FROM sessions AS s JOIN sessions AS o
            ON (o.login < s.login OR (o.login = s.login AND o.user_id = s.user_id))
           AND (o.logout > s.login OR o.logout IS NULL)
        GROUP BY s.login, s.user_id
        UNION ALL
        SELECT CAST(c.day AS TIMESTAMP), NULL, COUNT(DISTINCT s.user_id) FROM calendar AS c
        LEFT JOIN sessions AS s ON s.login <= c.day AND (s.logout > c.day OR s.logout IS NULL)
        GROUP BY c.day
    )
    SELECT c.day, MAX(k.n) AS peak FROM calendar AS c
    JOIN counted AS k ON CAST(k.login AS DATE) = c.day
    GROUP BY c.day
    """


def peak_online__wrong_self_always_counted():
    """At each login: the other users who are online, plus 1; with an empty session (logout equals
    login) nobody came."""
    return """
    WITH counted AS (
        SELECT s.login, s.user_id, 1 + COUNT(DISTINCT o.user_id) AS n
        FROM sessions AS s LEFT JOIN sessions AS o
            ON o.user_id <> s.user_id AND o.login <= s.login
           AND (o.logout > s.login OR o.logout IS NULL)
        GROUP BY s.login, s.user_id
        UNION ALL
        SELECT CAST(c.day AS TIMESTAMP), NULL, COUNT(DISTINCT s.user_id) FROM calendar AS c
        LEFT JOIN sessions AS s ON s.login <= c.day AND (s.logout > c.day OR s.logout IS NULL)
        GROUP BY c.day
    )
    SELECT c.day, MAX(k.n) AS peak FROM calendar AS c
    JOIN counted AS k ON CAST(k.login AS DATE) = c.day
    GROUP BY c.day
    """


def peak_online__wrong_one_session_per_user():
    """One session for each user and day, from the first login to the last logout: a user who is
    away at noon counts at noon."""
    return """
    WITH cut AS (
        SELECT c.day, s.user_id, GREATEST(MIN(s.login), CAST(c.day AS TIMESTAMP)) AS b,
            MAX(COALESCE(s.logout, TIMESTAMP 'infinity')) AS e
        FROM calendar AS c JOIN sessions AS s
            ON s.login < c.day + INTERVAL 1 DAY AND (s.logout > c.day OR s.logout IS NULL)
        WHERE s.logout IS DISTINCT FROM s.login
        GROUP BY c.day, s.user_id
    )
    SELECT c.day, COALESCE(MAX(k.n), 0) AS peak FROM calendar AS c LEFT JOIN (
        SELECT a.day, a.b, COUNT(*) AS n
        FROM cut AS a JOIN cut AS o ON o.day = a.day AND o.b <= a.b AND o.e > a.b
        GROUP BY a.day, a.b
    ) AS k USING (day) GROUP BY c.day
    """


# --------------------------------------------------------------------------- level_history: right


def level_history__right_row_number_lag_lead():
    """The last row of a day, LAG, LEAD, deletions left out at the end."""
    return """
    WITH last AS (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) AS n
        FROM changes
    ),
    compared AS (
        SELECT user_id, level, day,
            level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day) AS is_new
        FROM last WHERE n = 1
    ),
    ended AS (
        SELECT user_id, level, day AS start_day,
            LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
        FROM compared WHERE is_new
    )
    SELECT user_id, level, start_day, end_day FROM ended WHERE level IS NOT NULL
    """


def level_history__right_not_exists():
    """NOT EXISTS for the last row of a day and for repeats; a correlated MIN for the end."""
    return """
    WITH valid AS (
        SELECT user_id, level, day FROM changes AS c
        WHERE NOT EXISTS (SELECT 1 FROM changes AS l WHERE l.user_id = c.user_id
            AND l.day = c.day AND l.change_id > c.change_id)
    )
    SELECT v.user_id, v.level, v.day AS start_day,
        COALESCE((SELECT MIN(e.day) FROM valid AS e WHERE e.user_id = v.user_id
            AND e.day > v.day AND e.level IS DISTINCT FROM v.level), DATE '9999-12-31') AS end_day
    FROM valid AS v
    WHERE v.level IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM valid AS p WHERE p.user_id = v.user_id AND p.level = v.level
            AND p.day < v.day AND NOT EXISTS (
                SELECT 1 FROM valid AS b WHERE b.user_id = v.user_id
                    AND b.day > p.day AND b.day < v.day))
    """


def level_history__right_islands():
    """Islands by the difference of two row numbers; the next island ends this one."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    numbered AS (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY day)
            - ROW_NUMBER() OVER (PARTITION BY user_id, level ORDER BY day) AS island
        FROM valid
    ),
    runs AS (
        SELECT user_id, level, island, MIN(day) AS start_day FROM numbered
        GROUP BY user_id, level, island
    )
    SELECT user_id, level, start_day,
        COALESCE(LEAD(start_day) OVER (PARTITION BY user_id ORDER BY start_day),
            DATE '9999-12-31') AS end_day
    FROM runs
    QUALIFY level IS NOT NULL
    """


def level_history__right_group_by_max_id():
    """GROUP BY and MAX(change_id), a running sum of new levels, and GROUP BY again."""
    return """
    WITH newest AS (
        SELECT user_id, day, MAX(change_id) AS change_id FROM changes GROUP BY user_id, day
    ),
    valid AS (
        SELECT c.user_id, c.level, c.day FROM changes AS c JOIN newest AS n USING (change_id)
    ),
    flagged AS (
        SELECT *, CASE WHEN level IS NOT DISTINCT FROM LAG(level) OVER w THEN 0 ELSE 1 END AS flag
        FROM valid WINDOW w AS (PARTITION BY user_id ORDER BY day)
    ),
    numbered AS (
        SELECT *, SUM(flag) OVER (PARTITION BY user_id ORDER BY day) AS run FROM flagged
    ),
    runs AS (
        SELECT user_id, run, MAX(level) AS level, MIN(day) AS start_day FROM numbered
        GROUP BY user_id, run
    )
    SELECT r.user_id, r.level, r.start_day, COALESCE(n.start_day, DATE '9999-12-31') AS end_day
    FROM runs AS r LEFT JOIN runs AS n ON n.user_id = r.user_id AND n.run = r.run + 1
    WHERE r.level IS NOT NULL
    """


def level_history__right_recursive():
    """A recursive walk from day to day that carries the level and the day it began."""
    return """
    WITH RECURSIVE valid AS (
        SELECT user_id, day, UNNEST(MAX({'id': change_id, 'level': level}))
        FROM changes GROUP BY user_id, day
    ),
    ordered AS (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY day) AS n FROM valid
    ),
    walk AS (
        SELECT user_id, n, level, day, day AS start_day FROM ordered WHERE n = 1
        UNION ALL
        SELECT o.user_id, o.n, o.level, o.day,
            CASE WHEN o.level IS NOT DISTINCT FROM w.level THEN w.start_day ELSE o.day END
        FROM walk AS w JOIN ordered AS o ON o.user_id = w.user_id AND o.n = w.n + 1
    ),
    versions AS (SELECT DISTINCT user_id, level, start_day FROM walk),
    ended AS (
        SELECT *, LEAD(start_day) OVER (PARTITION BY user_id ORDER BY start_day) AS next_day
        FROM versions
    )
    SELECT user_id, level, start_day, IFNULL(next_day, DATE '9999-12-31') AS end_day
    FROM ended WHERE level IS NOT NULL
    """


def level_history__right_starts_and_ends_numbered():
    """The n-th start of a user has the n-th end; LEFT JOIN on the number."""
    return """
    WITH valid AS (
        SELECT DISTINCT ON (user_id, day) user_id, day, level
        FROM changes ORDER BY user_id, day, change_id DESC
    ),
    pairs AS (
        SELECT user_id, day, level, LAG(level) OVER (PARTITION BY user_id ORDER BY day) AS old
        FROM valid
    ),
    starts AS (
        SELECT user_id, level, day, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY day) AS n
        FROM pairs WHERE level IS NOT NULL AND (old IS NULL OR old <> level)
    ),
    ends AS (
        SELECT user_id, day, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY day) AS n
        FROM pairs WHERE old IS NOT NULL AND (level IS NULL OR old <> level)
    )
    SELECT s.user_id, s.level, s.day AS start_day, COALESCE(e.day, DATE '9999-12-31') AS end_day
    FROM starts AS s LEFT JOIN ends AS e ON e.user_id = s.user_id AND e.n = s.n
    """


def level_history__right_full_join_neighbours():
    """Each day FULL JOINed with the next one of the user: a change is where the two differ."""
    return """
    WITH valid AS (
        SELECT user_id, level, day,
            DENSE_RANK() OVER (PARTITION BY user_id ORDER BY day) AS n
        FROM changes
        QUALIFY change_id = MAX(change_id) OVER (PARTITION BY user_id, day)
    ),
    edges AS (
        SELECT COALESCE(a.user_id, b.user_id) AS user_id, b.day, a.level AS old, b.level AS new
        FROM valid AS a FULL JOIN valid AS b ON b.user_id = a.user_id AND b.n = a.n + 1
    ),
    turns AS (SELECT * FROM edges WHERE day IS NOT NULL AND old IS DISTINCT FROM new)
    SELECT t.user_id, t.new AS level, t.day AS start_day,
        COALESCE(MIN(u.day), DATE '9999-12-31') AS end_day
    FROM turns AS t LEFT JOIN turns AS u ON u.user_id = t.user_id AND u.day > t.day
    WHERE t.new IS NOT NULL
    GROUP BY t.user_id, t.new, t.day
    """


def level_history__right_lists():
    """One sorted list for each user; list functions find starts and ends."""
    return """
    WITH valid AS (
        SELECT user_id, day, LIST(level ORDER BY change_id DESC)[1] AS level
        FROM changes GROUP BY user_id, day
    ),
    packed AS (
        SELECT user_id, LIST({'d': day, 'l': level} ORDER BY day) AS h FROM valid GROUP BY user_id
    ),
    turned AS (
        SELECT user_id, LIST_FILTER(h, lambda x, i:
            i = 1 OR x.l IS DISTINCT FROM h[i - 1].l) AS t
        FROM packed
    ),
    opened AS (
        SELECT user_id, t, UNNEST(RANGE(1, LEN(t) + 1)) AS i FROM turned
    )
    SELECT user_id, t[i].l AS level, t[i].d AS start_day,
        CASE WHEN i < LEN(t) THEN t[i + 1].d ELSE DATE '9999-12-31' END AS end_day
    FROM opened WHERE t[i].l IS NOT NULL
    """


def level_history__right_each_day_of_the_log():
    """The level on every day of the whole log for every user (ASOF), and runs of these days."""
    return """
    WITH valid AS (
        SELECT user_id, day, level FROM changes
        WHERE change_id IN (SELECT MAX(change_id) FROM changes GROUP BY user_id, day)
    ),
    grid AS (
        SELECT u.user_id, d.day FROM (SELECT DISTINCT user_id FROM changes) AS u
        CROSS JOIN (SELECT DISTINCT day FROM changes) AS d
    ),
    state AS (
        SELECT g.user_id, g.day, v.level FROM grid AS g
        ASOF LEFT JOIN valid AS v ON v.user_id = g.user_id AND g.day >= v.day
    ),
    runs AS (
        SELECT *, COUNT(*) FILTER (turn) OVER (PARTITION BY user_id ORDER BY day) AS run FROM (
            SELECT *, level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
                AS turn
            FROM state)
    ),
    grouped AS (
        SELECT user_id, run, ANY_VALUE(level) AS level, MIN(day) AS b
        FROM runs GROUP BY user_id, run
    )
    SELECT user_id, level, b AS start_day,
        LEAD(b, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY b) AS end_day
    FROM grouped QUALIFY level IS NOT NULL
    """


def level_history__right_lateral():
    """LATERAL joins: the neighbour before, and the first later day with something else."""
    return """
    WITH valid AS (
        SELECT user_id, day, level FROM changes AS c
        WHERE change_id = (SELECT MAX(l.change_id) FROM changes AS l
            WHERE l.user_id = c.user_id AND l.day = c.day)
    )
    SELECT v.user_id, v.level, v.day AS start_day, e.day AS end_day
    FROM valid AS v
    LEFT JOIN LATERAL (SELECT p.level FROM valid AS p
        WHERE p.user_id = v.user_id AND p.day < v.day ORDER BY p.day DESC LIMIT 1) AS p ON TRUE
    CROSS JOIN LATERAL (SELECT COALESCE(MIN(n.day), DATE '9999-12-31') AS day FROM valid AS n
        WHERE n.user_id = v.user_id AND n.day > v.day
            AND (n.level IS NULL OR n.level <> v.level)) AS e
    WHERE v.level IS NOT NULL AND (p.level IS NULL OR p.level <> v.level)
    """


def level_history__right_hive():
    """Hive's dialect, with a comparison that never sees NULL."""
    return """-- hive
    SELECT user_id, level, start_day, end_day
    FROM (
        SELECT user_id, level, day AS start_day,
            COALESCE(LEAD(day) OVER (PARTITION BY user_id ORDER BY day),
                CAST('9999-12-31' AS DATE)) AS end_day
        FROM (
            SELECT user_id, level, day,
                LAG(level) OVER (PARTITION BY user_id ORDER BY day) AS old
            FROM (
                SELECT user_id, level, day,
                    ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) AS n
                FROM changes
            ) a
            WHERE n = 1
        ) b
        WHERE NOT (level <=> old)
    ) c
    WHERE level IS NOT NULL
    """


def level_history__right_mysql():
    """MySQL's dialect: no window functions, only correlated subqueries and GROUP BY the end."""
    return """-- mysql
    SELECT t.user_id AS user_id, t.level AS level, MIN(t.day) AS start_day, t.end_day AS end_day
    FROM (
        SELECT v.user_id, v.level, v.day,
            IFNULL((SELECT MIN(e.day) FROM changes e
                WHERE e.user_id = v.user_id AND e.day > v.day AND NOT (e.level <=> v.level)
                    AND NOT EXISTS (SELECT 1 FROM changes f WHERE f.user_id = e.user_id
                        AND f.day = e.day AND f.change_id > e.change_id)),
                CAST('9999-12-31' AS DATE)) AS end_day
        FROM changes v
        WHERE v.level IS NOT NULL AND NOT EXISTS (SELECT 1 FROM changes g
            WHERE g.user_id = v.user_id AND g.day = v.day AND g.change_id > v.change_id)
    ) t
    GROUP BY t.user_id, t.level, t.end_day
    """


# --------------------------------------------------------------------------- level_history: wrong


def level_history__wrong_end_day_included():
    """The end is the last day of the version and not the day after it: gold from 9 January ends
    silver on 8 January."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        COALESCE(LEAD(day) OVER (PARTITION BY user_id ORDER BY day) - 1, DATE '9999-12-31')
            AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_open_end_null():
    """The last version ends with NULL and not with 9999-12-31."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day) OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_open_version_lost():
    """JOIN with the next turn: a version that nothing ends has no row."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY day) AS n FROM (
            SELECT * FROM valid
            QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day))
    )
    SELECT a.user_id, a.level, a.day AS start_day, b.day AS end_day
    FROM turns AS a JOIN turns AS b ON b.user_id = a.user_id AND b.n = a.n + 1
    WHERE a.level IS NOT NULL
    """


def level_history__wrong_deletions_removed_first():
    """Deletions are left out before LAG and LEAD: they end nothing, and who comes back with the
    old level has no new version."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid WHERE level IS NOT NULL
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns
    """


def level_history__wrong_deletions_removed_before_end():
    """Deletions are left out after the repeats, but before LEAD: a deletion does not end the
    version before it."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns WHERE level IS NOT NULL
    """


def level_history__wrong_deletion_never_last_of_day():
    """ARG_MAX(level, change_id) skips rows whose level is NULL: a deletion after another change of
    the same day is overlooked; a deletion alone on its day is not."""
    return """
    WITH valid AS (
        SELECT user_id, day, ARG_MAX(level, change_id) AS level FROM changes GROUP BY user_id, day
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_deletion_wins_the_day():
    """A deletion counts even if a later row of the same day brings the user back: silver, then on
    9 January deleted (id 4) and gold (id 5)."""
    return """
    WITH valid AS (
        SELECT user_id, day, CASE WHEN BOOL_OR(level IS NULL) THEN NULL
            ELSE ARG_MAX(level, change_id) END AS level
        FROM changes GROUP BY user_id, day
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_deletion_inside_a_day_splits():
    """Deleted and back with the old level on one day opens a new version; only the last row of the
    day counts, and it repeats the level."""
    return """
    WITH valid AS (
        SELECT *, BOOL_OR(level IS NULL) OVER (PARTITION BY user_id, day) AS was_deleted
        FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY was_deleted
            OR level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_repeats_are_versions():
    """Repeats are kept: silver on 2 and on 5 January gives two versions."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM valid QUALIFY level IS NOT NULL
    """


def level_history__wrong_end_before_repeats_removed():
    """LEAD is taken before the repeats are left out: a version ends on the day of its repeat."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM valid
    QUALIFY level IS NOT NULL
        AND level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    """


def level_history__wrong_repeats_before_last_of_day():
    """Repeats are left out before the last row of a day is chosen: gold and silver again on one
    day leaves a second version silver."""
    return """
    WITH turns AS (
        SELECT * FROM changes
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id
            ORDER BY day, change_id)
    ),
    valid AS (
        SELECT * FROM turns
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM valid QUALIFY level IS NOT NULL
    """


def level_history__wrong_repeats_removed_by_arrival_too():
    """Before all else, repeats are left out in the order of arrival, "to clean the feed": a late
    row looks like a repeat. Silver 2nd (1), gold 9th (2), gold 5th (3, late): the gold of the 5th
    is lost."""
    return """
    WITH arrived AS (
        SELECT * FROM changes
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY change_id)
            OR LAG(level) OVER (PARTITION BY user_id ORDER BY change_id) IS NULL
    ),
    valid AS (
        SELECT * FROM arrived
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_not_equal_loses_first():
    """`<>` with the level before: NULL for a user's first row and for the row after a deletion;
    both are lost."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level <> LAG(level) OVER (PARTITION BY user_id ORDER BY day)
            OR (level IS NULL AND LAG(level) OVER (PARTITION BY user_id ORDER BY day) IS NOT NULL)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_not_equal_loses_deletions():
    """`old IS NULL OR level <> old`: the first row is saved, but a deletion after a level gives
    NULL and is lost, so it ends nothing."""
    return """
    WITH valid AS (
        SELECT *, LAG(level) OVER (PARTITION BY user_id ORDER BY day) AS old FROM (
            SELECT * FROM changes
            QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1)
    ),
    turns AS (SELECT * FROM valid WHERE old IS NULL OR level <> old)
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_end_by_not_equal():
    """The end is the first later day with `level <> this level`; a deletion is NULL there and ends
    nothing."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT t.user_id, t.level, t.day AS start_day,
        COALESCE((SELECT MIN(e.day) FROM valid AS e WHERE e.user_id = t.user_id
            AND e.day > t.day AND e.level <> t.level), DATE '9999-12-31') AS end_day
    FROM turns AS t WHERE t.level IS NOT NULL
    """


def level_history__wrong_lag_ignores_nulls():
    """LAG(level IGNORE NULLS): a deleted user who comes back with the old level begins no
    version."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level IGNORE NULLS) OVER (
            PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_deletions_shown():
    """A deletion is a row of the result, with level NULL."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns
    """


def level_history__wrong_ordered_by_arrival():
    """Ordered by change_id and not by day: a late row gets the wrong neighbours."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY change_id)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY change_id) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_repeats_by_arrival():
    """Only the repeats are found in the order of arrival, the ends by day: after a late row a
    repeat is taken for a change or a change for a repeat."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY change_id)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_late_rows_ignored():
    """A row whose day is before a day that has already arrived is thrown away."""
    return """
    WITH on_time AS (
        SELECT * FROM changes
        QUALIFY day >= COALESCE(MAX(day) OVER (PARTITION BY user_id ORDER BY change_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), day)
    ),
    valid AS (
        SELECT * FROM on_time
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_begins_with_first_arrival():
    """The history of a user begins with the row that arrived first: late rows of earlier days are
    left out, other late rows are not."""
    return """
    WITH firsts AS (
        SELECT user_id, ARG_MIN(day, change_id) AS first_day FROM changes GROUP BY user_id
    ),
    valid AS (
        SELECT c.* FROM changes AS c JOIN firsts AS f ON f.user_id = c.user_id
            AND c.day >= f.first_day
        QUALIFY ROW_NUMBER() OVER (PARTITION BY c.user_id, c.day ORDER BY c.change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_first_of_day():
    """Of several rows of one day the one with the smallest change_id is kept."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_largest_level_of_day():
    """MAX(level) of a day: silver comes after gold in the alphabet, so the example is right; gold
    as the last change after silver on one day is not."""
    return """
    WITH valid AS (SELECT user_id, day, MAX(level) AS level FROM changes GROUP BY user_id, day),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_last_of_day_over_all_users():
    """The largest change_id of each day, and not of each user and day: of two users who change on
    one day one is lost."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        WHERE change_id IN (SELECT MAX(change_id) FROM changes GROUP BY day)
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_all_rows_of_a_day():
    """All rows of a day are kept: a version of no days, and silver after gold on one day is a new
    version."""
    return """
    WITH turns AS (
        SELECT * FROM changes
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id
            ORDER BY day, change_id)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day, change_id)
            AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_empty_versions_filtered():
    """All rows of a day are kept, and versions of no days are left out at the end: right unless
    the last row of a day brings the level of the day before back."""
    return """
    WITH turns AS (
        SELECT * FROM changes
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id
            ORDER BY day, change_id)
    ),
    ended AS (
        SELECT user_id, level, day AS start_day,
            LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day, change_id)
                AS end_day
        FROM turns
    )
    SELECT * FROM ended WHERE level IS NOT NULL AND start_day < end_day
    """


def level_history__wrong_one_version_per_level():
    """GROUP BY user and level: silver, gold and silver again gives silver once."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    runs AS (
        SELECT user_id, level, MIN(day) AS start_day FROM valid GROUP BY user_id, level
    )
    SELECT user_id, level, start_day,
        LEAD(start_day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY start_day)
            AS end_day
    FROM runs QUALIFY level IS NOT NULL
    """


def level_history__wrong_one_version_per_level_between_deletions():
    """GROUP BY user, level and number of deletions so far: right in the example; silver, gold and
    silver again without a deletion gives silver once."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    lives AS (
        SELECT *, COUNT(*) FILTER (level IS NULL) OVER (PARTITION BY user_id ORDER BY day) AS life
        FROM valid
    ),
    runs AS (
        SELECT user_id, level, life, MIN(day) AS start_day FROM lives
        GROUP BY user_id, level, life
    )
    SELECT user_id, level, start_day,
        LEAD(start_day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY start_day)
            AS end_day
    FROM runs QUALIFY level IS NOT NULL
    """


def level_history__wrong_islands_without_level():
    """The difference of the two row numbers is grouped without the level; two runs of different
    levels may have the same difference: silver, gold and silver again (0, 1, 1)."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    numbered AS (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY day)
            - ROW_NUMBER() OVER (PARTITION BY user_id, level ORDER BY day) AS island
        FROM valid
    ),
    runs AS (
        SELECT user_id, island, level IS NULL AS gone, ARG_MIN(level, day) AS level,
            MIN(day) AS start_day
        FROM numbered GROUP BY user_id, island, gone
    )
    SELECT user_id, level, start_day,
        LEAD(start_day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY start_day)
            AS end_day
    FROM runs QUALIFY level IS NOT NULL
    """


def level_history__wrong_lag_over_all_users():
    """LAG without PARTITION BY: the first row of a user is a repeat if it has the last level of
    the user before."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (ORDER BY user_id, day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_lead_over_all_users():
    """LEAD without PARTITION BY: the last version of a user ends when the next user begins."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (ORDER BY user_id, day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_lead_within_level():
    """LEAD is partitioned by user and level: a version ends when the same level comes again."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id, level ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_last_repeat_kept():
    """Of a run of equal levels the last row is kept (compared with LEAD): the version begins with
    its last repeat."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LEAD(level) OVER (PARTITION BY user_id ORDER BY day)
            OR LEAD(day) OVER (PARTITION BY user_id ORDER BY day) IS NULL
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_last_deletion_ends():
    """A repeated deletion moves the end: of a run of deletions the last one ends the version."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY CASE WHEN level IS NULL
            THEN LEAD(level) OVER (PARTITION BY user_id ORDER BY day) IS NOT NULL
                OR LEAD(day) OVER (PARTITION BY user_id ORDER BY day) IS NULL
            ELSE level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day) END
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_deleted_users_dropped():
    """A user whose last row is a deletion has no rows at all."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    ),
    ended AS (
        SELECT user_id, level, day AS start_day,
            LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
        FROM turns
    )
    SELECT e.* FROM ended AS e
    WHERE e.level IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ended AS g
        WHERE g.user_id = e.user_id AND g.level IS NULL AND g.end_day = DATE '9999-12-31')
    """


def level_history__wrong_end_is_last_seen():
    """A version that nothing ends gets the last day of the whole log as its end."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    turns AS (
        SELECT * FROM valid
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        COALESCE(LEAD(day) OVER (PARTITION BY user_id ORDER BY day),
            (SELECT MAX(day) FROM changes)) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_first_deletion_shown():
    """Deletions are left out at the end only where a level came before: a user whose log begins
    with a deletion gets a version with level NULL."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    compared AS (
        SELECT *, LAG(level) OVER (PARTITION BY user_id ORDER BY day) AS old,
            ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY day) AS n FROM valid
    ),
    ended AS (
        SELECT *, LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day)
            AS end_day
        FROM compared WHERE n = 1 OR level IS DISTINCT FROM old
    )
    SELECT user_id, level, day AS start_day, end_day FROM ended
    WHERE NOT (level IS NULL AND old IS NOT NULL)
    """


def level_history__wrong_late_deletion_wipes_later_days():
    """A deletion also takes away the rows of later days that had arrived before it: gold of the
    9th (id 2) is lost if the deletion of the 5th arrives late (id 3)."""
    return """
    WITH valid AS (
        SELECT * FROM changes
        QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1
    ),
    alive AS (
        SELECT * FROM valid AS v
        WHERE NOT EXISTS (SELECT 1 FROM valid AS d WHERE d.user_id = v.user_id
            AND d.level IS NULL AND d.day < v.day AND d.change_id > v.change_id)
    ),
    turns AS (
        SELECT * FROM alive
        QUALIFY level IS DISTINCT FROM LAG(level) OVER (PARTITION BY user_id ORDER BY day)
    )
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


def level_history__wrong_level_before_read_too_early():
    """The level before is read (LAG by day and change_id) before the last row of a day is chosen,
    and compared after it: on a day with several rows it is the level of the same day."""
    return """
    WITH numbered AS (
        SELECT *, LAG(level) OVER (PARTITION BY user_id ORDER BY day, change_id) AS old,
            ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) AS n
        FROM changes
    ),
    turns AS (SELECT * FROM numbered WHERE n = 1 AND level IS DISTINCT FROM old)
    SELECT user_id, level, day AS start_day,
        LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS end_day
    FROM turns QUALIFY level IS NOT NULL
    """


TRUE |= {
    "peak_online__wrong_sessions_counted": ("sessions_online",),
    "peak_online__wrong_logout_included": ("ends_still_online",),
    "peak_online__wrong_open_sessions_lost": ("no_logout_lost",),
    "peak_online__wrong_open_ends_with_its_day": ("no_logout_until_midnight",),
    "peak_online__wrong_open_until_last_event": ("no_logout_until_the_last",),
    "peak_online__wrong_open_until_end_of_calendar": ("no_logout_until_the_last",),
    "peak_online__wrong_open_until_today": ("no_logout_until_now",),
    "peak_online__wrong_only_logins_as_moments": ("start_of_the_day_missing",),
    "peak_online__wrong_minute_grid": ("on_the_full_minute",),
    "peak_online__wrong_users_of_the_day": ("users_of_the_day",),
    "peak_online__wrong_overlaps_of_a_session": ("partners_of_a_session",),
    "peak_online__wrong_empty_session_counts": ("no_length_online",),
    "peak_online__wrong_quiet_day_missing": ("days_of_nobody_missing",),
    "peak_online__wrong_islands_by_lag": ("merged_with_the_one_before",),
    "peak_online__wrong_islands_null_ignored": ("merged_past_no_logout",),
    "peak_online__wrong_island_max_logout_null": ("merged_past_no_logout",),
    "peak_online__wrong_self_always_counted": ("no_length_online",),
    "level_history__wrong_end_day_included": ("day_before_the_next",),
    "level_history__wrong_open_end_null": ("open_end_is_null",),
    "level_history__wrong_deletions_removed_first": ("deletions_left_out",),
    "level_history__wrong_deletions_removed_before_end": ("return_closes_the_gap",),
    "level_history__wrong_deletion_never_last_of_day": ("deletion_of_the_day_lost",),
    "level_history__wrong_repeats_are_versions": ("repeats_as_versions",),
    "level_history__wrong_end_before_repeats_removed": ("ended_by_a_repeat",),
    "level_history__wrong_repeats_before_last_of_day": ("repeats_before_the_day",),
    "level_history__wrong_not_equal_loses_first": ("not_equal_to_null",),
    "level_history__wrong_not_equal_loses_deletions": ("not_equal_to_null",),
    "level_history__wrong_end_by_not_equal": ("not_equal_to_null",),
    "level_history__wrong_lag_ignores_nulls": ("old_level_again_lost",),
    "level_history__wrong_deletions_shown": ("deletions_as_versions",),
    "level_history__wrong_ordered_by_arrival": ("order_of_arrival",),
    "level_history__wrong_first_of_day": ("first_of_the_day",),
    "level_history__wrong_largest_level_of_day": ("last_level_by_name",),
    "level_history__wrong_all_rows_of_a_day": ("several_versions_a_day",),
    "level_history__wrong_empty_versions_filtered": ("repeats_before_the_day",),
    "level_history__wrong_one_version_per_level": ("one_version_a_level",),
    "level_history__wrong_lead_over_all_users": ("users_in_one_chain",),
}


# ---- Fifteenth bank


def _sw_15(query, *pairs):
    """The query with parts replaced; each part must be there."""
    for old, new in pairs:
        assert old in query, old
        query = query.replace(old, new)
    return query


# ------------------------------------------------------------------ 13.1 break_campaign_report

_D8 = [(8, "2017-05-08", "2017-05-10")]


def _bcr_good(defect):
    return {
        "fan_out": (
            [(8, 1)],
            _D8,
            [(1, 11, 2.5, "2017-05-09 10:00:00")],
            [(1, 501, 8, "2017-05-09"), (1, 502, 8, "2017-05-09")],
        ),
        "where_undoes_left_join": (
            [(8, 1), (8, 2)],
            _D8,
            [(1, 11, 2.5, "2017-05-09 10:00:00")],
            [],
        ),
        "rows_counted": (
            [(8, 1)],
            _D8,
            [(1, 11, 2.5, "2017-05-09 10:00:00"), (1, 12, 1.0, "2017-05-09 11:00:00")],
            [],
        ),
        "last_day_lost": ([(8, 1)], _D8, [(1, 11, 2.5, "2017-05-10 19:00:00")], []),
        "sum_distinct": (
            [(8, 1), (8, 2)],
            _D8,
            [(1, 11, 2.5, "2017-05-09 10:00:00"), (2, 12, 2.5, "2017-05-09 11:00:00")],
            [],
        ),
        "dates_ignored": ([(8, 1)], _D8, [(1, 11, 2.5, "2017-06-09 10:00:00")], []),
    }[defect]


def break_campaign_report__right_table_15(defect):
    return _bcr_good(defect)


def break_campaign_report__right_one_for_all_15(defect):
    return (
        [(8, 1), (8, 2), (9, 3)],
        [(8, "2017-05-08", "2017-05-10"), (9, "2017-06-01", "2017-06-30")],
        [
            (1, 11, 2.5, "2017-05-10 19:00:00"),
            (1, 12, 2.5, "2017-05-08 09:00:00"),
            (1, 13, 4.0, "2017-05-20 09:00:00"),
            (3, 14, 1.25, "2017-06-30 23:59:59"),
        ],
        [(1, 501, 8, "2017-05-10"), (1, 502, 8, "2017-05-10"), (3, 503, 9, "2017-06-30")],
    )


def break_campaign_report__right_built_step_by_step(defect):
    campaigns, days, buys, coupons = [(1, 10), (1, 20)], [(1, "2017-01-01", "2017-01-01")], [], []

    def buy(household, value, when):
        buys.append((household, len(buys) + 1, value, when))

    buy(10, 1000.0, "2017-01-01 00:00:00")
    if defect != "where_undoes_left_join":
        buy(20, 0.25, "2017-01-01 00:00:00")
    if defect == "fan_out":
        coupons += [(20, k, 1, "2017-01-01") for k in range(3)]
    if defect == "rows_counted":
        buy(20, 0.5, "2017-01-01 00:00:00")
    if defect == "last_day_lost":
        buy(20, 3.0, "2017-01-01 23:59:59")
    if defect == "sum_distinct":
        buy(20, 0.25, "2017-01-01 00:00:00")
    if defect == "dates_ignored":
        buy(20, 7.75, "2016-12-31 23:59:59")
    return campaigns, days, buys, coupons


def break_campaign_report__wrong_one_coupon_15(defect):
    """fan_out with a single coupon: the join repeats nothing."""
    if defect == "fan_out":
        return [(8, 1)], _D8, [(1, 11, 2.5, "2017-05-09 10:00:00")], [(1, 501, 8, "2017-05-09")]
    return _bcr_good(defect)


def break_campaign_report__wrong_coupons_of_another_campaign_15(defect):
    """fan_out with one coupon in each of two campaigns: in this campaign each purchase still counts once."""
    if defect == "fan_out":
        return (
            [(8, 1), (9, 1)],
            [*_D8, (9, "2017-05-08", "2017-05-10")],
            [(1, 11, 2.5, "2017-05-09 10:00:00")],
            [(1, 501, 8, "2017-05-09"), (1, 502, 9, "2017-05-09")],
        )
    return _bcr_good(defect)


def break_campaign_report__wrong_coupons_of_a_silent_household_15(defect):
    """fan_out with two coupons of a household that buys nothing: no value is repeated and the counts are distinct."""
    if defect == "fan_out":
        return (
            [(8, 1), (8, 2)],
            _D8,
            [(1, 11, 2.5, "2017-05-09 10:00:00")],
            [(2, 501, 8, "2017-05-09"), (2, 502, 8, "2017-05-09")],
        )
    return _bcr_good(defect)


def break_campaign_report__wrong_all_buy(defect):
    """where_undoes_left_join with households that all buy in the days: WHERE removes nobody that counts."""
    if defect == "where_undoes_left_join":
        return (
            [(8, 1), (8, 2)],
            _D8,
            [
                (1, 11, 2.5, "2017-05-09 10:00:00"),
                (2, 12, 1.0, "2017-05-09 10:00:00"),
                (2, 13, 1.0, "2017-07-09 10:00:00"),
            ],
            [],
        )
    return _bcr_good(defect)


def break_campaign_report__wrong_one_purchase_each_15(defect):
    """rows_counted with two households that buy once each: rows and households are equal in number."""
    if defect == "rows_counted":
        return (
            [(8, 1), (8, 2)],
            _D8,
            [(1, 11, 2.5, "2017-05-09 10:00:00"), (2, 12, 2.5, "2017-05-09 10:00:00")],
            [],
        )
    return _bcr_good(defect)


def break_campaign_report__wrong_second_purchase_outside_15(defect):
    """rows_counted where the second purchase is after the days, so it joins nothing and one row is left."""
    if defect == "rows_counted":
        return (
            [(8, 1)],
            _D8,
            [(1, 11, 2.5, "2017-05-09 10:00:00"), (1, 12, 2.5, "2017-05-11 10:00:00")],
            [],
        )
    return _bcr_good(defect)


def break_campaign_report__wrong_day_before_the_last(defect):
    """last_day_lost with a purchase late on the day before the last: it is before the midnight in question."""
    if defect == "last_day_lost":
        return [(8, 1)], _D8, [(1, 11, 2.5, "2017-05-09 23:59:59")], []
    return _bcr_good(defect)


def break_campaign_report__wrong_equal_values_in_two_campaigns_15(defect):
    """sum_distinct with equal values in different campaigns: within each campaign all values differ."""
    if defect == "sum_distinct":
        return (
            [(8, 1), (9, 2)],
            [*_D8, (9, "2017-05-08", "2017-05-10")],
            [(1, 11, 2.5, "2017-05-09 10:00:00"), (2, 12, 2.5, "2017-05-09 10:00:00")],
            [],
        )
    return _bcr_good(defect)


def break_campaign_report__wrong_outsider_buys_late(defect):
    """dates_ignored with a late purchase of a household that no campaign reached."""
    if defect == "dates_ignored":
        return (
            [(8, 1)],
            _D8,
            [(1, 11, 2.5, "2017-05-09 10:00:00"), (2, 12, 4.0, "2017-06-09 10:00:00")],
            [],
        )
    return _bcr_good(defect)


def break_campaign_report__wrong_value_of_ten_cents(defect):
    """The values are no multiples of 0.25, which the statement asks for."""
    if defect == "sum_distinct":
        return (
            [(8, 1)],
            _D8,
            [(1, 11, 0.1, "2017-05-09 10:00:00"), (1, 12, 0.1, "2017-05-09 11:00:00")],
            [],
        )
    return _bcr_good(defect)


def break_campaign_report__wrong_basket_twice_15(defect):
    """Two rows have the same basket, and no basket may come twice."""
    if defect == "sum_distinct":
        return (
            [(8, 1)],
            _D8,
            [(1, 11, 2.5, "2017-05-09 10:00:00"), (1, 11, 2.5, "2017-05-09 10:00:00")],
            [],
        )
    return _bcr_good(defect)


def break_campaign_report__wrong_pair_twice_15(defect):
    """rows_counted is shown by a pair that stands twice in campaigns, and no pair may."""
    if defect == "rows_counted":
        return [(8, 1), (8, 1)], _D8, [(1, 11, 2.5, "2017-05-09 10:00:00")], []
    return _bcr_good(defect)


def break_campaign_report__wrong_midnight_of_the_last_day(defect):
    """The purchase is at 00:00:00 of the last day, which the defect, with <=, keeps."""
    if defect == "last_day_lost":
        return [(8, 1)], _D8, [(1, 11, 2.5, "2017-05-10 00:00:00")], []
    return _bcr_good(defect)


# ------------------------------------------------------------------ 13.2 campaign_report

_CR = """
WITH reached AS (
    SELECT campaign_id, COUNT(DISTINCT household_id) AS reached FROM campaigns GROUP BY campaign_id
), bought AS (
    SELECT c.campaign_id, COUNT(DISTINCT t.household_id) AS buyers, SUM(t.sales_value) AS revenue
    FROM campaigns AS c
    JOIN campaign_descriptions AS d ON d.campaign_id = c.campaign_id
    JOIN transactions AS t ON t.household_id = c.household_id
        AND CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date
    GROUP BY c.campaign_id
), redeemed AS (
    SELECT campaign_id, COUNT(*) AS redemptions FROM coupon_redemptions GROUP BY campaign_id
)
SELECT r.campaign_id, r.reached, COALESCE(b.buyers, 0) AS buyers,
    COALESCE(x.redemptions, 0) AS redemptions, COALESCE(b.revenue, 0) AS revenue
FROM reached AS r
LEFT JOIN bought AS b ON b.campaign_id = r.campaign_id
LEFT JOIN redeemed AS x ON x.campaign_id = r.campaign_id
"""


def campaign_report__right_ctes_15():
    return _CR


def campaign_report__right_correlated_15():
    return """
    SELECT g.campaign_id, g.reached,
        (SELECT COUNT(*) FROM campaigns c WHERE c.campaign_id = g.campaign_id AND EXISTS (
            SELECT 1 FROM transactions t, campaign_descriptions d
            WHERE d.campaign_id = g.campaign_id AND t.household_id = c.household_id
              AND t.transaction_timestamp >= d.start_date
              AND t.transaction_timestamp < d.end_date + INTERVAL 1 DAY)) AS buyers,
        (SELECT COUNT(*) FROM coupon_redemptions r WHERE r.campaign_id = g.campaign_id) AS redemptions,
        (SELECT COALESCE(SUM(t.sales_value), 0.0) FROM campaigns c, transactions t, campaign_descriptions d
            WHERE c.campaign_id = g.campaign_id AND t.household_id = c.household_id
              AND d.campaign_id = g.campaign_id
              AND t.transaction_timestamp >= d.start_date
              AND t.transaction_timestamp < d.end_date + INTERVAL 1 DAY) AS revenue
    FROM (SELECT campaign_id, COUNT(*) AS reached FROM campaigns GROUP BY campaign_id) AS g
    """


def campaign_report__right_household_grain_first_15():
    return """
    WITH spent AS (
        SELECT c.campaign_id, c.household_id, COUNT(t.basket_id) AS lines, SUM(t.sales_value) AS value
        FROM campaigns c
        LEFT JOIN campaign_descriptions d USING (campaign_id)
        LEFT JOIN transactions t
          ON t.household_id = c.household_id
         AND DATE_TRUNC('day', t.transaction_timestamp) >= d.start_date
         AND DATE_TRUNC('day', t.transaction_timestamp) <= d.end_date
        GROUP BY 1, 2
    ), totals AS (
        SELECT campaign_id, COUNT(*) AS reached, SUM(CASE WHEN lines > 0 THEN 1 ELSE 0 END) AS buyers,
               COALESCE(SUM(value), 0) AS revenue
        FROM spent GROUP BY campaign_id
    )
    SELECT s.campaign_id, MAX(s.reached) AS reached, CAST(MAX(s.buyers) AS BIGINT) AS buyers,
           COUNT(r.coupon_upc) AS redemptions, MAX(s.revenue) AS revenue
    FROM totals s LEFT JOIN coupon_redemptions r ON r.campaign_id = s.campaign_id
    GROUP BY s.campaign_id
    """


def campaign_report__wrong_last_second_15():
    """The last day ends at 23:59:59: a purchase at 23:59:59.5 is lost."""
    return _sw_15(
        _CR,
        (
            "CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date",
            "t.transaction_timestamp BETWEEN d.start_date AND d.end_date + INTERVAL '23:59:59'",
        ),
    )


def campaign_report__wrong_midnight_of_last_day():
    """BETWEEN with the midnight that begins the last day: an evening of the last day is lost."""
    return _sw_15(
        _CR, ("CAST(t.transaction_timestamp AS DATE) BETWEEN", "t.transaction_timestamp BETWEEN")
    )


def campaign_report__wrong_next_midnight_included():
    """BETWEEN up to end_date + 1 day takes in a purchase at the midnight after the last day."""
    return _sw_15(
        _CR,
        (
            "CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date",
            "t.transaction_timestamp BETWEEN d.start_date AND d.end_date + INTERVAL 1 DAY",
        ),
    )


def campaign_report__wrong_first_midnight_lost():
    """Strictly after start_date: a purchase at 00:00:00 of the first day is lost."""
    return _sw_15(
        _CR,
        (
            "CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date",
            "t.transaction_timestamp > d.start_date AND t.transaction_timestamp < d.end_date + INTERVAL 1 DAY",
        ),
    )


def campaign_report__wrong_redemptions_of_reached_only_15():
    """Redemptions are counted only for households in campaigns; a coupon redeemed by somebody who was not reached is left out."""
    return _sw_15(
        _CR,
        (
            "FROM coupon_redemptions GROUP BY campaign_id",
            "FROM coupon_redemptions JOIN campaigns USING (campaign_id, household_id) GROUP BY campaign_id",
        ),
    )


def campaign_report__wrong_distinct_coupons():
    """Different coupons instead of rows: two households that redeem the same coupon count once."""
    return _sw_15(_CR, ("COUNT(*) AS redemptions", "COUNT(DISTINCT coupon_upc) AS redemptions"))


def campaign_report__wrong_redemptions_in_the_days_only():
    """Only redemptions from the first to the last day count; a coupon redeemed a day later is left out."""
    return _sw_15(
        _CR,
        (
            "FROM coupon_redemptions GROUP BY campaign_id",
            "FROM coupon_redemptions JOIN campaign_descriptions USING (campaign_id) "
            "WHERE redemption_date BETWEEN start_date AND end_date GROUP BY campaign_id",
        ),
    )


def campaign_report__wrong_starts_from_descriptions():
    """The rows come from campaign_descriptions: a campaign that reached nobody gets a row."""
    return _sw_15(
        _CR,
        (
            "SELECT campaign_id, COUNT(DISTINCT household_id) AS reached FROM campaigns GROUP BY campaign_id",
            "SELECT d.campaign_id, COUNT(c.household_id) AS reached FROM campaign_descriptions AS d "
            "LEFT JOIN campaigns AS c ON c.campaign_id = d.campaign_id GROUP BY d.campaign_id",
        ),
    )


def campaign_report__wrong_sum_distinct_15():
    """SUM(DISTINCT): two purchases of equal value count once."""
    return _sw_15(_CR, ("SUM(t.sales_value)", "SUM(DISTINCT t.sales_value)"))


def campaign_report__wrong_inner_join_15():
    """Campaigns in which nobody bought have no row."""
    return _sw_15(_CR, ("LEFT JOIN bought", "JOIN bought"))


def campaign_report__wrong_buyers_are_baskets_15():
    """buyers counts baskets: a household with two baskets is two buyers."""
    return _sw_15(
        _CR, ("COUNT(DISTINCT t.household_id) AS buyers", "COUNT(DISTINCT t.basket_id) AS buyers")
    )


def campaign_report__wrong_revenue_null_15():
    """revenue stays NULL where nobody bought."""
    return _sw_15(_CR, ("COALESCE(b.revenue, 0) AS revenue", "b.revenue"))


def campaign_report__wrong_one_line_per_basket_15():
    """Rows of one basket with equal value are taken for duplicates (SELECT DISTINCT of household, basket, value): two lines of 2.5 in one basket count once."""
    return _sw_15(
        _CR,
        (
            "JOIN transactions AS t ON",
            "JOIN (SELECT DISTINCT household_id, basket_id, sales_value, transaction_timestamp FROM transactions) AS t ON",
        ),
    )


def campaign_report__wrong_purchase_for_latest_campaign_only():
    """Each purchase is given to one campaign, the one that began last; it must count for both."""
    return _sw_15(
        _CR,
        (
            "    GROUP BY c.campaign_id\n), redeemed",
            """      AND NOT EXISTS (SELECT 1 FROM campaigns c2 JOIN campaign_descriptions d2 USING (campaign_id)
          WHERE c2.household_id = c.household_id
            AND CAST(t.transaction_timestamp AS DATE) BETWEEN d2.start_date AND d2.end_date
            AND (d2.start_date, d2.campaign_id) > (d.start_date, d.campaign_id))
    GROUP BY c.campaign_id\n), redeemed""",
        ),
    )


def campaign_report__wrong_fan_out_15():
    """Coupons are joined to the purchases by household and campaign: two coupons double the revenue."""
    return _sw_15(
        _CR,
        (
            "    GROUP BY c.campaign_id\n), redeemed",
            "    LEFT JOIN coupon_redemptions r ON r.household_id = c.household_id AND r.campaign_id = c.campaign_id\n"
            "    GROUP BY c.campaign_id\n), redeemed",
        ),
    )


# ------------------------------------------------------------------ 13.3 silent_households


def silent_households__right_not_exists_15():
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c
    WHERE NOT EXISTS (SELECT 1 FROM coupon_redemptions AS r
        WHERE r.campaign_id = c.campaign_id AND r.household_id = c.household_id)"""


def silent_households__right_left_join_15():
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c
    LEFT JOIN coupon_redemptions AS r ON r.campaign_id = c.campaign_id AND r.household_id = c.household_id
    WHERE r.household_id IS NULL"""


def silent_households__right_grouped_union():
    return """SELECT campaign_id, household_id FROM (
        SELECT campaign_id, household_id, 0 AS redeemed, 1 AS asked FROM campaigns
        UNION ALL SELECT campaign_id, household_id, 1, 0 FROM coupon_redemptions) AS u
    GROUP BY campaign_id, household_id HAVING SUM(redeemed) = 0 AND SUM(asked) = 1"""


def silent_households__wrong_not_in_with_null():
    """NOT IN a list with NULL is never true: a campaign with a redemption without a card loses its silent households."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c
    WHERE c.household_id NOT IN (SELECT r.household_id FROM coupon_redemptions AS r
        WHERE r.campaign_id = c.campaign_id)"""


def silent_households__wrong_campaign_forgotten():
    """A redemption in any campaign makes a household not silent in all."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c
    WHERE NOT EXISTS (SELECT 1 FROM coupon_redemptions AS r WHERE r.household_id = c.household_id)"""


def silent_households__wrong_text_key():
    """The pair is glued to a text without a separator: campaign 1 with household 12 is campaign 11 with household 2."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c
    WHERE CAST(c.campaign_id AS VARCHAR) || CAST(c.household_id AS VARCHAR) NOT IN (
        SELECT CAST(campaign_id AS VARCHAR) || CAST(household_id AS VARCHAR) FROM coupon_redemptions
        WHERE household_id IS NOT NULL)"""


def silent_households__wrong_null_is_household_zero():
    """NULL is made 0, so a household 0 looks as if it had redeemed (0 is an INTEGER like others)."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c
    WHERE c.household_id NOT IN (SELECT COALESCE(r.household_id, 0) FROM coupon_redemptions AS r
        WHERE r.campaign_id = c.campaign_id)"""


def silent_households__wrong_product_key():
    """The pair is compared by campaign_id * 1000 + household_id: campaign 8 with household 1001 is campaign 9 with household 1."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c
    WHERE c.campaign_id * 1000 + c.household_id NOT IN (
        SELECT campaign_id * 1000 + household_id FROM coupon_redemptions WHERE household_id IS NOT NULL)"""


def silent_households__wrong_two_separate_lists_15():
    """Household and campaign are looked for in two lists: household 2 that redeemed in 9 is missing from 8 as soon as somebody redeemed in 8."""
    return """SELECT campaign_id, household_id FROM campaigns
    WHERE NOT (household_id IN (SELECT household_id FROM coupon_redemptions WHERE household_id IS NOT NULL)
        AND campaign_id IN (SELECT campaign_id FROM coupon_redemptions WHERE household_id IS NOT NULL))"""


def silent_households__wrong_only_campaigns_with_redemptions():
    """Campaigns in which nobody redeemed have no rows, but all of their households are silent."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c
    WHERE c.campaign_id IN (SELECT campaign_id FROM coupon_redemptions)
      AND NOT EXISTS (SELECT 1 FROM coupon_redemptions AS r
        WHERE r.campaign_id = c.campaign_id AND r.household_id = c.household_id)"""


def silent_households__wrong_single_redeemers_are_silent():
    """HAVING COUNT(*) <= 1 after a LEFT JOIN: a silent household has one row, but so has one with a single coupon."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c
    LEFT JOIN coupon_redemptions AS r ON r.campaign_id = c.campaign_id AND r.household_id = c.household_id
    GROUP BY c.campaign_id, c.household_id HAVING COUNT(*) <= 1"""


def silent_households__wrong_condition_in_where_15():
    """The campaign is compared in WHERE after the join on households: a household with a redemption elsewhere only is lost."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c
    LEFT JOIN coupon_redemptions AS r ON r.household_id = c.household_id
    WHERE r.household_id IS NULL OR r.campaign_id IS NULL"""


def silent_households__wrong_join_unequal():
    """Rows of other campaigns are taken as proof of silence: redeemers of two campaigns appear as silent, and twice."""
    return """SELECT c.campaign_id, c.household_id FROM campaigns AS c
    LEFT JOIN coupon_redemptions AS r ON r.household_id = c.household_id
    WHERE r.campaign_id IS NULL OR r.campaign_id <> c.campaign_id"""


def silent_households__wrong_only_reached_once():
    """DISTINCT household: a household that is silent in two campaigns has one row."""
    return """SELECT MIN(c.campaign_id) AS campaign_id, c.household_id FROM campaigns AS c
    WHERE NOT EXISTS (SELECT 1 FROM coupon_redemptions AS r
        WHERE r.campaign_id = c.campaign_id AND r.household_id = c.household_id)
    GROUP BY c.household_id"""


# ------------------------------------------------------------------ 13.4 top_products

_TP_15 = """
SELECT department, place, product_id, revenue FROM (
    SELECT department, product_id, revenue,
        RANK() OVER (PARTITION BY department ORDER BY revenue DESC) AS place
    FROM (
        SELECT p.department AS department, t.product_id AS product_id, SUM(t.sales_value) AS revenue
        FROM transactions AS t JOIN products AS p ON p.product_id = t.product_id
        GROUP BY p.department, t.product_id
    ) AS sold
) AS ranked
WHERE place <= 3
ORDER BY department, place, product_id
"""


def top_products__right_rank_15():
    return _TP_15


def top_products__right_count_better_15():
    return """
    WITH sold AS (
        SELECT product_id, SUM(sales_value) AS revenue FROM transactions GROUP BY product_id
    ), named AS (SELECT department, product_id, revenue FROM sold JOIN products USING (product_id)),
    placed AS (
        SELECT a.department, 1 + (SELECT COUNT(*) FROM named AS b
            WHERE b.department = a.department AND b.revenue > a.revenue) AS place, a.product_id, a.revenue
        FROM named AS a
    )
    SELECT department, place, product_id, revenue FROM placed WHERE place < 4
    ORDER BY department, place, product_id"""


def top_products__right_qualify_15():
    return """
    SELECT p.department, RANK() OVER w AS place, p.product_id, SUM(t.sales_value) AS revenue
    FROM products AS p JOIN transactions AS t USING (product_id)
    GROUP BY p.department, p.product_id
    WINDOW w AS (PARTITION BY p.department ORDER BY SUM(t.sales_value) DESC)
    QUALIFY RANK() OVER w <= 3
    ORDER BY 1, 2, 3"""


def top_products__right_self_join_15():
    return """
    WITH s AS (
        SELECT p.department, t.product_id, SUM(t.sales_value) AS revenue
        FROM transactions t, products p WHERE t.product_id = p.product_id GROUP BY 1, 2
    )
    SELECT a.department, COUNT(b.product_id) + 1 AS place, a.product_id, a.revenue
    FROM s AS a LEFT JOIN s AS b ON b.department = a.department AND b.revenue > a.revenue
    GROUP BY a.department, a.product_id, a.revenue
    HAVING COUNT(b.product_id) <= 2
    ORDER BY department, place, product_id"""


def top_products__wrong_dense_rank_15():
    """DENSE_RANK: 1, 2, 2, 3 keeps a fourth product after a tie."""
    return _sw_15(_TP_15, ("RANK()", "DENSE_RANK()"))


def top_products__wrong_row_number_15():
    """ROW_NUMBER: products of equal revenue get different places, and a tie at the third place loses one."""
    return _sw_15(
        _TP_15, ("RANK()", "ROW_NUMBER()"), ("revenue DESC)", "revenue DESC, product_id)")
    )


def top_products__wrong_row_number_filter():
    """The filter is on ROW_NUMBER, the place shown is RANK: only a tie that crosses the third place loses a product."""
    return _sw_15(
        _TP_15,
        (
            "AS place\n",
            "AS place,\n        ROW_NUMBER() OVER (PARTITION BY department ORDER BY revenue DESC, product_id) AS rn\n",
        ),
        ("WHERE place <= 3", "WHERE rn <= 3"),
    )


def top_products__wrong_quantity_times_value_15():
    """sales_value, the value of the whole line, is multiplied by quantity."""
    return _sw_15(_TP_15, ("SUM(t.sales_value)", "SUM(t.quantity * t.sales_value)"))


def top_products__wrong_lines_ranked_15():
    """The best single line of a product is its revenue: shows for a product with two lines."""
    return _sw_15(_TP_15, ("SUM(t.sales_value)", "MAX(t.sales_value)"))


def top_products__wrong_lineless_products():
    """Products without a line get revenue 0 and a place."""
    return _sw_15(
        _TP_15,
        (
            "FROM transactions AS t JOIN products AS p ON",
            "FROM products AS p LEFT JOIN transactions AS t ON",
        ),
        ("SUM(t.sales_value)", "COALESCE(SUM(t.sales_value), 0)"),
        ("t.product_id AS product_id", "p.product_id AS product_id"),
        ("GROUP BY p.department, t.product_id", "GROUP BY p.department, p.product_id"),
    )


def top_products__wrong_whole_shop_15():
    """The places are those of the whole shop: a small department has none."""
    return _sw_15(_TP_15, ("PARTITION BY department ", ""))


def top_products__wrong_zero_revenue_dropped_15():
    """Products with revenue 0 are filtered out, although they have a line and may have the second place."""
    return _sw_15(
        _TP_15,
        (
            "GROUP BY p.department, t.product_id",
            "GROUP BY p.department, t.product_id HAVING SUM(t.sales_value) > 0",
        ),
    )


def top_products__wrong_order_by_revenue_only():
    """Within a place the higher product number comes first."""
    return _sw_15(
        _TP_15,
        (
            "ORDER BY department, place, product_id\n",
            "ORDER BY department, place, product_id DESC\n",
        ),
    )


def top_products__wrong_place_then_department():
    """Ordered by place, department, product."""
    return _sw_15(
        _TP_15,
        ("ORDER BY department, place, product_id\n", "ORDER BY place, department, product_id\n"),
    )


def top_products__wrong_rounded_to_units():
    """Places by revenue rounded to whole units: 2.4 and 2.3 share a place."""
    return _sw_15(_TP_15, ("ORDER BY revenue DESC", "ORDER BY ROUND(revenue) DESC"))


def top_products__wrong_equal_lines_once_15():
    """Lines are made distinct before the sum: a product bought twice in one basket at one price counts once."""
    return _sw_15(
        _TP_15, ("FROM transactions AS t", "FROM (SELECT DISTINCT * FROM transactions) AS t")
    )


def top_products__wrong_places_up_to_two():
    """place < 3 leaves out the third place."""
    return _sw_15(_TP_15, ("WHERE place <= 3", "WHERE place < 3"))


# ------------------------------------------------------------------ 13.5 current_orders

_CO_15 = """
SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue FROM (
    SELECT order_id, household_id, status, amount,
        ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY updated_at DESC, load_id DESC) AS n
    FROM order_events
) AS versions
WHERE n = 1 AND status = 'paid'
GROUP BY household_id
"""


def current_orders__right_row_number_15():
    return _CO_15


def current_orders__right_not_exists_15():
    return """
    SELECT e.household_id, COUNT(*) AS orders, SUM(e.amount) AS revenue
    FROM order_events AS e
    WHERE e.status = 'paid' AND NOT EXISTS (
        SELECT 1 FROM order_events AS f WHERE f.order_id = e.order_id
          AND (f.updated_at > e.updated_at OR (f.updated_at = e.updated_at AND f.load_id > e.load_id)))
    GROUP BY e.household_id"""


def current_orders__right_two_maxima_15():
    return """
    WITH latest AS (SELECT order_id, MAX(updated_at) AS updated_at FROM order_events GROUP BY order_id),
    last_load AS (
        SELECT e.order_id, e.updated_at, MAX(e.load_id) AS load_id
        FROM order_events AS e JOIN latest AS l ON l.order_id = e.order_id AND l.updated_at = e.updated_at
        GROUP BY e.order_id, e.updated_at
    )
    SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue
    FROM order_events JOIN last_load USING (order_id, updated_at, load_id)
    WHERE status = 'paid' GROUP BY household_id"""


def current_orders__wrong_paid_first_15():
    """Paid rows are kept first: an order that was cancelled later still counts."""
    return _sw_15(_CO_15, ("FROM order_events", "FROM order_events WHERE status = 'paid'"))


def current_orders__wrong_smaller_load_15():
    """Of equal updated_at the smaller load wins; shows where the two differ in status or amount."""
    return _sw_15(_CO_15, ("load_id DESC", "load_id ASC"))


def current_orders__wrong_load_before_time():
    """The largest load wins, whatever its time: a late repeat of an old version brings it back."""
    return _sw_15(_CO_15, ("updated_at DESC, load_id DESC", "load_id DESC, updated_at DESC"))


def current_orders__wrong_rank_by_time():
    """RANK by time alone keeps both deliveries of a last version: the order counts twice."""
    return _sw_15(
        _CO_15, ("ROW_NUMBER()", "RANK()"), ("updated_at DESC, load_id DESC", "updated_at DESC")
    )


def current_orders__wrong_distinct_then_rank():
    """Repeats are removed without load_id and RANK by time keeps the rest: two versions of one time that differ both count."""
    return _sw_15(
        _CO_15,
        ("ROW_NUMBER()", "RANK()"),
        ("updated_at DESC, load_id DESC", "updated_at DESC"),
        (
            "FROM order_events",
            "FROM (SELECT DISTINCT order_id, household_id, status, amount, updated_at FROM order_events) AS d",
        ),
    )


def current_orders__wrong_maxima_apart():
    """The row with the order's largest updated_at and the order's largest load_id: no row if the largest load is an older version."""
    return """
    WITH m AS (SELECT order_id, MAX(updated_at) AS updated_at, MAX(load_id) AS load_id
               FROM order_events GROUP BY order_id)
    SELECT e.household_id, COUNT(*) AS orders, SUM(e.amount) AS revenue
    FROM order_events AS e JOIN m USING (order_id, updated_at, load_id)
    WHERE e.status = 'paid' GROUP BY e.household_id"""


def current_orders__wrong_one_order_per_household():
    """The last version of a household, not of an order."""
    return _sw_15(_CO_15, ("PARTITION BY order_id", "PARTITION BY household_id"))


def current_orders__wrong_households_of_zero():
    """Households without a paid order get a row with 0."""
    return _sw_15(
        _CO_15,
        (
            "COUNT(*) AS orders, SUM(amount) AS revenue",
            "COUNT(CASE WHEN status = 'paid' THEN 1 END) AS orders, SUM(CASE WHEN status = 'paid' THEN amount ELSE 0 END) AS revenue",
        ),
        ("WHERE n = 1 AND status = 'paid'", "WHERE n = 1"),
    )


def current_orders__wrong_sum_distinct_15():
    """SUM(DISTINCT amount): two orders of equal amount count once."""
    return _sw_15(_CO_15, ("SUM(amount)", "SUM(DISTINCT amount)"))


def current_orders__wrong_largest_amount_15():
    """The amount is the largest of the paid versions of the order, not that of the last one."""
    return """
    SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue FROM (
        SELECT order_id, household_id, ARG_MAX(status, (updated_at, load_id)) AS status,
            MAX(amount) AS amount
        FROM order_events GROUP BY order_id, household_id) AS v
    WHERE status = 'paid' GROUP BY household_id"""


def current_orders__wrong_by_day_15():
    """Versions are ordered by the day of updated_at, then load: within a day the later load wins over the later time."""
    return _sw_15(_CO_15, ("updated_at DESC,", "CAST(updated_at AS DATE) DESC,"))


def current_orders__wrong_any_cancel_kills():
    """Orders with any version that is not paid are left out, also those that were paid last."""
    return _sw_15(
        _CO_15,
        (
            "WHERE n = 1",
            "WHERE order_id NOT IN (SELECT order_id FROM order_events WHERE status <> 'paid') AND n = 1",
        ),
    )


# ------------------------------------------------------------------ 13.6 median_basket

_MB_15 = """
SELECT store_id, AVG(sales_value) AS median FROM (
    SELECT store_id, sales_value,
        ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value) AS i,
        COUNT(*) OVER (PARTITION BY store_id) AS n
    FROM baskets
) AS numbered
WHERE 2 * i BETWEEN n AND n + 2
GROUP BY store_id
"""


def median_basket__right_numbered():
    return _MB_15


def median_basket__right_counts_15():
    return """
    SELECT store_id, AVG(DISTINCT sales_value) AS median FROM (
        SELECT a.store_id, a.basket_id, a.sales_value
        FROM baskets AS a JOIN baskets AS b ON b.store_id = a.store_id
        GROUP BY a.store_id, a.basket_id, a.sales_value
        HAVING 2 * SUM(CASE WHEN b.sales_value <= a.sales_value THEN 1 ELSE 0 END) >= COUNT(*)
           AND 2 * SUM(CASE WHEN b.sales_value >= a.sales_value THEN 1 ELSE 0 END) >= COUNT(*)
    ) AS middle GROUP BY store_id"""


def median_basket__right_both_directions():
    return """
    SELECT store_id, AVG(sales_value) AS median FROM (
        SELECT store_id, sales_value,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value, basket_id) AS up,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value DESC, basket_id DESC) AS down
        FROM baskets) AS x
    WHERE up IN (down - 1, down, down + 1) GROUP BY store_id"""


def median_basket__right_list_15():
    return """
    SELECT store_id, (s[(n + 1) // 2] + s[(n + 2) // 2]) / 2 AS median
    FROM (SELECT store_id, LIST_SORT(LIST(sales_value)) AS s, COUNT(*) AS n FROM baskets GROUP BY store_id) AS l"""


def median_basket__wrong_both_directions_ties():
    """Numbered up and down without a tie-break: for 1, 1, 2, 2 no row has neighbouring numbers, and the store is lost."""
    return """
    SELECT store_id, AVG(sales_value) AS median FROM (
        SELECT store_id, sales_value,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value) AS up,
            ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value DESC) AS down
        FROM baskets) AS x
    WHERE ABS(up - down) <= 1 GROUP BY store_id"""


def median_basket__wrong_rank_15():
    """RANK instead of ROW_NUMBER: with equal values the middle number may not exist (1, 2, 2: fine; 1, 1, 1: lost)."""
    return _sw_15(_MB_15, ("ROW_NUMBER()", "RANK()"))


def median_basket__wrong_distinct_values_15():
    """Equal values are counted once: 1, 1, 1, 9 gives 5."""
    return _sw_15(
        _MB_15, ("FROM baskets", "FROM (SELECT DISTINCT store_id, sales_value FROM baskets) AS d")
    )


def median_basket__wrong_lower_middle_15():
    """Of an even number the lower of the two values."""
    return _sw_15(_MB_15, ("WHERE 2 * i BETWEEN n AND n + 2", "WHERE i = (n + 1) // 2"))


def median_basket__wrong_float_division_15():
    """i IN (n / 2, n / 2 + 1): n / 2 is 2.5 for five baskets, so stores with an odd number are lost."""
    return _sw_15(_MB_15, ("WHERE 2 * i BETWEEN n AND n + 2", "WHERE i IN (n / 2, n / 2 + 1)"))


def median_basket__wrong_odd_has_two():
    """i IN (n // 2, n // 2 + 1) for every n: of an odd number the mean of the middle and the one below."""
    return _sw_15(_MB_15, ("WHERE 2 * i BETWEEN n AND n + 2", "WHERE i IN (n // 2, n // 2 + 1)"))


def median_basket__wrong_three_in_the_middle_15():
    """BETWEEN n - 1 AND n + 3 takes in one more on each side when n is odd."""
    return _sw_15(_MB_15, ("BETWEEN n AND n + 2", "BETWEEN n - 1 AND n + 3"))


def median_basket__wrong_rows_of_equal_values_weigh():
    """AVG over all rows that pass the counting condition, not over different values: 1, 1, 1, 2, 3, 4 gives 1.25."""
    return _sw_15(
        median_basket__right_counts_15(), ("AVG(DISTINCT sales_value)", "AVG(sales_value)")
    )


def median_basket__wrong_order_by_basket():
    """The rows are numbered in the order of basket_id, not of value."""
    return _sw_15(_MB_15, ("ORDER BY sales_value", "ORDER BY basket_id"))


def median_basket__wrong_count_of_shop():
    """The count is that of all stores."""
    return _sw_15(_MB_15, ("COUNT(*) OVER (PARTITION BY store_id)", "COUNT(*) OVER ()"))


def median_basket__wrong_mid_range_of_middle_half():
    """NTILE(2): the mean of the largest of the lower half and the smallest of the upper half; of an odd number the middle lies in the lower half, and the mean is too high."""
    return """
    SELECT store_id, (MAX(CASE WHEN h = 1 THEN sales_value END)
        + COALESCE(MIN(CASE WHEN h = 2 THEN sales_value END), MAX(CASE WHEN h = 1 THEN sales_value END))) / 2 AS median
    FROM (SELECT store_id, sales_value, NTILE(2) OVER (PARTITION BY store_id ORDER BY sales_value) AS h
          FROM baskets) AS x GROUP BY store_id"""


def median_basket__wrong_single_basket_lost():
    """A strict lower bound (2 i > n) with i <= n / 2 + 1 on integers: stores of two baskets give the larger one."""
    return _sw_15(_MB_15, ("2 * i BETWEEN n AND n + 2", "2 * i > n AND 2 * i <= n + 2"))


def median_basket__wrong_rounded_to_cents():
    """The median is rounded to two decimals: the mean of 1.25 and 1.5 is 1.375."""
    return _sw_15(_MB_15, ("AVG(sales_value)", "ROUND(AVG(sales_value), 2)"))


# ------------------------------------------------------------------ 13.7 day_retention

_DR_15 = """
WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
firsts AS (SELECT household_id, MIN(day) AS first_day FROM days GROUP BY household_id)
SELECT f.first_day AS cohort, COUNT(*) AS households,
    CASE WHEN f.first_day + 1 <= (SELECT MAX(day) FROM days)
        THEN CAST(COUNT(a.day) AS DOUBLE) / COUNT(*) END AS d1,
    CASE WHEN f.first_day + 7 <= (SELECT MAX(day) FROM days)
        THEN CAST(COUNT(b.day) AS DOUBLE) / COUNT(*) END AS d7
FROM firsts AS f
LEFT JOIN days AS a ON a.household_id = f.household_id AND a.day = f.first_day + 1
LEFT JOIN days AS b ON b.household_id = f.household_id AND b.day = f.first_day + 7
GROUP BY f.first_day
"""


def day_retention__right_two_joins():
    return _DR_15


def day_retention__right_exists_15():
    return """
    SELECT first_day AS cohort, COUNT(*) AS households,
        AVG(CASE WHEN first_day + INTERVAL 1 DAY > last_day THEN NULL WHEN EXISTS (SELECT 1 FROM transactions t
            WHERE t.household_id = f.household_id AND t.day = first_day + INTERVAL 1 DAY) THEN 1.0 ELSE 0.0 END) AS d1,
        AVG(CASE WHEN first_day + INTERVAL 7 DAY > last_day THEN NULL WHEN EXISTS (SELECT 1 FROM transactions t
            WHERE t.household_id = f.household_id AND t.day = first_day + INTERVAL 7 DAY) THEN 1.0 ELSE 0.0 END) AS d7
    FROM (SELECT household_id, MIN(day) AS first_day FROM transactions GROUP BY household_id) AS f,
         (SELECT MAX(day) AS last_day FROM transactions) AS m
    GROUP BY first_day"""


def day_retention__right_window_and_max():
    return """
    WITH x AS (
        SELECT household_id, day, MIN(day) OVER (PARTITION BY household_id) AS cohort,
               MAX(day) OVER () AS last_day FROM transactions
    ), h AS (
        SELECT cohort, household_id, last_day, MAX(CASE WHEN day - cohort = 1 THEN 1 ELSE 0 END) AS one,
               MAX(CASE WHEN day - cohort = 7 THEN 1 ELSE 0 END) AS seven
        FROM x GROUP BY cohort, household_id, last_day
    )
    SELECT cohort, COUNT(*) AS households,
        CASE WHEN last_day - cohort >= 1 THEN SUM(one) / CAST(COUNT(*) AS DOUBLE) END AS d1,
        CASE WHEN last_day - cohort >= 7 THEN SUM(seven) / CAST(COUNT(*) AS DOUBLE) END AS d7
    FROM h GROUP BY cohort, last_day"""


def day_retention__wrong_baskets_counted_15():
    """Days are not made distinct: a second basket on the later day counts the household twice (and repeats it in households)."""
    return _sw_15(_DR_15, ("SELECT DISTINCT household_id, day", "SELECT household_id, day"))


def day_retention__wrong_zero_for_unknown_15():
    """0 instead of NULL where the later day lies after the end of the table."""
    return _sw_15(
        _DR_15,
        (
            "THEN CAST(COUNT(b.day) AS DOUBLE) / COUNT(*) END",
            "THEN CAST(COUNT(b.day) AS DOUBLE) / COUNT(*) ELSE 0 END",
        ),
        (
            "THEN CAST(COUNT(a.day) AS DOUBLE) / COUNT(*) END",
            "THEN CAST(COUNT(a.day) AS DOUBLE) / COUNT(*) ELSE 0 END",
        ),
    )


def day_retention__wrong_last_day_unknown_15():
    """< instead of <=: NULL also where the later day is the last day of the table."""
    return _sw_15(
        _DR_15,
        ("f.first_day + 7 <= (", "f.first_day + 7 < ("),
        ("f.first_day + 1 <= (", "f.first_day + 1 < ("),
    )


def day_retention__wrong_null_when_nobody_returns():
    """NULL where nobody came back (NULLIF of the count), although the day is in the table: it must be 0."""
    return _sw_15(
        _DR_15,
        ("CAST(COUNT(b.day) AS DOUBLE)", "CAST(NULLIF(COUNT(b.day), 0) AS DOUBLE)"),
        ("CAST(COUNT(a.day) AS DOUBLE)", "CAST(NULLIF(COUNT(a.day), 0) AS DOUBLE)"),
    )


def day_retention__wrong_within_seven_days_15():
    """d7 counts a purchase on any of the days 1 to 7 instead of exactly the seventh."""
    return _sw_15(
        _DR_15,
        (
            "LEFT JOIN days AS b ON b.household_id = f.household_id AND b.day = f.first_day + 7",
            "LEFT JOIN (SELECT d.household_id, MIN(d.day) AS day FROM days d JOIN firsts g USING (household_id) "
            "WHERE d.day BETWEEN g.first_day + 1 AND g.first_day + 7 GROUP BY d.household_id) AS b "
            "ON b.household_id = f.household_id",
        ),
    )


def day_retention__wrong_first_day_is_day_one_15():
    """The first day is called day 1, so d7 looks at six days later."""
    return _sw_15(
        _DR_15,
        ("b.day = f.first_day + 7", "b.day = f.first_day + 6"),
        ("f.first_day + 7 <=", "f.first_day + 6 <="),
    )


def day_retention__wrong_every_day_is_a_cohort_15():
    """Every active household of a day is in its cohort, not only those that buy for the first time."""
    return _sw_15(
        _DR_15,
        (
            "SELECT household_id, MIN(day) AS first_day FROM days GROUP BY household_id",
            "SELECT household_id, day AS first_day FROM days",
        ),
    )


def day_retention__wrong_cohort_without_return_lost():
    """An inner join on day 1: households that did not return on it are neither in the denominator nor, alone, in any row."""
    return _sw_15(_DR_15, ("LEFT JOIN days AS a", "JOIN days AS a"))


def day_retention__wrong_end_of_own_history():
    """The last day is that of the cohort's own households: NULL where nobody of the cohort was seen later, though the table goes on."""
    return _sw_15(
        _DR_15,
        (
            "f.first_day + 7 <= (SELECT MAX(day) FROM days)",
            "f.first_day + 7 <= (SELECT MAX(d.day) FROM days d JOIN firsts g USING (household_id) WHERE g.first_day = f.first_day)",
        ),
    )


def day_retention__wrong_seven_days_for_both():
    """Both shares are NULL when the seventh day is not over; d1 may be known already."""
    return _sw_15(_DR_15, ("f.first_day + 1 <= (", "f.first_day + 7 <= ("))


def day_retention__wrong_d7_of_d1_15():
    """d7 requires a purchase on day 1 too, like a funnel; a household that comes on day 7 alone is lost."""
    return _sw_15(_DR_15, ("COUNT(b.day)", "COUNT(CASE WHEN a.day IS NOT NULL THEN b.day END)"))


def day_retention__wrong_weekday_of_text():
    """The later day is built from the day of the month (same month, day + 7): returns over the end of a month are lost."""
    return _sw_15(
        _DR_15,
        (
            "AND b.day = f.first_day + 7",
            "AND DAY(b.day) = DAY(f.first_day) + 7 AND DATE_TRUNC('month', b.day) = DATE_TRUNC('month', f.first_day)",
        ),
    )


def day_retention__wrong_rounded_15():
    """Shares are rounded to two decimals: 1/3 is 0.33."""
    return _sw_15(
        _DR_15,
        (
            "CAST(COUNT(b.day) AS DOUBLE) / COUNT(*)",
            "ROUND(CAST(COUNT(b.day) AS DOUBLE) / COUNT(*), 2)",
        ),
        (
            "CAST(COUNT(a.day) AS DOUBLE) / COUNT(*)",
            "ROUND(CAST(COUNT(a.day) AS DOUBLE) / COUNT(*), 2)",
        ),
    )


# ------------------------------------------------------------------ 13.8 longest_streak

_LS_15 = """
WITH days AS (SELECT DISTINCT household_id, day FROM transactions),
numbered AS (
    SELECT household_id, day,
        day - CAST(ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day) AS INTEGER) AS run
    FROM days
), runs AS (
    SELECT household_id, COUNT(*) AS n_days, MIN(day) AS first_day
    FROM numbered GROUP BY household_id, run
), ranked AS (
    SELECT household_id, n_days, first_day,
        ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY n_days DESC, first_day) AS place
    FROM runs
)
SELECT household_id, n_days, first_day FROM ranked WHERE place = 1
"""


def longest_streak__right_islands_15():
    return _LS_15


def longest_streak__right_lag_and_sum():
    return """
    WITH d AS (SELECT household_id, day FROM transactions GROUP BY household_id, day),
    marked AS (
        SELECT *, CASE WHEN day - LAG(day) OVER (PARTITION BY household_id ORDER BY day) = 1 THEN 0 ELSE 1 END AS opens FROM d
    ), named AS (
        SELECT *, SUM(opens) OVER (PARTITION BY household_id ORDER BY day ROWS UNBOUNDED PRECEDING) AS run FROM marked
    ), runs AS (SELECT household_id, run, COUNT(*) AS n, MIN(day) AS f FROM named GROUP BY household_id, run)
    SELECT r.household_id, r.n AS n_days, r.f AS first_day FROM runs AS r
    WHERE NOT EXISTS (SELECT 1 FROM runs AS s WHERE s.household_id = r.household_id
        AND (s.n > r.n OR (s.n = r.n AND s.f < r.f)))"""


def longest_streak__right_starts_and_ends_15():
    return """
    WITH d AS (SELECT DISTINCT household_id, day FROM transactions),
    starts AS (SELECT * FROM d WHERE NOT EXISTS (SELECT 1 FROM d AS y WHERE y.household_id = d.household_id AND y.day = d.day - 1)),
    ends AS (SELECT * FROM d WHERE NOT EXISTS (SELECT 1 FROM d AS y WHERE y.household_id = d.household_id AND y.day = d.day + 1)),
    runs AS (
        SELECT s.household_id, s.day AS first_day, MIN(e.day) - s.day + 1 AS n_days
        FROM starts AS s JOIN ends AS e ON e.household_id = s.household_id AND e.day >= s.day
        GROUP BY s.household_id, s.day
    ), best AS (SELECT household_id, MAX(n_days) AS n_days FROM runs GROUP BY household_id)
    SELECT household_id, n_days, MIN(first_day) AS first_day FROM runs JOIN best USING (household_id, n_days)
    GROUP BY household_id, n_days"""


def longest_streak__wrong_no_distinct_15():
    """Baskets are numbered, not days: a second basket on a day breaks or joins runs (example of the statement)."""
    return _sw_15(_LS_15, ("SELECT DISTINCT household_id, day", "SELECT household_id, day"))


def longest_streak__wrong_dense_rank_counts_baskets_15():
    """DENSE_RANK finds the runs in spite of repeated days, but COUNT(*) counts baskets."""
    return _sw_15(
        _LS_15,
        ("SELECT DISTINCT household_id, day", "SELECT household_id, day"),
        (
            "ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day)",
            "DENSE_RANK() OVER (PARTITION BY household_id ORDER BY day)",
        ),
    )


def longest_streak__wrong_latest_of_equal_15():
    """Of runs of equal length the latest."""
    return _sw_15(_LS_15, ("n_days DESC, first_day)", "n_days DESC, first_day DESC)"))


def longest_streak__wrong_all_of_equal():
    """RANK keeps every run of the largest length: several rows for a household."""
    return _sw_15(
        _LS_15,
        (
            "ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY n_days DESC, first_day)",
            "RANK() OVER (PARTITION BY household_id ORDER BY n_days DESC)",
        ),
    )


def longest_streak__wrong_first_day_of_household_15():
    """MAX of the length and MIN of the first day are taken apart: the first day of any run."""
    return _sw_15(
        _LS_15,
        (
            "SELECT household_id, n_days, first_day FROM ranked WHERE place = 1",
            "SELECT household_id, MAX(n_days) AS n_days, MIN(first_day) AS first_day FROM ranked GROUP BY household_id",
        ),
    )


def longest_streak__wrong_numbered_across_households():
    """The row numbers run over all households in the order of days, so another household's day breaks a run."""
    return _sw_15(
        _LS_15,
        (
            "ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day)",
            "ROW_NUMBER() OVER (ORDER BY day, household_id)",
        ),
    )


def longest_streak__wrong_day_of_month_15():
    """Runs are found with the number of the day in its month: a run over the end of a month is cut, and 31 January and 1 March may join wrongly."""
    return _sw_15(_LS_15, ("day - CAST(ROW_NUMBER()", "DAY(day) - CAST(ROW_NUMBER()"))


def longest_streak__wrong_day_of_year_15():
    """Runs are found with the number of the day in its year: a run over New Year is cut."""
    return _sw_15(_LS_15, ("day - CAST(ROW_NUMBER()", "DAYOFYEAR(day) - CAST(ROW_NUMBER()"))


def longest_streak__wrong_single_days_no_run():
    """A run needs two days: a household without one has no row."""
    return _sw_15(
        _LS_15, ("GROUP BY household_id, run\n", "GROUP BY household_id, run HAVING COUNT(*) > 1\n")
    )


def longest_streak__wrong_steps_counted_15():
    """The length is last day minus first day, one too small."""
    return _sw_15(_LS_15, ("COUNT(*) AS n_days", "MAX(day) - MIN(day) AS n_days"))


def longest_streak__wrong_run_without_household():
    """Runs are grouped by day minus number alone: households with the same value are put together."""
    return _sw_15(
        _LS_15,
        (
            "SELECT household_id, COUNT(*) AS n_days, MIN(day) AS first_day\n    FROM numbered GROUP BY household_id, run",
            "SELECT MIN(household_id) AS household_id, COUNT(*) AS n_days, MIN(day) AS first_day\n    FROM numbered GROUP BY run",
        ),
    )


def longest_streak__wrong_one_day_gap_allowed():
    """A gap of one day does not break a run (day - LAG <= 2)."""
    return _sw_15(
        longest_streak__right_lag_and_sum(),
        ("ORDER BY day) = 1 THEN 0", "ORDER BY day) <= 2 THEN 0"),
    )


# ------------------------------------------------------------------ 13.9 kill_sessions


def _ks_sessions(events, gap=30):
    by = defaultdict(list)
    for h, t in events:
        by[h].append(datetime.strptime(t, "%Y-%m-%d %H:%M:%S"))
    out = []
    for h in sorted(by):
        last, rows = None, []
        for t in sorted(by[h]):
            if last is None or t - last > timedelta(minutes=gap):
                rows.append([h, len(rows) + 1, t.strftime("%Y-%m-%d %H:%M:%S"), 0])
            rows[-1][3] += 1
            last = t
        out += [tuple(r) for r in rows]
    return out


_KS_EVENTS_15 = [
    (2, "2017-01-02 10:05:00"),
    (1, "2017-01-02 10:00:00"),
    (1, "2017-01-02 10:30:00"),
    (2, "2017-01-02 10:40:00"),
    (1, "2017-01-02 11:00:01"),
    (1, "2017-01-02 11:25:00"),
    (1, "2017-01-02 11:50:00"),
    (1, "2017-01-02 12:15:00"),
    (2, "2017-01-02 23:50:00"),
    (2, "2017-01-03 00:10:00"),
    (2, "2017-01-03 00:40:59"),
    (3, "2017-01-02 10:20:00"),
    (3, "2017-01-03 10:30:00"),
    (3, "2017-01-31 23:59:59"),
    (3, "2017-02-01 00:29:59"),
    (10, "2017-01-02 08:59:00"),
    (10, "2017-01-02 09:29:30"),
    (10, "2017-01-02 09:59:29"),
    (1, "2017-01-01 07:00:00"),
    (9, "2017-01-02 08:59:00"),
]


def kill_sessions__right_by_hand_15(implementation):
    want = [
        (1, 1, "2017-01-01 07:00:00", 1),
        (1, 2, "2017-01-02 10:00:00", 2),
        (1, 3, "2017-01-02 11:00:01", 4),
        (2, 1, "2017-01-02 10:05:00", 1),
        (2, 2, "2017-01-02 10:40:00", 1),
        (2, 3, "2017-01-02 23:50:00", 2),
        (2, 4, "2017-01-03 00:40:59", 1),
        (3, 1, "2017-01-02 10:20:00", 1),
        (3, 2, "2017-01-03 10:30:00", 1),
        (3, 3, "2017-01-31 23:59:59", 2),
        (9, 1, "2017-01-02 08:59:00", 1),
        (10, 1, "2017-01-02 08:59:00", 1),
        (10, 2, "2017-01-02 09:29:30", 2),
    ]
    try:
        return [tuple(r) for r in implementation(list(_KS_EVENTS_15))] == want
    except Exception:
        return False


def kill_sessions__right_random(implementation):
    rng = random.Random(4)
    for trial in range(12):
        events = set()
        for h in (3, 1, 12, 7):
            t = datetime(2017, rng.choice([1, 12]), 31, rng.choice([8, 23]), 20)
            for _ in range(rng.randint(1, 11)):
                events.add((h, t.strftime("%Y-%m-%d %H:%M:%S")))
                t += timedelta(
                    seconds=rng.choice(
                        [1, 60, 900, 1799, 1800, 1801, 1830, 3600, 86400, 87000, 86400 * 30]
                    )
                )
        events = sorted(events)
        rng.shuffle(events)
        if [tuple(r) for r in implementation(events)] != _ks_sessions(events):
            return False
    return [tuple(r) for r in implementation(list(_KS_EVENTS_15))] == _ks_sessions(_KS_EVENTS_15)


def kill_sessions__right_small_questions(implementation):
    base = datetime(2017, 1, 2, 23, 40)

    def rows(*seconds, h=1):
        return [(h, (base + timedelta(seconds=s)).strftime("%Y-%m-%d %H:%M:%S")) for s in seconds]

    questions = [
        rows(0),
        rows(0, 1800),
        rows(0, 1801),
        rows(1801, 0),
        rows(0, 1500, 3000, 4500),
        rows(0, 1859),
        rows(0, 86400),
        rows(0, 600, 90000, 90600),
        rows(0, 1800, 3601, 3700),
        rows(0, 4000, 4001, 9000),
        rows(0, 1200, 2400) + rows(600, 1800, 3000, h=2),
        rows(0, 4000, h=10) + rows(0, h=9) + rows(100, 9000, h=2),
        rows(*[k * 3600 for k in range(12)]),
        rows(0, 5000) + rows(5000, h=2),
        list(_KS_EVENTS_15),
    ]
    return all([tuple(r) for r in implementation(q)] == _ks_sessions(q) for q in questions)


def kill_sessions__wrong_one_household_15(implementation):
    """One household with three events far apart or close: gaps of exactly 30 minutes, midnight and other households are never asked."""
    events = [(1, "2017-01-02 10:00:00"), (1, "2017-01-02 10:10:00"), (1, "2017-01-02 14:00:00")]
    return [tuple(r) for r in implementation(events)] == _ks_sessions(events)


def kill_sessions__wrong_half_hour_opens(implementation):
    """Expects that a gap of exactly 30 minutes opens a session: right queries are rejected."""
    events = [(1, "2017-01-02 10:00:00"), (1, "2017-01-02 10:30:00")]
    return [tuple(r) for r in implementation(events)] == [
        (1, 1, "2017-01-02 10:00:00", 1),
        (1, 2, "2017-01-02 10:30:00", 1),
    ]


def kill_sessions__wrong_sessions_cut_at_midnight(implementation):
    """Expects a new session at midnight: right queries are rejected."""
    events = [(1, "2017-01-02 23:50:00"), (1, "2017-01-03 00:05:00")]
    return len(implementation(events)) == 2


def kill_sessions__wrong_numbers_only(implementation):
    """Compares the number of rows alone: wrong starts, counts and numbers pass."""
    return len(implementation(list(_KS_EVENTS_15))) == len(_ks_sessions(_KS_EVENTS_15))


def kill_sessions__wrong_thirty_from_start(implementation):
    """Expects that a session lasts 30 minutes at most from its start: right queries are rejected."""
    events = [(1, "2017-01-02 10:00:00"), (1, "2017-01-02 10:20:00"), (1, "2017-01-02 10:40:00")]
    return len(implementation(events)) == 2


def kill_sessions__wrong_numbers_go_on_15(implementation):
    """Expects session numbers that go on over households: right queries are rejected."""
    got = [tuple(r) for r in implementation(list(_KS_EVENTS_15))]
    return [r[1] for r in got] == list(range(1, len(got) + 1))


def kill_sessions__wrong_sum_of_events(implementation):
    """Checks only that every event is in some session: nearly every wrong query passes."""
    return sum(r[3] for r in implementation(list(_KS_EVENTS_15))) == len(_KS_EVENTS_15)


def kill_sessions__wrong_lists_not_tuples(implementation):
    """Compares with lists, and a tuple is never equal to a list: right queries are rejected."""
    return implementation(list(_KS_EVENTS_15)) == [list(r) for r in _ks_sessions(_KS_EVENTS_15)]


def kill_sessions__wrong_same_second_twice(implementation):
    """Sends two events of one household at the same time, against the contract, with 60 rows, and expects them to be one."""
    events = [(1, "2017-01-02 10:00:00")] * 60
    return [tuple(r) for r in implementation(events)] == [(1, 1, "2017-01-02 10:00:00", 1)]


def kill_sessions__wrong_households_as_text(implementation):
    """Expects the order of households as text (10 before 9): right queries are rejected."""
    want = sorted(_ks_sessions(_KS_EVENTS_15), key=lambda r: (str(r[0]), r[1]))
    return [tuple(r) for r in implementation(list(_KS_EVENTS_15))] == want


# ------------------------------------------------------------------ 13.10 rolling_active

_RA_15 = """
SELECT c.day AS day, COUNT(DISTINCT t.household_id) AS active
FROM calendar AS c
LEFT JOIN transactions AS t ON t.day BETWEEN c.day - 6 AND c.day
GROUP BY c.day
ORDER BY c.day
"""


def rolling_active__right_range_join_15():
    return _RA_15


def rolling_active__right_correlated_15():
    return """
    SELECT c.day, (SELECT COUNT(DISTINCT t.household_id) FROM transactions AS t
        WHERE t.day > c.day - INTERVAL 7 DAY AND t.day <= c.day) AS active
    FROM calendar AS c ORDER BY c.day"""


def rolling_active__right_spread_15():
    return """
    WITH spread AS (
        SELECT DISTINCT t.household_id, t.day + s.k AS day
        FROM transactions AS t, (VALUES (0), (1), (2), (3), (4), (5), (6)) AS s(k)
    ), counted AS (SELECT day, COUNT(*) AS active FROM spread GROUP BY day)
    SELECT c.day, COALESCE(n.active, 0) AS active FROM calendar AS c LEFT JOIN counted AS n ON n.day = c.day
    ORDER BY c.day"""


def rolling_active__wrong_eight_days_15():
    """BETWEEN day - 7 AND day is eight days."""
    return _sw_15(_RA_15, ("c.day - 6", "c.day - 7"))


def rolling_active__wrong_six_days_15():
    """From day - 5 on: six days."""
    return _sw_15(_RA_15, ("c.day - 6", "c.day - 5"))


def rolling_active__wrong_today_excluded():
    """The seven days before the day, not those that end with it."""
    return _sw_15(
        _RA_15, ("t.day BETWEEN c.day - 6 AND c.day", "t.day BETWEEN c.day - 7 AND c.day - 1")
    )


def rolling_active__wrong_inner_join_15():
    """Days without a purchase in their window have no row."""
    return _sw_15(_RA_15, ("LEFT JOIN", "JOIN"))


def rolling_active__wrong_count_star_15():
    """COUNT(*) over distinct pairs: the empty left row counts as 1 where nobody was active."""
    return """
    SELECT day, COUNT(*) AS active FROM (
        SELECT DISTINCT c.day AS day, t.household_id FROM calendar AS c
        LEFT JOIN transactions AS t ON t.day BETWEEN c.day - 6 AND c.day) AS x
    GROUP BY day ORDER BY day"""


def rolling_active__wrong_baskets_15():
    """Baskets are counted, not households."""
    return _sw_15(_RA_15, ("COUNT(DISTINCT t.household_id)", "COUNT(DISTINCT t.basket_id)"))


def rolling_active__wrong_daily_counts_added():
    """The daily numbers of households are added up: a household that buys on two days counts twice."""
    return """
    WITH daily AS (SELECT day, COUNT(DISTINCT household_id) AS n FROM transactions GROUP BY day)
    SELECT c.day, CAST(COALESCE(SUM(d.n), 0) AS BIGINT) AS active FROM calendar AS c
    LEFT JOIN daily AS d ON d.day BETWEEN c.day - 6 AND c.day GROUP BY c.day ORDER BY c.day"""


def rolling_active__wrong_calendar_days_only_15():
    """Only purchases on days of the calendar count: a missing day's purchases are lost."""
    return _sw_15(
        _RA_15,
        (
            "LEFT JOIN transactions AS t",
            "LEFT JOIN (SELECT * FROM transactions WHERE day IN (SELECT day FROM calendar)) AS t",
        ),
    )


def rolling_active__wrong_seven_rows_15():
    """The window is the seven last rows of the calendar, not seven days: it is too long where days are missing."""
    return """
    WITH c AS (SELECT day, COALESCE(LAG(day, 6) OVER (ORDER BY day), day - 6) AS since FROM calendar)
    SELECT c.day, COUNT(DISTINCT t.household_id) AS active FROM c
    LEFT JOIN transactions AS t ON t.day BETWEEN c.since AND c.day GROUP BY c.day ORDER BY c.day"""


def rolling_active__wrong_before_calendar_lost():
    """Purchases before the first day of the calendar do not count."""
    return _sw_15(
        _RA_15,
        (
            "LEFT JOIN transactions AS t ON",
            "LEFT JOIN transactions AS t ON t.day >= (SELECT MIN(day) FROM calendar) AND",
        ),
    )


def rolling_active__wrong_latest_first():
    """Sorted from the latest day to the earliest."""
    return _sw_15(_RA_15, ("ORDER BY c.day", "ORDER BY c.day DESC"))


def rolling_active__wrong_calendar_week_15():
    """The calendar week up to the day instead of seven days."""
    return _sw_15(_RA_15, ("BETWEEN c.day - 6 AND", "BETWEEN DATE_TRUNC('week', c.day) AND"))


def rolling_active__wrong_last_purchase_only():
    """Only the last purchase of each household is looked at: it is not active on earlier days."""
    return _sw_15(
        _RA_15,
        (
            "LEFT JOIN transactions AS t",
            "LEFT JOIN (SELECT household_id, MAX(day) AS day FROM transactions GROUP BY household_id) AS t",
        ),
    )


def rolling_active__wrong_where_undoes_left():
    """The window is in WHERE with OR t.day IS NULL: a day whose window is empty is lost as soon as anybody ever bought."""
    return """
    SELECT c.day, COUNT(DISTINCT t.household_id) AS active FROM calendar AS c LEFT JOIN transactions AS t ON TRUE
    WHERE t.day IS NULL OR t.day BETWEEN c.day - 6 AND c.day GROUP BY c.day ORDER BY c.day"""


# ------------------------------------------------------------------ 13.11 peak_online

_PO = """
WITH moments AS (
    SELECT day, CAST(day AS TIMESTAMP) AS m FROM calendar
    UNION
    SELECT c.day, s.login FROM calendar AS c
    JOIN sessions AS s ON s.login >= c.day AND s.login < c.day + INTERVAL 1 DAY
), online AS (
    SELECT m.day, m.m, COUNT(DISTINCT s.user_id) AS n
    FROM moments AS m
    LEFT JOIN sessions AS s ON s.login <= m.m AND (s.logout > m.m OR s.logout IS NULL)
    GROUP BY m.day, m.m
)
SELECT day, MAX(n) AS peak FROM online GROUP BY day
"""


def peak_online__right_moments():
    return _PO


def peak_online__right_correlated_15():
    return """
    SELECT c.day, COALESCE((
        SELECT MAX(n) FROM (
            SELECT p.m, (SELECT COUNT(DISTINCT o.user_id) FROM sessions AS o
                WHERE o.login <= p.m AND COALESCE(o.logout, TIMESTAMP '9999-01-01') > p.m) AS n
            FROM (SELECT login AS m FROM sessions UNION SELECT CAST(day AS TIMESTAMP) FROM calendar) AS p
        ) AS q WHERE CAST(q.m AS DATE) = c.day), 0) AS peak
    FROM calendar AS c"""


def peak_online__right_sweep():
    return """
    WITH s AS (
        SELECT user_id, login, COALESCE(logout, TIMESTAMP '9999-01-01') AS logout FROM sessions
        WHERE logout IS NULL OR logout > login
    ), marked AS (
        SELECT *, CASE WHEN login <= MAX(logout) OVER (PARTITION BY user_id ORDER BY login, logout
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS opens FROM s
    ), named AS (
        SELECT *, SUM(opens) OVER (PARTITION BY user_id ORDER BY login, logout ROWS UNBOUNDED PRECEDING) AS g FROM marked
    ), united AS (SELECT user_id, g, MIN(login) AS login, MAX(logout) AS logout FROM named GROUP BY user_id, g),
    steps AS (
        SELECT login AS m, 1 AS step FROM united UNION ALL SELECT logout, -1 FROM united
        UNION ALL SELECT CAST(day AS TIMESTAMP), 0 FROM calendar
    ), net AS (SELECT m, SUM(step) AS step FROM steps GROUP BY m),
    levels AS (SELECT m, SUM(step) OVER (ORDER BY m ROWS UNBOUNDED PRECEDING) AS n FROM net)
    SELECT c.day, CAST(MAX(l.n) AS BIGINT) AS peak FROM calendar AS c
    JOIN levels AS l ON l.m >= c.day AND l.m < c.day + INTERVAL 1 DAY GROUP BY c.day"""


def peak_online__wrong_sessions_counted_15():
    """Sessions are counted: a user who is online twice counts twice."""
    return _sw_15(_PO, ("COUNT(DISTINCT s.user_id)", "COUNT(s.user_id)"))


def peak_online__wrong_logout_included_15():
    """A user is still online at the moment of logout: who leaves when another comes makes a peak of 2."""
    return _sw_15(_PO, ("s.logout > m.m", "s.logout >= m.m"))


def peak_online__wrong_open_sessions_lost_15():
    """Sessions without an end are left out."""
    return _sw_15(_PO, ("(s.logout > m.m OR s.logout IS NULL)", "s.logout > m.m"))


def peak_online__wrong_open_ends_at_midnight():
    """A session without an end is closed at the end of the day of its login."""
    return _sw_15(
        _PO,
        ("s.logout IS NULL", "(s.logout IS NULL AND CAST(s.login AS DATE) = CAST(m.m AS DATE))"),
    )


def peak_online__wrong_start_of_day_forgotten():
    """Only logins on the day are looked at, with 0 for the other days: a user who stays over night is lost on a day without a login."""
    return """
    WITH online AS (
        SELECT CAST(l.login AS DATE) AS day, l.login, COUNT(DISTINCT s.user_id) AS n
        FROM sessions AS l JOIN sessions AS s ON s.login <= l.login AND (s.logout > l.login OR s.logout IS NULL)
        GROUP BY 1, 2)
    SELECT c.day, COALESCE(MAX(o.n), 0) AS peak FROM calendar AS c LEFT JOIN online AS o ON o.day = c.day GROUP BY c.day"""


def peak_online__wrong_came_the_same_day():
    """Only users who logged in on the day itself count."""
    return _sw_15(
        _PO, ("ON s.login <= m.m AND", "ON s.login <= m.m AND CAST(s.login AS DATE) = m.day AND")
    )


def peak_online__wrong_empty_session_counts_15():
    """Whether a session covers a moment is asked of its login too (login = moment): a session whose login and logout are equal counts at it."""
    return _sw_15(_PO, ("s.logout > m.m OR", "s.logout > m.m OR s.login = m.m OR"))


def peak_online__wrong_next_midnight_included_15():
    """BETWEEN takes a login at the next 00:00 to this day as well."""
    return _sw_15(
        _PO,
        (
            "s.login >= c.day AND s.login < c.day + INTERVAL 1 DAY",
            "s.login BETWEEN c.day AND c.day + INTERVAL 1 DAY",
        ),
    )


def peak_online__wrong_users_of_the_day_15():
    """The number of different users of the day, whether or not they were online together."""
    return """
    SELECT c.day, COUNT(DISTINCT s.user_id) AS peak FROM calendar AS c
    LEFT JOIN sessions AS s ON s.login < c.day + INTERVAL 1 DAY AND (s.logout > c.day OR s.logout IS NULL)
        AND (s.logout IS NULL OR s.logout > s.login)
    GROUP BY c.day"""


def peak_online__wrong_whole_seconds():
    """Times are cut to whole seconds: a visit from 10:00:00.2 to 10:00:00.8 is empty, and two that do not meet within a second do."""
    return _sw_15(
        _PO,
        (
            "WITH moments AS (",
            "WITH s0 AS (SELECT user_id, DATE_TRUNC('second', login) AS login, DATE_TRUNC('second', logout) AS logout FROM sessions),\nmoments AS (",
        ),
        ("JOIN sessions AS s", "JOIN s0 AS s"),
    )


def peak_online__wrong_every_minute():
    """Moments are the full minutes of the day: a peak that lasts less than a minute is missed."""
    return _sw_15(
        _PO,
        (
            "SELECT c.day, s.login FROM calendar AS c\n    JOIN sessions AS s ON s.login >= c.day AND s.login < c.day + INTERVAL 1 DAY",
            "SELECT c.day, c.day + k.i * INTERVAL 1 MINUTE FROM calendar AS c, RANGE(1440) AS k(i)",
        ),
    )


def peak_online__wrong_midnight_logout_counts_next_day():
    """The start of the day uses >=: a user who logs out at 00:00 exactly is online on the new day."""
    return _sw_15(
        _PO,
        (
            "(s.logout > m.m OR s.logout IS NULL)",
            "(s.logout > m.m OR s.logout IS NULL OR (s.logout = m.m AND m.m = CAST(m.day AS TIMESTAMP) AND s.login < s.logout))",
        ),
    )


def peak_online__wrong_sweep_of_raw_sessions():
    """+1 and -1 are summed with all sessions of a user, logout first: sessions instead of users, and an empty session leaves no trace."""
    return """
    WITH steps AS (SELECT login AS m, 1 AS step FROM sessions UNION ALL SELECT logout, -1 FROM sessions WHERE logout IS NOT NULL
        UNION ALL SELECT CAST(day AS TIMESTAMP), 0 FROM calendar),
    net AS (SELECT m, SUM(step) AS step FROM steps GROUP BY m),
    levels AS (SELECT m, SUM(step) OVER (ORDER BY m) AS n FROM net)
    SELECT c.day, CAST(MAX(l.n) AS BIGINT) AS peak FROM calendar AS c
    JOIN levels AS l ON CAST(l.m AS DATE) = c.day GROUP BY c.day"""


def peak_online__wrong_days_from_sessions():
    """Days on which nobody is online have no row."""
    return _sw_15(_PO, ("FROM online GROUP BY day", "FROM online GROUP BY day HAVING MAX(n) > 0"))


def peak_online__wrong_neighbour_sessions_merged_by_lag():
    """Overlapping sessions of a user are found with LAG, that is with the session before alone: a short one inside a long one hides the long one's end, and the third session counts twice."""
    return _sw_15(
        peak_online__right_sweep(),
        (
            "MAX(logout) OVER (PARTITION BY user_id ORDER BY login, logout\n            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)",
            "LAG(logout) OVER (PARTITION BY user_id ORDER BY login, logout)",
        ),
    )


# ------------------------------------------------------------------ 13.12 purchase_funnel

_PF_15 = """
SELECT v.product_id AS product_id, COUNT(DISTINCT v.household_id) AS viewed,
    COUNT(DISTINCT c.household_id) AS carted, COUNT(DISTINCT b.household_id) AS bought
FROM (SELECT * FROM events WHERE event = 'view') AS v
LEFT JOIN (SELECT * FROM events WHERE event = 'cart') AS c
    ON c.household_id = v.household_id AND c.product_id = v.product_id
    AND c.event_at > v.event_at AND c.event_at <= v.event_at + INTERVAL 24 HOUR
LEFT JOIN (SELECT * FROM events WHERE event = 'buy') AS b
    ON b.household_id = v.household_id AND b.product_id = v.product_id
    AND b.event_at > c.event_at AND b.event_at <= v.event_at + INTERVAL 24 HOUR
GROUP BY v.product_id
"""


def purchase_funnel__right_joins_15():
    return _PF_15


def purchase_funnel__right_exists_15():
    return """
    WITH flags AS (
        SELECT v.product_id, v.household_id,
            EXISTS (SELECT 1 FROM events c WHERE c.event = 'cart' AND c.household_id = v.household_id
                AND c.product_id = v.product_id AND c.event_at > v.event_at
                AND c.event_at - v.event_at <= INTERVAL 24 HOUR) AS carted,
            EXISTS (SELECT 1 FROM events c, events b WHERE c.event = 'cart' AND b.event = 'buy'
                AND c.household_id = v.household_id AND b.household_id = v.household_id
                AND c.product_id = v.product_id AND b.product_id = v.product_id
                AND c.event_at > v.event_at AND b.event_at > c.event_at
                AND b.event_at <= v.event_at + INTERVAL 1 DAY) AS bought
        FROM events v WHERE v.event = 'view')
    SELECT product_id, COUNT(DISTINCT household_id) AS viewed,
        COUNT(DISTINCT CASE WHEN carted THEN household_id END) AS carted,
        COUNT(DISTINCT CASE WHEN bought THEN household_id END) AS bought
    FROM flags GROUP BY product_id"""


def purchase_funnel__right_first_cart_of_each_view_15():
    return """
    WITH v AS (SELECT DISTINCT household_id, product_id, event_at AS t FROM events WHERE event = 'view'),
    c AS (
        SELECT v.household_id, v.product_id, v.t, MIN(e.event_at) AS cart_at FROM v
        JOIN events AS e ON e.household_id = v.household_id AND e.product_id = v.product_id AND e.event = 'cart'
            AND e.event_at > v.t AND e.event_at <= v.t + INTERVAL 24 HOUR
        GROUP BY 1, 2, 3
    ), b AS (
        SELECT DISTINCT c.household_id, c.product_id FROM c JOIN events AS e ON e.household_id = c.household_id
            AND e.product_id = c.product_id AND e.event = 'buy' AND e.event_at > c.cart_at
            AND e.event_at <= c.t + INTERVAL 24 HOUR
    )
    SELECT v.product_id, COUNT(DISTINCT v.household_id) AS viewed,
        (SELECT COUNT(DISTINCT c.household_id) FROM c WHERE c.product_id = v.product_id) AS carted,
        (SELECT COUNT(*) FROM b WHERE b.product_id = v.product_id) AS bought
    FROM v GROUP BY v.product_id"""


def purchase_funnel__wrong_day_from_cart_15():
    """The 24 hours of the purchase are measured from the cart."""
    return _sw_15(
        _PF_15,
        (
            "b.event_at <= v.event_at + INTERVAL 24 HOUR",
            "b.event_at <= c.event_at + INTERVAL 24 HOUR",
        ),
    )


def purchase_funnel__wrong_first_view_only_15():
    """Only the first view of a household counts: a later view that leads to a purchase is lost."""
    return _sw_15(
        _PF_15,
        (
            "(SELECT * FROM events WHERE event = 'view')",
            "(SELECT household_id, product_id, MIN(event_at) AS event_at FROM events WHERE event = 'view' GROUP BY household_id, product_id)",
        ),
    )


def purchase_funnel__wrong_last_view_only_15():
    """Only the last view counts: a look at the product after the purchase hides it."""
    return _sw_15(
        _PF_15,
        (
            "(SELECT * FROM events WHERE event = 'view')",
            "(SELECT household_id, product_id, MAX(event_at) AS event_at FROM events WHERE event = 'view' GROUP BY household_id, product_id)",
        ),
    )


def purchase_funnel__wrong_last_cart_only():
    """Only the last cart counts: a second cart after the purchase hides it."""
    return _sw_15(
        _PF_15,
        (
            "(SELECT * FROM events WHERE event = 'cart')",
            "(SELECT household_id, product_id, MAX(event_at) AS event_at FROM events WHERE event = 'cart' GROUP BY household_id, product_id)",
        ),
    )


def purchase_funnel__wrong_first_cart_of_household():
    """Only the household's first cart counts: one before the view hides the one after it."""
    return _sw_15(
        _PF_15,
        (
            "(SELECT * FROM events WHERE event = 'cart')",
            "(SELECT household_id, product_id, MIN(event_at) AS event_at FROM events WHERE event = 'cart' GROUP BY household_id, product_id)",
        ),
    )


def purchase_funnel__wrong_equal_times_are_after():
    """>= : a cart at the very time of the view counts."""
    return _sw_15(_PF_15, ("c.event_at > v.event_at", "c.event_at >= v.event_at"))


def purchase_funnel__wrong_buy_at_time_of_cart():
    """>= : a purchase at the very time of the cart counts."""
    return _sw_15(_PF_15, ("b.event_at > c.event_at", "b.event_at >= c.event_at"))


def purchase_funnel__wrong_hour_borders():
    """DATEDIFF counts the hour borders: from 10:10 to 10:40 on the next day are 24 borders and 24.5 hours, and it counts."""
    return _sw_15(
        _PF_15,
        (
            "c.event_at <= v.event_at + INTERVAL 24 HOUR",
            "DATEDIFF('hour', v.event_at, c.event_at) <= 24",
        ),
        (
            "b.event_at <= v.event_at + INTERVAL 24 HOUR",
            "DATEDIFF('hour', v.event_at, b.event_at) <= 24",
        ),
    )


def purchase_funnel__wrong_same_or_next_day():
    """Calendar days instead of 24 hours: everything up to the end of the next day counts."""
    return _sw_15(
        _PF_15,
        (
            "c.event_at <= v.event_at + INTERVAL 24 HOUR",
            "CAST(c.event_at AS DATE) - CAST(v.event_at AS DATE) <= 1",
        ),
        (
            "b.event_at <= v.event_at + INTERVAL 24 HOUR",
            "CAST(b.event_at AS DATE) - CAST(v.event_at AS DATE) <= 1",
        ),
    )


def purchase_funnel__wrong_exactly_a_day_excluded():
    """< : a cart exactly 24 hours after the view is lost (the purchase of the example is compared with <=)."""
    return _sw_15(
        _PF_15,
        (
            "c.event_at <= v.event_at + INTERVAL 24 HOUR",
            "c.event_at < v.event_at + INTERVAL 24 HOUR",
        ),
    )


def purchase_funnel__wrong_buy_without_cart():
    """A purchase after the view counts without a cart between them."""
    return _sw_15(
        _PF_15, ("b.event_at > c.event_at", "b.event_at > v.event_at AND c.event_at IS NOT NULL")
    )


def purchase_funnel__wrong_views_not_shared():
    """The cart needs some view in the day before it, and the purchase some view in the day before it: not the same one (the hint's case)."""
    return """
    WITH v AS (SELECT * FROM events WHERE event = 'view'),
    c AS (SELECT e.* FROM events e WHERE event = 'cart' AND EXISTS (SELECT 1 FROM v WHERE v.household_id = e.household_id
        AND v.product_id = e.product_id AND e.event_at > v.event_at AND e.event_at <= v.event_at + INTERVAL 24 HOUR)),
    b AS (SELECT e.* FROM events e WHERE event = 'buy' AND EXISTS (SELECT 1 FROM v WHERE v.household_id = e.household_id
        AND v.product_id = e.product_id AND e.event_at > v.event_at AND e.event_at <= v.event_at + INTERVAL 24 HOUR)
        AND EXISTS (SELECT 1 FROM c WHERE c.household_id = e.household_id AND c.product_id = e.product_id AND c.event_at < e.event_at))
    SELECT v.product_id, COUNT(DISTINCT v.household_id) AS viewed, COUNT(DISTINCT c.household_id) AS carted,
        COUNT(DISTINCT b.household_id) AS bought
    FROM v LEFT JOIN c ON c.product_id = v.product_id AND c.household_id = v.household_id
    LEFT JOIN b ON b.product_id = v.product_id AND b.household_id = v.household_id
    GROUP BY v.product_id"""


def purchase_funnel__wrong_events_counted_15():
    """Events and not households: a repeated view counts twice."""
    return _sw_15(
        _PF_15, ("COUNT(DISTINCT v.household_id)", "COUNT(DISTINCT (v.household_id, v.event_at))")
    )


def purchase_funnel__wrong_product_of_cart_forgotten():
    """The purchase may be of another product."""
    return _sw_15(
        _PF_15,
        (
            "b.household_id = v.household_id AND b.product_id = v.product_id",
            "b.household_id = v.household_id",
        ),
    )


def purchase_funnel__wrong_uncarted_products_lost():
    """An inner join with carts: products that nobody put into the cart have no row, and viewed counts those that did."""
    return _sw_15(
        _PF_15,
        (
            "LEFT JOIN (SELECT * FROM events WHERE event = 'cart')",
            "JOIN (SELECT * FROM events WHERE event = 'cart')",
        ),
    )


def purchase_funnel__wrong_products_without_view_15():
    """Products that were only carted or bought get a row of zeros."""
    return (
        """
    SELECT p.product_id, COALESCE(f.viewed, 0) AS viewed, COALESCE(f.carted, 0) AS carted, COALESCE(f.bought, 0) AS bought
    FROM (SELECT DISTINCT product_id FROM events) AS p LEFT JOIN ("""
        + _PF_15
        + ") AS f ON f.product_id = p.product_id"
    )


# ------------------------------------------------------------------ 13.13 level_history

_LH = """
WITH days AS (
    SELECT user_id, level, day FROM (
        SELECT user_id, level, day,
            ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) AS n
        FROM changes
    ) AS x WHERE n = 1
), compared AS (
    SELECT user_id, level, day,
        LAG(level) OVER (PARTITION BY user_id ORDER BY day) AS before,
        ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY day) AS i
    FROM days
), versions AS (
    SELECT user_id, level, day AS start_day,
        COALESCE(LEAD(day) OVER (PARTITION BY user_id ORDER BY day), DATE '9999-12-31') AS end_day
    FROM compared WHERE i = 1 OR level IS DISTINCT FROM before
)
SELECT user_id, level, start_day, end_day FROM versions WHERE level IS NOT NULL
"""


def level_history__right_lag_lead():
    return _LH


def level_history__right_self_joins():
    return """
    WITH d AS (
        SELECT c.user_id, c.level, c.day FROM changes AS c
        WHERE NOT EXISTS (SELECT 1 FROM changes AS o WHERE o.user_id = c.user_id AND o.day = c.day AND o.change_id > c.change_id)
    ), s AS (
        SELECT a.user_id, a.level, a.day FROM d AS a WHERE a.level IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM d AS p WHERE p.user_id = a.user_id AND p.level = a.level
              AND p.day = (SELECT MAX(q.day) FROM d AS q WHERE q.user_id = a.user_id AND q.day < a.day))
    )
    SELECT s.user_id, s.level, s.day AS start_day,
        COALESCE((SELECT MIN(e.day) FROM d AS e WHERE e.user_id = s.user_id AND e.day > s.day
            AND (e.level IS NULL OR e.level <> s.level)), DATE '9999-12-31') AS end_day
    FROM s"""


def level_history__right_islands_15():
    return """
    WITH d AS (SELECT user_id, day, ARG_MAX(COALESCE('x' || level, ''), change_id) AS lv FROM changes GROUP BY user_id, day),
    t AS (SELECT *, LEAD(day, 1, DATE '9999-12-31') OVER (PARTITION BY user_id ORDER BY day) AS until,
            ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY day)
              - ROW_NUMBER() OVER (PARTITION BY user_id, lv ORDER BY day) AS island FROM d)
    SELECT user_id, SUBSTR(lv, 2) AS level, MIN(day) AS start_day, MAX(until) AS end_day
    FROM t WHERE lv <> '' GROUP BY user_id, lv, island"""


def level_history__wrong_not_equal():
    """<> is NULL beside a deletion: a deletion ends no version, and who comes back begins none."""
    return _sw_15(_LH, ("level IS DISTINCT FROM before", "level <> before"))


def level_history__wrong_deletions_left_out_first():
    """Deletions are removed at the start: a version runs on over them, and the same level after one is a repeat."""
    return _sw_15(_LH, (") AS x WHERE n = 1", ") AS x WHERE n = 1 AND level IS NOT NULL"))


def level_history__wrong_deletions_left_out_of_the_raw_rows():
    """Deletions are removed before the last row of a day is chosen: a level on the day of a deletion that came later survives."""
    return _sw_15(
        _LH,
        (
            "FROM changes\n",
            "FROM changes c WHERE level IS NOT NULL OR NOT EXISTS (SELECT 1 FROM changes o "
            "WHERE o.user_id = c.user_id AND o.day = c.day AND o.level IS NOT NULL)\n",
        ),
    )


def level_history__wrong_deletions_left_out_before_end():
    """Deletions are removed before LEAD: the version before one ends at the next version, not at the deletion."""
    return _sw_15(
        _LH,
        (
            "WHERE i = 1 OR level IS DISTINCT FROM before",
            "WHERE (i = 1 OR level IS DISTINCT FROM before) AND level IS NOT NULL",
        ),
    )


def level_history__wrong_repeats_before_days():
    """Repeats are removed from the raw rows, before the last row of a day is chosen: silver, gold and silver on one day begin a new version."""
    return """
    WITH compared AS (
        SELECT *, LAG(level) OVER w AS before, ROW_NUMBER() OVER w AS i FROM changes
        WINDOW w AS (PARTITION BY user_id ORDER BY day, change_id)
    ), kept AS (SELECT * FROM compared WHERE i = 1 OR level IS DISTINCT FROM before),
    days AS (SELECT * FROM kept QUALIFY ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) = 1),
    v AS (SELECT user_id, level, day AS start_day,
            COALESCE(LEAD(day) OVER (PARTITION BY user_id ORDER BY day), DATE '9999-12-31') AS end_day FROM days)
    SELECT * FROM v WHERE level IS NOT NULL"""


def level_history__wrong_by_arrival():
    """Rows are taken in the order of change_id: a row that arrives late comes after later days."""
    return _sw_15(
        _LH,
        ("SELECT user_id, level, day FROM (", "SELECT user_id, level, day, change_id FROM ("),
        (
            "SELECT user_id, level, day,\n            ROW_NUMBER()",
            "SELECT user_id, level, day, change_id,\n            ROW_NUMBER()",
        ),
        (
            "LAG(level) OVER (PARTITION BY user_id ORDER BY day)",
            "LAG(level) OVER (PARTITION BY user_id ORDER BY change_id)",
        ),
    )


def level_history__wrong_first_row_of_a_day():
    """The smallest change_id of a day counts."""
    return _sw_15(_LH, ("ORDER BY change_id DESC", "ORDER BY change_id"))


def level_history__wrong_one_version_per_level_15():
    """Grouped by user and level: gold, silver, gold becomes one gold from the first to the last day."""
    return _sw_15(
        _LH,
        (
            "SELECT user_id, level, start_day, end_day FROM versions WHERE level IS NOT NULL",
            "SELECT user_id, level, MIN(start_day) AS start_day, MAX(end_day) AS end_day FROM versions "
            "WHERE level IS NOT NULL GROUP BY user_id, level",
        ),
    )


def level_history__wrong_end_at_repeat():
    """The end is taken before repeats are removed: a version ends where its own level is repeated."""
    return _sw_15(
        _LH,
        (
            "        ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY day) AS i\n",
            "        ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY day) AS i,\n"
            "        COALESCE(LEAD(day) OVER (PARTITION BY user_id ORDER BY day), DATE '9999-12-31') AS end_day\n",
        ),
        (
            "        COALESCE(LEAD(day) OVER (PARTITION BY user_id ORDER BY day), DATE '9999-12-31') AS end_day\n    FROM compared",
            "        end_day\n    FROM compared",
        ),
    )


def level_history__wrong_day_before():
    """The end is the day before the next version (inclusive)."""
    return _sw_15(
        _LH,
        (
            "COALESCE(LEAD(day) OVER (PARTITION BY user_id ORDER BY day),",
            "COALESCE(LEAD(day) OVER (PARTITION BY user_id ORDER BY day) - 1,",
        ),
    )


def level_history__wrong_open_end_null_15():
    """The end of the last version is NULL."""
    return _sw_15(
        _LH,
        (
            "COALESCE(LEAD(day) OVER (PARTITION BY user_id ORDER BY day), DATE '9999-12-31')",
            "LEAD(day) OVER (PARTITION BY user_id ORDER BY day)",
        ),
    )


def level_history__wrong_deletion_is_version():
    """A deletion has a row with level NULL."""
    return _sw_15(_LH, ("FROM versions WHERE level IS NOT NULL", "FROM versions"))


def level_history__wrong_later_arrivals_only():
    """Only rows whose change_id is the largest so far are kept in the order of days: late rows are dropped."""
    return _sw_15(
        _LH,
        (
            "FROM changes\n",
            "FROM changes c WHERE NOT EXISTS (SELECT 1 FROM changes o WHERE o.user_id = c.user_id AND o.day > c.day AND o.change_id < c.change_id)\n",
        ),
    )


def level_history__wrong_lag_filled_with_last_level():
    """LAG with IGNORE NULLS: a deleted user who comes back with the old level has no new version."""
    return _sw_15(
        _LH,
        (
            "LAG(level) OVER (PARTITION BY user_id ORDER BY day)",
            "LAG(level IGNORE NULLS) OVER (PARTITION BY user_id ORDER BY day)",
        ),
    )


# ------------------------------------------------------------------ 13.14 features_as_of

_FA_15 = """
SELECT l.household_id, l.as_of,
    COUNT(DISTINCT CASE WHEN t.day >= l.as_of - 28 THEN t.basket_id END) AS baskets,
    COALESCE(SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value END), 0) AS spend,
    MAX(t.day) AS last_day,
    (SELECT r.tier FROM tiers AS r WHERE r.household_id = l.household_id AND r.valid_from < l.as_of
        ORDER BY r.valid_from DESC LIMIT 1) AS tier
FROM labels AS l
LEFT JOIN transactions AS t ON t.household_id = l.household_id AND t.day < l.as_of
GROUP BY l.household_id, l.as_of
"""


def features_as_of__right_one_join():
    return _FA_15


def features_as_of__right_ctes_15():
    return """
    WITH past AS (
        SELECT l.household_id, l.as_of, t.basket_id, t.sales_value, t.day
        FROM labels AS l JOIN transactions AS t USING (household_id) WHERE t.day < l.as_of
    ), recent AS (
        SELECT household_id, as_of, COUNT(DISTINCT basket_id) AS baskets, SUM(sales_value) AS spend
        FROM past WHERE day >= as_of - INTERVAL 28 DAY GROUP BY household_id, as_of
    ), latest AS (SELECT household_id, as_of, MAX(day) AS last_day FROM past GROUP BY household_id, as_of),
    tier_then AS (
        SELECT household_id, as_of, tier FROM (
            SELECT l.household_id, l.as_of, r.tier, ROW_NUMBER() OVER (
                PARTITION BY l.household_id, l.as_of ORDER BY r.valid_from DESC) AS n
            FROM labels AS l JOIN tiers AS r ON r.household_id = l.household_id AND r.valid_from < l.as_of) AS x
        WHERE n = 1
    )
    SELECT l.household_id, l.as_of, COALESCE(r.baskets, 0) AS baskets, COALESCE(r.spend, 0.0) AS spend,
        p.last_day, k.tier
    FROM labels AS l
    LEFT JOIN recent AS r ON r.household_id = l.household_id AND r.as_of = l.as_of
    LEFT JOIN latest AS p ON p.household_id = l.household_id AND p.as_of = l.as_of
    LEFT JOIN tier_then AS k ON k.household_id = l.household_id AND k.as_of = l.as_of"""


def features_as_of__right_subqueries():
    return """
    SELECT l.household_id, l.as_of,
        (SELECT COUNT(DISTINCT basket_id) FROM transactions t WHERE t.household_id = l.household_id
            AND t.day BETWEEN l.as_of - 28 AND l.as_of - 1) AS baskets,
        (SELECT COALESCE(SUM(sales_value), 0) FROM transactions t WHERE t.household_id = l.household_id
            AND t.day BETWEEN l.as_of - 28 AND l.as_of - 1) AS spend,
        (SELECT MAX(day) FROM transactions t WHERE t.household_id = l.household_id AND t.day < l.as_of) AS last_day,
        (SELECT r.tier FROM tiers r WHERE r.household_id = l.household_id AND r.valid_from = (
            SELECT MAX(q.valid_from) FROM tiers q WHERE q.household_id = l.household_id AND q.valid_from < l.as_of)) AS tier
    FROM labels l"""


def features_as_of__wrong_day_of_label_included():
    """Purchases of the day of the label count."""
    return _sw_15(_FA_15, ("t.day < l.as_of", "t.day <= l.as_of"))


def features_as_of__wrong_tier_of_the_day_15():
    """A tier that is valid from the day of the label counts."""
    return _sw_15(_FA_15, ("r.valid_from < l.as_of", "r.valid_from <= l.as_of"))


def features_as_of__wrong_27_days_15():
    """Strictly after as_of - 28: 27 days."""
    return _sw_15(_FA_15, ("t.day >= l.as_of - 28", "t.day > l.as_of - 28"))


def features_as_of__wrong_29_days_15():
    """From as_of - 29 on: 29 days."""
    return _sw_15(_FA_15, ("t.day >= l.as_of - 28", "t.day >= l.as_of - 29"))


def features_as_of__wrong_calendar_month():
    """One month back instead of 28 days."""
    return _sw_15(_FA_15, ("t.day >= l.as_of - 28", "t.day >= l.as_of - INTERVAL 1 MONTH"))


def features_as_of__wrong_last_day_in_window_15():
    """last_day is looked for in the 28 days only: an older purchase gives NULL."""
    return _sw_15(
        _FA_15,
        (
            "MAX(t.day) AS last_day",
            "MAX(CASE WHEN t.day >= l.as_of - 28 THEN t.day END) AS last_day",
        ),
    )


def features_as_of__wrong_lines_as_baskets():
    """Lines are counted as baskets."""
    return _sw_15(_FA_15, ("COUNT(DISTINCT CASE", "COUNT(CASE"))


def features_as_of__wrong_tiers_multiply_spend_15():
    """Tiers are joined to the purchases: a household with two earlier tiers has twice its spend."""
    return """
    SELECT l.household_id, l.as_of,
        COUNT(DISTINCT CASE WHEN t.day >= l.as_of - 28 THEN t.basket_id END) AS baskets,
        COALESCE(SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value END), 0) AS spend,
        MAX(t.day) AS last_day, ARG_MAX(r.tier, r.valid_from) AS tier
    FROM labels AS l
    LEFT JOIN transactions AS t ON t.household_id = l.household_id AND t.day < l.as_of
    LEFT JOIN tiers AS r ON r.household_id = l.household_id AND r.valid_from < l.as_of
    GROUP BY l.household_id, l.as_of"""


def features_as_of__wrong_tiers_and_sum_distinct():
    """The joined tiers are repaired by SUM(DISTINCT): two lines of equal value count once."""
    return _sw_15(
        features_as_of__wrong_tiers_multiply_spend_15(), ("SUM(CASE", "SUM(DISTINCT CASE")
    )


def features_as_of__wrong_highest_name():
    """MAX(tier) is the last name in the alphabet, not the latest tier: silver before gold."""
    return _sw_15(
        _FA_15,
        ("SELECT r.tier FROM", "SELECT MAX(r.tier) FROM"),
        ("\n        ORDER BY r.valid_from DESC LIMIT 1", ""),
    )


def features_as_of__wrong_current_tier_15():
    """The household's latest tier of all, shown only if it is valid before as_of; an earlier one is not looked for."""
    return _sw_15(
        _FA_15,
        (
            "r.valid_from < l.as_of\n        ORDER BY r.valid_from DESC LIMIT 1",
            "r.valid_from < l.as_of\n        AND r.valid_from = (SELECT MAX(q.valid_from) FROM tiers AS q WHERE q.household_id = r.household_id)",
        ),
    )


def features_as_of__wrong_one_row_per_household():
    """One row for each household: its latest label only."""
    return _sw_15(
        _FA_15,
        (
            "FROM labels AS l\n",
            "FROM (SELECT household_id, MAX(as_of) AS as_of FROM labels GROUP BY household_id) AS l\n",
        ),
    )


def features_as_of__wrong_households_without_purchase_lost():
    """An inner join: labels without an earlier purchase have no row."""
    return _sw_15(_FA_15, ("LEFT JOIN transactions", "JOIN transactions"))


def features_as_of__wrong_window_in_where():
    """WHERE keeps the 28 days or NULL: a household whose purchases are all older loses its row (and last_day)."""
    return _sw_15(
        _FA_15,
        (
            "GROUP BY l.household_id",
            "WHERE t.day IS NULL OR t.day >= l.as_of - 28\nGROUP BY l.household_id",
        ),
    )


def features_as_of__wrong_spend_null_15():
    """spend is NULL where there is none."""
    return _sw_15(
        _FA_15,
        (
            "COALESCE(SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value END), 0)",
            "SUM(CASE WHEN t.day >= l.as_of - 28 THEN t.sales_value END)",
        ),
    )


TRUE |= {
    "campaign_report__wrong_midnight_of_last_day": ("midnight_ends_the_last_day",),
    "campaign_report__wrong_next_midnight_included": ("day_after_included",),
    "campaign_report__wrong_redemptions_of_reached_only_15": ("coupons_of_strangers_lost",),
    "campaign_report__wrong_redemptions_in_the_days_only": ("redemptions_of_the_days",),
    "campaign_report__wrong_starts_from_descriptions": ("unsent_campaigns_shown",),
    "campaign_report__wrong_sum_distinct_15": ("distinct_amounts",),
    "campaign_report__wrong_revenue_null_15": ("null_for_nothing",),
    "silent_households__wrong_not_in_with_null": ("not_in_with_null",),
    "silent_households__wrong_campaign_forgotten": ("any_campaign",),
    "silent_households__wrong_two_separate_lists_15": ("any_campaign",),
    "silent_households__wrong_only_campaigns_with_redemptions": ("unredeemed_campaigns_lost",),
    "silent_households__wrong_condition_in_where_15": ("any_campaign",),
    "silent_households__wrong_join_unequal": ("once_for_each_other_campaign",),
    "silent_households__wrong_only_reached_once": ("each_household_once",),
    "top_products__wrong_dense_rank_15": ("places_not_skipped",),
    "top_products__wrong_row_number_15": ("ties_broken",),
    "top_products__wrong_quantity_times_value_15": ("value_times_quantity",),
    "top_products__wrong_lines_ranked_15": ("best_line",),
    "top_products__wrong_lineless_products": ("unsold_products_placed",),
    "top_products__wrong_whole_shop_15": ("over_all_departments",),
    "top_products__wrong_places_up_to_two": ("two_places",),
    "current_orders__wrong_paid_first_15": ("filter_before_dedup",),
    "current_orders__wrong_smaller_load_15": ("smaller_load_wins",),
    "current_orders__wrong_load_before_time": ("latest_load_wins",),
    "current_orders__wrong_rank_by_time": ("equal_times_kept",),
    "current_orders__wrong_one_order_per_household": ("one_order_a_household",),
    "current_orders__wrong_households_of_zero": ("unpaid_households_shown",),
    "current_orders__wrong_sum_distinct_15": ("equal_amounts_once",),
    "current_orders__wrong_largest_amount_15": ("latest_of_each_column",),
    "median_basket__wrong_rank_15": ("equal_baskets_share_a_number",),
    "median_basket__wrong_distinct_values_15": ("distinct_values",),
    "median_basket__wrong_lower_middle_15": ("lower_middle",),
    "median_basket__wrong_odd_has_two": ("neighbour_of_the_middle",),
    "median_basket__wrong_rows_of_equal_values_weigh": ("equal_baskets_in_the_mean",),
    "median_basket__wrong_order_by_basket": ("not_sorted_by_value",),
    "median_basket__wrong_mid_range_of_middle_half": ("neighbour_of_the_middle",),
    "median_basket__wrong_single_basket_lost": ("upper_middle",),
    "day_retention__wrong_baskets_counted_15": ("rows_of_the_join_counted",),
    "day_retention__wrong_zero_for_unknown_15": ("unfinished_as_zero",),
    "day_retention__wrong_last_day_unknown_15": ("last_day_not_counted",),
    "day_retention__wrong_null_when_nobody_returns": ("null_for_no_return",),
    "day_retention__wrong_within_seven_days_15": ("within_seven_days",),
    "day_retention__wrong_first_day_is_day_one_15": ("first_day_is_day_one_of_seven",),
    "day_retention__wrong_every_day_is_a_cohort_15": ("every_day_is_a_cohort",),
    "day_retention__wrong_d7_of_d1_15": ("d7_needs_d1",),
    "day_retention__wrong_weekday_of_text": ("day_number_in_month",),
    "day_retention__wrong_rounded_15": ("shares_in_two_decimals",),
    "longest_streak__wrong_no_distinct_15": ("two_baskets_two_days",),
    "longest_streak__wrong_latest_of_equal_15": ("latest_of_equal",),
    "longest_streak__wrong_all_of_equal": ("all_equal_runs",),
    "longest_streak__wrong_first_day_of_household_15": ("first_day_of_all",),
    "longest_streak__wrong_day_of_month_15": ("day_of_month",),
    "longest_streak__wrong_single_days_no_run": ("single_days_lost",),
    "longest_streak__wrong_steps_counted_15": ("steps_not_days",),
    "longest_streak__wrong_one_day_gap_allowed": ("one_day_gap_allowed",),
    "kill_sessions__wrong_one_household_15": ("one_household_only",),
    "kill_sessions__wrong_sum_of_events": ("events_add_up",),
    "kill_sessions__wrong_lists_not_tuples": ("rejects_all",),
    "kill_sessions__wrong_households_as_text": ("rejects_all",),
    "rolling_active__wrong_eight_days_15": ("eight_days",),
    "rolling_active__wrong_six_days_15": ("six_days",),
    "rolling_active__wrong_today_excluded": ("today_left_out",),
    "rolling_active__wrong_inner_join_15": ("empty_windows_missing",),
    "rolling_active__wrong_baskets_15": ("baskets_counted",),
    "rolling_active__wrong_daily_counts_added": ("daily_counts_added",),
    "rolling_active__wrong_calendar_days_only_15": ("days_outside_the_calendar_lost",),
    "rolling_active__wrong_before_calendar_lost": ("days_outside_the_calendar_lost",),
    "rolling_active__wrong_latest_first": ("newest_first",),
    "rolling_active__wrong_calendar_week_15": ("calendar_weeks",),
    "peak_online__wrong_sessions_counted_15": ("sessions_online",),
    "peak_online__wrong_logout_included_15": ("ends_still_online",),
    "peak_online__wrong_open_sessions_lost_15": ("no_logout_lost",),
    "peak_online__wrong_open_ends_at_midnight": ("no_logout_until_midnight",),
    "peak_online__wrong_start_of_day_forgotten": ("start_of_the_day_missing",),
    "peak_online__wrong_came_the_same_day": ("logins_of_the_day_alone",),
    "peak_online__wrong_empty_session_counts_15": ("no_length_online",),
    "peak_online__wrong_users_of_the_day_15": ("users_of_the_day",),
    "peak_online__wrong_every_minute": ("on_the_full_minute",),
    "peak_online__wrong_sweep_of_raw_sessions": ("sessions_online",),
    "peak_online__wrong_days_from_sessions": ("days_of_nobody_missing",),
    "peak_online__wrong_neighbour_sessions_merged_by_lag": ("merged_with_the_one_before",),
    "purchase_funnel__wrong_day_from_cart_15": ("window_from_the_cart",),
    "purchase_funnel__wrong_first_view_only_15": ("first_view_only",),
    "purchase_funnel__wrong_last_view_only_15": ("last_view_only",),
    "purchase_funnel__wrong_equal_times_are_after": ("equal_times_counted",),
    "purchase_funnel__wrong_buy_at_time_of_cart": ("equal_times_counted",),
    "purchase_funnel__wrong_hour_borders": ("hours_of_the_clock",),
    "purchase_funnel__wrong_same_or_next_day": ("next_calendar_day",),
    "purchase_funnel__wrong_buy_without_cart": ("order_ignored",),
    "purchase_funnel__wrong_views_not_shared": ("any_view_for_each_step",),
    "purchase_funnel__wrong_product_of_cart_forgotten": ("any_product",),
    "level_history__wrong_not_equal": ("not_equal_to_null",),
    "level_history__wrong_deletions_left_out_first": ("deletions_left_out",),
    "level_history__wrong_deletions_left_out_of_the_raw_rows": ("deletion_of_the_day_lost",),
    "level_history__wrong_deletions_left_out_before_end": ("return_closes_the_gap",),
    "level_history__wrong_repeats_before_days": ("repeats_before_the_day",),
    "level_history__wrong_first_row_of_a_day": ("first_of_the_day",),
    "level_history__wrong_end_at_repeat": ("ended_by_a_repeat",),
    "level_history__wrong_day_before": ("day_before_the_next",),
    "level_history__wrong_open_end_null_15": ("open_end_is_null",),
    "level_history__wrong_lag_filled_with_last_level": ("old_level_again_lost",),
    "features_as_of__wrong_day_of_label_included": ("day_itself_included",),
    "features_as_of__wrong_tier_of_the_day_15": ("tier_of_the_day",),
    "features_as_of__wrong_27_days_15": ("twenty_seven_days",),
    "features_as_of__wrong_29_days_15": ("twenty_nine_days",),
    "features_as_of__wrong_last_day_in_window_15": ("last_day_in_the_window",),
    "features_as_of__wrong_lines_as_baskets": ("lines_not_baskets",),
    "features_as_of__wrong_tiers_multiply_spend_15": ("tiers_multiply_spend",),
    "features_as_of__wrong_highest_name": ("last_tier_by_name",),
    "features_as_of__wrong_one_row_per_household": ("one_row_a_household",),
    "features_as_of__wrong_households_without_purchase_lost": ("silent_lost",),
    "features_as_of__wrong_spend_null_15": ("null_spend",),
}
