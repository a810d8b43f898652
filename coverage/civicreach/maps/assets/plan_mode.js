/* The what-if mode: makes the plan when it is first needed, and carries what is done to it to everything that shows it.
   The plan itself (plan.js) knows no page. */
(function (cr) {
  'use strict';

  var MS_PER_MINUTE = 60000;
  var SLICE_MS = 40;

  /* whether the open theme can be planned for */
  cr.canPlan = function (app) {
    return !!app.model.head.what_if && !!app.service();
  };

  cr.planOf = function (app) {
    if (!app.plan) {
      app.plan = new cr.Plan(app.model, cr.streetsOf(app));
    }
    return app.plan;
  };

  /* the plan where it changes what the open theme shows, else null */
  cr.shownPlan = function (app) {
    var view = app.model.plan;
    return view && app.service() && view.service === app.service() ? view : null;
  };

  /* the plan is one for another service than the open theme's */
  cr.planElsewhere = function (app) {
    var plan = app.plan;
    return !!plan && plan.sites.length > 0 && !!app.service() && plan.question.service !== app.service().number;
  };

  cr.togglePlanning = function (app, on) {
    var opened = on === undefined ? !app.state.planning : on;
    if (opened && !cr.canPlan(app)) return;
    if (opened) followTheme(app);
    // who looked at everything still does, beside the dock
    var whole = (!opened || !app.state.selection) && app.map.getZoom() <= app.wholeZoom + 0.01;
    app.state.set({ planning: opened, planSaid: null, planFolded: opened && app.map.getSize().x < 700 && !cr.isPhone() });
    if (opened) cr.showMap(app);
    if (whole) app.fit(false, app.model.head.first);
    // the dock's first button, or the one that opened it
    var next = app.root.querySelector(opened ? '.plan-suggest' : '.tools .plan-open');
    if (next) next.focus({ preventScroll: true });
  };

  /* a plan without sites is one for the open theme; one with sites stays with its own service */
  function followTheme(app) {
    var plan = cr.planOf(app),
      service = app.service();
    if (service && !plan.sites.length && plan.question.service !== service.number)
      plan.ask(cr.ownQuestion(app, service.number));
  }

  /* what the study itself asks of a service */
  cr.ownQuestion = function (app, number) {
    var told = app.model.head.what_if,
      own = told.services[number];
    return { service: number, profile: told.profiles[own.profile].name, minutes: own.limit_ms / MS_PER_MINUTE };
  };

  /* milliseconds in a unit of a service's limit: networks that measure metres go one a second */
  cr.msPer = function (service) {
    return service.unit === 'm' ? 1000 : MS_PER_MINUTE;
  };

  /* before the page is drawn again: the plan follows the theme, and the model shows the plan */
  cr.followPlan = function (app, keys) {
    if (keys.has('theme') && app.state.planning) {
      if (app.service() && cr.canPlan(app)) followTheme(app);
      else {
        app.state.planning = false;
        app.dockLeft = true;
      }
    }
    if (keys.has('theme') && !keys.has('planSaid')) app.state.planSaid = null; // that was told of another theme
    if (keys.has('theme') || keys.has('planned')) {
      var view = app.plan ? new cr.PlanView(app.model, app.plan, cr.ownQuestion(app, app.plan.question.service)) : null;
      app.model.plan = view && view.differs ? view : null;
    }
  };

  /* after the page is drawn again: where the dock went with its theme the map has its room back */
  cr.fillRoom = function (app) {
    if (app.dockLeft && app.map.getZoom() <= app.wholeZoom + 0.01) app.fit(false, app.model.head.first);
    app.dockLeft = false;
  };

  /* do something to the plan; `said` is what the dock then tells: [word, filled, phrases of faults] */
  cr.changePlan = function (app, act, said) {
    var plan = cr.planOf(app),
      answer = act(plan);
    cr.planChanged(app, { planSaid: typeof said === 'function' ? said(answer, plan) : said || null });
    return answer;
  };

  /* `moving`: a pin is being dragged, and labels wait until it is let go */
  cr.planChanged = function (app, more, moving) {
    var change = Object.assign({ planned: app.state.planned + 1 }, more);
    if (!moving) change.settled = app.state.settled + 1;
    app.state.set(change);
    if (moving) return;
    cr.drawThemes(app); // the plan's theme has its share on its tab
    goOnComputing(app);
  };

  /* who gets a place, where that takes longer than a click may: in slices, so that the page can be used meanwhile */
  function goOnComputing(app) {
    var result = app.plan.result;
    if (!cr.isComputing(app.plan)) return;
    setTimeout(function () {
      if (app.plan.result !== result) return; // something else is being asked by now
      if (cr.computeCapacity(app.plan, SLICE_MS)) tellComputed(app);
      else goOnComputing(app);
    });
  }

  function tellComputed(app) {
    app.state.set({ planned: app.state.planned + 1, settled: app.state.settled + 1 });
  }

  /* what goes to paper or into a file waits for it */
  cr.finishPlan = function (app) {
    if (!app.plan || !cr.isComputing(app.plan)) return;
    cr.computeCapacity(app.plan);
    tellComputed(app);
  };

  /* the same sites for another service; {refused} where they can't stand, and then the plan is as it was */
  cr.takeQuestion = function (app, number) {
    return cr.changePlan(
      app,
      function (plan) {
        return plan.ask(cr.ownQuestion(app, number));
      },
      function (answer) {
        var service = { service: cr.pick.bind(null, app.model.services[number].name) };
        return answer.refused ? ['said_' + answer.refused, service, []] : null;
      }
    );
  };

  cr.numberOfSite = function (plan, id) {
    return (
      plan.sites.findIndex(function (site) {
        return site.id === id;
      }) + 1
    );
  };

  /* people of the service's group, with the group's name */
  cr.gainText = function (app, id) {
    var plan = cr.planOf(app);
    return cr.amount(groupOf(app), cr.gainTold(plan, id));
  };

  /* the same for a sentence that stays: as many as now, in whatever language it is read */
  cr.gainLater = function (app, id) {
    var group = groupOf(app),
      gain = cr.gainTold(cr.planOf(app), id);
    return cr.amount.bind(null, group, gain);
  };

  function groupOf(app) {
    return app.model.services[cr.planOf(app).question.service].group;
  }

  /* where a site is, in words */
  cr.placeOfSite = function (app, site) {
    var lowest = app.model.lowest,
      unit = lowest && site.unit >= 0 ? app.model.units[lowest].name[site.unit] : '';
    return [site.name || (site.street ? cr.t('plan_near', { street: site.street }) : cr.t('plan_unnamed')), unit];
  };

  cr.placeSite = function (app, lon, lat) {
    var capacity = app.state.planCapacity,
      place = candidateNear(app, lon, lat);
    if (place && place.refused) {
      app.state.set({ planSaid: ['said_' + place.refused] });
      return null;
    }
    var site = cr.changePlan(
      app,
      function (plan) {
        return place ? plan.add(place.lon, place.lat, capacity) : plan.add(lon, lat, capacity);
      },
      function (answer, plan) {
        if (answer.refused) return refusal(app, answer.refused);
        return ['said_placed', { n: cr.numberOfSite(plan, answer.id), amount: cr.gainLater(app, answer.id) }];
      }
    );
    return site.refused ? null : site;
  };

  function refusal(app, why) {
    var most = app.model.head.what_if.max_snap_m;
    if (why === 'no_street' && !most) return ['said_no_street_plain'];
    return ['said_' + why, { n: most }];
  }
  cr.planRefusal = refusal;

  /* the candidate plot that is meant by a click; null where the study has none */
  function candidateNear(app, lon, lat) {
    var all = cr.candidates(app);
    if (!all.length) return null;
    var at = app.map.latLngToContainerPoint([lat, lon]),
      best = null,
      least = 32;
    all.forEach(function (plot) {
      var away = app.map.latLngToContainerPoint([plot.lat, plot.lon]).distanceTo(at);
      if (away > least) return;
      least = away;
      best = plot;
    });
    if (!best) return { refused: 'not_a_candidate' };
    return best;
  }

  /* candidate plots of the plan's service in degrees: [{lon, lat, x_cm, y_cm, id, name}]; empty where a site may stand
     anywhere */
  cr.candidates = function (app) {
    var number = cr.planOf(app).question.service;
    if (!app.candidates || app.candidates.of !== number) {
      app.candidates = (app.model.head.what_if.services[number].candidates || []).map(function (plot) {
        var at = app.streets.toDegrees(plot[0], plot[1]);
        return { x_cm: plot[0], y_cm: plot[1], id: plot[2], name: plot[3], lon: at[0], lat: at[1] };
      });
      app.candidates.of = number;
    }
    return app.candidates;
  };

  cr.removeSite = function (app, id) {
    var n = cr.numberOfSite(cr.planOf(app), id);
    cr.changePlan(
      app,
      function (plan) {
        plan.remove(id);
      },
      ['said_removed', { n: n }]
    );
  };

  cr.suggestSite = function (app) {
    var found = null;
    cr.changePlan(
      app,
      function (plan) {
        found = plan.suggest();
        return found && found.gain > 0 ? plan.add(found.lon, found.lat, app.state.planCapacity) : null;
      },
      function (site, plan) {
        if (!site) return ['said_no_gain'];
        if (site.refused) return refusal(app, site.refused);
        return [
          cr.hasCapacity(app) ? 'said_suggested_room' : 'said_suggested',
          {
            n: cr.numberOfSite(plan, site.id),
            of: cr.num(found.of),
            tried: cr.num(found.tried),
            ms: cr.num(found.milliseconds),
            amount: cr.gainLater(app, site.id)
          }
        ];
      }
    );
  };

  /* undo or redo, where there is something to */
  cr.stepPlan = function (app, back) {
    var plan = cr.planOf(app);
    if (!(back ? plan.canUndo : plan.canRedo)) return;
    var asked = plan.question;
    if (back) plan.undo();
    else plan.redo();
    cr.takeCapacity(app);
    // the question came back with the sites: so does its theme
    if (plan.question.service !== asked.service) app.setTheme(plan.question.service);
    cr.planChanged(app, { planSaid: [back ? 'said_undone' : 'said_redone'] });
    if (plan.question !== asked) cr.drawDock(app, true);
  };

  cr.clearPlan = function (app) {
    cr.changePlan(
      app,
      function (plan) {
        plan.clear();
      },
      ['said_cleared']
    );
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
