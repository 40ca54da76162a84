import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const APP = join(import.meta.dirname, '..', '..', '..', 'web', 'app');

/** Paths of the API as its folders have them, parameters in braces, sorted. */
export function pathsOfRoutes(): string[] {
  return readdirSync(join(APP, 'api'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /(^|\/)route\.ts$/.test(file))
    .map((file) => `/api/${file}`.replace(/\/route\.ts$/, '').replace(/\[(\w+)\]/g, '{$1}'))
    .sort();
}
