// Sends requests made from the OpenAPI document to a whole Belfry, and judges every answer and all that is stored.
//   npm run fuzz                                 5,000 requests
//   npm run fuzz -- --requests 100000 --seed 7   more, or the same again
// Exits with 1 when anything is wrong, and shows the request.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runFuzz } from './run/run-fuzz.ts';

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '5000' }, seed: { type: 'string' } },
});

const requests = Number(values.requests);
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
if (!Number.isSafeInteger(requests) || requests < 1 || !Number.isSafeInteger(seed)) {
  console.error('--requests must be a number from 1, --seed a whole number');
  process.exitCode = 1;
} else {
  console.log(`fuzz: ${requests} requests, seed ${seed}`);
  const faults = await runFuzz({ requests, seed, say: console.log });
  for (const fault of faults) console.error(`\n${fault}`);
  console.log(
    faults.length === 0
      ? 'fuzz: nothing wrong'
      : `fuzz: ${faults.length} faults; again with: npm run fuzz -- --requests ${requests} --seed ${seed}`,
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
}
