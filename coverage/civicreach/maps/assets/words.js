/* Phrases in the page's language, and numbers as people read them. */
(function (cr) {
  'use strict';

  var words = {};
  var groups = {};
  var units = {};
  var language = 'zh';
  var below = null;

  cr.setWords = function (all) {
    words = all;
  };
  cr.setLanguage = function (code) {
    language = code === 'zh' ? 'zh' : 'en';
  };
  cr.language = function () {
    return language;
  };

  /* the phrase with its {gaps} filled; a gap that isn't given stays empty. What reads otherwise in another language is
     given as a function */
  cr.t = function (key, fill) {
    var both = words[key];
    var text = both ? both[language === 'zh' ? 0 : 1] : key;
    return text.replace(/\{(\w+)\}/g, function (_, name) {
      var value = fill && typeof fill[name] === 'function' ? fill[name]() : fill && fill[name];
      return value !== undefined && value !== null ? String(value) : '';
    });
  };
  /* a phrase that is told again when the language changes; as JSON and as text it is what it says now */
  cr.phrase = function (key, fill) {
    function text() {
      return cr.t(key, fill);
    }
    return { text: text, toJSON: text, toString: text };
  };
  cr.has = function (key) {
    return Object.prototype.hasOwnProperty.call(words, key);
  };

  /* one of [Chinese, English] */
  cr.pick = function (both) {
    return both[language === 'zh' ? 0 : 1];
  };

  cr.num = function (value, digits) {
    if (value === '<') return '<' + below; /* too few to be told */
    if (value === null || value === undefined || !isFinite(value)) return '–';
    var fixed = cr.fixed(Math.abs(value), digits || 0),
      parts = fixed.split('.');
    parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ',');
    return (value < 0 && +fixed ? '−' : '') + parts.join('.');
  };
  cr.percent = function (share) {
    return share === null || share === undefined ? '–' : cr.fixed(100 * share, 1) + '%';
  };
  /* decimals rounded as spreadsheets and the reports do: half up, by the fifteen digits that people can see */
  cr.fixed = function (value, digits) {
    var seen = String(+value.toPrecision(15));
    if (/e/.test(seen)) return value.toFixed(digits);
    return (Math.round(+(seen + 'e' + digits)) / Math.pow(10, digits)).toFixed(digits);
  };

  /* what the study calls its groups and units: group -> [Chinese, English] */
  cr.setCounted = function (study) {
    groups = study.group_words;
    units = study.unit_words;
    below = study.below;
  };
  cr.groupName = function (group) {
    return groups[group] ? cr.pick(groups[group]) : group;
  };
  cr.groupUnit = function (group) {
    return units[group] ? cr.pick(units[group]) : '';
  };
  /* a number of people, households or of what a weight counts: whole, with its unit where it has one */
  cr.quantity = function (group, value) {
    return cr.t('quantity', { n: cr.num(value), unit: cr.groupUnit(group) }).trim();
  };
  cr.unitName = function (unit) {
    return cr.has('unit_' + unit) ? cr.t('unit_' + unit) : unit;
  };
  cr.amount = function (group, value) {
    var n = cr.language() === 'zh' ? cr.quantity(group, value) : cr.num(value);
    return cr.t('amount', { n: n, group: cr.groupName(group) });
  };
  cr.limitText = function (service) {
    return cr.t('limit_' + service.unit, { n: plain(service.limit) });
  };
  cr.cost = function (service, value) {
    return cr.t('short_' + service.unit, { n: plain(value) });
  };

  function plain(value) {
    return cr.num(value, Number.isInteger(value) ? 0 : 1);
  }
  cr.plain = plain;
})((globalThis.civicreach = globalThis.civicreach || {}));
