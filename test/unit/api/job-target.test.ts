import { describe, expect, test } from 'vitest';
import * as parsers from '../../../lib/api/parse-job.ts';
import { errorsOf } from './errors-of.ts';
import { policyOf } from '../../support/outgoing.ts';

const minimal = { schedule: '@daily', api: 'https://example.com/' };

describe('a target', () => {
  const publicOnly = policyOf('');
  const api = 'http://169.254.169.254/latest/meta-data';
  const refusal = {
    field: 'api',
    message:
      '169.254.169.254 is not a public address; use a public address, or allow its network with BELFRY_ALLOWED_NETWORKS',
  };

  test('that is refused without a look-up is refused with the job', () => {
    const json = { ...minimal, api };
    expect(errorsOf(() => parsers.parseNewJob(json, publicOnly))).toEqual([refusal]);
    expect(errorsOf(() => parsers.parseNewJobs([minimal, json], publicOnly))).toEqual([
      { ...refusal, index: 1 },
    ]);
    expect(errorsOf(() => parsers.parseJobChanges({ api }, publicOnly))).toEqual([refusal]);
  });

  test('stands in the way of no other change to a job that has it', () => {
    expect(parsers.parseJobChanges({ isActive: false }, publicOnly).changes).toEqual({
      isActive: false,
    });
  });

  test('is judged by its port and by the settings', () => {
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
