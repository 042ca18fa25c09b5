// Leaving and coming back: after a night with the lid closed, and in another browser with a recovery code.
import { Desk, expect, LAB, test } from './desk.ts';

const NIGHT_MS = 9 * 3_600_000;

test('after a night the machine wakes with its shell, and knows what time it is', async ({
  desk,
  server,
  context,
  page,
}) => {
  test.setTimeout(300_000);
  await desk.open('en');
  await desk.run('kept=val""ue; echo good""night', 'goodnight');
  await context.setOffline(true);
  // The night: nobody looked for nine hours when the server looks at its clock again.
  await server.signal('SIGTERM');
  await server.run({ clockAheadMs: NIGHT_MS });
  const hibernated = async (): Promise<number> => {
    const health = (await (await fetch(`${server.origin}/api/health`)).json()) as { machines: { hibernated: number } };
    return health.machines.hibernated;
  };
  await expect.poll(hibernated, { timeout: 120_000 }).toBeGreaterThan(0);

  await context.setOffline(false);
  await expect(page.locator('uh-machine')).toHaveAttribute('data-status', 'ready', { timeout: 120_000 });
  await expect.poll(() => desk.text(), { timeout: 60_000 }).toContain('goodnight');
  await desk.prompt();
  await desk.run(
    'echo "<$kept>" $(( ($(date +%s) - ' + String(Math.floor(Date.now() / 1000)) + ') / 3600 ))h',
    '<value> 9h',
  );

  await server.signal('SIGTERM');
  await server.run();
});

test('another browser goes on with a recovery code, once it is confirmed', async ({ desk, page, browser, baseURL }) => {
  test.setTimeout(300_000);
  await desk.open('en');
  const name = await page.locator('.machine-name').textContent();
  const choice = desk.task('meaning');
  await choice.locator('input[value="about-eight"]').check();
  await choice.locator('.task-go').click();
  await expect(choice).toHaveAttribute('data-status', 'passed');
  await desk.run('kept=val""ue; echo wri""tten', 'written');
  await page.getByRole('button', { name: 'Continue later' }).click();
  await page.getByRole('button', { name: 'Make a code' }).click();
  await expect(page.locator('.keep-code')).toHaveText(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
  const link = (await page.locator('.keep-link').textContent()) ?? '';
  await page.keyboard.press('Escape');

  await using context = await browser.newContext({ ...(baseURL === undefined ? {} : { baseURL }) });
  const other = new Desk(await context.newPage());
  await other.page.goto(link);
  // The link alone does nothing, and the code does not stay in the address.
  await expect(other.page.getByLabel('Recovery code')).toHaveValue(/-/);
  expect(new URL(other.page.url()).hash).toBe('');
  const before = await (await context.request.get(`/api/labs/${LAB}`)).json();
  expect(before).toMatchObject({ session: null });
  await other.page.getByRole('button', { name: 'Continue in this browser' }).click();
  await expect(other.page).toHaveURL(new RegExp(`/en/labs/${LAB}/`));
  await other.prompt();
  await expect(other.page.locator('.machine-name')).toHaveText(name ?? '');
  await expect(other.task('meaning')).toHaveAttribute('data-status', 'passed');
  expect(await other.text()).toContain('written');
  await other.run('echo "<$kept>"', '<value>');
});

test('a mistyped code is said so, in the reader’s language', async ({ page }) => {
  await page.goto('/ko/continue/');
  await page.getByLabel('이어하기 코드').fill('AAAA-BBBB-CCCC-DDDD');
  await page.getByRole('button', { name: '이 브라우저에서 이어서 하기' }).click();
  await expect(page.getByRole('alert')).toContainText('이 코드로 이어 갈 수 있는 기록이 없습니다');
});
