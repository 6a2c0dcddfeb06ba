// Looks whether a database keeps what Belfry promises; changes nothing.
//   npm run audit:database -- --database-url postgresql://…
// Exits with 0 when all holds, 1 when something does not, 2 when it could not look at everything.
import { runAuditCommand } from './command.ts';

process.exitCode = await runAuditCommand(process.argv.slice(2), process.env, {
  write: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
});
