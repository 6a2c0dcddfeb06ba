import { administration } from './administration.ts';
import type { Damage } from './change-journal.ts';
import { claims } from './claims.ts';
import { occurrences } from './occurrences.ts';
import { reportsAndOperations } from './reports-and-operations.ts';
import { requests } from './requests.ts';

export const damages: readonly Damage[] = [
  ...occurrences,
  ...requests,
  ...claims,
  ...reportsAndOperations,
  ...administration,
];
