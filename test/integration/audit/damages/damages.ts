import { attempts } from './attempts.ts';
import { counts } from './counts.ts';
import type { Damage } from './damage.ts';
import { failures } from './failures.ts';
import { occurrences } from './occurrences.ts';
import { open } from './open.ts';
import { records } from './records.ts';
import { schedules } from './schedules.ts';
import { constraints } from './schema.ts';

export const damages: readonly Damage[] = [
  ...occurrences,
  ...constraints,
  ...schedules,
  ...open,
  ...attempts,
  ...records,
  ...failures,
  ...counts,
];
