import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Attachment } from './attachment.ts';

/** The receiver of reports: a URL, your own SNS topic, or a topic that the stack creates. */
export type CallbackTarget = { url: string } | { topic: ITopic } | { topicArn: string } | 'new topic';

export type CallbackSettings = { onFailure?: CallbackTarget; onRecovery?: CallbackTarget };

/** The targets of reports, for jobs without URLs of their own. */
export class Callbacks extends Construct {
  /** For the function that sends reports: it may publish to the topics. */
  readonly forSending: Attachment;
  /** For the function that only writes which target a report goes to. */
  readonly forNaming: Attachment;
  /** The topic that was created; undefined if no target is a new topic. */
  readonly newTopic: ITopic | undefined;

  constructor(scope: Construct, id: string, { onFailure, onRecovery }: CallbackSettings) {
    super(scope, id);
    const isNew = onFailure === 'new topic' || onRecovery === 'new topic';
    this.newTopic = isNew ? new Topic(this, 'Topic', { enforceSSL: true }) : undefined;
    const failure = this.#addressOf(onFailure, 'OnFailure');
    const recovery = this.#addressOf(onRecovery, 'OnRecovery');
    const environment = {
      ...(failure && { BELFRY_ON_FAILURE: failure.address }),
      ...(recovery && { BELFRY_ON_RECOVERY: recovery.address }),
    };
    const topics = new Map(
      [failure, recovery].flatMap((target) => (target?.topic ? [[target.address, target.topic]] : [])),
    );
    this.forNaming = { environment };
    this.forSending = {
      environment,
      grantUse: (role) => {
        for (const topic of topics.values()) topic.grantPublish(role);
      },
    };
  }

  #addressOf(
    target: CallbackTarget | undefined,
    id: string,
  ): { address: string; topic?: ITopic } | undefined {
    if (target === undefined) return undefined;
    if (target !== 'new topic' && 'url' in target) return { address: target.url };
    const topic = this.#topicOf(target, id);
    if (topic.fifo) throw new Error('callbacks: a FIFO topic cannot receive reports; use a standard topic');
    return { address: topic.topicArn, topic };
  }

  #topicOf(target: Exclude<CallbackTarget, { url: string }>, id: string): ITopic {
    if (target === 'new topic') {
      if (this.newTopic === undefined) throw new Error('the new topic is missing');
      return this.newTopic;
    }
    return 'topic' in target ? target.topic : Topic.fromTopicArn(this, id, target.topicArn);
  }
}
