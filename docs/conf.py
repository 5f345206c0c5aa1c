"""How the site is made. `docs/build.py` gathers the sources and calls Sphinx."""

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

project = "What is a user worth?"
copyright = "the authors; code MIT, prose CC BY 4.0"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "sphinx_book_theme"
html_title = project
html_favicon = "favicon.svg"
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_context = {"default_mode": "auto"}
html_show_sphinx = False
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "home_page_in_toc": True,
    "show_navbar_depth": 1,
    "navbar_persistent": [],  # the sidebar has a search field
    "use_download_button": False,
    "use_fullscreen_button": False,
    "secondary_sidebar_items": {"**": ["page-toc"], "index": []},
}
# Stored outputs are proved by nbval; here they are only shown.
nb_execution_mode = "off"
nb_code_prompt_show = "Show the solution"
nb_code_prompt_hide = "Hide the solution"
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


def setup(app):
    """Write formulas as MathML, which browsers set themselves."""
    app.add_html_math_renderer(
        "mathml", inline_renderers=(_inline, None), block_renderers=(_block, None)
    )
    app.config.html_math_renderer = "mathml"
