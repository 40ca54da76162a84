// Fields of files by their paths, such as `statement.shard.rows`.

import type { Json } from '../support/edgeFields.ts';

/** All numbers as the file spells them; numbers of the JSON kind stay. */
export function texts(value: unknown): unknown {
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  if (Array.isArray(value)) return value.map(texts);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, texts(field)]));
  }
  return value;
}

function keys(path: string): string[] {
  return path.split(/[.[\]]+/).filter((key) => key !== '');
}

export function at(file: Json, path: string): Json {
  return keys(path).reduce((value, key) => value[key], file);
}

export function put(file: Json, path: string, value: unknown): void {
  const all = keys(path);
  const parent = all.slice(0, -1).reduce((object, key) => object[key], file);
  parent[all[all.length - 1]] = value;
}

/** Puts another value of the same kind, close by. */
export function change(file: Json, path: string): void {
  const value = at(file, path);
  if (typeof value === 'string') put(file, path, value.slice(0, -1) + (value.endsWith('1') ? '2' : '1'));
  else put(file, path, typeof value === 'boolean' ? !value : value + 1);
}

export function leaves(value: Json, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((entry, i) => leaves(entry, `${path}[${i}]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.keys(value).flatMap((name) => leaves(value[name], path === '' ? name : `${path}.${name}`));
}

export function objects(value: Json, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((entry, i) => objects(entry, `${path}[${i}]`));
  return [path, ...Object.keys(value).flatMap((name) => objects(value[name], path === '' ? name : `${path}.${name}`))];
}
