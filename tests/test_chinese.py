"""The Chinese edition: the same course in other words, and nothing but the words."""

import ast
import itertools
import re
import shutil
import subprocess

import pytest
from babel.messages.catalog import Catalog
from markdown_it import MarkdownIt

from tests.test_natural_answers import answers
from utils import catalogue, check, progress, sql, translation
from utils.catalogue import ROOT
from utils.editions import build, messages, source
from utils.editions import translation as editions
from utils.exercises import BeatIt, BreakIt, practice
from utils.exercises.beat_it import Metric
from utils.exercises.proof import mark_of_ours
from utils.interview import bank

CATALOGUES = sorted((ROOT / "locale" / "zh_CN" / "LC_MESSAGES").glob("*.po"))
CHAPTERS = catalogue.chapters()


@pytest.fixture
def chinese(monkeypatch):
    monkeypatch.setenv(translation.VARIABLE, "zh")


# ---- the catalogues ----


def test_a_translation_says_what_the_english_says():
    assert [f"{path.name}: {what}" for path, what in editions.mistakes("zh")] == []


def test_every_message_is_translated():
    unfinished = [what for _, what in editions.unfinished("zh")]
    # What is finished must stay so.
    never = [path for path, _ in editions.unfinished("zh") if path.stem in FINISHED]
    assert never == []
    assert unfinished == [] or "zh" not in build.COMPLETE


