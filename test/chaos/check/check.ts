import type { Journal, Violation } from '../journal/types.ts';
import { checkAnswers } from './answers.ts';
import { checkEndings } from './endings.ts';
import { makeEvidence, type Evidence } from './evidence.ts';
import { checkReports } from './reports.ts';
import { checkRequests } from './requests.ts';
import { checkChanges } from './changes.ts';

export type Rule = (evidence: Evidence) => Violation[];

const rules: readonly Rule[] = [checkEndings, checkRequests, checkChanges, checkReports, checkAnswers];

/**
 * Checks what needs the log of the targets, and the answers of the API. The audit checks what PostgreSQL and Redis hold; the
 * journal feeds its rules.
 */
export function checkJournal(journal: Journal): Violation[] {
  const evidence = makeEvidence(journal);
  return rules.flatMap((rule) => rule(evidence));
}
