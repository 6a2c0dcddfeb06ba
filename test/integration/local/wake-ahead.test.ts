import { expect, onTestFinished, test } from 'vitest';
import { localSqsClient, startSqs } from '../../../local/services/sqs.ts';
import { wakeAhead } from '../../../local/wake-ahead.ts';

test('a start continues, and says so in a line, when SQS takes no wake-ups', async () => {
  const sqs = await startSqs({ queues: [{ name: 'wake-ups' }] });
  const client = localSqsClient(sqs.url, sqs.credentials);
  onTestFinished(() => client.destroy());
  await sqs.stop();
  const lines: string[] = [];

  await wakeAhead({
    sqs: client,
    queueUrl: sqs.queueUrls['wake-ups']!,
    lookAheadSeconds: 60,
    report: (line) => lines.push(line),
  });

  expect(lines).toEqual([
    expect.stringMatching(/^jobs that are due within 60 s may run up to a minute late: SQS does not answer/),
  ]);
});