# These need no translator of a chapter.
FINISHED = ("interface", "site", "guide", "start_here", "mock_interview")


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_checkers_of_gettext_are_content(path):
    stored = editions.stored(path)
    for message in stored:
        # Babel takes "5 % of" for a format of Python's.
        message.flags.discard("python-format")
    assert [error for message in stored for error in message.check(stored)] == []
    if shutil.which("msgfmt"):
        command = ["msgfmt", "--check", "-o", "/dev/null", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_a_changed_sentence_keeps_its_translation_and_shows_the_former(tmp_path):
    path = tmp_path / "topic.po"
    former = "It is easy to list defects, and it is hard to show one on a small table of ratings."
    first = editions.updated(Catalog(), [("notebook", former), ("notebook", "Hint")])
    first.get(former, "notebook").string = "列出缺陷容易，用一张小表展示一个缺陷很难。"
    path.write_text(editions.text(first, "zh"), "utf-8")
    changed = former.replace("easy", "simple")
    for _ in range(2):  # A second build keeps the former sentence.
        again = editions.updated(editions.stored(path), [("notebook", changed)])
        path.write_text(editions.text(again, "zh"), "utf-8")
    message = editions.stored(path).get(changed, "notebook")
    assert message.fuzzy
    assert list(message.previous_id) == [former]
    assert message.string.startswith("列出缺陷")
    assert "Hint" not in path.read_text("utf-8")


def test_a_fuzzy_translation_is_not_shown(tmp_path, monkeypatch, chinese):
    path = tmp_path / "locale" / "zh_CN" / "LC_MESSAGES" / "interface.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid ""\nmsgstr ""\n\n#, fuzzy\nmsgid "passed"\nmsgstr "旧"\n', "utf-8")
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    assert translation.translated("passed") == "passed"


@pytest.mark.parametrize(
    ("english", "other", "what"),
    [
        ("At most 3 of `k`", "最多 3 个 `n`", "k is missing"),
        ("At most 3", "最多三个", "3 is missing"),
        ("See [this](a.md)", "见[这里](b.md)", "the link to a.md is missing"),
        ("Right", "对,错", "full-width punctuation"),
        ("AUC is right", "AUC是对的", "a space stands"),
        ("One. Two.", "一。\n二。", "more than one line"),
    ],
)
def test_a_slip_of_a_translator_is_named(english, other, what):
    assert any(what in each for each in editions.differences(english, other))


# ---- the notebooks ----


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_only_words_differ(chapter):
    english = source.read(chapter.notebook).cells
    other = source.read(editions.learners(chapter, "zh")).cells
    assert [cell.id for cell in english] == [cell.id for cell in other]
    for mine, theirs in zip(english, other, strict=True):
        if mine.cell_type == "code" and mine.source != theirs.source:
            assert source.exercise_name(mine)
            assert _without_docstring(mine.source) == _without_docstring(theirs.source)
            assert _examples(mine.source) == _examples(theirs.source)
            assert max(len(line) for line in theirs.source.splitlines()) <= 100


def _without_docstring(code):
    function = ast.parse(code).body[0]
    function.body = function.body[1:]
    return ast.dump(function)


def _examples(code):
    return re.findall(r"^ *>>>.*(?:\n *\.\.\. .*)*", code, re.M)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_no_english_sentence_is_left(chapter):
    if "zh" not in build.COMPLETE and chapter.topic not in FINISHED:
        pytest.skip("being translated")
    left = []

    def say(text):
        left.append(text)
        return text

    for cell in source.read(editions.learners(chapter, "zh")).cells:
        if cell.cell_type == "markdown":
            messages.in_markdown(cell.source, say)
    # An abbreviation is the same word, and so is a formula; titles of papers stand among Chinese.
    english = (re.sub(r"\$.+?\$", "", text.replace("$$", "$")) for text in left)
    words = r"[a-z]+ [a-z]+ [a-z]+"
    untranslated = (text for text in english if not re.search(r"[\u4e00-\u9fff]", text))
    assert [text for text in untranslated if re.search(words, text, re.I)] == []


def test_a_role_is_not_broken_from_its_text():
    text = "每次复购之后，速率 :math:`\\alpha + x` 不变，见（:ref:`a link`）和 `the docs <x.md>`_。"
    for width in range(24, 60):
        joined = messages.broken_lines(text, width)
        assert "".join(joined).replace(" ", "") == text.replace(" ", "")
        for piece in (":math:`\\alpha + x`", ":ref:`a link`", "`the docs <x.md>`_"):
            assert any(piece in line for line in joined)


def test_code_longer_than_a_line_is_broken():
    assert messages.broken_lines("表 ``t(a INTEGER, b DOUBLE)``：订单。", 20) == [
        "表 ``t(a INTEGER, b",
        "DOUBLE)``：订单。",
    ]


def test_a_formula_is_no_message():
    assert not messages.is_message(r"$$\mathrm{PSI} = \sum_b q_b$$")


def test_a_solved_notebook_keeps_its_outputs_and_translates_its_cards():
    chapter = catalogue.numbered("00")
    english, other = source.read(chapter.solved), editions.solved(chapter, "zh")
    for mine, theirs in zip(english.cells, other.cells, strict=True):
        if mine.cell_type == "code" and not mine.source.startswith("check("):
            assert [each.get("data") for each in mine.outputs] == [
                each.get("data") for each in theirs.outputs
            ]
    (card,) = (cell for cell in other.cells if cell.source.startswith("check("))
    page = card.outputs[0].data["text/html"]
    assert "已通过" in page
    assert "5 条性质中 5 条成立" in page
    assert "total sales" not in page


# ---- the guide ----


@pytest.mark.parametrize("page", editions.guide(), ids=lambda page: page.stem)
def test_a_page_of_the_guide_has_the_same_code_and_links(page):
    english, other = (each.read_text("utf-8") for each in (page, page.parent / "zh" / page.name))
    assert _code_and_links(english) == _code_and_links(other)


def _code_and_links(text):
    """Blocks of code in their order; in a sentence the order of words is another one."""
    blocks = MarkdownIt("commonmark").enable("table").parse(text)
    inline = [token for block in blocks for token in block.children or ()]
    return (
        [(block.info, block.content) for block in blocks if block.type in ("fence", "code_block")],
        sorted(token.content for token in inline if token.type == "code_inline"),
        sorted(token.attrs["href"] for token in inline if token.type == "link_open"),
    )


# ---- what is said ----


def average_basket(basket_ids, sales):
    return sum(sales) / len(sales) if sales else float("nan")


def test_a_check_speaks_chinese_in_a_notebook_of_the_chinese_edition(tmp_path, monkeypatch):
    monkeypatch.delenv(translation.VARIABLE, raising=False)
    monkeypatch.setattr(translation, "WORK", tmp_path)
    monkeypatch.setattr(progress, "WORK", tmp_path)
    said = {}
    for folder in ("zh", "."):
        (tmp_path / folder).mkdir(exist_ok=True)
        monkeypatch.chdir(tmp_path / folder)
        translation._of_folder.cache_clear()
        said[folder] = repr(check.check(average_basket))
    translation._of_folder.cache_clear()
    assert "看起来是：对行求均值" in said["zh"]
    assert "Looks like: mean of lines" in said["."]
    # One record, whichever language was read.
    assert len((tmp_path / "progress.jsonl").read_text("utf-8").splitlines()) == 2


def test_a_bank_in_chinese_has_the_same_questions(chinese):
    mine = [(each.id, len(each.rubric), len(each.follow_ups)) for each in bank.questions()]
    translation.use("en")
    assert mine == [(each.id, len(each.rubric), len(each.follow_ups)) for each in bank.questions()]


# One of each kind; `answers` holds what people wrote.
KINDS = {
    "household_profile": "user_value",
    "silent_households": "sql_round",
    "break_recommender": "collaborative_filtering",
    "kill_cf": "collaborative_filtering",
    "recommend_new_items": "collaborative_filtering",
}
CARELESS = (
    lambda *args: [arg.clear() for arg in args],
    lambda *args: args,
    lambda *args: True,
    lambda *args: 1 / 0,
    lambda *args: {},
)
SHORT_QUERIES = (
    *(3, "", "DELETE FROM transactions", "SELECT 1; SELECT 2", "SELECT 1 AS n", "\ud800"),
    *(
        "-- mysql\nSELECT DATE_ADD(",
        "SELECT * FROM nowhere",
        "FROM range(10001)",
        "-- hive\nSELECT (",
        "SELECT",
    ),
    "WITH gone AS (DELETE FROM transactions RETURNING *) SELECT * FROM gone",
)


def english_sentences(mark):
    """The sentences on a card that are English and ours."""
    said = " ".join([mark.message, *(each.reason for each in mark.criteria)])
    # Code; then what Python, DuckDB and sqlglot say themselves.
    said = re.sub(r"`[^`]*`", "", said)
    said = re.sub(r"(Error: |sqlglot.*?：)[^\u4e00-\u9fff]*", "", said)
    return re.findall(r"[A-Za-z]+ [a-z]+ [a-z]+.*", said)


def wrong_answers(topic, name):
    natural = (
        answer for exercise, right, _, answer in answers(topic) if exercise == name and not right
    )
    few = itertools.islice(natural, 8)
    return [*few, *CARELESS, *(lambda query=query: query for query in SHORT_QUERIES)]


@pytest.mark.parametrize("name", KINDS)
def test_a_card_in_chinese_holds_no_english_sentence_of_ours(name, chinese):
    task = catalogue.load(KINDS[name])[name]
    wrong = task.misconceptions[:8]
    wrong = [*wrong, *([] if isinstance(task, BeatIt) else wrong_answers(KINDS[name], name))]
    left = {text for each in wrong for text in english_sentences(mark_of_ours(task, each, 0))}
    assert left == set()


# No input has any of these forms.
MALFORMED = (3, None, "abc", (), (1, 2, 3))


@pytest.mark.parametrize(
    "chapter",
    [each for each in CHAPTERS if each.has_exercises],
    ids=lambda chapter: chapter.stem,
)
def test_a_rule_for_an_input_is_told_in_chinese(chapter, chinese):
    wrong = [lambda defect, value=value: value for value in MALFORMED]
    left = {
        text
        for task in catalogue.load(chapter.topic).values()
        if isinstance(task, BreakIt)
        for each in [*task.misconceptions, *wrong]
        for text in english_sentences(mark_of_ours(task, each, 0))
    }
    assert left == set()


def test_a_probe_has_no_english_word_for_what_is_no_number(chinese):
    task = catalogue.load("segmentation_case")["bootstrap_stability"]
    assert "函数返回了 None" in mark_of_ours(task, lambda *args: None, 0).message
    for value in ([], "a number", {}):
        mark = mark_of_ours(task, lambda *args, value=value: value, 0)
        assert mark.points == 0 and "TypeError" not in mark.message
        assert english_sentences(mark) == []


class Unprintable(Exception):
    def __str__(self):
        raise self


def unprintable(*args):
    raise Unprintable


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda *args: input(), "EOFError: 答案里不能请求输入"),
        (unprintable, "Unprintable: 一个无法显示的异常"),
    ],
)
def test_our_words_in_an_exception_are_chinese(answer, told, chinese):
    task = catalogue.load("user_value")["household_profile"]
    assert told in mark_of_ours(task, answer, 0).message


