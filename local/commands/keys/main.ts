// Manages API keys directly in the database: the first key of a deployment, or a lost admin key. `npm run keys -- --help`
// describes the options.
import { createPool } from '../../../lib/db/pool.ts';
import { systemClock } from '../../../lib/clock/system-clock.ts';
import { asksForHelp, helpOf } from '../command-line.ts';
import { explainFailure, keysCommand, parseCommand } from './parse-command.ts';
import { runKeysCommand } from './run-command.ts';

const args = process.argv.slice(2);
if (asksForHelp(args)) {
  console.log(helpOf(keysCommand));
  process.exit(0);
}

try {
  const { databaseUrl, command } = parseCommand(args, process.env);
  const pool = createPool(databaseUrl, { max: 2, statementTimeoutMs: 10_000, onError: () => {} });
  try {
    for (const line of await runKeysCommand(command, { pool, clock: systemClock })) console.log(line);
  } finally {
    await pool.end();
  }
} catch (error) {
  console.error(explainFailure(error));
  process.exitCode = 1;
}
