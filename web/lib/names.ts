import { short } from './format.ts';
import { safeText } from './hostile.ts';
import { proquint } from './proquint.ts';

/** Longest name in a line of text; a card's contract allows 64 bytes. */
const LONGEST = 64;

/** What the trainer calls a model, safe to show; undefined where there is nothing to read. It may imitate others. */
export function givenName(model: { name?: string }): string | undefined {
  if (!model.name) return undefined;
  const text = safeText(model.name).trim();
  return /[\p{L}\p{N}]/u.test(text) ? text.slice(0, LONGEST).toWellFormed() : undefined;
}

/** A model in plain text: its own name, and in quotation marks what its trainer calls it. */
export function plainName(model: { id: string; name?: string }): string {
  const given = givenName(model);
  return given ? `“${given}” ${proquint(model.id)}` : proquint(model.id);
}

/** A dataset or a benchmark in plain text: whatever its registrar wrote, in quotation marks, and its id, which nobody can imitate. */
export function benchmarkName({ id, uri }: { id: string; uri: string }): string {
  const text = safeText(uri).trim();
  return text ? `“${text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text}” ${short(id)}` : short(id, 10, 6);
}
