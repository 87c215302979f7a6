"""How smoothly the map zooms in a browser, next to a plain SVG of the same cards in the same run."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from installing import MissingPeer, note

PROJECT = Path(__file__).resolve().parent.parent

STEPS = 24
WINDOW = {"width": 1440, "height": 900}
GAIN = 2.0
"""How many times shorter our frames must be than the plain SVG's, at ``PROMISED_AT`` claims."""
PROMISED_AT = 1_000

# Twelve steps out from full size and twelve back in, each in a frame of its own.
FRAMES = """async ([steps, out]) => {
  const next = () => new Promise(done => requestAnimationFrame(() => done(performance.now())));
  const times = [];
  await next();
  let last = await next();
  for (let i = 0; i < steps; i++) {
    window.zoomBy(i < out ? 0.85 : 1 / 0.85);
    const now = await next();
    times.push(now - last);
    last = now;
  }
  return times;
}"""
OURS = """() => {
  const view = document.querySelector('.view'), box = view.getBoundingClientRect();
  window.zoomBy = factor => view.dispatchEvent(new WheelEvent('wheel', {
    deltaY: -Math.log(factor) / Math.log(1.0016), clientX: box.left + box.width / 2,
    clientY: box.top + box.height / 2, bubbles: true, cancelable: true }));
}"""
# The cards as rectangles with wrapped text and the lines as paths, all in one group that is transformed.
AS_SVG = """() => {
  const text = (x, y, size, words) => `<text x="${x}" y="${y}" font-size="${size}">${words}</text>`;
  const safe = words => words.replace(/[&<>]/g, sign => `&#${sign.charCodeAt(0)};`);
  const wrap = (words, most) => words.split(/\\s+/).reduce((lines, word) => {
    const last = lines[lines.length - 1];
    if (last && (last + ' ' + word).length <= most) lines[lines.length - 1] = last + ' ' + word;
    else lines.push(word);
    return lines;
  }, []);
  const tree = document.querySelector('.tree');
  const model = kbMap.read(tree, kbMapDetails);
  model.order.forEach(node => { node.open = true; node.height = parseFloat(node.card.style.height); });
  kbMap.layout(model);
  const colours = { pro: '#0B62A4', con: '#B04408', cut: '#6B5900' }, parts = [];
  for (const line of kbMap.lines(model)) {
    const p = (line.points || line.bracket).map(at => at.toFixed(1));
    const d = line.points ? `M${p[0]} ${p[1]}C${p.slice(2).join(' ')}` : `M${p.join(' ')}`;
    const dash = line.step.relation === 'con' ? ' stroke-dasharray="7 4"' : '';
    const colour = colours[line.step.relation] || '#8A8F98';
    parts.push(`<path d="${d}" fill="none" stroke-width="2" stroke="${colour}"${dash}/>`);
  }
  for (const node of model.order) {
    const at = name => node.card.querySelector(name)?.textContent.trim() || '';
    parts.push(`<g transform="translate(${node.x} ${node.y})">`,
      `<rect width="264" height="${node.height}" rx="6" fill="#fff" stroke="#E1DED6"/>`,
      `<rect width="4" height="${node.height}" fill="${colours[node.relation] || '#1B1D21'}"/>`,
      `<circle cx="186" cy="15" r="6" fill="#0B7D55"/>`,
      text(14, 19, 12.8, safe(at('.tag'))), text(198, 19, 12.8, safe(at('.mark'))));
    let y = 40;
    for (const line of wrap(at('.ti'), 30)) { parts.push(text(14, y, 15.5, safe(line))); y += 20; }
    wrap(at('.tx'), 38).slice(0, 3).forEach(line => { parts.push(text(14, y, 13.8, safe(line))); y += 19; });
    parts.push('</g>');
  }
  const top = model.top;
  return { svg: `<svg width="100%" height="100%" font-family="sans-serif"><g>${parts.join('')}</g></svg>`,
    x: top.x + 132, y: top.middle, drawn: model.order.filter(node => node.shown).length };
}"""
PLAIN = """middle => {
  const group = document.querySelector('svg > g');
  let scale = 1;
  window.zoomBy = factor => {
    scale *= factor;
    const x = innerWidth / 2 - middle.x * scale, y = innerHeight / 2 - middle.y * scale;
    group.setAttribute('transform', `translate(${x} ${y}) scale(${scale})`);
  };
  window.zoomBy(1);
}"""
UNFOLD = """() => new Promise(done => {
  const start = performance.now();
  document.querySelector('[data-depth="99"]').click();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
})"""
LOADED = "() => performance.getEntriesByType('navigation')[0].loadEventEnd"


@dataclass(frozen=True)
class Frames:
    """Milliseconds: a frame of the map and of the plain SVG while zooming (medians), the page's load, and the
    unfolding of all cards. ``cards`` is how many are drawn."""

    claims: int
    cards: int
    ours: float
    svg: float
    load: float
    unfold: float

    @property
    def gain(self) -> float:
        return self.svg / self.ours


def measure(sizes: Sequence[int], folder: Path, repeats: int = 3) -> list[Frames]:
    """Render a synthetic base of each size and zoom its map, everything unfolded, in headless Chromium.

    Raises MissingPeer where Playwright or Chromium is not installed.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise MissingPeer("Playwright is not installed: pip install playwright") from None
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise MissingPeer("Chromium is not installed: apt install chromium")
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for claims in sizes:
            note(f"frames at {claims:,} claims ...")
            found.append(_best(browser, _rendered(folder / f"frames-{claims}", claims), claims, repeats))
        browser.close()
    return found


def _rendered(out: Path, claims: int) -> str:
    """The map of all claims of a synthetic base: questions of forty claims with some cross links."""
    if not (out / "map.html").exists():
        sys.path.append(str(PROJECT))  # the base is that of the tests, which are not installed
        from kb.site import build
        from tests.site_synthetic import synthetic

        build(*synthetic(claims), out)
    return (out / "map.html").as_uri()


def _best(browser: Any, address: str, claims: int, repeats: int) -> Frames:
    """The least disturbed of several runs, each with a fresh page for the map and one for the SVG."""
    return min((_once(browser, address, claims) for _ in range(repeats)), key=lambda run: run.ours + run.svg)


def _once(browser: Any, address: str, claims: int) -> Frames:
    page = browser.new_page(viewport=WINDOW)
    page.goto(address)
    load = page.evaluate(LOADED)
    unfold = page.evaluate(UNFOLD)
    page.goto("about:blank")
    page.goto(f"{address}#depth=99&at=0,0,1")
    page.evaluate(OURS)
    ours = median(page.evaluate(FRAMES, [STEPS, STEPS // 2]))
    same = page.evaluate(AS_SVG)
    page.close()
    page = browser.new_page(viewport=WINDOW)
    page.set_content(f"<!doctype html><style>html,body{{height:100%;margin:0}}</style>{same.pop('svg')}")
    page.evaluate(PLAIN, same)
    svg = median(page.evaluate(FRAMES, [STEPS, STEPS // 2]))
    page.close()
    return Frames(claims, same["drawn"], ours, svg, load, unfold)
