import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Asks SQS for the queue. Rejects if SQS does not answer or has no such queue. */
export type AskQueue = (signal: AbortSignal) => Promise<void>;

/** Makes the function that asks SQS for the queue of wake-ups. It changes nothing there. */
export function makeAskQueue(deps: { sqs: SQSClient; queueUrl: string }): AskQueue {
  return async (abortSignal) => {
    const command = new GetQueueAttributesCommand({ QueueUrl: deps.queueUrl, AttributeNames: ['QueueArn'] });
    await deps.sqs.send(command, { abortSignal });
  };
}
