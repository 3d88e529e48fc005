/** What one stage of the tests came to. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** A stage that is one check: lint, types. */
export function tallyOfCheck(status: number | undefined): Tally {
  return status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/**
 * Counts a Vitest run from its JSON report. A file that could not be loaded counts as one failure, and so does a run
 * that failed without any (an unhandled error, no test found, no report written).
 */
export function tallyOfVitest(report: string | undefined, status: number | undefined): Tally {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const file of parse(report).testResults ?? []) {
    const tests = file.assertionResults ?? [];
    for (const test of tests) {
      if (test.status === 'passed') tally.passed += 1;
      else if (test.status === 'failed') tally.failed += 1;
      else tally.skipped += 1;
    }
    if (file.status === 'failed' && !tests.some((test) => test.status === 'failed')) tally.failed += 1;
  }
  if (status !== 0 && tally.failed === 0) tally.failed = 1;
  return tally;
}

export function sum(tallies: readonly Tally[]): Tally {
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of tallies) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/** The closing line. */
export function inWords({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

interface Report {
  testResults?: { status?: string; assertionResults?: { status?: string }[] }[];
}

function parse(report: string | undefined): Report {
  if (report === undefined) return {};
  try {
    return JSON.parse(report) as Report;
  } catch {
    return {}; // A run that was cut off leaves half a report: it is counted by its exit status.
  }
}
