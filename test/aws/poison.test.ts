import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, expect, test } from 'vitest';
import { until } from '../support/waiting.ts';
import { openSqs, openStack } from './support/stack.ts';

const stack = openStack();
const sqs = openSqs(stack);
const { WakeUpQueueUrl, DeadLetterQueueUrl } = stack.outputs;

afterAll(() => sqs.destroy());

const readAttributes = async (queueUrl: string): Promise<Record<string, string>> => {
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] });
  return (await sqs.send(command)).Attributes ?? {};
};

const setVisibility = (seconds: string) =>
  sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: WakeUpQueueUrl,
      Attributes: { VisibilityTimeout: seconds },
    }),
  );

test('only a message that is not a wake-up ends in the dead-letter queue', async () => {
  const { VisibilityTimeout = '' } = await readAttributes(WakeUpQueueUrl);
  // A worker receives it five times. Each time it is hidden for longer than a worker runs, which would take a quarter of an
  // hour in total.
  await setVisibility('1');
  try {
    await sqs.send(new SendMessageCommand({ QueueUrl: WakeUpQueueUrl, MessageBody: 'poison' }));
    const message = await until(
      async () => {
        const receive = new ReceiveMessageCommand({ QueueUrl: DeadLetterQueueUrl, WaitTimeSeconds: 1 });
        return (await sqs.send(receive)).Messages?.[0];
      },
      // LocalStack has one poller: it waits for the end of each worker's run, and for up to a minute after an error.
      { timeoutMs: 200_000, everyMs: 100 },
    );
    expect(message.Body).toBe('poison');
    await sqs.send(
      new DeleteMessageCommand({ QueueUrl: DeadLetterQueueUrl, ReceiptHandle: message.ReceiptHandle }),
    );
  } finally {
    await setVisibility(VisibilityTimeout);
  }
  expect(await readAttributes(WakeUpQueueUrl)).toMatchObject({ VisibilityTimeout });
  expect(await readAttributes(DeadLetterQueueUrl)).toMatchObject({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
  });
});
