/**
 * `node bench/run.ts [NAME ...]`: read, search, signins, process, create, transaction, everything, export,
 * import, page, scale; all but `scale` where none is named.
 */
import { create } from './create.ts';
import { everything } from './everything.ts';
import { bulkExport } from './export.ts';
import { firstPage } from './first-page.ts';
import { importing } from './import.ts';
import { serverProcess } from './process.ts';
import { read } from './read.ts';
import { describe, type Figure } from './rounds.ts';
import { scale } from './scale.ts';
import { search } from './search.ts';
import { signIns } from './sign-ins.ts';
import { makeStand, type Stand } from './stand.ts';
import { transaction } from './transaction.ts';

/** In this order, since each adds to the data that the next one meets. */
const ON_STAND: Readonly<Record<string, (stand: Stand) => Promise<Figure[]>>> = {
  read,
  search,
  signins: signIns,
  process: serverProcess,
  create,
  transaction,
  everything,
  export: bulkExport,
  import: importing,
  page: firstPage,
};

function tell(name: string, figures: readonly Figure[]): void {
  process.stdout.write(`${name}\n${figures.map((figure) => `${describe(figure)}\n`).join('')}`);
}

const named = process.argv.slice(2);
const unknown = named.find((name) => name !== 'scale' && !Object.hasOwn(ON_STAND, name));
if (unknown !== undefined) {
  process.stderr.write(`There is no benchmark '${unknown}': ${Object.keys(ON_STAND).join(', ')}, scale.\n`);
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const wanted = Object.entries(ON_STAND).filter(([name]) => named.length === 0 || named.includes(name));
if (wanted.length > 0) {
  const stand = await makeStand();
  try {
    for (const [name, run] of wanted) tell(name, await run(stand));
  } finally {
    await stand.close();
  }
}
if (named.includes('scale') || (named.length === 0 && process.env.SLOW === '1')) {
  tell('scale', await scale());
}
process.exit(0);
