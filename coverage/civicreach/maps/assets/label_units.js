/* Where the name of a unit may stand: never in another unit. */
(function (cr) {
  'use strict';

  var LEAST_INSIDE = 0.66, // of a unit's name with its value
    LEAST_ALONE = 0.5, // of its name alone; its middle always
    PROBES = [0.1, 0.3, 0.5, 0.7, 0.9];

  /* the name of a unit with its value where most of both stands in the unit, else the name alone whose middle does; a
     value in a neighbour's area would be taken for the neighbour's */
  cr.putUnit = function (board, view, shapes, i, at, lines, shifts, style) {
    var found = null;
    [lines, lines.slice(0, 1)].some(function (said, alone) {
      return shifts.some(function (s) {
        var box = board.put(said, at[0] + s[0], at[1] + s[1], style, function (tried) {
          return shareInside(view, shapes, i, tried) >= (alone ? LEAST_ALONE : LEAST_INSIDE);
        });
        if (box) found = { lines: said, box: box };
        return !!box;
      });
    });
    return found;
  };

  /* the part of a box that lies in a unit, by a grid of points; 0 where its middle doesn't */
  function shareInside(view, shapes, i, box) {
    function inside(across, down) {
      var x = box[0] + across * (box[2] - box[0]),
        y = box[1] + down * (box[3] - box[1]);
      return shapes.contains(i, (x + view.ox) / view.scale, (y + view.oy) / view.scale);
    }
    if (!inside(0.5, 0.5)) return 0;
    var held = 0;
    PROBES.forEach(function (across) {
      PROBES.forEach(function (down) {
        if (inside(across, down)) held++;
      });
    });
    return held / (PROBES.length * PROBES.length);
  }
})((globalThis.civicreach = globalThis.civicreach || {}));
