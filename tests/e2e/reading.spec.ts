// The pages as documents: nothing for axe to complain about, in both languages and both themes, on a desk and on a phone.
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, LAB, test } from './desk.ts';

const THEMES = ['light', 'dark'] as const;

/** The text below the first screen is laid out last. */
async function unfolded(page: Page): Promise<void> {
  await expect(page.locator('html')).not.toHaveAttribute('data-folded');
}

async function complaints(page: Page): Promise<readonly string[]> {
  await unfolded(page);
  // Everything that folds is read as well.
  await page.evaluate(() => document.querySelectorAll('details').forEach((each) => (each.open = true)));
  const { violations } = await new AxeBuilder({ page }).exclude('.xterm').analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`.slice(0, 400));
}

for (const locale of ['ko', 'en'] as const) {
  for (const scheme of THEMES) {
    for (const path of [`/${locale}/`, `/${locale}/labs/${LAB}/`, `/${locale}/glossary/`, `/${locale}/commands/`]) {
      test(`axe finds nothing on ${path} (${scheme})`, async ({ page }) => {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
        await page.goto(path);
        await expect(page.locator('html')).toHaveAttribute('lang', locale);
        expect(await complaints(page)).toEqual([]);
      });
    }
  }

  test(`axe finds nothing in any lab's text (${locale})`, async ({ page }) => {
    test.slow();
    // The text is looked at, not the machine.
    await page.route('**/session', (route) => route.abort());
    await page.goto(`/${locale}/`);
    const labs = await page
      .locator('main a[href*="/labs/"]')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    const paths = [...new Set(labs)];
    expect(paths.length).toBeGreaterThanOrEqual(11);
    for (const [index, path] of paths.entries()) {
      const colorScheme = THEMES[(index + (locale === 'ko' ? 1 : 0)) % 2] ?? 'light';
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(path);
      expect(await complaints(page), `${path} (${colorScheme})`).toEqual([]);
    }
  });

  test(`nothing moves while a page loads, on a phone (${locale})`, async ({ page }) => {
    await page.setViewportSize({ width: 412, height: 823 });
    for (const path of [`/${locale}/`, `/${locale}/labs/${LAB}/`]) {
      await page.goto(path);
      const shifted = await page.evaluate(async () => {
        await document.fonts.ready;
        const moved = (entry: PerformanceEntry): number => ('value' in entry ? Number(entry.value) : 0);
        return await new Promise<number>((resolve) => {
          // The browser sends what it kept in one piece, followed by nothing where there was none.
          const watcher = new PerformanceObserver((list) =>
            resolve(list.getEntriesByType('layout-shift').reduce((sum, entry) => sum + moved(entry), 0)),
          );
          watcher.observe({ type: 'layout-shift', buffered: true });
          watcher.observe({ type: 'paint', buffered: true });
        });
      });
      // A tenth is where browsers' makers begin to call it bad.
      expect(shifted, path).toBeLessThan(0.02);
    }
  });

  test(`nothing is wider than a phone (${locale})`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of [`/${locale}/`, `/${locale}/labs/${LAB}/`]) {
      await page.goto(path);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    }
  });
}

test('a text that was unfolded is the text as it would have been, and an address in it is found at once', async ({
  page,
}) => {
  const path = `/ko/labs/${LAB}/`;
  await page.setViewportSize({ width: 412, height: 823 });
  // A machine that starts moves the text by what it says of its tasks.
  await page.route('**/session', (route) => route.abort());
  const blocks = page.locator('.lesson-text > *');
  const shape = (): Promise<number[][]> =>
    blocks.evaluateAll((all) =>
      all.map((block) => block.getBoundingClientRect()).map(({ top, height }) => [top + scrollY, height]),
    );
  const last = page.locator('.lesson-text section.task').last();
  const skips = (): Promise<boolean> =>
    last.evaluate((task) => !task.querySelector('h3')?.checkVisibility({ contentVisibilityAuto: true }));

  // Nothing unfolds before the scripts are there.
  const scripts = Promise.withResolvers<void>();
  await page.route('**/*.js', async (route) => {
    await scripts.promise;
    await route.continue();
  });
  await page.goto(path, { waitUntil: 'commit' });
  await expect(last).toBeAttached();
  await expect.poll(skips).toBe(true);
  scripts.resolve();
  await unfolded(page);
  expect(await skips()).toBe(false);
  await expect(blocks.first()).not.toHaveAttribute('data-unfolded');
  await page.evaluate(() => document.fonts.ready);
  const shown = await shape();

  await page.reload();
  await unfolded(page);
  await page.evaluate(() => document.fonts.ready);
  expect(shown).toEqual(await shape());

  const id = (await last.getAttribute('id')) ?? (await last.locator('[id]').first().getAttribute('id')) ?? '';
  await page.goto('about:blank');
  await page.goto(`${path}#${id}`, { waitUntil: 'commit' });
  await expect(last).toBeInViewport();
  await unfolded(page);
  expect(await skips()).toBe(false);
});

test('a lab needs at most 60 kB of script, compressed, before the terminal', async ({ request }) => {
  const answer = await request.get(`/ko/labs/${LAB}/`);
  const wanted = [...(await answer.text()).matchAll(/<script[^>]+src="([^"]+)"/g)].map((match) => match[1] ?? '');
  const sizes = new Map<string, number>();
  for (const path of wanted) {
    const url = new URL(path, answer.url()).href;
    if (sizes.has(url)) continue;
    const script = await (await request.get(url)).text();
    sizes.set(url, gzipSync(script).length);
    // What is imported at once; `import()` of the terminal comes later and is not counted.
    for (const [, name = ''] of script.matchAll(/(?:from|import)\s*"(\.{1,2}\/[^"]+)"/g)) {
      wanted.push(new URL(name, url).pathname);
    }
  }
  expect(sizes.size).toBeGreaterThan(1);
  expect([...sizes.values()].reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(60_000);
});
