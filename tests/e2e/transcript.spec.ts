// What was run and what it printed, as a list to read and to keep.
import { readFile } from 'node:fs/promises';
import type { Download, Page } from '@playwright/test';
import { expect, test } from './desk.ts';

async function saved(page: Page, button: string): Promise<{ download: Download; text: string }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return { download, text: await readFile(await download.path(), 'utf8') };
}

test('commands and their output are a list, after a reload too, and come as text and as an asciicast', async ({
  desk,
  page,
}) => {
  await desk.open('en');
  await desk.run('printf "one\\ntwo\\n"; echo th""ree', 'three');
  await desk.prompt();
  await desk.run('(exit 3); clear; echo cle""ared; false', 'cleared');
  await desk.prompt();
  await page.reload();
  await desk.prompt();
  await desk.type('');
  await page.keyboard.press('Control+Shift+H');
  const sheet = page.getByRole('dialog', { name: 'Transcript' });
  const items = sheet.getByRole('listitem');
  await expect(items).toHaveCount(2);
  await expect(items.first().getByRole('heading')).toHaveText('printf "one\\ntwo\\n"; echo th""ree');
  await expect(items.first().locator('pre')).toHaveText('one\ntwo\nthree');
  await expect(items.last()).toContainText('exit code 1');
  await expect(sheet.getByRole('status')).toHaveText('Commands: 2');

  const text = await saved(page, 'Save as text');
  expect(text.download.suggestedFilename()).toMatch(/\.txt$/);
  expect(text.text).toContain('$ printf "one\\ntwo\\n"; echo th""ree\none\ntwo\nthree\n');
  const cast = await saved(page, 'Save as asciicast');
  expect(cast.download.suggestedFilename()).toMatch(/\.cast$/);
  const [header = '', ...events] = cast.text.trim().split('\n');
  expect(JSON.parse(header)).toMatchObject({ version: 2, whole: true });
  const printed = events.map((line) => JSON.parse(line) as [number, string, string]);
  expect(printed.map(([, kind, data]) => (kind === 'o' ? data : '')).join('')).toContain('one\r\ntwo\r\nthree\r\n');
});
