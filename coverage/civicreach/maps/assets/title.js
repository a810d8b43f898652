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
    var full = app.analysis() ? cr.topicName(app, theme) : cr.pick(theme.name);
    document.title = name + ' · ' + full;
    document.documentElement.lang = cr.language() === 'zh' ? 'zh-CN' : 'en';
    cr.fill(find('.skip'), cr.t('skip'));
    cr.fill(find('.eyebrow'), cr.t('eyebrow'));
    cr.fill(find('h1'), name, el('span', { class: 'dot', 'aria-hidden': true }, '·'), titled(cr.pick(theme.name), full), cr.planMark(app));
    cr.fill(
      find('.meta'),
      signed('date', study.date),
      el('span', {}, vintage(study)),
      signed('author', study.author),
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

  /* a theme's name and, on paper, what is asked of it */
  function titled(name, full) {
    if (name === full) return name;
    return [el('span', { class: 'on-screen' }, name), el('span', { class: 'only-paper' }, full)];
  }

  /* an analysis with the topic that is chosen of it, where it has several and isn't named in the topic's title */
  cr.topicName = function (app, analysis) {
    var name = cr.pick(analysis.name),
      topic = cr.chosen.topicOf(app, analysis),
      title = topic ? cr.pick(topic.title) : '';
    if (!topic || analysis.topics.length < 2) return name;
    return title.indexOf(name) === 0 ? title : name + ' · ' + title;
  };

  /* who made it or when; a line to fill in by hand where the study doesn't say */
  function signed(what, value) {
    var fill = {};
    fill[what] = value;
    return value ? el('span', {}, cr.t(what, fill)) : el('span', { class: 'blank' }, cr.t(what + '_empty'), el('i', {}));
  }
  cr.signed = signed;

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
