/* Where the claims of a map stand: the rules of kb/standing (docs/standings.md), number for number and in the same order.
   It touches no page. `kbStanding.solve(data, gone)` takes the arrays that kb/site/snapshot.py writes, and a Set of the slots
   (step i is slot i, bearing j slot S + j, undercut k slot S + B + k) that are to be left out. */
(function (scope) {
  'use strict';
  const DIRECT = 1, PART = 2, CORROBORATES = 3, PROXY = 4;
  const NOT_RUN = 0, HOLDS = 1, FAILS = 2, INCONCLUSIVE = 3, MIXED = 4;
  const TOLERANCE = 1e-12, SWEEPS = 2000, SAME = 1e-9;
  const WHY = { notRun: 0, inconclusive: 1, reading: 2, unverified: 3, refuted: 4, contested: 5, noEvidence: 6 };
  const WHOLE = [1, 1];

  const least = values => values.reduce((a, b) => (b < a ? b : a));
  const most = values => values.reduce((a, b) => (b > a ? b : a));
  const lists = count => Array.from({ length: count }, () => []);

  // Structure: what acts on what, in the order in which it can be computed.

  function countOnce(items, evidence) {
    if (items.length < 2) return items.map(item => [item]);
    const parent = items.map((_, at) => at), holder = new Map();
    const root = at => { while (parent[at] !== at) at = parent[at]; return at; };
    items.forEach((item, at) => evidence(item).forEach(token => {
      if (!holder.has(token)) holder.set(token, at);
      else parent[root(at)] = root(holder.get(token));
    }));
    const groups = new Map();
    items.forEach((item, at) => {
      const key = root(at);
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(item);
    });
    return [...groups.values()];
  }

  // Tarjan 1972, without recursion: each component after those it depends on.
  function strongComponents(depends) {
    const n = depends.length, index = Array(n).fill(-1), low = Array(n).fill(0), onStack = Array(n).fill(false);
    const stack = [], found = [];
    let counter = 0;
    const enter = node => {
      index[node] = low[node] = counter++;
      stack.push(node);
      onStack[node] = true;
      return { node, next: 0 };
    };
    for (let start = 0; start < n; start++) {
      if (index[start] >= 0) continue;
      if (!depends[start].length) {
        index[start] = n;
        found.push([start]);
        continue;
      }
      const work = [enter(start)];
      while (work.length) {
        const top = work[work.length - 1], node = top.node;
        if (top.next < depends[node].length) {
          const other = depends[node][top.next++];
          if (index[other] < 0) work.push(enter(other));
          else if (onStack[other] && index[other] < low[node]) low[node] = index[other];
          continue;
        }
        work.pop();
        if (work.length) {
          const below = work[work.length - 1].node;
          if (low[node] < low[below]) low[below] = low[node];
        }
        if (low[node] !== index[node]) continue;
        const members = [];
        let other;
        do {
          other = stack.pop();
          onStack[other] = false;
          members.push(other);
        } while (other !== node);
        found.push(members);
      }
    }
    return found;
  }

  function places(components, n) {
    const found = Array(n).fill(0);
    components.forEach((members, place) => members.forEach(claim => { found[claim] = place; }));
    return found;
  }

  function rolesOf(data, gone) {
    const n = data.claims.length, first = data.steps.length;
    const roles = { bearings: lists(n), settle: Array(n).fill(false), deciding: lists(n), proxies: [] };
    data.bearings.forEach(([check, claim, bears, against], j) => {
      if (!bears || gone.has(first + j)) return;
      if (bears === PROXY) {
        roles.proxies.push([j, 1]);
        if (against) roles.proxies.push([j, -1]);
        return;
      }
      roles.bearings[claim].push(j);
      if (bears === DIRECT || bears === PART) {
        roles.settle[claim] = true;
        roles.deciding[claim].push(check);
      }
    });
    return roles;
  }

  function cutsOf(data, gone, roles, evidence) {
    const nSteps = data.steps.length, nBearings = data.bearings.length, cutSlot = nSteps + nBearings;
    const takers = lists(cutSlot + data.undercuts.length);
    data.undercuts.forEach(([target], k) => { if (!gone.has(cutSlot + k)) takers[target].push(k); });
    const queue = [], cuts = lists(data.claims.length), roots = [];
    data.steps.forEach(([sign, , claim], i) => {
      if (takers[i].length && !gone.has(i)) queue.push([i, { claim, sign, ofCheck: false, counts: !roles.settle[claim] }]);
    });
    const proxies = new Set(roles.proxies.map(([j]) => j));
    data.bearings.forEach(([, claim], j) => {
      const slot = nSteps + j;
      if (!takers[slot].length || gone.has(slot)) return;
      const sets = roles.bearings[claim].includes(j), argues = proxies.has(j);
      const counts = sets || (argues && !roles.settle[claim]);
      queue.push([slot, { claim, sign: Number(sets || argues), ofCheck: sets, counts }]);
    });
    for (const [slot, root] of queue) { // grows while it is read
      cuts[root.claim].push([slot, countOnce(takers[slot], evidence)]);
      for (const k of takers[slot]) {
        roots[k] = { ...root, sign: -root.sign };
        if (takers[cutSlot + k].length) queue.push([cutSlot + k, roots[k]]);
      }
    }
    cuts.forEach(found => found.reverse());
    return { cuts, roots };
  }

  function compile(data, gone) {
    const n = data.claims.length, nSteps = data.steps.length, nChecks = data.checks.length;
    const roles = rolesOf(data, gone), { settle } = roles;
    const tokens = roles.deciding.map((checks, i) => [i, ...checks.map(check => n + check)]);
    data.shared.forEach((group, at) => group.forEach(claim => tokens[claim].push(n + nChecks + at)));
    const restsOn = linked => linked.flatMap(premise => tokens[premise]);

    const reasons = [];
    data.steps.forEach(([sign, strength, claim, premises], i) => {
      if (gone.has(i)) return;
      const circular = premises.some(p => roles.deciding[p].some(check => roles.deciding[claim].includes(check)));
      reasons.push({ claim, sign, omega: data.scale.omega[strength], weak: strength === 0, premises, slot: i, proxy: -1, circular, inside: false });
    });
    roles.proxies.forEach(([j, sign]) => {
      reasons.push({ claim: data.bearings[j][1], sign, omega: data.scale.omega[0], weak: true, premises: [], slot: nSteps + j, proxy: j, circular: false, inside: false });
    });
    const sides = { 1: lists(n), '-1': lists(n) };
    reasons.forEach((reason, at) => sides[reason.sign][reason.claim].push(at));
    const evidence = at => {
      const reason = reasons[at];
      return reason.proxy < 0 ? restsOn(reason.premises) : [n + data.bearings[reason.proxy][0]];
    };
    const { cuts, roots } = cutsOf(data, gone, roles, k => restsOn(data.undercuts[k][2]));
    const assumes = lists(n), requires = lists(n);
    data.assumes.forEach(([claim, others]) => { assumes[claim] = others; });
    data.requires.forEach(([claim, others]) => { requires[claim] = others; });

    const own = lists(n);
    reasons.forEach(reason => { if (!settle[reason.claim]) own[reason.claim].push(...reason.premises); });
    for (let claim = 0; claim < n; claim++) if (!settle[claim]) own[claim].push(...assumes[claim], ...requires[claim]);
    const idle = data.undercuts.map(() => new Set());
    const withCuts = () => {
      const found = own.map(others => [...others]);
      roots.forEach((root, k) => {
        if (root.counts) found[root.claim].push(...data.undercuts[k][2].filter(p => !idle[k].has(p)));
      });
      return found;
    };
    if (roots.some(root => root.ofCheck)) {
      const place = places(strongComponents(withCuts()), n);
      roots.forEach((root, k) => {
        if (root.ofCheck) data.undercuts[k][2].forEach(p => { if (!settle[p] && place[p] === place[root.claim]) idle[k].add(p); });
      });
    }
    const depends = withCuts(), components = strongComponents(depends), component = places(components, n);
    const cyclic = components.map(() => false), dependents = lists(n);
    depends.forEach((others, claim) => others.forEach(other => {
      if (component[other] !== component[claim]) return;
      cyclic[component[claim]] = true;
      dependents[other].push(claim);
    }));
    reasons.forEach(reason => {
      reason.inside = reason.sign > 0 && reason.premises.some(p => component[p] === component[reason.claim]);
    });
    return {
      data, n, reasons, cuts, roots, idle, assumes, requires, components, component, cyclic, dependents,
      bearings: roles.bearings, checked: settle, first: nSteps, cutSlot: nSteps + data.bearings.length,
      groupsFor: sides[1].map(side => countOnce(side, evidence)), groupsAgainst: sides[-1].map(side => countOnce(side, evidence))
    };
  }

  // Base scores: what a claim's own checks make of it.

  function scoreOf(data, j) {
    const [, , , verdict, low, high, provisional] = data.checks[data.bearings[j][0]];
    return { verdict, low, high, provisional: Boolean(provisional), ran: verdict !== NOT_RUN };
  }

  const UNCHECKED = { direct: [], parts: [], failed: [], waiting: [], pending: false, decided: false };

  function groundsOf(map, scores, claim) {
    const { data } = map, direct = [], parts = [], corroborating = [], missing = [];
    if (!map.bearings[claim].length) return UNCHECKED;
    const flags = j => data.checks[data.bearings[j][0]][2];
    for (const j of map.bearings[claim]) {
      ({ [DIRECT]: direct, [PART]: parts, [CORROBORATES]: corroborating })[data.bearings[j][2]].push(j);
      if (flags(j) & 2 && !scores[j].ran) missing.push(j);
    }
    const grounds = (found) => {
      const all = { ...UNCHECKED, ...found };
      return { ...all, decided: Boolean(all.direct.length || all.parts.length) && !all.pending };
    };
    const failed = corroborating.filter(j => scores[j].verdict === FAILS);
    const ran = direct.filter(j => scores[j].ran), deciders = ran.filter(j => flags(j) & 1);
    const unrun = parts.filter(j => !scores[j].ran);
    const partsRan = parts.length && (!unrun.length || parts.some(j => scores[j].verdict === FAILS));
    const waiting = [...direct.filter(j => !scores[j].ran), ...unrun];
    if (missing.length) return grounds({ direct, waiting: missing, pending: true });
    if (deciders.length) return grounds({ direct: deciders, failed, waiting });
    if (ran.length || partsRan) return grounds({ direct: ran, parts: partsRan ? parts : [], failed, waiting });
    if (waiting.length) {
      const some = !direct.length && unrun.length < parts.length;
      return grounds({ parts: some ? parts : [], waiting, pending: true });
    }
    return grounds({ failed });
  }

  // Both ends are linear in every κ, so their extremes are found from the innermost term outwards.
  function expectedHull(weighed, unchecked) {
    let [low, high] = unchecked;
    for (const [interval, kappas] of [...weighed].sort((a, b) => b[0][0] - a[0][0])) {
      low = least(kappas.map(k => k * interval[0] + (1 - k) * low));
    }
    for (const [interval, kappas] of [...weighed].sort((a, b) => a[0][1] - b[0][1])) {
      high = most(kappas.map(k => k * interval[1] + (1 - k) * high));
    }
    return [low, high];
  }

  function baseScore(own, scores, scale, kappa) {
    if (own === UNCHECKED) return scale.unchecked;
    const weighted = j => [[scores[j].low, scores[j].high], kappa(j)];
    const conjunction = parts => {
      const mixed = parts.map(j => expectedHull([weighted(j)], scale.unchecked));
      return [least(mixed.map(pair => pair[0])), least(mixed.map(pair => pair[1]))];
    };
    if (own.pending) {
      if (!own.parts.length) return scale.notRun;
      const [low, high] = conjunction(own.parts);
      return [Math.min(low, scale.notRun[0]), high];
    }
    const weighed = own.direct.map(weighted);
    if (own.parts.length) weighed.push([conjunction(own.parts), WHOLE]);
    let [low, high] = weighed.length ? expectedHull(weighed, scale.unchecked) : scale.unchecked;
    const failed = own.failed.map(j => [scores[j].low, scores[j].high, kappa(j)[1]]);
    for (const [end, , share] of [...failed].sort((a, b) => b[0] - a[0])) low -= share * Math.max(0, low - end);
    for (const [, end, share] of [...failed].sort((a, b) => a[1] - b[1])) high += share * Math.max(0, end - high);
    return [low, high];
  }

  // Strengths: log-odds that add up, over intervals, circles included.

  const logit = strength => {
    const s = Math.min(Math.max(strength, 1e-12), 1 - 1e-12);
    return Math.log(s / (1 - s));
  };
  const logistic = x => {
    if (x >= 0) return 1 / (1 + Math.exp(-x));
    const odds = Math.exp(x);
    return odds / (1 + odds);
  };

  function weakest(state, premises) {
    return [least(premises.map(p => state.low[p])), least(premises.map(p => state.high[p]))];
  }

  function reasonPremise(map, scores, state, reason) {
    if (reason.proxy < 0) return weakest(state, reason.premises);
    const { low, high } = scores[reason.proxy];
    return reason.sign > 0 ? [low, high] : [1 - high, 1 - low];
  }

  function reasonValue(map, scores, state, reason) {
    if (reason.circular) return [0, 0];
    const [low, high] = reasonPremise(map, scores, state, reason);
    return [
      reason.inside ? 0 : reason.omega * state.kappaLow[reason.slot] * Math.max(0, 2 * low - 1),
      reason.omega * state.kappaHigh[reason.slot] * Math.max(0, 2 * high - 1)
    ];
  }

  // A group counts once; weak ones together at most the cap.
  function tally(values, weak, cap) {
    let counted = 0, weakTotal = 0;
    values.forEach((group, at) => {
      const firm = group.reduce((best, value, i) => (weak[at][i] ? best : Math.max(best, value)), 0);
      counted += firm;
      weakTotal += most(group) - firm;
    });
    return counted + Math.min(weakTotal, cap);
  }

  function bothEnds(map, scores, state, groups) {
    const values = groups.map(group => group.map(at => reasonValue(map, scores, state, map.reasons[at])));
    const weak = groups.map(group => group.map(at => map.reasons[at].weak));
    return [0, 1].map(end => tally(values.map(group => group.map(pair => pair[end])), weak, map.data.scale.cap));
  }

  function argued(map, scores, state, claim) {
    let [low, high] = state.base[claim];
    const pro = map.groupsFor[claim], con = map.groupsAgainst[claim];
    if (!pro.length && !con.length) return [low, high];
    low = logit(low);
    high = logit(high);
    if (pro.length) {
      const [little, much] = bothEnds(map, scores, state, pro);
      low += little;
      high += much;
    }
    if (con.length) {
      const [little, much] = bothEnds(map, scores, state, con);
      low -= much;
      high -= little;
    }
    return [logistic(low), logistic(high)];
  }

  function limited(map, state, claim, [low, high]) {
    for (const other of map.assumes[claim]) {
      low = Math.min(low, Math.max(0.5, state.low[other]));
      high = Math.min(high, Math.max(0.5, state.high[other]));
    }
    for (const other of map.requires[claim]) {
      low = Math.min(low, state.low[other]);
      high = Math.min(high, state.high[other]);
    }
    return [low, high];
  }

  // Whoever disputes a check bears the burden: a premise that no check decides counts at its low end only.
  function established(map, grounds, state, cut, premise) {
    if (grounds[premise].decided) return [state.low[premise], state.high[premise]];
    return map.idle[cut].has(premise) ? [0, 0] : [state.low[premise], state.low[premise]];
  }

  function taken(map, grounds, state, cut) {
    const [, strength, premises] = map.data.undercuts[cut];
    let ends;
    if (map.roots[cut].ofCheck) {
      const found = premises.map(p => established(map, grounds, state, cut, p));
      ends = [least(found.map(pair => pair[0])), least(found.map(pair => pair[1]))];
    } else ends = weakest(state, premises);
    const slot = map.cutSlot + cut, weight = map.data.scale.undercut[strength];
    return [
      weight * Math.max(0, 2 * ends[0] - 1) * state.kappaLow[slot],
      weight * Math.max(0, 2 * ends[1] - 1) * state.kappaHigh[slot]
    ];
  }

  function cut(map, grounds, state, claim) {
    for (const [slot, groups] of map.cuts[claim]) {
      let low = 1, high = 1;
      for (const group of groups) {
        const found = group.map(k => taken(map, grounds, state, k));
        low *= 1 - most(found.map(pair => pair[1]));
        high *= 1 - most(found.map(pair => pair[0]));
      }
      state.kappaLow[slot] = low;
      state.kappaHigh[slot] = high;
    }
  }

  function strengths(map, scores, grounds) {
    const slots = map.cutSlot + map.data.undercuts.length;
    const state = {
      low: Array(map.n).fill(0), high: Array(map.n).fill(1), base: Array(map.n).fill([0, 1]),
      kappaLow: Array(slots).fill(1), kappaHigh: Array(slots).fill(1)
    };
    const kappa = j => [state.kappaLow[map.first + j], state.kappaHigh[map.first + j]];
    const evaluate = claim => {
      cut(map, grounds, state, claim);
      state.base[claim] = baseScore(grounds[claim], scores, map.data.scale, kappa);
      if (map.checked[claim] || grounds[claim].pending) return state.base[claim];
      return limited(map, state, claim, argued(map, scores, state, claim));
    };
    map.components.forEach((members, place) => {
      if (map.cyclic[place]) iterate(map, members, state, evaluate);
      else [state.low[members[0]], state.high[members[0]]] = evaluate(members[0]);
    });
    for (let claim = 0; claim < map.n; claim++) if (map.checked[claim]) cut(map, grounds, state, claim);
    return state;
  }

  function iterate(map, circle, state, evaluate) {
    let front = circle;
    for (let sweep = 0; sweep < SWEEPS && front.length; sweep++) {
      const moved = new Set();
      for (const claim of front) {
        const [low, high] = evaluate(claim);
        if (low - state.low[claim] > TOLERANCE || state.high[claim] - high > TOLERANCE) {
          map.dependents[claim].forEach(reader => moved.add(reader));
        }
        state.low[claim] = Math.max(state.low[claim], low);
        state.high[claim] = Math.min(state.high[claim], high);
      }
      front = [...moved];
    }
  }

  // Labels: stands (1), falls (−1), or open (0) and why.

  function standing([low, high], [falls, stands]) {
    if (low >= stands - SAME) return 1;
    return high <= falls + SAME ? -1 : 0;
  }

  function labelled(map, scores, grounds, state) {
    const { scale, claims } = map.data;
    const limits = claims.map(([, , falls, stands]) => (stands === undefined ? [scale.falls, scale.stands] : [falls, stands]));
    const found = grounds.map((own, i) => (own.pending ? 0 : standing([state.low[i], state.high[i]], limits[i])));
    const why = Array(map.n).fill(-1);
    const openClaims = (claim, premises) => premises
      .filter(p => why[p] >= 0 && map.component[p] !== map.component[claim]).map(p => why[p]);
    const first = causes => Math.min(WHY.noEvidence, ...causes);

    function checkedReason(i) {
      const own = grounds[i], used = [...own.direct, ...own.parts];
      if (own.pending) return WHY.notRun;
      if ([...used, ...own.failed].some(j => state.kappaLow[map.first + j] < 1)
        && standing(baseScore(own, scores, scale, () => WHOLE), limits[i])) return WHY.contested;
      const verdicts = new Set(used.map(j => scores[j].verdict));
      if (verdicts.has(MIXED)) return WHY.reading;
      if (verdicts.has(INCONCLUSIVE)) return WHY.inconclusive;
      if (used.some(j => !scores[j].ran)) return WHY.notRun;
      if (own.failed.length || (verdicts.has(HOLDS) && verdicts.has(FAILS))) return WHY.contested;
      return used.some(j => scores[j].provisional) ? WHY.unverified : WHY.inconclusive;
    }
    function proxyCauses(score) {
      if (!score.ran) return [WHY.notRun];
      if (score.verdict === MIXED) return [WHY.reading];
      if (score.verdict === INCONCLUSIVE) return [WHY.inconclusive];
      return score.provisional ? [WHY.unverified] : [];
    }
    function arguedReason(i) {
      const sure = { 1: false, '-1': false }, possible = { 1: false, '-1': false }, causes = [];
      for (const [sign, groups] of [[1, map.groupsFor[i]], [-1, map.groupsAgainst[i]]]) {
        for (const at of groups.flat()) {
          const reason = map.reasons[at], [low, high] = reasonValue(map, scores, state, reason);
          if (low > 0) sure[sign] = true;
          if (high > 0) possible[sign] = true;
          if (low < high) causes.push(...(reason.proxy < 0 ? openClaims(i, reason.premises) : proxyCauses(scores[reason.proxy])));
        }
      }
      if (sure[1] && sure[-1]) return WHY.contested;
      for (const [, groups] of map.cuts[i]) {
        for (const k of groups.flat()) {
          const premises = map.data.undercuts[k][2];
          if (least(premises.map(p => state.high[p])) > 0.5) causes.push(...openClaims(i, premises));
        }
      }
      const rank = first(causes);
      if (rank === WHY.noEvidence) {
        if (possible[1] && possible[-1] && (sure[1] || sure[-1])) return WHY.contested;
        if (grounds[i].failed.length) return WHY.inconclusive;
      }
      return rank;
    }
    for (const i of map.components.flat()) {
      if (found[i]) continue;
      const needed = [...map.assumes[i], ...map.requires[i]];
      if (map.checked[i] || grounds[i].pending) why[i] = checkedReason(i);
      else if (needed.some(other => found[other] < 0)) why[i] = WHY.refuted;
      else if (needed.length && standing(argued(map, scores, state, i), limits[i])) why[i] = first(openClaims(i, needed));
      else why[i] = arguedReason(i);
    }
    return { standing: found, why };
  }

  // Whether something speaks against the claim that was itself looked into.
  function contested(map, scores, grounds, labels, state, claim) {
    const examined = premises => premises.every(p => grounds[p].decided || labels.standing[p]);
    for (const at of map.groupsAgainst[claim].flat()) {
      const reason = map.reasons[at];
      if (reason.circular) continue;
      if (reason.proxy < 0 ? examined(reason.premises) : scores[reason.proxy].ran) return true;
      if (reasonPremise(map, scores, state, reason)[0] > 0.5) return true;
    }
    return map.cuts[claim].some(([, groups]) => groups.flat()
      .some(k => map.roots[k].sign < 0 && examined(map.data.undercuts[k][2])));
  }

  /* By claim: `low` and `high`, `standing` (1, −1 or 0), `why` it is open (its place in data.open, −1 when it is not),
     whether a check decided it and whether something examined speaks against it. */
  function solve(data, gone) {
    const map = compile(data, gone || new Set());
    const scores = data.bearings.map((_, j) => scoreOf(data, j));
    const grounds = map.bearings.map((_, claim) => groundsOf(map, scores, claim));
    const state = strengths(map, scores, grounds);
    const labels = labelled(map, scores, grounds, state);
    return {
      low: state.low, high: state.high, standing: labels.standing, why: labels.why,
      decided: grounds.map(own => own.decided),
      contested: grounds.map((_, claim) => contested(map, scores, grounds, labels, state, claim))
    };
  }

  /* The data under other answers. `changes.checks`: by number, "holds", "fails" or "not-run"; `changes.strengths`: by slot,
     0 (weak) to 3 (decisive); `changes.without`: a Set of slots and of needs, as "assumes 3 5" (claim 3 assumes claim 5). */
  function suppose(data, changes) {
    const cutSlot = data.steps.length + data.bearings.length;
    const kept = relation => data[relation].map(([claim, others]) => [
      claim, others.filter(other => !changes.without.has(relation + ' ' + claim + ' ' + other))
    ]);
    const weighed = (rows, first) => rows.map((row, at) => {
      if (!changes.strengths.has(first + at)) return row;
      const other = [...row];
      other[1] = changes.strengths.get(first + at);
      return other;
    });
    const supposed = {
      ...data,
      steps: weighed(data.steps, 0),
      undercuts: weighed(data.undercuts, cutSlot),
      assumes: kept('assumes'),
      requires: kept('requires'),
      checks: data.checks.map((row, at) => {
        const verdict = changes.checks.get(at);
        if (verdict === undefined) return row;
        const code = { holds: HOLDS, fails: FAILS, 'not-run': NOT_RUN }[verdict];
        return [...row.slice(0, 3), code, ...data.scale.supposed[code], 0, ...row.slice(7)];
      })
    };
    return solve(supposed, changes.without);
  }

  scope.kbStanding = { solve, suppose };
})(typeof globalThis === 'undefined' ? self : globalThis);
