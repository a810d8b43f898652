/* Why a home is covered or not: its way along the streets against the straight line, the cause, and what would help. */
(function (cr) {
  'use strict';

  var el = cr.el;
  var FIXES = {
    too_far: ['site'],
    detour: ['path', 'site'],
    winding: ['site'],
    private: ['open', 'site'],
    no_street: ['street'],
    unreachable: ['connect', 'site']
  };

  /* before the page is drawn again: what is to be told of the chosen home */
  cr.followHome = function (app) {
    var chosen = app.state.selection,
      home = chosen && chosen.kind === 'home' && cr.canPlan(app) && !cr.planElsewhere(app) ? chosen.index : -1;
    app.why = home < 0 ? null : explained(app, home);
  };

  function explained(app, home) {
    var service = app.service(),
      plan = cr.planOf(app);
    if (plan.question.service !== service.number) plan.ask(cr.ownQuestion(app, service.number));
    var told = plan.explain(home);
    if (!told) return null;
    var homes = app.model.homes,
      from = [cr.lonOf(homes.x[home]), cr.latOf(homes.y[home])],
      straight = endOf(app, { facility: told.straight_facility, site: told.straight_site }),
      to = endOf(app, told);
    return {
      home: home,
      told: told,
      from: from,
      to: to,
      pieces: told.pieces && told.pieces.length ? told.pieces : null,
      legs: told.pieces && told.pieces.length ? legs(app, told, [from, to]) : [],
      straight: straight ? from.concat(straight) : null
    };
  }

  function placeOf(service, facility) {
    return [cr.lonOf(service.places.x[facility]), cr.latOf(service.places.y[facility])];
  }

  function siteOf(app, told) {
    return app.plan.sites.find(function (site) {
      return site.id === told.site;
    });
  }

  /* where the way leads: a proposed site or a facility */
  function endOf(app, told) {
    var site = siteOf(app, told);
    if (site) return [site.lon, site.lat];
    return told.facility >= 0 ? placeOf(app.service(), told.facility) : null;
  }

  /* from the home and from the place to where they join the streets */
  function legs(app, told, places) {
    var number = app.streets.profile(app.plan.question.profile).streets;
    return told.ends.map(function (end, k) {
      return places[k].concat(app.streets.pointOn(number, end[0], end[1]));
    });
  }

  /* a time with one decimal, or whole metres */
  function costText(service, ms) {
    var value = ms / cr.msPer(service);
    return cr.cost(service, service.unit === 'm' ? Math.round(value) : Math.round(10 * value) / 10);
  }

  cr.whyCard = function (app) {
    var why = app.why,
      told = why.told,
      service = app.service(),
      planned = cr.shownPlan(app),
      covered = told.cause === 'covered',
      isNew = covered && planned && planned.isNew(why.home);
    return [
      el('b', {}, cr.t(isNew ? 'home_why_planned' : covered ? 'home_why_covered' : 'home_why')),
      el(
        'div',
        { class: 'card-more' },
        el('span', { class: 'soft' }, homeName(app, why)),
        cr.showUncovered(app, 'home_show_next')
      ),
      nearest(app, service, told),
      told.ms >= 0 || told.straight_ms >= 0 ? bars(service, told) : null,
      el(
        'div',
        { class: 'verdict' + (covered ? ' fine' : ''), 'data-cause': told.cause },
        el('b', {}, lead(service, told)),
        told.detour > 0 && el('span', {}, ' · ' + cr.t('home_detour', { n: cr.num(told.detour, 2) })),
        el('p', {}, cr.t('home_cause_' + causeKey(told), { n: cr.num(told.detour, 1) })),
        !covered && help(service, told)
      )
    ];
  };

  /* what is near in a straight line may have no way to it at all */
  function causeKey(told) {
    return told.cause === 'detour' && !(told.detour > 0) ? 'detour_cut' : told.cause;
  }

  function homeName(app, why) {
    var lowest = app.model.lowest,
      homes = app.model.homes,
      unit = lowest ? app.model.units[lowest].shapes.find(homes.x[why.home], homes.y[why.home]) : -1;
    return unit >= 0 ? cr.t('home_in', { unit: app.model.units[lowest].name[unit] }) : cr.t('home');
  }

  function nearest(app, service, told) {
    var straight = { facility: told.straight_facility, site: told.straight_site },
      other = straight.facility !== told.facility || straight.site !== told.site;
    function line(key, end, ms) {
      var name = placeName(app, service, end),
        cost = other && name ? cr.t('home_way', { n: ms >= 0 ? costText(service, ms) : cr.t('home_no_way') }) : '';
      return el('div', {}, el('span', { class: 'soft' }, cr.t(key)), (name || cr.t('home_no_way')) + cost);
    }
    return [
      line('home_nearest', told, told.ms),
      other && told.straight_ms >= 0 && line('home_nearest_straight', straight, told.straight_way_ms)
    ];
  }

  function placeName(app, service, end) {
    var site = siteOf(app, end);
    if (site) return cr.t('plan_site', { n: cr.numberOfSite(app.plan, site.id) });
    return end.facility >= 0 ? nameOf(service, end.facility) : '';
  }

  function nameOf(service, k) {
    return service.facilities.name[k] || service.facilities.id[k];
  }

  /* network and straight line on one scale, with the limit */
  function bars(service, told) {
    var most = Math.max(told.ms || 0, told.straight_ms || 0, 1.25 * told.limit_ms),
      rows = [
        ['network', told.ms, null],
        ['straight', told.straight_ms, told.straight_m]
      ];
    return el(
      'div',
      { class: 'why-bars' },
      rows.map(function (row) {
        var known = row[1] >= 0 && row[1] !== null;
        return [
          el('span', {}, cr.t('home_' + row[0])),
          el(
            'span',
            { class: 'why-bar ' + row[0], 'aria-hidden': true },
            known && el('i', { style: { width: (100 * row[1]) / most + '%' } }),
            el('u', { style: { left: (100 * told.limit_ms) / most + '%' } })
          ),
          el(
            'b',
            { 'data-ms': known ? row[1] : -1 },
            known ? costText(service, row[1]) : cr.t('home_no_way'),
            service.unit !== 'm' && row[2] !== null && row[2] >= 0 && el('small', {}, ' ' + cr.t('short_m', { n: cr.num(row[2]) }))
          )
        ];
      })
    );
  }

  function lead(service, told) {
    if (told.cause === 'covered') return cr.t('home_within', { n: costText(service, told.limit_ms) });
    var over = told.ms - told.limit_ms;
    if (told.ms >= 0 && over > 0) return cr.t('home_over', { n: overText(service, over) });
    return cr.t('home_no_way');
  }

  /* never "over by 0": seconds where the unit has nothing left to show */
  function overText(service, over) {
    if (service.unit !== 'm' && over < 0.1 * cr.msPer(service)) return cr.t('short_s', { n: Math.ceil(over / 1000) });
    if (service.unit === 'm' && over < cr.msPer(service)) return cr.t('short_m', { n: '<1' });
    return costText(service, over);
  }

  function help(service, told) {
    var fixes = FIXES[told.cause] || [];
    if (!fixes.length) return null;
    return el(
      'div',
      {},
      cr.t('home_fix'),
      el(
        'ul',
        {},
        fixes.map(function (fix) {
          return el('li', {}, cr.t('home_fix_' + fix, { service: cr.pick(service.name) }));
        })
      )
    );
  }

  /* --- the way to an uncovered home --- */

  /* a button that shows an uncovered home, another one each time; of the chosen area where one is chosen */
  cr.showUncovered = function (app, word) {
    if (!cr.canPlan(app)) return null;
    return el(
      'button',
      {
        type: 'button',
        class: 'show-home',
        'data-focus': word,
        onclick: function (event) {
          var found = nextUncovered(app);
          if (app.state.planning && !cr.isPhone()) app.state.set({ planFolded: true }); // room for the card
          if (found >= 0) app.select({ kind: 'home', index: found }, true);
          else cr.fill(event.currentTarget, cr.t('home_show_none'));
        }
      },
      cr.t(word)
    );
  };

  function isUncovered(app, i) {
    var service = app.service(),
      plan = cr.shownPlan(app);
    if (!app.model.homes.size[service.group][i] || service.status[i] === 3) return false;
    return plan ? !plan.coveredAfter(i) : service.status[i] !== 0;
  }

  /* the largest first, the farthest of them first; homes that have a way before those that have none */
  function nextUncovered(app) {
    var chosen = app.state.selection,
      service = app.service(),
      sizes = app.model.homes.size[service.group],
      within = chosen && chosen.kind === 'unit' ? app.model.units[chosen.level].shapes : null,
      found = [];
    for (var i = 0; i < app.model.homes.count; i++) {
      if (!isUncovered(app, i)) continue;
      if (within && !within.contains(chosen.index, app.model.homes.x[i], app.model.homes.y[i])) continue;
      found.push(i);
    }
    found.sort(function (a, b) {
      return (
        (service.status[a] === 1 ? 0 : 1) - (service.status[b] === 1 ? 0 : 1) ||
        sizes[b] - sizes[a] ||
        service.cost[a] - service.cost[b] ||
        a - b
      );
    });
    if (!found.length) return -1;
    var at = chosen && chosen.kind === 'home' ? found.indexOf(chosen.index) : -1;
    return found[(at + 1) % found.length];
  }

  /* the home, its way and its facility into view, at a scale that shows homes one by one where there is room */
  cr.goToHome = function (app, index, room) {
    var homes = app.model.homes,
      at = [cr.latOf(homes.y[index]), cr.lonOf(homes.x[index])],
      why = app.why,
      bounds = L.latLngBounds([at]);
    if (why && why.to) bounds.extend([why.to[1], why.to[0]]);
    if (why && why.straight) bounds.extend([why.straight[3], why.straight[2]]);
    var card = app.root.querySelector('.card'),
      more = { maxZoom: app.zoomNear + 2 };
    var size = app.map.getSize(),
      legend = Math.min(app.root.querySelector('.legend').offsetHeight + 24, 0.45 * size.y);
    if (card.offsetWidth < size.x / 2) more.paddingBottomRight = [card.offsetWidth + 40, legend];
    app.map.fitBounds(bounds.pad(0.15), Object.assign({}, room, more));
    if (app.near(app.map.getZoom())) return;
    app.map.setView(at, app.zoomNear + 0.5, { animate: false });
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
