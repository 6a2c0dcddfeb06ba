import * as z from 'zod';
import { limits } from '../domain/job.ts';
import { NO_NUL } from './patterns.ts';

const TAG_REMEDY = `must be a string of 1 to ${limits.tagLength} characters`;
const HOST_REMEDY = 'must be the host of a URL without a scheme and without a port, such as api.example.com';

/** A string to compare with. PostgreSQL cannot store the character NUL, so no stored string has it. */
export const text = (most: number, remedy: string, least = 1) =>
  z
    .string(remedy)
    .min(least, remedy)
    .max(most, remedy)
    .regex(NO_NUL, 'must not contain the character NUL; remove it');

export const tag = text(limits.tagLength, TAG_REMEDY);

export const host = z
  .string(HOST_REMEDY)
  .min(1, HOST_REMEDY)
  .max(limits.hostLength, HOST_REMEDY)
  .regex(/^([A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])$/, HOST_REMEDY)
  .meta({ description: 'The host of the URL, without a port. Its case does not matter.' });
