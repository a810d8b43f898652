/* Buttons around the map: language, print, layers, zoom, north. */
(function (cr) {
  'use strict';

  var el = cr.el;
  var ICONS = {
    globe: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
    layers: 'M12 3 3 8l9 5 9-5-9-5zM3 12l9 5 9-5M3 16l9 5 9-5',
    fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
    north: 'M12 2 6 21l6-4.5L18 21z'
  };

  cr.drawTools = function (app) {
    var other = app.state.language === 'zh' ? 'en' : 'zh';
    cr.redraw(app.root.querySelector('.tools'), [
      cr.planButton(app),
      cr.outputTool(app),
      el(
        'button',
        {
          type: 'button',
          class: 'language',
          'data-focus': 'language',
          lang: other === 'zh' ? 'zh-CN' : 'en',
          onclick: function () {
            app.state.set({ language: other });
          }
        },
        cr.icon(ICONS.globe),
        cr.t('other_language')
      )
    ]);
  };

  cr.drawMapTools = function (app) {
    var map = app.map,
      root = app.root,
      names = ['zoom_in', 'zoom_out', 'fit'];
    map.getContainer().setAttribute('aria-label', cr.t('map_label'));
    map.getContainer().setAttribute('role', 'application');
    cr.redraw(
      root.querySelector('.zoom'),
      names.map(function (name) {
        return el(
          'button',
          {
            type: 'button',
            title: cr.t(name),
            'aria-label': cr.t(name),
            class: name,
            'data-focus': name,
            onclick: function () {
              if (name === 'fit') {
                app.select(null);
                app.fit();
              } else map.zoomIn(name === 'zoom_in' ? 1 : -1);
            }
          },
          name === 'fit' ? cr.icon(ICONS.fit) : name === 'zoom_in' ? '+' : '−'
        );
      })
    );
    cr.fill(root.querySelector('.north'), cr.icon(ICONS.north, 'solid'), el('span', {}, cr.t('north')));
    cr.fill(
      root.querySelector('.stamp'),
      app.model.study.footer && el('b', {}, cr.pick(app.model.study.footer)),
      app.model.study.attribution && el('span', {}, app.model.study.attribution),
      app.model.head.tiles && app.state.layers.tiles && el('span', {}, cr.pick(app.model.head.tiles.attribution))
    );
    drawLayers(app);
  };

  function drawLayers(app) {
    var state = app.state,
      open = state.layersOpen;
    cr.redraw(app.root.querySelector('.layers'), [
      el(
        'button',
        {
          type: 'button',
          class: 'layers-open',
          'data-focus': 'layers',
          'aria-expanded': String(open),
          onclick: function () {
            // on a small map the list and the legend take turns
            state.set(!open && app.map.getSize().x < 700 ? { layersOpen: true, legendOpen: false } : { layersOpen: !open });
          }
        },
        cr.icon(ICONS.layers),
        cr.t('layers')
      ),
      open && el('div', { class: 'layers-list' }, (app.analysis() ? analysisBoxes : serviceBoxes)(app))
    ]);
  }

  function serviceBoxes(app) {
    var service = app.service();
    var empty = {
      choropleth: !app.model.lowest,
      block_fill: !service.blockFill.count,
      service_area: !cr.hasRanges(app, service),
      reached_roads: !service.hasStreets
    };
    return cr.LAYERS.map(function (name) {
      return ownBox(app, name, cr.t('layer_' + name), !!empty[name]);
    }).concat(tileBox(app));
  }

  /* the units first, then the analysis's own layers from above to below, then what every map has */
  function analysisBoxes(app) {
    var chosen = cr.chosen,
      coloured = chosen.colour(app) >= 0 && !!chosen.level(app);
    return [
      ownBox(app, 'choropleth', cr.t('layer_units'), !coloured),
      cr.markOrder(app.analysis().layers)
        .reverse()
        .map(function (layer) {
          return box('mark:' + layer.number, cr.pick(layer.title), chosen.shows(app, layer), !layer.count, function () {
            app.state.put('marks', chosen.marksKey(app, layer), !chosen.shows(app, layer));
          });
        }),
      ownBox(app, 'labels', cr.t('layer_labels'), false),
      ownBox(app, 'base', cr.t('layer_base'), false),
      tileBox(app)
    ];
  }

  function tileBox(app) {
    return app.model.head.tiles ? [ownBox(app, 'tiles', cr.t('layer_tiles'), false)] : [];
  }

  function ownBox(app, name, text, off) {
    return box(name, text, app.state.layers[name], off, function () {
      app.state.toggleLayer(name);
    });
  }

  function box(name, text, on, off, toggle) {
    var input = el('input', {
      type: 'checkbox',
      'data-layer': name,
      'data-focus': 'layer:' + name,
      disabled: off,
      onchange: toggle
    });
    input.checked = on && !off;
    return el('label', { class: off ? 'off' : null }, input, el('span', {}, text));
  }
})((globalThis.civicreach = globalThis.civicreach || {}));
