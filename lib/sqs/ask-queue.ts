import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Rejects when SQS does not answer, or has no such queue. */
export type AskQueue = (signal: AbortSignal) => Promise<void>;

/** Asks SQS for the queue of wake-ups, which changes nothing there. */
export function makeAskQueue(deps: { sqs: SQSClient; queueUrl: string }): AskQueue {
  return async (abortSignal) => {
    const command = new GetQueueAttributesCommand({ QueueUrl: deps.queueUrl, AttributeNames: ['QueueArn'] });
    await deps.sqs.send(command, { abortSignal });
  };
}
