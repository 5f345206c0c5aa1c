"""Right answers of the SQL round, written differently from the reference."""

# ---- break_campaign_report ------------------------------------------------------------------


def break_campaign_report__one_table_each(defect):
    campaigns, days = [(1, 5)], [(1, "2017-01-02", "2017-01-04")]
    bought = [(5, 1, 1.0, "2017-01-03 10:00:00")]
    coupons = [(5, 9, 1, "2017-01-03")]
    if defect == "fan_out":
        coupons.append((5, 10, 1, "2017-01-04"))
    elif defect == "where_undoes_left_join":
        campaigns.append((1, 6))
    elif defect == "rows_counted":
        bought.append((5, 2, 7.0, "2017-01-03 10:00:00"))
    elif defect == "last_day_lost":
        bought = [(5, 1, 1.0, "2017-01-04 19:00:00")]
    elif defect == "sum_distinct":
        bought.append((5, 2, 1.0, "2017-01-03 12:00:00"))
    else:
        bought = [(5, 1, 1.0, "2017-02-03 10:00:00")]
    return campaigns, days, bought, coupons


def break_campaign_report__two_campaigns_as_lists(defect):
    return [
        [[1, 5], [2, 5], [2, 6]],
        [[1, "2017-01-02", "2017-01-04"], [2, "2017-01-03", "2017-01-09"]],
        [
            [5, 1, 1, "2017-01-03 10:00:00"],
            [5, 2, 1.0, "2017-01-04 23:59:59"],
            [5, 3, 8.25, "2016-12-31 10:00:00"],
        ],
        [[5, 9, 1, "2017-01-03"], [5, 9, 1, "2017-01-03"]],
    ]


# ---- campaign_report ------------------------------------------------------------------------


def campaign_report__subqueries_and_half_open():
    return """
    select ids.campaign_id as CAMPAIGN_ID,
      (select count(*) from campaigns c where c.campaign_id = ids.campaign_id) as reached,
      (select count(distinct t.household_id) from transactions t
       join campaigns c on c.household_id = t.household_id and c.campaign_id = ids.campaign_id
       where t.transaction_timestamp >= d.start_date
         and t.transaction_timestamp < d.end_date + interval 1 day) as buyers,
      (select count(*) from coupon_redemptions r where r.campaign_id = ids.campaign_id)
        as redemptions,
      (select coalesce(sum(t.sales_value), 0) from transactions t
       where t.household_id in (
           select household_id from campaigns c where c.campaign_id = ids.campaign_id)
         and t.transaction_timestamp >= d.start_date
         and t.transaction_timestamp < d.end_date + interval 1 day) as revenue
    from (select distinct campaign_id from campaigns) ids
    join campaign_descriptions d using (campaign_id)
    """


def campaign_report__coupons_aggregated_first():
    return """
    SELECT c.campaign_id,
      COUNT(DISTINCT c.household_id) AS reached,
      COUNT(DISTINCT t.household_id) AS buyers,
      COALESCE(ANY_VALUE(r.n), 0) AS redemptions,
      COALESCE(SUM(t.sales_value), 0)::DECIMAL(12, 2) AS revenue
    FROM campaigns c
    JOIN campaign_descriptions d USING (campaign_id)
    LEFT JOIN transactions t
      ON t.household_id = c.household_id
     AND DATE_TRUNC('day', t.transaction_timestamp) BETWEEN d.start_date AND d.end_date
    LEFT JOIN (SELECT campaign_id, COUNT(*) AS n FROM coupon_redemptions GROUP BY ALL) r
      ON r.campaign_id = c.campaign_id
    GROUP BY c.campaign_id
    ORDER BY revenue DESC;
    """


# ---- silent_households ----------------------------------------------------------------------


def silent_households__left_join():
    return """
    SELECT DISTINCT c.campaign_id, c.household_id
    FROM campaigns c LEFT JOIN coupon_redemptions r USING (campaign_id, household_id)
    WHERE r.campaign_id IS NULL"""


