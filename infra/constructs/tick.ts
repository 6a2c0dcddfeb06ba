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
  /** EventBridge Scheduler; or a rule of EventBridge, for emulators that keep schedules and do not fire them. */
  by: 'schedule' | 'rule';
  /**
   * Whether the minute tick is turned off while nothing is due for 15 minutes, so that a database that pauses can. Asks for
   * `schedule`.
   */
  hibernates: boolean;
};

const INTERVAL = Duration.millis(timings.tickIntervalMs);
/** A tick that comes later than this was followed by others. */
const MAX_AGE = Duration.minutes(5);
const RETRIES = 3;
/**
 * The minute schedule is named for whether functions turn it off. CloudFormation does not see that they did, and changes no
 * schedule whose properties are the same: without the other name a stack that stops hibernating while it is asleep would
 * never tick again. A schedule of another name is another one, which is on, and which no tick that is still under way can turn off.
 */
const scheduleName = (hibernates: boolean): string => (hibernates ? 'tick-hibernating' : 'tick');

/**
 * What ticks, every minute. Made before the functions, those that turn it off and on being told its name, and pointed at
 * the scheduler function after.
 */
export class Tick extends Construct {
  /** Takes the ticks that could not be delivered, or that failed in all of their attempts. */
  readonly deadLetters: Queue;
  readonly #settings: TickSettings;
  readonly #groupName: string;
  readonly #role: Role;

  /** @param props.deployment names the group of its schedules, which must be the only one of the name in a region. */
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

  /** EventBridge Scheduler names the group, never a schedule, as the source of a call. */
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

  /** Of the minute schedule; undefined where it is a rule. */
  get scheduleName(): string | undefined {
    return this.#settings.by === 'schedule' ? scheduleName(this.#settings.hibernates) : undefined;
  }

  /** For the functions that turn it off and on; empty where none does. */
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
    // Both invoke asynchronously: what fails in the function is repeated by Lambda.
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
    // With the group go the one-time schedules in it. The CDK would keep it.
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
    // It names its group as a text, and its role before that may invoke anything.
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
      reason: 'A one-time schedule is named for its instant, which is not known before.',
    });
  }
}

/** As a finding names what is put in at the deploy. */
function inReports(schedule: string): string {
  return `arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/${schedule}`;
}