def test_asking_a_query_by_hand_is_told_in_chinese(chinese):
    with pytest.raises(sql.QueryError, match="请返回一条 SELECT"):
        sql.ask("DELETE FROM carts", carts=("n INTEGER", (1,)))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT * FROM nowhere", "这里的表有：campaigns 和 coupon_redemptions。"),
        ("SELECT 1 AS n", "题目要求 2 列：campaign_id 和 household_id。"),
        ("SELECT 1; SELECT 2", "这里有 2 条语句。"),
        ("-- mysql\nSELECT DATE_ADD(", "从 mysql 翻译过来：是不是少了括号、引号或参数？"),
    ],
)
def test_lists_on_a_card_are_chinese(query, told, chinese):
    task = catalogue.load("sql_round")["silent_households"]
    assert told in mark_of_ours(task, lambda: query, 0).message


def test_a_rule_that_is_broken_is_told_as_a_rule(chinese):
    task = catalogue.load("sql_round")["break_campaign_report"]

    def twice(defect):
        campaigns, descriptions, transactions, redemptions = task.reference(defect)
        return campaigns, descriptions, [*transactions, transactions[0]], redemptions

    message = mark_of_ours(task, twice, 0).message
    assert message == "给 6 个缺陷的输入不合法。规定是：购物篮不重复出现。"


