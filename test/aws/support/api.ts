import * as z from 'zod';
import { makeSendJson } from '../../support/send-json.ts';
import { type Deployed, readAdminKey } from './stack.ts';

const jobSchema = z.object({ id: z.int(), api: z.string(), nextExecutionTime: z.string().nullable() });
const executionSchema = z.object({
  id: z.int(),
  status: z.string(),
  executionTime: z.string(),
  retryCount: z.int(),
  errorMessage: z.string().nullable(),
});
const documentSchema = z.object({ info: z.object({ title: z.string() }) });
const historySchema = z.object({ items: z.array(executionSchema), nextCursor: z.string().nullable() });

const upcomingSchema = z.object({ items: z.array(z.looseObject({ isDispatched: z.boolean() })) });

export type Execution = z.infer<typeof executionSchema>;
export type Api = Awaited<ReturnType<typeof openApi>>;

const PAGE_SIZE = 100;

/** Belfry behind the emulated API Gateway, called over HTTP with the key from the deployed secret. */
export async function openApi(stack: Deployed) {
  const { ApiId, ApiStage } = stack.outputs;
  const send = makeSendJson({
    address: `${stack.endpoint}/_aws/execute-api/${ApiId}/${ApiStage}`,
    apiKey: await readAdminKey(stack),
    timeoutMs: 20_000,
  });

  async function call<T>(schema: z.ZodType<T>, method: string, path: string, body?: object): Promise<T> {
    const { status, text } = await send(method, path, body);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text}`);
    return schema.parse(JSON.parse(text));
  }

  const readPage = (jobId: number, cursor: string) =>
    call(historySchema, 'GET', `/api/v1/jobs/${jobId}/history?limit=${PAGE_SIZE}${cursor}`);

  return {
    send,
    call,
    /** The description of the API itself, in which the releases of this test differ. */
    readTitle: async () => (await call(documentSchema, 'GET', '/openapi.json')).info.title,
    createJob: (job: object) => call(jobSchema, 'POST', '/api/v1/jobs', job),
    pauseJob: (id: number) => call(jobSchema, 'PATCH', `/api/v1/jobs/${id}`, { isActive: false }),
    /** The number of executions that wait for their first attempt. */
    listUpcoming: async (jobId: number): Promise<Execution[]> =>
      (await call(upcomingSchema, 'GET', `/api/v1/jobs/${jobId}/upcoming`)).items.flatMap((item) =>
        item.isDispatched ? [executionSchema.parse(item)] : [],
      ),
    /** Returns the complete history by execution time. Call it when the job has no open execution. */
    listExecutions: async (jobId: number): Promise<Execution[]> => {
      const executions: Execution[] = [];
      for (let cursor = ''; ;) {
        const { items, nextCursor } = await readPage(jobId, cursor);
        executions.push(...items);
        if (nextCursor === null) break;
        cursor = `&cursor=${nextCursor}`;
      }
      return executions.toSorted((a, b) => a.executionTime.localeCompare(b.executionTime));
    },
  };
}
