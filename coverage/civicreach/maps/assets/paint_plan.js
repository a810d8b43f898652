/* What a plan adds to the map: newly reached streets, newly covered homes, plots, the way from a home, and, for paper
   and pictures, the pins. */
(function (cr) {
  'use strict';

  var INK = '#111a24',
    WAY = '#ffd23f';

  /* newly reached streets; with another question than the study's also those of today, which aren't in the page */
  cr.paintPlanStreets = function (app, ctx, view) {
    var plan = cr.shownPlan(app);
    if (!plan || !app.state.layers.reached_roads || app.single()) return;
    var width = Math.max(1.3, Math.min(6, 10 / view.metresPerPixel));
    if (plan.otherQuestion && app.scale(view.zoom) === 'time') paintToday(app, ctx, view, plan, width);
    ctx.beginPath();
    app.streets.trace(ctx, view, plan.newPieces());
    stroke(ctx, cr.PLAN_DARK, width + (width > 3 ? 2.4 : view.zoom > 14.2 ? 1.4 : 0.9));
    stroke(ctx, cr.PLAN_COLOUR, width);
  };

  function paintToday(app, ctx, view, plan, width) {
    var service = plan.service,
      pieces = plan.plan.pieces('before');
    ctx.beginPath();
    app.streets.trace(ctx, view, pieces);
    stroke(ctx, service.ramp.deep, width + (width > 3 ? 2 : 1.4));
    for (var band = plan.bands.length - 1; band >= 0; band--) {
      ctx.beginPath();
      app.streets.trace(ctx, view, pieces, band);
      stroke(ctx, cr.planBandColour(plan, band), width);
    }
  }

  function stroke(ctx, colour, width) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.stroke();
  }

  /* bands of a question share the light end of the ramp, as the study's own do */
  cr.planBandColour = function (plan, k) {
    var colours = plan.service.ramp.colours,
      last = plan.bands.length - 1;
    return last === 0 ? colours[1] : colours[Math.round((2 * Math.min(k, last)) / last)];
  };

  var NEW_HOME = { key: 'new', style: { fill: cr.PLAN_LIGHT, stroke: cr.PLAN_DARK, isNew: true } };

  /* how a home looks with a plan: {key, fill, stroke, ...}, one style for all homes of a key */
  cr.plannedHome = function (plan, i) {
    var service = plan.service,
      status = service.status[i];
    if (status === 3) return { key: 'outside', style: cr.homeStyle(service, service.inside.length + 2) };
    if (plan.coveredAfter(i)) {
      if (!plan.coveredBefore(i)) return NEW_HOME;
      var band = plan.band(i);
      return {
        key: 'band' + band,
        style: { fill: cr.planBandColour(plan, band), stroke: cr.alpha(service.ramp.colours[3], 0.85) }
      };
    }
    var tone = status === 0 ? 0 : status - 1; // covered by the study's question, not by this one
    return { key: 'status' + tone, style: cr.homeStyle(service, service.inside.length + tone) };
  };

  /* homes one by one, all of a style with one path; new ones last, above the others */
  cr.paintPlannedHomes = function (app, ctx, view) {
    var plan = cr.shownPlan(app),
      homes = app.model.homes,
      sizes = homes.size[plan.service.group],
      groups = new Map();
    for (var i = 0; i < homes.count; i++) {
      if (!sizes[i] || homes.x[i] < view.x0 || homes.x[i] > view.x1 || homes.y[i] < view.y0 || homes.y[i] > view.y1)
        continue;
      var looks = cr.plannedHome(plan, i),
        group = groups.get(looks.key);
      if (!group) groups.set(looks.key, (group = { style: looks.style, path: new Path2D(), crosses: new Path2D() }));
      var x = homes.x[i] * view.scale - view.ox,
        y = homes.y[i] * view.scale - view.oy,
        radius = cr.homeRadius(sizes[i], view.zoom);
      group.path.moveTo(x + radius, y);
      group.path.arc(x, y, radius, 0, 6.2832);
      if (!looks.style.cross) continue;
      group.crosses.moveTo(x - radius * 0.6, y - radius * 0.6);
      group.crosses.lineTo(x + radius * 0.6, y + radius * 0.6);
      group.crosses.moveTo(x - radius * 0.6, y + radius * 0.6);
      group.crosses.lineTo(x + radius * 0.6, y - radius * 0.6);
    }
    ['outside', 'status3', 'status1', 'status0', 'band', 'new'].forEach(function (first) {
      groups.forEach(function (group, key) {
        if (key.indexOf(first) === 0) drawHomes(ctx, group, view.zoom);
      });
    });
  };

  /* far away a dark line around every new home would leave nothing of its colour */
  function drawHomes(ctx, group, zoom) {
    var style = group.style,
      newWidth = zoom < 14.4 ? 0 : zoom < 14.8 ? 0.5 : zoom < 15.6 ? 1.1 : 1.8;
    ctx.fillStyle = style.fill;
    ctx.fill(group.path);
    ctx.setLineDash(style.dash || []);
    ctx.strokeStyle = style.stroke;
    ctx.lineWidth = style.isNew ? newWidth : style.cross ? 1.2 : 0.8;
    if (!style.isNew || newWidth) ctx.stroke(group.path);
    ctx.setLineDash([]);
    if (style.cross) ctx.stroke(group.crosses);
  }

  /* candidate plots while the mode is on, and the way from the chosen home */
  cr.paintPlanLive = function (app, ctx, view) {
    if (!app.service()) return;
    if (app.state.planning) paintPlots(app, ctx, view);
    if (app.why) paintWay(app, ctx, view, app.why);
  };

  /* names keep clear of plots, which are there to be clicked */
  cr.reservePlots = function (app, board, view) {
    if (!app.state.planning || !app.service()) return;
    cr.candidates(app).forEach(function (plot) {
      var at = onScreen(view, plot.lon, plot.lat);
      board.take([at[0] - 9, at[1] - 9, at[0] + 9, at[1] + 9]);
    });
  };

  function paintPlots(app, ctx, view) {
    cr.candidates(app).forEach(function (plot) {
      var at = onScreen(view, plot.lon, plot.lat),
        r = 7;
      ctx.beginPath();
      ctx.moveTo(at[0], at[1] - r);
      ctx.lineTo(at[0] + r, at[1]);
      ctx.lineTo(at[0], at[1] + r);
      ctx.lineTo(at[0] - r, at[1]);
      ctx.closePath();
      ctx.fillStyle = '#ffffff';
      ctx.fill();
      stroke(ctx, cr.PLAN_DARK, 2.2);
    });
  }

  function paintWay(app, ctx, view, why) {
    if (why.straight) {
      var from = onScreen(view, why.straight[0], why.straight[1]),
        to = onScreen(view, why.straight[2], why.straight[3]);
      ctx.beginPath();
      ctx.moveTo(from[0], from[1]);
      ctx.lineTo(to[0], to[1]);
      stroke(ctx, 'rgba(255,255,255,.9)', 4);
      ctx.setLineDash([8, 6]);
      stroke(ctx, INK, 2);
      ctx.setLineDash([]);
    }
    if (!why.pieces) return;
    ctx.beginPath();
    app.streets.trace(ctx, view, why.pieces);
    // the short ways between streets and places
    (why.legs || []).forEach(function (leg) {
      var a = onScreen(view, leg[0], leg[1]),
        b = onScreen(view, leg[2], leg[3]);
      ctx.moveTo(a[0], a[1]);
      ctx.lineTo(b[0], b[1]);
    });
    stroke(ctx, INK, 7);
    stroke(ctx, WAY, 3);
  }

  function onScreen(view, lon, lat) {
    return [cr.worldX(lon) * view.scale - view.ox, cr.worldY(lat) * view.scale - view.oy];
  }

  /* names on the map keep clear of pins */
  cr.reservePins = function (app, board, view) {
    if (!app.plan || !app.service() || cr.planElsewhere(app)) return;
    app.plan.sites.forEach(function (site) {
      var at = onScreen(view, site.lon, site.lat);
      board.take([at[0] - 15, at[1] - 40, at[0] + 15, at[1] + 2]);
    });
  };

  /* on paper and in pictures: markers are elements of the screen */
  cr.paintPins = function (app, ctx, view) {
    if (!app.plan || !app.service() || cr.planElsewhere(app)) return;
    app.plan.sites.forEach(function (site, k) {
      var at = onScreen(view, site.lon, site.lat);
      ctx.beginPath();
      ctx.arc(at[0], at[1] - 25, 12, Math.PI * 0.86, Math.PI * 0.14);
      ctx.quadraticCurveTo(at[0] + 7, at[1] - 10, at[0], at[1]);
      ctx.quadraticCurveTo(at[0] - 7, at[1] - 10, at[0] - 11, at[1] - 20);
      ctx.closePath();
      ctx.fillStyle = cr.PLAN_COLOUR;
      ctx.fill();
      stroke(ctx, '#ffffff', 3.4);
      stroke(ctx, cr.PLAN_DARK, 1.4);
      ctx.fillStyle = '#ffffff';
      ctx.font = '700 14px ' + cr.FONT;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'middle';
      ctx.fillText(String(k + 1), at[0], at[1] - 25);
    });
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
