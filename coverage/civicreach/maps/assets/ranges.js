/* How far people get, as polygons: those that came with the page, or those that it makes from its streets. */
(function (cr) {
  'use strict';

  var KEPT = 24; // ranges of single facilities that are kept

  cr.streetsOf = function (app) {
    return app.streets || (app.streets = app.model.streets);
  };

  cr.hasRanges = function (app, service) {
    return service.serviceArea.count > 0 || !!app.data.head.what_if;
  };

  /* bands within the limit of the nearest of all facilities. Null while they are being made: the page is there before
     them, and what shows them is painted again. Paper waits for them */
  cr.rangesOf = function (app, service) {
    if (service.serviceArea.count || !app.data.head.what_if) return service.serviceArea;
    if (service.ranges) return service.ranges;
    if (app.onPaper) return (service.ranges = made(app, service, cr.reachedPieces(app, service)));
    if (!service.rangesWaiting)
      service.rangesWaiting = setTimeout(function () {
        service.ranges = service.ranges || made(app, service, cr.reachedPieces(app, service));
        if (app.service() === service) app.repaint(['areas', 'streets']);
      }, 0);
    return null;
  };

  /* bands within the limit of one facility */
  cr.rangeOf = function (app, service, facility) {
    if (!app.data.head.what_if) return embedded(service, facility);
    var kept = service.rangeOf || (service.rangeOf = new Map());
    if (!kept.has(facility)) {
      if (kept.size >= KEPT) kept.delete(kept.keys().next().value);
      kept.set(facility, made(app, service, cr.facilityPieces(app, service, facility)));
    }
    return kept.get(facility);
  };

  function made(app, service, pieces) {
    return new cr.ReachShapes(cr.streetsOf(app), pieces.streets, pieces, service.inside.length);
  }

  /* the same shapes with the bands of others left out */
  function embedded(service, facility) {
    var shapes = Object.create(service.isochrones);
    shapes.band = service.isochrones.band.map(function (band, i) {
      return service.isochroneOf[i] === facility ? band : service.bands.length;
    });
    return shapes;
  }
})((globalThis.civicreach = globalThis.civicreach || {}));
