/* Runs scenarios of tests on the page's own scripts, without any page: node plan_node.js JOB.json */
'use strict';
var fs = require('fs'),
  path = require('path'),
  vm = require('vm');
var job = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
job.scripts.forEach(function (name) {
  var file = path.join(job.assets, name);
  vm.runInThisContext(fs.readFileSync(file, 'utf8'), { filename: file });
});
var cr = globalThis.civicreach;

function told(plan, how) {
  cr.computeCapacity(plan);
  var r = plan.result,
    found = {
      sites: plan.sites.map(function (s) {
        return { id: s.id, x_cm: s.x_cm, y_cm: s.y_cm, lon: s.lon, lat: s.lat, unit: s.unit, capacity: s.capacity };
      }),
      people: r.people, before: r.covered_before, after: r.covered_after,
      gain: plan.sites.map(function (s) { return r.gain.get(s.id); }),
      canUndo: plan.canUndo, canRedo: plan.canRedo, question: plan.question,
      capacity: r.capacity && Object.assign({}, r.capacity, { by_site: Array.from(r.capacity.by_site.values()) })
    };
  if (how === 'short') return found;
  found.levels = {};
  Object.keys(r.by_level).forEach(function (level) {
    var t = r.by_level[level];
    found.levels[level] = { people: Array.from(t.people), before: Array.from(t.before), after: Array.from(t.after) };
  });
  found.cost_before = Array.from(r.cost_before);
  found.cost_after = Array.from(r.cost_after);
  return found;
}

/* rings of each band in degrees: of one facility of a service, or of all (-1) */
function range(model, streets, number, facility) {
  var app = { data: streets.data, model: model, onPaper: true },
    service = model.services[number],
    shapes = facility < 0 ? cr.rangesOf(app, service) : cr.rangeOf(app, service, facility),
    found = [];
  for (var i = 0; i < shapes.count; i++) {
    found.push([]);
    for (var r = shapes.first[i]; r < shapes.first[i + 1]; r++) found[i].push(degrees(shapes, r));
  }
  return found;
}

function degrees(shapes, r) {
  var found = [];
  for (var k = shapes.at[r]; k < shapes.at[r + 1]; k++) found.push([cr.lonOf(shapes.x[k]), cr.latOf(shapes.y[k])]);
  return found;
}

/* [rank, name, points in degrees] of every line of the base map's roads */
function roads(shapes) {
  var found = [];
  for (var i = 0; i < shapes.count; i++)
    for (var r = shapes.first[i]; r < shapes.first[i + 1]; r++)
      found.push([shapes.rank[i], shapes.name[i], degrees(shapes, r)]);
  return found;
}

/* each step is [what, ...arguments]; the answer of each is kept */
function step(plan, streets, one) {
  var what = one[0], rest = one.slice(1);
  if (what === 'told') return told(plan, rest[0]);
  if (what === 'json') return plan.toJSON();
  if (what === 'costs_after') return Array.from(plan.costsAfter());
  if (what === 'pieces') return Array.from(plan.pieces(rest[0]));
  if (what === 'to_ground') return streets.toGround(rest[0], rest[1]);
  if (what === 'to_degrees') return streets.toDegrees(rest[0], rest[1]);
  if (what === 'snap') return streets.snap(rest[0], rest[1], rest[2]);
  if (what === 'costs') {
    var c = streets.costs(rest[0]), n = c.net, homes = c.places(streets.data, 'homes');
    return { along: Array.from(c.along), back: Array.from(c.back), u: Array.from(n.u), v: Array.from(n.v),
      length: Array.from(n.length), x: Array.from(n.x), y: Array.from(n.y), at: Array.from(n.at),
      flags: Array.from(n.flags), gates: Array.from(n.gates), name: Array.from(n.name),
      edge: Array.from(homes.edge), offset: Array.from(homes.offset), leg: Array.from(homes.leg) };
  }
  if (what === 'homes_cost') return Array.from(plan.model.services[rest[0]].cost);
  if (what === 'range') return range(plan.model, streets, rest[0], rest[1]);
  if (what === 'roads') return roads(plan.model.base.roads);
  if (what === 'time') {
    var times = rest[0].map(function (act) {
      var from = performance.now();
      step(plan, streets, act);
      return performance.now() - from;
    });
    return times;
  }
  return plan[what].apply(plan, rest);
}

(async function () {
  var data = await cr.decode(fs.readFileSync(job.data, 'utf8')),
    model = new cr.Model(data);
  cr.setWords(data.head.words);
  var answers = job.scenarios.map(function (steps) {
    var streets = new cr.Streets(data),
      plan = new cr.Plan(model, streets);
    return steps.map(function (one) { return step(plan, streets, one); });
  });
  fs.writeFileSync(job.out, JSON.stringify(answers));
})();
