import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import {
  CommandLineError,
  integerOption,
  orEnd,
  readOwnCommandLine,
} from '../local/commands/command-line.ts';
import { api } from './scenarios/api.ts';
import { coldStart } from './scenarios/cold-start.ts';
import { create } from './scenarios/create.ts';
import { dashboard } from './scenarios/dashboard.ts';
import { environments } from './scenarios/environments.ts';
import { hanging } from './scenarios/hanging.ts';
import { largeOperation } from './scenarios/large-operation.ts';
import { lateness } from './scenarios/lateness.ts';
import { lists } from './scenarios/lists.ts';
import { nextTimes } from './scenarios/next-times.ts';
import { openExecutions } from './scenarios/open-executions.ts';
import { operations } from './scenarios/operations.ts';
import { peers } from './scenarios/peers.ts';
import { processorTime } from './scenarios/processor-time.ts';
import { queue } from './scenarios/queue.ts';
import { statistics } from './scenarios/statistics.ts';
import { scheduleLoad } from './scenarios/schedule-load.ts';
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
import type { Services } from '../test/support/services.ts';
import { withServices } from '../test/support/with-services.ts';

const scenarios: readonly Scenario[] = [
  create,
  api,
  worker,
  queue,
  lateness,
  hanging,
  openExecutions,
  tick,
  lists,
  dashboard,
  scheduleLoad,
  operations,
  largeOperation,
  nextTimes,
  coldStart,
  processorTime,
  storage,
  statistics,
  environments,
  peers,
];

const { values, positionals } = readOwnCommandLine({
  name: 'npm run bench',
  does: 'Measures rates and latencies, each next to the limit of the part that it depends on. Starts its own services.',
  argument: '[SCENARIO ...]',
  options: {
    profile: { type: 'boolean', default: false, help: 'also shows where the time of the worker goes' },
    repetitions: { type: 'string', value: 'N', help: 'measures each figure N times; 3 by default' },
    jobs: {
      type: 'string',
      value: 'N',
      help: 'executions of each repetition, in the scenarios that count them',
    },
    data: {
      type: 'string',
      value: 'DIR',
      help: 'keeps the data that the scenarios lists and dashboard load in DIR, and uses them again',
    },
    actions: {
      type: 'string',
      value: 'A,B',
      help: 'only these actions of the scenario large-operation, such as redrive,delete',
    },
    json: { type: 'string', value: 'FILE', help: 'also writes the results to FILE' },
  },
  details: [
    `Scenarios: ${scenarios.map(({ name, isOnlyByName = false }) => (isOnlyByName ? `${name} (only by name)` : name)).join(', ')}`,
    'bench/README.md describes each of them.',
  ],
});

const { repetitions, jobs } = orEnd(() => {
  const unknown = positionals.filter((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown.length > 0)
    throw new CommandLineError(
      `there is no scenario ${unknown.join(', ')}; npm run bench -- --help lists them`,
    );
  const numberOf = (name: string, text: string | undefined): number | undefined =>
    text === undefined ? undefined : integerOption(name, text, { min: 1, max: 10_000_000 });
  return { repetitions: numberOf('repetitions', values.repetitions), jobs: numberOf('jobs', values.jobs) };
});

async function runScenario(scenario: Scenario, services: Services): Promise<ScenarioResult> {
  const options: Options = {
    isProfiled: values.profile,
    repetitions: repetitions ?? scenario.repetitions ?? 3,
    ...(jobs === undefined ? {} : { jobs }),
    ...(values.data === undefined ? {} : { data: values.data }),
    ...(values.actions === undefined ? {} : { actions: values.actions.split(',') }),
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

async function runChosen(services: Services): Promise<void> {
  const chosen = scenarios.filter(({ name, isOnlyByName = false }) =>
    positionals.length === 0 ? !isOnlyByName : positionals.includes(name),
  );
  const machine = describeMachine(services);
  console.log(machineText(machine));
  const results: ScenarioResult[] = [];
  for (const scenario of chosen) {
    const result = await runScenario(scenario, services);
    printResult(result);
    results.push(result);
    if (values.json !== undefined) {
      const report = { at: new Date().toISOString(), machine, results };
      await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
    }
  }
}

await withServices(runChosen);
