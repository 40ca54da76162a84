#!/usr/bin/env node
// The `descent` command: the same as `node scripts/bootstrap.mjs descent ...`. Where npm installed the package, that runs in
// a copy of it that belongs to the user, because everything else is built there.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { prepareHome } from './bootstrap/home.mjs';
import { invocationOf } from './bootstrap/invocation.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.env.DESCENT_INVOKED_AS = invocationOf(root);
try {
  const home = await prepareHome(root, (text) => process.stderr.write(`${text}\n`));
  process.argv.splice(2, 0, 'descent');
  await import(pathToFileURL(join(home, 'scripts', 'bootstrap.mjs')).href);
} catch (error) {
  process.stderr.write(`descent: ${error.message}\n`);
  process.exitCode = 1;
}
