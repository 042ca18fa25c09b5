// What must not cost a learner her shell: a reload, a lost network, a server that goes away in the middle.
import { expect, Desk, LAB, test } from './desk.ts';

test('a reload in the middle of a command costs nothing', async ({ desk, page }) => {
  await desk.open('en');
  await desk.run('kept=val""ue; for n in 1 2 3; do echo line-$n; done; sleep 5; echo af""ter', 'line-3');
  await page.reload();
  await expect.poll(() => desk.text(), { timeout: 60_000 }).toMatch(/line-1\s+line-2\s+line-3\s+after/);
  await desk.run('echo "<$kept>"', '<value>');
});

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`a server ended by ${signal} and started again costs no shell`, async ({ desk, server }) => {
    await desk.open('en');
    await desk.run('kept=val""ue; echo re""ady', 'ready');
    await server.signal(signal);
    await expect(desk.page.locator('uh-machine')).not.toHaveAttribute('data-link', 'open');
    await server.run();
    await expect(desk.page.locator('uh-machine')).toHaveAttribute('data-link', 'open', { timeout: 60_000 });
    await desk.prompt();
    await desk.run('echo "<$kept>"', '<value>');
  });
}

test('a network that is gone for a while comes back to the same screen, without a doubled or lost line', async ({
  desk,
  page,
  context,
}) => {
  await desk.open('en');
  await desk.run('for n in $(seq 1 12); do echo tick-$n; sleep 1; done; echo e""nd', 'tick-2');
  await context.setOffline(true);
  await context.setOffline(false);
  await expect.poll(() => desk.text(), { timeout: 60_000 }).toContain('\nend');
  const ticks = (await desk.text()).match(/^tick-\d+$/gm) ?? [];
  expect(ticks).toEqual(Array.from({ length: 12 }, (_, n) => `tick-${String(n + 1)}`));
  await expect(page.locator('uh-machine')).toHaveAttribute('data-link', 'open');
});

test('a network that goes silent is noticed, said, and made up for', async ({ desk, page, context }) => {
  test.setTimeout(240_000);
  // Not a closed connection but a dead one, as when a cable is pulled: bytes stop in both directions and nobody is told.
  let silent = false;
  await page.routeWebSocket(/\/socket$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => void (silent || server.send(message)));
    server.onMessage((message) => void (silent || socket.send(message)));
  });
  await desk.open('en');
  await desk.run('for n in $(seq 1 40); do echo tick-$n; sleep 1; done; echo e""nd', 'tick-2');
  silent = true;
  await context.setOffline(true);
  // The page finds out by itself, within its own half minute.
  await expect(page.locator('uh-machine')).not.toHaveAttribute('data-link', 'open', { timeout: 60_000 });
  await expect(page.locator('uh-notice')).toHaveAttribute('data-status', 'unreachable', { timeout: 60_000 });
  await expect(page.locator('uh-notice')).toContainText('We keep trying');
  silent = false;
  await context.setOffline(false);
  await expect(page.locator('uh-machine')).toHaveAttribute('data-link', 'open', { timeout: 60_000 });
  await expect.poll(() => desk.text(), { timeout: 90_000 }).toContain('\nend');
  const ticks = (await desk.text()).match(/^tick-\d+$/gm) ?? [];
  expect(ticks).toEqual(Array.from({ length: 40 }, (_, n) => `tick-${String(n + 1)}`));
});

test('two tabs on one machine share its terminal', async ({ desk, context }) => {
  await desk.open('en');
  const second = new Desk(await context.newPage());
  await second.open('en');
  await second.run('echo sha""red', 'shared');
  await expect.poll(() => desk.text()).toContain('shared');
});

test('a flood does not freeze the page, and Ctrl-C ends it', async ({ desk, page }) => {
  await desk.open('en');
  await desk.type('yes');
  await page.keyboard.press('Enter');
  await expect.poll(() => desk.text()).toMatch(/y\ny\ny\n/);
  await page.keyboard.press('Control+c');
  await desk.prompt();
  await desk.run('echo still-he""re', 'still-here');
});

test('a reset gives a fresh machine and keeps the progress', async ({ desk, page }) => {
  await desk.open('en');
  const name = await page.locator('.machine-name').textContent();
  await desk.run('touch /tmp/mi""ne; echo ma""de', 'made');
  await page.getByRole('button', { name: 'Reset the machine' }).click();
  await page.getByRole('button', { name: 'Take a fresh machine' }).click();
  await expect(page.locator('.machine-name')).not.toHaveText(name ?? '');
  await desk.prompt();
  await desk.run('ls /tmp/mine || echo go""ne', 'gone');
});

test('a server that is not this one may not open the socket', async ({ desk, page }) => {
  await desk.open('en');
  const answer = await page.request.get(`/api/labs/${LAB}`, {
    headers: { origin: 'http://example.org', host: 'example.org' },
  });
  expect(answer.ok()).toBe(false);
});
