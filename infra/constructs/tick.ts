import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Rule, Schedule as RuleSchedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { type IScheduleTarget, Schedule, ScheduleExpression, ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { timings } from '../../lib/topology.ts';
import type { Attachment } from './attachment.ts';
import type { ServiceFunction } from './service-function.ts';

export type TickSettings = {
  /** EventBridge Scheduler, or an EventBridge rule for emulators that store schedules but do not run them. */
  by: 'schedule' | 'rule';
  /**
   * True if the minute tick is turned off while no job is due for 15 minutes, so that the database can pause. It requires
   * `schedule`.
   */
  hibernates: boolean;
};

const INTERVAL = Duration.millis(timings.tickIntervalMs);
/** Age after which a delayed tick is dropped. Later ticks have done its work. */
const MAX_AGE = Duration.minutes(5);
const RETRIES = 3;
/**
 * Returns the name of the minute schedule, which depends on hibernation. CloudFormation does not notice that functions turn a
 * schedule off, and does not change a schedule with unchanged properties. With a single name, a stack that turns hibernation
 * off while it sleeps would never tick again. A new name creates a new schedule that is on, and that a running tick of the old
 * version cannot turn off.
 */
const scheduleName = (hibernates: boolean): string => (hibernates ? 'tick-hibernating' : 'tick');

/**
 * The trigger that ticks every minute. It is created before the functions, because the functions that turn it off and on need
 * its name. `tick` connects it to the scheduler function afterwards.
 */
export class Tick extends Construct {
  /** Receives ticks that could not be delivered, or whose attempts all failed. */
  readonly deadLetters: Queue;
  readonly #settings: TickSettings;
  readonly #groupName: string;
  readonly #role: Role;

  /** @param props.deployment the name of the schedule group; it must be unique in the region. */
  constructor(
    scope: Construct,
    id: string,
    { deployment, ...settings }: TickSettings & { deployment: string },
  ) {
    super(scope, id);
    if (settings.hibernates && settings.by === 'rule')
      throw new Error("tick: hibernates needs by: 'schedule'; a rule cannot tick once");
    this.#settings = settings;
    this.#groupName = deployment;
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue.',
    });
    this.#role = new Role(this, 'Role', { assumedBy: this.#ownSchedules() });
    this.deadLetters.grantSendMessages(this.#role);
  }

  /** Returns the principal for this group's schedules. EventBridge Scheduler gives the group, not a schedule, as the source. */
  #ownSchedules(): ServicePrincipal {
    const stack = Stack.of(this);
    const group = stack.formatArn({
      service: 'scheduler',
      resource: 'schedule-group',
      resourceName: this.#groupName,
    });
    return new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': group } },
    });
  }

  get hibernates(): boolean {
    return this.#settings.hibernates;
  }

  /** The name of the minute schedule; undefined if a rule ticks. */
  get scheduleName(): string | undefined {
    return this.#settings.by === 'schedule' ? scheduleName(this.#settings.hibernates) : undefined;
  }

  /** The access for the functions that turn the minute schedule off and on; empty without hibernation. */
  get attachments(): Attachment[] {
    if (!this.#settings.hibernates) return [];
    return [
      {
        environment: {
          BELFRY_HIBERNATE_SCHEDULE: scheduleName(true),
          BELFRY_HIBERNATE_GROUP: this.#groupName,
        },
        grantUse: (role) => this.#grantSwitching(role),
      },
    ];
  }

  tick(scheduler: ServiceFunction): void {
    // Schedules and rules invoke asynchronously, so Lambda itself retries a failed invocation.
    scheduler.lambda.configureAsyncInvoke({
      maxEventAge: MAX_AGE,
      retryAttempts: 2,
      onFailure: new SqsDestination(this.deadLetters),
    });
    if (this.#settings.by === 'rule') this.#tickByRule(scheduler);
    else this.#tickBySchedule(scheduler);
  }

  #tickByRule({ lambda }: ServiceFunction): void {
    const target = new LambdaFunction(lambda, {
      deadLetterQueue: this.deadLetters,
      maxEventAge: MAX_AGE,
      retryAttempts: RETRIES,
    });
    new Rule(this, 'Rule', {
      description: 'Ticks every minute',
      schedule: RuleSchedule.rate(INTERVAL),
      targets: [target],
    });
  }

  #tickBySchedule({ lambda }: ServiceFunction): void {
    this.#role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [lambda.functionArn] }),
    );
    const target: IScheduleTarget = {
      bind: () => ({
        arn: lambda.functionArn,
        role: this.#role,
        deadLetterConfig: { arn: this.deadLetters.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: MAX_AGE.toSeconds(), maximumRetryAttempts: RETRIES },
      }),
    };
    // Deleting the group also deletes its one-time schedules. By default the CDK would keep the group.
    const group = new ScheduleGroup(this, 'Group', {
      scheduleGroupName: this.#groupName,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const schedule = new Schedule(this, 'Schedule', {
      scheduleName: scheduleName(this.#settings.hibernates),
      scheduleGroup: group,
      description: 'Ticks every minute',
      schedule: ScheduleExpression.rate(INTERVAL),
      target,
    });
    // The schedule refers to its group only by name, and to a role that gets its rights later, so it needs explicit dependencies.
    schedule.node.addDependency(group, this.#role);
  }

  #grantSwitching(role: Role): void {
    const minute = `${this.#groupName}/${scheduleName(true)}`;
    const oneTime = `${minute}-at-*`;
    const arnOf = (resourceName: string): string =>
      Stack.of(this).formatArn({ service: 'scheduler', resource: 'schedule', resourceName });
    role.addToPolicy(
      new PolicyStatement({
        actions: [
          'scheduler:GetSchedule',
          'scheduler:UpdateSchedule',
          'scheduler:CreateSchedule',
          'scheduler:DeleteSchedule',
        ],
        resources: [minute, oneTime].map(arnOf),
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [this.#role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      }),
    );
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${inReports(oneTime)}]`,
      reason: 'The name of a one-time schedule contains its instant, which is not known in advance.',
    });
  }
}

/** Returns the ARN of a schedule in the form in which findings write values that are resolved at deployment. */
function inReports(schedule: string): string {
  return `arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/${schedule}`;
}
