// Preloaded by the tests: kills the process before its n-th step of writing below a folder, without a chance to clean
// up; a write is cut in half first. n is KILL_AT, the folder KILL_FOLDER.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const fatal = Number(process.env.KILL_AT);
const folder = process.env.KILL_FOLDER;
const ours = new Set();
let operation = 0;

const step = (before = () => {}) => {
  operation++;
  if (operation < fatal) return;
  before();
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};

const isOurs = (path) => String(path).startsWith(folder);
const { openSync, closeSync, writeSync, fsyncSync, renameSync, writeFileSync, linkSync, rmSync } = fs;

fs.openSync = (path, ...rest) => {
  if (isOurs(path)) step();
  const file = openSync(path, ...rest);
  if (isOurs(path)) ours.add(file);
  return file;
};
fs.closeSync = (file) => {
  ours.delete(file);
  closeSync(file);
};
fs.writeSync = (file, bytes, offset = 0, length = bytes.length - offset) => {
  if (ours.has(file)) step(() => writeSync(file, bytes, offset, length >> 1));
  return writeSync(file, bytes, offset, length);
};
fs.fsyncSync = (file) => {
  if (ours.has(file)) step();
  fsyncSync(file);
};
fs.renameSync = (from, to) => {
  if (isOurs(to)) step();
  renameSync(from, to);
};
fs.writeFileSync = (path, content, ...rest) => {
  if (isOurs(path)) step(() => writeFileSync(path, content.slice(0, content.length >> 1)));
  writeFileSync(path, content, ...rest);
};
fs.linkSync = (from, to) => {
  if (isOurs(to)) step();
  linkSync(from, to);
};
fs.rmSync = (path, ...rest) => {
  if (isOurs(path)) step();
  rmSync(path, ...rest);
};
syncBuiltinESMExports();
