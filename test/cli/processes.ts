import { execFileSync } from 'node:child_process';

/** Numbers of the living processes below one, however deep. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const line of execFileSync('ps', ['-eo', 'pid=,ppid=,stat='], { encoding: 'utf8' }).trim().split('\n')) {
    const [child, parent, state] = line.trim().split(/\s+/);
    if (state.startsWith('Z')) continue;
    children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(child)]);
  }
  const found: number[] = [];
  for (const queue = [pid]; queue.length > 0; ) {
    const below = children.get(queue.pop()!) ?? [];
    found.push(...below);
    queue.push(...below);
  }
  return found;
}

/** Which of the processes still live when `seconds` have passed; returns as soon as none does. */
export async function survivors(pids: readonly number[], seconds: number): Promise<number[]> {
  for (const end = Date.now() + seconds * 1000; ; ) {
    const alive = pids.filter(isAlive);
    if (alive.length === 0 || Date.now() > end) return alive;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isAlive(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return !state.startsWith('Z');
  } catch {
    return false;
  }
}
