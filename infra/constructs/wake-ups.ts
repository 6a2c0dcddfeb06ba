import { Duration, Validations } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { wakeUpQueue } from '../../lib/topology.ts';
import type { Attachment } from './attachment.ts';
import type { ServiceFunction } from './service-function.ts';

/** How long a wake-up is kept. An older one is not needed, because each tick wakes workers for overdue executions. */
const RETENTION = Duration.hours(1);
const DEAD_RETENTION = Duration.days(14);

export type WorkerScaling = {
  /** Maximum number of worker environments that run at once; 2 to 1,000. */
  maxConcurrency: number;
  /** Maximum number of requests that each environment sends at once; 1 to 800. @default 100 */
  maxInFlight?: number;
  /**
   * Provisioned pollers of the queue: a minimum of 2 to 200 and a maximum of 2 to 2,000. Each poller is paid by the hour.
   * Without them, Lambda starts with five pollers and adds more within a minute when a burst arrives.
   */
  pollers?: { minimum: number; maximum: number };
};

/** The queue of wake-ups with its dead-letter queue. It invokes the workers. */
export class WakeUps extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: DEAD_RETENTION,
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(wakeUpQueue.visibilityTimeoutSeconds),
      retentionPeriod: RETENTION,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: wakeUpQueue.maxReceiveCount },
    });
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is the dead-letter queue.',
    });
  }

  /** The access for functions that send wake-ups. */
  get attachment(): Attachment {
    return {
      environment: { BELFRY_WAKE_UP_QUEUE_URL: this.queue.queueUrl },
      // The attributes are for GET /health/deep.
      grantUse: (role) => void this.queue.grant(role, 'sqs:SendMessage', 'sqs:GetQueueAttributes'),
    };
  }

  /** Lets the queue invoke the worker. The number of worker environments follows the number of waiting wake-ups. */
  invoke(worker: ServiceFunction, { maxConcurrency, pollers }: WorkerScaling): void {
    worker.lambda.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: wakeUpQueue.batchSize,
        reportBatchItemFailures: true,
        // Provisioned pollers have their own limit and do not accept `maxConcurrency`.
        ...(pollers === undefined
          ? { maxConcurrency }
          : {
              provisionedPollerConfig: {
                minimumPollers: pollers.minimum,
                maximumPollers: pollers.maximum,
              },
            }),
      }),
    );
  }
}
