/**
 * How the process that draws is started: without an environment, under Node's permission model, and behind
 * whatever walls the machine has. Decoders in C are not held by the permission model, so the walls of the
 * system count: no network, nobody's user, no file to write, an end to memory and to time. Which of them
 * there are is found out by drawing once behind each, the highest first.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const CODE = join(HERE, '..', 'drawing');
/** What the process and the viewer unpack alike. */
const FRAMES = join(HERE, '..', '..', 'frames');
const MAIN = join(CODE, 'main.ts');
const PROJECT = join(HERE, '..', '..', '..');
const PACKAGES = [
  'sharp',
  '@img',
  'detect-libc',
  'semver',
  'pdfjs-dist',
  '@napi-rs',
  'dicom-parser',
  'libheif-js',
  '@cornerstonejs',
] as const;

/** Of JavaScript, and of everything that the process may write to; a picture of 120 megapixels is 480 MB. */
const HEAP_MEBIBYTES = 512;
const DATA_BYTES = 1536 * 1024 * 1024;
const CPU_SECONDS = 30;
const NOBODY = '65534';

export interface Jail {
  /** For the operator, as in "no network, another user, limits". */
  readonly walls: string;
  readonly command: string;
  readonly arguments: readonly string[];
}

/** Every way to start it on this machine, the strictest first; the last needs nothing of the system. */
export function jails(): Jail[] {
  const asRoot = process.getuid?.() === 0;
  const unshare = programNamed('unshare');
  const setpriv = programNamed('setpriv');
  const prlimit = programNamed('prlimit');
  const limits = prlimit === null ? [] : [limitsBy(prlimit)];
  const network = unshare === null ? [] : [networkBy(unshare, asRoot)];
  const user = setpriv === null ? [] : [asRoot ? nobodyBy(setpriv) : noRightsBy(setpriv)];
  const all = [
    [...network, ...user, ...limits],
    [...user, ...limits],
    [...network, ...limits],
    [...limits],
    [],
  ];
  return all.map((walls) => built(walls));
}

interface Wall {
  readonly what: string;
  readonly words: readonly string[];
}

function networkBy(program: string, asRoot: boolean): Wall {
  const words = asRoot ? ['--net', '--ipc'] : ['--map-root-user', '--net', '--ipc'];
  return { what: 'no network', words: [program, ...words, '--'] };
}

function nobodyBy(program: string): Wall {
  const words = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs'];
  return { what: 'another user', words: [program, ...words, '--inh-caps=-all', '--bounding-set=-all'] };
}

function noRightsBy(program: string): Wall {
  return { what: 'no rights to gain', words: [program, '--no-new-privs'] };
}

function limitsBy(program: string): Wall {
  const limits = [`--data=${DATA_BYTES}`, '--fsize=0', '--core=0', '--nofile=256', `--cpu=${CPU_SECONDS}`];
  return { what: 'limits of memory and time', words: [program, ...limits, '--'] };
}

function built(walls: readonly Wall[]): Jail {
  const words = [...walls.flatMap((wall) => wall.words), process.execPath, ...nodeArguments()];
  const names = [...walls.map(({ what }) => what), 'an empty environment', 'no files but its own code'];
  return { walls: names.join(', '), command: words[0]!, arguments: words.slice(1) };
}

function nodeArguments(): string[] {
  const readable = [CODE, FRAMES, ...PACKAGES.map((name) => join(PROJECT, 'node_modules', name))];
  return [
    `--max-old-space-size=${HEAP_MEBIBYTES}`,
    '--permission',
    '--allow-addons',
    ...readable.filter((path) => existsSync(path)).map((path) => `--allow-fs-read=${path}/`),
    '--disallow-code-generation-from-strings',
    '--disable-proto=delete',
    '--no-warnings',
    MAIN,
  ];
}

function programNamed(name: string): string | null {
  return [`/usr/bin/${name}`, `/bin/${name}`].find((path) => existsSync(path)) ?? null;
}
