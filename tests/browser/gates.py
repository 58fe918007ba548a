"""What every page must be, measured in the browser: the questions that axe does not ask."""

from pathlib import Path

from playwright.sync_api import Page

REFLOW_WIDTH = 320

SET_THEME = "theme => { document.documentElement.dataset.bsTheme = theme; }"

ARRIVED = "() => document.readyState === 'complete' && document.documentElement && document.body"

BORDERS = (Path(__file__).parent / "borders.js").read_text("utf-8")

FOCUSABLE = """() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
  .filter(n => !n.disabled && n.tabIndex >= 0 && n.checkVisibility({visibilityProperty: true})
    && !(n.type === "radio" && !n.checked)).length"""

FOCUS_RING = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const style = getComputedStyle(node);
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {what: node.outerHTML.slice(0, 120), seen};
}"""


def wear(page: Page, theme: str) -> None:
    """Put the page into a theme; a page that is still on its way is waited for first."""
    page.wait_for_load_state()
    # Between two pages there is a moment with a document that has no element yet.
    page.wait_for_function(ARRIVED)
    page.evaluate(SET_THEME, theme)


def control_borders(page: Page) -> list[str]:
    """Controls whose edge is less than 3:1 against its surroundings."""
    found: list[str] = page.evaluate(BORDERS)
    return found


def too_wide(page: Page) -> int:
    """By how many pixels the page scrolls sideways at 320 px (WCAG 1.4.10)."""
    page.set_viewport_size({"width": REFLOW_WIDTH, "height": 700})
    width: int = page.evaluate("() => document.documentElement.scrollWidth")
    return max(0, width - REFLOW_WIDTH)


def tab_through(page: Page, most: int = 400) -> list[str]:
    """Walk the page by Tab alone; what was wrong: a trap, an invisible focus, something skipped."""
    # A field with the focus on arrival would be where the walk begins.
    page.evaluate("() => { document.body.tabIndex = -1; document.body.focus(); }")
    wanted: int = page.evaluate(FOCUSABLE)
    problems: list[str] = []
    reached = 0
    for _ in range(min(wanted + 5, most)):
        page.keyboard.press("Tab")
        now = page.evaluate(FOCUS_RING)
        if now is None:
            break
        reached += 1
        if not now["seen"]:
            problems.append(f"no visible focus on {now['what']}")
    if reached < min(wanted, most):
        problems.append(f"Tab reached {reached} of {wanted}")
    return problems
