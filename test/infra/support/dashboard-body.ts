import * as z from 'zod';

/**
 * What CloudWatch takes as the body of a dashboard, as far as ours use it. A body that is otherwise is refused, and the
 * deploy is rolled back.
 *
 * Source: "Dashboard Body Structure and Syntax" in the CloudWatch API reference,
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html (seen 2026-11-28).
 */

const axisSchema = z.strictObject({
  min: z.number().optional(),
  max: z.number().optional(),
  label: z.string().optional(),
  showUnits: z.boolean().optional(),
});

const renderingSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-zA-Z0-9_]*$/)
    .optional(),
  expression: z.string().min(1).optional(),
  label: z.string().optional(),
  period: z.number().int().positive().multipleOf(60).optional(),
  stat: z.string().optional(),
  color: z.string().optional(),
  region: z.string().optional(),
  visible: z.boolean().optional(),
  yAxis: z.enum(['left', 'right']).optional(),
});

/** Namespace, name, then names and values of dimensions in turn, then how it is drawn; or an expression alone. */
const metricSchema = z.array(z.unknown()).superRefine((entry, ctx) => {
  const last = entry.at(-1);
  const rendering = typeof last === 'object' ? last : {};
  const names = typeof last === 'object' ? entry.slice(0, -1) : entry;
  const drawn = renderingSchema.safeParse(rendering);
  if (!drawn.success) return ctx.addIssue(`rendering: ${drawn.error.message}`);
  if (names.some((name) => typeof name !== 'string' || name === ''))
    ctx.addIssue('a name must be a non-empty string');
  const isExpression = drawn.data.expression !== undefined;
  if (isExpression ? names.length > 0 : names.length < 2 || names.length % 2 === 1)
    ctx.addIssue('must be an expression, or a namespace, a name and dimensions');
});

/** An annotation of an alarm is the one thing that can stand in for metrics. */
const metricPropertiesSchema = z
  .strictObject({
    metrics: z.array(metricSchema).min(1).max(100).optional(),
    annotations: z.looseObject({ alarms: z.array(z.string()).length(1).optional() }).optional(),
    region: z.string().min(1),
    title: z.string().optional(),
    view: z.enum(['timeSeries', 'singleValue', 'bar', 'pie', 'gauge', 'table']).optional(),
    stacked: z.boolean().optional(),
    sparkline: z.boolean().optional(),
    setPeriodToTimeRange: z.boolean().optional(),
    period: z.number().int().positive().multipleOf(60).optional(),
    stat: z.string().optional(),
    liveData: z.boolean().optional(),
    legend: z.strictObject({ position: z.enum(['right', 'bottom', 'hidden']) }).optional(),
    yAxis: z.strictObject({ left: axisSchema.optional(), right: axisSchema.optional() }).optional(),
  })
  .refine(
    ({ metrics, annotations }) => metrics !== undefined || annotations?.alarms !== undefined,
    'a metric widget has metrics, or an alarm to show',
  );

const WIDTH = 24;

const widgetSchema = z
  .strictObject({
    type: z.literal('metric'),
    x: z
      .number()
      .int()
      .min(0)
      .max(WIDTH - 1),
    y: z.number().int().min(0),
    width: z.number().int().min(1).max(WIDTH),
    height: z.number().int().min(1).max(1_000),
    properties: metricPropertiesSchema,
  })
  .refine(({ x, width }) => x + width <= WIDTH, 'a widget ends within the grid');

export const dashboardBodySchema = z.strictObject({
  start: z.string().optional(),
  end: z.string().optional(),
  periodOverride: z.enum(['auto', 'inherit']).optional(),
  widgets: z.array(widgetSchema).max(500),
});
