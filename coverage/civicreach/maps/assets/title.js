/* The title block above the page, and the notes on method, sources and warnings below the tables. */
(function (cr) {
  'use strict';

  var el = cr.el;

  cr.drawTitle = function (app) {
    var study = app.model.study,
      root = app.root,
      name = cr.pick(study.name),
      service = app.service();
    var note = cr.pick(study.note),
      find = function (what) {
        return root.querySelector(what);
      };
    document.title = name + ' · ' + cr.pick(service.name);
    document.documentElement.lang = cr.language() === 'zh' ? 'zh-CN' : 'en';
    cr.fill(find('.skip'), cr.t('skip'));
    cr.fill(find('.eyebrow'), cr.t('eyebrow'));
    cr.fill(find('h1'), name, el('span', { class: 'dot', 'aria-hidden': true }, '·'), cr.pick(service.name));
    cr.fill(
      find('.meta'),
      el('span', {}, cr.t('year', { year: study.year })),
      study.author && el('span', {}, cr.t('author', { author: study.author })),
      study.review
        ? el('span', {}, cr.t('review', { number: study.review }))
        : el('span', { class: 'todo' }, cr.t('review_empty')),
      note && !study.synthetic && el('span', {}, note)
    );
    var banner = find('.synthetic');
    banner.hidden = !study.synthetic;
    var said = note.indexOf(cr.t('synthetic')) >= 0;
    cr.fill(banner, el('b', {}, said ? note : cr.t('synthetic')), !said && note && el('span', {}, note));
  };

  /* below the tables: what the numbers count, and the way to everything else */
  cr.drawAbout = function (app) {
    var counts = app.model.study.counts,
      warnings = app.model.head.warnings.length;
    cr.redraw(app.root.querySelector('.about'), [
      counts.length > 0 && el('p', { class: 'counts' }, cr.t('counts', { note: cr.pick(counts) })),
      el(
        'div',
        { class: 'about-line' },
        opener(app, 'method', cr.t('notes_open')),
        warnings > 0 && opener(app, 'warnings', cr.t('warnings', { n: warnings }))
      )
    ]);
  };

  function opener(app, part, label) {
    return el(
      'button',
      {
        type: 'button',
        'data-focus': 'notes:' + part,
        'data-part': part,
        'aria-haspopup': 'dialog',
        onclick: function () {
          var box = app.root.querySelector('dialog');
          box.showModal();
          box.querySelector('[data-part="' + part + '"]').scrollIntoView({ block: 'start' });
        }
      },
      label
    );
  }

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
          el('p', {}, cr.t('method'), ' ', travel(app.service(), study)),
          study.counts.length > 0 && el('p', { class: 'counts' }, cr.t('counts', { note: cr.pick(study.counts) })),
          el('p', {}, cr.t('privacy'))
        ]),
        part('definitions', 'notes_definitions', definitions(app)),
        study.sources.length > 0 &&
          part('sources', 'notes_sources', el('p', {}, study.sources.join(cr.language() === 'zh' ? '、' : ', '))),
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

  function definitions(app) {
    return app
      .service()
      .figures.concat(app.model.head.figures)
      .map(function (figure) {
        return el('div', { class: 'defined' }, cr.explain(figure));
      });
  }
})((globalThis.civicreach = globalThis.civicreach || {}));
