/**
 * A new key for a practice's blind index. From the moment it is stored every write goes under it and every
 * search looks under both; then what stands is indexed anew, and the earlier version is retired. Chart tokens
 * change with it: their keys are derived with the version. Killed at any point it is finished by running it
 * again.
 */
import { PosternError } from '../../base/errors.ts';
import type { PracticeId } from '../../base/ids.ts';
import { appendLine } from '../../ledger/index.ts';
import { announce, asOwner, type KeyWork, keyLine, retireEarlier, whileAlone } from './key-work.ts';
import { type KeyRotation, lockIndex, newestKey } from './rotate-practice-key.ts';

/**
 * `indexAnew` is the store's `reindex` under an upkeep visit. Throws `conflict` where something keeps tokens
 * under the earlier key; both then stay in use.
 */
export async function rotateIndexKey(
  work: KeyWork,
  practiceId: PracticeId,
  indexAnew: () => Promise<number>,
): Promise<KeyRotation> {
  const { owner, keychain } = work;
  return whileAlone(owner, async () => {
    const { version, resumed } = await newestKey(work, practiceId, 'index');
    const changed = await indexAnew();
    const { rows } = await owner.query<{ left: string }>(
      `select count(distinct t.resource_id) as left
       from (
           select c.resource_id from postern.chart_token c
           where c.practice_id = $1 and c.key_version < $2
           union all
           select p.resource_id from postern.practice_token p
           where p.practice_id = $1 and p.key_version < $2
         ) t`,
      [practiceId, version],
    );
    const left = Number(rows[0]!.left);
    if (left > 0) {
      throw new PosternError(
        'conflict',
        `${left} resources could not be indexed anew, since they do not open; both keys stay in use. ` +
          'Bring them back from a backup, or write or delete them, and rotate again.',
      );
    }
    await asOwner(owner, async (client) => {
      await lockIndex(client, practiceId);
      await retireEarlier(client, practiceId, 'index', version);
      await appendLine(client, keyLine(practiceId, 'rotate-index-key'));
      await client.query('update postern.practice set index_version = $2 where practice_id = $1', [
        practiceId,
        version,
      ]);
      await announce(client, practiceId);
    });
    await keychain.refresh(practiceId);
    return { version, resumed, changed };
  });
}
