"""Figures that chapters share, in colours that colour-blind eyes tell apart (Okabe and Ito)."""

from __future__ import annotations

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#6E6E6E"
SKY, PURPLE = "#56B4E9", "#CC79A7"
# The same kind of model has the same colour in every chapter.
COLOUR = {
    "baseline": GREY,
    "linear": BLUE,
    "trees": GREEN,
    "boosting": SKY,
    "neural": PURPLE,
    "flawed": ORANGE,
}


def house_style() -> None:
    """Set the look of every figure in a notebook: nothing that carries no information."""
    plt.rcParams.update(
        {
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.prop_cycle": plt.cycler(color=[BLUE, ORANGE, GREEN, GREY]),
            "legend.frameon": False,
            "figure.constrained_layout.use": True,
            "figure.dpi": 100,
        }
    )


def show(alt: str) -> None:
    """Show the current figure, and say in words what it shows.

    Parameters
    ----------
    alt : str
        One or two sentences for whoever cannot see it; a terminal prints them instead.
    """
    from IPython.display import display

    figure = plt.gcf()
    picture = io.BytesIO()
    figure.savefig(picture, format="png", bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
    bundle = {"image/png": base64.b64encode(picture.getvalue()).decode(), "text/plain": alt}
    display(bundle, metadata={"image/png": {"alt": alt}}, raw=True)


def intervals(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Differences with their intervals, a row each: gains green, losses orange, unclear ones grey.

    Parameters
    ----------
    table : DataFrame
        Columns ``difference``, ``low`` and ``high``; the index names the rows, from the top.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes
    """
    ax = ax or plt.gca()
    rows = table.iloc[::-1]
    colours = np.select([rows["low"] > 0, rows["high"] < 0], [GREEN, ORANGE], GREY)
    places = np.arange(len(rows))
    ax.hlines(places, rows["low"], rows["high"], color=colours, lw=3)
    ax.scatter(rows["difference"], places, color=colours, zorder=3)
    ax.axvline(0, color="black", lw=0.8)
    ax.set_yticks(places, [str(name) for name in rows.index])
    ax.margins(y=0.12)
    ax.locator_params(axis="x", nbins=6)
    return ax
