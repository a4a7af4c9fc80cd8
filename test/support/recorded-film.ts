/** A film as phones send them, recorded by the browser: nothing here makes one by hand. */
import type { Page } from 'playwright-core';

/** A second of blue and red, recorded by the browser, in base64. */
const FILM = `(async () => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [64, 48];
  const context = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/mp4' });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const over = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.start();
  for (let frame = 0; frame < 20; frame += 1) {
    context.fillStyle = frame % 2 ? '#f00' : '#00f';
    context.fillRect(0, 0, 64, 48);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  recorder.stop();
  await over;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
})()`;

/** `page` is gone from where it was. */
export async function recordedFilm(page: Page): Promise<Buffer<ArrayBuffer>> {
  await page.goto('about:blank');
  return Buffer.from((await page.evaluate(FILM)) as string, 'base64');
}
