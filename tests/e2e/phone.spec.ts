// A phone: the machine below the text, and a row for the keys that its keyboard lacks.
import { expect, test } from './desk.ts';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

test('the extra keys reach the shell: Ctrl, Tab, arrows, Esc and |', async ({ desk, page }) => {
  await desk.open('ko');
  const keys = page.getByRole('toolbar', { name: '보조 키' });
  const tap = (name: string): Promise<void> => keys.getByRole('button', { name, exact: true }).tap();
  await page.locator('uh-terminal:visible').tap();

  await desk.type('sleep 600');
  await page.keyboard.press('Enter');
  await expect(page.locator('uh-terminal[data-prompt="busy"]')).toBeVisible();
  await tap('Ctrl');
  await expect(keys.getByRole('button', { name: 'Ctrl' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.type('c');
  await expect(page.locator('uh-terminal[data-prompt="free"]')).toBeVisible();

  await desk.type('echo pi""ped ');
  await tap('|');
  await page.keyboard.type(' tr a-z A-Z');
  await page.keyboard.press('Enter');
  await expect.poll(() => desk.text(), { timeout: 60_000 }).toMatch(/^PIPED$/m);
  await desk.prompt();

  // Esc, then a dot, puts in the last argument of the command before.
  await page.keyboard.type('echo ');
  await tap('Esc');
  await page.keyboard.type('.');
  await page.keyboard.press('Enter');
  await expect.poll(() => desk.text(), { timeout: 60_000 }).toMatch(/^A-Z$/m);
  await desk.prompt();

  await tap('↑');
  await tap('↑');
  await page.keyboard.press('Enter');
  await expect.poll(() => desk.text(), { timeout: 60_000 }).toMatch(/^PIPED$[\s\S]*^PIPED$/m);
  await desk.prompt();

  await page.keyboard.type('cat /etc/hostn');
  await tap('Tab');
  await expect.poll(() => desk.text()).toContain('cat /etc/hostname');
});

test('the machine can be put away and have the whole screen', async ({ desk, page }) => {
  await desk.open('en');
  const height = async (): Promise<number> => (await page.locator('uh-machine').boundingBox())?.height ?? 0;
  const half = await height();
  await page.locator('.machine-bar').getByRole('button', { name: 'Text only' }).tap();
  await expect.poll(height).toBeLessThan(60);
  await page.locator('.machine-bar').getByRole('button', { name: 'Machine only' }).tap();
  await expect.poll(height).toBeGreaterThan(half + 200);
});
