/** What a browser says it is, in the few words by which its owner knows it. Anybody may say anything. */

export interface BrowserName {
  readonly browser: string | null;
  readonly system: string | null;
}

/** More particular names first: every browser also says the names of those it wants to be taken for. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\/|\bEdgiOS\//, 'Edge'],
  [/\bOPR\/|\bOpera\b/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bChrome\/|\bCriOS\/|\bHeadlessChrome\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b|\biPad\b|\biPod\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** From the `User-Agent` field. */
export function nameOfBrowser(userAgent: string | undefined): BrowserName {
  const said = (userAgent ?? '').slice(0, 512);
  const find = (names: typeof BROWSERS) => names.find(([pattern]) => pattern.test(said))?.[1] ?? null;
  return { browser: find(BROWSERS), system: find(SYSTEMS) };
}

/** As its owner knows it: Firefox, Linux. */
export function sayBrowser({ browser, system }: BrowserName): string {
  return [browser, system].filter((name) => name !== null).join(', ') || '?';
}
