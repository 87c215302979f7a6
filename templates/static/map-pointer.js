/* The map under a pointer: drag, pinch, wheel and the overview. */
(map => {
  'use strict';
  const HELD = '.side, .zoom, .mini, .strip, .legend'; // what lies over the map and is none of it

  /* Returns wasDragged(): whether the pointer moved the window since it came down; and over(event): whether it is on the map itself. */
  map.pointer = ({ view, mini, asMap }, window_) => {
    const pointers = new Map(), at = window_.at;
    let last = null, travelled = 0;

    function centre() {
      const points = [...pointers.values()], n = points.length;
      return {
        x: points.reduce((s, p) => s + p.clientX, 0) / n,
        y: points.reduce((s, p) => s + p.clientY, 0) / n,
        spread: n > 1 ? Math.hypot(points[0].clientX - points[1].clientX, points[0].clientY - points[1].clientY) : 0
      };
    }
    function over(event) { return !event.target.closest(HELD); }

    view.addEventListener('pointerdown', event => {
      if (!asMap() || !over(event) || event.target.closest('.fold')) return;
      pointers.set(event.pointerId, event);
      if (pointers.size === 1) travelled = 0;
      last = centre();
    });
    addEventListener('pointermove', event => {
      if (!pointers.has(event.pointerId)) return;
      pointers.set(event.pointerId, event);
      const now = centre(), dx = now.x - last.x, dy = now.y - last.y, bounds = view.getBoundingClientRect();
      travelled += Math.abs(dx) + Math.abs(dy) + Math.abs(now.spread - last.spread);
      if (travelled > 4) {
        view.classList.add('dragged');
        at.x += dx;
        at.y += dy;
        if (pointers.size > 1 && last.spread) window_.zoom(now.spread / last.spread, now.x - bounds.left, now.y - bounds.top);
        else window_.move();
      }
      last = now;
    });
    ['pointerup', 'pointercancel'].forEach(name => addEventListener(name, event => {
      if (!pointers.delete(event.pointerId)) return;
      if (pointers.size) last = centre();
      else view.classList.remove('dragged');
    }));
    view.addEventListener('wheel', event => {
      if (!asMap() || event.target.closest('.side')) return;
      event.preventDefault();
      const bounds = view.getBoundingClientRect(), unit = event.deltaMode === 1 ? 24 : 1;
      if (event.shiftKey) { at.x -= (event.deltaX || event.deltaY) * unit; window_.move(); }
      else if (event.deltaX && !event.ctrlKey) { at.x -= event.deltaX; at.y -= event.deltaY; window_.move(); }
      else window_.zoom(Math.pow(event.ctrlKey ? 1.01 : 1.0016, -event.deltaY * unit), event.clientX - bounds.left, event.clientY - bounds.top);
    }, { passive: false });
    mini.addEventListener('pointerdown', event => {
      const bounds = mini.getBoundingClientRect();
      window_.jump(event.clientX - bounds.left, event.clientY - bounds.top);
    });
    return { over, wasDragged: () => travelled > 4 };
  };
})(window.kbMap);
