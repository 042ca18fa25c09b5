// The desk as a learner arranges it: terminals side by side with names of their own, settings, and what is pasted.
import { expect, test } from './desk.ts';

test('a split, a terminal’s name and the settings are there again after a reload', async ({ desk, page }) => {
  await desk.open('en');
  await desk.type('');
  await page.keyboard.press('Control+Shift+E');
  await expect(page.getByRole('tab')).toHaveCount(2);
  await expect(page.locator('uh-terminal[data-status="ready"]:visible')).toHaveCount(2, { timeout: 60_000 });
  await page.keyboard.press('Control+Shift+F2');
  await page.getByLabel('New name of the terminal').fill('watching');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: 'watching' })).toBeVisible();

  await page.keyboard.press('Control+Shift+,');
  const sheet = page.getByRole('dialog', { name: 'Terminal settings' });
  await sheet.getByLabel('High contrast').check();
  await sheet.locator('[name=font-size]').fill('20.5');
  await page.keyboard.press('Escape');
  await expect(page.locator('html')).toHaveAttribute('data-terminal', 'contrast');

  await page.reload();
  await expect(page.getByRole('tab', { name: 'watching' })).toBeVisible({ timeout: 60_000 });
  await expect(page.locator('uh-terminal[data-status="ready"]:visible')).toHaveCount(2, { timeout: 60_000 });
  await expect(page.locator('html')).toHaveAttribute('data-terminal', 'contrast');
  const size = page.locator('uh-terminal').first();
  expect(
    await size.evaluate(
      (each: HTMLElement & { screen?: { terminal: { options: { fontSize: number } } } }) =>
        each.screen?.terminal.options.fontSize,
    ),
  ).toBe(20.5);
});

test('a terminal that was asked for does not take the keyboard from what the learner turned to meanwhile', async ({
  desk,
  page,
}) => {
  // Its word comes when it is drawn already, as on a busy host.
  const late = Promise.withResolvers<undefined>();
  await page.routeWebSocket(/\/socket$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (typeof message === 'string' && message.includes('"type":"opened"'))
        void late.promise.then(() => socket.send(message));
      else socket.send(message);
    });
  });
  await desk.open('en');
  await desk.type('');
  await page.keyboard.press('Control+Shift+E');
  await expect(page.locator('uh-terminal[data-status="ready"]:visible')).toHaveCount(2, { timeout: 60_000 });
  await page.keyboard.press('Control+Shift+F2');
  const field = page.getByLabel('New name of the terminal');
  await field.fill('watch');
  late.resolve(undefined);
  await expect(page.getByRole('tab', { name: 'Terminal 2' })).toHaveAttribute('aria-selected', 'true');
  await expect(field).toBeFocused();
  await field.press('Enter');
  await expect(page.getByRole('tab', { name: 'watch' })).toBeVisible();
});

test('where the last terminal is closed, a new one takes its place and the keyboard', async ({ desk, page }) => {
  await desk.open('en');
  await desk.run('echo fi""rst', 'first');
  await page.getByRole('tab').press('Delete');
  await expect.poll(() => desk.text(), { timeout: 60_000 }).not.toContain('first');
  await desk.prompt();
  await expect(page.getByRole('tab')).toHaveCount(1);
  await expect(page.locator('uh-terminal:visible .xterm-helper-textarea')).toBeFocused();
});

test('text of several lines is shown before it is pasted, and runs only with Enter', async ({ desk, page }) => {
  await desk.open('ko');
  const paste = (text: string): Promise<void> =>
    page.locator('uh-terminal:visible .xterm-helper-textarea').evaluate((field, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  await desk.type('');
  await paste('echo fi""rst\necho sec""ond');
  const question = page.getByRole('dialog', { name: '2줄을 붙여 넣을까요?' });
  await expect(question.locator('pre')).toContainText('echo sec""ond');
  await question.getByRole('button', { name: '취소' }).click();
  await expect(question).toBeHidden();
  expect(await desk.text()).not.toContain('sec""ond');

  await paste('echo fi""rst\necho sec""ond');
  await question.getByRole('button', { name: '붙여 넣기', exact: true }).click();
  await expect.poll(() => desk.text()).toContain('echo sec""ond');
  expect(await desk.text()).not.toMatch(/^first$/m);
  await page.keyboard.press('Enter');
  await expect.poll(() => desk.text(), { timeout: 60_000 }).toMatch(/^first\s+second$/m);
});
