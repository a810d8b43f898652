/* The legend says what is drawn now: it follows the theme, the layers and the scale. */
(function (cr) {
  'use strict';

  var el = cr.el;

  cr.drawLegend = function (app) {
    var near = app.near(app.map.getZoom()) > 0.4,
      box = app.root.querySelector('.legend'),
      layers = app.state.layers;
    var service = app.service(),
      single = app.state.selection && app.state.selection.kind === 'facility';
    box.setAttribute('aria-label', cr.t('legend'));
    var shares = !near && ((layers.choropleth && app.model.lowest) || layers.homes);
    var times = near || single || (!layers.choropleth && (layers.reached_roads || layers.service_area));
    cr.fill(
      box,
      shares && shareRamp(app, service),
      times && timeRamp(app, service, !shares),
      el(
        'div',
        { class: 'signs' },
        layers.facilities && sign('facility', cr.pick(service.name), {}, cr.glyph(service)),
        single
          ? sign('edge', cr.t('legend_selected'), { '--c': service.ramp.deep })
          : layers.service_area &&
              sign(
                'edge',
                cr.t(service.mode === 'drive' ? 'legend_outline_drive' : 'legend_outline', {
                  limit: cr.limitText(service)
                }),
                { '--c': service.ramp.deep }
              ),
        app.model.middle && sign('border', cr.t('legend_border', { level: cr.t('level_' + app.model.middle) })),
        app.model.lowest && sign('fine', cr.t('legend_border', { level: cr.t('level_' + app.model.lowest) })),
        layers.block_fill &&
          service.blockFill.count > 0 &&
          sign('hatch', cr.t('legend_fill'), { '--c': service.ramp.colours[3] }),
        near && layers.homes && statuses(app, service)
      ),
      ((times && layers.service_area) || single) && el('p', { class: 'note' }, within(service)),
      near && layers.homes && el('p', { class: 'note' }, cr.t('legend_size')),
      !near && layers.homes && el('p', { class: 'note' }, cr.t('legend_cells'))
    );
  };

  function within(service) {
    if (service.mode === 'drive') return cr.t('legend_within_drive');
    return service.within ? cr.t('legend_within', { n: service.within }) : cr.t('legend_within_plain');
  }

  function ramp(title, steps) {
    return [
      el('h2', {}, title),
      el(
        'div',
        { class: 'ramp' },
        steps.map(function (step) {
          return el('span', {}, el('i', { style: { background: step[0] } }), step[1]);
        })
      )
    ];
  }

  function shareRamp(app, service) {
    var breaks = app.model.breaks,
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
    return [
      ramp(cr.t('legend_share', { group: cr.groupName(service.group) }), steps),
      el('p', { class: 'note' }, cr.t('legend_darker'))
    ];
  }

  function timeRamp(app, service, beyond) {
    var measure = service.unit === 'm' ? cr.t('measure_m') : cr.t('measure_min_' + service.mode);
    var steps = service.inside.map(function (band, k) {
      var from = k ? cr.plain(service.inside[k - 1]) : '0';
      return [
        service.bandColour(k),
        from + '–' + (k === service.inside.length - 1 ? cr.cost(service, band) : cr.plain(band))
      ];
    });
    if (beyond) steps.push([service.ramp.colours[4], cr.t('beyond_limit')]);
    return ramp(cr.t('legend_time', { measure: measure }), steps);
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

  function sign(kind, text, style, glyph) {
    return el('span', { class: 'sign' }, el('i', { class: 'sign-' + kind, style: style || {} }, glyph), text);
  }
})((globalThis.civicreach = globalThis.civicreach || {}));
