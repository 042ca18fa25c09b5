// What was destroyed is there again: the machine goes back to the moment a task was passed, memory and disk.
import { expect, test } from './desk.ts';

test('a machine goes back to the start of the step after something vital was removed', async ({ desk, page }) => {
  test.setTimeout(300_000);
  await desk.open('en');
  const back = page.getByRole('button', { name: 'Back to the start of this step' });
  await desk.run('(while sleep 1; do :; done) & kept=val""ue; echo be""fore', 'before');
  await desk.run('echo "tasks=$(cut -d/ -f2 /proc/loadavg | cut -d\' \' -f1)"', /^tasks=\d+$/m);
  const tasks = /^tasks=(\d+)$/m.exec(await desk.text())?.[1] ?? '';
  const task = desk.task('total');
  await task.locator('form.answer input').fill(tasks);
  await task.locator('.task-go').click();
  await expect(task).toHaveAttribute('data-status', 'passed');

  // The moment is kept while the learner goes on; the sheet knows of it once it is there.
  await expect
    .poll(
      async () => {
        await back.click();
        const moments = await page.locator('.rewind-moments label').count();
        await page.keyboard.press('Escape');
        return moments;
      },
      { timeout: 90_000, intervals: [2000] },
    )
    .toBe(2);
  const name = await page.locator('.machine-name').textContent();

  await desk.run('sudo rm -rf /usr/lib /usr/bin /etc; kept=lo""st; echo go""ne', 'gone');
  await desk.run('ls /', /No such file|not found/);

  await back.click();
  await expect(page.locator('.rewind-moments input').first()).toBeChecked();
  await page.getByRole('button', { name: 'Take it back' }).click();
  await expect(page.locator('uh-machine')).toHaveAttribute('data-status', 'ready', { timeout: 90_000 });
  await expect.poll(() => desk.text(), { timeout: 90_000 }).not.toContain('gone');
  await desk.prompt();
  // The shell of then, its variable, its screen and the program it had in the background; and it is the same machine.
  expect(await desk.text()).toContain('before');
  await desk.run(
    'ls /usr/bin/env; echo "<$kept>"; echo running=$(jobs -rp | wc -l)',
    /\/usr\/bin\/env\s+<value>\s+running=1/,
  );
  await expect(page.locator('.machine-name')).toHaveText(name ?? '');
  await expect(task).toHaveAttribute('data-status', 'passed');
});
