"""The SQL round: queries whose mistakes do not show on a small sample."""

from __future__ import annotations


def break_campaign_report(
    defect: str,
) -> tuple[
    list[tuple[int, int]],
    list[tuple[int, str, str]],
    list[tuple[int, int, float, str]],
    list[tuple[int, int, int, str]],
]:
    """Return four small tables on which a campaign report with one known defect is wrong.

    The correct report has one row for each campaign with recipients: ``reached`` (its households),
    ``buyers`` (those of them with a purchase from the first to the last day, both days whole) and
    ``revenue`` (what they spent in these days; 0 if nothing).

    Parameters
    ----------
    defect : str
        One of

        - ``"fan_out"``: ``coupon_redemptions`` is joined too, so a purchase counts once for each
          coupon that the household redeemed in this campaign;
        - ``"where_undoes_left_join"``: the days are compared in WHERE, after the LEFT JOIN;
        - ``"rows_counted"``: COUNT without DISTINCT, for ``reached`` and ``buyers``;
        - ``"last_day_lost"``: the timestamp is compared (``<=``) with the midnight that begins the
          last day;
        - ``"sum_distinct"``: SUM(DISTINCT sales_value);
        - ``"dates_ignored"``: purchases of any day count.

    Returns
    -------
    campaigns : list of (int, int)
        Campaign and household; no pair twice. Each table has at most 6 rows.
    campaign_descriptions : list of (int, str, str)
        Campaign, first day and last day (``"2017-05-08"``); one row for each campaign, not more.
    transactions : list of (int, int, float, str)
        Household, basket, value (a multiple of 0.25 from 0.25 to 1,000) and time
        (``"2017-05-08 19:00:00"``, local); no basket twice.
    coupon_redemptions : list of (int, int, int, str)
        Household, coupon, campaign and day.

    Examples
    --------
    >>> campaigns, descriptions, transactions, redemptions = break_campaign_report("fan_out")
    >>> len(transactions) <= 6
    True
    """
    campaigns = [(8, 1), (8, 2)]
    descriptions = [(8, "2017-05-08", "2017-05-10")]
    transactions = [
        (1, 11, 4.0, "2017-05-07 12:00:00"),
        (1, 12, 2.5, "2017-05-08 12:00:00"),
        (1, 13, 2.5, "2017-05-10 19:00:00"),
    ]
    redemptions = [(1, 501, 8, "2017-05-08"), (1, 502, 8, "2017-05-08")]
    return campaigns, descriptions, transactions, redemptions


