import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The project's root: the server runs in it, or in web/. */
export function projectRoot(): string {
  const here = process.cwd();
  return existsSync(/*turbopackIgnore: true*/ join(here, 'web', 'next.config.ts')) ? here : join(here, '..');
}
