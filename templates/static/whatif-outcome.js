/* Try other answers, what comes of it: where each claim would stand, beside where it stands. */
(suppose => {
  'use strict';
  const GLYPHS = { 1: 'yes', '-1': 'no' }, WORDS = { 1: 'Stands', '-1': 'Falls', 0: 'Open' };
  const SAME = 1e-9, DRAWN = 300, { make } = suppose;

  /* `before` is how it stands; work(state) sets how it would. */
  suppose.outcome = (data, { title, quoted }, root) => {
    const before = kbStanding.solve(data);
    let after = before;

    function work(state) { after = suppose.size(state) ? kbStanding.suppose(data, state) : before; }
    function label(found, i) {
      const standing = found.standing[i], why = found.why[i];
      const glyph = GLYPHS[standing] || (why === 0 || why === data.open.length - 1 ? 'ring' : 'half');
      const reason = standing > 0 ? (found.contested[i] || found.decided[i] ? '' : 'uncontested') : why < 0 ? '' : data.open[why];
      return { glyph, word: WORDS[standing], reason };
    }
    function marked({ glyph, word, reason }) { return kbPage.mark(glyph, word, reason); }
    function turned(i) { return before.standing[i] !== after.standing[i]; }
    function relabelled(i) { return turned(i) || before.why[i] !== after.why[i]; }
    function moved(i) {
      return relabelled(i) || Math.abs(before.low[i] - after.low[i]) > SAME || Math.abs(before.high[i] - after.high[i]) > SAME;
    }
    function figures(found, i) {
      const low = found.low[i].toFixed(2), high = found.high[i].toFixed(2);
      return low === high ? low : low + ' to ' + high;
    }
    function picture(i) {
      const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
      const [, , falls = data.scale.falls, stands = data.scale.stands] = data.claims[i];
      const draw = (from, to, y, height, kind) => {
        const rect = document.createElementNS(svg.namespaceURI, 'rect');
        const given = { x: from * DRAWN, y, width: Math.max((to - from) * DRAWN, 2), height, class: kind };
        Object.entries(given).forEach(([name, value]) => rect.setAttribute(name, value));
        svg.append(rect);
      };
      svg.setAttribute('viewBox', '0 0 ' + DRAWN + ' 16');
      svg.setAttribute('preserveAspectRatio', 'none');
      svg.setAttribute('class', 'chart');
      svg.setAttribute('aria-hidden', 'true');
      draw(0, falls, 4, 8, 'zone bad');
      draw(falls, stands, 4, 8, 'zone');
      draw(stands, 1, 4, 8, 'zone good');
      draw(after.low[i], after.high[i], 2, 12, 'reach');
      if (moved(i)) draw(before.low[i], before.high[i], 1, 14, 'was');
      return svg;
    }
    function link(i, given) { return make('a', { ...given, href: root + 'claim/' + data.claims[i][0] + '.html' }, ...kbPage.unbroken(title(i))); }
    /* A claim in a list: where it would stand, and where it stood if that is elsewhere. */
    function line(i) {
      const turn = make('p', { className: 'turn' }), item = make('li', { className: moved(i) ? 'moved' : '' });
      if (relabelled(i)) {
        const old = marked(label(before, i));
        old.classList.add('before');
        turn.append(make('span', { className: 'vh' }, 'Was '), old, make('span', { ariaHidden: 'true' }, '→'), make('span', { className: 'vh' }, ', would be '));
      }
      turn.append(marked(label(after, i)));
      const text = moved(i) ? 'strength ' + figures(before, i) + ' → ' + figures(after, i) : 'strength ' + figures(after, i);
      item.append(link(i, { className: 't' }), turn, picture(i), make('span', { className: 'figures note num' }, text));
      if (!data.theses.includes(i)) item.prepend(make('span', { className: 'note' }, 'A claim behind the theses'));
      return item;
    }
    /* The same in less room. */
    function short(i) { return make('li', {}, link(i), ' ', marked(label(after, i))); }
    /* All of it in a sentence. */
    function summary(count, shown) {
      if (!count) return 'Nothing is changed: this is how it stands.';
      const flips = shown.filter(relabelled).map(i => {
        const now = label(after, i);
        const verb = { Stands: 'would stand', Falls: 'would fall', Open: 'would be open' }[now.word];
        return quoted(i) + ' ' + verb + (now.word === 'Open' && now.reason ? ' (' + now.reason + ')' : '');
      });
      const said = count + (count === 1 ? ' change: ' : ' changes: ');
      if (flips.length) return said + flips.slice(0, 2).join('; ') + (flips.length > 2 ? '; and ' + (flips.length - 2) + ' more' : '') + '.';
      const moving = shown.filter(moved).length;
      return said + (moving ? 'no label here changes; ' + moving + ' of ' + shown.length + ' strengths ' + (moving === 1 ? 'moves.' : 'move.') : 'nothing here moves.');
    }
    return { work, turned, line, short, summary };
  };
})(window.kbSuppose);