def campaign_report() -> str:
    """Reach, buyers, redemptions and revenue of each campaign.

    Return one SELECT as text, in DuckDB's SQL. Tables:

    - ``campaigns(campaign_id INTEGER, household_id INTEGER)``: who was reached, each pair once; a
      household may be in several campaigns;
    - ``campaign_descriptions(campaign_id INTEGER, start_date DATE, end_date DATE)``: one row for
      each campaign;
    - ``transactions(household_id INTEGER, basket_id INTEGER, sales_value DOUBLE,
      transaction_timestamp TIMESTAMP)``: local time; a basket may have several rows;
    - ``coupon_redemptions(household_id INTEGER, coupon_upc INTEGER, campaign_id INTEGER,
      redemption_date DATE)``: one row for each coupon.

    Returns
    -------
    query : str
        One row for each campaign that has a household in ``campaigns``, in any order.
        ``campaign_id``; ``reached``: its households; ``buyers``: those of them with a purchase from
        the first to the last day, both days whole; ``redemptions``: all rows of
        ``coupon_redemptions`` of this campaign; ``revenue``: what its households spent in these
        days. 0 where there is nothing, never NULL. A purchase in two campaigns counts for both. A
        row with a ``sales_value`` of 0 is a purchase too.

    Examples
    --------
    Household 1 redeems two coupons and buys on the last evening; household 2 is silent.

    >>> ask(
    ...     campaign_report(),
    ...     campaigns=("campaign_id INTEGER, household_id INTEGER", (8, 1), (8, 2)),
    ...     campaign_descriptions=(
    ...         "campaign_id INTEGER, start_date DATE, end_date DATE",
    ...         (8, "2017-05-08", "2017-05-10"),
    ...     ),
    ...     transactions=(
    ...         "household_id INTEGER, basket_id INTEGER, sales_value DOUBLE, "
    ...         "transaction_timestamp TIMESTAMP",
    ...         (1, 11, 2.5, "2017-05-10 20:15:00"),
    ...         (1, 12, 9.0, "2017-05-11 00:00:00"),
    ...     ),
    ...     coupon_redemptions=(
    ...         "household_id INTEGER, coupon_upc INTEGER, campaign_id INTEGER, "
    ...         "redemption_date DATE",
    ...         (1, 501, 8, "2017-05-10"),
    ...         (1, 502, 8, "2017-05-10"),
    ...     ),
    ... )
    [(8, 2, 1, 2, 2.5)]
    """
    return """
        WITH bought AS (
            SELECT c.campaign_id, c.household_id, SUM(t.sales_value) AS revenue
            FROM campaigns AS c
            JOIN campaign_descriptions AS d ON d.campaign_id = c.campaign_id
            JOIN transactions AS t
                ON t.household_id = c.household_id
                AND CAST(t.transaction_timestamp AS DATE) BETWEEN d.start_date AND d.end_date
            GROUP BY c.campaign_id, c.household_id
        ),
        buyers AS (
            SELECT campaign_id, COUNT(*) AS buyers, SUM(revenue) AS revenue
            FROM bought
            GROUP BY campaign_id
        ),
        redeemed AS (
            SELECT campaign_id, COUNT(*) AS redemptions
            FROM coupon_redemptions
            GROUP BY campaign_id
        ),
        reached AS (
            SELECT campaign_id, COUNT(*) AS reached
            FROM campaigns
            GROUP BY campaign_id
        )
        SELECT
            r.campaign_id,
            r.reached,
            COALESCE(b.buyers, 0) AS buyers,
            COALESCE(x.redemptions, 0) AS redemptions,
            COALESCE(b.revenue, 0) AS revenue
        FROM reached AS r
        LEFT JOIN buyers AS b ON b.campaign_id = r.campaign_id
        LEFT JOIN redeemed AS x ON x.campaign_id = r.campaign_id
    """


def top_products() -> str:
    """The products of the three highest places in each department.

    Return one SELECT as text, in DuckDB's SQL. Tables:

    - ``transactions(product_id INTEGER, basket_id INTEGER, quantity INTEGER,
      sales_value DOUBLE)``: ``sales_value`` is the value of the whole line. Every product
      of a line is in ``products``;
    - ``products(product_id INTEGER, department VARCHAR)``: each product once, and ``department``
      is never NULL. Products without a line get no place.

    Returns
    -------
    query : str
        ``department``, ``place``, ``product_id``, ``revenue``: the products with a place of 3 or
        better by revenue in their department. Products of equal revenue share a place, and the
        places after them are skipped: 1, 2, 2, 4. ORDER BY department, place, product_id.

    Examples
    --------
    >>> ask(
    ...     top_products(),
    ...     transactions=(
    ...         "product_id INTEGER, basket_id INTEGER, quantity INTEGER, sales_value DOUBLE",
    ...         (1, 10, 1, 2.5),
    ...         (2, 10, 3, 4.0),
    ...         (3, 11, 1, 2.5),
    ...     ),
    ...     products=(
    ...         "product_id INTEGER, department VARCHAR",
    ...         (1, "DELI"),
    ...         (2, "DELI"),
    ...         (3, "DELI"),
    ...     ),
    ... )
    [('DELI', 1, 2, 4.0), ('DELI', 2, 1, 2.5), ('DELI', 2, 3, 2.5)]
    """
    return """
        WITH revenue AS (
            SELECT p.department, t.product_id, SUM(t.sales_value) AS revenue
            FROM transactions AS t
            JOIN products AS p ON p.product_id = t.product_id
            GROUP BY p.department, t.product_id
        ),
        ranked AS (
            SELECT *, RANK() OVER (PARTITION BY department ORDER BY revenue DESC) AS place
            FROM revenue
        )
        SELECT department, place, product_id, revenue
        FROM ranked
        WHERE place <= 3
        ORDER BY department, place, product_id
    """


