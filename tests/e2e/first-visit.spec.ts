// From the first click to the first green task, in both languages, on a real machine.
import { Desk, expect, LAB, test } from './desk.ts';

test('a first visitor goes from the home page to a shell of her own in one click', async ({ page, desk }) => {
  await page.goto('/en/');
  await page
    .getByRole('link', { name: 'Open the first lab' })
    .or(page.getByRole('button', { name: 'Open the first lab' }))
    .first()
    .click();
  await expect(page).toHaveURL(new RegExp(`/en/labs/${LAB}/`));
  await desk.prompt();
  await desk.run('echo he""llo from $(uname -s)', 'hello from Linux');
  await expect(page.locator('.machine-accelerator')).toHaveText(/KVM|TCG/);
});

test('a fresh machine does not show the load of the boot it was copied from', async ({ desk }) => {
  await desk.open('en');
  // The lab's own set-up may be caught by one or two of the kernel's samples, which the last average hardly notices;
  // a boot, with several tasks for half a minute, it shows for a quarter of an hour.
  await desk.run('cat /proc/loadavg', /^\d+\.\d\d \d+\.\d\d 0\.0\d /m);
});

test('the place in a queue stays readable while it moves up', async ({ page, desk }) => {
  await desk.open('en');
  const opacity = await page.evaluate(async () => {
    type Boot = HTMLElement & { show(progress: object | null): void };
    const boot = document.querySelector<Boot>('uh-boot');
    // Somebody else’s start is over every tenth of a second.
    for (let position = 12; position > 0; position--) {
      boot?.show({ stage: 'queued', attempt: 0, position, estimateMs: position * 1000, full: false });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return Number(getComputedStyle(boot?.querySelector('.boot-box') ?? document.body).opacity);
  });
  expect(opacity).toBe(1);
  await expect(page.locator('uh-boot')).toContainText('Number 1 in the queue');
});

for (const locale of ['ko', 'en'] as const) {
  test(`a right answer turns its task green, a wrong one says what was seen (${locale})`, async ({ desk }) => {
    await desk.open(locale);
    const task = desk.task('total');
    await task.locator('form.answer input').fill('99999');
    await task.locator('.task-go').click();
    await expect(task.locator('.task-messages')).toContainText('99999');
    await expect(task).not.toHaveAttribute('data-status', 'passed');

    await desk.run('echo "tasks=$(cut -d/ -f2 /proc/loadavg | cut -d\' \' -f1)"', /^tasks=\d+$/m);
    const tasks = /^tasks=(\d+)$/m.exec(await desk.text())?.[1] ?? '';
    await task.locator('form.answer input').fill(tasks);
    await task.locator('.task-go').click();
    await expect(task).toHaveAttribute('data-status', 'passed');
  });
}

test('progress is there again after a reload and on the other language of the page', async ({ desk, page }) => {
  await desk.open('en');
  const choice = desk.task('meaning');
  await choice.locator('input[value="about-eight"]').check();
  await choice.locator('.task-go').click();
  await expect(choice).toHaveAttribute('data-status', 'passed');
  await page.reload();
  await expect(desk.task('meaning')).toHaveAttribute('data-status', 'passed');
  await page.goto(`/ko/labs/${LAB}/`);
  await expect(desk.task('meaning')).toHaveAttribute('data-status', 'passed');
  await new Desk(page).prompt();
});
