// What a program in the machine serves is seen in a tab of its own: HTTP, WebSocket, and nothing of the course.
import { Buffer } from 'node:buffer';
import { expect, test } from './desk.ts';

/** A page that speaks HTTP and WebSocket with the same small server. What answers a WebSocket is written by hand: one short frame. */
const SERVER = String.raw`
const { createServer } = require('node:http'), { createHash } = require('node:crypto')
const PAGE = '<!doctype html><title>from the guest</title><p id=http>page</p><p id=ws></p><p id=post></p><script>' +
  'const show = (id, text) => { document.getElementById(id).textContent = text };' +
  'const socket = new WebSocket("ws://" + location.host + "/echo");' +
  'socket.onopen = () => socket.send("over the socket");' +
  'socket.onmessage = (event) => show("ws", event.data);' +
  'fetch("/echo", { method: "POST", body: "x".repeat(300000) }).then((r) => r.text()).then((t) => show("post", t.length))</script>'
const server = createServer((request, response) => {
  response.setHeader('X-Cookie', request.headers.cookie ?? 'none')
  if (request.method === 'POST') request.pipe(response)
  else response.setHeader('Content-Type', 'text/html').end(PAGE)
})
server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64')
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ' + accept + '\r\n\r\n')
  socket.on('error', () => {}).once('data', (frame) => {
    const length = frame[1] & 127, text = frame.subarray(6, 6 + length).map((byte, at) => byte ^ frame[2 + (at % 4)])
    socket.write(Buffer.concat([Buffer.from([0x81, length]), text]))
  })
})
server.listen(8000, '127.0.0.1')
`;

test('a page served in the machine opens in a tab of its own, HTTP and WebSocket, over a restart too', async ({
  desk,
  page,
  context,
  baseURL,
  server,
}) => {
  test.setTimeout(240_000);
  await desk.open('en');
  await expect(page.locator('.ports-count')).toHaveText('Open ports: 0');
  await desk.paste(
    `base64 -d >/tmp/s.cjs <<<${Buffer.from(SERVER).toString('base64')}; /opt/underhood/node /tmp/s.cjs & echo sta""rted`,
  );
  await page.keyboard.press('Enter');
  await expect(page.locator('.ports-count')).toHaveText('Open ports: 1', { timeout: 60_000 });

  await page.locator('[popovertarget="ports-list"]').click();
  const opening = context.waitForEvent('page');
  await page.getByRole('link', { name: 'Open port 8000' }).click();
  const tab = await opening;
  await expect(tab.locator('#http')).toHaveText('page');
  await expect(tab.locator('#ws')).toHaveText('over the socket');
  await expect(tab.locator('#post')).toHaveText('300000');
  expect(new URL(tab.url()).hostname).toMatch(/^[a-z2-7]{26}\.localhost$/);
  expect(await tab.evaluate(() => document.cookie)).toBe('');

  // The page there can neither read the course nor act in it, with or without the learner's cookie.
  const reached = await tab.evaluate(async (course) => {
    const attempts = [
      fetch(`${course}/api/progress`, { credentials: 'include' }),
      fetch(`${course}/api/labs/what-load-counts/session`, { method: 'POST', mode: 'no-cors', credentials: 'include' }),
      fetch('/api/progress'),
    ];
    const answers = await Promise.allSettled(attempts);
    return answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.headers.get('x-cookie') : 'refused'));
  }, baseURL ?? '');
  // The third ends at the guest, and has no cookie.
  expect(reached).toEqual(['refused', 'refused', 'none']);

  // The tab's address outlives the server.
  await server.signal('SIGTERM');
  await server.run();
  await expect(async () => {
    await tab.reload();
    await expect(tab.locator('#ws')).toHaveText('over the socket', { timeout: 5000 });
  }).toPass({ timeout: 90_000 });
  await expect(page.locator('uh-machine')).toHaveAttribute('data-link', 'open', { timeout: 60_000 });
  await desk.prompt();

  await desk.run('kill %1; sleep 1; echo en""ded', 'ended');
  await tab.reload();
  await expect(tab.locator('h1').first()).toHaveText('Nothing listens on port 8000');
  await expect(page.locator('.ports-count')).toHaveText('Open ports: 0', { timeout: 60_000 });
});

test('a published port of a container is shown, too', async ({ desk, page, context }) => {
  test.setTimeout(300_000);
  await desk.open('ko');
  await desk.type('sudo podman run -d --rm -p 8080:80 web');
  await page.keyboard.press('Enter');
  // Under emulation, and beside other work, a container takes its time.
  await expect(page.locator('.ports-count')).toHaveText('열린 포트 1개', { timeout: 180_000 });
  await page.locator('[popovertarget="ports-list"]').click();
  const opening = context.waitForEvent('page');
  await page.getByRole('link', { name: '8080번 포트 열기' }).click();
  const tab = await opening;
  await expect(tab.locator('body')).not.toBeEmpty();
  expect(new URL(tab.url()).hostname).toMatch(/\.localhost$/);
});
