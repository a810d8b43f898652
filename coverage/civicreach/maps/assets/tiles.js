/* An online map below the study's own, where the study names one. It stays silent where there is no network, and after
   the first pictures fail. AMap's tiles are moved from GCJ-02 to where they belong, each by its own offset. */
(function (cr) {
  'use strict';

  var AXIS_M = 6378245,
    FLATNESS = 0.006693421622965943, // first eccentricity squared of Krasovsky's ellipsoid
    MOST_FAILURES = 4; // without a single picture: the host can't be reached

  /* [longitude, latitude] in WGS-84 to GCJ-02; outside China both are the same */
  cr.gcjOf = function (lon, lat) {
    if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return [lon, lat];
    var x = lon - 105,
      y = lat - 35,
      waves = (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2;
    var north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)),
      east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x));
    north += (waves + wave(y, [20, 1], [40, 1 / 3]) * 2 + wave(y, [160, 1 / 12], [320, 1 / 30]) * 2) / 3;
    east += (waves + wave(x, [20, 1], [40, 1 / 3]) * 2 + wave(x, [150, 1 / 12], [300, 1 / 30]) * 2) / 3;
    var phi = (lat * Math.PI) / 180,
      bend = 1 - FLATNESS * Math.sin(phi) * Math.sin(phi),
      metresNorth = (AXIS_M * (1 - FLATNESS)) / (bend * Math.sqrt(bend)),
      metresEast = (AXIS_M / Math.sqrt(bend)) * Math.cos(phi);
    return [lon + (east * 180) / (metresEast * Math.PI), lat + (north * 180) / (metresNorth * Math.PI)];
  };

  /* sum of amplitude * sin(frequency * pi * value) */
  function wave(value) {
    return Array.prototype.slice.call(arguments, 1).reduce(function (sum, part) {
      return sum + part[0] * Math.sin(part[1] * Math.PI * value);
    }, 0);
  }

  /* back again, to a millionth of a metre */
  cr.wgsOf = function (lon, lat) {
    var found = [lon, lat];
    for (var i = 0; i < 8; i++) {
      var there = cr.gcjOf(found[0], found[1]);
      found = [found[0] + lon - there[0], found[1] + lat - there[1]];
    }
    return found;
  };

  function shiftedLayer(address, options) {
    var Plain = L.TileLayer.prototype,
      Shifted = L.TileLayer.extend({
        /* tiles are asked for where the middle of the screen lies in their own system */
        _getTiledPixelBounds: function (centre) {
          var there = cr.gcjOf(centre.lng, centre.lat);
          return Plain._getTiledPixelBounds.call(this, L.latLng(there[1], there[0]));
        },
        /* and put where their middle lies in ours */
        _getTilePos: function (coords) {
          var size = this.getTileSize(),
            middle = coords.scaleBy(size).add(size.divideBy(2)),
            there = this._map.unproject(middle, coords.z),
            here = cr.wgsOf(there.lng, there.lat);
          return Plain._getTilePos
            .call(this, coords)
            .add(this._map.project([here[1], here[0]], coords.z).subtract(middle))
            .round();
        }
      });
    return new Shifted(address, options);
  }

  cr.tileLayer = function (address, source) {
    var options = {
      subdomains: source.servers,
      maxNativeZoom: source.deepest,
      maxZoom: 19,
      referrerPolicy: 'strict-origin-when-cross-origin',
      keepBuffer: 1
    };
    return source.gcj ? shiftedLayer(address, options) : L.tileLayer(address, options);
  };

  /* adds the online map where the study names one; its own base map is drawn until the first picture is there */
  cr.startTiles = function (app) {
    var source = app.model.head.tiles;
    app.tiled = false;
    if (!source) return;
    var failed = 0,
      layers = source.addresses.map(function (address) {
        return cr.tileLayer(address, source);
      });
    function show() {
      var wanted = app.state.layers.tiles && navigator.onLine && (app.tiled || failed < MOST_FAILURES);
      layers.forEach(function (layer) {
        if (wanted) layer.addTo(app.map);
        else layer.remove();
      });
      if (!wanted) mark(false);
    }
    function mark(on) {
      if (app.tiled === on) return;
      app.tiled = on;
      app.repaint(['ground', 'structure', 'labels']);
    }
    layers[0].on('tileload', function () {
      mark(true);
    });
    layers[0].on('tileerror', function () {
      failed += 1;
      if (!app.tiled && failed === MOST_FAILURES) show();
    });
    app.state.listen(function (keys) {
      if (keys.has('layers')) show();
    });
    window.addEventListener('online', function () {
      failed = 0;
      show();
    });
    show();
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
