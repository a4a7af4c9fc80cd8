#!/usr/bin/env node
/**
 * Starts Postern on the Node that it is written for, whichever Node 18 or newer started this file: installs
 * what is missing, then hands over to the pinned Node. Plain JavaScript, since older versions run it.
 *
 *   start      the server with the demo practices
 *   run-tests  every check and test (with arguments: vitest with those)
 *   run-checks the checks without the tests
 *   else       the postern command with these arguments
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 18;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stampPath = join(modules, '.postern-installed');
const pinned = `node-${process.platform === 'darwin' && process.arch === 'arm64' ? 'bin-' : ''}${
  process.platform
}-${process.arch}`;
const pinnedNode = join(modules, pinned, 'bin', 'node');

/** Ends with one sentence that says what is wrong and what mends it. */
function stop(sentence) {
  process.stderr.write(`postern: ${sentence}\n`);
  process.exit(1);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** What an installation must match: the lock file, and the machine its binaries are for. */
function wantedStamp() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}\n`;
}

function isInstalled(stamp) {
  if (!existsSync(pinnedNode)) return false;
  try {
    if (readFileSync(stampPath, 'utf8') === stamp) return true;
  } catch {
    // No stamp: somebody may have run npm himself.
  }
  return matchesLock() && writeStamp(stamp);
}

/** Whether npm's own record of what it installed agrees with the lock file in everything that is required. */
function matchesLock() {
  const wanted = readJson(join(root, 'package-lock.json'));
  const found = readJson(join(modules, '.package-lock.json'));
  if (wanted === null || found === null) return false;
  return Object.entries(wanted.packages).every(([path, entry]) => {
    if (path === '') return true;
    const installed = found.packages[path];
    return installed === undefined ? entry.optional === true : installed.version === entry.version;
  });
}

function writeStamp(stamp) {
  try {
    writeFileSync(stampPath, stamp);
  } catch {
    // A folder we may read only: what is installed is right, it is just asked again next time.
  }
  return true;
}

/** npm as the one that started us, or else the one on the path. */
function npmCommand(node) {
  const own = process.env.npm_execpath;
  if (own !== undefined && /npm-cli\.c?js$/.test(own)) return [node, [own]];
  return ['npm', []];
}

async function install(stamp) {
  if (!isWritable(existsSync(modules) ? modules : root)) {
    stop(
      `the folder ${root} cannot be written, and packages are missing in it; change its owner or copy it.`,
    );
  }
  process.stderr.write('Installing what Postern needs; this happens once and takes about a minute.\n');
  await runNpm(['ci', '--include=dev', '--include=optional']);
  if (!existsSync(pinnedNode)) await fetchPinnedNode();
  checkPinnedNode();
  // npm leaves out an optional package that refuses the Node npm runs on; the pinned one it does not refuse.
  if (leftOut()) await runNpm(['install', '--no-save'], pinnedNode);
  writeStamp(stamp);
}

function checkPinnedNode() {
  const probe = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' });
  if (probe.status !== 0) {
    stop(
      `its own Node (${relative(root, pinnedNode)}) does not run on this system; it needs Linux with glibc ` +
        '2.28 or newer, or macOS.',
    );
  }
}

/** Whether a package that the lock file has for this very machine is not there. */
function leftOut() {
  const { packages } = readJson(join(root, 'package-lock.json'));
  return Object.entries(packages).some(
    ([path, { os, cpu, libc }]) =>
      [os ?? []].flat().includes(process.platform) &&
      [cpu ?? []].flat().includes(process.arch) &&
      [libc ?? 'glibc'].flat().includes('glibc') &&
      !existsSync(join(root, path)),
  );
}

/** npm leaves out an optional package without a word when its download fails. */
async function fetchPinnedNode() {
  const version = readJson(join(root, 'package.json')).optionalDependencies[pinned];
  if (version === undefined) {
    stop(`there is no Node for ${process.platform} on ${process.arch}; Postern runs on Linux and macOS.`);
  }
  await runNpm(['install', '--no-save', '--no-package-lock', `${pinned}@${version}`]);
  if (!existsSync(pinnedNode))
    stop(`npm did not install ${pinned}@${version}; run npm ci and read its words.`);
}

function isWritable(path) {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs npm with its words on standard error, which keeps standard output for data. */
function runNpm(args, node = process.execPath) {
  const [command, first] = npmCommand(node);
  const child = spawn(command, [...first, ...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    // The npm on the path starts the Node on the path.
    env: { ...process.env, NODE_ENV: '', PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` },
  });
  const started = Date.now();
  const patience = setInterval(() => {
    process.stderr.write(`  still installing (${Math.round((Date.now() - started) / 1000)} s)\n`);
  }, 15_000);
  let said = '';
  const listen = (chunk) => {
    said += chunk;
    process.stderr.write(chunk);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      clearInterval(patience);
      stop(`npm could not be started (${error.code}); install npm, which comes with Node.`);
    });
    child.once('close', (code) => {
      clearInterval(patience);
      if (code !== 0) stop(explainNpm(said, code));
      resolve();
    });
  });
}

function explainNpm(said, code) {
  if (/ENOSPC|EDQUOT/.test(said)) return `the disk is full; npm could not install into ${modules}.`;
  if (
    /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET/.test(said)
  ) {
    return 'npm could not reach its registry; check the network (or the proxy npm uses) and try again.';
  }
  if (/EACCES|EPERM|EROFS/.test(said)) {
    return `npm may not write where it must (see above); make ${root} and npm's cache your own.`;
  }
  if (/E404|ETARGET|E403|E401/.test(said)) {
    return 'the registry that npm is told to use does not give out a package that is needed (see above).';
  }
  if (/EUSAGE/.test(said)) return 'package.json and package-lock.json do not agree; run npm install.';
  if (code === null) return 'npm was stopped before it had installed everything; start again.';
  return `npm could not install the packages (it ended with ${code}; its words are above).`;
}

/** What to run on the pinned Node for what was asked. */
function target([verb, ...rest]) {
  if (verb === 'start') return ['src/cli/main.ts', 'serve', '--demo', ...rest];
  if (verb === 'run-checks') return ['tools/check.ts', ...rest];
  if (verb === 'run-tests') return ['tools/run-tests.ts', ...rest];
  return ['src/cli/main.ts', ...(verb === undefined ? ['--help'] : [verb, ...rest])];
}

/** Hands over: the same terminal, the same signals, the same exit. */
function handOver([file, ...args]) {
  const child = spawn(pinnedNode, [join(root, file), ...args], {
    // The channel tells the child when this process is gone, however it went.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  watchNpm(() => child.kill('SIGTERM'));
  child.once('error', (error) => stop(`its own Node could not be started (${error.code}).`));
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const each of signals) process.removeAllListeners(each);
    process.kill(process.pid, signal);
  });
}

/**
 * npm passes no signal on to what it runs; whoever kills it leaves its children behind. A server that npm
 * started stops when npm is gone.
 */
function watchNpm(whenGone) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    whenGone();
  }, 500);
  watch.unref();
}

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  stop(`Node ${OLDEST_NODE} or newer is needed to start it, and this is ${process.version}.`);
}
const stamp = wantedStamp();
if (!isInstalled(stamp)) await install(stamp);
handOver(target(process.argv.slice(2)));
