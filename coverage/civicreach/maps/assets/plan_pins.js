/* Pins of proposed sites: placed by a click, dragged, moved and removed by keys. */
(function (cr) {
  'use strict';

  var STEP_PX = 8,
    TWICE_MS = 300,
    PIN_PATH = 'M12 0a12 12 0 0 0-12 12c0 9 12 22 12 22s12-13 12-22a12 12 0 0 0-12-12z';
  var ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  /* one marker a site; the one that is being dragged keeps its place */
  cr.drawPins = function (app) {
    var shown = app.plan && app.service() && !cr.planElsewhere(app) ? app.plan.sites : [],
      pins = (app.pins = app.pins || new Map());
    pins.forEach(function (pin, id) {
      if (shown.some(function (site) { return site.id === id; })) return;
      pin.remove();
      pins.delete(id);
    });
    shown.forEach(function (site, k) {
      var pin = pins.get(site.id);
      if (!pin) pins.set(site.id, (pin = newPin(app, site)));
      if (pin !== app.dragged) pin.setLatLng([site.lat, site.lon]);
      label(app, pin, site, k + 1);
    });
  };

  function newPin(app, site) {
    var pin = L.marker([site.lat, site.lon], {
      draggable: true,
      keyboard: true,
      autoPan: true,
      zIndexOffset: 1000,
      icon: L.divIcon({ className: 'plan-pin', iconSize: [28, 38], iconAnchor: [14, 37] })
    }).addTo(app.map);
    var node = pin.getElement(),
      drawn = cr.icon(PIN_PATH, 'plan-drop');
    drawn.setAttribute('viewBox', '-1 -1 26 36');
    cr.fill(node, drawn, cr.el('b', {}));
    node.dataset.site = site.id;
    watchDrag(app, pin, site.id);
    node.addEventListener('keydown', function (event) {
      pressed(app, pin, site.id, event);
    });
    node.addEventListener('keyup', function (event) {
      if (ARROWS[event.key] && app.dragged === pin) drop(app, pin, site.id);
    });
    node.addEventListener('blur', function () {
      if (app.dragged === pin && !pin.dragging._draggable._moving) drop(app, pin, site.id);
    });
    return pin;
  }

  function label(app, pin, site, n) {
    var node = pin.getElement();
    cr.fill(node.querySelector('b'), n);
    node.setAttribute(
      'aria-label',
      cr.t('plan_pin', {
        n: n,
        place: cr.placeOfSite(app, site).filter(Boolean).join(' · '),
        amount: cr.gainText(app, site.id)
      })
    );
    node.setAttribute('role', 'button');
  }

  function watchDrag(app, pin, id) {
    var waiting = false;
    pin.on('dragstart', function () {
      app.dragged = pin;
    });
    pin.on('drag', function () {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(function () {
        waiting = false;
        if (app.dragged === pin) follow(app, pin, id);
      });
    });
    pin.on('dragend', function () {
      drop(app, pin, id);
    });
  }

  /* recompute while the pin is on its way */
  function follow(app, pin, id) {
    var at = aim(app, pin.getLatLng());
    app.plan.move(id, at.lon, at.lat, false);
    cr.planChanged(app, { planSaid: null }, true);
  }

  function drop(app, pin, id) {
    var at = aim(app, pin.getLatLng());
    app.dragged = null;
    cr.changePlan(
      app,
      function (plan) {
        return plan.move(id, at.lon, at.lat, true);
      },
      function (answer, plan) {
        if (answer && answer.refused) return cr.planRefusal(app, answer.refused);
        return ['said_moved', { n: cr.numberOfSite(plan, id), amount: cr.gainLater(app, id) }];
      }
    );
  }

  /* where the study has candidate plots, the nearest of them */
  function aim(app, at) {
    var best = null,
      least = Infinity,
      from = app.map.latLngToLayerPoint(at);
    cr.candidates(app).forEach(function (plot) {
      var away = app.map.latLngToLayerPoint([plot.lat, plot.lon]).distanceTo(from);
      if (away < least) {
        least = away;
        best = plot;
      }
    });
    return best || { lon: at.lng, lat: at.lat };
  }

  function pressed(app, pin, id, event) {
    var arrow = ARROWS[event.key];
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      event.stopPropagation();
      cr.removeSite(app, id);
      app.map.getContainer().focus({ preventScroll: true });
    } else if (arrow && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      app.dragged = pin;
      nudge(app, pin, arrow, event.shiftKey ? 1 : STEP_PX);
      follow(app, pin, id);
    } else if (event.key === 'Enter' || event.key === ' ') event.stopPropagation();
  }

  /* a few pixels; among candidate plots the next one in that direction */
  function nudge(app, pin, arrow, step) {
    var map = app.map,
      from = map.latLngToLayerPoint(pin.getLatLng()),
      plots = cr.candidates(app);
    if (!plots.length) {
      pin.setLatLng(map.layerPointToLatLng(from.add([arrow[0] * step, arrow[1] * step])));
      return;
    }
    var best = null,
      least = Infinity;
    plots.forEach(function (plot) {
      var to = map.latLngToLayerPoint([plot.lat, plot.lon]).subtract(from),
        along = to.x * arrow[0] + to.y * arrow[1],
        aside = Math.abs(to.x * arrow[1]) + Math.abs(to.y * arrow[0]);
      if (along < 1 || aside > 2 * along || along + aside >= least) return;
      least = along + aside;
      best = plot;
    });
    if (best) pin.setLatLng([best.lat, best.lon]);
  }

  /* a click on the map while the mode is on; whether it was taken. The second one of a double click only zooms */
  cr.placeByClick = function (app, event) {
    if (!app.state.planning || !cr.canPlan(app) || cr.planElsewhere(app)) return false;
    var before = app.clicked,
      now = (app.clicked = { at: event.containerPoint, time: event.originalEvent.timeStamp });
    if (before && now.time - before.time < TWICE_MS && now.at.distanceTo(before.at) < STEP_PX) return true;
    cr.placeSite(app, event.latlng.lng, event.latlng.lat);
    return true;
  };

  cr.goToSite = function (app, id) {
    var site = cr.planOf(app).sites[cr.numberOfSite(cr.planOf(app), id) - 1];
    app.map.setView([site.lat, site.lon], Math.max(app.map.getZoom(), app.zoomNear + 1.2), { animate: false });
    app.pins.get(id).getElement().focus({ preventScroll: true });
  };

  /* keys that hold wherever nobody is typing */
  cr.watchPlanKeys = function (app) {
    document.addEventListener('keydown', function (event) {
      var target = event.target;
      if (!app.state.planning || !cr.canPlan(app) || cr.planElsewhere(app)) return;
      if (target.closest && target.closest('input, select, textarea, dialog, [contenteditable]')) return;
      var key = event.key.toLowerCase(),
        control = event.ctrlKey || event.metaKey;
      if (control && !event.altKey && (key === 'z' || key === 'y')) {
        event.preventDefault();
        cr.stepPlan(app, key === 'z' && !event.shiftKey);
      } else if (control || event.altKey) return;
      else if (key === 's') {
        event.preventDefault();
        cr.suggestSite(app);
      } else if (event.key === 'Enter' && target === app.map.getContainer()) {
        event.preventDefault();
        var centre = app.map.getCenter();
        cr.placeSite(app, centre.lng, centre.lat);
      }
    });
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
