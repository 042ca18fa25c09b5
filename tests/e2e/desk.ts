// What the journeys share: a server with real machines for each worker, and a desk that reads the terminal's buffer, never pixels.
import { test as base, expect, type Page } from '@playwright/test';
import { ServerProcess } from '../fixtures/server-process.ts';
import { makeTemplates } from '../fixtures/templates.ts';

export const LAB = 'what-load-counts';

/** One page with a lab open. */
export class Desk {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  async open(locale: 'ko' | 'en'): Promise<void> {
    await this.page.goto(`/${locale}/labs/${LAB}/`);
    await this.prompt();
  }

  /** Text of the shown terminal, scrollback included, without trailing blanks. */
  async text(): Promise<string> {
    return await this.page.evaluate(() => {
      type Line = { translateToString(trim: boolean): string };
      type Shown = HTMLElement & {
        screen?: { terminal: { buffer: { active: { length: number; getLine(row: number): Line | undefined } } } };
      };
      const shown = [...document.querySelectorAll<Shown>('uh-terminal')].find((each) => each.offsetParent !== null);
      const buffer = shown?.screen?.terminal.buffer.active;
      if (buffer === undefined) return '';
      const lines = Array.from(
        { length: buffer.length },
        (_, row) => buffer.getLine(row)?.translateToString(true) ?? '',
      );
      return lines.join('\n').trimEnd();
    });
  }

  /** Waits until the shell stands at a prompt that takes input. */
  async prompt(): Promise<void> {
    await expect.poll(() => this.text(), { timeout: 90_000 }).toMatch(/\w+@vm-[\w-]+:[^\n]*[$#]$/);
    await expect(this.page.locator('uh-terminal[data-status="ready"]:visible')).toBeVisible({ timeout: 30_000 });
  }

  async type(keys: string): Promise<void> {
    await this.page.locator('uh-terminal:visible .xterm-helper-textarea').focus();
    await this.page.keyboard.type(keys);
  }

  /** Puts a long text in at once, as an input method does. */
  async paste(text: string): Promise<void> {
    await this.page.locator('uh-terminal:visible .xterm-helper-textarea').focus();
    await this.page.keyboard.insertText(text);
  }

  /** Types a command, presses Enter and waits until `answer` shows. */
  async run(command: string, answer: string | RegExp): Promise<void> {
    await this.type(command);
    await this.page.keyboard.press('Enter');
    const expected = expect.poll(() => this.text(), { timeout: 60_000 });
    await (typeof answer === 'string' ? expected.toContain(answer) : expected.toMatch(answer));
  }

  task(id: string) {
    return this.page.locator(`section.task[data-task="${id}"]`);
  }
}

export const test = base.extend<{ desk: Desk }, { server: ServerProcess }>({
  server: [
    async ({}, use) => {
      await makeTemplates();
      await using server = await ServerProcess.start();
      await use(server);
    },
    { scope: 'worker', timeout: 900_000 },
  ],
  baseURL: async ({ server }, use) => {
    await use(server.origin);
  },
  desk: async ({ page, server }, use) => {
    await use(new Desk(page));
    // The next journey has the host to itself.
    await server.endMachines();
  },
});

export { expect };
