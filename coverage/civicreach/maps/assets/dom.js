/* Elements are made one by one and data only ever becomes text: nothing here parses markup. */
(function (cr) {
  'use strict';

  var SVG = 'http://www.w3.org/2000/svg';
  var counter = 0;

  /* el('button', {class: 'x', title: '...', onclick: fn}, 'text', child, ...) */
  cr.el = function (tag, options) {
    var node = document.createElement(tag);
    Object.keys(options || {}).forEach(function (name) {
      var value = options[name];
      if (value === undefined || value === null || value === false) return;
      if (name.slice(0, 2) === 'on') node.addEventListener(name.slice(2), value);
      else if (name === 'class') node.className = value;
      else if (name === 'style')
        Object.keys(value).forEach(function (key) {
          node.style.setProperty(key, value[key]);
        });
      else node.setAttribute(name, value === true ? '' : value);
    });
    cr.add(node, Array.prototype.slice.call(arguments, 2));
    return node;
  };

  cr.add = function (node, children) {
    children.flat(Infinity).forEach(function (child) {
      if (child === null || child === undefined || child === false) return;
      node.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
    });
    return node;
  };

  cr.fill = function (node) {
    node.textContent = '';
    return cr.add(node, Array.prototype.slice.call(arguments, 1));
  };

  /* whether the page is one column, with the map above what belongs to it */
  cr.isPhone = function () {
    return window.matchMedia('(max-width: 760px)').matches;
  };

  /* brings the map of a page of one column to the top of the window: what opens below it is then in sight too */
  cr.showMap = function (app) {
    var calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (cr.isPhone())
      app.root.querySelector('.stage').scrollIntoView({ block: 'start', behavior: calm ? 'auto' : 'smooth' });
  };

  /* redraw a box and give the focus back to what had it there: the thing with the same data-focus */
  cr.redraw = function (box, children) {
    var had = box.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
    cr.fill(box, children);
    var again = had && box.querySelector('[data-focus="' + CSS.escape(had) + '"]');
    if (again) again.focus({ preventScroll: true });
  };

  /* a line drawing 24 x 24 from our own path texts */
  cr.icon = function (path, options) {
    var svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('class', 'icon' + (options ? ' ' + options : ''));
    svg.setAttribute('aria-hidden', 'true');
    var line = document.createElementNS(SVG, 'path');
    line.setAttribute('d', path);
    svg.appendChild(line);
    return svg;
  };

  /* The tooltip: one box for the whole page, filled by a function each time it is shown. */
  cr.Tip = class Tip {
    constructor(box) {
      this.box = box;
      this.anchor = null;
    }

    show(lines, left, top, room) {
      cr.fill(this.box, lines);
      this.box.hidden = false;
      var width = this.box.offsetWidth,
        height = this.box.offsetHeight;
      var right = (room ? room.right : window.innerWidth) - 8,
        bottom = (room ? room.bottom : window.innerHeight) - 8;
      this.box.style.left = Math.max(8, Math.min(left, right - width)) + 'px';
      this.box.style.top = Math.max(8, top + height > bottom ? Math.max(8, top - height - 28) : top) + 'px';
    }

    hide() {
      this.box.hidden = true;
      this.anchor = null;
    }

    /* a button that explains: on hover, on focus and on tap */
    button(label, lines) {
      var tip = this,
        node = cr.el('button', { class: 'why', type: 'button', 'aria-label': label, id: 'why' + counter++ }, '?');
      function open() {
        var box = node.getBoundingClientRect();
        tip.show(lines(), box.left - 12, box.bottom + 8);
        tip.anchor = node;
        node.setAttribute('aria-describedby', 'tip');
      }
      function close() {
        if (tip.anchor === node) {
          tip.hide();
          node.removeAttribute('aria-describedby');
        }
      }
      node.addEventListener('mouseenter', open);
      node.addEventListener('focus', open);
      node.addEventListener('click', open);
      node.addEventListener('mouseleave', close);
      node.addEventListener('blur', close);
      return node;
    }
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
