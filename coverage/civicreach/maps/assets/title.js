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

  /* method, sources, warnings */
  cr.drawAbout = function (app) {
    var study = app.model.study,
      service = app.service();
    var how = service.unit === 'm' ? 'by_metres' : 'by_' + service.mode;
    var profile = cr.has('profile_' + service.profile) ? cr.t('profile_' + service.profile) : service.profile;
    var travel = cr.t(how, { speed: service.speed, profile: profile, private: cr.t('private_' + study.private) });
    cr.fill(
      app.root.querySelector('.about'),
      el('p', {}, cr.t('method'), ' ', travel),
      study.counts && el('p', { class: 'counts' }, cr.t('counts', { note: study.counts })),
      el('p', {}, cr.t('privacy')),
      study.sources.length &&
        el('p', {}, cr.t('data_sources', { names: study.sources.join(cr.language() === 'zh' ? '、' : ', ') })),
      app.model.head.warnings.length &&
        el(
          'details',
          {},
          el('summary', {}, cr.t('warnings', { n: app.model.head.warnings.length })),
          el(
            'ul',
            {},
            app.model.head.warnings.map(function (text) {
              return el('li', {}, text);
            })
          )
        )
    );
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
