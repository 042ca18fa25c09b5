// The X-ray: what the page draws is what this machine's kernel does now.
import { expect, test } from './desk.ts';

test('three busy loops are three runnable tasks in the X-ray, and a zombie is one in words', async ({ desk, page }) => {
  await desk.open('en');
  await page.locator('[data-action=xray]').click();
  const xray = page.locator('uh-xray');
  await xray.getByRole('tab', { name: 'Run queue' }).click();
  await desk.run('for i in 1 2 3; do timeout 90 sh -c "while :; do :; done" & done; echo lo""ops', 'loops');
  await expect(xray).toContainText(/[3-9] runnable \+/, { timeout: 90_000 });

  await desk.run('pkill -f "while :"; (sleep 1 & exec sleep 90) & sleep 3; echo bur""ied', 'buried');
  await xray.getByRole('tab', { name: 'Processes' }).click();
  await expect(xray).toContainText('1 of them zombies', { timeout: 90_000 });
  await expect(xray.locator('[data-state=Z]')).toHaveCount(1);
});

test('a lesson opens its view and lights the parts it speaks of; a moment of it is linked to the command that caused it', async ({
  desk,
  page,
}) => {
  await desk.open('en');
  const xray = page.locator('uh-xray');
  await page.locator('.xray[data-view="run-queue"] .xray-open').first().click();
  await expect(xray.getByRole('tab', { name: 'Run queue' })).toHaveAttribute('aria-selected', 'true');
  await expect(xray.locator('[data-item="load-one"]')).toHaveClass(/xr-lit/, { timeout: 60_000 });

  await desk.run('timeout 8 sh -c "while :; do :; done"; echo o""ver', 'over');
  const mark = xray.locator('.xr-mark').first();
  await expect(mark).toHaveAttribute('title', /timeout 8/);
  await expect(xray.locator('.xr-when')).toContainText('timeout 8');
  // back to when it began, as a pointer does
  await mark.dispatchEvent('click');
  await expect(xray.getByRole('button', { name: 'Back to now' })).toBeEnabled();
  await expect(xray.locator('.xr-when')).toContainText(/ago · while .*timeout 8.* runs/);
  await xray.getByRole('button', { name: 'Back to now' }).click();
  await expect(xray.locator('.xr-foot button').first()).toBeDisabled();
});

test('the network’s picture is laid out, with words for who does not see it', async ({ desk, page }) => {
  await desk.open('en');
  await page.locator('[data-action=xray]').click();
  const xray = page.locator('uh-xray');
  await xray.getByRole('tab', { name: 'Network' }).click();
  await expect(xray.locator('.xr-nic').filter({ hasText: 'eth0' }).first()).toBeVisible({ timeout: 60_000 });
  await xray.getByRole('button', { name: 'The same in words' }).click();
  await expect(xray.getByRole('region', { name: 'The same in words' })).toContainText('203.0.113.10');
});
