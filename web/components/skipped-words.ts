import type { Execution } from '../api/types.ts';
import { countOf } from '../time/format.ts';

/** How many occurrences did not run, such as `299 occurrences skipped`. */
export const skippedWords = ({ count }: Pick<NonNullable<Execution['skipped']>, 'count'>): string =>
  `${countOf(count, 'occurrence')} skipped`;

/** The same in a sentence of its own. */
export const skippedSentence = (count: number): string =>
  `${countOf(count, 'occurrence')} ${count === 1 ? 'was' : 'were'} skipped.`;

/** Why occurrences are skipped. */
export const MISFIRE_WORDS = 'the schedule was more than 5 minutes behind, and then only the latest one runs';
