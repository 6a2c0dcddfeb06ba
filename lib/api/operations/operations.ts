import * as z from 'zod';
import * as resources from '../resource-schemas.ts';
import { exampleDryRun, exampleOperation } from '../openapi-examples.ts';
import { empty, success } from '../openapi-responses.ts';
import { dryRunSchema, newOperationSchema, operationSchema } from '../operation-schemas.ts';
import { cursorPageSchema } from '../query.ts';
import { type Operation, json } from './parts.ts';

const ofOperation = {
  requestParams: {
    path: z.object({ id: z.int().min(1).meta({ description: 'The id of the operation.' }) }),
  },
};

export const bulkOperations = {
  'POST /api/v1/operations': {
    tags: ['Operations'],
    operationId: 'startOperation',
    summary: 'Act on all jobs that match a filter, or count them by a dry run',
    description:
      'The ticks run an operation in batches, at its rate. It changes jobs as single requests do, and each change is in the audit log. Jobs that are created after the dry run, or after the start without one, are not touched.',
    requestBody: json(newOperationSchema, { dryRun: exampleDryRun, start: exampleOperation }),
    responses: {
      '200': success('The dry run: how many jobs match, and the token', dryRunSchema),
      '202': success('The operation, which may have ended already', operationSchema),
    },
    problems: [413, 415],
  },
  'GET /api/v1/operations': {
    tags: ['Operations'],
    operationId: 'listOperations',
    summary: 'List operations, the latest first',
    requestParams: { query: cursorPageSchema },
    responses: { '200': success('A page of operations', resources.operationListSchema) },
    problems: [],
  },
  'GET /api/v1/operations/{id}': {
    tags: ['Operations'],
    operationId: 'getOperation',
    summary: 'Read the progress of an operation',
    ...ofOperation,
    responses: { '200': success('The operation', operationSchema) },
    problems: [404],
  },
  'POST /api/v1/operations/{id}/abort': {
    tags: ['Operations'],
    operationId: 'abortOperation',
    summary: 'End a running operation after its current batch; its changes remain',
    ...ofOperation,
    responses: {
      '200': success('The operation', operationSchema),
      '204': empty('It has ended. It is not shown, because the key lacks the scope `read`'),
    },
    problems: [404, 409],
  },
} satisfies Record<string, Operation>;
