/**
 * Text of strangers as it may be shown in a terminal: what could move the cursor, colour, reorder or hide other text becomes
 * its code point, such as \\u{1b}.
 */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (mark) => `\\u{${mark.codePointAt(0)!.toString(16)}}`);
}

/** A JSON document as it may be shown in a terminal: the same letters stand as JSON's own escapes, so it reads the same. */
export function printableJson(json: string): string {
  return json.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (mark) =>
    // The only control that JSON writes itself is the line feed between its lines.
    mark === '\n' ? mark : mark.split('').map(escaped).join(''),
  );
}

/** @param unit one of UTF-16 */
function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
