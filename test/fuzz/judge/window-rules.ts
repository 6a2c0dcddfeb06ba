import { readInstant } from './instants.ts';
import type { Fields, Rule } from './rule.ts';

const MINUTE_MS = 60_000;
const MAX_DAYS = 31;
/** The last of the schedules that the fuzzer knows has its times before this instant. */
const FAR_SCHEDULES_END_MS = Date.UTC(2060, 0, 1);

const isWrong = (given: Fields, name: string): boolean =>
  Object.hasOwn(given, name) && readInstant(given[name]) === undefined;

/** Whether a schedule may have no time after `after`. */
export const isLate = (given: Fields): boolean =>
  Object.hasOwn(given, 'after') && (readInstant(given['after']) ?? Infinity) > FAR_SCHEDULES_END_MS;

/** The rules of the instants of a preview and of a load. */
export const windowRules: readonly Rule[] = [
  {
    field: /^after$/,
    why: 'an instant is one that a schedule can have, from 1970 on',
    mayBreak: (given) => isWrong(given, 'after'),
  },
  {
    field: /^from$/,
    why: 'the window of the load begins in the future',
    mayBreak: (given) =>
      isWrong(given, 'from') ||
      (Object.hasOwn(given, 'from') && (readInstant(given['from']) ?? 0) < Date.now()),
  },
  {
    field: /^until$/,
    why: 'the window ends after it begins, and has at most 31 days; both are rounded to the minute',
    mayBreak: (given) => {
      if (isWrong(given, 'until') || isWrong(given, 'from')) return true;
      const untilMs = readInstant(given['until']);
      if (untilMs === undefined) return false;
      const fromMs = readInstant(given['from']) ?? Date.now();
      return untilMs <= fromMs + MINUTE_MS || untilMs > fromMs + MAX_DAYS * 86_400_000 - 2 * MINUTE_MS;
    },
  },
];