def silent_households__except():
    return """
    SELECT campaign_id, household_id FROM campaigns
    EXCEPT SELECT campaign_id, household_id FROM coupon_redemptions"""


def silent_households__not_in_without_null():
    return """
    SELECT campaign_id, household_id FROM campaigns AS c
    WHERE household_id NOT IN (
        SELECT household_id FROM coupon_redemptions AS r
        WHERE r.campaign_id = c.campaign_id AND household_id IS NOT NULL)"""


# ---- top_products ---------------------------------------------------------------------------


def top_products__qualify():
    return """
    SELECT department, RANK() OVER w AS place, product_id, SUM(sales_value) AS revenue
    FROM transactions JOIN products USING (product_id)
    GROUP BY department, product_id
    WINDOW w AS (PARTITION BY department ORDER BY SUM(sales_value) DESC)
    QUALIFY place <= 3
    ORDER BY 1, 2, 3"""


def top_products__better_ones_counted():
    return """
    WITH r AS (
      SELECT p.department, p.product_id, SUM(t.sales_value) AS revenue
      FROM products p JOIN transactions t ON t.product_id = p.product_id
      GROUP BY 1, 2)
    SELECT * FROM (
      SELECT a.department,
        1 + (SELECT COUNT(*) FROM r b
             WHERE b.department = a.department AND b.revenue > a.revenue) AS place,
        a.product_id, a.revenue
      FROM r a)
    WHERE place < 4
    ORDER BY department, place, product_id"""


# ---- current_orders -------------------------------------------------------------------------


def current_orders__no_later_one():
    return """
    SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue
    FROM order_events e
    WHERE status = 'paid' AND NOT EXISTS (
      SELECT 1 FROM order_events l
      WHERE l.order_id = e.order_id AND (l.updated_at > e.updated_at
        OR (l.updated_at = e.updated_at AND l.load_id > e.load_id)))
    GROUP BY household_id"""


def current_orders__arg_max():
    return """
    WITH last AS (
      SELECT order_id,
        ARG_MAX({'h': household_id, 's': status, 'a': amount}, (updated_at, load_id)) AS v
      FROM order_events GROUP BY order_id)
    SELECT v.h AS household_id, COUNT(*) AS orders, SUM(v.a) AS revenue
    FROM last WHERE v.s = 'paid' GROUP BY v.h"""


# ---- median_basket --------------------------------------------------------------------------


def median_basket__the_function():
    return "SELECT store_id, MEDIAN(sales_value) AS median FROM baskets GROUP BY store_id"


def median_basket__from_both_ends():
    return """
    WITH n AS (
      SELECT store_id, sales_value,
        ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value, basket_id) AS up,
        ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value DESC, basket_id DESC) AS down
      FROM baskets)
    SELECT store_id, AVG(sales_value) AS median FROM n
    WHERE ABS(up - down) <= 1 GROUP BY store_id"""


# ---- day_retention --------------------------------------------------------------------------


def day_retention__window_and_case():
    return """
    WITH d AS (
      SELECT household_id, day, MIN(day) OVER (PARTITION BY household_id) AS cohort,
        MAX(day) OVER () AS last_day
      FROM transactions)
    SELECT cohort, COUNT(DISTINCT household_id) AS households,
      CASE WHEN cohort + 1 <= ANY_VALUE(last_day) THEN
        COUNT(DISTINCT CASE WHEN day - cohort = 1 THEN household_id END)
        / COUNT(DISTINCT household_id) END AS d1,
      CASE WHEN cohort + 7 <= ANY_VALUE(last_day) THEN
        COUNT(DISTINCT CASE WHEN day - cohort = 7 THEN household_id END)
        / COUNT(DISTINCT household_id) END AS d7
    FROM d GROUP BY cohort"""


