// One line of progress per build step on stderr: rewritten in place on a terminal, a heartbeat elsewhere.

const HEARTBEAT_MS = 20_000;

/** @returns {{ start(name: string, title: string): void, line(name: string, text: string): void, end(name: string, ok: boolean, seconds: number): void, say(text: string): void, close(): void }} */
export function createProgress(stream = process.stderr) {
  const live = stream.isTTY === true;
  const running = new Map();
  let painted = false;
  const clear = () => {
    if (painted) stream.write('\r\x1b[2K');
    painted = false;
  };
  const print = (text) => {
    clear();
    stream.write(`${text}\n`);
  };
  const describe = ({ title, begun, last }) =>
    `building ${title}, ${Math.max(1, Math.round((Date.now() - begun) / 1000))} s${last ? `: ${last}` : ''}`;
  const tick = () => {
    if (running.size === 0) return;
    if (!live) {
      for (const step of running.values()) {
        if (Date.now() - step.begun >= HEARTBEAT_MS / 2) print(`  ${describe(step)}`);
      }
      return;
    }
    clear();
    const text = [...running.values()].map(describe).join(' | ');
    stream.write(text.slice(0, Math.max(20, (stream.columns ?? 80) - 1)));
    painted = true;
  };
  const timer = setInterval(tick, live ? 500 : HEARTBEAT_MS);
  timer.unref();
  return {
    start(name, title) {
      running.set(name, { title, begun: Date.now(), last: '' });
      if (!live) print(`building ${title}`);
    },
    line(name, text) {
      const step = running.get(name);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: removes the colours of the tools that are called
      if (step) step.last = text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '').trim();
    },
    end(name, ok, seconds) {
      const step = running.get(name);
      running.delete(name);
      print(`${ok ? 'built' : 'could not build'} ${step?.title ?? name} (${seconds.toFixed(1)} s)`);
    },
    say: print,
    close() {
      clearInterval(timer);
      clear();
    },
  };
}
