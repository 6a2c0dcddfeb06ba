import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Stage } from '../../bench/support/services.ts';

/** Wake-ups in the queue, delayed and in somebody's hands too; and those that failed too often. */
export async function readQueueDepth({ sqs, queueUrl, deadLetterUrl }: Stage): Promise<{
  wakeUps: number;
  deadLetters: number;
}> {
  const count = async (QueueUrl: string): Promise<number> => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    return (
      Number(Attributes.ApproximateNumberOfMessages) +
      Number(Attributes.ApproximateNumberOfMessagesDelayed) +
      Number(Attributes.ApproximateNumberOfMessagesNotVisible)
    );
  };
  const [wakeUps, deadLetters] = await Promise.all([count(queueUrl), count(deadLetterUrl)]);
  return { wakeUps, deadLetters };
}