def silent_households() -> str:
    """The households of each campaign that redeemed none of its coupons.

    Return one SELECT as text, in DuckDB's SQL. Tables:

    - ``campaigns(campaign_id INTEGER, household_id INTEGER)``: each pair once;
    - ``coupon_redemptions(household_id INTEGER, campaign_id INTEGER)``: one row for each coupon;
      ``household_id`` is NULL where a coupon was redeemed without a card.

    Returns
    -------
    query : str
        ``campaign_id``, ``household_id``: a row for each pair of ``campaigns`` without a redemption
        of this household in this campaign, in any order.

    Examples
    --------
    Household 2 redeemed in campaign 9 only; somebody without a card redeemed in campaign 8.

    >>> ask(
    ...     silent_households(),
    ...     campaigns=("campaign_id INTEGER, household_id INTEGER", (8, 1), (8, 2), (9, 2)),
    ...     coupon_redemptions=(
    ...         "household_id INTEGER, campaign_id INTEGER", (1, 8), (2, 9), (None, 8)
    ...     ),
    ... )
    [(8, 2)]
    """
    return """
        SELECT c.campaign_id, c.household_id
        FROM campaigns AS c
        WHERE NOT EXISTS (
            SELECT 1
            FROM coupon_redemptions AS r
            WHERE r.campaign_id = c.campaign_id AND r.household_id = c.household_id
        )
    """


def current_orders() -> str:
    """The paid orders of each household, from a feed that delivers every version at least once.

    Return one SELECT as text, in DuckDB's SQL. Table:

    - ``order_events(order_id INTEGER, household_id INTEGER, status VARCHAR, amount DOUBLE,
      updated_at TIMESTAMP, load_id INTEGER)``: versions of orders, in any order. All
      versions of an order have the same ``household_id``. A version may come again with another
      ``load_id``, and two versions with the same ``updated_at`` may differ in status and amount. No
      two rows of an order have the same ``updated_at`` and the same ``load_id``.

    Returns
    -------
    query : str
        ``household_id``, ``orders``, ``revenue``: a row for each household with an order whose last
        version is ``'paid'``; the number of these orders and the sum of the amounts in their last
        versions. The last version of an order is the one with the latest ``updated_at``; of equal
        ones the one with the larger ``load_id``. Any order of rows.

    Examples
    --------
    Order 1 was paid and then cancelled. Order 2 was delivered twice.

    >>> ask(
    ...     current_orders(),
    ...     order_events=(
    ...         "order_id INTEGER, household_id INTEGER, status VARCHAR, amount DOUBLE, "
    ...         "updated_at TIMESTAMP, load_id INTEGER",
    ...         (1, 7, "paid", 5.0, "2017-03-01 10:00:00", 1),
    ...         (1, 7, "cancelled", 5.0, "2017-03-01 11:00:00", 2),
    ...         (2, 7, "paid", 2.5, "2017-03-01 10:00:00", 1),
    ...         (2, 7, "paid", 2.5, "2017-03-01 10:00:00", 3),
    ...     ),
    ... )
    [(7, 1, 2.5)]
    """
    return """
        WITH versions AS (
            SELECT
                *,
                ROW_NUMBER() OVER (
                    PARTITION BY order_id ORDER BY updated_at DESC, load_id DESC
                ) AS age
            FROM order_events
        )
        SELECT household_id, COUNT(*) AS orders, SUM(amount) AS revenue
        FROM versions
        WHERE age = 1 AND status = 'paid'
        GROUP BY household_id
    """


