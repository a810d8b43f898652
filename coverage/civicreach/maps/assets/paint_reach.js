/* How far people get: coverage by area, the service area, one facility's reach, and the streets themselves. */
(function (cr) {
  'use strict';

  cr.paintAreas = function (app, ctx, view) {
    var layers = app.state.layers;
    if (app.analysis()) {
      cr.paintUnits(app, ctx, view);
      return;
    }
    var other = planned(app) && !app.single();
    if (layers.choropleth && app.scale(view.zoom) === 'share') paintChoropleth(app, ctx, view);
    if (layers.block_fill && !other) paintBlockFill(app, ctx, view);
    if (app.single()) paintIsochrones(app, ctx, view);
    else if (layers.service_area && !other && app.scale(view.zoom) === 'time') paintServiceArea(app, ctx, view);
  };

  /* a plan asks something else than the study: what is drawn of the study's reach isn't the answer */
  function planned(app) {
    var plan = cr.shownPlan(app);
    return !!plan && plan.otherQuestion;
  }

  /* how strongly areas are painted over the ground; the legend's swatches are made with the same numbers */
  cr.areaAlpha = function (app) {
    return app.state.layers.homes ? 0.26 : 0.92; // pale where cells show who lives where
  };
  cr.rangeAlpha = function (app) {
    return app.single() ? 0.62 : 0.38;
  };

  function paintChoropleth(app, ctx, view) {
    var model = app.model,
      service = app.service();
    if (!model.lowest || !service.tables[model.lowest]) return;
    var shapes = model.units[model.lowest].shapes,
      alpha = cr.areaAlpha(app);
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

  var sheets = [],
    laid = null; // whose bands are on the first of them, and in which view

  /* a canvas out of sight as large as the one that is painted on */
  function sheet(number, ctx, view) {
    var ratio = ctx.getTransform().a,
      width = Math.ceil(ratio * view.width),
      height = Math.ceil(ratio * view.height),
      canvas = (sheets[number] = sheets[number] || document.createElement('canvas'));
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    var pen = canvas.getContext('2d');
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    return pen;
  }

  /* bands are nested: each is painted on a sheet of its own and laid over the larger ones, then all over the ground.
     Shapes of a whole town have too many edges to be cut out of each other in one path */
  function fillBands(ctx, view, shapes, numbers, service, alpha) {
    if (!numbers.length) return;
    var ratio = ctx.getTransform().a,
      key = [ratio, view.scale, view.ox, view.oy, view.width, view.height, service.number, numbers].join(' ');
    // while a site is dragged, the view stays as it is
    if (!laid || laid.shapes !== shapes || laid.key !== key) layBands(ctx, view, shapes, numbers, service, ratio);
    laid = { shapes: shapes, key: key };
    ctx.globalAlpha = alpha;
    ctx.drawImage(sheets[0], 0, 0, sheets[0].width / ratio, sheets[0].height / ratio);
    ctx.globalAlpha = 1;
  }

  /* opaque, on the first sheet */
  function layBands(ctx, view, shapes, numbers, service, ratio) {
    var all = sheet(0, ctx, view);
    numbers
      .slice()
      .reverse()
      .forEach(function (i) {
        var one = sheet(1, ctx, view);
        one.fillStyle = service.bandColour(shapes.band[i]);
        shapes.fillSeen(one, view, i);
        all.drawImage(one.canvas, 0, 0, one.canvas.width / ratio, one.canvas.height / ratio);
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

  function paintServiceArea(app, ctx, view) {
    var service = app.service(),
      shapes = cr.rangesOf(app, service);
    if (!shapes) return;
    var numbers = byBand(shapes, withinLimit(service, shapes));
    fillBands(ctx, view, shapes, numbers, service, cr.rangeAlpha(app));
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
    cr.hatch(ctx, view, cr.alpha(service.ramp.colours[3], 0.55), 7);
    ctx.restore();
  }

  /* diagonal lines that keep their place on the ground */
  cr.hatch = function (ctx, view, colour, step) {
    var shift = -((view.ox + view.oy) % step);
    ctx.beginPath();
    for (var x = shift - view.height; x < view.width; x += step) {
      ctx.moveTo(x, 0);
      ctx.lineTo(x + view.height, view.height);
    }
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1;
    ctx.stroke();
  };

  function paintIsochrones(app, ctx, view) {
    var service = app.service(),
      shapes = cr.rangeOf(app, service, app.state.selection.index),
      numbers = byBand(shapes, withinLimit(service, shapes));
    fillBands(ctx, view, shapes, numbers, service, cr.rangeAlpha(app));
    var widest = numbers.filter(function (i) {
      return shapes.band[i] === service.inside.length - 1;
    });
    widest.forEach(function (i) {
      outlineShape(ctx, view, shapes, i, service.ramp.deep, 1.5, true);
    });
  }

  /* the outer edge of what is reached within the limit */
  function paintEdge(app, ctx, view) {
    var service = app.service(),
      shapes = cr.rangesOf(app, service),
      numbers = shapes ? byBand(shapes, withinLimit(service, shapes)) : [];
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

  /* streets in exactly the colours of the legend; a darker line around them tells the palest from the ground */
  cr.paintStreets = function (app, ctx, view) {
    if (app.analysis()) {
      cr.paintShapes(app, ctx, view);
      return;
    }
    var service = app.service();
    if (app.single()) return; // one facility's reach only
    cr.paintPlanStreets(app, ctx, view);
    if (planned(app)) return;
    if (app.state.layers.service_area) paintEdge(app, ctx, view);
    if (!app.state.layers.reached_roads || app.scale(view.zoom) !== 'time' || !service.hasStreets) return;
    var width = Math.max(1.8, Math.min(6, 10 / view.metresPerPixel));
    traceReached(app, service, ctx, view, null);
    ctx.strokeStyle = service.ramp.deep;
    ctx.lineWidth = width + (width > 3 ? 2 : 1.4);
    ctx.stroke();
    for (var band = service.bands.length - 1; band >= 0; band--) {
      traceReached(app, service, ctx, view, band);
      ctx.strokeStyle = service.bandColour(band);
      ctx.lineWidth = width;
      ctx.stroke();
    }
  };

  /* reached streets of a band (null: of all), as they came with the page or as it finds them itself */
  function traceReached(app, service, ctx, view, band) {
    var roads = service.reachedRoads;
    if (!roads.count) {
      var pieces = cr.reachedPieces(app, service);
      app.streets.trace(ctx, view, pieces, band);
      return;
    }
    roads.lines(ctx, view, function (i) {
      return band === null || roads.band[i] === band;
    });
  }
})((globalThis.civicreach = globalThis.civicreach || {}));
