/* What follows from a choice: selecting something brings the table, the list and the layer in which it stands, and its
   row into sight. */
(function (cr) {
  'use strict';

  /* the table of a service's tab, with what is selected in sight */
  cr.openTab = function (app, name) {
    var chosen = app.state.selection,
      unit = name === 'areas' && chosen && chosen.kind === 'unit';
    app.state.set({ tab: name, open: unit ? unfolded(app, chosen, serviceLevel(app)) : app.state.open });
  };

  /* select a unit, facility, home or shape (null: nothing) and, from a table, go there */
  cr.select = function (app, what, go) {
    var change = { selection: what, hover: null };
    if (what) Object.assign(change, app.analysis() ? ofAnalysis(app, what, go) : ofService(app, what, go));
    app.state.set(change);
    if (what && go) cr.goTo(app, what);
    else if (what) cr.showMap(app);
  };

  function ofService(app, what, go) {
    var change = {},
      gaps = app.service().gaps.unit;
    if (what.kind === 'facility') change.tab = 'facilities';
    if (what.kind !== 'unit') return change;
    if (!go) {
      var listed = what.level === app.model.lowest && gaps.indexOf(what.index) >= 0;
      if (app.state.tab === 'facilities') change.tab = listed ? 'gaps' : 'areas';
      else if (app.state.tab === 'gaps' && !listed) change.tab = 'areas';
    }
    if ((change.tab || app.state.tab) === 'areas') change.open = unfolded(app, what, serviceLevel(app));
    return change;
  }

  function ofAnalysis(app, what, go) {
    var analysis = app.analysis(),
      state = app.state,
      change = {},
      layer = what.kind === 'feature' ? analysis.layers[what.layer] : null;
    if (layer && !cr.chosen.shows(app, layer)) {
      change.marks = Object.assign({}, state.marks);
      change.marks[cr.chosen.marksKey(app, layer)] = true;
    }
    if (!go) {
      var list = analysis.listOf(what, cr.chosen.listingAt(app));
      if (what.kind === 'unit' && (state.panel === 'topic' || list < 0)) change.panel = 'topic';
      else if (list >= 0) {
        change.panel = 'lists';
        change.listing = Object.assign({}, state.listing);
        change.listing[cr.chosen.topicKey(app)] = list;
      }
    }
    if (what.kind === 'unit') change.open = unfolded(app, what, cr.chosen.level(app));
    return change;
  }

  function serviceLevel(app) {
    return app.state.level || app.model.middle || app.model.lowest;
  }

  /* the rows that have to be open for a unit to be seen in a table of a level */
  function unfolded(app, unit, level) {
    var model = app.model,
      open = Object.assign({}, app.state.open);
    if (unit.level === model.lowest && level !== model.lowest) open[level + model.ancestor(unit.index, level)] = true;
    return open;
  }

  /* highlight the chosen row and bring it into view */
  cr.markRows = function (app, scroll) {
    var chosen = app.state.selection,
      key = chosen && cr.rowKey(chosen);
    app.root.querySelectorAll('.tables tbody tr').forEach(function (row) {
      var on = !!key && row.dataset.key === key;
      if (row.dataset.key) row.setAttribute('aria-selected', String(on));
      if (on && scroll) bringIntoView(app, row);
    });
  };

  /* scrolls the table, then the panel: scrollIntoView would move a phone's page away from the map. Where the panel is
     longer than the window the line below it covers the table's end */
  function bringIntoView(app, row) {
    var box = app.root.querySelector('.scroll'),
      room = box.getBoundingClientRect(),
      top = room.top + box.querySelector('thead').offsetHeight,
      bottom = Math.min(room.bottom, app.root.querySelector('.about').getBoundingClientRect().top),
      at = row.getBoundingClientRect();
    if (at.top < top) box.scrollTop -= top - at.top;
    else if (at.bottom > bottom) box.scrollTop += at.bottom - Math.max(bottom, top + at.height);
    var below = row.getBoundingClientRect().bottom - bottom;
    if (below > 0) app.root.querySelector('.side').scrollTop += below;
  }
})((globalThis.civicreach = globalThis.civicreach || {}));
