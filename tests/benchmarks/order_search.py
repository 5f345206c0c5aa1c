"""Choose the order of a seasonal ARIMA: our search against pmdarima's and statsforecast's.

    python tests/benchmarks/order_search.py

Seven series at five origins each: daily sales of a shop and of five of its departments, as logs, 28
days ahead, and the carbon dioxide over Mauna Loa by month, 12 months ahead. An order is searched
anew at each origin, and forecast with 80 and 95 % intervals. All get the same numbers and the same
limits, p and q to 5, P and Q to 2. Ours is told how often to difference, once at the season and
for the carbon dioxide once at lag 1 too; the others find that by tests, or in their second row are
told as well. pmdarima takes ten times as long as the others, and is tried at the last origin of
each series; its rows say so, and compare with ours there. MASE is relative to the seasonal naive
forecast of the days before the origin; a closed day is not judged. Seconds are of the processor,
on one thread, for search, fit and forecast together; the interval is of the paired difference from
ours over series and origins. Run by hand: ours tries all 324 orders, over a minute each series.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

PMDARIMA = ("pmdarima==2.1.1", "numpy==2.4.6")
STATSFORECAST = ("statsforecast==2.0.3", "numpy==2.4.6")
LIMITS = {"p": 5, "q": 5, "P": 2, "Q": 2}
LEVELS = (80, 95)
ORIGINS = 5


def ours(y: np.ndarray, task: dict, _: str) -> np.ndarray:
    from statsmodels.tsa.arima.model import ARIMA

    from solutions.demand_forecasting.reference import select_arima

    grid = {**LIMITS, **{key: task[key] for key in ("d", "D", "m")}}
    (p, d, q, P, D, Q, m), _, _ = select_arima(y, grid)
    season = (P, D, Q, m)
    model = ARIMA(y, order=(p, d, q), seasonal_order=season, trend="n").fit(cov_type="none")
    ahead = model.get_forecast(task["h"])
    ends = [ahead.conf_int(alpha=1 - level / 100) for level in LEVELS]
    return np.column_stack([ahead.predicted_mean, *ends])


def pmdarimas(y: np.ndarray, task: dict, told: str) -> np.ndarray:
    import pmdarima

    limits = {f"max_{key}": most for key, most in LIMITS.items()}
    fixed = {"d": task["d"], "D": task["D"]} if told else {}
    model = pmdarima.auto_arima(
        y,
        m=task["m"],
        max_order=None,
        suppress_warnings=True,
        error_action="ignore",
        **limits,
        **fixed,
    )
    ends, centre = [], None
    for level in LEVELS:
        centre, pair = model.predict(task["h"], return_conf_int=True, alpha=1 - level / 100)
        ends.append(pair)
    return np.column_stack([centre, *ends])


def statsforecasts(y: np.ndarray, task: dict, told: str) -> np.ndarray:
    from statsforecast.models import AutoARIMA

    limits = {f"max_{key}": most for key, most in LIMITS.items()}
    fixed = {"d": task["d"], "D": task["D"]} if told else {}
    model = AutoARIMA(season_length=task["m"], max_order=14, **limits, **fixed)
    ahead = model.forecast(y, task["h"], level=list(LEVELS))
    ends = [ahead[f"{side}-{level}"] for level in LEVELS for side in ("lo", "hi")]
    return np.column_stack([ahead["mean"], *ends])


def child(who: str, told: str, tasks: str, out: str) -> None:
    run = {"ours": ours, "pmdarima": pmdarimas, "statsforecast": statsforecasts}[who]
    todo = json.loads(Path(tasks).read_text())
    # Libraries are imported and compiled before the clock starts.
    run(np.array(todo[0]["y"])[-60:], todo[0], told)
    started = time.process_time()
    made = [run(np.array(task["y"]), task, told).tolist() for task in todo]
    seconds = time.process_time() - started
    Path(out).write_text(json.dumps(made))
    print(json.dumps({"seconds": seconds}))


def make_tasks() -> list[dict]:
    """What each model is given, and beside it what came."""
    from statsmodels.datasets import co2

    from utils import data

    names = ("TOTAL", "GROCERY", "DRUG GM", "PRODUCE", "MEAT", "DELI")
    sales = data.daily_sales(*names)
    known = np.log(sales.fillna(sales.shift(7)))
    daily = {"d": 0, "D": 1, "m": 7, "h": 28, "logs": True}
    series = [(known[n].to_numpy(), sales[n].to_numpy(), daily) for n in names]
    monthly = co2.load_pandas().data["co2"].resample("MS").mean().interpolate().to_numpy()[-240:]
    series.append((monthly, monthly, {"d": 1, "D": 1, "m": 12, "h": 12, "logs": False}))
    return [
        {"y": y[:o].tolist(), "truth": truth[o : o + task["h"]].tolist(), **task}
        for y, truth, task in series
        for o in range(len(y) - ORIGINS * task["h"], len(y), task["h"])
    ]


def judge(tasks: list[dict], made: list) -> np.ndarray:
    """MASE and the share of days within the 80 and the 95 % interval, a row a task."""
    from solutions.demand_forecasting.reference import mase

    rows = []
    for task, forecast in zip(tasks, made, strict=True):
        back = np.exp if task["logs"] else np.asarray
        centre, *ends = back(np.array(forecast)).T
        truth, past = np.array(task["truth"], dtype=float), back(np.array(task["y"]))
        opened = ~np.isnan(truth)
        within = [
            ((low <= truth) & (truth <= high))[opened].mean() for low, high in (ends[:2], ends[2:])
        ]
        rows.append([mase(truth[opened], centre[opened], past, task["m"]), *within])
    return np.array(rows)


def main() -> None:
    import _peers

    from utils import ranking

    models = {
        "our select_arima": ("ours", "", sys.executable),
        "statsforecast": ("statsforecast", "", _peers.environment(*STATSFORECAST)),
        "statsforecast, told": ("statsforecast", "told", _peers.environment(*STATSFORECAST)),
        "ours, last origins": ("ours", "", sys.executable),
        "pmdarima, last origins": ("pmdarima", "", _peers.environment(*PMDARIMA)),
        "pmdarima, told, last origins": ("pmdarima", "told", _peers.environment(*PMDARIMA)),
    }
    everything, first = make_tasks(), None
    print(_peers.machine())
    print(
        f"{'search':<30}{'MASE':>7}{'minus ours':>12}{'95 % interval':>18}{'80 %':>7}{'95 %':>7}"
        f"{'s a fit':>9}{'ratio':>7}"
    )
    with tempfile.TemporaryDirectory() as folder:
        given, out = Path(folder) / "tasks.json", Path(folder) / "made.json"
        for name, (who, told, python) in models.items():
            tasks = everything[ORIGINS - 1 :: ORIGINS] if "last origins" in name else everything
            # The truth stays here.
            given.write_text(json.dumps([{**task, "truth": None} for task in tasks]))
            args = ("--child", who, told, given, out)
            try:
                seconds = _peers.measure(python, Path(__file__), *args)["seconds"]
            except Exception as error:
                print(f"{name:<30} did not run ({type(error).__name__})")
                continue
            scores = judge(tasks, json.loads(out.read_text()))
            if who == "ours":
                first = scores[:, 0], seconds
            gap, low, high = ranking.paired_interval(scores[:, 0], first[0])
            means = scores.mean(axis=0)
            if who != "ours":
                _peers.report(
                    "choose an ARIMA and forecast, a series",
                    "MASE",
                    name,
                    quality=(float(first[0].mean()), float(means[0])),
                    seconds=(first[1] / len(tasks), seconds / len(tasks)),
                    less_is_better=True,
                )
            print(
                f"{name:<30}{means[0]:>7.3f}{gap:>12.3f}{f'[{low:.3f}, {high:.3f}]':>18}"
                f"{means[1]:>7.2f}{means[2]:>7.2f}{seconds / len(tasks):>9.2f}"
                f"{seconds / first[1]:>7.2f}",
                flush=True,
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        main()
