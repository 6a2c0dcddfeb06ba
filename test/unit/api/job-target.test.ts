import { describe, expect, test } from 'vitest';
import * as parsers from '../../../lib/api/parse-job.ts';
import { errorsOf } from './errors-of.ts';
import { policyOf } from '../../support/outgoing.ts';

const minimal = { schedule: '@daily', api: 'https://example.com/' };

describe('the target of a job', () => {
  const publicOnly = policyOf('');
  const api = 'http://169.254.169.254/latest/meta-data';
  const refusal = {
    field: 'api',
    message:
      '169.254.169.254 is not a public address; use a public address, or allow its network with BELFRY_ALLOWED_NETWORKS',
  };

  test('a job is refused when its target is refused without a look-up', () => {
    const json = { ...minimal, api };
    expect(errorsOf(() => parsers.parseNewJob(json, publicOnly))).toEqual([refusal]);
    expect(errorsOf(() => parsers.parseNewJobs([minimal, json], publicOnly))).toEqual([
      { ...refusal, index: 1 },
    ]);
    expect(errorsOf(() => parsers.parseJobChanges({ api }, publicOnly))).toEqual([refusal]);
  });

  test('a refused target does not prevent other changes to a job that already has it', () => {
    expect(parsers.parseJobChanges({ isActive: false }, publicOnly).changes).toEqual({
      isActive: false,
    });
  });

  test('a target is checked by its port and against the settings', () => {
    const json = { ...minimal, api: 'https://example.com:25/' };
    expect(errorsOf(() => parsers.parseNewJob(json, publicOnly))).toEqual([
      {
        field: 'api',
        message: 'port 25 is not allowed; use another port, or allow it with BELFRY_ALLOWED_PORTS',
      },
    ]);
    expect(parsers.parseNewJob(json, policyOf('', '25'))).toMatchObject(json);
    expect(parsers.parseNewJob({ ...minimal, api }, policyOf('169.254.169.254'))).toMatchObject({ api });
  });
});
