"""The colours of cards and of report pages: white on them has a contrast of at least 4.5 to 1."""

from __future__ import annotations

GOOD, BAD, SOME = "#1a7f37", "#b3261e", "#57606a"
BAR, TEXT, LINE, PAPER = "#0072b2", "#1f2328", "#d0d7de", "#f6f8fa"
