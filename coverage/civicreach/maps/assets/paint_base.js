/* The base map: ground, buildings, roads, rail, and the borders of areas. */
(function (cr) {
  'use strict';

  var C = (cr.BASE_COLOURS = {
    land: '#f6f4ef',
    water: '#c9dce7',
    green: '#dde9d3',
    building: '#e2ddd3',
    buildingEdge: '#cfc8bb',
    road: '#ffffff',
    casing: '#d3cdc1',
    major: '#fdf0cf',
    majorCasing: '#dcc896',
    path: '#c3b9a5',
    rail: '#8d949c',
    ferry: '#7f9fb3',
    veil: 'rgba(240,238,233,.62)',
    border: '#46525e',
    fine: '#5c6874'
  });
  cr.FONT =
    '"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC","Hiragino Sans GB","WenQuanYi Micro Hei","Segoe UI",system-ui,sans-serif';

  var WIDTHS = [6.2, 5.4, 4.6, 3.9, 3.0, 2.0, 1.2, 1.4]; // by rank, in pixels at zoom 14.2
  var LAST_MAJOR = 2,
    PATH = 6,
    STEPS = 7,
    FERRY = 8;

  cr.paintGround = function (app, ctx, view) {
    var base = app.model.base;
    if (app.tiled) return; /* an online map lies below */
    ctx.fillStyle = base.land ? C.water : C.land;
    ctx.fillRect(0, 0, view.width, view.height);
    if (!app.state.layers.base) return;
    if (base.land) base.land.fill(ctx, view, { fill: C.land });
    if (base.green) base.green.fill(ctx, view, { fill: C.green, least: 2 });
    if (base.water) base.water.fill(ctx, view, { fill: C.water, least: 1 });
    if (base.streams) {
      base.streams.lines(ctx, view);
      ctx.strokeStyle = C.water;
      ctx.lineWidth = Math.max(1, 2 * Math.pow(1.5, view.zoom - 14));
      ctx.stroke();
    }
  };

  cr.paintStructure = function (app, ctx, view) {
    if (app.state.layers.base && !app.tiled) {
      var base = app.model.base;
      // buildings and streets step back behind the colours of units, which they would cut into pieces
      var faint = coloured(app) ? 0.3 + 0.4 * cr.ramp(view.zoom, 13.5, 16) : 1;
      if (base.buildings && view.zoom >= 14.4) {
        ctx.globalAlpha = faint * cr.ramp(view.zoom, 14.3, 15);
        base.buildings.fill(ctx, view, {
          fill: C.building,
          least: 1.5,
          stroke: view.zoom >= 16 ? C.buildingEdge : null,
          width: 0.7
        });
      }
      ctx.globalAlpha = faint;
      if (base.roads) paintRoads(ctx, view, base.roads);
      ctx.globalAlpha = 1;
      if (base.rail) paintRail(ctx, view, base.rail);
    }
    paintVeil(app, ctx, view);
    paintBorders(app, ctx, view);
  };

  function coloured(app) {
    return !!app.analysis() && app.state.layers.choropleth && cr.chosen.colour(app) >= 0 && !!cr.chosen.level(app);
  }

  function paintRoads(ctx, view, roads) {
    var zoom = view.zoom,
      factor = Math.pow(1.5, Math.min(zoom, 18) - 14.2);
    function stroke(rank, width, style) {
      roads.lines(
        ctx,
        view,
        function (i) {
          return roads.rank[i] === rank;
        },
        zoom < 12.5 ? 2 : 0
      );
      ctx.lineWidth = width;
      ctx.strokeStyle = style;
      ctx.stroke();
    }
    for (var pass = 0; pass < 2; pass++) {
      for (var rank = FERRY; rank >= 0; rank--) {
        if (rank === FERRY) {
          if (pass) paintFerries(ctx, view, roads);
          continue;
        }
        if ((rank >= PATH && zoom < 14.8) || (rank === 5 && zoom < 13.4) || (rank === 4 && zoom < 12.2)) continue;
        var width = WIDTHS[rank] * factor,
          major = rank <= LAST_MAJOR;
        if (rank >= PATH) {
          if (!pass) continue;
          ctx.setLineDash(rank === STEPS ? [1.6, 1.8] : [width * 1.6 + 1.5, width + 1.8]);
          ctx.lineCap = 'butt';
          stroke(rank, Math.max(1, width * (rank === STEPS ? 1.3 : 0.7)), C.path);
          ctx.setLineDash([]);
          ctx.lineCap = 'round';
        } else if (!pass) {
          if (width >= 1.3 && (zoom >= 13.4 || major)) stroke(rank, width + 1.3, major ? C.majorCasing : C.casing);
        } else {
          var faint = rank <= 3 ? 1 : 0.35 + 0.65 * cr.ramp(zoom, 13, 14.6); // small streets don't veil the areas
          stroke(rank, Math.max(rank <= 3 ? 1 : 0.7, width), major ? C.major : cr.alpha(C.road, faint));
        }
      }
    }
  }

  function paintFerries(ctx, view, roads) {
    ctx.setLineDash([6, 5]);
    roads.lines(ctx, view, function (i) {
      return roads.rank[i] === FERRY;
    });
    ctx.lineWidth = 1.3;
    ctx.strokeStyle = C.ferry;
    ctx.stroke();
    ctx.setLineDash([]);
  }

  function paintRail(ctx, view, rail) {
    if (view.zoom < 11.5) return;
    var width = Math.max(1.4, Math.min(3.4, 2 * Math.pow(1.4, view.zoom - 14)));
    rail.lines(ctx, view);
    ctx.strokeStyle = C.rail;
    ctx.lineWidth = width;
    ctx.stroke();
    ctx.strokeStyle = '#ffffff';
    ctx.lineWidth = Math.max(0.7, width - 1.4);
    ctx.setLineDash([7, 7]);
    ctx.lineCap = 'butt';
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.lineCap = 'round';
  }

  function paintBorders(app, ctx, view) {
    var model = app.model;
    if (!model.lowest) return;
    function outline(level, style, width, dash) {
      var shapes = model.units[level].shapes;
      ctx.beginPath();
      for (var i = 0; i < shapes.count; i++) if (shapes.visible(i, view)) shapes.trace(ctx, view, i);
      ctx.setLineDash(dash || []);
      ctx.strokeStyle = style;
      ctx.lineWidth = width;
      ctx.stroke();
      ctx.setLineDash([]);
    }
    outline(model.lowest, 'rgba(84,96,108,.8)', view.zoom < 14 ? 0.9 : 1.2, [1.5, 2.8]);
    if (model.middle) {
      outline(model.middle, 'rgba(255,255,255,.75)', 3.6);
      outline(model.middle, C.border, 1.5, [9, 3, 2, 3]);
    }
  }

  /* what lies outside the study is paler */
  function paintVeil(app, ctx, view) {
    var model = app.model,
      end = model.head.base.bounds;
    if (app.state.layers.base && !app.tiled && end) fadeOut(ctx, view, end, model.head.bounds);
    if (!model.lowest) return;
    var whole = model.units[model.levels[0]].shapes;
    if (app.state.layers.base && !app.tiled) fadeAway(ctx, view, whole, model.head.bounds);
    ctx.beginPath();
    ctx.rect(0, 0, view.width, view.height);
    for (var i = 0; i < whole.count; i++) whole.trace(ctx, view, i);
    ctx.fillStyle = C.veil;
    ctx.fill('evenodd');
  }
  /* where the base map ends beyond the study it fades instead of being cut off; inside the study nothing fades */
  function fadeOut(ctx, view, end, study) {
    var from = screenBox(view, end),
      to = screenBox(view, study),
      most = 0.07 * Math.min(from[2] - from[0], from[3] - from[1]);
    [0, 1, 2, 3].forEach(function (side) {
      var outward = side < 2 ? -1 : 1,
        room = outward * (from[side] - to[side]),
        across = side % 2 === 0;
      var inner = from[side] - outward * Math.min(most, room);
      if (room < 4 || (outward < 0 ? inner < 0 : inner > (across ? view.width : view.height))) return;
      var ramp = across
        ? ctx.createLinearGradient(from[side], 0, inner, 0)
        : ctx.createLinearGradient(0, from[side], 0, inner);
      ramp.addColorStop(0, C.land);
      ramp.addColorStop(1, cr.alpha(C.land, 0));
      ctx.fillStyle = ramp;
      if (across) ctx.fillRect(outward < 0 ? 0 : inner, 0, outward < 0 ? inner : view.width - inner, view.height);
      else ctx.fillRect(0, outward < 0 ? 0 : inner, view.width, outward < 0 ? inner : view.height - inner);
    });
  }

  var MASK_PX = 900, // the longer side of the mask
    FADE_STEPS = 8,
    FADE_SHARE = 0.2;

  /* the farther from the study, the paler: where the sea or the streets end in the data is no edge of anything. Painted
     once, small, and laid over every view, which is quick and soft */
  function fadeAway(ctx, view, shapes, bounds) {
    var study = screenBox(view, bounds),
      far = FADE_SHARE * Math.max(study[2] - study[0], study[3] - study[1]);
    if (far > 2 * Math.max(view.width, view.height)) return; // close by everything is near
    var mask = shapes.mask || (shapes.mask = maskOf(shapes, bounds)),
      box = mask.box,
      x0 = box[0] * view.scale - view.ox,
      y0 = box[1] * view.scale - view.oy,
      x1 = box[2] * view.scale - view.ox,
      y1 = box[3] * view.scale - view.oy;
    ctx.drawImage(mask.canvas, x0, y0, x1 - x0, y1 - y0);
    ctx.fillStyle = C.land;
    // a pixel over its edge, so that no seam shows
    if (y0 > 0) ctx.fillRect(0, 0, view.width, y0 + 1);
    if (y1 < view.height) ctx.fillRect(0, y1 - 1, view.width, view.height - y1 + 1);
    if (x0 > 0) ctx.fillRect(0, y0, x0 + 1, y1 - y0);
    if (x1 < view.width) ctx.fillRect(x1 - 1, y0, view.width - x1 + 1, y1 - y0);
  }

  /* {canvas, box}: what is laid over the world around a study, and where; beyond it nothing is left */
  function maskOf(shapes, bounds) {
    var x0 = cr.worldX(bounds[0]),
      y0 = cr.worldY(bounds[3]),
      x1 = cr.worldX(bounds[2]),
      y1 = cr.worldY(bounds[1]),
      far = FADE_SHARE * Math.max(x1 - x0, y1 - y0),
      room = 1.1 * far;
    var box = [x0 - room, y0 - room, x1 + room, y1 + room],
      scale = MASK_PX / Math.max(box[2] - box[0], box[3] - box[1]),
      mask = document.createElement('canvas'),
      view = { scale: scale, ox: box[0] * scale, oy: box[1] * scale };
    mask.width = Math.ceil((box[2] - box[0]) * scale);
    mask.height = Math.ceil((box[3] - box[1]) * scale);
    box[2] = box[0] + mask.width / scale;
    box[3] = box[1] + mask.height / scale;
    var soft = mask.getContext('2d');
    soft.fillStyle = C.land;
    soft.fillRect(0, 0, mask.width, mask.height);
    soft.globalCompositeOperation = 'destination-out';
    soft.lineJoin = 'round';
    soft.beginPath();
    // with the corners alone that are seen at this scale: wide lines with thousands of them take long
    for (var r = 0; r < shapes.at.length - 1; r++) shapes.traceRing(soft, view, r);
    soft.fill('evenodd');
    for (var k = FADE_STEPS; k > 0; k--) {
      soft.globalAlpha = 1 / (k + 1); // what is left after all steps falls evenly
      soft.lineWidth = (2 * far * scale * k) / FADE_STEPS;
      soft.stroke();
    }
    return { canvas: mask, box: box };
  }

  /* left, top, right and bottom in pixels of a box in degrees */
  function screenBox(view, box) {
    return [
      cr.worldX(box[0]) * view.scale - view.ox,
      cr.worldY(box[3]) * view.scale - view.oy,
      cr.worldX(box[2]) * view.scale - view.ox,
      cr.worldY(box[1]) * view.scale - view.oy
    ];
  }
})((globalThis.civicreach = globalThis.civicreach || {}));