def day_retention__hive():
    return """-- hive
    WITH d AS (SELECT DISTINCT household_id, day FROM transactions),
    f AS (SELECT household_id, MIN(day) AS cohort FROM d GROUP BY household_id)
    SELECT f.cohort, COUNT(DISTINCT f.household_id) AS households,
      IF(DATE_ADD(f.cohort, 1) > MAX(e.edge), NULL,
         COUNT(DISTINCT IF(DATEDIFF(d.day, f.cohort) = 1, d.household_id, NULL))
         / COUNT(DISTINCT f.household_id)) AS d1,
      IF(DATE_ADD(f.cohort, 7) > MAX(e.edge), NULL,
         COUNT(DISTINCT IF(DATEDIFF(d.day, f.cohort) = 7, d.household_id, NULL))
         / COUNT(DISTINCT f.household_id)) AS d7
    FROM f JOIN d ON d.household_id = f.household_id
    CROSS JOIN (SELECT MAX(day) AS edge FROM d) e
    GROUP BY f.cohort"""


def day_retention__days_as_timestamps():
    return """
    WITH d AS (SELECT DISTINCT household_id, CAST(day AS TIMESTAMP) AS day FROM transactions),
    f AS (SELECT household_id, MIN(day) AS cohort FROM d GROUP BY household_id)
    SELECT cohort, COUNT(*) AS households,
      CASE WHEN cohort + INTERVAL 1 DAY <= (SELECT MAX(day) FROM d) THEN AVG(CAST(EXISTS (
        SELECT 1 FROM d WHERE d.household_id = f.household_id
          AND d.day = f.cohort + INTERVAL 1 DAY) AS INT)) END AS d1,
      CASE WHEN cohort + INTERVAL 7 DAY <= (SELECT MAX(day) FROM d) THEN AVG(CAST(EXISTS (
        SELECT 1 FROM d WHERE d.household_id = f.household_id
          AND d.day = f.cohort + INTERVAL 7 DAY) AS INT)) END AS d7
    FROM f GROUP BY cohort"""


# ---- longest_streak -------------------------------------------------------------------------


def longest_streak__lag():
    return """
    WITH d AS (SELECT DISTINCT household_id, day FROM transactions),
    m AS (SELECT *, COALESCE(day - LAG(day) OVER w > 1, TRUE)::INT AS opens FROM d
          WINDOW w AS (PARTITION BY household_id ORDER BY day)),
    s AS (SELECT *, SUM(opens) OVER (PARTITION BY household_id ORDER BY day) AS run FROM m),
    r AS (SELECT household_id, COUNT(*) AS n_days, MIN(day) AS first_day
          FROM s GROUP BY household_id, run)
    SELECT household_id, MAX(n_days) AS n_days,
      ARG_MAX(first_day, (n_days, -EPOCH(first_day))) AS first_day
    FROM r GROUP BY household_id"""


def longest_streak__dense_rank():
    return """
    WITH n AS (
      SELECT household_id, day,
        day - DENSE_RANK() OVER (PARTITION BY household_id ORDER BY day)::INT AS run
      FROM transactions),
    r AS (SELECT household_id, COUNT(DISTINCT day) AS n_days, MIN(day) AS first_day
          FROM n GROUP BY household_id, run)
    SELECT * FROM r a WHERE NOT EXISTS (
      SELECT 1 FROM r b WHERE b.household_id = a.household_id AND (b.n_days > a.n_days
        OR (b.n_days = a.n_days AND b.first_day < a.first_day)))"""


def longest_streak__days_as_timestamps():
    return """
    WITH n AS (
      SELECT household_id, day,
        day - INTERVAL 1 DAY * DENSE_RANK() OVER (PARTITION BY household_id ORDER BY day) AS run
      FROM transactions)
    SELECT household_id, COUNT(DISTINCT day) AS n_days, run + INTERVAL 1 DAY * MIN(k) AS first_day
    FROM (SELECT *, DENSE_RANK() OVER (PARTITION BY household_id ORDER BY day) AS k FROM n)
    GROUP BY household_id, run
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY household_id ORDER BY n_days DESC, first_day) = 1"""


# ---- kill_sessions --------------------------------------------------------------------------


