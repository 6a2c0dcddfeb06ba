import { Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { expect, test } from 'vitest';
import { synthesise, synthesiseApp } from './support/synthesise.ts';
import { variantNames, variants } from './support/variants.ts';

test.each(variantNames)('cdk-nag has no finding for %s', (variant) => {
  expect(() => synthesise(variant)).not.toThrow();
});

test('cdk-nag would stop careless resources', () => {
  const careless = () =>
    synthesiseApp((outdir) => {
      const app = variants.local(outdir);
      const queue = new Queue(new Stack(app, 'careless'), 'Queue');
      expect(queue.fifo).toBe(false);
      return app;
    });
  expect(careless).toThrow(/AwsSolutions-SQS4/);
});
