/* The menu of what leaves the page: map sheets on paper, everything on paper, a picture. */
(function (cr) {
  'use strict';

  var el = cr.el;
  var PRINT = 'M7 8V3h10v5M7 17H4V9h16v8h-3M7 14h10v7H7z';
  var PICTURE_DOTS = 3, // a pixel of the screen
    MARGIN = 24;

  cr.outputTool = function (app) {
    var open = app.state.outputOpen;
    return el(
      'div',
      { class: 'output' },
      el(
        'button',
        {
          type: 'button',
          class: 'print',
          'data-focus': 'output',
          'aria-label': cr.t('output'),
          'aria-haspopup': 'menu',
          'aria-expanded': String(!!open),
          onclick: function () {
            toggle(app, !open);
          }
        },
        cr.icon(PRINT),
        el('span', {}, cr.t('output'))
      ),
      open && menu(app)
    );
  };

  function toggle(app, open) {
    app.state.set({ outputOpen: open });
    var box = app.root.querySelector(open ? '.output [role=menuitem]' : '.output .print');
    if (box) box.focus({ preventScroll: true });
  }

  function menu(app) {
    var acts = [
      ['output_a4', printPlate.bind(null, app, 'a4')],
      ['output_a3', printPlate.bind(null, app, 'a3')],
      [
        'output_all',
        function () {
          window.print();
        }
      ],
      ['output_png', savePicture.bind(null, app)]
    ];
    return el(
      'div',
      { class: 'output-menu', role: 'menu', 'aria-label': cr.t('output'), onkeydown: keys.bind(null, app) },
      acts.map(function (act) {
        return el(
          'button',
          {
            type: 'button',
            role: 'menuitem',
            'data-output': act[0],
            'data-focus': act[0],
            onclick: function () {
              toggle(app, false);
              act[1]();
            }
          },
          cr.t(act[0])
        );
      })
    );
  }

  function keys(app, event) {
    var items = Array.prototype.slice.call(app.root.querySelectorAll('.output [role=menuitem]')),
      at = items.indexOf(document.activeElement),
      step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) items[(at + step + items.length) % items.length].focus();
    else if (event.key === 'Home') items[0].focus();
    else if (event.key === 'End') items[items.length - 1].focus();
    else if (event.key === 'Escape' || event.key === 'Tab') toggle(app, false);
    else return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
  }

  /* a click beside the menu closes it */
  cr.watchOutput = function (app) {
    document.addEventListener('pointerdown', function (event) {
      if (app.state.outputOpen && !app.root.querySelector('.output').contains(event.target))
        app.state.set({ outputOpen: false });
    });
  };

  /* lays the sheet out for a paper; what is returned puts the page back */
  cr.readyPlate = function (app, paper) {
    cr.layPlate(app, paper, true);
    var size = el('style', {}, '@page { size: ' + paper.toUpperCase() + ' landscape; margin: 10mm; }');
    document.head.appendChild(size);
    document.documentElement.classList.add('plating');
    return function () {
      size.remove();
      document.documentElement.classList.remove('plating');
      cr.dropPlate();
    };
  };

  function printPlate(app, paper) {
    var back = cr.readyPlate(app, paper);
    window.addEventListener('afterprint', back, { once: true });
    window.print();
  }

  /* the same sheet as one canvas */
  cr.pictureOf = function (app) {
    var plate = cr.layPlate(app, 'a4', false),
      box = plate.getBoundingClientRect(),
      canvas = document.createElement('canvas'),
      ctx = canvas.getContext('2d');
    canvas.width = Math.round(PICTURE_DOTS * (box.width + 2 * MARGIN));
    canvas.height = Math.round(PICTURE_DOTS * (box.height + 2 * MARGIN));
    ctx.fillStyle = '#ffffff';
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    ctx.scale(PICTURE_DOTS, PICTURE_DOTS);
    ctx.translate(MARGIN, MARGIN);
    cr.paintNode(ctx, plate);
    cr.dropPlate();
    return canvas;
  };

  function savePicture(app) {
    var name = cr.pick(app.model.study.name) + ' ' + cr.pick(app.theme().name);
    cr.pictureOf(app).toBlob(function (blob) {
      cr.saveBlob(blob, cr.fileName(name) + '.png');
    }, 'image/png');
  }

  /* what every file system takes as a name */
  cr.fileName = function (text) {
    return text
      .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069<>:"\/\\|?*]+/g, ' ')
      .replace(/\s+/g, '_')
      .slice(0, 80);
  };

  cr.saveBlob = cr.saveBlob || function (blob, name) {
    var url = URL.createObjectURL(blob),
      link = el('a', { href: url, download: name });
    link.click();
    setTimeout(function () {
      URL.revokeObjectURL(url);
    }, 10000);
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
