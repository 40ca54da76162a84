// What this browser sent, kept in its storage over pages and restarts. Anybody may have written there: what is not of the
// right form is passed over.
import type { Address, Hex } from 'viem';
import { isAddress } from 'viem/utils';
import { isHash } from '../format.ts';
import { SENT_EVENT, SENT_PLACE } from '../sentPlace.ts';
import { type Change, callHash } from './fate.ts';
import type { About, Fate, Sent } from './sentTypes.ts';
import type { ChainConfig } from './types.ts';

const MOST = 40;
const LONGEST_STORED = 200_000;
const LONGEST_TEXT = 300;

let known: { text: string; all: Sent[] } = { text: '', all: [] };
/** Where the browser stores nothing, a transaction is remembered as long as its tab lives. */
let stored: 'browser' | 'tab' = 'browser';

/** All that is remembered, the newest first. The same list as long as nothing changes. */
export function allSent(): Sent[] {
  if (stored === 'tab') return known.all;
  const text = read();
  if (text !== known.text) known = { text, all: parse(text) };
  return known.all;
}

/** Whether it was sent to the chain and the registry that this page shows. */
export function isSentHere({ chainId, registry }: Sent, config: ChainConfig): boolean {
  return chainId === config.chainId && registry.toLowerCase() === config.registry.toLowerCase();
}

/** Whether a block has ended it. */
export function isEnded({ fate }: Sent): boolean {
  return fate.phase === 'confirmed' || fate.phase === 'reverted' || fate.phase === 'cancelled';
}

interface SentCall extends Pick<Sent, 'hash' | 'chainId' | 'registry' | 'since'> {
  account: Address;
  to: Address;
  data: Hex;
  value?: bigint;
}

/** Remembers a call that the wallet has just sent. */
export async function rememberCall({ to, data, value = 0n, account, ...rest }: SentCall, about: About): Promise<void> {
  const now = Date.now();
  const times = { sentAt: now, seenAt: now };
  const { hash, chainId, registry, since } = rest;
  const call = await callHash(to, data, value);
  const fate = { phase: 'submitted' } as const;
  const sent: Sent = { ...about, hash, chainId, registry, since, sender: account, call, ...times, fate };
  write([sent, ...allSent().filter((other) => other.hash !== hash)]);
}

/** Notes what became of a transaction. What ended otherwise than before is to be shown again. */
export function note(hash: Hex, change: Change): void {
  const isNews = (sent: Sent) => JSON.stringify(sent.fate) !== JSON.stringify(change.fate);
  const noted = (sent: Sent): Sent => ({ ...sent, ...change, ...(isNews(sent) && { noticed: false }) });
  write(allSent().map((sent) => (sent.hash === hash ? noted(sent) : sent)));
}

/** Notes that ends were shown. */
export function notice(hashes: readonly Hex[]): void {
  write(allSent().map((sent) => (hashes.includes(sent.hash) ? { ...sent, noticed: true } : sent)));
}

export function forget(hashes: readonly Hex[]): void {
  write(allSent().filter(({ hash }) => !hashes.includes(hash)));
}

/** Hears of every change, of other tabs too. @returns ends it */
export function onSent(listener: () => void): () => void {
  window.addEventListener('storage', listener);
  window.addEventListener(SENT_EVENT, listener);
  return () => {
    window.removeEventListener('storage', listener);
    window.removeEventListener(SENT_EVENT, listener);
  };
}

/** Waits until a block has ended it, the node has lost it, or it is forgotten. */
export function untilKnown(hash: Hex): Promise<Fate | undefined> {
  return new Promise((resolve) => {
    const look = () => {
      const fate = allSent().find((sent) => sent.hash === hash)?.fate;
      if (fate?.phase === 'submitted') return;
      end();
      resolve(fate);
    };
    const end = onSent(look);
    look();
  });
}

function read(): string {
  try {
    return localStorage.getItem(SENT_PLACE) ?? '';
  } catch {
    return '';
  }
}

/** What does not fit is forgotten from the end, what a block has ended first. */
function write(all: Sent[]): void {
  const kept =
    all.length <= MOST ? all : [...all.filter((sent) => !isEnded(sent)), ...all.filter(isEnded)].slice(0, MOST);
  const text = JSON.stringify(kept.sort((a, b) => b.sentAt - a.sentAt));
  if (text === known.text) return;
  known = { text, all: kept };
  try {
    localStorage.setItem(SENT_PLACE, text);
  } catch {
    stored = 'tab';
  }
  window.dispatchEvent(new Event(SENT_EVENT));
}

function parse(text: string): Sent[] {
  if (text.length > LONGEST_STORED) return [];
  try {
    const found: unknown = JSON.parse(text || '[]');
    return Array.isArray(found) ? found.filter(isSent).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= LONGEST_TEXT;
const isPerson = (value: unknown) => isText(value) && isAddress(value, { strict: false });
const isMaybe = (value: unknown, is: (value: unknown) => boolean) => value === undefined || is(value);
const isFlag = (value: unknown) => typeof value === 'boolean';

function isSent(value: unknown): value is Sent {
  if (typeof value !== 'object' || value === null) return false;
  const sent = value as Record<keyof Sent, unknown>;
  return (
    [sent.hash, sent.call].every((hash) => isHash(hash as string)) &&
    isMaybe(sent.makes, (id) => isHash(id as string)) &&
    [sent.sender, sent.registry].every(isPerson) &&
    [sent.chainId, sent.since, sent.sentAt, sent.seenAt].every(isCount) &&
    isMaybe(sent.nonce, isCount) &&
    [sent.what, sent.page].every(isText) &&
    // A path of this page, not the address of another.
    /^\/(?![/\\])/.test(sent.page as string) &&
    isMaybe(sent.settled, isFlag) &&
    isMaybe(sent.noticed, isFlag) &&
    isFate(sent.fate)
  );
}

function isFate(value: unknown): value is Fate {
  if (typeof value !== 'object' || value === null) return false;
  const { phase, hash, block, gas, replaced, replacing } = value as Record<string, unknown>;
  if (!isMaybe(replaced, isFlag) || !isMaybe(replacing, isFlag)) return false;
  if (phase === 'submitted' || phase === 'dropped' || phase === 'superseded') return true;
  if (!isHash(hash as string) || !isCount(block)) return false;
  return phase === 'reverted' || phase === 'cancelled' || (phase === 'confirmed' && isCount(gas));
}
