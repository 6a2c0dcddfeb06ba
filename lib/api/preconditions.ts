import type { APIGatewayProxyEvent } from 'aws-lambda';
import { ValidationError } from '../domain/errors.ts';
import type { Match } from '../domain/precondition.ts';

/** Entity tags of RFC 9110, separated by commas. */
const TAGS = /^\s*(?:W\/)?"[!#-~]*"\s*(?:,\s*(?:W\/)?"[!#-~]*"\s*)*$/;
/** A strong tag that Belfry has given. A weak one never matches: `If-Match` compares strong tags. */
const OURS = /(?<!W\/)"r(\d{1,15})"/g;

type Headers = Pick<APIGatewayProxyEvent, 'headers'>;

/** Parses the header `If-Match`. Header names must be in lower case. @throws ValidationError */
export function parseIfMatch({ headers }: Headers): Match | undefined {
  const given = headers['if-match'];
  if (given === undefined) return undefined;
  if (given.trim() === '*') return '*';
  if (TAGS.test(given)) return [...given.matchAll(OURS)].map(([, version]) => Number(version));
  throw new ValidationError([
    {
      field: 'If-Match',
      message:
        'must be the ETag of the job in double quotes, such as "r7", several of them separated by commas, or *',
    },
  ]);
}

/** Parses the header `If-None-Match` of a PUT. @throws ValidationError */
export function parseIfNoneMatch({ headers }: Headers): '*' | undefined {
  const given = headers['if-none-match'];
  if (given === undefined) return undefined;
  if (given.trim() === '*') return '*';
  throw new ValidationError([
    {
      field: 'If-None-Match',
      message: 'must be *, which creates the job only if no job has the key; use If-Match for an ETag',
    },
  ]);
}
