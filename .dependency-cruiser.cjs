/** The arrows of docs/architecture.md, checked: who may import whom. */
const ours = (names) => `^packages/(${names.join('|')})/`;
const rule = (from, mayImport) => ({
  name: `${from}-imports`,
  severity: 'error',
  from: { path: `^packages/${from}/` },
  to: { path: '^packages/', pathNot: ours([from, ...mayImport]) },
});
const only = (name, module, folder) => ({
  name,
  severity: 'error',
  from: { path: '^packages/', pathNot: folder },
  to: { path: `^node_modules/(${module})(/|$)` },
});

module.exports = {
  forbidden: [
    rule('model', []),
    rule('wire', []),
    rule('protocol', []),
    rule('engine', ['model', 'wire', 'protocol']),
    rule('agent', ['protocol']),
    rule('client', ['wire']),
    rule('console', ['model', 'wire', 'client']),
    rule('lab', ['protocol', 'agent']),
    {
      name: 'pure-packages',
      comment: 'model, wire and protocol do no input or output, read no clock and draw no random numbers',
      severity: 'error',
      from: { path: '^packages/(model|wire|protocol)/src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'client-runs-in-browsers',
      comment:
        'what the client is made of is the same in Node.js and in a browser, and small: neither XML nor older spellings',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(node_modules/|packages/wire/src/(?!client\\.ts$))' },
    },
    {
      name: 'client-needs-nothing-of-node',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    only('fastify-in-http', 'fastify|@fastify', '^packages/engine/src/http/'),
    only('kysely-in-store', 'kysely|@photostructure/sqlite', '^packages/engine/src/store/|^bench/'),
    only('saxes-in-wire-xml', 'saxes', '^packages/wire/src/xml/|^bench/'),
    {
      name: 'guard-needs-nothing-of-the-agent',
      severity: 'error',
      from: { path: '^packages/agent/src/guard/' },
      to: { path: '^packages/agent/src/(link|stats)/' },
    },
    {
      name: 'plan-is-pure',
      severity: 'error',
      from: { path: '^packages/agent/src/plan/', pathNot: '(\\.test|-for-tests)\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
