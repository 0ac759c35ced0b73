import type { Engine } from 'seglog';

export interface Order {
  readonly total: number;
}

/** The application: it is handed an engine, and does not know what the engine is made of. */
export async function sell(engine: Engine, totals: readonly number[]): Promise<void> {
  const orders = await engine.getOrCreateTopic<Order>('orders', { partitions: 2 });
  await Promise.all(totals.map((total, nth) => orders.append({ key: `o-${nth}`, value: { total } })));
}

/** What was sold. */
export async function takings(engine: Engine): Promise<{ readonly orders: number; readonly sum: number }> {
  const topic = engine.topic<Order>('orders');
  const all = [0, 1].map(async (partition) => (await topic.read(partition, 0)).records);
  const records = (await Promise.all(all)).flat();
  return { orders: records.length, sum: records.reduce((sum, { value }) => sum + (value?.total ?? 0), 0) };
}
