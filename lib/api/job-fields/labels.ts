import { limits } from '../../domain/job.ts';
import * as z from 'zod';
import { NO_CONTROL_CHARACTERS } from '../patterns.ts';
import { reportRepeated, string } from './kinds.ts';

// The fields by which people and programs name and find a job.

const NAME_REMEDY = `must be a string of at most ${limits.nameLength} characters without control characters, or null`;
const DESCRIPTION_REMEDY = `must be a string of at most ${limits.descriptionLength} characters, or null`;
const KEY_REMEDY =
  `must be a string of 1 to ${limits.keyLength} characters without control characters, other than . and .., ` +
  'which no URL can contain, or null';
const GROUP_REMEDY = `must be a string of 1 to ${limits.groupLength} characters without control characters, or null`;
const OWNER_REMEDY = `must be a string of 1 to ${limits.ownerLength} characters without control characters, or null`;

export const key = string(limits.keyLength, KEY_REMEDY)
  .min(1, KEY_REMEDY)
  .regex(NO_CONTROL_CHARACTERS, KEY_REMEDY)
  .refine((given) => given !== '.' && given !== '..', KEY_REMEDY)
  .nullable()
  .meta({
    description:
      'Your own name for the job. It is case-sensitive, and only one job has it. Percent-encode it in a path.',
  });

export const name = string(limits.nameLength, NAME_REMEDY)
  .regex(NO_CONTROL_CHARACTERS, NAME_REMEDY)
  .nullable()
  .meta({ description: 'A name for people. Belfry does not use it.' });

export const description = string(limits.descriptionLength, DESCRIPTION_REMEDY).nullable();

const TAG_REMEDY = `must be a string of 1 to ${limits.tagLength} characters without control characters`;
const TAGS_REMEDY = `must be an array of at most ${limits.tagCount} different strings, each of 1 to ${limits.tagLength} characters without control characters`;

/** A tag of a job, in a list of tags. */
export const tag = z
  .string(TAG_REMEDY)
  .min(1, TAG_REMEDY)
  .max(limits.tagLength, TAG_REMEDY)
  .regex(NO_CONTROL_CHARACTERS, TAG_REMEDY);

export const tags = z.array(tag, TAGS_REMEDY).max(limits.tagCount, TAGS_REMEDY).check(reportRepeated).meta({
  description:
    'Labels for people. Their order is kept, and they are case-sensitive. `GET /api/v1/jobs?tag=` lists the jobs with a tag.',
  uniqueItems: true,
});

export const group = string(limits.groupLength, GROUP_REMEDY)
  .min(1, GROUP_REMEDY)
  .regex(NO_CONTROL_CHARACTERS, GROUP_REMEDY)
  .nullable()
  .meta({ description: 'A label by which jobs are filtered and counted together. It is case-sensitive.' });

export const owner = string(limits.ownerLength, OWNER_REMEDY)
  .min(1, OWNER_REMEDY)
  .regex(NO_CONTROL_CHARACTERS, OWNER_REMEDY)
  .nullable()
  .meta({
    description:
      'Who manages the job, such as a team or a tool. A stack that declares the job sets `stack:` and its name.',
  });
