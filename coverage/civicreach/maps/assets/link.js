/* The address of the page remembers theme, topic, language and view, so that a link or a bookmark opens what was shown:
   map.html#theme=elder_centre&map=15.20/30.58123/114.29811&lang=en */
(function (cr) {
  'use strict';

  var PLACES = 5;

  function themeId(app, number) {
    var theme = app.model.themes[number];
    return theme && theme.id;
  }

  function told(app) {
    var at = app.map.getCenter(),
      analysis = app.analysis(),
      topic = analysis ? app.state.topic[analysis.id] || 0 : 0,
      parts = { theme: themeId(app, app.state.theme) };
    if (topic) parts.topic = topic;
    parts.lang = app.state.language;
    parts.map = [app.map.getZoom().toFixed(2), at.lat.toFixed(PLACES), at.lng.toFixed(PLACES)].join('/');
    return Object.keys(parts)
      .map(function (key) {
        return key + '=' + encodeURIComponent(parts[key]).replace(/%2F/g, '/');
      })
      .join('&');
  }

  /* what an address asks for: {theme, topic, lang, view}, of each only what this page has */
  cr.readLink = function (app, hash) {
    var said = new URLSearchParams(String(hash).replace(/^#/, '')),
      found = {},
      theme = app.model.themes.findIndex(function (_, k) {
        return themeId(app, k) === said.get('theme');
      });
    if (theme >= 0) found.theme = theme;
    if (said.get('lang') === 'zh' || said.get('lang') === 'en') found.lang = said.get('lang');
    var topic = Number(said.get('topic')),
      analysis = theme >= 0 ? app.model.analyses[theme - app.model.services.length] : null;
    if (analysis && Number.isInteger(topic) && topic > 0 && topic < analysis.topics.length)
      found.topic = [analysis.id, topic];
    var view = (said.get('map') || '').split('/').map(Number);
    if (view.length === 3 && view.every(isFinite) && Math.abs(view[1]) <= 85 && Math.abs(view[2]) <= 180)
      found.view = { zoom: view[0], lat: view[1], lng: view[2] };
    return found;
  };

  cr.followLink = function (app, hash) {
    var found = cr.readLink(app, hash);
    if (found.lang && found.lang !== app.state.language) app.state.set({ language: found.lang });
    if (found.theme !== undefined && found.theme !== app.state.theme) app.setTheme(found.theme);
    if (found.topic) app.state.put('topic', found.topic[0], found.topic[1]);
    if (found.view) app.map.setView([found.view.lat, found.view.lng], found.view.zoom, { animate: false });
  };

  /* keeps the address up to date; a page that may not change its own (inside another one) does without */
  cr.watchLink = function (app) {
    var waiting = null,
      last = null;
    function write() {
      waiting = null;
      last = '#' + told(app);
      try {
        history.replaceState(null, '', last);
      } catch (error) {
        return; // a page that is shown inside another one has no address of its own
      }
    }
    function soon() {
      if (!waiting && !app.printing) waiting = setTimeout(write, 300);
    }
    app.map.on('moveend', soon);
    app.state.listen(function (keys) {
      if (keys.has('theme') || keys.has('topic') || keys.has('language')) soon();
    });
    window.addEventListener('hashchange', function () {
      if (location.hash !== last) cr.followLink(app, location.hash);
    });
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
