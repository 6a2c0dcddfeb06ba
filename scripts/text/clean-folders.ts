/**
 * Files and folders without forbidden phrases. `npm run lint:text` fails when a phrase comes back into one of them. Add a folder
 * once `npm run lint:text -- FOLDER` reports nothing; a folder includes its subfolders.
 */
export const cleanFolders: readonly string[] = [
  'CONTRIBUTING.md',
  'README.md',
  'bench',
  'docs',
  'functions',
  'lib/audit',
  'lib/aws-client-settings.ts',
  'lib/clock',
  'lib/config',
  'lib/config.ts',
  'lib/environment-ids.ts',
  'lib/eventbridge',
  'lib/logger.ts',
  'lib/metrics.ts',
  'lib/outgoing',
  'lib/redis',
  'lib/secrets',
  'lib/sha256.ts',
  'lib/sqs',
  'lib/topology.ts',
  'local/command-line.ts',
  'local/commands',
  'scripts',
  'test/integration/scripts',
  'test/unit/layout',
  'test/unit/scripts',
  'test/unit/support',
  'vitest.config.ts',
];
