import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic, type ITopic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { Alarms, type Watched } from './alarms.ts';
import { Dashboard } from './dashboard.ts';

export type MonitoringSettings = {
  /** Receives a notification when an alarm starts and ends: your own topic, or an email address through a new topic. */
  tell?: { topic: ITopic } | { email: string };
  /** False omits alarms on calculated metrics, which emulators do not support. @default true */
  calculates?: boolean;
};

/** The dashboard and the alarms of a deployment. */
export class Monitoring extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { tell, calculates = true, ...watched }: MonitoringSettings & Watched,
  ) {
    super(scope, id);
    new Dashboard(this, 'Dashboard', watched);
    const topic = tell === undefined ? undefined : this.#topicFor(tell);
    new Alarms(this, 'Alarms', { ...watched, calculates, ...(topic && { topic }) });
  }

  #topicFor(tell: NonNullable<MonitoringSettings['tell']>): ITopic {
    if ('topic' in tell) return tell.topic;
    const topic = new Topic(this, 'Topic', { enforceSSL: true });
    // `enforceSSL` adds a policy to the topic. It replaces the default policy, which allows this account to publish.
    topic.grantPublish(
      new ServicePrincipal('cloudwatch.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    topic.addSubscription(new EmailSubscription(tell.email));
    return topic;
  }
}
