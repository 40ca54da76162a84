import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A headless Chromium: DESCENT_CHROMIUM, or the system's, installed from Debian's packages where that is possible. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: FLAGS });
}

function findChromium(): string {
  const wanted = [process.env.DESCENT_CHROMIUM, ...PLACES].find((path) => path && existsSync(path));
  if (wanted) return wanted;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) {
    throw new Error(
      'These tests need Chromium: install it (Debian: apt-get install chromium), or name it in DESCENT_CHROMIUM.',
    );
  }
  process.stderr.write('Installing chromium with apt-get, once.\n');
  try {
    installChromium();
  } catch {
    // The lists of packages may be missing or old.
    execFileSync('apt-get', ['update'], { stdio: ['ignore', 'ignore', 'inherit'] });
    installChromium();
  }
  return findChromium();
}

function installChromium(): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env, stdio: 'ignore' });
}

/** A page of its own whose complaints are kept. */
export interface Visit {
  context: BrowserContext;
  page: Page;
  /** console errors and warnings, page errors, dialogs, requests elsewhere, refused by the policy */
  complaints: string[];
}

export interface VisitOptions {
  /** the only origins that the page may ask */
  origins: string[];
  width?: number;
  theme?: 'light' | 'dark';
  /** what the console may say nevertheless */
  expected?: RegExp[];
}

/** Opens a context that notes everything that must not happen. Wallets are announced to it before the first page. */
export async function visit(
  browser: Browser,
  { origins, width = 1440, theme = 'light', expected = [] }: VisitOptions,
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width, height: width > 800 ? 900 : 844 },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const complaints: string[] = [];
  context.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (['data:', 'blob:'].includes(protocol) || origins.includes(origin)) return;
    complaints.push(`request to ${origin}`);
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) =>
      console.error(`policy refused ${effectiveDirective} ${blockedURI} ${sample}`),
    );
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    if (expected.some((text) => text.test(message.text()))) return;
    complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { context, page, complaints };
}