def median_basket() -> str:
    """The median basket value of each store, without a function for medians or percentiles.

    Return one SELECT as text, in DuckDB's SQL. Table:

    - ``baskets(store_id INTEGER, basket_id INTEGER, sales_value DOUBLE)``: each basket once. Values
      may be equal.

    Returns
    -------
    query : str
        ``store_id``, ``median``: of an odd number of baskets the value in the middle, of an even
        number the mean of the two values in the middle. Any order of rows. An interviewer will
        ask for a query without MEDIAN, QUANTILE and PERCENTILE. Write it so; the check sees the
        rows alone and cannot tell.

    Examples
    --------
    >>> ask(
    ...     median_basket(),
    ...     baskets=(
    ...         "store_id INTEGER, basket_id INTEGER, sales_value DOUBLE",
    ...         (5, 1, 9.0),
    ...         (5, 2, 1.0),
    ...         (5, 3, 2.0),
    ...         (5, 4, 3.0),
    ...     ),
    ... )
    [(5, 2.5)]
    """
    return """
        WITH numbered AS (
            SELECT
                store_id,
                sales_value,
                ROW_NUMBER() OVER (PARTITION BY store_id ORDER BY sales_value, basket_id) AS n,
                COUNT(*) OVER (PARTITION BY store_id) AS total
            FROM baskets
        )
        SELECT store_id, AVG(sales_value) AS median
        FROM numbered
        WHERE 2 * n BETWEEN total AND total + 2
        GROUP BY store_id
    """


def day_retention() -> str:
    """Retention after exactly 1 and exactly 7 days, for each cohort of a day.

    Return one SELECT as text, in DuckDB's SQL. Table:

    - ``transactions(household_id INTEGER, basket_id INTEGER, day DATE)``: a household may have
      several baskets on one day.

    Returns
    -------
    query : str
        ``cohort``, ``households``, ``d1``, ``d7``: a row for each day that is the day of some
        household's first purchase; the number of these households, and the share of them that
        bought again on the day exactly 1 day and exactly 7 days later. A share is NULL where that
        later day lies after the last day in the table. Any order of rows.

    Examples
    --------
    The table ends on 3 January, so nothing is known about the seventh day.

    >>> ask(
    ...     day_retention(),
    ...     transactions=(
    ...         "household_id INTEGER, basket_id INTEGER, day DATE",
    ...         (1, 11, "2017-01-02"),
    ...         (1, 12, "2017-01-03"),
    ...         (2, 13, "2017-01-02"),
    ...     ),
    ... )
    [('2017-01-02', 2, 0.5, None)]
    """
    return """
        WITH days AS (
            SELECT DISTINCT household_id, day FROM transactions
        ),
        firsts AS (
            SELECT household_id, MIN(day) AS cohort FROM days GROUP BY household_id
        ),
        edge AS (
            SELECT MAX(day) AS last_day FROM days
        )
        SELECT
            f.cohort,
            COUNT(*) AS households,
            CASE WHEN f.cohort + INTERVAL 1 DAY <= MAX(e.last_day)
                THEN CAST(COUNT(d1.household_id) AS DOUBLE) / COUNT(*) END AS d1,
            CASE WHEN f.cohort + INTERVAL 7 DAY <= MAX(e.last_day)
                THEN CAST(COUNT(d7.household_id) AS DOUBLE) / COUNT(*) END AS d7
        FROM firsts AS f
        CROSS JOIN edge AS e
        LEFT JOIN days AS d1
            ON d1.household_id = f.household_id AND d1.day = f.cohort + INTERVAL 1 DAY
        LEFT JOIN days AS d7
            ON d7.household_id = f.household_id AND d7.day = f.cohort + INTERVAL 7 DAY
        GROUP BY f.cohort
    """


