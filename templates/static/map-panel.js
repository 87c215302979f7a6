/* The panel of the chosen card: standing, why, checks, sources, links. */
(map => {
  'use strict';
  const VERBS = { pro: 'supports', con: 'attacks', cut: 'undercuts', need: 'is needed by', thesis: 'is a thesis of', question: 'belongs to' };

  function make(tag, text, name) {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    if (name) element.className = name;
    return element;
  }
  function anchor(text, href) {
    const link = make('a', text);
    if (href) link.href = href;
    return link;
  }
  function button(text, act) {
    const made = make('button', text, 'btn');
    made.type = 'button';
    made.addEventListener('click', act);
    return made;
  }
  function title(node) { return node.link.textContent; }
  function list(heading, lines) {
    if (!lines.length) return [];
    const made = make('ul');
    lines.forEach(parts => {
      const item = make('li');
      item.append(...parts);
      made.appendChild(item);
    });
    return [make('h3', heading), made];
  }

  /* Its place among the cards that hang from the same one, in words. */
  map.place = (model, node) => {
    const up = node.up, peers = up ? map.shownDown(model, up) : [];
    if (!up) return model.centre ? 'The middle of this neighbourhood' : 'The start of the map';
    return (peers.indexOf(node) + 1) + ' of ' + peers.length + ' at “' + title(up) + '”, level ' + (node.rank + 1);
  };

  /* The panel's parts for a card. `act` has root (address of the site), choose(node) and focus(node). */
  map.describe = (model, node, act) => {
    const head = node.card.querySelector('.hd').cloneNode(true), heading = make('h2'), text = node.card.querySelector('.tx');
    head.classList.add(node.relation);
    heading.append(...kbPage.unbroken(title(node)));
    const parts = [head, heading, make('p', map.place(model, node), 'small muted')];
    if (text) parts.push(make('p', text.textContent, 'said'));
    if (node.why) parts.push(make('p', node.why, 'why small'));
    if (node.strength && !/Strength/.test(node.why)) parts.push(make('p', 'Strength ' + node.strength + '.', 'small'));
    const links = make('p', '', 'acts'), open = anchor('Open page', node.link.href);
    open.className = 'btn';
    links.append(open);
    if (node !== model.centre && node.relation !== 'top') links.append(button('Only what is near it', () => { act.focus(node); }));
    parts.push(links);
    const step = node.parent && node.steps[0];
    if (step && node.because) parts.push(...list('Its step', [[
      (VERBS[step.relation] || 'bears on') + (step.relation === 'cut' ? ' a step to ' : ' '), jump(step.to), (node.weight ? ' (' + node.weight + ')' : '') + ': ' + node.because
    ]]));
    parts.push(...list('Checks', node.checks.map(use => [anchor(use.check[0], act.root + use.check[4]), ' ', kbPage.mark(use.check[1], use.check[2], use.check[3]), make('span', use.bears, 'note')])));
    parts.push(...list('Linked elsewhere', node.steps.slice(node.parent ? 1 : 0).map(also => [VERBS[also.relation] + (also.relation === 'cut' ? ' a step to ' : ' '), jump(also.to)]).concat(node.from.filter(other => other.from.parent !== node).map(other => [jump(other.from), ' ' + VERBS[other.relation] + (other.relation === 'cut' ? ' a step to it' : ' it')]))));
    parts.push(...list('Sources', node.sources.map(source => [source[1] ? anchor(source[0], act.root + source[1]) : source[0]])));
    return parts;

    function jump(to) {
      const link = anchor(title(to), '#c=' + to.key);
      link.addEventListener('click', event => { event.preventDefault(); act.choose(to); });
      return link;
    }
  };
})(window.kbMap);
