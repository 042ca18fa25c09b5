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
});
