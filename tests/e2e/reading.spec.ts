// The pages as documents: nothing for axe to complain about, in both languages and both themes, on a desk and on a phone.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, LAB, test } from './desk.ts';

for (const locale of ['ko', 'en'] as const) {
  for (const scheme of ['light', 'dark'] as const) {
    for (const path of [`/${locale}/`, `/${locale}/labs/${LAB}/`, `/${locale}/glossary/`, `/${locale}/commands/`]) {
      test(`axe finds nothing on ${path} (${scheme})`, async ({ page }) => {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
        await page.goto(path);
        await expect(page.locator('html')).toHaveAttribute('lang', locale);
        const result = await new AxeBuilder({ page }).exclude('.xterm').analyze();
        expect(
          result.violations.map(
            ({ id, nodes }) =>
              `${id}: ${nodes
                .map((node) => node.html)
                .join(' | ')
                .slice(0, 400)}`,
          ),
        ).toEqual([]);
      });
    }
  }

  test(`nothing is wider than a phone (${locale})`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of [`/${locale}/`, `/${locale}/labs/${LAB}/`]) {
      await page.goto(path);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    }
  });
}
