#!/usr/bin/env node
// The `descent` command: the same as `node scripts/bootstrap.mjs descent ...`.
process.argv.splice(2, 0, 'descent');
await import('./bootstrap.mjs');
