"""How the site is made. `docs/build.py` gathers the sources and calls Sphinx."""

import os
import re

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.search.zh import SearchChinese

# Set by docs/build.py, which knows the language of the pages.
in_chinese = os.environ.get("COURSE_LANGUAGE") == "zh"
project = "一个用户值多少钱？" if in_chinese else "What is a user worth?"
author = "the authors"
copyright = "the authors; code MIT, prose CC BY 4.0"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "sphinx_book_theme"
html_title = project
html_favicon = "favicon.svg"
html_static_path = ["_static"]
templates_path = ["_templates"]
html_css_files = ["style.css"]
html_context = {"default_mode": "auto"}
html_show_sphinx = False
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "home_page_in_toc": True,
    "show_navbar_depth": 1,
    # No page is below another. What is collapsed is not copied for each page.
    "collapse_navbar": True,
    "navbar_persistent": [],  # the sidebar has a search field
    "use_download_button": False,
    "use_fullscreen_button": False,
    "article_header_start": ["toggle-primary-sidebar.html", "other_language.html"],
    "secondary_sidebar_items": {"**": ["page-toc"], "index": []},
}
# Stored outputs are proved by nbval; here they are only shown.
nb_execution_mode = "off"
nb_code_prompt_show = "显示答案" if in_chinese else "Show the solution"
nb_code_prompt_hide = "隐藏答案" if in_chinese else "Hide the solution"
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]  # a test holds the order of headings in every notebook
autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_use_rtype = False


# ---- mathematics without a script and without the network ----


def _mathml(formula, as_block):
    # The one command of ours that docutils knows by another name.
    return tex2mathml(formula.replace(r"\dots", r"\ldots"), as_block=as_block)


def _inline(translator, node):
    translator.body.append(_mathml(node.astext(), False))
    raise nodes.SkipNode


def _block(translator, node):
    formula = _mathml(node.astext(), True)
    translator.body.append(f'<div style="text-align: center">{formula}</div>\n')
    raise nodes.SkipNode


# ---- two languages ----

# What stands in English alone.
ENGLISH_ONLY = ("modules/", "genindex", "py-modindex")


def _other_language(app, pagename, templatename, context, doctree):
    """Where the same page is in the other language, seen from this one."""
    up = "../" * pagename.count("/")
    if in_chinese:
        context["other_language"] = f"{up}../{pagename}.html"
    else:
        page = "index" if pagename.startswith(ENGLISH_ONLY) else pagename
        context["other_language"] = f"{up}zh/{page}.html"
    context["other_language_name"] = ("English", "en") if in_chinese else ("中文", "zh-CN")


class Pairs(SearchChinese):
    """Chinese is found by every two characters that stand together; no dictionary is needed."""

    # The stemmer in the browser is that of English, and is found by this name.
    language_name = "English"
    js_splitter_code = """
function splitQuery(query) {
  const found = [];
  for (const part of query.match(/[\\u4e00-\\u9fff]+|[\\p{L}\\p{N}_]+/gu) || []) {
    if (!/^[\\u4e00-\\u9fff]{3,}$/.test(part)) found.push(part);
    else for (let i = 0; i + 1 < part.length; i++) found.push(part.slice(i, i + 2));
  }
  return found;
}
"""

    def split(self, text):
        """Words, and pairs of Chinese characters."""
        runs = re.findall(r"[\u4e00-\u9fff]+", text)
        pairs = [run[i : i + 2] for run in runs for i in range(max(1, len(run) - 1))]
        words = self.latin1_letters.findall(text)
        self.latin_terms.update(words)
        return pairs + words


def setup(app):
    """Write formulas as MathML, which browsers set themselves; link the languages."""
    app.connect("html-page-context", _other_language)
    app.add_search_language(Pairs)
    app.add_html_math_renderer(
        "mathml", inline_renderers=(_inline, None), block_renderers=(_block, None)
    )
    app.config.html_math_renderer = "mathml"
