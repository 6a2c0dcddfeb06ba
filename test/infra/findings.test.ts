import { Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { expect, test } from 'vitest';
import { buildApp } from '../../infra/build-app.ts';
import { synthesise, synthesiseApp, variants } from './support/synthesise.ts';

test.each(Object.entries(variants))('cdk-nag has nothing to say of %s', (_, options) => {
  expect(() => synthesise(options)).not.toThrow();
});

test('cdk-nag would stop what is careless', () => {
  const careless = () =>
    synthesiseApp((outdir) => {
      const app = buildApp({ outdir, context: { ...variants['local'], 'aws:cdk:bundling-stacks': [] } });
      const queue = new Queue(new Stack(app, 'careless'), 'Queue');
      expect(queue.fifo).toBe(false);
      return app;
    });
  expect(careless).toThrow(/AwsSolutions-SQS4/);
});
