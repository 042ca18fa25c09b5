// Tasks as they are worked on: goals that are ticked one by one, a way to the explanation, and a sign for what is out of sight.
import { Desk, expect, LAB, test } from './desk.ts';

const FREEZE =
  'truncate -s 32M /tmp/pond.img && sudo mkfs.ext4 -q /tmp/pond.img && sudo mkdir -p /mnt/pond && ' +
  'sudo mount -o loop /tmp/pond.img /mnt/pond && sudo chmod 777 /mnt/pond && sudo fsfreeze -f /mnt/pond; ' +
  'for i in $(seq 6); do touch /mnt/pond/$i & done; echo fro""zen';

test('a goal is ticked as it comes true, while the others are still open, and stays over a reload', async ({
  desk,
  page,
}) => {
  await desk.open('ko');
  const task = desk.task('frozen');
  const goal = task.locator('[data-goal=sleepers]');
  await desk.run('echo be""gun', 'begun');
  await expect(task.locator('.task-messages')).toContainText('D 상태의 프로세스가 0개', { timeout: 60_000 });
  await expect(goal).toContainText('(아직)');
  // The message leads to where the state D is explained.
  await task.getByRole('link', { name: '설명 읽기' }).click();
  await expect(page.locator('#state-d')).toBeInViewport();

  await desk.paste(FREEZE);
  await page.keyboard.press('Enter');
  await expect(goal).toContainText('(달성)', { timeout: 90_000 });
  await expect(task).not.toHaveAttribute('data-status', 'passed');
  await page.reload();
  await expect(goal).toContainText('(달성)');
});

test('what is passed out of sight is said in the corner, in another tab too, and leads to its card', async ({
  desk,
  page,
  context,
}) => {
  await desk.open('en');
  const other = new Desk(await context.newPage());
  await other.open('en');
  const choice = other.task('meaning');
  await choice.locator('input[value="about-eight"]').check();
  await choice.locator('.task-go').click();
  await expect(choice).toHaveAttribute('data-status', 'passed');
  // Where it was answered it is in sight.
  await expect(other.page.locator('uh-passed')).toBeEmpty();

  const sign = page.locator('uh-passed');
  const scrolled = await page.evaluate(() => scrollY);
  await expect(sign).toContainText('Passed: Two CPUs, load 8');
  expect(await page.evaluate(() => scrollY)).toBe(scrolled);
  await sign.getByRole('link').click();
  await expect(desk.task('meaning').locator('.task-head')).toBeInViewport();
  await expect(sign).toBeEmpty();
});

test('a term is explained at the term: under the pointer, on focus, and Esc closes it', async ({ page }) => {
  await page.goto(`/en/labs/${LAB}/`);
  const term = page.locator('a.term').first();
  const card = page.locator('.term-card');
  await term.hover();
  await expect(card).toContainText('exponentially damped averages');
  await page.keyboard.press('Escape');
  await expect(card).toHaveCount(0);
  await page.mouse.move(0, 0);
  await page.locator('.command-button').first().focus();
  while (!(await term.evaluate((each) => each === document.activeElement))) await page.keyboard.press('Tab');
  await expect(card).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(card.getByRole('link')).toBeFocused();
  await page.keyboard.press('Tab');
  // The next stop may be a term again, with a card of its own.
  await expect(card.filter({ hasText: 'exponentially damped averages' })).toHaveCount(0);
});
