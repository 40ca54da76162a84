// Texts that strangers wrote on chain or in a file. They are shown as text only; here they lose what could mislead.

/** Longest text that is shown. */
const MAX_SHOWN = 280;

/**
 * Controls and format characters (all that reorder text among them), unassigned, private and broken ones, line breaks,
 * variation selectors, and letters that show nothing.
 */
const UNSAFE_CHARACTERS = /[\p{C}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|\u034f|\u17b4|\u17b5|\p{Variation_Selector}/gu;

/**
 * A stranger's text, safe to show: controls become a visible mark, stacked accents and length are limited.
 * @param longest letters of it
 */
export function safeText(text: string, longest = MAX_SHOWN): string {
  const tamed = text
    .slice(0, 4 * longest)
    .replace(UNSAFE_CHARACTERS, '\u2423')
    .replace(/(\p{M}{2})\p{M}+/gu, '$1');
  return tamed.length > longest ? `${tamed.slice(0, longest).toWellFormed()}…` : tamed;
}

/** JSON in which nothing reorders or hides text, even where it is read as text: such letters stand as their escapes. */
export function safeJson(value: unknown): string {
  // The only control that JSON writes itself is the line feed between its lines.
  return JSON.stringify(value, null, 2).replace(UNSAFE_CHARACTERS, (mark) =>
    mark === '\n' ? mark : mark.split('').map(escaped).join(''),
  );
}

/** @param unit one of UTF-16 */
function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A link that may be offered: https, or ipfs by way of the visitor's own handler. Everything else stays text. */
export function safeLink(text: string): { href: string; host: string } | undefined {
  if (text.length > 500 || text !== text.trim() || text.search(UNSAFE_CHARACTERS) !== -1) return undefined;
  if (!/^(https|ipfs):\/\/[^\s\\@"'`<>]+$/i.test(text)) return undefined;
  try {
    const url = new URL(text);
    if (url.protocol === 'https:' && url.username === '' && url.password === '')
      return { href: url.href, host: url.host };
    if (url.protocol === 'ipfs:')
      return { href: url.href, host: url.host || url.pathname.replace(/^\/+/, '').split('/')[0] };
  } catch {
    // not a URL: stays text
  }
  return undefined;
}
