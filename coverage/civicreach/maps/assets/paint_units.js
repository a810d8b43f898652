/* The units of an analysis in the colours of its classes; those without a value are hatched. */
(function (cr) {
  'use strict';

  var ALPHA = 0.78,
    HATCH = '#8a949d',
    STEP = 7;

  /* how a class looks over the ground; the legend's swatches are made with the same number */
  cr.unitColour = function (colour) {
    return cr.over(colour, ALPHA, cr.BASE_COLOURS.land);
  };

  cr.paintUnits = function (app, ctx, view) {
    var field = cr.chosen.colour(app),
      level = cr.chosen.level(app);
    if (!app.state.layers.choropleth || field < 0 || !level) return;
    var shapes = app.model.units[level].shapes,
      classes = cr.chosen.topic(app).colours(level, field),
      bare = [],
      never = [];
    for (var i = 0; i < shapes.count; i++) {
      if (!shapes.visible(i, view)) continue;
      var colour = classes && cr.classColour(classes, i);
      if (!colour) {
        bare.push(i);
        continue;
      }
      ctx.beginPath();
      shapes.trace(ctx, view, i);
      ctx.fillStyle = cr.alpha(colour, ALPHA);
      ctx.fill('evenodd');
      if (cr.isEndless(classes, i)) never.push(i);
    }
    if (bare.length) paintBare(ctx, view, shapes, bare, true);
    if (never.length) paintBare(ctx, view, shapes, never, false);
    // rivers and lakes are what cuts places off: they stay in sight
    var water = app.state.layers.base && app.model.base.water;
    if (water) water.fill(ctx, view, { fill: cr.BASE_COLOURS.water, least: 2 });
  };

  /* hatched: grey on white where nobody knows, white on dark where no way leads */
  function paintBare(ctx, view, shapes, bare, white) {
    ctx.save();
    ctx.beginPath();
    bare.forEach(function (k) {
      shapes.trace(ctx, view, k);
    });
    ctx.fillStyle = 'rgba(255,255,255,.7)';
    if (white) ctx.fill('evenodd');
    ctx.clip('evenodd');
    cr.hatch(ctx, view, white ? HATCH : '#ffffff', STEP);
    ctx.restore();
  }

  /* names of units with the value that colours them; at small scale those of the level above, to find one's way.
     [level, whether large, second line of unit i] */
  cr.unitLabels = function (app, zoom) {
    var model = app.model,
      level = cr.chosen.level(app),
      field = cr.chosen.colour(app),
      topic = cr.chosen.topic(app),
      middle = model.middle,
      far = zoom < app.zoomNear + 0.2 && level === model.lowest && middle && model.units[level].name.length > 40;
    if (!level) return [far ? middle : middle || model.lowest, true, nothing];
    if (far) return [middle, true, nothing];
    return [
      level,
      level !== model.lowest,
      function (i) {
        var value = field < 0 ? null : topic.value(level, field, i);
        return value === null ? '' : topic.said(level, field, i);
      }
    ];
  };

  function nothing() {
    return '';
  }
})((globalThis.civicreach = globalThis.civicreach || {}));
