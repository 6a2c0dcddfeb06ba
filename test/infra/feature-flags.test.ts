import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { featureFlags, otherFlags } from '../../infra/feature-flags.ts';

const recommended = z
  .record(z.string(), z.unknown())
  .parse(createRequire(import.meta.url)('aws-cdk-lib/recommended-feature-flags.json'));

test('each feature flag that the installed CDK recommends is set, or left out with a reason', () => {
  const flags = { ...featureFlags };
  const undecided = Object.keys(recommended).filter((flag) => !(flag in flags) && !(flag in otherFlags));
  expect(undecided).toEqual([]);
  expect(flags).toEqual(Object.fromEntries(Object.keys(flags).map((flag) => [flag, recommended[flag]])));
  for (const { reason } of Object.values(otherFlags)) expect(reason).toMatch(/\w{3}.*\.$/);
});

test('no feature flag is set that the installed CDK does not know', () => {
  const unknown = [...Object.keys(featureFlags), ...Object.keys(otherFlags)].filter(
    (flag) => !(flag in recommended),
  );
  expect(unknown).toEqual([]);
});
