/* Values of an analysis as people read them: by the kind of their column, and short ones for legends. */
(function (cr) {
  'use strict';

  var DIGITS = { amount: 0, count: 0, metres: 0, minutes: 1 };

  cr.shown = function (field, value) {
    if (value === null || value === undefined || value === '') return '–';
    if (field.kind === 'text') {
      var known = field.words && Object.prototype.hasOwnProperty.call(field.words, value);
      return known ? cr.pick(field.words[value]) : value;
    }
    if (field.kind === 'flag') return cr.t(value ? 'yes' : 'no');
    if (value === Infinity) return field.endless ? cr.pick(field.endless) : cr.t('no_way');
    if (field.kind === 'share') return cr.percent(value);
    return cr.num(value, field.kind === 'number' ? field.digits : DIGITS[field.kind]);
  };

  /* a break or a target as short as it can be: 20%, 0.75, 3,000, 12.5k, 1.25万 */
  cr.brief = function (kind, value) {
    if (kind === 'share') return plain(100 * value) + '%';
    if (Math.abs(value) < 1e4) return plain(value);
    if (cr.language() === 'zh') return Math.abs(value) < 1e8 ? plain(value / 1e4) + '万' : plain(value / 1e8) + '亿';
    return Math.abs(value) < 1e6 ? plain(value / 1e3) + 'k' : plain(value / 1e6) + 'M';
  };

  /* the breaks of one scale, all with the decimals that one of them needs */
  cr.briefly = function (kind, values) {
    var texts = values.map(function (value) {
        return cr.brief(kind, value);
      }),
      same = values.every(function (value) {
        return Math.abs(value) < 1e4;
      }),
      factor = kind === 'share' ? 100 : 1,
      digits = Math.max.apply(null, texts.map(decimals).concat(0));
    if (!same || !digits) return texts;
    return values.map(function (value) {
      return value === 0 ? texts[values.indexOf(value)] : cr.num(factor * value, digits) + (kind === 'share' ? '%' : '');
    });
  };

  function decimals(text) {
    var at = text.indexOf('.');
    return at < 0 ? 0 : text.slice(at + 1).replace(/\D/g, '').length;
  }

  /* people and things are whole; what is divided by a thousand has its decimals */
  cr.plainNumber = function (value) {
    return cr.num(value, Math.abs(value) < 1000 && !Number.isInteger(value) ? 1 : 0);
  };

  /* a number with the decimals that it has, four at most */
  function plain(value) {
    for (var digits = 0; digits < 4; digits++) if (Math.abs(value - +value.toFixed(digits)) < 1e-9) break;
    return cr.num(value, digits);
  }

  /* a text of at most so many letters: the middle goes, because names of one series differ at their end */
  cr.shorten = function (text, longest) {
    var letters = Array.from(text);
    if (letters.length <= longest) return text;
    var tail = Math.floor((longest - 1) / 2);
    return letters.slice(0, longest - 1 - tail).join('') + '…' + letters.slice(letters.length - tail).join('');
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
