// Checks whether a database fulfils Belfry's guarantees. `npm run audit:database -- --help` describes the options.
import { runAuditCommand } from './command.ts';

process.exitCode = await runAuditCommand(process.argv.slice(2), process.env, {
  write: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
});
