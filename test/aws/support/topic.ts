import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { askService, queryForm } from './query-api.ts';
import { openSqs, type Stack } from './stack.ts';

/** A queue that receives the messages of a topic, for a test to read. */
export type Subscribed = {
  /** Takes the messages that have arrived, up to 10. */
  take: () => Promise<Message[]>;
  /** Ends the subscription and removes the queue. */
  close: () => Promise<void>;
};

/** Subscribes a new queue to a topic. It receives each message as it was published, with its attributes. */
export async function subscribeQueue(stack: Stack, topicArn: string, name: string): Promise<Subscribed> {
  const sqs = openSqs(stack);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const answer = await askSns(stack, {
    Action: 'Subscribe',
    TopicArn: topicArn,
    Protocol: 'sqs',
    Endpoint: String(Attributes?.['QueueArn']),
    ReturnSubscriptionArn: 'true',
    'Attributes.entry.1.key': 'RawMessageDelivery',
    'Attributes.entry.1.value': 'true',
  });
  const subscription = /<SubscriptionArn>([^<]+)</.exec(answer)?.[1] ?? '';
  return {
    take: async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 1,
          MessageAttributeNames: ['All'],
        }),
      );
      for (const { ReceiptHandle } of Messages)
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      return Messages;
    },
    close: async () => {
      await askSns(stack, { Action: 'Unsubscribe', SubscriptionArn: subscription });
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      sqs.destroy();
    },
  };
}

async function askSns({ endpoint }: Stack, parameters: Record<string, string>): Promise<string> {
  const request = { service: 'sns', ...queryForm({ Version: '2010-03-31', ...parameters }) };
  const { status, text } = await askService(endpoint, request);
  if (status !== 200) throw new Error(`SNS answered ${status}: ${text.slice(0, 300)}`);
  return text;
}