def kill_sessions__many_small_ones(implementation):
    def at(*times):
        return [f"2017-01-02 {time}" for time in times]

    def of(household, times):
        return [(household, time) for time in times]

    exact = of(4, at("10:10:00", "10:40:00"))
    later = of(4, at("10:10:00", "10:40:01"))
    long = of(4, at("10:20:00", "10:40:00", "11:00:00", "11:20:00"))
    two = of(4, at("10:10:00", "10:40:30")) + of(5, at("10:25:00", "10:26:00"))
    night = [(4, "2017-01-02 23:59:00"), (4, "2017-01-03 00:01:00")]
    return (
        implementation(exact) == [(4, 1, exact[0][1], 2)]
        and implementation(later) == [(4, 1, later[0][1], 1), (4, 2, later[1][1], 1)]
        and implementation(long) == [(4, 1, long[0][1], 4)]
        and implementation(two)
        == [(4, 1, two[0][1], 1), (4, 2, two[1][1], 1), (5, 1, two[2][1], 2)]
        and implementation(night) == [(4, 1, night[0][1], 2)]
    )


def kill_sessions__against_a_loop(implementation):
    import datetime
    import random

    drawn = random.Random(0)
    start = datetime.datetime(2017, 1, 2, 22)
    for _ in range(3):
        events, expected = [], []
        for household in (3, 8):
            moment, session = start, 0
            for n in range(12):
                gap = drawn.choice([7, 20, 30, 30.5, 45]) if n else 99
                moment += datetime.timedelta(minutes=gap)
                events.append((household, str(moment)))
                if gap > 30:
                    session += 1
                    expected.append([household, session, str(moment), 0])
                expected[-1][3] += 1
        if implementation(events) != [tuple(row) for row in expected]:
            return False
    return True


# ---- rolling_active -------------------------------------------------------------------------


def rolling_active__scalar_subquery():
    return """
    SELECT day, (SELECT COUNT(DISTINCT household_id) FROM transactions t
                 WHERE t.day > c.day - 7 AND t.day <= c.day) AS active
    FROM calendar c ORDER BY day"""


def rolling_active__each_purchase_into_seven_days():
    return """
    WITH seen AS (
      SELECT DISTINCT household_id, (day + CAST(k AS INTEGER))::DATE AS day
      FROM transactions, range(7) AS r(k))
    SELECT c.day, COUNT(s.household_id) AS active
    FROM calendar c LEFT JOIN seen s ON s.day = c.day
    GROUP BY c.day ORDER BY c.day"""


# ---- peak_online ----------------------------------------------------------------------------


def peak_online__running_sums():
    """A user comes where her own sum leaves 0, and goes where it is back there."""
    return """
    WITH reached AS (
      SELECT c.day, s.user_id, GREATEST(s.login, c.day::TIMESTAMP) AS login, s.logout
      FROM calendar c JOIN sessions s
        ON s.login < c.day + INTERVAL 1 DAY AND COALESCE(s.logout, 'infinity') > c.day
      WHERE s.logout IS NULL OR s.logout > s.login),
    steps AS (
      SELECT day, user_id, login AS moment, 1 AS step FROM reached
      UNION ALL
      SELECT day, user_id, logout, -1 FROM reached
      WHERE logout < day + INTERVAL 1 DAY),
    own AS (
      SELECT day, user_id, moment,
        SUM(SUM(step)) OVER (PARTITION BY day, user_id ORDER BY moment) AS n
      FROM steps GROUP BY day, user_id, moment),
    turns AS (
      SELECT day, moment, (n > 0)::INT - COALESCE(LAG(n) OVER w > 0, FALSE)::INT AS turn
      FROM own WINDOW w AS (PARTITION BY day, user_id ORDER BY moment)),
    total AS (SELECT day, SUM(turn) OVER (PARTITION BY day ORDER BY moment) AS n FROM turns)
    SELECT day, COALESCE(MAX(n), 0) AS peak FROM calendar LEFT JOIN total USING (day)
    GROUP BY day"""


