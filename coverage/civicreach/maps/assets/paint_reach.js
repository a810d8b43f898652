/* How far people get: coverage by area, the service area, one facility's reach, and the streets themselves. */
(function (cr) {
  'use strict';

  cr.paintAreas = function (app, ctx, view) {
    var layers = app.state.layers,
      near = app.near(view.zoom);
    if (layers.choropleth && near < 1) paintChoropleth(app, ctx, view, 1 - near);
    if (layers.block_fill) paintBlockFill(app, ctx, view);
    if (app.state.selection && app.state.selection.kind === 'facility') paintIsochrones(app, ctx, view);
    else if (layers.service_area) paintServiceArea(app, ctx, view, strength(app, view));
  };

  /* pale where cells show who lives where, full where they are switched off */
  function paintChoropleth(app, ctx, view, strength) {
    var model = app.model,
      service = app.service();
    if (!model.lowest || !service.tables[model.lowest]) return;
    var shapes = model.units[model.lowest].shapes,
      alpha = strength * (app.state.layers.homes ? 0.26 : 0.92);
    for (var i = 0; i < shapes.count; i++) {
      var row = shapes.visible(i, view) && model.row(service, model.lowest, i);
      var colour = row && service.shareColour(row.share, model.breaks);
      if (!colour) continue;
      ctx.beginPath();
      shapes.trace(ctx, view, i);
      ctx.fillStyle = cr.alpha(colour, alpha);
      ctx.fill('evenodd');
    }
  }

  /* bands are nested, so the even-odd rule over two neighbours leaves exactly what the larger one adds */
  function fillBands(ctx, view, shapes, numbers, service, alpha) {
    numbers.forEach(function (i, place) {
      ctx.beginPath();
      shapes.traceSeen(ctx, view, i);
      if (place) shapes.traceSeen(ctx, view, numbers[place - 1]);
      ctx.fillStyle = cr.alpha(service.bandColour(shapes.band[i]), alpha);
      ctx.fill('evenodd');
    });
  }

  function outlineShape(ctx, view, shapes, i, colour, width, outer) {
    ctx.beginPath();
    shapes.traceSeen(ctx, view, i, outer);
    ctx.strokeStyle = 'rgba(255,255,255,.85)';
    ctx.lineWidth = width + 1.8;
    ctx.stroke();
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.stroke();
  }

  function byBand(shapes, test) {
    var found = [];
    for (var i = 0; i < shapes.count; i++) if (!test || test(i)) found.push(i);
    return found.sort(function (a, b) {
      return shapes.band[a] - shapes.band[b];
    });
  }

  function withinLimit(service, shapes) {
    return function (i) {
      return shapes.band[i] < service.inside.length;
    };
  }

  function paintServiceArea(app, ctx, view, near) {
    var service = app.service(),
      shapes = service.serviceArea;
    var numbers = byBand(shapes, withinLimit(service, shapes));
    if (near > 0) fillBands(ctx, view, shapes, numbers, service, 0.38 * near);
  }

  function paintBlockFill(app, ctx, view) {
    var service = app.service(),
      shapes = service.blockFill;
    var numbers = byBand(shapes, withinLimit(service, shapes));
    if (!numbers.length) return;
    ctx.save();
    ctx.beginPath();
    shapes.trace(ctx, view, numbers[numbers.length - 1]);
    ctx.fillStyle = cr.alpha(service.ramp.colours[2], 0.22);
    ctx.fill('evenodd');
    ctx.clip('evenodd');
    hatch(ctx, view, cr.alpha(service.ramp.colours[3], 0.55));
    ctx.restore();
  }

  /* diagonal lines that keep their place on the ground */
  function hatch(ctx, view, colour) {
    var step = 7,
      shift = -((view.ox + view.oy) % step);
    ctx.beginPath();
    for (var x = shift - view.height; x < view.width; x += step) {
      ctx.moveTo(x, 0);
      ctx.lineTo(x + view.height, view.height);
    }
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1;
    ctx.stroke();
  }

  function paintIsochrones(app, ctx, view) {
    var service = app.service(),
      shapes = service.isochrones,
      facility = app.state.selection.index;
    var numbers = byBand(shapes, function (i) {
      return service.isochroneOf[i] === facility;
    });
    fillBands(ctx, view, shapes, numbers, service, 0.62);
    var widest = numbers.filter(function (i) {
      return shapes.band[i] === service.inside.length - 1;
    });
    widest.forEach(function (i) {
      outlineShape(ctx, view, shapes, i, service.ramp.deep, 1.5, true);
    });
  }

  /* how far streets and time bands show: fully when close or when no coverage by area is in the way */
  function strength(app, view) {
    return app.state.layers.choropleth && app.model.lowest ? app.near(view.zoom) : 1;
  }

  /* the outer edge of what is reached within the limit */
  function paintEdge(app, ctx, view) {
    var service = app.service(),
      shapes = service.serviceArea,
      numbers = byBand(shapes, withinLimit(service, shapes));
    if (numbers.length)
      outlineShape(
        ctx,
        view,
        shapes,
        numbers[numbers.length - 1],
        service.ramp.deep,
        1.4 - 0.4 * app.near(view.zoom),
        true
      );
  }

  cr.paintStreets = function (app, ctx, view) {
    var near = strength(app, view),
      service = app.service(),
      roads = service.reachedRoads;
    var single = app.state.selection && app.state.selection.kind === 'facility';
    if (!single && app.state.layers.service_area) paintEdge(app, ctx, view);
    if (!app.state.layers.reached_roads || near === 0 || !roads.count) return;
    var width = Math.max(1.7, Math.min(5.5, 9 / view.metresPerPixel)),
      last = service.bands.length - 1;
    ctx.globalAlpha = near * (single ? 0.3 : 1);
    roads.lines(ctx, view, null, 0);
    ctx.strokeStyle = 'rgba(255,255,255,.95)';
    ctx.lineWidth = width + 2;
    ctx.stroke();
    for (var band = last; band >= 0; band--) {
      roads.lines(ctx, view, function (i) {
        return roads.band[i] === band;
      });
      ctx.strokeStyle = service.ramp.colours[streetTone(service, band)];
      ctx.lineWidth = width;
      ctx.stroke();
    }
    ctx.globalAlpha = 1;
  };

  /* streets are one tone darker than areas, so that the first band shows on a pale ground */
  function streetTone(service, band) {
    var last = service.inside.length - 1;
    if (band > last) return 4;
    return last === 0 ? 2 : 1 + Math.round((2 * band) / last);
  }
  cr.streetTone = streetTone;
})((globalThis.civicreach = globalThis.civicreach || {}));
