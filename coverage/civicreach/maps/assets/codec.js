/* Reads the container that civicreach/maps/encode.py writes: zlib(header length | JSON header | varint columns). */
(function (cr) {
  'use strict';

  var FORMAT = 'civicreach-page';
  var VERSION = 2;

  function bytesOf(base64) {
    var text = atob(base64.trim());
    var bytes = new Uint8Array(text.length);
    for (var i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  }

  async function inflate(bytes) {
    if (typeof DecompressionStream === 'undefined') throw new Error('old_browser');
    var stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  function readVarints(bytes, at, end, count, name) {
    var values = new Int32Array(count);
    for (var i = 0; i < count; i++) {
      var value = 0,
        shift = 0,
        byte;
      do {
        if (at >= end) throw new Error('column ' + name + ' is too short');
        byte = bytes[at++];
        value |= (byte & 127) << shift;
        shift += 7;
      } while (byte > 127);
      values[i] = value;
    }
    if (at !== end) throw new Error('column ' + name + ' is too long');
    return values;
  }

  /* kind u: as they are; d: differences to the number before; p: differences to the pair before */
  function undo(values, kind) {
    if (kind === 'u') return values;
    var step = kind === 'p' ? 2 : 1;
    for (var i = 0; i < values.length; i++) {
      values[i] = (values[i] >>> 1) ^ -(values[i] & 1);
      if (i >= step) values[i] += values[i - step];
    }
    return values;
  }

  /* multiples of a step */
  function grown(values, step) {
    if (step !== 1) for (var i = 0; i < values.length; i++) values[i] *= step;
    return values;
  }

  cr.decodeBytes = function (bytes) {
    var length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    var head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    if (head.format !== FORMAT || head.version !== VERSION) {
      throw new Error('data ' + head.format + ' ' + head.version + ', page ' + FORMAT + ' ' + VERSION);
    }
    var columns = Object.create(null);
    var at = 4 + length;
    head.columns.forEach(function (column) {
      var name = column[0],
        kind = column[1],
        count = column[2],
        size = column[3];
      columns[name] = grown(undo(readVarints(bytes, at, at + size, count, name), kind), column[4]);
      at += size;
    });
    if (at !== bytes.length) throw new Error(bytes.length - at + ' bytes belong to no column');
    return { head: head, columns: columns };
  };

  cr.decode = async function (base64) {
    return cr.decodeBytes(await inflate(bytesOf(base64)));
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
