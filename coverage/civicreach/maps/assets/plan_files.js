/* Plans as files: saved and loaded as scenarios, exported as CSV and GeoJSON. Names only ever become text. */
(function (cr) {
  'use strict';

  var MOST_KB = 1024,
    BOM = '\ufeff';

  /* hand a text over as a file */
  cr.handOver = function (app, name, text, type) {
    var link = document.createElement('a'),
      address = URL.createObjectURL(new Blob([text], { type: type }));
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(function () {
      URL.revokeObjectURL(address);
    }, 10000);
    app.state.set({ planSaid: ['said_saved', { file: name }] });
  };

  function fileName(app, ending) {
    var view = planView(app),
      name = cr.pick(app.model.study.name) + '_' + cr.pick(view.service.name) + '_' + cr.t('plan_mark');
    return name.replace(/[\\/:*?"<>|\u0000-\u001f\u2028\u2029\s]+/g, '_').slice(0, 80) + ending;
  }

  function planView(app) {
    return app.model.plan || new cr.PlanView(app.model, app.plan, cr.ownQuestion(app, app.plan.question.service));
  }

  /* the same with what is still being computed */
  function whole(app) {
    var view = planView(app);
    cr.computeCapacity(view.plan);
    return view;
  }

  /* --- scenario --- */

  cr.savePlan = function (app) {
    cr.handOver(app, fileName(app, '.json'), JSON.stringify(cr.planOf(app).toJSON(), null, 1), 'application/json');
  };

  cr.pickPlan = function (app) {
    var input = app.root.querySelector('.plan-file');
    if (!input) {
      input = cr.el('input', { type: 'file', class: 'plan-file', accept: '.json,application/json', hidden: true });
      input.addEventListener('change', function () {
        var file = input.files[0];
        input.value = '';
        if (file) read(app, file);
      });
      app.root.appendChild(input);
    }
    input.click();
  };

  async function read(app, file) {
    if (file.size > MOST_KB * 1024) {
      refuse(app, [cr.phrase('fault_too_large', { n: cr.num(file.size / 1024) })]);
      return;
    }
    var found;
    try {
      found = JSON.parse(await file.text());
    } catch (error) {
      refuse(app, [cr.phrase('fault_no_json')]);
      return;
    }
    cr.takePlan(app, found);
  }

  /* a scenario as the page's plan, or what is wrong with it */
  cr.takePlan = function (app, found) {
    var faults;
    try {
      faults = cr.planOf(app).load(found);
    } catch (error) {
      faults = [cr.phrase('fault_format')];
    }
    if (faults.length) {
      refuse(app, faults);
      return;
    }
    var asked = app.plan.question.service,
      sites = app.plan.sites;
    app.state.planCapacity = null;
    cr.takeCapacity(app);
    if (asked !== app.state.theme) app.setTheme(asked);
    var from = cr.otherStudy(app.plan, found),
      named = {
        n: sites.length,
        from: cr.otherStudy.bind(null, app.plan, found),
        to: cr.planStudy.bind(null, app.plan)
      };
    cr.planChanged(app, { planSaid: [from ? 'said_loaded_other' : 'said_loaded', named] });
    cr.drawDock(app, true);
  };

  function refuse(app, faults) {
    app.state.set({ planSaid: ['said_load_failed', {}, faults] });
  }

  /* --- CSV --- */

  /* one cell: numbers as they are, texts quoted where needed, and never a formula for a spreadsheet */
  cr.csvCell = function (value) {
    if (value === null || value === undefined) return '';
    if (typeof value === 'number') return isFinite(value) ? String(+value.toFixed(6)) : '';
    if (value.digits) return value.number.toFixed(value.digits);
    var text = String(value);
    if (/^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text)) text = "'" + text;
    return /[",\r\n;\t]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  };

  function csv(rows) {
    return (
      BOM +
      rows
        .map(function (row) {
          return row.map(cr.csvCell).join(',');
        })
        .join('\r\n') +
      '\r\n'
    );
  }

  cr.exportPlanCSV = function (app) {
    cr.handOver(app, fileName(app, '.csv'), csv(cr.planRows(app)), 'text/csv;charset=utf-8');
  };

  /* what a plan's table holds: what it is, then its sites, then the areas of every level */
  cr.planRows = function (app) {
    var view = whole(app),
      group = cr.groupName(view.service.group),
      named = { group: group };
    return [].concat(
      head(app, view),
      [[]],
      siteRows(app, view, named),
      [[]],
      areaRows(app, view, named)
    );
  };

  function head(app, view) {
    var study = app.model.study,
      total = view.total,
      named = { group: cr.groupName(view.service.group) };
    return [
      [cr.t('file_study'), cr.pick(study.name) + ' ' + study.year],
      [cr.t('file_kind'), cr.t('file_kind_plan')],
      study.synthetic && [cr.t('synthetic'), cr.pick(study.note)],
      [cr.t('plan_service'), cr.pick(view.service.name)],
      [cr.t('plan_profile'), cr.planProfile(app)],
      [cr.t(view.service.unit === 'm' ? 'plan_metres' : 'plan_minutes'), view.limit, cr.t('limit_' + view.service.unit, { n: '' }).trim()],
      [cr.t('file_people', named), total.total],
      [cr.t('file_before', named), view.result.covered_before],
      [cr.t('file_after', named), total.covered],
      [cr.t('file_share_before'), total.before],
      [cr.t('file_share_after'), total.share],
      cr.isAssigned(view) && [cr.t('file_assigned', named), view.result.capacity.assigned],
      cr.isAssigned(view) && [cr.t('file_unserved', named), view.result.capacity.unserved],
      [cr.t('file_definition'), cr.planDefinition(view) + ' ' + cr.t('plan_first_come') + ' ' + cr.planAssumes(app)],
      [cr.t('file_sources'), [study.sources.map(cr.pick).join('; '), study.attribution].filter(Boolean).join('; ')]
    ].filter(Boolean);
  }

  function siteRows(app, view, named) {
    var rows = [
      [
        cr.t('file_number'),
        cr.t('file_place'),
        app.model.lowest ? cr.t('level_' + app.model.lowest) : cr.t('file_unit'),
        cr.t('file_gain', named),
        cr.t('file_capacity'),
        cr.t('file_assigned', named),
        cr.t('file_lon'),
        cr.t('file_lat'),
        'x_m',
        'y_m',
        'crs'
      ]
    ];
    view.plan.sites.forEach(function (site, k) {
      var place = cr.placeOfSite(app, site);
      rows.push([
        k + 1,
        place[0],
        place[1],
        view.result.gain.get(site.id) || 0,
        site.capacity,
        view.assigned(site),
        degrees(site.lon),
        degrees(site.lat),
        site.x_cm / 100,
        site.y_cm / 100,
        app.model.head.what_if.crs
      ]);
    });
    return rows;
  }

  /* a number with more decimals than others */
  function degrees(value) {
    return { number: value, digits: 8 };
  }

  function areaRows(app, view, named) {
    var model = app.model,
      rows = [
        [
          cr.t('file_level'),
          cr.t('file_parent'),
          cr.t('file_unit'),
          cr.t('file_id'),
          cr.t('file_people', named),
          cr.t('file_before', named),
          cr.t('file_after', named),
          cr.t('file_share_before'),
          cr.t('file_share_after'),
          cr.t('file_change')
        ]
      ];
    model.levels.forEach(function (level, k) {
      var units = model.units[level],
        ids = model.head.areas.units[level].id || [];
      units.name.forEach(function (name, i) {
        var row = view.row(level, i),
          above = model.levels[k - 1];
        if (!row) return;
        rows.push([
          cr.t('level_' + level),
          above ? model.units[above].name[units.parent[i]] : '',
          name,
          ids[i],
          row.total,
          row.covered - row.gained,
          row.covered,
          row.before,
          row.share,
          row.change === null ? null : 100 * row.change
        ]);
      });
    });
    return rows;
  }

  /* --- GeoJSON --- */

  cr.exportPlanGeoJSON = function (app) {
    var text = JSON.stringify(cr.planGeoJSON(app), null, 1);
    cr.handOver(app, fileName(app, '.geojson'), text, 'application/geo+json');
  };

  cr.planGeoJSON = function (app) {
    var view = whole(app),
      asked = view.plan.question,
      named = { group: cr.groupName(view.service.group) };
    return {
      type: 'FeatureCollection',
      name: cr.pick(app.model.study.name) + ' · ' + cr.t('plan_mark'),
      kind: cr.t('file_kind_plan'),
      study: cr.pick(app.model.study.name),
      year: app.model.study.year,
      service: view.service.id,
      group: view.service.group,
      profile: asked.profile,
      minutes: asked.minutes,
      people: view.total.total,
      covered_before: view.result.covered_before,
      covered_after: view.total.covered,
      assigned: cr.isAssigned(view) ? view.result.capacity.assigned : null,
      unserved: cr.isAssigned(view) ? view.result.capacity.unserved : null,
      definition: cr.planDefinition(view) + ' ' + cr.t('plan_first_come'),
      gain_of: cr.t('file_gain', named),
      sources: app.model.study.sources.map(cr.pick),
      features: view.plan.sites.map(function (site, k) {
        var place = cr.placeOfSite(app, site);
        return {
          type: 'Feature',
          geometry: { type: 'Point', coordinates: [+site.lon.toFixed(8), +site.lat.toFixed(8)] },
          properties: {
            number: k + 1,
            place: place[0],
            unit: place[1],
            gain: +(view.result.gain.get(site.id) || 0).toFixed(6),
            capacity: site.capacity === undefined ? null : site.capacity,
            assigned: view.assigned(site),
            service: view.service.id,
            x_m: site.x_cm / 100,
            y_m: site.y_cm / 100,
            crs: app.model.head.what_if.crs
          }
        };
      })
    };
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
