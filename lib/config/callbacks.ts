import * as z from 'zod';
import { parseTopicArn } from '../domain/callback.ts';
import { url, variableFacts } from './variables.ts';

const isUrl = (text: string): boolean => url('http', 'https').safeParse(text).success;

const target = (what: string, onAws: string) =>
  z
    .string()
    .refine(
      (text) => isUrl(text) || parseTopicArn(text) !== undefined,
      'must be a URL that starts with http:// or https://, or the ARN of an SNS topic that is not a FIFO topic',
    )
    .optional()
    .register(variableFacts, {
      does: `The URL or the SNS topic that receives ${what} of jobs without a URL of their own.`,
      usedBy: ['scheduler', 'worker'],
      values: '`http://…`, `https://…`, `arn:aws:sns:…`',
      default: 'none',
      onAws,
    });

/** The targets of reports, for jobs without one. */
export const callbacksSchema = z
  .object({
    BELFRY_ON_FAILURE: target('a report of each failed execution', '`-c onFailure`, `callbacks`'),
    BELFRY_ON_RECOVERY: target(
      'a report of the first success after a failure',
      '`-c onRecovery`, `callbacks`',
    ),
    AWS_ENDPOINT_URL_SNS: url('http', 'https')
      .optional()
      .register(variableFacts, {
        does: 'The endpoint of SNS, for an emulator.',
        usedBy: ['worker'],
        values: '`http://…`, `https://…`',
        default: "`AWS_ENDPOINT_URL`, or AWS's own",
      }),
    AWS_ENDPOINT_URL: url('http', 'https')
      .optional()
      .register(variableFacts, {
        does: "The endpoint of an emulator of AWS, for each service without a variable of its own, as AWS's clients have it.",
        usedBy: ['functions'],
        values: '`http://…`, `https://…`',
        default: "AWS's own",
      }),
  })
  .transform((env) => ({
    callbackTargets: { failure: env.BELFRY_ON_FAILURE, recovery: env.BELFRY_ON_RECOVERY },
    snsEndpoint: env.AWS_ENDPOINT_URL_SNS ?? env.AWS_ENDPOINT_URL,
  }));