def longest_streak() -> str:
    """The longest run of consecutive days with a purchase, for each household.

    Return one SELECT as text, in DuckDB's SQL. Table:

    - ``transactions(household_id INTEGER, basket_id INTEGER, day DATE)``: a household may have
      several baskets on one day.

    Returns
    -------
    query : str
        ``household_id``, ``n_days``, ``first_day``: one row for each household; the length in days
        of its longest run of consecutive days, and the first day of that run. Of runs of equal
        length the earliest one. Any order of rows.

    Examples
    --------
    Two baskets on Monday do not join Monday and Wednesday.

    >>> ask(
    ...     longest_streak(),
    ...     transactions=(
    ...         "household_id INTEGER, basket_id INTEGER, day DATE",
    ...         (1, 11, "2017-01-02"),
    ...         (1, 12, "2017-01-02"),
    ...         (1, 13, "2017-01-04"),
    ...         (1, 14, "2017-01-05"),
    ...     ),
    ... )
    [(1, 2, '2017-01-04')]
    """
    return """
        WITH days AS (
            SELECT DISTINCT household_id, day FROM transactions
        ),
        numbered AS (
            SELECT
                household_id,
                day,
                ROW_NUMBER() OVER (PARTITION BY household_id ORDER BY day) AS n
            FROM days
        ),
        runs AS (
            SELECT household_id, COUNT(*) AS n_days, MIN(day) AS first_day
            FROM numbered
            GROUP BY household_id, day - CAST(n AS INTEGER)
        ),
        ranked AS (
            SELECT
                *,
                ROW_NUMBER() OVER (
                    PARTITION BY household_id ORDER BY n_days DESC, first_day
                ) AS place
            FROM runs
        )
        SELECT household_id, n_days, first_day
        FROM ranked
        WHERE place = 1
    """


def kill_sessions(implementation) -> bool:
    """Test a query for sessions: True if it is right, False if it is wrong.

    A right one returns ``(household_id, session, started_at, events)``, sorted by household and
    session. A session is a run of events of one household; a gap of *more than* 30 minutes between
    two neighbouring events opens a new session, a gap of exactly 30 minutes does not. Sessions are
    numbered from 1 within each household. An event alone is a session. Midnight changes nothing.

    Your test is tried on 2 right queries, written differently, and on 11 wrong ones, each with
    one planted mistake. It must accept both right ones and reject at least 9 of the 11. An
    exception that leaves your test counts as a rejection.

    Parameters
    ----------
    implementation : callable
        ``implementation(events)``, where events are 1 to 50 rows ``(household_id, event_at)`` in
        any order, the time as ``"2017-01-02 23:50:00"``. No household has two events at the same
        time. It returns a list of tuples; ``started_at`` is text of this form too.

    Returns
    -------
    verdict : bool

    Examples
    --------
    >>> def one_session(events):
    ...     return [(events[0][0], 1, events[0][1], len(events))]
    >>> kill_sessions(one_session)
    False
    """
    events = [
        (1, "2017-01-02 09:50:00"),
        (1, "2017-01-02 10:20:00"),
        (1, "2017-01-02 10:40:00"),
        (1, "2017-01-02 11:10:30"),
        (1, "2017-01-02 23:50:00"),
        (1, "2017-01-03 00:05:00"),
        (2, "2017-01-02 10:00:00"),
        (2, "2017-01-02 10:31:00"),
        (2, "2017-01-02 10:41:00"),
    ]
    return implementation(events) == [
        (1, 1, "2017-01-02 09:50:00", 3),
        (1, 2, "2017-01-02 11:10:30", 1),
        (1, 3, "2017-01-02 23:50:00", 2),
        (2, 1, "2017-01-02 10:00:00", 1),
        (2, 2, "2017-01-02 10:31:00", 2),
    ]


