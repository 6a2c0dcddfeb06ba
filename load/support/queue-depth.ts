import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Stage } from '../../bench/support/services.ts';

/** Wake-ups that wait or are in somebody's hands; those whose time is to come; and those that failed too often. */
export async function readQueueDepth({ sqs, queueUrl, deadLetterUrl }: Stage): Promise<{
  wakeUps: number;
  delayed: number;
  deadLetters: number;
}> {
  const read = async (QueueUrl: string): Promise<{ there: number; delayed: number }> => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    return {
      there:
        Number(Attributes.ApproximateNumberOfMessages) +
        Number(Attributes.ApproximateNumberOfMessagesNotVisible),
      delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
    };
  };
  const [wakeUps, dead] = await Promise.all([read(queueUrl), read(deadLetterUrl)]);
  return { wakeUps: wakeUps.there, delayed: wakeUps.delayed, deadLetters: dead.there };
}
