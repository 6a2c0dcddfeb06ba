import * as z from 'zod';
import * as resources from '../resource-schemas.ts';
import { deepHealthSchema, healthSchema, queueStatsReplySchema } from '../service-schemas.ts';
import { problemResponse, success } from '../openapi-responses.ts';
import { groupsQuerySchema } from '../group-schemas.ts';
import { hostsQuerySchema } from '../host-schemas.ts';
import { groupStatsQuerySchema, statsQuerySchema } from '../stats-query.ts';
import { groupStatsSchema, statsSchema } from '../stats-schemas.ts';
import type { Operation } from './parts.ts';

export const serviceOperations = {
  'GET /queue/stats': {
    tags: ['Queue'],
    operationId: 'getQueueStats',
    summary: 'Count the executions in the queue, and read the age of the oldest due one',
    responses: { '200': success('The counts', queueStatsReplySchema) },
    problems: [],
  },
  'GET /api/v1/stats': {
    tags: ['Statistics'],
    operationId: 'getStats',
    summary: 'Read outcomes, durations, lateness and queue depths of a range of time',
    description:
      'Outcomes are counted in the minute in which they were recorded. Ticks add them up each minute: all outcomes that were recorded before `countedUntil` are counted.',
    requestParams: { query: statsQuerySchema },
    responses: { '200': success('One point for each step', statsSchema) },
    problems: [],
  },
  'GET /api/v1/stats/groups': {
    tags: ['Statistics'],
    operationId: 'getGroupStats',
    summary: 'Read how executions of the groups with the most failures ended over a range of time',
    description:
      'It names the groups with the largest share of failed executions. Jobs of other groups are counted together.',
    requestParams: { query: groupStatsQuerySchema },
    responses: {
      '200': success('One series for each group, with one point for each step', groupStatsSchema),
    },
    problems: [],
  },
  'GET /api/v1/groups': {
    tags: ['Statistics'],
    operationId: 'listGroups',
    summary: 'List groups of jobs, with their jobs and their outcomes in a span',
    description: 'To pause or resume a group, start an operation with its name as `filter.group`.',
    requestParams: { query: groupsQuerySchema },
    responses: { '200': success('A page of groups', resources.groupListSchema) },
    problems: [],
  },
  'GET /api/v1/hosts': {
    tags: ['Statistics'],
    operationId: 'listHosts',
    summary:
      'List the hosts of jobs, with running and late executions, pauses, and the requests of the last hour',
    requestParams: { query: hostsQuerySchema },
    responses: { '200': success('A page of hosts', resources.hostListSchema) },
    problems: [],
  },
  'GET /metrics': {
    tags: ['Statistics'],
    operationId: 'getMetrics',
    summary: 'Read metrics for Prometheus',
    responses: {
      '200': {
        ...success('OpenMetrics 1.0', z.string()),
        content: { 'application/openmetrics-text': { schema: z.string() } },
      },
    },
    problems: [],
  },
  'GET /health': {
    tags: ['Service'],
    operationId: 'getHealth',
    summary: 'Check whether the API responds',
    description: 'Does not use PostgreSQL or Redis, so that a probe does not wake a paused database.',
    responses: { '200': success('The API responds', healthSchema) },
    problems: [],
  },
  'GET /health/deep': {
    tags: ['Service'],
    operationId: 'getDeepHealth',
    summary: 'Check whether PostgreSQL, Redis and SQS respond',
    responses: {
      '200': success('All of them respond', deepHealthSchema),
      '503': {
        description: 'One of them does not respond within 3 s, or the key cannot be checked',
        content: {
          'application/json': { schema: deepHealthSchema },
          ...problemResponse(503).content,
        },
      },
    },
    problems: [],
  },
  'GET /openapi.json': {
    tags: ['Service'],
    operationId: 'getOpenApi',
    summary: 'Read this document',
    description: 'It is generated from the schemas that validate requests.',
    responses: {
      '200': success('OpenAPI 3.1', z.looseObject({ openapi: z.string(), paths: z.looseObject({}) })),
    },
    problems: [],
  },
} satisfies Record<string, Operation>;
