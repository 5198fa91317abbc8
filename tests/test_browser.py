"""The report in a real Chromium: drawn, legible on a phone, in the dark and on paper, and deaf to hostile pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flows.report.page import page_of
from tests.facts import crawl, hostile

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, "--disable-sync"])
        yield browser
        browser.close()


@dataclass
class Shown:
    """A page that has been opened, with all that it said and asked for meanwhile."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def of(self, script: str) -> Any:
        return self.page.evaluate(script)


def show(browser: Browser, html: str, folder: Path, width: int = 1180, **context: Any) -> Shown:
    """Open a page from a file, as a person does."""
    file = folder / "报告 1.html"
    file.write_text(html, encoding="utf-8")
    shown = Shown(browser.new_page(viewport={"width": width, "height": 900}, **context))
    page = shown.page
    page.on("console", lambda message: shown.said.append(message.text))
    page.on("pageerror", lambda error: shown.said.append(str(error)))
    page.on("dialog", lambda dialog: (shown.said.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: shown.asked.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_load_state("networkidle")
    return shown


# Whether every chart has marks that one can see, with a name each; charts that do not are returned.
UNDRAWN = """() => [...document.querySelectorAll('svg')].filter(svg => {
  const marks = [...svg.querySelectorAll('[role="graphics-symbol"][aria-label]:not([aria-roledescription="axis"])')]
    .filter(mark => mark.getAttribute('aria-roledescription') !== 'legend')
  const large = box => box.width > 0 && box.height > 0
  const seen = marks.filter(mark => large(mark.getBoundingClientRect()))
  const fills = new Set(seen.map(mark => getComputedStyle(mark).fill))
  const box = svg.getBoundingClientRect()
  return !(seen.length && box.width > 200 && box.height > 20 && ![...fills].includes('rgb(0, 0, 0)'))
}).map(svg => svg.getAttribute('aria-label'))"""

# The texts of charts that stick out of their card.
CLIPPED = """() => [...document.querySelectorAll('figure svg text')].filter(text => {
  const box = text.getBoundingClientRect(), card = text.closest('figure').getBoundingClientRect()
  return box.width && (box.left < card.left || box.right > card.right)
}).map(text => text.textContent)"""

# The contrast of a text against what it stands on, as WCAG 2.2 defines it.
CONTRAST = """selector => {
  const light = colour => { const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b }
  const element = document.querySelector(selector)
  let ground = element
  while (getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement
  const style = getComputedStyle(element)
  const ink = light(element instanceof SVGElement ? style.fill : style.color)
  const paper = light(getComputedStyle(ground).backgroundColor)
  return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)
}"""
TEXTS = [
    "h1",
    "figcaption",
    "figure svg text",
    ".tiles dt",
    "nav a",
    "del",
    "ins",
    "td",
    "summary",
    ".look li",
    ".page",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_is_drawn(browser: Browser, tmp_path: Path, scheme: str) -> None:
    shown = show(browser, page_of(crawl()), tmp_path, color_scheme=scheme)
    assert (shown.said, len(shown.asked)) == ([], 1)
    assert shown.of(UNDRAWN) == []
    assert shown.of(CLIPPED) == []
    assert shown.of("document.querySelectorAll('svg').length") == 12
    for selector in TEXTS:
        assert shown.page.evaluate(CONTRAST, selector) >= 4.5, selector
    dark = shown.of("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number).every(v => v < 80)")
    assert dark == (scheme == "dark")


@pytest.mark.parametrize("width", [320, 390, 768])
def test_the_report_fits_a_small_screen(browser: Browser, tmp_path: Path, width: int) -> None:
    shown = show(browser, page_of(crawl()), tmp_path, width, is_mobile=True)
    assert shown.of("document.documentElement.scrollWidth") <= width
    assert shown.of(UNDRAWN) == []
    assert shown.of(CLIPPED) == []
    heights = "[...document.querySelectorAll('figure svg text')].map(text => text.getBoundingClientRect().height)"
    assert min(shown.of(heights)) >= 9  # CSS pixels of a line's height: less cannot be read


def test_the_report_on_paper(browser: Browser, tmp_path: Path) -> None:
    shown = show(browser, page_of(crawl()), tmp_path, color_scheme="dark")
    shown.page.emulate_media(media="print", color_scheme="dark")
    assert shown.of("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert shown.of("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert shown.page.pdf(format="A4").startswith(b"%PDF-")


def test_hostile_pages_are_shown_as_text(browser: Browser, tmp_path: Path) -> None:
    shown = show(browser, page_of(hostile()), tmp_path)
    assert (shown.said, len(shown.asked)) == ([], 1)
    assert shown.of("window.hostile") is None
    assert shown.of("document.querySelectorAll('script, img, iframe, object, form, a[href^=javascript]').length") == 0
    words = shown.page.locator("main").inner_text()
    assert words.count("<script>window.hostile=1;alert(1)</script>") >= 6
    assert shown.of(UNDRAWN) == []
    assert shown.of("document.documentElement.scrollWidth") <= 1180


def test_a_reader_who_cannot_see_is_told_the_figures(browser: Browser, tmp_path: Path) -> None:
    facts = crawl()
    shown = show(browser, page_of(facts), tmp_path)
    chart = shown.page.get_by_role("figure").filter(has_text="Kept pages by encoding").last
    mark = chart.locator('[role="graphics-symbol"][aria-label="gb18030, pages: 51,000 pages"]')
    assert mark.count() == 1
    chart.get_by_text("The figures").click()
    assert chart.get_by_role("row", name="gb18030 51,000").is_visible()
    headings = shown.page.get_by_role("heading", level=2).all_inner_texts()
    assert headings[:3] == ["Worth a look", "What came in", "Damage and repair"]


def test_the_parts_can_be_gone_to(browser: Browser, tmp_path: Path) -> None:
    shown = show(browser, page_of(crawl()), tmp_path)
    for link in shown.page.get_by_role("navigation").get_by_role("link").all():
        link.click()
        target = (link.get_attribute("href") or "").removeprefix("#")
        assert shown.page.locator(f"section#{target} h2").count() == 1


def test_chinese_is_drawn_with_a_font_that_has_it(browser: Browser, tmp_path: Path) -> None:
    """A font that lacks characters draws the same box for each; a font that has them draws them apart."""
    shown = show(browser, page_of(crawl()), tmp_path)
    script = """() => {
      const font = getComputedStyle(document.querySelector('dd[lang=zh]')).fontFamily
      const draw = text => {
        const canvas = document.createElement('canvas'), pen = canvas.getContext('2d')
        pen.font = `24px ${font}`; pen.fillText(text, 5, 30); return canvas.toDataURL()
      }
      return new Set(['清', '文', '柳', '桥', '鎮'].map(draw)).size
    }"""
    if shown.of(script) == 1:
        pytest.skip("no Chinese font here: apt-get install fonts-wqy-microhei")
    assert shown.of(script) == 5
