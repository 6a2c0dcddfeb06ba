import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { api } from './scenarios/api.ts';
import { coldStart } from './scenarios/cold-start.ts';
import { create } from './scenarios/create.ts';
import { environments } from './scenarios/environments.ts';
import { hanging } from './scenarios/hanging.ts';
import { lateness } from './scenarios/lateness.ts';
import { nextTimes } from './scenarios/next-times.ts';
import { openExecutions } from './scenarios/open-executions.ts';
import { peers } from './scenarios/peers.ts';
import { processorTime } from './scenarios/processor-time.ts';
import { queue } from './scenarios/queue.ts';
import { storage } from './scenarios/storage.ts';
import { tick } from './scenarios/tick.ts';
import { worker } from './scenarios/worker.ts';
import {
  makeFigure,
  printResult,
  type Bench,
  type Figure,
  type Options,
  type Scenario,
  type ScenarioResult,
} from './support/figures.ts';
import { describeMachine, machineText } from '../test/support/machine.ts';
import { startServices, type Services } from '../test/support/services.ts';

const scenarios: readonly Scenario[] = [
  create,
  api,
  worker,
  queue,
  lateness,
  hanging,
  openExecutions,
  tick,
  nextTimes,
  coldStart,
  processorTime,
  storage,
  environments,
  peers,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    profile: { type: 'boolean', default: false },
    repetitions: { type: 'string' },
    jobs: { type: 'string' },
    json: { type: 'string' },
  },
});

async function runScenario(
  scenario: Scenario,
  services: Services,
  given: { profile: boolean; repetitions?: string; jobs?: string },
): Promise<ScenarioResult> {
  const options: Options = {
    isProfiled: given.profile,
    repetitions: Math.max(1, Number(given.repetitions ?? scenario.repetitions) || 3),
    ...(given.jobs === undefined ? {} : { jobs: Number(given.jobs) }),
  };
  const figures: Figure[] = [];
  const notes: string[] = [];
  const loadBefore = loadavg()[0] ?? 0;
  const bench: Bench = {
    services,
    options,
    progress: (line) => process.stderr.write(`${scenario.name}: ${line}\n`),
    note: (line) => notes.push(line),
    figure: (name, unit, n, measured, goal) =>
      figures.push(makeFigure({ name, unit, n, goal, isLimit: false }, measured)),
    limit: (name, unit, n, measured) => figures.push(makeFigure({ name, unit, n, isLimit: true }, measured)),
  };
  await scenario.run(bench);
  const loadAfter = loadavg()[0] ?? 0;
  return { scenario: scenario.name, title: scenario.title, loadBefore, loadAfter, figures, notes };
}

async function main(): Promise<void> {
  const unknown = positionals.filter((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown.length > 0) {
    const known = scenarios.map((scenario) => scenario.name).join(', ');
    console.error(`there is no scenario ${unknown.join(', ')}; there are ${known}`);
    process.exitCode = 1;
    return;
  }
  const chosen = scenarios.filter(({ name, isOnlyByName = false }) =>
    positionals.length === 0 ? !isOnlyByName : positionals.includes(name),
  );
  const services = await startServices((line) => process.stderr.write(`${line}\n`));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void services.stop().finally(() => process.exit(1)));
  }
  try {
    const machine = describeMachine(services);
    console.log(machineText(machine));
    const results: ScenarioResult[] = [];
    for (const scenario of chosen) {
      const result = await runScenario(scenario, services, values);
      printResult(result);
      results.push(result);
      if (values.json !== undefined) {
        const report = { at: new Date().toISOString(), machine, results };
        await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
      }
    }
  } finally {
    await services.stop();
  }
}

await main();
