import type { Journal, Violation } from '../journal/types.ts';
import { checkAnswers } from './answers.ts';
import { checkClaims } from './claims.ts';
import { checkEndings } from './endings.ts';
import { makeEvidence, type Evidence } from './evidence.ts';
import { checkOccurrences } from './occurrences.ts';
import { checkOperations } from './operations.ts';
import { checkReports } from './reports.ts';
import { checkRequests } from './requests.ts';
import { checkRuns } from './runs.ts';
import { checkStops } from './stops.ts';

export type Rule = (evidence: Evidence) => Violation[];

const rules: readonly Rule[] = [
  checkOccurrences,
  checkEndings,
  checkRequests,
  checkClaims,
  checkStops,
  checkRuns,
  checkReports,
  checkOperations,
  checkAnswers,
];

/** Checks whether a journal keeps Belfry's promises. The audit checks what PostgreSQL and Redis hold at the end. */
export function checkJournal(journal: Journal): Violation[] {
  const evidence = makeEvidence(journal);
  return rules.flatMap((rule) => rule(evidence));
}