def rolling_active() -> str:
    """Households that bought in the seven days up to each day of a calendar.

    Return one SELECT as text, in DuckDB's SQL. Tables:

    - ``transactions(household_id INTEGER, basket_id INTEGER, day DATE)``;
    - ``calendar(day DATE)``: each day once. Days may be missing, and the first may be later than
      the first transaction. What was bought on a day that is not in it counts all the same.

    Returns
    -------
    query : str
        ``day``, ``active``: for each day of ``calendar`` the number of households with at least one
        purchase in the seven days that end with it, 0 where there is none. ORDER BY day.

    Examples
    --------
    >>> ask(
    ...     rolling_active(),
    ...     transactions=(
    ...         "household_id INTEGER, basket_id INTEGER, day DATE",
    ...         (1, 11, "2017-01-02"),
    ...         (1, 12, "2017-01-03"),
    ...         (2, 13, "2017-01-03"),
    ...     ),
    ...     calendar=("day DATE", ("2017-01-03",), ("2017-01-09",), ("2017-01-10",)),
    ... )
    [('2017-01-03', 2), ('2017-01-09', 2), ('2017-01-10', 0)]
    """
    return """
        SELECT c.day, COUNT(DISTINCT t.household_id) AS active
        FROM calendar AS c
        LEFT JOIN transactions AS t ON t.day BETWEEN c.day - INTERVAL 6 DAY AND c.day
        GROUP BY c.day
        ORDER BY c.day
    """


def peak_online() -> str:
    """The largest number of users online at one moment, for each day of a calendar.

    Return one SELECT as text, in DuckDB's SQL. Tables:

    - ``sessions(user_id INTEGER, login TIMESTAMP, logout TIMESTAMP)``: a user is online from
      ``login`` up to, but not including, ``logout``. If ``logout`` is NULL, the session has no end.
      ``logout`` is never before ``login``; if both are equal, the session counts at no moment. A
      user may have several sessions at the same time;
    - ``calendar(day DATE)``: each day at most once; days may be missing.

    Returns
    -------
    query : str
        ``day``, ``peak``: for each day of ``calendar`` the largest number of different users who
        are online at one moment of that day; 0 if nobody is online on it. A day runs from 00:00,
        included, to the next 00:00, not included. Users who came on an earlier day count too, while
        they are online. A peak counts even if it lasts less than a second. Any order of rows.

    Examples
    --------
    User 1 leaves when user 2 comes. At 23:30 user 2 is online twice, and user 3 comes.

    >>> sorted(
    ...     ask(
    ...         peak_online(),
    ...         sessions=(
    ...             "user_id INTEGER, login TIMESTAMP, logout TIMESTAMP",
    ...             (1, "2017-01-02 10:00:00", "2017-01-02 11:00:00"),
    ...             (2, "2017-01-02 11:00:00", "2017-01-03 01:00:00"),
    ...             (2, "2017-01-02 23:00:00", "2017-01-02 23:45:00"),
    ...             (3, "2017-01-02 23:30:00", None),
    ...         ),
    ...         calendar=(
    ...             "day DATE",
    ...             ("2017-01-01",),
    ...             ("2017-01-02",),
    ...             ("2017-01-03",),
    ...             ("2017-01-04",),
    ...         ),
    ...     )
    ... )
    [('2017-01-01', 0), ('2017-01-02', 2), ('2017-01-03', 2), ('2017-01-04', 1)]
    """
    return """
        WITH moments AS (
            SELECT day, CAST(day AS TIMESTAMP) AS moment
            FROM calendar
            UNION
            SELECT c.day, s.login AS moment
            FROM calendar AS c
            JOIN sessions AS s ON CAST(s.login AS DATE) = c.day
        ),
        online AS (
            SELECT m.day, m.moment, COUNT(DISTINCT s.user_id) AS users
            FROM moments AS m
            LEFT JOIN sessions AS s
                ON s.login <= m.moment
                AND (s.logout > m.moment OR s.logout IS NULL)
            GROUP BY m.day, m.moment
        )
        SELECT day, MAX(users) AS peak
        FROM online
        GROUP BY day
    """


