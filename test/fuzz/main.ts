// Sends requests made from the OpenAPI document to a whole Belfry; `npm run fuzz -- --help` describes the options.
import { randomInt } from 'node:crypto';
import { integerOption, orEnd, readOwnCommandLine } from '../../local/commands/command-line.ts';
import { runFuzz } from './run/run-fuzz.ts';

const { values } = readOwnCommandLine({
  name: 'npm run fuzz',
  does: 'Sends requests made from the OpenAPI document to a whole Belfry, and checks every answer and everything that is stored.',
  options: {
    requests: { type: 'string', default: '5000', value: 'N', help: 'requests to send; 5000 by default' },
    seed: {
      type: 'string',
      value: 'N',
      help: 'sends the requests of an earlier run again; random by default',
    },
  },
  details: ['Exit status: 0 without a fault; 1 with one: it prints the request and the seed.'],
});

const { requests, seed } = orEnd(() => ({
  requests: integerOption('requests', values.requests, { min: 1, max: 1_000_000_000 }),
  seed:
    values.seed === undefined
      ? randomInt(2 ** 31)
      : integerOption('seed', values.seed, { min: 0, max: 2 ** 31 - 1 }),
}));
console.log(`fuzz: ${requests} requests, seed ${seed}`);
const faults = await runFuzz({ requests, seed, say: console.log });
for (const fault of faults) console.error(`\n${fault}`);
console.log(
  faults.length === 0
    ? 'fuzz: no fault'
    : `fuzz: ${faults.length} faults; to repeat them: npm run fuzz -- --requests ${requests} --seed ${seed}`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
