/* Where the map looks: at everything, at where people live, at what is selected. */
(function (cr) {
  'use strict';

  var LEAST_ROOM = 160; // pixels that a chosen thing can be seen in

  /* the whole study, or the part that is given, in degrees */
  cr.fitView = function (app, animate, part) {
    var b = part || app.model.head.bounds,
      dock = dockRoom(app),
      aside = app.printing ? 0 : app.root.querySelector('.legend').offsetWidth + 24;
    var map = app.map,
      box = L.latLngBounds([b[1], b[0]], [b[3], b[2]]),
      size = map.getSize();
    var zoom = map.getBoundsZoom(box, false, L.point(12 + dock.x, 12 + dock.y)),
      north = map.project(box.getNorthWest(), zoom),
      south = map.project(box.getSouthEast(), zoom);
    // room to the left is used to keep the study clear of the legend
    var spare = Math.max(0, Math.min(aside, size.x - dock.x - (south.x - north.x) - 12));
    map.setView(
      map.unproject(
        north
          .add(south)
          .divideBy(2)
          .subtract([size.x > 700 ? spare / 2 : 0, 0])
        .add([dock.x / 2, dock.y / 2]),
        zoom
      ),
      zoom,
      { animate: animate !== false && calm() }
    );
  };

  /* what the open what-if dock takes of the map's right side; on a phone it stands below the map */
  function dockRoom(app) {
    var dock = app.root.querySelector('.plan-dock'),
      size = app.map.getSize();
    if (app.printing || dock.hidden || cr.isPhone()) return L.point(0, 0);
    return size.x > 700 ? L.point(dock.offsetWidth + 12, 0) : L.point(0, 0);
  }

  /* brings a unit or a facility with its reach into view */
  cr.goTo = function (app, what) {
    // where the page is one column the map may be out of sight
    var phone = cr.isPhone();
    cr.showMap(app);
    var card = app.root.querySelector('.card'),
      narrow = phone || (!app.analysis() && app.map.getSize().x < 700);
    var sides = app.analysis() && !narrow ? beside(app, card) : [0, 0];
    var below = phone ? app.root.querySelector('.legend').offsetHeight : card.offsetHeight;
    var room = {
      animate: calm(),
      paddingTopLeft: narrow ? [24, 24] : [50 + sides[0], 50],
      paddingBottomRight: narrow ? [24, below + 60] : [50 + sides[1], 50],
      maxZoom: Math.max(15.5, app.zoomNear + 1.5)
    };
    if (what.kind === 'unit') {
      app.map.fitBounds(cr.boundsOf(app.model.units[what.level].shapes.box, what.index), room);
      return;
    }
    if (what.kind === 'home') {
      cr.goToHome(app, what.index, room);
      return;
    }
    if (app.analysis()) {
      goToMark(app, what, room);
      return;
    }
    var service = app.service(),
      index = what.index,
      shapes = cr.rangeOf(app, service, index),
      box = null;
    for (var i = 0; i < shapes.count; i++)
      if (shapes.band[i] === service.inside.length - 1 && isFinite(shapes.box[4 * i])) box = i;
    if (box !== null) app.map.fitBounds(cr.boundsOf(shapes.box, box), room);
    else
      app.map.setView(
        [cr.latOf(service.places.y[index]), cr.lonOf(service.places.x[index])],
        Math.max(app.map.getZoom(), 15),
        { animate: calm() }
      );
  };

  /* legend and card of an analysis are tall: what is chosen lies between them where there is room, else beside the card */
  function beside(app, card) {
    var legend = app.root.querySelector('.legend').offsetWidth,
      room = app.map.getSize().x - 100;
    if (room - legend - card.offsetWidth >= LEAST_ROOM) return [legend, card.offsetWidth];
    return [0, room - card.offsetWidth >= LEAST_ROOM ? card.offsetWidth : 0];
  }

  /* a shape of a layer, or the place of a row */
  function goToMark(app, what, room) {
    var analysis = app.analysis(),
      degrees = what.kind === 'place' && analysis.listings[what.list].link.boxes[what.index],
      box = what.kind === 'feature' && analysis.layers[what.layer].box(what.index);
    if (degrees)
      app.map.fitBounds([[degrees[1], degrees[0]], [degrees[3], degrees[2]]], room);
    else if (box) app.map.fitBounds(cr.boundsOf(box), room);
  }

  function calm() {
    return !window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  }
})((globalThis.civicreach = globalThis.civicreach || {}));
