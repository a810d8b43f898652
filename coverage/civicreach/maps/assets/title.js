/* The title block above the page, and the line below the tables that leads to the notes. */
(function (cr) {
  'use strict';

  var el = cr.el;

  cr.drawTitle = function (app) {
    var study = app.model.study,
      root = app.root,
      name = cr.pick(study.name),
      theme = app.theme();
    var note = cr.pick(study.note),
      find = function (what) {
        return root.querySelector(what);
      };
    document.title = name + ' · ' + cr.pick(theme.name);
    document.documentElement.lang = cr.language() === 'zh' ? 'zh-CN' : 'en';
    cr.fill(find('.skip'), cr.t('skip'));
    cr.fill(find('.eyebrow'), cr.t('eyebrow'));
    cr.fill(find('h1'), name, el('span', { class: 'dot', 'aria-hidden': true }, '·'), cr.pick(theme.name), cr.planMark(app));
    cr.fill(
      find('.meta'),
      study.date && el('span', {}, cr.t('date', { date: study.date })),
      el('span', {}, vintage(study)),
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

  /* how old the data are */
  function vintage(study) {
    return study.data_date ? cr.t('data_date', { date: study.data_date }) : cr.t('year', { year: study.year });
  }
  cr.vintage = vintage;

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
})((globalThis.civicreach = globalThis.civicreach || {}));
