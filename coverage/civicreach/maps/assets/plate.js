/* The map sheet: one page with title, map, legend, scale bar, north arrow, figures and sources, as elements beside the
   page, so that it can be printed as text and drawn as a picture. Its sizes are those of plate.css. */
(function (cr) {
  'use strict';

  var el = cr.el;
  var DOTS = { a4: 3, a3: 2.5 }; // a pixel of the screen
  var NORTH = 'M12 2 6 21l6-4.5L18 21z';
  var INCH_M = 0.0254,
    PIXELS_PER_INCH = 96;

  /* the sheet of what is shown now, in the document and out of sight; `paper` is a4 or a3 */
  cr.layPlate = function (app, paper, forPrint) {
    cr.dropPlate();
    var canvas = el('canvas', { 'aria-hidden': true }),
      box = el('div', { class: 'plate-map' }, canvas),
      side = el('div', { class: 'plate-side' }),
      body = el('div', { class: 'plate-body' }, box, side);
    var plate = el('div', { class: 'plate ' + paper, 'aria-hidden': true }, head(app), body, foot(app, forPrint));
    document.body.appendChild(plate);
    var view = viewOn(app, box.clientWidth, box.clientHeight);
    cr.fill(side, legend(app, view.zoom), figures(app));
    trim(side);
    cr.add(box, [north(), bar(view, forPrint)]);
    paint(app, canvas, box, view, DOTS[paper]);
    return plate;
  };

  cr.dropPlate = function () {
    document.querySelectorAll('.plate').forEach(function (node) {
      node.remove();
    });
  };

  function head(app) {
    var study = app.model.study,
      note = cr.pick(study.note);
    return el(
      'div',
      { class: 'plate-head' },
      el(
        'div',
        { class: 'plate-title' },
        cr.pick(study.name) + ' · ' + (app.analysis() ? cr.topicName(app, app.analysis()) : cr.pick(app.theme().name)) + ' ',
        cr.planMark(app)
      ),
      study.synthetic && el('div', { class: 'plate-synthetic' }, note || cr.t('synthetic'))
    );
  }

  /* what stands below every sheet; a day that the study doesn't name is that of printing */
  function foot(app, forPrint) {
    var study = app.model.study,
      day = new Date(),
      today = [day.getFullYear(), day.getMonth() + 1, day.getDate()].join('-').replace(/-(\d)(?!\d)/g, '-0$1');
    return el(
      'div',
      { class: 'plate-foot' },
      el(
        'div',
        { class: 'plate-line' },
        study.footer && el('b', {}, cr.pick(study.footer)),
        el(
          'span',
          { class: study.review ? null : 'todo' },
          study.review ? cr.t('review', { number: study.review }) : cr.t('review_empty')
        ),
        cr.signed('author', study.author),
        el('span', {}, cr.vintage(study)),
        cr.signed('date', study.date),
        !study.date && el('span', {}, cr.t('printed', { date: today })),
        !study.synthetic && cr.pick(study.note) && el('span', {}, cr.pick(study.note))
      ),
      el(
        'div',
        { class: 'plate-line soft' },
        study.sources.length > 0 && el('span', {}, cr.t('data_sources', { names: study.sources.map(cr.pick).join(cr.t('comma')) })),
        study.attribution && el('span', {}, study.attribution),
        study.counts.length > 0 && el('span', {}, cr.t('counts', { note: cr.pick(study.counts) })),
        el('span', {}, cr.t('method'))
      )
    );
  }

  /* what the screen shows, whole, in the sheet's own size */
  function viewOn(app, width, height) {
    var map = app.map,
      seen = map.getBounds(),
      b = app.model.head.bounds;
    if (map.getZoom() <= app.wholeZoom + 0.01 && !app.state.selection)
      seen = L.latLngBounds([b[1], b[0]], [b[3], b[2]]);
    var north = map.project(seen.getNorthWest(), 0),
      south = map.project(seen.getSouthEast(), 0),
      zoom = Math.min(19, Math.log2(Math.min((width - 8) / (south.x - north.x), (height - 8) / (south.y - north.y)))),
      centre = north.add(south).divideBy(2).multiplyBy(Math.pow(2, zoom));
    var view = cr.viewOf(zoom, centre.subtract([width / 2, height / 2]), L.point(width, height), seen.getCenter().lat);
    view.shift = L.point(0, 0);
    return view;
  }

  function paint(app, canvas, box, view, dots) {
    canvas.width = Math.round(dots * view.width);
    canvas.height = Math.round(dots * view.height);
    var ctx = canvas.getContext('2d'),
      at = box.getBoundingClientRect();
    ctx.scale(dots, dots);
    app.covered = Array.prototype.map.call(box.querySelectorAll('.plate-north, .plate-scale'), function (node) {
      var covers = node.getBoundingClientRect();
      return [
        covers.left - at.left - 4,
        covers.top - at.top - 4,
        covers.right - at.left + 4,
        covers.bottom - at.top + 4
      ];
    });
    try {
      app.paintSheet(ctx, view);
    } finally {
      app.covered = null;
    }
  }

  /* the page's own legend as it is at the sheet's zoom, unfolded */
  function legend(app, zoom) {
    var box = el('div', { class: 'legend' });
    cr.fill(box, cr.legendParts(app, zoom));
    box.querySelectorAll('button').forEach(function (node) {
      node.remove();
    });
    return [el('div', { class: 'plate-name' }, cr.t('legend')), box];
  }

  /* the first figures with what they mean */
  function figures(app) {
    if (cr.shownPlan(app)) return cr.planPlate(app);
    var told = app.analysis() ? cr.chosen.figures(app, app.analysis()) : { own: true, first: app.theme().figures },
      first = told.first.slice(0, 4);
    return [
      el('div', { class: 'plate-name' }, cr.t('figures')),
      el(
        'div',
        { class: 'plate-figures' },
        first.map(function (figure, k) {
          return el(
            'div',
            { class: 'plate-figure' },
            el(
              'div',
              { class: 'plate-value' },
              el('span', {}, app.analysis() ? cr.wholeLabel(app, figure, told.own) : cr.figureLabel(figure)),
              el('b', {}, cr.pick(figure.text))
            ),
            k < 2 && figure.definition[0] && el('div', { class: 'soft' }, cr.pick(figure.definition))
          );
        })
      )
    ];
  }

  /* what doesn't fit is left out from the end: definitions first, then figures, never the legend */
  function trim(side) {
    ['.plate-figure .soft', '.plate-figure', '.legend ~ .plate-name'].forEach(function (what) {
      var nodes = Array.prototype.slice.call(side.querySelectorAll(what));
      while (nodes.length && side.scrollHeight > side.clientHeight) nodes.pop().remove();
    });
  }

  function north() {
    return el('div', { class: 'plate-north' }, cr.icon(NORTH, 'solid'), el('span', {}, cr.t('north')));
  }

  /* a round length of at most a quarter of the map; on paper also the scale in figures */
  function bar(view, forPrint) {
    var most = 0.25 * view.width * view.metresPerPixel,
      power = Math.pow(10, Math.floor(Math.log10(most))),
      metres = [5, 2, 1].map(times).find(fits) || power;
    function times(n) {
      return n * power;
    }
    function fits(length) {
      return length <= most;
    }
    var text = metres >= 1000 ? cr.num(metres / 1000) + ' km' : cr.num(metres) + ' m',
      ratio = (view.metresPerPixel * PIXELS_PER_INCH) / INCH_M,
      digits = Math.pow(10, Math.max(0, Math.floor(Math.log10(ratio)) - 1));
    return el(
      'div',
      { class: 'plate-scale' },
      forPrint && el('span', {}, cr.t('scale_of', { n: cr.num(Math.round(ratio / digits) * digits) })),
      el('div', { class: 'plate-bar', style: { width: metres / view.metresPerPixel + 'px' } }, text)
    );
  }
})((globalThis.civicreach = globalThis.civicreach || {}));
