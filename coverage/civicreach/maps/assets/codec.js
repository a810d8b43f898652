/* Reads the container that civicreach/maps/encode.py writes: packed length | zlib(header length | JSON header | columns)
   | bits. */
(function (cr) {
  'use strict';

  var FORMAT = 'civicreach-page';
  var VERSION = 3;

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

  /* numbers in classes, and the bits below them from bit 0 of byte `at` of `loose` (bit_columns.py) */
  function readClasses(classes, loose, at, end, name) {
    var values = new Int32Array(classes.length),
      held = 0,
      have = 0;
    for (var i = 0; i < classes.length; i++) {
      var head = classes[i],
        left = (head >> 2) - 1;
      if (left <= 0) {
        values[i] = head;
        continue;
      }
      var value = (4 + (head & 3)) << left;
      for (var done = 0; done < left; ) {
        if (!have) {
          if (at >= end) throw new Error('column ' + name + ' is too short');
          held = loose[at++];
          have = 8;
        }
        var take = Math.min(have, left - done);
        value |= (held & ((1 << take) - 1)) << done;
        held >>= take;
        have -= take;
        done += take;
      }
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

  /* from the packed part, inflated, and the bits */
  cr.decodeBytes = function (bytes, loose) {
    var length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    var head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    if (head.format !== FORMAT || head.version !== VERSION) {
      throw new Error('data ' + head.format + ' ' + head.version + ', page ' + FORMAT + ' ' + VERSION);
    }
    var columns = Object.create(null),
      at = 4 + length,
      bit = 0;
    head.columns.forEach(function (column) {
      var name = column[0],
        count = column[2],
        size = column[3],
        bits = column[5],
        values;
      if (bits === undefined) values = readVarints(bytes, at, at + size, count, name);
      else {
        values = readClasses(bytes.subarray(at, at + size), loose, bit, bit + bits, name);
        if (values.length !== count) throw new Error('column ' + name + ' has another length');
        bit += bits;
      }
      columns[name] = grown(undo(values, column[1]), column[4]);
      at += size;
    });
    var rest = bytes.length - at + loose.length - bit;
    if (rest !== 0) throw new Error(rest + ' bytes belong to no column');
    return { head: head, columns: columns };
  };

  cr.decode = async function (text) {
    var bytes = cr.bytesOf(text),
      end = 4 + new DataView(bytes.buffer).getUint32(0, true);
    return cr.decodeBytes(await cr.inflate(bytes.subarray(4, end)), bytes.subarray(end));
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
