import { operationLimits } from '../../../lib/domain/operation.ts';
import { readInstant } from './instants.ts';
import type { Fields, Rule } from './rule.ts';

const sizeOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

const isOperation = (given: Fields): boolean => Object.hasOwn(given, 'action');

/** The rules of bulk operations. */
export const operationRules: readonly Rule[] = [
  {
    field: /^filter\.nextBefore$/,
    why: 'an instant is one that a schedule can have, from 1970 on',
    mayBreak: ({ filter }) => readInstant(Object(filter).nextBefore) === undefined,
  },
  {
    field: /^filter(?:\.all)?$/,
    why: 'an operation has conditions or `all`, not both',
    mayBreak: (given) => {
      const { all, ...conditions }: { all?: unknown } = Object(given['filter']);
      return isOperation(given) && (all === true) === Object.keys(conditions).length > 0;
    },
  },
  {
    field: /^(?:addTags|removeTags)$/,
    why: 'the action tag has tags, and no other action has',
    mayBreak: (given) =>
      (given['action'] === 'tag') !== sizeOf(given['addTags']) + sizeOf(given['removeTags']) > 0,
  },
  {
    field: /^group$/,
    why: 'the action group has a group, and no other action has',
    mayBreak: (given) => (given['action'] === 'group') !== Object.hasOwn(given, 'group'),
  },
  {
    field: /^spread$/,
    why: 'the action spread has a window, and no other action has',
    mayBreak: (given) => (given['action'] === 'spread') !== Object.hasOwn(given, 'spread'),
  },
  {
    field: /^ratePerSecond$/,
    why: 'the action run has a lower rate than the others, because it sends a request for each job',
    mayBreak: (given) =>
      given['action'] === 'run' && Number(given['ratePerSecond']) > operationLimits.maxRunsPerSecond,
  },
  {
    field: /^token$/,
    why: 'a dry run has no token, the token of an operation is that of a dry run, and an operation on all jobs has one',
    mayBreak: (given, { isStart }) =>
      isOperation(given) &&
      !isStart &&
      (Object.hasOwn(given, 'token') || Object(given['filter']).all === true),
  },
];
