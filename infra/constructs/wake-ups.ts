import { Duration, Validations } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { wakeUpQueue } from '../../lib/topology.ts';
import type { Attachment } from './attachment.ts';
import type { ServiceFunction } from './service-function.ts';

/** A wake-up that nobody took for so long says nothing any more: each tick wakes workers for what is overdue. */
const RETENTION = Duration.hours(1);
const DEAD_RETENTION = Duration.days(14);

export type WorkerScaling = {
  /** Worker environments that run at once; 2 to 1,000. */
  maxConcurrency: number;
  /** Requests that each has out at once; 1 to 800. @default 100 */
  maxInFlight?: number;
  /**
   * Pollers of the queue that are there before there is work, 2 to 200 at least and 2 to 2,000 at most. Each is paid for by
   * the hour; without them Lambda begins with five and adds more over a minute when a burst comes.
   */
  pollers?: { minimum: number; maximum: number };
};

/** The queue of wake-ups, where those go that nobody understood, and how workers are invoked by it. */
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

  /** For who sends wake-ups. */
  get attachment(): Attachment {
    return {
      environment: { BELFRY_WAKE_UP_QUEUE_URL: this.queue.queueUrl },
      // The attributes are for GET /health/deep.
      grantUse: (role) => void this.queue.grant(role, 'sqs:SendMessage', 'sqs:GetQueueAttributes'),
    };
  }

  /** Workers scale with what waits here. */
  invoke(worker: ServiceFunction, { maxConcurrency, pollers }: WorkerScaling): void {
    worker.lambda.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: wakeUpQueue.batchSize,
        reportBatchItemFailures: true,
        // A poller that was set up has its own limit in place of this one.
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
