/* The notes: method, definitions, standards, sources, warnings. */
(function (cr) {
  'use strict';

  var el = cr.el;

  /* method, definitions, sources, warnings: a dialog on screen, the last pages on paper */
  cr.drawNotes = function (app) {
    var box = app.root.querySelector('dialog'),
      study = app.model.study,
      warnings = app.model.head.warnings;
    box.setAttribute('aria-label', cr.t('notes_open'));
    box.onclick = function (event) {
      if (event.target === box) box.close();
    };
    cr.fill(
      box,
      el(
        'button',
        {
          type: 'button',
          class: 'close',
          'aria-label': cr.t('close'),
          onclick: function () {
            box.close();
          }
        },
        '×'
      ),
      el(
        'div',
        { class: 'notes-body' },
        part('method', 'notes_method', [
          el('p', {}, cr.t('method'), ' ', app.analysis() ? null : travel(app.service(), study)),
          app.analysis() && rules(app.analysis()),
          study.counts.length > 0 && el('p', { class: 'counts' }, cr.t('counts', { note: cr.pick(study.counts) })),
          el('p', {}, cr.t('privacy')),
          app.model.head.tiles && el('p', {}, cr.t('tiles_ask', { name: cr.pick(app.model.head.tiles.attribution) }))
        ]),
        part('definitions', 'notes_definitions', definitions(app)),
        app.analysis() && app.analysis().standards.length > 0 && part('standards', 'notes_standards', standards(app)),
        study.sources.length > 0 &&
          part('sources', 'notes_sources', el('p', {}, study.sources.map(cr.pick).join(cr.language() === 'zh' ? '、' : ', '))),
        warnings.length > 0 &&
          part(
            'warnings',
            'warnings',
            el(
              'ul',
              {},
              warnings.map(function (both) {
                return el('li', {}, cr.pick(both));
              })
            ),
            { n: warnings.length }
          )
      )
    );
  };

  function part(name, title, children, filled) {
    return el('section', { 'data-part': name }, el('h2', {}, cr.t(title, filled)), children);
  }

  function travel(service, study) {
    var how = service.unit === 'm' ? 'by_metres' : 'by_' + service.mode;
    return cr.t(how, {
      speed: service.speed,
      profile: cr.pick(service.profile),
      private: cr.t('private_' + study.private)
    });
  }

  /* how the tables and lists of an analysis are made */
  function rules(analysis) {
    return analysis.topics.concat(analysis.listings).map(function (part) {
      var rule = cr.pick(part.rule);
      return rule && el('p', {}, el('b', {}, cr.pick(part.title)), cr.t('colon'), rule);
    });
  }

  /* each with its clause and source, and a mark where nobody has checked it */
  function standards(app) {
    return el(
      'ul',
      {},
      app.analysis().standards.map(function (standard) {
        var doubt = cr.has('confidence_' + standard.confidence) && cr.t('confidence_' + standard.confidence);
        var where = [cr.pick(standard.clause), cr.pick(standard.source)].filter(Boolean).join(cr.language() === 'zh' ? '；' : '; ');
        return el(
          'li',
          {},
          el('b', {}, cr.pick(standard.name)),
          ' ' + cr.plain(standard.value) + ' ' + cr.unitName(standard.unit) + ' ',
          where && el('span', { class: 'soft' }, '(' + where + ')'),
          doubt && el('em', { class: 'doubt' }, ' ' + doubt)
        );
      })
    );
  }

  function definitions(app) {
    return app
      .theme()
      .figures.concat(app.model.head.figures)
      .map(function (figure) {
        return el('div', { class: 'defined' }, cr.explain(figure));
      });
  }
})((globalThis.civicreach = globalThis.civicreach || {}));
