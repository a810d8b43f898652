/* What the reader points at or has chosen, and the facilities above everything else. */
(function (cr) {
  'use strict';

  var INK = '#111a24',
    FACILITY = '#12283f';

  cr.facilityRadius = function (zoom, count) {
    if (zoom < 12.8 && count > 150) return zoom < 11.5 ? 3 : 4.5;
    return zoom < 11.5 ? 5 : zoom < 12.5 ? 6 : zoom < 14 ? 8 : 10;
  };

  cr.paintLive = function (app, ctx, view) {
    var state = app.state,
      hover = state.hover,
      selection = state.selection;
    if (hover && hover.kind === 'unit') outlineUnit(app, ctx, view, hover, 1.5);
    if (selection && selection.kind === 'unit') outlineUnit(app, ctx, view, selection, 2.8);
    if (app.analysis()) {
      cr.paintMarked(app, ctx, view);
      return;
    }
    if (selection && selection.kind === 'home') ringHome(app, ctx, view, selection.index);
    cr.paintPlanLive(app, ctx, view);
    if (state.layers.facilities) paintFacilities(app, ctx, view);
  };

  function outlineUnit(app, ctx, view, unit, width) {
    var shapes = app.model.units[unit.level].shapes;
    ctx.beginPath();
    shapes.trace(ctx, view, unit.index);
    ctx.strokeStyle = '#ffffff';
    ctx.lineWidth = width + 3;
    ctx.stroke();
    ctx.strokeStyle = INK;
    ctx.lineWidth = width;
    ctx.stroke();
  }

  function ringHome(app, ctx, view, i) {
    var homes = app.model.homes,
      service = app.service();
    var x = homes.x[i] * view.scale - view.ox,
      y = homes.y[i] * view.scale - view.oy;
    var radius = cr.homeRadius(homes.size[service.group][i], view.zoom) + 4;
    [
      ['#ffffff', 6],
      [INK, 2.6]
    ].forEach(function (pen) {
      ctx.beginPath();
      ctx.arc(x, y, radius, 0, 6.2832);
      ctx.strokeStyle = pen[0];
      ctx.lineWidth = pen[1];
      ctx.stroke();
    });
  }

  function paintFacilities(app, ctx, view) {
    var service = app.service(),
      places = service.places,
      radius = cr.facilityRadius(view.zoom, places.count);
    var glyph = cr.glyph(service),
      selection = app.state.selection,
      hover = app.state.hover;
    function isOn(what, i) {
      return what && what.kind === 'facility' && what.index === i;
    }
    for (var i = 0; i < places.count; i++) {
      var x = places.x[i] * view.scale - view.ox,
        y = places.y[i] * view.scale - view.oy;
      if (x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20) continue;
      var r = radius + (isOn(selection, i) ? 3 : isOn(hover, i) ? 2 : 0);
      if (isOn(selection, i)) box(ctx, x, y, r + 3, '#ffb000', '#ffb000', 0);
      var counted = service.facilities.snapped[i];
      box(ctx, x, y, r, counted ? FACILITY : '#ffffff', counted ? '#ffffff' : FACILITY, r < 6 ? 1 : 1.8);
      if (r >= 8) {
        ctx.fillStyle = counted ? '#ffffff' : FACILITY;
        ctx.font = '700 ' + (r >= 10 ? 13 : 12) + 'px ' + cr.FONT;
        ctx.textAlign = 'center';
        ctx.textBaseline = 'middle';
        ctx.fillText(glyph, x, y + 0.5);
      }
    }
  }

  function box(ctx, x, y, r, fill, stroke, width) {
    ctx.beginPath();
    if (ctx.roundRect) ctx.roundRect(x - r, y - r, 2 * r, 2 * r, 3);
    else ctx.rect(x - r, y - r, 2 * r, 2 * r);
    ctx.fillStyle = fill;
    ctx.fill();
    if (width) {
      ctx.strokeStyle = stroke;
      ctx.lineWidth = width;
      ctx.stroke();
    }
  }

  /* the first letter of the service's name */
  cr.glyph = function (service) {
    return (Array.from(cr.pick(service.name))[0] || '•').toUpperCase();
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
