/* Where people live: gathered in cells at small scale, single homes by time and status at large scale. */
(function (cr) {
  'use strict';

  cr.paintHomes = function (app, ctx, view) {
    if (app.analysis()) {
      cr.paintPoints(app, ctx, view);
      return;
    }
    if (!app.state.layers.homes) return;
    if (app.near(view.zoom)) (cr.shownPlan(app) ? cr.paintPlannedHomes : paintPoints)(app, ctx, view);
    else paintCells(app, ctx, view);
  };

  /* cells are grey beside one facility's reach: its colours mean time, and cells only carry shares */
  var NEUTRAL = (cr.CELL_GREY = '#a9b2bb');

  function paintCells(app, ctx, view) {
    var model = app.model,
      service = app.service(),
      single = app.single(),
      byColour = new Map();
    model.cells(service, view.zoom).forEach(function (cell) {
      if (cell.x > view.x1 || cell.y > view.y1 || cell.x + cell.width < view.x0 || cell.y + cell.height < view.y0)
        return;
      var colour = single ? NEUTRAL : cell.fresh ? cr.PLAN_LIGHT : service.shareColour(cell.share, model.breaks),
        path = byColour.get(colour);
      if (!path) byColour.set(colour, (path = new Path2D()));
      path.rect(
        cell.x * view.scale - view.ox + 0.3,
        cell.y * view.scale - view.oy + 0.3,
        Math.max(1.2, cell.width * view.scale - 0.6),
        Math.max(1.2, cell.height * view.scale - 0.6)
      );
    });
    ctx.globalAlpha = single ? 0.5 : 1;
    ctx.lineWidth = 0.5;
    ctx.strokeStyle = cr.alpha(service.ramp.colours[3], 0.45);
    byColour.forEach(function (path, colour) {
      var fresh = colour === cr.PLAN_LIGHT;
      ctx.lineWidth = fresh ? 1.2 : 0.5;
      ctx.strokeStyle = fresh ? cr.PLAN_DARK : cr.alpha(service.ramp.colours[3], 0.45);
      ctx.fillStyle = colour;
      ctx.fill(path);
      ctx.stroke(path);
    });
    ctx.globalAlpha = 1;
  }

  /* radius of a home in pixels, by size class */
  cr.homeRadius = function (size, zoom) {
    return Math.max(1.8, Math.min(11, (1.9 + 0.5 * size) * Math.pow(1.42, zoom - 15.2)));
  };

  cr.homeStyle = function (service, tone) {
    var colours = service.ramp.colours,
      inside = service.inside.length;
    if (tone < inside) return { fill: service.bandColour(tone), stroke: cr.alpha(colours[3], 0.85) };
    return [
      { fill: colours[4], stroke: colours[4] }, // beyond
      { fill: '#ffffff', stroke: '#111a24', cross: true }, // unsnapped
      { fill: '#c3cad1', stroke: '#6c7883' }, // outside
      { fill: '#ffffff', stroke: '#6c7883', dash: [2, 2] } // edge
    ][tone - inside];
  };

  function paintPoints(app, ctx, view) {
    var model = app.model,
      service = app.service(),
      homes = model.homes,
      sizes = homes.size[service.group];
    var tones = service.inside.length + 4,
      paths = [],
      crosses = new Path2D(),
      tone;
    for (tone = 0; tone < tones; tone++) paths.push(new Path2D());
    for (var i = 0; i < homes.count; i++) {
      if (!sizes[i] || homes.x[i] < view.x0 || homes.x[i] > view.x1 || homes.y[i] < view.y0 || homes.y[i] > view.y1)
        continue;
      var x = homes.x[i] * view.scale - view.ox,
        y = homes.y[i] * view.scale - view.oy;
      var radius = cr.homeRadius(sizes[i], view.zoom);
      tone = service.tone[i];
      paths[tone].moveTo(x + radius, y);
      paths[tone].arc(x, y, radius, 0, 6.2832);
      if (service.status[i] === 2) {
        var arm = radius * 0.6;
        crosses.moveTo(x - arm, y - arm);
        crosses.lineTo(x + arm, y + arm);
        crosses.moveTo(x - arm, y + arm);
        crosses.lineTo(x + arm, y - arm);
      }
    }
    [3, 2, 1, 0].forEach(function (k) {
      drawTone(service.inside.length + k);
    });
    for (tone = 0; tone < service.inside.length; tone++) drawTone(tone);
    ctx.strokeStyle = '#111a24';
    ctx.lineWidth = 1.2;
    ctx.stroke(crosses);

    function drawTone(k) {
      var style = cr.homeStyle(service, k);
      ctx.fillStyle = style.fill;
      ctx.fill(paths[k]);
      ctx.setLineDash(style.dash || []);
      ctx.strokeStyle = style.stroke;
      ctx.lineWidth = style.cross ? 1.2 : 0.8;
      ctx.stroke(paths[k]);
      ctx.setLineDash([]);
    }
  }
})((globalThis.civicreach = globalThis.civicreach || {}));
