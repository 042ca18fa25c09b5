// Korean typed by an input method, as the browser's own composition events bring it, and Korean looked for.
import { expect, LAB, test } from './desk.ts';

test('Korean composed syllable by syllable reaches the shell once and whole', async ({ desk, page, context }) => {
  await desk.open('ko');
  await desk.type("echo '");
  const keyboard = await context.newCDPSession(page);
  const compose = (text: string): Promise<unknown> =>
    keyboard.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  for (const step of ['ㅎ', '하', '한']) await compose(step);
  await keyboard.send('Input.insertText', { text: '한' });
  for (const step of ['ㄱ', '그', '글']) await compose(step);
  await keyboard.send('Input.insertText', { text: '글' });
  await page.keyboard.type(" 2'");
  await page.keyboard.press('Enter');
  await expect.poll(() => desk.text(), { timeout: 60_000 }).toMatch(/^한글 2$/m);
  expect(await desk.text()).toContain("$ echo '한글 2'");
});

for (const [locale, query, found] of [
  ['ko', '로드 애버리지', '로드 애버리지'],
  ['en', 'overlayfs whiteout', 'whiteout'],
] as const) {
  test(`the search finds what the lessons say (${locale})`, async ({ page }) => {
    await page.goto(`/${locale}/`);
    await page.keyboard.press('/');
    await page.keyboard.type(query);
    const results = page.locator('.found a');
    await expect(results.first()).toBeVisible();
    await expect(results.filter({ hasText: found }).first()).toBeVisible();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(new RegExp(`/${locale}/(labs|glossary)/`));
  });
}

test('a lesson in the other language is at the same place', async ({ page }) => {
  await page.goto(`/en/labs/${LAB}/#frozen`);
  await page.getByRole('link', { name: '한국어' }).click();
  await expect(page).toHaveURL(new RegExp(`/ko/labs/${LAB}/`));
  await expect(page.locator('#frozen')).toBeInViewport();
});
