import { fileURLToPath } from 'node:url';

const WATCH = fileURLToPath(new URL('../bootstrap/endWithParent.cjs', import.meta.url));

/** Arguments of node for a process that ends with this one, even when this one is killed. */
export const CHILD_ARGUMENTS: readonly string[] = ['--require', WATCH, '--disable-warning=ExperimentalWarning'];

/** The environment of such a process. */
export function childEnv(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...env, DESCENT_PARENT: String(process.pid) };
}
