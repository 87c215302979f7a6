/* Where claims stand, second: base scores and strengths (as kb/standing/scores.py and gradual.py). */
(standing => {
  'use strict';
  const { DIRECT, PART, CORROBORATES } = standing;
  const NOT_RUN = 0, FAILS = 2;
  const TOLERANCE = 1e-12, SWEEPS = 2000, WHOLE = [1, 1];
  const least = values => values.reduce((a, b) => (b < a ? b : a));
  const most = values => values.reduce((a, b) => (b > a ? b : a));

  // Base scores: what a claim's own checks make of it.

  function scoreOf(data, j) {
    const [, , , verdict, low, high, provisional] = data.checks[data.bearings[j][0]];
    return { verdict, low, high, provisional: Boolean(provisional), ran: verdict !== NOT_RUN };
  }

  const UNCHECKED = { direct: [], parts: [], failed: [], pending: false, decided: false };

  function groundsOf(map, scores, claim) {
    const { data } = map, direct = [], parts = [], corroborating = [], missing = [];
    if (!map.bearings[claim].length) return UNCHECKED;
    const flags = j => data.checks[data.bearings[j][0]][2];
    for (const j of map.bearings[claim]) {
      ({ [DIRECT]: direct, [PART]: parts, [CORROBORATES]: corroborating })[data.bearings[j][2]].push(j);
      if (flags(j) & 2 && !scores[j].ran) missing.push(j);
    }
    const grounds = found => {
      const all = { ...UNCHECKED, ...found };
      return { ...all, decided: Boolean(all.direct.length || all.parts.length) && !all.pending };
    };
    const failed = corroborating.filter(j => scores[j].verdict === FAILS);
    const ran = direct.filter(j => scores[j].ran), deciders = ran.filter(j => flags(j) & 1);
    const unrun = parts.filter(j => !scores[j].ran);
    const partsRan = parts.length && (!unrun.length || parts.some(j => scores[j].verdict === FAILS));
    if (missing.length) return grounds({ pending: true });
    if (deciders.length) return grounds({ direct: deciders, failed });
    if (ran.length || partsRan) return grounds({ direct: ran, parts: partsRan ? parts : [], failed });
    if (!direct.length && !parts.length) return grounds({ failed });
    const some = !direct.length && unrun.length < parts.length;
    return grounds({ parts: some ? parts : [], pending: true });
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

  Object.assign(standing, { WHOLE, least, scoreOf, groundsOf, baseScore, strengths, argued, reasonPremise, reasonValue });
})(window.kbStanding);