def peak_online__merged_first():
    return """
    WITH s AS (
      SELECT user_id, login, COALESCE(logout, TIMESTAMP '9999-12-31') AS logout,
        MAX(COALESCE(logout, TIMESTAMP '9999-12-31')) OVER (
          PARTITION BY user_id ORDER BY login, COALESCE(logout, TIMESTAMP '9999-12-31')
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
      FROM sessions),
    n AS (
      SELECT *, COUNT(*) FILTER (WHERE before IS NULL OR login > before) OVER (
        PARTITION BY user_id ORDER BY login, logout ROWS UNBOUNDED PRECEDING) AS island
      FROM s),
    m AS (
      SELECT MIN(login) AS login, MAX(logout) AS logout FROM n GROUP BY user_id, island),
    e AS (
      SELECT c.day, GREATEST(login, c.day) AS moment, 1 AS d
      FROM calendar c JOIN m ON login < c.day + INTERVAL 1 DAY AND logout > c.day
      UNION ALL
      SELECT c.day, logout, -1
      FROM calendar c JOIN m ON login < c.day + INTERVAL 1 DAY AND logout > c.day
    ),
    r AS (SELECT day, SUM(d) OVER (PARTITION BY day ORDER BY moment, d
      ROWS UNBOUNDED PRECEDING) AS k FROM e)
    SELECT c.day, COALESCE(MAX(GREATEST(k, 0)), 0) AS peak
    FROM calendar c LEFT JOIN r ON r.day = c.day GROUP BY c.day ORDER BY c.day DESC"""


def peak_online__subqueries():
    return """
    SELECT c.day, GREATEST(
      (SELECT COUNT(DISTINCT user_id) FROM sessions
       WHERE login < c.day AND (logout IS NULL OR logout > c.day)),
      COALESCE((
        SELECT MAX((
          SELECT COUNT(DISTINCT b.user_id) FROM sessions b
          WHERE NOT (b.login > a.login OR b.logout <= a.login) OR
            (b.login <= a.login AND b.logout IS NULL)))
        FROM sessions a WHERE DATE_TRUNC('day', a.login) = c.day), 0)) AS peak
    FROM calendar c"""


# ---- purchase_funnel ------------------------------------------------------------------------


def purchase_funnel__exists():
    return """
    WITH v AS (
      SELECT household_id, product_id,
        EXISTS (SELECT 1 FROM events c WHERE c.event = 'cart'
          AND (c.household_id, c.product_id) = (v.household_id, v.product_id)
          AND c.event_at > v.event_at AND c.event_at - v.event_at <= INTERVAL 1 DAY) AS carted,
        EXISTS (SELECT 1 FROM events c JOIN events b USING (household_id, product_id)
          WHERE c.event = 'cart' AND b.event = 'buy'
          AND c.household_id = v.household_id AND c.product_id = v.product_id
          AND c.event_at > v.event_at AND b.event_at > c.event_at
          AND b.event_at <= v.event_at + INTERVAL 1 DAY) AS bought
      FROM events v WHERE event = 'view')
    SELECT product_id, COUNT(DISTINCT household_id) AS viewed,
      COUNT(DISTINCT household_id) FILTER (carted) AS carted,
      COUNT(DISTINCT household_id) FILTER (bought) AS bought
    FROM v GROUP BY product_id"""


def purchase_funnel__household_first():
    return """
    WITH c AS (
      SELECT v.household_id, v.product_id, v.event_at AS viewed_at, MIN(c.event_at) AS carted_at
      FROM events v LEFT JOIN events c
        ON c.household_id = v.household_id AND c.product_id = v.product_id AND c.event = 'cart'
       AND c.event_at > v.event_at AND c.event_at <= v.event_at + INTERVAL 24 HOUR
      WHERE v.event = 'view' GROUP BY 1, 2, 3),
    h AS (
      SELECT c.product_id, c.household_id, MAX(CASE WHEN carted_at IS NULL THEN 0 ELSE 1 END) AS k,
        MAX(CASE WHEN b.event_at IS NULL THEN 0 ELSE 1 END) AS b
      FROM c LEFT JOIN events b
        ON b.household_id = c.household_id AND b.product_id = c.product_id AND b.event = 'buy'
       AND b.event_at > c.carted_at AND b.event_at <= c.viewed_at + INTERVAL 24 HOUR
      GROUP BY 1, 2)
    SELECT product_id, COUNT(*) AS viewed, SUM(k) AS carted, SUM(b) AS bought
    FROM h GROUP BY product_id"""


