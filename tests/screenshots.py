"""Pictures of every kind of page: wide and narrow, light and dark, printed, and without script.

    python -m tests.screenshots _site screenshots            # `make screenshots`
    python -m tests.screenshots _site screenshots claim map  # only these kinds

Of each kind of which there are many, the heaviest page is taken, which shows most. Prints a line for each
page that is wider than its window or writes to the console; the exit code is then 1.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass(frozen=True)
class Look:
    """One way to see a page; ``media`` as in CSS."""

    name: str
    width: int
    scheme: str = "light"
    media: str = "screen"
    script: bool = True


LOOKS = (
    Look("wide-light", 1440),
    Look("wide-dark", 1440, "dark"),
    Look("phone-light", 390),
    Look("phone-dark", 390, "dark"),
    Look("print", 718, media="print"),  # A4 at 96 dots an inch, less margins of a centimetre
    Look("wide-no-script", 1440, script=False),
    Look("phone-no-script", 390, script=False),
)


def pages(site: Path) -> dict[str, Path]:
    """One page of each kind, by the kind's name."""
    found = {path.stem: path for path in sorted(site.glob("*.html"))}
    for folder in sorted(path for path in site.iterdir() if path.is_dir()):
        if several := sorted(folder.glob("*.html")):
            kind = f"{folder.name}-of-a-question" if folder.name in found else folder.name
            found[kind] = max(several, key=lambda path: (path.stat().st_size, path.name))
    return found


def taken(site: Path, out: Path, kinds: Sequence[str] = ()) -> Iterator[str]:
    """Writes the pictures to ``out``, of some kinds or all; gives what is wrong with a page, in words."""
    from playwright.sync_api import sync_playwright

    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for look in LOOKS:
            context = browser.new_context(
                viewport={"width": look.width, "height": 900},
                color_scheme=look.scheme,
                java_script_enabled=look.script,
            )
            for kind, path in pages(site).items():
                if not kinds or kind in kinds:
                    yield from _picture(context, look, path, out / f"{kind}-{look.name}.png")
            context.close()
        browser.close()


def _picture(context: Any, look: Look, path: Path, out: Path) -> Iterator[str]:
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.emulate_media(media=look.media)
    page.goto(path.resolve().as_uri())
    page.wait_for_timeout(300)
    # Counting needs no script of the page, so it works where those are off.
    width = page.evaluate("document.documentElement.scrollWidth")
    page.screenshot(path=out, full_page=True)
    page.close()
    if width > look.width:
        yield f"{out.stem}: {width} px wide"
    yield from (f"{out.stem}: {text}" for text in said)


def main() -> int:
    if len(sys.argv) < 3 or not Path(sys.argv[1]).is_dir() or CHROMIUM is None:
        print("Usage: python -m tests.screenshots SITE OUT [KIND ...]; needs Debian's chromium")
        return 2
    wrong = 0
    for text in taken(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]):
        print(text)
        wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
