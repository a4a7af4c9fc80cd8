/**
 * What Postern is measured against: a Fastify route that selects the same sealed bytes by B-tree and sends
 * them, without sessions, policies, keys or lines. In a process of its own, with a pool of the same size.
 */
import { fastify } from 'fastify';
import pg from 'pg';

const POOL_SIZE = 16;

const pool = new pg.Pool({ ...JSON.parse(process.env.BENCH_CONNECTION!), max: POOL_SIZE });
// The server is stopped and started beside us; what it takes along is made anew.
pool.on('error', () => undefined);
const app = fastify();

app.get<{ Params: { id: string } }>('/read/:id', async (request, reply) => {
  const { rows } = await pool.query<{ sealed: Buffer }>({
    name: 'read',
    text: 'select b.sealed from bench.bare b where b.id = $1',
    values: [request.params.id],
  });
  return reply.type('application/octet-stream').send(rows[0]!.sealed);
});

app.get<{ Querystring: { chart: string; code: string; from: string } }>('/search', async (request, reply) => {
  const { chart, code, from } = request.query;
  const { rows } = await pool.query<{ sealed: Buffer }>({
    name: 'search',
    text: `
      select b.sealed
      from bench.bare b
      where b.chart_id = $1
        and b.code = $2
        and b.at >= $3
      order by b.at desc
      limit 20`,
    values: [chart, code, from],
  });
  if (rows.length < 20) throw new Error('The bare search found less than a page.');
  return reply.type('application/octet-stream').send(Buffer.concat(rows.map(({ sealed }) => sealed)));
});

await app.listen({ port: Number(process.env.BENCH_PORT), host: '127.0.0.1' });
process.send!('listening');
process.on('disconnect', () => process.exit(0));
