/**
 * What a practice sets about its files: which kinds it takes, how much of them, and whether the original of a
 * photo is kept beside the one without metadata. Within what the operator gives. Pure.
 */
import { PosternError } from '../../base/errors.ts';
import { checkFilesPolicy, type FilesPolicy, readFilesPolicy } from '../kinds/file-kind.ts';

/** How much a practice takes. */
export interface UploadLimits {
  readonly bytesOfFile: number;
  readonly bytesOfPractice: number;
  readonly filesOfPractice: number;
  /** That one person has begun and not ended. */
  readonly openOfPerson: number;
}

export interface FileRules {
  readonly kinds: FilesPolicy;
  readonly limits: UploadLimits;
  /** Whether what a photo was before its metadata was taken out is kept, for staff. */
  readonly keepsOriginals: boolean;
}

/** As it is kept: a limit that is null is whatever the operator gives, also when that changes. */
export interface SetFileRules {
  readonly kinds: FilesPolicy;
  readonly limits: Readonly<Record<keyof UploadLimits, number | null>>;
  readonly keepsOriginals: boolean;
}

/** Below these a practice could not work, and would not know why. */
export const LEAST_LIMITS: UploadLimits = {
  bytesOfFile: 1024 ** 2,
  bytesOfPractice: 1024 ** 3,
  filesOfPractice: 1000,
  openOfPerson: 1,
};

const NAMES = Object.keys(LEAST_LIMITS) as readonly (keyof UploadLimits)[];

/** The rules out of what a practice has set, whatever stands there: what is not plainly said is as usual. */
export function readFileRules(content: unknown): SetFileRules {
  const said = recordOf(content);
  const limits = recordOf(said.limits);
  const chosen = NAMES.map((name) => {
    const value = limits[name];
    return [name, Number.isSafeInteger(value) ? value : null];
  });
  return {
    kinds: readFilesPolicy(said.kinds),
    limits: Object.fromEntries(chosen) as SetFileRules['limits'],
    keepsOriginals: said.keepsOriginals === true,
  };
}

/** What counts: never more than the operator gives. */
export function rulesWithin({ limits, ...rules }: SetFileRules, most: UploadLimits): FileRules {
  const within = NAMES.map((name) => [name, Math.min(limits[name] ?? most[name], most[name])]);
  return { ...rules, limits: Object.fromEntries(within) as unknown as UploadLimits };
}

/** Throws `invalid`, and says what is wrong. */
export function checkFileRules(asked: Readonly<Record<string, unknown>>, most: UploadLimits): SetFileRules {
  const { kinds, limits = {}, keepsOriginals = false } = asked;
  if (typeof keepsOriginals !== 'boolean') {
    throw new PosternError('invalid', 'keepsOriginals must be true or false.');
  }
  const said = recordOf(limits);
  for (const [name, value] of Object.entries(said)) {
    if (!Object.hasOwn(LEAST_LIMITS, name)) throw new PosternError('invalid', `There is no limit ${name}.`);
    const [least, largest] = [LEAST_LIMITS[name as keyof UploadLimits], most[name as keyof UploadLimits]];
    // Where the operator gives less than that, it is what the operator gives.
    const isWithin =
      Number.isSafeInteger(value) && Number(value) >= Math.min(least, largest) && Number(value) <= largest;
    if (value === null || isWithin) continue;
    throw new PosternError('invalid', `${name} must be a whole number from ${least} to ${largest}.`);
  }
  return { ...readFileRules({ limits: said, keepsOriginals }), kinds: checkFilesPolicy(kinds) };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return value as Readonly<Record<string, unknown>>;
}
