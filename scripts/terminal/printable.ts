/**
 * Text of strangers as it may be shown in a terminal: what could move the cursor, colour, reorder or hide other text becomes
 * its code point, such as \\u{1b}.
 */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (mark) => `\\u{${mark.codePointAt(0)!.toString(16)}}`);
}
