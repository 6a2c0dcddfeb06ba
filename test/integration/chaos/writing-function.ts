import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { createPool } from '../../../lib/db/pool.ts';
import { inTransaction } from '../../../lib/db/transaction.ts';
import { connectRedis } from '../../../lib/redis/client.ts';
import { makeQueue } from '../../../lib/redis/queue.ts';
import { createSqsClient } from '../../../lib/sqs/client.ts';

/** A function that writes once to each store, over the same clients as Belfry's functions. */

const { DATABASE_URL = '', REDIS_URL = '', QUEUE_URL = '', SQS_URL = '', TAG = '' } = process.env;
const pool = createPool(DATABASE_URL, { max: 1, statementTimeoutMs: 5_000, onError: () => {} });
const queue = makeQueue(connectRedis(REDIS_URL), { tag: TAG });
const sqs = createSqsClient({ region: 'us-east-1', endpoint: SQS_URL });

export async function handler({ id }: { id: number }): Promise<{ nowMs: number }> {
  await pool.query({ name: 'write_one', text: 'insert into written (id) values ($1)', values: [id] });
  await inTransaction(pool, (tx) => tx.query('update written set is_changed = true where id = $1', [id]));
  await queue.enqueue([{ id, dueMs: 1, payload: '{}', queue: 'scheduled' }], { nowMs: 2 });
  await queue.findAbsent([id]);
  await sqs.send(new SendMessageCommand({ QueueUrl: QUEUE_URL, MessageBody: String(id) }));
  return { nowMs: Date.now() };
}
