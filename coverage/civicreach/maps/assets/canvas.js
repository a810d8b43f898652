/* A Leaflet layer that is one canvas with one painter. Painters are pure, (ctx, view) -> pixels, so that the screen,
   a picture and a print can share them. */
(function (cr) {
  'use strict';

  var EARTH_M = 40075016.686;

  cr.viewOf = function (zoom, origin, size, lat) {
    var scale = Math.pow(2, zoom);
    return {
      zoom: zoom,
      scale: scale,
      ox: origin.x,
      oy: origin.y,
      width: size.x,
      height: size.y,
      x0: origin.x / scale,
      y0: origin.y / scale,
      x1: (origin.x + size.x) / scale,
      y1: (origin.y + size.y) / scale,
      metresPerPixel: (EARTH_M * Math.cos((lat * Math.PI) / 180)) / 256 / scale
    };
  };

  /* the state that every painter starts from */
  cr.freshPen = function (ctx) {
    ctx.lineCap = ctx.lineJoin = 'round';
    ctx.globalAlpha = 1;
    ctx.setLineDash([]);
  };

  cr.canvasLayer = function (paint, pane) {
    var Layer = L.Renderer.extend({
      initialize: function () {
        L.Util.setOptions(this, { pane: pane, padding: 0.08 });
        L.Util.stamp(this);
        this._layers = {};
        this.milliseconds = 0;
      },
      _initContainer: function () {
        this._container = document.createElement('canvas');
        this._ctx = this._container.getContext('2d');
        this._container.style.pointerEvents = 'none';
        this._container.setAttribute('aria-hidden', 'true');
      },
      _destroyContainer: function () {
        L.DomUtil.remove(this._container);
        delete this._container;
      },
      _update: function () {
        if (this._map._animatingZoom && this._bounds) return;
        L.Renderer.prototype._update.call(this);
        var size = this._bounds.getSize(),
          canvas = this._container;
        var ratio = (this._ratio = Math.min(2, window.devicePixelRatio || 1));
        L.DomUtil.setPosition(canvas, this._bounds.min);
        canvas.width = ratio * size.x;
        canvas.height = ratio * size.y;
        canvas.style.width = size.x + 'px';
        canvas.style.height = size.y + 'px';
        this.redraw();
      },
      redraw: function () {
        if (!this._map || !this._bounds) return;
        var started = performance.now(),
          map = this._map,
          ctx = this._ctx,
          size = this._bounds.getSize();
        var view = cr.viewOf(map.getZoom(), map.getPixelOrigin().add(this._bounds.min), size, map.getCenter().lat);
        view.shift = map.containerPointToLayerPoint([0, 0]).subtract(this._bounds.min);
        ctx.setTransform(this._ratio, 0, 0, this._ratio, 0, 0);
        ctx.clearRect(0, 0, size.x, size.y);
        cr.freshPen(ctx);
        paint(ctx, view);
        this.milliseconds = performance.now() - started;
      }
    });
    return new Layer();
  };

  /* 0 before `from`, 1 after `to`, straight between */
  cr.ramp = function (value, from, to) {
    return Math.max(0, Math.min(1, (value - from) / (to - from)));
  };

  /* what a colour painted with some alpha looks like over another, as #rrggbb */
  cr.over = function (hex, alpha, ground) {
    return [1, 3, 5].reduce(function (found, at) {
      var a = parseInt(hex.substr(at, 2), 16),
        b = parseInt(ground.substr(at, 2), 16);
      return found + ('0' + Math.round(alpha * a + (1 - alpha) * b).toString(16)).slice(-2);
    }, '#');
  };

  cr.alpha = function (hex, alpha) {
    var n = parseInt(hex.slice(1), 16);
    return 'rgba(' + (n >> 16) + ',' + ((n >> 8) & 255) + ',' + (n & 255) + ',' + alpha + ')';
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
