/* Sliders over the curves of P that the engine computed: they move a marker, say P and its verdict, and keep the command up to date. */
(() => {
  'use strict';
  const WORDS = { yes: 'Holds', no: 'Fails', half: 'Inconclusive' };
  const RAISED = { '-': '⁻' };
  '⁰¹²³⁴⁵⁶⁷⁸⁹'.split('').forEach((sign, digit) => { RAISED[digit] = sign; });

  // Numbers as the pages write them: 3,640 and 3.1 × 10²³.
  function shown(value) {
    const parts = value.toExponential(3).split('e'), power = Number(parts[1]);
    if (value === 0 || power >= -4 && power < 7) {
      return Number(value.toPrecision(4)).toLocaleString('en', { maximumSignificantDigits: 4 }).replace('-', '−');
    }
    const raised = String(power).split('').map(sign => RAISED[sign]).join('');
    return (Number(parts[0]) + ' × 10' + raised).replace('-', '−');
  }
  function chance(p) {
    return p > 0 && p < 0.01 ? 'under 0.01' : p < 1 && p > 0.99 ? 'over 0.99' : p.toFixed(2);
  }

  document.querySelectorAll('.slide').forEach(slide => {
    const data = slide.dataset, low = Number(data.low), high = Number(data.high);
    const points = data.p.split(' ').map(p => p === '-' ? null : Number(p));
    const range = slide.querySelector('input'), output = slide.querySelector('output');
    const here = slide.querySelector('.here'), command = slide.querySelector('.exact code');
    const box = here.dataset.box.split(' ').map(Number);

    function value(share) {
      return data.log ? low * Math.pow(high / low, share) : low + share * (high - low);
    }
    function share(value) {
      const found = data.log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
      return Math.min(Math.max(found, 0), 1);
    }
    // P on the straight line between the two points beside it; null where the output is undefined there.
    function read(at) {
      const place = at * (points.length - 1), before = Math.min(Math.floor(place), points.length - 2);
      const first = points[before], last = points[before + 1];
      return first === null || last === null ? null : first + (place - before) * (last - first);
    }
    function show(asked) {
      // What is shown, what the command sets and where P is read are one number of four digits.
      const tried = Number(asked.toPrecision(4)), at = share(tried), p = read(at);
      const glyph = p === null ? 'ring' : p >= Number(data.holds) ? 'yes' : p <= Number(data.fails) ? 'no' : 'half';
      const word = p === null ? 'undefined here' : WORDS[glyph];
      const amount = shown(tried) + (data.unit ? ' ' + data.unit : ''), said = p === null ? 'No P' : 'P ' + chance(p);
      const number = document.createElement('b');
      number.textContent = amount;
      output.replaceChildren(number, said + ' (interpolated)', kbPage.mark(glyph, word));
      range.setAttribute('aria-valuetext', amount + ': ' + said + ', interpolated, ' + word);
      command.textContent = data.before + data.names.split(' ').map(name => ' --set ' + name + '=' + tried).join('') + data.after;
      const x = box[0] + at * (box[1] - box[0]), y = box[3] - (p || 0) * (box[3] - box[2]);
      here.querySelector('path').setAttribute('d', 'M' + x + ' ' + box[2] + 'V' + box[3]);
      here.querySelector('circle').setAttribute('cx', x);
      here.querySelector('circle').setAttribute('cy', y);
      here.querySelector('circle').style.display = p === null ? 'none' : '';
    }
    function back() {
      range.value = Math.round(share(Number(data.stated)) * range.max);
      show(Number(data.stated));
    }
    range.addEventListener('input', () => { show(value(range.value / range.max)); });
    slide.querySelector('.stated').addEventListener('click', back);
    back();
  });
})();
