/* The only script that stands in the page as it is: it unpacks the others, which are packed as the data is, and starts
   them. Developer tools list each under its own name, civicreach/... */
(function (cr) {
  'use strict';

  var SIGNS = 91, // 33 to 126 without < & {
    BITS = 13; // in two signs

  /* what civicreach/maps/dense_text.py writes: the number of bytes, a colon, and two signs for every 13 bits */
  cr.bytesOf = function (text) {
    text = text.trim();
    var at = text.indexOf(':') + 1,
      size = at > 1 && at < 12 ? Number(text.slice(0, at - 1)) : NaN,
      value = new Int16Array(128).fill(-1),
      bytes = new Uint8Array(size >= 0 ? size : 0),
      held = 0,
      have = 0,
      k = 0;
    for (var c = 33, n = 0; c < 127; c++) if (c !== 38 && c !== 60 && c !== 123) value[c] = n++;
    if (!(size >= 0) || text.length - at !== 2 * Math.ceil((8 * size) / BITS)) throw new Error('data cut short');
    for (var i = at; i < text.length; i += 2) {
      var low = value[text.charCodeAt(i) & 127],
        high = value[text.charCodeAt(i + 1) & 127];
      if (low < 0 || high < 0) throw new Error('a sign that no data has');
      held |= (low + SIGNS * high) << have;
      have += BITS;
      for (; have >= 8 && k < size; have -= 8, held >>>= 8) bytes[k++] = held & 255;
    }
    return bytes;
  };

  cr.inflate = async function (bytes) {
    if (typeof DecompressionStream === 'undefined') throw new Error('old_browser');
    var stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  };

  /* runs scripts [name, text] in their order */
  function run(document, scripts) {
    scripts.forEach(function (script) {
      var node = document.createElement('script');
      node.textContent = script[1] + '\n//# sourceURL=civicreach/' + script[0];
      document.head.appendChild(node);
      node.remove();
    });
  }

  cr.boot = async function (map, document) {
    var started = performance.now(),
      root = document.getElementById('civicreach');
    root.querySelector('.map-slot').appendChild(map.getContainer());
    try {
      var packed = document.getElementById('civicreach-scripts');
      run(document, JSON.parse(new TextDecoder().decode(await cr.inflate(cr.bytesOf(packed.textContent)))));
      packed.remove();
      await cr.start(map, document, started);
      document.documentElement.dataset.ready = 'yes';
    } catch (error) {
      var told = document.createElement('p');
      told.className = 'failed';
      told.textContent =
        error.message === 'old_browser'
          ? '浏览器版本过旧 / This browser is too old (no DecompressionStream)'
          : error.message;
      root.replaceChildren(told);
      document.documentElement.dataset.ready = 'failed';
      throw error;
    }
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
