// Texts of strangers inside files of other formats: no name or address may end a line, a string or a tag.
import { printable } from '../../terminal/printable.ts';

/** Letters of a stranger's text that are shown. */
const MOST_LETTERS = 200;

/** A text in one line without marks that hide or reorder others, and not too long. */
export function plain(text: string): string {
  const letters = [...printable(text)];
  return letters.length <= MOST_LETTERS ? letters.join('') : `${letters.slice(0, MOST_LETTERS).join('')}...`;
}

/** The same as text of Markdown: no punctuation of it means anything, and it links to nothing. */
export function markdown(text: string): string {
  // A backslash before any ASCII punctuation makes it that letter (CommonMark 2.4); it also breaks up what would become a link.
  return plain(text)
    .trim()
    .replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

/** Whether a text may stand where other programs expect an address: they may open it. */
export function isAddress(text: string): boolean {
  return (
    text.length <= 2_000 &&
    /^(https?|ipfs|ar):\/\/[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+$/.test(text) &&
    URL.canParse(text)
  );
}
