/**
 * What sealing costs: each operation of the seal room against bare AES-256-GCM of the same bytes, medians of
 * rounds taken in turn in one run, so that a busy machine slows both alike.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChartId, newId, type PracticeId } from '../src/base/ids.ts';
import {
  blindToken,
  createPracticeKeys,
  KeyRing,
  openBytes,
  openKeyVault,
  recordContext,
  sealBytes,
} from '../src/seal/index.ts';

const ROUNDS = 9;
const RECORD_BYTES = 1024;
const FILE_BYTES = 1024 * 1024;

interface Work {
  name: string;
  run: () => unknown;
  count: number;
}

/** Median microseconds a call of each, the rounds of all taken in turn. */
function measure(works: readonly Work[]): Map<string, number> {
  const rounds = new Map(works.map(({ name }) => [name, [] as number[]]));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const { name, run, count } of works) {
      const start = process.hrtime.bigint();
      for (let call = 0; call < count; call += 1) run();
      const microseconds = Number(process.hrtime.bigint() - start) / 1000 / count;
      if (round >= 0) rounds.get(name)!.push(microseconds);
    }
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
  return new Map([...rounds].map(([name, values]) => [name, median(values)]));
}

function bareCipher(key: Buffer, bytes: Buffer): { seal: () => unknown; open: () => unknown } {
  const nonce = randomBytes(12);
  const seal = () => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const sealed = cipher.update(bytes);
    cipher.final();
    return { sealed, tag: cipher.getAuthTag() };
  };
  const { sealed, tag } = seal();
  const open = () => {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
    decipher.setAuthTag(tag);
    const opened = decipher.update(sealed);
    decipher.final();
    return opened;
  };
  return { seal, open };
}

async function works(folder: string): Promise<Work[]> {
  const practiceId = newId<PracticeId>();
  const { keys } = await createPracticeKeys(
    await openKeyVault(`file:${join(folder, 'root.key')}`),
    practiceId,
  );
  const ring = new KeyRing({ practiceId, allows: () => true }, keys);
  const place = { practiceId, chartId: newId<ChartId>(), section: 'clinical' as const, author: null };
  const { wrapped: wrappedKey, practiceKeyVersion } = ring.newChartKey(place.chartId, place.section, null);
  const row = {
    ...place,
    type: 'Observation',
    id: newId<never>(),
    version: 1,
    wrappedKey,
    practiceKeyVersion,
  };
  const record = randomBytes(RECORD_BYTES);
  const file = randomBytes(FILE_BYTES);
  const key = createSecretKey(randomBytes(32));
  const context = recordContext(row);
  const sealedRow = { ...row, sealed: ring.seal(row, record) };
  const sealedFile = sealBytes(key, context, file);
  const bareRecord = bareCipher(randomBytes(32), record);
  const bareFile = bareCipher(randomBytes(32), file);
  return [
    { name: 'record, bare open', run: bareRecord.open, count: 2000 },
    { name: 'record, key ring open', run: () => ring.open(sealedRow), count: 2000 },
    { name: 'record, bare seal', run: bareRecord.seal, count: 2000 },
    { name: 'record, key ring seal', run: () => ring.seal(row, record), count: 2000 },
    { name: 'file of 1 MiB, bare open', run: bareFile.open, count: 20 },
    { name: 'file of 1 MiB, envelope open', run: () => openBytes(key, context, sealedFile), count: 20 },
    { name: 'file of 1 MiB, bare seal', run: bareFile.seal, count: 20 },
    { name: 'file of 1 MiB, envelope seal', run: () => sealBytes(key, context, file), count: 20 },
    { name: 'blind token', run: () => blindToken(key, 'code', 'http://loinc.org|8480-6'), count: 5000 },
    { name: 'record context', run: () => recordContext(row), count: 5000 },
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'postern-bench-seal-'));
try {
  const results = measure(await works(folder));
  for (const [name, microseconds] of results) {
    const bare = name.replace(/, (key ring|envelope) /, ', bare ');
    const base = results.get(bare);
    const ratio =
      base === undefined || bare === name ? '' : `  ${(base / microseconds).toFixed(2)} of bare AES-256-GCM`;
    console.log(`${name.padEnd(30)} ${microseconds.toFixed(2).padStart(9)} us${ratio}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
