import { ECHO_PATH } from '../gateway/echo.ts';
import type { Execution } from './client.ts';

export type DemoJob = {
  name: string;
  body: object;
  /** Returns true if the history shows the behaviour that the job demonstrates. */
  hasShown: (history: readonly Execution[]) => boolean;
  /** Returns the line for the summary. */
  summary: (history: readonly Execution[]) => string;
};

const RUNS = 4;
const INSTANT_AHEAD_MS = 6_000;

const succeeded = (history: readonly Execution[]) => history.filter(({ status }) => status === 'SUCCESS');

/** Returns the jobs of the demo. @param tag distinguishes the jobs of this demo from the jobs of another. */
export function planDemo(address: string, nowMs: number, tag: string): DemoJob[] {
  const target = `${address}${ECHO_PATH}`;
  // Rounds up to a full second.
  const instant = new Date(Math.ceil((nowMs + INSTANT_AHEAD_MS) / 1_000) * 1_000).toISOString();
  return [
    {
      name: 'every 2 s',
      body: { name: `demo ${tag}: every 2 s`, schedule: '*/2 * * * * *', api: target },
      hasShown: (history) => succeeded(history).length >= RUNS,
      summary: (history) => `ran ${succeeded(history).length} times`,
    },
    {
      name: 'fails twice',
      body: {
        name: `demo ${tag}: fails twice`,
        schedule: '@every 1s',
        isRecurring: false,
        api: `${target}?failTimes=2&key=demo-${tag}`,
      },
      hasShown: (history) => succeeded(history).some(({ retryCount }) => retryCount === 2),
      summary: () => 'failed twice, was retried after 1 s and 2 s, and succeeded',
    },
    {
      name: 'one instant',
      body: { name: `demo ${tag}: one instant`, schedule: instant, api: target },
      hasShown: (history) => history.length === 1 && succeeded(history).length === 1,
      summary: () => `ran once, at ${instant}`,
    },
  ];
}
