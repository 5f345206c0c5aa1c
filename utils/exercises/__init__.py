"""What an exercise is: what a topic declares, and what marking asks of it."""

from utils.catalogue import load
from utils.exercises.beat_it import BeatIt, Metric
from utils.exercises.break_it import BreakIt
from utils.exercises.marks import Mark
from utils.exercises.model import Exercise
from utils.exercises.query import WriteTheQuery
from utils.exercises.small_inputs import problem_with_days, problem_with_table
from utils.exercises.write_it import Call, Property, WriteIt
from utils.exercises.write_the_test import WriteTheTest

__all__ = [
    "BeatIt",
    "BreakIt",
    "Call",
    "Exercise",
    "Mark",
    "Metric",
    "Property",
    "WriteIt",
    "WriteTheQuery",
    "WriteTheTest",
    "load",
    "problem_with_days",
    "problem_with_table",
]
