/** `postern prove`: attacks the running deployment and checks every promise of it. */
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { PosternError } from '../base/errors.ts';
import { loadDefinitions, TYPES } from '../chart/index.ts';
import { editionOf, type ProveFinding, type ProveReport, prove as proveDeployment } from '../watch/index.ts';
import { type Command, type Invocation, UsageError } from './command.ts';
import { withPostern } from './open-postern.ts';
import { type Progress, showProgress } from './progress.ts';

export const prove: Command = {
  summary: 'Attacks the running deployment from outside, and checks every promise of it',
  positionals: '',
  endsItself: true,
  options: {
    url: { type: 'string', value: 'URL', help: 'where it is reached; POSTERN_PUBLIC_URL when not given' },
    thorough: { type: 'boolean', help: 'tries every combination; some minutes instead of one' },
    types: {
      type: 'string',
      value: 'LIST',
      help: 'only these types, as in Patient,Claim: quick, and opens nothing',
    },
    json: { type: 'boolean', help: 'the report as JSON' },
  },
  notes:
    'Runs beside the server, with its settings. It makes two practices of canaries and removes them,\n' +
    'also after Ctrl-C. Status 0 where every promise holds, 1 where one does not. In production the\n' +
    'portal opens when it has passed at POSTERN_PUBLIC_URL; run it every day.',
  async run(invocation) {
    const url = urlOf(invocation);
    const report = await proveAt(invocation, url);
    if (invocation.has('json')) invocation.print(JSON.stringify(report, null, 2));
    else for (const line of reportLines(report)) invocation.print(line);
    if (report.passed) return;
    const failed = report.checks.filter(({ outcome }) => outcome === 'failed').length;
    throw new PosternError('damaged', `${failed} of ${report.checks.length} checks failed.`);
  },
};

function urlOf({ configuration, text }: Invocation): URL {
  const given = text('url') ?? configuration.publicUrl;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '') {
    throw new UsageError('--url takes an address such as https://care.your-practice.org');
  }
  return url;
}

function typesOf(invocation: Invocation): string[] | undefined {
  const types = invocation.text('types')?.split(',');
  const unknown = types?.find((type) => !TYPES.has(type));
  if (unknown !== undefined) throw new UsageError(`--types: there is no type ${unknown}`);
  return types;
}

async function proveAt(invocation: Invocation, url: URL): Promise<ProveReport> {
  const { configuration } = invocation;
  const types = typesOf(invocation);
  const stopping = new AbortController();
  const stop = () => stopping.abort(new PosternError('unavailable', 'Stopped; what it made is removed.'));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  const bars = new Bars();
  try {
    const edition = await editionOf();
    return await withPostern(configuration, async (postern) =>
      proveDeployment(
        {
          ...postern,
          owner: postern.database.owner,
          definitions: await loadDefinitions(),
          logFolder: join(configuration.dataFolder, 'log'),
          clock: systemClock,
          edition,
          publicUrl: configuration.publicUrl,
        },
        {
          url,
          signal: stopping.signal,
          thorough: invocation.has('thorough'),
          ...(types === undefined ? {} : { types }),
          onProgress: (stage, done, total) => bars.reach(stage, done, total),
        },
      ),
    );
  } catch (error) {
    throw stopping.signal.aborted ? stopping.signal.reason : error;
  } finally {
    bars.end();
    for (const signal of signals) process.off(signal, stop);
  }
}

/** A bar for each stage, one after the other. */
class Bars {
  #stage: string | null = null;
  #bar: Progress | null = null;

  reach(stage: string, done: number, total: number): void {
    if (stage !== this.#stage) {
      this.end();
      this.#stage = stage;
      const unit = 'tried';
      this.#bar = showProgress({ title: stage, unit, total, clock: systemClock, stream: process.stderr });
    }
    this.#bar?.reach(done);
  }

  end(): void {
    this.#bar?.end();
    this.#bar = null;
    this.#stage = null;
  }
}

const MARKS = { passed: 'ok    ', failed: 'FAILED', skipped: '-     ' } as const;

function* reportLines(report: ProveReport): Generator<string> {
  for (const check of report.checks) {
    yield `${MARKS[check.outcome]}  ${check.title} (${check.looked.toLocaleString('en')})`;
    for (const finding of check.findings) yield* findingLines(finding);
    if (check.note !== null) yield `        ${check.note}`;
  }
  yield '';
  const { looked, requests, seconds } = report;
  const count = (number: number) => number.toLocaleString('en');
  const work = `${count(looked)} things looked at, ${count(requests)} requests`;
  yield `${work}, ${Math.round(seconds)} s, at ${report.url}.`;
  yield report.passed ? 'Every promise holds.' : 'NOT every promise holds: see what to do above.';
  if (report.passed && report.why !== null) yield `This opens no portal: ${report.why}`;
}

function* findingLines({ severity, where, sentence, mend, times }: ProveFinding): Generator<string> {
  const often = times > 1 ? ` (${times} times)` : '';
  yield `        ${severity === 'warning' ? 'warning: ' : ''}${where}: ${sentence}${often}`;
  yield `          -> ${mend}`;
}
