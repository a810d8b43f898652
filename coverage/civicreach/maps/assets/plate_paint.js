/* Draws laid-out elements on a canvas: grounds, borders, pictures and text where the browser has put them. It knows
   what the map sheet is made of, and no more. */
(function (cr) {
  'use strict';

  cr.paintNode = function (ctx, root) {
    var box = root.getBoundingClientRect();
    ctx.save();
    ctx.translate(-box.left, -box.top);
    walk(ctx, root);
    ctx.restore();
  };

  function walk(ctx, node) {
    if (node.nodeType === Node.TEXT_NODE) {
      text(ctx, node);
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    var style = getComputedStyle(node),
      box = node.getBoundingClientRect();
    if (style.display === 'none') return;
    ctx.save();
    if (node.tagName === 'CANVAS') ctx.drawImage(node, box.left, box.top, box.width, box.height);
    else if (node.tagName === 'svg') picture(ctx, node, style, box);
    else {
      if (style.transform !== 'none' && /sign-diamond/.test(node.className)) box = turned(ctx, node, box);
      ground(ctx, node, style, box);
      borders(ctx, style, box);
      if (style.overflow !== 'visible') {
        ctx.beginPath();
        ctx.rect(box.left, box.top, box.width, box.height);
        ctx.clip();
      }
      node.childNodes.forEach(function (child) {
        walk(ctx, child);
      });
    }
    ctx.restore();
  }

  /* a square that stands on its corner: its own box, with the pen turned */
  function turned(ctx, node, box) {
    var x = box.left + box.width / 2,
      y = box.top + box.height / 2,
      width = node.offsetWidth,
      height = node.offsetHeight;
    ctx.translate(x, y);
    ctx.rotate(Math.PI / 4);
    ctx.translate(-x, -y);
    return { left: x - width / 2, top: y - height / 2, width: width, height: height };
  }

  function outline(ctx, style, box) {
    var round = parseFloat(style.borderTopLeftRadius) || 0;
    if (/%$/.test(style.borderTopLeftRadius)) round = box.width / 2;
    round = Math.min(round, box.width / 2, box.height / 2);
    ctx.beginPath();
    if (style.clipPath !== 'none') {
      ctx.moveTo(box.left + box.width / 2, box.top);
      ctx.lineTo(box.left + box.width, box.top + box.height);
      ctx.lineTo(box.left, box.top + box.height);
      ctx.closePath();
    } else if (round && ctx.roundRect) ctx.roundRect(box.left, box.top, box.width, box.height, round);
    else ctx.rect(box.left, box.top, box.width, box.height);
  }

  function ground(ctx, node, style, box) {
    var own = style.getPropertyValue('--f') || style.getPropertyValue('--c');
    if (style.backgroundColor !== 'rgba(0, 0, 0, 0)') {
      outline(ctx, style, box);
      ctx.fillStyle = style.backgroundColor;
      ctx.fill();
    }
    if (style.backgroundImage === 'none') {
      var before = getComputedStyle(node, '::before');
      if (/sign-patch/.test(node.className)) {
        ctx.globalAlpha = parseFloat(before.opacity);
        ctx.fillStyle = before.backgroundColor;
        ctx.fillRect(box.left, box.top, box.width, box.height);
        ctx.globalAlpha = 1;
      } else if (before.content !== 'none') strokes(ctx, node, style, box, before);
    } else if (/sign-border/.test(node.className)) {
      var middle = box.top + box.height / 2;
      line(ctx, box.left, middle, box.left + box.width, middle, box.height, '#46525e', [9, 3, 2, 3]);
    } else if (style.clipPath !== 'none') {
      outline(ctx, style, box);
      ctx.fillStyle = own;
      ctx.fill();
    } else if (/never/.test(node.className)) hatch(ctx, style, box, '#ffffff', true);
    else hatch(ctx, style, box, style.getPropertyValue('--c') || '#8a949d');
  }

  /* the tick of a scale, or the cross over a home */
  function strokes(ctx, node, style, box, before) {
    if (/cross/.test(node.className)) {
      var colour = style.borderTopColor,
        in4 = box.width / 4;
      line(ctx, box.left + in4, box.top + in4, box.left + 3 * in4, box.top + 3 * in4, 1.5, colour);
      line(ctx, box.left + in4, box.top + 3 * in4, box.left + 3 * in4, box.top + in4, 1.5, colour);
      return;
    }
    var x = box.left + box.width / 2,
      top = box.top + (parseFloat(before.top) || 0);
    line(ctx, x, top, x, top + parseFloat(before.height), parseFloat(before.borderLeftWidth), before.borderLeftColor);
  }

  function hatch(ctx, style, box, colour, kept) {
    ctx.save();
    outline(ctx, style, box);
    ctx.fillStyle = kept ? 'transparent' : '#ffffff';
    ctx.fill();
    ctx.clip();
    for (var x = box.left - box.height; x < box.left + box.width; x += 5)
      line(ctx, x, box.top + box.height, x + box.height, box.top, 1.2, colour);
    ctx.restore();
  }

  function line(ctx, x0, y0, x1, y1, width, colour, dash) {
    ctx.beginPath();
    ctx.setLineDash(dash || []);
    ctx.moveTo(x0, y0);
    ctx.lineTo(x1, y1);
    ctx.lineWidth = width;
    ctx.strokeStyle = colour;
    ctx.stroke();
    ctx.setLineDash([]);
  }

  function borders(ctx, style, box) {
    var round = style.borderTopLeftRadius !== '0px',
      width = parseFloat(style.borderTopWidth);
    if (round && width && style.borderTopStyle !== 'none') {
      var inner = {
        left: box.left + width / 2,
        top: box.top + width / 2,
        width: box.width - width,
        height: box.height - width
      };
      outline(ctx, style, inner);
      ctx.setLineDash(dashes(style.borderTopStyle, width));
      ctx.lineWidth = width;
      ctx.strokeStyle = style.borderTopColor;
      ctx.stroke();
      ctx.setLineDash([]);
      return;
    }
    var right = box.left + box.width,
      bottom = box.top + box.height;
    [
      ['Top', box.left, box.top, right, box.top, 0, 1],
      ['Bottom', box.left, bottom, right, bottom, 0, -1],
      ['Left', box.left, box.top, box.left, bottom, 1, 0],
      ['Right', right, box.top, right, bottom, -1, 0]
    ].forEach(function (side) {
      var thick = parseFloat(style['border' + side[0] + 'Width']),
        kind = style['border' + side[0] + 'Style'];
      if (!thick || kind === 'none') return;
      var dx = (side[5] * thick) / 2,
        dy = (side[6] * thick) / 2;
      var colour = style['border' + side[0] + 'Color'];
      line(ctx, side[1] + dx, side[2] + dy, side[3] + dx, side[4] + dy, thick, colour, dashes(kind, thick));
    });
  }

  function dashes(kind, width) {
    return kind === 'dashed' ? [3 * width, 2 * width] : kind === 'dotted' ? [width, width] : [];
  }

  function picture(ctx, node, style, box) {
    ctx.translate(box.left, box.top);
    ctx.scale(box.width / 24, box.height / 24);
    ctx.fillStyle = style.color;
    ctx.fill(new Path2D(node.querySelector('path').getAttribute('d')));
  }

  /* line by line: characters with the same top belong together */
  function text(ctx, node) {
    var said = node.nodeValue;
    if (!said.trim()) return;
    var style = getComputedStyle(node.parentNode),
      range = document.createRange(),
      rows = [];
    for (var i = 0; i < said.length; i++) {
      var wide = said.charCodeAt(i) >= 0xd800 && said.charCodeAt(i) < 0xdc00 ? 2 : 1;
      range.setStart(node, i);
      range.setEnd(node, Math.min(said.length, i + wide));
      var box = range.getClientRects()[0],
        last = rows[rows.length - 1];
      if (box && box.width) {
        if (last && Math.abs(last.top - box.top) < 2) last.text += said.substr(i, wide);
        else rows.push({ text: said.substr(i, wide), left: box.left, top: box.top, height: box.height });
      }
      i += wide - 1;
    }
    ctx.font = [style.fontWeight, style.fontSize, style.fontFamily].join(' ');
    ctx.fillStyle = style.color;
    ctx.textBaseline = 'alphabetic';
    rows.forEach(function (row) {
      var size = ctx.measureText(row.text),
        ascent = size.fontBoundingBoxAscent,
        descent = size.fontBoundingBoxDescent;
      ctx.fillText(row.text.replace(/\s+/g, ' '), row.left, row.top + (row.height - ascent - descent) / 2 + ascent);
    });
  }
})((globalThis.civicreach = globalThis.civicreach || {}));
