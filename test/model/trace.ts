import type { Violation } from './explore.ts';
import type { State } from './state.ts';

/** Describes a counterexample: the rule, then each step with the content of PostgreSQL and the queue after it. */
export function describeViolation({ rule, trace }: Violation): string {
  const width = Math.max(...trace.map(({ what }) => what.length));
  const lines = trace.map(
    ({ what, to }, index) => `${String(index + 1).padStart(3)}. ${what.padEnd(width)} | ${describeState(to)}`,
  );
  return [`broken: ${rule}`, ...lines].join('\n');
}

function describeState({ db, queue, world }: State): string {
  const { execution } = db;
  const row =
    execution === undefined
      ? 'no execution'
      : `${execution.id} ${execution.status}${execution.claim === undefined ? '' : ` under ${execution.claim}`}`;
  const places = [
    ['known', queue.known],
    ['ready', queue.ready],
    ['waiting', queue.waiting],
  ] as const;
  const held = places.filter(([, ids]) => ids.length > 0).map(([name, ids]) => `${name} ${ids.join(' ')}`);
  return `${row} | ${held.join(', ') || 'empty queue'} | requests: ${world.requests}`;
}
