"""Coupons under one budget: chapter 11's dual against HiGHS and OR-Tools, on the same instances.

    python tests/benchmarks/budget_allocation.py

Users are drawn with replacement from the simulated trial of face values, with their true expected
gain and cost of four face values, and a budget of 0.30 USD per user. Each measurement is a fresh
process. Seconds are those of building the solver's model and of solving it; reading the instance
is not counted. The gap is to the bound by the price: no plan can be better.

HiGHS is reached through scipy: as a linear program whose fractional user (there is one at most)
takes her cheaper face value, and as an integer program to a relative gap of 1e-6. OR-Tools solves
the linear program by GLOP and the integer program by CP-SAT. All but the first have a limit of
sixty seconds. A solver that took more than two is not tried on more users. On 100,000 the linear
programs take minutes, so they end at 30,000; the last size is ours alone.

What we do not do: no other constraint than the budget. A solver takes any that is linear.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

PER_USER, SECONDS = 0.30, 60
# Who takes longer than these seconds is not tried on more users.
SLOW = 2


def instance(n_users: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """True gain and cost of users of the simulated trial, with some noise so that
    no two are equal.
    """
    from solutions.budget_allocation import gain_and_cost
    from utils import data

    trial = data.simulated_face_value_trial(0).sample(n_users, replace=True, random_state=seed)
    p = trial[[f"p_{face}" for face in data.FACES]].to_numpy()
    value = trial["order_value"].to_numpy() * np.random.default_rng(seed).uniform(0.9, 1.1, n_users)
    return gain_and_cost(p, value, np.array(data.FACES))


def steps(gain: np.ndarray, cost: np.ndarray, budget: float) -> np.ndarray:
    from solutions.budget_allocation import allocate_budget

    return np.array(allocate_budget(gain, cost, budget))


def price(gain: np.ndarray, cost: np.ndarray, budget: float) -> np.ndarray:
    from solutions.budget_allocation import price_of_budget

    return (gain - price_of_budget(gain, cost, budget) * cost).argmax(axis=1)


def rounded(x: np.ndarray) -> np.ndarray:
    """One face for each user: where two are mixed, the cheaper."""
    return (x > 1e-6).argmax(axis=1)


def _program(gain: np.ndarray, cost: np.ndarray, budget: float):
    """Only faces above 0 are variables: at most one for each user."""
    from scipy import sparse

    n_users, n_faces = gain.shape[0], gain.shape[1] - 1
    one_each = sparse.kron(sparse.eye_array(n_users), np.ones((1, n_faces)), format="csr")
    paid = sparse.csr_array(cost[:, 1:].reshape(1, -1))
    limits = np.append(np.ones(n_users), budget)
    return -gain[:, 1:].ravel(), sparse.vstack([one_each, paid], format="csr"), limits


def _with_none(x: np.ndarray, n_users: int) -> np.ndarray:
    x = np.asarray(x).reshape(n_users, -1)
    return np.column_stack([1 - x.sum(axis=1), x])


def highs_lp(gain: np.ndarray, cost: np.ndarray, budget: float) -> np.ndarray:
    from scipy import optimize

    c, A, b = _program(gain, cost, budget)
    found = optimize.linprog(c, A_ub=A, b_ub=b, bounds=(0, 1), method="highs")
    return rounded(_with_none(found.x, len(gain)))


def highs_milp(gain: np.ndarray, cost: np.ndarray, budget: float) -> np.ndarray:
    from scipy import optimize

    c, A, b = _program(gain, cost, budget)
    found = optimize.milp(
        c,
        integrality=np.ones(len(c)),
        bounds=optimize.Bounds(0, 1),
        constraints=optimize.LinearConstraint(A, -np.inf, b),
        options={"time_limit": SECONDS, "mip_rel_gap": 1e-6},
    )
    return rounded(_with_none(np.round(found.x), len(gain)))


def glop(gain: np.ndarray, cost: np.ndarray, budget: float) -> np.ndarray:
    import pandas as pd
    from ortools.linear_solver.python import model_builder as mb

    model = mb.Model()
    index = pd.RangeIndex(gain[:, 1:].size)
    x = model.new_num_var_series("x", index, 0, 1)
    n_faces = gain.shape[1] - 1
    for user in range(len(gain)):
        mine = x.iloc[user * n_faces : (user + 1) * n_faces]
        model.add(mb.LinearExpr.sum(mine.tolist()) <= 1)
    paid = mb.LinearExpr.weighted_sum(x.tolist(), cost[:, 1:].ravel().tolist())
    model.add(paid <= budget)
    model.maximize(mb.LinearExpr.weighted_sum(x.tolist(), gain[:, 1:].ravel().tolist()))
    solver = mb.Solver("glop")
    solver.set_time_limit_in_seconds(SECONDS)
    solver.solve(model)
    return rounded(_with_none(solver.values(x).to_numpy(), len(gain)))


def cp_sat(gain: np.ndarray, cost: np.ndarray, budget: float) -> np.ndarray:
    from ortools.sat.python import cp_model

    # Whole numbers only: hundredths of a cent, costs rounded up.
    g = np.round(gain[:, 1:] * 1e4).astype(int)
    c = np.ceil(cost[:, 1:] * 1e4).astype(int)
    model = cp_model.CpModel()
    x = [[model.new_bool_var("") for _ in row] for row in g]
    for row in x:
        model.add_at_most_one(row)
    flat = [each for row in x for each in row]
    model.add(cp_model.LinearExpr.weighted_sum(flat, c.ravel().tolist()) <= int(budget * 1e4))
    model.maximize(cp_model.LinearExpr.weighted_sum(flat, g.ravel().tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = SECONDS
    solver.parameters.num_workers = 1
    solver.parameters.relative_gap_limit = 1e-6
    solver.solve(model)
    taken = np.array([[solver.value(each) for each in row] for row in x])
    return rounded(_with_none(taken, len(gain)))


def child(who: str, path: str) -> None:
    loaded = np.load(path)
    gain, cost, budget = loaded["gain"], loaded["cost"], float(loaded["budget"])
    solver = {f.__name__: f for f in (steps, price, highs_lp, highs_milp, glop, cp_sat)}[who]
    # Modules are imported before the clock starts.
    solver(gain[:50], cost[:50], PER_USER * 50)
    started = time.perf_counter()
    plan = solver(gain, cost, budget)
    seconds = time.perf_counter() - started
    users = np.arange(len(gain))
    told = {
        "gain": float(gain[users, plan].sum()),
        "spent": float(cost[users, plan].sum() / budget),
        "seconds": seconds,
        "peak_MB": peak_megabytes(),
    }
    print()
    print(json.dumps(told))


def peak_megabytes() -> float:
    # The peak of this process alone; getrusage would begin with that of the one it came from.
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


# Who, its name in the table, and whether it is one of ours.
SOLVERS = {
    "steps": "ours, steps by ratio",
    "price": "ours, price alone",
    "highs_lp": "HiGHS, linear",
    "highs_milp": "HiGHS, integer",
    "glop": "OR-Tools GLOP",
    "cp_sat": "OR-Tools CP-SAT",
}


def main(sizes: tuple[int, ...] = (1_000, 10_000, 30_000, 1_000_000)) -> None:
    import _peers

    from solutions.budget_allocation import gain_bound, price_of_budget

    apart = _peers.environment("ortools", "numpy", "pandas", "scipy", "scikit-learn")
    print(_peers.machine())
    print(f"{'users':>9}  {'who':<22}{'gap %':>10}{'spent %':>9}{'s':>9}{'MB':>7}{'ratio':>8}")
    slow: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        for n_users in sizes:
            gain, cost = instance(n_users)
            budget = PER_USER * n_users
            bound = gain_bound(gain, cost, budget, price_of_budget(gain, cost, budget))
            path = Path(folder) / "instance.npz"
            np.savez(path, gain=gain, cost=cost, budget=budget)
            rows: dict[str, dict] = {}
            for who, name in SOLVERS.items():
                if who in slow:
                    continue
                python = apart if who in ("glop", "cp_sat") else sys.executable
                rows[who] = row = _peers.measure(python, Path(__file__), "--child", who, path)
                if row["seconds"] > SLOW:
                    slow.add(who)
                gap = 100 * (1 - row["gain"] / bound)
                ratio = f"{row['seconds'] / rows['steps']['seconds']:.1f}"
                print(
                    f"{n_users:>9,}  {name:<22}{gap:>10.5f}{100 * row['spent']:>9.3f}"
                    f"{row['seconds']:>9.3f}{row['peak_MB']:>7.0f}{ratio:>8}",
                    flush=True,
                )
                if who in ("steps", "price"):
                    continue
                _peers.report(
                    f"coupons for {n_users:,} users under one budget",
                    "gain, USD",
                    name,
                    quality=(rows["steps"]["gain"], row["gain"]),
                    seconds=(rows["steps"]["seconds"], row["seconds"]),
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    elif sys.argv[1:]:
        main(tuple(map(int, sys.argv[1:])))
    else:
        main()
