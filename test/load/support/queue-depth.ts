import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Stage } from '../../support/services.ts';

/**
 * Counts wake-ups: waiting (`wakeUps`), received and not deleted, also when the answer was lost (`handedOut`), delayed, and
 * failed too often (`deadLetters`).
 */
export async function readQueueDepth({ sqs, queueUrl, deadLetterUrl }: Stage): Promise<{
  wakeUps: number;
  handedOut: number;
  delayed: number;
  deadLetters: number;
}> {
  const read = async (QueueUrl: string): Promise<{ there: number; handedOut: number; delayed: number }> => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    return {
      there: Number(Attributes.ApproximateNumberOfMessages),
      handedOut: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
      delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
    };
  };
  const [wakeUps, dead] = await Promise.all([read(queueUrl), read(deadLetterUrl)]);
  const { there, handedOut, delayed } = wakeUps;
  return { wakeUps: there, handedOut, delayed, deadLetters: dead.there };
}
