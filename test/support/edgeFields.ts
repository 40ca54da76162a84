// Every field of an edge, and another valid value for it.
import { bn254 } from '@noble/curves/bn254.js';
import { R } from '../../src/numbers/field.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests take files apart
export type Json = any;

/** Paths of all values of an edge that are not made of others; a point is one value. */
export function fieldsOf(value: Json, path = ''): string[] {
  if (typeof value !== 'object' || value === null || isPoint(value)) return [path];
  return Object.keys(value).flatMap((name) => fieldsOf(value[name], path === '' ? name : `${path}.${name}`));
}

/** A copy of an edge, or of its JSON, in which one field has another value of its type. */
export function withOther<T>(edge: T, path: string): T {
  const copy = structuredClone(edge) as Json;
  const names = path.split('.');
  const last = names.pop()!;
  const parent = names.reduce((object, name) => object[name], copy);
  parent[last] = other(last, parent[last]);
  return copy;
}

function other(name: string, value: Json): Json {
  if (isPoint(value)) return bn254.G1.Point.fromAffine(value).double().toAffine();
  if (name === 'kind') return value === 'classes' ? 'regression' : 'classes';
  if (name === 'program') return value === 'seed' ? 'import' : 'seed';
  // Nothing stands where something may: the inputs of one row with one input.
  if (value === null) return name === 'record' ? Int32Array.of(1) : '0x0001';
  if (name === 'batch' || name === 'rows') return value * 2;
  switch (typeof value) {
    case 'bigint':
      return value + 1n < R ? value + 1n : value - 1n;
    case 'number':
      return value + 1;
    case 'boolean':
      return !value;
    case 'string':
      return otherText(value);
    default:
      throw new TypeError(`no other value for ${name}`);
  }
}

function otherText(text: string): string {
  const last = text.at(-1);
  return `${text.slice(0, -1)}${last === '1' ? '2' : '1'}`;
}

function isPoint(value: Json): boolean {
  return typeof value === 'object' && typeof value?.x === 'bigint' && Object.keys(value).length === 2;
}

/** Fields that nothing covers: whoever forges a file may write what he likes there. */
export function isUncovered(path: string): boolean {
  return path.startsWith('metadata.');
}
