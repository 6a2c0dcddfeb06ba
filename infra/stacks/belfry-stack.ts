import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { JobScheduler, type JobSchedulerProps } from '../constructs/job-scheduler.ts';

/** The stack with the functions, and everything that invokes and monitors them. */
export class BelfryStack extends Stack {
  readonly scheduler: JobScheduler;

  constructor(scope: Construct, id: string, props: StackProps & { scheduler: JobSchedulerProps }) {
    super(scope, id, props);
    this.scheduler = new JobScheduler(this, 'Scheduler', props.scheduler);
    const { api, edge, callbacks, dataKeys, functions, migrations, tick, wakeUps } = this.scheduler;
    const outputs = {
      ApiUrl: api.gateway.url,
      ...(edge && { DashboardUrl: edge.dashboardUrl }),
      ApiId: api.gateway.restApiId,
      ApiStage: api.gateway.deploymentStage.stageName,
      ...(api.gatewayKey && { GatewayKeyId: api.gatewayKey.keyId }),
      AdminKeySecretArn: migrations.adminKey.secretArn,
      DataKeysSecretArn: dataKeys.secret.secretArn,
      ...(callbacks.newTopic && { CallbackTopicArn: callbacks.newTopic.topicArn }),
      WakeUpQueueUrl: wakeUps.queue.queueUrl,
      DeadLetterQueueUrl: wakeUps.deadLetters.queueUrl,
      DeadTickQueueUrl: tick.deadLetters.queueUrl,
      ...(tick.scheduleName !== undefined && { TickSchedule: tick.scheduleName }),
      ApiFunction: functions.api.lambda.functionName,
      SchedulerFunction: functions.scheduler.lambda.functionName,
      WorkerFunction: functions.worker.lambda.functionName,
      MigrateFunction: migrations.migrate.lambda.functionName,
      ApiLogs: functions.api.logGroup.logGroupName,
      SchedulerLogs: functions.scheduler.logGroup.logGroupName,
      WorkerLogs: functions.worker.logGroup.logGroupName,
      MigrateLogs: migrations.migrate.logGroup.logGroupName,
      AccessLogs: api.accessLogs.logGroupName,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
