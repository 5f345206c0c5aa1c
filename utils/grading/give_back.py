"""What goes back to the learners: a folder each, a table for mail merge, files for platforms.

- ``<learner>/feedback.html`` and ``comment.txt``, and ``mail_merge.csv`` with a line a learner.
- ``moodle_feedback.zip`` for *Upload multiple feedback files in a zip*. Moodle takes a folder
  ``fullname_participant_assignsubmission_file_`` or a file that begins so, splits it at
  underscores, and looks the number up among the participants (moodle, mod/assign/feedback/file,
  ``is_valid_filename_for_import``). That number is in the names of a download, and in the column
  Identifier of a grading worksheet, as ``Participant 123``.
- ``canvas_feedback.zip`` for *Re-Upload Submissions*. Canvas attaches a file as a comment where
  its name is that of a downloaded one: name, user, attachment, then anything (canvas-lms,
  ``infer_comment_context_from_filename``).
- ``canvas_comments.csv``: the columns by which Canvas knows a user (see `gradebook`), then the
  points of each chapter and a comment. Canvas's own import takes points alone, and would make an
  assignment of a column that it does not know (canvas-lms, ``lib/gradebook_importer.rb``): import
  ``scores.csv`` there, and give this file to a script or a mail merge.

Who handed in outside of a platform is in the folders and tables, and in no zip file.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from utils import catalogue, files
from utils.grading import gradebook
from utils.grading.marking import Row
from utils.grading.owners import CANVAS, MOODLE
from utils.grading.submissions import Submission

FOLDER = "give_back"
PAGE, COMMENT = "feedback.html", "comment.txt"
MAIL, COMMENTS = "mail_merge.csv", "canvas_comments.csv"
ZIPS = {"moodle": "moodle_feedback.zip", "canvas": "canvas_feedback.zip"}
# No learner's folder may be called so.
FILES = frozenset({MAIL, COMMENTS, *ZIPS.values()})
# A zip file with the same pages is the same file.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Returned:
    """What one learner gets back. ``folder`` is a name that no other learner has."""

    submission: Submission
    folder: str
    page: str
    comment: str
    rows: Sequence[Row]


def write(out: Path, returned: Sequence[Returned], title: str = "") -> None:
    """Write all of it into ``out``, and take away what an earlier run wrote for others."""
    for name in (PAGE, COMMENT):
        files.remove_others(out, f"*/{name}", {out / each.folder / name for each in returned})
    for each in returned:
        files.replace(out / each.folder / PAGE, each.page.encode("utf-8", "replace"))
        files.replace(out / each.folder / COMMENT, each.comment.encode("utf-8", "replace"))
    gradebook.write_csv(out / MAIL, _mail_merge(returned), for_a_spreadsheet=True)
    gradebook.write_csv(out / COMMENTS, _canvas_comments(returned, title))
    for name, place in ((ZIPS["moodle"], moodle_name), (ZIPS["canvas"], canvas_name)):
        named = {path: each.page for each in returned if (path := place(each.submission))}
        if named:
            files.replace(out / name, _zip(named))
        else:
            (out / name).unlink(missing_ok=True)


def moodle_name(submission: Submission) -> str:
    """Where Moodle looks for a learner's feedback; nothing where her number is not known.

    A name of a person may hold no underscore there.
    """
    name, number = submission.learner.name, ""
    # The first of them is the platform's; what is below it may be named by the learner.
    if match := next(filter(None, map(MOODLE.match, _parts(submission))), None):
        name, number = match["name"], match["user"]
    if said := re.search(r"\d+", submission.learner.details.get("identifier", "")):
        number = said[0]
    person = re.sub(r"[_/\\]", " ", name)
    return f"{person}_{number}_assignsubmission_file_/{PAGE}" if number else ""


def canvas_name(submission: Submission) -> str:
    """The name by which Canvas attaches a learner's feedback; nothing where there is none."""
    for part in _parts(submission):
        if match := CANVAS.match(part):
            late = match["late"] or ""
            return f"{match['name']}{late}_{match['user']}_{match['submission']}_{PAGE}"
    return ""


def _parts(submission: Submission) -> list[str]:
    return [part for file in submission.files for part in file.name.split("/")]


def _mail_merge(returned: Sequence[Returned]) -> list[Sequence[str]]:
    lines: list[Sequence[str]] = [("learner", "name", "email", "points", "comment", "attachment")]
    for each in returned:
        learner = each.submission.learner
        email = learner.details.get("email", "")
        points = f"{sum(row.points for row in each.rows):g}"
        attachment = f"{each.folder}/{PAGE}"
        lines.append((learner.key, learner.name, email, points, each.comment, attachment))
    return lines


def _canvas_comments(returned: Sequence[Returned], title: str) -> list[Sequence[str]]:
    topics = list(dict.fromkeys(title or row.topic for each in returned for row in each.rows))
    titles = [title] if title else [catalogue.chapter(topic).stem for topic in topics]
    lines: list[Sequence[str]] = [[*gradebook.CANVAS, *titles, "Comment"]]
    for each in returned:
        learner = each.submission.learner
        scores = gradebook.scores_of(each.rows, title)
        points = [scores.get((learner.key, topic), "") for topic in topics]
        lines.append([*gradebook.canvas_user(learner), *points, each.comment])
    return lines


def _zip(named: dict[str, str]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, page in named.items():
            content = page.encode("utf-8", "replace")
            archive.writestr(zipfile.ZipInfo(path, LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return raw.getvalue()