def practised():
    """The kinds of practice, made of exercises of the course."""
    tasks = catalogue.load("collaborative_filtering")
    common = {"points": 1, "minutes": 1, "level": "mid"}
    broken, beaten = tasks["break_recommender"], tasks["recommend_new_items"]
    yield practice.PracticeBreak(
        reference=broken.reference,
        right=broken.right,
        defects=broken.defects,
        problem=broken.problem,
        **common,
    )
    for own in (None, lambda *args: 1 / 0, lambda *args: 3):
        yield practice.PracticeTest(
            reference=tasks["kill_cf"].reference, under_test="double", own=own, **common
        )
    yield practice.PracticeBeat(
        reference=beaten.reference,
        task=lambda seed: (([1, 2, 3],), None),
        baseline=beaten.baseline,
        metrics=[Metric("sum", lambda value, truth: value[0])],
        problem=lambda value, given: (
            "" if len(value) == 1 else "a group is a dict with one or two dimensions"
        ),
        ends=([0.0], [1.0]),
        **common,
    )


def test_a_card_of_practice_in_chinese_holds_no_english_sentence_of_ours(chinese):
    tried = (
        *(lambda *args: [1.0], lambda *args: [0.0], lambda f: f(3) == 3, lambda f: f(3) and None),
        lambda defect: ([[5, 0], [3, 4]], 0, 1, 1),
        *CARELESS,
    )
    marks = [mark_of_ours(task, each, 0) for task in practised() for each in tried]
    assert {text for mark in marks for text in english_sentences(mark)} == set()
    kinds = {each for each in vars(practice).values() if getattr(each, "visible_only", False)}
    assert {type(task) for task in practised()} == kinds


# Nobody reads these on a card: they are for who writes an exercise, or run without the course.
NO_CARD = ("proof", "mutation", "query_mutation", "stored_cases")


def is_not_shown(node, errors_are_shown):
    """Whether all text below a node is in the catalogue, or is never on a card."""
    match node:
        case ast.Call(func=ast.Name("translated" | "message") | ast.Attribute(attr="compile")):
            return True
        case ast.Expr(ast.Constant()) | ast.Compare() | ast.keyword("stands"):
            return True
        case ast.Raise():
            return not errors_are_shown
    return False


def shown(node, errors_are_shown):
    """The texts below a node that may be on a card."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        if not is_not_shown(child, errors_are_shown):
            yield from shown(child, errors_are_shown)


def test_what_a_card_says_is_handed_to_the_catalogue():
    """Also what no answer above comes across."""
    exercises = (ROOT / "utils" / "exercises").glob("*.py")
    paths = [path for path in exercises if path.stem not in NO_CARD]
    left = [
        f"{path.name}: {text}"
        for path in [*paths, ROOT / "utils" / "check.py", ROOT / "utils" / "sql.py"]
        for text in shown(ast.parse(path.read_text("utf-8")), path.stem == "sql")
        if re.search(r"[A-Za-z]+ [a-z]+ [a-z]+", text)
    ]
    assert left == []


# ---- the README ----


def test_both_readmes_have_the_same_facts():
    english, other = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    assert "(README.zh-CN.md)" in english
    assert "(README.md)" in other
    rows = r"^\| \[(\d\d)\]\([^)]*\) \| .* \| (\d*) \|"
    assert re.findall(rows, english, re.M) == re.findall(rows, other, re.M)
    commands = r"`(course [^`]*)`"
    assert set(re.findall(commands, english)) == set(re.findall(commands, other))
