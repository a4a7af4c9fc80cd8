/**
 * Whether a bucket is ours alone. It is asked as a stranger would ask it, without a signature: for a list of
 * what lies there, for something that was put there to be asked for, and to take something. Where it also
 * says who may use it, that is read: a bucket may be open to whoever has an account with the same provider.
 */
import {
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetBucketPolicyStatusCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { PosternError } from '../../base/errors.ts';
import { type BlobId, newId } from '../../base/ids.ts';
import { type S3Bucket, statusOf } from './s3-bucket.ts';
import { type OpenWay, waysOpen } from './stranger.ts';

const SAID: Readonly<Record<OpenWay, string>> = {
  list: 'tells anybody what lies in it',
  read: 'gives what lies in it to anybody',
  write: 'takes files from anybody',
  elsewhere: 'sends whoever asks to another address, so that nobody knows who may use it',
};
const MEND =
  'make it private (at AWS: Block all public access; MinIO: mc anonymous set none), then start again';

/**
 * Throws `not-configured` where anybody but us may use it or we may not, with what mends it, and
 * `unavailable` where it cannot be reached or says nothing that could be understood. Learns on the way
 * whether the bucket can be told to take nobody's place.
 */
export async function assertPrivateBucket(bucket: S3Bucket): Promise<void> {
  const probe = { Bucket: bucket.bucket, Key: `${bucket.prefixOf()}probe-${newId<BlobId>()}` };
  const taken = { ...probe, Key: `${probe.Key}-taken` };
  try {
    await ourselves(bucket, () => bucket.client.send(new PutObjectCommand({ ...probe, Body: 'probe' })));
    bucket.conditional = await refusesAnother(bucket, probe);
    const address = await addressOf(bucket);
    const ways = await waysOpen(address, { prefix: bucket.prefixOf(), read: probe.Key, write: taken.Key });
    const [way] = ways;
    if (way !== undefined) throw refusal(bucket, SAID[way]);
    if (await saysThatItIsOpen(bucket)) throw refusal(bucket, 'says itself that others may use it');
  } finally {
    for (const each of [probe, taken]) {
      await bucket.client.send(new DeleteObjectCommand(each)).catch(() => undefined);
    }
  }
}

function refusal({ name }: S3Bucket, what: string): PosternError {
  return new PosternError('not-configured', `The files: ${name} ${what}; ${MEND}.`);
}

/** What is wrong with our own way in is a matter of settings, unless the bucket cannot be reached at all. */
async function ourselves(bucket: S3Bucket, ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    const [status, name] = [statusOf(error), (error as Error).name];
    const cause = { cause: error };
    if (status >= 300 && status < 500) {
      const text =
        `The files: ${bucket.name} does not let Postern write (${name}); look at the name of the ` +
        'bucket, the region, the keys and what they may do.';
      throw new PosternError('not-configured', text, cause);
    }
    const text = `The files: ${bucket.name} cannot be reached (${name}); look at its endpoint.`;
    throw new PosternError('unavailable', text, cause);
  }
}

/** Some stores refuse the condition and some do not know it. */
async function refusesAnother(bucket: S3Bucket, named: { Bucket: string; Key: string }): Promise<boolean> {
  try {
    await bucket.client.send(new PutObjectCommand({ ...named, Body: 'another', IfNoneMatch: '*' }));
    return false;
  } catch (error) {
    return statusOf(error) === 412;
  }
}

/** Where strangers would ask: where we ask. */
async function addressOf({ bucket, place, client }: S3Bucket): Promise<string> {
  const resolved = client.config.endpointProvider({
    Bucket: bucket,
    Region: place.region,
    ForcePathStyle: place.pathStyle,
    UseFIPS: false,
    UseDualStack: false,
    ...(place.endpoint === null ? {} : { Endpoint: place.endpoint }),
  });
  return resolved.url.href.replace(/\/$/, '');
}

const GROUPS_OF_OTHERS = /\/(AllUsers|AuthenticatedUsers)$/;

/**
 * What a bucket says of itself; one that does not say, or does not say it to us, has been asked as a
 * stranger.
 */
async function saysThatItIsOpen({ bucket, client }: S3Bucket): Promise<boolean> {
  const named = { Bucket: bucket };
  const acl = await client.send(new GetBucketAclCommand(named)).catch(() => null);
  if ((acl?.Grants ?? []).some(({ Grantee }) => GROUPS_OF_OTHERS.test(Grantee?.URI ?? ''))) return true;
  const policy = await client.send(new GetBucketPolicyStatusCommand(named)).catch(() => null);
  return policy?.PolicyStatus?.IsPublic === true;
}