# ---- level_history --------------------------------------------------------------------------


def level_history__each_run_numbered():
    """Runs of equal levels by two numbers, and the end by a subquery."""
    return """
    WITH d AS (
      SELECT user_id, day, LAST(level ORDER BY change_id) AS level
      FROM changes GROUP BY user_id, day),
    n AS (
      SELECT *, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY day)
        - ROW_NUMBER() OVER (PARTITION BY user_id, level ORDER BY day) AS run
      FROM d),
    v AS (SELECT user_id, level, MIN(day) AS start_day FROM n GROUP BY user_id, level, run)
    SELECT user_id, level, start_day, COALESCE((
        SELECT MIN(w.start_day) FROM v w
        WHERE w.user_id = v.user_id AND w.start_day > v.start_day),
      '9999-12-31') AS end_day
    FROM v WHERE level IS NOT NULL"""


def level_history__intervals_of_days_merged():
    """Each day that has a row is a short version; a version goes on where its level does."""
    return """
    WITH d AS (
      SELECT user_id, day, level FROM changes c
      WHERE NOT EXISTS (SELECT 1 FROM changes l
        WHERE l.user_id = c.user_id AND l.day = c.day AND l.change_id > c.change_id)),
    s AS (
      SELECT user_id, COALESCE(level, '') AS level, day,
        COALESCE(LEAD(day) OVER w, DATE '9999-12-31') AS until,
        CASE WHEN LAG(COALESCE(level, '')) OVER w = COALESCE(level, '') THEN 0 ELSE 1 END AS opens
      FROM d WINDOW w AS (PARTITION BY user_id ORDER BY day)),
    g AS (SELECT *, SUM(opens) OVER (PARTITION BY user_id ORDER BY day) AS g FROM s)
    SELECT user_id, level, MIN(day) AS start_day, MAX(until) AS end_day
    FROM g WHERE level <> '' GROUP BY user_id, g, level"""


# ---- features_as_of -------------------------------------------------------------------------


def features_as_of__asof_join():
    return """
    WITH b AS (
      SELECT l.household_id, l.as_of,
        COUNT(DISTINCT t.basket_id) FILTER (t.day >= l.as_of - 28) AS baskets,
        COALESCE(SUM(t.sales_value) FILTER (t.day >= l.as_of - 28), 0) AS spend,
        MAX(t.day) AS last_day
      FROM labels l LEFT JOIN transactions t
        ON t.household_id = l.household_id AND t.day < l.as_of
      GROUP BY ALL)
    SELECT b.*, s.tier
    FROM b ASOF LEFT JOIN tiers s
      ON s.household_id = b.household_id AND b.as_of > s.valid_from"""


def features_as_of__subqueries():
    return """
    SELECT l.household_id, l.as_of,
      (SELECT COUNT(DISTINCT basket_id) FROM transactions t WHERE t.household_id = l.household_id
        AND t.day BETWEEN l.as_of - 28 AND l.as_of - 1) AS baskets,
      (SELECT COALESCE(SUM(sales_value), 0) FROM transactions t
        WHERE t.household_id = l.household_id
        AND t.day BETWEEN l.as_of - 28 AND l.as_of - 1) AS spend,
      (SELECT MAX(day) FROM transactions t
        WHERE t.household_id = l.household_id AND t.day < l.as_of) AS last_day,
      (SELECT MAX_BY(tier, valid_from) FROM tiers s
        WHERE s.household_id = l.household_id AND s.valid_from < l.as_of) AS tier
    FROM labels l"""
