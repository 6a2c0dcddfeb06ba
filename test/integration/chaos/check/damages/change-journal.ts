import type { Journal, StoredExecution, Transition } from '../../../../chaos/journal/types.ts';
import { request } from '../journal.ts';

/** What breaks a sound journal, the rule that must find it, and how to break it. */
export type Damage = [what: string, rule: string, make: (journal: Journal) => Journal];

export const withExecution =
  (id: number, changes: Partial<StoredExecution>) =>
  (journal: Journal): Journal => ({
    ...journal,
    executions: journal.executions.map((one) => (one.id === id ? { ...one, ...changes } : one)),
  });

export const withTransition =
  (seq: number, executionId: number, changes: Partial<Transition>) =>
  (journal: Journal): Journal => ({
    ...journal,
    transitions: journal.transitions.map((one) =>
      one.seq === seq && one.executionId === executionId ? { ...one, ...changes } : one,
    ),
  });

export const without =
  <Key extends 'executions' | 'requests' | 'stored'>(
    key: Key,
    isGone: (one: Journal[Key][number]) => boolean,
  ) =>
  (journal: Journal): Journal => ({ ...journal, [key]: journal[key].filter((one) => !isGone(one)) });

export const withRequest =
  (added: Parameters<typeof request>) =>
  (journal: Journal): Journal => ({ ...journal, requests: [...journal.requests, request(...added)] });
