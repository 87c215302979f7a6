/* The panel of the chosen card: standing, why, checks, sources, links. */
(function (map) {
  'use strict';
  var VERBS = { pro: 'supports', con: 'attacks', cut: 'undercuts', need: 'is needed by', thesis: 'is a thesis of', question: 'belongs to' };

  function make(tag, text, name) {
    var element = document.createElement(tag);
    if (text) element.textContent = text;
    if (name) element.className = name;
    return element;
  }
  function anchor(text, href) {
    var link = make('a', text);
    if (href) link.href = href;
    return link;
  }
  function button(text, act) {
    var made = make('button', text, 'btn');
    made.type = 'button';
    made.addEventListener('click', act);
    return made;
  }
  function title(node) { return node.link.textContent; }
  function list(heading, lines) {
    if (!lines.length) return [];
    var made = make('ul');
    lines.forEach(function (parts) {
      var item = make('li');
      item.append.apply(item, parts);
      made.appendChild(item);
    });
    return [make('h3', heading), made];
  }

  /* Its place among the cards that hang from the same one, in words. */
  map.place = function (model, node) {
    var up = node.up, peers = up ? map.shownDown(model, up) : [];
    if (!up) return model.centre ? 'The middle of this neighbourhood' : 'The start of the map';
    return (peers.indexOf(node) + 1) + ' of ' + peers.length + ' at “' + title(up) + '”, level ' + (node.rank + 1);
  };

  /* The panel's parts for a card. `act` has root (address of the site), choose(node) and focus(node). */
  map.describe = function (model, node, act) {
    var head = node.card.querySelector('.hd').cloneNode(true), text = node.card.querySelector('.tx');
    head.classList.add(node.relation);
    var parts = [head, make('h2', title(node)), make('p', map.place(model, node), 'small muted')];
    if (text) parts.push(make('p', text.textContent, 'said'));
    if (node.why) parts.push(make('p', node.why, 'why small'));
    if (node.strength && !/Strength/.test(node.why)) parts.push(make('p', 'Strength ' + node.strength + '.', 'small'));
    var links = make('p', '', 'acts'), open = anchor('Open page', node.link.href);
    open.className = 'btn';
    links.append(open);
    if (node !== model.centre && node.relation !== 'top') links.append(button('Only what is near it', function () { act.focus(node); }));
    parts.push(links);
    var step = node.parent && node.steps[0];
    if (step && node.because) parts.push.apply(parts, list('Its step', [[
      (VERBS[step.relation] || 'bears on') + (step.relation === 'cut' ? ' a step to ' : ' '), jump(step.to), (node.weight ? ' (' + node.weight + ')' : '') + ': ' + node.because
    ]]));
    parts.push.apply(parts, list('Checks', node.checks.map(function (use) {
      return [anchor(use.check[0], act.root + use.check[4]), ' ', kbPage.mark(use.check[1], use.check[2], use.check[3]), make('span', use.bears, 'note')];
    })));
    parts.push.apply(parts, list('Linked elsewhere', node.steps.slice(node.parent ? 1 : 0).map(function (also) {
      return [VERBS[also.relation] + (also.relation === 'cut' ? ' a step to ' : ' '), jump(also.to)];
    }).concat(node.from.filter(function (other) { return other.from.parent !== node; }).map(function (other) {
      return [jump(other.from), ' ' + VERBS[other.relation] + (other.relation === 'cut' ? ' a step to it' : ' it')];
    }))));
    parts.push.apply(parts, list('Sources', node.sources.map(function (source) {
      return [source[1] ? anchor(source[0], act.root + source[1]) : source[0]];
    })));
    return parts;

    function jump(to) {
      var link = anchor(title(to), '#c=' + to.key);
      link.addEventListener('click', function (event) { event.preventDefault(); act.choose(to); });
      return link;
    }
  };
})(window.kbMap);
