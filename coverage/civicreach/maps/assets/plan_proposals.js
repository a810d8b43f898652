/* Plans that an analysis proposes: a button beside their topic takes them into the what-if, where each site can be
   moved, removed and put back with exact figures. */
(function (cr) {
  'use strict';

  var el = cr.el;

  /* the button of a topic that has a plan; null for others, and where the page holds no streets */
  cr.proposalButton = function (app, topic) {
    var proposal = topic && proposalOf(app, topic.id);
    if (!proposal) return null;
    return el(
      'button',
      {
        type: 'button',
        class: 'try-plan',
        'data-focus': 'try:' + topic.id,
        onclick: function () {
          cr.tryProposal(app, proposal);
        }
      },
      cr.t('plan_try')
    );
  };

  function proposalOf(app, topic) {
    var told = app.model.head.what_if;
    return told
      ? told.proposals.find(function (each) {
          return each.topic === topic;
        })
      : null;
  }

  /* opens the service's own theme with the proposed sites as its plan; the one before can be had back by undoing */
  cr.tryProposal = function (app, proposal) {
    var service = app.model.services.findIndex(function (each) {
      return each.id === proposal.service;
    });
    app.state.set({ theme: service });
    cr.togglePlanning(app, true);
    cr.takePlan(app, {
      format: 'civicreach-scenario',
      version: 1,
      study: app.model.head.what_if.fingerprint,
      crs: app.model.head.what_if.crs,
      service: proposal.service,
      profile: proposal.profile,
      minutes: proposal.minutes,
      sites: proposal.sites
    });
  };
})((globalThis.civicreach = globalThis.civicreach || {}));
