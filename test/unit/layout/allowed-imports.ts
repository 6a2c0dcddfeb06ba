import type { AllowedImports } from '../../support/imports-check.ts';

const adapters = [
  'lib/db',
  'lib/redis',
  'lib/sqs',
  'lib/sns',
  'lib/eventbridge',
  'lib/secrets',
  'lib/outgoing',
] as const;

/**
 * What each folder, or single file, may import besides itself: folders and files of the repository, and packages (`node:`
 * stands for Node's own modules). A file belongs to the longest path that holds it. An import that the table lacks is an
 * error. In what ships (lib, functions, infra, local, web), so is an entry that no file uses.
 */
export const allowedImports: AllowedImports = {
  // Pure: no I/O, no HTTP status, no limit of a request. Its package only computes.
  'lib/domain': { imports: [], packages: ['fastest-levenshtein'] },
  'lib/topology.ts': { imports: ['lib/domain'], packages: [] },
  'lib/page-path.ts': { imports: ['lib/topology.ts'], packages: [] },
  'lib/page-files.ts': { imports: [], packages: [] },
  'lib/version.ts': { imports: [], packages: [] },
  'lib/parse-json.ts': { imports: [], packages: [] },
  'lib/sha256.ts': { imports: [], packages: ['node:'] },
  'lib/environment-ids.ts': { imports: [], packages: ['node:'] },
  'lib/aws-credentials.ts': { imports: [], packages: [] },
  'lib/aws-client-settings.ts': { imports: [], packages: [] },
  'lib/logger.ts': { imports: [], packages: [] },
  'lib/metrics.ts': { imports: ['lib/domain', 'lib/topology.ts'], packages: [] },
  'lib/generated': { imports: [], packages: [] },
  'lib/clock': { imports: ['lib/domain'], packages: [] },

  // Adapters do not import each other: each has one technology, and its packages.
  'lib/db': { imports: ['lib/domain', 'lib/generated'], packages: ['pg', 'zod', 'node:'] },
  'lib/redis': {
    imports: ['lib/domain', 'lib/generated', 'lib/aws-credentials.ts', 'lib/sha256.ts'],
    packages: ['ioredis', '@smithy/signature-v4', 'zod', 'node:'],
  },
  'lib/sqs': {
    imports: ['lib/domain', 'lib/aws-client-settings.ts'],
    packages: ['@aws-sdk/client-sqs', 'zod'],
  },
  'lib/sns': {
    imports: ['lib/domain', 'lib/aws-credentials.ts', 'lib/sha256.ts'],
    packages: ['@smithy/signature-v4'],
  },
  'lib/eventbridge': {
    imports: ['lib/domain', 'lib/aws-client-settings.ts'],
    packages: ['@aws-sdk/client-scheduler'],
  },
  'lib/secrets': {
    imports: ['lib/domain', 'lib/config', 'lib/aws-client-settings.ts', 'lib/parse-json.ts'],
    packages: ['@aws-sdk/client-secrets-manager', 'zod', 'node:'],
  },
  'lib/outgoing': {
    imports: ['lib/domain', 'lib/topology.ts'],
    packages: ['undici', 'ipaddr.js', 'node:'],
  },

  // Settings from the environment.
  'lib/config': {
    imports: ['lib/domain', 'lib/environment-ids.ts', 'lib/outgoing'],
    packages: ['zod'],
  },
  'lib/config.ts': { imports: ['lib/config', 'lib/topology.ts'], packages: ['zod'] },

  // Use cases do not depend on the functions around them.
  'lib/app': {
    imports: ['lib/domain', ...adapters, 'lib/logger.ts', 'lib/metrics.ts', 'lib/topology.ts'],
    packages: ['zod', 'node:'],
  },
  'lib/audit': {
    imports: ['lib/domain', 'lib/db', 'lib/redis', 'lib/topology.ts'],
    packages: [],
  },
  'lib/api': {
    imports: ['lib/domain', 'lib/outgoing', 'lib/app', 'lib/logger.ts', 'lib/topology.ts', 'lib/version.ts'],
    packages: ['@middy/core', '@middy/http-cors', 'aws-lambda', 'zod', 'zod-openapi', 'node:'],
  },

  // Each function is an entry of its own; what they share is in functions/compose.
  'functions/compose': {
    imports: ['lib'],
    packages: ['@aws-lambda-powertools/logger', 'node:'],
  },
  'functions/api': {
    imports: ['lib', 'functions/compose'],
    packages: ['@middy/core', '@middy/http-header-normalizer', '@middy/http-router', 'aws-lambda'],
  },
  'functions/scheduler': { imports: ['lib', 'functions/compose'], packages: ['aws-lambda'] },
  'functions/worker': { imports: ['lib', 'functions/compose'], packages: ['aws-lambda'] },
  'functions/migrate': { imports: ['lib', 'functions/compose'], packages: ['aws-lambda', 'zod'] },
  'functions/declared-jobs': { imports: ['lib', 'functions/compose'], packages: ['aws-lambda', 'zod'] },

  // It serves files, and uses no store: of lib it knows the paths and files of pages alone.
  'functions/ui': { imports: ['lib/page-files.ts', 'lib/page-path.ts'], packages: ['aws-lambda', 'node:'] },

  // Builds the pages that functions/ui serves.
  site: {
    imports: ['lib/api/openapi.ts', 'lib/page-files.ts', 'web/build'],
    packages: ['esbuild', 'node:'],
  },

  // It knows the functions by the paths of their entries alone.
  infra: {
    imports: ['lib/topology.ts', 'lib/api/openapi.ts', 'lib/api/unknown-route.ts', 'lib/page-files.ts'],
    packages: ['aws-cdk-lib', 'cdk-nag', 'constructs', 'esbuild', 'zod', 'node:'],
  },

  // The run on one machine, in this order: a folder imports those above it.
  'local/data-dir': { imports: ['lib'], packages: ['zod', 'node:'] },
  'local/services': {
    imports: ['lib', 'local/data-dir'],
    packages: ['@aws-sdk/client-sqs', '@smithy/signature-v4', 'fauxqs', 'pg', 'zod', 'node:'],
  },
  'local/environments': { imports: ['lib', 'local/services'], packages: ['node:'] },
  'local/gateway': {
    imports: ['lib', 'local/data-dir', 'local/services', 'local/environments'],
    packages: ['aws-lambda', 'zod', 'node:'],
  },
  'local/commands': { imports: ['lib'], packages: ['pg', 'zod', 'node:'] },
  'local/demo': {
    imports: ['local/data-dir', 'local/gateway', 'local/commands'],
    packages: ['zod', 'node:'],
  },
  local: {
    imports: ['lib', 'site', 'local/data-dir', 'local/services', 'local/environments', 'local/gateway'],
    packages: ['@aws-sdk/client-sqs', 'aws-lambda', 'esbuild', 'zod', 'node:'],
  },
  // The dashboard knows the API by the types of its OpenAPI document alone. Screens do not import each other.
  web: { imports: ['web/app', 'web/api', 'web/base'], packages: ['react', 'react-dom'] },
  'web/base': { imports: [], packages: ['react', 'zod'] },
  'web/generated': { imports: [], packages: [] },
  'web/json': { imports: [], packages: [] },
  'web/time': { imports: ['web/base'], packages: ['react'] },
  'web/api': { imports: ['web/base', 'web/generated'], packages: ['@tanstack/react-query', 'react'] },
  'web/components': {
    imports: ['web/api', 'web/base', 'web/json', 'web/time'],
    packages: ['@base-ui/react', '@tanstack/react-query', 'react', 'uplot'],
  },
  // The guide leads from one screen to the others.
  'web/components/first-run': {
    imports: ['web/api', 'web/base', 'web/components'],
    packages: ['@tanstack/react-query', '@tanstack/react-router', 'react'],
  },
  'web/screens': {
    imports: ['web/api', 'web/base', 'web/components', 'web/time'],
    packages: ['@tanstack/react-query', '@tanstack/react-router', 'react', 'zod'],
  },
  'web/app': {
    imports: ['web/api', 'web/base', 'web/components', 'web/screens', 'web/time'],
    packages: ['@tanstack/react-query', '@tanstack/react-router', 'react'],
  },
  'web/build': { imports: [], packages: ['esbuild', 'node:'] },
  // Repository chores.
  scripts: { imports: ['lib', 'local', 'web/build'], packages: ['esbuild', 'zod', 'node:'] },

  // test/support is the testbed of all tests and benchmarks.
  'test/support': { imports: ['lib', 'functions', 'infra', 'local'], packages: 'any' },
  'test/model': { imports: ['lib'], packages: 'any' },
  'test/unit': {
    imports: [
      'lib',
      'functions',
      'infra',
      'local',
      'scripts',
      'site',
      'web',
      'test/support',
      'test/chaos',
      'test/fuzz',
      'test/load',
    ],
    packages: 'any',
  },
  'test/integration': {
    imports: [
      'lib',
      'functions',
      'infra',
      'local',
      'scripts',
      'test/support',
      'test/chaos',
      'test/aws',
      'site',
    ],
    packages: 'any',
  },
  'test/e2e': { imports: ['lib', 'functions', 'local', 'test/support'], packages: 'any' },
  // The snippet that declares a job comes from the dashboard.
  'test/infra': {
    imports: ['lib', 'functions', 'infra', 'local', 'scripts', 'test/support', 'web/screens/job'],
    packages: 'any',
  },
  'test/aws': {
    imports: ['lib', 'functions', 'infra', 'local', 'scripts', 'test/support'],
    packages: 'any',
  },
  'test/ui': { imports: ['lib', 'local', 'test/support'], packages: 'any' },
  // None of these four imports another.
  'test/chaos': { imports: ['lib', 'functions', 'infra', 'local', 'test/support'], packages: 'any' },
  'test/fuzz': {
    imports: ['lib', 'functions', 'infra', 'local', 'scripts', 'test/support'],
    packages: 'any',
  },
  'test/load': { imports: ['lib', 'functions', 'infra', 'local', 'test/support'], packages: 'any' },
  bench: { imports: ['lib', 'functions', 'infra', 'local', 'test/support'], packages: 'any' },
  'vitest.config.ts': { imports: [], packages: ['vitest', 'node:'] },
};
