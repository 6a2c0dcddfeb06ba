import { expect, test } from 'vitest';
import { dashboardBodySchema } from './support/dashboard-body.ts';
import { textOf } from './support/intrinsics.ts';
import { synthesise } from './support/synthesise.ts';
import { variantNames } from './support/variants.ts';

test.each(variantNames)('CloudWatch accepts the dashboard of %s', (variant) => {
  const dashboards = synthesise(variant).ofType('AWS::CloudWatch::Dashboard');
  expect(dashboards).toHaveLength(1);
  for (const { Properties } of dashboards) {
    const { error } = dashboardBodySchema.safeParse(JSON.parse(textOf(Properties['DashboardBody'])));
    expect(error?.issues ?? []).toEqual([]);
  }
});

test('a graph without metrics is refused', () => {
  const graph = { type: 'metric', x: 0, y: 0, width: 8, height: 6, properties: { region: 'eu-west-1' } };
  expect(dashboardBodySchema.safeParse({ widgets: [graph] }).success).toBe(false);
});
