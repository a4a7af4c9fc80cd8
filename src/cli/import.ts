/** `postern import`: FHIR files into a practice. */
import { systemClock } from '../base/clock.ts';
import {
  ChartImportStore,
  endingsOf,
  type ImportProgress,
  type ImportReport,
  importSources,
  type Remark,
} from '../intake/index.ts';
import { type Command, columns, onOneLine, required, UsageError } from './command.ts';
import { noteGrowth, practiceBySlug, withPostern } from './open-postern.ts';
import { type Progress, showProgress } from './progress.ts';
import { deriveIdWith, digestWith } from './source-ids.ts';

export const importFiles: Command = {
  summary: 'Imports FHIR R4 bundles, resources and NDJSON into a practice',
  positionals: 'PATH...',
  endsItself: true,
  options: {
    practice: { type: 'string', value: 'SLUG', help: 'the practice that they belong to' },
    source: { type: 'string', value: 'NAME', help: 'the system they come from; ids of two never meet' },
    'dry-run': { type: 'boolean', help: 'checks everything and stores nothing' },
    json: { type: 'boolean', help: 'prints the summary as JSON' },
  },
  notes:
    'A second run changes nothing, and finishes one that was interrupted. A bad file or entry is reported ' +
    'and does not stop the rest; the status is then 1.',
  run: async (invocation) => {
    const slug = required(invocation, 'practice');
    if (invocation.positionals.length === 0) throw new UsageError('Name at least one file or folder');
    const stop = new AbortController();
    // Again and again, since a terminal and npm both pass a signal on.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
    const source = invocation.text('source');
    const progress = importProgress();
    const report = await withPostern(invocation.configuration, async (postern) => {
      const practice = await practiceBySlug(postern, slug);
      const keys = await postern.keychain.of(practice.practiceId);
      const report = await postern.gate.asJob(practice.practiceId, 'system-import', 'import', (visit) =>
        importSources({
          paths: invocation.positionals,
          ...(source === undefined ? {} : { source }),
          deriveId: deriveIdWith(keys),
          digestOf: digestWith(keys),
          store: new ChartImportStore(postern.store, visit),
          dryRun: invocation.has('dry-run'),
          signal: stop.signal,
          onProgress: progress.note,
        }),
      );
      if (report.total('created') > 0) await noteGrowth(postern);
      return report;
    }).finally(progress.end);
    if (invocation.has('json')) invocation.print(JSON.stringify(report, null, 2));
    else for (const line of describeReport(report)) invocation.print(line);
    if (report.failureCount > 0 || report.interrupted) process.exitCode = 1;
  },
};

/** `end` leaves what was reached standing, also where the import failed half-way. */
function importProgress(): { note(progress: ImportProgress): void; end(): void } {
  let bar: Progress | null = null;
  let stage = '';
  const end = () => {
    bar?.end();
    bar = null;
  };
  const note = ({ stage: now, done, total }: ImportProgress) => {
    if (now !== stage) {
      end();
      const title = now === 'reading' ? 'Reading' : 'Importing';
      const unit = now === 'reading' ? 'files' : 'resources';
      bar = showProgress({ title, unit, total, clock: systemClock, stream: process.stderr });
      stage = now;
    }
    bar?.reach(done);
    if (now === 'storing' && done >= total) end();
  };
  return { note, end };
}

const SHOWN = 50;

/** The summary for people: counts by type, then what failed and what to look at, by file and path. */
function describeReport(report: ImportReport): string[] {
  const lines = Object.entries(report.types)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([type, counts]) => {
      const told = Object.entries(counts).filter(([, count]) => count > 0);
      return [type, told.map(([outcome, count]) => `${count} ${outcome}`).join(', ')] as const;
    });
  const totals = (['created', 'updated', 'unchanged', 'repeated', 'failed'] as const)
    .map((outcome) => `${report.total(outcome)} ${outcome}`)
    .join(', ');
  const files = report.files === 1 ? '1 file' : `${report.files} files`;
  return [
    ...columns(lines),
    `${report.dryRun ? 'Dry run, nothing stored. ' : ''}${files}: ${totals}.`,
    ...(report.ignored.length === 0 ? [] : [`Skipped by their endings: ${endingsOf(report.ignored)}.`]),
    ...(report.interrupted ? ['Interrupted; the same command finishes it.'] : []),
    ...remarks('Failed', report.failures, report.failureCount),
    ...remarks('Warnings', report.warnings, report.warningCount),
  ];
}

function remarks(title: string, list: readonly Remark[], count: number): string[] {
  if (count === 0) return [];
  const shown = list
    .slice(0, SHOWN)
    .map(({ file, path, reason }) => `  ${onOneLine(file)} ${onOneLine(path)}: ${reason}`);
  const rest = count > SHOWN ? [`  … and ${count - SHOWN} more; --json lists them`] : [];
  return [`${title} (${count}):`, ...shown, ...rest];
}
