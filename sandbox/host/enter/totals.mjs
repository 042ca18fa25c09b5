// Counting tests from the reports that Vitest and Playwright write as JSON.

export const NOTHING = { passed: 0, failed: 0, skipped: 0 };

/** @param {string | undefined} report undefined where the runner wrote none: that counts as one failure */
export function totalsOf(report) {
  let json;
  try {
    json = JSON.parse(report);
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  if (json.stats !== undefined) {
    const { expected, unexpected, flaky, skipped } = json.stats;
    // A flaky test is a broken test. Errors outside of tests (a file that does not load) are failures too.
    return { passed: expected, failed: unexpected + flaky + (json.errors ?? []).length, skipped };
  }
  const unloaded = (json.testResults ?? []).filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return {
    passed: json.numPassedTests ?? 0,
    failed: (json.numFailedTests ?? 0) + unloaded.length,
    skipped: (json.numPendingTests ?? 0) + (json.numTodoTests ?? 0),
  };
}

export function addTotals(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** Alone on its line and always in English: programs read it. */
export function totalsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
