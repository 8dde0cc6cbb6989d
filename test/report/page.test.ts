import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../../scripts/build-page.mjs';
import { decodeFile } from '../../src/decode/index.js';
import { decodeSound } from '../../src/report/codec/decode-sound.js';
import { PREVIEW_RATE, renderReport, type ReportData } from '../../src/report/index.js';
import { EVIL, NAMES, plainSound, realReport } from './real-report.js';
import { realSoundPath } from './real-sounds.js';
import { reportOf } from './report-of.js';

const executablePath = [process.env['CHROMIUM'], '/usr/bin/chromium'].find((place) => place && existsSync(place));
/** What the page's own world answers: text, so that the tests need no types of the browser. */
const POINTS = "document.querySelector('canvas')?.dataset.points";
const AUDIO = "document.querySelector('audio')";

let folder: string;
let browser: Browser;
let page: Page;
let problems: string[];
let requests: string[];

async function open(data: ReportData, size = { width: 1280, height: 800 }, touch = false): Promise<void> {
  const file = path.join(folder, 'report.html');
  await writeFile(file, await renderReport(data));
  const context = await browser.newContext({
    viewport: size,
    hasTouch: touch,
    isMobile: touch,
    acceptDownloads: true,
    // Or a click would have to wait for the page to glide to its place.
    reducedMotion: 'reduce',
  });
  page = await context.newPage();
  problems = [];
  requests = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  page.on('dialog', () => problems.push('a dialog'));
  await page.goto(pathToFileURL(file).href);
  await pageSays(`${POINTS} === '${data.sounds.length}'`);
}

/** Waits until a condition holds in the page, whose policy forbids Playwright's own way of asking. */
async function pageSays(condition: string): Promise<void> {
  await expect.poll(() => page.evaluate(condition), { timeout: 15_000, interval: 40 }).toBe(true);
}

async function kept(bytes: Uint8Array): Promise<string> {
  const file = path.join(folder, 'played.wav');
  await writeFile(file, bytes);
  return file;
}

const openCluster = (id: number): Promise<void> => page.locator(`[data-cluster="${id}"] .card-open`).click();
const soundsOf = async (selector: string): Promise<number[]> => {
  const nodes = await page.locator(selector).all();
  return (await Promise.all(nodes.map((node) => node.getAttribute('data-sound')))).map(Number);
};
const rowIndices = (): Promise<number[]> => soundsOf('.row');
const audioTime = (): Promise<number> => page.evaluate<number>(`${AUDIO}.currentTime`);
const waitForPlaying = async (): Promise<void> => {
  await pageSays(`${AUDIO}.currentTime > 0.05`);
};

if (!executablePath) console.warn('test/report/page.test.ts is skipped: no Chromium. Install it, or set CHROMIUM to its path.');