def purchase_funnel() -> str:
    """View, cart and purchase of each product: in this order, and within a day of the view.

    Return one SELECT as text, in DuckDB's SQL. Table:

    - ``events(household_id INTEGER, product_id INTEGER, event VARCHAR, event_at TIMESTAMP)``:
      ``event`` is ``'view'``, ``'cart'`` or ``'buy'``. An event may come again.

    Returns
    -------
    query : str
        ``product_id``, ``viewed``, ``carted``, ``bought``: a row for each product with a view.
        ``viewed``: households with a view of it. ``carted``: households with a cart of it after one
        of their views of it, at most 24 hours after that view. ``bought``: households with such a
        view, such a cart, and a purchase of it after that cart, at most 24 hours after *that same
        view*. Equal times are not "after". Any order of rows.

    Examples
    --------
    Household 2 buys before it puts the product into the cart.

    >>> ask(
    ...     purchase_funnel(),
    ...     events=(
    ...         "household_id INTEGER, product_id INTEGER, event VARCHAR, event_at TIMESTAMP",
    ...         (1, 7, "view", "2017-01-02 10:00:00"),
    ...         (1, 7, "cart", "2017-01-02 10:05:00"),
    ...         (1, 7, "buy", "2017-01-03 10:00:00"),
    ...         (2, 7, "view", "2017-01-02 10:00:00"),
    ...         (2, 7, "buy", "2017-01-02 10:01:00"),
    ...         (2, 7, "cart", "2017-01-02 10:05:00"),
    ...     ),
    ... )
    [(7, 2, 2, 1)]
    """
    return """
        WITH paths AS (
            SELECT
                v.product_id,
                v.household_id,
                c.event_at AS carted_at,
                b.event_at AS bought_at
            FROM events AS v
            LEFT JOIN events AS c
                ON c.household_id = v.household_id
                AND c.product_id = v.product_id
                AND c.event = 'cart'
                AND c.event_at > v.event_at
                AND c.event_at <= v.event_at + INTERVAL 24 HOUR
            LEFT JOIN events AS b
                ON b.household_id = v.household_id
                AND b.product_id = v.product_id
                AND b.event = 'buy'
                AND b.event_at > c.event_at
                AND b.event_at <= v.event_at + INTERVAL 24 HOUR
            WHERE v.event = 'view'
        )
        SELECT
            product_id,
            COUNT(DISTINCT household_id) AS viewed,
            COUNT(DISTINCT CASE WHEN carted_at IS NOT NULL THEN household_id END) AS carted,
            COUNT(DISTINCT CASE WHEN bought_at IS NOT NULL THEN household_id END) AS bought
        FROM paths
        GROUP BY product_id
    """


def level_history() -> str:
    """The versions of each user's level, with start and end, from a log of changes.

    Return one SELECT as text, in DuckDB's SQL. Table:

    - ``changes(user_id INTEGER, level VARCHAR, day DATE, change_id INTEGER)``: from ``day`` on the
      user has this level; if it is NULL, the user is deleted from ``day`` on. Of several rows of
      one user and one day only the row with the largest ``change_id`` counts. ``change_id``
      numbers the rows in the order in which they arrived. A row may arrive after rows of later
      days.

    Returns
    -------
    query : str
        ``user_id``, ``level``, ``start_day``, ``end_day``: one row for each version. A version
        begins on ``start_day`` and ends before ``end_day``, the day on which the user gets another
        level or is deleted; ``end_day`` is 9999-12-31 if neither happens. A row that repeats the
        user's level begins no version. A deletion is no version. A deleted user who comes back has
        a new version, even with the old level. Any order of rows.

    Examples
    --------
    On 5 January silver becomes gold and, on the same day, silver again: no new version. On 9
    January the user is deleted.

    >>> sorted(
    ...     ask(
    ...         level_history(),
    ...         changes=(
    ...             "user_id INTEGER, level VARCHAR, day DATE, change_id INTEGER",
    ...             (7, "silver", "2017-01-02", 1),
    ...             (7, "gold", "2017-01-05", 2),
    ...             (7, "silver", "2017-01-05", 3),
    ...             (7, None, "2017-01-09", 4),
    ...             (7, "silver", "2017-01-12", 5),
    ...         ),
    ...     )
    ... )
    [(7, 'silver', '2017-01-02', '2017-01-09'), (7, 'silver', '2017-01-12', '9999-12-31')]
    """
    return """
        WITH numbered AS (
            SELECT
                *,
                ROW_NUMBER() OVER (PARTITION BY user_id, day ORDER BY change_id DESC) AS age
            FROM changes
        ),
        compared AS (
            SELECT
                user_id,
                level,
                day,
                LAG(level) OVER (PARTITION BY user_id ORDER BY day) AS level_before
            FROM numbered
            WHERE age = 1
        ),
        versions AS (
            SELECT
                user_id,
                level,
                day AS start_day,
                LEAD(day) OVER (PARTITION BY user_id ORDER BY day) AS next_day
            FROM compared
            WHERE level IS DISTINCT FROM level_before
        )
        SELECT
            user_id,
            level,
            start_day,
            COALESCE(next_day, DATE '9999-12-31') AS end_day
        FROM versions
        WHERE level IS NOT NULL
    """


