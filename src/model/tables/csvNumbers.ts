import { FileFormatError } from '../../errors/FileFormatError.ts';
import { show } from '../json.ts';
import type { Decimal } from '../schema.ts';

const POINT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const COMMA = /^[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?$/;
/** Thousands apart: 1,234,567.8 and 1.234.567,8. */
const GROUPS = { '.': /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$/, ',': /^[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?$/ };
/** Cannot be told: 1,234 is a number of thousands or a fraction. */
const EITHER = /^[+-]?[1-9]\d{0,2}([.,])\d{3}$/;

/** What people and programs write where there is no value, in small letters. */
const MISSING = new Set(['', 'na', 'n/a', '#n/a', '#na', '<na>', 'nan', '-nan', 'null', 'none', '?']);

/** Whether a trimmed cell stands for a value that is not there. */
export function isMissing(cell: string): boolean {
  return cell.length <= 4 && MISSING.has(cell.toLowerCase());
}

/** Whether a trimmed cell is a number with a decimal point. */
export function isPlainNumber(cell: string): boolean {
  return POINT.test(cell);
}

/**
 * The number that a trimmed cell writes.
 * @returns `grouped` where its thousands are set apart; undefined for anything but a number
 */
export function numberIn(cell: string, decimal: Decimal): { value: number; grouped: boolean } | undefined {
  if (decimal === '.' ? POINT.test(cell) : COMMA.test(cell)) {
    return { value: Number(decimal === '.' ? cell : cell.replace(',', '.')), grouped: false };
  }
  if (!GROUPS[decimal].test(cell)) return undefined;
  const digits = decimal === '.' ? cell.replaceAll(',', '') : cell.replaceAll('.', '').replace(',', '.');
  return { value: Number(digits), grouped: true };
}

/**
 * The decimal sign of a table, by its cells: 1,5 tells and 1.5 does, 1,234 does not.
 * @param cells trimmed cells of columns of numbers, with the lines they stand on
 * @returns `doubt` a cell such as 1.234, where no other tells that its point is a decimal one
 * @throws FileFormatError where both signs are, or where only cells such as 1,234 are
 */
export function recogniseDecimal(cells: Iterable<{ cell: string; line: number }>): {
  decimal: Decimal;
  doubt?: string;
} {
  const told: Partial<Record<Decimal, string>> = {};
  const doubt: Partial<Record<Decimal, string>> = {};
  for (const { cell, line } of cells) {
    if (!/[.,]/.test(cell)) continue;
    const either = EITHER.exec(cell);
    const where = `${show(cell)} (line ${line})`;
    if (either) doubt[either[1] as Decimal] ??= where;
    else if (POINT.test(cell) || GROUPS['.'].test(cell)) told['.'] ??= where;
    else if (COMMA.test(cell) || GROUPS[','].test(cell)) told[','] ??= where;
  }
  if (told['.'] && told[',']) {
    throw new FileFormatError(`Both ${told['.']} and ${told[',']} stand in columns of numbers.`, {
      hint: 'Say which sign is the decimal one (--decimal . or --decimal ,), or mend the file.',
    });
  }
  if (told['.'] || told[',']) return { decimal: told['.'] ? '.' : ',' };
  if (doubt[',']) {
    throw new FileFormatError(`${doubt[',']} may be a fraction, or thousands set apart.`, {
      hint: 'Say which sign is the decimal one: --decimal , or --decimal .',
    });
  }
  return { decimal: '.', ...(doubt['.'] && { doubt: doubt['.'] }) };
}

/** What a column of numbers is for: a feature, a target, or a feature that a schema has as a number already. */
export type NumberUse = 'feature' | 'target' | 'label' | 'stated';

/** What to do about a cell that is not a number, by its looks. */
export function adviceFor(cell: string, decimal: Decimal, use: NumberUse): string {
  // Only features that nobody has named may be left out.
  const turn = use === 'feature' ? 'leave the column out (--ignore), or turn it' : 'turn the column';
  if (/^(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})(?:[ T].*)?$/.test(cell)) {
    return `It looks like a date: ${turn} into a number, such as days.`;
  }
  if (/^\d{1,2}:\d{2}/.test(cell)) {
    return `It looks like a time: ${turn} into a number, such as seconds.`;
  }
  if (numberIn(cell, decimal)) return 'Write the column in a larger unit, or leave it out (--ignore).';
  const other = decimal === '.' ? ',' : '.';
  if (numberIn(cell, other) && use === 'stated')
    return `The schema has ${show(decimal)} as the decimal sign: write it so.`;
  if (numberIn(cell, other)) return `With ${show(other)} as the decimal sign it is a number (--decimal ${other}).`;
  if (/^[+-]?(?:inf|infinity)$/i.test(cell)) return 'Leave out the row: a network takes finite numbers.';
  if (/^[^\d]{0,3}[+-]?\d[\d.,]*\s?[^\d]{0,3}$/.test(cell)) return 'Write the number alone, without its unit.';
  if (use === 'label') return 'A label is 0 or 1, or true or false: name a column of other words with --label.';
  if (use === 'target') return 'Targets are numbers: name a column of words with --label.';
  if (use === 'stated') return 'The schema has a column of numbers here: mend the cell, or leave out the row.';
  return 'Leave the column out (--ignore), or make a feature of each of its words (--one-hot).';
}

/** A label as it is compared: 1.0 and 1 are one, and so are two spellings of one text in Unicode. */
export function labelText(cell: string): string {
  const text = cell.trim().normalize('NFC');
  const whole = /^([+-]?\d+)[.,]0*$/.exec(text)?.[1];
  return whole === undefined ? text : whole === '-0' || whole === '+0' ? '0' : whole;
}
