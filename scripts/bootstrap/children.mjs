// Processes that end with the one that starts them, even when that is killed.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const WATCH = fileURLToPath(new URL('./endWithParent.cjs', import.meta.url));

/** Arguments of node for such a process. */
export const ENDS_WITH_PARENT = ['--require', WATCH];

/** The environment of such a process. */
export function childEnv(env) {
  return { ...env, DESCENT_PARENT: String(process.pid) };
}

/** The environment of a program of other people's that runs on Node.js, such as npm. */
export function foreignChildEnv(env) {
  const quoted = `"${WATCH.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return childEnv({ ...env, NODE_OPTIONS: `${env.NODE_OPTIONS ?? ''} --require=${quoted}`.trim() });
}

/** Ends this process with npm where npm started it: whoever kills npm means the command. */
export async function endWithNpm() {
  if (process.env.npm_command === undefined) return;
  const [parent, shell] = [process.ppid, ancestry(process.ppid)];
  // npm starts a shell, which may stand aside or remain. What started npm may go, as it does after nohup.
  const isShell = shell !== undefined && !isNpm(shell.command);
  const above = isShell ? [shell.parent].filter((pid) => isNpm(ancestry(pid)?.command ?? '')) : [];
  process.env.DESCENT_PARENT = [parent, ...above].join();
  await import('./endWithParent.cjs');
}

/** Number of a process's parent, and its command; undefined where the system does not tell. */
function ancestry(pid) {
  try {
    const [, parent] = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return { parent: Number(parent), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') };
  } catch {
    const { stdout } = spawnSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' });
    const [, parent, command] = /^\s*(\d+)\s+(.*)/.exec(stdout ?? '') ?? [];
    return parent === undefined ? undefined : { parent: Number(parent), command };
  }
}

function isNpm(command) {
  return /(^|[/\\])(npm|npx|pnpm|yarn)(-cli)?(\.[cm]?js)?(\s|$)/.test(command);
}
