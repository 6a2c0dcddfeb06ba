import * as z from 'zod';

const id = z.int().min(1);
const count = z.int().min(0);

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: z.string().meta({
      description: 'The error code. It is stable, so programs can use it.',
      examples: ['VALIDATION_ERROR'],
    }),
    jobId: id
      .exactOptional()
      .meta({ description: 'With JOB_KEY_TAKEN: the job that has the key; in a batch, the first one.' }),
    executionId: id.exactOptional().meta({
      description: 'With EXECUTION_NOT_RETRYABLE: the open execution that repeats it, if there is one.',
    }),
    errors: z
      .array(
        z.strictObject({
          field: z.string(),
          message: z.string(),
          index: count.exactOptional().meta({ description: 'The position of the item in a batch, from 0.' }),
        }),
      )
      .exactOptional()
      .meta({ description: 'The errors, and how to correct them. At most 100 are listed.' }),
    errorCount: count
      .exactOptional()
      .meta({ description: 'The number of errors that were found, if not all are listed.' }),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problemSchema>;
