import { MAX_SIZE } from '../../../numbers/constants.ts';
import type { Footer } from './footer.ts';

const MAX_TEXT = 1 << 20;

/**
 * The names of a column's classes 0, 1, .. as the Hugging Face hub writes them into a footer (ClassLabel).
 * @returns undefined when there are none; 'unreadable' when what is there names no classes
 */
export function classNamesOf(column: string, { texts }: Footer): string[] | 'unreadable' | undefined {
  const text = texts.get('huggingface');
  if (text === undefined) return undefined;
  if (text.length > MAX_TEXT) return 'unreadable';
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return 'unreadable';
  }
  const feature = ['info', 'features', column].reduce(fieldOf, json);
  if (fieldOf(feature, '_type') !== 'ClassLabel') return undefined;
  const names = fieldOf(feature, 'names');
  if (names === undefined) return undefined;
  const isList = Array.isArray(names) && names.length >= 2 && names.length <= MAX_SIZE;
  if (!isList || names.some((name) => typeof name !== 'string' || name.trim() === '' || name.length > 1000)) {
    return 'unreadable';
  }
  const trimmed = names.map((name: string) => name.trim());
  return new Set(trimmed).size === trimmed.length ? trimmed : 'unreadable';
}

function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}
