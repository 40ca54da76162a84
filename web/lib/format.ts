// How values are written everywhere on the page. One locale, so that server and browser agree.
import type { ModelShape } from '../../src/model/shape.ts';
import { safeText } from './hostile.ts';

/** 12,345: by hand, since the first use of a browser's own formats costs a tenth of a tree's start. */
export function count(value: number | bigint): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** 0x1234…cdef */
export function short(hex: string, head = 6, tail = 4): string {
  return hex.length <= head + tail + 2 ? hex : `${hex.slice(0, head)}…${hex.slice(-tail)}`;
}

export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** UTC, to the minute: the same on the server and in every browser. */
export function moment(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export function isHash(text: string | null | undefined): text is `0x${string}` {
  return typeof text === 'string' && /^0x[0-9a-f]{64}$/i.test(text);
}

/** Wei as Ether with a few digits. */
export function ether(wei: string): string {
  const value = Number(BigInt(wei)) / 1e18;
  return `${value === 0 ? '0' : value.toPrecision(3)} ETH`;
}

/** Where a model stands, with the chain whose id it is. */
export function permalink(id: string, chainId: number): string {
  return `/model/${id}?chain=${chainId}`;
}

/** Smallest units of a token as an exact decimal number. */
export function amount(units: string, decimals: number): string {
  const digits = units.padStart(decimals + 1, '0');
  const whole = count(BigInt(digits.slice(0, digits.length - decimals)));
  const rest = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return rest ? `${whole}.${rest}` : whole;
}

/** 49-32-10, or 28x28x1-c8k5s2p2-10. */
export function shapeText({ widths, network }: { widths: readonly number[]; network?: string }): string {
  return network ?? widths.join('-');
}

/** 49–32–10, or 49–32–10 softmax: squared error goes without saying. */
export function networkLabel({ head, ...shape }: ModelShape & { network?: string }): string {
  return `${shapeLabel(shape)}${head === 'squared error' ? '' : ` ${head}`}`;
}

/** 49–32–10, or a convolutional network as commands take it. */
export function shapeLabel({ widths, network }: { widths: readonly number[]; network?: string }): string {
  return network ?? widths.join('–');
}

/** A file's name as a shell takes it, whatever is in it. A name that cannot be read or typed is not shown. */
export function fileInShell(name: string): string {
  if (!/^[\x20-\x7e\p{L}\p{M}\p{N}]{1,120}$/u.test(name) || safeText(name) !== name) return 'file.edge.json';
  const path = name.startsWith('-') ? `./${name}` : name;
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
