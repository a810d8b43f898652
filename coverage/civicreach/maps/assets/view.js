/* Where the map looks: at everything, at where people live, at what is selected. */
(function (cr) {
  'use strict';

  /* the whole study, or the part that is given, in degrees */
  cr.fitView = function (app, animate, part) {
    var b = part || app.model.head.bounds,
      aside = app.printing ? 0 : 220;
    var map = app.map,
      box = L.latLngBounds([b[1], b[0]], [b[3], b[2]]),
      size = map.getSize();
    var zoom = map.getBoundsZoom(box, false, L.point(12, 12)),
      north = map.project(box.getNorthWest(), zoom),
      south = map.project(box.getSouthEast(), zoom);
    // room to the left is used to keep the study clear of the legend
    var spare = Math.max(0, Math.min(aside, size.x - (south.x - north.x) - 12));
    map.setView(
      map.unproject(
        north
          .add(south)
          .divideBy(2)
          .subtract([size.x > 700 ? spare / 2 : 0, 0]),
        zoom
      ),
      zoom,
      { animate: animate !== false && calm() }
    );
  };

  /* brings a unit or a facility with its reach into view */
  cr.goTo = function (app, what) {
    // where the page is one column the map may be out of sight
    if (window.matchMedia('(max-width: 760px)').matches)
      app.root.querySelector('.stage').scrollIntoView({ block: 'start', behavior: calm() ? 'smooth' : 'auto' });
    // on a phone the card lies over the lower part of the map
    var card = app.root.querySelector('.card'),
      narrow = app.map.getSize().x < 700;
    var room = {
      animate: calm(),
      paddingTopLeft: narrow ? [24, 24] : [50, 50],
      paddingBottomRight: narrow ? [24, card.offsetHeight + 44] : [50, 50],
      maxZoom: Math.max(15.5, app.zoomNear + 1.5)
    };
    if (what.kind === 'unit') {
      app.map.fitBounds(cr.boundsOf(app.model.units[what.level].shapes.box, what.index), room);
      return;
    }
    var service = app.service(),
      index = what.index,
      shapes = service.isochrones,
      box = null;
    for (var i = 0; i < shapes.count; i++) {
      if (
        service.isochroneOf[i] === index &&
        shapes.band[i] === service.inside.length - 1 &&
        isFinite(shapes.box[4 * i])
      )
        box = i;
    }
    if (box !== null) app.map.fitBounds(cr.boundsOf(shapes.box, box), room);
    else
      app.map.setView(
        [cr.latOf(service.places.y[index]), cr.lonOf(service.places.x[index])],
        Math.max(app.map.getZoom(), 15),
        { animate: calm() }
      );
  };

  function calm() {
    return !window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  }
})((globalThis.civicreach = globalThis.civicreach || {}));
