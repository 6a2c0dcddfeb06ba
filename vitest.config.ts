import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take longest, the longest first. Vitest begins with the largest files; a small file that computes or waits for a minute
 * would end the run alone.
 */
const LONGEST = [
  'test/model/model.test.ts',
  'test/integration/scripts/docs/curl.test.ts',
  'test/e2e/kill-everything.test.ts',
  'test/e2e/local-run.test.ts',
  'test/integration/site/api-reference-access.test.ts',
  'test/integration/aws/e2e-commands.test.ts',
  'test/ui/screens.test.ts',
  'test/ui/failures.test.ts',
  'test/ui/first-run.test.ts',
];

/**
 * Tests that leave no state in modules: each test or file creates what it uses. They share the context of their worker, because
 * they import nearly all of Belfry, and a process with these modules takes most of a second of processor time.
 */
const SHARE_ONE_CONTEXT = [
  'test/integration/{app,audit,db,eventbridge,functions,outgoing,redis}/**/*.test.ts',
  'test/integration/local/*.test.ts',
];

/** Projects that only compute run after the others, on a worker for each core: each worker loads what they have in common again. */
const COMPUTING = { isolate: false, maxWorkers: availableParallelism(), sequence: { groupOrder: 7 } };

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification): number => {
      const place = LONGEST.findIndex((path) => moduleId.endsWith(path));
      return place === -1 ? LONGEST.length : place;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

export default defineConfig({
  test: {
    // Files wait for timers and servers more than they compute: with three workers, two cores are idle for a third of the time.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    projects: [
      // No I/O and no state between files, so one context serves all of them.
      // Some compute for a second, and for many where the machine is busy with others.
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], ...COMPUTING, testTimeout: 30_000 } },
      // Searches all states of small models; no I/O, but it takes its time.
      // The largest search took 175 s while others used the machine.
      { test: { name: 'model', include: ['test/model/**/*.test.ts'], testTimeout: 600_000 } },
      // Synthesises the CDK app; no servers, and no state between files but what they synthesise alike.
      {
        test: {
          name: 'infra',
          ...COMPUTING,
          include: ['test/infra/**/*.test.ts'],
          // A template takes seconds, and a minute where the machine is busy with others.
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/e2e/**/*.test.ts'],
          exclude: SHARE_ONE_CONTEXT,
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration-shared',
          isolate: false,
          include: SHARE_ONE_CONTEXT,
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      // `npm run e2e:ui` alone runs this project, which needs a browser. The files of a worker share one Belfry.
      {
        test: {
          name: 'ui',
          include: ['test/ui/**/*.test.ts'],
          globalSetup: ['test/ui/support/global-setup.ts'],
          // A browser draws with a core of its own while the page computes, so more workers would wait for each other.
          maxWorkers: 2,
          sequence: { groupOrder: 6 },
          // A page takes a second, and many where the machine is busy with others.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      // The e2e commands alone run these projects: they deploy the stack that the tests call. The first finds a cold worker.
      {
        test: {
          name: 'aws-jobs',
          include: ['test/aws/jobs.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      // These files have stacks and schedules of their own, and spend most of their time waiting for ticks a minute apart: in
      // parallel they take as long as the slowest.
      {
        test: {
          name: 'aws-own',
          include: ['test/aws/{declared-jobs,hibernate,sleep}.test.ts'],
          maxWorkers: 3,
          testTimeout: 240_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
      // One file at a time: they change the deployed stack.
      {
        test: {
          name: 'aws',
          include: ['test/aws/*.test.ts'],
          exclude: ['test/aws/{jobs,declared-jobs,hibernate,sleep,destroy,failed-update}.test.ts'],
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'aws-destroy',
          include: ['test/aws/destroy.test.ts'],
          // It destroys, and then waits for deletions in the background.
          testTimeout: 480_000,
          sequence: { groupOrder: 4 },
        },
      },
      // The last one: after it, LocalStack can no longer update or destroy a stack.
      {
        test: {
          name: 'aws-failed-update',
          include: ['test/aws/failed-update.test.ts'],
          // It deploys twice.
          testTimeout: 480_000,
          sequence: { groupOrder: 5 },
        },
      },
    ],
  },
});
