// Preloaded into every process that a command starts: ends it when its parent is gone, however that died. A thread of its
// own looks, because the main one may compute for a minute without a pause. CommonJS, which every Node.js can preload.
const { isMainThread, Worker } = require('node:worker_threads');

const INTERVAL_MS = 200;

// The number of the parent comes along: one that died before this line would not be missed otherwise. Others may follow it
// that must live too, above a shell.
const [parent, ...above] = (process.env.DESCENT_PARENT ?? String(process.ppid)).split(',').map(Number);
if (isMainThread) {
  // Processes that this one starts have another parent.
  delete process.env.DESCENT_PARENT;
  const watch = `
    const isAlive = (pid) => {
      try {
        process.kill(pid, 0);
        return true;
      } catch (error) {
        return error.code === 'EPERM';
      }
    };
    // Windows keeps the number of a parent that is gone.
    const watched = process.platform === 'win32' ? ${JSON.stringify([parent, ...above])} : ${JSON.stringify(above)};
    const isGone = () => process.ppid !== ${parent} || !watched.every(isAlive);
    const look = () => isGone() && process.kill(process.pid, 'SIGKILL');
    look();
    setInterval(look, ${INTERVAL_MS});`;
  new Worker(watch, { eval: true, execArgv: [], stdout: false, stderr: false }).unref();
}
