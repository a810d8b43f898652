/* The legend says what is drawn now: it follows the theme, the layers and the scale, and has one colour scale. Its
   swatches are the colours that the painters use. */
(function (cr) {
  'use strict';

  var el = cr.el;

  cr.drawLegend = function (app) {
    var box = app.root.querySelector('.legend'),
      open = app.state.legendOpen || cr.printing;
    box.setAttribute('aria-label', cr.t('legend'));
    box.classList.toggle('folded', !open);
    cr.redraw(box, [fold(app, open), parts(app, app.map.getZoom(), open)]);
  };

  /* all of it, as it is at a zoom */
  cr.legendParts = function (app, zoom) {
    return parts(app, zoom, true, true);
  };

  function parts(app, zoom, open, paper) {
    return app.analysis() ? cr.analysisLegend(app, open) : serviceLegend(app, zoom, open, paper);
  }

  function serviceLegend(app, zoom, open, paper) {
    var service = app.service(),
      near = app.near(zoom) > 0,
      times = app.scale(zoom) === 'time';
    return [
      times ? timeRamp(app, service, near) : shareRamp(app, service),
      open && el('div', { class: 'signs' }, signs(app, service, near, times)),
      open && notes(app, service, near, times, paper)
    ];
  }

  function fold(app, open) {
    var label = cr.t(open ? 'legend_hide' : 'legend_show');
    return el(
      'button',
      {
        type: 'button',
        class: 'fold',
        'data-focus': 'legend',
        title: label,
        'aria-label': label,
        'aria-expanded': String(!!open),
        onclick: function () {
          var opens = !app.state.legendOpen;
          app.state.set(opens && app.map.getSize().x < 700 ? { legendOpen: true, layersOpen: false } : { legendOpen: opens });
        }
      },
      open ? '▾' : '▴'
    );
  }

  function signs(app, service, near, times) {
    var layers = app.state.layers,
      middle = app.model.middle,
      lowest = app.model.lowest;
    var snapped = service.facilities.snapped;
    return [
      cr.planSigns(app, near),
      layers.facilities && snapped.indexOf(true) >= 0 && sign('facility', cr.pick(service.name), {}, cr.glyph(service)),
      layers.facilities &&
        snapped.indexOf(false) >= 0 &&
        sign('facility hollow', cr.t('legend_unsnapped'), {}, cr.glyph(service)),
      edgeSign(app, service),
      times && !app.single() && layers.reached_roads && more(service),
      middle && sign('border', cr.t('legend_border', { level: cr.t('level_' + middle) })),
      lowest && sign('fine', cr.t('legend_border', { level: cr.t('level_' + lowest) })),
      layers.block_fill &&
        service.blockFill.count > 0 &&
        sign('hatch', cr.t('legend_fill'), { '--c': service.ramp.colours[3] }),
      near && layers.homes && statuses(app, service)
    ];
  }

  function edgeSign(app, service) {
    var line = { '--c': service.ramp.deep };
    if (app.single()) return sign('edge', cr.t('legend_selected'), line);
    var plan = cr.shownPlan(app);
    if (!app.state.layers.service_area || !cr.hasRanges(app, service) || (plan && plan.otherQuestion)) return null;
    var key = service.mode === 'drive' ? 'legend_outline_drive' : 'legend_outline';
    return sign('edge', cr.t(key, { limit: cr.limitText(service) }), line);
  }

  /* streets that were drawn beyond the limit have their own shade */
  function more(service) {
    var inside = service.inside.length;
    if (service.bands.length <= inside || !service.hasStreets) return null;
    var text = { from: cr.plain(service.limit), to: cr.cost(service, service.bands[service.bands.length - 1]) };
    return sign('street', cr.t('legend_more', text), { '--f': service.bandColour(inside), '--c': service.ramp.deep });
  }

  function notes(app, service, near, times, paper) {
    var lines = [],
      layers = app.state.layers;
    var plan = cr.shownPlan(app);
    if (times && (layers.service_area || app.single()) && !(plan && plan.otherQuestion)) lines.push(within(service));
    if (plan && !plan.otherQuestion && layers.service_area && cr.hasRanges(app, service))
      lines.push(cr.t('legend_plan_today'));
    if (near && layers.homes) lines.push(cr.t('legend_size'));
    if (!near && layers.homes && app.single()) lines.push(cr.t('legend_grey'));
    if (!times) {
      var areas = layers.choropleth && app.model.lowest;
      if (layers.homes)
        lines.push(
          areas
            ? cr.t('legend_cells', { level: cr.t('level_' + app.model.lowest).toLowerCase() })
            : cr.t('legend_cells_only')
        );
      lines.push([cr.t('legend_darker'), !paper && el('span', { class: 'on-screen' }, cr.t('legend_zoom'))]);
    }
    return lines.map(function (text) {
      return el('p', { class: 'note' }, text);
    });
  }

  function within(service) {
    if (service.mode === 'drive') return cr.t('legend_within_drive');
    return service.within ? cr.t('legend_within', { n: service.within }) : cr.t('legend_within_plain');
  }

  /* steps: [colour, text]; rows: [name, how the row's colour looks] below each other, named where there are several */
  function ramp(title, steps, rows) {
    var many = rows.length > 1;
    return [
      el('h2', {}, title),
      rows.map(function (row, k) {
        return el(
          'div',
          { class: 'ramp', 'data-row': row[0] },
          many && el('b', {}, cr.t('row_' + row[0])),
          steps.map(function (step) {
            var colour = row[1](step[0]);
            return el(
              'span',
              {},
              colour ? el('i', { style: { background: colour } }) : el('i', { class: 'blank' }),
              k === rows.length - 1 && step[1]
            );
          })
        );
      })
    ];
  }

  function plain(colour) {
    return colour;
  }

  function onGround(alpha) {
    return function (colour) {
      return cr.over(colour, alpha, cr.BASE_COLOURS.land);
    };
  }

  function shareRamp(app, service) {
    var breaks = app.model.breaks,
      layers = app.state.layers,
      colours = service.ramp.colours,
      last = colours.length - 1;
    var steps = colours
      .slice()
      .reverse()
      .map(function (colour, k) {
        var from = k ? Math.round(100 * breaks[k - 1]) : 0,
          to = k < breaks.length ? Math.round(100 * breaks[k]) : 100;
        return [colour, k === 0 ? '<' + to : k === last ? '≥' + from + '%' : from + '–' + to];
      });
    var rows = [];
    if (layers.homes) rows.push(['cells', plain]);
    if (layers.choropleth && app.model.lowest) rows.push(['areas', onGround(cr.areaAlpha(app))]);
    return ramp(cr.t('legend_share', { group: cr.groupName(service.group) }), steps, rows);
  }

  function timeRamp(app, service, near) {
    var measure = service.unit === 'm' ? cr.t('measure_m') : cr.t('measure_min_' + service.mode),
      layers = app.state.layers,
      homes = near && layers.homes,
      plan = cr.shownPlan(app),
      bands = plan ? plan.bands : service.inside,
      range = app.single() || (layers.service_area && cr.hasRanges(app, service) && !(plan && plan.otherQuestion));
    var steps = bands.map(function (band, k) {
      var from = k ? cr.plain(bands[k - 1]) : '0';
      return [
        plan ? cr.planBandColour(plan, k) : service.bandColour(k),
        from + '–' + (k === bands.length - 1 ? cr.cost(service, band) : cr.plain(band))
      ];
    });
    var beyond = service.ramp.colours[4],
      rows = [];
    if (homes) steps.push([beyond, cr.t('beyond_limit')]);
    if (homes || (layers.reached_roads && !app.single()) || !range) rows.push(['homes', plain]);
    if (range)
      rows.push([
        'range',
        function (colour) {
          return colour === beyond ? null : onGround(cr.rangeAlpha(app))(colour);
        }
      ]);
    return ramp(cr.t(app.single() && !homes ? 'legend_time_one' : 'legend_time', { measure: measure }), steps, rows);
  }

  function statuses(app, service) {
    var counts = app.model.statusCounts(service);
    return [2, 3, 4].map(function (status) {
      var style = cr.homeStyle(service, service.inside.length - 1 + status);
      return (
        counts[status] > 0 &&
        sign(
          'home' + (style.cross ? ' cross' : '') + (style.dash ? ' dashed' : ''),
          cr.t('status_' + cr.STATUS[status]),
          { '--f': style.fill, '--c': style.stroke }
        )
      );
    });
  }

  cr.sign = sign;
  function sign(kind, text, style, glyph) {
    return el('span', { class: 'sign' }, el('i', { class: 'sign-' + kind, style: style || {} }, glyph), text);
  }
})((globalThis.civicreach = globalThis.civicreach || {}));
