/* Try other answers, the words: what can be changed, what it is called, and how near it is to a thesis. */
window.kbSuppose = (() => {
  'use strict';

  function listed(parts) { return parts.length < 2 ? parts.join('') : parts.slice(0, -1).join(', ') + ' and ' + parts[parts.length - 1]; }
  function make(tag, given, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(given || {})) {
      if (name in node && name !== 'list') node[name] = value;
      else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  /* The parts of `data` by number and by name. A relation is a step, an undercut, or what a claim assumes or requires:
     `key` is its slot in the data, or its words where it has none. */
  function read(data) {
    const first = data.steps.length, cutSlot = first + data.bearings.length;
    const title = i => data.claims[i][1], quoted = i => '“' + title(i) + '”';

    function names() {
      const found = data.steps.map(([sign, , claim, premises, id]) =>
        id || data.claims[premises[0]][0] + (sign > 0 ? '--supports--' : '--attacks--') + data.claims[claim][0]);
      data.bearings.forEach(([check, claim]) => { found.push(data.checks[check][0] + ' > ' + data.claims[claim][0]); });
      const cutName = k => {
        const [target, , premises, id] = data.undercuts[k];
        if (!found[cutSlot + k]) {
          found[cutSlot + k] = id || data.claims[premises[0]][0] + '--undercuts--' + (found[target] || cutName(target - cutSlot));
        }
        return found[cutSlot + k];
      };
      data.undercuts.forEach((_, k) => cutName(k));
      return found;
    }
    function said(slot) {
      if (slot < first) return 'the step from ' + listed(data.steps[slot][3].map(quoted)) + ' to ' + quoted(data.steps[slot][2]);
      if (slot < cutSlot) {
        const [check, claim] = data.bearings[slot - first];
        return 'what the check “' + data.checks[check][1] + '” says about ' + quoted(claim);
      }
      return 'the objection of ' + listed(data.undercuts[slot - cutSlot][2].map(quoted));
    }
    function actsOn(slot) {
      return slot < first ? data.steps[slot][2] : slot < cutSlot ? data.bearings[slot - first][1] : actsOn(data.undercuts[slot - cutSlot][0]);
    }
    function all() {
      const named = names();
      const found = data.steps.map(([sign, strength, claim, premises], i) => ({
        key: i, name: named[i], strength, acts: claim, from: premises,
        text: listed(premises.map(quoted)) + (sign > 0 ? ' support' : ' attack') + (premises.length > 1 ? ' ' : 's ') + quoted(claim)
      }));
      data.undercuts.forEach(([target, strength, premises], k) => found.push({
        key: cutSlot + k, name: named[cutSlot + k], strength, acts: actsOn(target), from: premises, target,
        text: listed(premises.map(quoted)) + ' undercut' + (premises.length > 1 ? ' ' : 's ') + said(target)
      }));
      for (const kind of ['assumes', 'requires']) {
        data[kind].forEach(([claim, others]) => others.forEach(other => found.push({
          key: kind + ' ' + claim + ' ' + other, strength: -1, acts: claim, from: [other],
          name: data.claims[claim][0] + ' ' + kind + ' ' + data.claims[other][0],
          text: quoted(claim) + ' ' + kind + ' ' + quoted(other)
        })));
      }
      return found;
    }
    /* How many steps each claim is from the nearest thesis. */
    function distances(relations) {
      const into = data.claims.map(() => []);
      relations.forEach(found => into[found.acts].push(...found.from));
      const away = new Map(data.theses.map(thesis => [thesis, 0])), queue = [...data.theses];
      for (const claim of queue) for (const source of into[claim]) {
        if (!away.has(source)) { away.set(source, away.get(claim) + 1); queue.push(source); }
      }
      return away;
    }
    const relations = all();
    return {
      title, quoted, relations, away: distances(relations), relation: new Map(relations.map(found => [found.key, found])),
      claimNumber: new Map(data.claims.map((row, i) => [row[0], i])), checkNumber: new Map(data.checks.map((row, i) => [row[0], i])),
      relationKey: new Map(relations.map(found => [found.name, found.key]))
    };
  }
  return { listed, make, read };
})();
