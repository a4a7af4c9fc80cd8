/** A reporter whose last line says the counts plainly, the checks that ran before among them. */
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node';

export default class TestSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason): void {
    let passed = counted('PASSED');
    let failed = counted('FAILED') + errors.length;
    let skipped = 0;
    for (const module of modules) {
      // A file that could not even be loaded holds no test that failed.
      if (module.state() === 'failed' && module.errors().length > 0) failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else if (state === 'failed') failed += 1;
        else skipped += 1;
      }
    }
    if (reason === 'interrupted') process.stdout.write('The run was interrupted.\n');
    // After the summary of the default reporter, which is written when this event is over.
    process.once('exit', () => {
      process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    });
  }
}

function counted(what: string): number {
  return Number(process.env[`POSTERN_TEST_CHECKS_${what}`] ?? 0);
}
