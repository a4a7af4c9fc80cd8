/** How the process was started: whoever may look into it sees keys and records. */
import type { Fault } from './fault.ts';

/** As much of a process as is looked at. */
export interface ProcessStanding {
  readonly execArgv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where its inspector listens; undefined where it does not. */
  readonly inspectorUrl: string | undefined;
}

/** Options of Node that open the process, or write its memory to a file. */
const OPENING =
  /^--(inspect|debug|heapsnapshot|heap-prof|cpu-prof|prof$|trace-|report-on|diagnostic-dir|allow-natives)/;
/** Variables by which Node and packages tell what they do, requests and statements included. */
const TALKATIVE = ['NODE_DEBUG', 'NODE_DEBUG_NATIVE', 'DEBUG', 'NODE_V8_COVERAGE'];

export function processFaults({ execArgv, environment, inspectorUrl }: ProcessStanding): Fault[] {
  const faults: Fault[] = [];
  const found = (what: string, mend: string) =>
    faults.push({ check: 'debugging', sentence: `Debugging is on (${what}); ${mend}.` });
  for (const option of execArgv.filter(isOpening)) found(option, 'start it without that option');
  const inherited = (environment.NODE_OPTIONS ?? '').split(/\s+/);
  for (const option of inherited.filter(isOpening)) {
    found(`NODE_OPTIONS=${nameOf(option)}`, 'take it out of NODE_OPTIONS');
  }
  if (inspectorUrl !== undefined && faults.length === 0) {
    found('the inspector listens', 'start it anew and send it no SIGUSR1');
  }
  for (const name of TALKATIVE) {
    if ((environment[name] ?? '') !== '') found(name, `unset ${name}`);
  }
  if (environment.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    faults.push({
      check: 'debugging',
      sentence:
        'Certificates of other servers are not checked (NODE_TLS_REJECT_UNAUTHORIZED=0); unset it, and ' +
        'name a private authority in NODE_EXTRA_CA_CERTS instead.',
    });
  }
  return faults;
}

function isOpening(option: string): boolean {
  return OPENING.test(option);
}

function nameOf(option: string): string {
  return option.split('=', 1)[0] ?? option;
}