describe.skipIf(!executablePath)('the report in a real browser (needs Chromium)', () => {
  let data: ReportData;
  beforeAll(async () => {
    await buildPage();
    folder = await mkdtemp(path.join(tmpdir(), 'soundkin report '));
    data = await realReport(folder);
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
    });
  });
  afterEach(() => page.context().close());
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('opens from the disk without errors or requests, and treats every name as text', async () => {
    await open(data);
    await openCluster(1);
    await expect(page.locator('.row-name').allTextContents()).resolves.toContain(EVIL.split('/').at(-1));
    await page.locator('.filter-input').fill('<script>');
    expect(await rowIndices()).toEqual([6]);
    await page.locator('.row .play-button').click();
    expect(await page.locator('.player-notice').innerText()).toContain('no address');
    expect(await page.locator('a[href^="javascript"], img').count()).toBe(0);
    expect(await page.evaluate("'hacked' in window")).toBe(false);
    expect(problems).toEqual([]);
    expect(requests).toEqual([page.url()]);
  });

  it('lists clusters with size and silhouette, typical sounds first, and a cluster in every order', async () => {
    await open(data);
    expect(await page.locator('.card').count()).toBe(3);
    expect(await page.locator('.card-facts').allTextContents()).toEqual([
      '6 sounds · silhouette 0.20, overlapping',
      '6 sounds · silhouette 0.05, overlapping',
      '58 sounds · silhouette −0.10, mixed up',
    ]);
    const byDistance = (cluster: number): number[] =>
      data.sounds
        .map((sound, i) => ({ ...sound, i }))
        .filter((sound) => sound.cluster === cluster)
        .sort((a, b) => a.distance - b.distance)
        .map(({ i }) => i);
    expect(await soundsOf('[data-cluster="0"] .typical-sound:visible')).toEqual(byDistance(0).slice(0, 3));

    await openCluster(2);
    expect(await rowIndices()).toEqual(byDistance(2).slice(0, 50));
    await page.getByRole('button', { name: /show 8 more/i }).click();
    expect(await rowIndices()).toEqual(byDistance(2));
    await page.getByRole('button', { name: 'Odd' }).click();
    expect((await rowIndices())[0]).toBe(byDistance(2).at(-1));
    await page.getByRole('button', { name: 'Name' }).click();
    expect((await page.locator('.row-name').allTextContents()).slice(0, 3)).toEqual(['no 12.wav', 'no 13.wav', 'no 14.wav']);
    await page.getByRole('button', { name: 'Length' }).click();
    const seconds = (await rowIndices()).map((i) => data.sounds[i]?.durationSeconds ?? 0);
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
    await page.keyboard.press('Escape');
    expect(await page.locator('.card').count()).toBe(3);
  });

  it('filters within a cluster and across all', async () => {
    await open(data);
    await page.keyboard.press('/');
    await page.keyboard.type('real HARD');
    expect((await rowIndices()).sort()).toEqual([0, 1]);
    await page.keyboard.press('Escape');
    await openCluster(0);
    await page.locator('.filter-input').fill('amen');
    expect(await rowIndices()).toEqual([4]);
    await page.locator('.filter-input').fill('no such sound');
    expect(await page.locator('.list .empty').innerText()).toContain('no such sound');
  });

  it('plays a preview, pauses with the space bar, and goes through a cluster by itself', async () => {
    await open(data);
    await openCluster(0);
    const rows = await rowIndices();
    const amen = rows.indexOf(4);
    await page.locator('.row .play-button').nth(amen).click();
    await waitForPlaying();
    expect(await page.locator('.row.is-playing').count()).toBe(1);
    await pageSays("document.querySelector('.row.is-current .wave')?.style.getPropertyValue('--progress') > 0");
    expect(await page.locator('.map-pulse').isVisible()).toBe(true);
    await page.keyboard.press(' ');
    const paused = await audioTime();
    await page.waitForTimeout(150);
    expect(await audioTime()).toBe(paused);
    expect(await page.locator('.row.is-playing').count()).toBe(0);

    await page.getByRole('button', { name: 'Play all' }).click();
    expect(await page.locator('.player-name').innerText()).toBe(data.sounds[rows[0] ?? -1]?.path.slice(5));
    await waitForPlaying();
    await page.evaluate(`${AUDIO}.currentTime = Math.max(0, ${AUDIO}.duration - 0.08)`);
    const second = data.sounds[rows[1] ?? -1]?.path.slice(5) ?? '';
    await page.locator('.player-name', { hasText: second }).waitFor();
    await waitForPlaying();
    await page.keyboard.press('p');
    expect(await page.locator('.player-name').innerText()).not.toBe(second);
    expect(problems).toEqual([]);
  });

  it('decodes a preview to what the same decoder gives here, with its length and place to seek', async () => {
    await open(data);
    // What an audio element is given cannot be fetched: the page's policy forbids connections.
    await page.evaluate('{ const make = URL.createObjectURL; URL.createObjectURL = (blob) => { window.played = blob; return make(blob); }; }');
    await page.locator('.filter-input').fill('loop_amen');
    await page.locator('.row .play-button').click();
    await waitForPlaying();
    const wav = await page.evaluate<number[]>('window.played.arrayBuffer().then((buffer) => [...new Uint8Array(buffer)])');
    const { samples, sampleRate } = await decodeFile(await kept(Uint8Array.from(wav)), { sampleRate: PREVIEW_RATE });
    const here = decodeSound(Buffer.from(data.sounds[4]?.preview ?? '', 'base64'));
    expect(sampleRate).toBe(PREVIEW_RATE);
    expect(here.length).toBeGreaterThan(30_000);
    expect([...samples]).toEqual(Array.from(here, (sample) => sample / 32768));
    expect(await page.evaluate<number>(`${AUDIO}.duration`)).toBeCloseTo(here.length / PREVIEW_RATE, 3);
    await page.evaluate(`${AUDIO}.pause(), ${AUDIO}.currentTime = 0.7 * ${AUDIO}.duration`);
    await pageSays(`!${AUDIO}.seeking && Math.abs(${AUDIO}.currentTime / ${AUDIO}.duration - 0.7) < 0.01`);
    expect(problems).toEqual([]);
  });

  it('plays the original where there is no preview, and says why a sound cannot be heard', async () => {
    await open(data);
    await page.locator('.filter-input').fill('perc_bell');
    await page.locator('.row .play-button').click();
    await waitForPlaying();
    expect(requests.some((url) => url.endsWith('perc_bell.flac'))).toBe(true);
    await page.locator('.filter-input').fill('aiff');
    await page.locator('.row .play-button').click();
    expect(await page.locator('.player-notice').innerText()).toContain('cannot play AIFF');
    await page.locator('.filter-input').fill('no 13');
    await page.locator('.row .play-button').click();
    await page.locator('.player-notice', { hasText: 'could not be opened' }).waitFor();
  });

  it('hears a sound from the picture, by pointer and by keys', async () => {
    await open(data);
    expect(await page.evaluate(POINTS)).toBe('70');
    await page.locator('.map-surface').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowUp');
    expect(await page.locator('.map-card').isVisible()).toBe(true);
    const inHand = await page.locator('.map-card strong').innerText();
    await page.keyboard.press('Enter');
    expect(await page.locator('.player-name').innerText()).toBe(inHand);
    await page.keyboard.press('ArrowLeft');
    const ring = await page.locator('.map-ring:not(.map-pulse)').boundingBox();
    const other = await page.locator('.map-card strong').innerText();
    expect(other).not.toBe(inHand);
    await page.mouse.click((ring?.x ?? 0) + (ring?.width ?? 0) / 2, (ring?.y ?? 0) + (ring?.height ?? 0) / 2);
    expect(await page.locator('.player-name').innerText()).toBe(other);

    const box = await page.locator('.map-surface').boundingBox();
    await page.mouse.move((box?.x ?? 0) + 5, (box?.y ?? 0) + 5);
    for (let i = 0; i < 6; i++) await page.mouse.wheel(0, -240);
    await pageSays(`${POINTS} < 70`);
    await page.getByRole('button', { name: 'Show all' }).click();
    await pageSays(`${POINTS} === '70'`);
  });

  it('hands over a playlist and paths', async () => {
    await open(data);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await openCluster(0);
    const order = await rowIndices();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save m3u8' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('cluster-0.m3u8');
    const copy = path.join(folder, 'playlist.m3u8');
    await copyFile(await download.path(), copy);
    const paths = order.map((i) => realSoundPath(`${NAMES[i]}.flac`));
    const expected = order.flatMap((i, at) => [
      `#EXTINF:${Math.round(data.sounds[i]?.durationSeconds ?? 0)},${NAMES[i]}.flac`,
      paths[at],
    ]);
    expect(await readFile(copy, 'utf8')).toBe(['#EXTM3U', '#PLAYLIST:Cluster 0', ...expected, ''].join('\n'));
    await page.getByRole('button', { name: 'Copy paths' }).click();
    await page.locator('.toast', { hasText: '6 paths copied.' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(paths.join('\n'));
  });

  it('shows scores, charts and failed files, and calm lines where there are none', async () => {
    await open(data);
    expect(await page.locator('.tile-value').allTextContents()).toEqual(['0.21overlapping', '0.50', '−0.02']);
    expect(await page.locator('.sizes button').count()).toBe(3);
    expect(await page.locator('.chart-chosen').count()).toBe(4);
    expect(await page.locator('.chart-readout').allTextContents()).toEqual(['k = 3: 333.33', 'k = 3: 0.30']);
    await page.locator('.chart-holder').first().scrollIntoViewIfNeeded();
    const chart = await page.locator('.chart-holder').first().boundingBox();
    await page.mouse.move((chart?.x ?? 0) + (chart?.width ?? 0) - 20, (chart?.y ?? 0) + 90);
    expect(await page.locator('.chart-readout').first().innerText()).toBe('k = 5: 200');
    expect(await page.locator('.failed li').isVisible()).toBe(false);
    await page.locator('#failed summary').click();
    expect(await page.locator('.failed li').innerText()).toContain('DECODE_EMPTY');
    await page.context().close();

    await open(reportOf([plainSound(folder, 0, 'one.wav')]));
    const text = await page.locator('#app').innerText();
    expect(text).toContain('needs two clusters or more');
    expect(text).toContain('soundkin sweep');
    expect(text).toContain('No labels');
    expect(text).not.toMatch(/NaN|undefined|null/);
    expect(problems).toEqual([]);
  });

  it.each([320, 390, 768, 3840])('never scrolls sideways at %i px', async (width) => {
    await open(data, { width, height: 800 }, width < 500);
    // Not innerWidth: on a phone that grows with what sticks out.
    const overflow = async (): Promise<number> =>
      (await page.evaluate<number>('document.documentElement.scrollWidth')) - width;
    expect(await overflow()).toBeLessThanOrEqual(0);
    await openCluster(1);
    await page.locator('.row .play-button').first().click();
    await page.locator('#failed summary').click();
    expect(await overflow()).toBeLessThanOrEqual(0);
  });

  it('opens 10 000 sounds quickly', async () => {
    const sounds = Array.from({ length: 10_000 }, (_, i) => ({ ...plainSound(folder, i, `pack ${i % 50}/take ${i}.wav`), cluster: 0 }));
    const start = performance.now();
    await open(reportOf(sounds));
    expect(performance.now() - start).toBeLessThan(8000);
    expect(problems).toEqual([]);
  });
});