def features_as_of() -> str:
    """What was known of a household strictly before the day of its label.

    Return one SELECT as text, in DuckDB's SQL. Tables:

    - ``labels(household_id INTEGER, as_of DATE)``: each pair once; a household may have several
      days;
    - ``transactions(household_id INTEGER, basket_id INTEGER, sales_value DOUBLE, day DATE)``: a
      basket may have several rows, all of one day;
    - ``tiers(household_id INTEGER, tier VARCHAR, valid_from DATE)``: a household has at most one
      new tier per day, and may have none at all.

    Returns
    -------
    query : str
        ``household_id``, ``as_of``, ``baskets``, ``spend``, ``last_day``, ``tier``: one row for
        each row of ``labels``, in any order. Only what lies strictly before ``as_of`` counts.
        ``baskets`` (different ones) and ``spend``: in the 28 days from ``as_of`` - 28 to
        ``as_of`` - 1; 0 where there is none. ``last_day``: of the last purchase before ``as_of``,
        however long ago; else NULL. ``tier``: the one with the latest ``valid_from`` before
        ``as_of``; else NULL.

    Examples
    --------
    The purchase and the tier of 1 March itself belong to the future.

    >>> ask(
    ...     features_as_of(),
    ...     labels=("household_id INTEGER, as_of DATE", (1, "2017-03-01")),
    ...     transactions=(
    ...         "household_id INTEGER, basket_id INTEGER, sales_value DOUBLE, day DATE",
    ...         (1, 11, 2.5, "2017-02-27"),
    ...         (1, 11, 1.0, "2017-02-27"),
    ...         (1, 12, 9.0, "2017-03-01"),
    ...     ),
    ...     tiers=(
    ...         "household_id INTEGER, tier VARCHAR, valid_from DATE",
    ...         (1, "gold", "2017-03-01"),
    ...     ),
    ... )
    [(1, '2017-03-01', 1, 3.5, '2017-02-27', None)]
    """
    return """
        WITH bought AS (
            SELECT
                l.household_id,
                l.as_of,
                MAX(t.day) AS last_day,
                COUNT(DISTINCT CASE WHEN t.day >= l.as_of - INTERVAL 28 DAY
                    THEN t.basket_id END) AS baskets,
                SUM(CASE WHEN t.day >= l.as_of - INTERVAL 28 DAY
                    THEN t.sales_value ELSE 0 END) AS spend
            FROM labels AS l
            LEFT JOIN transactions AS t
                ON t.household_id = l.household_id AND t.day < l.as_of
            GROUP BY l.household_id, l.as_of
        ),
        latest AS (
            SELECT
                l.household_id,
                l.as_of,
                s.tier,
                ROW_NUMBER() OVER (
                    PARTITION BY l.household_id, l.as_of ORDER BY s.valid_from DESC
                ) AS age
            FROM labels AS l
            JOIN tiers AS s ON s.household_id = l.household_id AND s.valid_from < l.as_of
        )
        SELECT b.household_id, b.as_of, b.baskets, b.spend, b.last_day, x.tier
        FROM bought AS b
        LEFT JOIN latest AS x
            ON x.household_id = b.household_id AND x.as_of = b.as_of AND x.age = 1
    """
